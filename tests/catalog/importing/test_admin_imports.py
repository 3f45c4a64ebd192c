"""The admin's imports as a browser without JavaScript uses them, the worker beside it."""

import io
import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from shop.catalog.import_jobs import handlers
from shop.catalog.import_models import ImportIssue, ImportRun, ImportState
from shop.catalog.import_run import BATCH_PRODUCTS
from shop.catalog.models import FetchState, PictureFetch, Product
from shop.core.db import Database
from shop.core.outbox import Worker
from shop.page.models import Page, Role
from shop.web.context import Runtime
from tests.catalog.importing.support import row, text_of
from tests.conftest import corpus
from tests.factories import make_account, make_page, make_staff
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

GOOD = row("mug", Title="Mug")
BAD = row("bad", Title="<script>alert(1)</script>", Variant_Price="=1+1")
HOME = "/en/manage/lumen/imports"


@pytest.fixture
def page(database: Database, client: FlaskClient) -> Page:
    """A page in dollars whose owner is signed in."""
    with database.transaction() as session:
        owner = make_account(session, name="Camille")
        page = make_page(session, slug="lumen", owner=owner, currency="USD")
    sign_in(client, owner)
    return page


@pytest.fixture
def work(runtime: Runtime) -> Callable[[], int]:
    """Do what imports have to do; pictures are left alone."""
    return Worker(runtime.database, runtime.clock, handlers(runtime)).run_due


def bring(client: FlaskClient, content: str | bytes, name: str = "products.csv") -> str:
    """Bring a file; return the address of its import."""
    body = content.encode() if isinstance(content, str) else content
    answer = client.post(HOME, data={"file": (io.BytesIO(body), name)})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def text(answer: TestResponse) -> str:
    """The page's text, blanks as one."""
    body = answer.text.partition("<main")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def only_run(database: Database) -> ImportRun:
    with database.reading() as session:
        return session.scalars(select(ImportRun)).one()


@pytest.mark.usefixtures("page")
class TestCreateImport:
    def test_shows_where_to_bring_a_file(self, client: FlaskClient):
        assert "How an import goes" in client.get(HOME).text

    def test_leads_to_a_page_that_tells_that_it_is_being_read(self, client: FlaskClient, database: Database):
        shown = client.get(bring(client, text_of(GOOD), "folder/my products.csv"))
        assert "Reading the file" in shown.text
        assert 'hx-trigger="every 1s"' in shown.text
        assert only_run(database).filename == "my products.csv"

    def test_asks_for_a_file(self, client: FlaskClient):
        answer = client.post(HOME, data={"file": (io.BytesIO(b""), "")})
        assert (answer.status_code, "Choose the file with your products." in answer.text) == (422, True)

    def test_refuses_a_file_that_is_too_large_where_it_was_chosen(self, client: FlaskClient, app: Flask):
        app.config["MAX_CONTENT_LENGTH"] = 1000
        answer = client.post(HOME, data={"file": (io.BytesIO(b"x" * 2000), "big.csv")})
        assert answer.status_code == 413
        assert "The file is larger than 20 MB." in answer.text
        assert 'id="field-file"' in answer.text

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"", "The file is empty."),
            (b"\x00\x01\x02 Handle,Title", "This is not a text file."),
            (b"PK\x03\x04 xl/workbook.xml", "This is an Excel file."),
            (b'{"products": []}', "No table was found"),
            (b"Handle,Title,Variant Price\n", "no rows under it"),
            (b'Handle,Title,Variant Price\nmug,"a', "is never closed"),
            (
                b"Handle,Title,Variant Price\nmug," + b"x" * 1_100_000 + b",1",
                "is longer than 1000000 characters",
            ),
            (b"Handle,Title,Variant Price\nmug,\xff\xfe\xfd\x81,1\n", "cannot be told for sure"),
            (b"<html><body>Sign in</body></html>", "No table was found"),
            (b"SKU,Stock\nA,1\n", "There is no column"),
        ],
        ids=["empty", "nul", "excel", "json", "no-rows", "quote", "huge", "letters", "html", "other"],
    )
    def test_tells_why_a_file_cannot_be_read_and_offers_other_choices(
        self, client: FlaskClient, work: Callable[[], int], content: bytes, told: str
    ):
        place = bring(client, content)
        work()
        shown = client.get(place)
        assert shown.status_code == 200
        assert told in text(shown)
        assert "Read it with other choices" in shown.text


