"""What a kind of post is worth on a page, learned from what the page's posts brought."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from shop.core.outbox import enqueue
from shop.feed.learning_queries import list_worths
from shop.feed.models import PostKind
from shop.feed.ranking import ACT_WEIGHTS, EdgeKind
from shop.feed.ranking_models import KindWeight

LEARN_KINDS = "feed.learn_kinds"
SHRINKAGE = 20
"""A kind with so many posts is believed by half: weight = 1 + n / (n + 20) · (mean of the kind / mean of all - 1)."""
NEWEST = 2000
"""So many of a page's newest posts are learned from: what a page was years ago says little."""
RIPE = dt.timedelta(hours=24)
"""Younger posts have not brought yet what they will."""
LOWEST = 0.05


@dataclass(frozen=True, slots=True)
class Learned:
    """The weight of a kind, the number of its posts and the mean of what they brought."""

    weight: float
    posts: int
    mean: float


def worth(*, reactions: int, comments: int, shares: int) -> float:
    """Return what a post brought, each act weighed as the feed weighs it: reaction 1, comment 4, share 8."""
    return (
        reactions * ACT_WEIGHTS[EdgeKind.REACTION]
        + comments * ACT_WEIGHTS[EdgeKind.COMMENT]
        + shares * ACT_WEIGHTS[EdgeKind.SHARE]
    )


def learn(worths: Iterable[tuple[PostKind, int, float]]) -> dict[PostKind, Learned]:
    """Return the weight of each kind from its number of posts and the mean of their worths.

    Shrunk towards 1, which says nothing. Where no post brought anything, all weigh 1.
    """
    kinds = [(kind, posts, mean) for kind, posts, mean in worths if posts]
    count = sum(posts for _, posts, _ in kinds)
    overall = sum(posts * mean for _, posts, mean in kinds) / count if count else 0.0
    learned = {}
    for kind, posts, mean in kinds:
        ratio = mean / overall if overall else 1.0
        weight = 1.0 + posts / (posts + SHRINKAGE) * (ratio - 1.0)
        learned[kind] = Learned(max(weight, LOWEST), posts, mean)
    return learned


def weights_of(learned: Mapping[PostKind, Learned]) -> dict[PostKind, float]:
    """Return the bare weights."""
    return {kind: one.weight for kind, one in learned.items()}


def ask_to_learn(session: Session, *, page_id: int, now: dt.datetime) -> None:
    """Have the page's weights learned again by the worker, once a day at most, in the transaction of a change."""
    enqueue(
        session, kind=LEARN_KINDS, subject=f"{page_id}:{now:%Y-%m-%d}", payload={"page_id": page_id}, now=now,
        page_id=page_id,
    )  # fmt: skip


def refresh_kind_weights(session: Session, *, page_id: int, now: dt.datetime) -> dict[PostKind, Learned]:
    """Learn the page's weights anew from its newest posts, keep and return them; done again it does the same."""
    learned = learn(list_worths(session, page_id, before=now - RIPE, newest=NEWEST))
    session.execute(delete(KindWeight).where(KindWeight.page_id == page_id))
    session.add_all(
        KindWeight(
            page_id=page_id, kind=kind, weight=one.weight, posts=one.posts, mean=one.mean, learned_at=now
        )
        for kind, one in learned.items()
    )
    session.flush()
    return learned
