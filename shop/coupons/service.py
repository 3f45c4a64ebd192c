"""Every change of a coupon by its page's staff. Uses are in ``redeeming``, wallets in ``holding``."""

import datetime as dt
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.core.errors import Conflict, Invalid
from shop.core.i18n import N_
from shop.core.outbox import enqueue
from shop.coupons.codes import new_code, normalise_code
from shop.coupons.drafts import CouponDraft, columns_of, find_problems
from shop.coupons.models import Coupon, CouponCollection, CouponProduct, CouponScope
from shop.coupons.queries import (
    count_collections,
    count_products,
    find_by_key,
    get_coupon,
    has_listed,
)
from shop.coupons.scope_queries import list_titles
from shop.page.audit import record_act
from shop.page.models import Page
from shop.page.service import raise_version
from shop.page.tabs import lock_tabs, show_coupons_tab

__all__ = [
    "CouponChanged",
    "CouponDraft",
    "create_coupon",
    "delete_coupon",
    "edit_coupon",
    "new_code",
    "normalise_code",
    "pause_coupon",
    "restore_coupon",
    "resume_coupon",
]

LOOK_AT_TAB = "look_at_coupons_tab"
"""At a coupon's end: a tab with nothing on it goes by itself."""
CODE_TAKEN = N_("Another coupon of this page has this code.")
CODE_OF_DELETED = N_("A deleted coupon of this page has this code. Bring it back, or choose another code.")
TOO_FEW_USES = N_("It was used more often than that already.")
NOT_ON_PAGE = N_("Something of this is not on the page any more. Please choose again.")


class CouponChanged(Conflict):
    """Somebody has changed the coupon since the form was opened."""

    code = "coupon_changed"
    message = N_("Somebody has changed this coupon since you opened it.")


def create_coupon(
    session: Session, *, page: Page, draft: CouponDraft, account_id: int | None, now: dt.datetime,
    contest_id: int | None = None,
) -> Coupon:  # fmt: skip
    """Make a coupon of ``page`` in the page's currency; Invalid names what is wrong by the draft's fields.

    ``account_id`` is the member of staff who does it, None for the shop itself (a contest's prize).
    """
    _check(session, page, draft)
    values = columns_of(draft)
    on_conflict_insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    coupon_id = session.execute(
        on_conflict_insert(Coupon)
        .values(
            **values, page_id=page.id, currency=page.currency, contest_id=contest_id, uses=0, version=1,
            is_paused=False, created_at=now, updated_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Coupon.id)
    ).scalar_one_or_none()  # fmt: skip
    if coupon_id is None:
        raise Invalid({"code": [CODE_TAKEN]})
    _write_scope(session, coupon_id, draft)
    coupon = get_coupon(session, page_id=page.id, coupon_id=coupon_id)
    _record(session, coupon, "coupon.created", account_id, now, after=_facts(session, coupon))
    _show(session, coupon, now)
    return coupon


def edit_coupon(
    session: Session, *, page: Page, coupon_id: int, version: int, draft: CouponDraft,
    account_id: int | None, now: dt.datetime,
) -> Coupon:  # fmt: skip
    """Change a coupon whose ``version`` is the one that the form was opened with.

    Raises Invalid by field, NotFound, and CouponChanged when it has another version by now. Orders that were placed
    keep what they were given; carts follow at once.
    """
    coupon = get_coupon(session, page_id=page.id, coupon_id=coupon_id)
    _check(session, page, draft, coupon_id=coupon_id)
    before = _facts(session, coupon)
    changed = session.scalars(
        update(Coupon)
        .where(
            Coupon.id == coupon_id,
            Coupon.version == version,
            *([] if draft.max_uses is None else [Coupon.uses <= draft.max_uses]),
        )
        .values(**columns_of(draft), currency=page.currency, version=version + 1, updated_at=now)
        .returning(Coupon)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).one_or_none()
    if changed is None:
        session.refresh(coupon)
        if coupon.version == version:
            raise Invalid({"max_uses": [TOO_FEW_USES]})
        raise CouponChanged
    _write_scope(session, coupon_id, draft)
    _record(session, changed, "coupon.edited", account_id, now, before=before, after=_facts(session, changed))
    _show(session, changed, now)
    return changed


def pause_coupon(
    session: Session, *, page: Page, coupon_id: int, account_id: int | None, now: dt.datetime
) -> bool:
    """Let a coupon count for nothing until it is resumed; return whether it did before."""
    return _turn(session, page, coupon_id, "coupon.paused", account_id=account_id, now=now, is_paused=True)


def resume_coupon(
    session: Session, *, page: Page, coupon_id: int, account_id: int | None, now: dt.datetime
) -> bool:
    """Let a paused coupon count again; return whether it was paused."""
    return _turn(session, page, coupon_id, "coupon.resumed", account_id=account_id, now=now, is_paused=False)


def delete_coupon(
    session: Session, *, page: Page, coupon_id: int, account_id: int | None, now: dt.datetime
) -> bool:
    """Delete a coupon so that it can be brought back: it keeps its code and its uses. Return whether this did it."""
    return _turn(session, page, coupon_id, "coupon.deleted", account_id=account_id, now=now, deleted_at=now)


