"""Addresses without a language: the style sheet of a page's accent colour."""

import re

from flask import Blueprint, Response, abort

from shop.storefront.chrome import chrome
from shop.storefront.colors import theme_css

HEX = re.compile(r"[0-9a-f]{6}")
YEAR_S = 31_536_000

blueprint = Blueprint("storefront_plain", __name__)
blueprint.app_context_processor(chrome)


@blueprint.get("/theme/<color>.css")
def theme(color: str) -> Response:
    """Answer the accent ``color`` (six hexadecimal digits) as a style sheet, cached for ever."""
    if not HEX.fullmatch(color):
        abort(404)
    response = Response(theme_css(f"#{color}"), mimetype="text/css")
    response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    return response
