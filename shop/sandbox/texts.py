"""The hosted page's own words, in English and French (``words_en``, ``words_fr``); amounts and country names come from Babel."""

from __future__ import annotations

import unicodedata

from babel import Locale, UnknownLocaleError

from shop.sandbox import words_en, words_fr
from shop.sandbox.errors import ApiError, Obj

TEXTS = {"en": words_en.WORDS, "fr": words_fr.WORDS}
# What the featured test cards do, in the order shown.
FEATURED = {
    "4242424242424242": {"en": "Succeeds", "fr": "Réussit"},
    "4000000000000002": {"en": "Declined", "fr": "Refusée"},
    "4000000000009995": {"en": "Insufficient funds", "fr": "Fonds insuffisants"},
    "4000000000003220": {"en": "3-D Secure", "fr": "3-D Secure"},
    "4000000000000259": {"en": "Disputed later", "fr": "Contestée ensuite"},
    "4000000000005126": {"en": "Its refund fails", "fr": "Remboursement raté"},
}
# What the test accounts do, by the kind of payment method.
ACCOUNTS = {
    "sepa_debit": {
        "AT611904300234573201": {"en": "Succeeds", "fr": "Réussit"},
        "AT321904300235473204": {"en": "Succeeds after 3 minutes", "fr": "Réussit après 3 minutes"},
        "AT861904300235473202": {"en": "Fails", "fr": "Échoue"},
        "AT051904300235473205": {"en": "Fails after 3 minutes", "fr": "Échoue après 3 minutes"},
    },
    "us_bank_account": {
        "000123456789": {"en": "Succeeds", "fr": "Réussit"},
        "000111111113": {"en": "Account closed", "fr": "Compte clos"},
        "000111111116": {"en": "No such account", "fr": "Compte inexistant"},
        "000222222227": {"en": "Insufficient funds", "fr": "Fonds insuffisants"},
        "000333333335": {"en": "Not authorised", "fr": "Non autorisé"},
        "000000000009": {"en": "Stays processing", "fr": "Reste en cours"},
        "000555555559": {"en": "Disputed later", "fr": "Contesté ensuite"},
    },
}
BRANDS = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "discover": "Discover",
          "diners": "Diners Club", "jcb": "JCB", "unionpay": "UnionPay"}  # fmt: skip


class Words:
    """The page's words in one language.

    Args:
        locale: as a session names it (``fr``, ``pt-BR``); None or ``auto`` follows the browser.
        accepted: the browser's languages, best first.
    """

    def __init__(self, locale: str | None, accepted: list[str]) -> None:
        wanted = [locale] if locale and locale != "auto" else accepted
        self.locale = next((one for one in wanted if _parsed(one)), "en")
        self.language = self.locale[:2].lower() if self.locale[:2].lower() in TEXTS else "en"

    def __call__(self, name: str, **values: object) -> str:
        """Return a text, its braces filled."""
        return TEXTS[self.language][name].format(**values)

    def countries(self) -> dict[str, str]:
        """Return the names of all countries by their codes, in the order of the names."""
        names = Locale.parse(self.language).territories
        known = {code: name for code, name in names.items() if code.isalpha() and code not in _NONE}
        return dict(sorted(known.items(), key=lambda pair: _plain(pair[1])))

    def refusal(self, error: ApiError | Obj) -> str:
        """Return why a card was refused, as a buyer wants to read it."""
        body = error.body()["error"] if isinstance(error, ApiError) else error
        for key in (body.get("decline_code"), body.get("code")):
            if key in TEXTS[self.language]:
                return self(key)
        return str(body["message"])


_NONE = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})


def _plain(name: str) -> str:
    """Return a name as it is sorted: É beside E."""
    return unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode().lower()


def _parsed(locale: str) -> bool:
    try:
        Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return False
    return True
