"""Who may not comment or react on a page; and which words a page blocks."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, insert
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.core.errors import DomainError, Invalid
from shop.core.i18n import N_
from shop.moderation.models import Ban, BlockedWord, Reason
from shop.moderation.queries import WORDS_CHANGED, find_ban, find_last_words_change, find_name, list_words
from shop.moderation.words import MAX_LENGTH, MAX_WORDS, MIN_LETTERS, MIN_PREFIX, fold_word
from shop.page.audit import record_act
from shop.page.queries import find_role, lock_page

SHOWN_WRONG_LINES = 5
TITLE = 80


class WorksHere(DomainError):
    """A page cannot ban its own staff."""

    code = "works_here"
    status = 422
    message = N_("%(name)s works on this page and cannot be banned from it.")


def ban(
    session: Session, *, page_id: int, account_id: int, reason: Reason, by_id: int, now: dt.datetime
) -> bool:
    """Let an account neither comment nor react on a page; return whether it could before. WorksHere for staff."""
    name = find_name(session, account_id)
    if find_role(session, page_id, account_id) is not None:
        raise WorksHere(name=name)
    add = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    added = session.scalar(
        add(Ban)
        .values(page_id=page_id, account_id=account_id, reason=reason, by_id=by_id, at=now)
        .on_conflict_do_nothing(index_elements=["page_id", "account_id"])
        .returning(Ban.account_id)
    )
    if added is None:
        return False
    record_act(
        session, page_id=page_id, account_id=by_id, act="person.banned", subject=("person", str(account_id), name),
        now=now, after={"moderation_reason": reason.value},
    )  # fmt: skip
    return True


def lift_ban(
    session: Session, *, page_id: int, account_id: int, by_id: int, now: dt.datetime, given_at: dt.datetime | None = None
) -> Reason | None:  # fmt: skip
    """Let an account write on a page again; return why it could not, None when it could.

    With ``given_at`` only the ban that was given at that instant is lifted.
    """
    found = find_ban(session, page_id, account_id)
    if found is None or (given_at is not None and found.at != given_at):
        return None
    gone = session.scalar(
        delete(Ban)
        .where(Ban.page_id == page_id, Ban.account_id == account_id, Ban.at == found.at)
        .returning(Ban.account_id)
        .execution_options(synchronize_session=False)
    )
    if gone is None:
        return None
    record_act(
        session, page_id=page_id, account_id=by_id, act="person.unbanned",
        subject=("person", str(account_id), find_name(session, account_id)), now=now,
        before={"moderation_reason": found.reason.value},
    )  # fmt: skip
    return found.reason


def parse_words(text: str) -> list[str]:
    """Return the words of a list as typed, one a line, each once as it is kept; Invalid at ``words`` otherwise."""
    lines = [line.strip() for line in text.replace("\x00", "").splitlines()]
    words: dict[str, None] = {}
    wrong: list[str] = []
    for number, line in enumerate(lines, start=1):
        if line:
            word = fold_word(line)
            if _is_fit(line, word):
                words.setdefault(word)
            else:
                wrong.append(str(number))
    if wrong:
        more = "…" if len(wrong) > SHOWN_WRONG_LINES else ""
        raise Invalid(
            {
                "words": [
                    N_(
                        "Line %(lines)s: a word needs at least two letters, a beginning with * three, and neither "
                        "more than 100 characters."
                    )
                ]
            },
            lines=", ".join(wrong[:SHOWN_WRONG_LINES]) + more,
        )
    if len(words) > MAX_WORDS:
        raise Invalid({"words": [N_("These are %(number)s words; 1,000 is the most.")]}, number=len(words))
    return sorted(words)


def _is_fit(line: str, word: str) -> bool:
    letters = len(word.removesuffix("*"))
    return len(line) <= MAX_LENGTH and letters >= (MIN_PREFIX if word.endswith("*") else MIN_LETTERS)


def change_words(
    session: Session, *, page_id: int, words: Sequence[str], by_id: int, now: dt.datetime
) -> int | None:
    """Block exactly ``words`` (as ``parse_words`` gives them) on a page; return what names the change, None for none."""
    lock_page(session, page_id)
    before = set(list_words(session, page_id))
    gone, new = sorted(before - set(words)), sorted(set(words) - before)
    if not gone and not new:
        return None
    if gone:
        session.execute(
            delete(BlockedWord)
            .where(BlockedWord.page_id == page_id, BlockedWord.word.in_(gone))
            .execution_options(synchronize_session=False)
        )
    if new:
        session.execute(insert(BlockedWord), [{"page_id": page_id, "word": word, "at": now} for word in new])
    record_act(
        session, page_id=page_id, account_id=by_id, act=WORDS_CHANGED,
        subject=("words", "", ", ".join([*new, *gone])[:TITLE]), now=now, before={"words": gone}, after={"words": new},
    )  # fmt: skip
    last = find_last_words_change(session, page_id)
    return last.id if last else None


def take_words_back(session: Session, *, page_id: int, change: int, by_id: int, now: dt.datetime) -> bool:
    """Undo the change that ``change_words`` named; return False, and do nothing, when another came after it."""
    lock_page(session, page_id)
    last = find_last_words_change(session, page_id)
    if last is None or last.id != change:
        return False
    words = set(list_words(session, page_id)) - set(last.after.get("words", [])) | set(
        last.before.get("words", [])
    )
    change_words(session, page_id=page_id, words=sorted(words), by_id=by_id, now=now)
    return True
