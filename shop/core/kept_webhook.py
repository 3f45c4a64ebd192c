"""The webhook secret that ``shop stripe setup`` was given, kept in DATA_DIR by key and service."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

from shop.core.private_files import change_private, read_private

FILE = "stripe_webhook.json"
STRIPE_ORIGIN = "https://api.stripe.com"


@dataclass(frozen=True, slots=True)
class KeptWebhook:
    """A webhook endpoint that was registered for this shop, with its secret (``whsec_…``)."""

    endpoint_id: str
    secret: str


def service_mark(key: str, api_base: str | None) -> str:
    """Return a name for one account at one service, from which the key cannot be read.

    What was kept under one key is never used under another.
    """
    return f"{api_base or STRIPE_ORIGIN} {hashlib.sha256(key.encode()).hexdigest()[:16]}"


def find_kept_webhook(data_dir: Path, mark: str) -> KeptWebhook | None:
    """Return the endpoint kept for an account, or None."""
    kept = read_private(data_dir / FILE).get(mark)
    try:
        return KeptWebhook(**kept) if isinstance(kept, dict) else None
    except TypeError:
        return None


def keep_webhook(data_dir: Path, mark: str, webhook: KeptWebhook) -> None:
    """Keep an account's endpoint in place of the one before."""
    change_private(data_dir / FILE, mark, asdict(webhook))
