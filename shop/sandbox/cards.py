"""Test cards and what each of them does: https://docs.stripe.com/testing."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from shop.sandbox.absent import CODE
from shop.sandbox.cards_abroad import ABROAD, ABSENT
from shop.sandbox.errors import ApiError, Obj, card_error
from shop.sandbox.store import Tx

DECEMBER = 12
CENTURY = 2_000
_PRINTED_4_6 = (14, 15)
DECLINED = "Your card was declined."


@dataclass(frozen=True)
class Card:
    """A test card.

    Attributes:
        name: the word behind ``pm_card_`` and ``tok_``, if it has one.
        code, decline_code, message: of the refusal, when every charge is refused.
        dispute: the reason of the dispute that follows, ``inquiry`` for one without withdrawal.
        refund: ``pending`` or ``fails``, when its refunds do not end at once.
        secure: ``always``, ``unless_set_up``, ``on_session`` or ``if_wanted`` (by the shop), when it asks for 3-D
            Secure.
        is_refused_at_once: also when it is saved to a customer, not only when it is charged.
        is_warned_of: whether an early fraud warning follows.
        fails: the checks that fail where their field was given: ``cvc``, ``line1``, ``postal_code``.
        is_unchecked: whether the bank cannot check addresses.
        is_risky: whether its charges are of elevated risk.
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
    is_refused_at_once: bool = True
    is_warned_of: bool = False
    fails: tuple[str, ...] = ()
    is_unchecked: bool = False
    is_risky: bool = False


def _declined(
    number: str,
    label: str,
    token: str,
    decline_code: str,
    *,
    message: str = DECLINED,
    secure: str | None = None,
    is_refused_at_once: bool = True,
) -> Card:
    return Card(
        number,
        label,
        name=token,
        code="card_declined",
        decline_code=decline_code,
        message=message,
        secure=secure,
        is_refused_at_once=is_refused_at_once,
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
    Card("4000050360000001", "eftpos Australia / Visa", name="visa_debit_eftposAuCoBranded", funding="debit", country="AU"),
    Card("5555050360000080", "eftpos Australia / Mastercard", "mastercard", name="mastercard_debit_eftposAuCoBranded",
         funding="debit", country="AU"),
    Card("6011981111111113", "Discover (debit)", "discover", funding="debit"),
    Card("6555900000604105", "BCcard and DinaCard", "discover"),
    Card("6200000000000047", "UnionPay (debit)", "unionpay", funding="debit"),
    Card("6205500000000000004", "UnionPay (19 digits)", "unionpay"),
    Card("3530111333300000", "JCB (Japan)", "jcb", country="JP"),
    Card("4000051230000072", "Visa (health savings)", name="debit_visaHsaProductCode", funding="debit"),
    Card("5200828282828897", "Mastercard (flexible spending)", "mastercard",
         name="mastercard_debit_mastercardFsaProductCode", funding="debit"),
    Card("4000000000000077", "Visa, funds at once", name="bypassPending"),
    Card("4000003720000278", "Visa (Ireland), funds at once", name="bypassPendingInternational", country="IE"),
    Card("4000000000000093", "Visa, domestic pricing", name="domesticPricing"),
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
    _declined("4000000000000341", "Declined once saved", "chargeCustomerFail", "generic_decline",
              is_refused_at_once=False),
    _declined("4100000000000019", "Blocked as fraud", "radarBlock", "fraudulent"),
    _declined("4000000000004954", "Highest risk, blocked", "riskLevelHighest", "fraudulent",
              is_refused_at_once=False),
    Card("4000000000009235", "Elevated risk", name="riskLevelElevated", is_risky=True),
    Card("4000000000000101", "CVC check fails", name="cvcCheckFail", fails=("cvc",)),
    Card("4000000000000036", "Postal code check fails", name="avsZipFail", fails=("postal_code",)),
    Card("4000000000000028", "Line 1 check fails", name="avsLine1Fail", fails=("line1",)),
    Card("4000000000000010", "Address checks fail", name="avsFail", fails=("line1", "postal_code")),
    Card("4000000000000044", "Address checks unavailable", name="avsUnchecked", is_unchecked=True),
    Card("4000002500003155", "3-D Secure unless set up", name="authenticationRequiredOnSetup", secure="unless_set_up"),
    Card("4000002760003184", "3-D Secure always", name="authenticationRequired", secure="always"),
    Card("4000003800000446", "3-D Secure on session, set up already", name="authenticationRequiredSetupForOffSession",
         secure="on_session"),
    _declined("4000008260003178", "3-D Secure, then insufficient funds",
              "authenticationRequiredChargeDeclinedInsufficientFunds", "insufficient_funds",
              message="Your card has insufficient funds.", secure="always", is_refused_at_once=False),
    Card("4000000000003063", "3-D Secure required", name="threeDSecureRequired", secure="always"),
    Card("4000008400000027", "3-D Secure required (USA)", secure="always"),
    Card("4000000032200000", "3-D Secure without a challenge"),
    _declined("4000008400001280", "3-D Secure cannot be asked", "threeDSecureRequiredProcessingError",
              "generic_decline"),
    Card("4000000000003220", "3-D Secure required", name="threeDSecure2Required", secure="always"),
    _declined("4000008400001629", "3-D Secure, then declined", "threeDSecureRequiredChargeDeclined", "generic_decline",
              secure="always"),
    Card("4000000000003055", "3-D Secure if the shop wants it", name="threeDSecureOptional", secure="if_wanted"),
    Card("4000000000000259", "Disputed as fraud", name="createDispute", dispute="fraudulent"),
    Card("4000000000002685", "Disputed, not received", name="createDisputeProductNotReceived",
         dispute="product_not_received"),
    Card("4000000000001976", "Inquiry", name="createDisputeInquiry", dispute="inquiry"),
    Card("4000000000005423", "Early fraud warning", name="createIssuerFraudRecord", is_warned_of=True),
    Card("4000000000007726", "Refund pending first", name="pendingRefund", refund="pending"),
    Card("4000000000005126", "Refund fails later", name="refundFail", refund="fails"),
)  # fmt: skip
_BRANDS = (
    ("amex", r"3[47]"),
    ("diners", r"3(0[0-5]|[689])"),
    ("jcb", r"35"),
    ("discover", r"6(011|4[4-9]|5)"),
    ("unionpay", r"62"),
    ("mastercard", r"5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720)"),
    ("visa", r"4"),
)


