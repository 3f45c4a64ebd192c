"""The language is in the address: ``/fr/…`` and ``/en/…``; without it, a 302 to the visitor's own."""

from typing import Any

from flask import Flask, current_app, g, redirect, request
from flask_babel import Babel, get_translations
from flask_babel import get_locale as babel_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from shop.core.i18n import DEFAULT_LANGUAGE, LANGUAGES

LANGUAGE_PREFIX = f"/<any({', '.join(LANGUAGES)}):lang>"
LANGUAGE_COOKIE = "vitrine_language"


def language() -> str:
    """Return the language of this response: the address's (also of one that leads nowhere), else the visitor's."""
    if "language" in g:
        return str(g.language)
    first = request.path.lstrip("/").partition("/")[0]
    return first if first in LANGUAGES else preferred_language()


def preferred_language() -> str:
    """Return the visitor's chosen language, else the best that the browser asks for."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE


def other_language_url(other: str) -> str:
    """Return this page's address in language ``other``."""
    path = request.full_path.rstrip("?").lstrip("/")
    first, _, rest = path.partition("/")
    return f"/{other}/{rest if first in LANGUAGES else path}"


def init_app(app: Flask) -> None:
    """Make ``app`` read the language from addresses and write it into them."""
    Babel(app, locale_selector=lambda: language() if request else DEFAULT_LANGUAGE)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _translations().ugettext(text),
        lambda one, many, number: _translations().ungettext(one, many, number),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = _translate
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.before_request(_redirect_to_language)


def locale_code() -> str:
    """Return the current locale for Babel's formatters."""
    return str(babel_locale() or DEFAULT_LANGUAGE)


@pass_eval_context
def _translate(context: EvalContext, text: str, **variables: Any) -> str:
    """Do what Jinja's new-style ``gettext`` does, without its three calls through the template's context."""
    found = str(_translations().ugettext(text))
    if context.autoescape:
        found = Markup(found)  # noqa: S704 - our own texts; what is put into them is escaped
    return found % variables if "%" in found else found


def _translations() -> Any:
    """Return the current locale's translations, looked up once for each; a page has a hundred texts."""
    locale = babel_locale()
    if locale is None:
        return get_translations()
    kept = getattr(g, "translations", None)
    if kept is None or kept[0] is not locale:
        kept = g.translations = (locale, get_translations())
    return kept[1]


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "lang" in values:
        g.language = values.pop("lang")


def _give_language(endpoint: str, values: dict[str, Any]) -> None:
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = language()


def _redirect_to_language() -> Response | None:
    """Answer an address that only lacks its language with an uncached 302."""
    if request.method not in ("GET", "HEAD") or not isinstance(request.routing_exception, NotFound):
        return None
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return None
    target = f"/{preferred_language()}{request.path}"
    try:
        adapter.match(target, method="GET")
    except RequestRedirect:
        pass
    except (NotFound, MethodNotAllowed):
        return None
    query = request.query_string.decode("latin-1")
    response = redirect(f"{target}?{query}" if query else target, 302)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response
