"""Changing a page's settings with an eye on who else does: a second saver is told what they have not seen."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from shop.core.errors import Conflict
from shop.core.i18n import LANGUAGES, N_
from shop.page.audit import record_act
from shop.page.audit_queries import list_edits
from shop.page.models import Page
from shop.page.queries import lock_page
from shop.page.service import edit_page

EDITED = "page.edited"
MAX_EDITS = 50
FACTS = (
    "name", "tagline", "about", "country", "accent_color", "shipping_amount", "ships_to", "tax_rate_bp",
    "contact_email",
)  # fmt: skip
PICTURES = ("cover", "avatar")
TEXTS = ("tagline", "about")


class StaleSettings(Conflict):
    """The settings were changed since the form was opened; ``version`` is the present one."""

    code = "stale_settings"
    message = N_("Somebody saved these settings while you were at them")

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__()


@dataclass(frozen=True)
class SettingChange:
    """A setting that somebody changed: JSON values of before and now, and their name if it is known."""

    field: str
    was: Any
    now: Any
    by: str | None


def edit_settings(
    session: Session,
    *,
    page_id: int,
    changes: dict[str, Any],
    version: int | None,
    actor_id: int | None,
    now: dt.datetime,
) -> bool:
    """Write settings that were opened at ``version`` (None: whichever); return whether anything changed.

    StaleSettings when they were changed since.
    """
    lock_page(session, page_id)
    page = session.get_one(Page, page_id, populate_existing=True)
    if version is not None and version != page.settings_version:
        raise StaleSettings(page.settings_version)
    before = settings_facts(page)
    edit_page(session, page=page, changes=changes)
    after = settings_facts(page)
    if before == after:
        return False
    page.settings_version += 1
    session.flush()
    record_act(
        session, page_id=page_id, account_id=actor_id, act=EDITED, subject=("page", page.slug, page.name),
        before=before, after=after, now=now,
    )  # fmt: skip
    return True


def settings_facts(page: Page) -> dict[str, Any]:
    """Return a page's settings as plain JSON values; a picture is its key."""
    other = page.translations.get(next(code for code in LANGUAGES if code != page.language), {})
    return {
        **{name: getattr(page, name) for name in FACTS},
        # In one order: a form sends the countries as its list has them.
        "ships_to": sorted(page.ships_to),
        **{f"{name}_other": other.get(name, "") for name in TEXTS},
        **{name: (getattr(page, name) or {}).get("key") for name in PICTURES},
    }


def list_changes_since(session: Session, page_id: int, *, version: int, seen: int) -> list[SettingChange]:
    """Return what became of the settings from version ``seen`` to ``version``, as the audit log tells it.

    Each version has one entry, so that the newest so many are those that were not seen.
    """
    missed = min(max(version - seen, 1), MAX_EDITS)
    found: dict[str, SettingChange] = {}
    for entry, name in list_edits(session, page_id, act=EDITED, limit=missed):
        for field in entry.after:
            newer = found.get(field)
            found[field] = SettingChange(
                field,
                entry.before.get(field),
                newer.now if newer else entry.after[field],
                newer.by if newer else name,
            )
    return [change for change in found.values() if change.was != change.now]


def put_setup_away(session: Session, *, page: Page, actor_id: int, now: dt.datetime) -> None:
    """Put a page's first steps away for all its staff."""
    _set_setup(session, page, "page.setup_hidden", hidden_at=now, actor_id=actor_id, now=now)


def bring_setup_back(session: Session, *, page: Page, actor_id: int, now: dt.datetime) -> None:
    """Show a page's first steps again."""
    _set_setup(session, page, "page.setup_shown", hidden_at=None, actor_id=actor_id, now=now)


def _set_setup(
    session: Session, page: Page, act: str, *, hidden_at: dt.datetime | None, actor_id: int, now: dt.datetime
) -> None:
    present = session.get_one(Page, page.id)
    if (present.setup_hidden_at is None) == (hidden_at is None):
        return
    present.setup_hidden_at = hidden_at
    session.flush()
    subject = ("page", present.slug, present.name)
    record_act(session, page_id=present.id, account_id=actor_id, act=act, subject=subject, now=now)
