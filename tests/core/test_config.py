"""Settings: defaults that run, and every bad one told at once."""

from pathlib import Path

import pytest

from shop.core.config import SANDBOX_KEY, ConfigurationError, load_settings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE", "PUBLIC_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))


class TestLoadSettings:
    def test_without_any_setting_the_stand_in_is_used(self) -> None:
        settings = load_settings()
        assert settings.uses_sandbox
        assert settings.stripe_secret_key == SANDBOX_KEY
        assert settings.database_url.startswith("sqlite:///")

    def test_the_secret_survives_a_restart(self) -> None:
        assert load_settings().secret_key == load_settings().secret_key

    def test_with_a_test_key_the_real_stripe_is_spoken_to(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_abc")
        settings = load_settings()
        assert settings.stripe_api_base is None
        assert settings.stripe_webhook_secret is None
        assert settings.checkout_origins == ("https://checkout.stripe.com",)

    def test_a_live_key_is_refused_unless_it_is_meant(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_live_abc")
        with pytest.raises(ConfigurationError, match="STRIPE_ALLOW_LIVE_KEY"):
            load_settings()
        monkeypatch.setenv("STRIPE_ALLOW_LIVE_KEY", "1")
        assert load_settings().stripe_secret_key == "sk_live_abc"

    def test_every_bad_setting_is_told_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in {
            "PUBLIC_URL": "not an address",
            "LOG_LEVEL": "LOUD",
            "MAX_UPLOAD_BYTES": "many",
            "SECRET_KEY": "short",
            "STRIPE_WEBHOOK_SECRET": "abc",
            "STRIPE_SECRET_KEY": "pk_test_abc",
        }.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(ConfigurationError) as caught:
            load_settings()
        for name in (
            "PUBLIC_URL",
            "LOG_LEVEL",
            "MAX_UPLOAD_BYTES",
            "SECRET_KEY",
            "STRIPE_WEBHOOK_SECRET",
            "STRIPE_SECRET_KEY",
        ):
            assert name in str(caught.value)
