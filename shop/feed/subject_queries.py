"""What can be reported, as moderation takes it: plain values, and only of things that the reporter sees."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.profile_models import Audience, Profile
from shop.catalog.models import Product
from shop.core.errors import NotFound
from shop.feed.marking import plain
from shop.feed.models import Comment, Post, PostStatus, Share, ShareAudience
from shop.feed.talk_queries import Reader, is_visible
from shop.moderation.models import SubjectKind
from shop.moderation.service import EXCERPT_LENGTH, Subject
from shop.page.models import Page
from shop.people.models import Friend
from shop.people.queries import has_blocked, unblocked

MAX_ID = 2**63 - 1


@dataclass(frozen=True)
class Reportable:
    """A thing with what its report form shows of it."""

    subject: Subject
    who: str
    """Who wrote it, or what the person or page is called."""


def get_reportable(session: Session, *, kind: SubjectKind, subject_id: int, account_id: int) -> Reportable:
    """Return a thing that the account sees; NotFound for any other."""
    if not 0 < subject_id <= MAX_ID:
        raise NotFound
    find = {
        SubjectKind.POST: _find_post,
        SubjectKind.COMMENT: _find_comment,
        SubjectKind.SHARE: _find_share,
        SubjectKind.PERSON: _find_person,
        SubjectKind.PAGE: _find_page,
    }[kind]
    found = find(session, subject_id, account_id)
    if found is None:
        raise NotFound
    return found


def _is_shown() -> ColumnElement[bool]:
    return and_(Post.status == PostStatus.PUBLISHED, Post.deleted_at.is_(None))


def _find_post(session: Session, post_id: int, _account_id: int) -> Reportable | None:
    statement = select(Post, Page.slug, Page.name).join(Page, Page.id == Post.page_id)
    row = session.execute(statement.where(Post.id == post_id, _is_shown())).one_or_none()
    if row is None:
        return None
    post, slug, name = row
    text = plain(post.body, EXCERPT_LENGTH) or post.link_title
    return Reportable(
        Subject(SubjectKind.POST, post.id, None, None, text, f"/p/{slug}/posts/{post.id}"), name
    )


def _find_comment(session: Session, comment_id: int, account_id: int) -> Reportable | None:
    statement = (
        select(Comment, Post.page_id, Page.slug, Page.name, Account.name)
        .join(Post, Post.id == Comment.post_id)
        .join(Page, Page.id == Post.page_id)
        .outerjoin(Account, Account.id == Comment.account_id)
        .where(Comment.id == comment_id, _is_shown(), is_visible(Reader(account_id)))
    )
    row: Any = session.execute(statement).one_or_none()
    if row is None:
        return None
    comment, page_id, slug, page_name, name = row
    # The page's own words are for the house: its moderators would judge themselves.
    house = comment.is_page
    subject = Subject(
        SubjectKind.COMMENT, comment.id, None if house else page_id, None if house else comment.account_id,
        comment.body, f"/p/{slug}/posts/{comment.post_id}?comment={comment.id}#comment-{comment.id}",
    )  # fmt: skip
    return Reportable(subject, page_name if house else name or "")


def _find_share(session: Session, share_id: int, account_id: int) -> Reportable | None:
    statement = (
        select(Share, Account.name, Page.slug, Product.slug)
        .join(Account, Account.id == Share.account_id)
        .join(Profile, Profile.account_id == Share.account_id)
        .join(Page, Page.id == Share.page_id)
        .outerjoin(Product, Product.id == Share.product_id)
        .where(Share.id == share_id, Share.deleted_at.is_(None), unblocked(account_id, Share.account_id))
        .where(
            or_(
                Share.recipient_id == account_id,
                and_(Share.audience == ShareAudience.FOLLOWERS, _is_open(account_id)),
            )
        )
    )
    row: Any = session.execute(statement).one_or_none()
    if row is None:
        return None
    share, name, slug, product_slug = row
    path = f"/p/{slug}/posts/{share.post_id}" if share.post_id else f"/p/{slug}/shop/{product_slug}"
    subject = Subject(SubjectKind.SHARE, share.id, share.page_id, share.account_id, share.text, path)
    return Reportable(subject, name)


def _is_open(account_id: int) -> ColumnElement[bool]:
    """Return the condition that the account sees more of a profile than its name."""
    is_friend = (
        select(Friend.account_id)
        .where(Friend.account_id == account_id, Friend.friend_id == Profile.account_id)
        .exists()
    )
    return or_(
        Profile.account_id == account_id,
        Profile.visibility == Audience.EVERYBODY,
        and_(Profile.visibility == Audience.FRIENDS, is_friend),
    )


def _find_person(session: Session, person_id: int, account_id: int) -> Reportable | None:
    statement = select(Account.name, Profile.handle, Profile.bio, _is_open(account_id)).join(
        Profile, Profile.account_id == Account.id
    )
    row = session.execute(statement.where(Account.id == person_id)).one_or_none()
    if row is None or has_blocked(session, person_id, account_id):
        return None
    name, handle, bio, is_open = row
    text = f"{name}\n{bio}".strip() if is_open else name
    return Reportable(
        Subject(SubjectKind.PERSON, person_id, None, person_id, text, f"/people/{handle}"), name
    )


def _find_page(session: Session, page_id: int, _account_id: int) -> Reportable | None:
    page = session.get(Page, page_id)
    if page is None:
        return None
    text = "\n".join(part for part in (page.name, page.tagline, page.about) if part)
    return Reportable(Subject(SubjectKind.PAGE, page.id, None, None, text, f"/p/{page.slug}"), page.name)
