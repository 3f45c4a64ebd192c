"""Every SELECT over shares."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, text, true
from sqlalchemy.orm import Session, aliased

from shop.accounts.models import Account
from shop.accounts.profile_models import Profile
from shop.catalog.models import Product, ProductStatus
from shop.core.errors import NotFound
from shop.core.places import Place
from shop.feed.models import Post, Share, ShareAudience
from shop.feed.view_queries import VISIBLE_POST
from shop.page.models import Page
from shop.people.models import Friend, PersonFollow
from shop.people.queries import Person, select_people


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
    before: Place | None = None,
) -> list[ShareView]:
    """Return what a person shared, newest first: for followers, with the viewer, or all of it to themselves."""
    audience = or_(Share.audience == ShareAudience.FOLLOWERS, Share.recipient_id == viewer_id)
    own = true() if viewer_id == account_id else audience
    statement = _of_shown_things(_views().where(Share.account_id == account_id, own))
    if before is not None:
        at, last_id = before
        statement = statement.where(Share.at <= at, or_(Share.at < at, Share.id < last_id))
    rows = session.execute(statement.order_by(Share.at.desc(), Share.id.desc()).limit(limit))
    return [ShareView(*row) for row in rows]


def get_share_by_token(session: Session, token: str) -> ShareView:
    """Return the share of a link; NotFound when it was deleted or leads to nothing that is shown any more."""
    row = session.execute(_of_shown_things(_views().where(Share.token == token))).one_or_none()
    if row is None:
        raise NotFound
    return ShareView(*row)


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
