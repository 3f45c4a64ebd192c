"""A page's blocked words: what an admin types, and whether a text says one of them, disguised or not.

A word is found whole and whatever its case and accents; also with letters drawn out ("spaaam"), with dots,
hyphens or spaces between its letters ("s.p.a.m", "s p a m"), with digits, signs or Cyrillic letters that look like
its letters ("sp4m", "$pam"). ``arnaqu*`` finds all words that begin so. Everything is a look-up in a table of the
words, so that the time grows with the text and neither with the number of words nor with a clever text.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from shop.core.text_search import words_of

SUGGESTED = (
    "connard*", "connasse*", "salope*", "encule*", "fils de pute", "sale pute", "ta gueule",
    "asshole*", "bitch*", "cunt*", "fuck you", "fucking", "piece of shit", "slut*", "whore*",
)  # fmt: skip
"""Words that an admin may take over; a page blocks none unless its admin says so."""
MAX_WORDS = 1000
MAX_LENGTH = 100
MIN_LETTERS = 2
MIN_PREFIX = 3
LONGEST_READ = 4000
DRAWN_OUT = 3
"""From how many times on a letter is drawn out; fewer may be how another word is spelt."""
NEVER_DOUBLED = frozenset("aiuyhjkqvwx")
"""Letters that no common word of either language has twice."""
MIN_SPELT = 3
MIN_INSIDE_SPELT = 4

_LOOKALIKES = str.maketrans("0345789@$€£", "oeastbgasel")
_ONES = tuple(str.maketrans("1!|", letter * 3) for letter in "il")
_CYRILLIC = str.maketrans("аеорсухіјѕкмнтв", "aeopcyxijskmhtb")
_CHUNK = re.compile(r"\S+")
_PARTS = re.compile(r"[^\W_]+|[@$€£!|]")
_TRIM = ".,;:!?|()[]{}«»\"'’“”…"


def fold_word(line: str) -> str:
    """Return a line of an admin as it is kept: folded words, ``*`` at the end of a beginning; "" of nothing."""
    folded = " ".join(words_of(line))
    return f"{folded}*" if folded and line.rstrip().endswith("*") else folded


class WordFilter:
    """Blocked words, ready to be looked for."""

    def __init__(self, words: Iterable[str]) -> None:
        self._phrases: defaultdict[str, list[tuple[str, list[str]]]] = defaultdict(list)
        self._beginnings: defaultdict[str, list[tuple[str, list[str]]]] = defaultdict(list)
        self._spelt: set[str] = set()
        for word in words:
            parts = word.removesuffix("*").split(" ")
            self._spelt.add("".join(parts))
            is_beginning = word.endswith("*") and len(parts) == 1
            (self._beginnings if is_beginning else self._phrases)[_squeezed(parts[0])].append((word, parts))

    def find(self, text: str) -> list[str]:
        """Return the words and phrases that ``text`` says, each once, in the order in which it says them."""
        tokens = _tokens(text[:LONGEST_READ])
        found = [word for place in range(len(tokens)) for word in self._found_at(tokens, place)]
        return list(dict.fromkeys([*found, *self._found_spelt(tokens)]))

    def _found_at(self, tokens: Sequence[frozenset[str]], place: int) -> Iterator[str]:
        for form in sorted(tokens[place]):
            for word, parts in self._phrases.get(_squeezed(form), ()):
                following = tokens[place : place + len(parts)]
                if len(following) == len(parts) and all(
                    any(
                        _says(form, part, is_beginning=word.endswith("*") and part is parts[-1])
                        for form in forms
                    )
                    for forms, part in zip(following, parts, strict=True)
                ):
                    yield word
            squeezed = _squeezed(form)
            for end in range(1, len(squeezed) + 1) if self._beginnings else ():
                for word, parts in self._beginnings.get(squeezed[:end], ()):
                    if _says(form, parts[0], is_beginning=True):
                        yield word

    def _found_spelt(self, tokens: Sequence[frozenset[str]]) -> Iterator[str]:
        """Find words written letter by letter, with spaces between them."""
        for is_single, run in groupby(tokens, lambda forms: all(len(form) == 1 for form in forms)):
            letters = list(run)
            if not is_single or len(letters) < MIN_SPELT:
                continue
            for pick in (min, max):
                spelt = "".join(pick(forms) for forms in letters)
                for start in range(len(spelt)):
                    for end in range(start + MIN_SPELT, min(len(spelt), start + MAX_LENGTH) + 1):
                        is_whole = end - start == len(spelt)
                        if (is_whole or end - start >= MIN_INSIDE_SPELT) and spelt[start:end] in self._spelt:
                            yield spelt[start:end]


@lru_cache(maxsize=256)
def word_filter(words: tuple[str, ...]) -> WordFilter:
    """Return the filter of these words, made once for the same ones."""
    return WordFilter(words)


def _squeezed(word: str) -> str:
    return "".join(char for char, _run in groupby(word))


def _says(form: str, word: str, *, is_beginning: bool = False) -> bool:
    """Tell whether ``form`` is ``word``, or begins with it, some of its letters perhaps drawn out."""
    if form == word or (is_beginning and form.startswith(word)):
        return True
    runs = [(char, len(list(run))) for char, run in groupby(form)]
    wanted = [(char, len(list(run))) for char, run in groupby(word)]
    if len(runs) < len(wanted) or (len(runs) > len(wanted) and not is_beginning):
        return False
    return all(
        char == letter
        and (count == times or (count > times and (count >= DRAWN_OUT or char in NEVER_DOUBLED)))
        for (char, count), (letter, times) in zip(runs, wanted, strict=False)
    )


def _tokens(text: str) -> list[frozenset[str]]:
    """Return the words of a text in their order, each with the ways in which it may be read."""
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
    tokens: list[frozenset[str]] = []
    for chunk in _CHUNK.findall(visible):
        plain = words_of(chunk)
        whole = _disguised(chunk)
        if len(plain) <= 1:
            forms = whole.union(plain)
            tokens += [forms] if forms else []
            continue
        # Words that a hyphen or a dot joins are read apart and, as the reading of the first, together.
        readings = [frozenset({word}) | _disguised(word) for word in plain]
        tokens += [readings[0] | whole, *readings[1:]]
    return tokens


def _disguised(chunk: str) -> frozenset[str]:
    """Return how a chunk reads without what stands between its letters, look-alikes as the letters they stand for."""
    core = chunk.strip(_TRIM) or chunk
    if "'" in core or "’" in core or not any(char.isalpha() for char in core):
        return frozenset()
    letters = "".join(_PARTS.findall(core)).casefold().translate(_CYRILLIC)
    readings = {"".join(words_of(letters.translate(ones).translate(_LOOKALIKES))) for ones in _ONES}
    return frozenset(reading for reading in readings if reading)
