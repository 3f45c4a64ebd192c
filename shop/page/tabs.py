"""Which tabs a page shows beside its own: kept on the page's row, so that showing it asks nothing more."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.page.models import Page


def lock_tabs(session: Session, page_id: int) -> None:
    """Have nobody else show or hide tabs of a page until the transaction ends; before one looks what there is.

    Two at once would otherwise each not see what the other writes, and the later would hide the earlier's tab.
    """
    session.execute(update(Page).where(Page.id == page_id).values(has_coupons=Page.has_coupons))


def show_coupons_tab(session: Session, page_id: int, *, is_shown: bool) -> bool:
    """Show or hide the Coupons tab of a page, and return whether that is new; then its version is to be raised."""
    changed = session.scalar(
        update(Page)
        .where(Page.id == page_id, Page.has_coupons != is_shown)
        .values(has_coupons=is_shown)
        .returning(Page.id)
    )
    return changed is not None


def show_contests_tab(session: Session, page_id: int, *, is_shown: bool) -> None:
    """Show or hide the Contests tab of a page; the caller raises the page's version afterwards."""
    session.execute(
        update(Page).where(Page.id == page_id, Page.has_contests != is_shown).values(has_contests=is_shown)
    )
