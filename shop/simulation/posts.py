"""Posts of a page, and how often each person opens the network."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from shop.feed.ranking import EdgeKind
from shop.simulation.chance import luck
from shop.simulation.parameters import World
from shop.simulation.people import DAY_MINUTES, Person

POST_HOUR = 11
TOPIC_EVERY = 6
"""Every so many days a running contest or coupon has a post of its own."""
TWICE = 0.5
_WORD = 65536


class Topic(enum.StrEnum):
    """What a post is about beside the usual."""

    NONE = "none"
    CONTEST = "contest"
    COUPON = "coupon"


@dataclass(slots=True)
class Post:
    """A post with what became of it; ``answers`` tell by person the acts that friends get to see."""

    number: int
    minute: float
    has_product: bool
    appeal: float
    topic: Topic = Topic.NONE
    weight: float = 1.0
    tested_until: float = 0.0
    sample: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    seen_in_test: int = 0
    answers: dict[int, tuple[EdgeKind, float]] = field(default_factory=dict)
    engaged: set[int] = field(default_factory=set)
    followers: int = 0
    real_followers: int = 0
    fake_engaged: int = 0


def draw_post(seed: int, world: World, day: int, topic: Topic) -> Post:
    """Return the post of a day; the same in all twin worlds but for its topic."""
    minute = day * DAY_MINUTES + POST_HOUR * 60 + int(luck(seed, "post", day) * 480)
    spread = sum(luck(seed, "appeal", day, part) for part in range(3)) - 1.5
    return Post(
        number=day, minute=minute, has_product=luck(seed, "product", day) < world.product_post_share,
        appeal=max(0.2, 1.0 + 2.0 * world.appeal_sigma * spread), topic=topic,
    )  # fmt: skip


def visits(seed: int, person: Person, day: int) -> Iterator[float]:
    """Yield the minutes of a day at which somebody opens the network: around their own hour, or not at all."""
    said = blake2b(f"{seed}:visit:{person.id}:{day}".encode(), digest_size=10).digest()
    opens, one, two, three, again = (int.from_bytes(said[at : at + 2]) / _WORD for at in range(0, 10, 2))
    if opens >= person.active:
        return
    # Three even numbers together are nearly normal; times 180 their spread is one and a half hours.
    first = person.peak + (one + two + three - 1.5) * 180
    yield day * DAY_MINUTES + first % DAY_MINUTES
    if again < TWICE:
        yield day * DAY_MINUTES + (first + 240 + again * 960) % DAY_MINUTES
