"""What a buyer changes of the order on the payment page: quantities and optional items."""

import pytest

from tests.sandbox.page import CARD, CUP, KNOWN, MUG, errors, path, total, value

UP_TO_FIVE = {"enabled": True, "minimum": 1, "maximum": 5}


@pytest.fixture
def browser(stand_in):
    return stand_in.app.test_client()


@pytest.fixture
def adjustable(stand_in):
    """A session for a mug of which one to five can be bought, beside a cup."""
    return stand_in.session(
        line_items=[{"price_data": MUG, "quantity": 1, "adjustable_quantity": UP_TO_FIVE},
                    {"price_data": CUP, "quantity": 1}],
        **KNOWN,
    )  # fmt: skip


def lines(stand_in, session):
    return stand_in.stripe.v1.checkout.sessions.line_items.list(session.id).data


def set_quantity(stand_in, browser, session, quantity, place=0):
    item = lines(stand_in, session)[place].id
    return browser.post(path(session), data={"action": f"quantity:{item}:{quantity}"}).text


class TestQuantity:
    def test_changes_the_line_and_the_total(self, stand_in, browser, adjustable):
        html = set_quantity(stand_in, browser, adjustable, 3)

        item = lines(stand_in, adjustable)[0]
        assert total(html) == "€46.02"
        assert (item.quantity, item.amount_total) == (3, 3702)
        assert value(html, f"quantity_{item.id}") == "3"
        assert stand_in.stripe.v1.checkout.sessions.retrieve(adjustable.id).amount_total == 3702 + 900

    @pytest.mark.parametrize("typed", ["0", "6", "many", "", "9999999", "-1"])
    def test_stays_within_its_bounds(self, stand_in, browser, adjustable, typed):
        item = lines(stand_in, adjustable)[0].id

        html = browser.post(path(adjustable), data={"action": "quantities", f"quantity_{item}": typed}).text

        assert errors(html) == {f"quantity_{item}": "Choose a quantity from 1 to 5."}
        assert lines(stand_in, adjustable)[0].quantity == 1

    def test_of_a_line_that_is_not_adjustable_stays(self, stand_in, browser, adjustable):
        set_quantity(stand_in, browser, adjustable, 4, place=1)

        assert lines(stand_in, adjustable)[1].quantity == 1

    def test_of_nothing_leaves_the_line_out_of_what_is_paid(self, stand_in, browser):
        free = {"enabled": True}
        session = stand_in.session(
            line_items=[{"price_data": MUG, "quantity": 1, "adjustable_quantity": free},
                        {"price_data": CUP, "quantity": 1, "adjustable_quantity": free}],
            **KNOWN,
        )  # fmt: skip
        set_quantity(stand_in, browser, session, 0)

        html = set_quantity(stand_in, browser, session, 0, place=1)
        browser.post(path(session), data=CARD | {"expected": "900"})

        assert "At least one article must be left." in html
        assert [item.description for item in lines(stand_in, session)] == ["Cup"]

    def test_that_was_typed_is_shown_before_it_is_paid(self, stand_in, browser, adjustable):
        item = lines(stand_in, adjustable)[0].id
        typed = CARD | {f"quantity_{item}": "2", "expected": str(1234 + 900)}

        html = browser.post(path(adjustable), data=typed).text
        paid = browser.post(path(adjustable), data=typed | {"expected": str(2 * 1234 + 900)})

        assert "The total is now €33.68." in html
        assert paid.status_code == 303
        assert stand_in.stripe.v1.charges.list().data[0].amount == 3368

    def test_of_another_tab_is_shown_before_it_is_paid(self, stand_in, browser, adjustable):
        set_quantity(stand_in, browser, adjustable, 5)

        html = browser.post(path(adjustable), data=CARD | {"expected": str(1234 + 900)}).text

        assert "The total is now €70.70." in html
        assert stand_in.stripe.v1.charges.list().data == []

    def test_too_small_for_the_code_takes_it_off(self, stand_in, browser):
        v1 = stand_in.stripe.v1
        coupon = v1.coupons.create({"percent_off": 50})
        v1.promotion_codes.create({
            "promotion": {"type": "coupon", "coupon": coupon.id}, "code": "TWO",
            "restrictions": {"minimum_amount": 2000, "minimum_amount_currency": "eur"}})  # fmt: skip
        session = stand_in.session(
            line_items=[{"price_data": MUG, "quantity": 2, "adjustable_quantity": UP_TO_FIVE}],
            allow_promotion_codes=True,
        )
        browser.post(path(session), data={"action": "code", "promotion_code": "TWO"})

        html = set_quantity(stand_in, browser, session, 1)

        assert (
            "Your code TWO is no longer valid, so the total is now €12.34." in errors(html)["promotion_code"]
        )

    @pytest.mark.parametrize("bounds", [{"minimum": 2}, {"minimum": 3, "maximum": 2}, {"maximum": 1_000_000}])
    def test_bounds_must_hold_the_first_quantity(self, stand_in, bounds):
        item = {"price_data": MUG, "quantity": 1, "adjustable_quantity": {"enabled": True} | bounds}

        with pytest.raises(Exception, match="must lie between"):
            stand_in.session(line_items=[item])


class TestOptionalItems:
    @pytest.fixture
    def poster(self, stand_in):
        product = stand_in.stripe.v1.products.create(
            {"name": "Poster", "default_price_data": {"currency": "eur", "unit_amount": 2500}}
        )
        return product.default_price

    def test_are_added_paid_and_taken_out_again(self, stand_in, browser, poster):
        session = stand_in.session(optional_items=[{"price": poster, "quantity": 1}], **KNOWN)

        shown = browser.get(path(session)).text
        added = browser.post(path(session), data={"action": f"add:{poster}"}).text
        item = lines(stand_in, session)[1].id
        left = browser.post(path(session), data={"action": f"leave:{item}"}).text
        browser.post(path(session), data={"action": f"add:{poster}"})
        browser.post(path(session), data=CARD | {"expected": "3734"})

        assert session.optional_items[0].price == poster
        assert "You might also like" in shown
        assert "You might also like" not in added
        assert (total(added), total(left)) == ("€37.34", "€12.34")
        assert [one.description for one in lines(stand_in, session)] == ["Mug", "Poster"]
        assert stand_in.stripe.v1.charges.list().data[0].amount == 3734

    def test_that_are_not_offered_cannot_be_added(self, stand_in, browser, poster):
        session = stand_in.session()

        browser.post(path(session), data={"action": f"add:{poster}"})

        assert len(lines(stand_in, session)) == 1

    def test_lines_of_the_shop_cannot_be_taken_out(self, stand_in, browser):
        session = stand_in.session()

        browser.post(path(session), data={"action": f"leave:{lines(stand_in, session)[0].id}"})

        assert len(lines(stand_in, session)) == 1

    def test_must_be_new_and_ten_at_most(self, stand_in, poster):
        one = {"price": poster, "quantity": 1}

        for items, given in (([one, one], {}), ([one] * 11, {}), ([one], {"line_items": [one]})):
            with pytest.raises(Exception, match="optional item"):
                stand_in.session(optional_items=items, **given)