@pytest.mark.usefixtures("page")
class TestPreview:
    def test_tells_what_was_recognised_and_what_would_happen(
        self, client: FlaskClient, work: Callable[[], int]
    ):
        place = bring(client, text_of(GOOD, row("cup", Title="Cup"), BAD, delimiter=";"))
        work()
        shown = text(client.get(place))
        for told in ("2 new products", "1 is left out", "semicolon", "UTF-8", "Variant Price”, in USD", "$12.50",
                     "Import 2 products", "3 products, 3 variants, 0 pictures"):  # fmt: skip
            assert told in shown, told

    def test_shows_each_fault_in_the_visitors_language_and_nothing_of_it_as_markup(
        self, client: FlaskClient, work: Callable[[], int]
    ):
        place = bring(client, text_of(GOOD, BAD, row("b", Variant_Price="<b>x</b>")))
        work()
        english, french = client.get(place), client.get(place.replace("/en/", "/fr/"))
        assert "This is not a price." in english.text
        assert "Ce n’est pas un prix." in french.text
        assert "<b>x</b>" not in english.text
        assert "<script>alert" not in client.get(f"{place}?show=created").text

    def test_pages_through_thousands_of_faults_with_as_many_statements(
        self, client: FlaskClient, database: Database, work: Callable[[], int]
    ):
        place = bring(client, text_of(*(row(f"m-{n}", Variant_Price="?") for n in range(2001))))
        work()
        first = client.get(place)
        assert first.text.count("This is not a price.") == 50
        assert "page=2" in first.text
        assert client.get(f"{place}?show=left-out&page=41").text.count("This is not a price.") == 1
        with count_statements(database.engine) as counted:
            client.get(f"{place}?show=left-out&page=40")
        assert len(counted) <= 8
        assert "No product of this file can be imported" in first.text

    @pytest.mark.parametrize(
        "query", ["show=nonsense", "page=-1", "page=x", "page=999999999999", "show=created&page=9"]
    )
    def test_odd_addresses_show_something(self, client: FlaskClient, work: Callable[[], int], query: str):
        place = bring(client, text_of(GOOD))
        work()
        assert client.get(f"{place}?{query}").status_code == 200

    def test_tells_what_would_change_in_which_product(self, client: FlaskClient, work: Callable[[], int]):
        place = bring(client, text_of(GOOD))
        work()
        client.post(f"{place}/start")
        work()
        place = bring(client, text_of({**GOOD, "Variant_Price": "14", "Tags": "new"}))
        work()
        shown = text(client.get(f"{place}?show=changed"))
        assert "1 changes" in shown
        assert "tags, price" in shown

    def test_reads_again_with_another_encoding(self, client: FlaskClient, work: Callable[[], int]):
        place = bring(client, text_of(row(Title="Žluťoučký kůň")).encode("cp1250"))
        work()
        answer = client.post(
            f"{place}/reading", data={"format": "shopify", "encoding": "cp1250", "sets_stock": "1"}
        )
        work()
        shown = text(client.get(answer.headers["Location"]))
        assert "Žluťoučký kůň" in shown
        assert "the file’s stock is written over yours" in shown

    @pytest.mark.parametrize("choice", [{"encoding": "zip"}, {"format": "exe"}, {"encoding": "\x00"}])
    def test_refuses_choices_that_there_are_not(
        self, client: FlaskClient, work: Callable[[], int], choice: dict[str, str]
    ):
        place = bring(client, text_of(GOOD))
        work()
        assert client.post(f"{place}/reading", data=choice).status_code == 422


