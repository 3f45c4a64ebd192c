"""What the public pages tell machines, read from their HTML."""

import datetime as dt
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from shop.accounts.profile_models import Audience, Profile
from shop.catalog.models import ProductPicture
from shop.contests.models import ContestStatus
from shop.core.db import Database
from shop.feed.models import PostCounts
from shop.page.service import edit_page, raise_version
from tests.factories import PICTURE, START, make_account, make_product
from tests.feed.talk_house import make_post
from tests.storefront.conftest import Brand
from tests.storefront.coupon_house import give
from tests.storefront.heads import Head, read_head
from tests.storefront.test_sitemap import add_contest

WIDE = {
    **PICTURE,
    "width": 1600,
    "height": 1200,
    "widths": [160, 640, 1280, 1600],
    "formats": ["avif", "webp", "jpg"],
}
PATHS = {
    "/": "/",
    "/pages": "/pages",
    "/p/lumen": "/p/lumen",
    "/p/lumen?from=embed&utm_source=x": "/p/lumen",
    "/p/lumen/shop?sort=price": "/p/lumen/shop",
    "/p/lumen/collections/lamps": "/p/lumen/collections/lamps",
    "/p/lumen/shop/shirt?variant=2": "/p/lumen/shop/shirt",
    "/p/lumen/about": "/p/lumen/about",
    "/p/lumen/coupons": "/p/lumen/coupons",
    "/p/lumen/contests": "/p/lumen/contests",
}  # fmt: skip


def head_of(client: FlaskClient, path: str) -> Head:
    answer = client.get(path)
    assert answer.status_code == 200
    return read_head(answer.text)


@pytest.mark.usefixtures("brand")
class TestEveryPublicPage:
    @pytest.mark.parametrize(("path", "canonical"), PATHS.items())
    @pytest.mark.parametrize("lang", ["en", "fr"])
    def test_names_its_one_address_and_its_languages(
        self, client: FlaskClient, path: str, canonical: str, lang: str
    ) -> None:
        head = head_of(client, f"/{lang}{path}")
        assert head.canonical == [f"http://localhost/{lang}{canonical}"]
        assert head.alternates == {
            "en": f"http://localhost/en{canonical}",
            "fr": f"http://localhost/fr{canonical}",
            "x-default": f"http://localhost{canonical}",
        }
        assert head.properties["og:url"] == head.canonical[0]
        assert head.properties["og:locale"] == {"en": "en_GB", "fr": "fr_FR"}[lang]
        assert head.properties["og:locale:alternate"] == {"en": "fr_FR", "fr": "en_GB"}[lang]
        assert head.properties["og:title"]
        assert head.names["twitter:card"]

    @pytest.mark.parametrize("path", ["/en/p/lumen/shop?q=lamp", "/en/pages?q=page"])
    def test_of_a_search_is_not_for_search_engines(self, client: FlaskClient, path: str) -> None:
        head = head_of(client, path)
        assert head.canonical == []
        assert head.names["robots"] == "noindex, follow"

    def test_of_one_visitor_says_nothing(self, client: FlaskClient) -> None:
        head = head_of(client, "/en/p/lumen/cart")
        assert (head.canonical, head.blocks) == ([], [])


class TestHome:
    def test_says_what_the_site_is_and_how_to_search_it(self, client: FlaskClient, brand: Brand) -> None:
        head = head_of(client, "/en/")
        site = head.block("WebSite")
        assert site["publisher"]["@type"] == "Organization"
        assert site["potentialAction"]["target"]["urlTemplate"] == "http://localhost/en/pages?q={query}"
        assert head.block("ItemList")["itemListElement"][0]["name"] == brand.page.name


class TestBrandPage:
    @pytest.fixture(autouse=True)
    def _dress(self, database: Database, brand: Brand) -> Iterator[None]:
        with database.transaction() as session:
            edit_page(
                session,
                page=brand.page,
                changes={
                    "cover": WIDE,
                    "tagline": "Lamps that last",
                    "translations": {"fr": {"tagline": "Des lampes qui durent"}},
                },
            )
        yield

    def test_is_an_organisation_and_a_brand_with_its_followers(
        self, client: FlaskClient, brand: Brand
    ) -> None:
        head = head_of(client, "/fr/p/lumen")
        data = head.block("Brand")
        assert "Organization" in data["@type"]
        assert data["slogan"] == head.names["description"] == "Des lampes qui durent"
        assert data["interactionStatistic"]["userInteractionCount"] == 1
        crumbs = head.block("BreadcrumbList")["itemListElement"]
        assert [one["item"] for one in crumbs] == ["http://localhost/fr/", "http://localhost/fr/p/lumen"]

    def test_shows_its_cover_with_size_and_words(self, client: FlaskClient, brand: Brand) -> None:
        shown = head_of(client, "/en/p/lumen").properties
        assert shown["og:image"] == f"http://localhost/media/{WIDE['key']}-1280.jpg"
        assert (shown["og:image:width"], shown["og:image:height"]) == ("1280", "960")
        assert shown["og:image:alt"] == brand.page.name
        assert head_of(client, "/en/p/lumen").names["twitter:card"] == "summary_large_image"

    def test_leads_to_its_card(self, client: FlaskClient) -> None:
        assert head_of(client, "/en/p/lumen").oembed == [
            "http://localhost/oembed?url=http%3A%2F%2Flocalhost%2Fen%2Fp%2Flumen&format=json"
        ]


