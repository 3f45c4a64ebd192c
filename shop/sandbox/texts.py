"""The hosted page's own words, in English and French; amounts and country names come from Babel."""

from __future__ import annotations

import unicodedata

from babel import Locale, UnknownLocaleError

from shop.sandbox.errors import ApiError, Obj

_EN = {
    "test_mode": "Test mode",
    "shop": "Test shop",
    "pay_to": "Pay {shop}",
    "back": "Back to {shop}",
    "summary": "Your order",
    "items": "{count} items",
    "item": "1 item",
    "each": "{price} each",
    "quantity": "Qty {count}",
    "subtotal": "Subtotal",
    "shipping": "Shipping",
    "free": "Free",
    "total": "Total due",
    "contact": "Contact",
    "email": "E-mail",
    "phone": "Phone",
    "delivery": "Shipping address",
    "full_name": "Full name",
    "country": "Country or region",
    "line1": "Address",
    "line2": "Apartment, floor… (optional)",
    "postal": "Postal code",
    "city": "City",
    "state": "State or province",
    "method": "Shipping method",
    "update": "Update the total",
    "payment": "Payment by card",
    "number": "Card number",
    "expiry": "Expiry (MM / YY)",
    "cvc": "Security code",
    "cvc_help": "3 digits on the back, 4 on the front of American Express",
    "holder": "Name on the card",
    "billing_country": "Billing country",
    "pay": "Pay {total}",
    "book": "Book for {total}",
    "donate": "Donate {total}",
    "confirm": "Place the order",
    "working": "Paying…",
    "cards": "Test cards",
    "all_cards": "All test cards",
    "cards_help": "Any future date and any security code will do. No real card is ever charged here.",
    "no_money": "A stand-in for Stripe’s test mode, part of Vitrine. No money moves.",
    "problems": "Please check what is marked below.",
    "complete_title": "This payment is done",
    "complete_text": "It went through already; nothing more will be charged.",
    "complete_link": "Continue to {shop}",
    "expired_title": "This checkout has expired",
    "expired_text": "Nothing was charged. Go back to the shop and press Buy again to get a new one.",
    "missing_title": "There is no such checkout",
    "missing_text": "The address may be incomplete, or the stand-in’s state was reset.",
    "challenge_title": "3-D Secure",
    "challenge_text": "The bank of the card ending in {last4} wants to know that it is you. Here you decide what it finds.",
    "challenge_amount": "{total} to {shop}",
    "challenge_complete": "Complete the authentication",
    "challenge_fail": "Fail the authentication",
    "challenge_cancel": "Give up and choose another card",
    "required": "Please fill this in.",
    "bad_email": "Enter an e-mail address such as name@example.com.",
    "bad_country": "Choose a country from the list.",
    "incorrect_number": "This card number is not correct. Check its digits.",
    "bad_expiry": "Enter the date as on the card, month and year: 04 / 30.",
    "past_expiry": "This card’s date has passed.",
    "invalid_cvc": "This security code is not complete.",
    "card_declined": "Your card was declined. Try another card.",
    "insufficient_funds": "Your card has insufficient funds. Try another card.",
    "expired_card": "Your card has expired. Try another card.",
    "incorrect_cvc": "Your card’s security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "payment_intent_authentication_failure": "The authentication failed. Try again or choose another card.",
    "test_mode_live_card": "Your card was declined: this page takes test cards only.",
}
_FR = {
    "test_mode": "Mode test",
    "shop": "Boutique de test",
    "pay_to": "Payer {shop}",
    "back": "Retour à {shop}",
    "summary": "Votre commande",
    "items": "{count} articles",
    "item": "1 article",
    "each": "{price} pièce",
    "quantity": "Qté {count}",
    "subtotal": "Sous-total",
    "shipping": "Livraison",
    "free": "Offerte",
    "total": "Total à payer",
    "contact": "Coordonnées",
    "email": "E-mail",
    "phone": "Téléphone",
    "delivery": "Adresse de livraison",
    "full_name": "Nom complet",
    "country": "Pays ou région",
    "line1": "Adresse",
    "line2": "Appartement, étage… (facultatif)",
    "postal": "Code postal",
    "city": "Ville",
    "state": "État ou province",
    "method": "Mode de livraison",
    "update": "Mettre à jour le total",
    "payment": "Paiement par carte",
    "number": "Numéro de carte",
    "expiry": "Expiration (MM / AA)",
    "cvc": "Code de sécurité",
    "cvc_help": "3 chiffres au dos, 4 au recto d’une American Express",
    "holder": "Nom sur la carte",
    "billing_country": "Pays de facturation",
    "pay": "Payer {total}",
    "book": "Réserver pour {total}",
    "donate": "Donner {total}",
    "confirm": "Passer la commande",
    "working": "Paiement en cours…",
    "cards": "Cartes de test",
    "all_cards": "Toutes les cartes de test",
    "cards_help": "N’importe quelle date future et n’importe quel code de sécurité conviennent. "
    "Aucune vraie carte n’est jamais débitée ici.",
    "no_money": "Un remplaçant du mode test de Stripe, partie de Vitrine. Aucun argent ne circule.",
    "problems": "Vérifiez ce qui est signalé ci-dessous.",
    "complete_title": "Ce paiement est terminé",
    "complete_text": "Il a déjà abouti\u202f; rien d’autre ne sera débité.",
    "complete_link": "Continuer vers {shop}",
    "expired_title": "Ce paiement a expiré",
    "expired_text": "Rien n’a été débité. Retournez à la boutique et appuyez de nouveau sur Acheter.",
    "missing_title": "Ce paiement n’existe pas",
    "missing_text": "L’adresse est peut-être incomplète, ou l’état du remplaçant a été remis à zéro.",
    "challenge_title": "3-D Secure",
    "challenge_text": "La banque de la carte se terminant par {last4} veut savoir si c’est bien vous. "
    "Ici, vous décidez de sa réponse.",
    "challenge_amount": "{total} pour {shop}",
    "challenge_complete": "Réussir l’authentification",
    "challenge_fail": "Échouer à l’authentification",
    "challenge_cancel": "Renoncer et choisir une autre carte",
    "required": "Ce champ est à remplir.",
    "bad_email": "Saisissez une adresse e-mail comme nom@exemple.fr.",
    "bad_country": "Choisissez un pays de la liste.",
    "incorrect_number": "Ce numéro de carte est incorrect. Vérifiez ses chiffres.",
    "bad_expiry": "Saisissez la date de la carte, mois et année\u00a0: 04 / 30.",
    "past_expiry": "La date de cette carte est passée.",
    "invalid_cvc": "Ce code de sécurité est incomplet.",
    "card_declined": "Votre carte a été refusée. Essayez-en une autre.",
    "insufficient_funds": "Les fonds de votre carte sont insuffisants. Essayez-en une autre.",
    "expired_card": "Votre carte a expiré. Essayez-en une autre.",
    "incorrect_cvc": "Le code de sécurité de votre carte est incorrect.",
    "processing_error": "Une erreur est survenue avec votre carte. Réessayez dans un instant.",
    "payment_intent_authentication_failure": "L’authentification a échoué. Réessayez ou choisissez une autre carte.",
    "test_mode_live_card": "Votre carte a été refusée\u00a0: cette page ne prend que des cartes de test.",
}
TEXTS = {"en": _EN, "fr": _FR}
# What the featured test cards do, in the order shown.
FEATURED = {
    "4242424242424242": {"en": "Succeeds", "fr": "Réussit"},
    "4000000000000002": {"en": "Declined", "fr": "Refusée"},
    "4000000000009995": {"en": "Insufficient funds", "fr": "Fonds insuffisants"},
    "4000000000003220": {"en": "3-D Secure", "fr": "3-D Secure"},
    "4000000000000259": {"en": "Disputed later", "fr": "Contestée ensuite"},
    "4000000000005126": {"en": "Its refund fails", "fr": "Remboursement raté"},
}


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
