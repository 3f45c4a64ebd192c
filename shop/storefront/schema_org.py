"""What a public page is, in the words of schema.org, as JSON-LD blocks. ``structured.py`` puts them together."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shop.accounts.profile_models import Profile
from shop.catalog.models import Product
from shop.contests.models import Contest, ContestStatus
from shop.core.money import to_decimal
from shop.coupons.models import Coupon
from shop.coupons.standing import Standing
from shop.feed.marking import plain
from shop.feed.shown import PostView
from shop.page.models import Page
from shop.storefront.products import ProductView
from shop.web.context import settings
from shop.web.locale import language
from shop.web.templating import localized, picture_url

SITE = "Vitrine"
SCHEMA = "https://schema.org"
WIDE, LONGEST = 1200, 5000
"""Pixels of the picture that others show, and characters of a post's text."""

_AVAILABLE = {Standing.HOLDS: "InStock", Standing.USED_UP: "SoldOut"}

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as others show it, with its absolute address and its size in pixels."""

    url: str
    width: int
    height: int
    alt: str


def absolute(path: str, code: str | None = None) -> str:
    """Return the absolute address of a path without language, in language ``code`` or the current one."""
    return f"{settings().public_url}/{code or language()}{path}"


def shared_picture(picture: Mapping[str, Any] | None, alt: str) -> Image | None:
    """Return a picture as a link shows it: JPEG or PNG, which every reader of links knows."""
    if picture is None:
        return None
    widths = picture["widths"]
    width = min((one for one in widths if one >= WIDE), default=max(widths))
    height = max(1, round(picture["height"] * width / picture["width"]))
    return Image(settings().public_url + picture_url(dict(picture), width), width, height, alt)


def site() -> Data:
    """Return what the site is and how it is searched."""
    url = absolute("/")
    return {
        "@context": SCHEMA,
        "@type": "WebSite",
        "@id": f"{settings().public_url}/#site",
        "name": SITE,
        "url": url,
        "inLanguage": language(),
        "publisher": {
            "@type": "Organization",
            "@id": f"{settings().public_url}/#organization",
            "name": SITE,
            "url": url,
        },
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{absolute('/pages')}?q={{query}}"},
            "query-input": "required name=query",
        },
    }


def listed(pages: Sequence[Page]) -> list[Data]:
    """Return the pages as a list, in their order; nothing when there are none."""
    items = [
        {"@type": "ListItem", "position": place, "name": page.name, "url": absolute(f"/p/{page.slug}")}
        for place, page in enumerate(pages, start=1)
    ]
    return [{"@context": SCHEMA, "@type": "ItemList", "itemListElement": items}] if items else []


def brand_id(slug: str) -> str:
    """Return the name under which all blocks speak of a brand's page."""
    return f"{settings().public_url}/p/{slug}#brand"


def brand(page: Page, *, logo: Image | None, image: Image | None) -> Data:
    """Return a brand's page as an organisation that is a brand, with how many follow it."""
    data: Data = {
        "@context": SCHEMA,
        "@type": ["Organization", "Brand"],
        "@id": brand_id(page.slug),
        "name": page.name,
        "url": absolute(f"/p/{page.slug}"),
        "interactionStatistic": counter("FollowAction", page.follower_count),
    }
    for key, text in (("slogan", localized(page, "tagline")), ("description", localized(page, "about"))):
        if text:
            data[key] = str(text)
    for key, shown in (("logo", logo), ("image", image)):
        if shown is not None:
            data[key] = {
                "@type": "ImageObject",
                "url": shown.url,
                "width": shown.width,
                "height": shown.height,
            }
    if page.contact_email:
        data["email"] = page.contact_email
    return data


def breadcrumbs(name: str, slug: str, crumbs: Sequence[tuple[str, str]]) -> Data:
    """Return the way from the site's first page over a brand's page to here, as (name, path without language)."""
    steps = [(SITE, "/"), (name, f"/p/{slug}"), *crumbs]
    items = [
        {"@type": "ListItem", "position": place, "name": text, "item": absolute(path)}
        for place, (text, path) in enumerate(steps, start=1)
    ]
    return {"@context": SCHEMA, "@type": "BreadcrumbList", "itemListElement": items}


def organisation(slug: str, name: str) -> Data:
    """Return a brand's page as another block names it."""
    return {"@type": "Organization", "@id": brand_id(slug), "name": name, "url": absolute(f"/p/{slug}")}


def product(page: Page, sold: Product, view: ProductView) -> Data:
    """Return a product with its offer, or with one for each variant under what they cost from and to."""
    url = absolute(f"/p/{page.slug}/shop/{sold.slug}")
    data: Data = {
        "@context": SCHEMA,
        "@type": "Product",
        "@id": url,
        "name": view.title,
        "description": view.summary,
        "url": url,
        "offers": _offers(page, sold, view, url),
        "brand": {"@type": "Brand", "name": sold.vendor}
        if sold.vendor
        else {"@type": "Brand", "@id": brand_id(page.slug), "name": page.name},
    }
    if len(view.variants) == 1 and view.chosen.sku:
        data["sku"] = view.chosen.sku
    images = [shared_picture(one.picture, "") for one in sold.pictures]
    if images:
        data["image"] = [image.url for image in images if image is not None]
    return data


