"""Codes: how they are compared, what they may be made of, and new ones that are easy to read aloud."""

import re
import secrets
import unicodedata

MIN_CODE, MAX_CODE = 2, 40
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without I, L, O, 0 and 1, which are taken for one another."""
_ALLOWED = re.compile(rf"[A-Z0-9][A-Z0-9_.-]{{{MIN_CODE - 2},{MAX_CODE - 2}}}[A-Z0-9]")


def normalise_code(text: str) -> str:
    """Return a code as it is compared: capitals, without spaces and accents; "été 20" gives ``ETE20``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(plain.split()).upper()


def is_code(code_key: str) -> bool:
    """Tell whether a normalised code may be used: letters, digits, and ``-``, ``_`` or ``.`` between them."""
    return bool(_ALLOWED.fullmatch(code_key))


def new_code(length: int = 10) -> str:
    """Return a code that nobody guesses, in fours: ``K7QM-2XWR-9F``."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return "-".join(letters[place : place + 4] for place in range(0, length, 4))
