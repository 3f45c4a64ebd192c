"""Every SELECT of the import of followers."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.core.errors import NotFound
from shop.page.models import Follower
from shop.quality.models import FollowerImport


def list_following(session: Session, page_id: int, emails: Collection[str]) -> list[str]:
    """Return those of the addresses whose accounts follow the page."""
    statement = (
        select(Account.email)
        .join(Follower, Follower.account_id == Account.id)
        .where(Follower.page_id == page_id, Account.email.in_(list(emails)))
    )
    return list(session.scalars(statement))


def list_imports(session: Session, page_id: int, *, before: int | None, limit: int) -> list[FollowerImport]:
    """Return a page's imports, the newest first."""
    statement = select(FollowerImport).where(FollowerImport.page_id == page_id)
    if before is not None:
        statement = statement.where(FollowerImport.id < before)
    return list(session.scalars(statement.order_by(FollowerImport.id.desc()).limit(limit)))


def get_import(session: Session, page_id: int, import_id: int, *, for_update: bool = False) -> FollowerImport:
    """Return one import of a page; NotFound when there is none."""
    statement = select(FollowerImport).where(
        FollowerImport.page_id == page_id, FollowerImport.id == import_id
    )
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def find_import(session: Session, import_id: int) -> FollowerImport | None:
    """Return an import, locked until the transaction ends, or None when its page is gone."""
    statement = select(FollowerImport).where(FollowerImport.id == import_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
