"""The admin's rooms of contests in a real browser: planned and published, photos looked at by keyboard, sound pages."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from shop.accounts.models import Account
from shop.contests.closing import draw_contest
from shop.contests.drafts import ContestDraft, EntryDraft
from shop.contests.entering import enter
from shop.contests.mailboxes import person_key_of
from shop.contests.models import Contest, ContestEntry, ContestKind, ContestStatus, PhotoStatus
from shop.contests.service import create_contest, publish_contest
from shop.core.db import Database
from shop.core.signing import Signer
from shop.page.models import Page as BrandPage
from tests.factories import PICTURE
from tests.flows.conftest import DESK, PHONE, Visitor, visit
from tests.flows.shopping import read_one, sign_in, stock_shop
from tests.support.stack import Stack, running_stack

__all__ = ["visit"]

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
OWNER = "camille@lumen.example"
ROOM = "/en/manage/lumen/contests"
SIGNER = Signer("test-secret-key-that-is-long-enough-for-it")
DAY = dt.timedelta(days=1)
LONG = (
    "Unsere handgeblasene Lieblingsleuchte für lange Winterabende – mit Datenschutzgrundverordnungsbelehrung"
)


@pytest.fixture(scope="module")
def stack(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A shop, the same for all of these; each makes its own contest."""
    folder = tmp_path_factory.mktemp("contest-rooms")
    shutil.copy(sqlite_template, folder / "vitrine.db")
    with running_stack(f"sqlite:///{folder / 'vitrine.db'}", folder) as running:
        stock_shop(running)
        yield running


def add_contest(
    stack: Stack,
    title: str,
    *,
    kind: ContestKind = ContestKind.PHOTO,
    entries: int = 3,
    is_drawn: bool = False,
) -> int:
    """Publish a contest that people have entered, and draw it if that is asked for; return its id."""
    now, database = dt.datetime.now(dt.UTC), Database(stack.database_url)
    with database.transaction() as session:
        page = session.scalars(select(BrandPage).where(BrandPage.slug == "lumen")).one()
        draft = ContestDraft(
            title=title, kind=kind, starts_at=now - DAY, ends_at=now + DAY, body="Enter.", prize=LONG,
            organiser="Lumen SARL, 1 rue du Four, Paris", prize_value_amount=1500,
        )  # fmt: skip
        contest = create_contest(session, page_id=page.id, account_id=None, draft=draft, now=now - DAY)
        publish_contest(session, page_id=page.id, contest_id=contest.id, account_id=None, now=now - DAY)
        for number in range(entries):
            email = f"{contest.slug}-{number}@example.com"
            account = Account(
                email=email,
                name=f"Person {number}",
                password_hash="!",
                language="en",
                created_at=now,
                email_confirmed_at=now,
            )
            session.add(account)
            session.flush()
            entry = EntryDraft(
                person_key=person_key_of(SIGNER, email), name=account.name, email=email, language="en",
                country="FR", account_id=account.id, photo=PICTURE, caption=LONG, is_old_enough=True,
                accepts_rules=True,
            )  # fmt: skip
            enter(session, contest=contest, draft=entry, now=now - DAY / 2)
        if is_drawn:
            draw_contest(session, contest_id=contest.id, signer=SIGNER, now=now + 2 * DAY)
        contest_id = contest.id
    database.dispose()
    return contest_id


def statuses(stack: Stack, contest_id: int) -> list[PhotoStatus]:
    database = Database(stack.database_url)
    with database.reading() as session:
        statement = select(ContestEntry.photo_status).where(ContestEntry.contest_id == contest_id)
        found = list(session.scalars(statement.order_by(ContestEntry.number)))
    database.dispose()
    return found


def fill_contest(page: Page, title: str) -> None:
    page.get_by_label("Name", exact=True).fill(title)
    page.get_by_label("What it is about, and how one enters").fill("Tell us your name.")
    page.get_by_label("Prize, in words").fill("A plate")
    page.get_by_label("What one is worth").fill("15")
    page.get_by_label("Who runs it: legal name and address").fill("Lumen SARL, Paris")


