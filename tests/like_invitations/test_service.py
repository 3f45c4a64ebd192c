"""Settings, and what those who were met do later: their likes and orders are counted alike in both groups."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from shop.core.db import Database
from shop.core.outbox import Job
from shop.core.signing import Signer
from shop.like_invitations.arms import visitor_key_of
from shop.like_invitations.jobs import handlers
from shop.like_invitations.models import (
    Arm,
    InvitationPlace,
    InvitationStyle,
    InvitedVisitor,
    LikeInvitation,
)
from shop.like_invitations.queries import ArmFigures, count_arms, find_invitation
from shop.like_invitations.service import (
    FORGET_VISITORS,
    KEPT,
    Arrival,
    InvitationDraft,
    StaleInvitation,
    adopt_guest,
    meet,
    note_order,
    save_invitation,
    skip,
)
from shop.page.models import AuditEntry, LikeSource, Page
from shop.page.service import follow, unfollow
from shop.web.context import Runtime
from tests.factories import START, make_account
from tests.like_invitations.conftest import House
from tests.support.statements import count_statements

Invite = Callable[..., LikeInvitation]
SIGNER = Signer("test-secret-key-that-is-long-enough-for-it")
LATER = START + dt.timedelta(hours=1)
DRAFT = InvitationDraft(
    is_on=True, style=InvitationStyle.BANNER, text="Hello", other_text="Bonjour", held_out_bp=1000
)


def arrive(
    database: Database, invitation: LikeInvitation, key: str, *, account_id: int | None = None,
    at: dt.datetime = START,
) -> bool:  # fmt: skip
    """Let somebody come where the invitation stands; return whether it is shown."""
    with database.transaction() as session:
        return meet(
            session,
            invitation=invitation,
            arrival=Arrival(key, account_id, InvitationPlace.SHOP),
            signer=SIGNER,
            now=at,
        )


def figures(database: Database, page: Page, since: dt.datetime = START) -> dict[Arm, ArmFigures]:
    """Return what became of both groups."""
    with database.reading() as session:
        return count_arms(session, page_id=page.id, since=since)


def save(database: Database, house: House, draft: InvitationDraft, version: int) -> bool:
    """Write the settings as the page's owner."""
    with database.transaction() as session:
        return save_invitation(
            session, page=house.page, draft=draft, other_language="fr", version=version,
            actor_id=house.owner.id, now=LATER,
        )  # fmt: skip


class TestSaveInvitation:
    def test_keeps_the_texts_of_both_languages_and_says_who_did_it(
        self, database: Database, house: House
    ) -> None:
        assert not save(database, house, DRAFT, 0)
        with database.reading() as session:
            kept = find_invitation(session, house.page.id)
            entry = session.scalars(select(AuditEntry)).one()
        assert kept is not None
        assert (kept.text, kept.translations, kept.version) == ("Hello", {"fr": {"text": "Bonjour"}}, 1)
        assert (entry.act, entry.account_id) == ("like_invitation.edited", house.owner.id)

    def test_begins_the_figures_anew_only_when_the_share_changes(
        self, database: Database, house: House
    ) -> None:
        save(database, house, DRAFT, 0)
        assert not save(database, house, replace(DRAFT, text="Good day"), 1)
        assert save(database, house, replace(DRAFT, held_out_bp=2000), 2)

    def test_refuses_a_form_that_was_opened_before_the_last_change(
        self, database: Database, house: House
    ) -> None:
        save(database, house, DRAFT, 0)
        with pytest.raises(StaleInvitation) as refused:
            save(database, house, replace(DRAFT, text="Mine"), 0)
        assert refused.value.version == 1


class TestMeet:
    def test_treats_an_account_as_the_guest_that_it_was(
        self, database: Database, house: House, invite: Invite
    ) -> None:
        """Half of the accounts would draw another group; none may change theirs by signing in."""
        invitation = invite(held_out_bp=5000)
        for number in range(20):
            with database.transaction() as session:
                account_id = make_account(session).id
            key = visitor_key_of(None, f"guest {number}")
            was_shown = arrive(database, invitation, key)
            with database.transaction() as session:
                adopt_guest(session, visitor_key=key, account_id=account_id)
            own = visitor_key_of(account_id, "")
            next_day = START + dt.timedelta(days=2)
            assert arrive(database, invitation, own, account_id=account_id, at=next_day) == was_shown
        assert sum(one.visitors for one in figures(database, house.page).values()) == 20

    def test_frees_whom_an_earlier_share_held_out_and_counts_them_no_more(
        self, database: Database, house: House, invite: Invite
    ) -> None:
        before = invite(held_out_bp=5000)
        keys = [visitor_key_of(None, f"guest {number}") for number in range(20)]
        held_out = [key for key in keys if not arrive(database, before, key)]
        assert held_out
        with database.transaction() as session:
            present = session.merge(before)
            present.held_out_bp, present.started_at = 0, LATER
        assert all(arrive(database, present, key, at=LATER) for key in held_out)
        assert sum(one.visitors for one in figures(database, house.page, LATER).values()) == 0

    def test_leaves_alone_who_skipped_it_as_a_guest_in_another_browser(
        self, database: Database, house: House, invite: Invite
    ) -> None:
        invitation, account_id = invite(), house.stranger.id
        own, guest = visitor_key_of(account_id, ""), visitor_key_of(None, "another browser")
        assert arrive(database, invitation, own, account_id=account_id)
        assert arrive(database, invitation, guest, at=LATER)
        with database.transaction() as session:
            skip(session, page_id=house.page.id, visitor_key=guest, account_id=None, now=LATER)
            adopt_guest(session, visitor_key=guest, account_id=account_id)
        much_later = LATER + dt.timedelta(days=9)
        assert not arrive(database, invitation, own, account_id=account_id, at=much_later)


