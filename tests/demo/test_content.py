"""The demo's content holds together: pictures, barcodes, both languages, stock, people and orders."""

import re
from collections.abc import Iterator
from itertools import product as every_combination
from pathlib import Path

import pytest
from PIL import Image

from shop.demo import content
from shop.demo.content_posts import POSTS
from shop.demo.content_promotions import CONTESTS, COUPONS
from shop.demo.content_types import ean13, say, tell

PICTURES = Path(content.__file__).parent / "pictures"
PRODUCTS = [product for page in content.PAGES for product in page.products]
VARIANTS = [variant for product in PRODUCTS for variant in product.variants]
LUMEN = content.PAGES[0]


def _pictures() -> Iterator[content.Picture]:
    for page in content.PAGES:
        yield page.logo
        yield page.cover
        for product in page.products:
            yield from product.pictures


def _texts() -> Iterator[content.Text]:
    for page in content.PAGES:
        yield from (page.tagline, page.about)
        for collection in page.collections:
            yield from (collection.title, collection.description)
    for product in PRODUCTS:
        yield from (product.title, product.description)
        for option in product.options:
            yield option.name
            yield from option.values
    for picture in _pictures():
        yield picture.alt
    for coupon in COUPONS:
        yield from (coupon.title, coupon.description)
    for contest in CONTESTS:
        yield from (contest.title, contest.body, contest.prize, *contest.answers)


def _words(html: str) -> int:
    return len(re.sub(r"<[^>]+>", " ", html).split())


class TestPictures:
    def test_every_named_file_opens_and_has_its_size(self) -> None:
        for picture in _pictures():
            with Image.open(PICTURES / picture.file) as image:
                image.load()
            kind = Path(picture.file).stem
            expected = {"logo": (800, 800), "cover": (2000, 740)}.get(kind, (1600, 1600))
            assert image.size == expected, picture.file

    def test_no_file_lies_about_unused(self) -> None:
        named = {picture.file for picture in _pictures()}
        lying = {path.relative_to(PICTURES).as_posix() for path in PICTURES.rglob("*") if path.is_file()}
        assert lying == named

    def test_no_picture_belongs_to_two_products(self) -> None:
        files = [picture.file for picture in _pictures()]
        assert len(files) == len(set(files))

    def test_together_they_stay_light(self) -> None:
        assert sum(path.stat().st_size for path in PICTURES.rglob("*.webp")) <= 6_000_000


class TestTexts:
    def test_no_text_is_empty_in_either_language(self) -> None:
        for text in _texts():
            assert text.fr.strip(), text
            assert text.en.strip(), text

    @pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.slug)
    def test_descriptions_are_paragraphs_of_60_to_140_words(self, product: content.Product) -> None:
        for language in ("fr", "en"):
            html = product.description.into(language)
            assert re.fullmatch(r"(<p>[^<>]+</p>)+", html)
            assert 60 <= _words(html) <= 140, (language, _words(html))

    def test_no_straight_apostrophe_nor_breaking_space_before_punctuation(self) -> None:
        for text in _texts():
            assert "'" not in text.fr + text.en
            assert not re.search(r" [:;!?»]", text.fr), text.fr
            assert not re.search(r"[a-zé][;!?]", text.fr), text.fr

    def test_about_has_at_least_two_paragraphs(self) -> None:
        for page in content.PAGES:
            assert page.about.fr.count("\n\n") == page.about.en.count("\n\n") >= 1


class TestSay:
    def test_sets_french_spaces_apostrophes_and_measures(self) -> None:
        assert (
            say("L'eau : 40 x 60 cm !", "It's 5 kg").fr
            == "L\u2019eau\u00a0: 40\u00a0\u00d7\u00a060\u00a0cm\u202f!"
        )
        assert say("a", "It's 5 kg").en == "It\u2019s 5\u00a0kg"

    def test_tell_wraps_each_string_in_a_paragraph(self) -> None:
        assert tell(("Un.", "Deux."), ("One.", "Two.")).en == "<p>One.</p><p>Two.</p>"


class TestEan13:
    def test_gives_the_check_digit_of_a_known_example(self) -> None:
        assert ean13(123456789) == "9521234567899"


class TestVariants:
    def test_slugs_are_unique_within_a_page(self) -> None:
        for page in content.PAGES:
            for slugs in ([p.slug for p in page.products], [c.slug for c in page.collections]):
                assert len(slugs) == len(set(slugs))
                assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in slugs)

    def test_skus_and_barcodes_are_unique(self) -> None:
        skus = [variant.sku for variant in VARIANTS]
        barcodes = [variant.barcode for variant in VARIANTS if variant.barcode]
        assert len(skus) == len(set(skus))
        assert len(barcodes) == len(set(barcodes))

    def test_barcodes_have_a_right_check_digit(self) -> None:
        for variant in VARIANTS:
            if variant.barcode:
                digits = [int(digit) for digit in variant.barcode]
                assert len(digits) == 13
                assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0, variant.sku

    @pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.slug)
    def test_variants_are_the_whole_grid_of_options_once(self, product: content.Product) -> None:
        grid = set(every_combination(*(range(len(option.values)) for option in product.options)))
        chosen = [variant.values for variant in product.variants]
        assert len(chosen) == len(grid)
        assert set(chosen) == grid
        assert all(len(o.swatches) in (0, len(o.values)) for o in product.options)

    @pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.slug)
    def test_a_variants_picture_is_one_of_its_products(self, product: content.Product) -> None:
        files = {picture.file for picture in product.pictures}
        assert all(variant.picture is None or variant.picture in files for variant in product.variants)

    def test_prices_are_whole_and_a_compare_at_price_is_higher(self) -> None:
        for variant in VARIANTS:
            assert variant.price_amount > 0
            assert variant.weight_grams > 0
            assert variant.compare_at_amount is None or variant.compare_at_amount > variant.price_amount


