from flask.testing import FlaskClient
from structlog.testing import capture_logs


class TestRequestLog:
    def test_holds_no_secret_of_a_link(self, client: FlaskClient) -> None:
        with capture_logs() as lines:
            client.get("/en/password-reset/a-secret-token?also=secret")
        logged = [line for line in lines if line["event"] == "request"]
        assert [line["path"] for line in logged] == ["/en/password-reset/…"]
        assert "secret" not in str(logged)
