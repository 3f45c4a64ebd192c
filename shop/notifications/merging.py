"""Adding what happens again to what was told already and not read: its actors, the latest first."""

import hashlib
from collections.abc import Mapping
from typing import Any

MAX_ACTORS = 3
"""So many names are kept, the latest first."""
MAX_KNOWN = 100
"""So many people of one notification are told from newcomers; beyond, each event counts as somebody new."""


def first_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a notification that begins with ``data``."""
    return merged_data({}, data)


def merged_data(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``new`` with the actors of ``old`` behind its own, at most three, and how many people they were.

    ``people`` is their number and ``known`` what tells them apart: somebody who comes twice is counted once.
    """
    if "actors" not in new:
        return dict(new)
    arriving = list(dict.fromkeys(str(name) for name in new["actors"]))
    actors = [*arriving, *(name for name in old.get("actors", ()) if name not in arriving)]
    known = list(old.get("known", ()))
    fresh = [mark for mark in map(_mark, arriving) if mark not in known]
    return {
        **new,
        "actors": actors[:MAX_ACTORS],
        "people": int(old.get("people", 0)) + len(fresh),
        "known": [*known, *fresh][:MAX_KNOWN],
    }


def people_of(data: Mapping[str, Any]) -> int:
    """Return how many people a notification tells of; at least as many as it names."""
    return max(int(data.get("people", 0)), len(data.get("actors", ())))


def _mark(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=4).hexdigest()
