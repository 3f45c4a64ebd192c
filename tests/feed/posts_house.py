"""A page with two staff who post, two products of its own and one of another page."""

import datetime as dt
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.core.db import Database
from shop.feed.models import Post, PostPhoto, PostRevision, PostTag
from shop.feed.posting import PhotoDraft, PostDraft, create_post, publish_post
from shop.page.models import AuditEntry, Page, PageVersion, Role
from tests.factories import PICTURE, START, make_account, make_page, make_product, make_staff
from tests.support.fields import Fields
from tests.support.visitors import sign_in

HOUR = dt.timedelta(hours=1)


def photo(key: str, alt: str = "A lamp", *, is_decorative: bool = False) -> PhotoDraft:
    """Return a photo whose files are nowhere."""
    return PhotoDraft({**PICTURE, "key": key}, alt, is_decorative=is_decorative)


class PostsHouse:
    """Camille owns the page, Noor is an editor; ``lamp`` and ``mug`` are the page's, ``theirs`` is not."""

    def __init__(self, database: Database, app: Flask | None = None) -> None:
        self.database, self.app = database, app
        with database.transaction() as session:
            self.camille = make_account(session, name="Camille")
            self.noor = make_account(session, name="Noor")
            self.page: Page = make_page(session, owner=self.camille)
            make_staff(session, self.page, self.noor, Role.EDITOR)
            self.lamp = make_product(session, self.page, title="Lamp").id
            self.mug = make_product(session, self.page, title="Mug").id
            self.theirs = make_product(session, make_page(session), title="Theirs").id
        self.root = f"/en/manage/{self.page.slug}/posts"

    def add(
        self, draft: PostDraft | None = None, *, is_published: bool = True, at: dt.datetime = START
    ) -> int:
        """Add a post and return its id."""
        with self.database.transaction() as session:
            post = create_post(
                session,
                page_id=self.page.id,
                account_id=self.camille.id,
                draft=draft or PostDraft("Hello"),
                now=at,
            )
            if is_published:
                publish_post(session, page_id=self.page.id, post_id=post.id, now=at)
            return post.id

    def post(self, post_id: int) -> Post:
        """Return a post as it is now."""
        with self.database.reading() as session:
            return session.scalars(select(Post).where(Post.id == post_id)).one()

    def photos(self, post_id: int) -> list[PostPhoto]:
        """Return its photos in their order."""
        with self.database.reading() as session:
            return list(
                session.scalars(
                    select(PostPhoto).where(PostPhoto.post_id == post_id).order_by(PostPhoto.position)
                )
            )

    def tags(self, post_id: int) -> list[PostTag]:
        """Return its tags."""
        with self.database.reading() as session:
            return list(
                session.scalars(select(PostTag).where(PostTag.post_id == post_id).order_by(PostTag.id))
            )

    def revisions(self, post_id: int) -> list[PostRevision]:
        """Return what it said before, the oldest first."""
        with self.database.reading() as session:
            return list(
                session.scalars(
                    select(PostRevision).where(PostRevision.post_id == post_id).order_by(PostRevision.id)
                )
            )

    def acts(self) -> list[str]:
        """Return the acts of the audit log."""
        with self.database.reading() as session:
            return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))

    def version(self) -> PageVersion:
        """Return the page's version with its newest post's instant."""
        with self.database.reading() as session:
            return version_of(session, self.page.id)

    def browser(self, account: Account) -> FlaskClient:
        """Return a browser in which ``account`` is signed in."""
        assert self.app is not None
        client = self.app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        sign_in(client, account)
        return client

    def form(self, client: FlaskClient, post_id: int) -> Fields:
        """Return a post's form as a browser holds it."""
        answer = client.get(f"{self.root}/{post_id}")
        assert answer.status_code == 200
        return Fields(answer.text)

    def save(self, client: FlaskClient, post_id: int, **changes: Any) -> int:
        """Save a post's form with other values and return the status of the answer."""
        fields = self.form(client, post_id).send({"action": "save", **changes})
        return client.post(f"{self.root}/{post_id}", data=fields).status_code


def version_of(session: Session, page_id: int) -> PageVersion:
    """Return a page's version."""
    return session.scalars(select(PageVersion).where(PageVersion.page_id == page_id)).one()
