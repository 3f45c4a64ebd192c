"""Pages as JSON."""

from shop.core.db import Database
from shop.page.queries import get_page
from shop.page.service import edit_page
from tests.api.support import ApiClient, Shelf
from tests.factories import make_page


class TestListPages:
    def test_walks_through_all_pages_once(self, database: Database, api: ApiClient) -> None:
        with database.transaction() as session:
            slugs = [make_page(session).slug for _ in range(5)]
        seen, cursor = [], ""
        while True:
            answer = api("GET", f"/pages?limit=2{cursor}").get_json()
            seen += [page["slug"] for page in answer["data"]]
            if answer["next_cursor"] is None:
                break
            cursor = f"&cursor={answer['next_cursor']}"
        assert seen == slugs

    def test_refuses_a_cursor_of_its_callers_making(self, api: ApiClient) -> None:
        for cursor in ("x", "aWQ6LTE", "aWQ6OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk", "%C3%A9", "A"):
            answer = api("GET", f"/pages?cursor={cursor}")
            assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_cursor")

    def test_names_what_is_wrong_with_the_query(self, api: ApiClient) -> None:
        answer = api("GET", "/pages?limit=0&sort=name")
        assert answer.status_code == 422
        assert {error["parameter"] for error in answer.get_json()["errors"]} == {"limit", "sort"}


class TestShowPage:
    def test_shows_it_in_the_callers_language(self, database: Database, api: ApiClient, shelf: Shelf) -> None:
        with database.transaction() as session:
            page = get_page(session, shelf.page)
            page.tagline, page.translations = "Lamps", {"fr": {"tagline": "Des lampes"}}
        answer = api("GET", "/pages/lumen", headers={"Accept-Language": "fr-CA,fr;q=0.8"})
        assert answer.get_json()["tagline"] == "Des lampes"
        assert answer.get_json()["url"] == "http://localhost/fr/p/lumen"
        assert api("GET", "/pages/lumen").get_json()["tagline"] == "Lamps"

    def test_has_none_for_an_unknown_name(self, api: ApiClient) -> None:
        for slug in ("nobody", "a%00b", "%ff", "x" * 300):
            answer = api("GET", f"/pages/{slug}")
            assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")

    def test_answers_304_until_the_page_changes(
        self, database: Database, api: ApiClient, shelf: Shelf
    ) -> None:
        tag = api("GET", "/pages/lumen").headers["ETag"]
        assert api("GET", "/pages/lumen", headers={"If-None-Match": tag}).status_code == 304
        french = {"If-None-Match": tag, "Accept-Language": "fr"}
        assert api("GET", "/pages/lumen", headers=french).status_code == 200
        with database.transaction() as session:
            edit_page(session, page=get_page(session, shelf.page), changes={"name": "Lumen & Co"})
        answer = api("GET", "/pages/lumen", headers={"If-None-Match": tag})
        assert (answer.status_code, answer.get_json()["name"]) == (200, "Lumen & Co")
