"""Products made and changed: what is kept, what is told, what is refused."""

import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.catalog.models import Product, ProductPicture, ProductStatus
from shop.catalog.queries import (
    count_products_by_status,
    get_product,
    get_product_by_id,
    get_variant_for_sale,
    list_cards,
    list_collection_ids_of_product,
    list_collection_products,
    list_collections,
    list_products_for_admin,
    list_variants,
    summarise_collections,
)
from shop.catalog.service import (
    PictureDraft,
    ProductChanged,
    ProductDraft,
    StockRule,
    VariantDraft,
    add_picture,
    create_collection,
    create_product,
    delete_collection,
    describe_picture,
    edit_collection,
    edit_product,
    order_collections,
    order_pictures,
    remove_picture,
    set_status,
)
from shop.catalog.stock import StockChanged, raise_sold_count, take_stock
from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from shop.page.models import PageVersion
from shop.page.service import raise_version
from tests.factories import SOLD, START, make_page, make_product
from tests.support.statements import count_statements

LATER = START + dt.timedelta(days=1)
MUG = ProductDraft(title="Mug", variants=(VariantDraft(price_amount=1200, stock=5),))
SHIRT = ProductDraft(
    title="Shirt",
    option_names=("Size", "Colour"),
    variants=tuple(
        VariantDraft(option_values=(size, colour), price_amount=3000, stock=4)
        for size in ("S", "M")
        for colour in ("Blue", "Red")
    ),
)


def version_of(session: Session, page_id: int) -> int:
    return session.scalars(select(PageVersion.version).where(PageVersion.page_id == page_id)).one()


def picture(key: str) -> dict[str, Any]:
    return {"key": key, "width": 1, "height": 1, "widths": [1], "formats": ["webp"], "color": "#ffffff"}


