"""Whom a coupon sees: the keys by which one customer is known again, and which of them are proved.

A key is ``account:<id>``, ``email:<keyed hash of the address>`` or ``guest:<hash of the visitor's cookie>``. Whoever
used a once-a-customer coupon under one of them has used it under all. An address is only hashed with the
installation's secret, so that the tables hold none.
"""

import datetime as dt
from dataclasses import dataclass, field

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
    """Who buys, as coupons know them at an instant; see ``customer_of``."""

    account_id: int | None = None
    keys: tuple[str, ...] = ()
    """What their cart knows: an account and its address, or a guest's cookie."""
    proved: tuple[str, ...] = ()
    """Those of them that cannot be anybody else's. Nobody has to confirm an address to sign up with it, so what is
    held under one alone is given to nobody by itself, but to who also has its code."""
    typed_key: str | None = None
    """The key of an address that a guest typed at the checkout; their cart doesn't know it."""
    order_ids: tuple[int, ...] = field(default=())
    """Their orders that wait for payment: what these hold is theirs to have."""

    @property
    def knows_email(self) -> bool:
        """Whether an e-mail address is known, so that the next order of the same person is known again."""
        return self.account_id is not None or self.typed_key is not None

    @property
    def all_keys(self) -> list[str]:
        """All keys under which a use is written down, the strongest first."""
        typed = [self.typed_key] if self.typed_key else []
        return list(dict.fromkeys([*typed, *self.keys] if self.account_id is None else [*self.keys, *typed]))


@dataclass(frozen=True, slots=True)
class Shopper:
    """A customer and the instant at which their cart is looked at."""

    customer: Customer
    now: dt.datetime


def customer_of(
    signer: Signer, *, account_id: int | None = None, email: str | None = None,
    visitor_key: str | None = None, order_ids: tuple[int, ...] = (),
) -> Customer:  # fmt: skip
    """Return a customer by all that is known of them: for an account ``email`` is its own, for a guest a typed one."""
    is_guest = account_id is None
    keys = customer_keys(
        signer, account_id=account_id, email=None if is_guest else email, visitor_key=visitor_key
    )
    return Customer(
        account_id=account_id,
        keys=tuple(keys),
        proved=tuple(key for key in keys if not key.startswith("email:")),
        typed_key=email_key(signer, email) if is_guest and email else None,
        order_ids=order_ids,
    )
