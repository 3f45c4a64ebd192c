"""Every SELECT over the audit log. Each stays quick however long the log is: an index holds what is asked for."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shop.accounts.models import Account
from shop.page.models import AuditEntry

PART = 40
SLACK = dt.timedelta(minutes=5)
"""Numbers are given as transactions write, instants as they began: so far apart may the two orders be."""


@dataclass(frozen=True)
class AuditFilter:
    """What is to be shown of a page's log; instants from ``since`` and before ``until``, all that is None passes."""

    account_id: int | None = None
    kind: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True)
class AuditPart:
    """Some entries, newest first, each with the name of who acted; the id that the next part begins before."""

    rows: Sequence[Row[AuditEntry, str | None]]
    before_id: int | None


def list_acts(
    session: Session, page_id: int, wanted: AuditFilter, *, before_id: int | None = None, limit: int = PART
) -> AuditPart:
    """Return what passes ``wanted``, newest first, in one statement."""
    statement = (
        select(AuditEntry, Account.name)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .where(AuditEntry.page_id == page_id, *_conditions(page_id, wanted))
        .order_by(AuditEntry.id.desc())
        .limit(limit + 1)
    )
    if before_id is not None:
        statement = statement.where(AuditEntry.id < before_id)
    rows = list(session.execute(statement))
    is_more = len(rows) > limit
    return AuditPart(rows[:limit], rows[limit - 1][0].id if is_more else None)


def _conditions(page_id: int, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    found = []
    if wanted.account_id is not None:
        found.append(AuditEntry.account_id == wanted.account_id)
    if wanted.kind is not None:
        found.append(AuditEntry.subject_kind == wanted.kind)
    # Days become numbers, so that the log is read from the right place on and not from its end.
    near = select(AuditEntry.id).where(AuditEntry.page_id == page_id).correlate(None).limit(1)
    if wanted.since is not None:
        last = near.where(AuditEntry.at < wanted.since - SLACK).order_by(AuditEntry.at.desc())
        found += [AuditEntry.at >= wanted.since, AuditEntry.id > func.coalesce(last.scalar_subquery(), 0)]
    if wanted.until is not None:
        first = near.where(AuditEntry.at >= wanted.until + SLACK).order_by(AuditEntry.at)
        found += [
            AuditEntry.at < wanted.until,
            AuditEntry.id < func.coalesce(first.scalar_subquery(), 2**63 - 1),
        ]
    return found


def list_actors(session: Session, page_id: int) -> list[tuple[int, str]]:
    """Return (account id, name) of all who ever acted on the page, by name."""
    ids = _distinct(session, page_id, AuditEntry.account_id)
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)).order_by(Account.name))
    return [(account_id, name) for account_id, name in rows]


def list_kinds(session: Session, page_id: int) -> list[str]:
    """Return the kinds of things that were ever acted on."""
    return [str(kind) for kind in _distinct(session, page_id, AuditEntry.subject_kind)]


def _distinct(
    session: Session, page_id: int, column: InstrumentedAttribute[int | None] | InstrumentedAttribute[str]
) -> list[int | str]:
    """Return the different values of ``column``, stepping over the index from one to the next.

    DISTINCT would read every entry of the page.
    """
    least = select(func.min(column)).where(AuditEntry.page_id == page_id)
    found = select(least.scalar_subquery().label("value")).cte("found", recursive=True)
    following = least.where(column > found.c.value).correlate(found).scalar_subquery()
    found = found.union_all(select(following).where(found.c.value.is_not(None)))
    return list(session.scalars(select(found.c.value).where(found.c.value.is_not(None))))


def list_edits(
    session: Session, page_id: int, *, act: str, limit: int
) -> Sequence[Row[AuditEntry, str | None]]:
    """Return the newest ``limit`` entries of an act on the page itself, newest first, with who acted."""
    statement = (
        select(AuditEntry, Account.name)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .where(AuditEntry.page_id == page_id, AuditEntry.subject_kind == "page", AuditEntry.act == act)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return list(session.execute(statement))
