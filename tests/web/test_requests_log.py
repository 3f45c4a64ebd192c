import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs


class TestRequestLog:
    def test_holds_no_secret_of_a_link(self, client: FlaskClient) -> None:
        with capture_logs() as lines:
            client.get("/en/password-reset/a-secret-token?also=secret")
        logged = [line for line in lines if line["event"] == "request"]
        assert [line["path"] for line in logged] == ["/en/password-reset/…"]
        assert "secret" not in str(logged)

    def test_nor_does_a_link_that_was_mistyped(self, client: FlaskClient) -> None:
        with capture_logs() as lines:
            client.get("/en/pasword-reset/WzEsMF0.a-secret-token.of-many-letters")
            client.get("/en/no-such-page")
        paths = [line["path"] for line in lines if line["event"] == "request"]
        assert paths == ["/en/pasword-reset/…", "/en/no-such-page"]

    @pytest.mark.failing
    def test_nor_does_what_is_noted_of_a_failure(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shop.accounts.routes.read_reset_token", lambda *_args, **_values: 1 // 0)
        with capture_logs() as lines:
            assert client.get("/en/password-reset/a-secret-token").status_code == 500
        assert [line["path"] for line in lines if line["event"] == "unexpected_error"] == [
            "/en/password-reset/…"
        ]
