"""Friendships from a file of pairs: ``shop friends import``. Safe to repeat, and to go on with after a stop.

A line names two people by their numbers ("17 42"); empty lines and those beginning with ``#`` are passed over.
Who is not there yet becomes an account ``Person <number>`` that nobody can sign in to, under an address that no
mail reaches. A batch of lines is one transaction: what was written before a stop is found again.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import Insert as PgInsert
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.accounts.models import Account, AccountWord
from shop.accounts.profile_models import Profile
from shop.core.db import Base, Database
from shop.core.fading import half_lives
from shop.core.text_search import words_of
from shop.people.import_queries import map_accounts
from shop.people.models import Friend, PersonFollow

BATCH = 2000
ROWS_AT_ONCE = 500
"""How many people are looked up and made in one statement."""
MAX_FAULTS = 20
UNUSABLE = "!"
"""A password's hash that no password has."""
_PAIR = re.compile(r"([0-9]{1,12})[\s,;]+([0-9]{1,12})", re.ASCII)


@dataclass
class FriendsReport:
    """What an import did; ``ties`` counts lines that name a friendship, ``faults`` are the first others by number."""

    people: int = 0
    new_people: int = 0
    ties: int = 0
    new_ties: int = 0
    fault_count: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)

    def note_fault(self, line: int, text: str) -> None:
        """Count a line that names no two different people."""
        self.fault_count += 1
        if len(self.faults) < MAX_FAULTS:
            self.faults.append((line, text[:60]))


def import_friends(
    database: Database,
    path: Path,
    *,
    now: dt.datetime,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> FriendsReport:
    """Write the friendships of a file, both sides and both follows of each; ``on_progress`` gets the bytes read.

    OSError or UnicodeDecodeError when the file cannot be read; what was written until then stays.
    """
    report = FriendsReport()
    known: dict[int, int] = {}
    with path.open("rb") as file:
        pairs = _read_pairs(file, report)
        while batch := list(dict.fromkeys(islice(pairs, BATCH))):
            with database.transaction() as session:
                _write_people(session, {one for pair in batch for one in pair}, known, report, now)
                _write_ties(session, [(known[a], known[b]) for a, b in batch], report, now)
            on_progress(file.tell())
    report.people = len(known)
    return report


def _read_pairs(lines: Iterable[bytes], report: FriendsReport) -> Iterator[tuple[int, int]]:
    for number, raw in enumerate(lines, start=1):
        line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        if not line or line.startswith("#"):
            continue
        found = _PAIR.fullmatch(line)
        if found is None or int(found[1]) == int(found[2]):
            report.note_fault(number, line)
            continue
        report.ties += 1
        yield min(int(found[1]), int(found[2])), max(int(found[1]), int(found[2]))


def _address(number: int) -> str:
    return f"person-{number}@example.invalid"


def _write_people(
    session: Session, numbers: set[int], known: dict[int, int], report: FriendsReport, now: dt.datetime
) -> None:
    """Add to ``known`` the accounts of people, made where they are missing."""
    wanted = sorted(numbers - known.keys())
    for start in range(0, len(wanted), ROWS_AT_ONCE):
        some = wanted[start : start + ROWS_AT_ONCE]
        ids = map_accounts(session, [_address(number) for number in some])
        missing = [number for number in some if _address(number) not in ids]
        if missing:
            ids |= _make_accounts(session, missing, now)
            report.new_people += len(missing)
        known.update({number: ids[_address(number)] for number in some})


def _make_accounts(session: Session, numbers: list[int], now: dt.datetime) -> dict[str, int]:
    rows = [
        {
            "email": _address(number), "name": f"Person {number}", "password_hash": UNUSABLE, "language": "en",
            "created_at": now,
        }
        for number in numbers
    ]  # fmt: skip
    made = session.execute(insert(Account).returning(Account.email, Account.id), rows)
    ids = {row.email: row.id for row in made}
    profiles, words = [], []
    for number in numbers:
        account_id = ids[_address(number)]
        profiles.append(
            {"account_id": account_id, "handle": f"person-{number}-{account_id}", "created_at": now}
        )
        found = dict.fromkeys([*words_of(f"Person {number}"), *words_of(_address(number))])
        words += [{"word": word, "account_id": account_id} for word in found]
    session.execute(insert(Profile), profiles)
    session.execute(insert(AccountWord), words)
    return ids


def _write_ties(
    session: Session, pairs: list[tuple[int, int]], report: FriendsReport, now: dt.datetime
) -> None:
    sides = [*pairs, *((b, a) for a, b in pairs)]
    friends = [{"account_id": a, "friend_id": b, "since": now} for a, b in sides]
    made = session.connection().execute(
        _insert_if_new(session, Friend, ["account_id", "friend_id"]).returning(Friend.account_id), friends
    )
    report.new_ties += len(made.all()) // 2
    level = half_lives(now)  # what one act of weight 1 at this instant gives
    follows = [{"follower_id": a, "person_id": b, "since": now, "level": level} for a, b in sides]
    session.connection().execute(_insert_if_new(session, PersonFollow, ["follower_id", "person_id"]), follows)


def _insert_if_new(session: Session, model: type[Base], key: list[str]) -> PgInsert | SqliteInsert:
    """Return an INSERT for many rows at once that leaves those with the same key as they are."""
    insert_into = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    return insert_into(model).on_conflict_do_nothing(index_elements=key)
