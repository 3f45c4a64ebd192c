"""Real fans: who they are, when they are there, whom they know and what else they like."""

import datetime as dt
import enum
import random
from dataclasses import dataclass, field

from shop.core.fading import raised
from shop.page.models import LikeSource
from shop.simulation.chance import dice, happens, log_normal
from shop.simulation.parameters import START, World

DAY_MINUTES = 24 * 60
PEAKS = ((8 * 60, 2), (12 * 60 + 30, 2), (18 * 60 + 30, 3), (21 * 60, 4))
"""Minutes of the day around which people are there, with how many of them."""
PAST_DAYS = 720
ACCOUNT_DAYS = 2500


class Kind(enum.StrEnum):
    """Who somebody is in truth; the judge never sees it."""

    ALONE = "independent fans"
    GROUP = "fans in friend groups"
    CIRCLE = "friends who came on one evening"
    NEW = "fans won meanwhile"
    READER = "readers of the article"
    ENTRANT = "friends who came by the contest"
    HUNTER = "contest hunters"
    TAKER = "coupon takers"
    BURST = "accounts of the crude farm"
    STEALTH = "accounts of the careful farm"

    @property
    def is_bought(self) -> bool:
        """Whether the like was paid for."""
        return self in (Kind.BURST, Kind.STEALTH)


@dataclass(slots=True)
class Person:
    """Somebody who likes a page, or an account that somebody made for it; minutes count from day 0."""

    id: int
    kind: Kind
    liked: float
    """Minute of the like."""
    source: LikeSource
    peak: int = 1260
    loyalty: float = 1.0
    """How much likelier than the mean they answer a post; 0 for who only looks."""
    taste: float = 1.0
    """The same for clicks."""
    active: float = 0.75
    page_likes: int = 34
    born: float = 0.0
    """Minute in which the account was made, long before day 0."""
    first_view: float | None = None
    last_view: float | None = None
    last_act: float | None = None
    level: float | None = None
    """Affinity with the page, as the house keeps it."""
    friends: list[int] = field(default_factory=list)
    other_likes: dict[int, float] = field(default_factory=dict)
    """Minute in which they liked each other page of the network."""
    has_picture: bool = True
    has_bio: bool = True
    handle: str = ""
    left: float | None = None
    """Minute in which they took the like back."""

    def is_there(self, minute: float) -> bool:
        """Whether they like the page at a minute."""
        return self.liked <= minute and (self.left is None or minute < self.left)


def instant(minute: float) -> dt.datetime:
    """Return the instant of a minute counted from day 0, to the second."""
    return START + dt.timedelta(seconds=round(minute * 60))


def letters(number: int) -> str:
    """Return a number in letters, so that handles are unique as in the house and their digits stay what they are."""
    found = ""
    while number:
        number, place = divmod(number, 26)
        found += chr(ord("a") + place)
    return found


def evening(source: random.Random, day: int, peak: float, spread: float = 90.0) -> float:
    """Return a minute of a day around somebody's hour."""
    return day * DAY_MINUTES + min(max(source.gauss(peak, spread), 0.0), DAY_MINUTES - 1)


def draw_peak(source: random.Random) -> int:
    """Return the hour, in minutes of the day, around which somebody is there."""
    chosen = source.choices([minute for minute, _ in PEAKS], [share for _, share in PEAKS])[0]
    return chosen + round(source.gauss(0.0, 40.0))


def draw_person(source: random.Random, world: World, *, number: int, kind: Kind, liked: float,
                how: LikeSource) -> Person:  # fmt: skip
    """Return a real person with a past of their own: other pages that they like, each at its own time."""
    only_looks = happens(source, world.lurker_share)
    loyalty = log_normal(source, 1.0, world.loyalty_sigma) / 1.65 / (1.0 - world.lurker_share)
    person = Person(
        id=number, kind=kind, liked=liked, source=how, peak=draw_peak(source),
        loyalty=0.0 if only_looks else min(loyalty, 12.0), taste=log_normal(source, 1.0, 0.7) / 1.28,
        active=min(max(source.gauss(world.active_share, 0.15), 0.1), 1.0),
        page_likes=max(1, round(log_normal(source, world.page_likes_median, world.page_likes_sigma))),
        born=min(liked, 0.0) - source.uniform(20, ACCOUNT_DAYS) * DAY_MINUTES,
        has_picture=happens(source, 0.94), has_bio=happens(source, 0.6),
        handle=f"{source.choice(_NAMES)}-{source.choice(_NAMES)}-{letters(number)}"
        + (str(source.randint(1, 99)) if happens(source, 0.35) else ""),
    )  # fmt: skip
    # Three in four had looked at the page before they liked it, a tenth like it from a list and never looked.
    if happens(source, 0.9):
        person.first_view = liked - (source.expovariate(1 / 2880) if happens(source, 0.8) else 0.5)
    like_others(source, person, person.page_likes, world)
    return person


