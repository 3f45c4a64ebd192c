"""Where a product stands, changed with a button and undone with another; and the product once more."""

from flask import url_for
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response

from shop.catalog import copying, service
from shop.catalog.models import ProductStatus
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now
from shop.web.pages import flash_message, see_other

UNDOES = {
    ProductStatus.PUBLISHED: "catalog_admin.publish_product",
    ProductStatus.DRAFT: "catalog_admin.withdraw_product",
    ProductStatus.ARCHIVED: "catalog_admin.archive_product",
}
"""The address that makes a product again what it was."""


@staff_only(Permission.MANAGE_PRODUCTS)
def publish_product(access: PageAccess, product_id: int) -> Response:
    """Put a product into the shop."""
    return _set_status(access, product_id, ProductStatus.PUBLISHED, gettext("The product is in the shop."))


@staff_only(Permission.MANAGE_PRODUCTS)
def withdraw_product(access: PageAccess, product_id: int) -> Response:
    """Take a product out of the shop and keep it as a draft."""
    return _set_status(
        access, product_id, ProductStatus.DRAFT, gettext("The product is a draft. Nobody sees it.")
    )


@staff_only(Permission.MANAGE_PRODUCTS)
def archive_product(access: PageAccess, product_id: int) -> Response:
    """Put a product away."""
    return _set_status(
        access,
        product_id,
        ProductStatus.ARCHIVED,
        gettext("The product is archived. You can bring it back at any time."),
    )


def _set_status(access: PageAccess, product_id: int, status: ProductStatus, text: str) -> Response:
    with database().transaction() as session:
        before = service.set_status(
            session, page_id=access.page.id, product_id=product_id, status=status, now=now(),
            account_id=access.account_id,
        )  # fmt: skip
    undo = "catalog_admin.restore_product" if status is ProductStatus.ARCHIVED else UNDOES[before]
    is_changed = before is not status
    flash_message(text, undo=_path(access, undo, product_id) if is_changed else None)
    return see_other("catalog_admin.show_product", page_slug=access.page.slug, product_id=product_id)


@staff_only(Permission.MANAGE_PRODUCTS)
def restore_product(access: PageAccess, product_id: int) -> Response:
    """Bring a product out of the archive as what it was before."""
    with database().transaction() as session:
        status = service.restore_product(
            session, page_id=access.page.id, product_id=product_id, now=now(), account_id=access.account_id
        )
    if status is ProductStatus.PUBLISHED:
        text = gettext("The product is back in the shop.")
    else:
        text = gettext("The product is back as a draft. Nobody sees it until you publish it.")
    flash_message(text, undo=_path(access, "catalog_admin.archive_product", product_id))
    return see_other("catalog_admin.show_product", page_slug=access.page.slug, product_id=product_id)


@staff_only(Permission.MANAGE_PRODUCTS)
def duplicate_product(access: PageAccess, product_id: int) -> Response:
    """Make a draft that is like a product and open its form."""

    def name_copy(title: str, language: str | None) -> str:
        with force_locale(language or access.page.language):
            return str(gettext("Copy of %(title)s", title=title))

    with database().transaction() as session:
        copy = copying.duplicate_product(
            session, page_id=access.page.id, product_id=product_id, name_copy=name_copy, now=now(),
            account_id=access.account_id,
        )  # fmt: skip
    flash_message(
        gettext(
            "This is the copy: a draft without SKU and barcode, its counted stock at 0. Give it its own name."
        )
    )
    return see_other("catalog_admin.show_product", page_slug=access.page.slug, product_id=copy.id)


def _path(access: PageAccess, endpoint: str, product_id: int) -> str:
    return url_for(endpoint, page_slug=access.page.slug, product_id=product_id)
