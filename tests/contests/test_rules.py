"""The rules that are written for a contest: what they must say, in both languages, for each country."""

from dataclasses import replace

import pytest
from flask import Flask

from shop.contests.country_rules import COUNTRY_RULES
from shop.contests.models import ContestKind
from shop.contests.rules import rules_of, warnings_of
from shop.core.db import Database
from shop.page.models import Page
from shop.web.mailing import mail_language
from tests.contests.contests_house import DRAFT, QUIZ, ContestsHouse


@pytest.fixture
def house(app: Flask, database: Database) -> ContestsHouse:
    return ContestsHouse(database, app)


def text_of(house: ContestsHouse, contest_id: int, *, language: str = "en", country: str = "FR") -> str:
    contest, page = house.contest(contest_id), house.page
    page.country = country
    assert house.app is not None
    with mail_language(house.app, language):
        sections = rules_of(contest, page, language)
    return "\n".join(
        [f"[{one.key}] {one.title}" for one in sections] + [p for one in sections for p in one.paragraphs]
    )


class TestRulesOf:
    def test_say_all_that_the_law_asks_for(self, house: ContestsHouse) -> None:
        text = text_of(house, house.add(winner_count=2))
        for words in (
            "Atelier SARL, 1 rue du Four, 75006 Paris", "November 24, 2026", "December 1, 2026", "Paris",
            "Entering costs nothing", "No purchase is necessary", "Nobody has to like or share the page",
            "at least 18 years", "Belgium, France", "There are 2 prizes", "€129.00", "not paid out in money",
            "No social network sponsors", "CNIL", "L. 121-20", "They are no legal advice.", "90 days",
        ):  # fmt: skip
            assert words in text, words

    def test_name_the_contest_in_the_readers_language(self, house: ContestsHouse) -> None:
        contest_id = house.add(translations={"fr": {"title": "Gagnez une lampe"}})
        text = text_of(house, contest_id, language="fr")
        assert "Gagnez une lampe" in text
        assert "Win a lamp" not in text

    def test_show_the_commitment(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        assert str(house.contest(contest_id).commitment) in text_of(house, contest_id)

    def test_tell_nobody_the_right_answer(self, house: ContestsHouse) -> None:
        text = text_of(house, house.add(**QUIZ))
        assert "What is the lamp made of?" in text
        assert "Oak" not in text

    def test_say_what_becomes_of_a_photo(self, house: ContestsHouse) -> None:
        text = text_of(house, house.add(kind=ContestKind.PHOTO))
        assert "Somebody looks at each photo" in text
        assert "for 7 days after the end at most" in text

    def test_say_when_the_entrants_are_forgotten(self, house: ContestsHouse) -> None:
        assert "400 days after the draw" in text_of(house, house.add())

    @pytest.mark.parametrize("country", sorted(COUNTRY_RULES))
    def test_know_the_law_of_a_country_in_both_languages(self, house: ContestsHouse, country: str) -> None:
        contest_id = house.add()
        english = text_of(house, contest_id, country=country)
        french = text_of(house, contest_id, country=country, language="fr")
        assert COUNTRY_RULES[country].text in english
        assert COUNTRY_RULES[country].text not in french
        assert "Ce n’est pas un conseil juridique." in french

    def test_name_the_law_of_other_countries_that_may_enter(self, house: ContestsHouse) -> None:
        assert f"Belgium: {COUNTRY_RULES['BE'].text}" in text_of(house, house.add())

    def test_fall_back_on_what_holds_in_europe_and_elsewhere(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        assert "Directive 2005/29/EC" in text_of(house, contest_id, country="IT")
        assert "The law of the organiser’s country counts (Japan)." in text_of(
            house, contest_id, country="JP"
        )

    def test_end_with_what_the_page_adds(self, house: ContestsHouse) -> None:
        assert "Only one lamp a household." in text_of(house, house.add(rules="Only one lamp a household."))


class TestWarningsOf:
    PAGE = Page(country="FR", ships_to=["FR"])

    def test_are_none_where_nothing_is_special(self) -> None:
        assert warnings_of(DRAFT, self.PAGE) == []

    def test_tell_of_a_belgian_draw_but_not_of_a_quiz(self) -> None:
        draw = replace(DRAFT, countries=("BE",))
        assert any("1851" in text for text in warnings_of(draw, self.PAGE))
        assert warnings_of(replace(draw, kind=ContestKind.QUIZ), self.PAGE) == []

    def test_tell_of_great_american_prizes(self) -> None:
        rich = replace(DRAFT, countries=("US",), prize_value_amount=300_000, winner_count=2)
        assert any("bond" in text for text in warnings_of(rich, self.PAGE))
        assert warnings_of(replace(rich, winner_count=1), self.PAGE) == []
