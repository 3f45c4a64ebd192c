"""Every SELECT over invitations to like a page and over whom they met."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from shop.like_invitations.models import Arm, InvitedVisitor, LikeInvitation
from shop.page.models import LikeEvent, Page


@dataclass(frozen=True)
class ArmFigures:
    """What became of one group; ``paid_amount`` is in minor units of the page's currency, before refunds."""

    arm: Arm
    visitors: int = 0
    shown: int = 0
    skipped: int = 0
    likes: int = 0
    """Visitors who came to like the page, however they did."""
    buyers: int = 0
    """Visitors who paid an order that they placed afterwards."""
    orders: int = 0
    paid_amount: int = 0


def find_invitation(session: Session, page_id: int) -> LikeInvitation | None:
    """Return a page's invitation, on or off, or None when it never had one."""
    return session.get(LikeInvitation, page_id)


def find_open_invitation(session: Session, page_slug: str) -> tuple[Page, LikeInvitation] | None:
    """Return the page at an address with its invitation if that is on, or None."""
    statement = (
        select(Page, LikeInvitation)
        .join(LikeInvitation, LikeInvitation.page_id == Page.id)
        .where(Page.slug == page_slug, LikeInvitation.is_on)
    )
    row = session.execute(statement).one_or_none()
    return (row[0], row[1]) if row else None


def list_visitor_rows(
    session: Session, *, page_id: int, visitor_key: str, account_id: int | None
) -> Sequence[InvitedVisitor]:
    """Return the row of a visitor, of an account also those that it had as a guest, the first that there was first."""
    is_theirs = InvitedVisitor.visitor_key == visitor_key
    if account_id is not None:
        is_theirs = or_(is_theirs, InvitedVisitor.account_id == account_id)
    statement = (
        select(InvitedVisitor)
        .where(InvitedVisitor.page_id == page_id, is_theirs)
        .order_by(InvitedVisitor.first_at, InvitedVisitor.visitor_key)
    )
    return session.scalars(statement).all()


def count_arms(session: Session, *, page_id: int, since: dt.datetime) -> dict[Arm, ArmFigures]:
    """Return what became of each group's visitors who first came at ``since`` or later; one statement."""
    came_to_like = and_(
        InvitedVisitor.account_id.is_not(None),
        exists().where(
            LikeEvent.account_id == InvitedVisitor.account_id,
            LikeEvent.page_id == InvitedVisitor.page_id,
            LikeEvent.is_gain,
            LikeEvent.at >= InvitedVisitor.first_at,
        ),
    )
    statement = (
        select(
            InvitedVisitor.arm,
            func.count(),
            func.count(InvitedVisitor.shown_at),
            func.count(InvitedVisitor.skipped_at),
            func.count(case((came_to_like, 1))),
            func.count(InvitedVisitor.ordered_at),
            func.coalesce(func.sum(InvitedVisitor.order_count), 0),
            func.coalesce(func.sum(InvitedVisitor.paid_amount), 0),
        )
        .where(InvitedVisitor.page_id == page_id, InvitedVisitor.first_at >= since)
        .group_by(InvitedVisitor.arm)
    )
    found = {
        row[0]: ArmFigures(row[0], *(int(value) for value in row[1:])) for row in session.execute(statement)
    }
    return {arm: found.get(arm, ArmFigures(arm)) for arm in Arm}
