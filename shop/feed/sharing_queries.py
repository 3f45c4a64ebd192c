"""Every SELECT over shares."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, text, true
from sqlalchemy.orm import Session, aliased

from shop.accounts.models import Account
from shop.accounts.profile_models import Audience, Profile
from shop.catalog.models import Product, ProductStatus
from shop.core.errors import NotFound
from shop.feed.models import Post, Share, ShareAudience
from shop.feed.view_queries import VISIBLE_POST
from shop.page.models import Page
from shop.people.models import Friend, PersonFollow
from shop.people.queries import Person, select_people, unblocked

FEED_SPAN = dt.timedelta(days=30)
"""How far back one look for shares reaches: in the feed an older one would count next to nothing."""


@dataclass(frozen=True, slots=True)
class FeedShare:
    """A share that may stand in somebody's feed. Either ``post_id`` or ``product_id`` is None."""

    id: int
    at: dt.datetime
    account_id: int
    page_id: int
    post_id: int | None
    product_id: int | None
    level: float
    """The reader's affinity with who shared it, as ``page.affinity`` keeps levels; 0 is none."""


@dataclass(frozen=True, slots=True)
class ShareView:
    """A share with who made it and what it leads to, as templates take it."""

    id: int
    account_id: int
    who: str
    handle: str
    avatar: dict[str, Any] | None
    text: str
    at: dt.datetime
    audience: ShareAudience
    recipient_id: int | None
    recipient: str | None
    token: str
    page_id: int
    page_slug: str
    page_name: str
    currency: str
    post_id: int | None
    product_id: int | None
    product_slug: str | None

    @property
    def path(self) -> str:
        """The address of what is shared, without the language, with the mark that says where a click came from."""
        thing = f"posts/{self.post_id}" if self.post_id else f"shop/{self.product_slug}"
        return f"/p/{self.page_slug}/{thing}?from=share-{self.id}"


def list_shares_for_feed(
    session: Session,
    account_id: int,
    before: dt.datetime,
    limit: int,
    *,
    before_id: int | None = None,
    since: dt.datetime | None = None,
) -> list[FeedShare]:
    """Return shares to somebody, and by people whom they follow, from ``before`` back to ``since``; newest first.

    ``since`` is ``FEED_SPAN`` earlier unless given. With ``before_id`` the shares of the instant ``before``
    with a lower id come, too, so that a list goes on where it ended. Their own shares, those of blocked people
    and those of what is no longer shown are left out.
    """
    since = since or before - FEED_SPAN
    span = and_(Share.at >= since, _earlier(before, before_id), Share.deleted_at.is_(None))
    followed = (
        select(PersonFollow.person_id, PersonFollow.level)
        .where(PersonFollow.follower_id == account_id)
        .subquery()
    )
    from_followed = (
        _candidates(followed.c.level)
        .select_from(followed)
        .join(Share, Share.account_id == followed.c.person_id)
        .join(Profile, Profile.account_id == Share.account_id)
        .where(span, Share.audience == ShareAudience.FOLLOWERS, _is_shown_to(account_id))
    )
    to_me = (
        _candidates(func.coalesce(PersonFollow.level, 0.0))
        .outerjoin(
            PersonFollow,
            and_(PersonFollow.person_id == Share.account_id, PersonFollow.follower_id == account_id),
        )
        .where(span, Share.recipient_id == account_id)
    )
    found: list[FeedShare] = []
    for statement in (from_followed, to_me):
        rows = _of_shown_things(statement.where(unblocked(account_id, Share.account_id)))
        found += [
            FeedShare(*row)
            for row in session.execute(rows.order_by(Share.at.desc(), Share.id.desc()).limit(limit))
        ]
    return sorted(found, key=lambda share: (share.at, share.id), reverse=True)[:limit]


def _earlier(before: dt.datetime, before_id: int | None) -> ColumnElement[bool]:
    if before_id is None:
        return Share.at < before
    return and_(Share.at <= before, or_(Share.at < before, Share.id < before_id))


