"""Mails stopped by a link of their own, without signing in: the signed token is the authority."""

from typing import TypeVar

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.queries import get_account
from shop.notifications import texts
from shop.notifications.preferring import (
    Stopping,
    is_mailed,
    read_stopping,
    read_undo,
    resume_mails,
    stop_mails,
    undo_token,
)
from shop.notifications.queries import load_settings
from shop.web.context import database, now, signer
from shop.web.limits import limiter
from shop.web.pages import flash_message, render, see_other

R = TypeVar("R", bound=BaseResponse)

blueprint = Blueprint("unsubscribing", __name__)
at_once = Blueprint("unsubscribing_at_once", __name__)
"""What mail programs post to by themselves (RFC 8058): no cookies, no origin, no language."""

BY_ADDRESS = "600/minute"
"""A mail provider's servers unsubscribe for all of its users from a few addresses."""


@blueprint.get("/unsubscribe/<token>")
def show(token: str) -> Response:
    """Show what the link stops and a button, or that it is stopped and a way back."""
    stopping = read_stopping(signer(), token)
    with database().reading() as session:
        email = get_account(session, stopping.account_id).email
        settings = load_settings(session, stopping.account_id)
    before = request.args.get("before", "")
    if before:
        read_undo(signer(), before, account_id=stopping.account_id)
    response = render(
        "notifications/unsubscribe.html", token=token, before=before, email=_masked(email), stopping=stopping,
        is_on=is_mailed(settings, stopping.kinds), texts=texts,
    )  # fmt: skip
    return _secret(response)


@blueprint.post("/unsubscribe/<token>")
@limiter.limit(BY_ADDRESS)
def create_stop(token: str) -> BaseResponse:
    """Stop the mails, and show a way back."""
    stopping = read_stopping(signer(), token)
    with database().transaction() as session:
        paces = _stop(session, stopping)
    return _secret(see_other("unsubscribing.show", token=token, before=paces))


@blueprint.post("/unsubscribe/<token>/removal")
@limiter.limit(BY_ADDRESS)
def delete_stop(token: str) -> BaseResponse:
    """Bring the mails back that were stopped, as often as they came."""
    stopping = read_stopping(signer(), token)
    paces = read_undo(signer(), request.form.get("before", ""), account_id=stopping.account_id)
    with database().transaction() as session:
        get_account(session, stopping.account_id)
        resume_mails(session, account_id=stopping.account_id, paces=paces, now=now())
    flash_message(_("These mails come again."))
    return _secret(see_other("unsubscribing.show", token=token))


@at_once.get("/unsubscribe/<token>")
def go_to_page(token: str) -> BaseResponse:
    """Send whoever opens the header's address in a browser to the page with the button."""
    response = see_other("unsubscribing.show", token=token)
    response.status_code = 302
    return _secret(response)


@at_once.post("/unsubscribe/<token>")
@limiter.limit(BY_ADDRESS)
def stop(token: str) -> Response:
    """Stop the mails at once and answer 200, as RFC 8058 has it: no redirect, nothing to confirm."""
    with database().transaction() as session:
        _stop(session, read_stopping(signer(), token))
    return Response(f"{_('You get no more of these mails.')}\n", mimetype="text/plain")


def _stop(session: Session, stopping: Stopping) -> str:
    """Stop the mails; return what brings them back."""
    get_account(session, stopping.account_id)
    paces = stop_mails(session, account_id=stopping.account_id, kinds=stopping.kinds, now=now())
    return undo_token(signer(), stopping.account_id, paces)


def _masked(email: str) -> str:
    """Return an address as its owner recognises it, and whoever the mail was passed on to does not."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"


def _secret(response: R) -> R:
    # The address of this page is a key to the settings: it must not travel to others nor stay in a cache.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response
