"""Who is looking at a public page."""

from shop.accounts.login import current_account_id
from shop.storefront.header import Visitor
from shop.web.visitor import visitor_id


def current_visitor() -> Visitor:
    """Return the current request's visitor."""
    account_id = current_account_id()
    return Visitor(account_id, None if account_id is not None else visitor_id())
