"""Every SELECT over accounts."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account, AccountWord
from shop.core.db import Reader
from shop.core.errors import NotFound


def find_account(session: Session, account_id: int) -> Account | None:
    """Return the account with this id, or None."""
    return session.get(Account, account_id)


def find_sign_in(
    reader: Reader, account_id: int
) -> Row[int, str, str, str, int, int, dt.datetime | None] | None:
    """Return id, name, email, language, session epoch, unread count and when an account's address was confirmed, or None.

    Every request with a session asks.
    """
    return reader.execute(_SIGN_IN, {"account_id": account_id}).one_or_none()


_SIGN_IN = select(
    Account.id, Account.name, Account.email, Account.language, Account.session_epoch, Account.unread_count,
    Account.email_confirmed_at,
).where(Account.id == bindparam("account_id"))  # fmt: skip


def get_account(session: Session, account_id: int) -> Account:
    """Return the account with this id; NotFound when there is none."""
    account = find_account(session, account_id)
    if account is None:
        raise NotFound
    return account


def find_account_by_email(session: Session, email: str) -> Account | None:
    """Return the account of an e-mail address, however it is capitalised, or None."""
    return session.scalars(select(Account).where(Account.email == email.strip().casefold())).one_or_none()


def has_confirmed(session: Session, account_id: int, email: str) -> bool:
    """Tell whether an account has this address, as it is kept, and has proved it."""
    statement = select(Account.id).where(
        Account.id == account_id, Account.email == email, Account.email_confirmed_at.is_not(None)
    )
    return session.scalar(statement) is not None


def map_names(session: Session, account_ids: Collection[int]) -> dict[int, str]:
    """Return the names of accounts by their id; nothing is asked when there are none."""
    if not account_ids:
        return {}
    statement = select(Account.id, Account.name).where(Account.id.in_(list(account_ids)))
    return {row.id: row.name for row in session.execute(statement)}


def having_words(terms: Sequence[str], *, at_most: int) -> Select[int]:
    """Return a SELECT of ids of the accounts with a word beginning with each of ``terms`` (without accents).

    It looks at the first ``at_most`` words that begin with the longest term: enough for whoever types
    more than a letter or two, and bounded however many people there are.
    """
    longest, *others = sorted(terms, key=len, reverse=True)
    found = _beginning(longest).order_by(AccountWord.word, AccountWord.account_id).limit(at_most).subquery()
    statement = select(found.c.account_id).distinct()
    for term in others:
        statement = statement.where(found.c.account_id.in_(_beginning(term)))
    return statement


def _beginning(term: str) -> Select[int]:
    return select(AccountWord.account_id).where(
        AccountWord.word >= term, AccountWord.word < f"{term}\U0010ffff"
    )
