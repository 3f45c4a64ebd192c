"""No parameter of any call is silently ignored: each is honoured, or refused by its name."""

from typing import Any

import pytest

from shop.sandbox.call import Call, api
from shop.sandbox.errors import ApiError
from shop.sandbox.honoured import HONOURED, check_honoured, general
from shop.sandbox.params import request_params
from tests.sandbox.every_param import leaves, nested

CALLS = [one for one in api.all if one.params and one.params != "checkout.SessionCreateParams"]
# What the stand-in takes because it changes nothing, however it is said.
SAME_ANYWAY = {"payment_method_types"}


def known(request: str) -> list[tuple[str, Any]]:
    return list(leaves(request_params(request), ""))


def is_honoured(request: str, path: str) -> bool:
    name = general(path)
    return any(name == one or name.startswith(f"{one}[") for one in HONOURED.get(request, ()))


class TestCheckHonoured:
    def test_knows_every_request_and_parameter_of_its_tables(self):
        assert set(HONOURED) <= {one.params for one in CALLS}
        for request, names in HONOURED.items():
            there = [general(path) for path, _value in known(request)]
            gone = [
                one
                for one in names - SAME_ANYWAY
                # Stripe takes a card as data, though its published types lack it.
                if not one.startswith("payment_method_data[card]")
                and not any(name == one or name.startswith(f"{one}[") for name in there)
            ]
            assert (request, gone) == (request, [])

    @pytest.mark.parametrize("call", CALLS, ids=lambda one: f"{one.method} {one.path}")
    def test_honours_each_parameter_or_refuses_it_by_its_name(self, call):
        for path, value in known(call.params):
            try:
                check_honoured(call.params, nested(path, value))
            except ApiError as error:
                assert error.param == path or str(error.param).startswith(f"{path}[")
                assert "does not do" in error.message
            else:
                assert is_honoured(call.params, path), path

    def test_refuses_a_parameter_that_a_newer_sdk_brings(self):
        for request in HONOURED:
            with pytest.raises(ApiError, match="does not do `surprise\\[deep\\]`"):
                check_honoured(request, {"surprise": {"deep": "1"}})

    def test_takes_what_says_no_more_than_it_does(self):
        assert check_honoured("RefundCreateParams", {"amount": 5, "instructions_email": ""}) == {"amount": 5}
        assert check_honoured("RefundCreateParams", {"reverse_transfer": False}) == {
            "reverse_transfer": False
        }

    def test_leave_out_what_is_empty_and_not_there(self):
        evidence = {"receipt": "", "appeal": {"card": ""}, "uncategorized_text": "x"}

        kept = check_honoured("DisputeUpdateParams", {"evidence": evidence, "submit": False, "metadata": {}})

        assert kept == {
            "evidence": {"receipt": "", "uncategorized_text": "x"},
            "submit": False,
            "metadata": {},
        }


class Watched(dict[str, Any]):
    """Parameters that remember by which names they were asked."""

    def __init__(self, *given: Any, asked: set[str] | None = None) -> None:
        super().__init__(*given)
        self.asked: set[str] = set() if asked is None else asked

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)

    def __or__(self, other: Any) -> "Watched":
        return Watched(super().__or__(other), asked=self.asked)

    def __ror__(self, other: Any) -> "Watched":
        return Watched(super().__ror__(other), asked=self.asked)


