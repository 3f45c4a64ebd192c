"""The admin's list of orders: search, filters, saved filters, all in the address."""

from typing import NamedTuple

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from flask import redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from shop.core.errors import NotFound
from shop.core.money import to_decimal
from shop.orders import labels
from shop.orders.filters import (
    FIELDS,
    Errors,
    Follower,
    OrderFilter,
    Refunded,
    Shipping,
    read_filter,
    read_query,
    to_arguments,
)
from shop.orders.listing import (
    COUNTED,
    ListScope,
    Part,
    Selection,
    count_by_status,
    count_selected,
    find_part,
    load_orders,
    select_orders,
)
from shop.orders.models import Order, OrderStatus, SavedFilter
from shop.orders.saved_filters import MAX_NAME, find_deleted_filter, list_saved_filters
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.page.days import zone_name
from shop.web.context import database
from shop.web.forms import Form, id_or_none
from shop.web.locale import language
from shop.web.pages import render
from shop.web.templating import money
from shop.web.zone import local_time

PAGE_SIZE = 30


class Chip(NamedTuple):
    """A condition that holds, in words, and the address of the list without it."""

    text: str
    without_url: str


class Placed(NamedTuple):
    """When an order was placed, by the clock of the page's zone: that by which the list is filtered."""

    day: str
    time: str


class Asked(NamedTuple):
    """What the address asks for."""

    wanted: OrderFilter
    errors: Errors
    saved: SavedFilter | None
    typed: dict[str, str]


@staff_only(Permission.VIEW_ORDERS)
def list_orders(access: PageAccess) -> Response:
    """Show the page's orders, newest first; what the form sent is led to its normalised address."""
    if "view" not in request.args and (address := _normalised_address(access)):
        return redirect(address, 302)
    return show_list(access)


def show_list(access: PageAccess, *, name_form: Form | None = None, status: int = 200) -> Response:
    """Render the list for the request's address; ``name_form`` is the form that names a filter, with its errors."""
    scope = scope_of(access)
    with database().reading() as session:
        saved = list_saved_filters(session, page_id=scope.page_id, account_id=access.account_id)
        asked = _asked(access, saved)
        counts = count_by_status(session, scope.page_id)
        selection = select_orders(session, scope, asked.wanted)
        part = find_part(session, selection, cursor=request.args.get("cursor"), limit=PAGE_SIZE)
        orders = load_orders(session, part.ids)
        count = _count(session, asked.wanted, selection, part)
        gone_id = id_or_none(request.args.get("deleted", ""))
        gone = gone_id and find_deleted_filter(
            session, page_id=scope.page_id, account_id=access.account_id, filter_id=gone_id
        )
    arguments = _list_arguments(access, asked)
    return render(
        "manage/orders/list.html", status=422 if asked.errors and not asked.saved else status, access=access,
        active_section="orders", labels=labels, orders=orders, counts=counts, count=count, counted=COUNTED,
        wanted=asked.wanted, arguments=arguments, filter_arguments=to_arguments(asked.wanted, scope.currency),
        chips=_chips(access, asked.wanted), saved=saved, chosen=asked.saved, gone=gone,
        is_unreadable=bool(asked.saved and asked.errors), form=_form(access, asked), name_form=name_form or Form(),
        max_name=MAX_NAME, tabs=_tabs(access, counts, asked.wanted), country_choices=_countries(access, asked.wanted),
        choices=_choices(), zone=zone_name(access.page.country), is_all_ticked=request.args.get("select") == "all",
        has_orders=any(counts.values()), placed_at=_placed,
        next_url=_list_url(access, arguments | {"cursor": part.next_cursor}) if part.next_cursor else None,
        first_url=_list_url(access, arguments) if request.args.get("cursor") else None,
        all_ticked_url=_list_url(access, arguments | {"cursor": request.args.get("cursor"), "select": "all"}),
    )  # fmt: skip


def _count(session: Session, wanted: OrderFilter, selection: Selection, part: Part) -> int | None:
    """Return how many orders pass the filter; None without one, or when telling would cost too much."""
    if wanted.is_empty:
        return None
    if part.next_cursor is None and not request.args.get("cursor"):
        return len(part.ids)
    return count_selected(session, selection)


def scope_of(access: PageAccess) -> ListScope:
    """Return whose orders are listed."""
    return ListScope(access.page.id, access.page.currency, access.page.country)


def _placed(order: Order) -> Placed:
    at = local_time(order.placed_at)
    return Placed(
        format_date(at.date(), "medium", locale=language()),
        format_time(at.time(), "short", locale=language()),
    )


def _normalised_address(access: PageAccess) -> str | None:
    """Return the address that the request should have been for, or None when it is that one or cannot be read."""
    given = {key: value for key, value in request.args.items() if key in FIELDS.values()}
    wanted, errors = read_filter(given, currency=access.page.currency, locale=language())
    arguments = to_arguments(wanted, access.page.currency)
    return None if errors or given == arguments else _list_url(access, arguments)


