"""Who is looking at a public page."""

from shop.accounts.login import current_account_id
from shop.checkout.desk import account_key, guest_key
from shop.orders.queries import list_held_units
from shop.page.queries import get_page
from shop.storefront.header import Visitor
from shop.web.context import database
from shop.web.visitor import visitor_id


def current_visitor(*, create: bool = False) -> Visitor:
    """Return the current request's visitor; with ``create`` a guest gets a cookie if they have none."""
    account_id = current_account_id()
    return Visitor(account_id, None if account_id is not None else visitor_id(create=create))


def visitor_key(visitor: Visitor) -> str:
    """Return the key under which the visitor's orders are placed."""
    return account_key(visitor.account_id) if visitor.account_id else guest_key(visitor.visitor_id or "")


def held_units(page_slug: str) -> dict[int, int]:
    """Return the units (by variant id) that the visitor's own unpaid orders hold on a page.

    Whoever comes back from the payment page of the last one is not told that it is sold out. It costs
    anonymous visitors nothing, the others two statements.
    """
    visitor = current_visitor()
    if visitor.is_anonymous:
        return {}
    with database().reading() as session:
        page = get_page(session, page_slug)
        return list_held_units(session, visitor_key=visitor_key(visitor), page_id=page.id)
