"""What the digest says."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import ngettext
from sqlalchemy.orm import Session

from shop.accounts.queries import get_account
from shop.core.mail import Mail
from shop.notifications import texts
from shop.notifications.digests import DIGEST_MAIL, MAX_LISTED, list_digest
from shop.notifications.models import Notification
from shop.notifications.mornings import zone_of
from shop.notifications.preferring import Stopping, stopping_token
from shop.notifications.settings import DEFAULTS
from shop.web.context import signer
from shop.web.mailing import MailContent
from shop.web.zone import set_zone


def render_digest(session: Session, mail: Mail) -> MailContent:
    """Tell what is new and unread, by kind, with a link that stops it for each kind and for all."""
    account = get_account(session, mail.context["account_id"])
    rows = list_digest(session, mail)
    set_zone(zone_of(account.language))
    at_once = url_for(
        "unsubscribing_at_once.stop", token=stopping_token(signer(), Stopping(account.id)), _external=True
    )
    context = {
        "name": account.name,
        "groups": _groups(account.id, rows[:MAX_LISTED]),
        "more": max(0, len(rows) - MAX_LISTED),
        "list_link": url_for("notifications.list_mine", _external=True),
        "settings_link": url_for("notifications.show_settings", _external=True),
        "stop_link": _stop_link(Stopping(account.id)),
        "texts": texts,
    }
    # https://www.rfc-editor.org/rfc/rfc8058: the reader's mail program posts there, without asking or signing in.
    headers = {"List-Unsubscribe": f"<{at_once}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return MailContent(_title(rows), DIGEST_MAIL, context, headers)


def _title(rows: list[Notification]) -> str:
    if len(rows) == 1:
        return texts.sentence(rows[0])
    return str(ngettext("%(num)s thing is new for you", "%(num)s things are new for you", len(rows)))


def _groups(account_id: int, rows: list[Notification]) -> list[dict[str, Any]]:
    return [
        {
            "name": texts.kind_name(kind),
            "rows": [
                (row, url_for("notifications.open_one", notification_id=row.id, _external=True))
                for row in rows
                if row.kind is kind
            ],
            "stop_link": _stop_link(Stopping(account_id, kind)),
        }
        for kind in DEFAULTS
        if any(row.kind is kind for row in rows)
    ]


def _stop_link(stopping: Stopping) -> str:
    return url_for("unsubscribing.show", token=stopping_token(signer(), stopping), _external=True)


RENDERERS: dict[str, Callable[[Session, Mail], MailContent]] = {DIGEST_MAIL: render_digest}