@pytest.mark.usefixtures("page")
class TestResult:
    def test_tells_the_figures_and_lists_the_import(
        self, client: FlaskClient, database: Database, work: Callable[[], int]
    ):
        place = bring(client, text_of(GOOD, BAD))
        work()
        assert "about to begin" in client.post(f"{place}/start", follow_redirects=True).text
        work()
        shown = text(client.get(place))
        assert "The import is done" in shown
        assert "1 new product" in shown
        assert "1 left out" in shown
        listed = text(client.get(HOME))
        assert "products.csv Camille Done 1 0 1" in listed
        with database.reading() as session:
            assert session.scalars(select(Product.slug)).all() == ["mug"]

    def test_tells_of_pictures_and_lets_failed_ones_be_tried_again(
        self, client: FlaskClient, database: Database, work: Callable[[], int]
    ):
        place = bring(client, text_of({**GOOD, "Image_Src": "https://e.example/1.jpg"}))
        work()
        client.post(f"{place}/start")
        work()
        assert "0 of 1 pictures have come" in text(client.get(place))
        with database.transaction() as session:
            fetch = session.scalars(select(PictureFetch)).one()
            fetch.state, fetch.problem = (
                FetchState.FAILED,
                "The server does not give this picture (status %(status)s).",
            )
            fetch.problem_params = {"status": 404}
        shown = client.get(place)
        assert "(status 404)" in shown.text
        assert "hx-get" not in shown.text.partition('id="import"')[2]
        assert "statut 404" in client.get(place.replace("/en/", "/fr/")).text.replace("\u00a0", " ")
        assert "0 of 1 pictures" in client.post(f"{place}/pictures", follow_redirects=True).text

    def test_cancelled_can_go_on(self, client: FlaskClient, database: Database, work: Callable[[], int]):
        place = bring(client, text_of(GOOD))
        work()
        client.post(f"{place}/start")
        shown = client.post(f"{place}/cancellation", follow_redirects=True)
        assert "The import was cancelled" in shown.text
        client.post(f"{place}/start")
        work()
        assert only_run(database).state is ImportState.DONE

    def test_what_comes_too_late_is_told(self, client: FlaskClient, work: Callable[[], int]):
        place = bring(client, text_of(GOOD))
        work()
        client.post(f"{place}/start")
        work()
        for act in ("start", "cancellation", "reading"):
            assert "has moved on in the meantime" in client.post(f"{place}/{act}", follow_redirects=True).text

    def test_the_same_file_can_be_brought_again(self, client: FlaskClient, work: Callable[[], int]):
        place = bring(client, text_of(GOOD))
        work()
        client.post(f"{place}/start")
        work()
        again = client.post(f"{place}/repetition").headers["Location"]
        work()
        shown = text(client.get(again))
        assert again != place
        assert "1 stay as they are" in shown
        assert "Import all the same" in shown


@pytest.mark.usefixtures("page")
class TestDownloadLeftOut:
    def test_gives_the_rows_to_mend_and_takes_them_back(
        self, client: FlaskClient, database: Database, work: Callable[[], int]
    ):
        place = bring(
            client, text_of(GOOD, BAD, {"Handle": "bad", "Option1_Value": "L", "Variant_Price": "2"})
        )
        work()
        answer = client.get(f"{place}/left-out.csv")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        lines = answer.data.decode("utf-8-sig").splitlines()
        assert lines[0].endswith("Vitrine: reason [1.5]")
        assert [line.split(",")[0] for line in lines[1:]] == ["bad", "bad"]
        assert "This is not a price. (Variant Price)" in lines[1]
        mended = answer.data.replace(b"=1+1", b"1.50").replace(b"bad,<", b"bad,<", 1)
        again = bring(client, mended, "mended.csv")
        work()
        shown = text(client.get(again))
        assert "0 are left out" in shown or "1 is left out" in shown
        with database.reading() as session:
            codes = session.scalars(select(ImportIssue.code).where(ImportIssue.is_rejection)).all()
        assert codes.count("price_bad") == 1

    def test_is_not_there_while_the_file_is_read_again_nor_when_that_was_stopped(
        self, client: FlaskClient, work: Callable[[], int]
    ):
        place = bring(client, text_of(GOOD, BAD))
        work()
        assert client.get(f"{place}/left-out.csv").status_code == 200
        client.post(f"{place}/reading", data={"format": "auto", "encoding": "auto"})
        assert client.get(f"{place}/left-out.csv").status_code == 404
        client.post(f"{place}/cancellation")
        assert client.get(f"{place}/left-out.csv").status_code == 404
        assert "left-out.csv" not in client.get(place).text

    def test_is_not_there_when_nothing_was_left_out(self, client: FlaskClient, work: Callable[[], int]):
        place = bring(client, text_of(GOOD))
        assert client.get(f"{place}/left-out.csv").status_code == 404
        work()
        assert client.get(f"{place}/left-out.csv").status_code == 404


