from decimal import Decimal

import pytest

from shop.catalog.importing.records import RecordStatus
from tests.catalog.importing.support import OLD_HEADER, Write, read, row, text_of

NEW_HEADER = (
    "Title", "URL handle", "Description", "Vendor", "Product category", "Type", "Tags", "Published on online store",
    "Status", "SKU", "Barcode", "Option1 name", "Option1 value", "Option1 Linked To", "Price", "Compare-at price",
    "Inventory tracker", "Inventory quantity", "Continue selling when out of stock", "Weight value (grams)",
    "Requires shipping", "Product image URL", "Image position", "Image alt text", "Variant image URL", "Gift card",
    "SEO title", "SEO description", "Color (product.metafields.shopify.color-pattern)",
)  # fmt: skip


def more(handle: str = "mug", **cells: str) -> dict[str, str]:
    """A later row of a product: nothing but its handle and what is given."""
    return {"Handle": handle, **cells}


class TestProducts:
    def test_reads_the_old_headers(self, read_rows):
        result = read_rows(
            row(Body__HTML="<p>Hot.</p>", Vendor="Lumen", Type="Tableware", Tags="hot, cold", Status="active",
                Option1_Name="Size", Option1_Value="S", Variant_SKU="M-S", Variant_Grams="300",
                Variant_Inventory_Tracker="shopify", Variant_Inventory_Qty="7", Variant_Compare_At_Price="15",
                Variant_Barcode="4006381333931", Image_Src="https://e.example/1.jpg", Image_Alt_Text="A mug"),
            more(Option1_Value="L", Variant_Price="14", Variant_SKU="M-L", Variant_Image="https://e.example/2.jpg"),
            more(Image_Src="https://e.example/2.jpg", Image_Position="2"),
        )  # fmt: skip
        product = result.product
        assert result.report.format == "shopify"
        assert (product.title, product.options, product.tags) == ("Mug", ("Size",), ("hot", "cold"))
        small, large = product.variants
        assert (small.option_values, small.price, small.compare_at) == (("S",), Decimal("12.50"), Decimal(15))
        assert (small.stock, small.weight_grams, small.barcode) == (7, 300, "4006381333931")
        assert (large.row, large.sku, large.picture_url) == (3, "M-L", "https://e.example/2.jpg")
        assert [(one.url, one.alt, one.position) for one in product.pictures] == [
            ("https://e.example/1.jpg", "A mug", 1),
            ("https://e.example/2.jpg", "", 2),
        ]
        assert (result.report.products, result.report.variants, result.report.images) == (1, 2, 2)
        assert result.rejected == []

    def test_reads_the_headers_of_2024(self, write: Write):
        first = {"Title": "Mug", "URL_handle": "mug", "Published_on_online_store": "TRUE", "Status": "Active",
                 "Option1_name": "Colour", "Option1_value": "red", "Price": "12.50", "SKU": "M", "Gift_card": "FALSE",
                 "Option1_Linked_To": "product.metafields.shopify.color-pattern", "Inventory_tracker": "shopify",
                 "Inventory_quantity": "4", "Continue_selling_when_out_of_stock": "DENY",
                 "Weight_value__grams": "150", "Product_category": "Home > Kitchen > Mugs"}  # fmt: skip
        result = read(write(text_of(first, header=NEW_HEADER)))
        assert result.report.format == "shopify (2024+ headers)"
        assert (result.product.status, result.product.product_type) == (RecordStatus.PUBLISHED, "Mugs")
        assert (result.product.variants[0].stock, result.product.variants[0].weight_grams) == (4, 150)
        assert result.warned == []

    def test_puts_scattered_rows_of_a_handle_together(self, read_rows):
        result = read_rows(
            row("a", Option1_Name="Size", Option1_Value="S"),
            row("b"),
            more("a", Option1_Value="L", Variant_Price="1"),
        )
        assert [(one.handle, one.rows) for one in result.products] == [("a", (2, 4)), ("b", (3,))]

    def test_a_product_without_options_has_none(self, read_rows):
        product = read_rows(row(Option1_Name="Title", Option1_Value="Default Title")).product
        assert (product.options, product.variants[0].option_values) == ((), ())

    def test_names_an_option_that_has_no_name(self, read_rows):
        result = read_rows(row(Option1_Value="S"), more(Option1_Value="L", Variant_Price="1"))
        assert result.product.options == ("Option 1",)
        assert (2, "option_name_missing") in result.warned

    def test_drops_an_option_without_values(self, read_rows):
        result = read_rows(row(Option1_Name="Size", Option1_Value="S", Option2_Name="Colour"))
        assert (result.product.options, result.warned) == (("Size",), [(2, "option_unused")])

    def test_reads_three_options(self, read_rows):
        cells = {f"Option{n}_{part}": f"{part}{n}" for n in (1, 2, 3) for part in ("Name", "Value")}
        assert read_rows(row(**cells)).product.variants[0].option_values == ("Value1", "Value2", "Value3")

    def test_keeps_the_first_title_and_tells_of_others(self, read_rows):
        result = read_rows(row(Title="Mug"), more(Title="Cup", Image_Src="https://e.example/1.jpg"))
        assert (result.product.title, result.warned) == ("Mug", [(3, "title_differs")])

    def test_strips_the_apostrophe_of_a_spreadsheet(self, read_rows):
        result = read_rows(row("'mug", Variant_SKU="'007"), more("mug", Image_Src="https://e.example/1.jpg"))
        assert (result.product.handle, result.product.variants[0].sku) == ("mug", "007")
        assert result.warned.count((2, "leading_quote")) == 2

    def test_ignores_columns_of_others_and_tells_of_repeated_ones(self, write: Write):
        header = (*OLD_HEADER, "Price / Poland", "Colour (product.metafields.custom.colour)", "Tags")
        result = read(write(text_of(row(Price___Poland="99", Tags="x"), header=header)))
        assert result.product.variants[0].price == Decimal("12.50")
        assert result.warned == [(1, "column_repeated")]

    def test_strips_controls_that_a_database_refuses(self, read_rows):
        assert read_rows(row(Title="M\x0bu\x1fg")).product.title == "Mug"

    def test_reads_what_french_excel_saved_again(self, write: Write):
        cells = {"Title": "Théière émaillée", "Variant_Price": "19,99", "Variant_Compare_At_Price": "1.024,50",
                 "Published": "VRAI", "Variant_Inventory_Tracker": "shopify", "Variant_Inventory_Qty": "3"}  # fmt: skip
        result = read(write(text_of(row(**cells), delimiter=";"), "cp1252"))
        variant = result.product.variants[0]
        assert (variant.price, variant.compare_at, variant.stock) == (Decimal("19.99"), Decimal("1024.50"), 3)
        assert result.product.status is RecordStatus.PUBLISHED


