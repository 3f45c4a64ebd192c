"""Contests in a real browser: from the entry over the mail and the draw to the winner's order, and the check of the draw."""

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.catalog.models import Product
from shop.contests.drafts import ContestDraft, EntryDraft
from shop.contests.entering import enter
from shop.contests.mailboxes import person_key_of
from shop.contests.models import Contest, ContestEntry, ContestKind, ContestStatus, EntrySource
from shop.contests.service import create_contest, publish_contest
from shop.core.db import Database
from shop.core.mail import Mail
from shop.core.outbox import Job
from shop.core.signing import Signer
from shop.orders.models import Order, OrderStatus
from shop.page.models import Follower
from shop.page.models import Page as BrandPage
from tests.flows.conftest import DESK, PHONE, Visitor, visit
from tests.flows.foreign import foreign_site
from tests.flows.shopping import read_one, sign_up, stock_shop
from tests.support.stack import Stack, running_stack

__all__ = ["visit"]

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
SIGNER = Signer("test-secret-key-that-is-long-enough-for-it")
PATIENCE = dt.timedelta(seconds=40)
DAY = dt.timedelta(days=1)
BODY = """<!doctype html><html lang="en"><title>Another site</title><h1>My blog</h1>
<iframe data-vitrine src="{shop}/{path}" title="Contest" width="600" height="420" style="border:0"></iframe>
<script async src="{shop}/embed.js"></script>"""


