"""Money: minor units, typed text, splitting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.money import BadAmount, format_amount, parse_amount, split_amount


class TestParseAmount:
    @pytest.mark.parametrize(
        ("text", "currency", "locale", "amount"),
        [
            ("12,00", "EUR", "fr", 1200),
            ("12.5", "EUR", "fr", 1250),
            ("12,5", "EUR", "en", 1250),
            ("1 234,50", "EUR", "fr", 123450),
            ("1\u202f234,50 €", "EUR", "fr", 123450),
            ("1,234.50", "USD", "en", 123450),
            ("$2,030", "USD", "en", 203000),
            ("EUR 9.99", "EUR", "en", 999),
            ("1200", "JPY", "fr", 1200),
            ("1,234", "TND", "en", 1234),
            ("0", "EUR", "en", 0),
        ],
    )
    def test_reads_what_people_type(self, text: str, currency: str, locale: str, amount: int) -> None:
        assert parse_amount(text, currency, locale) == amount

    @pytest.mark.parametrize(
        "text", ["", "abc", "-1", "1e5", "12,345", "1.2.3", "12 €€ x", "NaN", "inf", "999999999"]
    )
    def test_refuses_what_is_no_price(self, text: str) -> None:
        with pytest.raises(BadAmount):
            parse_amount(text, "EUR", "fr")

    @given(
        st.integers(0, 99_999_999),
        st.sampled_from(["EUR", "JPY", "TND", "USD"]),
        st.sampled_from(["fr", "en"]),
    )
    def test_reads_what_format_amount_writes(self, amount: int, currency: str, locale: str) -> None:
        written = (
            format_amount(amount, currency, locale).replace("TND", "").replace("JPY", "").replace("US", "")
        )
        assert parse_amount(written, currency, locale) == amount


class TestSplitAmount:
    @given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
    def test_parts_sum_and_are_fair(self, amount: int, weights: list[int]) -> None:
        parts = split_amount(amount, weights)
        shares = weights if sum(weights) else [1] * len(weights)
        assert sum(parts) == amount
        assert all(
            abs(part - amount * share / sum(shares)) < 1 for part, share in zip(parts, shares, strict=True)
        )

    def test_of_nothing_is_nothing(self) -> None:
        assert split_amount(100, []) == []
