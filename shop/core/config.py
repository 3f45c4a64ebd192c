"""Settings from the environment; every bad one is told at once.

Without any setting the project runs on embedded defaults: SQLite, local files, the stand-in.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environs import Env, EnvValidationError, validate

from shop.core.kept_webhook import find_kept_webhook, service_mark

SANDBOX_KEY = "sk_test_vitrine_stand_in"
SANDBOX_WEBHOOK_SECRET = "whsec_vitrine_stand_in"  # noqa: S105 - public: it only signs the stand-in's own events

TEST_KEYS, LIVE_KEYS = ("sk_test_", "rk_test_"), ("sk_live_", "rk_live_")
MIN_SECRET_LENGTH = 32
ROOMS_WITH_LIVE_KEY = "TEST_MODE_ROOMS: the rooms of test mode show mails and payments to anybody; never with a live key (TEST_MODE_ROOMS=0)"


class ConfigurationError(Exception):
    """One or more settings are missing or malformed; the text names each."""


@dataclass(frozen=True)
class Settings:
    """All that an operator may set; see docs/settings.md."""

    database_url: str
    database_pool_size: int | None
    """Connections that one process keeps; None for the engine's own number."""
    data_dir: Path
    secret_key: str
    public_url: str
    stripe_secret_key: str
    stripe_webhook_secret: str | None
    stripe_api_base: str | None
    """The stand-in's origin; None when the real Stripe is spoken to."""
    allow_live_key: bool
    test_mode_rooms: bool
    smtp_url: str | None
    mail_from: str
    log_format: str
    log_level: str
    max_upload_bytes: int
    trusted_proxies: int
    rate_limits: bool
    kill_points_dir: Path | None = None
    """Where a crash drill arms its points (``core/kill_points.py``); None, as always outside of one."""

    @property
    def is_secure(self) -> bool:
        """Whether visitors arrive over https, so that cookies may say Secure."""
        return self.public_url.startswith("https://")

    @property
    def uses_sandbox(self) -> bool:
        """Whether payments go to the stand-in."""
        return self.stripe_api_base is not None

    @property
    def has_live_key(self) -> bool:
        """Whether payments move real money."""
        return self.stripe_secret_key.startswith(LIVE_KEYS)

    @property
    def service_mark(self) -> str:
        """A name for the account at Stripe (or at the stand-in) that does not tell the key."""
        return service_mark(self.stripe_secret_key, self.stripe_api_base)

    @property
    def checkout_origins(self) -> tuple[str, ...]:
        """Origins that a form may be redirected to: the payment page's."""
        return (self.stripe_api_base,) if self.stripe_api_base else ("https://checkout.stripe.com",)

    @property
    def media_dir(self) -> Path:
        """Where pictures are kept."""
        return self.data_dir / "media"


_ORIGIN = validate.Regexp(r"https?://[^/?#@\s]+/?$", error="must be an origin such as http://127.0.0.1:8000")


def _by_name(error: EnvValidationError) -> dict[str, list[str]]:
    messages = error.error_messages
    return dict(messages) if isinstance(messages, Mapping) else {"settings": list(messages)}


