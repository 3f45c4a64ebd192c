"""Whom a coupon sees: the keys by which one customer is known again, and which of them are proved.

A key is ``account:<id>``, ``email:<keyed hash of the address>`` or ``guest:<hash of the visitor's cookie>``. Whoever
used a once-a-customer coupon under one of them has used it under all. An address is only hashed with the
installation's secret, so that the tables hold none.
"""

from dataclasses import dataclass

from shop.core.signing import Signer

PURPOSE = "coupon-customer"


def email_key(signer: Signer, email: str) -> str:
    """Return the key of an e-mail address, however its capitals are written."""
    return f"email:{signer.digest(PURPOSE, email.strip().casefold())}"


def customer_keys(
    signer: Signer, *, account_id: int | None = None, email: str | None = None, visitor_key: str | None = None
) -> list[str]:
    """Return all keys of a customer, the strongest first: account, e-mail address, visitor.

    ``visitor_key`` is a whole key already: ``guest:<hash>``, or the account's.
    """
    keys = [f"account:{account_id}"] if account_id is not None else []
    if email:
        keys.append(email_key(signer, email))
    if visitor_key and visitor_key not in keys:
        keys.append(visitor_key)
    return keys


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys, as coupons know them; ``knows_email`` tells whether ``keys`` holds the key of an address.

    ``proved`` are the keys that cannot be anybody else's: an account's, or the one in a guest's cookie. Nobody has
    to confirm an address to type it, so what is held under one alone is never given without its code.
    """

    account_id: int | None = None
    keys: tuple[str, ...] = ()
    proved: tuple[str, ...] = ()

    @property
    def knows_email(self) -> bool:
        """Whether an e-mail address is among the keys."""
        return any(key.startswith("email:") for key in self.keys)


NOBODY = Customer()


def customer_of(
    signer: Signer, *, account_id: int | None = None, email: str | None = None, visitor_key: str | None = None
) -> Customer:
    """Return a customer by all that is known of them; see ``customer_keys``."""
    keys = customer_keys(signer, account_id=account_id, email=email, visitor_key=visitor_key)
    proved = [key for key in keys if not key.startswith("email:")]
    return Customer(account_id, tuple(keys), tuple(proved))
