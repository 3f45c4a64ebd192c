"""Which parameters of each call the stand-in honours; every other one is refused by its name.

Tables of what is done, not of what is left out: a parameter that a newer SDK brings is refused until it is done.
(A new session's table has a file of its own, ``session_params``.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from shop.sandbox.errors import Obj, unsupported

_PAGE = "limit starting_after ending_before"
_LIST = f"{_PAGE} created"
_SEARCH = "limit page query"
_OF_A_PAYMENT = f"{_LIST} charge payment_intent"
_CUSTOMER = (
    "address business_name description email individual_name invoice_prefix invoice_settings[default_payment_method] "
    "metadata name phone preferred_locales shipping tax_exempt"
)
_PRODUCT = (
    "active description images marketing_features metadata name package_dimensions shippable statement_descriptor "
    "tax_code unit_label url"
)
_ELSEWHERE = (
    "currency_options[][tax_behavior] currency_options[][unit_amount] currency_options[][unit_amount_decimal]"
)
_METHOD = (
    "type allow_redisplay billing_details card[cvc] card[exp_month] card[exp_year] card[number] card[token] metadata "
    "sepa_debit us_bank_account[account_holder_type] us_bank_account[account_number] us_bank_account[account_type] "
    "us_bank_account[routing_number]"
)
_TAX_RATE = "active country description display_name jurisdiction metadata state tax_type"


def _within(name: str, members: str) -> str:
    """Return members of an object with its name before them: ``card[cvc]`` becomes ``name[card][cvc]``."""
    return " ".join(re.sub(r"^[^\[]+", lambda found: f"{name}[{found[0]}]", one) for one in members.split())


# A buyer's acceptance of a mandate (``mandate_data``) is taken as given: the test accounts ask for no proof of it.
_PAYING = " ".join((
    "allowed_payment_method_types capture_method excluded_payment_method_types payment_method payment_method_types",
    "receipt_email setup_future_usage shipping",
    _within("payment_method_data", _METHOD),
    _within("payment_method_options", "card[request_three_d_secure] card[setup_future_usage] "
            "sepa_debit[setup_future_usage] us_bank_account[setup_future_usage] us_bank_account[verification_method]"),
))  # fmt: skip
_CONFIRMING = "error_on_requires_action mandate_data off_session return_url use_stripe_sdk"
_INTENT = (
    f"{_PAYING} amount currency customer description metadata statement_descriptor statement_descriptor_suffix "
    "transfer_group"
)
# The evidence that a shop may give in a dispute.
EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal "
    "customer_communication customer_email_address customer_name customer_purchase_ip customer_signature "
    "duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt "
    "refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation "
    "shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number "
    "uncategorized_file uncategorized_text"
)

# By the SDK's name of the request; each stands for itself and all below it, «[]» is any place in a list.
_TABLE = {
    "BalanceTransactionListParams": f"{_LIST} currency source type",
    "ChargeCaptureParams": "amount receipt_email statement_descriptor statement_descriptor_suffix transfer_group",
    "ChargeCreateParams": "amount capture currency customer description metadata receipt_email shipping source "
    "statement_descriptor statement_descriptor_suffix transfer_group",
    "ChargeListParams": f"{_LIST} customer payment_intent transfer_group",
    "ChargeSearchParams": _SEARCH,
    "ChargeUpdateParams": "description fraud_details metadata receipt_email shipping transfer_group",
    "checkout.SessionListLineItemsParams": _PAGE,
    "checkout.SessionListParams": f"{_LIST} customer customer_details payment_intent status",
    "checkout.SessionUpdateParams": "metadata",
    "CouponCreateParams": "amount_off applies_to currency currency_options duration duration_in_months id "
    "max_redemptions metadata name percent_off redeem_by",
    "CouponListParams": _LIST,
    "CouponUpdateParams": "currency_options metadata name",
    "CustomerCreateParams": f"{_CUSTOMER} payment_method",
    "CustomerListParams": f"{_LIST} email",
    "CustomerPaymentMethodListParams": f"{_PAGE} allow_redisplay type",
    "CustomerSearchParams": _SEARCH,
    "CustomerUpdateParams": _CUSTOMER,
    "DisputeListParams": _OF_A_PAYMENT,
    "DisputeUpdateParams": f"{_within('evidence', EVIDENCE)} metadata submit",
    "EventListParams": f"{_LIST} delivery_success type types",
    "PaymentIntentCancelParams": "cancellation_reason",
    "PaymentIntentCaptureParams": "amount_to_capture final_capture metadata statement_descriptor "
    "statement_descriptor_suffix",
    "PaymentIntentConfirmParams": f"{_PAYING} {_CONFIRMING}",
    "PaymentIntentCreateParams": f"{_INTENT} {_CONFIRMING} automatic_payment_methods confirm confirmation_method",
    "PaymentIntentListParams": f"{_LIST} customer",
    "PaymentIntentRetrieveParams": "client_secret",
    "PaymentIntentSearchParams": _SEARCH,
    "PaymentIntentUpdateParams": _INTENT,
    "PaymentMethodAttachParams": "customer",
    "PaymentMethodCreateParams": _METHOD,
    "PaymentMethodListParams": f"{_PAGE} allow_redisplay customer type",
    "PaymentMethodUpdateParams": "allow_redisplay billing_details card[exp_month] card[exp_year] metadata",
    "PriceCreateParams": f"{_ELSEWHERE} active billing_scheme currency lookup_key metadata nickname product "
    "product_data[active] product_data[id] product_data[metadata] product_data[name] "
    "product_data[statement_descriptor] product_data[tax_code] product_data[unit_label] recurring[interval] "
    "recurring[interval_count] recurring[trial_period_days] recurring[usage_type] tax_behavior transfer_lookup_key "
    "transform_quantity unit_amount unit_amount_decimal",
    "PriceListParams": f"{_LIST} active currency lookup_keys product recurring[interval] type",
    "PriceSearchParams": _SEARCH,
    "PriceUpdateParams": f"{_ELSEWHERE} active lookup_key metadata nickname tax_behavior transfer_lookup_key",
    "ProductCreateParams": " ".join((
        _PRODUCT, "id type",
        _within("default_price_data", f"{_ELSEWHERE} currency metadata recurring tax_behavior unit_amount "
                "unit_amount_decimal"),
    )),
    "ProductListParams": f"{_LIST} active ids shippable type url",
    "ProductSearchParams": _SEARCH,
    "ProductUpdateParams": f"{_PRODUCT} default_price",
    "PromotionCodeCreateParams": "active code customer expires_at max_redemptions metadata promotion restrictions",
    "PromotionCodeListParams": f"{_LIST} active code coupon customer",
    "PromotionCodeUpdateParams": "active metadata restrictions",
    "radar.EarlyFraudWarningListParams": _OF_A_PAYMENT,
    "RefundCreateParams": "amount charge metadata payment_intent reason",
    "RefundListParams": _OF_A_PAYMENT,
    "RefundUpdateParams": "metadata",
    "ShippingRateCreateParams": "delivery_estimate display_name fixed_amount metadata tax_behavior tax_code type",
    "ShippingRateListParams": f"{_LIST} active currency",
    "ShippingRateUpdateParams": "active fixed_amount metadata tax_behavior",
    "TaxRateCreateParams": f"{_TAX_RATE} inclusive percentage",
    "TaxRateListParams": f"{_LIST} active inclusive",
    "TaxRateUpdateParams": _TAX_RATE,
    "WebhookEndpointCreateParams": "api_version description enabled_events metadata url",
    "WebhookEndpointListParams": _PAGE,
    "WebhookEndpointUpdateParams": "description disabled enabled_events metadata url",
}  # fmt: skip
HONOURED = {name: frozenset(members.split()) for name, members in _TABLE.items()}
# What may be said, since it says what the stand-in does anyway.
_HARMLESS: dict[str, tuple[Any, ...]] = {
    "connect": (False,),
    "refund_application_fee": (False,),
    "reverse_transfer": (False,),
}
# Of what is honoured, the only values that are.
_VALUES: dict[str, tuple[Any, ...]] = {
    "billing_scheme": ("per_unit",),
    "final_capture": (True,),
    "payment_method_options[card][setup_future_usage]": ("none", ""),
    "payment_method_options[sepa_debit][setup_future_usage]": ("none", ""),
    "payment_method_options[us_bank_account][setup_future_usage]": ("none", ""),
    "recurring[usage_type]": ("licensed",),
}


def general(param: str) -> str:
    """Return a parameter's name with its places in lists, and its currencies, left out: ``line_items[][quantity]``."""
    return re.sub(r"\[\d+\]", "[]", re.sub(r"(currency_options\]?)\[\w+\]", r"\1[]", param))


