"""The demo brands' posts, written and answered through the ordinary services, each dated as long ago as it says."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.catalog.models import Product, ProductPicture
from shop.demo import content_types as demo
from shop.demo.brands import LANGUAGE, OTHER_LANGUAGE
from shop.demo.content import PAGES
from shop.demo.ties import add_views
from shop.feed.models import DEMO_REF, Post, ReactionKind
from shop.feed.posting import (
    PhotoDraft,
    PostDraft,
    TagDraft,
    create_post,
    pin_post,
    publish_post,
    schedule_post,
)
from shop.feed.reacting import react
from shop.feed.talking import Writer, write_comment
from shop.page.models import Follower, Page, Role, StaffMember

FEELINGS = (
    ReactionKind.LIKE, ReactionKind.LOVE, ReactionKind.LIKE, ReactionKind.LOVE, ReactionKind.WOW,
    ReactionKind.LIKE, ReactionKind.HAHA,
)  # fmt: skip
BETWEEN = dt.timedelta(minutes=47)
"""What lies between one answer to a post and the next."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who answers on a page: its followers in the order in which they came, their names, and who speaks for it."""

    founder_id: int
    followers: Sequence[int]
    people: Mapping[str, Writer]


def import_ref(post: demo.Post) -> str:
    """Return what a post of the demo is known by, so that it is written once."""
    return f"{DEMO_REF}{post.ref}"


def find_missing_posts(
    session: Session, posts: Iterable[demo.Post], page_ids: Mapping[str, int]
) -> list[demo.Post]:
    """Return the posts that were not written yet; one that was deleted or changed since was."""
    statement = select(Post.page_id, Post.import_ref).where(
        Post.page_id.in_(page_ids.values()), Post.import_ref.startswith(DEMO_REF)
    )
    known = {tuple(row) for row in session.execute(statement)}
    return [
        post
        for post in posts
        if post.page_slug in page_ids and (page_ids[post.page_slug], import_ref(post)) not in known
    ]


def find_crowd(session: Session, page_id: int) -> Crowd:
    """Return who answers on a page."""
    founder = select(StaffMember.account_id).where(
        StaffMember.page_id == page_id, StaffMember.role == Role.OWNER
    )
    followers = (
        select(Account.id, Account.email, Account.name)
        .join(Follower, Follower.account_id == Account.id)
        .where(Follower.page_id == page_id)
        .order_by(Account.id)
    )
    rows = session.execute(followers).all()
    return Crowd(
        founder_id=session.scalars(founder.order_by(StaffMember.id).limit(1)).one(),
        followers=[row.id for row in rows],
        people={row.email: Writer(row.id, row.name) for row in rows},
    )


def add_post(session: Session, wanted: demo.Post, page: Page, crowd: Crowd, now: dt.datetime) -> None:
    """Write a post with what people answered; its pictures are those of the page's products."""
    at = min(now, now - dt.timedelta(days=wanted.days_ago))
    draft = _draft(session, wanted, page.id)
    post = create_post(session, page_id=page.id, account_id=crowd.founder_id, draft=draft, now=at)
    post.import_ref = import_ref(wanted)
    if wanted.is_draft:
        return
    if wanted.days_ago < 0:
        schedule_post(
            session, page_id=page.id, post_id=post.id, at=_at_six(now, -wanted.days_ago), now=now,
            account_id=crowd.founder_id,
        )  # fmt: skip
        return
    publish_post(session, page_id=page.id, post_id=post.id, now=at, account_id=crowd.founder_id)
    if wanted.is_pinned:
        pin_post(session, page_id=page.id, post_id=post.id, now=at, account_id=crowd.founder_id)
    add_views(session, post_id=post.id, account_ids=crowd.followers, at=at)
    _react(session, wanted, post, crowd, at)
    for number, remark in enumerate(wanted.remarks, start=1):
        writer = (
            Writer(crowd.founder_id, page.name, is_page=True)
            if remark.email is None
            else crowd.people.get(remark.email)
        )
        if writer is not None:
            write_comment(
                session,
                post=post,
                writer=writer,
                text=remark.text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}"),
                now=at + number * BETWEEN,
            )


def _at_six(now: dt.datetime, days: int) -> dt.datetime:
    return (now + dt.timedelta(days=days)).replace(hour=17, minute=0, second=0, microsecond=0)


def _react(session: Session, wanted: demo.Post, post: Post, crowd: Crowd, at: dt.datetime) -> None:
    """Let some followers react, others for each post, always the same ones."""
    start = sum(map(ord, wanted.ref))
    fans = [
        crowd.followers[(start + place) % len(crowd.followers)]
        for place in range(min(wanted.reactions, len(crowd.followers)))
    ]
    for place, account_id in enumerate(fans):
        react(
            session, post_id=post.id, page_id=post.page_id, account_id=account_id,
            kind=FEELINGS[(start + place) % len(FEELINGS)], now=at + (place + 1) * BETWEEN / 2,
        )  # fmt: skip


def _draft(session: Session, wanted: demo.Post, page_id: int) -> PostDraft:
    """Return the draft with the photos and products that the page still has."""
    rows = session.execute(select(Product.slug, Product.id).where(Product.page_id == page_id)).all()
    products = {row.slug: row.id for row in rows}
    stored = {photo.file: stored_photo(session, products, photo) for photo in wanted.photos}
    files = [photo.file for photo in wanted.photos if stored[photo.file] is not None]
    photos = [picture for picture in stored.values() if picture is not None]
    tags = [
        TagDraft(
            products[tag.product_slug],
            None if tag.photo is None else files.index(wanted.photos[tag.photo].file),
            tag.x,
            tag.y,
        )
        for tag in wanted.tags
        if tag.product_slug in products and (tag.photo is None or wanted.photos[tag.photo].file in files)
    ]
    return PostDraft(
        body=f"{wanted.text.into(LANGUAGE)}\n\n> {_quoted(wanted.text.into(OTHER_LANGUAGE))}",
        link_url=wanted.link_url,
        link_title=wanted.link_title,
        link_description=wanted.link_description,
        photos=tuple(photos),
        tags=tuple(tags),
    )


def _quoted(text: str) -> str:
    return text.replace("\n", "\n> ")


def stored_photo(session: Session, products: Mapping[str, int], photo: demo.PostPhoto) -> PhotoDraft | None:
    """Return a product's picture as it is stored; None when the product or the picture is gone."""
    for brand in PAGES:
        for product in brand.products:
            for place, picture in enumerate(product.pictures):
                if picture.file == photo.file and product.slug in products:
                    found = session.scalars(
                        select(ProductPicture.picture)
                        .where(ProductPicture.product_id == products[product.slug])
                        .order_by(ProductPicture.position, ProductPicture.id)
                        .offset(place)
                        .limit(1)
                    ).one_or_none()
                    return None if found is None else PhotoDraft(found, picture.alt.into(LANGUAGE))
    return None
