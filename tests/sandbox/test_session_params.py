"""No parameter of a new session is silently ignored: each is honoured, or refused by its name."""

from typing import Any

import pytest
import stripe

from shop.sandbox.params import request_params
from shop.sandbox.session_params import HONOURED, check_supported, general
from tests.sandbox.conftest import StandIn, session_params
from tests.sandbox.every_param import leaves, nested

# What the stand-in takes because it changes nothing, however it is said.
SAME_ANYWAY = {"automatic_tax", "invoice_creation", "managed_payments", "tax_id_collection"}


EVERY = list(leaves(request_params("checkout.SessionCreateParams"), ""))


def is_honoured(path: str) -> bool:
    """Say whether the table has the parameter, or what it belongs to."""
    name = general(path)
    return any(name == one or name.startswith(f"{one}[") for one in HONOURED)


class TestCheckSupported:
    def test_knows_every_parameter_of_its_table(self):
        names = [general(path) for path, _value in EVERY] + ["payment_method_types", "ui_mode"]

        gone = [
            one for one in HONOURED if not any(name == one or name.startswith(f"{one}[") for name in names)
        ]
        assert gone == []

    @pytest.mark.parametrize(("path", "value"), EVERY, ids=[path for path, _value in EVERY])
    def test_honours_it_or_refuses_it_by_its_name(self, path, value):
        try:
            check_supported(nested(path, value))
        except Exception as error:
            named = getattr(error, "param", None) or ""
            assert named == path or named.startswith(f"{path}["), error
            assert "subscription" in str(error) or "does not do" in str(error)
        else:
            assert is_honoured(path) or path.split("[")[0] in SAME_ANYWAY, path

    def test_refuses_most_of_what_it_does_not_know(self):
        refused = 0
        for path, value in EVERY:
            try:
                check_supported(nested(path, value))
            except Exception:
                refused += 1

        assert len(EVERY) > 250
        assert refused > 150

    def test_refuses_a_parameter_that_a_newer_sdk_brings(self, stand_in):
        with pytest.raises(Exception, match="does not do `surprise\\[deep\\]`"):
            check_supported({"surprise": {"deep": "1"}})


class TestOverTheWire:
    @pytest.mark.parametrize(
        ("given", "param"),
        [
            ({"subscription_data": {"description": "x"}}, "subscription_data[description]"),
            ({"setup_intent_data": {"description": "x"}}, "setup_intent_data[description]"),
            ({"tax_id_collection": {"enabled": True}}, "tax_id_collection[enabled]"),
            ({"automatic_tax": {"enabled": True}}, "automatic_tax[enabled]"),
            ({"automatic_tax": {"enabled": False, "liability": {"type": "self"}}}, "automatic_tax[liability][type]"),
            ({"invoice_creation": {"enabled": True}}, "invoice_creation[enabled]"),
            ({"managed_payments": {"enabled": True}}, "managed_payments[enabled]"),
            ({"permissions": {"update_shipping_details": "client_only"}}, "permissions[update_shipping_details]"),
            ({"payment_method_configuration": "pmc_1"}, "payment_method_configuration"),
            ({"payment_method_collection": "always"}, "payment_method_collection"),
            ({"customer_account": "acct_1"}, "customer_account"),
            ({"payment_intent_data": {"on_behalf_of": "acct_1"}}, "payment_intent_data[on_behalf_of]"),
            ({"payment_intent_data": {"transfer_data": {"destination": "acct_1"}}},
             "payment_intent_data[transfer_data][destination]"),
            ({"payment_method_options": {"card": {"setup_future_usage": "off_session"}}},
             "payment_method_options[card][setup_future_usage]"),
            ({"payment_method_options": {"klarna": {"preferred_locale": "fr"}}}, None),
            ({"ui_mode": "embedded_page"}, "ui_mode"),
            ({"mode": "setup"}, "mode"),
            ({"submit_type": "subscribe"}, "submit_type"),
            ({"return_url": "http://shop.example"}, "return_url"),
            ({"redirect_on_completion": "never"}, "redirect_on_completion"),
        ],
    )  # fmt: skip
    def test_says_what_it_does_not_do(self, stand_in: StandIn, given: Any, param: str | None) -> None:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            stand_in.stripe.v1.checkout.sessions.create(session_params(**given))

        assert caught.value.http_status == 400
        if param:
            assert caught.value.param == param

    def test_takes_what_says_no_more_than_it_does(self, stand_in):
        off = {"enabled": False}

        session = stand_in.session(
            automatic_tax=off, invoice_creation=off, managed_payments=off, tax_id_collection=off,
            adaptive_pricing={"enabled": True}, wallet_options={"link": {"display": "never"}}, origin_context="web",
            payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        )  # fmt: skip

        assert session.status == "open"
        assert session.wallet_options.link.display == "never"
