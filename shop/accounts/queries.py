"""Every SELECT over accounts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Account


def find_account(session: Session, account_id: int) -> Account | None:
    """Return the account with this id, or None."""
    return session.get(Account, account_id)


def find_account_by_email(session: Session, email: str) -> Account | None:
    """Return the account of an e-mail address, however it is capitalised, or None."""
    return session.scalars(select(Account).where(Account.email == email.strip().lower())).one_or_none()
