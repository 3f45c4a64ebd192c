"""Who may do what on a page: the one table of roles and permissions."""

import enum

from shop.page.models import Role


class Permission(enum.StrEnum):
    """Something that a member of staff may do."""

    VIEW_ORDERS = "view_orders"
    MANAGE_ORDERS = "manage_orders"
    REFUND_ORDERS = "refund_orders"
    VIEW_PRODUCTS = "view_products"
    MANAGE_PRODUCTS = "manage_products"
    VIEW_INSIGHTS = "view_insights"
    MANAGE_POSTS = "manage_posts"
    """Post, schedule, pin, edit and delete in the page's name, and answer comments in it."""
    MODERATE = "moderate"
    """Decide on what was reported, hide and remove comments, ban people, filter words."""
    MANAGE_PROMOTIONS = "manage_promotions"
    """Coupons, contests and the invitation to like the page."""
    MANAGE_PAGE = "manage_page"
    MANAGE_STAFF = "manage_staff"


_ALL = frozenset(Permission)
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: _ALL,
    Role.MANAGER: _ALL - {Permission.MANAGE_STAFF},
    Role.EDITOR: frozenset(
        {Permission.MANAGE_POSTS, Permission.MODERATE, Permission.VIEW_INSIGHTS, Permission.VIEW_PRODUCTS}
    ),
    Role.FULFILMENT: frozenset({Permission.VIEW_ORDERS, Permission.MANAGE_ORDERS, Permission.VIEW_PRODUCTS}),
    Role.ANALYST: frozenset({Permission.VIEW_ORDERS, Permission.VIEW_PRODUCTS, Permission.VIEW_INSIGHTS}),
}


def allows(role: Role | None, permission: Permission) -> bool:
    """Tell whether ``role`` (None: not staff) has ``permission``."""
    return role is not None and permission in PERMISSIONS[role]
