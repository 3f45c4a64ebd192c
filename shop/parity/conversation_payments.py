"""The part of the conversation that moves money: payments by test cards, captures, refunds and disputes."""

from typing import Any

from shop.parity.steps import Step

DECLINES = {
    "declined": "pm_card_visa_chargeDeclined",
    "short of funds": "pm_card_visa_chargeDeclinedInsufficientFunds",
    "lost": "pm_card_visa_chargeDeclinedLostCard",
    "stolen": "pm_card_visa_chargeDeclinedStolenCard",
    "used too often": "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
    "expired": "pm_card_chargeDeclinedExpiredCard",
    "with a wrong code": "pm_card_chargeDeclinedIncorrectCvc",
    "that cannot be processed": "pm_card_chargeDeclinedProcessingError",
    "blocked as fraud": "pm_card_radarBlock",
}
"""https://docs.stripe.com/testing#declined-payments"""


def paid(method: str, **more: Any) -> dict[str, Any]:
    """Return the parameters of an intent that is confirmed at once by a test card."""
    return {
        "amount": 2000, "currency": "eur", "payment_method": method, "payment_method_types": ["card"], "confirm": True,
    } | more  # fmt: skip


INTENTS = "POST /v1/payment_intents"
PAYMENTS = (
    Step("an intent", INTENTS, {"amount": 2000, "currency": "eur", "payment_method_types": ["card"],
                                "metadata": {"order": "LUM-1"}}, {"open": "id"}),
    Step("the intent confirmed with nothing", "POST /v1/payment_intents/{open}/confirm"),
    Step("the intent changed", "POST /v1/payment_intents/{open}", {"amount": 2100, "description": "Mugs"}),
    Step("the intent cancelled", "POST /v1/payment_intents/{open}/cancel",
         {"cancellation_reason": "requested_by_customer"}),
    Step("the intent cancelled twice", "POST /v1/payment_intents/{open}/cancel"),
    Step("an intent that is not there", "GET /v1/payment_intents/pi_ParityNotThere1"),
    Step("an intent of too little", INTENTS, {"amount": 10, "currency": "eur"}),
    Step("an intent of less than nothing", INTENTS, {"amount": -5, "currency": "eur"}),
    Step("an intent of too much", INTENTS, {"amount": 1_000_000_000, "currency": "eur"}),
    Step("an intent in no currency", INTENTS, {"amount": 2000, "currency": "xxq"}),
    Step("an intent without an amount", INTENTS, {"currency": "eur"}),
    Step("an intent by a card that is not there", INTENTS, paid("pm_card_parity")),
    Step("paid", INTENTS, paid("pm_card_visa", customer="{customer}", receipt_email="parity@example.com",
                               shipping={"name": "Ada", "address": {"line1": "1 rue de Test", "country": "FR"}}),
         {"paid": "id", "charge": "latest_charge"}),
    Step("paid, with its charge", "GET /v1/payment_intents/{paid}",
         {"expand": ["latest_charge.balance_transaction", "payment_method"]}),
    Step("the charge", "GET /v1/charges/{charge}", {"expand": ["refunds"]}),
    Step("paid with another card", INTENTS, paid("pm_card_mastercard"), {"other": "id"}),
    Step("paid intents of the customer", "GET /v1/payment_intents", {"customer": "{customer}", "limit": 2}),
    Step("paid, confirmed once more", "POST /v1/payment_intents/{paid}/confirm"),
    Step("paid, cancelled", "POST /v1/payment_intents/{paid}/cancel"),
    *(Step(f"a card {what}", INTENTS, paid(method)) for what, method in DECLINES.items()),
    Step("a card that asks for 3-D Secure", INTENTS, paid("pm_card_threeDSecure2Required",
                                                          return_url="https://example.com/back"), {"asking": "id"}),
    Step("3-D Secure given up", "POST /v1/payment_intents/{asking}/cancel"),
    Step("money held", INTENTS, paid("pm_card_visa", capture_method="manual"), {"held": "id"}),
    Step("more captured than is held", "POST /v1/payment_intents/{held}/capture", {"amount_to_capture": 9000}),
    Step("a part captured", "POST /v1/payment_intents/{held}/capture", {"amount_to_capture": 1500}),
    Step("captured twice", "POST /v1/payment_intents/{held}/capture"),
    Step("money held again", INTENTS, paid("pm_card_visa", capture_method="manual"), {"let_go": "id"}),
    Step("money let go", "POST /v1/payment_intents/{let_go}/cancel"),
    Step("a part given back", "POST /v1/refunds",
         {"payment_intent": "{paid}", "amount": 500, "reason": "requested_by_customer", "metadata": {"line": "1"}},
         {"refund": "id"}),
    Step("the refund", "GET /v1/refunds/{refund}"),
    Step("more given back than is left", "POST /v1/refunds", {"payment_intent": "{paid}", "amount": 1600}),
    Step("the rest given back", "POST /v1/refunds", {"payment_intent": "{paid}"}),
    Step("nothing left to give back", "POST /v1/refunds", {"payment_intent": "{paid}"}),
    Step("given back, what was let go", "POST /v1/refunds", {"payment_intent": "{let_go}"}),
    Step("a refund of nothing named", "POST /v1/refunds", {"amount": 100}),
    Step("refunds of the payment", "GET /v1/refunds", {"payment_intent": "{paid}", "limit": 1}),
    Step("the charge after its refunds", "GET /v1/charges/{charge}"),
    Step("a method kept", "POST /v1/payment_methods/pm_card_visa/attach", {"customer": "{customer}"}, {"method": "id"}),
    Step("methods of the customer", "GET /v1/customers/{customer}/payment_methods", {"limit": 3}),
    Step("the method let go", "POST /v1/payment_methods/{method}/detach"),
    Step("paid, to be disputed", INTENTS, paid("pm_card_createDispute"), {"disputed": "id"}),
    Step("the dispute", "GET /v1/disputes", {"payment_intent": "{disputed}"}, {"dispute": "data.0.id"}, until="data.0.id"),
    Step("the disputed given back", "POST /v1/refunds", {"payment_intent": "{disputed}"}),
    Step("evidence kept", "POST /v1/disputes/{dispute}", {"evidence": {"customer_name": "Ada"}, "submit": False, "metadata": {"a": "b"}}),
    Step("the dispute given up", "POST /v1/disputes/{dispute}/close"),
    Step("the dispute given up twice", "POST /v1/disputes/{dispute}/close"),
    Step("a dispute that is not there", "GET /v1/disputes/du_ParityNotThere1"),
)  # fmt: skip
