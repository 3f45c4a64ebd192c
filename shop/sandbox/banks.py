"""Test bank accounts, and what becomes of debits of them.

https://docs.stripe.com/payments/sepa-debit/accept-a-payment#test-integration
https://docs.stripe.com/payments/ach-direct-debit/accept-a-payment#test-account-numbers
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shop.sandbox.errors import Obj, invalid, missing_param

# What a debit takes in test mode: Stripe's "at least three minutes", and a little while for the others.
SOON, LATER = 5.0, 185.0
ROUTING = "110000000"


@dataclass(frozen=True)
class Account:
    """A test account.

    Attributes:
        code: of the failure, None when the debit succeeds.
        delay: seconds until then, None when it stays ``processing``.
        dispute: whether the debit is disputed once it has succeeded.
    """

    label: str
    code: str | None = None
    delay: float | None = SOON
    dispute: bool = False


_WELL, _WELL_LATER = (
    Account("SEPA debit, succeeds"),
    Account("SEPA debit, succeeds after 3 minutes", delay=LATER),
)
_BADLY = Account("SEPA debit, fails", code="debit_not_authorized")
_BADLY_LATER = Account("SEPA debit, fails after 3 minutes", code="debit_not_authorized", delay=LATER)
_DISPUTED = Account("SEPA debit, succeeds, then disputed", dispute=True)
_POOR = Account("SEPA debit, insufficient funds", code="insufficient_funds")
IBANS = {
    "AT611904300234573201": _WELL,
    "AT321904300235473204": _WELL_LATER,
    "AT861904300235473202": _BADLY,
    "AT051904300235473205": _BADLY_LATER,
    "AT591904300235473203": _DISPUTED,
    "AT981904300002222227": _POOR,
    "DE89370400440532013000": _WELL,
    "DE08370400440532013003": _WELL_LATER,
    "DE62370400440532013001": _BADLY,
    "DE78370400440532013004": _BADLY_LATER,
    "DE35370400440532013002": _DISPUTED,
    "DE65370400440002222227": _POOR,
    "FR1420041010050500013M02606": _WELL,
    "FR3020041010050500013M02609": _WELL_LATER,
    "FR8420041010050500013M02607": _BADLY,
    "FR7920041010050500013M02600": _BADLY_LATER,
    "FR5720041010050500013M02608": _DISPUTED,
    # The CLI's trigger of checkout.session.async_payment_failed debits this one.
    "IT60X0542811101000000123456": _BADLY,
}
US_ACCOUNTS = {
    "000123456789": Account("US bank account, succeeds"),
    "000111111113": Account("US bank account, closed", code="account_closed"),
    "000111111116": Account("US bank account, does not exist", code="no_account"),
    "000222222227": Account("US bank account, insufficient funds", code="insufficient_funds"),
    "000333333335": Account("US bank account, debit not authorised", code="debit_not_authorized"),
    "000000000009": Account("US bank account, stays processing", delay=None),
    "000555555559": Account("US bank account, disputed", dispute=True),
}
ACCOUNTS = IBANS | US_ACCOUNTS
# By the word behind `pm_usBankAccount_`.
US_NAMES = {
    "success": "000123456789",
    "accountClosed": "000111111113",
    "noAccount": "000111111116",
    "insufficientFunds": "000222222227",
    "debitNotAuthorized": "000333333335",
    "processing": "000000000009",
    "dispute": "000555555559",
}
MESSAGES = {
    "account_closed": "The bank account has been closed.",
    "debit_not_authorized": "The customer has notified their bank that this payment was unauthorized.",
    "insufficient_funds": "The account has insufficient funds to cover this payment.",
    "no_account": "The bank account could not be located.",
}


def check_iban(text: str, param: str) -> str:
    """Return an IBAN without its spaces, its check digits verified (ISO 13616).

    Raises:
        ApiError: 400 ``invalid_bank_account_iban``.
    """
    number = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", number) or _remainder(number) != 1:
        raise invalid("The IBAN you provided is invalid.", param, "invalid_bank_account_iban")
    return number


def account_of(number: str) -> Account:
    """Return what debits of an account do; an IBAN that is no test account is debited without trouble."""
    return ACCOUNTS.get(number, _WELL)


def _remainder(iban: str) -> int:
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97


def check_us_account(given: Obj) -> tuple[str, str]:
    """Return the numbers of a US test account and of its bank."""
    for name in ("account_number", "routing_number"):
        if not given.get(name):
            raise missing_param(f"us_bank_account[{name}]")
    number, routing = given["account_number"], given["routing_number"]
    if routing != ROUTING:
        raise invalid("Invalid routing number", "us_bank_account[routing_number]", "routing_number_invalid")
    if number not in US_ACCOUNTS:
        raise invalid(
            "You must use a test bank account number in test mode.",
            "us_bank_account[account_number]",
            "account_number_invalid",
        )
    return number, routing
