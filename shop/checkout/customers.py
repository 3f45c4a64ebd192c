"""The one Stripe customer of an account, made at its first checkout."""

import datetime as dt

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from shop.accounts.models import Account
from shop.checkout.desk import Desk
from shop.core.errors import NotFound
from shop.core.ids import hash_token
from shop.core.kill_points import reach
from shop.payments.models import StripeCustomer
from shop.payments.queries import find_customer_id


def ensure_customer(desk: Desk, *, account_id: int, now: dt.datetime) -> str:
    """Return the id of an account's Stripe customer, created when there is none.

    Of two first checkouts at once both send the same key, so Stripe makes one customer, and both read
    back the one row. Calls Stripe: never inside a transaction.
    """
    source = desk.gateway.source
    with desk.database.reading() as session:
        known = find_customer_id(session, account_id=account_id, source=source)
        account = session.get(Account, account_id)
    if known is not None:
        return known
    if account is None:
        raise NotFound
    customer_id = desk.gateway.create_customer(
        account_id=account.id,
        email=account.email,
        name=account.name,
        language=account.language,
        key=_customer_key(account),
    )
    reach("customer.after_call")
    with desk.database.transaction() as session:
        insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
        session.execute(
            insert(StripeCustomer)
            .values(account_id=account.id, source=source, stripe_customer_id=customer_id, created_at=now)
            .on_conflict_do_nothing()
        )
        return find_customer_id(session, account_id=account.id, source=source) or customer_id


def _customer_key(account: Account) -> str:
    # Several installations may share one Stripe account: the id alone would meet another one's key.
    whose = hash_token(f"{account.email} {account.name} {account.language} {account.created_at.isoformat()}")
    return f"vitrine-customer-{account.id}-{whose[:24]}"


def forget_customer(desk: Desk, customer_id: str) -> None:
    """Forget a customer that Stripe no longer knows."""
    with desk.database.transaction() as session:
        session.execute(delete(StripeCustomer).where(StripeCustomer.stripe_customer_id == customer_id))
