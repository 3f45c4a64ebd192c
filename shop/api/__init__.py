"""The JSON interface: puts the domains' edges together and publishes what they say as OpenAPI."""

import importlib

from flask import Flask, g, request

from shop.api.document import build_document
from shop.api.routes import blueprint as pages
from shop.api.spec import VitrineApi
from shop.catalog.stock import OutOfStock
from shop.core.i18n import DEFAULT_LANGUAGE, LANGUAGES
from shop.web.rest.answers import MEMBERS_EXTENSION
from shop.web.rest.blueprint import PREFIX, HandleConverter, install_converters

EDGES: tuple[str, ...] = (
    "shop.page.api",
    "shop.catalog.api",
    "shop.cart.api",
)
MAX_BODY_BYTES = 65_536


def init_app(app: Flask) -> None:
    """Serve ``/api/v1``, ``/api/openapi.json`` and ``/api/docs`` from ``app``."""
    install_converters(app)
    app.url_value_preprocessor(_prepare_request)
    app.extensions[MEMBERS_EXTENSION] = {
        OutOfStock: lambda error: {"variant_id": error.variant_id, "left": error.left}
    }
    api = VitrineApi(app)
    api.register_converter(HandleConverter, lambda _converter: {"type": "string", "minLength": 1})
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
    if request.path.startswith(f"{PREFIX}/"):
        g.language = request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE
        request.max_content_length = MAX_BODY_BYTES
