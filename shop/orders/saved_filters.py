"""Named filters of the order list: one person's own, or all the staff's of a page."""

import datetime as dt

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.i18n import N_
from shop.orders.models import SavedFilter
from shop.page.audit import record_act

MAX_NAME = 40
MAX_SAVED = 30
"""So many of one kind (a person's own, the staff's) are tabs that one still finds."""


class TooManySaved(Conflict):
    """There are as many saved filters as fit."""

    code = "too_many_saved_filters"
    message = N_("There are 30 saved filters already. Delete one that you no longer need.")


def list_saved_filters(session: Session, *, page_id: int, account_id: int) -> list[SavedFilter]:
    """Return the filters that a member of staff sees on a page: their own and the staff's, oldest first."""
    statement = select(SavedFilter).where(*_seen_by(page_id, account_id), SavedFilter.deleted_at.is_(None))
    return list(session.scalars(statement.order_by(SavedFilter.id)))


def find_deleted_filter(
    session: Session, *, page_id: int, account_id: int, filter_id: int
) -> SavedFilter | None:
    """Return a filter that was deleted and can be brought back, or None."""
    statement = select(SavedFilter).where(
        *_seen_by(page_id, account_id), SavedFilter.id == filter_id, SavedFilter.deleted_at.is_not(None)
    )
    return session.scalars(statement).one_or_none()


def _seen_by(page_id: int, account_id: int) -> tuple[ColumnElement[bool], ...]:
    is_seen = or_(SavedFilter.account_id.is_(None), SavedFilter.account_id == account_id)
    return SavedFilter.page_id == page_id, is_seen


def _get(session: Session, page_id: int, account_id: int, filter_id: int) -> SavedFilter:
    statement = select(SavedFilter).where(*_seen_by(page_id, account_id), SavedFilter.id == filter_id)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_saved_filter(session: Session, *, page_id: int, account_id: int, filter_id: int) -> SavedFilter:
    """Return a filter that a member of staff sees, deleted or not, or raise NotFound."""
    return _get(session, page_id, account_id, filter_id)


def save_filter(
    session: Session, *, page_id: int, account_id: int, name: str, query: str, is_shared: bool, now: dt.datetime
) -> SavedFilter:  # fmt: skip
    """Keep a filter under a name, for all the page's staff or for one; Invalid for the name, TooManySaved."""
    seen = list_saved_filters(session, page_id=page_id, account_id=account_id)
    name = _checked_name(name, seen)
    owner = None if is_shared else account_id
    _check_number(owner, seen)
    found = SavedFilter(page_id=page_id, account_id=owner, name=name, query=query, created_at=now)
    session.add(found)
    session.flush()
    _record(session, found, account_id, "order_filter.saved", now, after={"name": name, "filter": query})
    return found


def rename_filter(
    session: Session, *, page_id: int, account_id: int, filter_id: int, name: str, now: dt.datetime
) -> SavedFilter:
    """Give a filter another name; NotFound, Invalid for the name."""
    found = _get(session, page_id, account_id, filter_id)
    seen = list_saved_filters(session, page_id=page_id, account_id=account_id)
    before, found.name = found.name, _checked_name(name, [one for one in seen if one.id != filter_id])
    session.flush()
    _record(
        session, found, account_id, "order_filter.renamed", now, before={"name": before}, after={"name": found.name}
    )  # fmt: skip
    return found


def delete_filter(
    session: Session, *, page_id: int, account_id: int, filter_id: int, now: dt.datetime
) -> SavedFilter:
    """Take a filter off the list; it can be brought back. NotFound."""
    found = _get(session, page_id, account_id, filter_id)
    if found.deleted_at is None:
        found.deleted_at = now
        session.flush()
        _record(session, found, account_id, "order_filter.deleted", now, before={"filter": found.query})
    return found


def restore_filter(
    session: Session, *, page_id: int, account_id: int, filter_id: int, now: dt.datetime
) -> SavedFilter:
    """Bring a deleted filter back; NotFound, Invalid when its name is taken by now, TooManySaved."""
    found = _get(session, page_id, account_id, filter_id)
    if found.deleted_at is not None:
        seen = list_saved_filters(session, page_id=page_id, account_id=account_id)
        _checked_name(found.name, seen)
        _check_number(found.account_id, seen)
        found.deleted_at = None
        session.flush()
        _record(session, found, account_id, "order_filter.restored", now, after={"filter": found.query})
    return found


def _check_number(owner: int | None, seen: list[SavedFilter]) -> None:
    if sum(one.account_id == owner for one in seen) >= MAX_SAVED:
        raise TooManySaved


def _checked_name(name: str, seen: list[SavedFilter]) -> str:
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise Invalid({"name": [N_("Give it a name of at most 40 characters.")]})
    if any(one.name.casefold() == name.casefold() for one in seen):
        raise Invalid({"name": [N_("There is a saved filter of this name already.")]})
    return name


def _record(
    session: Session, found: SavedFilter, account_id: int, act: str, now: dt.datetime,
    *, before: dict[str, str] | None = None, after: dict[str, str] | None = None,
) -> None:  # fmt: skip
    """Write what was done to a filter of all the staff; what a person does to their own is nobody's business."""
    if found.account_id is None:
        record_act(
            session, page_id=found.page_id, account_id=account_id, act=act, now=now, before=before, after=after,
            subject=("order_filter", str(found.id), found.name),
        )  # fmt: skip
