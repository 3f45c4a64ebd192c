"""Which parameters of a new Checkout Session the stand-in honours; every other one is refused by its name.

A table of what is done, not of what is left out: a parameter that a newer SDK brings is refused until it is done.
"""

from __future__ import annotations

from typing import Any

from shop.sandbox.errors import Obj, invalid, unsupported
from shop.sandbox.honoured import general, leaves

# Each stands for itself and all below it; «[]» is any place in a list.
HONOURED = frozenset((
    "adaptive_pricing", "after_expiration[recovery]", "allow_promotion_codes", "allowed_payment_method_types",
    "billing_address_collection", "branding_settings[background_color]", "branding_settings[border_style]",
    "branding_settings[button_color]", "branding_settings[display_name]", "branding_settings[font_family]",
    "branding_settings[icon][type]", "branding_settings[icon][url]", "branding_settings[logo][type]",
    "branding_settings[logo][url]", "cancel_url", "client_reference_id", "consent_collection", "currency",
    "custom_fields", "custom_text", "customer", "customer_creation", "customer_email", "customer_update",
    "discounts", "excluded_payment_method_types", "expires_at", "integration_identifier",
    "line_items[][adjustable_quantity]", "line_items[][metadata]", "line_items[][price]",
    "line_items[][price_data][currency]", "line_items[][price_data][product]",
    "line_items[][price_data][product_data]", "line_items[][price_data][recurring]",
    "line_items[][price_data][tax_behavior]", "line_items[][price_data][unit_amount]",
    "line_items[][price_data][unit_amount_decimal]", "line_items[][quantity]", "line_items[][tax_rates]", "locale",
    "metadata", "mode", "name_collection", "optional_items", "origin_context", "payment_intent_data[capture_method]",
    "payment_intent_data[description]", "payment_intent_data[metadata]", "payment_intent_data[receipt_email]",
    "payment_intent_data[setup_future_usage]", "payment_intent_data[shipping]",
    "payment_intent_data[statement_descriptor]", "payment_intent_data[statement_descriptor_suffix]",
    "payment_intent_data[transfer_group]", "payment_method_data[allow_redisplay]",
    "payment_method_options[card][request_three_d_secure]", "payment_method_options[card][setup_future_usage]",
    "payment_method_options[sepa_debit][setup_future_usage]",
    "payment_method_options[us_bank_account][setup_future_usage]",
    "payment_method_options[us_bank_account][verification_method]", "payment_method_types",
    "phone_number_collection", "saved_payment_method_options", "shipping_address_collection",
    "shipping_options[][shipping_rate]", "shipping_options[][shipping_rate_data]", "submit_type", "success_url",
    "ui_mode", "wallet_options",
))  # fmt: skip
# What may be said, since it says what the stand-in does anyway.
_HARMLESS: dict[str, tuple[Any, ...]] = {
    "automatic_tax[enabled]": (False,),
    "invoice_creation[enabled]": (False,),
    "managed_payments[enabled]": (False,),
    "tax_id_collection[enabled]": (False,),
    "tax_id_collection[required]": ("never",),
}
# Of what is honoured, the only values that are.
_VALUES: dict[str, tuple[Any, ...]] = {
    "branding_settings[icon][type]": ("url",),
    "branding_settings[logo][type]": ("url",),
    "mode": ("payment",),
    "payment_method_options[card][setup_future_usage]": ("none",),
    "payment_method_options[sepa_debit][setup_future_usage]": ("none",),
    "payment_method_options[us_bank_account][setup_future_usage]": ("none",),
    "ui_mode": ("hosted_page", "hosted"),
}


def check_supported(params: Obj) -> None:
    """Refuse, clearly, what Stripe has and the stand-in has not."""
    for path, value in leaves(params, "", HONOURED):
        name = general(path)
        if name == "submit_type" and value == "subscribe":
            raise invalid("`submit_type=subscribe` is only for the mode `subscription`.", path)
        if name in _VALUES and value not in _VALUES[name]:
            raise unsupported(path, f"`{path}` `{value}`")
        if name not in HONOURED and value not in _HARMLESS.get(name, ()):
            raise unsupported(path)
