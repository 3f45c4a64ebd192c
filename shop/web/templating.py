"""What every template can use."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import format_date, format_datetime, format_timedelta, get_locale
from jinja2 import StrictUndefined

from shop.core.i18n import LANGUAGES
from shop.core.money import format_amount
from shop.web.context import now
from shop.web.locale import language, other_language_url
from shop.web.zone import local_time

RECENT = dt.timedelta(days=30)
"""What was so long ago is told in words, what is older by its day."""
STATIC_DIR = Path(__file__).resolve().parent.parent / "static"


def static_version(root: Path = STATIC_DIR) -> str:
    """Return a fingerprint of all static files, so that their addresses may be cached for ever."""
    digest = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def localized(thing: Any, field: str) -> Any:
    """Return ``thing.field`` in the visitor's language where it was translated, else as it is."""
    translated = (getattr(thing, "translations", None) or {}).get(language(), {}).get(field)
    return translated or getattr(thing, field)


def money(amount: int, currency: str) -> str:
    """Return an amount of minor units as text in the visitor's language."""
    return format_amount(amount, currency, str(get_locale() or "en"))


def picture_url(picture: dict[str, Any], width: int, form: str | None = None) -> str:
    """Return the address of the smallest rendition at least ``width`` wide (else the largest)."""
    widths = picture["widths"]
    chosen = min((w for w in widths if w >= width), default=max(widths))
    return f"/media/{picture['key']}-{chosen}.{form or picture['formats'][-1]}"


def picture_srcset(picture: dict[str, Any], form: str, largest: int) -> str:
    """Return the ``srcset`` of a picture in one format; files wider than ``largest`` only if there is no other.

    In Python, because a listing asks for dozens and a loop in a template takes ten times as long.
    """
    start = f"/media/{picture['key']}-"
    most = max(largest, picture["widths"][0])
    return ", ".join([f"{start}{width}.{form} {width}w" for width in picture["widths"] if width <= most])


def init_app(app: Flask) -> None:
    """Give templates their helpers."""
    version = static_version()
    app.config["STATIC_VERSION"] = version
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        money=money,
        localized=localized,
        picture_url=picture_url,
        picture_srcset=picture_srcset,
        static_url=lambda path: f"/static/{version}/{path}",
        other_language_url=other_language_url,
        languages=LANGUAGES,
    )
    app.jinja_env.filters.update(date=date_text, datetime_text=datetime_text, ago=ago_text)
    app.context_processor(lambda: {"current_language": language()})


def date_text(value: dt.datetime, length: str = "long", *, zone: str | None = None) -> str:
    """Return the day of an instant as text, in the page's zone or in ``zone``; Babel says what ``length`` can be."""
    return str(format_date(local_time(value, zone), length, rebase=False))


def datetime_text(value: dt.datetime) -> str:
    """Return an instant as text, in the page's zone."""
    return str(format_datetime(local_time(value), "medium", rebase=False))


def ago_text(value: dt.datetime) -> str:
    """Return how long ago an instant was, in words; from a month on, its day."""
    passed = now() - value
    if passed >= RECENT:
        return date_text(value, "medium")
    return str(
        format_timedelta(-max(passed, dt.timedelta(seconds=1)), granularity="minute", add_direction=True)
    )
