"""Carts: one a page a visitor, re-priced when read, merged at sign-in."""

import datetime as dt

import pytest
from sqlalchemy import select, update

from shop.cart.models import Cart, CartLine
from shop.cart.queries import EmptyCart, NotAvailable, count_items, find_cart, find_cart_by_token, view_cart
from shop.cart.service import (
    CartFull,
    acknowledge_prices,
    add_line,
    change_line,
    delete_cart,
    find_or_create_cart,
    merge_guest_carts,
    remove_bought,
    remove_line,
    set_destination,
)
from shop.catalog.models import Product, ProductStatus, Variant
from shop.catalog.stock import OutOfStock
from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from shop.page.models import Page
from shop.shipping.service import CannotShip
from tests.factories import make_account, make_page, make_product
from tests.support.statements import count_statements


class Yard:
    """A page with one product of three variants: ten, two and unlimited units."""

    def __init__(self, database: Database, now: dt.datetime) -> None:
        self.database, self.now = database, now
        with database.transaction() as session:
            self.page: Page = make_page(session)
            product = make_product(session, self.page, variants=[(1200, 10), (1500, 2), (900, None)])
            self.product_id = product.id
            self.variant_ids = [variant.id for variant in product.variants]

    def cart(self, *, visitor: str | None = "v1", account_id: int | None = None) -> int:
        with self.database.transaction() as session:
            cart, _ = find_or_create_cart(
                session,
                page_id=self.page.id,
                account_id=account_id,
                visitor_id=visitor,
                country="FR",
                now=self.now,
            )
            return cart.id

    def add(self, cart_id: int, place: int, quantity: int = 1) -> int:
        with self.database.transaction() as session:
            return add_line(
                session, cart_id=cart_id, variant_id=self.variant_ids[place], quantity=quantity, now=self.now
            ).id

    def view(self, cart_id: int, **held: object):
        with self.database.reading() as session:
            return view_cart(session, session.get_one(Cart, cart_id), self.page, **held)

    def quantities(self, cart_id: int) -> dict[int, int]:
        with self.database.reading() as session:
            rows = session.execute(
                select(CartLine.variant_id, CartLine.quantity).where(CartLine.cart_id == cart_id)
            )
            return {self.variant_ids.index(variant_id): quantity for variant_id, quantity in rows}


@pytest.fixture
def yard(database: Database, now: dt.datetime) -> Yard:
    return Yard(database, now)


class TestFindOrCreateCart:
    def test_is_one_a_visitor_and_page(self, yard: Yard) -> None:
        assert yard.cart() == yard.cart()
        assert yard.cart(visitor="v2") != yard.cart()
        with yard.database.transaction() as session:
            other = make_page(session)
            cart, token = find_or_create_cart(
                session, page_id=other.id, account_id=None, visitor_id="v1", country="FR", now=yard.now
            )
            assert (cart.page_id, token) == (other.id, None)

    def test_an_api_cart_has_a_token_of_its_own(self, yard: Yard) -> None:
        with yard.database.transaction() as session:
            cart, token = find_or_create_cart(
                session, page_id=yard.page.id, account_id=None, visitor_id=None, country="FR", now=yard.now
            )
            assert token is not None
            assert find_cart_by_token(session, cart_id=cart.id, token=token) is cart
            assert find_cart_by_token(session, cart_id=cart.id, token="guess") is None
            assert find_cart_by_token(session, cart_id=cart.id + 1, token=token) is None

    def test_a_guests_id_does_not_open_an_accounts_cart(self, yard: Yard) -> None:
        with yard.database.transaction() as session:
            account = make_account(session)
        yard.cart(visitor="v1", account_id=account.id)
        with yard.database.reading() as session:
            assert find_cart(session, page_id=yard.page.id, visitor_id="v1") is None
            assert find_cart(session, page_id=yard.page.id, account_id=account.id) is not None


