"""Every error is a problem with a stable code, in the caller's language."""

import pytest
from flask import Flask

from tests.api.support import ApiClient, Shelf


class TestProblems:
    def test_say_which_methods_an_address_has(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.new_cart("lumen")
        answer = api("PUT", cart, token=token, json={})
        assert (answer.status_code, answer.get_json()["code"]) == (405, "method_not_allowed")
        assert {"GET", "DELETE"} <= set(answer.headers["Allow"].replace(" ", "").split(","))

    def test_speak_french_but_keep_their_codes(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.new_cart("lumen")
        french = {"Accept-Language": "fr"}
        answers = [
            api("GET", "/nowhere", headers=french),
            api("GET", cart, headers=french),
            api(
                "POST",
                f"{cart}/lines",
                token=token,
                headers=french,
                json={"variant_id": "3", "quantity": 100},
            ),
        ]
        codes = [answer.get_json()["code"] for answer in answers]
        assert codes == ["not_found", "missing_token", "invalid"]
        english = {"We could not find that", "Send the token as “Authorization: Bearer …”."}
        assert not english & {answer.get_json()["title"] for answer in answers}
        details = {error["detail"] for error in answers[2].get_json()["errors"]}
        assert "Not a valid integer." not in details
        assert not any(detail.startswith("Must") for detail in details)

    @pytest.mark.parametrize(
        ("body", "kind", "status", "code"),
        [
            (b"{", "application/json", 400, "malformed_json"),
            (b"\xff\xfe", "application/json", 400, "malformed_json"),
            (b'{"variant_id": NaN}', "application/json", 400, "malformed_json"),
            (b"[" * 20_000, "application/json", 400, "malformed_json"),
            (b"9" * 20_000, "application/json", 400, "malformed_json"),
            (b'{"variant_id": 1}', "text/plain", 415, "unsupported_media_type"),
            (b"variant_id=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
            (b'{"variant_id": 1}', None, 415, "unsupported_media_type"),
            (b" " * 70_000, "application/json", 413, "request_entity_too_large"),
            (b"", "application/json", 422, "invalid"),
        ],
    )
    def test_tell_what_is_wrong_with_a_body(  # noqa: PLR0917
        self, api: ApiClient, shelf: Shelf, body: bytes, kind: str | None, status: int, code: str
    ) -> None:
        cart, token = api.new_cart("lumen")
        answer = api("POST", f"{cart}/lines", token=token, data=body, content_type=kind)
        assert (answer.status_code, answer.get_json()["code"]) == (status, code)

    @pytest.mark.failing
    def test_keep_quiet_about_what_broke(self, app: Flask, api: ApiClient) -> None:
        app.view_functions["page_api.list_pages"] = lambda: 1 / 0
        answer = api("GET", "/pages")
        assert (answer.status_code, answer.get_json()["code"]) == (500, "internal_server_error")
        assert "ZeroDivision" not in answer.get_data(as_text=True)

    def test_come_with_429_when_one_address_asks_too_often(self, limited_app: Flask) -> None:
        client = ApiClient(limited_app)
        answers = [client("POST", "/pages/nobody/carts").status_code for _ in range(601)]
        assert answers[:600] == [404] * 600
        assert answers[600] == 429


class TestOrigins:
    def test_may_all_read_the_answers(self, api: ApiClient, shelf: Shelf) -> None:
        answer = api("GET", "/pages/lumen", headers={"Origin": "https://elsewhere.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers

    def test_may_ask_before_they_send(self, app: Flask) -> None:
        answer = app.test_client().options(
            "/api/v1/pages/lumen/carts", headers={"Origin": "https://a.example"}
        )
        assert answer.status_code == 200
        assert "POST" in answer.headers["Access-Control-Allow-Methods"]
        assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]
