"""Two pages with one of everything, for drills: what is done on the first must not touch the second."""

import dataclasses
import hashlib
import io
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Table, select

from shop.accounts.models import Account
from shop.cart.service import add_line, find_or_create_cart
from shop.catalog.import_pictures import FETCH_PICTURE
from shop.catalog.models import Collection, CollectionProduct, Product, ProductPicture
from shop.checkout.buying import buy_now
from shop.checkout.desk import Desk, ReturnUrls, account_buyer, guest_buyer
from shop.checkout.inbox import receive_event
from shop.core.db import Database
from shop.core.outbox import Worker
from shop.core.pictures import process_picture, store_picture
from shop.metadata import METADATA
from shop.orders.models import Order
from shop.page.models import Follower, LikeSource, Page, Role, StaffMember
from shop.web.context import Runtime
from shop.web.visitor import VISITOR_COOKIE
from shop.worker import job_handlers
from tests.factories import START, make_account, make_page, make_product, make_staff
from tests.support.events import event_body, session_object
from tests.support.fake_gateway import SIGNATURE, FakeGateway
from tests.support.visitors import sign_in

IN_FULL = bool(os.environ.get("VITRINE_PROOF"))
SEED = int(os.environ.get("VITRINE_DRILL_SEED", "20261124"))
OURS, THEIRS = "lumen", "brume"
GUEST = "a-guest-with-a-cart-and-an-order-that-waits"
FIRST_FIELDS = {"page_id", "order_id", "product_id", "variant_id", "cart_id", "collection_id", "payment_id"}


def report(name: str, lines: Iterable[str]) -> None:
    """Print a drill's table and, where VITRINE_DRILLS names a directory, add it to ``<name>.txt`` there."""
    text = "\n".join(lines)
    print(f"\n{text}")
    folder = os.environ.get("VITRINE_DRILLS")
    if folder:
        with (Path(folder) / f"{name}.txt").open("a") as file:
            file.write(f"{text}\n\n")


@contextmanager
def quiet_log() -> Iterator[None]:
    """Keep the lines of single requests out of a drill's printed tables."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        yield
    finally:
        structlog.reset_defaults()


def small_picture(color: str = "teal") -> bytes:
    """Return a JPEG of 64 × 48 pixels."""
    target = io.BytesIO()
    Image.new("RGB", (64, 48), color).save(target, "JPEG")
    return target.getvalue()


@dataclass
class Brand:
    """One page: who owns it, what it sells, what was ordered there."""

    page: Page
    owner: Account
    product: Product
    collection: Collection
    order_numbers: list[str]


@dataclass
class House:
    """The page under attack, the one that must stay as it is, and the people."""

    app: Flask
    gateway: FakeGateway
    ours: Brand
    theirs: Brand
    follower: Account
    manager: Account
    strangers: list[int]
    """Ids of our page's orders that belong to no account."""

    @property
    def runtime(self) -> Runtime:
        """What the application stands on."""
        found: Runtime = self.app.extensions["vitrine"]
        return found

    @property
    def database(self) -> Database:
        """The application's database."""
        return self.runtime.database

    def client(self, role: str) -> FlaskClient:
        """Return the browser of a ``visitor``, ``follower`` or ``admin`` of our page, signed in anew."""
        client = self.app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        person = {"visitor": None, "follower": self.follower, "admin": self.ours.owner}[role]
        if person is not None:
            with self.database.reading() as session:
                sign_in(client, session.get_one(Account, person.id))
        else:
            client.set_cookie(VISITOR_COOKIE, self.runtime.signer.sign("visitor", GUEST))
        return client

    def mend(self) -> None:
        """Give the admin back what an attack may rightly have taken: their own role."""
        with self.database.transaction() as session:
            member = session.scalars(
                select(StaffMember).where(
                    StaffMember.page_id == self.ours.page.id, StaffMember.account_id == self.ours.owner.id
                )
            ).one_or_none()
            if member is None:
                make_staff(session, self.ours.page, self.ours.owner, Role.OWNER)
            else:
                member.role = Role.OWNER

    def run_jobs(self) -> None:
        """Let the worker do all that is due, but fetch no picture: a drill asks nobody outside this machine."""
        handlers = {kind: one for kind, one in job_handlers(self.app).items() if kind != FETCH_PICTURE}
        worker = Worker(self.database, self.runtime.clock, handlers)
        while worker.run_due():
            pass


def build_house(app: Flask, gateway: FakeGateway) -> House:
    """Open both pages with staff, products, pictures, collections, and a paid, an open and a guest's order."""
    database: Database = app.extensions["vitrine"].database
    with database.transaction() as session:
        follower = make_account(session, name="Fanny Follower", email="fanny@example.com")
        manager = make_account(session, name="Manu Manager", email="manu@example.com")
    ours, theirs = (_open(app, gateway, slug, follower, manager) for slug in (OURS, THEIRS))
    with database.reading() as session:
        strangers = session.scalars(
            select(Order.id).where(
                Order.page_id == ours.page.id, Order.account_id.is_(None), Order.paid_at.is_not(None)
            )
        ).all()
    house = House(app, gateway, ours, theirs, follower, manager, list(strangers))
    house.run_jobs()
    return house