def load_settings() -> Settings:
    """Read the settings from the process's environment; ConfigurationError lists every bad one."""
    env = Env(eager=False)
    data_dir = Path(env.str("DATA_DIR", "var"))
    api_base = env.str("STRIPE_API_BASE", "")
    key = env.str("STRIPE_SECRET_KEY", "")
    webhook_secret = env.str("STRIPE_WEBHOOK_SECRET", "")
    allow_live = env.bool("STRIPE_ALLOW_LIVE_KEY", False)
    public_url = env.str("PUBLIC_URL", "http://127.0.0.1:8000", validate=_ORIGIN)
    sandbox_port = env.int("SANDBOX_PORT", 12111, validate=validate.Range(min=1, max=65535))
    values: dict[str, Any] = {
        "database_url": env.str("DATABASE_URL", f"sqlite:///{data_dir / 'vitrine.db'}"),
        "database_pool_size": env.int("DATABASE_POOL_SIZE", None, validate=validate.Range(min=2, max=500)),
        "mail_from": env.str("MAIL_FROM", "Vitrine <shop@vitrine.example>"),
        "smtp_url": env.str("SMTP_URL", "") or None,
        "test_mode_rooms": env.bool("TEST_MODE_ROOMS", False),
        "log_format": env.str("LOG_FORMAT", "json", validate=validate.OneOf(["json", "console"])),
        "log_level": env.str(
            "LOG_LEVEL", "INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])
        ),
        "max_upload_bytes": env.int("MAX_UPLOAD_BYTES", 20_000_000, validate=validate.Range(min=100_000)),
        "trusted_proxies": env.int("TRUSTED_PROXIES", 0, validate=validate.Range(min=0, max=5)),
        "rate_limits": env.bool("RATE_LIMITS", True),
    }
    secret_key = env.str("SECRET_KEY", "")
    kill_points_dir = env.str("KILL_POINTS_DIR", "")
    problems: list[str] = []
    try:
        env.seal()
    except EnvValidationError as error:
        problems += [f"{name}: {' '.join(texts)}" for name, texts in sorted(_by_name(error).items())]
    problems += _key_problems(key, allow_live=allow_live)
    if values["test_mode_rooms"] and key.startswith(LIVE_KEYS):
        problems.append(ROOMS_WITH_LIVE_KEY)
    if kill_points_dir and (key or public_url.startswith("https://")):
        problems.append("KILL_POINTS_DIR: stops processes; never with a Stripe key or a PUBLIC_URL of https")
    problems += _secret_problems(secret_key, webhook_secret)
    if problems:
        raise ConfigurationError(
            "The settings are not usable:\n" + "\n".join(f"  - {line}" for line in problems)
        )
    if not key:
        api_base = api_base or f"http://127.0.0.1:{sandbox_port}"
    api_base = api_base.rstrip("/")
    key = key or SANDBOX_KEY
    return Settings(
        **values,
        data_dir=data_dir,
        public_url=public_url.rstrip("/"),
        secret_key=secret_key or _kept_secret(data_dir),
        stripe_secret_key=key,
        stripe_webhook_secret=webhook_secret or _kept_webhook_secrets(data_dir, key, api_base),
        stripe_api_base=api_base or None,
        allow_live_key=allow_live,
        kill_points_dir=Path(kill_points_dir) if kill_points_dir else None,
    )


def _key_problems(key: str, *, allow_live: bool) -> list[str]:
    if key.startswith(TEST_KEYS) or not key:
        return []
    if key.startswith(LIVE_KEYS):
        if allow_live:
            return []
        return [
            "STRIPE_SECRET_KEY: a live key moves real money and is refused; set STRIPE_ALLOW_LIVE_KEY=1 to mean it"
        ]
    if key.startswith("pk_"):
        return [
            "STRIPE_SECRET_KEY: holds the publishable key; the secret one, beside it, starts with sk_test_"
        ]
    return ["STRIPE_SECRET_KEY: must start with sk_test_ or rk_test_ (or be absent, to use the stand-in)"]


def _secret_problems(secret_key: str, webhook_secret: str) -> list[str]:
    problems = []
    if secret_key and len(secret_key) < MIN_SECRET_LENGTH:
        problems.append(f"SECRET_KEY: must have at least {MIN_SECRET_LENGTH} characters")
    if webhook_secret and not webhook_secret.startswith("whsec_"):
        problems.append("STRIPE_WEBHOOK_SECRET: must start with whsec_")
    return problems


def _kept_webhook_secrets(data_dir: Path, key: str, api_base: str) -> str | None:
    """Return the secret that ``shop stripe setup`` kept; the stand-in's own events have one besides."""
    try:
        kept = find_kept_webhook(data_dir, service_mark(key, api_base or None))
    except OSError as error:
        raise ConfigurationError(
            f"DATA_DIR: the webhook secret kept there cannot be read ({error})"
        ) from None
    secrets_ = ([SANDBOX_WEBHOOK_SECRET] if api_base else []) + ([kept.secret] if kept else [])
    return ",".join(secrets_) or None


def _kept_secret(data_dir: Path) -> str:
    """Return the secret made on the first start, so that a restart signs nobody out."""
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
