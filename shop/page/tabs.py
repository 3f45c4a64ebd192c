"""Which tabs a page shows beside its own: kept on the page's row, so that showing it asks nothing more."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.page.models import Page


def show_coupons_tab(session: Session, page_id: int, *, is_shown: bool) -> None:
    """Show or hide the Coupons tab of a page; the caller raises the page's version afterwards."""
    session.execute(
        update(Page).where(Page.id == page_id, Page.has_coupons != is_shown).values(has_coupons=is_shown)
    )


def show_contests_tab(session: Session, page_id: int, *, is_shown: bool) -> None:
    """Show or hide the Contests tab of a page; the caller raises the page's version afterwards."""
    session.execute(
        update(Page).where(Page.id == page_id, Page.has_contests != is_shown).values(has_contests=is_shown)
    )
