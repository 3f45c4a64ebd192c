"""Accounts that like the same pages at the same times, over and over. Pure.

After CopyCatch (Beutel et al., WWW 2013: the same pages within the same time) and SynchroTrap (Cao et al., CCS 2014:
similar acts within a window, single-linkage groups). docs/algorithms/fan-quality.md says what is otherwise here:
coincidences are counted by distinct windows, so that people who like ten proposed pages on the day they join are
one coincidence and not ten; and each weighs by how seldom it is among these fans.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import log
from statistics import median

CoLikes = Mapping[int, Mapping[int, dt.datetime]]
"""By account, when it liked which other page."""
SMALLEST = 5
"""A group of fewer accounts is none."""
ENOUGH_INFORMATION = 12.0
"""Nats that two accounts' coincidences must tell together: given cells are met by chance once in 160,000 times."""
LEAST_A_PAGE = 1.0
"""What a coincidence tells at least: the group may be most of these fans, so its own share proves no chance."""
PROPOSING = 8
"""So many of an account's rarest coincidences, and as many of its commonest, propose partners."""
NEIGHBOURS = 2
_KEY = 1_000_000


@dataclass(frozen=True, slots=True)
class Grid:
    """How coincidences are counted: within ``days``, in ``windows`` of them, over a share of the lesser's likes."""

    days: float
    windows: int
    overlap: float
    most_a_page: float
    most_a_window: float


GRIDS = (
    Grid(days=1.0, windows=3, overlap=0.1, most_a_page=4.0, most_a_window=4.0),
    # A farm that drips its likes over weeks, so that few fall on one day.
    Grid(days=28.0, windows=3, overlap=0.2, most_a_page=4.0, most_a_window=6.0),
)
SHIFTS = (0.0, 0.5)
"""Each grid is laid twice, half a window apart, so that an edge cuts no coincidence in both."""


@dataclass(frozen=True, slots=True)
class Lockstep:
    """The group that an account goes with: its size, the pages shared with a partner, how befriended it is (0 to 1).

    So many ``pages`` are shared within ``days``.
    """

    group: int
    size: int
    pages: int
    days: float
    tied: float


def find_groups(co_likes: CoLikes, friendships: Iterable[tuple[int, int]] = ()) -> dict[int, Lockstep]:
    """Return the group of each account that is in one; ``group`` is the least account id among them.

    Time grows with the number of likes, not with pairs: each account is compared with a bounded number of others.
    """
    parents: dict[int, int] = {}
    shared: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for grid in GRIDS:
        for shift in SHIFTS:
            for one, other, pages in _partners(co_likes, grid, shift):
                _join(parents, one, other)
                shared[one].append((pages, grid.days))
                shared[other].append((pages, grid.days))
    members: dict[int, list[int]] = defaultdict(list)
    for account in parents:
        members[_root(parents, account)].append(account)
    groups = [sorted(group) for group in members.values() if len(group) >= SMALLEST]
    tied = _tied(groups, friendships)
    return {
        account: Lockstep(
            group=group[0],
            size=len(group),
            pages=_pages(shared[account]),
            days=_days(shared[account]),
            tied=tied[group[0]],
        )
        for group in groups
        for account in group
    }


def _pages(shared: Iterable[tuple[int, float]]) -> int:
    return round(median(pages for pages, _ in shared))


def _days(shared: Collection[tuple[int, float]]) -> float:
    """Return the shortest time within which as many pages are shared as are told."""
    told = _pages(shared)
    lengths = sorted({days for _, days in shared})
    return next(
        (one for one in lengths if _pages(pair for pair in shared if pair[1] == one) >= told), lengths[-1]
    )


def _partners(co_likes: CoLikes, grid: Grid, shift: float) -> Iterable[tuple[int, int, int]]:
    """Yield pairs of accounts that coincide too often, with how many pages they share so."""
    cells = {account: _cells(pages, grid, shift) for account, pages in co_likes.items()}
    counts = Counter(cell for some in cells.values() for cell in some)
    fans = len(co_likes)
    tells = {
        cell: max(LEAST_A_PAGE, min(grid.most_a_page, log(fans / number)))
        for cell, number in counts.items()
        if number > 1
    }
    kept = {}
    for account, some in cells.items():
        common = some & tells.keys()
        if len({cell % _KEY for cell in common}) >= grid.windows:
            kept[account] = frozenset(common)
    for one, other in _candidates(kept, counts):
        both = kept[one] & kept[other]
        if len(both) < grid.windows or len(both) < grid.overlap * min(len(cells[one]), len(cells[other])):
            continue
        by_window: dict[int, float] = defaultdict(float)
        for cell in both:
            by_window[cell % _KEY] += tells[cell]
        told = sum(min(grid.most_a_window, value) for value in by_window.values())
        if len(by_window) >= grid.windows and told >= ENOUGH_INFORMATION:
            yield one, other, len(both)


def _cells(pages: Mapping[int, dt.datetime], grid: Grid, shift: float) -> set[int]:
    """Return (page, window) of each like as one number."""
    return {page * _KEY + int(at.timestamp() / 86400 / grid.days + shift) for page, at in pages.items()}


def _candidates(kept: Mapping[int, Collection[int]], counts: Mapping[int, int]) -> set[tuple[int, int]]:
    """Return pairs worth comparing: neighbours, in one order that is the same everywhere, in some of their cells."""
    members: dict[int, list[int]] = defaultdict(list)
    for account in sorted(kept, key=_scattered):
        by_size = sorted(kept[account], key=lambda one: (counts[one], one))
        # Friends meet in rare cells, a farm that covers itself with likes of anything only in its large ones.
        for cell in {*by_size[:PROPOSING], *by_size[-PROPOSING:]}:
            members[cell].append(account)
    return {
        (some[place], some[place + step])
        for some in members.values()
        for step in range(1, NEIGHBOURS + 1)
        for place in range(len(some) - step)
    }


def _scattered(account: int) -> int:
    """Return a number that puts accounts in an order that has nothing to do with when they were made."""
    return (account * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF


def _root(parents: dict[int, int], account: int) -> int:
    root = account
    while (above := parents.setdefault(root, root)) != root:
        root = above
    while parents[account] != root:
        parents[account], account = root, parents[account]
    return root


def _join(parents: dict[int, int], one: int, other: int) -> None:
    a, b = _root(parents, one), _root(parents, other)
    if a != b:
        parents[max(a, b)] = min(a, b)


def _tied(groups: Iterable[list[int]], friendships: Iterable[tuple[int, int]]) -> dict[int, float]:
    """Return the share of each group's accounts that have a friend in it."""
    group_of = {account: group[0] for group in groups for account in group}
    befriended: dict[int, set[int]] = defaultdict(set)
    for one, other in friendships:
        group = group_of.get(one)
        if group is not None and group == group_of.get(other):
            befriended[group] |= {one, other}
    return {group[0]: len(befriended[group[0]]) / len(group) for group in groups}
