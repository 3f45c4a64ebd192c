import json

import pytest

from tests.catalog.importing.support import read
from tests.conftest import corpus

pytestmark = pytest.mark.corpus
FILES = (
    "apparel",
    "home-and-garden",
    "jewelery",
    "krabowe_pl",
    "official_template_new_headers",
    "packt_product-data",
)


@pytest.mark.parametrize("name", FILES)
class TestShopifyFiles:
    def test_give_the_figures_that_were_counted_independently(self, name: str):
        path = corpus("data", "catalog", f"shopify_{name}.csv")
        expected = json.loads(corpus("data", "EXPECTED.json").read_text())[f"catalog/{path.name}"]
        figures = expected["figures"]
        result = read(path)
        report = result.report
        warned = [one.code for one in report.warnings]
        assert (report.format, report.encoding) == (figures["format"], expected["encoding"])
        assert (report.products, report.variants) == (figures["products"], figures["variants"])
        assert report.images == figures["distinct_product_images"]
        assert len(report.rejected) == sum(figures["reject"].values()) == 0
        assert warned.count("sku_blank") == figures["sku_blank"]
        assert warned.count("sku_repeated") == figures["sku_repeated"]["extra_rows"]
        assert warned.count("compare_at_not_above") == figures["compare_at_not_above_price"]
        assert warned.count("price_zero") == figures["zero_price_variants"]
        assert warned.count("stock_negative") == figures["negative_stock"]
        for kind, times in figures["barcode"].items():
            if kind not in ("ok", "empty"):
                assert warned.count(f"barcode_{kind}") == times
        total = sum(variant.price for product in result.products for variant in product.variants)
        assert str(total) == figures["variant_price"]["sum"]
