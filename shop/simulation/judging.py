"""What the house's judge says of each page's likes, held against who they are in truth."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from shop.quality.queries import MOST_CO_LIKES
from shop.quality.signs import Judged, LikeFacts, count_hours, judge
from shop.simulation.people import DAY_MINUTES, Kind, Person, instant

PAGE_SINCE = -3_000_000.0
"""The minute since when the page can be liked, some six years before day 0."""
FIRST_PAGE = 1000
"""Ids of other pages begin here, so that none is the page itself."""


def facts_of(person: Person, end: float) -> LikeFacts:
    """Return what the house would know of a like at ``end``; who the person is in truth is not in it."""
    return LikeFacts(
        account_id=person.id, liked_at=instant(person.liked), source=person.source,
        followed_pages=person.page_likes, first_view_at=_at(person.first_view, end),
        last_view_at=_at(person.last_view, end), last_interaction_at=_at(person.last_act, end),
        has_picture=person.has_picture, has_bio=person.has_bio, handle=person.handle,
    )  # fmt: skip


def _at(minute: float | None, end: float) -> dt.datetime | None:
    return None if minute is None or minute > end else instant(minute)


def co_likes_of(person: Person) -> dict[int, dt.datetime]:
    """Return when somebody liked which other page, the newest ones as a look reads them."""
    newest = sorted(person.other_likes.items(), key=lambda one: -one[1])[:MOST_CO_LIKES]
    return {FIRST_PAGE + page: instant(at) for page, at in newest}


def friendships_of(people: Iterable[Person]) -> list[tuple[int, int]]:
    """Return the friendships between people who like the page, each once."""
    people = list(people)
    ids = {one.id for one in people}
    return sorted(
        {(min(one.id, other), max(one.id, other)) for one in people for other in one.friends if other in ids}
    )


def judge_page(people: Iterable[Person], day: int) -> tuple[list[Person], dict[int, Judged]]:
    """Return who likes the page at the end of a day, and what the house says of each."""
    end = (day + 1) * DAY_MINUTES - 1.0
    likers = [one for one in people if one.is_there(end)]
    likes = [facts_of(one, end) for one in likers]
    page = replace(count_hours(likes), friendships=friendships_of(likers), since=instant(PAGE_SINCE))
    found = judge(likes, {one.id: co_likes_of(one) for one in likers}, instant(end), page=page)
    return likers, found


def count_flags(likers: Iterable[Person], found: dict[int, Judged]) -> dict[str, list[int]]:
    """Return by kind of person how many like the page and how many of these are flagged."""
    counts: dict[str, list[int]] = {}
    for one in likers:
        some = counts.setdefault(one.kind.name, [0, 0])
        some[0] += 1
        some[1] += found[one.id].is_flagged
    return {kind.name: counts[kind.name] for kind in Kind if kind.name in counts}
