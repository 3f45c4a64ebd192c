import pytest

from shop.catalog.importing.barcodes import BarcodeKind, barcode_kind, is_spoilt_number
from shop.catalog.importing.cells import (
    looks_garbled,
    read_grams,
    read_picture_url,
    read_whole,
    read_yes_no,
    slug_of,
    split_list,
    strip_apostrophe,
)


class TestBarcodeKind:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("", "empty"),
            ("4006381333931", "ok"),
            ("73513537", "ok"),
            ("036000291452", "ok"),
            ("10012345678902", "ok"),
            ("4006381333932", "bad_check"),
            ("5784397765", "bad_length"),
            ("978-1-98765-432-1", "not_digits"),
            ("656000000000.00", "decimal"),
            ("1,62E+11", "spoilt_by_excel"),
            ("1.62E+11", "spoilt_by_excel"),
            ("٤٠٠٦٣٨١٣٣٣٩٣١", "not_digits"),
        ],
    )
    def test_sorts(self, text: str, kind: str):
        assert barcode_kind(text) == BarcodeKind(kind)

    def test_a_sku_in_powers_of_ten_is_spoilt_but_1e5_may_be_a_name(self):
        assert is_spoilt_number("1.62E+11")
        assert not is_spoilt_number("1E5")


class TestReadYesNo:
    @pytest.mark.parametrize("text", ["TRUE", "true", "VRAI", "Wahr", "1", "Sí", "yes"])
    def test_reads_yes_in_any_spreadsheet_language(self, text: str):
        assert read_yes_no(text) is True

    @pytest.mark.parametrize("text", ["FALSE", "FAUX", "falsch", "0", "no"])
    def test_reads_no(self, text: str):
        assert read_yes_no(text) is False

    def test_knows_what_it_does_not_know(self):
        assert read_yes_no("maybe") is None


class TestReadWhole:
    @pytest.mark.parametrize(
        ("text", "number"), [("5", 5), ("-3", -3), ("5.0", 5), ("1 000", 1000), ("1,000", 1000), ("0", 0)]
    )
    def test_reads(self, text: str, number: int):
        assert read_whole(text) == number

    @pytest.mark.parametrize("text", ["", "5.5", "five", "1e3", "--3", "9" * 5000, "1" + " 000" * 2000])
    def test_refuses(self, text: str):
        assert read_whole(text) is None


class TestReadGrams:
    @pytest.mark.parametrize(
        ("text", "unit", "grams"),
        [("0", "g", 0), ("130.407806375", "g", 130), ("1.5", "kg", 1500), ("1,5 kg", "g", 1500), ("2", "lb", 907),
         ("1", "OZ", 28), ("250", "", 250)],
    )  # fmt: skip
    def test_converts(self, text: str, unit: str, grams: int):
        assert read_grams(text, unit) == (grams, "")

    def test_tells_bad_numbers_from_bad_units(self):
        assert read_grams("heavy")[1] == "weight_bad"
        assert read_grams("-1")[1] == "weight_bad"
        assert read_grams("3", "stone")[1] == "weight_unit_bad"


class TestReadPictureUrl:
    @pytest.mark.parametrize(
        ("text", "url"),
        [
            ("https://cdn.example/a.jpg?v=1", "https://cdn.example/a.jpg?v=1"),
            ("//cdn.example/a.jpg", "https://cdn.example/a.jpg"),
            ("http://cdn.example/une tasse é.jpg", "http://cdn.example/une%20tasse%20%C3%A9.jpg"),
        ],
    )
    def test_reads(self, text: str, url: str):
        assert read_picture_url(text) == url

    @pytest.mark.parametrize(
        "text",
        ["a.jpg", "ftp://x/a.jpg", "javascript:alert(1)", "data:image/png;base64,AA", "file:///etc/passwd",
         "https://", "https://[bad/a", "https://x:99999/a", f"https://x/{'a' * 3000}"],
    )  # fmt: skip
    def test_refuses(self, text: str):
        assert read_picture_url(text) == ""


class TestSlugOf:
    def test_keeps_an_ordinary_handle(self):
        assert slug_of("blue-mug") == "blue-mug"

    def test_gives_handles_without_latin_letters_an_address_of_their_own(self):
        assert slug_of("马克杯") == slug_of("马克杯") != slug_of("茶壶")
        assert slug_of("马克杯").isascii()

    def test_tells_long_handles_apart(self):
        long = "a-very-long-handle-" * 8
        assert slug_of(long + "1") != slug_of(long + "2")
        assert len(slug_of(long)) <= 80


class TestSmallReaders:
    def test_split_list_keeps_order_and_drops_blanks_and_repeats(self):
        assert split_list("b, a,, b ,c") == ["b", "a", "c"]

    def test_strip_apostrophe_takes_only_the_one_in_front(self):
        assert strip_apostrophe("'0123") == ("0123", True)
        assert strip_apostrophe("d'or") == ("d'or", False)

    def test_looks_garbled(self):
        assert looks_garbled("CafÃ©")
        assert not looks_garbled("Café à São Paulo")
