"""Why a post stands where it stands: the numbers that sorted it, in words."""

import math
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.errors import NotFound
from shop.core.i18n import N_
from shop.feed.feed_people_queries import map_standing_shares
from shop.feed.models import PostKind
from shop.feed.opening import sliders_of
from shop.feed.ranking import ACT_WEIGHTS, DEFAULTS, DIGITS, Edge, EdgeKind, Score, Sliders
from shop.feed.ranking_models import FeedOrder, OpenFeed
from shop.feed.sharing_queries import ShareView, load_shares
from shop.feed.sorting import item_of
from shop.feed.views import PostView, load_posts
from shop.people.queries import Person, blocked_ids, map_people
from shop.web.locale import language

TINY = 1e-4
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_ACTS = {
    EdgeKind.REACTION: N_("%(name)s reacted"),
    EdgeKind.COMMENT: N_("%(name)s commented"),
    EdgeKind.SHARE: N_("%(name)s shared it"),
}
_KINDS = {
    PostKind.TEXT: N_("text"),
    PostKind.PHOTO: N_("photo"),
    PostKind.PRODUCT: N_("product"),
    PostKind.LINK: N_("link"),
    PostKind.VIDEO: N_("video"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """An edge in words, and its numbers as text."""

    text: str
    affinity: str
    weight: str
    decay: str
    part: str


@dataclass(frozen=True, slots=True)
class Why:
    """An item of a feed with what sorted it; ``rows`` is empty in a feed by time."""

    view: PostView | None
    share: ShareView | None
    number: int
    """Its place, the first being 1."""
    count: int
    """How many were sorted so far."""
    opened_at: datetime
    is_by_time: bool
    rows: list[Row]
    total: str
    seen: str
    times_seen: int
    value: str
    half_life: str
    notes: list[str]
    """What the sliders changed."""


def figure(value: float) -> str:
    """Return a number with four significant digits as the visitor's language writes it."""
    if value and abs(value) < TINY:
        exponent = math.floor(math.log10(abs(value)))
        mantissa = Decimal(f"{value:.{DIGITS - 1}e}".split("e")[0]).normalize()
        return f"{format_decimal(mantissa, '0.###')} × 10{str(exponent).translate(_SUPERSCRIPTS)}"
    return str(format_decimal(Decimal(f"{value:.{DIGITS}g}"), "#,##0.########"))


def hours_text(hours: float) -> str:
    """Return a half-life as hours, or from two days on as days where they are whole."""
    if hours >= 48 and hours % 24 == 0:  # noqa: PLR2004 - hours of days
        days = int(hours // 24)
        return str(ngettext("%(num)s day", "%(num)s days", days))
    return str(ngettext("%(number)s hour", "%(number)s hours", round(hours), number=format_decimal(hours)))


def load_why(session: Session, feed: OpenFeed, index: int) -> Why:
    """Return why the item at place ``index`` (from 0) of a feed stands there, in ten statements at most.

    Of people whom a block keeps apart from the feed's owner by now no name is told.
    """
    if index >= len(feed.items):
        raise NotFound
    item = item_of(feed.items[index])
    posts = load_posts(session, [item.post_id], language()) if item.post_id else {}
    standing = map_standing_shares(session, feed.account_id, [item.share_id] if item.share_id else [])
    shares = load_shares(session, list(standing)) if standing else {}
    view, share = posts.get(item.post_id), shares.get(item.share_id)
    if view is None and share is None:
        raise NotFound
    score = item.score or Score((), 0, 1.0)
    acted = {edge.account_id for edge in score.edges if edge.account_id}
    people = map_people(session, acted - blocked_ids(session, feed.account_id, among=acted)) if acted else {}
    sliders = sliders_of(feed)
    return Why(
        view=view,
        share=share,
        number=index + 1,
        count=len(feed.items),
        opened_at=feed.opened_at,
        is_by_time=feed.sorting is FeedOrder.CHRONOLOGICAL,
        rows=[_row(edge, view, people) for edge in score.edges],
        total=figure(score.total),
        seen=figure(score.seen),
        times_seen=score.times_seen,
        value=figure(score.value),
        half_life=hours_text(sliders.half_life_h),
        notes=list(_notes(score, sliders)) if item.score else [],
    )


def _row(edge: Edge, view: PostView | None, people: dict[int, Person]) -> Row:
    if edge.kind is EdgeKind.PAGE:
        kind = _(_KINDS[view.kind]) if view is not None else ""
        page = view.page.name if view is not None else ""
        text = _("You follow %(page)s (kind of post: %(kind)s)", page=page, kind=kind)
    else:
        person = people.get(edge.account_id)
        text = _(_ACTS[edge.kind], name=person.name if person is not None else _("Somebody"))
    return Row(str(text), figure(edge.affinity), figure(edge.weight), figure(edge.decay), figure(edge.part))


def _notes(score: Score, sliders: Sliders) -> list[str]:
    """Say of each slider that is not where it was at first what it did to the first edge that it changed."""
    notes = []
    by_page = next((edge for edge in score.edges if edge.kind is EdgeKind.PAGE), None)
    by_person = next((edge for edge in score.edges if edge.kind in ACT_WEIGHTS), None)
    first = score.edges[0] if score.edges else None
    if sliders.affinity != DEFAULTS.affinity and first:
        notes.append(
            _(
                "Closeness stands at %(slider)s: affinity %(before)s became %(after)s.",
                slider=figure(sliders.affinity), before=figure(first.plain_affinity), after=figure(first.affinity),
            )
        )  # fmt: skip
    if sliders.kind != DEFAULTS.kind and by_page:
        notes.append(
            _(
                "Kind of post stands at %(slider)s: weight %(before)s became %(after)s.",
                slider=figure(sliders.kind), before=figure(by_page.plain_weight), after=figure(by_page.weight),
            )
        )  # fmt: skip
    if sliders.friends != DEFAULTS.friends and by_person:
        notes.append(
            _(
                "People stand at %(slider)s: weight %(before)s became %(after)s.",
                slider=figure(sliders.friends), before=figure(by_person.plain_weight), after=figure(by_person.weight),
            )
        )  # fmt: skip
    if sliders.half_life_h != DEFAULTS.half_life_h:
        notes.append(
            _(
                "Freshness stands at %(half_life)s: so long it takes until half is left, instead of %(standard)s.",
                half_life=hours_text(sliders.half_life_h), standard=hours_text(DEFAULTS.half_life_h),
            )
        )  # fmt: skip
    if sliders.seen != DEFAULTS.seen and score.times_seen:
        notes.append(
            _(
                "Already seen stands at %(slider)s: what you saw counts %(after)s times.",
                slider=figure(sliders.seen), after=figure(score.seen),
            )
        )  # fmt: skip
    return [str(note) for note in notes]
