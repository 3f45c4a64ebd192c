"""The admin's rooms of the catalogue, with two staff and a mug."""

import html
import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.accounts.models import Account
from shop.catalog.drafts import PictureDraft, ProductDraft, VariantDraft
from shop.catalog.models import (
    Product,
    ProductPicture,
    ProductStatus,
    Variant,
)
from shop.catalog.service import (
    add_picture,
    create_product,
)
from shop.core.db import Database
from shop.page.models import AuditEntry, Page, Role
from tests.factories import PICTURE, START, make_account, make_page, make_staff
from tests.support.fields import Fields
from tests.support.visitors import sign_in


class Rooms:
    """A page with two staff, the first of them at a browser, and a mug in two sizes."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.app, self.database = app, database
        with database.transaction() as session:
            self.camille = make_account(session, name="Camille")
            self.noor = make_account(session, name="Noor")
            self.page: Page = make_page(session, owner=self.camille)
            make_staff(session, self.page, self.noor, Role.MANAGER)
            self.mug = create_product(
                session, page_id=self.page.id, draft=self.draft(), now=START, account_id=self.camille.id
            ).id
        self.client = self.browser(self.camille)
        self.root = f"/en/manage/{self.page.slug}"

    @staticmethod
    def draft() -> ProductDraft:
        return ProductDraft(
            title="Mug",
            slug="mug",
            description_html="Round.",
            vendor="Lumen",
            product_type="Cup",
            tags=("clay",),
            option_names=("Size",),
            variants=(
                VariantDraft(("S",), 1000, stock=5, sku="M-S"),
                VariantDraft(("L",), 1500, stock=2, sku="M-L"),
            ),
            status=ProductStatus.PUBLISHED,
            pictures=(PictureDraft(picture=PICTURE, alt="A mug"),),
        )

    def browser(self, account: Account) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        sign_in(client, account)
        return client

    def form(self, path: str = "") -> Fields:
        answer = self.client.get(f"{self.root}/products/{self.mug}{path}")
        assert answer.status_code == 200
        return Fields(answer.text)

    def product(self) -> Product:
        with self.database.reading() as session:
            return session.scalars(select(Product).where(Product.id == self.mug)).one()

    def variants(self) -> list[Variant]:
        with self.database.reading() as session:
            return list(
                session.scalars(select(Variant).where(Variant.product_id == self.mug).order_by(Variant.id))
            )

    def acts(self) -> list[AuditEntry]:
        with self.database.reading() as session:
            return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))

    def noor_saves(self, **changes: object) -> None:
        """Let the colleague save the product's form with other values."""
        browser = self.browser(self.noor)
        fields = Fields(browser.get(f"{self.root}/products/{self.mug}").text)
        answer = browser.post(
            f"{self.root}/products/{self.mug}", data=fields.send({"action": "save", **changes})
        )
        assert answer.status_code == 303, answer.text

    def noor_saves_options(self, name: str, values: str) -> None:
        """Let the colleague give the mug's option another name and other values."""
        browser, path = self.browser(self.noor), f"{self.root}/products/{self.mug}"
        fields = Fields(browser.get(path).text)
        answer = browser.post(
            path, data=fields.send({"option-0-name": name, "option-0-values": values, "action": "save"})
        )
        assert answer.status_code == 422  # the grid follows the options first
        assert browser.post(path, data=Fields(answer.text).send({"action": "save"})).status_code == 303

    def add_picture(self, alt: str) -> None:
        with self.database.transaction() as session:
            add_picture(
                session, page_id=self.page.id, product_id=self.mug, picture={**PICTURE, "key": alt}, alt=alt, now=START
            )  # fmt: skip

    def picture_alts(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(ProductPicture.alt).order_by(ProductPicture.position)))


def told(text: str) -> str:
    """Return the part of a page that tells what a colleague changed, as plain words."""
    part = text.split('aria-labelledby="conflict-heading"')[1].split("</section>", maxsplit=1)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", part)).split())