class TestAddLine:
    def test_more_of_the_same_raises_the_line(self, yard: Yard) -> None:
        cart_id = yard.cart()
        assert yard.add(cart_id, 0, 2) == yard.add(cart_id, 0, 3)
        assert yard.quantities(cart_id) == {0: 5}
        with yard.database.reading() as session:
            assert count_items(session, page_id=yard.page.id, visitor_id="v1") == 5
            assert count_items(session, page_id=yard.page.id) == 0

    def test_refuses_more_than_are_left(self, yard: Yard) -> None:
        cart_id = yard.cart()
        yard.add(cart_id, 1, 2)
        with pytest.raises(OutOfStock):
            yard.add(cart_id, 1, 1)

    def test_what_ones_own_order_holds_is_ones_own(self, yard: Yard) -> None:
        cart_id = yard.cart()
        with yard.database.transaction() as session:
            line = add_line(
                session,
                cart_id=cart_id,
                variant_id=yard.variant_ids[1],
                quantity=3,
                now=yard.now,
                held={yard.variant_ids[1]: 1},
            )
            assert line.quantity == 3

    def test_stops_at_the_largest_quantity(self, yard: Yard) -> None:
        cart_id = yard.cart()
        yard.add(cart_id, 2, 99)
        yard.add(cart_id, 2, 99)
        assert yard.quantities(cart_id) == {2: 99}
        with pytest.raises(Invalid):
            yard.add(cart_id, 2, 0)

    def test_refuses_what_is_not_for_sale_here(self, yard: Yard) -> None:
        cart_id = yard.cart()
        with yard.database.transaction() as session:
            elsewhere = make_product(session, make_page(session)).variants[0].id
            draft = make_product(session, yard.page, status=ProductStatus.DRAFT).variants[0].id
        for variant_id in (elsewhere, draft):
            with yard.database.transaction() as session, pytest.raises(NotFound):
                add_line(session, cart_id=cart_id, variant_id=variant_id, quantity=1, now=yard.now)

    def test_holds_at_most_a_hundred_things(self, yard: Yard) -> None:
        cart_id = yard.cart()
        with yard.database.transaction() as session:
            product = make_product(session, yard.page, variants=[(1000, None)] * 100)
            session.add_all(
                CartLine(
                    cart_id=cart_id, variant_id=variant.id, quantity=1, seen_amount=1000, added_at=yard.now
                )
                for variant in product.variants
            )
        with pytest.raises(CartFull):
            yard.add(cart_id, 0)


class TestChangeLine:
    def test_sets_and_removes(self, yard: Yard) -> None:
        cart_id = yard.cart()
        line_id = yard.add(cart_id, 0, 2)
        with yard.database.transaction() as session:
            change_line(session, cart_id=cart_id, line_id=line_id, quantity=7, now=yard.now)
        assert yard.quantities(cart_id) == {0: 7}
        with yard.database.transaction() as session, pytest.raises(OutOfStock):
            change_line(session, cart_id=cart_id, line_id=line_id, quantity=11, now=yard.now)
        with yard.database.transaction() as session:
            change_line(session, cart_id=cart_id, line_id=line_id, quantity=0, now=yard.now)
        assert yard.quantities(cart_id) == {}

    def test_less_is_always_possible(self, yard: Yard) -> None:
        cart_id = yard.cart()
        line_id = yard.add(cart_id, 0, 9)
        with yard.database.transaction() as session:
            session.execute(update(Variant).values(stock=1))
            change_line(session, cart_id=cart_id, line_id=line_id, quantity=5, now=yard.now)
        assert yard.quantities(cart_id) == {0: 5}

    def test_a_line_of_another_cart_is_not_found(self, yard: Yard) -> None:
        line_id = yard.add(yard.cart(), 0)
        other = yard.cart(visitor="v2")
        with yard.database.transaction() as session, pytest.raises(NotFound):
            change_line(session, cart_id=other, line_id=line_id, quantity=1, now=yard.now)
        with yard.database.transaction() as session, pytest.raises(NotFound):
            remove_line(session, cart_id=other, line_id=line_id, now=yard.now)


