import io
import json

from shop.catalog import models, rules
from shop.catalog.importing import cells, messages, shopify_columns, shopify_product, shopify_variant
from shop.catalog.importing.records import Rejection
from shop.catalog.importing.report import ImportReport, IssueLog


class TestImportReport:
    def test_says_exactly_what_was_promised(self):
        report = ImportReport(format="shopify", encoding="utf-8", products=2, variants=3, images=1, created=1)
        report.rejected.add(3, "Variant Price", "x", "price_bad")
        report.warnings.add(9, "Variant SKU", "A", "sku_repeated", row=2)
        report.warnings.add(2, "Variant SKU", "", "sku_blank")
        out = io.StringIO()
        report.write_json(out)
        assert json.loads(out.getvalue()) == {
            "format": "shopify", "encoding": "utf-8", "products": 2, "variants": 3, "images": 1, "created": 1,
            "updated": 0,
            "rejected": [{"row": 3, "field": "Variant Price", "value": "x", "reason": "This is not a price."}],
            "warnings": [
                {"row": 2, "field": "Variant SKU", "value": "", "reason": "This variant has no SKU."},
                {"row": 9, "field": "Variant SKU", "value": "A", "reason": "This SKU is already in row 2."},
            ],
        }  # fmt: skip


class TestIssueLog:
    def test_keeps_all_issues_even_when_they_outgrow_memory(self):
        log = IssueLog(Rejection)
        for number in range(60_000):
            log.add(number, "Title", "é" * 300, "no_title")
        assert len(log) == 60_000
        assert [one.row for one in log] == list(range(60_000))
        log.add(60_000, "Title", "", "no_title")
        *_, last = log
        assert last.row == 60_000

    def test_cuts_long_values(self):
        log = IssueLog(Rejection)
        log.add(1, "Title", "x" * 900, "no_title")
        assert len(next(iter(log)).value) == 200


class TestMessages:
    def test_codes_are_unique(self):
        groups = (messages.FAULTS, messages.REJECTIONS, messages.WARNINGS)
        assert len(set().union(*groups)) == sum(map(len, groups))

    def test_the_readers_limits_are_those_of_the_catalogue(self):
        assert (shopify_columns.MAX_OPTIONS, shopify_product.MAX_VARIANTS) == (
            models.MAX_OPTIONS,
            models.MAX_VARIANTS,
        )
        assert shopify_product.MAX_SHORT_TEXT == rules.MAX_TITLE == rules.MAX_OPTION_TEXT
        assert (shopify_product.MAX_PICTURES, shopify_variant.MAX_SKU) == (rules.MAX_PICTURES, rules.MAX_CODE)
        assert (cells.MAX_STOCK, cells.MAX_GRAMS) == (rules.MAX_STOCK, rules.MAX_WEIGHT_GRAMS)