class TestHandlers:
    @pytest.fixture
    def world(self, stand_in):
        """Ids of objects on which every call can be made."""
        v1 = stand_in.stripe.v1
        customer = v1.customers.create({"name": "Ada", "payment_method": "pm_card_visa"}).id
        intent = {
            "amount": 2000,
            "currency": "eur",
            "payment_method_types": ["card"],
            "payment_method": "pm_card_visa",
        }
        held = {"capture_method": "manual", "confirm": True}
        product = v1.products.create(
            {"name": "Mug", "default_price_data": {"currency": "eur", "unit_amount": 5}}
        )
        coupon = v1.coupons.create({"percent_off": 5}).id
        promotion = {"type": "coupon", "coupon": coupon}
        v1.payment_intents.create(intent | {"confirm": True, "payment_method": "pm_card_createDispute"})
        charge = v1.charges.create({"amount": 2000, "currency": "eur", "source": "tok_visa"}).id
        return {
            "charges": charge,
            "held": v1.charges.create({"amount": 2000, "currency": "eur", "source": "tok_visa", "capture": False}).id,
            "coupons": coupon,
            "customers": customer,
            "disputes": v1.disputes.list().data[0].id,
            "payment_intents": v1.payment_intents.create(intent).id,
            "to_cancel": v1.payment_intents.create(intent).id,
            "to_capture": v1.payment_intents.create(intent | held).id,
            "payment_methods": v1.customers.payment_methods.list(customer).data[0].id,
            "loose": v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}).id,
            "prices": product.default_price,
            "products": product.id,
            "promotion_codes": v1.promotion_codes.create({"promotion": promotion}).id,
            "refunds": v1.refunds.create({"charge": charge, "amount": 5}).id,
            "sessions": stand_in.session().id,
            "shipping_rates": v1.shipping_rates.create({
                "display_name": "Post", "type": "fixed_amount", "fixed_amount": {"amount": 500, "currency": "eur"},
            }).id,
            "tax_rates": v1.tax_rates.create({"display_name": "TVA", "percentage": 20, "inclusive": True}).id,
            "webhook_endpoints": v1.webhook_endpoints.create({
                "url": "http://127.0.0.1:9/hook", "enabled_events": ["charge.failed"],
            }).id,
        }  # fmt: skip

    def needed(self, world):
        """What some calls cannot do without, and other ids than their address tells."""
        intent = {"amount": 2000, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa",
                  "payment_method_types": ["card"]}  # fmt: skip
        fixed = {"amount": 500, "currency": "eur"}
        return {
            "POST /v1/payment_intents": (intent, None),
            "POST /v1/payment_intents/{id}/cancel": ({}, world["to_cancel"]),
            "POST /v1/payment_intents/{id}/capture": ({}, world["to_capture"]),
            "POST /v1/charges": ({"amount": 2000, "currency": "eur", "source": "tok_visa"}, None),
            "POST /v1/charges/{id}/capture": ({}, world["held"]),
            "POST /v1/coupons": ({"percent_off": 5}, None),
            "POST /v1/disputes/{id}": ({"evidence": {"uncategorized_text": "winning_evidence"}}, None),
            "POST /v1/payment_methods": ({"type": "card", "card": {"token": "tok_visa"}}, None),
            "POST /v1/payment_methods/{id}/attach": ({"customer": world["customers"]}, world["loose"]),
            "POST /v1/prices": ({"currency": "eur", "unit_amount": 5, "product": world["products"]}, None),
            "POST /v1/prices/{id}": ({"lookup_key": "mug"}, None),
            "POST /v1/products": ({"name": "Lamp"}, None),
            "POST /v1/promotion_codes": (
                {"promotion": {"type": "coupon", "coupon": world["coupons"]}, "customer": world["customers"]}, None),
            "POST /v1/refunds": ({"charge": world["charges"]}, None),
            "POST /v1/shipping_rates": ({"display_name": "Post", "type": "fixed_amount", "fixed_amount": fixed}, None),
            "POST /v1/tax_rates": ({"display_name": "TVA", "percentage": 20.0, "inclusive": True}, None),
            "POST /v1/webhook_endpoints": ({"url": "http://127.0.0.1:9/a", "enabled_events": ["*"]}, None),
        }  # fmt: skip

    def test_ask_for_every_parameter_that_is_honoured(self, stand_in, world):
        needed = self.needed(world)
        # Of these there is one value only, and a mandate is taken as given.
        unasked = {"billing_scheme", "final_capture", "mandate_data"}
        ignored = {}
        store = stand_in.app.extensions["sandbox"].store
        for operation in (one for one in CALLS if one.params in HONOURED):
            names = {one.split("[")[0] for one in HONOURED[operation.params]}
            given, known_id = needed.get(f"{operation.method} {operation.path}", ({}, None))
            if operation.path.endswith("/search"):
                given = {"query": 'metadata["a"]:"b"'}
            params = Watched(given)
            part = [one for one in operation.path.split("/") if one in world]
            ids = (known_id or (world[part[0]] if part else ""),)
            with store.writing() as tx:
                operation.handler(Call(tx, ids, params, operation.path, stand_in.url))
            missing = names - params.asked - unasked
            if missing - ({"type"} if operation.params == "ShippingRateCreateParams" else set()):
                ignored[f"{operation.method} {operation.path}"] = missing

        assert ignored == {}
