"""What the simulation reads of the house's tables."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.quality.models import FanScore


def list_flagged(session: Session, page_id: int) -> set[int]:
    """Return the accounts whose like of a page the last look flagged."""
    flagged = FanScore.page_id == page_id, FanScore.is_flagged.is_(True)
    return set(session.scalars(select(FanScore.account_id).where(*flagged)))
