"""Writes the posts of a file of metrics into a page, a batch in a transaction; the same file again adds nothing.

A run that was broken off is finished by running it again: what is there already is found by its reference.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from babel.dates import get_timezone
from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.feed.counting import ON_DAYS
from shop.feed.importing import ImportedPost, PostReport, RowFault, read_posts
from shop.feed.learning import refresh_kind_weights
from shop.feed.models import Post, PostCounts, PostDay, PostStatus, words_to_search
from shop.feed.posting_queries import list_import_refs, newest_published_at
from shop.page.days import local_day, zone_name
from shop.page.models import Page, PageVersion
from shop.page.service import raise_version

BATCH = 500

OnProgress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did, or in a dry run would do."""

    report: PostReport
    added: int
    known: int
    """Posts of the file that the page had already."""


def import_posts(
    database: Database, path: Path, *, page: Page, now: dt.datetime, is_dry_run: bool = False,
    on_progress: OnProgress = lambda _done: None,
) -> Outcome:  # fmt: skip
    """Write the posts of the file at ``path`` as published ones of ``page``; times are those of its country.

    Raises NotMetrics, or FileFault for a file that is no table; then nothing was written.
    """
    report, added, done = PostReport(), 0, 0
    posts = _published(
        read_posts(path, zone=get_timezone(zone_name(page.country)), report=report), report, now
    )
    while batch := list(islice(posts, BATCH)):
        if is_dry_run:
            with database.reading() as session:
                added += len(batch) - len(list_import_refs(session, page.id, [post.ref for post in batch]))
        else:
            with database.transaction() as session:
                added += write_posts(session, page_id=page.id, country=page.country, posts=batch, now=now)
        done += len(batch)
        on_progress(done)
    if added and not is_dry_run:
        # At once, and not by the job that asks once a day: it might have run between two batches.
        with database.transaction() as session:
            refresh_kind_weights(session, page_id=page.id, now=now)
    return Outcome(report, added, done - added)


def _published(posts: Iterator[ImportedPost], report: PostReport, now: dt.datetime) -> Iterator[ImportedPost]:
    """Yield the posts that were published; what a file says of the future is told as a fault."""
    for post in posts:
        if post.published_at <= now:
            yield post
            continue
        report.posts -= 1
        report.kinds[post.kind.value] -= 1
        report.totals.subtract(post.counts)
        report.rejected.append(
            RowFault(post.row, "", f"{post.published_at:%Y-%m-%d %H:%M}", "This is in the future.")
        )


def write_posts(
    session: Session, *, page_id: int, country: str, posts: Iterable[ImportedPost], now: dt.datetime
) -> int:
    """Add those of the posts that the page does not have yet, with their counts; return how many."""
    wanted = {post.ref: post for post in posts}
    on_conflict_insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    added = session.execute(
        on_conflict_insert(Post)
        .on_conflict_do_nothing(index_elements=["page_id", "import_ref"])
        .returning(Post.id, Post.import_ref),
        [_row(page_id, post, now) for post in wanted.values()],
    ).all()
    if not added:
        return 0
    counted = {row.id: wanted[row.import_ref] for row in added}
    session.execute(
        insert(PostCounts), [{"post_id": one, **counts_of(post)} for one, post in counted.items()]
    )
    session.execute(insert(PostDay), [_day(page_id, country, one, post) for one, post in counted.items()])
    # As where a post is published by hand: the version's row first, then the newest is looked up.
    raise_version(session, page_id)
    session.execute(
        update(PageVersion)
        .where(PageVersion.page_id == page_id)
        .values(last_post_at=newest_published_at(page_id))
    )
    return len(added)


def counts_of(post: ImportedPost) -> dict[str, int]:
    """Return a post's counts; where a file tells how many it reached but not how many engaged, interactions stand for these."""
    counts = dict(post.counts)
    if counts["reach"] and not counts["engaged"]:
        counts["engaged"] = post.interactions
    return counts


def _day(page_id: int, country: str, post_id: int, post: ImportedPost) -> dict[str, Any]:
    """Return the row of the day of publication, on which all counts that a file gives of a post."""
    counts = counts_of(post)
    return {
        "post_id": post_id,
        "page_id": page_id,
        "day": local_day(country, post.published_at),
        **{name: counts[name] for name in sorted(ON_DAYS)},
    }


def _row(page_id: int, post: ImportedPost, now: dt.datetime) -> dict[str, Any]:
    return {
        "page_id": page_id,
        "kind": post.kind,
        "status": PostStatus.PUBLISHED,
        "body": post.body,
        "link_url": post.link_url,
        "link_title": post.link_title,
        "link_description": "",
        "search_text": words_to_search(post.body, post.link_title),
        "version": 1,
        "created_at": now,
        "published_at": post.published_at,
        "is_promoted": post.is_promoted,
        "import_ref": post.ref,
    }
