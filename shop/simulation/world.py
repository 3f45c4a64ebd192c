"""A page, day by day: posts go out, the feed decides who sees them, fans answer, buy and bring others."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from shop.core.fading import affinity_at, raised
from shop.feed.learning import worth
from shop.feed.ranking import EdgeKind
from shop.page.affinity import WEIGHTS, Act
from shop.page.models import LikeSource
from shop.simulation.chance import dice, happens, luck
from shop.simulation.feeds import LOOK_BACK_H, NEWEST_TESTS, Bars, Trials, draw_bars, stands_out
from shop.simulation.parameters import World
from shop.simulation.people import DAY_MINUTES, Kind, Person, draw_person, evening, instant
from shop.simulation.posts import Post, Topic, draw_post, visits

_ANSWERS = ((0.84, EdgeKind.REACTION), (0.87, EdgeKind.COMMENT), (1.0, EdgeKind.SHARE))
_ACTS = {EdgeKind.REACTION: Act.REACT, EdgeKind.COMMENT: Act.COMMENT, EdgeKind.SHARE: Act.SHARE}
WEEK = 7
"""Days between two looks at what the other pages are like."""
PUBLISH, LEARN = -1, -2
FIRST_BROUGHT = 300_000
"""Ids of people whom answers brought; who comes by themselves has lower ones, and they are the same in all worlds."""


@dataclass(frozen=True, slots=True)
class Sale:
    """An order that somebody means to place: when, who, and what led there."""

    minute: float
    person_id: int
    by: str
    """``post``, ``direct`` or ``coupon``."""


@dataclass(slots=True)
class Snapshot:
    """A page at the end of a day."""

    day: int
    followers: int
    real: int


@dataclass(slots=True)
class PageWorld:
    """One page with its people; ``on_view`` and ``topic_of`` are what its admin does about contests and coupons."""

    seed: int
    world: World
    bars: Bars
    people: dict[int, Person]
    tests: Trials
    posts: list[Post] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    topic_of: Callable[[int], Topic] = lambda _day: Topic.NONE
    on_view: Callable[["PageWorld", Person, Post, float], None] = lambda *_: None
    brought: int = 0

    def twin(self) -> "PageWorld":
        """Return the same page as it stands, to go on by itself."""
        people = {one.id: replace(one, friends=list(one.friends)) for one in self.people.values()}
        posts = [
            replace(
                post, sample=set(post.sample), seen=set(post.seen), answers=dict(post.answers),
                engaged=set(post.engaged),
            )
            for post in self.posts
        ]  # fmt: skip
        tests = Trials(self.tests.usual, list(self.tests.brought))
        return PageWorld(self.seed, self.world, self.bars, people, tests, posts, list(self.sales))

    def add(self, people: Iterable[Person]) -> None:
        """Let people come; they like the page from the minute of their like on."""
        for person in people:
            self.people[person.id] = person
            if person.level is None:
                person.level = raised(None, WEIGHTS[Act.FOLLOW], instant(person.liked))
            for friend in person.friends:
                other = self.people.get(friend)
                if other is not None and person.id not in other.friends:
                    other.friends.append(person.id)

    def closeness(self, day: int) -> list[float]:
        """Return the affinities of those who like the page at the dawn of a day."""
        minute = float(day * DAY_MINUTES)
        likers = [one for one in self.people.values() if one.is_there(minute) and not one.kind.is_bought]
        return [affinity_at(one.level, instant(minute)) for one in likers]

    def join(self, network: "Network") -> None:
        """Stand among other pages as they are this week."""
        self.bars, self.tests.usual = network.bars, network.usual

    def run_day(self, day: int) -> None:
        """Live through one day."""
        post = draw_post(self.seed, self.world, day, self.topic_of(day))
        start = day * DAY_MINUTES
        there = [one for one in self.people.values() if one.active and one.liked < start + DAY_MINUTES]
        events: list[tuple[float, int]] = [
            (minute, one.id)
            for one in there
            for minute in visits(self.seed, one, day)
            if one.is_there(minute)
        ]
        events.append((post.minute, PUBLISH))
        if self.world.has_test:
            events.append((post.minute + self.world.test_hours * 60, LEARN))
        events.sort()
        first = start - LOOK_BACK_H * 60
        recent = [one for one in self.posts if one.minute >= first]
        for minute, who in events:
            if who == PUBLISH:
                self._publish(post)
                recent.append(post)
            elif who == LEARN:
                self._learn(post)
            else:
                self._visit(self.people[who], recent, minute)
        self._buy_directly(there, day)
        likers = [one for one in self.people.values() if one.is_there(start + DAY_MINUTES)]
        real = sum(not one.kind.is_bought for one in likers)
        self.snapshots.append(Snapshot(day, len(likers), real))

    def _publish(self, post: Post) -> None:
        likers = [one for one in self.people.values() if one.is_there(post.minute)]
        post.followers = len(likers)
        post.real_followers = sum(not one.kind.is_bought for one in likers)
        post.weight = self.tests.weight()
        if self.world.has_test:
            post.tested_until = post.minute + self.world.test_hours * 60
            share = self.world.test_share
            post.sample = {one.id for one in likers if luck(self.seed, "sample", one.id, post.number) < share}
        self.posts.append(post)

    def _learn(self, post: Post) -> None:
        """Close a post's test: what it brought per follower in it becomes part of the page's weight."""
        kinds = [kind for one, (kind, _) in post.answers.items() if one in post.sample]
        brought = worth(
            reactions=kinds.count(EdgeKind.REACTION), comments=kinds.count(EdgeKind.COMMENT),
            shares=kinds.count(EdgeKind.SHARE),
        )  # fmt: skip
        shown = len(post.sample) if self.world.bots_are_served else post.seen_in_test
        if shown:
            self.tests.brought.append(brought / shown)
        weight = self.tests.weight()
        for one in self.posts[-4:]:
            one.weight = weight

    def _visit(self, person: Person, recent: list[Post], minute: float) -> None:
        bar = self.bars.bar(person.id, minute)
        for post in recent:
            if person.id in post.seen:
                continue
            if minute < post.tested_until:
                if person.id in post.sample:
                    post.seen_in_test += 1
                    self._see(person, post, minute)
                continue
            answers = [post.answers[one] for one in person.friends if one in post.answers]
            if stands_out(
                bar, person.level, weight=post.weight, age_minutes=minute - post.minute, minute=minute,
                answers=answers,
            ):  # fmt: skip
                self._see(person, post, minute)

    def _see(self, person: Person, post: Post, minute: float) -> None:
        post.seen.add(person.id)
        person.last_view = minute
        if person.first_view is None:
            person.first_view = minute
        self._do(person, Act.VIEW, minute)
        answers = luck(self.seed, "answer", person.id, post.number)
        if answers < self.world.react_share * person.loyalty * post.appeal:
            self._answer(person, post, minute)
        if luck(self.seed, "click", person.id, post.number) < self.world.click_share * person.taste:
            post.engaged.add(person.id)
            self._do(person, Act.CLICK, minute)
            if post.has_product and luck(self.seed, "buy", person.id, post.number) < self.world.buy_share:
                self._do(person, Act.BUY, minute)
                self.sales.append(Sale(minute, person.id, "post"))
        self.on_view(self, person, post, minute)

    def _answer(self, person: Person, post: Post, minute: float) -> None:
        place = luck(self.seed, "kind", person.id, post.number)
        kind = next(kind for share, kind in _ANSWERS if place < share)
        post.answers[person.id] = kind, minute
        post.engaged.add(person.id)
        self._do(person, _ACTS[kind], minute)
        brings = self.world.share_brings if kind is EdgeKind.SHARE else self.world.answer_brings
        if luck(self.seed, "brings", person.id, post.number) < brings:
            how = LikeSource.POST if kind is EdgeKind.SHARE else LikeSource.FRIEND
            self.bring(person, minute + 30, Kind.NEW, how)

    def bring(self, friend: Person | None, minute: float, kind: Kind, how: LikeSource) -> Person:
        """Let somebody new like the page, a friend of ``friend`` when there is one."""
        self.brought += 1
        number = FIRST_BROUGHT + self.brought
        # Who comes this way depends on what was done, so their dice have names of their own.
        source = dice(self.seed, "brought", kind.name, self.brought)
        person = draw_person(source, self.world, number=number, kind=kind, liked=minute, how=how)
        if friend is not None:
            person.friends.append(friend.id)
        self.add([person])
        return person

    def _do(self, person: Person, act: Act, minute: float) -> None:
        person.level = raised(person.level, WEIGHTS[act], instant(minute))
        if act is not Act.VIEW:
            person.last_act = minute

    def _buy_directly(self, there: list[Person], day: int) -> None:
        for person in there:
            if luck(self.seed, "direct", person.id, day) < self.world.direct_orders_a_day:
                minute = day * DAY_MINUTES + person.peak % DAY_MINUTES
                if person.is_there(minute):
                    self._do(person, Act.BUY, minute)
                    self.sales.append(Sale(minute, person.id, "direct"))


def settle(
    seed: int, world: World, fans: Iterable[Person], tick: Callable[[], None] = lambda: None
) -> PageWorld:
    """Return a page at the dawn of day 0: closeness, feeds and what a test usually brings have settled.

    Other pages are like this one, so each week their readers' closeness is taken anew from this page's fans.
    """
    page = PageWorld(seed, world, Bars(seed), {}, Trials(None))
    page.add(fans)
    page.add(draw_arrivals(seed, world))
    for day in range(-world.burn_in_days, 0):
        if (day + world.burn_in_days) % WEEK == 0:
            page.bars = draw_bars(seed, world, page.closeness(day))
        page.run_day(day)
        tick()
    page.tests.brought = page.tests.brought[-2 * WEEK :]
    return page


@dataclass(frozen=True, slots=True)
class Network:
    """What all other pages are like in one week: the bars of feeds and what a test usually brings."""

    bars: Bars
    usual: float | None


def network_of(page: PageWorld, day: int) -> Network:
    """Return the network as pages make it that are all like ``page``, which does nothing."""
    newest = page.tests.brought[-NEWEST_TESTS:]
    usual = sum(newest) / len(newest) if newest else None
    return Network(draw_bars(page.seed, page.world, page.closeness(day)), usual)


def draw_arrivals(seed: int, world: World) -> list[Person]:
    """Return who comes by themselves from the first day of the burn-in on: one by one, and circles of friends.

    A circle of five to ten likes the page within an evening, as a small farm would.
    """
    source = dice(seed, "arrivals")
    people: list[Person] = []
    first = 100_000
    for day in range(-world.burn_in_days, world.days):
        mean = world.organic_likes_a_day * world.fans / 2000
        for _ in range(int(mean) + (happens(source, mean % 1))):
            liked = evening(source, day, 1140.0, 200.0)
            people.append(
                draw_person(source, world, number=first + len(people), kind=Kind.NEW, liked=liked,
                            how=LikeSource.ORGANIC)
            )  # fmt: skip
        if day == article_day(world):
            people += _article(source, world, first + len(people), day)
        if day % 9 == 0:
            people += _circle(source, world, first + len(people), day)
    return people


def article_day(world: World) -> int:
    """Return the day on whose evening an article brings readers."""
    return world.days // 2


def _circle(source: random.Random, world: World, first_id: int, day: int) -> list[Person]:
    peak = 1140.0 + source.gauss(0.0, 60.0)
    how = LikeSource.FRIEND if happens(source, 0.6) else LikeSource.ORGANIC
    circle = [
        draw_person(source, world, number=first_id + number, kind=Kind.CIRCLE,
                    liked=evening(source, day, peak, 50.0), how=how)
        for number in range(source.randint(5, 10))
    ]  # fmt: skip
    for member in circle:
        member.peak = round(peak)
        member.friends = [other.id for other in circle if other is not member]
    return circle


def _article(source: random.Random, world: World, first_id: int, day: int) -> list[Person]:
    """Return the readers of an article who like the page that evening; half of them look at it before."""
    readers = [
        draw_person(source, world, number=first_id + number, kind=Kind.READER,
                    liked=evening(source, day, 1200.0, 70.0), how=LikeSource.ORGANIC)
        for number in range(world.scaled(world.newspaper_likes))
    ]  # fmt: skip
    for reader in readers:
        reader.first_view = reader.liked - source.uniform(0.5, 20.0) if happens(source, 0.5) else None
    return readers
