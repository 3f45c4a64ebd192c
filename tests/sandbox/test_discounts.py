"""Coupons and promotion codes, by the official SDK."""

import pytest
import stripe

from tests.sandbox.conftest import refusal


class TestCoupons:
    def test_take_a_share_off_every_line(self, v1, stand_in):
        coupon = v1.coupons.create({"percent_off": 12.5, "id": "SPRING", "name": "Spring"})

        session = stand_in.session(discounts=[{"coupon": coupon.id}])
        shown = v1.checkout.sessions.retrieve(
            session.id,
            {"expand": ["total_details.breakdown", "line_items.data.discounts", "discounts.coupon"]},
        )

        assert (session.amount_subtotal, session.total_details.amount_discount, session.amount_total) == (
            1234,
            154,
            1080,
        )
        assert shown.total_details.breakdown.discounts[0].amount == 154
        assert shown.line_items.data[0].discounts[0].discount.source.coupon == "SPRING"
        assert shown.discounts[0].coupon.name == "Spring"

    def test_spread_an_amount_without_losing_a_cent(self, v1, stand_in):
        coupon = v1.coupons.create({"amount_off": 100, "currency": "eur"})
        line = {
            "price_data": {"currency": "eur", "unit_amount": 333, "product_data": {"name": "Mug"}},
            "quantity": 1,
        }

        session = stand_in.session(line_items=[line] * 3, discounts=[{"coupon": coupon.id}])
        lines = v1.checkout.sessions.line_items.list(session.id).data

        assert [one.amount_discount for one in lines] == [34, 33, 33]
        assert session.amount_total == 999 - 100

    def test_reach_only_their_products(self, v1, mug, stand_in):
        lamp = v1.products.create(
            {"name": "Lamp", "default_price_data": {"currency": "eur", "unit_amount": 2000}}
        )
        coupon = v1.coupons.create({"percent_off": 50, "applies_to": {"products": [lamp.id]}})
        both = [{"price": one.default_price, "quantity": 1} for one in (mug, lamp)]

        assert stand_in.session(line_items=both, discounts=[{"coupon": coupon.id}]).amount_total == 2234
        error = refusal(lambda: stand_in.session(line_items=both[:1], discounts=[{"coupon": coupon.id}]))
        assert error.param == "discounts[0][coupon]"
        assert v1.coupons.retrieve(coupon.id, {"expand": ["applies_to"]}).applies_to.products == [lamp.id]

    def test_can_make_it_free(self, v1, stand_in):
        coupon = v1.coupons.create({"percent_off": 100})
        session = stand_in.session(discounts=[{"coupon": coupon.id}])

        status, answer = stand_in.pay(session.id)

        assert (status, answer["session"]["payment_status"]) == (200, "no_payment_required")

    def test_are_used_up_and_run_out(self, v1, stand_in):
        once = v1.coupons.create({"percent_off": 10, "max_redemptions": 1})
        soon = v1.coupons.create({"percent_off": 10, "redeem_by": v1.coupons.retrieve(once.id).created + 60})
        first, second = (stand_in.session(discounts=[{"coupon": once.id}]) for _ in range(2))

        assert stand_in.pay(first.id)[0] == 200
        status, answer = stand_in.pay(second.id)
        stand_in.advance(61)

        assert (status, answer["error"]["code"]) == (400, "coupon_expired")
        assert v1.coupons.retrieve(once.id).times_redeemed == 1
        assert [one.valid for one in v1.coupons.list().data] == [False, False]
        for coupon in (once, soon):
            assert (
                refusal(lambda one=coupon: stand_in.session(discounts=[{"coupon": one.id}])).code
                == "coupon_expired"
            )

    def test_that_are_deleted_are_gone(self, v1, stand_in):
        coupon = v1.coupons.create({"percent_off": 10})

        assert v1.coupons.delete(coupon.id).deleted
        assert refusal(v1.coupons.retrieve, coupon.id).code == "resource_missing"
        assert v1.coupons.list().data == []

    @pytest.mark.parametrize(
        ("wrong", "param"),
        [
            ({}, "percent_off"),
            ({"percent_off": 0}, "percent_off"),
            ({"percent_off": 101}, "percent_off"),
            ({"percent_off": 10, "amount_off": 10}, "percent_off"),
            ({"amount_off": 10}, "currency"),
            ({"percent_off": 10, "duration": "repeating"}, "duration_in_months"),
            ({"percent_off": 10, "max_redemptions": 0}, "max_redemptions"),
            ({"percent_off": 10, "redeem_by": 1}, "redeem_by"),
            ({"percent_off": 10, "applies_to": {"products": ["prod_none"]}}, "applies_to[products][0]"),
            ({"percent_off": 10, "name": "x" * 41}, "name"),
        ],
    )
    def test_refuse_what_stripe_refuses(self, v1, wrong, param):
        assert refusal(v1.coupons.create, wrong).param == param


