"""The follower list as a CSV file, read in batches so that memory stays flat. The format is in docs/csv.md."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence

from shop.core.db import Database
from shop.core.money import to_decimal
from shop.core.places import Place
from shop.feed.marking import plain
from shop.insights.follower_queries import (
    FollowerFilter,
    FollowerRow,
    list_followers,
    map_friends,
    map_posts,
    map_spent,
)
from shop.insights.people_queries import Spent
from shop.orders.exporting import BOM, safe_cell
from shop.page.models import LikeSource

BATCH = 500
EXCERPT = 80
COLUMNS = ("name", "profile", "since", "source", "source_detail")
MONEY_COLUMNS = ("paid_orders", "spent", "currency")
"""Only in the files of who may see orders; new columns are added at the end."""


def export_followers(
    database: Database, page_id: int, wanted: FollowerFilter, *, public_url: str, with_orders: bool
) -> Iterator[bytes]:
    """Yield the file of the followers who pass, newest first; names and public profiles, never e-mail addresses."""
    yield (BOM + _lines([[*COLUMNS, *(MONEY_COLUMNS if with_orders else ())]])).encode()
    after: Place | None = None
    while True:
        with database.reading() as session:
            part = list_followers(session, page_id, wanted, after=after, limit=BATCH)
            posts = map_posts(session, page_id, post_ids_of(part.rows))
            friends = map_friends(session, page_id, part.rows)
            spent = map_spent(session, page_id, [row.account_id for row in part.rows]) if with_orders else {}
        lines = []
        for row in part.rows:
            cells = [
                row.name,
                f"{public_url}/people/{row.handle}",
                row.followed_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                row.source.value,
                _detail(row, posts, friends),
                *(_money_cells(spent.get(row.account_id, [])) if with_orders else ()),
            ]
            lines.append([safe_cell(cell) for cell in cells])
        if lines:
            yield _lines(lines).encode()
        after = part.after
        if after is None:
            return


def post_ids_of(rows: Sequence[FollowerRow]) -> set[int]:
    """Return the ids of the posts that followers came from."""
    return {
        int(row.ref)
        for row in rows
        if row.source is LikeSource.POST and row.ref is not None and row.ref.isdecimal()
    }


def _detail(row: FollowerRow, posts: dict[int, str], friends: dict[str, str]) -> str:
    if row.source is LikeSource.POST and row.ref and row.ref.isdecimal():
        return plain(posts.get(int(row.ref), ""), EXCERPT)
    return friends.get(row.ref or "", "") if row.source is LikeSource.FRIEND else row.ref or ""


def _money_cells(spent: Sequence[Spent]) -> list[str]:
    return [
        str(sum(one.orders for one in spent)),
        "; ".join(str(to_decimal(one.amount, one.currency)) for one in spent),
        "; ".join(one.currency for one in spent),
    ]


def _lines(rows: Sequence[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)  # RFC 4180: commas, CRLF, quotes where they are needed
    return buffer.getvalue()
