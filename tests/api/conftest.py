"""What the tests of the JSON interface share: a client that checks each answer against the document."""

import pytest
from flask import Flask

from shop.core.db import Database
from tests.api.support import ApiClient, Shelf
from tests.factories import make_page, make_product


@pytest.fixture
def api(app: Flask) -> ApiClient:
    """A program somewhere else, which holds every answer against the published document."""
    return ApiClient(app)


@pytest.fixture
def shelf(database: Database) -> Shelf:
    """A page "lumen" with a lamp in two sizes (3 in stock, unlimited), and a page "brume" with a mug."""
    with database.transaction() as session:
        page = make_page(session, slug="lumen")
        lamp = make_product(session, page, title="Lamp", slug="lamp", variants=[(8900, 3), (12900, None)])
        other = make_page(session, slug="brume")
        mug = make_product(session, other, title="Mug", slug="mug", variants=[(1200, 10)])
        small, large = lamp.variants
        return Shelf("lumen", "brume", small.id, large.id, mug.variants[0].id, lamp.id)
