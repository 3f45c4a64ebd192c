"""What every layout needs around its content: addresses of ours, a page's accent, the admin's sections."""

from typing import Any, NamedTuple

from flask import url_for
from flask_babel import format_decimal, gettext

from shop.page.authorization import Permission, allows
from shop.page.models import Role
from shop.storefront.cards import product_card
from shop.web.context import settings


class Section(NamedTuple):
    """A link of the admin's rail; ``path`` follows ``/manage/<page>``, ``icon`` is a drawing's name."""

    key: str
    path: str
    icon: str
    label: str


def theme_url(color: str) -> str:
    """Return the address of the style sheet for the accent ``color`` (``#rrggbb``)."""
    return url_for("storefront_plain.theme", color=color.lower().removeprefix("#"))


def manage_sections(role: Role | None) -> list[Section]:
    """Return the sections of the admin that ``role`` may see, in the rail's order."""
    sections = (
        (Permission.VIEW_ORDERS, Section("orders", "/orders", "box", gettext("Orders"))),
        (Permission.VIEW_PRODUCTS, Section("products", "/products", "tag", gettext("Products"))),
        (Permission.MANAGE_PRODUCTS, Section("collections", "/collections", "grid", gettext("Collections"))),
        (Permission.MANAGE_PAGE, Section("settings", "/settings", "settings", gettext("Settings"))),
        (Permission.MANAGE_STAFF, Section("staff", "/staff", "users", gettext("Staff"))),
    )
    return [section for permission, section in sections if allows(role, permission)]


def chrome() -> dict[str, Any]:
    """Return the layouts' context."""
    return {
        "public_url": settings().public_url,
        "theme_url": theme_url,
        "number": format_decimal,
        "product_card": product_card,
        "manage_sections": manage_sections,
    }
