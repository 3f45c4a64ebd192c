"""What coupons take off: worked examples, and what holds for any cart and any coupon."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.coupons.discounting import CouponTerms, DiscountLine, WhyNot, discount
from shop.coupons.models import CouponKind, CouponScope

MUG = DiscountLine(product_id=1, collection_ids=frozenset({10}), unit_amount=1200, quantity=3)
LAMP = DiscountLine(product_id=2, collection_ids=frozenset({10, 20}), unit_amount=8900, quantity=1)
CARD = DiscountLine(product_id=3, collection_ids=frozenset(), unit_amount=333, quantity=2)
TENTH = CouponTerms(CouponKind.PERCENT, percent_bp=1000)
FIVER = CouponTerms(CouponKind.AMOUNT, amount=500)

LINES = st.lists(
    st.builds(
        DiscountLine,
        product_id=st.integers(1, 6),
        collection_ids=st.frozensets(st.integers(10, 13), max_size=3),
        unit_amount=st.integers(0, 500_000),
        quantity=st.integers(1, 99),
    ),
    max_size=12,
)
TERMS = st.builds(
    CouponTerms,
    kind=st.sampled_from(CouponKind),
    percent_bp=st.integers(0, 10_000),
    amount=st.integers(0, 2_000_000),
    has_free_shipping=st.booleans(),
    minimum_amount=st.one_of(st.just(0), st.integers(0, 1_000_000)),
    scope=st.sampled_from(CouponScope),
    product_ids=st.frozensets(st.integers(1, 6), max_size=4),
    collection_ids=st.frozensets(st.integers(10, 13), max_size=3),
    unit_limit=st.one_of(st.none(), st.integers(1, 40)),
)


class TestDiscount:
    def test_shares_a_percentage_by_what_lines_cost(self) -> None:
        # 13,166 in all: 1,316.6 is rounded to 1,317, of which 360, 890 and 67 after largest remainder.
        assert discount(TENTH, [MUG, LAMP, CARD]).line_amounts == [360, 890, 67]

    def test_takes_an_amount_off_the_whole(self) -> None:
        assert discount(FIVER, [MUG, LAMP]).line_amounts == [144, 356]

    def test_takes_no_more_than_lines_cost(self) -> None:
        assert discount(replace(FIVER, amount=10_000), [CARD]).line_amounts == [666]

    @pytest.mark.parametrize(
        ("terms", "amounts"),
        [
            (replace(TENTH, scope=CouponScope.PRODUCTS, product_ids=frozenset({1, 3})), [360, 0, 67]),
            (replace(TENTH, scope=CouponScope.COLLECTIONS, collection_ids=frozenset({20})), [0, 890, 0]),
        ],
        ids=["products", "collections"],
    )
    def test_counts_only_for_what_it_names(self, terms: CouponTerms, amounts: list[int]) -> None:
        assert discount(terms, [MUG, LAMP, CARD]).line_amounts == amounts

    @pytest.mark.parametrize(
        ("limit", "amounts"), [(1, [0, 8900, 0]), (3, [2400, 8900, 0]), (5, [3600, 8900, 333])]
    )
    def test_takes_the_dearest_units_first(self, limit: int, amounts: list[int]) -> None:
        all_of_it = CouponTerms(CouponKind.PERCENT, percent_bp=10_000, unit_limit=limit)
        assert discount(all_of_it, [MUG, LAMP, CARD]).line_amounts == amounts

    def test_says_what_is_missing_to_the_minimum_of_what_counts(self) -> None:
        terms = replace(TENTH, minimum_amount=5000, scope=CouponScope.PRODUCTS, product_ids=frozenset({1}))
        found = discount(terms, [MUG, LAMP])
        assert (found.why_not, found.missing_amount, found.amount) == (WhyNot.BELOW_MINIMUM, 1400, 0)
        assert discount(replace(terms, minimum_amount=3600), [MUG, LAMP]).amount == 360

    def test_says_why_it_takes_nothing_off(self) -> None:
        elsewhere = replace(TENTH, scope=CouponScope.PRODUCTS, product_ids=frozenset({9}))
        assert discount(TENTH, []).why_not is WhyNot.EMPTY
        assert discount(elsewhere, [MUG]).why_not is WhyNot.NO_SUCH_THING

    def test_frees_shipping_and_leaves_lines_alone(self) -> None:
        found = discount(CouponTerms(CouponKind.FREE_SHIPPING), [MUG])
        assert (found.frees_shipping, found.line_amounts, found.why_not) == (True, [0], None)

    def test_keeps_to_amounts_that_cards_are_charged(self) -> None:
        dinars = [DiscountLine(1, frozenset(), 12_340, 1), DiscountLine(2, frozenset(), 7_770, 3)]
        found = discount(replace(TENTH, percent_bp=1500, step=10), dinars)
        assert found.amount == 5_350  # 15 % of 35,650 is 5,347.5
        assert all(amount % 10 == 0 for amount in found.line_amounts)

    @given(terms=TERMS, lines=LINES, step=st.sampled_from([1, 10]))
    def test_is_never_more_than_a_line_and_never_off_another(
        self, terms: CouponTerms, lines: list[DiscountLine], step: int
    ) -> None:
        lines = [replace(line, unit_amount=line.unit_amount * step) for line in lines]
        terms = replace(terms, step=step, amount=terms.amount * step)
        found = discount(terms, lines)
        assert len(found.line_amounts) == len(lines)
        for amount, line in zip(found.line_amounts, lines, strict=True):
            assert 0 <= amount <= line.unit_amount * line.quantity
            assert amount % step == 0
        if found.why_not is not None:
            assert found.amount == 0
            assert not found.frees_shipping

    @given(lines=LINES, percent_bp=st.integers(0, 10_000))
    def test_a_percentage_is_that_of_the_whole_rounded_half_up(
        self, lines: list[DiscountLine], percent_bp: int
    ) -> None:
        subtotal = sum(line.unit_amount * line.quantity for line in lines)
        found = discount(CouponTerms(CouponKind.PERCENT, percent_bp=percent_bp), lines)
        assert abs(2 * found.amount * 10_000 - 2 * subtotal * percent_bp) <= 10_000

    @given(terms=TERMS, lines=LINES)
    def test_does_not_depend_on_the_order_of_lines(
        self, terms: CouponTerms, lines: list[DiscountLine]
    ) -> None:
        assert discount(terms, lines).amount == discount(terms, lines[::-1]).amount
