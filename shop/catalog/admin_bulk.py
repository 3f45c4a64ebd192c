"""Many products at once: ticked in the list, previewed row by row, applied, undone."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from shop.catalog import bulk, bulk_texts, queries
from shop.catalog.bulk import BulkAct, NothingTicked, TooManyMatches, TooManyRows
from shop.catalog.bulk_apply import apply_next
from shop.catalog.bulk_form import ACTS, SCHEMAS, STATUS_ACTS, read_act
from shop.catalog.history_models import BulkEdit, BulkKind, BulkState
from shop.catalog.models import Collection, ProductStatus
from shop.catalog.repricing import CompareAt, PriceChange, Rounding, roundings
from shop.catalog.search import MAX_MATCHES
from shop.core.errors import Conflict
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now
from shop.web.forms import Form, id_or_none
from shop.web.pages import flash_message, render, see_other
from shop.web.templating import localized

SHOWN_ROWS = 100
MAX_TICKED = 200
"""Some more than a part of the list has; they travel in an address."""
MAX_TEXT = 200
MATCHING = "matching"


@staff_only(Permission.MANAGE_PRODUCTS)
def choose_products(access: PageAccess) -> Response:
    """Take the ticked products and the act: lead to what it asks, or do it at once when it needs nothing."""
    act = request.form.get("act", "")
    if act in STATUS_ACTS:
        return _apply_status(access, STATUS_ACTS[act])
    if act not in SCHEMAS:
        flash_message(gettext("Choose what to do with the products."), "error")
        return _back_to_list(access)
    names = ("act", "scope", "q", "status")
    return see_other(
        "catalog_admin.new_bulk_edit",
        page_slug=access.page.slug,
        **{name: request.form[name][:MAX_TEXT] for name in names if request.form.get(name)},
        product=[] if request.form.get("scope") == MATCHING else request.form.getlist("product")[:MAX_TICKED],
    )


@staff_only(Permission.MANAGE_PRODUCTS)
def new_bulk_edit(access: PageAccess) -> Response:
    """Ask what an act needs to know."""
    act = request.args.get("act", "")
    if act not in SCHEMAS:
        return _back_to_list(access)
    try:
        ids, collections = _choice(access)
    except Conflict as refused:
        return _back_to_list(access, refused)
    initial = {
        "change": PriceChange.DOWN_PERCENT.value, "rounding": Rounding.EXACT.value,
        "compare_at": CompareAt.KEEP.value, "how": "add",
    }  # fmt: skip
    return _show_form(access, act, Form(initial), collections, len(ids))


@staff_only(Permission.MANAGE_PRODUCTS)
def propose_bulk_edit(access: PageAccess) -> Response:
    """Work out what an act would change and lead to its preview."""
    name = request.form.get("act", "")
    if name not in SCHEMAS:
        raise BadRequest
    try:
        ids, collections = _choice(access)
    except Conflict as refused:
        return _back_to_list(access, refused)
    form, act = read_act(name, access.page.currency, collections)
    if act is None:
        return _show_form(access, name, form, collections, len(ids))
    try:
        edit = _propose(access, ids, act)
    except TooManyRows as refused:
        form.add_domain_error("", refused)
        return _show_form(access, name, form, collections, len(ids))
    if not edit.rows:
        flash_message(gettext("That changes nothing: everything is like that already."), "info")
        return _back_to_list(access)
    return see_other("catalog_admin.show_bulk_edit", page_slug=access.page.slug, edit_id=edit.id)


def _propose(access: PageAccess, ids: list[int], act: BulkAct) -> BulkEdit:
    with database().transaction() as session:
        return bulk.propose_bulk_edit(
            session, page_id=access.page.id, account_id=access.account_id, product_ids=ids, act=act,
            currency=access.page.currency, now=now(),
        )  # fmt: skip


def _apply_status(access: PageAccess, status: ProductStatus) -> Response:
    try:
        with database().reading() as session:
            ids = _selected(session, access)
        edit = _propose(access, ids, BulkAct(BulkKind.STATUS, {"status": status.value}))
    except Conflict as refused:
        return _back_to_list(access, refused)
    if not edit.rows:
        flash_message(gettext("That changes nothing: everything is like that already."), "info")
        return _back_to_list(access)
    edit = _run(access, edit.id, is_undo=False)
    _tell(access, edit, is_undo=False)
    return _back_to_list(access)


@staff_only(Permission.VIEW_PRODUCTS)
def list_bulk_edits(access: PageAccess) -> Response:
    """Lead to the products: a form that was refused stands at this address until it is sent again."""
    return _back_to_list(access)


@staff_only(Permission.VIEW_PRODUCTS)
def show_bulk_edit(access: PageAccess, edit_id: int) -> Response:
    """Show what a bulk edit would change, or what became of it."""
    first = max(0, request.args.get("from", 0, type=int))
    only_problems = request.args.get("show") == "problems"
    with database().reading() as session:
        edit = bulk.get_bulk_edit(session, page_id=access.page.id, edit_id=edit_id)
        reasons = _reasons(edit)
        places = [place for place in range(len(edit.rows)) if not only_problems or place in reasons]
        shown = places[first : first + SHOWN_ROWS]
        names = bulk.map_names(
            session, page_id=access.page.id, product_ids=sorted({edit.rows[place][0] for place in shown})
        )
    rows = [_row_view(edit, place, reasons.get(place, ""), names, access.page.currency) for place in shown]

    def address(**changes: Any) -> str:
        values = {"from": first or None, "show": "problems" if only_problems else None} | changes
        return url_for(
            "catalog_admin.show_bulk_edit", page_slug=access.page.slug, edit_id=edit.id,
            **{key: value for key, value in values.items() if value},
        )  # fmt: skip

    return render(
        "manage/products/bulk_edit.html",
        access=access,
        edit=edit,
        act=bulk_texts.act_text(edit.kind, edit.what, access.page.currency),
        rows=rows,
        is_by_variant=edit.kind in (BulkKind.PRICE, BulkKind.STOCK),
        changing=len(edit.rows) - len(reasons),
        products_changing=len({row[0] for place, row in enumerate(edit.rows) if place not in reasons}),
        problems=len(reasons),
        only_problems=only_problems,
        address=address,
        previous_url=address(**{"from": max(0, first - SHOWN_ROWS)}) if first else None,
        next_url=address(**{"from": first + SHOWN_ROWS}) if first + SHOWN_ROWS < len(places) else None,
        may_edit=access.allows(Permission.MANAGE_PRODUCTS),
        states=BulkState,
    )


def _reasons(edit: BulkEdit) -> dict[int, str]:
    """Return why rows are left alone, by their place."""
    reasons = {place: row[4] for place, row in enumerate(edit.rows) if row[4]}
    reasons |= {int(place): problem for place, problem in edit.skipped.items()}
    if edit.state in (BulkState.UNDOING, BulkState.UNDONE):
        reasons |= {int(place): problem for place, problem in edit.not_undone.items()}
    return reasons


def _row_view(
    edit: BulkEdit, place: int, problem: str, names: tuple[dict[int, Any], dict[int, str]], currency: str
) -> dict[str, Any]:
    products, variants = names
    product_id, variant_id, shown, wanted, _ = edit.rows[place]
    return {
        "product_id": product_id,
        "title": localized(products[product_id], "title") if product_id in products else "–",
        "variant": variants.get(variant_id, ""),
        "was": bulk_texts.row_text(edit.kind, shown, currency),
        "now": None if problem == "negative" else bulk_texts.row_text(edit.kind, wanted, currency),
        "problem": gettext(bulk_texts.PROBLEMS[problem]) if problem else "",
    }


@staff_only(Permission.MANAGE_PRODUCTS)
def apply_bulk_edit(access: PageAccess, edit_id: int) -> Response:
    """Do what the preview showed, in short transactions."""
    edit = _run(access, edit_id, is_undo=False)
    _tell(access, edit, is_undo=False)
    return see_other("catalog_admin.show_bulk_edit", page_slug=access.page.slug, edit_id=edit_id)


@staff_only(Permission.MANAGE_PRODUCTS)
def undo_bulk_edit(access: PageAccess, edit_id: int) -> Response:
    """Take a bulk edit back, as far as nothing has changed since."""
    edit = _run(access, edit_id, is_undo=True)
    _tell(access, edit, is_undo=True)
    return see_other("catalog_admin.show_bulk_edit", page_slug=access.page.slug, edit_id=edit_id)


def _run(access: PageAccess, edit_id: int, *, is_undo: bool) -> BulkEdit:
    is_left = True
    while is_left:
        with database().transaction() as session:
            is_left = apply_next(
                session, page_id=access.page.id, edit_id=edit_id, account_id=access.account_id, now=now(),
                is_undo=is_undo,
            )  # fmt: skip
    with database().reading() as session:
        return bulk.get_bulk_edit(session, page_id=access.page.id, edit_id=edit_id)


def _tell(access: PageAccess, edit: BulkEdit, *, is_undo: bool) -> None:
    wanted = BulkState.UNDONE if is_undo else BulkState.APPLIED
    if edit.state is not wanted:
        flash_message(gettext("This has been done already."), "info")
        return
    reasons = _reasons(edit)
    text = bulk_texts.outcome_text(edit.kind, len(edit.rows) - len(reasons), len(reasons), is_undo=is_undo)
    undo = url_for("catalog_admin.undo_bulk_edit", page_slug=access.page.slug, edit_id=edit.id)
    flash_message(text, "warning" if reasons else "success", undo=None if is_undo else undo)


def _choice(access: PageAccess) -> tuple[list[int], list[Collection]]:
    """Return the selected products and what an act may ask about them; raises what ``_selected`` does."""
    with database().reading() as session:
        return _selected(session, access), queries.list_collections(session, access.page.id)


def _selected(session: Session, access: PageAccess) -> list[int]:
    """Return the ticked products, or all that the list's search and status find; NothingTicked, TooManyMatches."""
    if request.values.get("scope") == MATCHING:
        ids = _matching(session, access, request.values.get("q", "")[:MAX_TEXT])
    else:
        texts = request.values.getlist("product")[:MAX_TICKED]
        ids = sorted({number for text in texts if (number := id_or_none(text)) is not None})
    if not ids:
        raise NothingTicked
    return ids


