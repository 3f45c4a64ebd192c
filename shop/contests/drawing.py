"""A draw that anyone can check: a seed committed to before the end, a chain over all entries, an order out of both. Pure.

Nobody who runs the contest can choose the outcome once entries come in: the seed is fixed by its commitment when the
contest is published, and the order depends on the chain as well, which every entry changes and every entrant holds
a receipt of. Nobody who enters can either: the seed is secret until the end. docs/algorithms/contest-draw.md tells
the steps in words, ``shop/static/js/draw.js`` does them again in a browser.

All hashes are SHA-256, written as lower-case hex. Entries are numbered from 1 without gaps.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

SEED_BYTES = 32
SALT_BYTES = 16
WORD_BYTES = 8
_WORDS = 2 ** (8 * WORD_BYTES)


class BadRecord(Exception):
    """A record of a draw that does not follow from what it shows; the text says which step."""


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What an entry says, in the form that its receipt stands for: nothing here may change afterwards.

    ``person`` is the keyed hash of who entered, ``answer`` the place of the chosen one or None, ``photo`` the key
    of the picture or None.
    """

    contest_id: int
    person: str
    answer: int | None = None
    photo: str | None = None


def new_seed() -> str:
    """Return 32 fresh secret bytes in hex."""
    return secrets.token_hex(SEED_BYTES)


def new_salt() -> str:
    """Return 16 fresh bytes in hex: without them a receipt could be guessed from what an entry may say."""
    return secrets.token_hex(SALT_BYTES)


def commit(seed: str) -> str:
    """Return the commitment to a seed: the hash of its bytes."""
    return hashlib.sha256(bytes.fromhex(seed)).hexdigest()


def receipt_text(facts: EntryFacts, salt: str) -> str:
    """Return what an entry's receipt is the hash of: what it says and its salt, as JSON without spaces."""
    said = [facts.contest_id, facts.person, facts.answer, facts.photo, salt]
    return json.dumps(said, separators=(",", ":"))


def receipt_of(facts: EntryFacts, salt: str) -> str:
    """Return an entry's receipt: the hash of its ``receipt_text``."""
    return hashlib.sha256(receipt_text(facts, salt).encode()).hexdigest()


def first_chain(contest_id: int, commitment: str) -> str:
    """Return the chain before any entry: it holds the contest and its commitment already."""
    return hashlib.sha256(f"{contest_id}:{commitment}".encode()).hexdigest()


def extend_chain(chain: str, receipt: str) -> str:
    """Return the chain with one more entry's receipt."""
    return hashlib.sha256(bytes.fromhex(chain) + bytes.fromhex(receipt)).hexdigest()


def chain_of(contest_id: int, commitment: str, receipts: Iterable[str]) -> str:
    """Return the chain over all receipts in the order of their numbers."""
    chain = first_chain(contest_id, commitment)
    for receipt in receipts:
        chain = extend_chain(chain, receipt)
    return chain


def draw_order(seed: str, chain: str, count: int) -> Iterator[int]:
    """Yield the numbers 1 to ``count`` in the order in which they are drawn, each as likely as any other.

    The shuffle is Fisher and Yates's, from the front, so that only as much of it is done as is asked for; its
    random numbers are read off HMAC-SHA256(seed, chain) and refused where they would favour anybody.
    """
    words = _words(hmac.digest(bytes.fromhex(seed), bytes.fromhex(chain), "sha256"))
    moved: dict[int, int] = {}
    for place in range(count):
        chosen = place + _below(words, count - place)
        yield moved.pop(chosen, chosen) + 1
        if chosen != place:
            moved[chosen] = moved.pop(place, place)


def _words(key: bytes) -> Iterator[int]:
    block = 0
    while True:
        digest = hashlib.sha256(key + block.to_bytes(WORD_BYTES)).digest()
        for start in range(0, len(digest), WORD_BYTES):
            yield int.from_bytes(digest[start : start + WORD_BYTES])
        block += 1


def _below(words: Iterator[int], limit: int) -> int:
    """Return a number below ``limit``, each as likely: words in the last, incomplete round are passed over."""
    highest = _WORDS - _WORDS % limit
    return next(word for word in words if word < highest) % limit


def choose_winners(
    seed: str, chain: str, count: int, *, winners: int, excluded: Mapping[int, str]
) -> list[int]:
    """Return the numbers that win, in the order drawn: the first ones that are not ``excluded`` (number to why).

    Fewer when fewer may win. Who is excluded has no part in the order, so that nobody can be moved up or down.
    """
    chosen: list[int] = []
    for number in draw_order(seed, chain, count):
        if len(chosen) == winners:
            break
        if number not in excluded:
            chosen.append(number)
    return chosen


@dataclass(frozen=True, slots=True)
class Record:
    """All that is needed to check a draw; ``seed`` and ``winners`` are None before it."""

    contest_id: int
    commitment: str
    receipts: Sequence[str]
    chain: str
    excluded: Mapping[int, str]
    winner_count: int
    seed: str | None = None
    winners: Sequence[int] | None = None
    replaced: Sequence[int] = ()
    """Those of ``winners`` whose prize went to the next one; the steps do not need it."""


def check_record(record: Record) -> None:
    """Do all steps of a draw again; BadRecord says at which one the record stops being true."""
    if chain_of(record.contest_id, record.commitment, record.receipts) != record.chain:
        raise BadRecord("the chain does not follow from the entries")
    if record.seed is None:
        return
    if commit(record.seed) != record.commitment:
        raise BadRecord("the seed is not the one that was committed to")
    count = len(record.receipts)
    drawn = choose_winners(
        record.seed, record.chain, count, winners=record.winner_count, excluded=record.excluded
    )
    if list(record.winners or ()) != drawn:
        raise BadRecord("the winners do not follow from seed and chain")