def brand_of(number: str) -> str:
    """Return the brand that a number begins like, or ``unknown``."""
    return next((brand for brand, start in _BRANDS if re.match(start, number)), "unknown")


def _abroad(name: str, number: str) -> Card:
    country, _, kind = name.partition("_")
    brand = brand_of(number)
    funding = "debit" if kind == "debit" else "credit"
    return Card(
        number,
        f"{brand.capitalize()} ({country.upper()})",
        brand,
        name=name,
        funding=funding,
        country=country.upper(),
    )


CARDS = {card.number: card for card in (*_ALL, *(_abroad(*one) for one in ABROAD.items()))}
TOKENS = {card.name: card for card in CARDS.values() if card.name}
# Other names for the same cards, which Stripe's documentation and its CLI use.
TOKENS |= {
    name.removeprefix("visa_"): card
    for name, card in TOKENS.items()
    if name.startswith("visa_chargeDeclined")
}
TOKENS |= {
    "us": CARDS["4242424242424242"],
    "amex_threeDSecureNotSupported": CARDS["378282246310005"],
    "debit_visaFsaProductCode": CARDS["4000051230000072"],
    "chargeDeclinedFraudulent": CARDS["4100000000000019"],
}
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


def grouped(number: str) -> str:
    """Return a number as it is printed on a card: in fours, on cards of American Express and Diners 4-6-the rest."""
    if len(number) in _PRINTED_4_6:
        return f"{number[:4]} {number[4:10]} {number[10:]}"
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


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
    if entry.number in ABSENT:
        raise absent_card(f"the test card {entry.number}")
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


def absent_card(what: str) -> ApiError:
    """Return the error for a test card of Stripe's that does what the stand-in does not."""
    return card_error(
        f"The Stripe stand-in does not do {what}. Stripe itself may; use a test key for it.",
        CODE,
        param="number",
    )


def named(word: str) -> Card | None:
    """Return the card behind ``pm_card_…`` or ``tok_…`` (without that beginning), None when there is none.

    Raises:
        ApiError: 402 for one that Stripe has and the stand-in has not.
    """
    if word and word in ABSENT.values():
        raise absent_card(f"the test card `{word}`")
    return TOKENS.get(word)


def checks_of(card: Card | None, address: Obj, cvc: str | None) -> Obj:
    """Return what the bank says of an address and a security code: nothing of what was not given."""
    fails = card.fails if card else ()
    unchecked = bool(card and card.is_unchecked)

    def check(name: str, given: Any) -> str | None:
        return (None if not given else "fail" if name in fails
                else "unavailable" if unchecked and name != "cvc" else "pass")  # fmt: skip

    return {
        "address_line1_check": check("line1", address["line1"]),
        "address_postal_code_check": check("postal_code", address["postal_code"]),
        "cvc_check": "fail" if card and card.code == "incorrect_cvc" else check("cvc", cvc),
    }


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


def full_year(typed: int) -> int:
    """Return a year with four digits: 30 means 2030."""
    return typed + CENTURY if typed < CENTURY // 20 else typed


def year_month(tx: Tx) -> tuple[int, int]:
    """Return the year and the month on the stand-in's clock."""
    now = dt.datetime.fromtimestamp(tx.now, dt.UTC)
    return now.year, now.month
