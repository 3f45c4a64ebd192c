"""Who holds a coupon. Who may use one is told by ``offers``.

A holding under an e-mail address (``customers.email_key``) waits for its owner: the signed link that was mailed to
the address puts it into the wallet of whoever opens it, under the visitor's or the account's own key.
"""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.coupons.models import (
    CouponHolding,
    CouponRedemption,
    CouponUseKey,
    HoldingWay,
)


def take_coupon(
    session: Session, *, coupon_id: int, holder_key: str, way: HoldingWay, now: dt.datetime
) -> bool:
    """Put a coupon into a wallet; return whether it was not there yet. Twice is the same as once."""
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    taken = session.execute(
        insert(CouponHolding)
        .values(coupon_id=coupon_id, holder_key=holder_key, way=way, taken_at=now)
        .on_conflict_do_nothing()
        .returning(CouponHolding.id)
    ).scalar_one_or_none()
    return taken is not None


def put_back(session: Session, *, coupon_id: int, keys: Collection[str]) -> None:
    """Take a coupon out of a wallet."""
    session.execute(
        delete(CouponHolding)
        .where(CouponHolding.coupon_id == coupon_id, CouponHolding.holder_key.in_(sorted(keys)))
        .execution_options(synchronize_session=False)
    )


def adopt_holdings(session: Session, *, guest_key: str, account_key: str) -> None:
    """Give what a guest held to the account that they signed in to; what the guest had used, it has used."""
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    # The coupon's row comes first wherever a use is written, so none of these waits for another.
    held = select(
        CouponHolding.coupon_id, CouponHolding.way, CouponHolding.taken_at
    ).where(CouponHolding.holder_key == guest_key).order_by(CouponHolding.coupon_id)  # fmt: skip
    for coupon_id, way, taken_at in session.execute(held).all():
        session.execute(
            insert(CouponHolding)
            .values(coupon_id=coupon_id, holder_key=account_key, way=way, taken_at=taken_at)
            .on_conflict_do_nothing()
        )
    session.execute(
        delete(CouponHolding)
        .where(CouponHolding.holder_key == guest_key)
        .execution_options(synchronize_session=False)
    )
    used = (
        select(CouponUseKey.coupon_id, CouponUseKey.redemption_id)
        .join(CouponRedemption, CouponRedemption.id == CouponUseKey.redemption_id)
        .where(CouponUseKey.customer_key == guest_key, CouponRedemption.returned_at.is_(None))
        .order_by(CouponUseKey.coupon_id)
    )
    for coupon_id, redemption_id in session.execute(used).all():
        session.execute(
            insert(CouponUseKey)
            .values(coupon_id=coupon_id, customer_key=account_key, redemption_id=redemption_id)
            .on_conflict_do_nothing()
        )
