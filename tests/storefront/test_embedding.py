"""Cards for other sites: free to be framed, the same for everybody, with price, stock and Buy; oEmbed and the snippet."""

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.catalog.models import Product
from shop.core.db import Database
from shop.page.models import Follower, LikeSource, Role
from shop.page.service import raise_version
from shop.storefront.snippets import snippet
from tests.factories import make_account, make_page, make_staff
from tests.feed.talk_house import make_post
from tests.storefront.conftest import Brand
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

LAMP, SHIRT, VASE = (f"/en/embed/p/lumen/shop/{slug}" for slug in ("lamp", "shirt", "vase"))
CARDS = ["/en/embed/p/lumen", LAMP, SHIRT, VASE]


@pytest.mark.usefixtures("brand")
class TestEveryCard:
    @pytest.mark.parametrize("path", CARDS)
    def test_may_be_framed_and_nothing_else_may(self, client: FlaskClient, path: str) -> None:
        card = client.get(path)
        assert card.status_code == 200
        assert "frame-ancestors *" in card.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in card.headers
        usual = client.get("/en/p/lumen")
        assert "frame-ancestors 'none'" in usual.headers["Content-Security-Policy"]
        assert usual.headers["X-Frame-Options"] == "DENY"

    @pytest.mark.parametrize("path", CARDS)
    def test_is_the_same_for_everybody_and_sets_no_cookie(
        self, app: Flask, client: FlaskClient, brand: Brand, path: str
    ) -> None:
        first = client.get(path)
        sign_in(client, brand.follower)
        client.post("/en/p/lumen/cart/lines", data={"variant_id": brand.lamp.variants[0].id, "quantity": 1})
        known = client.get(path)
        assert first.data == known.data
        for answer in (first, known):
            assert answer.headers["Cache-Control"].startswith("public")
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.headers["Vary"]
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        assert "frame-ancestors *" in again.headers["Content-Security-Policy"]

    @pytest.mark.parametrize(("path", "most"), [(CARDS[0], 2), (LAMP, 5)])
    def test_costs_one_statement_once_it_is_kept(
        self, client: FlaskClient, database: Database, path: str, most: int
    ) -> None:
        with count_statements(database.engine) as anew:
            client.get(path)
        with count_statements(database.engine) as kept:
            client.get(path)
        assert len(anew) <= most
        assert len(kept) == 1

    @pytest.mark.parametrize("path", [*CARDS, "/fr/embed/p/lumen"])
    def test_has_no_inline_script_or_style(self, client: FlaskClient, path: str) -> None:
        text = client.get(path).text
        assert not re.findall(r"\son\w+=|\sstyle=|<style|<script(?! src=)", text)
        assert '<base target="_blank">' in text

    @pytest.mark.parametrize("theme", ["light", "dark", "", "nonsense"])
    def test_wears_the_scheme_that_is_asked_for(self, client: FlaskClient, theme: str) -> None:
        text = client.get(f"{LAMP}?theme={theme}").text
        assert (f'data-theme="{theme}"' in text) == (theme in ("light", "dark"))
        assert "nonsense" not in text

    @pytest.mark.parametrize(
        "path", ["/en/embed/p/none", "/en/embed/p/lumen/shop/none", "/en/embed/p/lumen/posts/99"]
    )
    def test_of_what_is_gone_says_so_in_its_frame(self, client: FlaskClient, path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 404
        assert "This is not here any more" in answer.text
        assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]


class TestProductCard:
    def test_sells_what_there_is(self, client: FlaskClient, brand: Brand) -> None:
        text = client.get(LAMP).text
        assert 'action="/en/p/lumen/purchases" target="_blank"' in text
        assert f'name="variant_id" value="{brand.lamp.variants[0].id}"' in text
        assert 'name="touch" value="embed"' in text
        assert "€129.00" in text
        assert "Only 2 left" in text

    def test_lets_one_choose_and_none_that_is_gone(self, client: FlaskClient, brand: Brand) -> None:
        gone, left = brand.shirt.variants
        text = client.get(SHIRT).text
        radios = {
            int(one[1]): one[0]
            for one in re.findall(r'(<input type="radio" name="variant_id" value="(\d+)"[^>]*>)', text)
        }
        assert " disabled" in radios[gone.id]
        assert " checked" in radios[left.id]
        assert "from" in text

    def test_sold_out_leads_to_the_shop(self, client: FlaskClient, brand: Brand) -> None:
        text = client.get(VASE).text
        assert "Sold out" in text
        assert "/purchases" not in text
        assert 'href="/en/p/lumen/shop?from=embed"' in text

    def test_shows_a_change_at_once(self, client: FlaskClient, database: Database, brand: Brand) -> None:
        client.get(LAMP)
        with database.transaction() as session:
            session.get_one(Product, brand.lamp.id).title = "Opal lamp, new"
            raise_version(session, brand.page.id)
        assert "Opal lamp, new" in client.get(LAMP).text


