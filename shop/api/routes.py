"""``/api/openapi.json``, the document, and ``/api/docs``, the same for people."""

import json
from typing import Any, cast

from flask import Blueprint, Response, current_app

from shop.api.docs import read_document
from shop.web.context import settings
from shop.web.locale import LANGUAGE_PREFIX
from shop.web.pages import render

blueprint = Blueprint("api_pages", __name__)

CACHE_CONTROL = "public, max-age=300"


def document() -> dict[str, Any]:
    """Return the current application's OpenAPI document."""
    return cast(dict[str, Any], current_app.extensions["vitrine.openapi"])


@blueprint.get("/api/openapi.json")
def openapi() -> Response:
    """Answer with the OpenAPI 3.1 document; scripts of any site may read it."""
    body = json.dumps(document(), ensure_ascii=False, indent=1)  # in its own order, not sorted by name
    response = Response(body, mimetype="application/json")
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/api/docs")
@blueprint.get(f"{LANGUAGE_PREFIX}/api/docs", endpoint="docs_in_language")
def docs() -> Response:
    """Show the document as a page: every operation, what it takes, what it answers.

    With a language in front it is the same page, for the language menu to lead to.
    """
    return render("api/docs.html", guide=read_document(document(), settings().public_url))
