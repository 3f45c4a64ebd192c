"""The free way by e-mail: a signed link to the address typed, which gives the coupon to whoever opens it.

Nothing is written when the mail is asked for but the mail: the link holds what it gives. The address is used for
this mail and kept nowhere else.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.core.mail import queue_mail
from shop.core.signing import Signer
from shop.coupons.customers import email_key
from shop.coupons.models import Coupon, HoldingWay

CLAIM_MAIL = "coupon_claim"
CLAIM_DAYS = 30
PURPOSE = "coupon-claim"
AGAIN_S = 600
"""Asked for twice within ten minutes, one mail is sent: a second press of the button is no second wish."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a link gives: a coupon, and in which way it is had."""

    coupon_id: int
    way: HoldingWay


def request_claim(
    session: Session, signer: Signer, *, coupon: Coupon, email: str, language: str, now: dt.datetime
) -> None:
    """Mail the link that gives ``coupon`` to ``email``, which is well formed; its language is the visitor's."""
    again = int(now.timestamp()) // AGAIN_S
    queue_mail(
        session,
        kind=CLAIM_MAIL,
        subject_key=f"{coupon.id}:{email_key(signer, email)}:{again}",
        recipient=email,
        language=language,
        context={"coupon_id": coupon.id, "page_id": coupon.page_id},
        now=now,
        page_id=coupon.page_id,
    )


def claim_token(signer: Signer, *, coupon_id: int, way: HoldingWay = HoldingWay.EMAIL) -> str:
    """Return the token of a link that gives a coupon; a winner's is of ``HoldingWay.PRIZE``."""
    return signer.sign(PURPOSE, [coupon_id, way.value])


def read_claim(signer: Signer, token: str) -> Claim:
    """Return what a link gives; BadLink when it was altered or is older than ``CLAIM_DAYS``, a prize's apart."""
    coupon_id, way = signer.read(PURPOSE, token)
    if way != HoldingWay.PRIZE:
        signer.read(PURPOSE, token, max_age_s=CLAIM_DAYS * 24 * 3600)
    return Claim(coupon_id, HoldingWay(way))
