"""Reads a file of followers: who, and since when. Columns are told by their names, in many forms and languages."""

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.dates import get_timezone

from shop.catalog.importing.messages import FileFault
from shop.catalog.importing.source import open_source
from shop.catalog.importing.table import Record, Table, find_table
from shop.core.errors import DomainError
from shop.core.i18n import N_
from shop.page.days import zone_name
from shop.quality.follower_dates import NoInstant, as_iso, read_order, read_since

MAX_NAME = 100
MONTH_FIRST = "US"
"""The country in which 4/12/2024 is in April; elsewhere it is in December, where a file does not tell."""
SHOWN_VALUE = 60
_NAMES: Mapping[str, str] = {
    "name": (
        "name|full name|fullname|display name|displayname|person|follower|follower name|fan|user|nom|nom complet|nom affiche"
        "|abonne|nombre|nombre completo|seguidor|nome|nome completo|seguace|anzeigename|naam|volledige naam|title|value"
    ),
    "first": "first name|firstname|given name|prenom|vorname|nome proprio|primer nombre|voornaam",
    "last": "last name|lastname|surname|family name|nom de famille|nachname|cognome|apellido|apellidos|achternaam",
    "since": (
        "since|followed|followed at|followed on|followed since|follows since|following since|follow date|date followed"
        "|follow time|follow timestamp|follower since|fan since|liked|liked at|liked on|like date|date of like"
        "|subscribed|subscribed at|subscribed on|subscription date|subscription time|date subscribed|subscribe date"
        "|followed date|optin time|opt in time|confirm time"
        "|depuis|depuis le|suivi depuis|suit depuis|suit depuis le|vous suit depuis|vous suit depuis le|abonne depuis"
        "|abonne depuis le|abonne le|fan depuis|fan depuis le|date d abonnement|date abonnement|date de suivi|date du like"
        "|aime depuis|seit|folgt seit|folgt dir seit|gefolgt seit|follower seit|fan seit|abonnent seit|gefallt seit"
        "|abonniert am|abonniert seit|desde|sigue desde|te sigue desde|seguidor desde|fan desde|fecha de seguimiento"
        "|suscrito desde|suscrito el|fecha de suscripcion|dal|segue dal|ti segue dal|sinds|volgt sinds|segue desde"
    ),
    "date": (
        "date|datetime|date time|date and time|timestamp|time stamp|joined|joined at|joined on|created|created at|created on"
        "|date added|added|added at|added on|registered|registered at|sign up date|signup date|date et heure|date heure"
        "|inscription|inscrit le|date d inscription|date inscription|date d ajout|ajoute le|datum|datum uhrzeit"
        "|datum und uhrzeit|beigetreten am|anmeldedatum|registrierungsdatum|fecha|fecha y hora|fecha hora|fecha de alta|data|data e ora"
        "|data ora"
    ),
    "moment": "time",
    "time": "hour|heure|uhrzeit|hora|ora|time of day|tijd",
    "handle": (
        "handle|username|user name|screen name|screenname|account|account name|login|identifiant|pseudo|nom d utilisateur"
        "|benutzername|usuario|nombre de usuario|nome utente|gebruikersnaam|href|profile|profile url|profile link|url"
    ),
    "email": "email|e mail|mail|email address|e mail address|courriel|adresse e mail|adresse email|correo|correo electronico",
    "id": "id|user id|userid|account id|person id|follower id|fan id|identifier|numero",
}
FIELDS: Mapping[str, str] = {name: field for field, names in _NAMES.items() for name in names.split("|")}
_WEAK = ("date", "moment")
"""Columns that say since when where none says so by its name; such a date may as well be that of an account."""
WHO = ("name", "first", "last", "handle", "email", "id")
GOODS = frozenset(
    ("sku", "price", "variant sku", "variant price", "regular price", "prix", "preis", "precio", "prezzo")
)
"""Columns of products, which have names and days, too."""
_UTC = re.compile(r"\b(?:utc|gmt)\b", re.IGNORECASE)
_UNSEEN = re.compile("[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_HAS_TIME = re.compile(r"\d:\d\d|\dT\d|\d{9}")
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
"""What a spreadsheet makes of a long number: 1.62E+11 is the id of many."""


class NotFollowers(DomainError):
    """A file whose header is not that of a list of followers."""

    code = "not_followers"
    status = 422
    message = N_(
        "The file needs a column that says who (name, handle, e-mail or id) and one that says since when (since,"
        " date or followed at)."
    )


@dataclass(frozen=True, slots=True)
class ImportedFollower:
    """Somebody who follows since an instant; ``key`` names them in this and every other file of the page."""

    row: int
    name: str
    since: dt.datetime
    key: str


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row was left out; ``why`` is a code of ``PROBLEMS``."""

    row: int
    column: str
    value: str
    why: str


PROBLEMS: Mapping[str, str] = {
    "nobody": N_("The row names nobody: neither a name nor a handle, an e-mail address or an id."),
    "shortened": N_("A spreadsheet shortened this id, so that it is no longer one person’s."),
    "no_date": N_("The row does not say since when."),
    "bad_date": N_("This is not a date that can be read."),
    "future": N_("This is in the future."),
    # Of a file as a whole; the catalogue's words speak of products.
    "binary": N_("This is not a text file. Save the list of your followers as CSV and bring that file."),
}


def plain_name(name: str) -> str:
    """Return a column's name for comparison: small letters without accents and brackets, words apart by one blank."""
    plain = re.sub(r"[\u2019\u2018`\u00b4]|\([^)]*\)|(?<=[a-z])(?=[A-Z])", " ", name)
    bare = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[\W_]+", " ", bare.casefold()).strip()


def _shown(text: str) -> str:
    """Return a name on one line, without signs that turn the text after them round."""
    # A quoted name may hold line ends. Joiners (Cf, too) stay: emoji and scripts such as Persian need them.
    return " ".join("".join(char for char in text if char.isspace() or not _UNSEEN.match(char)).split())


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def read_header(header: Sequence[str]) -> dict[str, int]:
    """Return where each known field stands; of two columns for one the first counts."""
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        field = FIELDS.get(plain_name(name))
        if field is not None:
            places.setdefault(field, place)
    for weak in _WEAK:
        if "since" not in places and weak in places:
            places["since"] = places.pop(weak)
    if "moment" in places:
        places.setdefault("time", places["moment"])
    return {field: place for field, place in places.items() if field not in _WEAK}


def is_followers(header: Sequence[str]) -> bool:
    """Tell whether a header says who and since when, and is not one of products."""
    places = read_header(header)
    if any(plain_name(name) in GOODS for name in header):
        return False
    return "since" in places and any(name in places for name in WHO)


class FollowerFile:
    """A file of followers that is known to be one; times without an offset are those of the page's ``country``.

    FileFault or NotFollowers when it cannot be read as a whole.
    """

    def __init__(self, path: Path, *, country: str, secret: str) -> None:
        table = find_table(open_source(path), is_followers)
        if not is_followers(table.header):
            raise NotFollowers
        self._table: Table = table
        self._places = read_header(table.header)
        says_utc = _UTC.search(table.header[self._places["since"]])
        self._zone = dt.UTC if says_utc else get_timezone(zone_name(country))
        self._secret = hashlib.sha256(secret.encode()).digest()
        self.columns = {table.header[place]: field for field, place in self._places.items()}
        self.unused = [
            name for place, name in enumerate(table.header) if name and place not in self._places.values()
        ]
        self.total = 0
        with table.records() as records:
            self.is_day_first = read_order(self._dates(records), usual=country != MONTH_FIRST)
        if not self.total:
            raise FileFault("no_rows")

    def _dates(self, records: Iterator[Record]) -> Iterator[str]:
        for record in records:
            self.total += 1
            yield as_iso(self._cell(record, "since"))

    def rows(self, *, after: int = 0, now: dt.datetime) -> Iterator[ImportedFollower | RowProblem]:
        """Yield each row, or why it cannot be taken, those past that come first left out."""
        with self._table.records() as records:
            for number, record in enumerate(records):
                if number >= after:
                    yield self._read(record, now)

    def _cell(self, record: Record, field: str) -> str:
        place = self._places.get(field)
        return record.cells[place] if place is not None and place < len(record.cells) else ""

    def _read(self, record: Record, now: dt.datetime) -> ImportedFollower | RowProblem:
        since_text = self._cell(record, "since")
        time = "" if _HAS_TIME.search(since_text) else self._cell(record, "time")
        date = " ".join(f"{since_text} {time}".split())
        column = self._table.header[self._places["since"]]
        if not date:
            return RowProblem(record.row, column, "", "no_date")
        try:
            since = read_since(date, day_first=self.is_day_first is True, zone=self._zone)
        except (NoInstant, OverflowError, ValueError):
            return RowProblem(record.row, column, date[:SHOWN_VALUE], "bad_date")
        if since > now:
            return RowProblem(record.row, column, date[:SHOWN_VALUE], "future")
        who = self._who(record, since)
        if who is None:
            shortened = self._cell(record, "id")
            return RowProblem(record.row, "", shortened[:SHOWN_VALUE], "shortened" if shortened else "nobody")
        name, key = who
        return ImportedFollower(record.row, name, since, key)

    def _who(self, record: Record, since: dt.datetime) -> tuple[str, str] | None:
        """Return the name to show and the key; what names somebody best comes first."""
        name, first, last = (_shown(self._cell(record, field)) for field in ("name", "first", "last"))
        parts = f"{first} {last}".strip()
        if first and name and "last" not in self._places:
            parts = f"{first} {name}"  # “Prénom;Nom”: the name is the family's
        elif name and last and "first" not in self._places:
            # “Nombre;Apellidos”: it is the given one, unless it is whole.
            parts = name if name.endswith(last) else f"{name} {last}"
        shown = parts or name
        handle = self._cell(record, "handle").rstrip("/").rpartition("/")[2].removeprefix("@")
        number = self._cell(record, "id")
        ids = (
            ("id", "" if _SHORTENED.fullmatch(number) else number),
            ("email", self._cell(record, "email").casefold()),
            ("handle", handle.casefold()),
            ("name", f"{_folded(shown)}@{since.isoformat()}" if shown else ""),
        )
        found = next(((kind, value) for kind, value in ids if value), None)
        if found is None:
            return None
        digest = hashlib.blake2b(
            f"{found[0]}:{found[1]}".encode(), digest_size=12, key=self._secret
        ).hexdigest()
        return (shown or handle or f"Follower {digest[:6]}")[:MAX_NAME], digest
