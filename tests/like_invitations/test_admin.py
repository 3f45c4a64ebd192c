"""The room of the invitation: its settings, what is refused, and what its figures say."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from shop.core.db import Database
from shop.like_invitations.models import Arm, InvitationPlace, InvitedVisitor, LikeInvitation
from shop.like_invitations.queries import find_invitation
from shop.page.models import Role
from tests.factories import START, make_account, make_staff
from tests.like_invitations.conftest import House
from tests.support.visitors import sign_in

Invite = Callable[..., LikeInvitation]
ROOM = "/en/manage/lumen/like-invitation"
SETTINGS = {
    "is_on": "1",
    "style": "dialog",
    "text": "Come and see",
    "other_text": "Venez voir",
    "held_out_bp": "2000",
    "version": "0",
}


@pytest.fixture
def owner(client: FlaskClient, house: House) -> FlaskClient:
    """The browser of the page's owner."""
    sign_in(client, house.owner)
    return client


def fill(database: Database, house: House, arm: Arm, visitors: int, buyers: int) -> None:
    """Add visitors of a group, of whom so many bought for 20 each."""
    with database.transaction() as session:
        session.add_all(
            InvitedVisitor(
                page_id=house.page.id, visitor_key=f"guest:{arm}{number}", arm=arm, place=InvitationPlace.SHOP,
                first_at=START, shown_at=START if arm is Arm.INVITED else None,
                ordered_at=START if number < buyers else None, order_count=int(number < buyers),
                paid_amount=2000 if number < buyers else 0,
            )
            for number in range(visitors)
        )  # fmt: skip


class TestShowRoom:
    def test_is_off_on_a_page_that_never_invited(self, owner: FlaskClient) -> None:
        text = owner.get(ROOM).text
        assert "Invite visitors" in text
        assert " checked" not in text.split('name="is_on"')[1].split(">")[0]
        assert "What it brings" not in text

    def test_says_that_it_is_too_early(
        self, owner: FlaskClient, database: Database, house: House, invite: Invite
    ) -> None:
        invite(held_out_bp=1000)
        fill(database, house, Arm.INVITED, 90, 3)
        fill(database, house, Arm.HELD_OUT, 10, 0)
        text = owner.get(ROOM).text
        assert "It is too early to tell whether the invitation changes what is bought." in text
        assert "chance alone could make it anything from" in text
        assert "€60.00" in text
        assert "€0.67" in text

    def test_says_what_it_brings(
        self, owner: FlaskClient, database: Database, house: House, invite: Invite
    ) -> None:
        invite(held_out_bp=5000)
        fill(database, house, Arm.INVITED, 500, 100)
        fill(database, house, Arm.HELD_OUT, 500, 20)
        text = owner.get(ROOM).text
        assert "The invitation brings orders: 16.0 more of 100 visitors buy." in text
        assert "with 95 % certainty between +12.1 and +20.0" in text

    def test_says_it_in_french_with_a_comma(
        self, owner: FlaskClient, database: Database, house: House, invite: Invite
    ) -> None:
        invite(held_out_bp=5000)
        fill(database, house, Arm.INVITED, 500, 100)
        fill(database, house, Arm.HELD_OUT, 500, 20)
        assert "16,0 de plus achètent" in owner.get(ROOM.replace("/en/", "/fr/")).text

    def test_says_that_nothing_can_be_said_without_a_group(
        self, owner: FlaskClient, database: Database, house: House, invite: Invite
    ) -> None:
        invite(held_out_bp=0)
        fill(database, house, Arm.INVITED, 10, 1)
        assert "Nobody is held out" in owner.get(ROOM).text

    def test_says_that_it_is_too_early_while_nobody_of_the_held_out_has_come(
        self, owner: FlaskClient, database: Database, house: House, invite: Invite
    ) -> None:
        invite(held_out_bp=1000)
        fill(database, house, Arm.INVITED, 1, 0)
        text = owner.get(ROOM).text
        assert "Nobody is held out" not in text
        assert "It is too early to tell whether the invitation brings likes." in text

    @pytest.mark.parametrize(
        ("role", "status"),
        [(Role.MANAGER, 200), (Role.EDITOR, 403), (Role.ANALYST, 403), (Role.FULFILMENT, 403)],
    )
    def test_is_for_who_may_run_promotions(
        self, client: FlaskClient, database: Database, house: House, role: Role, status: int
    ) -> None:
        with database.transaction() as session:
            member = make_account(session)
            make_staff(session, house.page, member, role)
        sign_in(client, member)
        assert client.get(ROOM).status_code == status


class TestUpdateInvitation:
    def test_writes_the_settings(self, owner: FlaskClient, database: Database, house: House) -> None:
        answer = owner.post(ROOM, data=SETTINGS)
        assert (answer.status_code, answer.location) == (303, ROOM)
        with database.reading() as session:
            kept = find_invitation(session, house.page.id)
        assert kept is not None
        assert (kept.is_on, kept.style, kept.held_out_bp) == (True, "dialog", 2000)
        assert kept.translations == {"fr": {"text": "Venez voir"}}

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"text": "x" * 201}, "Use at most 200 characters."),
            ({"style": "shout"}, "Choose how it appears."),
            ({"held_out_bp": "9000"}, "Choose a share from the list."),
        ],
    )
    def test_refuses_at_the_field_and_keeps_what_was_typed(
        self, owner: FlaskClient, database: Database, house: House, typed: dict[str, str], said: str
    ) -> None:
        answer = owner.post(ROOM, data=SETTINGS | typed)
        assert answer.status_code == 422
        assert said in answer.text
        assert "Venez voir" in answer.text
        with database.reading() as session:
            assert find_invitation(session, house.page.id) is None

    def test_tells_a_second_saver_and_loses_nothing(self, owner: FlaskClient) -> None:
        owner.post(ROOM, data=SETTINGS)
        answer = owner.post(ROOM, data=SETTINGS | {"text": "Mine instead"})
        assert answer.status_code == 409
        assert "Somebody saved this invitation while you were at it." in answer.text
        assert "Mine instead" in answer.text
        assert owner.post(ROOM, data=SETTINGS | {"text": "Mine instead", "version": "1"}).status_code == 303

    def test_says_when_the_figures_begin_anew(self, owner: FlaskClient) -> None:
        owner.post(ROOM, data=SETTINGS)
        answer = owner.post(ROOM, data=SETTINGS | {"held_out_bp": "500", "version": "1"})
        assert "the figures begin anew" in owner.get(answer.location).text
