"""The real posts of a brand and of live sellers, brought in whole: the insights tell the figures that were counted apart."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.feed.import_run import Outcome, import_posts
from shop.feed.models import PostKind
from shop.insights.post_labels import kind_label
from shop.insights.post_queries import KindRow, Scope, list_kinds
from shop.page.models import Page, PageVersion
from tests.conftest import corpus
from tests.factories import make_account, make_page
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

pytestmark = pytest.mark.corpus

MORO, LIVE = "facebook_metrics_moro2016.csv", "thai_live_sellers_7050.csv"
KINDS = {"photo": PostKind.PHOTO, "status": PostKind.TEXT, "link": PostKind.LINK, "video": PostKind.VIDEO}


def expected(name: str) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(corpus("data", "EXPECTED.json").read_text())[f"behaviour/{name}"][
        "figures"
    ]
    return figures


def file(name: str) -> Path:
    return corpus("data", "behaviour", name)


@pytest.fixture
def page(client: FlaskClient, database: Database) -> Page:
    with database.transaction() as session:
        owner = make_account(session, name="Camille")
        page = make_page(session, slug="lumen", owner=owner)
    sign_in(client, owner)
    return page


def bring(database: Database, page: Page, name: str, clock: SteppedClock) -> Outcome:
    return import_posts(database, file(name), page=page, now=clock.now())


def kinds_of(database: Database, page: Page) -> list[KindRow]:
    with database.reading() as session:
        return list_kinds(session, Scope(page.id, page.country, page.currency), None)


def mean(rows: list[KindRow]) -> float:
    return round(sum(row.interactions for row in rows) / sum(row.posts for row in rows), 1)


def shown(client: FlaskClient) -> str:
    return " ".join(client.get("/en/manage/lumen/insights?period=all").text.split())


class TestPostsOfABrand:
    def test_have_the_figures_that_were_counted_apart(
        self, client: FlaskClient, database: Database, page: Page, clock: SteppedClock
    ) -> None:
        wanted, outcome = expected(MORO), bring(database, page, MORO, clock)
        assert (outcome.added, outcome.report.rejected) == (wanted["posts"], [])
        assert outcome.report.blanks == wanted["blank_cells"]
        rows = kinds_of(database, page)
        by_kind = {kind: [row for row in rows if row.kind is kind] for kind in KINDS.values()}
        for name, posts in wanted["by_type"].items():
            kind = KINDS[name.casefold()]
            assert sum(row.posts for row in by_kind[kind]) == posts
            assert mean(by_kind[kind]) == wanted["mean_interactions_by_type"][name]
        for name, posts in wanted["paid"].items():
            paid = [row for row in rows if row.is_promoted is {"1": True, "0": False, "": None}[name]]
            assert sum(row.posts for row in paid) == posts
            if name:
                assert mean(paid) == wanted["mean_interactions_paid"][name]
        for name in ("comments", "likes", "shares"):
            assert sum(getattr(row, name) for row in rows) == wanted[name]
        self._shows(shown(client), wanted)

    def _shows(self, text: str, wanted: dict[str, Any]) -> None:
        for name, posts in wanted["by_type"].items():
            label, figure = kind_label(KINDS[name.casefold()]), wanted["mean_interactions_by_type"][name]
            assert (
                f'<th scope="row">{label}</th> <td data-label="Posts" class="numeric">{posts}</td>'
                f' <td data-label="Mean interactions" class="numeric"><strong>{figure}</strong></td>'
            ) in text
        for label, key in (("Paid reach", "1"), ("Unpaid", "0")):
            figure = wanted["mean_interactions_paid"][key]
            assert (
                f'<th scope="row">{label}</th> <td data-label="Posts" class="numeric">{wanted["paid"][key]}</td>'
                f' <td data-label="Mean interactions" class="numeric"><strong>{figure}</strong></td>'
            ) in text
        for name in ("comments", "shares", "likes"):  # here every reaction is a like
            assert f"{wanted[name]:,}" in text


class TestPostsOfLiveSellers:
    def test_have_the_figures_that_were_counted_apart(
        self, client: FlaskClient, database: Database, page: Page, clock: SteppedClock
    ) -> None:
        wanted, outcome = expected(LIVE), bring(database, page, LIVE, clock)
        assert (outcome.added, outcome.report.rejected) == (wanted["posts"], [])
        assert len(outcome.report.uneven) == wanted["reactions_not_equal_to_parts"]
        rows = kinds_of(database, page)
        for name, posts in wanted["by_type"].items():
            assert sum(row.posts for row in rows if row.kind is KINDS[name]) == posts
        for name in ("reactions", "comments", "shares", "likes"):
            assert sum(getattr(row, name) for row in rows) == wanted[name]
        text = shown(client)
        for name, posts in wanted["by_type"].items():
            label = kind_label(KINDS[name])
            assert (
                f'<th scope="row">{label}</th> <td data-label="Posts" class="numeric">{posts:,}</td>' in text
            )
        for name in ("reactions", "comments", "shares"):
            assert f"{wanted[name]:,}" in text
        odd = outcome.report.uneven[0]
        post = client.get("/en/manage/lumen/insights/posts?period=all&sort=date&order=rising")
        assert post.status_code == 200
        assert (odd.row, odd.value, odd.reason) == (240, "885", "The kinds of reactions sum to 881.")

    def test_are_added_once_and_finish_what_was_broken_off(
        self, database: Database, page: Page, clock: SteppedClock
    ) -> None:
        def break_off(done: int) -> None:
            if done >= 2000:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            import_posts(database, file(LIVE), page=page, now=clock.now(), on_progress=break_off)
        dry = import_posts(database, file(LIVE), page=page, now=clock.now(), is_dry_run=True)
        rest = bring(database, page, LIVE, clock)
        again = bring(database, page, LIVE, clock)
        assert (dry.added, dry.known) == (rest.added, rest.known) == (5050, 2000)
        assert (again.added, again.known) == (0, 7050)
        with database.reading() as session:
            version = session.get_one(PageVersion, page.id)
        assert version.last_post_at is not None
        assert version.last_post_at.isoformat() == "2018-06-12T23:12:00+00:00"  # 1:12 in Paris, the 13th

    def test_cost_few_statements(
        self, client: FlaskClient, database: Database, page: Page, clock: SteppedClock
    ) -> None:
        bring(database, page, LIVE, clock)
        with database.transaction() as session:
            session.execute(update(Page).values(tagline="Seven thousand posts"))
        for path, most in (("?period=all", 9), ("/posts?period=all&sort=revenue", 8), ("/times", 6)):
            with count_statements(database.engine) as statements:
                assert client.get(f"/en/manage/lumen/insights{path}").status_code == 200
            assert len(statements) <= most, statements