class TestCreateProduct:
    def test_makes_a_draft_with_its_price_range(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            before = version_of(session, page.id)
            draft = replace(
                SHIRT,
                variants=(
                    VariantDraft(option_values=("S", "Blue"), price_amount=3000, compare_at_amount=4000),
                    VariantDraft(
                        option_values=("M", "Blue"),
                        price_amount=3500,
                        stock=None,
                        sku=" SH-M ",
                        barcode="4006381333931",
                    ),
                ),
            )
            created = create_product(session, page_id=page.id, draft=draft, now=START)
            assert version_of(session, page.id) == before + 1
        with database.reading() as session:
            product = get_product(session, page_id=page.id, slug="shirt", published_only=False)

        assert product.id == created.id
        assert (product.status, product.published_at) == (ProductStatus.DRAFT, None)
        assert (product.price_from_amount, product.price_to_amount, product.compare_at_amount) == (
            3000,
            3500,
            4000,
        )
        assert [(v.position, v.option_values, v.stock, v.sku) for v in product.variants] == [
            (1, ["S", "Blue"], 0, None),
            (2, ["M", "Blue"], None, "SH-M"),
        ]

    def test_finds_a_free_address(self, database: Database) -> None:
        with database.transaction() as session:
            page, other = make_page(session), make_page(session)
            slugs = [create_product(session, page_id=page.id, draft=MUG, now=START).slug for _ in range(3)]
            slugs.append(create_product(session, page_id=other.id, draft=MUG, now=START).slug)
            slugs.append(
                create_product(session, page_id=page.id, draft=replace(MUG, title="日本"), now=START).slug
            )

        assert slugs == ["mug", "mug-2", "mug-3", "mug", "product"]

    def test_tells_when_a_typed_address_is_taken(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            create_product(session, page_id=page.id, draft=MUG, now=START)
            with pytest.raises(Invalid) as refusal:
                create_product(session, page_id=page.id, draft=replace(MUG, slug="mug"), now=START)

        assert list(refusal.value.errors) == ["slug"]

    def test_keeps_descriptions_harmless(self, database: Database) -> None:
        text = "<p onclick=x>Fine <b>glass</b><script>alert(1)</script><a href='javascript:x'>a</a></p>"
        draft = replace(
            MUG, description_html=text, translations={"fr": {"title": " Tasse ", "description_html": text}}
        )
        with database.transaction() as session:
            product = create_product(session, page_id=make_page(session).id, draft=draft, now=START)

        safe = '<p>Fine <strong>glass</strong><a rel="noopener nofollow">a</a></p>'
        assert product.description_html == safe
        assert product.translations == {"fr": {"title": "Tasse", "description_html": safe}}

    def test_is_found_by_all_its_words(self, database: Database) -> None:
        draft = replace(
            SHIRT,
            status=ProductStatus.PUBLISHED,
            vendor="Maison Étoile",
            tags=("linen",),
            translations={"fr": {"title": "Chemise", "options": {"Blue": "Bleu nuit"}}},
        )
        with database.transaction() as session:
            page = make_page(session)
            create_product(session, page_id=page.id, draft=draft, now=START)
        with database.reading() as session:
            for query in ("shirt", "chem", "etoile", "linen", "blue", "nuit"):
                assert list_cards(session, page_id=page.id, language="en", query=query).total == 1, query

    @pytest.mark.parametrize(
        ("draft", "fields"),
        [
            (replace(MUG, title="  "), {"title"}),
            (replace(MUG, title="x" * 256), {"title"}),
            (replace(MUG, slug="No Good"), {"slug"}),
            (replace(MUG, slug=""), {"slug"}),
            (replace(MUG, variants=()), {"variants"}),
            (
                replace(
                    MUG,
                    option_names=("A", "B", "C", "D"),
                    variants=(VariantDraft(option_values=tuple("abcd")),),
                ),
                {"options"},
            ),
            (replace(SHIRT, option_names=("Size", " size")), {"options"}),
            (replace(SHIRT, option_names=("Size", "")), {"options"}),
            (replace(SHIRT, variants=(VariantDraft(option_values=("S",)),)), {"variants.0"}),
            (replace(SHIRT, variants=(SHIRT.variants[0],) * 2), {"variants.1"}),
            (
                replace(SHIRT, variants=tuple(VariantDraft(option_values=("S", str(n))) for n in range(251))),
                {"variants"},
            ),
            (replace(MUG, variants=(VariantDraft(price_amount=-1),)), {"variants.0.price_amount"}),
            (
                replace(MUG, variants=(VariantDraft(price_amount=5, compare_at_amount=5),)),
                {"variants.0.compare_at_amount"},
            ),
            (replace(MUG, variants=(VariantDraft(stock=-1),)), {"variants.0.stock"}),
            (replace(MUG, variants=(VariantDraft(weight_grams=-1),)), {"variants.0.weight_grams"}),
            (replace(MUG, variants=(VariantDraft(barcode="4006381333932"),)), {"variants.0.barcode"}),
            (replace(MUG, variants=(VariantDraft(sku="x" * 256),)), {"variants.0.sku"}),
            (replace(MUG, swatches={"Blue": "blue"}), {"options"}),
        ],
    )
    def test_tells_what_is_wrong_where(
        self, database: Database, draft: ProductDraft, fields: set[str]
    ) -> None:
        with database.transaction() as session:
            page = make_page(session)
            with pytest.raises(Invalid) as refusal:
                create_product(session, page_id=page.id, draft=draft, now=START)

        assert set(refusal.value.errors) == fields


class TestEditProduct:
    @pytest.fixture
    def shirt(self, database: Database) -> Product:
        with database.transaction() as session:
            page = make_page(session)
            return create_product(session, page_id=page.id, draft=SHIRT, now=START)

    def edit(
        self, database: Database, product: Product, draft: ProductDraft, version: int | None = None
    ) -> bool:
        with database.transaction() as session:
            return edit_product(
                session,
                page_id=product.page_id,
                product_id=product.id,
                draft=draft,
                version=version,
                now=LATER,
            )

    def read(self, database: Database, product: Product) -> Product:
        with database.reading() as session:
            return get_product_by_id(session, page_id=product.page_id, product_id=product.id)

    def test_the_same_draft_changes_nothing(self, database: Database, shirt: Product) -> None:
        with database.reading() as session:
            before = version_of(session, shirt.page_id)

        assert self.edit(database, shirt, SHIRT) is False

        after = self.read(database, shirt)
        assert (after.version, after.updated_at) == (1, START)
        with database.reading() as session:
            assert version_of(session, shirt.page_id) == before

    def test_variants_keep_their_ids_and_their_stock(self, database: Database, shirt: Product) -> None:
        ids = {tuple(v.option_values): v.id for v in shirt.variants}
        with database.transaction() as session:
            session.execute(update(Product).values(status=ProductStatus.PUBLISHED))
            take_stock(session, {ids["S", "Red"]: 3}, cause=SOLD)
        reordered = replace(
            SHIRT,
            variants=(
                VariantDraft(option_values=("L", "Red"), price_amount=5000, stock=7),
                VariantDraft(option_values=("S", "Red"), price_amount=2500, stock=4),
            ),
        )

        assert self.edit(database, shirt, reordered) is True

        after = self.read(database, shirt)
        assert [(v.option_values, v.stock) for v in after.variants] == [(["L", "Red"], 7), (["S", "Red"], 1)]
        assert after.variants[1].id == ids["S", "Red"]
        assert after.variants[0].id not in ids.values()
        assert (after.price_from_amount, after.price_to_amount, after.version) == (2500, 5000, 2)

    def test_a_typed_stock_is_written_over_the_shown_one(self, database: Database, shirt: Product) -> None:
        self.edit(database, shirt, self.with_stocks(shirt, seen=4, stock=9))

        assert {v.stock for v in self.read(database, shirt).variants} == {9}

    def test_an_untouched_stock_never_undoes_a_sale(self, database: Database, shirt: Product) -> None:
        self.sell_one_of_each(database, shirt)

        self.edit(database, shirt, replace(self.with_stocks(shirt, seen=4, stock=4), title="Renamed"))

        assert {v.stock for v in self.read(database, shirt).variants} == {3}

    def test_a_sale_between_showing_and_typing_is_told(self, database: Database, shirt: Product) -> None:
        self.sell_one_of_each(database, shirt)

        with pytest.raises(StockChanged) as refusal:
            self.edit(database, shirt, self.with_stocks(shirt, seen=4, stock=10))

        assert refusal.value.stocks == {v.id: 3 for v in shirt.variants}
        assert {v.stock for v in self.read(database, shirt).variants} == {3}

    def test_a_stocktake_writes_whatever_was_sold(self, database: Database, shirt: Product) -> None:
        self.sell_one_of_each(database, shirt)

        self.edit(database, shirt, self.with_stocks(shirt, seen=StockRule.SET, stock=None))

        assert {v.stock for v in self.read(database, shirt).variants} == {None}

    def with_stocks(
        self, product: Product, *, seen: int | StockRule | None, stock: int | None
    ) -> ProductDraft:
        return replace(
            SHIRT, variants=tuple(replace(v, stock=stock, stock_seen=seen) for v in SHIRT.variants)
        )

    def sell_one_of_each(self, database: Database, product: Product) -> None:
        with database.transaction() as session:
            session.execute(update(Product).values(status=ProductStatus.PUBLISHED))
            take_stock(session, {variant.id: 1 for variant in product.variants}, cause=SOLD)

    def test_variants_may_swap_their_values(self, database: Database, shirt: Product) -> None:
        first, second = shirt.variants[:2]
        drafts = tuple(
            VariantDraft(option_values=values, price_amount=3000, variant_id=variant.id)
            for variant, values in zip(
                shirt.variants, [("S", "Red"), ("S", "Blue"), ("M", "Blue"), ("M", "Red")], strict=True
            )
        )

        self.edit(database, shirt, replace(SHIRT, variants=drafts))

        after = {v.id: v.option_values for v in self.read(database, shirt).variants}
        assert (after[first.id], after[second.id]) == (["S", "Red"], ["S", "Blue"])

    def test_a_value_may_pass_from_a_removed_variant_to_a_kept_one(
        self, database: Database, shirt: Product
    ) -> None:
        kept = shirt.variants[3]
        draft = replace(
            SHIRT, variants=(VariantDraft(option_values=("S", "Blue"), price_amount=1, variant_id=kept.id),)
        )

        self.edit(database, shirt, draft)

        assert [(v.id, v.option_values) for v in self.read(database, shirt).variants] == [
            (kept.id, ["S", "Blue"])
        ]

    def test_another_products_variant_is_not_stolen(self, database: Database, shirt: Product) -> None:
        with database.transaction() as session:
            other = create_product(session, page_id=shirt.page_id, draft=MUG, now=START)
        stolen = replace(MUG, variants=(VariantDraft(price_amount=1, variant_id=other.variants[0].id),))

        self.edit(database, shirt, stolen)

        assert self.read(database, other).variants[0].price_amount == 1200
        assert self.read(database, shirt).variants[0].id != other.variants[0].id

    def test_an_older_form_is_told(self, database: Database, shirt: Product) -> None:
        self.edit(database, shirt, replace(SHIRT, title="First"), version=1)

        with pytest.raises(ProductChanged) as refusal:
            self.edit(database, shirt, replace(SHIRT, title="Second"), version=1)

        assert refusal.value.version == 2
        assert self.read(database, shirt).title == "First"

    def test_another_pages_product_is_not_found(self, database: Database, shirt: Product) -> None:
        with database.transaction() as session:
            other = make_page(session)
            with pytest.raises(NotFound):
                edit_product(
                    session, page_id=other.id, product_id=shirt.id, draft=SHIRT, version=None, now=LATER
                )

    def test_a_taken_address_is_told(self, database: Database, shirt: Product) -> None:
        with database.transaction() as session:
            create_product(session, page_id=shirt.page_id, draft=MUG, now=START)

        with pytest.raises(Invalid) as refusal:
            self.edit(database, shirt, replace(SHIRT, slug="mug"))

        assert list(refusal.value.errors) == ["slug"]

    def test_what_a_draft_leaves_out_stays(self, database: Database, shirt: Product) -> None:
        full = replace(
            SHIRT,
            slug="the-shirt",
            vendor="V",
            product_type="T",
            tags=("a",),
            status=ProductStatus.PUBLISHED,
            translations={"fr": {"title": "Chemise"}},
            swatches={"Blue": "#0000ff"},
            pictures=(PictureDraft(picture("p")),),
        )
        self.edit(database, shirt, full)

        self.edit(database, shirt, SHIRT)

        after = self.read(database, shirt)
        assert (after.slug, after.vendor, after.product_type, after.tags) == ("the-shirt", "V", "T", ["a"])
        assert (after.status, after.translations["fr"]["title"]) == (ProductStatus.PUBLISHED, "Chemise")
        assert (after.swatches, len(after.pictures)) == ({"Blue": "#0000ff"}, 1)

    def test_pictures_follow_the_draft_and_show_variants(self, database: Database, shirt: Product) -> None:
        drafts = tuple(
            replace(v, picture_key="blue" if "Blue" in v.option_values else "red") for v in SHIRT.variants
        )
        self.edit(
            database,
            shirt,
            replace(
                SHIRT,
                variants=drafts,
                pictures=(PictureDraft(picture("blue"), alt="Blue"), PictureDraft(picture("red"))),
            ),
        )
        before = self.read(database, shirt)
        blue, red = before.pictures
        assert [v.picture_id for v in before.variants] == [blue.id, red.id, blue.id, red.id]

        self.edit(
            database,
            shirt,
            replace(
                SHIRT,
                variants=drafts,
                pictures=(PictureDraft(picture_id=red.id, alt="Now first"), PictureDraft(picture_id=99999)),
            ),
        )

        after = self.read(database, shirt)
        assert [(p.id, p.alt, p.position) for p in after.pictures] == [(red.id, "Now first", 1)]
        assert [v.picture_id for v in after.variants] == [None, red.id, None, red.id]

    @given(
        st.lists(
            st.lists(
                st.tuples(
                    st.sampled_from("ABCDE"),
                    st.integers(0, 99_999_999),
                    st.one_of(st.none(), st.integers(1, 500)),
                ),
                min_size=1,
                max_size=5,
                unique_by=lambda row: row[0],
            ),
            min_size=1,
            max_size=4,
        )
    )
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_the_price_range_always_repeats_the_variants(
        self, database: Database, steps: list[list[tuple[str, int, int | None]]]
    ) -> None:
        drafts = [
            ProductDraft(
                title="Any",
                option_names=("Kind",),
                variants=tuple(
                    VariantDraft(
                        option_values=(kind,),
                        price_amount=price,
                        compare_at_amount=price + above if above and price + above <= 99_999_999 else None,
                    )
                    for kind, price, above in rows
                ),
            )
            for rows in steps
        ]
        with database.transaction() as session:
            product = create_product(session, page_id=make_page(session).id, draft=drafts[0], now=START)
        for draft in drafts:
            self.edit(database, product, draft)
            after = self.read(database, product)
            prices = [v.price_amount for v in after.variants]
            assert (after.price_from_amount, after.price_to_amount) == (min(prices), max(prices))
            cheapest = min(after.variants, key=lambda v: (v.price_amount, v.position))
            assert after.compare_at_amount == cheapest.compare_at_amount
            assert [tuple(v.option_values) for v in after.variants] == [
                v.option_values for v in draft.variants
            ]


class TestSetStatus:
    def test_publishing_dates_it_once(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            product = create_product(session, page_id=page.id, draft=MUG, now=START)
            for status, at in (
                (ProductStatus.PUBLISHED, START),
                (ProductStatus.ARCHIVED, LATER),
                (ProductStatus.PUBLISHED, LATER),
            ):
                set_status(session, page_id=page.id, product_id=product.id, status=status, now=at)
            assert (product.published_at, product.updated_at, product.version) == (START, LATER, 4)

    def test_a_status_that_it_has_changes_nothing(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            product = make_product(session, page)
            before = version_of(session, page.id)
            set_status(
                session, page_id=page.id, product_id=product.id, status=ProductStatus.PUBLISHED, now=LATER
            )
            assert version_of(session, page.id) == before

    def test_another_pages_product_is_not_found(self, database: Database) -> None:
        with database.transaction() as session:
            page, other = make_page(session), make_page(session)
            product = make_product(session, page)
            with pytest.raises(NotFound):
                set_status(
                    session, page_id=other.id, product_id=product.id, status=ProductStatus.ARCHIVED, now=LATER
                )


class TestPictures:
    def test_are_added_described_ordered_and_removed(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            of = {"page_id": page.id, "product_id": make_product(session, page).id}
            first = add_picture(
                session,
                **of,
                picture=picture("a"),
                alt=" A ",
                source_url="https://x.example/a.jpg",
                now=START,
            )
            second = add_picture(session, **of, picture=picture("b"), now=START)
            again = add_picture(session, **of, picture=picture("b"), now=START)
            from_same_address = add_picture(
                session, **of, picture=picture("c"), source_url="https://x.example/a.jpg", now=START
            )
            describe_picture(session, **of, picture_id=second.id, alt="B", translations={"fr": {"alt": "Bé"}})
            order_pictures(session, **of, picture_ids=[second.id])
            assert (again.id, from_same_address.id) == (second.id, first.id)
            assert (first.alt, first.position, second.alt, second.position) == ("A", 2, "B", 1)
            remove_picture(session, **of, picture_id=first.id)
            assert session.scalar(select(func.count()).select_from(ProductPicture)) == 1

    def test_of_another_page_are_not_found(self, database: Database) -> None:
        with database.transaction() as session:
            page, other = make_page(session), make_page(session)
            product = make_product(session, page)
            with pytest.raises(NotFound):
                add_picture(session, page_id=other.id, product_id=product.id, picture=picture("a"), now=START)
            with pytest.raises(NotFound):
                remove_picture(session, page_id=page.id, product_id=product.id, picture_id=404)


class TestCollections:
    def test_are_made_edited_ordered_and_deleted(self, database: Database) -> None:
        with database.transaction() as session:
            page, other = make_page(session), make_page(session)
            mug, bowl = (
                make_product(session, page, title="Mug"),
                make_product(session, page, status=ProductStatus.DRAFT),
            )
            strange = make_product(session, other)
            table = create_collection(
                session,
                page_id=page.id,
                title="Table",
                now=START,
                product_ids=[bowl.id, mug.id, strange.id, mug.id],
                translations={"fr": {"title": " La table ", "description": ""}},
            )
            lamps = create_collection(session, page_id=page.id, title="Table", now=START)
            assert (table.slug, lamps.slug, table.translations) == (
                "table",
                "table-2",
                {"fr": {"title": "La table"}},
            )
            assert list_collection_products(session, collection_id=table.id) == [bowl.id, mug.id]
            order_collections(session, page_id=page.id, collection_ids=[lamps.id, table.id], now=START)
            assert [c.slug for c in list_collections(session, page.id)] == ["table-2", "table"]
            summary = summarise_collections(session, page_id=page.id)[1]
            assert (summary.products, summary.published) == (2, 1)
            edit_collection(
                session,
                now=START,
                page_id=page.id,
                collection_id=table.id,
                title="Tables",
                slug="tables",
                product_ids=[mug.id],
            )
            assert (table.title, list_collection_products(session, collection_id=table.id)) == (
                "Tables",
                [mug.id],
            )
            delete_collection(session, page_id=page.id, collection_id=table.id, now=START)
            assert [c.id for c in list_collections(session, page.id)] == [lamps.id]
            assert get_product_by_id(session, page_id=page.id, product_id=mug.id).title == "Mug"

    @pytest.mark.parametrize(
        ("title", "slug", "field"),
        [(" ", None, "title"), ("x" * 121, None, "title"), ("A", "Á", "slug"), ("A", "lamps", "slug")],
    )
    def test_tell_what_is_wrong_where(
        self, database: Database, title: str, slug: str | None, field: str
    ) -> None:
        with database.transaction() as session:
            page = make_page(session)
            create_collection(session, page_id=page.id, title="Lamps", now=START)
            with pytest.raises(Invalid) as refusal:
                create_collection(session, page_id=page.id, title=title, slug=slug, now=START)
        assert list(refusal.value.errors) == [field]

    def test_a_product_joins_and_leaves_them(self, database: Database) -> None:
        with database.transaction() as session:
            page, other = make_page(session), make_page(session)
            mine = [
                create_collection(session, page_id=page.id, title=f"C{n}", now=START).id for n in range(2)
            ]
            foreign = create_collection(session, page_id=other.id, title="F", now=START).id
            product = create_product(
                session, page_id=page.id, draft=replace(MUG, collection_ids=(mine[0], foreign)), now=START
            )
            assert list_collection_ids_of_product(session, product_id=product.id) == [mine[0]]
            draft = replace(MUG, collection_ids=(mine[1],))
            assert edit_product(
                session, page_id=page.id, product_id=product.id, draft=draft, version=None, now=LATER
            )
            assert list_collection_ids_of_product(session, product_id=product.id) == [mine[1]]

    def test_of_another_page_are_not_found(self, database: Database) -> None:
        with database.transaction() as session:
            page, other = make_page(session), make_page(session)
            collection = create_collection(session, page_id=page.id, title="C", now=START)
            with pytest.raises(NotFound):
                delete_collection(session, page_id=other.id, collection_id=collection.id, now=START)


class TestQueries:
    def test_a_product_page_takes_three_statements(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            make_product(session, page, slug="mug", variants=[(1, 1)] * 3)
        with database.reading() as session, count_statements(database.engine) as sent:
            product = get_product(session, page_id=page.id, slug="mug")
            assert (len(product.variants), product.pictures) == (3, [])
        assert len(sent) == 3

    def test_drafts_are_not_found_by_visitors(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            draft = make_product(session, page, slug="draft", status=ProductStatus.DRAFT)
            with pytest.raises(NotFound):
                get_product(session, page_id=page.id, slug="draft")
            with pytest.raises(NotFound):
                get_variant_for_sale(session, page_id=page.id, variant_id=draft.variants[0].id)
            assert get_product(session, page_id=page.id, slug="draft", published_only=False).id == draft.id

    def test_variants_come_with_their_product(self, database: Database) -> None:
        with database.transaction() as session:
            page, other = make_page(session), make_page(session)
            mug = make_product(session, page, title="Mug", variants=[(1, 0), (2, 5)])
            strange = make_product(session, other)
            ids = [variant.id for variant in (*mug.variants, *strange.variants)]
        with database.reading() as session:
            found = list_variants(session, page_id=page.id, variant_ids=ids)
            assert get_variant_for_sale(session, page_id=page.id, variant_id=ids[0]).product.title == "Mug"
        assert sorted(found) == ids[:2]
        assert {variant.product.title for variant in found.values()} == {"Mug"}
        assert found[ids[0]].product.pictures == []

    def test_the_admins_list_shows_every_status(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            make_product(session, page, title="Lampe opale", variants=[(100, 3), (200, 4)], now=START)
            make_product(
                session,
                page,
                title="Lampe arc",
                variants=[(100, None), (200, 4)],
                status=ProductStatus.DRAFT,
                now=LATER,
            )
            make_product(session, make_page(session), title="Lampe")
        with database.reading() as session:
            with count_statements(database.engine) as sent:
                whole = list_products_for_admin(session, page_id=page.id)
            found = list_products_for_admin(
                session, page_id=page.id, query="opale", status=ProductStatus.PUBLISHED
            )
            drafts = list_products_for_admin(
                session, page_id=page.id, query="lampe", status=ProductStatus.DRAFT
            )
            first = list_products_for_admin(session, page_id=page.id, limit=1)
            second = list_products_for_admin(session, page_id=page.id, after=first.next, limit=1)
            counts = count_products_by_status(session, page_id=page.id)

        assert len(sent) == 2
        assert [(row.title, row.stock, row.variants) for row in whole.rows] == [
            ("Lampe arc", None, 2),
            ("Lampe opale", 7, 2),
        ]
        assert (whole.total, [row.title for row in found.rows], [row.title for row in drafts.rows]) == (
            2,
            ["Lampe opale"],
            ["Lampe arc"],
        )
        assert [row.title for row in second.rows] == ["Lampe opale"]
        assert counts == {ProductStatus.DRAFT: 1, ProductStatus.PUBLISHED: 1, ProductStatus.ARCHIVED: 0}


class TestEditingWhilePeopleBuy:
    def test_neither_deadlocks_nor_loses_a_unit(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            draft = replace(
                SHIRT,
                status=ProductStatus.PUBLISHED,
                variants=tuple(replace(variant, stock=40) for variant in SHIRT.variants),
            )
            shirt = create_product(session, page_id=page.id, draft=draft, now=START)
            ids = [variant.id for variant in shirt.variants]

        def buy(seed: int) -> int:
            wanted = random.Random(seed).sample(ids, 3)
            with database.transaction() as session:
                take_stock(session, dict.fromkeys(wanted, 1), cause=SOLD)
                raise_sold_count(session, {shirt.id: 3})
                raise_version(session, page.id)
            return 3

        def edit(number: int) -> int:
            # The drafts turn round, so that every position, price and place changes each time.
            turned = SHIRT.variants[number % 4 :] + SHIRT.variants[: number % 4]
            priced = tuple(replace(variant, price_amount=1000 + number) for variant in turned)
            with database.transaction() as session:
                edit_product(
                    session,
                    page_id=page.id,
                    product_id=shirt.id,
                    draft=replace(SHIRT, variants=priced),
                    version=None,
                    now=LATER,
                )
            return 0

        with ThreadPoolExecutor(8) as pool:
            futures = [pool.submit(buy if number % 3 else edit, number) for number in range(48)]
            sold = sum(future.result() for future in futures)

        with database.reading() as session:
            product = get_product_by_id(session, page_id=page.id, product_id=shirt.id)
        assert sum(variant.stock or 0 for variant in product.variants) == 160 - sold
        assert product.sold_count == sold
        assert sorted(variant.id for variant in product.variants) == ids
