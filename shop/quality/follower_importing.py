"""Writes followers from a file into a page, a batch in a transaction; the same file again adds nobody.

Each becomes an account that nobody can sign in to, under an address that no mail reaches: a file must not make
somebody's real account like a page. What named them in the file is kept only as a keyed digest.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.accounts.models import Account, AccountWord
from shop.accounts.profile_models import AskedBy, Audience, Profile
from shop.accounts.profiles import MAX_HANDLE, handle_of
from shop.core.db import Database
from shop.core.text_search import words_of
from shop.page.days import NO_CURRENCY, add_to_day, local_day
from shop.page.models import Follower, LikeEvent, LikeSource, Page
from shop.page.service import raise_version
from shop.people.import_queries import map_accounts
from shop.people.importing import UNUSABLE
from shop.quality.follower_file import FollowerFile, ImportedFollower, RowProblem
from shop.quality.follower_queries import list_following

BATCH = 500
MOST_PROBLEMS = 100
"""So many of the rows that were left out are kept with their reasons; all are counted."""


@dataclass
class Outcome:
    """What an import did, or in a dry run would do."""

    done: int = 0
    added: int = 0
    known: int = 0
    rejected: int = 0
    problems: list[RowProblem] = field(default_factory=list)

    def take(self, problem: RowProblem) -> None:
        """Count a row that was left out, and keep it while there are few."""
        self.rejected += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


def batches(
    rows: Iterator[ImportedFollower | RowProblem], size: int = BATCH
) -> Iterator[list[ImportedFollower | RowProblem]]:
    """Yield the rows of a file in lists of at most ``size``."""
    while some := list(islice(rows, size)):
        yield some


def import_followers(
    database: Database, file: FollowerFile, *, page: Page, now: dt.datetime, is_dry_run: bool = False,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> Outcome:  # fmt: skip
    """Write the followers of ``file`` into ``page``; run again after a stop it goes on, since who is there is known."""
    outcome, planned = Outcome(), set[str]()
    for some in batches(file.rows(now=now)):
        people = sort_out(some, outcome)
        if is_dry_run:
            with database.reading() as session:
                keys = {one.key for one in people} - planned
                there = list_following(session, page.id, [address_of(page.id, key) for key in keys])
            planned |= keys
            outcome.added += len(keys) - len(there)
            outcome.known += len(people) - len(keys) + len(there)
        else:
            with database.transaction() as session:
                added = write_followers(
                    session, page_id=page.id, country=page.country, people=people, now=now
                )
            outcome.added += added
            outcome.known += len(people) - added
        outcome.done += len(some)
        on_progress(outcome.done)
    return outcome


def sort_out(rows: Iterable[ImportedFollower | RowProblem], outcome: Outcome) -> list[ImportedFollower]:
    """Return the people among some rows and count the others."""
    people = []
    for row in rows:
        if isinstance(row, RowProblem):
            outcome.take(row)
        else:
            people.append(row)
    return people


def address_of(page_id: int, key: str) -> str:
    """Return the address that stands for somebody from a page's file; it reaches nobody."""
    return f"follower-{page_id}-{key}@example.invalid"


def write_followers(
    session: Session, *, page_id: int, country: str, people: Sequence[ImportedFollower], now: dt.datetime
) -> int:
    """Let those people follow the page who do not yet; return how many these are."""
    wanted = {address_of(page_id, one.key): one for one in reversed(people)}
    if not wanted:
        return 0
    ids = map_accounts(session, wanted)
    ids |= _make_accounts(session, {email: one for email, one in wanted.items() if email not in ids}, now)
    since = {ids[email]: one.since for email, one in wanted.items()}
    add = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    rows = [
        {"page_id": page_id, "account_id": one, "source": LikeSource.IMPORT, "followed_at": at}
        for one, at in sorted(since.items())
    ]
    added = session.scalars(
        add(Follower)
        .on_conflict_do_nothing(index_elements=["page_id", "account_id"])
        .returning(Follower.account_id),
        rows,
    ).all()
    if not added:
        return 0
    _count(session, page_id, country, {one: since[one] for one in added})
    return len(added)


def _count(session: Session, page_id: int, country: str, since: dict[int, dt.datetime]) -> None:
    """Let the page's figures know who follows since when."""
    session.execute(
        update(Page).where(Page.id == page_id).values(follower_count=Page.follower_count + len(since))
    )
    session.execute(
        insert(LikeEvent),
        [
            {"page_id": page_id, "account_id": one, "is_gain": True, "source": LikeSource.IMPORT, "at": at}
            for one, at in since.items()
        ],
    )
    raise_version(session, page_id)
    days = Counter(local_day(country, at) for at in since.values())
    for day, number in sorted(days.items()):
        add_to_day(session, page_id, day, NO_CURRENCY, {"new_followers": number})


def _make_accounts(session: Session, people: dict[str, ImportedFollower], now: dt.datetime) -> dict[str, int]:
    if not people:
        return {}
    rows = [
        {"email": email, "name": one.name, "password_hash": UNUSABLE, "language": "en", "created_at": now}
        for email, one in people.items()
    ]
    add = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    made = session.execute(
        add(Account).on_conflict_do_nothing(index_elements=["email"]).returning(Account.email, Account.id),
        # In one order, so that two imports of the same people wait for each other and never both.
        sorted(rows, key=lambda row: str(row["email"])),
    )
    ids = {row.email: row.id for row in made}
    there = map_accounts(session, people.keys() - ids.keys()) if len(ids) < len(people) else {}
    people = {email: one for email, one in people.items() if email in ids}
    _make_profiles(session, people, ids, now)
    return ids | there


def _make_profiles(
    session: Session, people: dict[str, ImportedFollower], ids: dict[str, int], now: dt.datetime
) -> None:
    """Give new accounts profiles that nobody finds or sees."""
    if not people:
        return
    hidden = {
        "visibility": Audience.NOBODY, "likes_visibility": Audience.NOBODY, "friends_visibility": Audience.NOBODY,
        "asked_by": AskedBy.NOBODY, "is_findable": False, "created_at": now,
    }  # fmt: skip
    profiles, words = [], []
    for email, one in people.items():
        account_id = ids[email]
        stem = handle_of(one.name)[: MAX_HANDLE - len(str(account_id)) - 1].strip("-")
        profiles.append({"account_id": account_id, "handle": f"{stem}-{account_id}", **hidden})
        words += [{"word": word, "account_id": account_id} for word in dict.fromkeys(words_of(one.name))]
    session.execute(insert(Profile), profiles)
    if words:
        session.execute(insert(AccountWord), words)
