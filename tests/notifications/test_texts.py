"""Every sentence, in both languages, for one, two and many."""

from typing import Any

import pytest
from flask import Flask

from shop.notifications.merging import merged_data
from shop.notifications.models import Notification, NotificationKind
from shop.notifications.texts import excerpt, sentence
from shop.web.mailing import mail_language
from tests.factories import START

Kind = NotificationKind
ON_PAGE = {"page": "Atelier Lumen", "excerpt": "So do I!"}
ORDER = {"number": "LUM-1042", "page": "Atelier Lumen"}
CASES: list[tuple[Kind, dict[str, Any], list[str], tuple[str, str]]] = [
    (Kind.COMMENT_REPLY, ON_PAGE, ["Léa"], ("Léa answered your comment on Atelier Lumen",
     "Léa a répondu à votre commentaire sur Atelier Lumen")),
    (Kind.COMMENT_REPLY, ON_PAGE, ["Marc", "Léa"], ("Léa and Marc answered your comment on Atelier Lumen",
     "Léa et Marc ont répondu à votre commentaire sur Atelier Lumen")),
    (Kind.COMMENT_REPLY, ON_PAGE, ["Marc", "Zoé", "Léa"], ("Léa and 2 others answered your comment on Atelier Lumen",
     "Léa et 2 autres ont répondu à votre commentaire sur Atelier Lumen")),
    (Kind.COMMENT_LIKE, ON_PAGE, ["Léa"], ("Léa likes your comment on Atelier Lumen",
     "Léa aime votre commentaire sur Atelier Lumen")),
    (Kind.COMMENT_LIKE, ON_PAGE, ["Marc", "Léa"], ("Léa and Marc like your comment on Atelier Lumen",
     "Léa et Marc aiment votre commentaire sur Atelier Lumen")),
    (Kind.FRIEND_REQUEST, {}, ["Léa"], ("Léa would like to be your friend", "Léa souhaite devenir votre ami")),
    (Kind.FRIEND_ACCEPTED, {}, ["Léa"], ("Léa is now your friend", "Léa fait désormais partie de vos amis")),
    (Kind.SHARE, {"title": "Lamp", "text": "Look!"}, ["Léa"], ("Léa shared “Lamp” with you",
     "Léa a partagé «\u00a0Lamp\u00a0» avec vous")),
    (Kind.PAGE_COMMENT, ON_PAGE, ["Marc", "Zoé", "Léa"], ("Léa and 2 others commented on Atelier Lumen",
     "Léa et 2 autres ont commenté sur Atelier Lumen")),
    (Kind.ORDER, {**ORDER, "event": "paid"}, [], ("Your order LUM-1042 at Atelier Lumen is paid",
     "Votre commande LUM-1042 chez Atelier Lumen est payée")),
    (Kind.ORDER, {**ORDER, "event": "shipped"}, [], ("Your order LUM-1042 at Atelier Lumen is on its way",
     "Votre commande LUM-1042 chez Atelier Lumen est en route")),
    (Kind.ORDER, {**ORDER, "event": "refunded"}, [], ("Atelier Lumen refunded you for order LUM-1042",
     "Atelier Lumen vous a remboursé la commande LUM-1042")),
    (Kind.MODERATION, {**ON_PAGE, "event": "waiting"}, [], ("Something waits for a decision on Atelier Lumen",
     "Une décision est attendue sur Atelier Lumen")),
    (Kind.MODERATION, {**ON_PAGE, "event": "removed"}, [], ("Something you wrote on Atelier Lumen was removed",
     "Un texte que vous avez écrit sur Atelier Lumen a été retiré")),
    (Kind.MODERATION, {**ON_PAGE, "event": "hidden"}, [],("Something you wrote on Atelier Lumen is hidden until somebody has looked at it",
     "Un texte que vous avez écrit sur Atelier Lumen est masqué jusqu’à ce que quelqu’un l’ait regardé")),
]  # fmt: skip


def told(kind: Kind, data: dict[str, Any], actors: list[str], count: int = 1) -> Notification:
    """Return a notification as its actors came, one after the other."""
    kept: dict[str, Any] = dict(data)
    for actor in actors:
        kept = merged_data(kept if "known" in kept else {}, {**data, "actors": [actor]})
    return Notification(kind=kind, data=kept, count=count, updated_at=START, created_at=START)


@pytest.mark.parametrize(("kind", "data", "actors", "sentences"), CASES)
class TestSentence:
    def test_is_whole_in_both_languages(
        self, app: Flask, kind: Kind, data: dict[str, Any], actors: list[str], sentences: tuple[str, str]
    ) -> None:
        row = told(kind, data, actors)
        for language, expected in zip(("en", "fr"), sentences, strict=True):
            with app.app_context(), mail_language(app, language):
                assert sentence(row) == expected


class TestSentenceOfAnyData:
    @pytest.mark.parametrize("kind", Kind)
    def test_stands_without_its_data(self, app: Flask, kind: Kind) -> None:
        with app.app_context(), mail_language(app, "en"):
            assert sentence(told(kind, {}, [])).strip()

    def test_counts_what_waits(self, app: Flask) -> None:
        row = told(Kind.MODERATION, {**ON_PAGE, "event": "waiting"}, [], count=3)
        with app.app_context(), mail_language(app, "en"):
            assert sentence(row) == "3 things wait for a decision on Atelier Lumen"

    def test_quotes_what_was_said(self) -> None:
        assert excerpt(told(Kind.SHARE, {"title": "Lamp", "text": "Look!"}, ["Léa"])) == "Look!"
        assert excerpt(told(Kind.ORDER, dict(ORDER), [])) == ""


class TestMergedData:
    def test_counts_somebody_who_comes_twice_once(self) -> None:
        row = told(Kind.COMMENT_REPLY, dict(ON_PAGE), ["Léa", "Marc", "Léa", "Marc", "Léa"])
        assert (row.data["actors"], row.data["people"]) == (["Léa", "Marc"], 2)

    def test_stays_small_however_many_come(self) -> None:
        row = told(Kind.COMMENT_REPLY, dict(ON_PAGE), [f"Person {number}" for number in range(300)])
        assert (len(row.data["actors"]), row.data["people"]) == (3, 300)
        assert len(row.data["known"]) == 100
