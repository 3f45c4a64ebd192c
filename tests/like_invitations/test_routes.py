"""The invitation as visitors meet it: who is shown it, who is counted, and that public pages stay the same."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.accounts.models import Account
from shop.accounts.passwords import hash_password
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.like_invitations.models import Arm, InvitationStyle, InvitedVisitor, LikeInvitation
from shop.page.models import Follower, LikeSource
from shop.page.queries import is_follower
from tests.coupons.house import add_coupon
from tests.like_invitations.conftest import Browser, House
from tests.support.statements import count_statements

ASK = "/en/p/lumen/like-invitation?place=shop"
COUNTED = "vitrine_counted"
Invite = Callable[..., LikeInvitation]


def rows(database: Database) -> list[InvitedVisitor]:
    """Return everybody who was counted."""
    with database.reading() as session:
        return list(session.scalars(select(InvitedVisitor).order_by(InvitedVisitor.first_at)))


def follows(database: Database, house: House) -> bool:
    """Tell whether the stranger likes the page by now."""
    with database.reading() as session:
        return is_follower(session, house.page.id, house.stranger.id)


class TestShowInvitation:
    def test_invites_a_guest_and_counts_them_once(
        self, database: Database, browser: Browser, invite: Invite
    ) -> None:
        invite(text="Come and see our lamps.")
        guest = browser()
        answer = guest.get(ASK)
        assert "Come and see our lamps." in answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"
        guest.get(ASK)
        (row,) = rows(database)
        assert (row.arm, row.place, row.account_id) == (Arm.INVITED, "shop", None)
        assert row.shown_at is not None

    @pytest.mark.parametrize(
        ("style", "tag"), [(InvitationStyle.BANNER, "<section"), (InvitationStyle.DIALOG, "<dialog")]
    )
    def test_comes_as_the_page_wants_it(
        self, browser: Browser, invite: Invite, style: InvitationStyle, tag: str
    ) -> None:
        invite(style=style)
        assert browser().get(ASK).text.strip().startswith(tag)

    def test_counts_who_is_held_out_at_the_same_moment_and_shows_nothing(
        self, database: Database, browser: Browser, invite: Invite
    ) -> None:
        invite(held_out_bp=5000)
        answers = [browser().get(ASK).text for _ in range(40)]
        found = rows(database)
        assert len(found) == len(answers)
        shown = sum(bool(answer) for answer in answers)
        assert shown == sum(row.arm is Arm.INVITED for row in found)
        assert 0 < shown < len(answers)
        assert all((row.shown_at is None) == (row.arm is Arm.HELD_OUT) for row in found)

    def test_is_the_same_for_both_groups_but_for_the_invitation(
        self, browser: Browser, invite: Invite
    ) -> None:
        invite(held_out_bp=5000)
        answers = [browser().get(ASK) for _ in range(30)]
        kinds = {
            bool(answer.text): (answer.status_code, COUNTED in answer.headers["Set-Cookie"])
            for answer in answers
        }
        assert kinds == {True: (200, True), False: (200, True)}

    def test_leaves_alone_who_likes_the_page_and_who_works_on_it(
        self, database: Database, browser: Browser, invite: Invite, house: House
    ) -> None:
        invite()
        for account in (house.fan, house.owner):
            assert browser(account).get(ASK).text == ""
        assert rows(database) == []

    def test_invites_somebody_signed_in_who_does_not_like_the_page(
        self, database: Database, browser: Browser, invite: Invite, house: House
    ) -> None:
        invite()
        assert "Like Page" in browser(house.stranger).get(ASK).text
        (row,) = rows(database)
        assert row.account_id == house.stranger.id

    @pytest.mark.parametrize(
        "agent",
        [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/120",
            "facebookexternalhit/1.1",
        ],
    )
    def test_neither_shows_nor_counts_a_robot(
        self, database: Database, browser: Browser, invite: Invite, agent: str
    ) -> None:
        invite()
        assert browser(agent=agent).get(ASK).text == ""
        assert rows(database) == []

    def test_counts_nobody_for_a_page_of_another_site(
        self, database: Database, browser: Browser, invite: Invite
    ) -> None:
        invite()
        assert browser().get(ASK, headers={"Sec-Fetch-Site": "cross-site"}).text == ""
        assert rows(database) == []

    @pytest.mark.parametrize("is_on", [True, False])
    def test_is_nothing_that_a_browser_may_remember_where_the_page_invites_nobody(
        self, database: Database, browser: Browser, invite: Invite, house: House, *, is_on: bool
    ) -> None:
        if not is_on:
            invite(is_on=False)
        answer = browser(house.stranger if is_on else None).get(ASK)
        assert (answer.status_code, answer.text) == (200, "")
        assert answer.headers["Cache-Control"] == "private, max-age=600"
        assert "Set-Cookie" not in answer.headers
        assert rows(database) == []

    def test_comes_again_another_day_to_who_did_nothing(
        self, browser: Browser, invite: Invite, clock: SteppedClock
    ) -> None:
        invite()
        guest = browser()
        assert guest.get(ASK).text
        clock.advance(hours=23)
        assert guest.get(ASK).text == ""
        clock.advance(hours=1)
        assert guest.get(ASK).text

    def test_costs_few_statements(
        self, database: Database, browser: Browser, invite: Invite, house: House
    ) -> None:
        invite()
        guest, person = browser(), browser(house.stranger)
        with count_statements(database.engine) as first:
            guest.get(ASK)
        with count_statements(database.engine) as again:
            guest.get(ASK)
        with count_statements(database.engine) as signed_in:
            person.get(ASK)
        assert (len(first), len(again), len(signed_in)) == (4, 2, 7)

    def test_is_a_document_for_a_frame_of_ours_where_scripts_are_off(
        self, browser: Browser, invite: Invite
    ) -> None:
        invite()
        answer = browser(asks="iframe").get(f"{ASK}&frame=1")
        assert answer.text.startswith("<!doctype html>") or "<!doctype html>" in answer.text
        assert 'target="_top"' in answer.text
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]

    def test_is_a_page_of_its_own_that_counts_nobody(
        self, database: Database, browser: Browser, invite: Invite
    ) -> None:
        invite()
        answer = browser(asks="document").get(ASK)
        assert "<h1" in answer.text
        assert answer.headers["X-Frame-Options"].upper() == "DENY"
        assert rows(database) == []

    def test_of_no_page_is_not_found(self, browser: Browser) -> None:
        assert browser(asks="document").get("/en/p/nobody/like-invitation").status_code == 404


class TestPublicPages:
    @pytest.mark.parametrize("path", ["/en/p/lumen/shop", "/en/p/lumen/shop/lamp"])
    def test_are_the_same_bytes_for_everybody(self, browser: Browser, invite: Invite, path: str) -> None:
        invite(held_out_bp=5000)
        before = browser().get(path)
        counted = browser()
        counted.get(ASK)
        assert counted.get_cookie(COUNTED) is not None
        after = counted.get(path)
        assert after.data == before.data
        assert after.headers["ETag"] == before.headers["ETag"]
        assert after.headers["Cache-Control"].startswith("public")
        assert "Set-Cookie" not in after.headers

    @pytest.mark.parametrize(
        ("end", "asked"), [("shop", "place=shop"), ("coupons", "place=coupons"), ("coupons/TENTH", "place=coupons&amp;ref=")]
    )  # fmt: skip
    def test_hold_a_place_for_it_that_followers_and_staff_do_not_have(  # noqa: PLR0917
        self, browser: Browser, invite: Invite, house: House, database: Database, end: str, asked: str
    ) -> None:
        invite()
        with database.transaction() as session:
            add_coupon(session, house.page, is_listed=True)
        path, place = f"/en/p/lumen/{end}", "data-like-invitation"
        assert asked in browser().get(path).text
        assert place in browser(house.stranger).get(path).text
        assert place not in browser(house.fan).get(path).text
        assert place not in browser(house.owner).get(path).text


class TestCreateSkip:
    def test_is_remembered(
        self, database: Database, browser: Browser, invite: Invite, clock: SteppedClock
    ) -> None:
        invite()
        guest = browser()
        guest.get(ASK)
        assert guest.post("/en/p/lumen/like-invitation/skips").status_code == 204
        clock.advance(days=30)
        assert guest.get(ASK).text == ""
        assert rows(database)[0].skipped_at is not None

    def test_leads_back_without_scripts(self, browser: Browser, invite: Invite) -> None:
        invite()
        answer = browser(asks="document").post(
            "/en/p/lumen/like-invitation/skips", data={"next": "/en/p/lumen/shop/lamp"}
        )
        assert (answer.status_code, answer.location) == (303, "/en/p/lumen/shop/lamp")

    def test_never_leads_to_another_site(self, browser: Browser, invite: Invite) -> None:
        invite()
        answer = browser(asks="document").post(
            "/en/p/lumen/like-invitation/skips", data={"next": "//evil.example/"}
        )
        assert answer.location == "/en/p/lumen/shop"

    def test_holds_for_the_account_that_the_guest_signs_in_to(
        self, database: Database, browser: Browser, invite: Invite, house: House
    ) -> None:
        invite()
        guest = browser()
        guest.get(ASK)
        guest.post("/en/p/lumen/like-invitation/skips")
        _sign_in_for_real(database, guest, house)
        assert guest.get(ASK).text == ""
        assert [row.account_id for row in rows(database)] == [house.stranger.id]


class TestCreateLike:
    @pytest.mark.parametrize(
        ("said", "kept"),
        [
            (("shop", ""), (LikeSource.ORGANIC, None)),
            (("coupons", "7"), (LikeSource.COUPON, "7")),
            (("contest", "8"), (LikeSource.CONTEST, "8")),
            (("embed", ""), (LikeSource.EMBED, None)),
            (("nonsense", "x"), (LikeSource.ORGANIC, None)),
        ],
    )
    def test_keeps_where_the_like_came_from(
        self,
        database: Database,
        browser: Browser,
        house: House,
        said: tuple[str, str],
        kept: tuple[LikeSource, str | None],
    ) -> None:
        answer = browser(house.stranger).post(
            "/en/p/lumen/like-invitation/likes",
            data={"place": said[0], "ref": said[1], "next": "/en/p/lumen/shop"},
        )
        assert (answer.status_code, answer.location) == (303, "/en/p/lumen/shop")
        with database.reading() as session:
            like = session.scalars(select(Follower).where(Follower.account_id == house.stranger.id)).one()
        assert (like.source, like.source_ref) == kept

    def test_of_a_guest_comes_after_signing_in(
        self, database: Database, browser: Browser, invite: Invite, house: House
    ) -> None:
        invite()
        guest = browser()
        guest.get(ASK)
        answer = guest.post(
            "/en/p/lumen/like-invitation/likes", data={"place": "shop", "next": "/en/p/lumen/shop/lamp"}
        )
        assert "/sign-in" in answer.location
        came_back = _sign_in_for_real(database, guest, house, address=answer.location)
        page = guest.get(came_back, headers={"Sec-Fetch-Dest": "document"})
        assert "Like Page" in page.text
        assert "/en/p/lumen/shop/lamp" in page.text
        assert not follows(database, house)
        guest.post("/en/p/lumen/like-invitation/likes", data={"place": "shop"})
        assert follows(database, house)
        (row,) = rows(database)
        assert row.account_id == house.stranger.id
        assert guest.get(ASK).text == ""


def _sign_in_for_real(
    database: Database, guest: FlaskClient, house: House, *, address: str = "/en/sign-in"
) -> str:
    """Sign the guest in with a password, so that all happens that does at a sign-in; return where it leads."""
    with database.transaction() as session:
        session.get_one(Account, house.stranger.id).password_hash = hash_password("a-long-password").value
    answer = guest.post(address, data={"email": house.stranger.email, "password": "a-long-password"})
    assert answer.status_code == 303, answer.text
    return str(answer.location)
