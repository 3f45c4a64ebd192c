"""Words for what happened to an order, in the visitor's language."""

import pytest
from flask import Flask

from shop.orders.labels import decline_text, event_reason, flagged_text
from shop.orders.models import Actor, Order, OrderEvent


def declined(code: str) -> OrderEvent:
    detail = {"code": code, "message": "In the bank's English words."}
    return OrderEvent(kind="payment_failed", actor=Actor.STRIPE, detail=detail)


@pytest.mark.parametrize(
    ("language", "code", "text"),
    [
        ("en", "insufficient_funds", "There is not enough money on the card."),
        ("fr", "insufficient_funds", "Il n’y a pas assez d’argent sur la carte."),
        ("fr", "incorrect_cvc", "Le code de sécurité est faux."),
        ("fr", "a_code_of_tomorrow", "La banque a refusé la carte."),
        ("fr", "fraudulent", "La banque a refusé la carte."),
    ],
)
def test_a_decline_is_told_in_the_visitors_language(app: Flask, language: str, code: str, text: str) -> None:
    with app.test_request_context(f"/{language}/"):
        assert event_reason(declined(code)) == decline_text(code) == text


@pytest.mark.parametrize(
    ("language", "reason", "text"),
    [
        ("en", "1200 eur came, 1690 EUR was due", "€12.00 came in, €16.90 was due."),
        ("fr", "1200 usd came, 1690 EUR was due", "12,00\u00a0$US sont arrivés, 16,90\u00a0€ étaient dus."),
        ("fr", "None None came, 1690 EUR was due", "Son paiement ne lui correspond pas."),
        ("en", None, ""),
    ],
)
def test_why_an_order_is_held_back(app: Flask, language: str, reason: str | None, text: str) -> None:
    with app.test_request_context(f"/{language}/"):
        assert flagged_text(Order(flagged_reason=reason)) == text
