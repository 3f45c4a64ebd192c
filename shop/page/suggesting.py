"""Which pages somebody may like: those of friends, then those that people like who like the same pages.

A page's score among people with the same taste is

    score = (Σ over the sampled people who like it of how many of my pages they like) / √followers

The plain sum would put the best-known pages before everybody; the sum divided by all followers (the lift
against popularity) puts a page of three people first because two of them were in the sample. The root stands
between the two: it is the cosine between the page's followers and the people like me, but for a factor that
is the same for all pages.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.page.directory_queries import (
    list_likes_of_people,
    list_new_to,
    list_newest_followers,
    list_newest_likes,
    list_starters,
    list_telling_friends,
)
from shop.page.models import Page
from shop.page.queries import map_pages
from shop.page.social_queries import friends_who_like

MY_LIKES, THEIR_FOLLOWERS, LIKE_MINDED, LIKES_OF_EACH, FRIENDS = 20, 200, 100, 40, 100
"""How much is looked at: my newest likes, the newest followers of each, of those the people who share the most
with me, the newest likes of each of them; and the newest friends."""
MIN_PEOPLE = 2
"""So many people like-minded must like a page: from one alone it could be guessed who that is."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A page and why: ``friends`` (at most two names) and how many they are, else the liked page ``because`` of which.

    With neither it is a start for somebody of whom nothing is known: ``is_new`` or liked by many.
    """

    page: Page
    friends: tuple[str, ...] = ()
    friend_count: int = 0
    because: str | None = None
    is_new: bool = False


def suggest(session: Session, *, account_id: int, limit: int) -> list[Suggestion]:
    """Return at most ``limit`` pages that the account neither likes nor works on, best first; nine statements at most."""
    mine = dict(list_newest_likes(session, account_id, limit=MY_LIKES))
    shared = _like_minded(list_newest_followers(session, list(mine), each=THEIR_FOLLOWERS, but=account_id))
    friends = list_telling_friends(session, account_id, limit=FRIENDS)
    likes = list_likes_of_people(session, list({*shared, *friends}), each=LIKES_OF_EACH)
    of_friends: defaultdict[int, list[int]] = defaultdict(list)
    of_like_minded: defaultdict[int, list[int]] = defaultdict(list)
    among_friends = set(friends)
    for person_id, page_id in likes:
        if person_id in among_friends:
            of_friends[page_id].append(person_id)
        if person_id in shared:
            of_like_minded[page_id].append(person_id)
    followers = list_new_to(session, account_id, {*of_friends, *of_like_minded})
    scores = {
        page_id: _score((len(shared[one]) for one in people), followers[page_id])
        for page_id, people in of_like_minded.items()
        if page_id in followers and len(people) >= MIN_PEOPLE
    }
    chosen = _choose(of_friends, scores, followers, limit)
    pages = map_pages(session, chosen) if chosen else {}
    known = friends_who_like(session, account_id, [page_id for page_id in chosen if page_id in of_friends])
    found = [
        Suggestion(
            pages[page_id],
            friends=tuple(known[page_id][0]) if page_id in known else (),
            friend_count=known[page_id][1] if page_id in known else 0,
            because=None if page_id in of_friends else mine[_reason(of_like_minded[page_id], shared)],
        )
        for page_id in chosen
        if page_id in pages
    ]
    return found + _starters(session, account_id, [one.page.id for one in found], limit - len(found))


def _like_minded(followers: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """Return which of my pages (ids) the people who share most of them like, at most ``LIKE_MINDED`` people."""
    shared: defaultdict[int, list[int]] = defaultdict(list)
    for page_id, person_id in followers:
        shared[person_id].append(page_id)
    most = sorted(shared, key=lambda person_id: len(shared[person_id]), reverse=True)[:LIKE_MINDED]
    return {person_id: shared[person_id] for person_id in most}


def _score(overlaps: Iterable[int], followers: int) -> float:
    """Return how well a page fits, from how many likes each like-minded follower shares with me."""
    return float(sum(overlaps) / max(followers, 1) ** 0.5)


def _choose(
    of_friends: Mapping[int, Sequence[int]],
    scores: Mapping[int, float],
    followers: Mapping[int, int],
    limit: int,
) -> list[int]:
    """Return ids of pages: those of the most friends first, at most half while there are others, then by score."""
    friendly = sorted(
        (page_id for page_id in of_friends if page_id in followers),
        key=lambda page_id: (-len(of_friends[page_id]), -scores.get(page_id, 0.0), page_id),
    )
    alike = sorted(
        (page_id for page_id in scores if page_id not in of_friends),
        key=lambda page_id: (-scores[page_id], page_id),
    )
    half = max(limit - len(alike), (limit + 1) // 2)
    return [*friendly[:half], *alike][:limit]


def _reason(people: Sequence[int], shared: Mapping[int, Sequence[int]]) -> int:
    """Return the id of the page of mine that most of the people like."""
    return Counter(page_id for person_id in people for page_id in shared[person_id]).most_common(1)[0][0]


def _starters(session: Session, account_id: int, but: Sequence[int], limit: int) -> list[Suggestion]:
    """Return up to ``limit`` pages for whom little is known: in turn one of the most followed and a new one."""
    if limit <= 0:
        return []
    known = list_starters(session, account_id, but=but, newest=False, limit=limit)
    newest = list_starters(session, account_id, but=but, newest=True, limit=limit)
    found: dict[int, Suggestion] = {}
    for place in range(limit):
        for pages, is_new in ((known, False), (newest, True)):
            if place < len(pages):
                found.setdefault(pages[place].id, Suggestion(pages[place], is_new=is_new))
    return list(found.values())[:limit]
