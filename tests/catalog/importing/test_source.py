# ruff: noqa: RUF001 - letters of many alphabets are what these tests are about
import io
import zipfile
from pathlib import Path

import pytest

from shop.catalog.importing.encoding import detect_encoding
from shop.catalog.importing.messages import FileFault
from tests.catalog.importing.support import Write, read, row, text_of

FRENCH = "Théière émaillée « Été », crème brûlée à l’érable, 12 €, forêt, œuf, Noël"
CHINESE = "红色陶瓷马克杯，适合家用和办公室，容量大，质量好，颜色多"


def fault_of(path: Path, **options: object) -> str:
    with pytest.raises(FileFault) as caught:
        read(path, **options)
    assert caught.value.reason
    return caught.value.code


class TestDetectEncoding:
    @pytest.mark.parametrize(
        ("text", "codec", "name"),
        [
            ("plain", "ascii", "utf-8"),
            (FRENCH, "utf-8", "utf-8"),
            (FRENCH, "utf-8-sig", "utf-8-sig"),
            (FRENCH, "utf-16", "utf-16"),
            (FRENCH, "utf-32", "utf-32"),
            (FRENCH, "cp1252", "cp1252"),
            ("crème", "cp1252", "cp1252"),
            ("créée", "cp1252", "cp1252"),
            ("Größe, weiß, Tür, schön, Müsli", "cp1252", "cp1252"),
            ("Señal, corazón, niño, café, ¿qué?", "cp1252", "cp1252"),
            ("São João, coração, opções, maçã, chá", "cp1252", "cp1252"),
            ("Smörgåsbord på svenska, älg", "cp1252", "cp1252"),
            ("Blåbærsyltetøy på kjøkkenet", "cp1252", "cp1252"),
            ("Þetta er íslenska, góður dagur, hús, ætíð", "cp1252", "cp1252"),
            ("Crème brûlée, Größe, niño, São Paulo, smörgås, Ø 30 cm", "cp1252", "cp1252"),
            (CHINESE, "gb18030", "gb18030"),
            ("Mug 杯子", "gb18030", "gb18030"),
            ("紅色陶瓷馬克杯，適合家用和辦公室，容量大，質量好", "gb18030", "gb18030"),
        ],
    )
    def test_tells(self, write: Write, text: str, codec: str, name: str):
        path = write(f"Handle,Title\r\na,{text}\r\n", codec)
        assert detect_encoding(path).name == name

    @pytest.mark.parametrize(
        ("text", "codec"),
        [
            ("Zażółć gęślą jaźń, kubek ręcznie malowany, łyżka", "cp1250"),
            ("Příliš žluťoučký kůň, hrnek na čaj, šálek", "cp1250"),
            ("Hűtőszekrény, vörös bögre, tükörfúrógép, ős és új", "cp1250"),
            ("Cană pentru ceai, fețe de masă, țesături și pături", "iso8859_16"),
            ("Красная кружка для чая", "cp1251"),
            ("Красная кружка для чая", "koi8-r"),
            ("Κόκκινη κούπα για τσάι", "cp1253"),
            ("Kırmızı çay bardağı, şık ve güzel, ağaç kaşık", "cp1254"),
            ("כוס אדומה לתה", "cp1255"),
            ("كوب أحمر للشاي", "cp1256"),
            ("빨간 머그컵 도자기 그릇 접시 숟가락 젓가락 수건 담요 베개", "euc-kr"),
            ("赤いマグカップ、陶器の皿とスプーン", "shift_jis"),
            ("赤いマグカップ、陶器の皿とスプーン", "euc-jp"),
            ("商品名称 色 大小 価格 送料無料 日本製 男性 女性 子供服", "euc-jp"),
            ("紅色陶瓷馬克杯，適合家用和辦公室，容量大，質量好", "big5"),
            ("Théière émaillée, crème brûlée", "mac-roman"),
            ("Théière émaillée, crème brûlée", "cp850"),
        ],
    )
    def test_refuses_rather_than_garble(self, write: Write, text: str, codec: str):
        path = write(f"Handle,Title\r\na,{text}\r\n", codec)
        assert fault_of(path) in ("undecodable", "damaged_text")

    def test_names_the_line_of_damaged_utf8(self, write: Write):
        damaged = f"Handle,Title\na,{FRENCH}\nb,{FRENCH}\n".encode() + b"c,caf\xe9 cr\xe8me\n"
        with pytest.raises(FileFault) as caught:
            read(write(damaged))
        assert (caught.value.code, caught.value.params["line"]) == ("damaged_text", 4)

    def test_takes_the_encoding_that_a_person_names(self, write: Write):
        result = read(write(text_of(row(Title="Kubek żółty")), "cp1250"), encoding="cp1250")
        assert result.product.title == "Kubek żółty"

    def test_refuses_an_encoding_that_nobody_knows(self, write: Write):
        assert fault_of(write(text_of(row())), encoding="klingon") == "unknown_encoding"

    def test_says_that_it_guessed(self, write: Write):
        result = read(write(text_of(row(Title="Théière émaillée")), "cp1252"))
        assert result.product.title == "Théière émaillée"
        assert (1, "encoding_guessed") in result.warned


