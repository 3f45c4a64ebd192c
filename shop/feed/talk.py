"""A post's talk as one reader sees it: its comments and replies as plain values, in a bounded number of statements."""

import enum
import re
from collections.abc import Collection
from dataclasses import dataclass

from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from shop.feed.models import CommentStatus
from shop.feed.talk_queries import (
    CommentRow,
    Reader,
    find_place,
    get_comment,
    list_comments,
    list_liked_ids,
    list_replies,
)

PART = 20
MAX_OPENED = 20
_ADDRESS = re.compile(r"(?<![\w@/.])(?:https?://|www\.)[^\s<>\"«»]+", re.IGNORECASE)
_AFTER = ".,;:!?'\"…)"


class Order(enum.StrEnum):
    """How a talk is sorted; its replies are always the oldest first."""

    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment as a reader sees it, with the replies that are shown under it."""

    row: CommentRow
    is_mine: bool = False
    is_liked: bool = False
    replies: tuple["CommentView", ...] = ()
    more_replies: int = 0
    """How many replies are folded away."""

    @property
    def html(self) -> Markup:
        """Its text as HTML: lines stay, addresses are links."""
        return with_links(self.row.body)

    @property
    def is_held(self) -> bool:
        """Whether it waits for a moderator."""
        return self.row.status is CommentStatus.HELD

    @property
    def is_hidden(self) -> bool:
        """Whether the page has hidden it."""
        return self.row.status is CommentStatus.HIDDEN

    @property
    def mark(self) -> str:
        """What changes whenever what is shown of it changes, so that a script knows what to put anew."""
        return f"{self.row.edited_at or ''}/{self.row.status}/{self.row.like_count}/{self.is_liked}/{self.row.is_seen}"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a talk is asked for: its order, where it starts, what is opened, what it was linked for."""

    order: Order = Order.NEWEST
    after_id: int | None = None
    opened: tuple[int, ...] = ()
    comment_id: int | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """A part of a post's talk."""

    asked: Asked
    comments: tuple[CommentView, ...]
    next_id: int | None
    """The comment behind which the next part starts; None at the end."""


def load_talk(session: Session, *, post_id: int, reader: Reader, asked: Asked) -> Talk:
    """Return a part of the talk in three statements (two more where one comment is asked for)."""
    newest_first = asked.order is Order.NEWEST
    after_id, opened = asked.after_id, asked.opened[:MAX_OPENED]
    if asked.comment_id is not None:
        top_id = find_place(session, post_id=post_id, comment_id=asked.comment_id)
        if top_id is not None:
            after_id, opened = top_id + (1 if newest_first else -1), (*opened, top_id)
    rows = list_comments(
        session, post_id=post_id, reader=reader, newest_first=newest_first, limit=PART, after_id=after_id
    )
    shown = rows[:PART]
    comments = _views(session, shown, reader, opened)
    return Talk(asked, comments, shown[-1].id if len(rows) > PART else None)


def load_comment(session: Session, *, comment_id: int, reader: Reader) -> CommentView:
    """Return one comment with its first replies; NotFound when ``reader`` does not see it."""
    return _views(session, [get_comment(session, comment_id=comment_id, reader=reader)], reader, ())[0]


def _views(
    session: Session, rows: list[CommentRow], reader: Reader, opened: Collection[int]
) -> tuple[CommentView, ...]:
    replies, totals = list_replies(
        session, parent_ids=[row.id for row in rows if row.parent_id is None], opened=opened, reader=reader
    )
    ids = [*(row.id for row in rows), *(reply.id for found in replies.values() for reply in found)]
    liked = (
        list_liked_ids(session, account_id=reader.account_id, comment_ids=ids)
        if reader.account_id is not None
        else set()
    )

    def view(row: CommentRow) -> CommentView:
        below = replies.get(row.id, [])
        is_mine = reader.account_id is not None and (
            row.account_id == reader.account_id or (row.is_page and reader.writes_for_page)
        )
        return CommentView(
            row,
            is_mine,
            row.id in liked,
            tuple(view(reply) for reply in below),
            totals.get(row.id, 0) - len(below),
        )

    return tuple(view(row) for row in rows)


def with_links(text: str) -> Markup:
    """Return plain text as HTML in which addresses are links (``nofollow ugc``) and lines stay."""
    pieces: list[Markup] = []
    place = 0
    for found in _ADDRESS.finditer(text):
        address = _trimmed(found[0])
        target = address if "://" in address else f"https://{address}"
        if "." not in target.partition("://")[2]:
            continue
        pieces.append(escape(text[place : found.start()]))
        pieces.append(Markup('<a href="{}" rel="nofollow ugc noopener">{}</a>').format(target, address))
        place = found.start() + len(address)
    pieces.append(escape(text[place:]))
    return Markup("").join(pieces).replace("\n", Markup("<br>"))


def _trimmed(address: str) -> str:
    """Return an address without what ends the sentence around it; a bracket stays when it was opened inside."""
    while address and address[-1] in _AFTER:
        if address[-1] == ")" and address.count("(") >= address.count(")"):
            break
        address = address[:-1]
    return address