class TestPromotionCodes:
    def test_are_spelt_in_any_case_and_once(self, v1, stand_in):
        coupon = v1.coupons.create({"percent_off": 10})
        promotion = {"type": "coupon", "coupon": coupon.id}
        code = v1.promotion_codes.create({"promotion": promotion, "code": "Hello10"})

        assert [one.id for one in v1.promotion_codes.list({"code": "HELLO10"}).data] == [code.id]
        assert refusal(v1.promotion_codes.create, {"promotion": promotion, "code": "HELLO10"}).param == "code"
        v1.promotion_codes.update(code.id, {"active": False})
        assert v1.promotion_codes.create({"promotion": promotion, "code": "HELLO10"}).active

    def test_discount_a_session(self, v1, stand_in):
        coupon = v1.coupons.create({"percent_off": 10})
        code = v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}})
        session = stand_in.session(discounts=[{"promotion_code": code.id}])
        stand_in.pay(session.id)

        assert (session.amount_total, session.discounts[0].promotion_code) == (1111, code.id)
        assert v1.promotion_codes.retrieve(code.id).times_redeemed == 1

    def test_hold_to_their_restrictions(self, v1, stand_in):
        coupon = v1.coupons.create({"percent_off": 10})
        promotion = {"type": "coupon", "coupon": coupon.id}
        big = v1.promotion_codes.create({"promotion": promotion, "restrictions": {
            "minimum_amount": 5000, "minimum_amount_currency": "eur"}})  # fmt: skip
        first = v1.promotion_codes.create(
            {"promotion": promotion, "restrictions": {"first_time_transaction": True}}
        )
        buyer = v1.customers.create({"email": "a@example.com"})
        own = v1.promotion_codes.create({"promotion": promotion, "customer": buyer.id})
        stand_in.paid(customer=buyer.id)

        for code, more in ((big, {}), (first, {"customer": buyer.id}), (own, {})):
            with pytest.raises(stripe.InvalidRequestError) as caught:
                stand_in.session(discounts=[{"promotion_code": code.id}], **more)
            assert caught.value.param == "discounts[0][promotion_code]"
        assert (
            stand_in.session(discounts=[{"promotion_code": own.id}], customer=buyer.id).amount_total == 1111
        )

    def test_ids_are_free_again_once_deleted(self, v1):
        v1.coupons.create({"id": "SUMMER", "percent_off": 20})
        v1.coupons.delete("SUMMER")
        again = v1.coupons.create({"id": "SUMMER", "percent_off": 30})

        assert v1.coupons.retrieve("SUMMER").percent_off == again.percent_off
        with pytest.raises(stripe.InvalidRequestError, match="Coupon already exists"):
            v1.coupons.create({"id": "SUMMER", "percent_off": 30})
        with pytest.raises(stripe.InvalidRequestError, match="one id for a coupon and a product"):
            v1.products.create({"id": "SUMMER", "name": "x"})

    def test_that_are_used_up_are_listed_as_inactive(self, v1, stand_in):
        coupon = v1.coupons.create({"percent_off": 20})
        code = {"promotion": {"type": "coupon", "coupon": coupon.id}, "max_redemptions": 1}
        spent = v1.promotion_codes.create(code)
        stand_in.paid(discounts=[{"promotion_code": spent.id}])
        fresh = v1.promotion_codes.create(code)

        assert [one.id for one in v1.promotion_codes.list({"active": True}).data] == [fresh.id]
        assert [one.id for one in v1.promotion_codes.list({"active": False}).data] == [spent.id]
