"""Spam is held and ordinary talk is not, in both languages."""

import csv
import datetime as dt

import pytest

from shop.moderation.spam import RecentText, Sign, find_signs, is_likely_spam
from tests.conftest import corpus

NOW = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
OLD, YOUNG = NOW - dt.timedelta(days=90), NOW - dt.timedelta(hours=2)
ME, OTHER, THIRD = 1, 2, 3

SPAM = (
    "Earn money from home, 500 € a day! Click here: https://bit.ly/xyz",
    "Contact me on WhatsApp +44 7700 900123 for guaranteed returns on bitcoin",
    "Prêt entre particuliers sérieux et rapide, écrivez à pret.rapide@example.com, WhatsApp +33 6 12 34 56 78",
    "J’ai récupéré mon mari grâce au grand maître, contactez-le sur WhatsApp +229 97 00 00 00",
    "https://a.example/1 https://b.example/2 https://c.example/3",
    "Send 0.1 BTC to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq and get double",
    "Gagnez de l’argent depuis chez vous, lien dans ma bio, crypto et trading !!!!!!!!",
    "Buy followers cheap: tinyurl.com/abc and www.followers.example",
    "Thanks to Mrs Anna my investment platform pays, message me on Telegram",
    "CLIQUEZ ICI POUR VOTRE CARTE CADEAU GRATUITE https://cadeau.example",
)
HONEST = (
    "Magnifique ! Est-ce qu’elle existe en bleu ?",
    "Bonjour, quand sera-t-elle de nouveau en stock ?",
    "I love this lamp, it looks great in my living room. Here is a picture of it: https://photos.example/lamp",
    "Do you ship to Belgium? My e-mail is lea@example.com if you need it.",
    "Merci merci merci ❤️❤️❤️",
    "TROP BEAU",
    "WOW!!!",
    "J’ai reçu la mienne hier, l’emballage était parfait et la couleur est exactement celle de la photo.",
    "Can I pay with PayPal? And is the total 1,250.00 with shipping?",
    "Ma commande LUM-1042 n’est pas encore arrivée, pouvez-vous regarder ?",
    "See atelier-lumen.example for the other ones",
    "Where are you? 12 rue de la Paix, 75002 Paris?",
    "Ça marche avec une ampoule E27 ?",
    "The second one is better than the first, but both are nice.",
    "I bought 2 and I will buy 3 more for Christmas",
)


def signs_of(
    text: str, *, created_at: dt.datetime = OLD, history: tuple[RecentText, ...] = ()
) -> dict[str, int]:
    """Return the weights of a text's signs by name."""
    found = find_signs(text, account_id=ME, account_created_at=created_at, history=history, now=NOW)
    return {sign.sign: sign.weight for sign in found}


def is_held(text: str, *, created_at: dt.datetime = OLD, history: tuple[RecentText, ...] = ()) -> bool:
    """Tell whether a text is held."""
    return is_likely_spam(
        find_signs(text, account_id=ME, account_created_at=created_at, history=history, now=NOW)
    )


def said(text: str, *, by: int = OTHER, ago_s: int = 60) -> RecentText:
    """Return a text of a while ago."""
    return RecentText(by, text, NOW - dt.timedelta(seconds=ago_s))


class TestFindSigns:
    @pytest.mark.parametrize("text", SPAM)
    def test_holds_spam(self, text: str) -> None:
        assert is_held(text, created_at=YOUNG)

    @pytest.mark.parametrize("text", HONEST)
    @pytest.mark.parametrize("created_at", [OLD, YOUNG], ids=["old account", "young account"])
    def test_lets_honest_comments_through(self, text: str, created_at: dt.datetime) -> None:
        assert not is_held(text, created_at=created_at)

    def test_counts_links_and_their_shorteners(self) -> None:
        assert signs_of("see https://a.example") == {"links": 1}
        assert signs_of("see www.a.example and b-shop.com/x") == {"links": 2}
        assert signs_of("see wa.me/33612345678") == {"links": 1, "shortener": 3}
        assert signs_of("see bit.ly/x") == {"links": 1, "shortener": 3}
        assert signs_of("see https://www.BIT.ly/x") == {"links": 1, "shortener": 3}

    def test_takes_no_sentence_for_a_link(self) -> None:
        assert signs_of("Très beau.Comment fait-on ? J’adore.de plus.me voilà.at last. lea@example.com") == {
            "contact": 2
        }

    def test_sees_the_same_text_again_by_the_same_person(self) -> None:
        assert signs_of("Merci", history=(said("merci !", by=ME),)) == {"same_text": 2}
        assert is_held("Merci", history=(said("merci !", by=ME), said("MERCI", by=ME)))

    def test_sees_the_same_text_by_others_unless_it_is_short(self) -> None:
        text = "Regardez ma nouvelle boutique de lampes"
        assert signs_of(text, history=(said(text),)) == {"same_text_others": 2}
        assert is_held(text, history=(said(text), said(text, by=THIRD)))
        assert signs_of("Trop beau !", history=(said("Trop beau !"), said("trop beau", by=THIRD))) == {}

    def test_forgets_texts_after_an_hour(self) -> None:
        assert signs_of("Merci beaucoup", history=(said("Merci beaucoup", by=ME, ago_s=3601),)) == {}

    @pytest.mark.parametrize(("before", "weight"), [(4, None), (5, 2), (9, 2), (10, 4)])
    def test_weighs_speed(self, before: int, weight: int | None) -> None:
        history = tuple(said(f"text {number}", by=ME, ago_s=number) for number in range(before))
        assert signs_of("hello you", history=history).get("speed") == weight

    def test_counts_a_young_account_only_beside_another_sign(self) -> None:
        assert signs_of("Very nice", created_at=YOUNG) == {}
        assert signs_of("see https://a.example", created_at=YOUNG) == {"links": 1, "young_account": 1}

    def test_weighs_shouting_and_repetition_lightly(self) -> None:
        assert signs_of("THIS IS A GREAT LAMP") == {"capitals": 1}
        assert signs_of("nice!!!!!!") == {"repeated_signs": 1}
        assert signs_of("buy buy buy buy buy it") == {"repeated_words": 2}

    def test_is_deterministic(self) -> None:
        first = find_signs(SPAM[1], account_id=ME, account_created_at=YOUNG, history=(), now=NOW)
        assert first == find_signs(SPAM[1], account_id=ME, account_created_at=YOUNG, history=(), now=NOW)
        assert all(isinstance(sign, Sign) for sign in first)

    def test_reads_hostile_texts_of_any_shape_to_the_end(self) -> None:
        for text in ("a." * 5000, "+1 " * 5000, "a@" * 5000, "http://" * 3000, "www." * 5000, "-" * 10_000):
            find_signs(text, account_id=ME, account_created_at=OLD, history=(), now=NOW)


@pytest.mark.corpus
class TestOrdinaryQuestions:
    def test_are_held_in_fewer_than_one_of_two_hundred(self) -> None:
        path = corpus("data", "chat", "bitext_27intents_train.csv")
        with path.open(encoding="utf-8", newline="") as file:
            texts = [row["utterance"] for row in csv.DictReader(file)]
        held = [text for text in texts if is_held(text, created_at=YOUNG)]
        assert len(texts) > 6000
        assert len(held) * 200 < len(texts), held[:20]
