"""``/test-mode/mail``: the mails that were sent, as their readers see them."""

from flask import Response, url_for
from flask_babel import gettext as _

from shop.accounts.service import CHANGED_MAIL, RESET_MAIL
from shop.core.errors import NotFound
from shop.core.mail import Mail, SendingState, list_newest_sendings
from shop.notifications.digests import DIGEST_MAIL
from shop.orders.event_texts import mail_kind_text
from shop.page.inviting import INVITATION_MAIL
from shop.test_mode.base import blueprint, show
from shop.web.context import database

MAILS = 100
# Mails carry inlined styles and nothing else that runs; they are shown in a frame of our own.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"


@blueprint.get("/test-mode/mail")
def show_mails() -> Response:
    """Show the mails that were sent, newest first."""
    with database().reading() as session:
        sendings = list_newest_sendings(session, limit=MAILS)
    is_polled = any(sending.state is SendingState.WAITING for sending in sendings)
    return show("rooms/mails.html", sendings=sendings, is_polled=is_polled, kind_text=_kind_text)


@blueprint.get("/test-mode/mail/<int:mail_id>")
def show_mail(mail_id: int) -> Response:
    """Show one mail as its reader sees it, and its text."""
    mail = _find(mail_id)
    return show("rooms/mail.html", mail=mail, frame_url=url_for("rooms.show_mail_body", mail_id=mail.id))


@blueprint.get("/test-mode/mail/<int:mail_id>/body")
def show_mail_body(mail_id: int) -> Response:
    """Answer the mail's HTML alone, for the frame."""
    response = Response(_find(mail_id).html_body or "", mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _kind_text(kind: str) -> str:
    """Return what a mail that is not written out yet is about."""
    others = {
        RESET_MAIL: _("Choose a new password"),
        CHANGED_MAIL: _("Password changed"),
        INVITATION_MAIL: _("Invitation to work on a page"),
        DIGEST_MAIL: _("What is new and unread"),
    }
    return others.get(kind) or mail_kind_text(kind)


def _find(mail_id: int) -> Mail:
    with database().reading() as session:
        mail = session.get(Mail, mail_id)
    if mail is None:
        raise NotFound
    return mail
