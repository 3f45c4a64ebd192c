"""A page that invites its visitors."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.accounts.models import Account
from shop.core.db import Database
from shop.like_invitations.models import InvitationStyle, LikeInvitation
from shop.page.models import Follower, LikeSource, Page
from tests.factories import START, make_account, make_page, make_product
from tests.support.visitors import sign_in

Browser = Callable[..., FlaskClient]


@dataclass
class House:
    """The page ``lumen`` with its owner, somebody who likes it and somebody who does not."""

    page: Page
    owner: Account
    fan: Account
    stranger: Account


@pytest.fixture
def house(database: Database) -> House:
    """A page that invites nobody yet."""
    with database.transaction() as session:
        owner, fan, stranger = (make_account(session) for _ in range(3))
        page = make_page(session, slug="lumen", owner=owner)
        make_product(session, page, title="Opal lamp", slug="lamp")
        session.add(
            Follower(page_id=page.id, account_id=fan.id, source=LikeSource.ORGANIC, followed_at=START)
        )
    return House(page, owner, fan, stranger)


@pytest.fixture
def invite(database: Database, house: House) -> Callable[..., LikeInvitation]:
    """Turn the page's invitation on; nobody is held out unless it is said."""

    def turn_on(
        *, held_out_bp: int = 0, is_on: bool = True, style: InvitationStyle = InvitationStyle.BANNER,
        text: str = "",
    ) -> LikeInvitation:  # fmt: skip
        invitation = LikeInvitation(
            page_id=house.page.id, is_on=is_on, style=style, text=text, translations={}, version=1,
            held_out_bp=held_out_bp, started_at=START,
        )  # fmt: skip
        with database.transaction() as session:
            session.merge(invitation)
        return invitation

    return turn_on


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Open a browser whose script asks for the invitation, as a guest or signed in."""

    def open_browser(account: Account | None = None, *, asks: str = "empty", agent: str = "") -> FlaskClient:
        client = app.test_client()
        client.environ_base |= {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_SEC_FETCH_DEST": asks}
        if agent:
            client.environ_base["HTTP_USER_AGENT"] = agent
        if account is not None:
            sign_in(client, account)
        return client

    return open_browser
