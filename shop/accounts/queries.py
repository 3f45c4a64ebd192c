"""Every SELECT over accounts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.core.errors import NotFound


def find_account(session: Session, account_id: int) -> Account | None:
    """Return the account with this id, or None."""
    return session.get(Account, account_id)


def get_account(session: Session, account_id: int) -> Account:
    """Return the account with this id; NotFound when there is none."""
    account = find_account(session, account_id)
    if account is None:
        raise NotFound
    return account


def find_account_by_email(session: Session, email: str) -> Account | None:
    """Return the account of an e-mail address, however it is capitalised, or None."""
    return session.scalars(select(Account).where(Account.email == email.strip().casefold())).one_or_none()
