import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from shop.catalog import picture_fetch
from shop.catalog.addresses import leave_address
from shop.catalog.history_models import AddressKind, SlugRedirect
from shop.catalog.import_pictures import FETCH_PICTURE
from shop.catalog.import_run import BATCH_PRODUCTS, import_file
from shop.catalog.importing.messages import FileFault
from shop.catalog.importing.report import ImportReport
from shop.catalog.jobs import fetch_picture
from shop.catalog.models import (
    Collection,
    CollectionProduct,
    FetchState,
    PictureFetch,
    Product,
    ProductPicture,
    ProductStatus,
    Variant,
)
from shop.catalog.picture_fetch import FetchFailed, PictureFetcher
from shop.catalog.stock import take_stock
from shop.core.db import Database
from shop.core.outbox import Job, JobState, Worker
from shop.page.models import Page, PageVersion
from shop.web.context import Runtime
from tests.catalog.importing.support import OLD_HEADER, Write, row, text_of
from tests.conftest import corpus
from tests.factories import SOLD, make_page

MUG = row(
    Option1_Name="Size", Option1_Value="S", Variant_SKU="M-S", Variant_Inventory_Tracker="shopify",
    Variant_Inventory_Qty="5", Body__HTML="<p>Hot<script>x</script></p>", Tags="hot",
    Image_Src="https://e.example/1.jpg", Image_Alt_Text="A mug",
)  # fmt: skip
LARGE = {"Handle": "mug", "Option1_Value": "L", "Variant_Price": "15", "Variant_SKU": "M-L",
         "Variant_Image": "https://e.example/2.jpg"}  # fmt: skip

Import = Callable[..., ImportReport]


@pytest.fixture
def page(database: Database) -> Page:
    with database.transaction() as session:
        return make_page(session)


@pytest.fixture
def import_rows(database: Database, page: Page, write: Write, now: dt.datetime) -> Import:
    """Import rows given as dicts into the page."""

    def import_them(
        *rows: dict[str, str], header: tuple[str, ...] = OLD_HEADER, **options: bool
    ) -> ImportReport:
        path = write(text_of(*rows, header=header))
        return import_file(database, path, page_id=page.id, currency="EUR", now=lambda: now, **options)

    return import_them


def product_of(database: Database, slug: str = "mug") -> Product:
    loads = (selectinload(Product.variants), selectinload(Product.pictures))
    with database.reading() as session:
        return session.scalars(select(Product).where(Product.slug == slug).options(*loads)).one()


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def version_of(database: Database, page: Page) -> int:
    with database.reading() as session:
        return session.get_one(PageVersion, page.id).version