def _asked(access: PageAccess, saved: list[SavedFilter]) -> Asked:
    currency = access.page.currency
    if "view" in request.args:
        chosen = next((one for one in saved if str(one.id) == request.args["view"]), None)
        if chosen is None:
            raise NotFound
        wanted, errors = read_query(chosen.query, currency)
        return Asked(wanted, errors, chosen, {})
    typed = {key: request.args.get(key, "") for key in FIELDS.values()}
    wanted, errors = read_filter(typed, currency=currency, locale=language())
    return Asked(wanted, errors, None, typed if errors else {})


def _list_arguments(access: PageAccess, asked: Asked) -> dict[str, str | None]:
    if asked.saved is not None:
        return {"view": str(asked.saved.id)}
    return {**to_arguments(asked.wanted, access.page.currency)}


def _list_url(access: PageAccess, arguments: dict[str, str | None] | dict[str, str]) -> str:
    return url_for("orders_admin.list_orders", page_slug=access.page.slug, **arguments)


def _form(access: PageAccess, asked: Asked) -> Form:
    """Return the filter's form: what was typed when something is wrong, else the filter as people write it here."""
    form = Form()
    form.is_submitted = True
    shown = to_arguments(asked.wanted, access.page.currency)
    for name, amount in (("min", asked.wanted.min_amount), ("max", asked.wanted.max_amount)):
        if amount is not None:
            value = to_decimal(amount, access.page.currency)
            shown[name] = format_decimal(value, locale=language(), group_separator=False)
    form.typed = MultiDict(asked.typed or shown)
    if asked.saved is None:
        for name, (message, params) in asked.errors.items():
            form.add_error(name, message, **params)
    return form


def _tabs(access: PageAccess, counts: dict[str, int], wanted: OrderFilter) -> list[dict[str, object]]:
    """Return the tabs of the states: all, to ship, and each status that an order of the page is in."""
    found: list[dict[str, object]] = [
        {"text": _("All"), "url": _list_url(access, {}), "count": None, "is_current": wanted.is_empty},
        _tab(access, OrderFilter(shipping=Shipping.TO_SHIP), _("To ship"), counts["to_ship"], wanted),
    ]
    for status in OrderStatus:
        if counts[status.value]:
            text = labels.payment_label(status).text
            found.append(_tab(access, OrderFilter(status=status), text, counts[status.value], wanted))
    return found


def _tab(
    access: PageAccess, leads_to: OrderFilter, text: str, count: int, wanted: OrderFilter
) -> dict[str, object]:
    url = _list_url(access, to_arguments(leads_to, access.page.currency))
    return {"text": text, "url": url, "count": count, "is_current": wanted == leads_to}


def _chips(access: PageAccess, wanted: OrderFilter) -> list[Chip]:
    currency, choices = access.page.currency, _choices()
    texts = {
        "q": _("“%(words)s”", words=wanted.q),
        "status": wanted.status and labels.payment_label(wanted.status).text,
        "shipping": wanted.shipping and choices["shipping"][wanted.shipping],
        "refunded": wanted.refunded and choices["refunded"][wanted.refunded],
        "follower": wanted.follower and choices["follower"][wanted.follower],
        "placed_from": wanted.placed_from
        and _("From %(day)s", day=format_date(wanted.placed_from, "medium", locale=language())),
        "placed_to": wanted.placed_to
        and _("Until %(day)s", day=format_date(wanted.placed_to, "medium", locale=language())),
        "min_amount": _("At least %(amount)s", amount=money(wanted.min_amount or 0, currency)),
        "max_amount": _("At most %(amount)s", amount=money(wanted.max_amount or 0, currency)),
        "country": wanted.country and labels.country_name(wanted.country),
    }
    return [
        Chip(str(texts[name]), _list_url(access, to_arguments(wanted.without(name), currency)))
        for name in FIELDS
        if getattr(wanted, name) not in (None, "")
    ]


def _choices() -> dict[str, dict[str, str]]:
    return {
        "status": {status.value: labels.payment_label(status).text for status in OrderStatus},
        "shipping": {
            Shipping.TO_SHIP.value: _("To ship"),
            Shipping.PARTIAL.value: _("Partly shipped"),
            Shipping.SHIPPED.value: _("Shipped"),
        },
        "refunded": {
            Refunded.ANY.value: _("Refunded, in part or whole"),
            Refunded.PARTIAL.value: _("Refunded in part"),
            Refunded.WHOLE.value: _("Refunded whole"),
            Refunded.NONE.value: _("Not refunded"),
        },
        "follower": {Follower.YES.value: _("Followers"), Follower.NO.value: _("Not followers")},
    }


def _countries(access: PageAccess, wanted: OrderFilter) -> list[tuple[str, str]]:
    codes = dict.fromkeys([*access.page.ships_to, *([wanted.country] if wanted.country else [])])
    return sorted(((code, labels.country_name(code)) for code in codes), key=lambda pair: pair[1])
