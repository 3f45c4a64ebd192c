from decimal import Decimal

import pytest

from shop.catalog.importing.prices import DecimalMark, MarkTally, PriceKind, read_price

DOT, COMMA, UNSURE = DecimalMark.DOT, DecimalMark.COMMA, DecimalMark.UNSURE


class TestReadPrice:
    @pytest.mark.parametrize(
        ("text", "mark", "amount", "kind"),
        [
            ("1295", DOT, "1295", PriceKind.OK),
            ("9.99", DOT, "9.99", PriceKind.OK),
            ("0", DOT, "0", PriceKind.OK),
            (".99", DOT, "0.99", PriceKind.OK),
            ("12,5", DOT, "12.5", PriceKind.OK),
            ("12,50", COMMA, "12.50", PriceKind.OK),
            ("12,-", DOT, "12", PriceKind.OK),
            ("$2,030", DOT, "2030", PriceKind.THOUSANDS),
            ("1 234,50", DOT, "1234.50", PriceKind.THOUSANDS),
            ("1\u202f234,50", DOT, "1234.50", PriceKind.THOUSANDS),
            ("1.234,56 €", DOT, "1234.56", PriceKind.THOUSANDS),
            ("1'234.50", DOT, "1234.50", PriceKind.THOUSANDS),
            ("CHF 1’234.50", DOT, "1234.50", PriceKind.THOUSANDS),
            ("Fr. 12.50", DOT, "12.50", PriceKind.OK),
            ("1,23,456.00", DOT, "123456.00", PriceKind.THOUSANDS),
            ("1.234.567", DOT, "1234567", PriceKind.THOUSANDS),
            ("1,234", DOT, "1234", PriceKind.THOUSANDS),
            ("1.234", DOT, "1.234", PriceKind.OK),
            ("1.234", COMMA, "1234", PriceKind.THOUSANDS),
            ("1,234", COMMA, "1.234", PriceKind.OK),
            ("0.999", COMMA, "0.999", PriceKind.OK),
            ("1234,567", UNSURE, "1234.567", PriceKind.OK),
        ],
    )
    def test_reads(self, text: str, mark: DecimalMark, amount: str, kind: PriceKind):
        price = read_price(text, mark)
        assert (price.amount, price.kind) == (Decimal(amount), kind)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "price_empty"),
            ("  ", "price_empty"),
            ("abc", "price_bad"),
            ("-5", "price_negative"),
            ("−5.00", "price_negative"),
            ("5.00-", "price_negative"),
            ("-$5", "price_negative"),
            ("(5.00)", "price_bad"),
            ("10-20", "price_range"),
            ("10.00 – 20.00", "price_range"),
            ("$10 - $20", "price_range"),
            ("10 € à 20 €", "price_range"),
            ("1e3", "price_bad"),
            ("NaN", "price_bad"),
            ("Infinity", "price_bad"),
            ("12 50", "price_bad"),
            ("1,2,3", "price_bad"),
            ("12.50 kg", "price_bad"),
            ("١٢", "price_bad"),
            ("9" * 40, "price_bad"),
        ],
    )
    def test_refuses(self, text: str, code: str):
        price = read_price(text, DOT)
        assert (price.amount, price.code) == (None, code)

    def test_refuses_to_guess_what_a_lone_mark_before_three_digits_means(self):
        assert read_price("1,234", UNSURE).code == read_price("1.234", UNSURE).code == "price_ambiguous"

    @pytest.mark.parametrize(
        ("text", "currency"),
        [("12 €", "EUR"), ("£12", "GBP"), ("12 zł", "PLN"), ("usd 12", "USD"), ("$12", "$")],
    )
    def test_tells_the_currency(self, text: str, currency: str):
        assert read_price(text, DOT).currency == currency


class TestMarkTally:
    @pytest.mark.parametrize(
        ("cells", "mark"),
        [
            (["12.50", "3"], DOT),
            (["12,50", "1.234"], COMMA),
            (["12,50", "12.50"], UNSURE),
            (["1,234.50"], DOT),
            (["1.234,50"], COMMA),
            (["1,234"], DOT),
            ([], DOT),
        ],
    )
    def test_reads_the_mark_off_the_prices(self, cells: list[str], mark: DecimalMark):
        tally = MarkTally()
        for cell in cells:
            tally.add(cell)
        assert tally.mark(DOT) == mark
