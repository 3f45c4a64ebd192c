"""Refuses addresses that no database takes and no header carries, before anything reads them.

The JSON edge has its own answers for them (see ``rest/blueprint.py``).
"""

import re

from flask import Flask, request
from werkzeug.exceptions import BadRequest, NotFound

from shop.web.rest.blueprint import IdConverter

_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_NUL = b"%00"


def init_app(app: Flask) -> None:
    """Check every request of ``app``; call it before any route is added."""
    # Werkzeug's own takes numbers of any length, and a database none beyond 63 bits.
    app.url_map.converters["int"] = IdConverter
    app.before_request(_refuse_odd_address)


def _refuse_odd_address() -> None:
    if request.path.startswith("/api/"):
        return
    if _CONTROLS.search(request.path):
        raise NotFound
    if _NUL in request.query_string:
        raise BadRequest
