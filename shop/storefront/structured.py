"""What a public page tells machines: its one address, its languages, how a link to it looks, and what it is.

The words are those of schema.org (as JSON-LD), Open Graph (https://ogp.me, with the ``product`` and ``article``
properties) and X's cards. ``layouts/_links.html`` writes them into the head.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from flask_babel import gettext

from shop.accounts.profile_models import Profile
from shop.catalog.models import Collection, Product
from shop.contests.models import Contest
from shop.core.i18n import LANGUAGES
from shop.core.money import to_decimal
from shop.coupons.models import Coupon
from shop.coupons.standing import Standing
from shop.feed.marking import plain
from shop.feed.shown import PostView
from shop.page.models import Page
from shop.storefront import schema_org
from shop.storefront.products import ProductView
from shop.storefront.schema_org import SITE, Data, Image, absolute, shared_picture
from shop.web.context import settings
from shop.web.locale import language
from shop.web.templating import localized

LOCALES: Mapping[str, str] = {"en": "en_GB", "fr": "fr_FR"}
"""Open Graph's names of our languages."""
SUMMARY, HEADLINE = 200, 80
"""Characters of a description, and of a post's title."""
LARGE = 600
"""From so many pixels on a picture stands above the text of a link, not beside it."""


@dataclass(frozen=True, slots=True)
class Links:
    """What the head of a public page says of it. ``path`` is its address without the language and without a query.

    ``properties`` are further Open Graph properties, ``data`` the JSON-LD blocks.
    """

    path: str
    title: str
    description: str = ""
    kind: str = "website"
    site: str = SITE
    picture: Image | None = None
    properties: Sequence[tuple[str, str]] = ()
    data: Sequence[Data] = field(default_factory=list)
    is_indexed: bool = True
    """Whether a search engine may list it: what only this search or this moment shows is not."""
    has_card: bool = False
    """Whether oEmbed gives a card of it (``oembed.py``)."""

    @property
    def url(self) -> str:
        """Its one address in the current language, absolute."""
        return absolute(self.path)

    @property
    def alternates(self) -> list[tuple[str, str]]:
        """The same page in each language, and the address that leads a reader to their own."""
        found = [(code, absolute(self.path, code)) for code in LANGUAGES]
        return [*found, ("x-default", f"{settings().public_url}{self.path}")]

    @property
    def locale(self) -> str:
        """Open Graph's name of the current language."""
        return LOCALES[language()]

    @property
    def other_locales(self) -> list[str]:
        """Open Graph's names of the other languages."""
        return [LOCALES[code] for code in LANGUAGES if code != language()]

    @property
    def oembed_url(self) -> str:
        """Where oEmbed tells of its card."""
        return f"{settings().public_url}/oembed?{urlencode({'url': self.url, 'format': 'json'})}"

    @property
    def twitter_card(self) -> str:
        """The kind of card on X."""
        is_large = self.picture is not None and self.picture.width >= LARGE
        return "summary_large_image" if is_large else "summary"


def for_home(pages: Sequence[Page]) -> Links:
    """Return what the first page of the site says: what the site is, how it is searched, which pages it has."""
    return Links(
        "/",
        gettext("Pages with a shop inside"),
        _pitch(),
        data=[schema_org.site(), *schema_org.listed(pages)],
    )


def for_directory(pages: Sequence[Page], *, title: str, is_search: bool) -> Links:
    """Return what a part of the directory says; a search is not for search engines."""
    return Links(
        "/pages",
        title,
        _pitch(),
        data=[] if is_search else schema_org.listed(pages),
        is_indexed=not is_search,
    )


def _pitch() -> str:
    return str(
        gettext(
            "Makers show what they do on their pages, and sell it there. Look around: you can buy without an account."
        )
    )


def for_page(page: Page) -> Links:
    """Return what the timeline of a brand's page says."""
    return _of_page(page, f"/p/{page.slug}", page.name, str(localized(page, "tagline")), ())


