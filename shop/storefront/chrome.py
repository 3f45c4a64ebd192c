"""What every layout needs around its content: addresses of ours, a page's accent, the admin's sections."""

from typing import Any, NamedTuple

from flask import current_app, session, url_for
from flask_babel import format_decimal, gettext

from shop.page.admin_payments import NOTICE_KEY
from shop.page.authorization import Permission, allows
from shop.page.models import Role
from shop.storefront.cards import product_card
from shop.storefront.snippets import embed_url, snippet
from shop.web.context import settings
from shop.web.locale import LANGUAGE_PREFIX
from shop.web.payment_mode import PaymentMode, payment_mode

BAR_LINKS = 5
"""How many links the bar at the bottom of a phone holds; with more sections the last one opens the others."""


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
        (Permission.VIEW_ORDERS, Section("today", "", "home", gettext("Today"))),
        (Permission.MANAGE_POSTS, Section("posts", "/posts", "post", gettext("Posts"))),
        (Permission.VIEW_ORDERS, Section("orders", "/orders", "box", gettext("Orders"))),
        (Permission.VIEW_PRODUCTS, Section("products", "/products", "tag", gettext("Products"))),
        (Permission.VIEW_PRODUCTS, Section("collections", "/collections", "grid", gettext("Collections"))),
        (Permission.MANAGE_PROMOTIONS, Section("coupons", "/coupons", "ticket", gettext("Coupons"))),
        (Permission.MANAGE_PROMOTIONS, Section("contests", "/contests", "trophy", gettext("Contests"))),
        (
            Permission.MANAGE_PROMOTIONS,
            Section("invitation", "/like-invitation", "smile", gettext("Like invitation")),
        ),
        (Permission.MANAGE_PRODUCTS, Section("imports", "/imports", "upload", gettext("Imports"))),
        (Permission.VIEW_INSIGHTS, Section("followers", "/followers", "heart", gettext("Followers"))),
        (Permission.VIEW_INSIGHTS, Section("quality", "/fan-quality", "shield", gettext("Fan quality"))),
        (Permission.VIEW_INSIGHTS, Section("insights", "/insights", "chart", gettext("Insights"))),
        (Permission.MODERATE, Section("moderation", "/moderation", "flag", gettext("Moderation"))),
        (Permission.MANAGE_PAGE, Section("settings", "/settings", "settings", gettext("Settings"))),
        (Permission.MANAGE_STAFF, Section("staff", "/staff", "users", gettext("Staff"))),
        (Permission.MANAGE_PAGE, Section("audit", "/audit", "list", gettext("Audit log"))),
    )
    return [
        section for permission, section in sections if allows(role, permission) and has_room(section.path)
    ]


def split_bar(sections: list[Section]) -> tuple[list[Section], list[Section]]:
    """Return what the phone's bar shows at once, and what stands behind its "More"."""
    if len(sections) <= BAR_LINKS:
        return sections, []
    return sections[: BAR_LINKS - 1], sections[BAR_LINKS - 1 :]


def has_room(path: str) -> bool:
    """Tell whether the admin has a page at ``path`` under ``/manage/<page>``."""
    rooms: frozenset[str] | None = current_app.extensions.get("vitrine.rooms")
    if rooms is None:
        rules = current_app.url_map.iter_rules()
        rooms = frozenset(rule.rule for rule in rules if "GET" in (rule.methods or ()))
        current_app.extensions["vitrine.rooms"] = rooms
    return f"{LANGUAGE_PREFIX}/manage/<page_slug>{path}" in rooms


def test_notice() -> PaymentMode | None:
    """Return the test mode that the admin is to be told of; None for real payments or once it was put away."""
    mode = payment_mode(settings())
    return mode if mode.is_test and not session.get(NOTICE_KEY) else None


def chrome() -> dict[str, Any]:
    """Return the layouts' context."""
    return {
        "public_url": settings().public_url,
        "theme_url": theme_url,
        "number": format_decimal,
        "product_card": product_card,
        "manage_sections": manage_sections,
        "split_bar": split_bar,
        "has_room": has_room,
        "embed_code": snippet,
        "embed_url": embed_url,
        "test_notice": test_notice,
    }
