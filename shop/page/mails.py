"""What the mails of a page's staff say."""

from collections.abc import Callable

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.errors import NotFound
from shop.core.mail import Mail
from shop.page.days import zone_name
from shop.page.invitation_queries import find_invitation
from shop.page.inviting import INVITATION_MAIL, invitation_token
from shop.page.labels import role_meaning, role_name
from shop.web.context import signer
from shop.web.mailing import MailContent
from shop.web.zone import set_zone


def render_invitation(session: Session, mail: Mail) -> MailContent:
    """Invite to work on a page; the link is made now, so that the database keeps no secret beforehand."""
    found = find_invitation(session, mail.context["invitation_id"])
    if found is None:
        raise NotFound
    invitation, page, inviter = found
    set_zone(zone_name(page.country))
    context = {
        "page": page.name,
        "inviter": inviter or page.name,
        "role": role_name(invitation.role),
        "meaning": role_meaning(invitation.role),
        "expires_at": invitation.expires_at,
        "link": url_for(
            "page.show_invitation", token=invitation_token(signer(), invitation.id), _external=True
        ),
    }
    return MailContent(_("Work on %(page)s with us", page=page.name), INVITATION_MAIL, context)


RENDERERS: dict[str, Callable[[Session, Mail], MailContent]] = {INVITATION_MAIL: render_invitation}