def _matching(session: Session, access: PageAccess, query: str) -> list[int]:
    status = request.values.get("status", "")
    ids = queries.list_matching_product_ids(
        session,
        page_id=access.page.id,
        status=ProductStatus(status) if status in set(ProductStatus) else None,
        query=query,
        limit=bulk.MAX_ROWS + 1,
    )
    if query.strip() and len(ids) > MAX_MATCHES:
        raise TooManyMatches  # a search looks no further: a change of "all" would leave the rest as they are
    return ids


def _back_to_list(access: PageAccess, refused: Conflict | None = None) -> Response:
    if refused is not None:
        flash_message(gettext(refused.msgid, **refused.params), "error")
    values = {name: request.values.get(name, "")[:MAX_TEXT] for name in ("q", "status")}
    kept = {name: value for name, value in values.items() if value}
    return see_other("catalog_admin.list_products", page_slug=access.page.slug, **kept)


def _show_form(
    access: PageAccess, act: str, form: Form, collections: list[Collection], count: int
) -> Response:
    return render(
        "manage/products/bulk_form.html",
        status=422 if form.errors else 200,
        access=access,
        act=act,
        act_name=ACTS[act],
        form=form,
        count=count,
        is_capped=count > MAX_MATCHES,
        ticked=[]
        if request.values.get("scope") == MATCHING
        else request.values.getlist("product")[:MAX_TICKED],
        scope=request.values.get("scope", ""),
        query=request.values.get("q", "")[:MAX_TEXT],
        status_filter=request.values.get("status", "")[:MAX_TEXT],
        collections=collections,
        changes=[(key.value, gettext(text)) for key, text in bulk_texts.CHANGES.items()],
        roundings=[
            (key.value, gettext(bulk_texts.ROUNDINGS[key])) for key in roundings(access.page.currency)
        ],
        compare_ats=[(key.value, gettext(text)) for key, text in bulk_texts.COMPARE_ATS.items()],
    )
