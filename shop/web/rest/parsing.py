"""Reads request bodies and queries into schemas, and refuses everything that is not plain JSON."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Request
from marshmallow import Schema, ValidationError, missing
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy

from shop.web.rest.problems import BadRequestFields, MalformedJson, NotJson


def _no_constant(name: str) -> NoReturn:
    # Python reads NaN and Infinity, which are no JSON (RFC 8259, section 6).
    raise ValueError(name)


class StrictParser(FlaskParser):
    """Unknown fields are refused wherever they are; errors become problems with stable codes."""

    def __init__(self) -> None:
        super().__init__()
        # Without a rule for each location the schemas' own one counts: refuse.
        self.DEFAULT_UNKNOWN_BY_LOCATION = {}

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002 - webargs' signature
        """Return the body's JSON value; ``missing`` for an empty body."""
        body = req.get_data(cache=True)
        if not body:
            return missing
        if not req.is_json:
            raise NotJson
        try:
            return json.loads(body.decode("utf-8"), parse_constant=_no_constant)
        except (ValueError, RecursionError):
            # ValueError also covers bad UTF-8 and numbers of thousands of digits.
            raise MalformedJson from None

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Return the query's parameters."""
        return MultiDictProxy(req.args, schema)

    def handle_error(
        self,
        error: ValidationError,
        req: Request,  # noqa: ARG002 - webargs' signature
        schema: Schema,  # noqa: ARG002
        *,
        error_status_code: int | None,  # noqa: ARG002
        error_headers: Mapping[str, str] | None,  # noqa: ARG002
    ) -> NoReturn:
        """Raise BadRequestFields for what ``schema`` refused."""
        raise BadRequestFields(error.normalized_messages())  # type: ignore[no-untyped-call]
