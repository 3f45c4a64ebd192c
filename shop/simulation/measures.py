"""What the five pages do, each alike but for that: nothing, likes bought at once, likes dripped, a contest, a coupon."""

import enum
from dataclasses import dataclass, field
from random import Random

from shop.page.models import LikeSource
from shop.simulation.chance import dice, happens, luck, poisson
from shop.simulation.farms import cover_acts, hire_burst, hire_stealth
from shop.simulation.people import DAY_MINUTES, Kind, Person, draw_person, evening
from shop.simulation.posts import TOPIC_EVERY, Post, Topic
from shop.simulation.world import PageWorld, Sale

BURST_FIRST, STEALTH_FIRST = 500_000, 600_000
ENTER, TELLS, TOLD_ENTER, ENTRANT_LIKES, HUNTER_LIKES = 0.25, 0.12, 0.45, 0.45, 0.6
HUNTER_LEAVES = 0.15
"""Of contest hunters who liked, so many take it back within 30 days."""
TAKE, TAKER_BUYS, EMBED_TAKES, TAKER_LIKES = 0.10, 0.12, 0.2, 0.35
EMBED_BUYS, USES_FOUND = 0.10, 0.5
"""A stranger with the coupon buys; a fan who buys anyway finds the coupon."""
STRANGER = 400_000


class Measure(enum.StrEnum):
    """What a page's admin does on the measure's day."""

    NOTHING = "nothing"
    BURST = "burst"
    STEALTH = "stealth"
    CONTEST = "contest"
    COUPON = "coupon"


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody enters the contest."""

    minute: float
    person_id: int
    is_new_follower: bool


@dataclass(slots=True)
class Done:
    """What came of a measure beside likes: entries of the contest, takers of the coupon with how they came."""

    entries: list[Entry] = field(default_factory=list)
    entered: set[int] = field(default_factory=set)
    takers: dict[int, str] = field(default_factory=dict)
    strangers: int = 0


def begin(page: PageWorld, measure: Measure, fans: list[Person]) -> Done:
    """Set up a page for its measure before day 0; what comes of it is in the result as the days pass."""
    seed, world, done = page.seed, page.world, Done()
    if measure is Measure.BURST:
        page.add(hire_burst(seed, world, first_id=BURST_FIRST))
    elif measure is Measure.STEALTH:
        accounts = hire_stealth(seed, world, first_id=STEALTH_FIRST, fans=fans)
        cover_acts(seed, world, accounts)
        page.add(accounts)
    elif measure is Measure.CONTEST:
        _announce(page, Topic.CONTEST, world.contest_days)
        page.on_view = lambda where, person, post, minute: _may_enter(where, done, person, post, minute)
    elif measure is Measure.COUPON:
        _announce(page, Topic.COUPON, world.coupon_days)
        page.on_view = lambda where, person, post, minute: _may_take(where, done, person, post, minute)
    return done


def _announce(page: PageWorld, topic: Topic, days: int) -> None:
    first = page.world.measure_day

    def topic_of(day: int) -> Topic:
        is_on = first <= day < first + days
        return topic if is_on and (day - first) % TOPIC_EVERY == 0 else Topic.NONE

    page.topic_of = topic_of


def run_strangers(page: PageWorld, measure: Measure, done: Done, day: int) -> None:
    """Let those come whom no post of the page brings: contest hunters, readers of the site with the coupon's card."""
    world = page.world
    source = dice(page.seed, "strangers", measure, day)
    if measure is Measure.CONTEST and _is_on(page, world.contest_days, day):
        for _ in range(poisson(source, world.hunters_a_day * world.fans / 2000)):
            _hunt(page, done, source, day)
    if measure is Measure.COUPON and _is_on(page, world.coupon_days, day):
        for _ in range(poisson(source, world.embed_visits_a_day * world.fans / 2000)):
            if happens(source, EMBED_TAKES):
                _take_embedded(page, done, source, day)


def _is_on(page: PageWorld, days: int, day: int) -> bool:
    return page.world.measure_day <= day < page.world.measure_day + days


def _next_stranger(done: Done) -> int:
    done.strangers += 1
    return STRANGER + done.strangers


def _may_enter(page: PageWorld, done: Done, person: Person, post: Post, minute: float) -> None:
    """Let a fan who sees the contest's post enter; some tell friends, of whom some enter and some like the page."""
    if post.topic is not Topic.CONTEST or person.id in done.entered:
        return
    if minute >= (page.world.measure_day + page.world.contest_days) * DAY_MINUTES:
        return
    if luck(page.seed, "enter", person.id) >= ENTER:
        return
    done.entered.add(person.id)
    done.entries.append(Entry(minute, person.id, is_new_follower=False))
    if luck(page.seed, "tells", person.id) >= TELLS:
        return
    source = dice(page.seed, "told", person.id)
    for _ in range(source.randint(1, 3)):
        if happens(source, TOLD_ENTER):
            later = minute + source.uniform(5, 300)
            likes = happens(source, ENTRANT_LIKES)
            if likes:
                who = page.bring(person, later, Kind.ENTRANT, LikeSource.CONTEST).id
                done.entered.add(who)
            else:
                who = _next_stranger(done)
            done.entries.append(Entry(later, who, likes))


def _hunt(page: PageWorld, done: Done, source: Random, day: int) -> None:
    """Let somebody enter for the prize: a real person, with many pages liked, who seldom answers afterwards."""
    minute, number = evening(source, day, 1080.0, 240.0), _next_stranger(done)
    likes = happens(source, HUNTER_LIKES)
    done.entries.append(Entry(minute, number, likes))
    if not likes:
        return
    hunter = draw_person(
        source, page.world, number=number, kind=Kind.HUNTER, liked=minute, how=LikeSource.CONTEST
    )
    hunter.loyalty *= 0.15
    hunter.taste *= 0.15
    hunter.page_likes *= 9
    if happens(source, HUNTER_LEAVES):
        hunter.left = minute + source.uniform(1, 30) * DAY_MINUTES
    page.add([hunter])
    done.entered.add(number)


def _may_take(page: PageWorld, done: Done, person: Person, post: Post, minute: float) -> None:
    """Let a fan who sees the coupon's post take it; some of them buy within the week."""
    if post.topic is not Topic.COUPON or person.id in done.takers:
        return
    if luck(page.seed, "take", person.id) >= TAKE:
        return
    done.takers[person.id] = "page"
    if luck(page.seed, "taker buys", person.id) < TAKER_BUYS:
        later = minute + luck(page.seed, "taker buys at", person.id) * 7 * DAY_MINUTES
        page.sales.append(Sale(later, person.id, "coupon"))


def _take_embedded(page: PageWorld, done: Done, source: Random, day: int) -> None:
    minute, number = evening(source, day, 1080.0, 240.0), _next_stranger(done)
    if happens(source, TAKER_LIKES):
        taker = draw_person(
            source, page.world, number=number, kind=Kind.TAKER, liked=minute, how=LikeSource.EMBED
        )
        page.add([taker])
    done.takers[number] = "embed"
    if happens(source, EMBED_BUYS):
        page.sales.append(Sale(minute + source.uniform(5, 4000), number, "coupon"))


def uses_coupon(page: PageWorld, done: Done, sale: Sale) -> bool:
    """Tell whether an order tries the coupon: a taker's does, and every second of others while it runs."""
    if sale.by == "coupon":
        return True
    return bool(done.takers) and luck(page.seed, "finds", sale.person_id, int(sale.minute)) < USES_FOUND
