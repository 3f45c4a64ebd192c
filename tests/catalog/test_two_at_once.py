"""Two at one form of the catalogue: who saves second is told, keeps what they typed and loses nothing of the other's."""

import html

import pytest
from sqlalchemy import select

from shop.catalog.drafts import ProductDraft, VariantDraft
from shop.catalog.models import (
    Collection,
    CollectionProduct,
    Product,
    ProductStatus,
)
from shop.catalog.service import (
    create_collection,
    edit_collection,
    edit_product,
)
from shop.catalog.shelving import merge_members
from tests.catalog.rooms import Rooms, told
from tests.factories import START, make_product
from tests.support.fields import Fields


class TestTwoAtOneForm:
    def test_is_told_field_by_field_who_changed_what(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves(title="Cup", **{"variant-1-price": "16.00"})
        answer = rooms.client.post(
            f"{rooms.root}/products/{rooms.mug}", data=fields.send({"title": "Beaker", "action": "save"})
        )
        assert answer.status_code == 422
        words = told(answer.text)
        assert "Name Mug Cup Noor" in words
        assert "Price of “L” €15.00 €16.00 Noor" in words
        assert "Yours stands below" in words
        assert "Brought up to date" in words
        assert rooms.product().title == "Cup"

    def test_keeps_what_was_typed_and_takes_the_rest_over(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves(title="Cup", description="Oval.", vendor="Noor & Co", **{"variant-1-price": "16.00"})
        answer = rooms.client.post(
            f"{rooms.root}/products/{rooms.mug}",
            data=fields.send({"title": "Beaker", "variant-0-price": "11.00", "action": "save"}),
        )
        again = Fields(answer.text)
        shown = {
            name: again.get(name)
            for name in ("title", "description", "vendor", "variant-0-price", "variant-1-price")
        }
        assert shown == {
            "title": "Beaker", "description": "Oval.", "vendor": "Noor & Co", "variant-0-price": "11.00",
            "variant-1-price": "16.00",
        }  # fmt: skip

    def test_may_save_again_knowingly(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves(title="Cup", **{"variant-1-price": "16.00"})
        path = f"{rooms.root}/products/{rooms.mug}"
        answer = rooms.client.post(path, data=fields.send({"title": "Beaker", "action": "save"}))
        assert rooms.client.post(path, data=Fields(answer.text).send({"action": "save"})).status_code == 303
        assert rooms.product().title == "Beaker"
        assert [variant.price_amount for variant in rooms.variants()] == [1000, 1600]

    def test_is_told_of_variants_that_came_and_went(self, rooms: Rooms) -> None:
        fields = rooms.form()
        with rooms.database.transaction() as session:
            small = rooms.variants()[0]
            variants = (
                VariantDraft(("S",), 1000, stock=5, stock_seen=5, sku="M-S", variant_id=small.id),
                VariantDraft(("XL",), 2000, stock=1),
            )
            draft = ProductDraft("Mug", variants, ("Size",), description_html="Round.", slug="mug")
            edit_product(
                session, page_id=rooms.page.id, product_id=rooms.mug, draft=draft, version=None, now=START,
                account_id=rooms.noor.id,
            )  # fmt: skip
        answer = rooms.client.post(
            f"{rooms.root}/products/{rooms.mug}", data=fields.send({"title": "Beaker", "action": "save"})
        )
        words = told(answer.text)
        assert "Variant “L” was taken away Noor" in words
        assert "Variant “XL” was added Noor" in words
        path = f"{rooms.root}/products/{rooms.mug}"
        again = Fields(answer.text).send({"option-0-values": "S, XL", "action": "save"})
        answer = rooms.client.post(path, data=again)
        if answer.status_code == 422:  # the grid follows the options first
            answer = rooms.client.post(path, data=Fields(answer.text).send({"action": "save"}))
        assert answer.status_code == 303
        assert [variant.option1 for variant in rooms.variants()] == ["S", "XL"]

    def test_without_a_snapshot_is_told_that_something_changed(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves(title="Cup")
        for snapshot in ("", "nonsense", "a.b.c"):
            answer = rooms.client.post(
                f"{rooms.root}/products/{rooms.mug}",
                data=fields.send({"title": "Beaker", "snapshot": snapshot, "action": "save"}),
            )
            assert answer.status_code == 422
            assert "Somebody else has changed this product" in html.unescape(answer.text)
            assert Fields(answer.text).get("title") == "Beaker"
            assert "conflict-heading" not in answer.text

    def test_takes_a_renamed_value_over(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves_options("Width", "Small, L")
        words, again = self.save_late(rooms, fields, title="Beaker")
        assert "Options Size Width Noor" in words
        assert "Name of variant “S” S Small Noor" in words
        assert "Yours stands below" not in words
        assert again.get("option-0-values") == "Small, L"
        self.save(rooms, again)
        assert [(one.option1, one.sku) for one in rooms.variants()] == [("Small", "M-S"), ("L", "M-L")]
        assert (rooms.product().title, rooms.product().option_names) == ("Beaker", ["Width"])

    def test_takes_a_new_value_over_with_what_was_typed_beside_it(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves_options("Size", "S, L, XL")
        _, again = self.save_late(rooms, fields, **{"variant-1-price": "17.00"})
        self.save(rooms, again)
        assert [(one.option1, one.price_amount) for one in rooms.variants()] == [
            ("S", 1000), ("L", 1700), ("XL", 1000)
        ]  # fmt: skip

    def test_keeps_options_that_both_changed_and_tells_so(self, rooms: Rooms) -> None:
        fields = rooms.form()
        answer = rooms.client.post(
            f"{rooms.root}/products/{rooms.mug}",
            data=fields.send({"option-0-name": "Format", "option-0-values": "S, Large", "action": "save"}),
        )
        rooms.noor_saves_options("Width", "Small, L")
        words, again = self.save_late(rooms, Fields(answer.text))
        assert words.count("Yours stands below") == words.count("Noor") == 2
        self.save(rooms, again)
        assert [one.option1 for one in rooms.variants()] == ["S", "Large"]

    def test_keeps_a_typed_row_whose_value_a_colleague_took_away(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves_options("Size", "S")
        words, again = self.save_late(rooms, fields, **{"variant-1-price": "17.00"})
        assert "Variant “L” was taken away" in words
        assert "Yours stands below" in words
        self.save(rooms, again)
        assert [(one.option1, one.price_amount) for one in rooms.variants()] == [("S", 1000), ("L", 1700)]

    def test_takes_translated_options_and_colours_over(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves(**{
            "option-0-other_name": "Taille", "option-0-other_values": "P, G", "option-0-has_swatches": "1",
            "option-0-swatch": ["#112233", "#445566"],
        })  # fmt: skip
        words, again = self.save_late(rooms, fields, title="Beaker")
        assert "Yours stands below" not in words
        self.save(rooms, again)
        product = rooms.product()
        assert product.translations["fr"]["options"] == {"Size": "Taille", "S": "P", "L": "G"}
        assert product.swatches == {"S": "#112233", "L": "#445566"}

    def test_keeps_a_translation_that_both_typed_and_tells_so(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves(**{"option-0-other_name": "Taille", "option-0-other_values": "P, G"})
        words, again = self.save_late(rooms, fields, **{"option-0-other_name": "Grandeur"})
        assert "Yours stands below" in words
        assert again.get("option-0-other_name") == "Grandeur"

    def test_takes_the_order_of_pictures_over(self, rooms: Rooms) -> None:
        rooms.add_picture("Two")
        fields = rooms.form()
        rooms.noor_saves(**{"picture-0-position": "2", "picture-1-position": "1"})
        words, again = self.save_late(rooms, fields, **{"picture-0-alt": "My mug"})
        assert "Brought up to date" in words
        self.save(rooms, again)
        assert rooms.picture_alts() == ["Two", "My mug"]

    def test_keeps_an_order_of_pictures_that_both_changed_and_tells_so(self, rooms: Rooms) -> None:
        rooms.add_picture("Two")
        rooms.add_picture("Three")
        fields = rooms.form()
        rooms.noor_saves(**{"picture-0-position": "9"})
        words, again = self.save_late(rooms, fields, **{"picture-2-position": "0"})
        assert "Yours stands below" in words
        self.save(rooms, again)
        assert rooms.picture_alts() == ["Three", "A mug", "Two"]

    def save_late(self, rooms: Rooms, fields: Fields, **changes: str) -> tuple[str, Fields]:
        """Save a form that a colleague was quicker with; return what is told and the form that it became."""
        answer = rooms.client.post(
            f"{rooms.root}/products/{rooms.mug}", data=fields.send({"action": "save", **changes})
        )
        assert answer.status_code == 422
        return told(answer.text), Fields(answer.text)

    def save(self, rooms: Rooms, fields: Fields) -> None:
        answer = rooms.client.post(f"{rooms.root}/products/{rooms.mug}", data=fields.send({"action": "save"}))
        assert answer.status_code == 303, answer.text

    def test_takes_no_snapshot_of_another_product(self, rooms: Rooms) -> None:
        with rooms.database.transaction() as session:
            other = make_product(session, session.merge(rooms.page), title="Bowl")
        strange = Fields(rooms.client.get(f"{rooms.root}/products/{other.id}").text).get("snapshot")
        fields = rooms.form()
        rooms.noor_saves(title="Cup")
        answer = rooms.client.post(
            f"{rooms.root}/products/{rooms.mug}", data=fields.send({"snapshot": strange, "action": "save"})
        )
        assert "Bowl" not in answer.text

    def test_script_in_what_a_colleague_typed_is_shown_as_text(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves(title="<script>alert(1)</script>")
        answer = rooms.client.post(
            f"{rooms.root}/products/{rooms.mug}", data=fields.send({"title": "B", "action": "save"})
        )
        assert "<script>alert(1)" not in answer.text


class TestTwoAtOneCollection:
    @pytest.fixture
    def shelf(self, rooms: Rooms) -> Collection:
        """A collection of A, B, C and D, of which the last is archived."""
        with rooms.database.transaction() as session:
            page = session.merge(rooms.page)
            ids = [make_product(session, page, title=title).id for title in "ABC"]
            ids.append(make_product(session, page, title="D", status=ProductStatus.ARCHIVED).id)
            return create_collection(session, page_id=page.id, title="Table", now=START, product_ids=ids)

    def titles(self, rooms: Rooms, shelf: Collection) -> str:
        with rooms.database.reading() as session:
            statement = (
                select(Product.title)
                .join(CollectionProduct)
                .where(CollectionProduct.collection_id == shelf.id)
            )
            return "".join(session.scalars(statement.order_by(CollectionProduct.position)))

    def test_saving_takes_nothing_out_that_others_put_in(self, rooms: Rooms, shelf: Collection) -> None:
        path = f"{rooms.root}/collections/{shelf.id}"
        fields = Fields(rooms.client.get(path).text)
        with rooms.database.transaction() as session:
            first = session.scalars(select(Product.id).where(Product.title == "A")).one()
            edit_collection(
                session, page_id=rooms.page.id, collection_id=shelf.id, title="Table", now=START,
                product_ids=[rooms.mug, first],
            )  # fmt: skip
        assert self.titles(rooms, shelf) == "MugA"
        assert rooms.client.post(path, data=fields.send({"description": "Cheap"})).status_code == 303
        assert self.titles(rooms, shelf) == "MugA"
        assert "products" not in rooms.acts()[-1].after

    def test_only_what_was_changed_in_the_form_is_changed(self, rooms: Rooms, shelf: Collection) -> None:
        path = f"{rooms.root}/collections/{shelf.id}"
        fields = Fields(rooms.client.get(path).text)
        kept = [value for name, value in fields.pairs if name == "product"]
        with rooms.database.transaction() as session:
            extra = make_product(session, session.merge(rooms.page), title="E").id
            session.add(CollectionProduct(collection_id=shelf.id, product_id=extra, position=9))
        answer = rooms.client.post(path, data=fields.send({"product": [*kept[1:3], str(rooms.mug)]}))
        assert answer.status_code == 303
        assert self.titles(rooms, shelf) == "BCDEMug"
        entry = rooms.acts()[-1]
        assert (entry.before, entry.after) == ({"products": ["A"]}, {"products": ["Mug"]})

    def test_survives_an_error(self, rooms: Rooms, shelf: Collection) -> None:
        path = f"{rooms.root}/collections/{shelf.id}"
        fields = Fields(rooms.client.get(path).text)
        answer = rooms.client.post(path, data=fields.send({"title": ""}))
        assert answer.status_code == 422
        with rooms.database.transaction() as session:
            session.add(CollectionProduct(collection_id=shelf.id, product_id=rooms.mug, position=9))
        again = Fields(answer.text).send({"title": "Table"})
        assert rooms.client.post(path, data=again).status_code == 303
        assert self.titles(rooms, shelf) == "ABCDMug"

    @pytest.mark.parametrize(
        ("opened", "wanted", "current", "merged"),
        [
            ("ABC", "ABC", "CAB", "CAB"),  # a colleague's order stays
            ("ABC", "CBA", "ABCD", "CBAD"),
            ("ABC", "AXBC", "ABCD", "AXBCD"),
            ("ABC", "ABCX", "ABCD", "ABCDX"),
            ("ABC", "AC", "BACD", "ACD"),
            ("ABC", "ABC", "AD", "AD"),
            ("ABC", "CAX", "ABD", "AXD"),
            ("", "XY", "D", "DXY"),
            ("AB", "ABX", "XBA", "XBA"),
        ],
    )
    def test_merges_what_both_did(self, opened: str, wanted: str, current: str, merged: str) -> None:
        found = merge_members([*map(ord, opened)], [*map(ord, wanted)], [*map(ord, current)])
        assert "".join(map(chr, found)) == merged