class TestOpenSource:
    @pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n"])
    def test_refuses_an_empty_file(self, write: Write, content: bytes):
        assert fault_of(write(content)) == "empty"

    def test_refuses_a_file_above_the_limit(self, write: Write):
        assert fault_of(write(text_of(row())), max_bytes=100) == "too_large"

    def test_refuses_a_file_that_is_not_there(self, tmp_path: Path):
        assert fault_of(tmp_path / "absent.csv") == "unreadable"
        assert fault_of(tmp_path) == "unreadable"

    def test_names_excel_files(self, write: Write):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as workbook:
            workbook.writestr("[Content_Types].xml", "<Types/>")
            workbook.writestr("xl/workbook.xml", "<workbook/>")
        assert fault_of(write(out.getvalue())) == "excel"
        assert fault_of(write(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)) == "excel"

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"PK\x03\x04\x14\0\0\0products.csv", "archive"),
            (b"\x1f\x8b\x08\0\0", "archive"),
            (b"\x89PNG\r\n\x1a\n\0", "binary"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "binary"),
            (b"%PDF-1.7\n", "binary"),
            (b"Handle,Title\na,\0\0\n", "binary"),
            ("Handle,Title,Price\n".encode("utf-16-le"), "binary"),
        ],
    )
    def test_refuses_what_is_not_text(self, write: Write, content: bytes, code: str):
        assert fault_of(write(content)) == code

    def test_a_header_that_begins_like_a_zip_file_is_no_zip_file(self, write: Write):
        assert read(write("PKey,Handle,Title,Variant Price\n1,a,A,2\n")).product.handle == "a"


class TestFindTable:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_tells_the_delimiter(self, write: Write, delimiter: str):
        result = read(write(text_of(row(Body__HTML="<p>a, b; c | d</p>"), delimiter=delimiter)))
        assert result.product.description_html == "<p>a, b; c | d</p>"

    def test_takes_the_delimiter_that_excel_names(self, write: Write):
        result = read(write("sep=;\r\n" + text_of(row(), delimiter=";")))
        assert result.product.rows == (2,)

    def test_finds_a_header_under_comments(self, write: Write):
        result = read(write("# exported yesterday\r\n\r\n" + text_of(row())))
        assert result.product.rows == (4,)

    @pytest.mark.parametrize(
        "content",
        ["just a sentence", '{"products": [{"handle": "a", "title": "b"}]}', "<html><body>Sign in, please</body></html>",
         "one\ntwo\nthree\n"],
    )  # fmt: skip
    def test_refuses_what_has_no_table(self, write: Write, content: str):
        assert fault_of(write(content)) == "no_table"

    def test_refuses_a_table_without_handles(self, write: Write):
        assert fault_of(write("Title,Variant Price\nMug,12\n")) == "no_handle_column"

    @pytest.mark.parametrize(
        ("shop", "header"),
        [
            ("WooCommerce", "ID,Type,SKU,Name,Published,Sale price,Regular price,Images"),
            ("WooCommerce", "ID,Type,UGS,Nom,Publié,Tarif promo,Tarif régulier,Images"),
            ("PrestaShop", "Product ID;Active (0/1);Name *;Price tax excluded;Wholesale price"),
            ("PrestaShop", "Product ID*;Attribute (Name:Type:Position)*;Reference;Wholesale price"),
            ("Medusa", "Product Id,Product Handle,Product Title,Variant SKU,Variant Price EUR"),
            ("Magento", "sku,store_view_code,attribute_set_code,product_type,name,price"),
            ("Spree", "slug,sku,name,price,tax_category,option1_name"),
            ("Vendure", "name   ,slug ,description,assets,optionGroups,sku,price,stockOnHand"),
        ],
    )
    def test_names_the_shop_that_another_export_is_from(self, write: Write, shop: str, header: str):
        with pytest.raises(FileFault) as caught:
            read(write(f"{header}\n{header}\n"))
        assert (caught.value.code, caught.value.params) == ("foreign_shop", {"shop": shop})
        assert f"an export of {shop}" in caught.value.reason

    def test_names_the_columns_that_a_stock_export_lacks(self, write: Write):
        with pytest.raises(FileFault) as caught:
            read(write("Handle,Title,Option1 Name,Location,On hand\nmug,Mug,,Paris,3\n"))
        assert caught.value.code == "missing_columns"
        assert "Variant Price" in caught.value.reason

    def test_refuses_a_header_without_rows(self, write: Write):
        assert fault_of(write(text_of())) == "no_rows"

    def test_refuses_a_format_that_nobody_knows(self, write: Write):
        assert fault_of(write(text_of(row())), format="tablets") == "unknown_format"

    def test_refuses_a_quotation_mark_that_swallows_the_rest(self, write: Write):
        text = text_of(row("a"), row("b"), row("c"))
        assert fault_of(write(text.replace("b,Mug", 'b,"Mug'))) == "unclosed_quote"

    def test_refuses_a_cell_without_end(self, write: Write):
        assert fault_of(write(text_of(row(Body__HTML="x" * 1_000_001)))) == "cell_too_long"
        assert fault_of(write("x" * 9_000_000)) == "no_table"

    @pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
    def test_numbers_rows_as_a_spreadsheet_does(self, write: Write, line_end: str):
        text = text_of(row("a", Body__HTML="one\ntwo"), {}, row("b", Variant_Price="x")).replace(
            "\r\n", line_end
        )
        result = read(write(text))
        assert result.product.rows == (2,)
        assert [one[0] for one in result.rejected] == [4]

    def test_reads_headers_in_any_case_and_padding(self, write: Write):
        result = read(write(' handle , TITLE ,"variant  price"\nmug,Mug,3\n'))
        assert result.product.variants[0].price == 3