def leaves(value: Any, path: str, honoured: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Yield each honoured parameter, and each innermost one that is not."""
    if general(path) in honoured or not isinstance(value, (dict, list)):
        yield path, value
        return
    below = value.items() if isinstance(value, dict) else enumerate(value)
    for name, one in below:
        yield from leaves(one, f"{path}[{name}]" if path else str(name), honoured)


def check_honoured(request: str | None, params: Obj) -> Obj:
    """Refuse, clearly, what Stripe has and the stand-in has not; return what it has.

    An empty text unsets what never was set, so such a parameter is left out.

    Args:
        request: the SDK's name of it (``CustomerCreateParams``).
        params: as read by the request's types, without ``expand``.
    """
    honoured = HONOURED.get(request or "", frozenset())
    for path, value in leaves(params, "", honoured):
        name = general(path)
        if name in honoured:
            if name in _VALUES and value not in _VALUES[name]:
                raise unsupported(path, f"`{path}` `{value}`")
        elif value != "" and value not in _HARMLESS.get(name, ()):
            raise unsupported(path)
    return {name: _kept(one, name, honoured) for name, one in params.items() if _is_kept(one, name, honoured)}


def _is_kept(value: Any, path: str, honoured: frozenset[str]) -> bool:
    """Say whether anything honoured is in a value; what is empty itself was meant so."""
    if general(path) in honoured or value in ({}, []):
        return True
    return any(general(name) in honoured or one != "" for name, one in leaves(value, path, honoured))


def _kept(value: Any, path: str, honoured: frozenset[str]) -> Any:
    """Return an object without the members that were left empty and are not honoured."""
    if not isinstance(value, dict) or general(path) in honoured:
        return value
    inner = {name: (one, f"{path}[{name}]") for name, one in value.items()}
    return {
        name: _kept(one, place, honoured)
        for name, (one, place) in inner.items()
        if _is_kept(one, place, honoured)
    }