class TestStatus:
    @pytest.mark.parametrize(
        ("status", "published", "expected"),
        [
            ("", "", "published"),
            ("", "true", "published"),
            ("", "FALSE", "draft"),
            ("Active", "TRUE", "published"),
            ("active", "false", "draft"),
            ("DRAFT", "true", "draft"),
            ("archived", "true", "archived"),
            ("archived", "false", "archived"),
            ("unlisted", "true", "draft"),
            ("who knows", "true", "draft"),
            ("active", "perhaps", "draft"),
        ],
    )
    def test_is_the_stricter_of_both(self, read_rows, status: str, published: str, expected: str):
        assert read_rows(row(Status=status, Published=published)).product.status == expected

    @pytest.mark.parametrize(
        ("cells", "code"),
        [
            ({"Status": "unlisted"}, "status_unlisted"),
            ({"Status": "gone"}, "status_unknown"),
            ({"Published": "perhaps"}, "yes_no_bad"),
        ],
    )
    def test_tells_what_it_made_of_an_odd_one(self, read_rows, cells: dict[str, str], code: str):
        assert read_rows(row(**cells)).warned == [(2, code)]


class TestStock:
    @pytest.mark.parametrize(
        ("cells", "stock", "code"),
        [
            (("shopify", "5", "deny"), 5, None),
            (("shopify", "0", "deny"), 0, None),
            (("shopify", "-2", "deny"), 0, "stock_negative"),
            (("shopify", "many", "deny"), 0, "stock_bad"),
            (("shopify", "", "deny"), 0, "stock_missing"),
            (("shopify", "5", "continue"), None, "stock_oversell"),
            (("shopify", "", "continue"), None, None),
            (("", "5", "deny"), None, "stock_untracked"),
            (("", "", "deny"), None, None),
            (("", "-5", "deny"), None, "stock_negative_ignored"),
            (("shopify", "-5", "continue"), None, "stock_negative_ignored"),
        ],
    )
    def test_follows_the_tracker(
        self, read_rows, cells: tuple[str, str, str], stock: int | None, code: str | None
    ):
        tracker, quantity, policy = cells
        result = read_rows(
            row(
                Variant_Inventory_Tracker=tracker,
                Variant_Inventory_Qty=quantity,
                Variant_Inventory_Policy=policy,
            )
        )
        assert result.product.variants[0].stock == stock
        assert [one for _, one in result.warned] == ([code] if code else [])

    def test_a_quantity_counts_where_the_file_has_no_tracker(self, write: Write):
        result = read(write("Handle,Title,Variant Price,Variant Inventory Qty\nmug,Mug,3,8\n"))
        assert result.product.variants[0].stock == 8


