"""``/api/openapi.json``, the document, and ``/api/docs``, the same for people."""

from typing import Any, cast

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template

from shop.api.docs import read_document

blueprint = Blueprint("api_pages", __name__, url_prefix="/api")

CACHE_CONTROL = "public, max-age=300"


def document() -> dict[str, Any]:
    """Return the current application's OpenAPI document."""
    return cast(dict[str, Any], current_app.extensions["vitrine.openapi"])


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Answer with the OpenAPI 3.1 document; scripts of any site may read it."""
    response = jsonify(document())
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/docs")
def docs() -> Response:
    """Show the document as a page: every operation, what it takes, what it answers."""
    response = make_response(render_template("api/docs.html", guide=read_document(document())))
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.vary.add("Accept-Language")
    return response
