"""When somebody began to follow, as files write it: ISO, day or month first, month by name, seconds since 1970. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping

from shop.feed.import_dates import NoInstant, read_instant

_MONTHS: Mapping[int, str] = {
    1: "jan january janvier janv enero ene januar gennaio gen janeiro januari",
    2: "feb february fevrier fevr fev febrero februar febbraio fevereiro februari",
    3: "mar march mars marzo marz maerz mrz marco maart mrt",
    4: "apr april avril avr abril abr aprile",
    5: "may mai mayo maggio mag maio mei",
    6: "jun june juin junio juni giugno giu junho",
    7: "jul july juillet juil julio juli luglio lug julho",
    8: "aug august aout agosto ago augustus",
    9: "sep sept september septembre septiembre settembre set setembro",
    10: "oct october octobre octubre okt oktober ottobre ott outubro out",
    11: "nov november novembre noviembre novembro",
    12: "dec december decembre diciembre dic dez dezember dicembre dezembro",
}
MONTHS = {word: number for number, words in _MONTHS.items() for word in words.split()}
_BY_NAME = (
    re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?\s+(?:de\s+)?(?P<month>[a-z]+)\.?,?\s+(?:de\s+)?(?P<year>\d{4})(?P<rest>.*)"),
    re.compile(r"(?P<month>[a-z]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?P<rest>.*)"),
    re.compile(r"(?P<day>\d{1,2})-(?P<month>[a-z]+)-(?P<year>\d{4})(?P<rest>.*)"),
)  # fmt: skip
_WEEKDAY = re.compile(r"^[a-z]{2,10}\.?,?\s+(?=\d|[a-z]+\.?\s+\d)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SECONDS = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[T ]+(.*))?")
_BETWEEN = re.compile(r"^(?:,|\s|at|um|a|à|alle|t)*\s*", re.IGNORECASE)


_PARTED = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2\d{4}\b")
MONTHS_A_YEAR = 12


def read_order(dates: Iterable[str], *, usual: bool) -> bool | None:
    """Tell whether dates such as 4/12/2018 are written day before month; None when no date is written so.

    A first number above 12 or dots say so, a second number above 12 says the contrary; ``usual`` decides where
    nothing tells. All ``dates`` are looked at.
    """
    days = months = others = 0
    for date in dates:
        if found := _PARTED.match(date):
            if found[2] == "." or int(found[1]) > MONTHS_A_YEAR:
                days += 1
            elif int(found[3]) > MONTHS_A_YEAR:
                months += 1
            else:
                others += 1
    if days == months:
        return usual if days + others else None
    return days > months


def read_since(text: str, *, day_first: bool, zone: dt.tzinfo) -> dt.datetime:
    """Return the UTC instant that ``text`` says, in ``zone`` unless it says another; NoInstant when it says none."""
    seconds = _SECONDS.fullmatch(text)
    if seconds:
        value = int(seconds[1]) if seconds[1] else int(seconds[2]) // 1000
        return dt.datetime.fromtimestamp(value, dt.UTC)
    return read_instant(as_iso(text), "", day_first=day_first, zone=zone)


def as_iso(text: str) -> str:
    """Return a date that begins with its year or has its month by name as "2024-03-12 …"; any other as it is."""
    compact, parted = _COMPACT.fullmatch(text), _YEAR_FIRST.fullmatch(text)
    if compact:
        return f"{compact[1]}-{compact[2]}-{compact[3]}"
    if parted:
        return f"{parted[1]}-{parted[2]}-{parted[3]} {parted[4] or ''}".strip()
    text = _tidy(text)
    plain = _plain(text)
    for known in (plain, _WEEKDAY.sub("", plain)):
        for form in _BY_NAME:
            found = form.fullmatch(known)
            month = MONTHS.get(found["month"]) if found else None
            if found and month:
                rest = _BETWEEN.sub("", found["rest"]).upper()
                return f"{found['year']}-{month:02}-{int(found['day']):02} {rest}".strip()
    return text


def _tidy(text: str) -> str:
    """Return a date without what tools and languages put around times and offsets: "à 14h05", "+00", "[UTC]"."""
    # "… GMT+0100 (Central European Standard Time)" is how JavaScript writes an offset.
    bare = re.sub(r"\s*(?:\[.*\]|\(.*\)|Uhr)$", "", text)
    bare = re.sub(r"(?<=\d)\s*(?:UTC|GMT)(?=[+-]\d)", " ", bare)
    bare = re.sub(r"([+-]\d{2}:?\d{2})\s*(?:UTC|GMT)$", r"\1", bare)
    bare = re.sub(r"\s*(?:UTC|GMT)$", "Z", bare)
    # PostgreSQL writes an offset of whole hours so.
    bare = re.sub(r"(:\d{2}(?:\.\d+)?\s?[+-]\d{2})$", r"\1:00", bare)
    bare = re.sub(r"(\d{4}),?\s+(?:à|a|at|um|a las|alle(?: ore)?|om)\s+(?=\d)", r"\1 ", bare)
    return re.sub(r"\b(\d{1,2})\s?h\s?(\d{2})\b", r"\1:\2", bare)


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(bare.split())


__all__ = ["NoInstant", "as_iso", "read_order", "read_since"]
