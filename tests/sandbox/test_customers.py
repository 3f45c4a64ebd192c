"""Customers, metadata, lists and cursors."""

import pytest
import stripe


class TestCustomers:
    def test_are_created_found_changed_and_deleted(self, stand_in):
        customers = stand_in.stripe.v1.customers
        made = customers.create(
            {"email": "camille@example.fr", "name": "Camille", "address": {"country": "FR"}}
        )

        updated = customers.update(made.id, {"name": "Camille Martin", "phone": "+33600000000"})
        gone = customers.delete(made.id)

        assert made.id.startswith("cus_")
        assert (made.address.country, made.address.city) == ("FR", None)
        assert (updated.name, updated.email) == ("Camille Martin", "camille@example.fr")
        assert gone.deleted
        assert customers.retrieve(made.id).deleted
        assert customers.list().data == []
        with pytest.raises(stripe.InvalidRequestError) as caught:
            customers.update(made.id, {"name": "x"})
        assert caught.value.code == "resource_missing"

    def test_tell_what_changed(self, stand_in):
        made = stand_in.stripe.v1.customers.create({"name": "Camille", "metadata": {"a": "1"}})
        stand_in.stripe.v1.customers.update(made.id, {"name": "Léa"})
        stand_in.stripe.v1.customers.update(made.id, {"name": "Léa"})

        events = stand_in.stripe.v1.events.list({"type": "customer.updated"}).data

        assert [event.data.previous_attributes["name"] for event in events] == ["Camille"]

    def test_are_listed_by_address(self, stand_in):
        for email in ("a@example.com", "b@example.com", "a@example.com"):
            stand_in.stripe.v1.customers.create({"email": email})

        assert len(stand_in.stripe.v1.customers.list({"email": "a@example.com"}).data) == 2

    def test_keep_a_default_payment_method_until_it_is_detached(self, stand_in):
        v1 = stand_in.stripe.v1
        default = {"default_payment_method": "pm_card_visa"}
        ada = v1.customers.create({"payment_method": "pm_card_visa", "invoice_settings": default})
        kept = v1.customers.retrieve(ada.id, {"expand": ["invoice_settings.default_payment_method"]})
        card = kept.invoice_settings.default_payment_method
        assert (card.customer, card.card.last4) == (ada.id, "4242")

        loose = v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
        with pytest.raises(stripe.InvalidRequestError, match="attach it first"):
            v1.customers.update(ada.id, {"invoice_settings": {"default_payment_method": loose.id}})
        v1.payment_methods.detach(card.id)
        assert v1.customers.retrieve(ada.id).invoice_settings.default_payment_method is None

    def test_lose_what_an_empty_text_unsets(self, stand_in):
        given = {"name": "Ada", "email": "a@example.com", "phone": "1", "description": "x"}
        ada = stand_in.stripe.v1.customers.create(given)

        bare = stand_in.stripe.v1.customers.update(ada.id, dict.fromkeys(given, ""))

        assert [bare[name] for name in given] == [None] * 4

    def test_are_not_made_with_a_card_that_is_refused(self, stand_in):
        with pytest.raises(stripe.CardError):
            stand_in.stripe.v1.customers.create({"payment_method": "pm_card_chargeDeclined"})

        assert stand_in.stripe.v1.customers.list().data == []

    @pytest.mark.parametrize(
        ("given", "param"),
        [
            ({"source": "tok_visa"}, "source"),
            ({"invoice_settings": {"footer": "x"}}, "invoice_settings[footer]"),
            ({"next_invoice_sequence": 7}, "next_invoice_sequence"),
            ({"invoice_prefix": "no"}, "invoice_prefix"),
        ],
    )
    def test_refuse_what_they_do_not_hold(self, stand_in, given, param):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            stand_in.stripe.v1.customers.create(given)

        assert caught.value.param == param


class TestMetadata:
    def test_merges_keys_and_unsets_by_an_empty_value(self, stand_in):
        customers = stand_in.stripe.v1.customers
        made = customers.create({"metadata": {"a": "1", "b": "2"}})

        merged = customers.update(made.id, {"metadata": {"b": "", "c": "3"}}).metadata
        emptied = customers.update(made.id, {"metadata": ""}).metadata

        assert merged.to_dict() == {"a": "1", "c": "3"}
        assert emptied.to_dict() == {}

    @pytest.mark.parametrize(
        "metadata", [{str(n): "x" for n in range(51)}, {"k" * 41: "x"}, {"k": "v" * 501}]
    )
    def test_has_limits(self, stand_in, metadata):
        with pytest.raises(stripe.InvalidRequestError, match="Metadata"):
            stand_in.stripe.v1.customers.create({"metadata": metadata})


