"""Sorts what a round found for one viewer, and keeps of each item the numbers that sorted it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from shop.core.fading import affinity_at
from shop.feed.feed_people_queries import list_acts
from shop.feed.feed_queries import list_seen, map_kind_weights, map_levels
from shop.feed.models import PostKind
from shop.feed.ranking import Edge, EdgeKind, Score, Sliders, Tie, page_tie, person_tie, weigh
from shop.feed.rounds import Round, micros

LEARNED, CONSTANT = "learned", "constant"
KIND_WEIGHTS = LEARNED
"""Where a kind's weight comes from: what wins on the held-out halves in docs/algorithms/feed.md, which a test holds."""
ACTS_LAST = dt.timedelta(days=14)
"""What followed people did longer ago has faded to a sixteen-thousandth and is not looked at."""
_KINDS = tuple(EdgeKind)


@dataclass(frozen=True, slots=True)
class Item:
    """What stands at a place of a feed: a post, or a product that somebody shared.

    ``share_id`` is the share that it is shown with, 0 for none. ``score`` is None in a feed by time.
    """

    post_id: int
    product_id: int
    share_id: int
    at: int
    score: Score | None = None

    @property
    def key(self) -> int:
        """Names what is shown, so that nothing stands twice: the post, or below zero the product."""
        return self.post_id or -self.product_id

    def to_json(self) -> list[Any]:
        """Return it as a feed keeps it, with as few characters as it takes."""
        kept: list[Any] = [self.key, self.share_id, self.at]
        if self.score is not None:
            kept += [self.score.times_seen, self.score.seen, [_edge_json(edge) for edge in self.score.edges]]
        return kept


def item_of(kept: list[Any]) -> Item:
    """Return what ``Item.to_json`` kept."""
    key, share_id, at, *scored = kept
    score = None
    if scored:
        times_seen, seen, edges = scored
        score = Score(tuple(_edge_of(edge) for edge in edges), times_seen, seen)
    return Item(max(key, 0), max(-key, 0), share_id, at, score)


def _edge_json(edge: Edge) -> list[Any]:
    kept = [_KINDS.index(edge.kind), edge.account_id, edge.affinity, edge.weight, edge.decay]
    if (edge.plain_affinity, edge.plain_weight) != (edge.affinity, edge.weight):
        kept += [edge.plain_affinity, edge.plain_weight]
    return kept


def _edge_of(kept: list[Any]) -> Edge:
    kind, account_id, affinity, weight, decay, *plain = kept
    return Edge(_KINDS[kind], account_id, affinity, weight, decay, *(plain or (affinity, weight)))


@dataclass(slots=True)
class _Found:
    """Something that may be shown, before it is weighed."""

    at: int
    post_id: int = 0
    product_id: int = 0
    page_id: int = 0
    """Of a page that is followed, else 0."""
    kind: PostKind | None = None
    published_at: dt.datetime | None = None
    share_id: int = 0
    acts: dict[tuple[EdgeKind, int], Tie] = field(default_factory=dict)


def _collect(found: Round, known: Iterable[int]) -> dict[int, _Found]:
    things: dict[int, _Found] = {}
    for post in found.posts:
        things[post.id] = _Found(
            micros(post.published_at), post.id, 0, post.page_id, post.kind, post.published_at
        )
    for share in found.shares:
        key = share.post_id or -share.product_id
        thing = things.get(key)
        if thing is None:
            page_id = share.page_id if share.is_followed and share.post_id else 0
            thing = things[key] = _Found(
                micros(share.at), share.post_id or 0, share.product_id or 0, page_id, share.kind, share.published_at
            )  # fmt: skip
        # The newest share leads; shares come newest first.
        thing.share_id = thing.share_id or share.id
        thing.at = max(thing.at, micros(share.at))
    for key in known:
        things.pop(key, None)
    return things


def sort_by_time(session: Session, account_id: int, found: Round, known: Iterable[int]) -> list[Item]:
    """Return what a round found, newest first; what is known or hidden is left out."""
    things = _collect(found, known)
    if not things:
        return []
    _, hidden = list_seen(session, account_id, [key for key in things if key > 0])
    items = [
        Item(thing.post_id, thing.product_id, thing.share_id, thing.at)
        for key, thing in things.items()
        if key not in hidden
    ]
    return sorted(items, key=lambda item: (item.at, item.key), reverse=True)


def sort_by_score(
    session: Session, account_id: int, found: Round, known: Iterable[int], *, sliders: Sliders, now: dt.datetime
) -> list[Item]:  # fmt: skip
    """Return what a round found, highest score first; what is known or hidden is left out. Four statements."""
    things = _collect(found, known)
    if not things:
        return []
    seen, hidden = list_seen(session, account_id, [key for key in things if key > 0])
    pages = {thing.page_id for thing in things.values() if thing.page_id}
    levels = map_levels(session, account_id, pages)
    weights = map_kind_weights(session, pages) if KIND_WEIGHTS == LEARNED else {}
    _add_acts(things, found.shares, list_acts(session, account_id, since=now - ACTS_LAST, now=now), now)
    items = []
    for key, thing in things.items():
        if key in hidden:
            continue
        ties = [*_page_ties(thing, levels, weights, now), *thing.acts.values()]
        score = weigh(ties, seen.get(key, 0), sliders)
        items.append(Item(thing.post_id, thing.product_id, thing.share_id, thing.at, score))
    return sorted(items, key=_by_score, reverse=True)


def _by_score(item: Item) -> tuple[float, int, int]:
    # What is too old for its score to differ from 0 is still in the order of time.
    return (item.score.value if item.score else 0.0, item.at, item.key)


def _page_ties(
    thing: _Found,
    levels: Mapping[int, float],
    weights: Mapping[int, Mapping[PostKind, float]],
    now: dt.datetime,
) -> list[Tie]:
    if not thing.page_id or thing.kind is None or thing.published_at is None:
        return []
    return [
        page_tie(
            affinity=affinity_at(levels.get(thing.page_id), now),
            kind=thing.kind,
            weights=weights.get(thing.page_id, {}),
            age=now - thing.published_at,
        )
    ]


def _add_acts(
    things: Mapping[int, _Found], shares: Iterable[Row[Any]], acts: Iterable[Row[Any]], now: dt.datetime
) -> None:
    """Give what was found its edges: of each person's acts of a kind the newest, however often they did it."""
    done = [
        (EdgeKind.SHARE, share.post_id or -share.product_id, share.account_id, share.level, share.at)
        for share in shares
    ]
    done += [(EdgeKind(act.act), act.post_id, act.person_id, act.level, act.at) for act in acts]
    for kind, key, person_id, level, at in sorted(done, key=lambda act: act[4], reverse=True):
        thing = things.get(key)
        if thing is not None:
            tie = person_tie(kind, account_id=person_id, affinity=affinity_at(level, now), age=now - at)
            thing.acts.setdefault((kind, person_id), tie)