class TestWarnings:
    @pytest.mark.parametrize(
        ("cells", "code"),
        [
            ({"Variant_Price": "0"}, "price_zero"),
            ({"Variant_Price": "$12"}, "price_currency_guessed"),
            ({"Variant_Compare_At_Price": "12.50"}, "compare_at_not_above"),
            ({"Variant_Compare_At_Price": "0.00"}, "compare_at_not_above"),
            ({"Variant_Compare_At_Price": "lots"}, "compare_at_bad"),
            ({"Variant_Compare_At_Price": "15.999"}, "compare_at_bad"),
            ({"Variant_Barcode": "123"}, "barcode_bad_length"),
            ({"Variant_Barcode": "4006381333932"}, "barcode_bad_check"),
            ({"Variant_SKU": "1.62E+11"}, "sku_spoilt"),
            ({"Variant_Grams": "heavy"}, "weight_bad"),
            ({"Image_Src": "mug.jpg"}, "picture_url_bad"),
            ({"Variant_Image": "mug.jpg"}, "picture_url_bad"),
            ({"Title": "CafÃ©"}, "garbled"),
        ],
    )
    def test_drops_what_is_wrong_and_keeps_the_product(self, read_rows, cells: dict[str, str], code: str):
        result = read_rows(row(**cells))
        assert result.product.variants[0].compare_at is None
        assert result.product.variants[0].barcode == ""
        assert result.warned == [(2, code)]

    def test_tells_of_blank_and_repeated_skus(self, read_rows):
        result = read_rows(row("a", Variant_SKU="X"), row("b", Variant_SKU="X"), row("c"))
        told = [(one.row, one.code, dict(one.params)) for one in result.report.warnings]
        assert told == [(3, "sku_repeated", {"row": 2}), (4, "sku_blank", {})]

    def test_a_short_row_is_filled_up(self, write: Write):
        result = read(write("Handle,Title,Variant Price,Tags\nmug,Mug,3\n"))
        assert [(one.row, one.code) for one in result.report.warnings] == [(2, "row_short"), (2, "sku_blank")]
        assert result.product.tags == ()


