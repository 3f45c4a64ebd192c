"""Reads single cells as spreadsheets and shop systems write them: yes and no, numbers, addresses."""
# ruff: noqa: RUF001 - look-alike characters are what this module is about

import hashlib
import re
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import quote, urlsplit

from shop.core.ids import slugify

MAX_URL = 2048
MAX_STOCK = 1_000_000_000
MAX_GRAMS = 10_000_000

# French, German, Spanish, Italian and other spreadsheets rewrite TRUE and FALSE in their language.
_YES_WORDS = "true yes 1 y t on vrai oui wahr ja verdadero si sí vero sì verdadeiro sim waar prawda tak sant global web"
_NO_WORDS = "false no 0 n f off faux non falsch nein falso não onwaar nee fałsz nie falskt"
_YES = frozenset(_YES_WORDS.split())
_NO = frozenset(_NO_WORDS.split())
_POUND = Decimal("453.59237")
_OUNCE = Decimal("28.349523125")
_GRAMS = {
    **dict.fromkeys(("g", "gr", "gram", "grams"), Decimal(1)),
    **dict.fromkeys(("kg", "kilogram", "kilograms"), Decimal(1000)),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), _POUND),
    **dict.fromkeys(("oz", "ounce", "ounces"), _OUNCE),
}
_WHOLE = re.compile(r"(-?)([0-9]{1,3}(?:[ ',\u00a0\u202f][0-9]{3}){1,5}|[0-9]{1,18})(?:[.,]0*)?")
_WEIGHT = re.compile(r"([0-9]{1,12}(?:[.,][0-9]*)?|[.,][0-9]+)\s*([A-Za-z]*)")
_MOJIBAKE = re.compile("[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|\ufffd")


def read_yes_no(text: str) -> bool | None:
    """Return a yes or no in any of the languages spreadsheets use, None when it is neither."""
    word = text.casefold()
    return True if word in _YES else False if word in _NO else None


def read_whole(text: str) -> int | None:
    """Return a whole number ("5", "-3", "5.0", "1 000"), None when it is not one."""
    found = _WHOLE.fullmatch(text.replace("−", "-"))
    if found is None:
        return None
    number = int(re.sub(r"[^0-9]", "", found[2]))
    return -number if found[1] else number


def read_grams(text: str, unit: str = "g") -> tuple[int | None, str]:
    """Return a weight in whole grams and "", or None and the code of what is wrong.

    A unit in the cell itself ("1.5 kg") goes before ``unit``.
    """
    found = _WEIGHT.fullmatch(text)
    if found is None:
        return None, "weight_bad"
    factor = _GRAMS.get((found[2] or unit or "g").lower())
    if factor is None:
        return None, "weight_unit_bad"
    number = Decimal(found[1].replace(",", ".").removesuffix(".") or "0")
    grams = int((number * factor).to_integral_value(ROUND_HALF_UP))
    return (grams, "") if grams <= MAX_GRAMS else (None, "weight_bad")


def read_picture_url(text: str) -> str:
    """Return an absolute http(s) address, "" when there is none; ``//host/…`` counts as https."""
    url = f"https:{text}" if text.startswith("//") else text
    # Merchants leave blanks and accents in file names; browsers escape them silently.
    url = quote(url, safe="%/:=&?~#+!$,;'@()*[]")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0
    return url if is_web and len(url) <= MAX_URL else ""


def split_list(text: str) -> list[str]:
    """Return the parts of a comma-separated cell in their order, each once, blanks left out."""
    return list(dict.fromkeys(part for part in map(str.strip, text.split(",")) if part))


def strip_apostrophe(text: str) -> tuple[str, bool]:
    """Return a code without the apostrophe by which spreadsheets keep it, and whether it had one."""
    if text.startswith("'") and len(text) > 1:
        return text.lstrip("'").strip(), True
    return text, False


def looks_garbled(text: str) -> bool:
    """Tell whether a text was already decoded wrongly before it came into the file ("CafÃ©")."""
    return _MOJIBAKE.search(text) is not None


def slug_of(handle: str) -> str:
    """Return the address for a handle; one that is cut or has no Latin letters gets a suffix of its own.

    The same handle always gives the same address, so that a second import finds its product.
    """
    slug = slugify(handle)
    if slug and len(slugify(handle, max_length=1000)) == len(slug):
        return slug
    digest = hashlib.sha256(handle.encode()).hexdigest()[:10]
    return f"{slug[:60].rstrip('-')}-{digest}".lstrip("-")
