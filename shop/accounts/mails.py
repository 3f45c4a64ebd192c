"""What the accounts' mails say."""

from collections.abc import Callable

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.service import reset_token
from shop.core.mail import Mail
from shop.web.context import signer
from shop.web.mailing import MailContent


def render_password_reset(session: Session, mail: Mail) -> MailContent:
    """Say how to choose a new password; the link is made now, so that the database keeps no secret."""
    account = session.get_one(Account, mail.context["account_id"])
    link = url_for("accounts.show_reset", token=reset_token(signer(), account), _external=True)
    return MailContent(_("Choose a new password"), "password_reset", {"name": account.name, "link": link})


RENDERERS: dict[str, Callable[[Session, Mail], MailContent]] = {"password_reset": render_password_reset}
