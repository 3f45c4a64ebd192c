"""Where a coupon stands, changed with a button and undone with another: paused, deleted."""

from collections.abc import Callable

from flask import url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shop.coupons import service
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now
from shop.web.pages import flash_message, go, safe_next


@staff_only(Permission.MANAGE_PROMOTIONS)
def pause_coupon(access: PageAccess, coupon_id: int) -> Response:
    """Let a coupon count for nothing until it is resumed."""
    _turn(access, coupon_id, service.pause_coupon)
    flash_message(
        gettext("The coupon is paused. Nobody can use it until you resume it."),
        undo=_path(access, "resume_coupon", coupon_id),
    )
    return _back(access, coupon_id)


@staff_only(Permission.MANAGE_PROMOTIONS)
def resume_coupon(access: PageAccess, coupon_id: int) -> Response:
    """Let a paused coupon count again."""
    _turn(access, coupon_id, service.resume_coupon)
    flash_message(gettext("The coupon counts again."), undo=_path(access, "pause_coupon", coupon_id))
    return _back(access, coupon_id)


@staff_only(Permission.MANAGE_PROMOTIONS)
def delete_coupon(access: PageAccess, coupon_id: int) -> Response:
    """Put a coupon away; it can be brought back."""
    _turn(access, coupon_id, service.delete_coupon)
    flash_message(
        gettext("The coupon is deleted. You find it under Deleted coupons and can bring it back."),
        undo=_path(access, "restore_coupon", coupon_id),
    )
    return go(safe_next(url_for("insights.list_coupons", page_slug=access.page.slug)))


@staff_only(Permission.MANAGE_PROMOTIONS)
def restore_coupon(access: PageAccess, coupon_id: int) -> Response:
    """Bring a deleted coupon back as it was."""
    _turn(access, coupon_id, service.restore_coupon)
    flash_message(gettext("The coupon is back, as it was."), undo=_path(access, "delete_coupon", coupon_id))
    return _back(access, coupon_id)


def _turn(access: PageAccess, coupon_id: int, turn: Callable[..., bool]) -> None:
    with database().transaction() as session:
        turn(session, page=access.page, coupon_id=coupon_id, account_id=access.account_id, now=now())


def _path(access: PageAccess, endpoint: str, coupon_id: int) -> str:
    return url_for(f"coupon_admin.{endpoint}", page_slug=access.page.slug, coupon_id=coupon_id)


def _back(access: PageAccess, coupon_id: int) -> Response:
    return go(safe_next(url_for("insights.show_coupon", page_slug=access.page.slug, coupon_id=coupon_id)))
