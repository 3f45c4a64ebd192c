"""What a coupon is to be, and what is wrong with it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shop.core.i18n import N_
from shop.core.money import MAX_AMOUNT, charge_step
from shop.coupons.codes import is_code, normalise_code
from shop.coupons.models import MAX_PERCENT_BP, CouponAudience, CouponKind, CouponScope, OtherWay

MAX_TITLE, MAX_DESCRIPTION = 120, 1000
MAX_COUNT = 10_000_000

Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class CouponDraft:
    """All that an admin decides of a coupon, by the names of ``models.Coupon``; amounts in the page's minor units."""

    code: str
    title: str
    kind: CouponKind
    description: str = ""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    percent_bp: int = 0
    amount: int = 0
    has_free_shipping: bool = False
    minimum_amount: int = 0
    scope: CouponScope = CouponScope.ALL
    product_ids: frozenset[int] = frozenset()
    collection_ids: frozenset[int] = frozenset()
    unit_limit: int | None = None
    audience: CouponAudience = CouponAudience.EVERYBODY
    other_way: OtherWay = OtherWay.EMAIL
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    max_uses: int | None = None
    is_once: bool = True
    is_listed: bool = False
    is_automatic: bool = False
    is_embeddable: bool = False


def columns_of(draft: CouponDraft) -> dict[str, Any]:
    """Return the columns of a coupon; what does not belong to its kind is put to nothing."""
    kind = draft.kind
    return {
        "code": " ".join(draft.code.split()),
        "code_key": normalise_code(draft.code),
        "title": draft.title.strip(),
        "description": draft.description.strip(),
        "translations": {
            language: {name: text.strip() for name, text in texts.items() if text.strip()}
            for language, texts in draft.translations.items()
            if any(text.strip() for text in texts.values())
        },
        "kind": kind,
        "percent_bp": draft.percent_bp if kind is CouponKind.PERCENT else 0,
        "amount": draft.amount if kind is CouponKind.AMOUNT else 0,
        "has_free_shipping": draft.has_free_shipping and kind is not CouponKind.FREE_SHIPPING,
        "minimum_amount": draft.minimum_amount,
        "scope": draft.scope,
        "unit_limit": None if kind is CouponKind.FREE_SHIPPING else draft.unit_limit,
        "audience": draft.audience,
        "other_way": draft.other_way,
        "starts_at": draft.starts_at,
        "ends_at": draft.ends_at,
        "max_uses": draft.max_uses,
        "is_once": draft.is_once,
        "is_listed": draft.is_listed,
        "is_automatic": draft.is_automatic,
        "is_embeddable": draft.is_embeddable,
    }


def find_problems(draft: CouponDraft, currency: str) -> Errors:
    """Return what the draft alone shows to be wrong, msgids by field; what others have is the service's to see."""
    checks = (_words(draft), _worth(draft, currency), _where(draft), _when(draft), _whom(draft))
    return {name: [text] for check in checks for name, text in check.items()}


def _words(draft: CouponDraft) -> dict[str, str]:
    found = {}
    if not is_code(normalise_code(draft.code)):
        found["code"] = N_(
            "Use 2 to 40 letters and digits, such as WELCOME10; - _ and . may stand between them."
        )
    if not 1 <= len(draft.title.strip()) <= MAX_TITLE:
        found["title"] = N_("Give it a title of at most 120 characters.")
    for texts in draft.translations.values():
        if len(texts.get("title", "").strip()) > MAX_TITLE:
            found["other_title"] = N_("Give it a title of at most 120 characters.")
        if len(texts.get("description", "").strip()) > MAX_DESCRIPTION:
            found["other_description"] = N_("Use at most 1,000 characters.")
    return found


def _worth(draft: CouponDraft, currency: str) -> dict[str, str]:
    found, step = {}, charge_step(currency)
    if draft.kind is CouponKind.PERCENT and not 1 <= draft.percent_bp <= MAX_PERCENT_BP:
        found["percent_bp"] = N_("Enter a percentage above 0 and up to 100.")
    if draft.kind is CouponKind.AMOUNT:
        if not 1 <= draft.amount <= MAX_AMOUNT:
            found["amount"] = N_("Enter an amount above 0.")
        elif draft.amount % step:
            found["amount"] = N_(
                "In this currency an amount must end in 0: cards are not charged more exactly."
            )
    if not 0 <= draft.minimum_amount <= MAX_AMOUNT:
        found["minimum_amount"] = N_("Enter an amount of 0 or more.")
    if draft.unit_limit is not None and not 1 <= draft.unit_limit <= MAX_COUNT:
        found["unit_limit"] = N_("Enter 1 or more, or leave it empty for no limit.")
    return found


def _where(draft: CouponDraft) -> dict[str, str]:
    if draft.scope is CouponScope.PRODUCTS and not draft.product_ids:
        return {"product_ids": N_("Choose at least one product.")}
    if draft.scope is CouponScope.COLLECTIONS and not draft.collection_ids:
        return {"collection_ids": N_("Choose at least one collection.")}
    return {}


def _when(draft: CouponDraft) -> dict[str, str]:
    found = {}
    if draft.starts_at is not None and draft.ends_at is not None and draft.ends_at <= draft.starts_at:
        found["ends_at"] = N_("It must end after it starts.")
    if draft.max_uses is not None and not 1 <= draft.max_uses <= MAX_COUNT:
        found["max_uses"] = N_("Enter 1 or more, or leave it empty for no limit.")
    return found


def _whom(draft: CouponDraft) -> dict[str, str]:
    if draft.audience is CouponAudience.HOLDERS:
        if draft.is_listed:
            return {"is_listed": N_("A coupon for chosen people is not shown on the page.")}
        if draft.is_embeddable:
            return {"is_embeddable": N_("A coupon for chosen people is not shown on other sites.")}
    return {}
