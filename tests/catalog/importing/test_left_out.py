"""The rows to mend: whole products, cells as they were brought, and read again as the file was that they come from."""

import io
from pathlib import Path

import pytest

from shop.catalog.importing.left_out import noted_mark, reason_title, write_left_out
from shop.catalog.importing.prices import DecimalMark
from shop.catalog.importing.reading import open_catalog, open_table
from shop.catalog.importing.table import normalise_name
from tests.catalog.importing.support import OLD_HEADER, Write, read, row, text_of

GOOD = row("cup")
BAD = row("mug", Option1_Name="Size", Option1_Value="S", Variant_Price="?")
BAD_LARGE = {"Handle": "mug", "Option1_Value": "L", "Variant_Price": "15"}


def left_out(path: Path, reason: str = "reason") -> str:
    with open_catalog(path, currency="EUR") as catalog:
        list(catalog.products())
        stretches = catalog.report.left_out.stretches()
        reasons = {one.row: one.reason for one in catalog.report.rejected}
        mark = DecimalMark(catalog.notes["decimal mark"])
    out = io.StringIO()
    table, _ = open_table(path)
    write_left_out(table, stretches, reasons, reason_title(reason, mark), out)
    return out.getvalue()


class TestWriteLeftOut:
    def test_keeps_every_row_of_a_rejected_product_and_no_other(self, write: Write):
        text = left_out(write(text_of(GOOD, BAD, BAD_LARGE, row("pot"))))
        lines = text.splitlines()
        assert [line.split(",")[0] for line in lines] == ["Handle", "mug", "mug"]
        assert lines[1].endswith(",This is not a price.")
        assert lines[2].endswith(",")

    def test_keeps_cells_as_they_were_brought(self, write: Write):
        odd = '  =HYPERLINK("x")\n+1 '
        path = write(text_of({**BAD, "Title": odd, "Tags": "'@SUM(1)"}))
        import csv

        rows = list(csv.reader(io.StringIO(left_out(path), newline="")))
        assert rows[1][1] == odd
        assert rows[1][OLD_HEADER.index("Tags")] == "'@SUM(1)"

    @pytest.mark.parametrize("delimiter", [";", "\t", "|"])
    def test_separates_as_the_file_does(self, write: Write, delimiter: str):
        text = left_out(write(text_of(BAD, delimiter=delimiter)))
        assert text.startswith(f"Handle{delimiter}Title")

    def test_says_which_sign_an_excel_file_names(self, write: Write):
        text = left_out(write("sep=^\r\n" + text_of(BAD, delimiter="^")))
        assert text.startswith("sep=^\r\nHandle^Title")

    def test_comes_back_mended_and_is_imported(self, write: Write):
        text = left_out(write(text_of(GOOD, BAD, BAD_LARGE)))
        again = read(write("\ufeff" + text.replace(",?,", ",12.50,")))
        assert again.rejected == []
        assert [variant.option_values for variant in again.product.variants] == [("S",), ("L",)]

    def test_comes_back_unmended_and_is_rejected_for_the_same_reason_with_one_column_of_reasons(
        self, write: Write
    ):
        once = left_out(write(text_of(BAD, BAD_LARGE)))
        path = write("\ufeff" + once)
        assert [code for *_, code in read(path).rejected] == ["price_bad"]
        assert left_out(path) == once

    def test_a_row_without_a_handle_stands_alone(self, write: Write):
        text = left_out(write(text_of(GOOD, row(""), row("pot"))))
        assert len(text.splitlines()) == 2

    def test_a_product_whose_address_is_taken_comes_with_the_one_that_has_it(self, write: Write):
        path = write(
            text_of(
                row("Le Bol"), {"Handle": "Le Bol", "Image_Src": "https://e.example/1.jpg"}, row("le-bol")
            )
        )
        again = write("\ufeff" + left_out(path))
        assert [(line, code) for line, *_, code in read(again).rejected] == [(4, "address_taken")]

    def test_a_row_that_is_too_wide_stays_so(self, write: Write):
        text = text_of(BAD).rstrip("\r\n") + ",one,two\r\n"
        again = write("\ufeff" + left_out(write(text)))
        assert "too_wide" in [code for *_, code in read(again).rejected]

    def test_a_header_under_comments_is_found(self, write: Write):
        text = left_out(write("exported from my shop\r\n" + text_of(BAD)))
        assert text.startswith("Handle,Title")


class TestDecimalMark:
    """1,234 is one and a bit in a file of decimal commas; the few rows to mend must not make it a thousand."""

    def test_comes_back_as_the_whole_file_showed_it(self, write: Write):
        path = write(text_of(row("cup", Variant_Price="12,50"), row("mug", Variant_Price="1,234")))
        assert [code for *_, code in read(path).rejected] == ["price_decimals"]
        again = write("\ufeff" + left_out(path))
        assert [code for *_, code in read(again).rejected] == ["price_decimals"]

    def test_stays_unsure_when_the_file_was(self, write: Write):
        rows = (
            row("a", Variant_Price="12,50"),
            row("b", Variant_Price="12.50"),
            row("c", Variant_Price="1,234"),
        )
        again = write("\ufeff" + left_out(write(text_of(*rows)), "motif"))
        assert [code for *_, code in read(again).rejected] == ["price_ambiguous"]

    @pytest.mark.parametrize("mark", list(DecimalMark))
    def test_is_read_from_the_heading_in_any_language(self, mark: DecimalMark):
        assert noted_mark(["Handle", reason_title("motif", mark)]) is mark
        assert normalise_name(reason_title("x", mark)).startswith("vitrine:")

    def test_is_unknown_elsewhere(self):
        assert noted_mark(OLD_HEADER) is None
        assert noted_mark(["Vitrine: my own column"]) is None