@pytest.fixture(scope="module")
def stack(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A shop, the same for all of these; each makes its own contest."""
    folder = tmp_path_factory.mktemp("contests")
    shutil.copy(sqlite_template, folder / "vitrine.db")
    with running_stack(f"sqlite:///{folder / 'vitrine.db'}", folder) as running:
        stock_shop(running)
        yield running


@contextmanager
def writing(stack: Stack) -> Iterator[Session]:
    database = Database(stack.database_url)
    with database.transaction() as session:
        yield session
    database.dispose()


def run_contest(stack: Stack, title: str, **changes: Any) -> str:
    """Publish a contest whose prize is a plate, begun a day ago, and return its address's last part."""
    now = dt.datetime.now(dt.UTC)
    with writing(stack) as session:
        page = session.scalars(select(BrandPage).where(BrandPage.slug == "lumen")).one()
        plate = session.scalars(select(Product.id).where(Product.slug == "plate")).one()
        draft = ContestDraft(
            **{
                "title": title, "starts_at": now - DAY, "ends_at": now + DAY, "body": "Enter, and perhaps it is yours.",
                "prize": "A plate", "organiser": "Lumen SARL, 1 rue du Four, Paris", "prize_value_amount": 1500,
                "prize_product_id": plate, **changes,
            }
        )  # fmt: skip
        contest = create_contest(session, page_id=page.id, account_id=None, draft=draft, now=now - DAY)
        publish_contest(session, page_id=page.id, contest_id=contest.id, account_id=None, now=now - DAY)
        return contest.slug


def enter_others(stack: Stack, slug: str, count: int) -> None:
    """Enter people with accounts."""
    with writing(stack) as session:
        contest = session.scalars(select(Contest).where(Contest.slug == slug)).one()
        for number in range(count):
            email = f"{slug}-{number}@example.com"
            account = Account(
                email=email, name=f"Person {number}", password_hash="!", language="en", created_at=contest.starts_at,
                email_confirmed_at=contest.starts_at,
            )  # fmt: skip
            session.add(account)
            session.flush()
            draft = EntryDraft(
                person_key=person_key_of(SIGNER, email), name=account.name, email=email, language="en", country="FR",
                account_id=account.id, answer=0, is_old_enough=True, accepts_rules=True,
            )  # fmt: skip
            enter(session, contest=contest, draft=draft, now=dt.datetime.now(dt.UTC))


def let_it_end(stack: Stack, slug: str) -> None:
    """Move a contest's end to now and wait until the worker has drawn it."""
    now = dt.datetime.now(dt.UTC)
    with writing(stack) as session:
        contest = session.scalars(select(Contest).where(Contest.slug == slug)).one()
        contest.ends_at = now - dt.timedelta(seconds=1)
        session.execute(update(Job).where(Job.subject.startswith(f"{contest.id}:")).values(run_at=now))
    while dt.datetime.now(dt.UTC) < now + PATIENCE:
        status = read_one(stack, select(Contest.status).where(Contest.slug == slug))
        if status is ContestStatus.DRAWN:
            return
    pytest.fail("the contest was not drawn")


def link_in_mail(stack: Stack, email: str, kind: str, pattern: str) -> str:
    """Wait for a mail and return the address in it that matches."""
    deadline = dt.datetime.now(dt.UTC) + PATIENCE
    while dt.datetime.now(dt.UTC) < deadline:
        text = read_one(stack, select(Mail.text_body).where(Mail.recipient == email, Mail.kind == kind))
        found = re.search(rf"https?://\S+{pattern}\S+", str(text or ""))
        if found:
            return re.sub(r"https?://[^/]+", stack.shop, found[0])
    pytest.fail(f"no mail {kind} came")


def address(stack: Stack, slug: str, language: str = "en", end: str = "") -> str:
    return f"{stack.shop}/{language}/p/lumen/contests/{slug}{end}"


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """Go to something and press a key on it, as somebody without a mouse does."""
    page.locator(selector).first.focus()
    page.keyboard.press(key)


def fill_entry(page: Page, *, email: str | None) -> None:
    """Type an entry and send it, by keyboard alone."""
    page.locator("#field-name").focus()
    page.locator("#field-name").fill("Léa Fontaine")
    if email is not None:
        page.keyboard.press("Tab")
        page.keyboard.type(email)
    page.locator("#field-country").select_option("FR")
    press(page, "#field-is_old_enough", "Space")
    press(page, "#field-accepts_rules", "Space")
    press(page, "form.contest-form button[type=submit]")


def fill_delivery(page: Page, email: str) -> None:
    """Say where a prize goes, first without a street, by keyboard alone."""
    typed = {"email": email, "name": "Léa Fontaine", "line1": " ", "postal_code": "75006", "city": "Paris"}
    for name, text in typed.items():
        page.locator(f"#field-{name}").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator("#field-line1")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#field-email")).to_have_value(email)
    page.locator("#field-line1").fill("8 rue du Four")
    page.keyboard.press("Enter")


def entry_of(stack: Stack, email: str) -> ContestEntry | None:
    found = read_one(stack, select(ContestEntry).where(ContestEntry.email == email))
    assert found is None or isinstance(found, ContestEntry)
    return found


class TestFromEntryToOrder:
    @pytest.mark.parametrize(
        ("language", "size", "javascript"),
        [("en", DESK, True), ("fr", PHONE, True), ("en", PHONE, False), ("fr", DESK, False)],
    )
    def test_of_a_guest_by_keyboard(
        self, stack: Stack, visit: Visit, language: str, size: dict[str, int], javascript: bool
    ) -> None:
        name = f"{language}-{size['width']}-{javascript}".lower()
        slug, email = run_contest(stack, f"Win a plate {name}"), f"{name}@example.com"
        with visit(language=language, javascript=javascript, **size) as visitor:
            page = visitor.page
            page.goto(f"{stack.shop}/{language}/p/lumen")
            page.locator(f".tabs a[href='/{language}/p/lumen/contests']").click()
            press(page, f".contest-card a[href$='/contests/{slug}']:not([tabindex])")
            expect(page.locator("h1")).to_contain_text("Win a plate")
            visitor.check_accessibility()
            fill_entry(page, email=email)
            expect(page).to_have_url(re.compile("/entries/sent"))
            visitor.check_accessibility()
            page.goto(link_in_mail(stack, email, "contest_confirm", "/contest-entries/"))
            visitor.check_accessibility()
            press(page, "form[action$='/confirmation'] button")
            expect(page.locator("#flashes .notice--success")).to_be_visible()
            visitor.check_accessibility()
            let_it_end(stack, slug)
            page.reload()
            expect(page.locator("a[href*='/coupons/claims/']")).to_be_visible()
            visitor.check_accessibility()
            page.goto(link_in_mail(stack, email, "contest_won", "/coupons/claims/"))
            press(page, "main form button")
            expect(page).to_have_url(re.compile(f"/{language}/p/lumen/shop$"))
            page.goto(f"{stack.shop}/{language}/p/lumen/shop/plate")
            with page.expect_navigation():
                press(page, "button[formaction$='/cart/lines']")
            page.goto(f"{stack.shop}/{language}/p/lumen/cart")
            expect(page.locator(".cart")).to_contain_text("0.00" if language == "en" else "0,00")
            press(page, "form[action$='/cart/checkout'] button")
            expect(page).to_have_url(re.compile(f"/{language}/p/lumen/checkout/free$"))
            visitor.check_accessibility()
            fill_delivery(page, email)
            expect(page).to_have_url(re.compile(f"{stack.shop}/{language}/orders/"))
            visitor.check_console()
        order = read_one(stack, select(Order).order_by(Order.id.desc()))
        assert isinstance(order, Order)
        assert (order.status, order.total_amount, order.discount_amount) == (OrderStatus.PAID, 0, 1500)
        assert order.waived_shipping_amount == 490
        assert order.ship_to is not None
        assert (order.email, order.ship_to["line1"]) == (email, "8 rue du Four")
        entry = entry_of(stack, email)
        assert entry is not None
        assert (entry.number, entry.account_id) == (1, None)


class TestEntering:
    @pytest.mark.parametrize(("language", "size", "javascript"), [("en", DESK, True), ("fr", PHONE, False)])
    def test_of_a_new_account_is_confirmed_by_mail_once(
        self, stack: Stack, visit: Visit, language: str, size: dict[str, int], javascript: bool
    ) -> None:
        first, second = (run_contest(stack, f"{name} {language}") for name in ("First", "Second"))
        email = f"new-{language}@example.com"
        with visit(language=language, javascript=javascript, **size) as visitor:
            page = visitor.page
            sign_up(page, stack, email)
            page.goto(address(stack, first, language))
            visitor.check_accessibility()
            fill_entry(page, email=None)
            expect(page).to_have_url(re.compile("/entries/sent"))
            expect(page.locator("main")).to_contain_text(email)
            visitor.check_accessibility()
            page.goto(address(stack, first, language))
            expect(page.locator("#enter .notice")).to_contain_text(email)
            visitor.check_accessibility()
            page.goto(link_in_mail(stack, email, "contest_confirm", "/contest-entries/"))
            press(page, "form[action$='/confirmation'] button")
            expect(page.locator("form[action$='/withdrawal'] button")).to_be_visible()
            page.goto(address(stack, second, language))
            fill_entry(page, email=None)
            expect(page.locator("form[action$='/withdrawal'] button")).to_be_visible()
            visitor.check_console()

    def test_of_a_confirmed_account_counts_at_once_and_likes_nothing_by_itself(
        self, stack: Stack, visit: Visit
    ) -> None:
        slug = run_contest(stack, "Signed in")
        with visit() as visitor:
            sign_up(visitor.page, stack, "alix@example.com")
            with writing(stack) as session:
                session.execute(
                    update(Account)
                    .where(Account.email == "alix@example.com")
                    .values(email_confirmed_at=dt.datetime.now(dt.UTC))
                )
            visitor.page.goto(address(stack, slug))
            box = visitor.page.get_by_label("I also like Page")
            expect(box).not_to_be_checked()
            visitor.check_accessibility()
            fill_entry(visitor.page, email=None)
            expect(visitor.page.get_by_role("heading", level=1)).to_have_text("You take part")
            visitor.page.get_by_role("button", name="Take my entry back").click()
            expect(visitor.page.get_by_role("heading", level=1)).to_have_text("You took your entry back")
            visitor.page.locator("#flashes").get_by_role("button", name="Undo").click()
            expect(visitor.page.get_by_role("heading", level=1)).to_have_text("You take part")
            visitor.check_console()
        account = read_one(stack, select(Account.id).where(Account.email == "alix@example.com"))
        assert read_one(stack, select(Follower.id).where(Follower.account_id == account)) is None

    @pytest.mark.parametrize(("language", "size", "javascript"), [("en", PHONE, True), ("fr", DESK, False)])
    def test_shows_a_photo_and_keeps_it_when_something_is_missing(  # noqa: PLR0917
        self,
        stack: Stack,
        visit: Visit,
        tmp_path: Path,
        language: str,
        size: dict[str, int],
        javascript: bool,
    ) -> None:
        slug = run_contest(stack, f"Photos {language}", kind=ContestKind.PHOTO)
        Image.new("RGB", (900, 600), "#c08040").save(tmp_path / "sea.jpg")
        with visit(language=language, javascript=javascript, **size) as visitor:
            page = visitor.page
            page.goto(address(stack, slug, language))
            if javascript:
                (tmp_path / "huge.jpg").write_bytes(bytes(20_000_001))
                page.locator("#field-photo").set_input_files(tmp_path / "huge.jpg")
                expect(page.locator("[data-photo-problem]")).to_have_text("The picture is larger than 20 MB.")
                expect(page.locator("#field-photo")).to_have_value("")
                visitor.check_accessibility()
            page.locator("#field-photo").set_input_files(tmp_path / "sea.jpg")
            if javascript:
                expect(page.locator("[data-photo-problem]")).to_have_text("")
                expect(page.locator("[data-photo-shown] canvas")).to_be_visible()
            page.locator("form.contest-form").evaluate("form => { form.noValidate = true; }")
            page.locator("form.contest-form button[type=submit]").click()
            expect(page.locator("[data-photo-shown] img")).to_be_visible()
            expect(page.locator("#field-accepts_rules")).to_have_attribute("aria-invalid", "true")
            visitor.check_accessibility()
            email = f"photo-{language}@example.com"
            fill_entry(page, email=email)
            expect(page).to_have_url(re.compile("/entries/sent"))
            visitor.check_console()
        entry = entry_of(stack, email)
        assert entry is not None
        assert entry.photo is not None

    def test_from_a_card_on_another_site_is_known_to_come_from_there(
        self, stack: Stack, visit: Visit
    ) -> None:
        slug = run_contest(stack, "Framed")
        with (
            foreign_site(lambda path: BODY.format(shop=stack.shop, path=path.strip("/"))) as blog,
            visit() as visitor,
        ):
            visitor.page.goto(f"{blog}/en/embed/p/lumen/contests/{slug}")
            frame = visitor.page.frame_locator("iframe")
            frame.get_by_role("link", name="Enter the contest Framed").focus()
            assert visitor.context.cookies() == []
            with visitor.context.expect_page() as opened:
                visitor.page.keyboard.press("Enter")
            expect(opened.value.locator("#enter")).to_be_in_viewport()
            fill_entry(opened.value, email="framed@example.com")
            expect(opened.value).to_have_url(re.compile("/entries/sent"))
            visitor.check_console()
        entry = entry_of(stack, "framed@example.com")
        assert entry is not None
        assert entry.source is EntrySource.EMBED


class TestCheckingTheDraw:
    def test_in_the_browser_comes_to_the_same_until_an_entry_is_changed(
        self, stack: Stack, visit: Visit
    ) -> None:
        slug = run_contest(
            stack,
            "Checked",
            kind=ContestKind.QUIZ,
            question="Which?",
            answers=("This", "That"),
            right_answer=0,
        )
        enter_others(stack, slug, 7)
        let_it_end(stack, slug)
        with visit() as visitor:
            page = visitor.page
            page.goto(address(stack, slug, end="/check"))
            page.get_by_role("button", name="Do it again in my browser").focus()
            page.keyboard.press("Enter")
            expect(page.locator("[data-draw-said]")).to_have_text("Done. Your browser comes to the same.")
            expect(page.locator("[data-draw-step][data-state=right]")).to_have_count(4)
            visitor.check_accessibility()
            with writing(stack) as session:
                contest_id = session.scalars(select(Contest.id).where(Contest.slug == slug)).one()
                changed = (ContestEntry.contest_id == contest_id, ContestEntry.number == 3)
                session.execute(update(ContestEntry).where(*changed).values(receipt="ab" * 32))
            page.keyboard.press("Enter")
            expect(page.locator("[data-draw-said]")).to_contain_text("does not come to the same")
            expect(page.locator("[data-draw-step=chain]")).to_have_text("wrong")
            visitor.check_console()


class TestPages:
    @pytest.mark.parametrize(
        ("language", "size", "javascript"), [("en", DESK, True), ("fr", PHONE, True), ("fr", PHONE, False)]
    )
    def test_are_accessible_and_fit(
        self, stack: Stack, visit: Visit, language: str, size: dict[str, int], javascript: bool
    ) -> None:
        slug = run_contest(
            stack, f"A contest with quite a long name, donaudampfschifffahrtsgesellschaft {language}"
        )
        enter_others(stack, slug, 2)
        with visit(language=language, javascript=javascript, **size) as visitor:
            paths = [
                f"/p/lumen/contests{end}"
                for end in ("", f"/{slug}", f"/{slug}/rules", f"/{slug}/entries/sent")
            ]
            paths += [f"/p/lumen/contests/{slug}/check?entry={number}" for number in (2, 9)]
            for path in [*paths, f"/embed/p/lumen/contests/{slug}", "/contest-entries/nonsense"]:
                visitor.page.goto(f"{stack.shop}/{language}{path}")
                visitor.check_accessibility()
                assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            visitor.check_console()
