"""The JSON interface: puts the domains' edges together and publishes what they say as OpenAPI."""

import importlib

from flask import Flask, Response, g, request

from shop.api.cookieless import CookielessInterface, is_interface
from shop.api.document import build_document
from shop.api.routes import blueprint as pages
from shop.api.spec import VitrineApi
from shop.catalog.stock import OutOfStock
from shop.checkout.basket import TotalChanged
from shop.core.i18n import DEFAULT_LANGUAGE, LANGUAGES
from shop.web.rest.answers import MEMBERS_EXTENSION, answer_every_origin
from shop.web.rest.blueprint import PATH_SCHEMAS, install_converters

EDGES: tuple[str, ...] = (
    "shop.page.api",
    "shop.catalog.api",
    "shop.checkout.cart_api",
    "shop.checkout.api",
    "shop.orders.api",
)
MAX_BODY_BYTES = 65_536


def init_app(app: Flask) -> None:
    """Serve ``/api/v1``, ``/api/openapi.json`` and ``/api/docs`` from ``app``."""
    install_converters(app)
    app.session_interface = CookielessInterface()
    app.url_value_preprocessor(_prepare_request)
    app.after_request(_answer_every_origin)
    app.extensions[MEMBERS_EXTENSION] = {
        OutOfStock: lambda error: {"variant_id": error.variant_id, "left": error.left},
        TotalChanged: lambda error: {"total": error.total_amount},
    }
    api = VitrineApi(app)
    for converter in PATH_SCHEMAS:
        api.register_converter(converter, lambda made: PATH_SCHEMAS[type(made)])
    tags = []
    for name in EDGES:
        blueprint = importlib.import_module(name).blueprint
        api.register_blueprint(blueprint)
        tags.append({"name": blueprint.tag, "description": blueprint.description})
    app.extensions["vitrine.openapi"] = build_document(api.spec.to_dict(), tags)
    app.register_blueprint(pages)


def _prepare_request(_endpoint: str | None, _values: object) -> None:
    """Read the language from Accept-Language alone: the interface never looks at cookies.

    This runs before anything that may answer, the rate limits included.
    """
    if is_interface(request.path):
        g.language = request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE
        request.max_content_length = MAX_BODY_BYTES


def _answer_every_origin(response: Response) -> Response:
    return answer_every_origin(response) if is_interface(request.path) else response
