"""What the admin's daily tasks cost, in clicks and fields, from the room where each begins: docs/tasks.md."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from shop.catalog.models import Product, ProductPicture, ProductStatus, Variant
from shop.core.db import Database
from shop.orders.models import FulfilmentStatus, Order, OrderStatus
from tests.flows.conftest import DESK, Visitor
from tests.flows.shopping import sign_in, stock_shop
from tests.support.hand import Hand, list_shirt, take_photographs
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
ROOM = "/en/manage/lumen"
TASKS = (Path(__file__).parents[2] / "docs" / "tasks.md").read_text(encoding="utf-8")


def written_down(task: str) -> tuple[int, int]:
    """Return the clicks and fields that docs/tasks.md gives for a task."""
    (row,) = [line for line in TASKS.splitlines() if line.startswith(f"| {task} |")]
    clicks, fields = (int(cell) for cell in row.split("|")[2:4])
    return clicks, fields


def sell_plates(stack: Stack, database: Database, count: int) -> list[str]:
    """Have guests buy two plates each and pay; return the orders' numbers once they are paid."""
    with database.reading() as session:
        plate = session.scalars(
            select(Variant.id).join(Product, Product.id == Variant.product_id).where(Product.slug == "plate")
        ).one()
    with database.transaction() as session:
        session.get_one(Variant, plate).stock = count * 2
    for number in range(count):
        with httpx.Client(base_url=f"{stack.shop}/api/v1", timeout=60) as client:
            cart = client.post("/pages/lumen/carts").json()
            client.headers["Authorization"] = f"Bearer {cart['token']}"
            client.post(f"/carts/{cart['id']}/lines", json={"variant_id": plate, "quantity": 2})
            placed = client.post(f"/carts/{cart['id']}/checkout", json={"email": f"b{number}@example.com"})
            assert stack.pay(placed.json()["checkout_url"]).is_success
    paid = select(Order.number).where(Order.status == OrderStatus.PAID).order_by(Order.id)
    for _ in range(300):
        with database.reading() as session:
            numbers = list(session.scalars(paid))
        if len(numbers) == count:
            return numbers
        httpx.get(f"{stack.shop}/healthz", timeout=5)
    raise AssertionError("the payments were not heard of")


def write_products(path: Path, count: int) -> Path:
    """Write a product file with so many products."""
    rows = [
        f"shade-{n},Lampshade {n},Title,Default Title,{n}.90,7,shopify,active" for n in range(1, count + 1)
    ]
    head = (
        "Handle,Title,Option1 Name,Option1 Value,Variant Price,Variant Inventory Qty,"
        "Variant Inventory Tracker,Status"
    )
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    return path


def go(page: Page, stack: Stack, room: str) -> Hand:
    """Open a room and return a hand that has done nothing yet."""
    page.goto(f"{stack.shop}{ROOM}{room}")
    return Hand(page)


def test_cost_as_little_as_is_written_down(sqlite_stack: Stack, visit: Visit, tmp_path: Path) -> None:
    stock_shop(sqlite_stack)
    database = Database(sqlite_stack.database_url)
    numbers = sell_plates(sqlite_stack, database, 6)
    with visit(**DESK) as visitor:
        page = visitor.page
        sign_in(page, sqlite_stack, "camille@lumen.example", then=ROOM)

        hand = go(page, sqlite_stack, "/products")
        list_shirt(hand, take_photographs(tmp_path))
        assert (hand.clicks, hand.fields) == written_down("List a product with 6 variants and 3 pictures")

        hand = go(page, sqlite_stack, "/imports")
        hand.give(page.locator("input[type=file]"), [write_products(tmp_path / "shades.csv", 41)])
        hand.click(page.get_by_role("button", name="Import 41 products"))
        expect(page.get_by_role("heading", name="The import is done")).to_be_visible(timeout=60_000)
        assert (hand.clicks, hand.fields) == written_down("Import 41 products")

        hand = go(page, sqlite_stack, f"/orders/{numbers[0]}")
        hand.click(page.get_by_role("link", name="Refund"))
        hand.fill(page.locator("[name^=units-]"), "1")
        hand.click(page.get_by_role("button", name="Refund €15.00"))
        page.wait_for_url(f"**/orders/{numbers[0]}")
        assert (hand.clicks, hand.fields) == written_down("Refund half of an order")

        hand = go(page, sqlite_stack, "/orders")
        for number in numbers[1:]:
            hand.click(page.get_by_label(f"Tick order {number}"))
        hand.click(page.get_by_role("button", name="Mark as shipped"))
        page.wait_for_url("**/shipments/new**")
        hand.click(page.get_by_role("button", name="Mark 5 orders as shipped"))
        expect(page.get_by_text("5 orders are marked as shipped.")).to_be_visible()
        assert (hand.clicks, hand.fields) == written_down("Ship 5 orders")
        visitor.check_console()

    with database.reading() as session:
        shirt = session.scalars(select(Product).where(Product.slug == "shirt")).one()
        variants = session.scalars(select(Variant).where(Variant.product_id == shirt.id)).all()
        assert shirt.status is ProductStatus.PUBLISHED
        assert [(one.price_amount, one.stock) for one in variants] == [(3900, 12)] * 6
        pictures = (
            select(func.count()).select_from(ProductPicture).where(ProductPicture.product_id == shirt.id)
        )
        assert session.scalar(pictures) == 3
        shades = select(func.count()).select_from(Product).where(Product.slug.like("shade-%"))
        assert session.scalar(shades) == 41
        orders = session.scalars(select(Order).order_by(Order.id)).all()
        assert orders[0].refunded_amount == 1500
        assert {one.fulfilment_status for one in orders[1:]} == {FulfilmentStatus.FULFILLED}
    database.dispose()
