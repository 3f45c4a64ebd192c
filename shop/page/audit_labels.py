"""Plain words for the audit log: what was done, to what kind of thing, which field, from what to what.

Of a list only what left and what came is shown. An act, kind or field that is not listed is written as its name reads.
"""

import datetime as dt
import json
from typing import Any, NamedTuple

from babel import Locale
from flask import current_app, url_for
from flask_babel import gettext

from shop.core.money import format_amount
from shop.page.access import PageAccess
from shop.page.audit_words import ACTS, FIELDS, KINDS, UNSHOWN, VALUES
from shop.page.authorization import Permission
from shop.page.labels import role_name
from shop.page.models import AuditEntry, Role
from shop.web.locale import language, locale_code
from shop.web.templating import datetime_text

NOTHING = "–"
MAX_TEXT = 300
LEAD = 40

# Kinds whose thing has a page: its endpoint, the argument that finds it, and who may look.
PLACES = {
    "comment": ("moderation_admin.show_decided", None, Permission.MODERATE),
    "share": ("moderation_admin.show_decided", None, Permission.MODERATE),
    "person": ("moderation_rules.show_bans", None, Permission.MODERATE),
    "words": ("moderation_rules.show_words", None, Permission.MODERATE),
    "product": ("catalog_admin.show_product", "product_id", Permission.VIEW_PRODUCTS),
    "collection": ("catalog_admin.show_collection", "collection_id", Permission.VIEW_PRODUCTS),
    "bulk_edit": ("catalog_admin.show_bulk_edit", "edit_id", Permission.VIEW_PRODUCTS),
    "import": ("import_admin.show_import", "run_id", Permission.MANAGE_PRODUCTS),
    "post": ("feed_admin.show_post", "post_id", Permission.MANAGE_POSTS),
    "coupon": ("insights.show_coupon", "coupon_id", Permission.MANAGE_PROMOTIONS),
    "order": ("orders_admin.show_order", "number", Permission.VIEW_ORDERS),
    "contest": ("contest_admin.show_contest", "contest_id", Permission.MANAGE_PROMOTIONS),
    "staff": ("page_admin.show_staff", None, Permission.MANAGE_STAFF),
    "invitation": ("page_admin.show_staff", None, Permission.MANAGE_STAFF),
    "page": ("page_admin.show_settings", None, Permission.MANAGE_PAGE),
    "like_invitation": ("like_invitation_admin.show_room", None, Permission.MANAGE_PROMOTIONS),
}
INSTANTS = frozenset({"starts_at", "ends_at"})
"""Fields whose value is an instant as ISO text."""
MAX_DIGITS = 18


class Change(NamedTuple):
    """One field of an entry, in words."""

    label: str
    was: str
    now: str


def act_text(act: str) -> str:
    """Return what was done: "Product changed"; of an act that is not listed "Product: sold elsewhere"."""
    if act in ACTS:
        return str(gettext(ACTS[act]))
    kind, _, done = act.rpartition(".")
    return f"{kind_text(kind)}: {_plain(done).lower()}" if kind else _plain(done)


def kind_text(kind: str) -> str:
    """Return what a kind of thing is called."""
    return str(gettext(KINDS[kind])) if kind in KINDS else _plain(kind)


def subject_text(entry: AuditEntry) -> str:
    """Return what was acted on, as its page calls it."""
    return _known("kind", entry.subject_title) if entry.subject_kind == "bulk_edit" else entry.subject_title


def field_text(name: str) -> str:
    """Return what a field is called; "price_amount: Blue / L" keeps what follows the colon."""
    field, _, rest = name.partition(": ")
    label = str(gettext(FIELDS[field])) if field in FIELDS else _plain(field)
    return f"{label} ({rest})" if rest else label


def changes_of(entry: AuditEntry, currency: str) -> list[Change]:
    """Return the fields that an entry tells of, with what each was and is."""
    unshown = UNSHOWN.get(entry.subject_kind, frozenset())
    names = [name for name in dict.fromkeys([*entry.before, *entry.after]) if name not in unshown]
    return [change_of(name, entry.before.get(name), entry.after.get(name), currency) for name in names]


