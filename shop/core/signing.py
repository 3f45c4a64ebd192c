"""Signed values: links in mails, guests' cookies. A purpose never passes for another."""

import hashlib
import hmac
from typing import Any

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from shop.core.errors import DomainError
from shop.core.i18n import N_


class BadLink(DomainError):
    """The signed value was altered, was made for something else, or is too old."""

    code = "bad_link"
    status = 404
    message = N_("This link is not valid any more.")


class Signer:
    """Signs JSON values for a purpose with the installation's secret key."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key

    def sign(self, purpose: str, value: Any) -> str:
        """Return ``value`` (JSON) as a signed, URL-safe text."""
        return str(self._serializer(purpose).dumps(value))

    def read(self, purpose: str, text: str, *, max_age_s: int | None = None) -> Any:
        """Return what was signed; BadLink when it was altered or is older than ``max_age_s``."""
        try:
            return self._serializer(purpose).loads(text, max_age=max_age_s)
        except (BadSignature, SignatureExpired):
            raise BadLink from None

    def digest(self, purpose: str, text: str) -> str:
        """Return a keyed hash of ``text`` in hex: equal texts give equal ones, and nobody without the key can guess."""
        said = f"vitrine.{purpose}\n{text}".encode()
        return hmac.new(self._secret_key.encode(), said, hashlib.sha256).hexdigest()

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._secret_key, salt=f"vitrine.{purpose}")
