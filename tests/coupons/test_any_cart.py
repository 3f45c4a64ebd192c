"""What holds for any cart and any coupon, from the quote to the last refund."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shop.cart.choosing import QuoteLine
from shop.cart.quote import Quote, quote
from shop.checkout.refund_plans import NothingToRefund, plan_refund
from shop.core.money import charge_step
from shop.coupons.discounting import CouponTerms
from shop.coupons.models import Coupon, CouponKind, CouponScope
from shop.coupons.offers import Offer, Offers
from shop.orders.models import Order, OrderLine
from shop.page.models import Page
from shop.payments.limits import find_charge_problem
from shop.pricing.totals import included_tax

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
COLLECTIONS = {1: frozenset({10}), 2: frozenset({10, 11}), 3: frozenset({12})}


@st.composite
def pages(draw: st.DrawFn) -> Page:
    """A page of any currency, tax and flat shipping rate."""
    currency = draw(st.sampled_from(["EUR", "JPY", "TND"]))
    return Page(
        id=1, country="FR", ships_to=["FR"], currency=currency,
        tax_rate_bp=draw(st.sampled_from([0, 550, 1900, 2000, 2550])),
        shipping_amount=draw(st.integers(0, 2000)) * charge_step(currency),
    )  # fmt: skip


@st.composite
def carts(draw: st.DrawFn, page: Page) -> list[QuoteLine]:
    """Up to eight lines at prices that the page can charge."""
    step = charge_step(page.currency)
    line = st.builds(
        QuoteLine,
        product_id=st.integers(1, 4),
        unit_amount=st.integers(0, 50_000).map(lambda amount: amount * step),
        quantity=st.integers(1, 99),
    )
    return draw(st.lists(line, min_size=1, max_size=8))


@st.composite
def offers(draw: st.DrawFn, page: Page, coupon_id: int) -> Offer:
    """Any coupon that the page could make."""
    step = charge_step(page.currency)
    terms = CouponTerms(
        kind=draw(st.sampled_from(CouponKind)),
        percent_bp=draw(st.integers(1, 10_000)),
        amount=draw(st.integers(1, 3_000_000)) * step,
        has_free_shipping=draw(st.booleans()),
        minimum_amount=draw(st.one_of(st.just(0), st.integers(0, 500_000))) * step,
        scope=draw(st.sampled_from(CouponScope)),
        product_ids=draw(st.frozensets(st.integers(1, 4), min_size=1)),
        collection_ids=draw(st.frozensets(st.integers(10, 13), min_size=1)),
        unit_limit=draw(st.one_of(st.none(), st.integers(1, 30))),
        step=step,
    )
    coupon = Coupon(id=coupon_id, code=f"C{coupon_id}", kind=terms.kind, is_once=True)
    return Offer(coupon, terms)


@st.composite
def quoted(draw: st.DrawFn) -> tuple[Page, list[QuoteLine], Quote, Offers]:
    """A cart that was priced, with a chosen coupon, with ones that count by themselves, with both or none."""
    page = draw(pages())
    lines = draw(carts(page))
    several = [draw(offers(page, number)) for number in range(1, draw(st.integers(1, 4)) + 1)]
    typed = several.pop(0) if draw(st.booleans()) else None
    found = Offers(typed=typed, automatic=several, collections=COLLECTIONS)
    return page, lines, quote(page, lines, country="FR", offers=found), found


def order_of(page: Page, lines: Sequence[QuoteLine], priced: Quote) -> Order:
    """Return the order that such a quote becomes when it is placed and paid."""
    totals = priced.totals
    return Order(
        currency=page.currency, total_amount=totals.total_amount, captured_amount=totals.total_amount,
        refunded_amount=0,
        lines=[
            OrderLine(
                id=place, quantity=line.quantity, unit_amount=line.unit_amount, refunded_quantity=0,
                discount_amount=its.discount_amount, total_amount=its.total_amount,
            )
            for place, (line, its) in enumerate(zip(lines, totals.lines, strict=True), start=1)
        ],
    )  # fmt: skip


class TestQuote:
    @given(quoted())
    def test_has_parts_that_sum_to_its_totals(self, one: tuple[Page, list[QuoteLine], Quote, Offers]) -> None:
        page, lines, priced, _ = one
        totals, step = priced.totals, charge_step(page.currency)

        assert totals.discount_amount == sum(line.discount_amount for line in totals.lines) == priced.discount
        assert totals.subtotal_amount == sum(line.unit_amount * line.quantity for line in lines)
        assert totals.total_amount == sum(line.total_amount for line in totals.lines) + totals.shipping_amount
        assert totals.shipping_amount + priced.waived_shipping_amount == page.shipping_amount
        for line in totals.lines:
            assert 0 <= line.discount_amount <= line.subtotal_amount
            assert line.total_amount == line.subtotal_amount - line.discount_amount
            assert line.total_amount % step == 0
        assert totals.total_amount >= 0
        assert totals.total_amount % step == 0

    @given(quoted())
    def test_includes_the_tax_of_what_is_paid(self, one: tuple[Page, list[QuoteLine], Quote, Offers]) -> None:
        page, _, priced, _ = one

        assert priced.totals.tax_amount == included_tax(priced.totals.total_amount, page.tax_rate_bp)
        assert sum(line.tax_amount for line in priced.totals.lines) <= priced.totals.tax_amount
        assert all(0 <= line.tax_amount <= line.total_amount for line in priced.totals.lines)

    @given(quoted())
    def test_never_costs_more_with_a_coupon_than_without(
        self, one: tuple[Page, list[QuoteLine], Quote, Offers]
    ) -> None:
        page, lines, priced, _ = one
        without = quote(page, lines, country="FR")
        off = priced.coupon.worth if priced.coupon else 0

        assert without.totals.total_amount - priced.totals.total_amount == off
        assert (off > 0) == bool(priced.coupon and priced.coupon.counts)

    @given(quoted())
    def test_takes_the_best_of_those_that_count_by_themselves(
        self, one: tuple[Page, list[QuoteLine], Quote, Offers]
    ) -> None:
        page, lines, priced, found = one
        alone = [
            quote(page, lines, country="FR", offers=replace(found, typed=None, automatic=[offer]))
            for offer in found.automatic
        ]
        if priced.coupon is not None and priced.coupon.is_typed:
            assert priced.coupon.counts or all(each.coupon is None for each in alone)
            return
        best = max((each.coupon.worth for each in alone if each.coupon), default=0)
        assert (priced.coupon.worth if priced.coupon else 0) == best
        if not find_charge_problem(quote(page, lines, country="FR").totals.total_amount, page.currency):
            assert not find_charge_problem(priced.totals.total_amount, page.currency)


class TestRefunds:
    @given(quoted(), st.data())
    def test_of_every_part_take_its_share_of_the_discount_and_sum_to_what_was_paid(
        self, one: tuple[Page, list[QuoteLine], Quote, Offers], data: st.DataObject
    ) -> None:
        page, lines, priced, _ = one
        order = order_of(page, lines, priced)
        by_line = dict.fromkeys((line.id for line in order.lines), 0)
        pieces = [
            (line, units)
            for line in order.lines
            for units in data.draw(st.permutations(split(data, line.quantity)))
        ]
        for line, units in data.draw(st.permutations(pieces)):
            try:
                plan = plan_refund(order, order.lines, quantities={line.id: units})
            except NothingToRefund:  # nothing was paid for these units
                line.refunded_quantity += units
                continue
            assert plan.amount % charge_step(page.currency) == 0
            by_line[line.id] += plan.amount
            line.refunded_quantity += units
            order.refunded_amount += plan.amount

        assert by_line == {line.id: line.total_amount for line in order.lines}
        left = order.captured_amount - order.refunded_amount
        assert left == priced.totals.shipping_amount
        if left:
            assert plan_refund(order, order.lines).amount == left


def split(data: st.DataObject, quantity: int) -> list[int]:
    """Cut a line's units into parcels."""
    parts, left = [], quantity
    while left:
        part = data.draw(st.integers(1, left)) if len(parts) < 3 else left
        parts.append(part)
        left -= part
    return parts