def for_about(page: Page) -> Links:
    """Return what a brand's page says of itself."""
    title = gettext("About %(name)s", name=page.name)
    text = _cut(str(localized(page, "about"))) or str(localized(page, "tagline"))
    return _of_page(page, f"/p/{page.slug}/about", title, text, [(gettext("About"), f"/p/{page.slug}/about")])


def for_shop(page: Page, collection: Collection | None, *, is_search: bool) -> Links:
    """Return what the grid of a page's products, or of one collection, says; a search is not for search engines."""
    crumbs = [(gettext("Shop"), f"/p/{page.slug}/shop")]
    title, text = gettext("Shop of %(name)s", name=page.name), str(localized(page, "tagline"))
    if collection is not None:
        title = str(localized(collection, "title"))
        text = _cut(str(localized(collection, "description"))) or text
        crumbs.append((title, f"/p/{page.slug}/collections/{collection.slug}"))
    return _of_page(page, crumbs[-1][1], title, text, crumbs, is_indexed=not is_search)


def for_coupons(page: Page) -> Links:
    """Return what the tab of a page's coupons says."""
    title, path = gettext("Coupons of %(name)s", name=page.name), f"/p/{page.slug}/coupons"
    return _of_page(page, path, title, str(localized(page, "tagline")), [(gettext("Coupons"), path)])


def for_coupon(page: Page, coupon: Coupon, sentence: str, standing: Standing) -> Links:
    """Return what a coupon's page says; search engines list it only if it stands on the tab."""
    home = f"/p/{page.slug}/coupons"
    path, title = f"{home}/{coupon.code_key}", str(localized(coupon, "title"))
    crumbs = [(gettext("Coupons"), home), (title, path)]
    links = _of_page(page, path, title, _cut(sentence), crumbs, is_indexed=coupon.is_listed)
    if coupon.is_listed:
        links = replace(links, data=[schema_org.coupon_offer(page, coupon, sentence, standing), *links.data])
    return replace(links, has_card=coupon.is_embeddable)


def for_contests(page: Page, title: str) -> Links:
    """Return what the tab of a page's contests says."""
    path = f"/p/{page.slug}/contests"
    return _of_page(page, path, title, str(localized(page, "tagline")), [(gettext("Contests"), path)])


def for_contest(page: Page, contest: Contest) -> Links:
    """Return what a contest's page says: what is won, and from when until when one can enter."""
    title, text = (
        str(localized(contest, "title")),
        _cut(str(localized(contest, "body") or localized(contest, "prize"))),
    )
    links = _of_contest(page, contest, title, text, "")
    event = schema_org.contest_event(page, contest, text, links.picture)
    return replace(links, data=[event, *links.data], has_card=contest.is_embeddable)


def for_contest_part(
    page: Page, contest: Contest, part: str, title: str, *, is_indexed: bool = True
) -> Links:
    """Return what a contest's rules, or the check of its draw, say; ``part`` is the end of the address."""
    text = str(localized(contest, "title"))
    return _of_contest(page, contest, title, text, f"/{part}", is_indexed=is_indexed)


def _of_contest(
    page: Page, contest: Contest, title: str, text: str, end: str, *, is_indexed: bool = True
) -> Links:
    home = f"/p/{page.slug}/contests"
    path, name = f"{home}/{contest.slug}", str(localized(contest, "title"))
    crumbs = [(gettext("Contests"), home), (name, path), *[(title, path + end)] * bool(end)]
    links = _of_page(page, path + end, title, text, crumbs, is_indexed=is_indexed)
    own = shared_picture(contest.picture, contest.picture_alt or name)
    return replace(links, picture=own or links.picture)


