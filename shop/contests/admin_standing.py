"""Publishing a contest, taking it back, calling it off, deleting it; giving a prize to the next one drawn."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shop.contests import closing, service
from shop.contests.admin_contests import show_room
from shop.core.errors import DomainError, NotFound
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now, signer
from shop.web.pages import flash_message, see_other


@staff_only(Permission.MANAGE_PROMOTIONS)
def publish_contest(access: PageAccess, contest_id: int) -> Response:
    """Show a contest to everybody; what it lacks is told on its page."""
    refused = _act(access, contest_id, service.publish_contest, at="publication")
    if refused is not None:
        return refused
    flash_message(
        gettext("The contest is published."),
        undo=url_for("contest_admin.unpublish_contest", page_slug=access.page.slug, contest_id=contest_id),
    )
    return _back(access, contest_id)


@staff_only(Permission.MANAGE_PROMOTIONS)
def unpublish_contest(access: PageAccess, contest_id: int) -> Response:
    """Make a contest that nobody has entered a draft again."""
    refused = _act(access, contest_id, service.unpublish_contest, at="publication")
    if refused is not None:
        return refused
    flash_message(gettext("It is a draft again."))
    return _back(access, contest_id)


@staff_only(Permission.MANAGE_PROMOTIONS)
def cancel_contest(access: PageAccess, contest_id: int) -> Response:
    """Call a contest off, with the reason that everybody reads."""
    refused = _act(access, contest_id, service.cancel_contest, at="cancellation", reason=_reason())
    if refused is not None:
        return refused
    flash_message(gettext("The contest is cancelled, and everybody who entered is told why."))
    return _back(access, contest_id)


@staff_only(Permission.MANAGE_PROMOTIONS)
def delete_contest(access: PageAccess, contest_id: int) -> Response:
    """Put a draft away; it can be brought back at once."""
    refused = _act(access, contest_id, service.delete_contest, at="publication")
    if refused is not None:
        return refused
    flash_message(
        gettext("The draft is deleted."),
        undo=url_for("contest_admin.restore_contest", page_slug=access.page.slug, contest_id=contest_id),
    )
    return see_other("contest_admin.list_contests", page_slug=access.page.slug)


@staff_only(Permission.MANAGE_PROMOTIONS)
def restore_contest(access: PageAccess, contest_id: int) -> Response:
    """Bring a deleted draft back."""
    with database().transaction() as session:
        service.restore_contest(
            session, page_id=access.page.id, contest_id=contest_id, account_id=access.account_id, now=now()
        )
    flash_message(gettext("The draft is back."))
    return _back(access, contest_id)


@staff_only(Permission.MANAGE_PROMOTIONS)
def replace_winner(access: PageAccess, contest_id: int, rank: int) -> Response:
    """Give a winner's prize to the next one in the draw's order, with the reason that the winner reads."""
    refused = _act(
        access,
        contest_id,
        closing.replace_winner,
        at=f"winner-{rank}",
        rank=rank,
        reason=_reason(),
        signer=signer(),
    )
    if refused is not None:
        return refused
    flash_message(gettext("The next one in the draw’s order has the prize, and both are told."))
    return _back(access, contest_id)


def _act(
    access: PageAccess, contest_id: int, act: Callable[..., object], *, at: str, **values: Any
) -> Response | None:
    """Do ``act`` as who is signed in; return the room that says why it was refused at ``at``, None when it was done."""
    try:
        with database().transaction() as session:
            act(
                session, page_id=access.page.id, contest_id=contest_id, account_id=access.account_id, now=now(),
                **values,
            )  # fmt: skip
    except NotFound:
        raise
    except DomainError as error:
        return show_room(access, contest_id, error=error, at=at)
    return None


def _reason() -> str:
    return request.form.get("reason", "").replace("\x00", "")


def _back(access: PageAccess, contest_id: int) -> Response:
    return see_other("contest_admin.show_contest", page_slug=access.page.slug, contest_id=contest_id)