def like_others(source: random.Random, person: Person, count: int, world: World) -> None:
    """Give a person likes of other pages: popular ones more often, at their hours, over the last two years."""
    for _ in range(min(count, world.network_pages // 2)):
        # The square makes a page in the first tenth likelier by far than one in the last.
        page = int(world.network_pages * source.random() ** 2)
        person.other_likes.setdefault(page, evening(source, -source.randint(0, PAST_DAYS), person.peak))


def draw_fans(seed: int, world: World) -> list[Person]:
    """Return a page's fans as they stand before day 0, in friend groups and alone, ids from 1."""
    source = dice(seed, "fans")
    fans = [
        draw_person(
            source, world, number=number, kind=Kind.ALONE, how=LikeSource.ORGANIC,
            liked=_long_ago(source, world),
        )
        for number in range(1, world.fans + 1)
    ]  # fmt: skip
    grouped, first = round(world.fans * world.grouped_share), 0
    while first < grouped:
        size = min(source.randint(world.group_low, world.group_high), world.fans - first)
        bind(source, fans[first : first + size], world)
        first += size
    for fan in fans:
        # Acquaintances here and there, besides.
        _remember(source, fan, world)
        if happens(source, 0.4):
            other = source.choice(fans)
            if other is not fan and other.id not in fan.friends:
                fan.friends.append(other.id)
                other.friends.append(fan.id)
    return fans


def _remember(source: random.Random, fan: Person, world: World) -> None:
    """Give an old fan what they last saw and did before the burn-in; one in ten never came back."""
    until = -world.burn_in_days * DAY_MINUTES
    if happens(source, 0.9):
        fan.last_view = source.uniform(fan.liked, until)
    if source.random() < (0.8 if fan.loyalty else 0.5):
        fan.last_act = source.uniform(fan.liked, until)
    # A first guess; the burn-in makes of it what the feed and the answers make.
    fan.level = raised(None, log_normal(source, 0.6, 1.3), instant(until))


def _long_ago(source: random.Random, world: World) -> float:
    """Return the minute of a like that came before the burn-in."""
    day = -world.burn_in_days - 1 - source.randint(0, PAST_DAYS)
    return evening(source, day, draw_peak(source))


def bind(source: random.Random, members: list[Person], world: World) -> None:
    """Make friends of people: one hour for all, this page and some others liked on the same evenings.

    On each of those evenings four in five like it, within some three hours: as a farm would, only that they
    know each other and read what they like.
    """
    peak, day = members[0].peak, int(members[0].liked // DAY_MINUTES)
    evenings = [
        (int(world.network_pages * source.random()), -source.randint(0, PAST_DAYS))
        for _ in range(world.group_evenings)
    ]
    for member in members:
        member.kind, member.peak = Kind.GROUP, peak
        member.friends = [other.id for other in members if other is not member and happens(source, 0.8)]
        if happens(source, 0.8):
            member.liked = evening(source, day, peak, 60.0)
            member.source = LikeSource.FRIEND
            if member.first_view is not None:
                member.first_view = member.liked - source.uniform(0.2, 30.0)
        for page, night in evenings:
            if happens(source, 0.8):
                member.other_likes[page] = evening(source, night, peak, 60.0)
    ids = {member.id: member for member in members}
    for member in members:
        for other in member.friends:
            if member.id not in ids[other].friends:
                ids[other].friends.append(member.id)


_NAMES = (
    "lea", "noor", "max", "camille", "jonas", "ines", "hugo", "mila", "theo", "sara", "emil", "zoe", "paul",
    "lina", "oscar", "maya", "felix", "clara", "samuel", "alba", "durand", "weber", "rossi", "novak", "garnier",
)  # fmt: skip
