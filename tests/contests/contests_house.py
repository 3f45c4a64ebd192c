"""A page that runs contests: Camille owns it, Noor is an editor; ``lamp`` is the prize, ``Léa`` and others enter."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.contests import service
from shop.contests.drafts import ContestDraft, EntryDraft
from shop.contests.models import Contest, ContestEntry, ContestKind, ContestWinner
from shop.core.db import Database
from shop.core.mail import Mail
from shop.core.signing import Signer
from shop.page.models import AuditEntry, Page, Role
from tests.factories import PICTURE, START, make_account, make_page, make_product, make_staff
from tests.support.visitors import sign_in

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
END = START + 7 * DAY
SIGNER = Signer("test-secret-key-that-is-long-enough-for-it")

DRAFT = ContestDraft(
    title="Win a lamp",
    starts_at=START,
    ends_at=END,
    body="Tell us your name, and you take part.",
    prize="A lamp of our workshop",
    organiser="Atelier SARL, 1 rue du Four, 75006 Paris",
    prize_value_amount=12_900,
)
QUIZ: Mapping[str, Any] = {
    "kind": ContestKind.QUIZ,
    "question": "What is the lamp made of?",
    "answers": ("Brass", "Oak", "Glass"),
    "right_answer": 1,
}


class ContestsHouse:
    """Makes contests and entries on one page."""

    def __init__(self, database: Database, app: Flask | None = None) -> None:
        self.database, self.app = database, app
        with database.transaction() as session:
            self.camille = make_account(session, name="Camille")
            self.noor = make_account(session, name="Noor")
            self.page: Page = make_page(session, owner=self.camille)
            make_staff(session, self.page, self.noor, Role.EDITOR)
            self.lamp = make_product(session, self.page, title="Lamp", variants=[(12_900, 5)]).id
        self.root = f"/en/manage/{self.page.slug}/contests"

    def add(self, *, is_published: bool = True, at: dt.datetime = START, **changes: Any) -> int:
        """Add a contest and return its id; ``changes`` are fields of its draft."""
        draft = replace(DRAFT, **{"prize_product_id": self.lamp, **changes})
        with self.database.transaction() as session:
            contest = service.create_contest(
                session, page_id=self.page.id, account_id=self.camille.id, draft=draft, now=at
            )
            if is_published:
                service.publish_contest(
                    session, page_id=self.page.id, contest_id=contest.id, account_id=self.camille.id, now=at
                )
            return contest.id

    def person(
        self, name: str = "Léa Fontaine", *, email: str | None = None, is_confirmed: bool = True
    ) -> Account:
        """Add somebody with an account, whose address is confirmed unless otherwise said."""
        with self.database.transaction() as session:
            return make_account(session, name=name, email=email, is_confirmed=is_confirmed)

    def draft(self, account: Account | None = None, **changes: Any) -> EntryDraft:
        """Return an entry of an account, or of the guest whose ``email`` is among the changes."""
        email = str(changes.get("email") or (account.email if account else "guest@example.com"))
        values = {
            "person_key": service.person_key_of(SIGNER, email), "name": account.name if account else "A guest",
            "email": email, "language": "en", "country": "FR", "account_id": account.id if account else None,
            "is_old_enough": True, "accepts_rules": True,
        }  # fmt: skip
        return EntryDraft(**{**values, **changes})

    def enter(
        self,
        contest_id: int,
        account: Account | None = None,
        *,
        at: dt.datetime = START + HOUR,
        **changes: Any,
    ) -> ContestEntry:
        """Enter somebody and return their entry."""
        with self.database.transaction() as session:
            return service.enter(
                session,
                contest=session.get_one(Contest, contest_id),
                draft=self.draft(account, **changes),
                now=at,
            )

    def enter_many(self, contest_id: int, number: int, **changes: Any) -> list[ContestEntry]:
        """Enter so many people with accounts."""
        return [
            self.enter(contest_id, self.person(f"Person {place}"), **changes)
            for place in range(1, number + 1)
        ]

    def contest(self, contest_id: int) -> Contest:
        """Return a contest as it is now."""
        with self.database.reading() as session:
            return session.get_one(Contest, contest_id)

    def entry(self, entry_id: int) -> ContestEntry:
        """Return an entry as it is now."""
        with self.database.reading() as session:
            return session.get_one(ContestEntry, entry_id)

    def winners(self, contest_id: int) -> list[ContestWinner]:
        """Return who was drawn, in the draw's order."""
        with self.database.reading() as session:
            statement = select(ContestWinner).where(ContestWinner.contest_id == contest_id)
            return list(session.scalars(statement.order_by(ContestWinner.rank)))

    def mails(self, kind: str) -> list[Mail]:
        """Return the mails of a kind that were queued."""
        with self.database.reading() as session:
            return list(session.scalars(select(Mail).where(Mail.kind == kind).order_by(Mail.id)))

    def acts(self) -> list[str]:
        """Return what the audit log tells."""
        with self.database.reading() as session:
            return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))

    def client(self, account: Account | None = None) -> FlaskClient:
        """Return a browser in which somebody is signed in: Camille unless another is named."""
        assert self.app is not None
        client = self.app.test_client()
        sign_in(client, account or self.camille)
        return client


def photo_named(name: str) -> dict[str, Any]:
    """Return a picture whose files are nowhere."""
    return {**PICTURE, "key": f"pictures/{name}"}


def all_entries(session: Session, contest_id: int) -> list[ContestEntry]:
    """Return a contest's entries by number."""
    statement = select(ContestEntry).where(ContestEntry.contest_id == contest_id)
    return list(session.scalars(statement.order_by(ContestEntry.number)))
