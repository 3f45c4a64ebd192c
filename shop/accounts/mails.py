"""What the accounts' mails say."""

from collections.abc import Callable

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.accounts.queries import get_account
from shop.accounts.service import CHANGED_MAIL, RESET_MAIL, reset_token
from shop.core.mail import Mail
from shop.web.context import signer
from shop.web.mailing import MailContent


def render_password_reset(session: Session, mail: Mail) -> MailContent:
    """Say how to choose a new password; the link is made now, so that the database keeps no secret."""
    account = get_account(session, mail.context["account_id"])
    link = url_for("accounts.show_reset", token=reset_token(signer(), account), _external=True)
    return MailContent(_("Choose a new password"), RESET_MAIL, {"name": account.name, "link": link})


def render_password_changed(session: Session, mail: Mail) -> MailContent:
    """Tell the owner that the password was changed, and what to do if it was not them."""
    account = get_account(session, mail.context["account_id"])
    link = url_for("accounts.show_reset_request", _external=True)
    return MailContent(_("Your password was changed"), CHANGED_MAIL, {"name": account.name, "link": link})


RENDERERS: dict[str, Callable[[Session, Mail], MailContent]] = {
    RESET_MAIL: render_password_reset,
    CHANGED_MAIL: render_password_changed,
}
