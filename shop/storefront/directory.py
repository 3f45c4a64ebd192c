"""The directory of pages: all of them, found by words, and the ones that somebody may like."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from shop.core.text_search import terms_of, words_of
from shop.page.directory_queries import find_by_words, list_most_followed
from shop.page.models import Page
from shop.page.queries import map_pages
from shop.page.social_queries import friends_who_like
from shop.page.suggesting import Suggestion, suggest

PART = 24
SUGGESTED = 6
_CURSOR = re.compile(r"[0-9]{1,9}(-[0-9]{1,18}){1,2}")


@dataclass(frozen=True, slots=True)
class SuggestedPage:
    """A page with the sentence that says why it is shown, in the current language."""

    page: Page
    why: str


@dataclass(frozen=True, slots=True)
class Directory:
    """A part of the directory: its pages, where the next ones are (None at the end), what was searched for.

    ``whys`` holds, by page id, which friends like a page.
    """

    pages: list[Page]
    query: str = ""
    next_url: str | None = None
    whys: dict[int, str] = field(default_factory=dict)
    suggested: list[SuggestedPage] = field(default_factory=list)


def suggest_pages(session: Session, account_id: int, limit: int) -> list[SuggestedPage]:
    """Return at most ``limit`` pages that an account may like, best first; nine statements at most."""
    found = suggest(session, account_id=account_id, limit=limit)
    return [SuggestedPage(one.page, why(one)) for one in found]


def load_directory(
    session: Session, *, query: str = "", cursor: str | None = None, account_id: int | None = None
) -> Directory:
    """Return a part of the directory, most followed first; a cursor that is none begins anew.

    Two statements for a guest at most. For an account which of its friends like what is shown and, on the first
    part of all pages, what it may like.
    """
    place = _read_cursor(cursor)
    pages, following = _search(session, query, place) if query else _walk(session, place)
    suggested: list[SuggestedPage] = []
    if account_id is not None and not query and place is None:
        suggested = suggest_pages(session, account_id, SUGGESTED)
    known = friends_who_like(session, account_id, [page.id for page in pages])
    whys = {page_id: friends_text(names, count) for page_id, (names, count) in known.items()}
    next_url = following and url_for("directory.list_pages", q=query or None, cursor=following)
    return Directory(pages, query, next_url, whys, suggested)


def _walk(session: Session, place: Sequence[int] | None) -> tuple[list[Page], str | None]:
    after = (place[0], place[-1]) if place else None
    found = list_most_followed(session, limit=PART + 1, after=after)
    pages = found[:PART]
    following = f"{pages[-1].follower_count}-{pages[-1].id}" if len(found) > PART else None
    return pages, following


def _search(session: Session, query: str, place: Sequence[int] | None) -> tuple[list[Page], str | None]:
    """Return the pages found after ``place``: those whose name has all that was typed come first."""
    terms = terms_of(query)
    if not terms:
        return [], None
    found = sorted(
        (0 if _is_named(name, terms) else 1, -followers, page_id)
        for page_id, name, followers in find_by_words(session, terms)
    )
    if place and len(place) == 3:  # noqa: PLR2004 - rank, followers, id
        after = (place[0], -place[1], place[2])
        found = [one for one in found if one > after]
    shown = found[:PART]
    pages = map_pages(session, [page_id for _, _, page_id in shown]) if shown else {}
    rank, minus_followers, last_id = shown[-1] if shown else (0, 0, 0)
    following = f"{rank}-{-minus_followers}-{last_id}" if len(found) > PART else None
    return [pages[page_id] for _, _, page_id in shown if page_id in pages], following


def _is_named(name: str, terms: Sequence[str]) -> bool:
    words = words_of(name)
    return all(any(word.startswith(term) for word in words) for term in terms)


def _read_cursor(cursor: str | None) -> list[int] | None:
    if cursor is None or not _CURSOR.fullmatch(cursor):
        return None
    return [int(part) for part in cursor.split("-")]


def why(suggestion: Suggestion) -> str:
    """Return why a page is suggested."""
    if suggestion.friends:
        return friends_text(suggestion.friends, suggestion.friend_count)
    if suggestion.because is not None:
        return str(gettext("Liked by people who like %(page)s", page=suggestion.because))
    return str(gettext("New here")) if suggestion.is_new else str(gettext("Liked by many"))


def friends_text(names: Sequence[str], count: int) -> str:
    """Return which of the ``count`` friends like a page: "Camille and 2 friends like this"."""
    others = count - 1
    if others > 1:
        return str(
            ngettext(
                "%(name)s and %(num)s friend like this",
                "%(name)s and %(num)s friends like this",
                others,
                name=names[0],
            )
        )
    if len(names) > 1:
        return str(gettext("%(name)s and %(other)s like this", name=names[0], other=names[1]))
    return str(gettext("%(name)s likes this", name=names[0]))
