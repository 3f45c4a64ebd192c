"""Changes of pages: making one, its settings, likes, its version. Staff are in ``staffing.py``."""

import datetime as dt
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.errors import Conflict, Invalid
from shop.core.i18n import N_
from shop.core.text_search import words_of
from shop.page.affinity import Act, record_interaction
from shop.page.audit import record_act
from shop.page.days import count_lost_follower, raise_day
from shop.page.follow_queries import count_followed_pages, lock_account
from shop.page.models import Follower, LikeEvent, LikeSource, Page, PageVersion, PageWord, Role, StaffMember

EDITABLE = frozenset(
    {
        "name", "tagline", "about", "translations", "country", "accent_color", "cover", "avatar",
        "shipping_amount", "ships_to", "tax_rate_bp", "contact_email",
    }
)  # fmt: skip
SEARCHED = frozenset({"name", "tagline", "translations"})
DEFAULT_ACCENT = "#0f5e56"


def create_page(
    session: Session,
    *,
    account_id: int,
    name: str,
    slug: str,
    order_prefix: str,
    country: str,
    currency: str,
    language: str,
    now: dt.datetime,
    tagline: str = "",
    accent_color: str = DEFAULT_ACCENT,
) -> Page:
    """Add a page whose creator owns it; Invalid tells a taken address or order prefix by field."""
    page = Page(
        slug=slug,
        name=name,
        tagline=tagline,
        about="",
        language=language,
        translations={},
        country=country,
        currency=currency,
        order_prefix=order_prefix,
        accent_color=accent_color,
        ships_to=[country],
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(page)
            session.flush()
    except IntegrityError as error:
        field = "order_prefix" if "order_prefix" in str(error.orig) else "slug"
        taken = N_("Another page uses this.")
        raise Invalid({field: [taken]}) from None
    session.add(PageVersion(page_id=page.id, version=1))
    session.add(StaffMember(page_id=page.id, account_id=account_id, role=Role.OWNER, created_at=now))
    session.flush()
    write_page_words(session, page)
    facts = {"name": name, "slug": slug, "country": country, "currency": currency, "language": language}
    record_act(
        session, page_id=page.id, account_id=account_id, act="page.created", subject=("page", slug, name),
        after={**facts, "order_prefix": order_prefix}, now=now,
    )  # fmt: skip
    return page


def edit_page(session: Session, *, page: Page, changes: dict[str, Any]) -> None:
    """Write the given settings of a page; a country that it does not ship to joins ``ships_to``."""
    unknown = set(changes) - EDITABLE
    if unknown:
        raise ValueError(f"not editable: {sorted(unknown)}")
    # Read again: a page that was loaded earlier would write its old count of followers back.
    page = session.get_one(Page, page.id)
    for name, value in changes.items():
        setattr(page, name, value)
    if page.country not in page.ships_to:
        page.ships_to = [page.country, *page.ships_to]
    session.flush()
    if not changes.keys().isdisjoint(SEARCHED):
        write_page_words(session, page)
    raise_version(session, page.id)


def write_page_words(session: Session, page: Page) -> None:
    """Keep the words current that a page is found by in the directory: its name and its taglines."""
    session.execute(delete(PageWord).where(PageWord.page_id == page.id))
    taglines = (str((texts or {}).get("tagline") or "") for texts in (page.translations or {}).values())
    words = dict.fromkeys(word for text in (page.name, page.tagline, *taglines) for word in words_of(text))
    if words:
        session.execute(insert(PageWord), [{"word": word, "page_id": page.id} for word in words])


MAX_FOLLOWED = 5000
"""So many pages can one person follow, as on Facebook: a feed stands on all of them."""


class FollowsTooMany(Conflict):
    """Somebody follows as many pages as anybody can."""

    code = "follows_too_many"
    message = N_("You follow %(count)s pages, and nobody can follow more. Take back a like elsewhere first.")


def follow(
    session: Session,
    *,
    page_id: int,
    account_id: int,
    now: dt.datetime,
    source: LikeSource = LikeSource.ORGANIC,
    source_ref: str | None = None,
) -> bool:
    """Let the account like the page; return whether it did not before. The count moves with the row."""
    add = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    added = session.scalar(
        add(Follower)
        .values(page_id=page_id, account_id=account_id, source=source, source_ref=source_ref, followed_at=now)
        .on_conflict_do_nothing(index_elements=["page_id", "account_id"])
        .returning(Follower.id)
    )
    if added is None:
        return False
    # Two likes of one account at once wait for each other here, so that both are counted.
    lock_account(session, account_id)
    if count_followed_pages(session, account_id, most=MAX_FOLLOWED + 1) > MAX_FOLLOWED:
        session.execute(delete(Follower).where(Follower.id == added))
        raise FollowsTooMany(count=MAX_FOLLOWED)
    session.execute(update(Page).where(Page.id == page_id).values(follower_count=Page.follower_count + 1))
    session.add(
        LikeEvent(
            page_id=page_id, account_id=account_id, is_gain=True, source=source, source_ref=source_ref, at=now
        )
    )
    record_interaction(session, account_id=account_id, page_id=page_id, act=Act.FOLLOW, now=now)
    raise_version(session, page_id)
    raise_day(session, page_id=page_id, at=now, new_followers=1)
    return True


def unfollow(
    session: Session, *, page_id: int, account_id: int, now: dt.datetime, source: LikeSource = LikeSource.ORGANIC,
    source_ref: str | None = None,
) -> bool:  # fmt: skip
    """Take the account's like back, from where ``source`` says; return whether there was one."""
    statement = delete(Follower).where(Follower.page_id == page_id, Follower.account_id == account_id)
    followed_at = session.scalar(statement.returning(Follower.followed_at))
    if followed_at is None:
        return False
    session.execute(update(Page).where(Page.id == page_id).values(follower_count=Page.follower_count - 1))
    session.add(
        LikeEvent(
            page_id=page_id,
            account_id=account_id,
            is_gain=False,
            source=source,
            source_ref=source_ref,
            at=now,
        )
    )
    raise_version(session, page_id)
    count_lost_follower(session, page_id=page_id, followed_at=followed_at, now=now)
    return True


def raise_version(session: Session, page_id: int) -> None:
    """Make every cached view of the page stale; the last statement of a visible write but ``raise_day``."""
    session.execute(
        update(PageVersion).where(PageVersion.page_id == page_id).values(version=PageVersion.version + 1)
    )
