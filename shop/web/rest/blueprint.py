"""A blueprint whose every operation is declared once: for Flask, for checking and for OpenAPI."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask, Response
from flask_smorest import Blueprint  # type: ignore[import-untyped]
from marshmallow import Schema
from werkzeug.routing import BaseConverter

from shop.core.errors import DomainError
from shop.web.limits import limiter
from shop.web.rest.answers import domain_problem
from shop.web.rest.bearer import bearer_token
from shop.web.rest.idempotency import once_per_key
from shop.web.rest.parsing import StrictParser

View = Callable[..., Any]
F = TypeVar("F", bound=View)
PREFIX = "/api/v1"
_SUCCESS = {200: "Done.", 201: "Made.", 204: "Gone; there is no body."}


class HandleConverter(BaseConverter):
    """A name in an address; one with control characters, which no database takes, matches nothing.

    The regular expression says so, and not ``to_python``: what that refuses Werkzeug answers with 405
    where the address has several methods.
    """

    regex = r"[^/\x00-\x1f\x7f]{1,255}"
    part_isolating = True


class IdConverter(BaseConverter):
    """An id in an address; a number that no database takes matches nothing."""

    regex = "[1-9][0-9]{0,17}"
    part_isolating = True

    def to_python(self, value: str) -> int:
        """Return the id."""
        return int(value)


PATH_SCHEMAS: dict[type[BaseConverter], dict[str, Any]] = {
    HandleConverter: {"type": "string", "minLength": 1, "maxLength": 255},
    IdConverter: {"type": "integer", "minimum": 1, "maximum": 10**18 - 1},
}


def install_converters(app: Flask) -> None:
    """Let ``app``'s addresses use ``<handle:…>`` and ``<id:…>``."""
    app.url_map.converters["handle"] = HandleConverter
    app.url_map.converters["id"] = IdConverter


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """The JSON edge of a domain.

    ``tag`` groups its operations in the documentation; ``paths`` maps each name in its addresses to
    (what it is, an example).
    """

    ARGUMENTS_PARSER = StrictParser()

    def __init__(
        self, name: str, import_name: str, *, tag: str, description: str, paths: Mapping[str, tuple[str, Any]]
    ) -> None:
        super().__init__(name, import_name, description=description, url_prefix=PREFIX)
        self.tag = tag
        self.register_error_handler(DomainError, domain_problem)
        self._path_facts = dict(paths)

    def operation(
        self,
        method: str,
        rule: str,
        *,
        answer: type[Schema] | None,
        status: int = 200,
        example: Any = None,
        query: type[Schema] | None = None,
        body: type[Schema] | None = None,
        body_example: Any = None,
        is_body_required: bool = True,
        problems: Sequence[int] = (),
        opened_by: str | None = None,
        creates: bool = False,
        is_cached: bool = False,
        limit: str | None = None,
    ) -> Callable[[F], F]:
        """Declare a view; the first line of its docstring is its summary, the rest its description.

        ``problems`` are the HTTP statuses that it may answer with besides those that follow from the
        rest. ``opened_by`` is ``cartToken`` or ``orderToken`` where one is needed: the view gets
        it as keyword ``token``. ``creates`` makes it heed Idempotency-Key; ``is_cached`` says that it
        answers with an ETag. Query and body come as positional arguments, in this order. ``limit`` is for
        each client address and process.
        """

        def decorate(view: F) -> F:
            statuses = _problem_statuses(
                problems,
                has_input=bool(query or body),
                has_body=bool(body),
                opened_by=opened_by,
                creates=creates,
                limit=limit,
            )
            wrapped = self.response(status, answer, example=example, description=_SUCCESS[status])(view)
            if is_cached:
                wrapped = self.alt_response(304, HTTPStatus(304).name)(wrapped)
            for number in statuses:
                wrapped = self.alt_response(number, HTTPStatus(number).name)(wrapped)
            if body is not None:
                wrapped = self.arguments(
                    body, location="json", example=body_example, required=is_body_required
                )(wrapped)
            if query is not None:
                wrapped = self.arguments(query, location="query")(wrapped)
            wrapped = self.doc(
                **_manual_facts(view, opened_by=opened_by, creates=creates, is_cached=is_cached)
            )(wrapped)
            if creates:
                wrapped = once_per_key(wrapped)
            if opened_by is not None:
                wrapped = _with_token(wrapped)
            if limit is not None:
                wrapped = limiter.limit(limit)(wrapped)
            self.route(rule, methods=[method], parameters=self._parameters(rule), tags=[self.tag])(wrapped)
            return view

        return decorate

    def _parameters(self, rule: str) -> list[dict[str, Any]]:
        return [
            {"in": "path", "name": name, "description": description, "example": example}
            for name, (description, example) in self._path_facts.items()
            if f":{name}>" in rule
        ]


def _problem_statuses(
    problems: Sequence[int],
    *,
    has_input: bool,
    has_body: bool,
    opened_by: str | None,
    creates: bool,
    limit: str | None,
) -> list[int]:
    statuses = set(problems)
    if has_input:
        statuses.add(422)
    if has_body:
        statuses |= {400, 413, 415}
    if opened_by is not None:
        statuses |= {401, 404}
    if creates:
        statuses |= {400, 409, 422}
    if limit is not None:
        statuses.add(429)
    return sorted(statuses)


def _manual_facts(view: View, *, opened_by: str | None, creates: bool, is_cached: bool) -> dict[str, Any]:
    # The marks are for shop.api.document, which turns them into parameters and headers.
    return {
        "operationId": view.__name__,
        "security": [{opened_by: []}] if opened_by else [],
        "x-idempotent": creates,
        "x-cached": is_cached,
    }


def _with_token(view: View) -> View:
    """Hand the bearer token to ``view``; without one nothing else is looked at."""

    @wraps(view)
    def with_token(*args: Any, **kwargs: Any) -> Response:
        response: Response = view(*args, token=bearer_token(), **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    return with_token
