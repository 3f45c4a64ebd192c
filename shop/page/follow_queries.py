"""How many pages somebody follows."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.page.models import Follower


def lock_account(session: Session, account_id: int) -> None:
    """Make other likes of this account wait until this transaction ends; what only refers to it does not wait."""
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))


def count_followed_pages(session: Session, account_id: int, *, most: int) -> int:
    """Return how many pages an account likes, ``most`` at most: no more are counted."""
    liked = select(Follower.id).where(Follower.account_id == account_id).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(liked)) or 0
