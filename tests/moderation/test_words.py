"""Blocked words are found as they are and disguised, and ordinary words are left alone."""

import pytest

from shop.core.errors import Invalid
from shop.moderation.banning import parse_words
from shop.moderation.words import SUGGESTED, WordFilter, fold_word

BLOCKED = ("Arnaque", "spam", "faux pas", "vole*", "pâté", "connard", "click here", "viagra", "bon")


@pytest.fixture(scope="module")
def words() -> WordFilter:
    """A filter of a few words."""
    return WordFilter([fold_word(word) for word in BLOCKED])


class TestFind:
    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("C’est une ARNAQUE !", "arnaque"),
            ("Quel Pate, dis donc", "pate"),
            ("Quel paté, dis donc", "pate"),
            ("un faux   pas", "faux pas"),
            ("ce sont des voleurs", "vole*"),
            ("«spam»", "spam"),
            ("https://example.com/spam", "spam"),
            ("(click here!)", "click here"),
        ],
    )
    def test_finds_whole_words_whatever_their_accents_and_case(
        self, words: WordFilter, text: str, word: str
    ) -> None:
        assert words.find(text) == [word]

    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("spaaaaam", "spam"),
            ("connnnnard", "connard"),
            ("s.p.a.m", "spam"),
            ("s-p-a-m now", "spam"),
            ("a r n a q u e", "arnaque"),
            ("S P A M", "spam"),
            ("vi.agra", "viagra"),
            ("sp4m", "spam"),
            ("$p@m", "spam"),
            ("V1agra", "viagra"),
            ("cl1ck hére", "click here"),
            ("4rn4que", "arnaque"),
            ("s\N{CYRILLIC SMALL LETTER ER}\N{CYRILLIC SMALL LETTER A}m", "spam"),
            ("sp\N{ZERO WIDTH SPACE}am", "spam"),
            ("\N{FULLWIDTH LATIN SMALL LETTER S}pam", "spam"),
            ("v0leur", "vole*"),
            ("vooooleur", "vole*"),
        ],
    )
    def test_finds_simple_disguises(self, words: WordFilter, text: str, word: str) -> None:
        assert words.find(text) == [word]

    @pytest.mark.parametrize(
        "text",
        [
            "Il me faut une patte de plus",
            "le bonbon et la bonne",
            "antispam",
            "faux, mais pas grave",
            "click on here",
            "un vol de nuit",
            "A B C D",
            "il y a à voir",
            "455 and 1234",
            "",
            "★ ♥ …",
        ],
    )
    def test_leaves_other_words_alone(self, words: WordFilter, text: str) -> None:
        assert words.find(text) == []

    def test_tells_all_that_it_finds_in_the_texts_order(self, words: WordFilter) -> None:
        assert words.find("spam et arnaque, du spam") == ["spam", "arnaque"]

    def test_reads_hostile_texts_of_any_shape_to_the_end(self) -> None:
        words = WordFilter([f"word{number}" for number in range(998)] + ["aaab", "zz*"])
        for text in ("a" * 20_000, "a " * 10_000, "a.b" * 7_000, "a1!|" * 5_000, "'" * 20_000):
            assert words.find(text) == []


class TestParseWords:
    def test_keeps_each_word_once_folded(self) -> None:
        assert parse_words("Été\n\n  été \r\nFaux  Pas!\nArnaqu*\n") == ["arnaqu*", "ete", "faux pas"]

    @pytest.mark.parametrize("line", ["a", "*", "ab*", "!!!", "x" * 101])
    def test_names_the_lines_that_are_no_words(self, line: str) -> None:
        with pytest.raises(Invalid) as caught:
            parse_words(f"good\n{line}")
        assert caught.value.params["lines"] == "2"
        assert list(caught.value.errors) == ["words"]

    def test_takes_a_thousand_and_no_more(self) -> None:
        thousand = [f"mot{number}" for number in range(1000)]
        assert len(parse_words("\n".join(thousand))) == 1000
        with pytest.raises(Invalid):
            parse_words("\n".join([*thousand, "encore"]))

    def test_accepts_what_we_suggest(self) -> None:
        assert len(parse_words("\n".join(SUGGESTED))) == len(SUGGESTED)
