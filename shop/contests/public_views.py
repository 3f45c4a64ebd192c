"""A contest as the public sees it: where it stands at an instant, and its texts in the visitor's language."""

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale
from babel.dates import get_timezone, get_timezone_location
from flask_babel import format_date, format_time, get_locale

from shop.contests.models import Contest, ContestKind, ContestStatus
from shop.core.i18n import N_
from shop.page.days import zone_name
from shop.page.models import Page
from shop.web.locale import language
from shop.web.templating import localized, money
from shop.web.zone import local_time

KINDS = {
    ContestKind.DRAW: N_("Prize draw"),
    ContestKind.QUIZ: N_("Quiz with a prize"),
    ContestKind.PHOTO: N_("Photo contest"),
}
REASONS = {
    "withdrawn": N_("Taken back by its owner"),
    "wrong_answer": N_("Wrong answer"),
    "photo_refused": N_("Photo not accepted"),
    "photo_not_looked_at": N_("Photo not looked at by the draw"),
}
"""Why an entry cannot win: words of the public record, and msgids."""


class Standing(enum.StrEnum):
    """Where a contest stands at an instant."""

    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"
    """Over, and its winners not drawn yet."""
    DRAWN = "drawn"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ContestView:
    """What a contest's pages show of it."""

    id: int
    slug: str
    path: str
    """Without the language."""
    kind: ContestKind
    kind_name: str
    """A msgid."""
    standing: Standing
    title: str
    paragraphs: Sequence[str]
    prize: str
    worth: str
    question: str
    answers: Sequence[str]
    right_answer: int | None
    """The place of the right answer, once winners are drawn."""
    picture: dict[str, Any] | None
    picture_alt: str
    minimum_age: int
    countries: Sequence[tuple[str, str]]
    """Codes and names, by name."""
    winner_count: int
    entry_count: int
    starts: str
    ends: str
    """When it begins and ends, with the place whose clock is meant."""
    ends_at: dt.datetime
    cancel_reason: str

    @property
    def is_over(self) -> bool:
        """Whether nobody can enter any more."""
        return self.standing in (Standing.CLOSED, Standing.DRAWN, Standing.CANCELLED)


def standing_of(contest: Contest, now: dt.datetime) -> Standing:
    """Return where a published contest stands at ``now``."""
    if contest.status is ContestStatus.CANCELLED:
        return Standing.CANCELLED
    if contest.status is ContestStatus.DRAWN:
        return Standing.DRAWN
    if now >= contest.ends_at:
        return Standing.CLOSED
    return Standing.UPCOMING if now < contest.starts_at else Standing.OPEN


def view_contest(contest: Contest, page: Page, now: dt.datetime) -> ContestView:
    """Return a contest in the visitor's language; its times are those of the page's clock."""
    zone, standing = zone_name(page.country), standing_of(contest, now)
    body = str(localized(contest, "body"))
    return ContestView(
        id=contest.id,
        slug=contest.slug,
        path=f"/p/{page.slug}/contests/{contest.slug}",
        kind=contest.kind,
        kind_name=KINDS[contest.kind],
        standing=standing,
        title=str(localized(contest, "title")),
        paragraphs=[text.strip() for text in body.split("\n\n") if text.strip()],
        prize=str(localized(contest, "prize")),
        worth=money(contest.prize_value_amount, contest.currency) if contest.prize_value_amount else "",
        question=str(localized(contest, "question")),
        answers=list(localized(contest, "answers")),
        right_answer=contest.right_answer if standing is Standing.DRAWN else None,
        picture=contest.picture,
        picture_alt=contest.picture_alt,
        minimum_age=contest.minimum_age,
        countries=country_names(contest.countries or page.ships_to),
        winner_count=contest.winner_count,
        entry_count=contest.entry_count,
        starts=instant_text(contest.starts_at, zone),
        ends=instant_text(contest.ends_at, zone),
        ends_at=contest.ends_at,
        cancel_reason=contest.cancel_reason,
    )


def country_names(codes: Sequence[str]) -> list[tuple[str, str]]:
    """Return (code, name) pairs by name in the visitor's language."""
    names = Locale.parse(language()).territories
    return sorted(((code, str(names.get(code, code))) for code in codes), key=lambda pair: pair[1])


def instant_text(at: dt.datetime, zone: str) -> str:
    """Return an instant as the clocks of a place show it, and which: "3 December 2026, 18:00 (Paris)"."""
    local = local_time(at, zone)
    place = get_timezone_location(get_timezone(zone), locale=get_locale() or "en", return_city=True)
    day, time = format_date(local, "long", rebase=False), format_time(local, "short", rebase=False)
    return f"{day}, {time} ({place})"
