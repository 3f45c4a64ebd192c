"""The prize as a coupon: the product for nothing, shipping included, once, for its winner alone."""

import datetime as dt

from sqlalchemy.orm import Session

from shop.contests.models import Contest, ContestEntry
from shop.contests.queries import find_prize_product, lock_coupon_uses
from shop.core.signing import Signer
from shop.coupons.codes import new_code
from shop.coupons.customers import email_key
from shop.coupons.drafts import MAX_TITLE, CouponDraft
from shop.coupons.holding import take_coupon
from shop.coupons.models import MAX_PERCENT_BP, Coupon, CouponAudience, CouponKind, CouponScope, HoldingWay
from shop.coupons.service import create_coupon, delete_coupon
from shop.page.models import Page
from shop.page.queries import get_page_by_id


def make_prize(
    session: Session, *, contest: Contest, entry: ContestEntry, signer: Signer, now: dt.datetime
) -> Coupon | None:
    """Make the coupon of a winner and put it into their wallet; None when the prize is nothing that the shop sells now.

    A guest holds it under their address: it counts with its code, which only their mail tells.
    """
    product_id = contest.prize_product_id
    if product_id is None:
        return None
    product = find_prize_product(session, page_id=contest.page_id, product_id=product_id)
    if product is None:
        return None
    draft = CouponDraft(
        code=new_code(), title=_title(contest.prize), kind=CouponKind.PERCENT, percent_bp=MAX_PERCENT_BP,
        translations={
            language: {"title": _title(str(texts["prize"]))}
            for language, texts in contest.translations.items() if texts.get("prize")
        },
        has_free_shipping=True, scope=CouponScope.PRODUCTS, product_ids=frozenset({product_id}), unit_limit=1,
        audience=CouponAudience.HOLDERS, ends_at=now + dt.timedelta(days=contest.prize_days), max_uses=1,
    )  # fmt: skip
    page = get_page_by_id(session, contest.page_id)
    coupon = create_coupon(session, page=page, draft=draft, account_id=None, now=now, contest_id=contest.id)
    keys = [email_key(signer, entry.email)]
    if entry.account_id is not None:
        keys.insert(0, f"account:{entry.account_id}")
    for key in keys:
        take_coupon(session, coupon_id=coupon.id, holder_key=key, way=HoldingWay.PRIZE, now=now)
    return coupon


def is_prize_used(session: Session, coupon_id: int | None) -> bool:
    """Tell whether an order has taken a winner's coupon; its row is locked until the transaction ends."""
    return coupon_id is not None and lock_coupon_uses(session, coupon_id) > 0


def take_prize_back(
    session: Session, *, page: Page, coupon_id: int | None, account_id: int | None, now: dt.datetime
) -> None:
    """Let a coupon that was not used count no more."""
    if coupon_id is not None:
        delete_coupon(session, page=page, coupon_id=coupon_id, account_id=account_id, now=now)


def _title(prize: str) -> str:
    """Return the prize as a coupon's title, cut at a word where it is too long."""
    line = " ".join(prize.split())
    return line if len(line) <= MAX_TITLE else line[: MAX_TITLE - 1].rsplit(" ", 1)[0] + "…"
