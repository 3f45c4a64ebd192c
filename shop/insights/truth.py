"""The figures of a page's days, counted anew from its orders and refunds: a check, and the way to mend them."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.insights.queries import count_likes, iterate_order_instants, iterate_refunds, list_all_days
from shop.page.days import NO_CURRENCY, local_day, set_in_day
from shop.page.models import Page
from shop.page.service import raise_version

FIGURES = ("orders_placed", "orders_paid", "sales_amount", "refunded_amount")
"""What orders and refunds tell. Nothing else knows of visits and of likes that were taken back."""
Key = tuple[dt.date, str, str]
"""Day, currency, figure."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not what the orders say; ``day`` is None for the number of likes, which has none."""

    day: dt.date | None
    currency: str
    figure: str
    kept: int
    true: int


def count_anew(session: Session, page: Page) -> Counter[Key]:
    """Return each figure by day, currency and name as the page's orders and refunds give it."""
    found: Counter[Key] = Counter()
    for currency, placed_at, paid_at, captured in iterate_order_instants(session, page.id):
        found[local_day(page.country, placed_at), currency, "orders_placed"] += 1
        if paid_at is not None:
            day = local_day(page.country, paid_at)
            found[day, currency, "orders_paid"] += 1
            found[day, currency, "sales_amount"] += captured
    for currency, created_at, amount in iterate_refunds(session, page.id):
        found[local_day(page.country, created_at), currency, "refunded_amount"] += amount
    return found


def check_days(session: Session, page: Page) -> list[Difference]:
    """Return what the page's days have otherwise than its orders, refunds and likes; [] when all agrees."""
    true, kept = count_anew(session, page), Counter[Key]()
    likes = 0
    for row in list_all_days(session, page.id):
        likes += row.new_followers - row.lost_followers
        if row.currency != NO_CURRENCY:
            kept.update({(row.day, row.currency, name): getattr(row, name) for name in FIGURES})
    found = [
        Difference(*key, kept=kept[key], true=true[key])
        for key in sorted({*true, *kept})
        if kept[key] != true[key]
    ]
    if likes != (followers := count_likes(session, page.id)):
        found.append(Difference(None, NO_CURRENCY, "followers", likes, followers))
    return found


def rebuild_days(session: Session, page: Page) -> list[Difference]:
    """Set the figures of orders and refunds right and return what was wrong; likes are only told.

    Exact while the shop is open: whoever counts holds the row of the page's version until they commit,
    so what is not seen here is counted after us.
    """
    raise_version(session, page.id)
    found = check_days(session, page)
    for wrong in found:
        if wrong.day is not None:
            set_in_day(session, page.id, wrong.day, wrong.currency, {wrong.figure: wrong.true})
    return found
