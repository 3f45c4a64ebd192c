"""A brand's page with something in its shop."""

from dataclasses import dataclass

import pytest

from shop.accounts.models import Account
from shop.catalog.models import Collection, CollectionProduct, Product
from shop.core.db import Database
from shop.coupons.models import CouponAudience, OtherWay
from shop.page.models import Follower, LikeSource, Page
from tests.factories import START, make_account, make_page, make_product
from tests.storefront.coupon_house import Offered, give


@dataclass
class Brand:
    """The page ``lumen``, its follower and what it sells."""

    page: Page
    follower: Account
    lamp: Product
    shirt: Product
    sold_out_vase: Product


@pytest.fixture
def brand(database: Database) -> Brand:
    """A page with a lamp (single), a shirt in two sizes of which one is sold out, and a sold-out vase."""
    with database.transaction() as session:
        follower = make_account(session)
        page = make_page(session, slug="lumen")
        lamp = make_product(session, page, title="Opal lamp", slug="lamp", variants=[(12_900, 2)])
        shirt = make_product(
            session, page, title="Striped shirt", slug="shirt", variants=[(3000, 0), (3500, 7)]
        )
        vase = make_product(session, page, title="Vase", slug="vase", variants=[(4500, 0)])
        lamps = Collection(page_id=page.id, slug="lamps", title="Lamps", created_at=START)
        session.add(lamps)
        session.flush()
        session.add(CollectionProduct(collection_id=lamps.id, product_id=lamp.id, position=1))
        session.add(
            Follower(page_id=page.id, account_id=follower.id, source=LikeSource.ORGANIC, followed_at=START)
        )
        page.follower_count = 1
    return Brand(page, follower, lamp, shirt, vase)


@pytest.fixture
def offered(database: Database, brand: Brand) -> Offered:
    members = {"audience": CouponAudience.MEMBERS}
    return Offered(
        give(database, brand, "WELCOME"),
        give(database, brand, "FANS", **members, other_way=OtherWay.EMAIL),
        give(database, brand, "CLUB", **members, other_way=OtherWay.ACCOUNT),
        give(database, brand, "PRIZE", audience=CouponAudience.HOLDERS, is_listed=False),
    )
