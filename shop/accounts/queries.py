"""Every SELECT over accounts."""

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.core.db import Reader
from shop.core.errors import NotFound


def find_account(session: Session, account_id: int) -> Account | None:
    """Return the account with this id, or None."""
    return session.get(Account, account_id)


def find_sign_in(reader: Reader, account_id: int) -> Row[int, str, str, str, int] | None:
    """Return id, name, email, language and session epoch of an account, or None: every request with a session asks."""
    return reader.execute(_SIGN_IN, {"account_id": account_id}).one_or_none()


_SIGN_IN = select(Account.id, Account.name, Account.email, Account.language, Account.session_epoch).where(
    Account.id == bindparam("account_id")
)


def get_account(session: Session, account_id: int) -> Account:
    """Return the account with this id; NotFound when there is none."""
    account = find_account(session, account_id)
    if account is None:
        raise NotFound
    return account


def find_account_by_email(session: Session, email: str) -> Account | None:
    """Return the account of an e-mail address, however it is capitalised, or None."""
    return session.scalars(select(Account).where(Account.email == email.strip().casefold())).one_or_none()
