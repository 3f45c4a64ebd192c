"""What a first visit costs: at most 60 kB compressed, pictures apart (design §10)."""

import re

import pytest
from flask.testing import FlaskClient

from shop.core.db import Database
from tests.factories import make_product
from tests.storefront.conftest import Brand

MAX_BYTES = 60_000
GZIP = {"Accept-Encoding": "gzip"}


class TestFirstLoad:
    @pytest.mark.parametrize("path", ["/en/", "/fr/p/lumen", "/fr/p/lumen/shop", "/fr/p/lumen/shop/shirt"])
    def test_stays_small(self, client: FlaskClient, database: Database, brand: Brand, path: str) -> None:
        with database.transaction() as session:
            for number in range(24):
                make_product(session, brand.page, title=f"Lamp number {number} of the collection")
        page = client.get(path)
        needed = set(re.findall(r'(?:href|src)="(/(?:static|theme)/[^"]+)"', page.text))
        sizes = {address: len(client.get(address, headers=GZIP).data) for address in needed}
        sizes[path] = len(client.get(path, headers=GZIP).data)
        assert len(needed) > 8
        assert sum(sizes.values()) <= MAX_BYTES, sizes

    def test_sends_style_sheets_packed_and_for_ever(self, client: FlaskClient) -> None:
        address = re.findall(r'"(/static/[^"]+vitrine\.css)"', client.get("/en/").text)[0]
        answer = client.get(address, headers=GZIP)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