class TestListPages:
    @pytest.fixture
    def seven(self, stand_in):
        return [stand_in.stripe.v1.customers.create({"name": str(n)}).id for n in range(7)][::-1]

    def test_go_forwards_newest_first(self, stand_in, seven):
        first = stand_in.stripe.v1.customers.list({"limit": 3})
        second = stand_in.stripe.v1.customers.list({"limit": 3, "starting_after": first.data[-1].id})
        walked = [one.id for one in stand_in.stripe.v1.customers.list({"limit": 2}).auto_paging_iter()]

        assert [one.id for one in first.data] == seven[:3]
        assert (first.has_more, first.url) == (True, "/v1/customers")
        assert [one.id for one in second.data] == seven[3:6]
        assert walked == seven

    def test_go_backwards(self, stand_in, seven):
        page = stand_in.stripe.v1.customers.list({"limit": 3, "ending_before": seven[5]})

        assert [one.id for one in page.data] == seven[2:5]
        assert page.has_more

    @pytest.mark.parametrize(
        ("params", "param"),
        [
            ({"limit": 0}, "limit"),
            ({"limit": 101}, "limit"),
            ({"starting_after": "cus_no"}, "starting_after"),
        ],
    )
    def test_refuse_bad_cursors_and_limits(self, stand_in, params, param):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            stand_in.stripe.v1.customers.list(params)

        assert caught.value.param == param

    def test_take_one_cursor_only(self, stand_in, seven):
        session = stand_in.session()
        pair = {"starting_after": seven[0], "ending_before": seven[3]}
        lines = stand_in.stripe.v1.checkout.sessions.line_items
        line = lines.list(session.id).data[0].id

        for page in (
            lambda: stand_in.stripe.v1.customers.list(pair),
            lambda: lines.list(session.id, {"starting_after": line, "ending_before": line}),
        ):
            with pytest.raises(
                stripe.InvalidRequestError, match="Received both starting_after and ending_before"
            ):
                page()

    def test_hold_nothing_from_before_time(self, stand_in, seven):
        assert stand_in.stripe.v1.customers.list({"created": 0}).data == []

    def test_filter_by_when_things_were_made(self, stand_in, seven):
        stand_in.advance(3600)
        late = stand_in.stripe.v1.customers.create({"name": "late"})

        found = stand_in.stripe.v1.customers.list({"created": {"gte": late.created}}).data

        assert [one.id for one in found] == [late.id]


class TestExpand:
    def test_replaces_ids_by_objects_to_four_levels(self, stand_in):
        customer = stand_in.stripe.v1.customers.create({"email": "a@example.com"})
        session = stand_in.paid(customer=customer.id)

        found = stand_in.stripe.v1.checkout.sessions.retrieve(
            session.id,
            {
                "expand": [
                    "payment_intent.latest_charge.customer",
                    "line_items.data.price.product",
                    "customer",
                ]
            },
        )
        listed = stand_in.stripe.v1.charges.list({"expand": ["data.payment_intent"]}).data[0]

        assert found.payment_intent.latest_charge.customer.email == "a@example.com"
        assert found.line_items.data[0].price.product.name == "Mug"
        assert found.customer.id == customer.id
        assert listed.payment_intent.status == "succeeded"

    @pytest.mark.parametrize("path", ["surprise", "currency", "payment_intent.surprise", "a.b.c.d.e"])
    def test_refuses_what_cannot_be_expanded(self, stand_in, path):
        session = stand_in.paid()

        with pytest.raises(stripe.InvalidRequestError, match="cannot"):
            stand_in.stripe.v1.checkout.sessions.retrieve(session.id, {"expand": [path]})

    def test_hints_at_data_on_a_list(self, stand_in):
        hint = "cannot be expanded \\(customer\\). You may want to try expanding 'data.customer' instead"
        with pytest.raises(stripe.InvalidRequestError, match=hint):
            stand_in.stripe.v1.charges.list({"expand": ["customer"]})

    def test_says_which_parts_of_a_customer_are_not_there(self, stand_in):
        ada = stand_in.stripe.v1.customers.create({"name": "Ada"})

        with pytest.raises(stripe.InvalidRequestError, match="does not do `subscriptions`"):
            stand_in.stripe.v1.customers.retrieve(ada.id, {"expand": ["subscriptions"]})

    def test_shows_what_moved_the_balance_as_it_is_now(self, stand_in):
        session = stand_in.paid(card="4000000000000259")
        charge = stand_in.stripe.v1.charges.list().data[0]
        stand_in.advance(3 * 24 * 3600)

        rows = stand_in.stripe.v1.balance_transactions.list({"expand": ["data.source.payment_intent"]}).data
        moved = stand_in.stripe.v1.charges.retrieve(charge.id, {"expand": ["balance_transaction"]})

        assert [row.source.object for row in rows] == ["dispute", "charge"]
        assert rows[1].source.payment_intent.id == session.payment_intent
        assert moved.balance_transaction.status == "available"
