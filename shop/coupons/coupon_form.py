"""The form of a coupon: what was typed becomes a draft, and a coupon becomes what its form shows."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from babel.numbers import get_decimal_symbol
from flask import request
from werkzeug.datastructures import MultiDict

from shop.catalog.admin_products import other_language
from shop.core.errors import DomainError, Invalid
from shop.core.i18n import N_
from shop.core.money import exponent, to_decimal
from shop.coupons.codes import new_code
from shop.coupons.drafts import CouponDraft, find_problems
from shop.coupons.labels import Offer
from shop.coupons.models import Coupon, CouponAudience, CouponKind, CouponScope, OtherWay
from shop.coupons.schemas import MAX_THINGS, CouponSchema
from shop.feed.post_times import BadTime, read_time, typed_time
from shop.page.access import PageAccess
from shop.page.admin_settings import percent_adapter
from shop.page.days import start_of_day, zone_name
from shop.web.forms import Adapter, Form, amount_adapter, id_or_none, integer_adapter
from shop.web.locale import locale_code

MIDNIGHT = "00:00"
NO_DAY = N_("Choose a day.")
FIRST_YEAR, LAST_YEAR = 2000, 2999
MADE_UP = "NEW"
"""Stands for a code that is left empty: one is made up."""
MEMBER_OF = {"starts_at": "starts_on", "ends_at": "ends_on"}
"""The field at which what is wrong with an instant is told."""


@dataclass(frozen=True, slots=True)
class Instants:
    """When a typed coupon starts and ends, None where nothing was typed."""

    starts_at: dt.datetime | None
    ends_at: dt.datetime | None


def blank_form() -> Form:
    """Return the form of a new coupon, with what most coupons are."""
    return Form({"kind": CouponKind.PERCENT.value, "is_once": True, "is_listed": True} | _CHOICES)


_CHOICES = {
    "scope": CouponScope.ALL.value,
    "audience": CouponAudience.EVERYBODY.value,
    "other_way": OtherWay.EMAIL.value,
}


def form_of(
    access: PageAccess, coupon: Coupon, *, product_ids: Iterable[int], collection_ids: Iterable[int]
) -> Form:
    """Return the form of a coupon as it is."""
    return Form(_initial(access, coupon, product_ids, collection_ids))


def copy_of(
    access: PageAccess, coupon: Coupon, *, product_ids: Iterable[int], collection_ids: Iterable[int]
) -> Form:
    """Return the form of a new coupon like another one: without its code and its days."""
    names = ("starts_on", "starts_time", "ends_on", "ends_time", "code", "version")
    return Form(_initial(access, coupon, product_ids, collection_ids) | dict.fromkeys(names, ""))


def _initial(
    access: PageAccess, coupon: Coupon, product_ids: Iterable[int], collection_ids: Iterable[int]
) -> dict[str, Any]:
    zone, other = zone_name(access.page.country), coupon.translations.get(other_language(access), {})
    initial: dict[str, Any] = {
        name: getattr(coupon, name)
        for name in (
            "code", "title", "description", "has_free_shipping", "unit_limit", "max_uses", "is_once", "is_listed",
            "is_automatic", "is_embeddable", "version",
        )
    }  # fmt: skip
    initial |= {name: getattr(coupon, name).value for name in ("kind", "scope", "audience", "other_way")}
    initial |= {
        "other_title": other.get("title", ""),
        "other_description": other.get("description", ""),
        "percent_bp": _typed_number(f"{coupon.percent_bp / 100:g}") if coupon.percent_bp else None,
        "amount": _amount(coupon.amount, coupon.currency),
        "minimum_amount": _amount(coupon.minimum_amount, coupon.currency),
        "product_ids": sorted(product_ids),
        "collection_ids": sorted(collection_ids),
    }
    initial["starts_on"], initial["starts_time"] = _typed(coupon.starts_at, zone)
    initial["ends_on"], initial["ends_time"] = _typed(coupon.ends_at, zone, is_end=True)
    return initial


def asked_form(action: str) -> Form:
    """Return what is typed as it stands, brought up to date by what a button asked for; nothing is judged yet.

    ``code`` makes a code up and ``add:7`` adds a product.
    """
    form = Form()
    form.is_submitted, form.typed = True, MultiDict(request.form)
    verb, _, product = action.partition(":")
    if verb == "code":
        form.typed["code"] = new_code()
    if verb == "add" and id_or_none(product) is not None and product not in form.raw_list("product_ids"):
        form.typed.add("product_ids", product)
    return form


def read_form(access: PageAccess) -> tuple[Form, CouponDraft | None]:
    """Return what was typed, and its draft where nothing in it is wrong so far; all that is wrong is told at once."""
    form = Form.from_request(CouponSchema(), adapters=_adapters(access))
    loaded = cast(CouponDraft | None, form.values)
    instants = _instants(access, form.raw, form.add_error)
    if loaded is None:
        # One number that cannot be read keeps nobody from hearing of all else that is wrong.
        problems = find_problems(_guess(access, form), access.page.currency)
        add_problems(form, {name: texts for name, texts in problems.items() if not _is_told(form, name)})
        return form, None
    draft = replace(
        loaded,
        starts_at=instants.starts_at,
        ends_at=instants.ends_at,
        translations={
            other_language(access): {name: form.raw(f"other_{name}") for name in ("title", "description")}
        },
    )
    told = draft if draft.code else replace(draft, code=MADE_UP)
    add_problems(form, find_problems(told, access.page.currency))
    return form, None if form.errors else draft


def add_problems(form: Form, problems: Mapping[str, list[str]]) -> None:
    """Say at their fields what is wrong with a draft."""
    form.add_invalid(Invalid({MEMBER_OF.get(name, name): texts for name, texts in problems.items()}))


def offer_of(access: PageAccess, form: Form) -> Offer:
    """Return what the sentence tells of what is typed so far; what cannot be read yet counts as not typed."""
    adapters = _adapters(access, form)

    def read(name: str, default: Any = 0) -> Any:
        return _read(adapters[name], form.raw(name), default)

    def choice(kind: Callable[[str], Any], name: str, default: Any) -> Any:
        return _read(kind, form.raw(name), default)

    instants = _instants(access, form.raw, lambda _name, _text: None)
    return Offer(
        currency=access.page.currency,
        kind=choice(CouponKind, "kind", CouponKind.PERCENT),
        percent_bp=read("percent_bp"),
        amount=read("amount"),
        has_free_shipping=form.is_ticked("has_free_shipping"),
        minimum_amount=read("minimum_amount"),
        scope=choice(CouponScope, "scope", CouponScope.ALL),
        unit_limit=read("unit_limit", None),
        starts_at=instants.starts_at,
        ends_at=instants.ends_at,
    )


def ids_in(form: Form, name: str) -> list[int]:
    """Return the ids that are chosen in a form, each once, as many as a coupon may name."""
    ids = (id_or_none(text) for text in form.raw_list(name))
    return list(dict.fromkeys(one for one in ids if one is not None))[:MAX_THINGS]


def _is_told(form: Form, name: str) -> bool:
    return bool(form.errors.get(MEMBER_OF.get(name, name)))


def _guess(access: PageAccess, form: Form) -> CouponDraft:
    """Return what is typed as a draft; what cannot be read, and is told already, is as if it were not typed."""
    offer = offer_of(access, form)
    return CouponDraft(
        code=form.raw("code").strip() or MADE_UP,
        title=form.raw("title"),
        description=form.raw("description"),
        kind=offer.kind,
        percent_bp=offer.percent_bp,
        amount=offer.amount,
        minimum_amount=offer.minimum_amount,
        scope=offer.scope,
        product_ids=frozenset(ids_in(form, "product_ids")),
        collection_ids=frozenset(ids_in(form, "collection_ids")),
        unit_limit=offer.unit_limit,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        max_uses=_read(integer_adapter, form.raw("max_uses"), None),
    )


def _adapters(access: PageAccess, form: Form | None = None) -> dict[str, Adapter]:
    """Return how typed text is read; a field that does not belong to the chosen kind may hold anything."""
    kind = request.form.get("kind", "") if form is None else form.raw("kind")
    amount = amount_adapter(access.page.currency)
    unread: Adapter = lambda _text: 0  # noqa: E731
    no_limit: Adapter = lambda _text: None  # noqa: E731
    return {
        "percent_bp": percent_adapter if kind == CouponKind.PERCENT else unread,
        "amount": amount if kind == CouponKind.AMOUNT else unread,
        "minimum_amount": amount,
        "unit_limit": integer_adapter if kind != CouponKind.FREE_SHIPPING else no_limit,
        "max_uses": integer_adapter,
    }


def _read(adapter: Adapter, text: str, default: Any) -> Any:
    try:
        return adapter(text.strip()) if text.strip() else default
    except (ValueError, DomainError):
        return default


def _instants(access: PageAccess, raw: Callable[[str], str], refuse: Callable[[str, str], None]) -> Instants:
    """Return when it starts and ends; a day without a time is meant from its first moment to its last."""
    found: dict[str, dt.datetime | None] = {}
    for name in ("starts", "ends"):
        day, time = raw(f"{name}_on").strip(), raw(f"{name}_time").strip()
        found[name] = None
        if not day and not time:
            continue
        try:
            found[name] = _instant(access.page.country, day, time, is_end=name == "ends")
        except BadTime as bad:
            refuse(f"{name}_{'on' if bad.field.endswith('_on') else 'time'}", str(bad))
    return Instants(found["starts"], found["ends"])


def _instant(country: str, day: str, time: str, *, is_end: bool) -> dt.datetime:
    try:
        date = dt.date.fromisoformat(day)
    except ValueError:
        raise BadTime("_on", NO_DAY) from None
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise BadTime("_on", NO_DAY)
    if time:
        return read_time(day, time, zone_name(country))
    return start_of_day(country, date + dt.timedelta(days=1) if is_end else date)


def _typed(at: dt.datetime | None, zone: str, *, is_end: bool = False) -> tuple[str, str]:
    if at is None:
        return "", ""
    day, time = typed_time(at, zone)
    if time != MIDNIGHT:
        return day, time
    return typed_time(at - dt.timedelta(seconds=1), zone)[0] if is_end else day, ""


def _amount(amount: int, currency: str) -> str | None:
    """Return an amount as a person types it: "49,90" in French, a whole one without decimals."""
    if not amount:
        return None
    value, step = to_decimal(amount, currency), 10 ** exponent(currency)
    return _typed_number(f"{value:.{exponent(currency) if amount % step else 0}f}")


def _typed_number(text: str) -> str:
    return text.replace(".", get_decimal_symbol(locale_code()))