def _candidates(level: Any) -> Select[Any]:
    return select(Share.id, Share.at, Share.account_id, Share.page_id, Share.post_id, Share.product_id, level)


def _is_shown_to(account_id: int) -> ColumnElement[bool]:
    """Return the condition that the sharer's profile shows their shares to this follower."""
    friendship = exists().where(Friend.account_id == account_id, Friend.friend_id == Share.account_id)
    return or_(
        Profile.visibility == Audience.EVERYBODY,
        and_(Profile.visibility == Audience.FRIENDS, friendship.correlate_except(Friend)),
    )


def _of_shown_things(statement: Select[Any]) -> Select[Any]:
    """Keep the shares of posts and products that everybody may see."""
    shown_post = exists().where(Post.id == Share.post_id, text(VISIBLE_POST)).correlate_except(Post)
    shown_product = (
        exists()
        .where(Product.id == Share.product_id, Product.status == ProductStatus.PUBLISHED)
        .correlate_except(Product)
    )
    return statement.where(or_(shown_post, shown_product))


def load_shares(session: Session, ids: Collection[int]) -> dict[int, ShareView]:
    """Return shares by id that are not deleted and lead to something that everybody may see, in one statement."""
    if not ids:
        return {}
    rows = session.execute(_of_shown_things(_views().where(Share.id.in_(list(ids)))))
    return {row.id: ShareView(*row) for row in rows}


def _views() -> Select[Any]:
    recipient = aliased(Account)
    return (
        select(
            Share.id, Share.account_id, Account.name, Profile.handle, Profile.avatar, Share.text, Share.at,
            Share.audience, Share.recipient_id, recipient.name, Share.token, Share.page_id, Page.slug, Page.name,
            Page.currency, Share.post_id, Share.product_id, Product.slug,
        )
        .join(Account, Account.id == Share.account_id)
        .join(Profile, Profile.account_id == Share.account_id)
        .join(Page, Page.id == Share.page_id)
        .outerjoin(recipient, recipient.id == Share.recipient_id)
        .outerjoin(Product, Product.id == Share.product_id)
        .where(Share.deleted_at.is_(None))
    )  # fmt: skip


def list_shares_by(
    session: Session,
    account_id: int,
    *,
    viewer_id: int | None,
    limit: int,
    before: tuple[dt.datetime, int] | None = None,
) -> list[ShareView]:
    """Return what a person shared, newest first: for followers, with the viewer, or all of it to themselves."""
    audience = or_(Share.audience == ShareAudience.FOLLOWERS, Share.recipient_id == viewer_id)
    own = true() if viewer_id == account_id else audience
    statement = _of_shown_things(_views().where(Share.account_id == account_id, own))
    if before is not None:
        statement = statement.where(_earlier(*before))
    rows = session.execute(statement.order_by(Share.at.desc(), Share.id.desc()).limit(limit))
    return [ShareView(*row) for row in rows]


def get_share_by_token(session: Session, token: str) -> ShareView:
    """Return the share of a link; NotFound when it was deleted or leads to nothing that is shown any more."""
    row = session.execute(_of_shown_things(_views().where(Share.token == token))).one_or_none()
    if row is None:
        raise NotFound
    return ShareView(*row)


def is_share_of_page(session: Session, *, page_id: int, share_id: int) -> bool:
    """Tell whether a share is of something of this page, and not deleted."""
    statement = select(Share.id).where(
        Share.id == share_id, Share.page_id == page_id, Share.deleted_at.is_(None)
    )
    return session.scalar(statement) is not None


def list_close_friends(session: Session, account_id: int, *, limit: int) -> list[Person]:
    """Return the friends to whom somebody is closest, as they would pick one to share with."""
    statement = (
        select_people()
        .join(Friend, Friend.friend_id == Account.id)
        .outerjoin(
            PersonFollow,
            and_(PersonFollow.person_id == Friend.friend_id, PersonFollow.follower_id == account_id),
        )
        .where(Friend.account_id == account_id)
        .order_by(func.coalesce(PersonFollow.level, 0.0).desc(), Account.name, Account.id)
        .limit(limit)
    )
    return list(session.execute(statement))
