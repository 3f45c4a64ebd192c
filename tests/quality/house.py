"""A page with fans who came one by one and, when asked, likes that were bought; written in bulk."""

import datetime as dt
from random import Random

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.profile_models import Profile
from shop.feed.models import Post, PostKind, PostStatus
from shop.page.models import Affinity, Follower, LikeSource, Page
from tests.factories import START, make_page

DAY = dt.timedelta(days=1)
OPENED = START - 120 * DAY


def make_old_page(session: Session, slug: str = "lumen") -> Page:
    """Add a page that has been open for 120 days, with a post of its first."""
    page = make_page(session, slug=slug, now=OPENED)
    session.add(
        Post(
            page_id=page.id, kind=PostKind.TEXT, status=PostStatus.PUBLISHED, body="Hello", created_at=OPENED,
            published_at=OPENED,
        )
    )  # fmt: skip
    session.flush()
    return page


def make_people(session: Session, number: int, *, stem: str) -> list[int]:
    """Add accounts with profiles; return their ids."""
    rows = [
        {"email": f"{stem}-{n}@example.com", "name": f"{stem.title()} {n}", "password_hash": "!", "language": "en",
         "created_at": OPENED}
        for n in range(number)
    ]  # fmt: skip
    ids = list(session.scalars(insert(Account).returning(Account.id), rows))
    session.execute(
        insert(Profile), [{"account_id": one, "handle": f"{stem}-{one}", "created_at": OPENED} for one in ids]
    )
    return ids


def like(
    session: Session, page: Page, likes: dict[int, dt.datetime], source: LikeSource = LikeSource.ORGANIC
) -> None:
    """Let accounts like a page at the given instants."""
    session.execute(
        insert(Follower),
        [
            {"page_id": page.id, "account_id": one, "source": source, "followed_at": at}
            for one, at in likes.items()
        ],
    )
    session.execute(
        update(Page).where(Page.id == page.id).values(follower_count=Page.follower_count + len(likes))
    )


def add_real(session: Session, page: Page, number: int, *, seed: int = 1) -> list[int]:
    """Add fans who looked first and came over 110 days; one in three takes part later."""
    dice = Random(seed)
    ids = make_people(session, number, stem=f"real{seed}")
    likes = {one: OPENED + dice.random() * 110 * DAY for one in ids}
    like(session, page, likes)
    session.execute(
        insert(Affinity),
        [
            {
                "account_id": one, "page_id": page.id, "level": 0.0, "first_view_at": at - DAY / 24,
                "last_view_at": at - DAY / 24, "last_interaction_at": at + 2 * DAY if one % 3 == 0 else at,
            }
            for one, at in likes.items()
        ],
    )  # fmt: skip
    return ids


def add_bought(session: Session, page: Page, number: int, *, at: dt.datetime = START - 60 * DAY) -> list[int]:
    """Add likes of accounts that never looked, all within six hours."""
    dice = Random(9)
    ids = make_people(session, number, stem="bought")
    like(session, page, {one: at + dice.random() * DAY / 4 for one in ids})
    return ids
