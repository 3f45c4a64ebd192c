"""What runs low, with the stock typed beside it, and how a product's stock came to be what it is."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.catalog import queries
from shop.catalog.history_models import StockReason
from shop.catalog.history_queries import COUNTED, MovementRow, map_removed_variants
from shop.catalog.models import LOW_STOCK, MAX_LOW_STOCK
from shop.catalog.movements import Cause, title_of
from shop.catalog.restocking import restock_variant
from shop.catalog.rules import MAX_STOCK
from shop.catalog.stock import StockChanged
from shop.core.i18n import N_
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now
from shop.web.forms import BadText, id_or_none, integer_adapter
from shop.web.locale import language
from shop.web.pages import flash_message, render, see_other

ROWS = 50
THRESHOLDS = (0, 3, 5, 10, 20)

REASONS = {
    StockReason.CREATED: N_("Added"),
    StockReason.IMPORTED: N_("Import"),
    StockReason.EDITED: N_("Typed in"),
    StockReason.BULK_EDITED: N_("Bulk edit"),
    StockReason.SOLD: N_("Sold"),
    StockReason.EXPIRED: N_("Not paid in time"),
    StockReason.CANCELLED: N_("Order cancelled"),
    StockReason.RESTOCKED: N_("Put back on sale"),
    StockReason.REMOVED: N_("Variant removed"),
}
OF_ORDERS = {StockReason.SOLD, StockReason.EXPIRED, StockReason.CANCELLED, StockReason.RESTOCKED}


@staff_only(Permission.VIEW_PRODUCTS)
def show_stock_history(access: PageAccess, product_id: int) -> Response:
    """Show how a product's stock moved, all of it or one variant's, the newest first."""
    variant_id = id_or_none(request.args.get("variant", ""))
    before_id = id_or_none(request.args.get("before", ""))
    with database().reading() as session:
        product = queries.get_product_by_id(session, page_id=access.page.id, product_id=product_id)
        rows = queries.list_movements(
            session, page_id=access.page.id, product_id=product_id, variant_id=variant_id, before_id=before_id,
            limit=ROWS + 1,
        )  # fmt: skip
        shown = rows[:ROWS]
        titles = {variant.id: title_of(variant) for variant in product.variants}
        named = {row.variant_id for row in shown} | ({variant_id} if variant_id is not None else set())
        titles |= map_removed_variants(session, product_id=product_id, variant_ids=named - titles.keys())
    here = url_for(
        "catalog_admin.show_stock_history",
        page_slug=access.page.slug,
        product_id=product_id,
        variant=variant_id,
    )
    older = None
    if len(rows) > ROWS:
        older = f"{here}{'&' if '?' in here else '?'}before={shown[-1].id}"
    return render(
        "manage/products/stock_history.html",
        access=access,
        product=product,
        rows=[(row, titles.get(row.variant_id), _address(access, row)) for row in shown],
        reasons=REASONS,
        variants=[(variant.id, title_of(variant), variant.stock) for variant in product.variants],
        chosen=variant_id,
        chosen_title=titles.get(variant_id or 0),
        newest_url=here if before_id else None,
        older_url=older,
    )


def _address(access: PageAccess, row: MovementRow) -> str | None:
    """Return where one reads more of what moved the stock, if the role may."""
    room = f"/{language()}/manage/{access.page.slug}"
    if row.ref is None:
        return None
    if row.reason in OF_ORDERS and access.allows(Permission.VIEW_ORDERS):
        return f"{room}/orders/{row.ref}"
    if row.reason is StockReason.IMPORTED and access.allows(Permission.MANAGE_PRODUCTS):
        return f"{room}/imports/{row.ref}"
    if row.reason is StockReason.BULK_EDITED:
        return f"{room}/products/bulk-edits/{row.ref}"
    return None


@staff_only(Permission.VIEW_PRODUCTS)
def list_low_stock(access: PageAccess) -> Response:
    """Show the variants on sale of which few are left, sold-out ones first."""
    return _show_low_stock(access, request.args)


@staff_only(Permission.MANAGE_PRODUCTS)
def update_low_stock(access: PageAccess) -> Response:
    """Set one variant's stock, if it still is the one that was shown beside the field."""
    typed = request.form
    variant_id = id_or_none(typed.get("variant", "")) or 0
    shown = _stock_or_none(typed.get("shown", ""))
    try:
        stock = integer_adapter(typed.get("stock", "").strip())
    except BadText as error:
        return _show_low_stock(access, typed, {variant_id: gettext(str(error))})
    if not 0 <= stock <= MAX_STOCK:
        return _show_low_stock(access, typed, {variant_id: gettext("Enter a stock of 0 or more.")})
    try:
        with database().transaction() as session:
            title, is_changed = _restock(session, access, variant_id, shown, stock)
    except StockChanged as changed:
        left = changed.stocks.get(variant_id)
        return _show_low_stock(
            access,
            typed,
            {
                variant_id: gettext("It has been set to unlimited since you opened this page.")
                if left is None
                else gettext("It is %(stock)s now: something was sold meanwhile.", stock=left)
            },
        )
    if is_changed:
        flash_message(gettext("The stock of “%(title)s” is %(stock)s now.", title=title, stock=stock))
    else:
        flash_message(gettext("Nothing had changed."), "info")
    return see_other(
        "catalog_admin.list_low_stock", page_slug=access.page.slug,
        **{name: typed[name][:60] for name in ("at_most", "after") if typed.get(name)},
    )  # fmt: skip


def _restock(
    session: Session, access: PageAccess, variant_id: int, shown: int | None, stock: int
) -> tuple[str, bool]:
    cause = Cause(StockReason.EDITED, now(), access.account_id)
    return restock_variant(
        session, page_id=access.page.id, variant_id=variant_id, shown=shown, stock=stock, cause=cause
    )


def _stock_or_none(text: str) -> int | None:
    """Return a stock that a form's own field holds; what no stock can be is one more than the most, which fits."""
    stock = id_or_none(text)
    return None if stock is None else min(stock, MAX_STOCK + 1)


def _show_low_stock(
    access: PageAccess, asked: Mapping[str, Any], errors: Mapping[int, str] | None = None
) -> Response:
    at_most = id_or_none(asked.get("at_most", ""))
    at_most = LOW_STOCK if at_most is None else min(at_most, MAX_LOW_STOCK)
    after = asked.get("after", "")
    stock, _, last_id = after.partition("-")
    place = (_stock_or_none(stock), id_or_none(last_id))
    with database().reading() as session:
        count, sold_out = queries.count_low_stock(session, access.page.id, at_most=at_most)
        rows = queries.list_low_stock(
            session, access.page.id, at_most=at_most, limit=ROWS + 1,
            after=(place[0], place[1]) if place[0] is not None and place[1] is not None else None,
        )  # fmt: skip
    shown = rows[:ROWS]
    here = url_for("catalog_admin.list_low_stock", page_slug=access.page.slug, at_most=at_most)
    return render(
        "manage/products/low_stock.html",
        status=422 if errors else 200,
        access=access,
        rows=shown,
        count=count,
        sold_out=sold_out,
        count_limit=COUNTED,
        at_most=at_most,
        thresholds=sorted({*THRESHOLDS, at_most}),
        after=after[:60],
        errors=errors or {},
        typed=asked.get("stock", "") if errors else "",
        may_edit=access.allows(Permission.MANAGE_PRODUCTS),
        first_url=here if after else None,
        next_url=f"{here}&after={shown[-1].stock}-{shown[-1].variant_id}" if len(rows) > ROWS else None,
    )
