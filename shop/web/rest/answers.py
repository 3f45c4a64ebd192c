"""Errors of the JSON interface as problems (RFC 9457), and the headers of all its answers."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, current_app, request
from flask_babel import gettext

from shop.core.errors import DomainError, Invalid
from shop.core.idempotency import KeyInUse
from shop.web.errors import problem
from shop.web.rest.problems import BadRequestFields, FieldProblem, MissingToken

MEMBERS_EXTENSION = "vitrine.problem_members"
"""Where ``shop.api`` says what else a domain's error tells: {error class: function to members}."""
ALLOWED_HEADERS = "Authorization, Content-Type, Idempotency-Key, Accept-Language, If-None-Match"
EXPOSED_HEADERS = "ETag, Idempotent-Replayed, Retry-After"
DAY_S = 86_400

Members = Callable[[Any], Mapping[str, Any]]


def domain_problem(error: DomainError) -> Response:
    """Return what a service raised on purpose as a problem in the caller's language."""
    title = gettext(error.msgid, **error.params)
    response = problem(error.status, error.code, title, **_extra_members(error))
    if isinstance(error, MissingToken):
        response.headers["WWW-Authenticate"] = 'Bearer realm="Vitrine"'
    if isinstance(error, KeyInUse):
        response.headers["Retry-After"] = "1"
    response.headers["Cache-Control"] = "no-store"
    return response


def _extra_members(error: DomainError) -> Mapping[str, Any]:
    if isinstance(error, BadRequestFields):
        return {"errors": [_field_body(item) for item in error.problems]}
    if isinstance(error, Invalid):
        return {
            "errors": [
                {"detail": gettext(msgid, **error.params), "pointer": f"#/{name}"}
                for name, msgids in error.errors.items()
                for msgid in msgids
            ]
        }
    registered: Mapping[type[DomainError], Members] = current_app.extensions.get(MEMBERS_EXTENSION, {})
    for kind in type(error).__mro__:
        if kind in registered:
            return registered[kind](error)
    return {}


def _field_body(item: FieldProblem) -> dict[str, str]:
    detail = gettext(item.detail)
    if item.location == "query":
        return {"detail": detail, "parameter": "/".join(item.path)}
    # A JSON pointer as a fragment (RFC 6901, section 6), as in RFC 9457's own example.
    steps = (step.replace("~", "~0").replace("/", "~1") for step in item.path)
    return {"detail": detail, "pointer": "#" + "".join(f"/{step}" for step in steps)}


def answer_every_origin(response: Response) -> Response:
    """Let scripts of any site read the answer: nothing in it depends on the visitor's cookies."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
        response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        response.headers["Access-Control-Max-Age"] = str(DAY_S)
    response.vary.add("Accept-Language")
    return response
