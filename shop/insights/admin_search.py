"""The admin's one search, and the card of a person."""

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from shop.insights.people_queries import get_card
from shop.insights.search import Results, find_exact_number, search
from shop.orders import labels as order_labels
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database
from shop.web.pages import render, see_other

MAX_QUERY = 100


@staff_only(Permission.VIEW_ORDERS)  # which every role has: what is found depends on the role
def show_search(access: PageAccess) -> BaseResponse:
    """Show what of the page's orders, products and people answers ``q``; an order's exact number leads to it."""
    query = " ".join(request.args.get("q", "").split())[:MAX_QUERY]
    results = Results()
    if query:
        with database().reading() as session:
            number = find_exact_number(session, access.page, query)
            if number is None:
                results = search(session, access, query)
        if number is not None:
            return see_other("orders_admin.show_order", page_slug=access.page.slug, number=number)
    return render(
        "manage/search/show.html",
        access=access,
        active_section="search",
        query=query,
        search_query=query,
        results=results,
        order_labels=order_labels,
    )


@staff_only(Permission.VIEW_ORDERS)
def show_person(access: PageAccess, account_id: int) -> Response:
    """Show what the page knows of somebody: since when they follow it, what they bought here."""
    with database().reading() as session:
        card = get_card(session, page_id=access.page.id, account_id=account_id)
    return render(
        "manage/search/person.html",
        access=access,
        active_section="search",
        card=card,
        order_labels=order_labels,
    )
