"""When somebody began to follow, as files write it: ISO, day or month first, month by name, seconds since 1970. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping

from shop.feed.import_dates import FIRST_YEAR, NoInstant, read_instant

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
_YEAR = r"(?P<year>\d{4}|\d{2})(?P<rest>(?!\d).*)"
_BY_NAME = (
    re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?\s+(?:de\s+)?(?P<month>[a-z]+)\.?,?\s+(?:de\s+)?" + _YEAR),
    re.compile(r"(?P<month>[a-z]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,\s*|\s+)" + _YEAR.replace(r"|\d{2}", "")),
    # "12-Mar-24" is how Excel writes a day with its month by name.
    re.compile(r"(?P<day>\d{1,2})(?P<sep>[-/.])(?P<month>[a-z]+)\.?(?P=sep)" + _YEAR),
    re.compile(r"(?P<month>[a-z]+)-(?P<day>\d{1,2})-" + _YEAR),
    re.compile(r"(?P<year>\d{4})[ \-](?P<month>[a-z]+)\.?[ \-](?P<day>\d{1,2})(?P<rest>(?!\d).*)"),
    # "Mar 12 14:05:00 +0000 2024", with or without an offset: how Twitter's exports and C write it.
    re.compile(r"(?P<month>[a-z]+) (?P<day>\d{1,2}) (?P<rest>\d{2}:\d{2}:\d{2}(?: [+-]\d{4}| [a-z]{3,4})?) (?P<year>\d{4})"),
)  # fmt: skip
_WEEKDAY = re.compile(r"^[a-z]{2,10}\.?,?\s+(?=\d|[a-z]+\.?\s+\d)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})(Z?))?")
_SECONDS = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})(?:\.\d+)?|(\d{15,16})")
_SERIAL = re.compile(r"(\d{5})(?:[.,](\d+))?")
_SERIAL_FROM, _SERIAL_TO = 32874, 73051
"""What Excel counts from the end of 1899 on, for 1990 to 2100: a cell of a date that was formatted as a number."""
_SERIAL_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's days are those of a wall's calendar
_EAST_ASIAN = re.compile(r"(\d{4})\s*[年.]\s*(\d{1,2})\s*[月.]\s*(\d{1,2})\s*[日.]?(?:\s+(.*))?")
_SHORT_YEAR = re.compile(r"^(\d{1,2})([/.])(\d{1,2})\2(\d{2})(?=$|[ T,])")
_ZONES: Mapping[str, str] = {
    "WET": "+00:00", "WEST": "+01:00", "CET": "+01:00", "CEST": "+02:00", "MEZ": "+01:00", "MESZ": "+02:00",
    "EET": "+02:00", "EEST": "+03:00", "EST": "-05:00", "EDT": "-04:00", "CDT": "-05:00", "MDT": "-06:00",
    "PST": "-08:00", "PDT": "-07:00",
}  # fmt: skip
"""What zones are called where the letters mean one thing; CST, MST, IST and BST mean several."""
_ZONE = re.compile(rf"(?<=[\d m.])\s*\b({'|'.join(_ZONES)})\b")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[T ]+(.*))?")
_BETWEEN = re.compile(r"^(?:,|\s|at|um|a|à|alle|t)*\s*", re.IGNORECASE)


_PARTED = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2\d{4}\b")
MONTHS_A_YEAR = 12
SHORT = 2


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
    if not seconds:
        return read_instant(as_iso(text), "", day_first=day_first, zone=zone)
    whole, thousandths, millionths = seconds.groups()
    value = int(whole or 0) or int(thousandths or 0) // 1000 or int(millionths or 0) // 1_000_000
    found = dt.datetime.fromtimestamp(value, dt.UTC)
    if found.year < FIRST_YEAR:
        raise NoInstant(f"“{text}” is before anybody could follow.")
    return found


def as_iso(text: str) -> str:
    """Return a date that begins with its year, has its month by name or is a spreadsheet's number as "2024-03-12 …".

    Years of two digits are filled up. Any other text stays as it is.
    """
    compact, parted = _COMPACT.fullmatch(text), _YEAR_FIRST.fullmatch(text) or _EAST_ASIAN.fullmatch(text)
    if compact:
        year, month, day, *time, sign = compact.groups()
        return f"{year}-{month}-{day}" + (f" {':'.join(time)}{sign}" if time[0] else "")
    if parted:
        return f"{parted[1]}-{parted[2]}-{parted[3]} {_tidy(parted[4] or '')}".strip()
    if serial := _SERIAL.fullmatch(text):
        return _from_serial(text, int(serial[1]), float(f"0.{serial[2] or 0}"))
    text = _tidy(text)
    return _by_name(text) or _SHORT_YEAR.sub(lambda found: f"{found[1]}{found[2]}{found[3]}{found[2]}{_year(found[4])}", text, count=1)  # fmt: skip


def _from_serial(text: str, days: int, share: float) -> str:
    """Return the day, with its time if it has one, that a spreadsheet's number stands for."""
    if not _SERIAL_FROM <= days < _SERIAL_TO:
        return text
    at = _SERIAL_ZERO + dt.timedelta(days=days, seconds=round(share * 86400))
    return f"{at:%Y-%m-%d %H:%M:%S}" if share else f"{at:%Y-%m-%d}"


