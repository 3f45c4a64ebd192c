"""A demo brand: its page with its staff, and its shelves."""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.passwords import PasswordHash
from shop.accounts.queries import find_account_by_email
from shop.accounts.service import sign_up
from shop.catalog.models import Collection as CollectionRow
from shop.catalog.models import Product as ProductRow
from shop.catalog.service import create_collection
from shop.demo import content_types as demo
from shop.demo.artwork import Artwork
from shop.page.models import Page, Role
from shop.page.service import create_page, edit_page
from shop.page.staffing import add_staff

LANGUAGE: demo.Language = "fr"
OTHER_LANGUAGE: demo.Language = "en"
SHIPS_TO = ("FR", "BE", "CH", "LU", "DE", "ES", "IT", "NL", "AT", "PT", "IE", "DK", "SE")
OLDER_THAN_PRODUCTS_DAYS = 30


def add_brand(
    session: Session, brand: demo.Page, artwork: Artwork, password: PasswordHash, now: dt.datetime
) -> Page:
    """Add a brand's page with its pictures and staff, dated before the first product."""
    opened_at = now - dt.timedelta(days=max(product.listed_days_ago for product in brand.products))
    opened_at -= dt.timedelta(days=OLDER_THAN_PRODUCTS_DAYS)
    ids = {person.email: _staff_account(session, person, password, opened_at) for person in brand.staff}
    founder = next(person for person in brand.staff if person.role == "owner")
    page = create_page(
        session,
        account_id=ids[founder.email],
        name=brand.name,
        slug=brand.slug,
        order_prefix=brand.order_prefix,
        country=brand.country,
        currency=brand.currency,
        language=LANGUAGE,
        now=opened_at,
    )
    edit_page(
        session,
        page=page,
        changes={
            "tagline": brand.tagline.into(LANGUAGE),
            "about": brand.about.into(LANGUAGE),
            "translations": {
                OTHER_LANGUAGE: {
                    "tagline": brand.tagline.into(OTHER_LANGUAGE),
                    "about": brand.about.into(OTHER_LANGUAGE),
                }
            },
            "accent_color": brand.accent,
            "cover": artwork.get(brand.cover.file),
            "avatar": artwork.get(brand.logo.file),
            "shipping_amount": brand.shipping_amount,
            "ships_to": list(SHIPS_TO),
            "contact_email": founder.email,
        },
    )
    for person in brand.staff:
        if person is not founder:
            add_staff(session, page_id=page.id, email=person.email, role=Role(person.role), now=opened_at)
    return page


def _staff_account(
    session: Session, person: demo.Staff, password: PasswordHash, opened_at: dt.datetime
) -> int:
    known = find_account_by_email(session, person.email)
    if known is not None:
        return known.id
    return sign_up(
        session,
        email=person.email,
        name=person.name,
        password=password,
        language=person.language,
        now=opened_at,
        is_confirmed=True,
    ).id


def add_shelves(session: Session, brand: demo.Page, page: Page, now: dt.datetime) -> int:
    """Add a brand's collections unless the page has any: shelves that were taken down stay down."""
    statement = select(func.count(CollectionRow.id)).where(CollectionRow.page_id == page.id)
    if session.scalar(statement):
        return 0
    rows = session.execute(select(ProductRow.slug, ProductRow.id).where(ProductRow.page_id == page.id))
    product_ids = {row.slug: row.id for row in rows}
    for shelf in brand.collections:
        create_collection(
            session,
            page_id=page.id,
            slug=shelf.slug,
            title=shelf.title.into(LANGUAGE),
            description=shelf.description.into(LANGUAGE),
            translations={
                OTHER_LANGUAGE: {
                    "title": shelf.title.into(OTHER_LANGUAGE),
                    "description": shelf.description.into(OTHER_LANGUAGE),
                }
            },
            product_ids=[product_ids[slug] for slug in shelf.product_slugs if slug in product_ids],
            now=now,
        )
    return len(brand.collections)
