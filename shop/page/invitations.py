"""An invitation's own address: what it offers, and taking it up. Its token is a secret of a mailbox."""

from http import HTTPStatus

from flask import Response
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import current_account_id, required_account_id, viewer
from shop.accounts.queries import get_account
from shop.core.signing import BadLink
from shop.page.days import zone_name
from shop.page.invitation_queries import InvitationState, find_invitation, state_of
from shop.page.inviting import InvitationClosed, OtherAddress, accept, read_invitation_token
from shop.page.labels import role_meaning, role_name
from shop.page.queries import find_role
from shop.web.context import database, now, signer
from shop.web.limits import limiter
from shop.web.pages import flash_message, render, see_other
from shop.web.zone import set_zone

LOOKS = "60/minute"
STATUSES = {
    InvitationState.OPEN: HTTPStatus.OK,
    InvitationState.ACCEPTED: HTTPStatus.OK,
    InvitationState.EXPIRED: HTTPStatus.GONE,
    InvitationState.WITHDRAWN: HTTPStatus.GONE,
}


@limiter.limit(LOOKS)
def show_invitation(token: str) -> BaseResponse:
    """Show what an invitation offers and the next step for whoever looks, or kindly that it is over."""
    try:
        invitation_id = read_invitation_token(signer(), token)
    except BadLink:
        return _private(render("page/invitation.html", status=BadLink.status, state="unknown"))
    account_id = current_account_id()
    with database().reading() as session:
        found = find_invitation(session, invitation_id)
        role = find_role(session, found[1].id, account_id) if found else None
    if found is None:
        return _private(render("page/invitation.html", status=BadLink.status, state="unknown"))
    invitation, page, inviter = found
    set_zone(zone_name(page.country))
    state = state_of(invitation, now())
    return _private(
        render(
            "page/invitation.html",
            status=STATUSES[state],
            state=state.value,
            invitation=invitation,
            page=page,
            inviter=inviter or page.name,
            role_name=role_name(invitation.role),
            role_meaning=role_meaning(invitation.role),
            present_role=role_name(role) if role else None,
            is_addressee=viewer().email == invitation.email,
            token=token,
        )
    )


@limiter.limit(LOOKS)
def create_membership(token: str) -> BaseResponse:
    """Take an invitation up; whoever may not is led back to its page, which says why."""
    invitation_id = read_invitation_token(signer(), token)
    back = see_other("page.show_invitation", token=token)
    if current_account_id() is None:
        return back
    with database().reading() as session:
        found = find_invitation(session, invitation_id)
        account = get_account(session, required_account_id())
    if found is None:
        raise BadLink
    page = found[1]
    try:
        with database().transaction() as session:
            member = accept(session, page_id=page.id, invitation_id=invitation_id, account=account, now=now())
    except (InvitationClosed, OtherAddress):
        return back
    flash_message(
        _("Welcome: you work on %(page)s now, as %(role)s.", page=page.name, role=role_name(member.role))
    )
    return see_other("insights.show_today", page_slug=page.slug)


def _private(response: Response) -> BaseResponse:
    # As with a reset link: the address must not travel to others nor stay in a shared cache.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response
