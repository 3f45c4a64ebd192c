"""The public record of a draw: written as JSON, read from anywhere, checked step by step. Pure.

``draw.js`` does the same steps in a browser and ``shop contest check`` on a command line; what they read is what
``write_record`` writes. docs/algorithms/contest-draw.md describes the format field by field.
"""

import enum
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shop.contests.drawing import BadRecord, Record, chain_of, choose_winners, commit

FORMAT = "vitrine-draw/1"
MAX_ENTRIES = 5_000_000
"""More than that is no contest's record but somebody's joke."""
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Check(enum.StrEnum):
    """A step that is done again."""

    CHAIN = "chain"
    SEED = "seed"
    EXCLUDED = "excluded"
    WINNERS = "winners"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``is_right`` is None as long as it cannot be done, before the draw."""

    check: Check
    is_right: bool | None


@dataclass(frozen=True, slots=True)
class Published:
    """A record with the digest of its exclusions, as it was published; ``facts`` only tell whose it is."""

    record: Record
    excluded_digest: str | None = None
    facts: Mapping[str, Any] | None = None


def digest_of(excluded: Mapping[int, str]) -> str:
    """Return the digest of who cannot win and why: the hash of ``[[number,"reason"],…]`` by number, without spaces."""
    pairs = [[number, excluded[number]] for number in sorted(excluded)]
    return hashlib.sha256(json.dumps(pairs, separators=(",", ":")).encode()).hexdigest()


def take_steps(published: Published) -> list[Step]:
    """Do all steps of a draw again and say of each whether the record follows from it."""
    record = published.record
    chain = chain_of(record.contest_id, record.commitment, record.receipts)
    steps = [Step(Check.CHAIN, chain == record.chain)]
    if record.seed is None:
        return [*steps, *(Step(check, None) for check in (Check.SEED, Check.EXCLUDED, Check.WINNERS))]
    drawn = choose_winners(
        record.seed,
        record.chain,
        len(record.receipts),
        winners=record.winner_count,
        excluded=record.excluded,
    )
    return [
        *steps,
        Step(Check.SEED, commit(record.seed) == record.commitment),
        Step(Check.EXCLUDED, digest_of(record.excluded) == published.excluded_digest),
        Step(Check.WINNERS, drawn == list(record.winners or ())),
    ]


def write_record(record: Record, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as JSON values; ``facts`` (page, slug, title …) stand beside and prove nothing."""
    is_drawn = record.seed is not None
    pairs = [[number, record.excluded[number]] for number in sorted(record.excluded)]
    return {
        "format": FORMAT,
        "contest": {"id": record.contest_id, **facts},
        "commitment": record.commitment,
        "entry_count": len(record.receipts),
        "receipts": list(record.receipts),
        "chain": record.chain,
        "winner_count": record.winner_count,
        "excluded": pairs if is_drawn else None,
        "excluded_digest": digest_of(record.excluded) if is_drawn else None,
        "seed": record.seed,
        "winners": list(record.winners or ()) if is_drawn else None,
        "replaced": list(record.replaced) if is_drawn else None,
    }


def read_record(value: object) -> Published:
    """Return the record in JSON values that came from anywhere; BadRecord when they are none."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise BadRecord("this is no record of a draw")
    contest = value.get("contest")
    contest_id = contest.get("id") if isinstance(contest, dict) else None
    if not _is_count(contest_id) or not _is_count(value.get("winner_count")):
        raise BadRecord("the contest's number or the number of winners is missing")
    receipts = _hashes(value.get("receipts"))
    if value.get("entry_count") != len(receipts):
        raise BadRecord("the number of entries is not the number of receipts")
    is_drawn = value.get("seed") is not None
    record = Record(
        contest_id=int(contest_id),  # type: ignore[arg-type]
        commitment=_hash(value.get("commitment"), "commitment"),
        receipts=receipts,
        chain=_hash(value.get("chain"), "chain"),
        excluded=_exclusions(value.get("excluded") or [], len(receipts)),
        winner_count=int(value["winner_count"]),
        seed=_hash(value["seed"], "seed") if is_drawn else None,
        winners=_numbers(value.get("winners") or []) if is_drawn else None,
        replaced=_numbers(value.get("replaced") or []),
    )
    digest = _hash(value.get("excluded_digest"), "digest of who cannot win") if is_drawn else None
    return Published(record, digest, contest if isinstance(contest, dict) else None)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _hash(value: object, name: str) -> str:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise BadRecord(f"the {name} is no hash of 64 hexadecimal digits")
    return value


def _hashes(value: object) -> list[str]:
    if not isinstance(value, list) or len(value) > MAX_ENTRIES:
        raise BadRecord("the list of receipts is missing or too long")
    return [_hash(one, f"receipt of entry {number}") for number, one in enumerate(value, start=1)]


def _numbers(value: object) -> list[int]:
    if not isinstance(value, list) or not all(_is_count(one) for one in value):
        raise BadRecord("the winners are no list of numbers")
    return list(value)


def _exclusions(value: object, count: int) -> dict[int, str]:
    if not isinstance(value, list):
        raise BadRecord("who cannot win is no list")
    found: dict[int, str] = {}
    for pair in value:
        is_pair = isinstance(pair, Sequence) and not isinstance(pair, str) and len(pair) == 2  # noqa: PLR2004
        if not is_pair or not _is_count(pair[0]) or not isinstance(pair[1], str):
            raise BadRecord("who cannot win is no list of a number and a reason each")
        if not 0 < pair[0] <= count or pair[0] in found:
            raise BadRecord(f"who cannot win names entry {pair[0]}, which is not there or is named twice")
        found[pair[0]] = pair[1]
    return found
