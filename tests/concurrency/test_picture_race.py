"""A picture that an import asked for comes while somebody buys what it shows."""

import threading
import time

from sqlalchemy import select

from shop.catalog.history_models import StockReason
from shop.catalog.import_pictures import WantedPicture, attach_picture
from shop.catalog.models import PictureFetch, Variant
from shop.catalog.movements import Cause, record_movements
from shop.catalog.stock import take_units
from shop.core.db import Database
from shop.page.service import raise_version
from tests.factories import PICTURE, START, make_account, make_page, make_product

URL = "https://example.com/mug.png"


def test_a_buyer_and_a_picture_never_wait_for_each_other_in_a_circle(database: Database) -> None:
    with database.transaction() as session:
        page = make_page(session, owner=make_account(session))
        product = make_product(session, page, variants=[(1200, 5)])
        variant = session.scalars(select(Variant).where(Variant.product_id == product.id)).one()
        session.add(
            PictureFetch(product_id=product.id, url=URL, variant_ids=[variant.id], position=1, requested_at=START)
        )  # fmt: skip
    wanted = WantedPicture(page.id, product.id, URL)
    failures: list[Exception] = []

    def attach() -> None:
        try:
            with database.transaction() as session:
                attach_picture(session, wanted=wanted, picture=PICTURE, now=START)
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=attach)
    with database.transaction() as session:
        taken = take_units(session, {variant.id: 1})
        thread.start()
        time.sleep(0.4)  # now it waits, for the variant or, on SQLite, for its turn to write
        record_movements(session, taken, Cause(StockReason.SOLD, START, ref="X-1"))
        raise_version(session, page.id)
    thread.join(20)
    assert failures == []
    with database.reading() as session:
        left = session.scalars(select(Variant)).one()
    assert (left.stock, left.picture_id is None) == (4, False)
