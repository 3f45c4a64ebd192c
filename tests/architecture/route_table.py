"""Who may call which route: the table that the tests hold the application to. A new route needs a row."""

import enum
from dataclasses import dataclass

from shop.page.authorization import Permission


class Who(enum.Enum):
    """Who is let in."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"
    STAFF = "staff with the permission"
    BUYER = "the buyer, or who has the order's token"
    BEARER = "who has the bearer token"
    STRIPE = "who signs with the webhook's secret"


@dataclass(frozen=True)
class Row:
    """One route's rule."""

    who: Who
    permission: Permission | None = None
    finds_nothing: bool = False
    """Whether an empty body is about nothing, so that those who may call it are answered 404 too."""


def _staff(permission: Permission) -> Row:
    return Row(Who.STAFF, permission)


ANYBODY, SIGNED_IN = Row(Who.ANYBODY), Row(Who.SIGNED_IN)
BUYER, BEARER, STRIPE = Row(Who.BUYER), Row(Who.BEARER), Row(Who.STRIPE)
VIEW_PRODUCTS, MANAGE_PRODUCTS = _staff(Permission.VIEW_PRODUCTS), _staff(Permission.MANAGE_PRODUCTS)
VIEW_ORDERS, MANAGE_ORDERS = _staff(Permission.VIEW_ORDERS), _staff(Permission.MANAGE_ORDERS)
REFUND_ORDERS = _staff(Permission.REFUND_ORDERS)
MANAGE_PAGE, MANAGE_STAFF = _staff(Permission.MANAGE_PAGE), _staff(Permission.MANAGE_STAFF)