class TestAtelierLumen:
    def test_has_the_variety_that_the_demo_shows(self) -> None:
        statuses = [product.status for product in LUMEN.products]
        assert statuses.count("published") >= 26
        assert statuses.count("draft") == 2
        assert statuses.count("archived") == 1
        assert sum(len(product.pictures) > 1 for product in LUMEN.products) >= 12
        assert len(LUMEN.collections) >= 4

    def test_prices_go_from_9_to_690_euros(self) -> None:
        prices = [v.price_amount for p in LUMEN.products for v in p.variants]
        assert (min(prices), max(prices)) == (900, 69000)

    def test_exactly_the_stated_variants_run_low(self) -> None:
        stocks = {v.sku: v.stock for p in LUMEN.products if p.status == "published" for v in p.variants}
        low = {sku for sku, stock in stocks.items() if stock is not None and 1 <= stock <= 30}
        assert low == set(content.SCARCE_SKUS)
        assert stocks[content.ONLY_THREE_LEFT_SKU] == 3
        assert [sku for sku, stock in stocks.items() if stock is None] == [content.UNLIMITED_SKU]

    def test_collections_name_real_products_and_leave_none_out(self) -> None:
        for page in content.PAGES:
            slugs = {product.slug for product in page.products}
            named = {slug for collection in page.collections for slug in collection.product_slugs}
            assert named == slugs


class TestPeople:
    def test_every_address_is_one_where_nobody_gets_mail(self) -> None:
        emails = [follower.email for follower in content.FOLLOWERS]
        emails += [member.email for page in content.PAGES for member in page.staff]
        guests = [order.guest_email for order in content.PAST_ORDERS if order.guest_email]
        assert len(emails) == len(set(emails))
        assert all(email.endswith(("@example.com", ".example")) for email in [*emails, *guests])
        assert not set(guests) & set(emails)

    def test_each_page_has_one_owner_and_lumen_each_role(self) -> None:
        for page in content.PAGES:
            assert [member.role for member in page.staff].count("owner") == 1
        assert {member.role for member in LUMEN.staff} == {"owner", "manager", "fulfilment", "analyst"}

    def test_likes_name_real_pages_once(self) -> None:
        slugs = {page.slug for page in content.PAGES}
        for follower in content.FOLLOWERS:
            liked = [slug for slug, _ in follower.likes]
            assert set(liked) <= slugs
            assert len(liked) == len(set(liked)) >= 1


class TestPastOrders:
    def test_lines_name_skus_of_the_orders_own_page(self) -> None:
        skus = {p.slug: {v.sku for product in p.products for v in product.variants} for p in content.PAGES}
        for order in content.PAST_ORDERS:
            assert order.lines
            assert {line.sku for line in order.lines} <= skus[order.page_slug]
            assert all(line.quantity > 0 for line in order.lines)

    def test_each_has_either_a_buyer_or_a_guest(self) -> None:
        for order in content.PAST_ORDERS:
            assert (order.buyer is None) != (order.guest_email is None)
            assert order.buyer is None or order.buyer < len(content.FOLLOWERS)

    def test_they_cover_every_state_and_the_last_forty_days(self) -> None:
        assert {o.state for o in content.PAST_ORDERS} == {
            "paid",
            "fulfilled",
            "refunded",
            "expired",
            "cancelled",
        }
        days = [order.days_ago for order in content.PAST_ORDERS]
        assert days == sorted(days, reverse=True)
        assert all(0 <= day <= 40 for day in days)


class TestPosts:
    def test_name_products_and_pictures_of_their_page(self) -> None:
        for post in POSTS:
            page = next(page for page in content.PAGES if page.slug == post.page_slug)
            files = {picture.file for product in page.products for picture in product.pictures}
            assert {photo.file for photo in post.photos} <= files, post.ref
            assert {tag.product_slug for tag in post.tags} <= {product.slug for product in page.products}
            assert all(tag.photo is None or tag.photo < len(post.photos) for tag in post.tags), post.ref

    def test_are_there_in_every_kind_and_state(self) -> None:
        lumen = [post for post in POSTS if post.page_slug == LUMEN.slug]
        assert len({post.ref for post in POSTS}) == len(POSTS)
        assert any(len(post.photos) > 2 for post in lumen)
        assert any(post.link_url for post in lumen)
        assert any(post.tags and not post.photos for post in lumen)
        assert [
            sum(flags)
            for flags in zip(*((p.is_pinned, p.is_draft, p.days_ago < 0) for p in lumen), strict=True)
        ] == [1, 1, 1]

    def test_say_it_well_in_both_languages(self) -> None:
        for post in POSTS:
            assert "'" not in post.text.fr + post.text.en
            assert not re.search(r" [:;!?»]", post.text.fr), post.text.fr
