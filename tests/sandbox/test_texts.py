"""The page's words: the same ones in every language, each with the same places to fill."""

import string

import pytest

from shop.sandbox.banks import IBANS, US_ACCOUNTS
from shop.sandbox.cards import CARDS
from shop.sandbox.texts import ACCOUNTS, FEATURED, TEXTS


def places(text: str) -> set[str]:
    return {name for _text, name, _form, _conversion in string.Formatter().parse(text) if name}


class TestTexts:
    def test_are_the_same_in_every_language(self):
        assert list(TEXTS["fr"]) == list(TEXTS["en"])

    @pytest.mark.parametrize("name", list(TEXTS["en"]))
    def test_have_the_same_places(self, name):
        assert places(TEXTS["fr"][name]) == places(TEXTS["en"][name])
        assert " :" not in TEXTS["fr"][name], "a colon stands behind a space that does not break"

    def test_name_cards_and_accounts_that_there_are(self):
        assert set(FEATURED) <= set(CARDS)
        assert set(ACCOUNTS["sepa_debit"]) <= set(IBANS)
        assert set(ACCOUNTS["us_bank_account"]) == set(US_ACCOUNTS)
