"""What every request meets before its route: language, CSRF, headers, errors."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, fields, validate

from shop.web.forms import Form, amount_adapter
from shop.web.pages import is_local_path


class TestLanguage:
    def test_an_address_without_language_goes_to_the_browsers(self, client: FlaskClient) -> None:
        answer = client.get("/?a=1", headers={"Accept-Language": "fr-CH, fr;q=0.9, en;q=0.8"})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/fr/?a=1")
        assert answer.headers["Cache-Control"] == "no-store"

    def test_the_visitors_choice_comes_before_the_browsers(self, client: FlaskClient) -> None:
        answer = client.get("/language/en?next=/en/")
        assert answer.headers["Location"] == "/en/"
        answer = client.get("/", headers={"Accept-Language": "fr"})
        assert answer.headers["Location"] == "/en/"

    @pytest.mark.parametrize(
        "target", ["//evil.example", "https://evil.example", "/\\evil.example", "/\tevil", "evil"]
    )
    def test_a_choice_never_leads_elsewhere(self, client: FlaskClient, target: str) -> None:
        assert client.get("/language/fr", query_string={"next": target}).headers["Location"] == "/fr/"
        assert not is_local_path(target)

    def test_an_address_that_exists_in_no_language_is_not_found(self, client: FlaskClient) -> None:
        assert client.get("/no/such/place").status_code == 404


class TestCrossSiteRequests:
    @pytest.fixture
    def stranger(self, app: Flask) -> FlaskClient:
        return app.test_client()

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        ],
    )
    def test_are_refused(self, stranger: FlaskClient, headers: dict[str, str]) -> None:
        assert stranger.post("/en/sign-out", headers=headers).status_code == 403

    @pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
    def test_our_own_pass(self, stranger: FlaskClient, headers: dict[str, str]) -> None:
        assert stranger.post("/en/sign-out", headers=headers).status_code != 403


class TestHeaders:
    def test_are_on_pages_and_errors(self, client: FlaskClient) -> None:
        for path in ("/en/", "/en/nothing", "/healthz"):
            headers = client.get(path).headers
            policy = headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy
            assert "unsafe" not in policy
            assert "form-action 'self' http://127.0.0.1:12111" in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


class TestErrors:
    def test_pages_speak_the_visitors_language(self, client: FlaskClient) -> None:
        answer = client.get("/fr/rien")
        assert answer.status_code == 404
        assert '<html lang="fr"' in answer.text
        assert answer.headers["Cache-Control"] == "no-store"

    @pytest.mark.failing
    def test_an_unexpected_one_is_a_page_without_its_text(self, app: Flask) -> None:
        app.add_url_rule("/en/boom", "boom", lambda: 1 // 0)
        answer = app.test_client().get("/en/boom")
        assert answer.status_code == 500
        assert "ZeroDivision" not in answer.text

    def test_the_wrong_method_says_which_are_right(self, client: FlaskClient) -> None:
        answer = client.put("/healthz")
        assert answer.status_code == 405
        assert "GET" in answer.headers["Allow"]

    def test_too_large_a_body_is_told(self, client: FlaskClient, app: Flask) -> None:
        app.config["MAX_CONTENT_LENGTH"] = 1000
        answer = client.post("/en/sign-in", data={"email": "a" * 5000})
        assert answer.status_code == 413

    def test_under_api_they_are_problems(self, client: FlaskClient) -> None:
        answer = client.get("/api/v1/nothing")
        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"
        assert answer.json["status"] == 404
        assert answer.json["code"] == "not_found"


class NewLampSchema(Schema):
    """A form for tests."""

    title = fields.String(required=True, validate=validate.Length(min=1, max=20, error="Give it a title."))
    price = fields.Integer(required=True, strict=True)
    stock = fields.Integer(strict=True, allow_none=True, load_default=None)
    is_new = fields.Boolean(load_default=False)


class TestForm:
    def read(self, app: Flask, data: dict[str, str], path: str = "/fr/") -> Form:
        with app.test_request_context(
            path, method="POST", data=data, headers={"Sec-Fetch-Site": "same-origin"}
        ):
            app.preprocess_request()
            return Form.from_request(NewLampSchema(), adapters={"price": amount_adapter("EUR")})

    def test_reads_prices_as_typed_in_the_visitors_language(self, app: Flask) -> None:
        form = self.read(app, {"title": " Lampe ", "price": "1 234,50", "stock": "", "is_new": "on"})
        assert form.errors == {}
        assert form.values == {"title": "Lampe", "price": 123450, "stock": None, "is_new": True}

    def test_keeps_what_was_typed_and_says_what_is_wrong_where(self, app: Flask) -> None:
        form = self.read(app, {"title": "", "price": "cher", "stock": "x"})
        assert form.values is None
        assert set(form.errors) == {"title", "price", "stock"}
        assert form.raw("price") == "cher"
