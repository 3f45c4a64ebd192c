"""One search over a page's orders, products and people, each as far as the role may see it."""

import re
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from shop.catalog.queries import AdminProductRow, list_products_for_admin
from shop.core.text_search import terms_of
from shop.insights.people_queries import Person, find_people, guests_among
from shop.orders.filters import OrderFilter
from shop.orders.listing import ListScope, find_part, list_orders_by_number, load_orders, select_orders
from shop.orders.models import Order
from shop.page.access import PageAccess
from shop.page.authorization import Permission
from shop.page.models import Page

SHOWN = 5
"""So many of each kind; the rest is behind "all results"."""
GUESTS_AMONG = 40
"""Guests are looked for among the buyers of so many of the newest orders that match."""
_NUMBER = re.compile(r"#?(?:[A-Z0-9]{1,12}-)?[0-9]{1,12}")


@dataclass(slots=True)
class Results:
    """What was found, the best of each kind; ``has_more_…`` tells of more in the kind's own list."""

    orders: list[Order] = field(default_factory=list)
    has_more_orders: bool = False
    products: list[AdminProductRow] = field(default_factory=list)
    has_more_products: bool = False
    people: list[Person] = field(default_factory=list)
    has_more_people: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.orders or self.products or self.people)


def find_exact_number(session: Session, page: Page, query: str) -> str | None:
    """Return the number of the page's order that ``query`` is ("LUM-1042", "lum-1042", "#1042", "1042"), or None."""
    typed = query.strip().upper()
    if not _NUMBER.fullmatch(typed):
        return None
    bare = typed.removeprefix("#")
    number = bare if "-" in bare else f"{page.order_prefix}-{bare}"
    found = list_orders_by_number(session, page_id=page.id, numbers=[number])
    return found[0].number if found else None


def search(session: Session, access: PageAccess, query: str) -> Results:
    """Return the first few of each kind that have all words of ``query``, the last one as a beginning."""
    results, page, terms = Results(), access.page, terms_of(query)
    if not terms:
        return results
    if access.allows(Permission.VIEW_ORDERS):
        scope = ListScope(page.id, page.currency, page.country)
        chosen = select_orders(session, scope, OrderFilter(q=query))
        part = find_part(session, chosen, cursor=None, limit=GUESTS_AMONG)
        orders = load_orders(session, part.ids)
        results.orders, results.has_more_orders = orders[:SHOWN], len(orders) > SHOWN
        people = find_people(session, page_id=page.id, terms=terms, limit=SHOWN)
        people += guests_among(orders, terms, limit=SHOWN + 1)
        results.people, results.has_more_people = people[:SHOWN], len(people) > SHOWN
    if access.allows(Permission.VIEW_PRODUCTS):
        found = list_products_for_admin(session, page_id=page.id, query=query, limit=SHOWN)
        results.products, results.has_more_products = found.rows, found.total > SHOWN
    return results
