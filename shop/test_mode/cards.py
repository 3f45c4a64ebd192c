"""Test cards by what they are good for: https://docs.stripe.com/testing. The stand-in knows the same."""

from typing import NamedTuple

from flask_babel import gettext as _


class Sample(NamedTuple):
    """A number to type (in groups of four), and what happens then."""

    number: str
    text: str

    @property
    def digits(self) -> str:
        """The number as programs send it."""
        return self.number.replace(" ", "")


class Group(NamedTuple):
    """Cards of one kind."""

    key: str
    title: str
    cards: list[Sample]
    is_account: bool = False


def card_groups() -> list[Group]:
    """Return all groups, in the visitor's language."""
    return [
        Group("succeeds", _("Succeeds"), _succeeding()),
        Group("declines", _("Is declined"), _declined()),
        Group("secure", _("Asks for 3-D Secure"), _secure()),
        Group("disputes", _("Is disputed after it was paid"), _disputed()),
        Group("refunds", _("Makes trouble with refunds"), _refunds()),
        Group("accounts", _("Debit accounts (SEPA)"), _accounts(), is_account=True),
    ]


def payable_groups(currency: str) -> list[Group]:
    """Return the groups that an order in a currency can be paid with: SEPA debits are in euros only."""
    return [group for group in card_groups() if not group.is_account or currency == "EUR"]


def _succeeding() -> list[Sample]:
    return [
        Sample("4242 4242 4242 4242", "Visa"),
        Sample("4000 0566 5566 5556", _("Visa, debit card")),
        Sample("5555 5555 5555 4444", "Mastercard"),
        Sample("3782 822463 10005", _("American Express (security code of four digits)")),
        Sample("4000 0025 0000 1001", "Cartes Bancaires / Visa"),
        Sample("4000 0025 0000 0003", _("Visa, from France")),
        Sample("4000 0027 6000 0016", _("Visa, from Germany")),
    ]


def _declined() -> list[Sample]:
    return [
        Sample("4000 0000 0000 0002", _("declined without a reason")),
        Sample("4000 0000 0000 9995", _("not enough money")),
        Sample("4000 0000 0000 9987", _("lost card")),
        Sample("4000 0000 0000 9979", _("stolen card")),
        Sample("4000 0000 0000 0069", _("expired card")),
        Sample("4000 0000 0000 0127", _("wrong security code")),
        Sample("4000 0000 0000 0119", _("the bank could not process it")),
        Sample("4000 0000 0000 6975", _("used too often")),
        Sample("4100 0000 0000 0019", _("blocked as fraud")),
    ]


def _secure() -> list[Sample]:
    return [
        Sample("4000 0025 0000 3155", _("asks, unless it was set up for later")),
        Sample("4000 0027 6000 3184", _("always asks")),
        Sample("4000 0084 0000 1629", _("asks, then is declined")),
        Sample("4000 0000 0000 3055", _("could ask, but need not")),
    ]


def _disputed() -> list[Sample]:
    return [
        Sample("4000 0000 0000 0259", _("“I did not buy this”")),
        Sample("4000 0000 0000 2685", _("“The goods did not arrive”")),
        Sample("4000 0000 0000 1976", _("an inquiry; the money stays")),
        Sample("4000 0000 0000 5423", _("an early fraud warning")),
    ]


def _refunds() -> list[Sample]:
    return [
        Sample("4000 0000 0000 7726", _("refunds are pending first")),
        Sample("4000 0000 0000 5126", _("refunds succeed, then fail")),
    ]


def _accounts() -> list[Sample]:
    return [
        Sample("AT61 1904 3002 3457 3201", _("the debit succeeds")),
        Sample("AT32 1904 3002 3547 3204", _("the debit succeeds three minutes later")),
        Sample("AT86 1904 3002 3547 3202", _("the debit fails")),
        Sample("AT05 1904 3002 3547 3205", _("the debit fails three minutes later")),
    ]
