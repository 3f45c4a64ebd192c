"""The first steps of a new page."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.accounts.models import Account
from shop.catalog.models import ProductStatus
from shop.core.db import Database
from shop.insights.checklist import STEPS, list_setup_steps
from shop.page.models import Page, Role
from shop.web.context import Runtime
from tests.factories import make_account, make_page, make_product, make_staff
from tests.support.visitors import sign_in

NEW_PAGE = {"name": "Maison Brume", "country": "FR", "currency": "EUR", "language": "en"}
TODAY = "/en/manage/lumen"


@pytest.fixture
def owner(database: Database) -> Account:
    with database.transaction() as session:
        return make_account(session, name="Odile")


@pytest.fixture
def lumen(database: Database, owner: Account) -> Page:
    with database.transaction() as session:
        return make_page(session, slug="lumen", owner=owner, shipping_amount=0)


@pytest.fixture
def browse(app: Flask) -> Iterator[Callable[[Account], FlaskClient]]:
    def make(account: Account) -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        sign_in(client, account)
        return client

    yield make


def done(database: Database, runtime: Runtime, page: Page) -> set[str]:
    """Return the keys of the steps that are done."""
    with database.reading() as session:
        fresh = session.get_one(Page, page.id)
        return {step.key for step in list_setup_steps(session, fresh, runtime.settings) if step.is_done}


class TestListSetupSteps:
    def test_ticks_each_as_it_is_done(self, database: Database, runtime: Runtime, lumen: Page) -> None:
        assert done(database, runtime, lumen) == {"payments"}
        with database.transaction() as session:
            product = make_product(session, lumen, status=ProductStatus.DRAFT)
            session.get_one(Page, lumen.id).avatar = {"key": "x"}
        assert done(database, runtime, lumen) == {"payments", "logo"}
        with database.transaction() as session:
            session.merge(product).status = ProductStatus.PUBLISHED
            session.get_one(Page, lumen.id).shipping_amount = 490
        assert done(database, runtime, lumen) == {step.key for step in STEPS}

    def test_takes_free_shipping_for_said_once_the_settings_were_saved(
        self, database: Database, runtime: Runtime, lumen: Page
    ) -> None:
        with database.transaction() as session:
            session.get_one(Page, lumen.id).settings_version = 2
        assert "shipping" in done(database, runtime, lumen)

    def test_says_what_answers_payments(self, database: Database, runtime: Runtime, lumen: Page) -> None:
        texts = []
        for settings in (
            runtime.settings,
            replace(runtime.settings, stripe_api_base=None, stripe_secret_key="sk_test_x"),
            replace(runtime.settings, stripe_api_base=None, stripe_secret_key="sk_live_x"),
        ):
            with database.reading() as session:
                texts.append(list_setup_steps(session, lumen, settings)[-1].text)
        assert [text.split(" take")[0] for text in texts] == ["The stand-in", "Stripe’s test mode", "Stripe"]


class TestToday:
    def test_is_where_a_new_page_leads(
        self, browse: Callable[[Account], FlaskClient], owner: Account
    ) -> None:
        client = browse(owner)
        answer = client.post("/en/pages/new", data=NEW_PAGE)
        assert answer.location == "/en/manage/maison-brume"
        page = client.get(answer.location).text
        assert "1 of 4 done" in page
        for link in re.findall(r'checklist__step.*?href="([^"#]+)', page, re.DOTALL):
            assert client.get(link).status_code == 200, link

    def test_puts_the_steps_away_and_shows_them_again(
        self, browse: Callable[[Account], FlaskClient], lumen: Page, owner: Account
    ) -> None:
        client = browse(owner)
        assert "First steps" in client.get(TODAY).text
        for _ in range(2):
            assert client.post(f"{TODAY}/setup/removal").location == TODAY
        text = client.get(TODAY).text
        assert 'id="checklist-heading"' not in text
        assert "Show the first steps again" in text
        client.post(f"{TODAY}/setup")
        assert 'id="checklist-heading"' in client.get(TODAY).text

    @pytest.mark.parametrize("role", [Role.FULFILMENT, Role.ANALYST])
    def test_shows_them_only_to_those_who_can_take_them(
        self, browse: Callable[[Account], FlaskClient], database: Database, lumen: Page, role: Role
    ) -> None:
        with database.transaction() as session:
            person = make_account(session)
            make_staff(session, lumen, person, role)
        client = browse(person)
        assert "First steps" not in client.get(TODAY).text
        assert client.post(f"{TODAY}/setup/removal").status_code == 403

    def test_is_silent_once_all_is_done(
        self, browse: Callable[[Account], FlaskClient], database: Database, lumen: Page, owner: Account
    ) -> None:
        with database.transaction() as session:
            make_product(session, lumen)
            page = session.get_one(Page, lumen.id)
            page.avatar, page.shipping_amount = _picture(), 490
        text = browse(owner).get(TODAY).text
        assert "irst steps" not in text


def _picture() -> dict[str, object]:
    return {"key": "x", "width": 100, "height": 100, "widths": [100], "formats": ["avif", "webp", "jpg"]}
