"""A page with a shop, and somebody who buys there."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from shop.cart.service import add_line, find_or_create_cart
from shop.catalog.models import Product, Variant
from shop.checkout.buying import CheckoutStarted, buy_now, check_out_cart
from shop.checkout.desk import Buyer, Desk, ReturnUrls, guest_buyer
from shop.checkout.inbox import receive_event
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.signing import Signer
from shop.orders.models import Order
from shop.orders.queries import get_order_by_id
from shop.page.models import Page, Role
from tests.checkout.rooms import Room, staff
from tests.factories import make_page, make_product
from tests.support.events import event_body, session_object
from tests.support.fake_gateway import SIGNATURE, FakeGateway
from tests.support.visitors import sign_in

URLS = ReturnUrls(
    "http://localhost/en/checkout/return?session_id={CHECKOUT_SESSION_ID}&order={ORDER_TOKEN}",
    "http://localhost/en/p/lamps/cart",
)


class Shop:
    """One page with a product of several variants, and verbs for what buyers and Stripe do."""

    def __init__(
        self, database: Database, gateway: FakeGateway, clock: SteppedClock, page: Page, product: Product
    ) -> None:
        self.database, self.gateway, self.clock = database, gateway, clock
        self.page, self.product = page, product
        self.variants = list(product.variants)
        self.desk = Desk(
            database, gateway, Signer("test-secret-key-that-is-long-enough-for-it"), "http://localhost"
        )

    def fill_cart(self, visitor: str, quantities: dict[int, int]) -> int:
        """Put variants (by their place on the product) into a guest's cart; return the cart's id."""
        with self.database.transaction() as session:
            cart, _ = find_or_create_cart(
                session,
                page_id=self.page.id,
                account_id=None,
                visitor_id=visitor,
                country="FR",
                now=self.clock.now(),
            )
            for place, quantity in quantities.items():
                add_line(
                    session,
                    cart_id=cart.id,
                    variant_id=self.variants[place].id,
                    quantity=quantity,
                    now=self.clock.now(),
                )
            return cart.id

    def check_out(self, cart_id: int, buyer: Buyer, **changes: object) -> CheckoutStarted:
        return check_out_cart(
            self.desk,
            page=self.page,
            cart_id=cart_id,
            buyer=buyer,
            language="en",
            urls=URLS,
            now=self.clock.now(),
            **changes,
        )

    def buy(
        self, buyer: Buyer, *, place: int = 0, quantity: int = 1, language: str = "en"
    ) -> CheckoutStarted:
        return buy_now(
            self.desk,
            page=self.page,
            variant_id=self.variants[place].id,
            quantity=quantity,
            country="FR",
            buyer=buyer,
            language=language,
            urls=URLS,
            now=self.clock.now(),
        )

    def stocks(self) -> list[int | None]:
        with self.database.reading() as session:
            return [session.get_one(Variant, variant.id).stock for variant in self.variants]

    def restock(self, stock: int) -> None:
        """Fill the shelf of every variant."""
        with self.database.transaction() as session:
            session.execute(update(Variant).values(stock=stock))

    def order(self, order_id: int) -> Order:
        with self.database.reading() as session:
            return get_order_by_id(session, order_id)

    def session_id(self, started: CheckoutStarted) -> str:
        assert started.url is not None
        return started.url.rsplit("/", 1)[-1]

    def tell(self, kind: str, thing: dict[str, object], *, event_id: str | None = None) -> str:
        """Deliver a webhook; return its outcome."""
        body = event_body(kind, thing, at=self.clock.now(), event_id=event_id)
        return receive_event(
            self.database, self.gateway, body=body, signature=SIGNATURE, now=self.clock.now()
        )

    def tell_session(self, kind: str, session_id: str) -> str:
        """Deliver a webhook about a session as it is now."""
        return self.tell(kind, session_object(self.gateway.sessions[session_id]))

    def history(self, order_id: int) -> list[str]:
        return [event.kind for event in self.order(order_id).history]


@pytest.fixture
def make_shop(database: Database, gateway: FakeGateway, clock: SteppedClock) -> Callable[..., Shop]:
    def make(*variants: tuple[int, int | None], shipping_amount: int = 490, contact_email: str = "") -> Shop:
        with database.transaction() as session:
            page = make_page(session, shipping_amount=shipping_amount)
            page.contact_email = contact_email
            product = make_product(
                session, page, title="Mug", variants=list(variants) or [(1200, 10), (1500, 1)]
            )
        return Shop(database, gateway, clock, page, product)

    return make


@pytest.fixture
def shop(make_shop: Callable[..., Shop]) -> Shop:
    return make_shop()


@pytest.fixture
def guest() -> Buyer:
    return guest_buyer("visitor-1", "guest@example.com")


@pytest.fixture
def paid(shop: Shop, guest: Buyer) -> CheckoutStarted:
    """A paid order of 3 mugs of one size and 1 of another: 3 × 12 + 15 + 4.90."""
    started = shop.check_out(shop.fill_cart("visitor-1", {0: 3, 1: 1}), guest)
    shop.gateway.pay(shop.session_id(started))
    shop.tell_session("checkout.session.completed", shop.session_id(started))
    return started


@pytest.fixture
def room(client: FlaskClient, shop: Shop, paid: CheckoutStarted) -> Room:
    """The paid order's room with its owner in it."""
    sign_in(client, staff(shop, Role.OWNER))
    return Room(client, shop, paid.order_number)
