"""Inviting staff by mail: who may, what is sent, and what a link is worth to whom."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from structlog.testing import capture_logs

from shop.accounts.models import Account
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.mail import SEND_MAIL, Mail
from shop.core.outbox import Job, Worker
from shop.page.invitation_queries import list_unsettled
from shop.page.models import AuditEntry, Invitation, Page, Role
from shop.page.queries import find_role
from shop.web.context import Runtime
from shop.worker import job_handlers
from tests.factories import make_account, make_page
from tests.support.visitors import sign_in

BrowserOf = Callable[[Account | None], FlaskClient]
Employ = Callable[[Role], Account]
ADDRESS = "ada@example.com"


@pytest.fixture
def ada(database: Database) -> Account:
    """Somebody with the address that is invited."""
    with database.transaction() as session:
        return make_account(session, email=ADDRESS, name="Ada")


@pytest.fixture
def post_office(app: Flask, runtime: Runtime) -> Callable[[], list[Mail]]:
    """Send what waits; return all mails, oldest first."""

    def send() -> list[Mail]:
        Worker(runtime.database, runtime.clock, job_handlers(app)).run_due()
        with runtime.database.reading() as session:
            return list(session.scalars(select(Mail).order_by(Mail.id)))

    return send


@pytest.fixture
def invite(browser_of: BrowserOf, lumen: Page, owner: Account) -> Callable[..., FlaskClient]:
    """Invite an address as the owner; return the owner's browser."""

    def send(email: str = ADDRESS, role: str = "fulfilment") -> FlaskClient:
        client = browser_of(owner)
        answer = client.post("/en/manage/lumen/invitations", data={"email": email, "role": role})
        assert answer.status_code == 303, answer.text
        return client

    return send


@pytest.fixture
def link(invite: Callable[..., FlaskClient], post_office: Callable[[], list[Mail]]) -> str:
    """The path of the link in an invitation's mail."""
    invite()
    return link_in(post_office()[-1])


def link_in(mail: Mail) -> str:
    """Return the path of the link in a mail's text."""
    found = re.search(r"https?://[^/\s]+(/\w\w/invitations/\S+)", mail.text_body or "")
    assert found is not None
    return found[1]


def only_invitation(database: Database) -> Invitation:
    """Return the only invitation there is."""
    with database.reading() as session:
        return session.scalars(select(Invitation)).one()


def acts(database: Database) -> list[tuple[str, str]]:
    """Return act and subject of the audit log."""
    with database.reading() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(entry.act, entry.subject_ref) for entry in entries]