def _by_name(text: str) -> str | None:
    """Return a date whose month is written by its name as "2024-03-12 …", or None when it is none."""
    plain = _plain(text)
    for known in (plain, _WEEKDAY.sub("", plain)):
        for form in _BY_NAME:
            found = form.fullmatch(known)
            month = MONTHS.get(found["month"]) if found else None
            if found and month:
                rest = _BETWEEN.sub("", found["rest"]).upper()
                return f"{_year(found['year'])}-{month:02}-{int(found['day']):02} {rest}".strip()
    return None


def _year(digits: str) -> int:
    """Return a year of four digits, or of two: 90 to 99 are the last century's."""
    year = int(digits)
    return year if len(digits) > SHORT else year + (1900 if year >= FIRST_YEAR % 100 else 2000)


def _tidy(text: str) -> str:
    """Return a date without what tools and languages put around times and offsets: "à 14h05", "+00", "[UTC]", "CET"."""
    # "… GMT+0100 (Central European Standard Time)" is how JavaScript writes an offset.
    bare = re.sub(r"\s*(?:\[.*\]|\(.*\)|Uhr)$", "", text)
    bare = re.sub(r"(?<=\d)\s*(?:UTC|GMT)(?=[+-]\d)", " ", bare)
    bare = re.sub(r"([+-]\d{2}:?\d{2})\s*(?:UTC|GMT|[A-Z]{3,4})$", r"\1", bare)
    bare = re.sub(r"\s*(?:UTC|GMT)$", "Z", bare)
    bare = _ZONE.sub(lambda found: _ZONES[found[1]], bare)
    # PostgreSQL writes an offset of whole hours so.
    bare = re.sub(r"(:\d{2}(?:\.\d+)?\s?[+-]\d{2})$", r"\1:00", bare)
    bare = re.sub(r"(\d{4}|[/.]\d{2}),?\s+(?:à|a|at|um|a las|alle(?: ore)?|om)\s+(?=\d)", r"\1 ", bare)
    bare = re.sub(r"(?<=\d)\s*([ap])\.\s*m\.?", r" \1m", bare, flags=re.IGNORECASE)
    # "14.05" and "14.05.30" after a date; "10:15:30,123".
    bare = re.sub(r"(?<=[\dT][ T])(\d{1,2})\.(\d{2})(?:\.(\d{2}))?$", lambda one: ":".join(filter(None, one.groups())), bare)  # fmt: skip
    bare = re.sub(r"(:\d{2}:\d{2}),(\d+)", r"\1.\2", bare)
    return re.sub(r"\b(\d{1,2})\s?h\s?(\d{2})\b", r"\1:\2", bare)


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(bare.split())


__all__ = ["NoInstant", "as_iso", "read_order", "read_since"]