def change_of(name: str, was: Any, now: Any, currency: str) -> Change:
    """Return a field's change in words; amounts are minor units of ``currency``."""
    was, now = _from_difference(*_only_differing(was, now))
    return Change(field_text(name), value_text(name, was, currency), value_text(name, now, currency))


def _from_difference(was: Any, now: Any) -> tuple[Any, Any]:
    """Return two long texts from a little before where they differ; clipped from their start they look alike."""
    if not (isinstance(was, str) and isinstance(now, str) and max(len(was), len(now)) > MAX_TEXT):
        return was, now
    pairs = enumerate(zip(was, now, strict=False))
    alike = next((place for place, (old, new) in pairs if old != new), min(len(was), len(now)))
    start = was.find(" ", alike - LEAD) + 1 if alike > LEAD else 0
    return (f"… {was[start:]}", f"… {now[start:]}") if start else (was, now)


def _only_differing(was: Any, now: Any) -> tuple[Any, Any]:
    """Return of two lists what left and what came; other values, or another order, as they are."""
    if not (isinstance(was, list) and isinstance(now, list)):
        return was, now
    gone, new = [one for one in was if one not in now], [one for one in now if one not in was]
    return (gone, new) if was and now and (gone or new) else (was, now)


def value_text(name: str, value: Any, currency: str) -> str:
    """Return a field's value as a reader takes it in; amounts are minor units of ``currency``."""
    field = name.partition(": ")[0]
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, int):
        if field == "amount" or field.endswith("_amount"):
            return format_amount(value, currency, locale_code())
        return f"{value / 100:g} %" if field.endswith("_bp") else str(value)
    if field in INSTANTS and isinstance(value, str):
        return datetime_text(dt.datetime.fromisoformat(value))
    return _clipped(_text_of(field, value))


def _text_of(field: str, value: Any) -> str:
    if field in ("cover", "avatar"):
        return str(gettext("a picture"))
    if isinstance(value, str) and field in VALUES:
        return _known(field, value)
    if field == "role" and value in list(Role):
        return role_name(Role(value))
    if field == "country":
        return _territory(value)
    if isinstance(value, list):
        parts = [_territory(one) if field == "ships_to" else one for one in value]
        return ", ".join(part if isinstance(part, str) else _json(part) for part in parts)
    if field == "translations":
        value = " · ".join(_texts_in(value))
    return value if isinstance(value, str) else _json(value)


def subject_url(entry: AuditEntry, access: PageAccess) -> str | None:
    """Return the address of what was acted on; None when it has no page, is gone, or is not the role's to see."""
    place = PLACES.get(entry.subject_kind)
    if place is None or entry.act.endswith(".deleted"):
        return None
    endpoint, argument, permission = place
    if endpoint not in current_app.view_functions or not access.allows(permission):
        return None
    values: dict[str, Any] = {"page_slug": access.page.slug}
    if argument is not None:
        ref = entry.subject_ref
        if not ref or (argument != "number" and not (ref.isdecimal() and len(ref) <= MAX_DIGITS)):
            return None
        values[argument] = ref if argument == "number" else int(ref)
    return url_for(endpoint, **values)


def _texts_in(value: Any) -> list[str]:
    """Return the texts in a row's translations, which are ``{language: {field: text}}``."""
    if not isinstance(value, (dict, list)):
        return [str(value)]
    return [
        text for part in (value.values() if isinstance(value, dict) else value) for text in _texts_in(part)
    ]


def _known(field: str, value: str) -> str:
    return str(gettext(VALUES[field][value])) if value in VALUES[field] else _plain(value)


def _territory(code: Any) -> str:
    return str(Locale.parse(language()).territories.get(str(code), code))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _clipped(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


def _plain(name: str) -> str:
    return name.replace("_", " ").replace(".", " ").strip().capitalize()
