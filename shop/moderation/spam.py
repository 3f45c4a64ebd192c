"""What makes a comment look like spam: signs with weights, and the sum from which it waits for a moderator.

Pure: the same values give the same signs. docs/algorithms/moderation.md explains each weight.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from shop.core.text_search import words_of
from shop.moderation.spam_words import (
    CONTACT_WORDS,
    CRYPTO_WORDS,
    PROMISES,
    SHORTENERS,
    TOP_LEVELS,
    TOP_LEVELS_THAT_ARE_WORDS,
)

HELD_FROM = 4
"""A comment whose weights sum to this or more is held."""
HISTORY_SPAN = dt.timedelta(hours=1)
HISTORY_LIMIT = 100
"""How many of the newest comments anywhere are compared; and as many of the author's own."""
COMPARED_LENGTH = 280
"""Characters of a text that are compared with another."""
FAST_SPAN = dt.timedelta(seconds=60)
FAST, VERY_FAST = 5, 10
YOUNG = dt.timedelta(days=1)
MANY_LINKS = 3
MIN_SHOUTED_LETTERS = 12
SHOUTED_PERCENT = 70
MIN_REPEATED_SIGNS = 6
MIN_REPEATED_WORDS = 5
MIN_SAME_WORDS = 4
"""Others may well say "Thank you very much", too: a shorter text by somebody else is no sign."""
LONGEST_READ = 4000

_LINK = re.compile(r"https?://[^\s<>]{1,300}|\bwww\.[^\s<>]{1,300}", re.IGNORECASE)
_BARE_LINK = re.compile(
    r"(?<![@\w.-])[a-z0-9][a-z0-9-]{0,62}\.(?:"
    rf"(?:{'|'.join(TOP_LEVELS)})(?![\w-])(?:/[^\s<>]{{0,300}})?|(?:{'|'.join(TOP_LEVELS_THAT_ARE_WORDS)})/[^\s<>]{{0,300}})",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,24}", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.,])(?:\+|00)\d(?:[ .()-]?\d){7,14}(?!\w)")
_WALLET = re.compile(r"\b(?:0x[0-9a-f]{40}|bc1[0-9a-z]{25,60}|[13][1-9A-HJ-NP-Za-km-z]{26,34})\b")


@dataclass(frozen=True)
class RecentText:
    """A comment of the last hour on any page."""

    account_id: int | None
    text: str
    at: dt.datetime


class Sign(NamedTuple):
    """Something that was seen in a comment: its name, what it weighs, and what or how many."""

    sign: str
    weight: int
    detail: str

    def as_json(self) -> dict[str, Any]:
        """Return it as a case keeps it."""
        return {"sign": self.sign, "weight": self.weight, "detail": self.detail}


def find_signs(
    text: str, *, account_id: int, account_created_at: dt.datetime, history: Sequence[RecentText], now: dt.datetime
) -> list[Sign]:  # fmt: skip
    """Return what speaks for spam in ``text``, in a fixed order."""
    read = text[:LONGEST_READ]
    words = words_of(read)
    found = [
        *_links(read),
        *_contacts(read, words),
        *_money(read, words),
        *_same_text(read, account_id, history, now),
        *_speed(account_id, history, now),
        *_shouting(read),
        *_repetition(read, words),
    ]
    if found and now - account_created_at < YOUNG:
        found.append(Sign("young_account", 1, ""))
    return found


def is_likely_spam(signs: Sequence[Sign]) -> bool:
    """Tell whether the signs weigh enough to hold a comment."""
    return sum(sign.weight for sign in signs) >= HELD_FROM


def _links(text: str) -> list[Sign]:
    links = _LINK.findall(text)
    links += _BARE_LINK.findall(_LINK.sub(" ", text))
    if not links:
        return []
    weight = HELD_FROM if len(links) >= MANY_LINKS else len(links)
    signs = [Sign("links", weight, str(len(links)))]
    short = sorted({host for host in map(_host_of, links) if host in SHORTENERS})
    if short:
        signs.append(Sign("shortener", 3, ", ".join(short)))
    return signs


def _host_of(link: str) -> str:
    try:
        host = urlsplit(link if "://" in link else f"//{link}").hostname or ""
    except ValueError:
        return ""
    return host.lower().removeprefix("www.")


def _contacts(text: str, words: Sequence[str]) -> list[Sign]:
    found = ["e-mail"] if _EMAIL.search(text) else []
    found += ["phone"] if _PHONE.search(text) else []
    found += sorted(CONTACT_WORDS.intersection(words))
    if not found:
        return []
    return [Sign("contact", 2 if len(found) == 1 else 3, ", ".join(found[:4]))]


def _money(text: str, words: Sequence[str]) -> list[Sign]:
    signs = []
    if _WALLET.search(text):
        signs.append(Sign("wallet", HELD_FROM, ""))
    crypto = sorted(CRYPTO_WORDS.intersection(words))
    if crypto:
        signs.append(Sign("crypto", 2, ", ".join(crypto[:4])))
    joined = f" {' '.join(words)} "
    promises = [promise for promise in PROMISES if f" {promise} " in joined]
    if promises:
        signs.append(Sign("promise", 2 if len(promises) == 1 else 3, ", ".join(promises[:3])))
    return signs


def _same_text(text: str, account_id: int, history: Sequence[RecentText], now: dt.datetime) -> list[Sign]:
    wanted = _comparable(text)
    if not wanted:
        return []
    same = [one for one in history if now - one.at <= HISTORY_SPAN and _comparable(one.text) == wanted]
    own = sum(one.account_id == account_id for one in same)
    others = len({one.account_id for one in same if one.account_id not in (None, account_id)})
    signs = []
    if own:
        signs.append(Sign("same_text", 2 if own == 1 else HELD_FROM, str(own)))
    if others and wanted.count(" ") + 1 >= MIN_SAME_WORDS:
        signs.append(Sign("same_text_others", 2 if others == 1 else HELD_FROM, str(others)))
    return signs


def _comparable(text: str) -> str:
    return " ".join(words_of(text[:COMPARED_LENGTH]))


def _speed(account_id: int, history: Sequence[RecentText], now: dt.datetime) -> list[Sign]:
    recent = sum(one.account_id == account_id and now - one.at <= FAST_SPAN for one in history)
    if recent < FAST:
        return []
    return [Sign("speed", 2 if recent < VERY_FAST else HELD_FROM, str(recent))]


def _shouting(text: str) -> list[Sign]:
    letters = [char for char in text if char.isalpha()]
    upper = sum(char.isupper() for char in letters)
    is_shouting = len(letters) >= MIN_SHOUTED_LETTERS and upper * 100 >= SHOUTED_PERCENT * len(letters)
    return [Sign("capitals", 1, f"{upper * 100 // len(letters)} %")] if is_shouting else []


def _repetition(text: str, words: Sequence[str]) -> list[Sign]:
    longest = max((len(list(run)) for char, run in groupby(text) if not char.isspace()), default=0)
    again = max((len(list(run)) for _word, run in groupby(words)), default=0)
    signs = [Sign("repeated_signs", 1, str(longest))] if longest >= MIN_REPEATED_SIGNS else []
    return [*signs, Sign("repeated_words", 2, str(again))] if again >= MIN_REPEATED_WORDS else signs
