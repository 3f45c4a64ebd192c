"""Stripe's own JSON Schemas, which every answer and event of the stand-in is held against in its tests.

They are not part of the repository: they stand beside it, in ../shared/stripe, or where VITRINE_CORPUS says.
"""

from __future__ import annotations

import json
import os
import re
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs

NAME = "stripe-openapi-slim.json"
ABSENT = "the Stripe schemas (../shared/stripe) are absent: answers and events are not checked against them"
# VITRINE_CORPUS may name the whole corpus or its `data` folder.
_ROOT = Path(os.environ.get("VITRINE_CORPUS", Path(__file__).resolve().parents[3] / "shared"))
_SHOWN = 200
_ID = "urn:stripe"


class Schemas:
    """The document, with validators made when they are first asked for."""

    def __init__(self, file: Path) -> None:
        self.document: Any = json.loads(file.read_text())
        self._validators: dict[str, Any] = {}
        strict = {
            name: schema if "Params" in name else _closed(schema)
            for name, schema in self.document["components"]["schemas"].items()
        }
        answers = {
            operation["operationId"]: operation["responses"]["200"]["content"]["application/json"]["schema"]
            for methods in self.document["paths"].values()
            for operation in methods.values()
        }
        # One registry for all validators: each would otherwise keep a copy of the whole document.
        whole = {"$id": _ID, "components": {"schemas": strict}, "answers": answers}
        self._registry = jsonschema_rs.Registry([(_ID, whole)])

    @cached_property
    def operations(self) -> list[tuple[str, re.Pattern[str], str, Any]]:
        """Every (method, pattern, path, operation), addresses without an id first."""
        found = []
        for path, methods in self.document["paths"].items():
            pattern = re.compile("^" + re.sub(r"\{\w+\}", "[^/]+", path) + "$")
            found += [(method.upper(), pattern, path, operation) for method, operation in methods.items()]
        return sorted(found, key=lambda one: "{" in one[2])

    def operation(self, method: str, path: str) -> Any:
        """Return the operation at an address, or None."""
        for known, pattern, _path, operation in self.operations:
            if known == method and pattern.match(path):
                return operation
        return None

    def problems(self, name: str, obj: Any) -> list[str]:
        """Tell what is wrong with an object of a schema."""
        return self._check(name, f"components/schemas/{name}", obj)

    def answer_problems(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """Tell what is wrong with an answer of the API; nothing when the document has not its address."""
        if status >= 400:
            return self.problems("error", body)
        operation = self.operation(method, path)
        if operation is None:
            return []
        return self._check(
            f"{method} {operation['operationId']}", f"answers/{operation['operationId']}", body
        )

    def event_problems(self, event: Any) -> list[str]:
        """Tell what is wrong with an event of the current version."""
        kind = event["type"]
        if kind not in self.document["x-event-object"]:
            return []
        name = "".join(word.capitalize() for word in kind.replace(".", "_").split("_"))
        found = self.problems(f"Events.{name}Event", event)
        return found + self.problems(self.document["x-event-object"][kind], event["data"]["object"])

    def _check(self, name: str, place: str, obj: Any) -> list[str]:
        if name not in self._validators:
            schema = {"$ref": f"{_ID}#/{place}"}
            self._validators[name] = jsonschema_rs.validator_for(schema, registry=self._registry)
        return [
            f"{name} {'.'.join(str(part) for part in one.instance_path)}: {one.message[:_SHOWN]}"
            for one in self._validators[name].iter_errors(obj)
        ]


def _closed(schema: Any) -> Any:
    """Return a schema that lets an object have no member that it does not name."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: below if name == "enum" else _closed(below) for name, below in schema.items()}
    if closed.get("properties") and "additionalProperties" not in closed and closed.get("type") == "object":
        closed["additionalProperties"] = False
    return closed


def corpus_file(name: str) -> Path | None:
    """Return a file of the corpus's folder ``stripe``, or None when it is absent."""
    places = (_ROOT / "stripe" / name, _ROOT.parent / "stripe" / name)
    return next((file for file in places if file.is_file()), None)


def find_schemas() -> Schemas | None:
    """Return the schemas, or None when they are absent."""
    file = corpus_file(NAME)
    return Schemas(file) if file else None


SCHEMAS = find_schemas()
