"""Tokens, their hashes, and addresses made of titles."""

import hashlib
import re
import secrets
import unicodedata

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "þ": "th", "ı": "i"})  # noqa: RUF001


def new_token() -> str:
    """Return a URL-safe secret of 256 random bits, 43 characters long."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return the SHA-256 of ``token`` in hex; what the database keeps instead of the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def slugify(text: str, *, max_length: int = 80) -> str:
    """Return ``text`` as an address part: ``a-z0-9`` and single hyphens, possibly empty.

    Accents fall off ("Théière" gives ``theiere``); scripts without Latin letters give "".
    """
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    ascii_only = plain.encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
    return slug[:max_length].rstrip("-")