ROUTES: dict[str, Row] = {
    "accounts.create_account": ANYBODY,
    "accounts.create_reset_request": ANYBODY,
    "accounts.create_session": ANYBODY,
    "accounts.delete_session": ANYBODY,
    "accounts.show_account": SIGNED_IN,
    "accounts.show_reset": ANYBODY,
    "accounts.show_reset_request": ANYBODY,
    "accounts.show_sign_in": ANYBODY,
    "accounts.show_sign_up": ANYBODY,
    "accounts.update_account": SIGNED_IN,
    "accounts.update_password": SIGNED_IN,
    "accounts.update_reset": ANYBODY,
    "api_pages.docs": ANYBODY,
    "api_pages.docs_in_language": ANYBODY,
    "api_pages.openapi": ANYBODY,
    "bulk_shipping.create_shipments": MANAGE_ORDERS,
    "bulk_shipping.new_shipments": MANAGE_ORDERS,
    "cart.acknowledge": ANYBODY,
    "cart.add_to_cart": ANYBODY,
    "cart.delete_line": ANYBODY,
    "cart.update_destination": ANYBODY,
    "cart.update_line": ANYBODY,
    "cart_api.add_line": BEARER,
    "cart_api.change_line": BEARER,
    "cart_api.create_cart": ANYBODY,
    "cart_api.delete_cart": BEARER,
    "cart_api.remove_coupon": BEARER,
    "cart_api.remove_line": BEARER,
    "cart_api.set_coupon": BEARER,
    "cart_api.set_destination": BEARER,
    "cart_api.show_cart": BEARER,
    "catalog_admin.apply_bulk_edit": MANAGE_PRODUCTS,
    "catalog_admin.archive_product": MANAGE_PRODUCTS,
    "catalog_admin.choose_products": MANAGE_PRODUCTS,
    "catalog_admin.create_collection": MANAGE_PRODUCTS,
    "catalog_admin.create_product": MANAGE_PRODUCTS,
    "catalog_admin.delete_collection": MANAGE_PRODUCTS,
    "catalog_admin.duplicate_product": MANAGE_PRODUCTS,
    "catalog_admin.list_bulk_edits": VIEW_PRODUCTS,
    "catalog_admin.list_collections": VIEW_PRODUCTS,
    "catalog_admin.list_low_stock": VIEW_PRODUCTS,
    "catalog_admin.list_products": VIEW_PRODUCTS,
    "catalog_admin.new_bulk_edit": MANAGE_PRODUCTS,
    "catalog_admin.new_collection": MANAGE_PRODUCTS,
    "catalog_admin.new_product": MANAGE_PRODUCTS,
    "catalog_admin.propose_bulk_edit": MANAGE_PRODUCTS,
    "catalog_admin.publish_product": MANAGE_PRODUCTS,
    "catalog_admin.reorder_collections": MANAGE_PRODUCTS,
    "catalog_admin.restore_product": MANAGE_PRODUCTS,
    "catalog_admin.show_bulk_edit": VIEW_PRODUCTS,
    "catalog_admin.show_collection": VIEW_PRODUCTS,
    "catalog_admin.show_product": VIEW_PRODUCTS,
    "catalog_admin.show_stock_history": VIEW_PRODUCTS,
    "catalog_admin.undo_bulk_edit": MANAGE_PRODUCTS,
    "catalog_admin.update_collection": MANAGE_PRODUCTS,
    "catalog_admin.update_low_stock": MANAGE_PRODUCTS,
    "catalog_admin.update_product": MANAGE_PRODUCTS,
    "import_admin.cancel_import": MANAGE_PRODUCTS,
    "import_admin.create_import": MANAGE_PRODUCTS,
    "import_admin.download_left_out": Row(Who.STAFF, Permission.MANAGE_PRODUCTS, finds_nothing=True),
    "import_admin.fetch_pictures_again": MANAGE_PRODUCTS,
    "import_admin.list_imports": MANAGE_PRODUCTS,
    "import_admin.read_again": MANAGE_PRODUCTS,
    "import_admin.repeat_import": MANAGE_PRODUCTS,
    "import_admin.show_import": MANAGE_PRODUCTS,
    "import_admin.start_import": MANAGE_PRODUCTS,
    "catalog_admin.withdraw_product": MANAGE_PRODUCTS,
    "catalog_api.list_products": ANYBODY,
    "catalog_api.show_product": ANYBODY,
    "checkout.buy": ANYBODY,
    "checkout.cancel": BUYER,
    "checkout.check_out": ANYBODY,
    "checkout.come_back": BUYER,
    "checkout_api.check_out": BEARER,
    "choose_language": ANYBODY,
    "directory.list_pages": ANYBODY,
    "health.healthz": ANYBODY,
    "health.readyz": ANYBODY,
    "insights.create_attempt": Row(Who.STAFF, Permission.MANAGE_PAGE, finds_nothing=True),
    "insights.show_person": Row(Who.STAFF, Permission.VIEW_ORDERS, finds_nothing=True),
    "insights.show_search": VIEW_ORDERS,
    "insights.show_today": VIEW_ORDERS,
    "media": ANYBODY,
    "order_acts.accept_order": REFUND_ORDERS,
    "order_acts.cancel_order": MANAGE_ORDERS,
    "order_acts.create_attempt": Row(Who.STAFF, Permission.MANAGE_ORDERS, finds_nothing=True),
    "order_acts.create_evidence": Row(Who.STAFF, Permission.REFUND_ORDERS, finds_nothing=True),
    "order_acts.create_fulfilment": MANAGE_ORDERS,
    "order_acts.create_note": MANAGE_ORDERS,
    "order_acts.create_refund": REFUND_ORDERS,
    "order_acts.create_sending": Row(Who.STAFF, Permission.MANAGE_ORDERS, finds_nothing=True),
    "order_acts.delete_fulfilment": Row(Who.STAFF, Permission.MANAGE_ORDERS, finds_nothing=True),
    "order_acts.new_refund": REFUND_ORDERS,
    "order_acts.reject_order": REFUND_ORDERS,
    "order_acts.update_tracking": Row(Who.STAFF, Permission.MANAGE_ORDERS, finds_nothing=True),
    "orders.list_orders": SIGNED_IN,
    "orders.show_order": BUYER,
    "orders_admin.create_export": VIEW_ORDERS,
    "orders_admin.create_filter": VIEW_ORDERS,
    "orders_admin.delete_saved_filter": Row(Who.STAFF, Permission.VIEW_ORDERS, finds_nothing=True),
    "orders_admin.list_orders": VIEW_ORDERS,
    "orders_admin.restore_saved_filter": Row(Who.STAFF, Permission.VIEW_ORDERS, finds_nothing=True),
    "orders_admin.update_filter": Row(Who.STAFF, Permission.VIEW_ORDERS, finds_nothing=True),
    "orders_admin.preview_mail": Row(Who.STAFF, Permission.VIEW_ORDERS, finds_nothing=True),
    "orders_admin.preview_mail_body": Row(Who.STAFF, Permission.VIEW_ORDERS, finds_nothing=True),
    "orders_admin.show_mail": Row(Who.STAFF, Permission.VIEW_ORDERS, finds_nothing=True),
    "orders_admin.show_mail_body": Row(Who.STAFF, Permission.VIEW_ORDERS, finds_nothing=True),
    "orders_admin.show_order": VIEW_ORDERS,
    "orders_admin.show_slip": VIEW_ORDERS,
    "orders_admin.show_slips": VIEW_ORDERS,
    "orders_api.show_order": BEARER,
    "page.create": SIGNED_IN,
    "page.create_like": SIGNED_IN,
    "page.create_membership": ANYBODY,
    "page.delete_like": SIGNED_IN,
    "page.list_my_pages": SIGNED_IN,
    "page.new_page": SIGNED_IN,
    "page.show_invitation": ANYBODY,
    "page.show_suggestion": SIGNED_IN,
    "page_admin.bring_back": Row(Who.STAFF, Permission.MANAGE_STAFF, finds_nothing=True),
    "page_admin.create_delivery": MANAGE_STAFF,
    "page_admin.create_invitation": MANAGE_STAFF,
    "page_admin.create_restoration": MANAGE_STAFF,
    "page_admin.create_setup": MANAGE_PAGE,
    "page_admin.delete_invitation": MANAGE_STAFF,
    "page_admin.delete_setup": MANAGE_PAGE,
    "page_admin.delete_staff": MANAGE_STAFF,
    "page_admin.hide_notice": VIEW_ORDERS,
    "page_admin.show_audit": MANAGE_PAGE,
    "page_admin.show_payments": VIEW_ORDERS,
    "page_admin.show_settings": MANAGE_PAGE,
    "page_admin.show_staff": MANAGE_STAFF,
    "page_admin.update_role": MANAGE_STAFF,
    "page_admin.update_settings": MANAGE_PAGE,
    "page_api.list_pages": ANYBODY,
    "page_api.show_page": ANYBODY,
    "rooms.create_fault": ANYBODY,
    "rooms.delete_faults": ANYBODY,
    "rooms.deliver_event": ANYBODY,
    "rooms.dispute_order": ANYBODY,
    "rooms.expire_order": ANYBODY,
    "rooms.fail_refund": ANYBODY,
    "rooms.list_orders": ANYBODY,
    "rooms.pause_webhooks": ANYBODY,
    "rooms.pay_order": ANYBODY,
    "rooms.resume_webhooks": ANYBODY,
    "rooms.show_clock": ANYBODY,
    "rooms.show_mail": ANYBODY,
    "rooms.show_mail_body": ANYBODY,
    "rooms.show_mails": ANYBODY,
    "rooms.show_order": ANYBODY,
    "rooms.show_overview": ANYBODY,
    "rooms.show_webhooks": ANYBODY,
    "rooms.turn_clock": ANYBODY,
    "seen.create_views": ANYBODY,
    "seen.show_pixel": ANYBODY,
    "storefront.about": ANYBODY,
    "storefront.collection": ANYBODY,
    "storefront.home": ANYBODY,
    "storefront.product": ANYBODY,
    "storefront.shop": ANYBODY,
    "storefront.timeline": ANYBODY,
    "storefront_cart.show_cart": ANYBODY,
    "storefront_plain.theme": ANYBODY,
    "stripe.receive": STRIPE,
}
