import tempfile
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.catalog.importing.barcodes import barcode_kind
from shop.catalog.importing.messages import FileFault
from shop.catalog.importing.prices import DecimalMark, read_price
from tests.catalog.importing.support import OLD_HEADER, ReadFile, read, text_of

HEADER_LINE = (",".join(OLD_HEADER) + "\n").encode()
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

cell_text = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zs", "Zl", "Zp"), exclude_characters="'"),
    min_size=1,
    max_size=30,
).map(lambda text: text.strip())
names = cell_text.filter(lambda text: bool(text) and text.casefold() != "default title")


def read_bytes(content: bytes) -> ReadFile:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file.csv")
        path.write_bytes(content)
        return read(path)


@st.composite
def catalogs(draw: st.DrawFn) -> list[tuple[str, str, list[tuple[str, Decimal, int]]]]:
    """Products of (handle, title, variants of (option value, price, stock))."""
    handles = draw(
        st.lists(
            st.from_regex(r"[a-z]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True),
            min_size=1,
            max_size=6,
            unique=True,
        )
    )
    prices = st.decimals(0, "999999.99", places=2, allow_nan=False)
    variants = st.lists(
        st.tuples(names, prices, st.integers(0, 10_000)),
        min_size=1,
        max_size=5,
        unique_by=lambda variant: variant[0],
    )
    return [(handle, draw(names), draw(variants)) for handle in handles]


class TestAnyFile:
    @quick
    @given(st.binary(max_size=400))
    def test_is_read_or_refused_with_a_sentence(self, content: bytes):
        try:
            read_bytes(content)
        except FileFault as fault:
            assert fault.reason

    @quick
    @given(st.binary(max_size=400))
    def test_is_read_or_refused_under_a_right_header_too(self, content: bytes):
        try:
            result = read_bytes(HEADER_LINE + content)
        except FileFault as fault:
            assert fault.reason
        else:
            assert len(result.products) <= result.report.products

    @quick
    @given(st.lists(st.lists(st.text(max_size=8), max_size=30), max_size=8))
    def test_any_cells_are_read_or_rejected(self, rows: list[list[str]]):
        lines = ("," + ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
        content = HEADER_LINE + "\n".join(f"h{line}" for line in lines).encode(errors="replace")
        try:
            read_bytes(content)
        except FileFault as fault:
            assert fault.code in ("no_rows", "binary", "unclosed_quote")


class TestRoundTrip:
    @quick
    @given(
        catalogs(),
        st.sampled_from([",", ";", "\t", "|"]),
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
        st.randoms(),
    )
    def test_gives_back_what_was_written(self, catalog, delimiter, codec, random):
        rows = [
            {"Handle": handle, "Title": title, "Option1_Name": "Kind", "Option1_Value": value, "Variant_Price": str(price),
             "Variant_Inventory_Tracker": "shopify", "Variant_Inventory_Qty": str(stock)}
            for handle, title, variants in catalog
            for value, price, stock in variants
        ]  # fmt: skip
        random.shuffle(rows)
        result = read_bytes(text_of(*rows, delimiter=delimiter).encode(codec))
        assert result.rejected == []
        found = {
            (one.handle, one.title): {(v.option_values[0], v.price, v.stock) for v in one.variants}
            for one in result.products
        }
        assert found == {(handle, title): set(variants) for handle, title, variants in catalog}


class TestAnyPrice:
    @quick
    @given(st.text(max_size=20), st.sampled_from(DecimalMark))
    def test_never_raises_and_never_goes_below_zero(self, text: str, mark: DecimalMark):
        price = read_price(text, mark)
        assert price.amount is None or price.amount >= 0
        assert (price.amount is None) == bool(price.code)

    @quick
    @given(st.decimals(0, 10**9, places=2), st.sampled_from(DecimalMark))
    def test_reads_plain_decimals_exactly(self, amount: Decimal, mark: DecimalMark):
        assert read_price(str(amount), mark).amount == amount


class TestAnyBarcode:
    @quick
    @given(st.text(max_size=20))
    def test_never_raises(self, text: str):
        barcode_kind(text)
