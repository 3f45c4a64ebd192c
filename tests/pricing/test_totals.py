"""Totals: the parts always sum."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.pricing.totals import LineInput, compute_totals, included_tax

LINES = st.lists(
    st.builds(
        LineInput,
        unit_amount=st.integers(0, 5_000_000),
        quantity=st.integers(1, 99),
        tax_rate_bp=st.sampled_from([0, 550, 1000, 2000, 10_000]),
    ),
    max_size=20,
)


class TestIncludedTax:
    @pytest.mark.parametrize(
        ("gross", "rate", "tax"),
        [
            (1200, 2000, 200),
            (100, 2000, 17),
            (99, 2000, 17),
            (0, 2000, 0),
            (1055, 550, 55),
            (1, 10_000, 1),
            (500, 0, 0),
        ],
    )
    def test_is_rounded_half_up(self, gross: int, rate: int, tax: int) -> None:
        assert included_tax(gross, rate) == tax


class TestComputeTotals:
    @given(
        data=st.data(),
        lines=LINES,
        shipping=st.integers(0, 10_000),
        shipping_rate=st.sampled_from([0, 550, 2000]),
    )
    def test_parts_sum(
        self, data: st.DataObject, lines: list[LineInput], shipping: int, shipping_rate: int
    ) -> None:
        discounts = [data.draw(st.integers(0, line.unit_amount * line.quantity)) for line in lines]
        totals = compute_totals(
            lines, shipping_amount=shipping, shipping_tax_rate_bp=shipping_rate, line_discounts=discounts
        )
        assert [line.discount_amount for line in totals.lines] == discounts
        assert sum(line.subtotal_amount for line in totals.lines) == totals.subtotal_amount
        assert sum(line.discount_amount for line in totals.lines) == totals.discount_amount
        assert sum(line.total_amount for line in totals.lines) + shipping == totals.total_amount
        assert totals.total_amount == totals.subtotal_amount - totals.discount_amount + shipping
        assert 0 <= sum(line.tax_amount for line in totals.lines) <= totals.tax_amount <= totals.total_amount
        for line in totals.lines:
            assert 0 <= line.discount_amount <= line.subtotal_amount
            assert line.total_amount == line.subtotal_amount - line.discount_amount
            assert 0 <= line.tax_amount <= line.total_amount

    @given(lines=LINES, rate=st.sampled_from([0, 550, 2000]), shipping=st.integers(0, 10_000))
    def test_one_rate_gives_the_tax_of_the_whole(
        self, lines: list[LineInput], rate: int, shipping: int
    ) -> None:
        same = [LineInput(line.unit_amount, line.quantity, rate) for line in lines]
        totals = compute_totals(same, shipping_amount=shipping, shipping_tax_rate_bp=rate)
        assert totals.tax_amount == included_tax(totals.total_amount, rate)

    def test_nothing_costs_only_shipping(self) -> None:
        totals = compute_totals([], shipping_amount=490, shipping_tax_rate_bp=2000)
        assert (totals.total_amount, totals.tax_amount, totals.lines) == (490, 82, [])

    @pytest.mark.parametrize("discounts", [[-1, 0], [1001, 0], [100], [0, 0, 0]])
    def test_refuses_a_discount_that_no_line_can_bear(self, discounts: list[int]) -> None:
        with pytest.raises(ValueError, match="discount"):
            compute_totals([LineInput(500, 2, 2000), LineInput(300, 1, 2000)], line_discounts=discounts)

    @pytest.mark.parametrize(
        "line", [LineInput(-1, 1, 2000), LineInput(1, 0, 2000)], ids=["negative amount", "no quantity"]
    )
    def test_refuses_nonsense(self, line: LineInput) -> None:
        with pytest.raises(ValueError, match="at least"):
            compute_totals([line])