class TestAccess:
    @pytest.mark.parametrize("role", [Role.FULFILMENT, Role.ANALYST])
    def test_is_for_those_who_manage_products(
        self, client: FlaskClient, database: Database, page: Page, role: Role
    ):
        place = bring(client, text_of(GOOD))
        with database.transaction() as session:
            other = make_account(session)
            make_staff(session, page, other, role)
        sign_in(client, other)
        for answer in (client.get(HOME), client.get(place), client.post(f"{place}/start")):
            assert answer.status_code == 403

    def test_another_pages_admin_finds_nothing(self, client: FlaskClient, database: Database, page: Page):
        place = bring(client, text_of(GOOD)).replace("lumen", "other")
        with database.transaction() as session:
            other = make_account(session)
            make_page(session, slug="other", owner=other)
        sign_in(client, other)
        gets = (place, f"{place}/left-out.csv")
        posts = ("start", "cancellation", "reading", "repetition", "pictures")
        assert {client.get(one).status_code for one in gets} == {404}
        assert {client.post(f"{place}/{one}").status_code for one in posts} == {404}


@pytest.mark.corpus
@pytest.mark.usefixtures("page")
class TestShopifyFiles:
    @pytest.mark.parametrize(
        "name",
        [
            "apparel",
            "home-and-garden",
            "jewelery",
            "krabowe_pl",
            "official_template_new_headers",
            "packt_product-data",
        ],
    )
    def test_give_the_figures_that_were_counted_independently(
        self, client: FlaskClient, database: Database, work: Callable[[], int], name: str
    ):
        path = corpus("data", "catalog", f"shopify_{name}.csv")
        expected = json.loads(corpus("data", "EXPECTED.json").read_text())[f"catalog/{path.name}"]["figures"]
        place = bring(client, path.read_bytes(), path.name)
        work()
        run = only_run(database)
        assert (run.products, run.variants, run.pictures, run.rejections) == (
            expected["products"], expected["variants"], expected["distinct_product_images"], 0,
        )  # fmt: skip
        client.post(f"{place}/start")
        work()
        run = only_run(database)
        assert (run.state, run.created) == (ImportState.DONE, expected["products"])


@pytest.mark.usefixtures("page")
class TestManyProducts:
    def test_shows_how_far_it_is_while_it_runs(
        self, client: FlaskClient, runtime: Runtime, work: Callable[[], int]
    ):
        place = bring(client, text_of(*(row(f"m-{n}") for n in range(BATCH_PRODUCTS * 2))))
        work()
        client.post(f"{place}/start")
        Worker(runtime.database, runtime.clock, handlers(runtime, lambda: True)).run_due(limit=1)
        shown = client.get(place)
        assert f"{BATCH_PRODUCTS} of {2 * BATCH_PRODUCTS} products" in text(shown)
        assert f'value="{BATCH_PRODUCTS}" max="{2 * BATCH_PRODUCTS}"' in shown.text
        assert "50% imported" in shown.text or "50 % imported" in shown.text
        with runtime.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Product)) == BATCH_PRODUCTS
