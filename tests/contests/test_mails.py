"""What the mails of contests say, in both languages, and where they lead."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from shop.contests import service
from shop.contests.closing import REPLACED_MAIL, WON_MAIL, draw_contest, replace_winner
from shop.contests.entering import CONFIRM_MAIL, ENTERED_MAIL
from shop.contests.mails import LETTERS, RENDERERS, is_void
from shop.contests.telling import CANCELLED_MAIL, OVER_MAIL, PHOTO_REFUSED_MAIL, queue_entry_mail
from shop.core.db import Database
from shop.core.mail import Mail, RenderedMail
from shop.coupons.models import Coupon
from shop.web.mailing import mail_language, render_content
from tests.contests.contests_house import END, HOUR, SIGNER, ContestsHouse
from tests.factories import START


@pytest.fixture
def house(app: Flask, database: Database) -> ContestsHouse:
    return ContestsHouse(database, app)


def rendered(house: ContestsHouse, mail: Mail, language: str = "en") -> RenderedMail:
    assert house.app is not None
    with house.database.reading() as session, mail_language(house.app, language):
        return render_content(RENDERERS[mail.kind](session, session.get_one(Mail, mail.id)))


def only(house: ContestsHouse, kind: str) -> Mail:
    (mail,) = house.mails(kind)
    return mail


class TestIsVoid:
    def test_is_a_mail_whose_entry_was_overwritten(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        house.enter(contest_id, email="marc@example.com")
        house.enter(contest_id, email="marc@example.com")
        with house.database.reading() as session:
            assert [is_void(session, mail) for mail in house.mails(CONFIRM_MAIL)] == [True, False]

    def test_is_a_mail_whose_entry_was_deleted(self, house: ContestsHouse) -> None:
        entry = house.enter(house.add(), email="marc@example.com")
        with house.database.transaction() as session:
            service.withdraw_entry(session, entry_id=entry.id, now=START + HOUR)
        with house.database.reading() as session:
            assert is_void(session, only(house, CONFIRM_MAIL))

    def test_is_the_news_of_a_prize_that_went_to_the_next_one_before_it_was_sent(
        self, house: ContestsHouse
    ) -> None:
        contest_id = house.add()
        house.enter_many(contest_id, 2)
        with house.database.transaction() as session:
            draw_contest(session, contest_id=contest_id, signer=SIGNER, now=END)
            replace_winner(
                session, page_id=house.page.id, contest_id=contest_id, rank=1, account_id=None,
                reason="Two addresses", signer=SIGNER, now=END + HOUR,
            )  # fmt: skip
        with house.database.reading() as session:
            assert [is_void(session, mail) for mail in house.mails(WON_MAIL)] == [True, False]
            assert not is_void(session, only(house, REPLACED_MAIL))


class TestLetters:
    @pytest.mark.parametrize("language", ["en", "fr"])
    @pytest.mark.parametrize("kind", sorted(LETTERS))
    def test_say_something_in_both_languages(self, house: ContestsHouse, kind: str, language: str) -> None:
        contest_id = house.add(translations={"fr": {"title": "Gagnez une lampe", "prize": "Une lampe"}})
        entry = house.enter(contest_id, house.person(), language=language)
        with house.database.transaction() as session:
            draw_contest(session, contest_id=contest_id, signer=SIGNER, now=END)
            if kind not in (ENTERED_MAIL, WON_MAIL):
                queue_entry_mail(session, kind=kind, entry=entry, key="1", now=END)
        mail = rendered(house, only(house, kind), language)
        assert ("lampe" if language == "fr" else "lamp") in mail.title
        assert f"http://localhost/{language}/" in mail.text
        assert house.page.name in mail.text
        assert "None" not in mail.text

    def test_lead_to_the_entry_that_a_guest_confirms(self, house: ContestsHouse) -> None:
        entry = house.enter(house.add(), email="marc@example.com")
        link = re.search(
            r"http://localhost(/en/contest-entries/\S+)", rendered(house, only(house, CONFIRM_MAIL)).text
        )
        assert link is not None
        assert house.app is not None
        client = house.app.test_client()
        assert (
            client.post(f"{link[1]}/confirmation", headers={"Sec-Fetch-Site": "same-origin"}).status_code
            == 303
        )
        assert house.entry(entry.id).number == 1
        assert entry.email in client.get(link[1]).get_data(as_text=True)

    def test_hold_the_receipt_of_an_entry_that_counts(self, house: ContestsHouse) -> None:
        entry = house.enter(house.add(), house.person())
        text = rendered(house, only(house, ENTERED_MAIL)).text
        assert str(entry.receipt) in text
        assert str(entry.chain) in text

    def test_give_the_winner_the_code_and_a_link_to_the_wallet(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        house.enter(contest_id, house.person())
        with house.database.transaction() as session:
            draw_contest(session, contest_id=contest_id, signer=SIGNER, now=END)
        with house.database.reading() as session:
            code = session.scalars(select(Coupon.code)).one()
        text = rendered(house, only(house, WON_MAIL)).text
        assert code in text
        assert "/coupons/claims/" in text

    def test_tell_why(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        house.enter_many(contest_id, 2)
        with house.database.transaction() as session:
            draw_contest(session, contest_id=contest_id, signer=SIGNER, now=END)
            replace_winner(
                session, page_id=house.page.id, contest_id=contest_id, rank=1, account_id=None,
                reason="Two addresses", signer=SIGNER, now=END + HOUR,
            )  # fmt: skip
        assert "Two addresses" in rendered(house, only(house, REPLACED_MAIL)).text

    def test_tell_why_a_contest_was_cancelled(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        entry = house.enter(contest_id, house.person())
        with house.database.transaction() as session:
            service.cancel_contest(
                session, page_id=house.page.id, contest_id=contest_id, account_id=None,
                reason="The lamp broke.", now=START + HOUR,
            )  # fmt: skip
            for kind in (CANCELLED_MAIL, PHOTO_REFUSED_MAIL, OVER_MAIL):
                queue_entry_mail(session, kind=kind, entry=entry, key="2", now=START + HOUR)
        assert "The lamp broke." in rendered(house, only(house, CANCELLED_MAIL)).text
