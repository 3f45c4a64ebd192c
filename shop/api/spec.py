"""flask-smorest, told to leave errors and pages to us."""

from typing import Any

from flask import Flask
from flask_smorest import Api  # type: ignore[import-untyped]
from marshmallow import fields

from shop.api.schemas import ProblemSchema

VERSION = "1.0.0"
PROBLEM_TYPE = "application/problem+json"

PROBLEMS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "BAD_REQUEST": (
        "The request cannot be read: malformed JSON, a bad cursor, a bad Idempotency-Key.",
        [{"status": 400, "code": "malformed_json", "title": "The body is not valid JSON."}],
    ),
    "UNAUTHORIZED": (
        "The token is missing.",
        [{"status": 401, "code": "missing_token", "title": "Send the token as “Authorization: Bearer …”."}],
    ),
    "NOT_FOUND": (
        "There is no such thing, or the token is another's.",
        [{"status": 404, "code": "not_found", "title": "We could not find that."}],
    ),
    "CONFLICT": (
        "The state of things does not allow it. Sold out is `out_of_stock`; `left` says how many there are.",
        [
            {
                "status": 409,
                "code": "out_of_stock",
                "title": "Only 2 left.",
                "variant_id": 1873,
                "left": 2,
            },
            {
                "status": 409,
                "code": "idempotency_in_progress",
                "title": "A request with this Idempotency-Key is still being worked on. Try again in a moment.",
            },
        ],
    ),
    "REQUEST_ENTITY_TOO_LARGE": (
        "The body is larger than 64 KiB.",
        [{"status": 413, "code": "request_entity_too_large", "title": "That is too large"}],
    ),
    "UNSUPPORTED_MEDIA_TYPE": (
        "The body is not `application/json`.",
        [{"status": 415, "code": "unsupported_media_type", "title": "Send the body as application/json."}],
    ),
    "UNPROCESSABLE_ENTITY": (
        "A field is wrong or unknown (`invalid`, with `errors`), or a rule of the shop refuses it.",
        [
            {
                "status": 422,
                "code": "invalid",
                "title": "Some fields are not as they should be.",
                "errors": [{"detail": "Not a valid integer.", "pointer": "#/quantity"}],
            },
            {
                "status": 422,
                "code": "idempotency_mismatch",
                "title": "This Idempotency-Key was used for a request with another body.",
            },
        ],
    ),
    "TOO_MANY_REQUESTS": (
        "Too many requests from one address.",
        [{"status": 429, "code": "too_many_requests", "title": "A little slower, please"}],
    ),
    "SERVICE_UNAVAILABLE": (
        "The payment provider does not answer. Send the same request again, with the same Idempotency-Key.",
        [
            {
                "status": 503,
                "code": "unavailable",
                "title": "This is not available just now. Please try again in a moment.",
            }
        ],
    ),
    "DEFAULT_ERROR": (
        "Any other error.",
        [{"status": 500, "code": "internal_server_error", "title": "Something broke on our side"}],
    ),
}


class VitrineApi(Api):  # type: ignore[misc]
    """Collects the operations of the blueprints in one OpenAPI 3.1 document."""

    def __init__(self, app: Flask) -> None:
        super().__init__(
            app,
            spec_kwargs={"title": "Vitrine storefront", "version": VERSION, "openapi_version": "3.1.0"},
        )

    def _register_pagination_header(self) -> None:
        """Declare none: lists carry their cursor in the body."""

    def _register_error_handlers(self) -> None:
        """Leave errors to shop.web.errors and shop.api.problems."""

    def _register_responses(self) -> None:
        """Declare the problems that operations refer to by the name of their HTTP status."""
        self.ma_plugin.map_to_openapi_type(fields.Url, "string", "uri")
        self.spec.components.schema("Problem", schema=ProblemSchema)
        not_modified = {"description": "What you have is still true; there is no body."}
        self.spec.components.response("NOT_MODIFIED", not_modified, lazy=True)
        for name, (description, examples) in PROBLEMS.items():
            named = {example["code"]: {"value": {"type": "about:blank", **example}} for example in examples}
            content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": named}}
            self.spec.components.response(
                name, {"description": description, "content": content}, lazy=name != "DEFAULT_ERROR"
            )
