"""The one test account that every key belongs to: https://docs.stripe.com/api/accounts/object."""

from __future__ import annotations

from shop.sandbox.call import Call, api
from shop.sandbox.errors import Obj

ACCOUNT = "acct_1StandInForTests"


@api.on("GET", "/v1/account", "AccountRetrieveCurrentParams")
def retrieve_account(_call: Call) -> Obj:
    """Return the account."""
    return {
        "id": ACCOUNT,
        "object": "account",
        "business_type": "company",
        "charges_enabled": True,
        "country": "FR",
        "default_currency": "eur",
        "details_submitted": True,
        "email": "test-mode@example.com",
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }
