"""Putting the first steps of a new page away, and showing them again."""

from werkzeug.wrappers import Response as BaseResponse

from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.page.settings import bring_setup_back, put_setup_away
from shop.web.context import database, now
from shop.web.pages import see_other


@staff_only(Permission.MANAGE_PAGE)
def delete_setup(access: PageAccess) -> BaseResponse:
    """Put the first steps away; what is left in their place offers to show them again."""
    with database().transaction() as session:
        put_setup_away(session, page=access.page, actor_id=access.account_id, now=now())
    return see_other("insights.show_today", page_slug=access.page.slug)


@staff_only(Permission.MANAGE_PAGE)
def create_setup(access: PageAccess) -> BaseResponse:
    """Show the first steps again."""
    with database().transaction() as session:
        bring_setup_back(session, page=access.page, actor_id=access.account_id, now=now())
    return see_other("insights.show_today", page_slug=access.page.slug)
