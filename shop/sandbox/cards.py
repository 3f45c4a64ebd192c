"""Test cards and what each of them does: https://docs.stripe.com/testing."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass

from shop.sandbox.call import Call, api
from shop.sandbox.errors import ApiError, Obj, card_error, invalid, missing_param, not_found, unsupported
from shop.sandbox.fields import full_address, merged_metadata
from shop.sandbox.store import Tx

DECEMBER = 12
CENTURY = 2_000
DECLINED = "Your card was declined."


@dataclass(frozen=True)
class Card:
    """A test card.

    Attributes:
        name: the word behind ``pm_card_`` and ``tok_``, if it has one.
        code, decline_code, message: of the refusal, when every charge is refused.
        dispute: the reason of the dispute that follows, ``inquiry`` for one without withdrawal.
        refund: ``pending`` or ``fails``, when its refunds do not end at once.
        secure: ``required`` when it asks for 3-D Secure.
    """

    number: str
    label: str
    brand: str = "visa"
    name: str | None = None
    code: str | None = None
    decline_code: str | None = None
    message: str | None = None
    dispute: str | None = None
    refund: str | None = None
    secure: str | None = None
    funding: str = "credit"
    country: str = "US"


def _declined(number: str, label: str, token: str | None, decline_code: str, **more: str) -> Card:
    message = more.pop("message", DECLINED)
    return Card(
        number, label, name=token, code="card_declined", decline_code=decline_code, message=message, **more
    )


_ALL = (
    Card("4242424242424242", "Visa", name="visa"),
    Card("4000056655665556", "Visa (debit)", name="visa_debit", funding="debit"),
    Card("5555555555554444", "Mastercard", "mastercard", name="mastercard"),
    Card("2223003122003222", "Mastercard (2-series)", "mastercard"),
    Card("5200828282828210", "Mastercard (debit)", "mastercard", name="mastercard_debit", funding="debit"),
    Card("5105105105105100", "Mastercard (prepaid)", "mastercard", name="mastercard_prepaid", funding="prepaid"),
    Card("378282246310005", "American Express", "amex", name="amex"),
    Card("371449635398431", "American Express", "amex"),
    Card("6011111111111117", "Discover", "discover", name="discover"),
    Card("6011000990139424", "Discover", "discover"),
    Card("3056930009020004", "Diners Club", "diners", name="diners"),
    Card("36227206271667", "Diners Club (14 digits)", "diners"),
    Card("3566002020360505", "JCB", "jcb", name="jcb"),
    Card("6200000000000005", "UnionPay", "unionpay", name="unionpay"),
    Card("4000002500001001", "Cartes Bancaires / Visa", name="visa_cartesBancaires", country="FR"),
    Card("5555552500001001", "Cartes Bancaires / Mastercard", "mastercard", name="mastercard_cartesBancaires", country="FR"),
    Card("4000002500000003", "Visa (France)", name="fr", country="FR"),
    Card("4000002760000016", "Visa (Germany)", name="de", country="DE"),
    Card("4000000000000077", "Visa, funds at once", name="bypassPending"),
    _declined("4000000000000002", "Declined", "visa_chargeDeclined", "generic_decline"),
    _declined(
        "4000000000009995",
        "Insufficient funds",
        "visa_chargeDeclinedInsufficientFunds",
        "insufficient_funds",
        message="Your card has insufficient funds.",
    ),
    _declined("4000000000009987", "Lost card", "visa_chargeDeclinedLostCard", "lost_card"),
    _declined("4000000000009979", "Stolen card", "visa_chargeDeclinedStolenCard", "stolen_card"),
    Card("4000000000000069", "Expired card", name="chargeDeclinedExpiredCard", code="expired_card",
         message="Your card has expired."),
    Card("4000000000000127", "Incorrect CVC", name="chargeDeclinedIncorrectCvc", code="incorrect_cvc",
         message="Your card's security code is incorrect."),
    Card("4000000000000119", "Processing error", name="chargeDeclinedProcessingError", code="processing_error",
         message="An error occurred while processing your card. Try again in a little bit."),
    _declined("4000000000006975", "Too many charges", "visa_chargeDeclinedVelocityLimitExceeded", "card_velocity_exceeded"),
    _declined("4000000000000341", "Declined once saved", "chargeCustomerFail", "generic_decline"),
    _declined("4100000000000019", "Blocked as fraud", "radarBlock", "fraudulent"),
    Card("4000002500003155", "3-D Secure unless set up", name="authenticationRequired", secure="required"),
    Card("4000002760003184", "3-D Secure always", name="authenticationRequiredOnSetup", secure="required"),
    Card("4000000000003220", "3-D Secure required", name="threeDSecure2Required", secure="required"),
    _declined("4000008400001629", "3-D Secure, then declined", "threeDSecureRequiredChargeDeclined", "generic_decline",
              secure="required"),
    Card("4000000000003055", "3-D Secure optional", name="threeDSecureOptional"),
    Card("4000000000000259", "Disputed as fraud", name="createDispute", dispute="fraudulent"),
    Card("4000000000002685", "Disputed, not received", name="createDisputeProductNotReceived",
         dispute="product_not_received"),
    Card("4000000000001976", "Inquiry", name="createDisputeInquiry", dispute="inquiry"),
    Card("4000000000007726", "Refund pending first", name="pendingRefund", refund="pending"),
    Card("4000000000005126", "Refund fails later", name="refundFail", refund="fails"),
)  # fmt: skip
CARDS = {card.number: card for card in _ALL}
TOKENS = {card.name: card for card in _ALL if card.name}
_BRANDS = (
    ("amex", r"3[47]"),
    ("diners", r"3(0[0-5]|[689])"),
    ("jcb", r"35"),
    ("discover", r"6(011|4[4-9]|5)"),
    ("unionpay", r"62"),
    ("mastercard", r"5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720)"),
    ("visa", r"4"),
)
LIVE_CARD = (
    "Your card was declined. Your request was in test mode, but used a non test card. "
    "For a list of valid test cards, visit: https://stripe.com/docs/testing."
)


@dataclass(frozen=True)
class Entry:
    """What a buyer typed: digits only, the year with four digits."""

    number: str
    exp_month: int
    exp_year: int
    cvc: str | None


def brand_of(number: str) -> str:
    """Return the brand that a number begins like, or ``unknown``."""
    return next((brand for brand, start in _BRANDS if re.match(start, number)), "unknown")


def luhn(number: str) -> bool:
    """Say whether the check digit fits."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    # The digits of a two-digit product are added up.
    return sum(product // 10 + product % 10 for product in doubled) % 10 == 0


def check_entry(entry: Entry, year: int, month: int) -> None:
    """Refuse what Stripe refuses before it asks the bank: a wrong number, a past date, a short code.

    Args:
        entry: what was typed.
        year: of today, by the stand-in's clock.
        month: of today.
    """
    if not re.fullmatch(r"[0-9]{12,19}", entry.number) or not luhn(entry.number):
        raise card_error("Your card number is incorrect.", "incorrect_number", param="number")
    if not 1 <= entry.exp_month <= DECEMBER:
        raise card_error(
            "Your card's expiration month is invalid.", "invalid_expiry_month", param="exp_month"
        )
    if not year <= entry.exp_year <= year + 50:
        raise card_error("Your card's expiration year is invalid.", "invalid_expiry_year", param="exp_year")
    if (entry.exp_year, entry.exp_month) < (year, month):
        raise card_error(
            "Your card's expiration month is invalid.", "invalid_expiry_month", param="exp_month"
        )
    length = 4 if brand_of(entry.number) == "amex" else 3
    if entry.cvc is not None and not re.fullmatch(rf"[0-9]{{{length}}}", entry.cvc):
        raise card_error("Your card's security code is invalid.", "invalid_cvc", param="cvc")


def refusal(number: str | None) -> ApiError | None:
    """Return why a charge of a card is refused, or None when it succeeds; an unknown number is no test card."""
    card = CARDS.get(number or "")
    if card is None:
        return ApiError(
            402, LIVE_CARD, kind="card_error", code="card_declined", decline_code="test_mode_live_card"
        )
    if card.code is None:
        return None
    return ApiError(
        402, card.message or DECLINED, kind="card_error", code=card.code, decline_code=card.decline_code
    )


def new_method(tx: Tx, entry: Entry, billing: Obj | None, metadata: dict[str, str] | None = None) -> Obj:
    """Keep a payment method for a card. Of the number only the last four digits stay, unless it is a test card's."""
    card = CARDS.get(entry.number)
    brand = card.brand if card else brand_of(entry.number)
    billing = billing or {}
    method = {
        "id": tx.new_id("pm_"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": {
            "address": full_address(billing.get("address")),
            "email": billing.get("email") or None,
            "name": billing.get("name") or None,
            "phone": billing.get("phone") or None,
            "tax_id": None,
        },
        "card": {
            "brand": brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": "pass"
                if (billing.get("address") or {}).get("postal_code")
                else None,
                "cvc_check": "fail"
                if card and card.code == "incorrect_cvc"
                else "pass"
                if entry.cvc
                else None,
            },
            "country": card.country if card else None,
            "display_brand": brand,
            "exp_month": entry.exp_month,
            "exp_year": entry.exp_year,
            "fingerprint": hashlib.sha256(f"vitrine {entry.number}".encode()).hexdigest()[:16],
            "funding": card.funding if card else "unknown",
            "generated_from": None,
            "last4": entry.number[-4:],
            "networks": {"available": [brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": tx.seconds,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": metadata or {},
        "type": "card",
        "_card": card and card.number,
    }
    return tx.add("payment_method", method)


def method_of(tx: Tx, method_id: str, param: str) -> Obj:
    """Return a payment method by its id, or a new one for a test name such as ``pm_card_visa``."""
    card = TOKENS.get(method_id.removeprefix("pm_card_")) if method_id.startswith("pm_card_") else None
    if card:
        return new_method(tx, _token_entry(tx, card), None)
    method = tx.find("payment_method", method_id)
    if method is None:
        raise not_found("PaymentMethod", method_id, param, status=400)
    return method


def _token_entry(tx: Tx, card: Card) -> Entry:
    year = 1970 + tx.seconds // 31_556_952
    return Entry(card.number, 12, year + 3, "1234" if card.brand == "amex" else "123")


@api.on("POST", "/v1/payment_methods", "PaymentMethodCreateParams")
def create_method(call: Call) -> Obj:
    """Create a card payment method from a number or from a test token (``tok_visa``)."""
    params = call.params
    if params.get("type") != "card":
        raise (
            missing_param("type") if "type" not in params else unsupported("type", "types other than `card`")
        )
    given = params.get("card") or {}
    token = given.get("token")
    if token is not None:
        card = TOKENS.get(token.removeprefix("tok_"))
        if card is None or not token.startswith("tok_"):
            raise not_found("token", token, "card[token]", status=400)
        entry = _token_entry(call.tx, card)
    else:
        for name in ("number", "exp_month", "exp_year"):
            if name not in given:
                raise missing_param(f"card[{name}]")
        year = full_year(given["exp_year"])
        entry = Entry(re.sub(r"[\s-]", "", given["number"]), given["exp_month"], year, given.get("cvc"))
        check_entry(entry, *year_month(call.tx))
    for name in params:
        if name not in ("type", "card", "billing_details", "metadata", "expand"):
            raise unsupported(name)
    return new_method(
        call.tx, entry, params.get("billing_details"), merged_metadata({}, params.get("metadata"))
    )


def full_year(typed: int) -> int:
    """Return a year with four digits: 30 means 2030."""
    return typed + CENTURY if typed < CENTURY // 20 else typed


def year_month(tx: Tx) -> tuple[int, int]:
    """Return the year and the month on the stand-in's clock."""
    now = dt.datetime.fromtimestamp(tx.now, dt.UTC)
    return now.year, now.month


@api.on("GET", "/v1/payment_methods/{id}", "PaymentMethodRetrieveParams")
def retrieve_method(call: Call) -> Obj:
    """Return a payment method."""
    method = call.tx.find("payment_method", call.id)
    if method is None:
        raise not_found("PaymentMethod", call.id, "payment_method")
    return method


def check_billing(billing: Obj) -> None:
    """Refuse a billing country that is no country code."""
    country = (billing.get("address") or {}).get("country")
    if country and not re.fullmatch(r"[A-Z]{2}", country):
        raise invalid(
            f"Country '{country}' is unknown.", "billing_details[address][country]", "country_code_invalid"
        )