class TestCreateInvitation:
    def test_writes_a_mail_in_the_pages_language_with_html_and_text(
        self,
        database: Database,
        lumen: Page,
        invite: Callable[..., FlaskClient],
        post_office: Callable[[], list[Mail]],
    ) -> None:
        with database.transaction() as session:
            session.get_one(Page, lumen.id).language = "fr"
        invite("Ada@Example.com")
        (mail,) = post_office()
        assert (mail.recipient, mail.language, mail.sent_at is not None) == (ADDRESS, "fr", True)
        assert link_in(mail).startswith("/fr/invitations/")
        assert link_in(mail) in (mail.html_body or "")
        assert lumen.name in (mail.title or "")
        assert "Odile" in (mail.text_body or "")

    @pytest.mark.parametrize("has_account", [True, False])
    def test_answers_alike_whether_somebody_has_an_account(
        self,
        database: Database,
        invite: Callable[..., FlaskClient],
        post_office: Callable[[], list[Mail]],
        has_account: bool,
    ) -> None:
        if has_account:
            with database.transaction() as session:
                make_account(session, email=ADDRESS, name="Ada")
        page = invite().get("/en/manage/lumen/staff")
        assert f"An invitation is on its way to {ADDRESS}." in page.text
        assert "Ada" not in page.text.replace(ADDRESS, "")
        assert len(post_office()) == 1

    @pytest.mark.parametrize(
        ("data", "told"),
        [
            ({"email": "owner@example.com", "role": "manager"}, "works on the page already"),
            ({"email": "", "role": "manager"}, "Enter an e-mail address"),
            ({"email": "ada@", "role": "manager"}, "Enter an e-mail address"),
            ({"email": ADDRESS, "role": "king"}, "Choose a role."),
            ({}, "Enter an e-mail address"),
        ],
    )
    def test_tells_what_is_wrong_and_keeps_what_was_typed(
        self, browser_of: BrowserOf, lumen: Page, owner: Account, data: dict[str, str], told: str
    ) -> None:
        answer = browser_of(owner).post("/en/manage/lumen/invitations", data=data)
        assert answer.status_code == 422
        assert told in answer.text
        assert data.get("email", "") in answer.text

    def test_of_an_address_that_is_invited_points_to_the_list(
        self, invite: Callable[..., FlaskClient], post_office: Callable[[], list[Mail]]
    ) -> None:
        client = invite()
        answer = client.post("/en/manage/lumen/invitations", data={"email": ADDRESS, "role": "owner"})
        assert answer.status_code == 422
        assert "invited already" in answer.text
        assert len(post_office()) == 1

    def test_of_an_address_whose_invitation_ran_out_begins_anew(
        self, database: Database, invite: Callable[..., FlaskClient], clock: SteppedClock
    ) -> None:
        invite(role="analyst")
        clock.advance(days=8)
        invite(role="manager")
        invitation = only_invitation(database)
        assert invitation.role is Role.MANAGER
        assert invitation.expires_at > clock.now()

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.FULFILMENT, Role.ANALYST])
    def test_is_for_owners(
        self, browser_of: BrowserOf, employ: Employ, database: Database, role: Role
    ) -> None:
        client = browser_of(employ(role))
        answer = client.post("/en/manage/lumen/invitations", data={"email": ADDRESS, "role": "owner"})
        assert answer.status_code == 403
        with database.reading() as session:
            assert session.scalars(select(Invitation)).all() == []

    def test_is_limited(self, limited_app: Flask, lumen: Page, owner: Account) -> None:
        client = limited_app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        sign_in(client, owner)
        statuses = [
            client.post(
                "/en/manage/lumen/invitations", data={"email": f"a{number}@example.com", "role": "analyst"}
            ).status_code
            for number in range(12)
        ]
        assert statuses == [303] * 10 + [429] * 2


