"""Changes of a page's staff; a page always keeps an owner."""

import datetime as dt

from sqlalchemy.orm import Session

from shop.accounts.queries import find_account_by_email
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.i18n import N_
from shop.page.models import Role, StaffMember
from shop.page.queries import count_owners, find_member, lock_page


class LastOwner(Conflict):
    """The page would be left without an owner."""

    code = "last_owner"
    message = N_("A page needs an owner: make somebody else one first.")


def add_staff(session: Session, *, page_id: int, email: str, role: Role, now: dt.datetime) -> StaffMember:
    """Give the account with this e-mail address a role; Invalid when there is none or it has one."""
    account = find_account_by_email(session, email)
    if account is None:
        raise Invalid({"email": [N_("Nobody has an account with this address. Ask them to sign up first.")]})
    lock_page(session, page_id)
    if find_member(session, page_id, account.id) is not None:
        raise Invalid({"email": [N_("This person works on the page already.")]})
    member = StaffMember(page_id=page_id, account_id=account.id, role=role, created_at=now)
    session.add(member)
    session.flush()
    return member


def change_role(session: Session, *, page_id: int, account_id: int, role: Role) -> None:
    """Give a member of staff another role; LastOwner, or NotFound."""
    member = _locked(session, page_id=page_id, account_id=account_id)
    if member.role is Role.OWNER and role is not Role.OWNER:
        _keep_an_owner(session, page_id)
    member.role = role
    session.flush()


def remove_staff(session: Session, *, page_id: int, account_id: int) -> Role:
    """Take a member of staff off the page and return the role that they had; LastOwner, or NotFound."""
    member = _locked(session, page_id=page_id, account_id=account_id)
    if member.role is Role.OWNER:
        _keep_an_owner(session, page_id)
    role = member.role
    session.delete(member)
    session.flush()
    return role


def _locked(session: Session, *, page_id: int, account_id: int) -> StaffMember:
    # The page's row is the lock: two owners who remove each other at once take turns.
    lock_page(session, page_id)
    member = find_member(session, page_id, account_id)
    if member is None:
        raise NotFound
    return member


def _keep_an_owner(session: Session, page_id: int) -> None:
    if count_owners(session, page_id) < 2:  # noqa: PLR2004 - the one who goes and one who stays
        raise LastOwner