class TestImportFile:
    def test_creates_products_with_their_variants(self, database: Database, page: Page, import_rows: Import):
        report = import_rows(MUG, LARGE, row("cup", Status="draft"))
        mug = product_of(database)
        assert (report.created, report.updated, report.products, report.variants) == (2, 0, 2, 3)
        assert (mug.title, mug.description_html, mug.option_names, mug.tags) == (
            "Mug",
            "<p>Hot</p>",
            ["Size"],
            ["hot"],
        )
        assert (mug.status, mug.price_from_amount, mug.price_to_amount) == (
            ProductStatus.PUBLISHED,
            1250,
            1500,
        )
        assert [(one.option1, one.sku, one.price_amount, one.stock) for one in mug.variants] == [
            ("S", "M-S", 1250, 5),
            ("L", "M-L", 1500, None),
        ]
        assert product_of(database, "cup").status is ProductStatus.DRAFT
        assert mug.published_at is not None
        assert "hot" in mug.search_text
        assert version_of(database, page) == 2

    def test_changes_nothing_the_second_time(self, database: Database, page: Page, import_rows: Import):
        import_rows(MUG, LARGE, row("cup"))
        before = (product_of(database).version, version_of(database, page), count(database, Job))
        report = import_rows(MUG, LARGE, row("cup"))
        assert (report.created, report.updated) == (0, 0)
        assert (product_of(database).version, version_of(database, page), count(database, Job)) == before

    def test_finds_a_product_whose_address_was_changed(
        self, database: Database, page: Page, import_rows: Import
    ):
        import_rows(MUG, LARGE)
        self.move(database, page, "mug", "coffee-mug")
        report = import_rows({**MUG, "Title": "Cup"}, LARGE)
        assert (report.created, report.updated, count(database, Product)) == (0, 1, 1)
        assert product_of(database, "coffee-mug").title == "Cup"

    def test_a_product_of_its_own_takes_the_address_that_another_had(
        self, database: Database, page: Page, import_rows: Import
    ):
        import_rows(MUG, LARGE)
        self.move(database, page, "mug", "coffee-mug")
        report = import_rows(MUG, LARGE, row("coffee-mug"))
        assert (report.created, count(database, Product), count(database, SlugRedirect)) == (1, 2, 0)

    def move(self, database: Database, page: Page, old: str, new: str) -> None:
        with database.transaction() as session:
            product = session.scalars(select(Product).where(Product.slug == old)).one()
            product.slug = new
            leave_address(
                session, AddressKind.PRODUCT, page_id=page.id, slug=old, target_id=product.id,
                now=product.created_at,
            )  # fmt: skip

    def test_counts_only_products_that_really_changed(self, database: Database, import_rows: Import):
        import_rows(MUG, LARGE, row("cup"))
        report = import_rows(MUG, {**LARGE, "Variant_Price": "16"}, row("cup"))
        mug = product_of(database)
        assert (report.created, report.updated) == (0, 1)
        assert (mug.variants[1].price_amount, mug.price_to_amount, mug.version) == (1600, 1600, 2)

    def test_never_raises_a_stock_that_was_sold(self, database: Database, import_rows: Import):
        import_rows(MUG)
        with database.transaction() as session:
            take_stock(session, {product_of(database).variants[0].id: 2}, cause=SOLD)
        report = import_rows(MUG)
        assert (report.updated, product_of(database).variants[0].stock) == (0, 3)

    def test_writes_the_stock_when_it_is_asked_to(self, database: Database, import_rows: Import):
        import_rows(MUG)
        with database.transaction() as session:
            take_stock(session, {product_of(database).variants[0].id: 2}, cause=SOLD)
        report = import_rows(MUG, sets_stock=True)
        assert (report.updated, product_of(database).variants[0].stock) == (1, 5)
        assert import_rows(MUG, sets_stock=True).updated == 0

    def test_keeps_the_variants_that_stay_and_drops_those_that_are_gone(
        self, database: Database, import_rows: Import
    ):
        import_rows(MUG, LARGE)
        small = product_of(database).variants[0].id
        import_rows(MUG, {"Handle": "mug", "Option1_Value": "XL", "Variant_Price": "18"})
        assert [(one.id == small, one.option1) for one in product_of(database).variants] == [
            (True, "S"),
            (False, "XL"),
        ]

    def test_never_gives_the_number_of_a_variant_that_is_gone_to_another(
        self, database: Database, import_rows: Import
    ):
        import_rows(MUG, LARGE)
        gone = product_of(database).variants[1].id
        import_rows(MUG)
        import_rows(row("cup"))
        assert product_of(database, "cup").variants[0].id > gone

    def test_imports_the_others_when_some_are_faulty(self, database: Database, import_rows: Import):
        report = import_rows(MUG, row("bad", Variant_Price="?"), row("cup"))
        assert (report.created, len(report.rejected), count(database, Product)) == (2, 1, 2)

    def test_changes_nothing_when_the_file_is_faulty(
        self, database: Database, page: Page, write: Write, now: dt.datetime
    ):
        path = write(text_of(row("a")) + 'b,"never closed')
        with pytest.raises(FileFault):
            import_file(database, path, page_id=page.id, currency="EUR", now=lambda: now)
        assert (count(database, Product), version_of(database, page)) == (0, 1)

    def test_a_dry_run_tells_the_same_and_changes_nothing(
        self, database: Database, page: Page, import_rows: Import
    ):
        report = import_rows(MUG, LARGE, row("cup"), is_dry_run=True)
        assert (report.created, report.variants) == (2, 3)
        assert (count(database, Product), count(database, Job), version_of(database, page)) == (0, 0, 1)

    def test_writes_many_batches(self, database: Database, import_rows: Import):
        rows = [row(f"mug-{n}") for n in range(2 * BATCH_PRODUCTS + 1)]
        seen: list[tuple[int, int]] = []
        report = import_rows(*rows, on_progress=lambda done, total: seen.append((done, total)))
        assert report.created == count(database, Product) == len(rows)
        assert seen[-1] == (len(rows), len(rows))

    def test_goes_on_where_a_broken_run_stopped(self, database: Database, import_rows: Import):
        rows = [row(f"mug-{n}") for n in range(BATCH_PRODUCTS + 10)]

        def break_off(done: int, _total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            import_rows(*rows, on_progress=break_off)
        assert count(database, Product) == BATCH_PRODUCTS
        assert import_rows(*rows).created == 10

    def test_two_imports_at_once_make_each_product_once(
        self, database: Database, page: Page, tmp_path: Path, now: dt.datetime
    ):
        names = [f"mug-{n}" for n in range(150)]
        files = [tmp_path / "forwards.csv", tmp_path / "backwards.csv"]
        for path, ordered in zip(files, (names, names[::-1]), strict=True):
            path.write_text(text_of(*(row(name) for name in ordered)))

        def run(path: Path) -> ImportReport:
            return import_file(database, path, page_id=page.id, currency="EUR", now=lambda: now)

        with ThreadPoolExecutor(2) as pool:
            reports = list(pool.map(run, files))
        assert sum(report.created for report in reports) == count(database, Product) == len(names)
        assert count(database, Variant) == len(names)

    def test_pages_see_nothing_of_each_other(
        self, database: Database, page: Page, write: Write, now: dt.datetime
    ):
        with database.transaction() as session:
            other = make_page(session)
        path = write(text_of(MUG))
        for one in (page, other):
            assert import_file(database, path, page_id=one.id, currency="EUR", now=lambda: now).created == 1

    def test_puts_products_into_collections(self, database: Database, import_rows: Import):
        header = (*OLD_HEADER, "Collection")
        rows = (row("a", Collection="Table"), row("b", Collection="Table"), row("c"))
        import_rows(*rows, header=header)
        report = import_rows(*rows, header=header)
        assert (count(database, Collection), count(database, CollectionProduct), report.updated) == (1, 2, 0)


class FetchesFrom(PictureFetcher):
    """Gives what a table says instead of asking the network."""

    answers: dict[str, bytes | FetchFailed]

    @classmethod
    def table(cls, answers: dict[str, bytes | FetchFailed]) -> "FetchesFrom":
        made = cls()
        object.__setattr__(made, "answers", answers)
        return made

    def fetch(self, url: str) -> bytes:
        answer = self.answers[url]
        if isinstance(answer, FetchFailed):
            raise answer
        return answer


def png(color: str) -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(out, "PNG")
    return out.getvalue()


class TestFetchPicture:
    def run(self, runtime: Runtime, answers: dict[str, bytes | FetchFailed]) -> None:
        fetcher = FetchesFrom.table(answers)
        worker = Worker(
            runtime.database, runtime.clock, {FETCH_PICTURE: lambda job: fetch_picture(runtime, fetcher, job)}
        )
        worker.run_due()

    def test_adds_pictures_to_the_product_and_to_the_variant(
        self, runtime: Runtime, database: Database, import_rows: Import
    ):
        import_rows(MUG, LARGE)
        self.run(runtime, {"https://e.example/1.jpg": png("red"), "https://e.example/2.jpg": png("blue")})
        mug = product_of(database)
        assert [(one.source_url, one.alt) for one in mug.pictures] == [
            ("https://e.example/1.jpg", "A mug"),
            ("https://e.example/2.jpg", ""),
        ]
        assert [one.picture_id for one in mug.variants] == [None, mug.pictures[1].id]
        assert runtime.files.exists(f"{mug.pictures[0].picture['key']}-40.webp")
        assert import_rows(MUG, LARGE).updated == 0
        assert count(database, Job) == 2

    @pytest.mark.parametrize(
        "answer",
        [FetchFailed(picture_fetch.NOT_FOUND, is_final=True, status=404), b"<svg/>", b"", b"\x89PNG broken"],
        ids=["gone", "drawing", "empty", "broken"],
    )
    def test_a_failure_is_a_warning_and_no_loss(
        self, runtime: Runtime, database: Database, import_rows: Import, answer: bytes | FetchFailed
    ):
        import_rows(MUG)
        self.run(runtime, {"https://e.example/1.jpg": answer})
        with database.reading() as session:
            [fetch] = session.scalars(select(PictureFetch))
            [job] = session.scalars(select(Job))
        assert (fetch.state, bool(fetch.problem), job.state) == (FetchState.FAILED, True, JobState.DONE)
        assert product_of(database).status is ProductStatus.PUBLISHED

    def test_the_next_import_tells_of_it_and_tries_again(
        self, runtime: Runtime, database: Database, import_rows: Import
    ):
        import_rows(MUG)
        self.run(runtime, {"https://e.example/1.jpg": FetchFailed(picture_fetch.NOT_PUBLIC, is_final=True)})
        report = import_rows(MUG)
        told = [one for one in report.warnings if one.code == "picture_failed"]
        assert [(one.row, one.value) for one in told] == [(2, "https://e.example/1.jpg")]
        assert report.updated == 0
        self.run(runtime, {"https://e.example/1.jpg": png("red")})
        assert len(product_of(database).pictures) == 1

    def test_tries_a_slow_server_again_later_and_gives_up_in_the_end(
        self, runtime: Runtime, database: Database, import_rows: Import
    ):
        import_rows(MUG)
        slow = {"https://e.example/1.jpg": FetchFailed(picture_fetch.TOO_SLOW, is_final=False)}
        states = []
        for _ in range(6):
            self.run(runtime, slow)
            runtime.clock.advance(hours=6)  # type: ignore[attr-defined]
            with database.reading() as session:
                states.append(session.scalars(select(PictureFetch.state)).one())
        assert states == [FetchState.WAITING] * 4 + [FetchState.FAILED] * 2

    def test_a_picture_that_was_taken_off_does_not_come_back(
        self, runtime: Runtime, database: Database, import_rows: Import
    ):
        import_rows(MUG)
        self.run(runtime, {"https://e.example/1.jpg": png("red")})
        with database.transaction() as session:
            session.delete(session.scalars(select(ProductPicture)).one())
        import_rows(MUG)
        self.run(runtime, {})
        assert product_of(database).pictures == []

    def test_does_nothing_when_the_product_is_gone(
        self, runtime: Runtime, database: Database, import_rows: Import
    ):
        import_rows(MUG)
        with database.transaction() as session:
            session.delete(
                session.scalars(
                    select(Product).options(selectinload(Product.variants), selectinload(Product.pictures))
                ).one()
            )
        self.run(runtime, {})
        assert count(database, PictureFetch) == 0


@pytest.mark.corpus
class TestShopifyFiles:
    def test_imported_twice_change_nothing_the_second_time(
        self, database: Database, page: Page, now: dt.datetime
    ):
        for path in sorted(corpus("data", "catalog").glob("shopify_*.csv")):
            first = import_file(database, path, page_id=page.id, currency="USD", now=lambda: now)
            second = import_file(database, path, page_id=page.id, currency="USD", now=lambda: now)
            assert first.created + first.updated == first.products
            assert (second.created, second.updated, len(second.rejected)) == (0, 0, 0)
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Variant)) >= 150