class TestAcceptance:
    def test_lets_its_addressee_join(
        self, browser_of: BrowserOf, database: Database, lumen: Page, ada: Account, link: str
    ) -> None:
        client = browser_of(ada)
        page = client.get(link)
        assert page.status_code == 200
        assert "Fulfilment" in page.text
        answer = client.post(f"{link}/acceptance")
        assert (answer.status_code, answer.location) == (303, "/en/manage/lumen")
        with database.reading() as session:
            assert find_role(session, lumen.id, ada.id) is Role.FULFILMENT
            assert list_unsettled(session, lumen.id) == []
        assert acts(database) == [("staff.invited", ADDRESS), ("staff.joined", ADDRESS)]

    def test_leads_a_guest_over_signing_in_or_up_with_the_address_filled_in(
        self, browser_of: BrowserOf, link: str
    ) -> None:
        client = browser_of(None)
        page = client.get(link).text
        assert client.post(f"{link}/acceptance").location == link
        for door in ("sign-in", "sign-up"):
            found = re.search(rf'href="(/en/{door}\?next=[^"]+email=[^"]+)"', page)
            assert found is not None
            form = client.get(found[1].replace("&amp;", "&")).text
            assert f'value="{ADDRESS}"' in form
            assert f'name="next" value="{link}"' in form

    def test_lets_somebody_join_who_had_no_account(
        self, browser_of: BrowserOf, database: Database, lumen: Page, link: str
    ) -> None:
        client = browser_of(None)
        data = {"name": "Ada", "email": ADDRESS, "password": "a lamp on the stairs", "next": link}
        assert client.post("/en/sign-up", data=data).location == link
        assert client.post(f"{link}/acceptance").location == "/en/manage/lumen"
        with database.reading() as session:  # the link was mailed, so it proves the new account's address
            ada = session.scalars(select(Account).where(Account.email == ADDRESS)).one()
        assert ada.email_confirmed_at is not None

    def test_is_refused_to_another_address_which_is_offered_to_switch(
        self, browser_of: BrowserOf, database: Database, lumen: Page, employ: Employ, link: str
    ) -> None:
        with database.transaction() as session:
            eve = make_account(session, email="eve@example.com")
        client = browser_of(eve)
        page = client.get(link).text
        assert "You are signed in as eve@example.com." in page
        assert f"go on as {ADDRESS}" in page
        assert client.post(f"{link}/acceptance").location == link
        with database.reading() as session:
            assert find_role(session, lumen.id, eve.id) is None
        assert client.post("/en/sign-out", data={"next": link}).location == link

    def test_changes_nothing_for_somebody_who_works_there_already(  # noqa: PLR0917 - fixtures
        self,
        browser_of: BrowserOf,
        database: Database,
        lumen: Page,
        ada: Account,
        owner: Account,
        runtime: Runtime,
        link: str,
    ) -> None:
        undo = runtime.signer.sign("staff_removal", [lumen.id, ada.id, "manager"])
        browser_of(owner).post("/en/manage/lumen/staff/restoration", data={"undo": undo})
        client = browser_of(ada)
        assert "You work on this page already, as Manager." in client.get(link).text
        assert client.post(f"{link}/acceptance").status_code == 303
        with database.reading() as session:
            assert find_role(session, lumen.id, ada.id) is Role.MANAGER

    def test_happens_once(self, browser_of: BrowserOf, database: Database, ada: Account, link: str) -> None:
        client = browser_of(ada)
        client.post(f"{link}/acceptance")
        answer = client.get(link)
        assert answer.status_code == 200
        assert "This invitation was taken up" in answer.text
        assert client.post(f"{link}/acceptance").location == link
        assert [act for act, _ in acts(database)].count("staff.joined") == 1

    def test_ends_with_the_seventh_day(
        self, browser_of: BrowserOf, ada: Account, link: str, clock: SteppedClock
    ) -> None:
        client = browser_of(ada)
        clock.advance(days=7)
        answer = client.get(link)
        assert answer.status_code == 410
        assert "This invitation has run out" in answer.text
        assert client.post(f"{link}/acceptance").location == link

    @pytest.mark.parametrize("end", ["", "x", "."])
    def test_of_an_altered_link_is_told_kindly(self, browser_of: BrowserOf, link: str, end: str) -> None:
        answer = browser_of(None).get(f"{link[:-2]}{end}")
        assert answer.status_code == 404
        assert "This link leads to no invitation" in answer.text

    def test_of_a_link_made_for_something_else_is_none(self, client: FlaskClient, runtime: Runtime) -> None:
        for token in (runtime.signer.sign("password_reset", 1), runtime.signer.sign("page_invitation", 99)):
            assert client.get(f"/en/invitations/{token}").status_code == 404
            assert client.post(f"/en/invitations/{token}/acceptance").status_code in (303, 404)

    def test_keeps_its_secret(self, client: FlaskClient, link: str) -> None:
        with capture_logs() as lines:
            answer = client.get(link)
        assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == (
            "same-origin",
            "no-store",
        )
        assert link.rsplit("/", 1)[1] not in str(lines)
        assert "/en/invitations/…" in str(lines)


