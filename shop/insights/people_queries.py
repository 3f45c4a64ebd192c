"""The people of a page: who likes it and who bought, found by the beginnings of names and e-mail addresses."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.queries import get_account, having_words
from shop.core.errors import NotFound
from shop.core.text_search import words_of
from shop.orders.models import Order
from shop.page.models import Follower

LOOKED_AT = 5000
"""Words of all the site's people that a search looks at; who shares a page is told apart among them."""
CARD_ORDERS = 20


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody found; ``account_id`` is None for a guest, who is known by the address of an order only.

    ``email`` is empty for somebody who never ordered here.
    """

    account_id: int | None
    name: str
    email: str
    is_follower: bool


@dataclass(frozen=True, slots=True)
class Spent:
    """What somebody paid on a page in one currency: how many orders, and their sum less refunds in minor units."""

    currency: str
    orders: int
    amount: int


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What a page knows of somebody with an account; ``followed_at`` is None when they don't like it."""

    account: Account
    followed_at: dt.datetime | None
    orders: list[Order]
    """The newest ones."""
    order_count: int
    spent: list[Spent]


def find_people(session: Session, *, page_id: int, terms: Sequence[str], limit: int) -> list[Person]:
    """Return people with an account who like the page or bought there, one more than ``limit`` at most.

    Who only likes the page gave it no address: they are found by their name, and ``email`` is empty.
    """
    if not terms:
        return []
    likes = exists().where(Follower.page_id == page_id, Follower.account_id == Account.id)
    bought = exists().where(Order.account_id == Account.id, Order.page_id == page_id)
    statement = (
        select(Account.id, Account.name, Account.email, likes, bought)
        .where(Account.id.in_(having_words(terms, at_most=LOOKED_AT)), or_(likes, bought))
        .order_by(Account.name, Account.id)
        .limit(LOOKED_AT)
    )
    found = (
        Person(account_id, name, email if has_bought else "", is_follower=bool(is_follower))
        for account_id, name, email, is_follower, has_bought in session.execute(statement)
        if has_bought or _has_all(words_of(name), terms)
    )
    return list(islice(found, limit + 1))


def guests_among(orders: Iterable[Order], terms: Sequence[str], *, limit: int) -> list[Person]:
    """Return the guests among the buyers of ``orders`` whose own name or address has all the terms."""
    found: dict[str, Person] = {}
    for order in orders:
        if order.account_id is not None or not order.email or order.email in found:
            continue
        name = str((order.ship_to or {}).get("name") or "")
        if _has_all([*words_of(name), *words_of(order.email)], terms):
            found[order.email] = Person(None, name, order.email, is_follower=False)
    return list(found.values())[:limit]


def _has_all(words: Sequence[str], terms: Sequence[str]) -> bool:
    return all(any(word.startswith(term) for word in words) for term in terms)


def get_card(session: Session, *, page_id: int, account_id: int) -> PersonCard:
    """Return somebody's card; NotFound when they neither like the page nor bought there: it knows nothing of them."""
    account = get_account(session, account_id)
    followed_at = session.scalar(
        select(Follower.followed_at).where(Follower.page_id == page_id, Follower.account_id == account_id)
    )
    theirs = (Order.account_id == account_id, Order.page_id == page_id)
    newest = select(Order).where(*theirs).order_by(Order.placed_at.desc(), Order.id.desc()).limit(CARD_ORDERS)
    orders = list(session.scalars(newest))
    if followed_at is None and not orders:
        raise NotFound
    count = session.scalar(select(func.count()).select_from(Order).where(*theirs)) or 0
    paid = (
        select(Order.currency, func.count(), func.sum(Order.captured_amount - Order.refunded_amount))
        .where(*theirs, Order.paid_at.is_not(None))
        .group_by(Order.currency)
        .order_by(Order.currency)
    )
    spent = [Spent(currency, int(many), int(amount)) for currency, many, amount in session.execute(paid)]
    return PersonCard(account, followed_at, orders, count, spent)
