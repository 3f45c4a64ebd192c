"""An old address leads to where the thing is now."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from shop.catalog.drafts import ProductDraft, VariantDraft
from shop.catalog.history_models import AddressKind, SlugRedirect
from shop.catalog.models import Collection, Product, ProductStatus
from shop.catalog.queries import list_old_slugs
from shop.catalog.service import (
    create_collection,
    create_product,
    delete_collection,
    edit_collection,
    edit_product,
    set_status,
)
from shop.core.db import Database
from shop.page.models import Page
from tests.factories import START, make_page


class Street:
    """A page with one product, whose addresses change."""

    def __init__(self, database: Database, client: FlaskClient) -> None:
        self.database, self.client = database, client
        with database.transaction() as session:
            self.page: Page = make_page(session)
        self.lamp = self.add("lamp")
        self.draft = self.wanted("lamp")

    @staticmethod
    def wanted(slug: str) -> ProductDraft:
        return ProductDraft(
            "Lamp", (VariantDraft(price_amount=900),), slug=slug, status=ProductStatus.PUBLISHED
        )

    def add(self, slug: str) -> Product:
        with self.database.transaction() as session:
            return create_product(session, page_id=self.page.id, draft=self.wanted(slug), now=START)

    def move(self, slug: str, *, keeps: bool = True) -> None:
        draft = replace(self.draft, slug=slug, keeps_old_slug=keeps)
        with self.database.transaction() as session:
            edit_product(
                session, page_id=self.page.id, product_id=self.lamp.id, draft=draft, version=None, now=START
            )

    def ask(self, slug: str, language: str = "en") -> str:
        answer = self.client.get(f"/{language}/p/{self.page.slug}/shop/{slug}")
        return answer.location if answer.status_code == 301 else str(answer.status_code)

    def at(self, slug: str, language: str = "en") -> str:
        return f"/{language}/p/{self.page.slug}/shop/{slug}"


@pytest.fixture
def street(database: Database, client: FlaskClient) -> Street:
    return Street(database, client)


class TestMovedProduct:
    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_is_found_at_its_new_address(self, street: Street, language: str) -> None:
        assert street.ask("lamp", language) == "200"
        street.move("paper-lamp")
        assert street.ask("lamp", language) == street.at("paper-lamp", language)
        assert street.ask("paper-lamp", language) == "200"

    def test_keeps_what_was_asked_and_is_not_kept_by_browsers(self, street: Street) -> None:
        street.move("paper-lamp")
        answer = street.client.get(f"{street.at('lamp')}?variant=3&utm_source=mail")
        assert answer.location == f"{street.at('paper-lamp')}?variant=3&utm_source=mail"
        assert answer.headers["Cache-Control"] == "no-cache"

    def test_goes_to_the_last_address_at_once(self, street: Street) -> None:
        for slug in ("a", "b", "c"):
            street.move(slug)
        assert {street.ask(slug) for slug in ("lamp", "a", "b")} == {street.at("c")}

    def test_may_be_named_back(self, street: Street) -> None:
        street.move("paper-lamp")
        street.move("lamp")
        assert street.ask("lamp") == "200"
        assert street.ask("paper-lamp") == street.at("lamp")

    def test_leaves_its_old_address_to_a_new_product(self, street: Street) -> None:
        street.move("paper-lamp")
        street.add("lamp")
        assert street.ask("lamp") == "200"
        street.move("lamp-2")
        assert street.ask("paper-lamp") == street.at("lamp-2")

    def test_leads_nowhere_when_that_was_not_wanted(self, street: Street) -> None:
        street.move("paper-lamp", keeps=False)
        assert street.ask("lamp") == "404"

    def test_leads_nowhere_while_it_is_not_in_the_shop(self, street: Street) -> None:
        street.move("paper-lamp")
        with street.database.transaction() as session:
            set_status(
                session,
                page_id=street.page.id,
                product_id=street.lamp.id,
                status=ProductStatus.ARCHIVED,
                now=START,
            )
        assert street.ask("lamp") == "404"

    def test_is_found_by_the_api_too(self, street: Street) -> None:
        street.move("paper-lamp")
        answer = street.client.get(f"/api/v1/pages/{street.page.slug}/products/lamp")
        assert answer.status_code == 301
        assert answer.location.endswith(f"/api/v1/pages/{street.page.slug}/products/paper-lamp")
        assert street.client.get(f"/api/v1/pages/{street.page.slug}/products/nothing").status_code == 404

    def test_of_another_page_is_not_meant(self, street: Street) -> None:
        street.move("paper-lamp")
        with street.database.transaction() as session:
            other = make_page(session)
        assert street.client.get(f"/en/p/{other.slug}/shop/lamp").status_code == 404

    def test_is_listed_on_its_form(self, street: Street) -> None:
        street.move("a")
        street.move("b")
        with street.database.reading() as session:
            assert list_old_slugs(session, AddressKind.PRODUCT, target_id=street.lamp.id) == ["a", "lamp"]


class TestMovedCollection:
    def test_is_found_until_it_is_deleted(self, street: Street) -> None:
        with street.database.transaction() as session:
            shelf = create_collection(
                session, page_id=street.page.id, title="Lamps", now=START, product_ids=[street.lamp.id]
            )
            edit_collection(
                session,
                page_id=street.page.id,
                collection_id=shelf.id,
                title="Lights",
                slug="lights",
                now=START,
            )
        old = f"/en/p/{street.page.slug}/collections/lamps"
        assert street.client.get(f"{old}?sort=price").location == (
            f"/en/p/{street.page.slug}/collections/lights?sort=price"
        )
        listed = street.client.get(f"/api/v1/pages/{street.page.slug}/products?collection=lamps")
        assert [one["slug"] for one in listed.json["data"]] == ["lamp"]
        with street.database.transaction() as session:
            delete_collection(session, page_id=street.page.id, collection_id=shelf.id, now=START)
        assert street.client.get(old).status_code == 404
        with street.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(SlugRedirect)) == 0
            assert session.scalar(select(func.count()).select_from(Collection)) == 0
