"""Changes of a page's staff; a page always keeps an owner."""

import datetime as dt

from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.queries import find_account_by_email, get_account
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.i18n import N_
from shop.page.audit import record_act
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


def restore_staff(
    session: Session, *, page_id: int, account: Account, role: Role, actor_id: int | None, now: dt.datetime
) -> StaffMember:
    """Give somebody who was removed their role back; who was added again in the meantime keeps what they have."""
    lock_page(session, page_id)
    member = find_member(session, page_id, account.id)
    if member is None:
        member = StaffMember(page_id=page_id, account_id=account.id, role=role, created_at=now)
        session.add(member)
        session.flush()
        _record(session, member, "staff.restored", actor_id, now, after=role)
    return member


def change_role(
    session: Session, *, page_id: int, account_id: int, role: Role, actor_id: int | None, now: dt.datetime
) -> None:
    """Give a member of staff another role; LastOwner, or NotFound."""
    member = _locked(session, page_id=page_id, account_id=account_id)
    if member.role is Role.OWNER and role is not Role.OWNER:
        _keep_an_owner(session, page_id)
    before, member.role = member.role, role
    session.flush()
    _record(session, member, "staff.role_changed", actor_id, now, before=before, after=role)


def remove_staff(
    session: Session, *, page_id: int, account_id: int, actor_id: int | None, now: dt.datetime
) -> Role:
    """Take a member of staff off the page and return the role that they had; LastOwner, or NotFound."""
    member = _locked(session, page_id=page_id, account_id=account_id)
    if member.role is Role.OWNER:
        _keep_an_owner(session, page_id)
    role = member.role
    _record(session, member, "staff.removed", actor_id, now, before=role)
    session.delete(member)
    session.flush()
    return role


def _record(
    session: Session, member: StaffMember, act: str, actor_id: int | None, now: dt.datetime,
    *, before: Role | None = None, after: Role | None = None,
) -> None:  # fmt: skip
    account = get_account(session, member.account_id)
    record_act(
        session, page_id=member.page_id, account_id=actor_id, act=act,
        subject=("staff", account.email, account.name),
        before={"role": before.value} if before else None, after={"role": after.value} if after else None,
        now=now,
    )  # fmt: skip


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
