"""What a checkout stands on, who buys, and where the payment page leads back to."""

from dataclasses import dataclass

from shop.core.db import Database
from shop.core.ids import hash_token
from shop.core.signing import Signer
from shop.core.touch import NOWHERE, Origin
from shop.payments.gateway import Gateway

ORDER_TOKEN = "{ORDER_TOKEN}"  # noqa: S105 - a place to fill in
ORDER_NUMBER = "{ORDER_NUMBER}"


@dataclass(frozen=True, slots=True)
class Desk:
    """The database, the payment service, the signer of order tokens and the shop's public origin."""

    database: Database
    gateway: Gateway
    signer: Signer
    public_url: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys: an account or a guest; ``visitor_key`` says whose unpaid orders are theirs, ``origin`` what led here."""

    account_id: int | None
    visitor_key: str
    email: str | None = None
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class ReturnUrls:
    """Absolute addresses that Stripe leads back to, as templates.

    ``{ORDER_TOKEN}`` and ``{ORDER_NUMBER}`` are filled in by us, ``{CHECKOUT_SESSION_ID}`` by Stripe.
    """

    success_url: str
    cancel_url: str


def account_key(account_id: int) -> str:
    """Return the visitor key of an account."""
    return f"account:{account_id}"


def guest_key(secret: str) -> str:
    """Return the visitor key of a guest by the id in their cookie, or by their API cart's token."""
    return f"guest:{hash_token(secret)}"


def account_buyer(account_id: int, email: str) -> Buyer:
    """Return a signed-in buyer."""
    return Buyer(account_id, account_key(account_id), email)


def guest_buyer(secret: str, email: str | None = None) -> Buyer:
    """Return a guest by the id in their cookie, or by their API cart's token."""
    return Buyer(None, guest_key(secret), email)
