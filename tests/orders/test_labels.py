"""Words for what happened to an order, in the visitor's language."""

import pytest
from flask import Flask

from shop.orders.labels import decline_text, event_reason, flagged_text, refund_failure_text
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


@pytest.mark.parametrize(
    ("kind", "why", "text"),
    [
        (
            "flagged",
            "1000 EUR came, 1690 EUR was due",
            "10,00\u00a0€ sont arrivés, 16,90\u00a0€ étaient dus.",
        ),
        ("flagged", "None None came, 1690 EUR was due", "Son paiement ne lui correspond pas."),
        (
            "cancelled",
            "the payment page asked for 1790 EUR",
            "La page de paiement demandait un autre total que celui de la commande",
        ),
        (
            "expired",
            "Stripe no longer knows its payment page",
            "Stripe ne connaît plus sa page de paiement",
        ),
        ("refund_failed", "lost_or_stolen_card", "La carte a été perdue ou volée."),
        ("refund_failed", "nothing was ever charged", "Rien n’a jamais été débité."),
        ("refund_failed", "Refund amount is too small.", "Refund amount is too small."),
        ("cancelled", "cancelled by the shop", "Annulée par la boutique"),
    ],
)
def test_staff_read_our_own_reasons_in_their_language(app: Flask, kind: str, why: str, text: str) -> None:
    event = OrderEvent(kind=kind, actor=Actor.SYSTEM, detail={"why": why})
    with app.test_request_context("/fr/"):
        assert event_reason(event, for_staff=True).startswith(text)


def test_buyers_are_spared_what_only_staff_understand(app: Flask) -> None:
    for why in ("1000 EUR came, 1690 EUR was due", "Stripe no longer knows its payment page", "declined"):
        with app.test_request_context("/en/"):
            assert event_reason(OrderEvent(kind="cancelled", actor=Actor.SYSTEM, detail={"why": why})) == ""


def test_every_failure_of_a_refund_that_stripe_names_has_words(app: Flask) -> None:
    codes = (
        "charge_for_pending_refund_disputed", "declined", "expired_or_canceled_card", "insufficient_funds",
        "lost_or_stolen_card", "merchant_request", "unknown",
    )  # fmt: skip
    for language in ("en", "fr"):
        with app.test_request_context(f"/{language}/"):
            assert all(refund_failure_text(code) != code for code in codes)