class TestPostCard:
    def test_shows_the_post_with_its_products(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        with database.transaction() as session:
            post = make_post(session, brand.page, body="A **new** lamp <b>", photos=2, products=1)
            other = make_post(session, make_page(session, slug="other"))
        answer = client.get(f"/en/embed/p/lumen/posts/{post.id}")
        assert "A <strong>new</strong> lamp &lt;b&gt;" in answer.text
        assert "2 photos" in answer.text
        assert 'name="touch" value="embed"' in answer.text
        assert client.get(f"/en/embed/p/lumen/posts/{other.id}").status_code == 404

    def test_costs_as_many_statements_whatever_is_in_it(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        with database.transaction() as session:
            full = make_post(session, brand.page, photos=4, products=5)
        with count_statements(database.engine) as sent:
            client.get(f"/en/embed/p/lumen/posts/{full.id}")
        assert len(sent) <= 8


@pytest.mark.usefixtures("brand")
class TestOembed:
    def test_gives_the_card_of_a_link(self, client: FlaskClient, brand: Brand) -> None:
        answer = client.get(
            "/oembed",
            query_string={"url": "http://localhost/fr/p/lumen/shop/lamp?variant=1", "format": "json"},
        )
        data = answer.get_json()
        assert (data["version"], data["type"], data["title"]) == ("1.0", "rich", "Opal lamp")
        assert data["author_url"] == "http://localhost/fr/p/lumen"
        assert 'src="http://localhost/fr/embed/p/lumen/shop/lamp"' in data["html"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"

    def test_of_a_link_without_language_is_not_kept_for_other_readers(self, client: FlaskClient) -> None:
        asked = {"url": "http://localhost/p/lumen"}
        answer = client.get("/oembed", query_string=asked, headers={"Accept-Language": "fr"})
        assert "/fr/embed/p/lumen" in answer.get_json()["html"]
        assert "Accept-Language" in answer.headers["Vary"]

    def test_keeps_within_what_is_asked(self, client: FlaskClient) -> None:
        asked = {"url": "http://localhost/en/p/lumen", "maxwidth": 300, "maxheight": 200}
        data = client.get("/oembed", query_string=asked).get_json()
        assert (data["width"], data["height"]) == (300, 200)
        assert client.get("/oembed", query_string={**asked, "maxwidth": 100}).status_code == 404

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "http://elsewhere.example/en/p/lumen",
            "http://localhost/en/orders",
            "http://localhost/en/p/none",
            "http://[",
            "javascript:alert(1)",
        ],
    )
    def test_knows_nothing_else(self, client: FlaskClient, url: str) -> None:
        assert client.get("/oembed", query_string={"url": url}).status_code == 404

    def test_speaks_only_json(self, client: FlaskClient) -> None:
        asked = {"url": "http://localhost/en/p/lumen", "format": "xml"}
        assert client.get("/oembed", query_string=asked).status_code == 501


class TestSnippet:
    def test_escapes_what_it_is_called(self, app: Flask) -> None:
        with app.test_request_context("/en/"):
            code = snippet("/p/lumen/shop/lamp", '"><script>alert(1)</script>')
        assert "<script>alert" not in code
        assert 'src="http://localhost/en/embed/p/lumen/shop/lamp"' in code
        assert '<script async src="http://localhost/embed.js"></script>' in code

    def test_stands_in_the_products_room(self, client: FlaskClient, database: Database, brand: Brand) -> None:
        with database.transaction() as session:
            owner = make_account(session)
            make_staff(session, brand.page, owner, Role.OWNER)
        sign_in(client, owner)
        text = html.unescape(client.get(f"/en/manage/lumen/products/{brand.lamp.id}").text)
        assert 'src="http://localhost/en/embed/p/lumen/shop/lamp"' in text


class TestLikeSource:
    @pytest.mark.parametrize(
        ("asked", "typed", "expected"),
        [
            ("", {}, (LikeSource.ORGANIC, None)),
            ("?from=embed", {}, (LikeSource.EMBED, None)),
            ("?from=post-POST", {}, (LikeSource.POST, "POST")),
            ("?from=share-4", {}, (LikeSource.FRIEND, "share-4")),
            ("?from=embed", {"source": "post", "ref": "POST"}, (LikeSource.POST, "POST")),
            ("", {"source": "friend", "ref": "9"}, (LikeSource.FRIEND, "9")),
            ("", {"source": "post", "ref": "<script>"}, (LikeSource.ORGANIC, None)),
            ("", {"source": "import", "ref": "1"}, (LikeSource.ORGANIC, None)),
        ],
    )
    def test_is_kept_with_the_like(  # noqa: PLR0917
        self,
        client: FlaskClient,
        database: Database,
        brand: Brand,
        asked: str,
        typed: dict[str, str],
        expected: tuple[LikeSource, str | None],
    ) -> None:
        with database.transaction() as session:
            fan = make_account(session)
            post_id = str(make_post(session, brand.page).id)
        asked, typed, source, ref = (
            asked.replace("POST", post_id),
            {k: v.replace("POST", post_id) for k, v in typed.items()},
            *expected,
        )
        sign_in(client, fan)
        client.get(f"/en/p/lumen{asked}")
        assert client.post("/en/p/lumen/like", data=typed).status_code == 303
        with database.reading() as session:
            row = session.execute(
                select(Follower.source, Follower.source_ref).where(Follower.account_id == fan.id)
            ).one()
        assert tuple(row) == (source, ref and ref.replace("POST", post_id))
