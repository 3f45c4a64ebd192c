"""Object ids of the shapes that Stripe uses, repeatable when a seed is given."""

from __future__ import annotations

import random
import string
import threading

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase

REQUEST = "req_"

# prefix -> (characters that always follow it, how many random ones follow those)
_SHAPES: dict[str, tuple[str, int]] = {
    "cs_test_": ("a1", 56),
    "cus_": ("", 14),
    "prod_": ("", 14),
    REQUEST: ("", 14),
    "pi_": ("3", 23),
    "ch_": ("3", 23),
    "re_": ("3", 23),
    "whsec_": ("", 32),
}
_DEFAULT_SHAPE = ("1", 23)


class Ids:
    """A source of ids, safe to use from several threads."""

    def __init__(self, seed: str | None = None) -> None:
        # Ids must differ, not be secret; SystemRandom asks the kernel for each letter (a tenth of a checkout's time).
        self._random = random.Random(seed)  # noqa: S311
        # Requests draw from a source of their own, so that one more reading call changes no object's id.
        self._requests = random.Random(None if seed is None else f"{seed}:requests")  # noqa: S311
        self._lock = threading.Lock()

    def text(self, length: int) -> str:
        """Return ``length`` random letters and digits."""
        with self._lock:
            return "".join(self._random.choices(ALPHABET, k=length))

    def new(self, prefix: str) -> str:
        """Return a new id, e.g. ``new("cs_test_")``."""
        fixed, length = _SHAPES.get(prefix, _DEFAULT_SHAPE)
        if prefix == REQUEST:
            with self._lock:
                return prefix + "".join(self._requests.choices(ALPHABET, k=length))
        return prefix + fixed + self.text(length)