class TestOpenInvitations:
    def test_are_sent_again_for_another_seven_days(  # noqa: PLR0917 - fixtures
        self,
        browser_of: BrowserOf,
        database: Database,
        invite: Callable[..., FlaskClient],
        post_office: Callable[[], list[Mail]],
        ada: Account,
        clock: SteppedClock,
    ) -> None:
        client = invite()
        first = link_in(post_office()[-1])
        clock.advance(days=8)
        assert "Run out" in client.get("/en/manage/lumen/staff").text
        number = only_invitation(database).id
        client.post(f"/en/manage/lumen/invitations/{number}/delivery")
        client.post(f"/en/manage/lumen/invitations/{number}/delivery")
        mails = post_office()
        assert len(mails) == 2, "pressed twice within a minute, it is one mail"
        for path in (first, link_in(mails[-1])):
            assert browser_of(ada).get(path).status_code == 200

    def test_are_withdrawn_and_brought_back(
        self, browser_of: BrowserOf, database: Database, owner: Account, ada: Account, link: str
    ) -> None:
        client = browser_of(owner)
        number = only_invitation(database).id
        answer = client.post(f"/en/manage/lumen/invitations/{number}/removal")
        assert f"The invitation of {ADDRESS} is withdrawn" in client.get(answer.location).text
        assert browser_of(ada).get(link).status_code == 410
        assert browser_of(ada).post(f"{link}/acceptance").location == link
        client.post(f"/en/manage/lumen/invitations/{number}/restoration")
        assert "is withdrawn" not in client.get(answer.location).text
        assert browser_of(ada).get(link).status_code == 200
        assert acts(database) == [
            ("staff.invited", ADDRESS),
            ("invitation.withdrawn", ADDRESS),
            ("invitation.restored", ADDRESS),
        ]

    def test_are_not_brought_back_after_their_time(
        self, database: Database, invite: Callable[..., FlaskClient], clock: SteppedClock
    ) -> None:
        client = invite()
        number = only_invitation(database).id
        answer = client.post(f"/en/manage/lumen/invitations/{number}/removal")
        clock.advance(days=8)
        assert "is withdrawn" not in client.get(answer.location).text
        client.post(f"/en/manage/lumen/invitations/{number}/restoration")
        assert "This invitation is no longer open." in client.get("/en/manage/lumen/staff").text

    def test_that_cannot_be_sent_are_shown_to_the_page(
        self, database: Database, lumen: Page, invite: Callable[..., FlaskClient]
    ) -> None:
        invite()
        with database.reading() as session:
            job = session.scalars(select(Job).where(Job.kind == SEND_MAIL)).one()
        assert job.page_id == lumen.id

    def test_are_not_brought_back_beside_a_newer_one(
        self, database: Database, invite: Callable[..., FlaskClient]
    ) -> None:
        client = invite()
        number = only_invitation(database).id
        client.post(f"/en/manage/lumen/invitations/{number}/removal")
        invite()
        client.post(f"/en/manage/lumen/invitations/{number}/restoration")
        assert "This invitation is no longer open." in client.get("/en/manage/lumen/staff").text

    @pytest.mark.parametrize("act", ["delivery", "removal", "restoration"])
    def test_are_out_of_another_owners_reach(
        self, browser_of: BrowserOf, database: Database, link: str, act: str
    ) -> None:
        with database.transaction() as session:
            stranger = make_account(session)
            make_page(session, slug="brume", owner=stranger)
        client = browser_of(stranger)
        number = only_invitation(database).id
        for page in ("lumen", "brume"):
            assert client.post(f"/en/manage/{page}/invitations/{number}/{act}").status_code == 404
        assert "is withdrawn" not in client.get(f"/en/manage/brume/staff?withdrawn={number}").text

    @pytest.mark.parametrize("number", ["x", "-1", "0", "99999999999999999999"])
    def test_are_not_found_by_nonsense(
        self, browser_of: BrowserOf, lumen: Page, owner: Account, number: str
    ) -> None:
        answer = browser_of(owner).get(f"/en/manage/lumen/staff?withdrawn={number}")
        assert answer.status_code == 200