def _of_page(
    page: Page,
    path: str,
    title: str,
    description: str,
    crumbs: Sequence[tuple[str, str]],
    *,
    is_indexed: bool = True,
) -> Links:
    return Links(
        path,
        title,
        description,
        site=page.name,
        picture=_face(page),
        data=[
            schema_org.brand(
                page, logo=shared_picture(page.avatar, page.name), image=shared_picture(page.cover, page.name)
            ),
            schema_org.breadcrumbs(page.name, page.slug, crumbs),
        ],
        is_indexed=is_indexed,
        has_card=not crumbs,
    )


def _face(page: Page) -> Image | None:
    return shared_picture(page.cover or page.avatar, page.name)


def for_product(page: Page, product: Product, view: ProductView) -> Links:
    """Return what a product says: its offers, its pictures, what it costs from and whether there is any."""
    path = f"/p/{page.slug}/shop/{product.slug}"
    crumbs = [(gettext("Shop"), f"/p/{page.slug}/shop"), (view.title, path)]
    first = product.pictures[0] if product.pictures else None
    picture = shared_picture(first.picture, str(localized(first, "alt") or view.title)) if first else None
    return Links(
        path,
        view.title,
        _cut(view.summary),
        kind="product",
        site=page.name,
        picture=picture or _face(page),
        properties=[
            ("product:price:amount", str(to_decimal(product.price_from_amount, page.currency))),
            ("product:price:currency", page.currency),
            ("product:availability", "in stock" if view.is_available else "out of stock"),
            ("product:condition", "new"),
            ("product:brand", product.vendor or page.name),
            ("product:retailer_item_id", view.chosen.sku or str(product.id)),
        ],
        data=[
            schema_org.product(page, product, view),
            schema_org.breadcrumbs(page.name, page.slug, crumbs),
        ],
        has_card=True,
    )


def for_post(view: PostView) -> Links:
    """Return what a post says: when it was told, by whom, and how many reacted, commented and shared."""
    page, text = view.page, plain(view.body, SUMMARY)
    title = plain(view.body, HEADLINE) or view.link_title or gettext("A post of %(name)s", name=page.name)
    pictures = [one for photo in view.photos if (one := shared_picture(photo.picture, photo.alt or title))]
    if not pictures and view.cards and view.cards[0].picture:
        pictures = [one for one in [shared_picture(view.cards[0].picture, view.cards[0].alt)] if one]
    times = [("article:published_time", schema_org.instant(view.published_at))]
    if view.edited_at is not None:
        times.append(("article:modified_time", schema_org.instant(view.edited_at)))
    return Links(
        view.path,
        title,
        text,
        kind="article",
        site=page.name,
        picture=pictures[0] if pictures else shared_picture(page.avatar, page.name),
        properties=[*times, ("article:author", absolute(f"/p/{page.slug}"))],
        data=[
            schema_org.posting(view, title, [one.url for one in pictures]),
            schema_org.breadcrumbs(page.name, page.slug, [(title, view.path)]),
        ],
        has_card=True,
    )


def for_person(profile: Profile, name: str, *, is_shown: bool) -> Links:
    """Return what somebody's public profile says; search engines list it only if everybody may see it."""
    path = f"/people/{profile.handle}"
    picture = shared_picture(profile.avatar, name)
    data = schema_org.person(profile, name, picture.url if picture else None)
    return Links(
        path,
        name,
        _cut(profile.bio) if is_shown else "",
        kind="profile",
        picture=picture,
        properties=[("profile:username", profile.handle)],
        data=[data] if is_shown else [],
        is_indexed=is_shown and profile.is_findable,
    )


def _cut(text: str) -> str:
    # Only what may break: French writes "10 %" with a blank that does not.
    plain_text = " ".join(re.findall(r"[^ \t\r\n]+", text))
    if len(plain_text) <= SUMMARY:
        return plain_text
    # Not every script puts blanks between its words.
    cut = plain_text[:SUMMARY].rpartition(" ")[0] or plain_text[: SUMMARY - 1]
    return cut.rstrip(" ,;:.") + "…"