def restore_coupon(
    session: Session, *, page: Page, coupon_id: int, account_id: int | None, now: dt.datetime
) -> bool:
    """Bring a deleted coupon back as it was; return whether it was deleted."""
    return _turn(session, page, coupon_id, "coupon.restored", account_id=account_id, now=now, deleted_at=None)


def _turn(
    session: Session, page: Page, coupon_id: int, act: str, *, account_id: int | None, now: dt.datetime,
    **values: Any,
) -> bool:  # fmt: skip
    coupon = get_coupon(session, page_id=page.id, coupon_id=coupon_id)
    ((name, value),) = values.items()
    column = getattr(Coupon, name)
    # Twice is the same as once: only what is not so yet is changed.
    is_other = column.is_not(value) if isinstance(value, bool) or value is None else column.is_(None)
    changed = session.scalars(
        update(Coupon)
        .where(Coupon.id == coupon.id, is_other)
        .values(**values, version=Coupon.version + 1, updated_at=now)
        .returning(Coupon)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).one_or_none()
    if changed is None:
        return False
    _record(session, changed, act, account_id, now)
    _show(session, changed, now)
    return True


def _check(session: Session, page: Page, draft: CouponDraft, coupon_id: int | None = None) -> None:
    errors = find_problems(draft, page.currency)
    if "code" not in errors:
        other = find_by_key(session, page_id=page.id, code_key=normalise_code(draft.code))
        if other is not None and other.id != coupon_id:
            errors["code"] = [CODE_OF_DELETED if other.deleted_at else CODE_TAKEN]
    if draft.scope is CouponScope.PRODUCTS and draft.product_ids:
        found = count_products(session, page_id=page.id, product_ids=draft.product_ids)
        if found != len(draft.product_ids):
            errors["product_ids"] = [NOT_ON_PAGE]
    if draft.scope is CouponScope.COLLECTIONS and draft.collection_ids:
        found = count_collections(session, page_id=page.id, collection_ids=draft.collection_ids)
        if found != len(draft.collection_ids):
            errors["collection_ids"] = [NOT_ON_PAGE]
    if errors:
        raise Invalid(errors)


def _write_scope(session: Session, coupon_id: int, draft: CouponDraft) -> None:
    for table in (CouponProduct, CouponCollection):
        session.execute(
            delete(table).where(table.coupon_id == coupon_id).execution_options(synchronize_session=False)
        )
    if draft.scope is CouponScope.PRODUCTS:
        products = [{"coupon_id": coupon_id, "product_id": one} for one in sorted(draft.product_ids)]
        session.execute(insert(CouponProduct), products)
    elif draft.scope is CouponScope.COLLECTIONS:
        collections = [{"coupon_id": coupon_id, "collection_id": one} for one in sorted(draft.collection_ids)]
        session.execute(insert(CouponCollection), collections)


AUDITED = (
    "code", "title", "description", "percent_bp", "amount", "has_free_shipping", "minimum_amount",
    "scope", "unit_limit", "audience", "other_way", "max_uses", "is_once", "is_listed", "is_automatic",
    "is_embeddable",
)  # fmt: skip


def _facts(session: Session, coupon: Coupon) -> dict[str, Any]:
    facts: dict[str, Any] = {name: getattr(coupon, name) for name in AUDITED}
    for name in ("starts_at", "ends_at"):
        at = getattr(coupon, name)
        facts[name] = at.isoformat() if at else None
    # Under a name of its own: "kind" says something else in the log.
    facts["coupon_kind"] = coupon.kind
    titles = list_titles(session, coupon)
    facts["products"] = titles if coupon.scope is CouponScope.PRODUCTS else []
    facts["collections"] = titles if coupon.scope is CouponScope.COLLECTIONS else []
    return facts


def _record(
    session: Session, coupon: Coupon, act: str, account_id: int | None, now: dt.datetime, **changes: Any
) -> None:
    record_act(
        session, page_id=coupon.page_id, account_id=account_id, act=act,
        subject=("coupon", str(coupon.id), coupon.code), now=now, **changes,
    )  # fmt: skip


def _show(session: Session, coupon: Coupon, now: dt.datetime) -> None:
    """Bring the page's Coupons tab up to date; last, since everybody's pages hang on the version's row."""
    if coupon.ends_at is not None and coupon.ends_at > now:
        enqueue(
            session, kind=LOOK_AT_TAB, subject=f"{coupon.page_id}:{coupon.ends_at.isoformat()}", now=now,
            run_at=coupon.ends_at, page_id=coupon.page_id, payload={"page_id": coupon.page_id},
        )  # fmt: skip
    update_tab(session, page_id=coupon.page_id, now=now)
    raise_version(session, coupon.page_id)


def update_tab(session: Session, *, page_id: int, now: dt.datetime) -> bool:
    """Show a page's Coupons tab if something stands on it at ``now``, else hide it; return whether that is new."""
    lock_tabs(session, page_id)
    return show_coupons_tab(session, page_id, is_shown=has_listed(session, page_id, now))