class TestRejections:
    @pytest.mark.parametrize(
        ("cells", "field", "code"),
        [
            ({"Title": ""}, "Title", "no_title"),
            ({"Title": "x" * 300}, "Title", "too_long"),
            ({"Variant_Price": "", "Variant_SKU": "M"}, "Variant Price", "price_empty"),
            (
                {"Variant_Price": "", "Option1_Value": "S", "Option1_Name": "Size"},
                "Variant Price",
                "price_empty",
            ),
            ({"Variant_Price": ""}, "Variant Price", "no_variant"),
            ({"Variant_Price": "free"}, "Variant Price", "price_bad"),
            ({"Variant_Price": "-1"}, "Variant Price", "price_negative"),
            ({"Variant_Price": "10-20"}, "Variant Price", "price_range"),
            ({"Variant_Price": "9.999"}, "Variant Price", "price_decimals"),
            ({"Variant_Price": "1000000"}, "Variant Price", "price_too_high"),
            ({"Variant_Price": "12 USD"}, "Variant Price", "price_currency"),
            ({"Option1_Name": "Size", "Option1_Value": "x" * 300}, "Option1 Value", "too_long"),
        ],
    )
    def test_keeps_the_product_out_and_lets_the_others_in(self, read_rows, cells, field: str, code: str):
        result = read_rows(row("bad", **cells), row("good"))
        assert [one.handle for one in result.products] == ["good"]
        assert [(one[0], one[1], one[3]) for one in result.rejected] == [(2, field, code)]
        assert result.report.products == 2

    def test_tells_every_faulty_row_of_a_product(self, read_rows):
        result = read_rows(
            row(Option1_Name="Size", Option1_Value="S", Variant_Price="x"),
            more(Option1_Value="M", Variant_Price="3"),
            more(Option1_Value="L", Variant_Price="y"),
        )
        assert result.products == []
        assert [(one[0], one[2]) for one in result.rejected] == [(2, "x"), (4, "y")]

    def test_a_row_without_handle_belongs_to_no_product(self, read_rows):
        result = read_rows(row("mug"), row(""))
        assert result.product.handle == "mug"
        assert result.rejected == [(3, "Handle", "", "no_handle")]
        assert (result.report.products, result.report.variants) == (1, 1)

    def test_the_same_choice_twice(self, read_rows):
        result = read_rows(
            row(Option1_Name="Size", Option1_Value="S"), more(Option1_Value="S ", Variant_Price="3")
        )
        assert result.rejected == [(3, "Option1 Value", "S", "repeated_options")]

    def test_two_variants_without_options(self, read_rows):
        assert read_rows(row(), row()).rejected[0][3] == "repeated_options"

    def test_a_variant_that_lacks_an_option(self, read_rows):
        result = read_rows(row(Option1_Name="Size", Option1_Value="S"), more(Variant_Price="3"))
        assert result.rejected == [(3, "Option1 Value", "", "option_missing")]

    def test_two_options_of_one_name(self, read_rows):
        cells = {"Option1_Name": "Size", "Option1_Value": "S", "Option2_Name": "size", "Option2_Value": "L"}
        assert read_rows(row(**cells)).rejected == [(2, "Option2 Name", "size", "option_name_repeated")]

    def test_a_fourth_option(self, write: Write):
        cells = {f"Option{n}_{part}": f"x{n}" for n in (1, 2, 3, 4) for part in ("Name", "Value")}
        header = (*OLD_HEADER, "Option4 Name", "Option4 Value")
        assert read(write(text_of(row(**cells), header=header))).rejected[0][3] == "too_many_options"

    def test_too_many_variants(self, read_rows):
        rows = [row(Option1_Name="N", Option1_Value=str(n)) for n in range(251)]
        assert read_rows(*rows).rejected == [(252, "Handle", "mug", "too_many_variants")]

    def test_a_row_with_more_cells_than_columns(self, write: Write):
        result = read(write("Handle,Title,Variant Price\nmug,Mug,3,,\nbad,Bad, unquoted,3\n"))
        assert result.product.handle == "mug"
        assert result.rejected[0][0] == 3
        assert "too_wide" in [one[3] for one in result.rejected]

    def test_two_handles_with_one_address(self, read_rows):
        result = read_rows(row("theiere"), row("théière"))
        assert [one.handle for one in result.products] == ["theiere"]
        assert result.rejected == [(3, "Handle", "théière", "address_taken")]

    def test_a_yen_has_no_decimals(self, read_rows):
        assert read_rows(row(Variant_Price="1200.00"), currency="JPY").product.variants[0].price == 1200
        assert read_rows(row(Variant_Price="12.50"), currency="JPY").rejected[0][3] == "price_decimals"
        assert read_rows(row(Variant_Price="1.230"), currency="TND").product.variants[0].price == Decimal(
            "1.230"
        )

    def test_a_dinar_is_charged_in_hundredths(self, read_rows):
        assert read_rows(row(Variant_Price="1.234"), currency="TND").rejected[0][3] == "price_odd"

    def test_an_ambiguous_price_in_a_spreadsheets_file(self, write: Write):
        result = read(write(text_of(row(Variant_Price="1,234"), delimiter=";")))
        assert result.rejected == [(2, "Variant Price", "1,234", "price_ambiguous")]