def _offers(page: Page, sold: Product, view: ProductView, url: str) -> Data:
    seller = organisation(page.slug, page.name)
    offers: list[Data] = [
        {
            "@type": "Offer",
            "name": shown.label or view.title,
            "sku": shown.sku,
            "url": f"{url}?variant={shown.id}",
            "price": _price(variant.price_amount, page.currency),
            "priceCurrency": page.currency,
            "availability": f"{SCHEMA}/{'InStock' if shown.is_available else 'OutOfStock'}",
            "itemCondition": f"{SCHEMA}/NewCondition",
            "seller": seller,
        }
        for variant, shown in zip(sold.variants, view.variants, strict=True)
    ]
    if len(offers) == 1:
        return offers[0]
    prices = [variant.price_amount for variant in sold.variants]
    return {
        "@type": "AggregateOffer",
        "url": url,
        "lowPrice": _price(min(prices), page.currency),
        "highPrice": _price(max(prices), page.currency),
        "priceCurrency": page.currency,
        "offerCount": len(offers),
        "availability": f"{SCHEMA}/{'InStock' if view.is_available else 'OutOfStock'}",
        "offers": offers,
    }


def _price(amount: int, currency: str) -> str:
    return str(to_decimal(amount, currency))


def posting(view: PostView, title: str, image_urls: Sequence[str]) -> Data:
    """Return a post: when it was told, by whom, and how many reacted, commented and shared."""
    author = organisation(view.page.slug, view.page.name)
    data: Data = {
        "@context": SCHEMA,
        "@type": "SocialMediaPosting",
        "@id": absolute(view.path),
        "url": absolute(view.path),
        "mainEntityOfPage": absolute(view.path),
        "headline": title,
        "articleBody": plain(view.body, LONGEST),
        "datePublished": instant(view.published_at),
        "dateModified": instant(view.edited_at or view.published_at),
        "author": author,
        "publisher": author,
        "commentCount": view.counts.comments,
        "interactionStatistic": [
            counter("LikeAction", view.counts.reactions),
            counter("CommentAction", view.counts.comments),
            counter("ShareAction", view.counts.shares),
        ],
    }
    if image_urls:
        data["image"] = list(image_urls)
    if view.link_url:
        data["sharedContent"] = {"@type": "WebPage", "url": view.link_url, "headline": view.link_title}
    if view.cards:
        shop = f"/p/{view.page.slug}/shop"
        data["mentions"] = [
            {
                "@type": "Product",
                "name": str(localized(card, "title")),
                "url": absolute(f"{shop}/{card.slug}"),
            }
            for card in view.cards
        ]
    return data


def coupon_offer(page: Page, coupon: Coupon, sentence: str, standing: Standing) -> Data:
    """Return what a coupon takes off as an offer: from when until when, from which amount, and whether there is any."""
    data: Data = {
        "@context": SCHEMA,
        "@type": "Offer",
        "name": str(localized(coupon, "title")),
        "description": sentence,
        "url": absolute(f"/p/{page.slug}/coupons/{coupon.code_key}"),
        "offeredBy": organisation(page.slug, page.name),
    }
    if coupon.starts_at is not None:
        data["validFrom"] = instant(coupon.starts_at)
    if coupon.ends_at is not None:
        data["validThrough"] = instant(coupon.ends_at)
    if standing in _AVAILABLE:
        data["availability"] = f"{SCHEMA}/{_AVAILABLE[standing]}"
    if coupon.minimum_amount:
        data["eligibleTransactionVolume"] = {
            "@type": "PriceSpecification",
            "minPrice": _price(coupon.minimum_amount, coupon.currency),
            "priceCurrency": coupon.currency,
        }
    return data


def contest_event(page: Page, contest: Contest, text: str, image: Image | None) -> Data:
    """Return a contest as an event that takes place online and is free: from when until when one can enter."""
    url = absolute(f"/p/{page.slug}/contests/{contest.slug}")
    is_cancelled = contest.status is ContestStatus.CANCELLED
    data: Data = {
        "@context": SCHEMA,
        "@type": "Event",
        "@id": url,
        "name": str(localized(contest, "title")),
        "url": url,
        "startDate": instant(contest.starts_at),
        "endDate": instant(contest.ends_at),
        "eventStatus": f"{SCHEMA}/{'EventCancelled' if is_cancelled else 'EventScheduled'}",
        "eventAttendanceMode": f"{SCHEMA}/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": url},
        "organizer": organisation(page.slug, page.name),
        "isAccessibleForFree": True,
    }
    if text:
        data["description"] = text
    if image is not None:
        data["image"] = image.url
    return data


def person(profile: Profile, name: str, image_url: str | None) -> Data:
    """Return somebody's public profile."""
    path = f"/people/{profile.handle}"
    about: Data = {"@type": "Person", "@id": absolute(path), "name": name, "identifier": profile.handle}
    if image_url:
        about["image"] = image_url
    if profile.bio:
        about["description"] = profile.bio
    return {
        "@context": SCHEMA,
        "@type": "ProfilePage",
        "url": absolute(path),
        "dateCreated": instant(profile.created_at),
        "mainEntity": about,
    }


def counter(action: str, count: int) -> Data:
    """Return how often people did something."""
    return {
        "@type": "InteractionCounter",
        "interactionType": {"@type": action},
        "userInteractionCount": count,
    }


def instant(at: dt.datetime) -> str:
    """Return an instant as ISO 8601 in UTC."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