class TestViewCart:
    def test_prices_it(self, yard: Yard) -> None:
        cart_id = yard.cart()
        yard.add(cart_id, 0, 2)
        yard.add(cart_id, 2)
        view = yard.view(cart_id)
        assert [line.line_amount for line in view.lines] == [2400, 900]
        assert (view.totals.total_amount, view.item_count, view.problems) == (3790, 3, [])

    def test_tells_prices_until_they_are_acknowledged(self, yard: Yard) -> None:
        cart_id = yard.cart()
        yard.add(cart_id, 0)
        with yard.database.transaction() as session:
            session.execute(
                update(Variant).where(Variant.id == yard.variant_ids[0]).values(price_amount=1300)
            )
        (note,) = yard.view(cart_id).lines[0].notes
        assert (note.kind, note.was_amount, note.now_amount) == ("price_changed", 1200, 1300)
        with yard.database.transaction() as session:
            acknowledge_prices(session, cart_id=cart_id)
        assert yard.view(cart_id).lines[0].notes == []

    def test_tells_less_stock_sold_out_and_gone(self, yard: Yard) -> None:
        cart_id = yard.cart()
        yard.add(cart_id, 0, 2)
        yard.add(cart_id, 1, 2)
        with yard.database.transaction() as session:
            for variant_id, stock in zip(yard.variant_ids, (1, 0), strict=False):
                session.execute(update(Variant).where(Variant.id == variant_id).values(stock=stock))
        view = yard.view(cart_id)
        assert [[note.kind for note in line.notes] for line in view.lines] == [["less_stock"], ["sold_out"]]
        assert isinstance(view.problems[0], NotAvailable)
        assert not isinstance(
            yard.view(cart_id, held=dict.fromkeys(yard.variant_ids, 2)).problems[:1], NotAvailable
        )
        assert yard.view(cart_id, held=dict.fromkeys(yard.variant_ids, 2)).problems == []
        with yard.database.transaction() as session:
            session.execute(update(Product).values(status=ProductStatus.ARCHIVED))
        view = yard.view(cart_id)
        assert [[note.kind for note in line.notes] for line in view.lines] == [["gone"], ["gone"]]
        assert view.totals.subtotal_amount == 0

    def test_an_empty_one_says_so(self, yard: Yard) -> None:
        assert isinstance(yard.view(yard.cart()).problems[0], EmptyCart)

    def test_says_where_the_page_no_longer_ships(self, yard: Yard) -> None:
        cart_id = yard.cart()
        yard.add(cart_id, 0)
        yard.page.ships_to, yard.page.country = [], "DE"
        assert [type(problem) for problem in yard.view(cart_id).problems] == [CannotShip]

    def test_takes_as_many_statements_however_full_it_is(self, yard: Yard) -> None:
        cart_id = yard.cart()
        yard.add(cart_id, 0)
        with yard.database.reading() as session:
            cart = session.get_one(Cart, cart_id)
            with count_statements(yard.database.engine) as one_line:
                view_cart(session, cart, yard.page)
        yard.add(cart_id, 1)
        yard.add(cart_id, 2)
        with yard.database.reading() as session:
            cart = session.get_one(Cart, cart_id)
            with count_statements(yard.database.engine) as three_lines:
                view_cart(session, cart, yard.page)
        assert len(one_line) == len(three_lines) == 3


class TestSetDestination:
    def test_goes_where_the_page_ships(self, yard: Yard) -> None:
        cart_id = yard.cart()
        with yard.database.transaction() as session:
            cart = session.get_one(Cart, cart_id)
            set_destination(
                session, cart=cart, page=yard.page, country="BE", postal_code="1000", now=yard.now
            )
            with pytest.raises(CannotShip):
                set_destination(
                    session, cart=cart, page=yard.page, country="US", postal_code="", now=yard.now
                )
        assert yard.view(cart_id).country == "BE"


class TestMergeGuestCarts:
    def merge(self, yard: Yard, account_id: int) -> list[tuple[int, int]]:
        with yard.database.transaction() as session:
            notes = merge_guest_carts(session, visitor_id="v1", account_id=account_id, now=yard.now)
        return [(note.wanted, note.kept) for note in notes]

    def test_hands_the_cart_over_where_the_account_has_none(self, yard: Yard) -> None:
        with yard.database.transaction() as session:
            account = make_account(session)
        cart_id = yard.cart()
        yard.add(cart_id, 0, 2)
        assert self.merge(yard, account.id) == []
        assert yard.cart(account_id=account.id) == cart_id
        with yard.database.reading() as session:
            assert find_cart(session, page_id=yard.page.id, visitor_id="v1") is None

    def test_adds_quantities_capped_by_stock(self, yard: Yard) -> None:
        with yard.database.transaction() as session:
            account = make_account(session)
        guest, own = yard.cart(), yard.cart(account_id=account.id)
        for place in range(3):
            yard.add(guest, place, 2)
        yard.add(own, 0, 9)
        yard.add(own, 1, 1)
        assert self.merge(yard, account.id) == [(11, 10), (3, 2)]
        assert yard.quantities(own) == {0: 10, 1: 2, 2: 2}
        assert yard.quantities(guest) == {}
        assert self.merge(yard, account.id) == []

    def test_what_a_guest_bought_leaves_the_accounts_cart(self, yard: Yard) -> None:
        with yard.database.transaction() as session:
            account = make_account(session)
        guest, own = yard.cart(), yard.cart(account_id=account.id)
        yard.add(guest, 0, 2)
        yard.add(own, 0, 1)
        self.merge(yard, account.id)
        with yard.database.transaction() as session:
            remove_bought(session, cart_id=guest, bought={yard.variant_ids[0]: 2}, now=yard.now)
        assert yard.quantities(own) == {0: 1}


class TestDeleteCart:
    def test_takes_its_lines_along(self, yard: Yard) -> None:
        cart_id = yard.cart()
        yard.add(cart_id, 0)
        with yard.database.transaction() as session:
            delete_cart(session, cart_id=cart_id)
            assert session.scalars(select(CartLine)).all() == []