class TestForgetOldVisitors:
    def test_is_asked_of_the_worker_by_who_comes_first_in_a_month(
        self, runtime: Runtime, database: Database, invite: Invite
    ) -> None:
        arrive(database, invite(), "guest:long ago", at=START - KEPT - dt.timedelta(days=1))
        arrive(database, invite(), "guest:a")
        arrive(database, invite(), "guest:b")
        with database.reading() as session:
            months = session.scalars(select(Job.subject).where(Job.kind == FORGET_VISITORS)).all()
        assert max(months) == f"{START:%Y-%m}"
        assert len(months) == 2
        handlers(runtime)[FORGET_VISITORS](None)  # type: ignore[arg-type]
        with database.reading() as session:
            kept = session.scalars(select(InvitedVisitor.visitor_key)).all()
        assert sorted(kept) == ["guest:a", "guest:b"]


class TestCountArms:
    def test_counts_a_like_however_it_came_and_only_once(
        self, database: Database, house: House, invite: Invite
    ) -> None:
        arrive(database, invite(), f"account:{house.stranger.id}", account_id=house.stranger.id)
        with database.transaction() as session:
            page_id, account_id = house.page.id, house.stranger.id
            follow(
                session, page_id=page_id, account_id=account_id, now=LATER, source=LikeSource.POST,
                source_ref="3",
            )  # fmt: skip
            unfollow(session, page_id=page_id, account_id=account_id, now=LATER)
            follow(session, page_id=page_id, account_id=account_id, now=LATER)
        assert figures(database, house.page)[Arm.INVITED].likes == 1

    def test_leaves_out_a_like_of_before_and_one_of_another_page(
        self, database: Database, house: House, invite: Invite
    ) -> None:
        with database.transaction() as session:
            follow(session, page_id=house.page.id, account_id=house.stranger.id, now=START)
            unfollow(session, page_id=house.page.id, account_id=house.stranger.id, now=START)
        arrive(database, invite(), f"account:{house.stranger.id}", account_id=house.stranger.id, at=LATER)
        assert figures(database, house.page)[Arm.INVITED].likes == 0

    def test_is_one_statement_however_many_came(
        self, database: Database, house: House, invite: Invite
    ) -> None:
        invitation = invite()
        for number in range(30):
            arrive(database, invitation, f"guest:{number}")
        with count_statements(database.engine) as sent:
            assert figures(database, house.page)[Arm.INVITED].visitors == 30
        assert len(sent) == 1


class TestNoteOrder:
    def test_counts_orders_and_what_they_brought_in_the_group_of_who_placed_them(
        self, database: Database, house: House, invite: Invite
    ) -> None:
        invitation = invite(held_out_bp=5000)
        keys = [visitor_key_of(None, f"guest {number}") for number in range(20)]
        shown = {key: arrive(database, invitation, key) for key in keys}
        with database.transaction() as session:
            for key in keys:
                for amount in (1000, 500):
                    note_order(
                        session, page_id=house.page.id, visitor_key=key, account_id=None, amount=amount,
                        placed_at=LATER, now=LATER,
                    )  # fmt: skip
        found = figures(database, house.page)
        for arm, is_shown in ((Arm.INVITED, True), (Arm.HELD_OUT, False)):
            people = sum(one is is_shown for one in shown.values())
            assert people > 0
            assert (found[arm].buyers, found[arm].orders) == (people, 2 * people)
            assert found[arm].paid_amount == 1500 * people

    def test_leaves_out_what_was_placed_before_they_came(
        self, database: Database, house: House, invite: Invite
    ) -> None:
        arrive(database, invite(), "guest:a", at=LATER)
        with database.transaction() as session:
            note_order(
                session, page_id=house.page.id, visitor_key="guest:a", account_id=None, amount=1000,
                placed_at=START, now=LATER,
            )  # fmt: skip
        with database.reading() as session:
            assert session.scalars(select(InvitedVisitor.ordered_at)).one() is None

    def test_finds_the_guest_whom_the_account_was(
        self, database: Database, house: House, invite: Invite
    ) -> None:
        arrive(database, invite(), "guest:a")
        with database.transaction() as session:
            adopt_guest(session, visitor_key="guest:a", account_id=house.stranger.id)
            note_order(
                session, page_id=house.page.id, visitor_key=f"account:{house.stranger.id}",
                account_id=house.stranger.id, amount=1000, placed_at=LATER, now=LATER,
            )  # fmt: skip
        assert figures(database, house.page)[Arm.INVITED].orders == 1
