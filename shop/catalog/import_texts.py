"""Imports in the visitor's language: sentences of faults, names of states, changes and choices."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from shop.catalog.import_models import ImportState, Planned
from shop.catalog.importing.messages import template_of
from shop.catalog.importing.prices import DecimalMark
from shop.catalog.importing.reading import FORMATS
from shop.core.i18n import N_

STATES: Mapping[ImportState, str] = {
    ImportState.READING: N_("Being read"),
    ImportState.FAULTY: N_("Cannot be read"),
    ImportState.READ: N_("Waits for your yes"),
    ImportState.QUEUED: N_("Waits its turn"),
    ImportState.RUNNING: N_("Running"),
    ImportState.DONE: N_("Done"),
    ImportState.CANCELLED: N_("Stopped"),
    ImportState.FAILED: N_("Broken off"),
}
BADGES: Mapping[ImportState, str] = {
    ImportState.FAULTY: "danger",
    ImportState.READ: "warning",
    ImportState.DONE: "success",
    ImportState.FAILED: "danger",
}
OUTCOMES: Mapping[Planned, str] = {
    Planned.CREATED: N_("New"),
    Planned.CHANGED: N_("Changed"),
    Planned.UNCHANGED: N_("Unchanged"),
}
CHANGES: Mapping[str, str] = {
    "title": N_("name"),
    "description": N_("description"),
    "vendor": N_("vendor"),
    "type": N_("type"),
    "tags": N_("tags"),
    "status": N_("status"),
    "options": N_("options"),
    "variants": N_("variants"),
    "price": N_("price"),
    "stock": N_("stock"),
    "codes": N_("SKU or barcode"),
    "weight": N_("weight"),
    "collections": N_("collections"),
    "pictures": N_("pictures"),
}
DELIMITERS: Mapping[str, str] = {
    ",": N_("comma"),
    ";": N_("semicolon"),
    "\t": N_("tab"),
    "|": N_("vertical bar"),
}
MARKS: Mapping[str, str] = {
    DecimalMark.DOT: N_("a decimal point (1.50)"),
    DecimalMark.COMMA: N_("a decimal comma (1,50)"),
    DecimalMark.UNSURE: N_("points and commas both; prices that could be two different ones are left out"),
}
STATUSES: Mapping[str, str] = {
    "published": N_("Published"),
    "draft": N_("Draft"),
    "archived": N_("Archived"),
}
ENCODINGS: tuple[tuple[str, str], ...] = (
    ("auto", N_("Recognise it")),
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("cp1252", N_("Windows, Western Europe (cp1252)")),
    ("cp1250", N_("Windows, Central Europe (cp1250)")),
    ("cp1251", N_("Windows, Cyrillic (cp1251)")),
    ("iso8859-15", "ISO 8859-15"),
    ("mac_roman", "Mac OS Roman"),
    ("cp850", "DOS (cp850)"),
    ("gb18030", N_("Chinese (GB 18030)")),
)


def format_choices() -> list[tuple[str, str]]:
    """Return the formats that can be chosen, in the visitor's language; new ones appear by themselves."""
    return [("auto", gettext("Recognise it")), *((kind.name, kind.name.capitalize()) for kind in FORMATS)]


def encoding_choices() -> list[tuple[str, str]]:
    """Return the encodings that can be chosen, in the visitor's language."""
    return [(name, gettext(label)) for name, label in ENCODINGS]


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """Return what is wrong, by its stable code, in the visitor's language."""
    filled = dict(params)
    if "reason" in filled:
        filled["reason"] = gettext(str(filled["reason"]))
    return filled_text(template_of(code), filled)


def filled_text(msgid: str, params: Mapping[str, Any]) -> str:
    """Return a translated text, filled if there is anything to fill it with."""
    return str(gettext(msgid, **params) if params else gettext(msgid))
