"""Accounts that sell likes: a crude farm that delivers in hours, a careful one that drips, covers and befriends.

The world keeps only as many of their likes of other pages as the farms' other customers and covers make; how many
pages an account likes in all is a number, since millions of rows would say nothing more. A real look over all of
them would see more lockstep than is shown here, not less.
"""

import random
from collections.abc import Sequence

from shop.page.models import LikeSource
from shop.simulation.chance import dice, happens, log_normal
from shop.simulation.parameters import World
from shop.simulation.people import (
    DAY_MINUTES,
    PAST_DAYS,
    Kind,
    Person,
    draw_peak,
    evening,
    letters,
    like_others,
)

BURST_JOBS = 60
"""Other customers of the crude farm among the network's pages; an account works for a third of them."""
STEALTH_JOBS = 34
"""Other customers of a cell of the careful farm; an account works for seven in ten of them, about 24."""
_CONSONANTS = "bcdfghjklmnprstvz"


def hire_burst(seed: int, world: World, *, first_id: int) -> list[Person]:
    """Return the accounts that a crude farm sends within hours on the measure's evening."""
    source = dice(seed, "burst farm")
    count = world.scaled(world.burst_likes)
    start = world.measure_day * DAY_MINUTES + 19 * 60
    jobs = [
        (int(world.network_pages * source.random()), -source.uniform(1, 360) * DAY_MINUTES)
        for _ in range(BURST_JOBS)
    ]
    accounts = []
    for number in range(count):
        liked = start + source.triangular(0.0, world.burst_hours * 60, world.burst_hours * 15)
        account = _account(source, first_id + number, Kind.BURST, liked)
        account.page_likes = round(log_normal(source, 1400, 0.5))
        account.has_picture, account.has_bio = happens(source, 0.7), happens(source, 0.2)
        account.handle = f"{_word(source)}-{letters(account.id)}{source.randint(100, 99999)}"
        # Most are made to like by a script that calls no page up; the others open it to press the button.
        account.first_view = account.last_view = liked if happens(source, 0.15) else None
        for page, at in jobs:
            if happens(source, 0.33):
                account.other_likes[page] = at + source.uniform(0, world.burst_hours * 60)
        like_others(source, account, 20, world)
        accounts.append(account)
    return accounts


def hire_stealth(seed: int, world: World, *, first_id: int, fans: Sequence[Person]) -> list[Person]:
    """Return the accounts of a careful farm: cells of befriended accounts that like over weeks, at people's hours.

    A cell takes this page over some days, as it took its other customers'. One account in twenty has befriended a
    real fan, six in ten open the page some minutes before they like it.
    """
    source = dice(seed, "stealthy farm")
    count = world.scaled(world.stealth_likes)
    accounts: list[Person] = []
    while len(accounts) < count:
        size = min(world.stealth_cell, count - len(accounts))
        cell = _cell(source, world, first_id + len(accounts), size)
        for account in cell:
            if happens(source, 0.05):
                account.friends.append(source.choice(fans).id)
        accounts += cell
    return accounts


def _cell(source: random.Random, world: World, first_id: int, size: int) -> list[Person]:
    span = 4
    day = world.measure_day + source.randint(0, max(world.stealth_days - span, 0))
    jobs = [
        (int(world.network_pages * source.random()), -source.randint(1, 300)) for _ in range(STEALTH_JOBS)
    ]
    cell = []
    for number in range(size):
        peak = draw_peak(source)
        liked = evening(source, day + source.randint(0, span - 1), peak)
        account = _account(source, first_id + number, Kind.STEALTH, liked)
        account.peak = peak
        account.has_picture, account.has_bio = happens(source, 0.95), happens(source, 0.6)
        account.handle = f"{_word(source)}-{_word(source)}-{letters(account.id)}" + (
            str(source.randint(1, 99)) if happens(source, 0.4) else ""
        )
        if happens(source, 0.6):
            account.first_view = account.last_view = liked - source.uniform(0.2, 15.0)
        for page, start in jobs:
            if happens(source, 0.7):
                account.other_likes[page] = evening(source, start - source.randint(0, span - 1), peak)
        like_others(source, account, round(log_normal(source, 38, 0.5)), world)
        account.page_likes = len(account.other_likes) + 1
        cell.append(account)
    for account in cell:
        account.friends = [other.id for other in cell if other is not account and happens(source, 0.3)]
    return cell


def _word(source: random.Random) -> str:
    return "".join(source.choice(_CONSONANTS) + source.choice("aeiou") for _ in range(source.randint(2, 3)))


def _account(source: random.Random, number: int, kind: Kind, liked: float) -> Person:
    """Return an account that answers nothing; a careful one does now and then, as a cover (``cover_acts``)."""
    born = -source.uniform(30, 400 if kind is Kind.BURST else PAST_DAYS) * DAY_MINUTES
    return Person(
        id=number,
        kind=kind,
        liked=liked,
        source=LikeSource.ORGANIC,
        loyalty=0.0,
        taste=0.0,
        active=0.0,
        born=born,
    )


def cover_acts(seed: int, world: World, accounts: Sequence[Person]) -> None:
    """Let one careful account in a hundred a month answer something, as the ads' likers of the literature did."""
    source = dice(seed, "cover")
    for account in accounts:
        if account.kind is Kind.STEALTH and happens(source, 0.01 * world.days / 30):
            account.last_act = account.liked + source.uniform(1, 30) * DAY_MINUTES