def _open(app: Flask, gateway: FakeGateway, slug: str, follower: Account, manager: Account) -> Brand:
    runtime: Runtime = app.extensions["vitrine"]
    picture = store_picture(runtime.files, process_picture(small_picture()))
    with runtime.database.transaction() as session:
        owner = make_account(session, name=f"Olive of {slug}", email=f"owner@{slug}.example")
        page = make_page(session, slug=slug, owner=owner)
        page.contact_email, page.tagline, page.about = f"hello@{slug}.example", "Lamps", "We make lamps."
        page.avatar = page.cover = picture
        make_staff(session, page, manager, Role.MANAGER)
        product = make_product(
            session, page, title=f"Lamp of {slug}", slug="lamp", variants=[(8900, 900), (12900, 400)]
        )
        product.description_html, product.tags = "<p>A lamp.</p>", ["light"]
        make_product(session, page, title=f"Plate of {slug}", slug="plate", variants=[(1500, 60)])
        session.add(
            ProductPicture(product_id=product.id, position=1, alt="A lamp", picture=picture, created_at=START)
        )
        collection = Collection(page_id=page.id, slug="lamps", title="Lamps", created_at=START)
        session.add(collection)
        session.flush()
        session.add(CollectionProduct(collection_id=collection.id, product_id=product.id, position=1))
        session.add(
            Follower(page_id=page.id, account_id=follower.id, source=LikeSource.ORGANIC, followed_at=START)
        )
        page.follower_count = 1
    numbers = [
        order_something(app, gateway, page, product, buyer=account_buyer(follower.id, follower.email)),
        order_something(app, gateway, page, product, buyer=guest_buyer(f"stranger of {slug}")),
        order_something(
            app,
            gateway,
            page,
            product,
            buyer=guest_buyer(GUEST if slug == OURS else "undecided"),
            is_paid=False,
        ),
    ]
    with runtime.database.transaction() as session:
        for whose in (
            {"account_id": follower.id, "visitor_id": None},
            {"account_id": None, "visitor_id": GUEST},
        ):
            cart, _ = find_or_create_cart(session, page_id=page.id, country="FR", now=START, **whose)
            add_line(session, cart_id=cart.id, variant_id=product.variants[1].id, quantity=2, now=START)
    return Brand(page, owner, product, collection, numbers)


def order_something(
    app: Flask, gateway: FakeGateway, page: Page, product: Product, *, buyer: Any, is_paid: bool = True,
    quantity: int = 2, ship_to: dict[str, Any] | None = None,
) -> str:  # fmt: skip
    """Order two of the product's first variant and pay for them; return the order's number."""
    runtime: Runtime = app.extensions["vitrine"]
    desk = Desk(runtime.database, gateway, runtime.signer, runtime.settings.public_url)
    now = runtime.clock.now()
    started = buy_now(
        desk, page=page, variant_id=product.variants[0].id, quantity=quantity, country="FR", buyer=buyer, language="en",
        urls=ReturnUrls("http://localhost/return", "http://localhost/back"), now=now,
    )  # fmt: skip
    if is_paid:
        session_id = str(started.url).rsplit("/", 1)[-1]
        info = gateway.pay(session_id)
        if ship_to is not None:
            info = gateway.sessions[session_id] = dataclasses.replace(info, ship_to=ship_to)
        body = event_body("checkout.session.completed", session_object(info), at=now)
        receive_event(runtime.database, gateway, body=body, signature=SIGNATURE, now=now)
    return started.order_number


def fingerprints(database: Database, roots: dict[Table, set[Any]]) -> dict[str, str]:
    """Return a hash of every row that hangs on ``roots`` (ids by table), by table.

    A row hangs on another when it holds its id: by a foreign key, or in a plain ``order_id``.
    """
    found: dict[Table, dict[Any, Any]] = {}
    with database.reading() as session:
        for table in METADATA.sorted_tables:
            rows = {}
            for row in session.execute(select(table)).mappings():
                if _hangs(table, row, roots):
                    rows[tuple(row[column.name] for column in table.primary_key)] = dict(row)
            if rows:
                found[table] = rows
                if len(table.primary_key.columns) == 1:
                    roots = roots | {table: roots.get(table, set()) | {key[0] for key in rows}}
        # ``payments``, ``disputes`` and the like name an order by a plain number and sort before it.
        orders = roots.get(METADATA.tables["orders"], set())
        for table in METADATA.sorted_tables:
            if "order_id" in table.c and not table.c.order_id.foreign_keys:
                found[table] = {
                    row["id"]: dict(row)
                    for row in session.execute(select(table).where(table.c.order_id.in_(orders))).mappings()
                }
    return {
        table.name: hashlib.sha256(repr(sorted(rows.items(), key=repr)).encode()).hexdigest()
        for table, rows in found.items()
    }


def _hangs(table: Table, row: Any, roots: dict[Table, set[Any]]) -> bool:
    if row.get("id") in roots.get(table, set()):
        return True
    return any(
        row[column.name] in roots.get(key.column.table, set())
        for column in table.columns
        if column.name in FIRST_FIELDS
        for key in column.foreign_keys
    )


def untouchable(house: House, role: str) -> dict[str, str]:
    """Return fingerprints of what ``role`` may not change on our page's addresses.

    That is the other page with all that hangs on it, the accounts of its owner and of the manager, and,
    unless ``role`` is the admin, the orders of strangers on our own page.
    """
    roots: dict[Table, set[Any]] = {
        METADATA.tables["pages"]: {house.theirs.page.id},
        METADATA.tables["accounts"]: {house.theirs.owner.id, house.manager.id},
    }
    found = fingerprints(house.database, roots)
    if role == "admin":
        return found
    strangers = {METADATA.tables["orders"]: set(house.strangers)}
    return found | {
        f"a stranger's {name}": digest for name, digest in fingerprints(house.database, strangers).items()
    }