class TestProduct:
    def test_of_several_variants_has_an_offer_for_each_under_what_they_cost(
        self, client: FlaskClient, brand: Brand
    ) -> None:
        data = head_of(client, "/en/p/lumen/shop/shirt").block("Product")
        offers = data["offers"]
        assert offers["@type"] == "AggregateOffer"
        assert (offers["lowPrice"], offers["highPrice"], offers["offerCount"]) == ("30.00", "35.00", 2)
        assert [offer["availability"].rpartition("/")[2] for offer in offers["offers"]] == [
            "OutOfStock",
            "InStock",
        ]
        assert offers["offers"][0]["seller"]["name"] == brand.page.name

    def test_of_one_variant_has_one_offer(self, client: FlaskClient, brand: Brand) -> None:
        data = head_of(client, "/en/p/lumen/shop/lamp").block("Product")
        assert (data["offers"]["@type"], data["offers"]["price"]) == ("Offer", "129.00")
        assert data["sku"] == brand.lamp.variants[0].sku

    def test_tells_networks_price_and_stock(self, client: FlaskClient, brand: Brand) -> None:
        sold_out = head_of(client, "/en/p/lumen/shop/vase").properties
        assert sold_out["og:type"] == "product"
        assert (sold_out["product:price:amount"], sold_out["product:price:currency"]) == ("45.00", "EUR")
        assert sold_out["product:availability"] == "out of stock"
        assert head_of(client, "/en/p/lumen/shop/lamp").properties["product:availability"] == "in stock"

    def test_shows_its_first_picture(self, client: FlaskClient, database: Database, brand: Brand) -> None:
        with database.transaction() as session:
            session.add(
                ProductPicture(
                    product_id=brand.lamp.id, position=1, picture=WIDE, alt="The lamp, lit", created_at=START
                )
            )
            raise_version(session, brand.page.id)
        head = head_of(client, "/en/p/lumen/shop/lamp")
        assert head.properties["og:image:alt"] == "The lamp, lit"
        assert head.block("Product")["image"] == [head.properties["og:image"]]

    def test_cannot_end_its_block(self, client: FlaskClient, database: Database, brand: Brand) -> None:
        nasty = "</script><script>alert(1)</script>\"'&"
        with database.transaction() as session:
            make_product(session, brand.page, title=nasty, slug="nasty")
        text = client.get("/en/p/lumen/shop/nasty").text
        assert "<script>alert" not in text
        assert read_head(text).block("Product")["name"] == nasty
        assert read_head(text).properties["og:title"] == nasty