class TestContestRooms:
    @pytest.mark.parametrize("javascript", [True, False])
    def test_plan_and_publish_a_contest(self, stack: Stack, visit: Visit, javascript: bool) -> None:
        title = f"Win a plate {'with' if javascript else 'without'} scripts"
        with visit(javascript=javascript, **(DESK if javascript else PHONE)) as visitor:
            page = visitor.page
            sign_in(page, stack, OWNER, then=f"{ROOM}/new")
            fill_contest(page, title)
            page.get_by_label("How many winners").fill("0")
            page.get_by_role("button", name="Save as a draft").click()
            expect(page.get_by_text("Enter a number from 1 to 100.")).to_be_visible()
            expect(page.get_by_label("Prize, in words")).to_have_value("A plate")
            visitor.check_accessibility()
            page.get_by_label("How many winners").fill("2")
            page.get_by_role("button", name="Save as a draft").click()
            page.get_by_role("button", name="Publish", exact=True).click()
            expect(page.get_by_text("The contest is published.")).to_be_visible()
            visitor.check_console()
        assert (
            read_one(stack, select(Contest.status).where(Contest.title == title)) is ContestStatus.PUBLISHED
        )

    def test_ask_for_a_question_only_of_a_quiz(self, stack: Stack, visit: Visit) -> None:
        with visit(**DESK) as visitor:
            page = visitor.page
            sign_in(page, stack, OWNER, then=f"{ROOM}/new")
            question = page.get_by_role("textbox", name="Question", exact=True)
            expect(question).to_be_hidden()
            page.get_by_role("radio", name="Quiz with a prize").check()
            expect(question).to_be_visible()

    def test_let_photos_through_and_refuse_them_by_keyboard(self, stack: Stack, visit: Visit) -> None:
        contest_id = add_contest(stack, "By keyboard")
        with visit(**DESK) as visitor:
            page = visitor.page
            sign_in(page, stack, OWNER, then=f"{ROOM}/{contest_id}/photos")
            page.keyboard.press("j")
            page.keyboard.press("a")
            expect(page.get_by_text("Let through.", exact=True)).to_be_visible()
            page.wait_for_load_state()
            page.keyboard.press("j")
            expect(page.locator("[data-photo]").first).to_be_focused()
            page.keyboard.press("j")
            expect(page.locator("[data-photo]").nth(1)).to_be_focused()
            page.keyboard.press("r")
            expect(page.locator("[data-photo]").nth(1).get_by_role("radio").first).to_be_focused()
            page.keyboard.press("Space")
            page.keyboard.press("Enter")
            expect(page.get_by_text("Refused; its sender is told")).to_be_visible()
            visitor.check_console()
        assert statuses(stack, contest_id) == [PhotoStatus.APPROVED, PhotoStatus.WAITING, PhotoStatus.REFUSED]

    def test_let_photos_through_without_scripts_and_take_it_back(self, stack: Stack, visit: Visit) -> None:
        contest_id = add_contest(stack, "Without scripts", entries=1)
        with visit(javascript=False, **PHONE) as visitor:
            page = visitor.page
            sign_in(page, stack, OWNER, then=f"{ROOM}/{contest_id}/photos")
            page.get_by_role("button", name="Let through Entry 1").click()
            expect(page.get_by_text("No photo waits for you")).to_be_visible()
            page.get_by_role("button", name="Undo").click()
            expect(page.get_by_role("button", name="Let through Entry 1")).to_be_visible()
        assert statuses(stack, contest_id) == [PhotoStatus.WAITING]


@pytest.mark.parametrize(
    ("viewport", "scheme", "language"),
    [(PHONE, "light", "en"), (PHONE, "dark", "fr"), (DESK, "light", "fr"), (DESK, "dark", "en")],
    ids=["phone-light-en", "phone-dark-fr", "desk-light-fr", "desk-dark-en"],
)
def test_every_page_is_sound(
    stack: Stack, visit: Visit, viewport: dict[str, int], scheme: str, language: str
) -> None:
    photos = add_contest(stack, f"{LONG} {scheme} {language}"[-110:])
    drawn = add_contest(stack, f"Drawn {scheme} {language}", kind=ContestKind.DRAW, is_drawn=True)
    with visit(language=language, **viewport) as visitor:
        page = visitor.page
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        sign_in(page, stack, OWNER, then=f"/{language}/manage/lumen/contests")
        for path in ("", "/new", f"/{photos}", f"/{photos}/form", f"/{photos}/photos", f"/{drawn}"):
            page.goto(f"{stack.shop}/{language}/manage/lumen/contests{path}")
            for summary in page.locator("main details > summary:visible").all():
                summary.click()
            visitor.check_accessibility()
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
