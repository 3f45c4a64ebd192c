"""Chances that depend on what they are for and on nothing else, so that twin worlds differ only by what was done."""

import math
import random
from hashlib import blake2b

_SPAN = 2.0**64


def dice(seed: int, *names: object) -> random.Random:
    """Return a stream of random numbers for what ``names`` say; the same on every machine."""
    return random.Random(f"{seed}:" + ":".join(str(name) for name in names))  # noqa: S311 - a simulation


def luck(seed: int, purpose: str, first: int, second: int = 0) -> float:
    """Return a number in [0, 1) for one person and one thing, the same whatever happened before."""
    said = f"{seed}:{purpose}:{first}:{second}".encode()
    return int.from_bytes(blake2b(said, digest_size=8).digest()) / _SPAN


def happens(source: random.Random, share: float) -> bool:
    """Return True with this chance."""
    return source.random() < share


def log_normal(source: random.Random, median: float, sigma: float) -> float:
    """Return a draw of a log-normal with this median."""
    return median * math.exp(source.gauss(0.0, sigma))


def poisson(source: random.Random, mean: float) -> int:
    """Return a draw of a Poisson, by Knuth's product for the small means that occur here."""
    limit, product, count = math.exp(-mean), source.random(), 0
    while product > limit:
        product *= source.random()
        count += 1
    return count
