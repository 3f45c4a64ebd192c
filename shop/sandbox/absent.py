"""What Stripe has and the stand-in has not: each address answers with an error that says so."""

from __future__ import annotations

from shop.sandbox.errors import ApiError

CODE = "not_in_the_stand_in"

# The first words of addresses, and the part of Stripe that they belong to; the longest that fits counts.
_AREAS = {
    "/v1/account_links": "Connect",
    "/v1/account_sessions": "Connect",
    "/v1/accounts": "Connect",
    "/v1/application_fees": "Connect",
    "/v1/transfers": "Connect",
    "/v1/country_specs": "Connect",
    "/v1/payouts": "payouts",
    "/v1/balance_settings": "payouts",
    "/v1/topups": "top-ups",
    "/v1/subscriptions": "Billing (subscriptions, invoices, quotes)",
    "/v1/subscription_items": "Billing (subscriptions, invoices, quotes)",
    "/v1/subscription_schedules": "Billing (subscriptions, invoices, quotes)",
    "/v1/invoices": "Billing (subscriptions, invoices, quotes)",
    "/v1/invoiceitems": "Billing (subscriptions, invoices, quotes)",
    "/v1/invoice_payments": "Billing (subscriptions, invoices, quotes)",
    "/v1/credit_notes": "Billing (subscriptions, invoices, quotes)",
    "/v1/quotes": "Billing (subscriptions, invoices, quotes)",
    "/v1/plans": "Billing (subscriptions, invoices, quotes)",
    "/v1/billing": "Billing (subscriptions, invoices, quotes)",
    "/v1/billing_portal": "the customer portal",
    "/v1/entitlements": "entitlements",
    "/v1/products/{id}/features": "entitlements",
    "/v1/customers/{id}/sources": "Sources and bank accounts on customers (use payment methods)",
    "/v1/sources": "Sources (use payment methods)",
    "/v1/customers/{id}/balance_transactions": "customers' credit balances",
    "/v1/customers/{id}/cash_balance": "cash balances and bank transfers",
    "/v1/customers/{id}/cash_balance_transactions": "cash balances and bank transfers",
    "/v1/customers/{id}/funding_instructions": "cash balances and bank transfers",
    "/v1/customers/{id}/tax_ids": "customers' tax ids",
    "/v1/customers/{id}/discount": "discounts on customers",
    "/v1/tax_ids": "customers' tax ids",
    "/v1/tax": "automatic tax",
    "/v1/payment_intents/{id}/apply_customer_balance": "cash balances and bank transfers",
    "/v1/payment_intents/{id}/increment_authorization": "incremented authorisations",
    "/v1/payment_intents/{id}/verify_microdeposits": "micro-deposits (its bank accounts need no check)",
    "/v1/payment_intents/{id}/amount_details_line_items": "line items on payment intents",
    "/v1/setup_intents": "setup intents",
    "/v1/setup_attempts": "setup intents",
    "/v1/payment_links": "payment links",
    "/v1/payment_method_domains": "payment method domains",
    "/v1/payment_method_configurations": "payment method configurations",
    "/v1/customer_sessions": "customer sessions",
    "/v1/ephemeral_keys": "ephemeral keys",
    "/v1/confirmation_tokens": "confirmation tokens",
    "/v1/tokens": "tokens made by a call (use `tok_visa` and the like, or payment methods)",
    "/v1/files": "files",
    "/v1/file_links": "files",
    "/v1/reporting": "reports",
    "/v1/sigma": "Sigma",
    "/v1/radar": "Radar",
    "/v1/reviews": "Radar",
    "/v1/terminal": "Terminal",
    "/v1/issuing": "Issuing",
    "/v1/treasury": "Treasury",
    "/v1/identity": "Identity",
    "/v1/financial_connections": "Financial Connections",
    "/v1/climate": "Climate",
    "/v1/test_helpers": "test clocks and the other test helpers (its own clock: POST /_sandbox/clock)",
    "/v2": "the second version of the API",
}  # fmt: skip


def no_such_address(method: str, path: str, methods: list[str]) -> ApiError:
    """Return the error of an address that nothing answers.

    400 with the code ``not_in_the_stand_in`` where Stripe has something there, 404 where it has nothing that we know
    of, or takes other methods (``methods``).
    """
    area = None if methods else area_of(path)
    if area:
        return ApiError(
            400,
            f"The Stripe stand-in does not do {area}: {method} {path} is not there. Stripe itself may have it; use a test "
            "key for it.",
            code=CODE,
        )
    hint = "The stand-in does not have this address."
    if methods:
        hint = f"This address takes {', '.join(methods)}."
    elif path.endswith("/"):
        hint = (
            "If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make "
            "sure you passed a valid (non-empty) identifier in your code."
        )
    return ApiError(
        404, f"Unrecognized request URL ({method}: {path}). {hint} Please see https://stripe.com/docs."
    )


def area_of(path: str) -> str | None:
    """Return the part of Stripe that an address belongs to, where the stand-in has none of it."""
    given = path.strip("/").split("/")
    best: tuple[int, str] | None = None
    for known, area in _AREAS.items():
        parts = known.strip("/").split("/")
        fits = len(parts) <= len(given) and all(
            part in ("{id}", word) for part, word in zip(parts, given, strict=False)
        )
        if fits and (best is None or len(parts) > best[0]):
            best = len(parts), area
    return best[1] if best else None