class TestPost:
    def test_is_a_posting_with_what_people_did(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        with database.transaction() as session:
            post = make_post(session, brand.page, body="**New** lamps</script>", photos=1, products=1)
            session.get_one(PostCounts, post.id).comments = 3
        head = head_of(client, f"/fr/p/lumen/posts/{post.id}")
        assert head.canonical == [f"http://localhost/fr/p/lumen/posts/{post.id}"]
        assert head.properties["og:type"] == "article"
        assert head.properties["article:published_time"] == "2026-11-24T10:00:00Z"
        data = head.block("SocialMediaPosting")
        counted = {
            one["interactionType"]["@type"]: one["userInteractionCount"]
            for one in data["interactionStatistic"]
        }
        assert counted == {"LikeAction": 0, "CommentAction": 3, "ShareAction": 0}
        assert data["articleBody"] == "New lamps</script>"
        assert data["author"]["name"] == brand.page.name


class TestCoupon:
    def test_is_an_offer_with_its_days_and_its_minimum(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        give(
            database, brand, title="Ten off", translations={"fr": {"title": "Dix de moins"}}, minimum_amount=5000,
            ends_at=START + dt.timedelta(days=3),
        )  # fmt: skip
        head = head_of(client, "/fr/p/lumen/coupons/WELCOME")
        assert head.canonical == ["http://localhost/fr/p/lumen/coupons/WELCOME"]
        offer = head.block("Offer")
        assert offer["name"] == head.properties["og:title"] == "Dix de moins"
        assert offer["description"] == head.properties["og:description"]
        assert offer["validThrough"] == "2026-11-27T10:00:00Z"
        assert offer["availability"] == "https://schema.org/InStock"
        assert offer["eligibleTransactionVolume"]["minPrice"] == "50.00"
        assert offer["offeredBy"]["@id"] == head.block("Brand")["@id"]

    def test_that_is_used_up_says_so(self, client: FlaskClient, database: Database, brand: Brand) -> None:
        give(database, brand, max_uses=1, uses=1)
        offer = head_of(client, "/en/p/lumen/coupons/WELCOME").block("Offer")
        assert offer["availability"] == "https://schema.org/SoldOut"

    def test_that_stands_on_no_tab_is_for_those_who_have_the_link(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        give(database, brand, is_listed=False)
        head = head_of(client, "/en/p/lumen/coupons/WELCOME")
        assert (head.canonical, head.names["robots"]) == ([], "noindex, follow")
        assert "Offer" not in [block["@type"] for block in head.blocks]
        assert head.properties["og:title"] == "Title of WELCOME"


class TestContest:
    @pytest.fixture
    def picture(self, database: Database, brand: Brand) -> str:
        add_contest(
            database, brand, "win-a-lamp", title="Win a lamp", body="Tell us which. " * 30, picture=WIDE,
            picture_alt="The lamp, lit",
        )  # fmt: skip
        return f"http://localhost/media/{WIDE['key']}-1280.jpg"

    def test_is_a_free_event_online_from_when_until_when(self, client: FlaskClient, picture: str) -> None:
        head = head_of(client, "/en/p/lumen/contests/win-a-lamp")
        event = head.block("Event")
        assert (event["startDate"], event["endDate"]) == ("2026-11-24T10:00:00Z", "2026-12-01T10:00:00Z")
        assert (event["isAccessibleForFree"], event["image"]) == (True, picture)
        assert event["location"] == {"@type": "VirtualLocation", "url": head.canonical[0]}
        assert event["eventStatus"] == "https://schema.org/EventScheduled"
        assert event["organizer"]["@id"] == head.block("Brand")["@id"]

    def test_shows_its_picture_and_the_beginning_of_its_text(self, client: FlaskClient, picture: str) -> None:
        shown = head_of(client, "/en/p/lumen/contests/win-a-lamp").properties
        assert (shown["og:image"], shown["og:image:alt"]) == (picture, "The lamp, lit")
        assert shown["og:description"].endswith("Tell us which. Tell…")
        assert len(shown["og:description"]) <= 200

    def test_that_was_cancelled_says_so(self, client: FlaskClient, database: Database, brand: Brand) -> None:
        add_contest(database, brand, "off", status=ContestStatus.CANCELLED)
        event = head_of(client, "/en/p/lumen/contests/off").block("Event")
        assert event["eventStatus"] == "https://schema.org/EventCancelled"

    @pytest.mark.parametrize(("part", "is_indexed"), [("rules", True), ("check", False)])
    @pytest.mark.usefixtures("picture")
    def test_leads_back_from_its_parts(self, client: FlaskClient, part: str, is_indexed: bool) -> None:
        head = head_of(client, f"/fr/p/lumen/contests/win-a-lamp/{part}")
        assert bool(head.canonical) is is_indexed
        assert [one["item"] for one in head.block("BreadcrumbList")["itemListElement"]][-2:] == [
            "http://localhost/fr/p/lumen/contests/win-a-lamp",
            f"http://localhost/fr/p/lumen/contests/win-a-lamp/{part}",
        ]


class TestPerson:
    def test_is_told_in_a_script_without_blanks(self, client: FlaskClient, database: Database) -> None:
        with database.transaction() as session:
            profile = session.get_one(Profile, make_account(session, name="Léa Blanc").id)
            profile.visibility, profile.bio = Audience.EVERYBODY, "灯" * 300
            handle = profile.handle
        said = head_of(client, f"/en/people/{handle}").names["description"]
        assert said in ("灯" * 199 + "…", ["灯" * 199 + "…"])

    @pytest.mark.parametrize("audience", Audience)
    def test_is_listed_only_if_everybody_may_see_it(
        self, client: FlaskClient, database: Database, audience: Audience
    ) -> None:
        with database.transaction() as session:
            profile = session.get_one(Profile, make_account(session, name="Léa Blanc").id)
            profile.visibility, profile.bio = audience, "I mend lamps."
            handle = profile.handle
        head = head_of(client, f"/en/people/{handle}")
        if audience is Audience.EVERYBODY:
            assert head.canonical == [f"http://localhost/en/people/{handle}"]
            assert head.block("ProfilePage")["mainEntity"]["description"] == "I mend lamps."
        else:
            assert (head.canonical, head.blocks) == ([], [])
            assert "description" not in head.names
