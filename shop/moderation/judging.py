"""Judging a comment before it is written: is its author banned, does it wait for a moderator, and why."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.moderation.models import Reason
from shop.moderation.queries import find_standing, list_words
from shop.moderation.spam import RecentText, Sign, find_signs, is_likely_spam
from shop.moderation.words import word_filter

MAX_NAMED_WORDS = 5


@dataclass(frozen=True)
class Judgement:
    """What is to become of a comment."""

    is_banned: bool
    """Whether its author may not write on the page at all."""
    is_held: bool
    """Whether it waits for a moderator (``CommentStatus.HELD``, with an open case)."""
    signs: tuple[Sign, ...]
    reason: Reason | None
    """Why it is held; None when it is not."""


def judge(
    session: Session, *, page_id: int, account_id: int, text: str, now: dt.datetime,
    history: Sequence[RecentText] = (),
) -> Judgement:  # fmt: skip
    """Judge a text that an account is about to write on a page, in two statements.

    ``history`` is what was written in the last ``spam.HISTORY_SPAN``: the author's own texts and the newest of
    anybody, on any page.
    """
    standing = find_standing(session, page_id, account_id)
    if standing.is_banned:
        return Judgement(is_banned=True, is_held=False, signs=(), reason=None)
    words = word_filter(tuple(list_words(session, page_id))).find(text)
    signs = find_signs(
        text, account_id=account_id, account_created_at=standing.created_at, history=history, now=now
    )
    if words:
        signs.insert(0, Sign("blocked_word", 0, ", ".join(words[:MAX_NAMED_WORDS])))
        return Judgement(is_banned=False, is_held=True, signs=tuple(signs), reason=Reason.BLOCKED_WORD)
    is_held = is_likely_spam(signs)
    return Judgement(
        is_banned=False, is_held=is_held, signs=tuple(signs), reason=Reason.SPAM if is_held else None
    )
