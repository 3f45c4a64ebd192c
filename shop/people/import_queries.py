"""SELECTs of the import of friendships."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Account


def map_accounts(session: Session, emails: Collection[str]) -> dict[str, int]:
    """Return the ids of accounts by their e-mail address, where there is one."""
    statement = select(Account.email, Account.id).where(Account.email.in_(list(emails)))
    return {row.email: row.id for row in session.execute(statement)}
