"""Password hashing (argon2id) and what makes a password acceptable."""

import re
from dataclasses import dataclass, field
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shop.core.i18n import N_

MIN_LENGTH = 10
MAX_LENGTH = 200  # argon2 hashes any length; a limit keeps a request from costing more than it should
MIN_DIFFERENT_CHARACTERS = 4
LONG_RUN = 6
MIN_LOCAL_PART = 4  # a shorter one is in many good passwords by chance

TOO_SHORT = N_("Use at least 10 characters; a few words in a row are easy to remember.")
TOO_LONG = N_("Use at most 200 characters.")
LIKE_EMAIL = N_("Your e-mail address is easy to guess; choose something else.")
OBVIOUS = N_("This password is among the first that anyone would try; choose another.")

# What is left of the usual passwords when digits and signs around them are taken off.
_OBVIOUS_WORDS = frozenset(
    "password passwort motdepasse mdp azerty azertyuiop qwerty qwertyuiop qwertz letmein welcome bienvenue "
    "iloveyou jetaime jtm admin administrator administrateur bonjour soleil doudou princess princesse "
    "football baseball basketball superman batman dragon monkey sunshine master shadow michael nicolas "
    "marseille paris france vitrine secret loulou chouchou coucou camille chocolat starwars pokemon "
    "trustno changeme default passw passwd".split()
)
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
)
_LOOKALIKES = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}
)


@dataclass(frozen=True)
class PasswordHash:
    """A hash made before a transaction opened.

    Hashing takes a quarter of a second, during which a SQLite writer would hold everybody up. Only
    ``hash_password`` makes one, of a password that was found acceptable.
    """

    value: str = field(repr=False)


class _Cost:
    """The hasher in use; its parameters are RFC 9106's second recommended option, argon2-cffi's default."""

    hasher = PasswordHasher()


def use_cheap_hashes() -> None:
    """Make hashing quick and weak for the rest of this process; for tests only."""
    _Cost.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    _dummy_hash.cache_clear()


def hash_password(password: str) -> PasswordHash:
    """Return the hash that the database keeps."""
    return PasswordHash(_Cost.hasher.hash(password))


@cache
def _dummy_hash() -> str:
    return _Cost.hasher.hash("nobody's password")


def verify_password(password_hash: str | None, password: str) -> bool:
    """Tell whether the password is right; takes as long when there is no account (hash None)."""
    compared = _dummy_hash() if password_hash is None else password_hash
    try:
        return _Cost.hasher.verify(compared, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Tell whether the hash was made with other parameters than are used now."""
    return _Cost.hasher.check_needs_rehash(password_hash)


def password_problem(password: str, *, email: str) -> str | None:
    """Return the msgid of what is wrong with a new password, or None.

    Length and a list of what is tried first, as NIST SP 800-63B (5.1.1.2) asks; no rules about kinds
    of characters, which it advises against.
    """
    if len(password) < MIN_LENGTH:
        return TOO_SHORT
    if len(password) > MAX_LENGTH:
        return TOO_LONG
    lowered, address = password.casefold(), email.casefold()
    local_part = address.partition("@")[0]
    if len(local_part) >= MIN_LOCAL_PART and local_part in lowered:
        added = lowered.replace(address, "").replace(local_part, "")
        if len(added) < MIN_LENGTH - 2:
            return LIKE_EMAIL
    return OBVIOUS if _is_obvious(lowered) else None


def _is_obvious(lowered: str) -> bool:
    if len(set(lowered)) < MIN_DIFFERENT_CHARACTERS:
        return True
    bare = re.sub(r"^[\d\W_]+|[\d\W_]+$", "", lowered)
    plain = re.sub(r"[\W_]", "", lowered)
    candidates = {bare, bare.translate(_LOOKALIKES), re.sub(r"\d", "", plain), plain.translate(_LOOKALIKES)}
    candidates |= {half for word in tuple(candidates) if (half := word[: len(word) // 2]) * 2 == word}
    if candidates & _OBVIOUS_WORDS:
        return True
    return _is_run(plain) or (not bare and _is_run(re.sub(r"\D", "", plain)))


def _is_run(text: str) -> bool:
    """Tell whether ``text`` is little more than keys or letters in their order, forwards or backwards."""
    for run in _RUNS:
        for order in (run, run[::-1]):
            longest = max(
                (n for n in range(len(text), LONG_RUN - 1, -1) if text[:n] in order or text[-n:] in order),
                default=0,
            )
            if longest and len(text) - longest < LONG_RUN:
                return True
    return False
