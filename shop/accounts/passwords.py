"""Password hashing (argon2id) and what makes a password acceptable."""

import os

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shop.core.i18n import N_

MIN_LENGTH = 10
MAX_LENGTH = 200  # argon2 hashes any length; a limit keeps a request from costing more than it should

# The parameters are RFC 9106's second recommended option, argon2-cffi's default. Tests lower the cost
# through the environment, since a hash takes a quarter of a second.
_hasher = (
    PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    if os.environ.get("VITRINE_CHEAP_PASSWORDS") == "1"
    else PasswordHasher()
)
_dummy_hash = _hasher.hash("nobody's password")

_COMMON = frozenset(
    [
        "1234567890",
        "0123456789",
        "azertyuiop",
        "qwertyuiop",
        "motdepasse",
        "password12",
        "password123",
        "passw0rd123",
    ]
)


def hash_password(password: str) -> str:
    """Return the hash that the database keeps."""
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Tell whether the password is right; takes as long when there is no account (hash None)."""
    try:
        return _hasher.verify(password_hash or _dummy_hash, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Tell whether the hash was made with older parameters."""
    return _hasher.check_needs_rehash(password_hash)


def password_problem(password: str, *, email: str) -> str | None:
    """Return the msgid of what is wrong with a new password, or None."""
    if len(password) < MIN_LENGTH:
        return N_("Use at least 10 characters; a few words in a row are easy to remember.")
    if len(password) > MAX_LENGTH:
        return N_("Use at most 200 characters.")
    lowered = password.lower()
    local_part = email.lower().partition("@")[0]
    if (
        lowered == email.lower()
        or lowered == local_part
        or (len(local_part) >= MIN_LENGTH and local_part in lowered)
    ):
        return N_("Your e-mail address is easy to guess; choose something else.")
    if lowered in _COMMON or len(set(lowered)) <= 2:  # noqa: PLR2004 - one or two different characters
        return N_("This password is among the first that anyone would try; choose another.")
    return None
