"""The OpenAPI document as a page for people: what the template shows, worked out beforehand."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from markupsafe import Markup, escape

from shop.api.document import METHODS

MAX_DEPTH = 6
ENDLESS = 10**17
"""A bound from here up is the database's and says nothing to people."""


@dataclass(frozen=True)
class FieldRow:
    """A line of a table of fields; ``depth`` is how far it stands in."""

    name: str
    kind: str
    is_required: bool
    text: Markup
    depth: int


@dataclass(frozen=True)
class Sample:
    """A named piece of JSON."""

    name: str
    body: str


@dataclass(frozen=True)
class Answer:
    """One answer of an operation."""

    status: str
    phrase: str
    text: Markup
    fields: list[FieldRow]
    samples: list[Sample]


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked."""

    anchor: str
    method: str
    path: str
    summary: str
    text: Markup
    token: str | None
    is_idempotent: bool
    parameters: list[FieldRow]
    body: list[FieldRow]
    curl: str
    success: list[Answer]
    failures: list[Answer]


@dataclass(frozen=True)
class Group:
    """The operations of one tag."""

    anchor: str
    name: str
    text: Markup
    operations: list[Operation]


@dataclass(frozen=True)
class Guide:
    """The whole page."""

    title: str
    version: str
    text: Markup
    groups: list[Group]


def read_document(document: Mapping[str, Any], base_url: str) -> Guide:
    """Return what the page shows; ``base_url`` is where its examples send their requests."""
    reader = _Reader(document, base_url)
    return Guide(
        title=document["info"]["title"],
        version=document["info"]["version"],
        text=rich_text(document["info"]["description"]),
        groups=[reader.group(tag) for tag in document["tags"]],
    )


def rich_text(source: str) -> Markup:
    """Return paragraphs with `code` and **bold** as HTML; nothing else of Markdown is understood."""
    paragraphs = []
    for paragraph in re.split(r"\n\s*\n|\n(?=\*\*)", source.strip()):
        safe = str(escape(" ".join(paragraph.split())))
        safe = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", safe)
        safe = re.sub(r"`(.+?)`", r"<code>\1</code>", safe)
        paragraphs.append(f"<p>{safe}</p>")
    return Markup("".join(paragraphs))  # noqa: S704 - escaped above


def _inline(source: str) -> Markup:
    return Markup(str(rich_text(source)).removeprefix("<p>").removesuffix("</p>"))  # noqa: S704 - escaped there


class _Reader:
    """Follows the document's references."""

    def __init__(self, document: Mapping[str, Any], base_url: str) -> None:
        self._document = document
        self._base_url = base_url

    def group(self, tag: Mapping[str, str]) -> Group:
        operations = [
            self._operation(method, path, item)
            for path, item in self._document["paths"].items()
            for method in METHODS
            if method in item and tag["name"] in item[method]["tags"]
        ]
        return Group(
            anchor=tag["name"].lower(),
            name=tag["name"],
            text=rich_text(tag["description"]),
            operations=operations,
        )

    def _operation(self, method: str, path: str, item: Mapping[str, Any]) -> Operation:
        facts = item[method]
        parameters = [
            self._resolved(each) for each in [*item.get("parameters", []), *facts.get("parameters", [])]
        ]
        content = facts.get("requestBody", {}).get("content", {}).get("application/json", {})
        answers = [self._answer(status, answer) for status, answer in facts["responses"].items()]
        token = next((name for need in facts.get("security", []) for name in need), None)
        return Operation(
            anchor=facts["operationId"].replace("_", "-"),
            method=method.upper(),
            path=path,
            summary=facts["summary"].rstrip("."),
            text=rich_text(facts.get("description", "")) if facts.get("description") else Markup(),
            token=token,
            is_idempotent=any(each["name"] == "Idempotency-Key" for each in parameters),
            parameters=[self._parameter(each) for each in parameters],
            body=self._fields(content.get("schema", {})),
            curl=self._curl(method, path, parameters, token, content.get("example")),
            success=[answer for answer in answers if answer.status.startswith("2")],
            failures=[answer for answer in answers if not answer.status.startswith("2")],
        )

    def _resolved(self, thing: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in thing:
            found: Any = self._document
            for step in thing["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            thing = found
        return thing

    def _parameter(self, parameter: Mapping[str, Any]) -> FieldRow:
        kind = self._kind(parameter["schema"])
        place = {"path": "in the path", "query": "in the query", "header": "a header"}[parameter["in"]]
        return FieldRow(
            name=parameter["name"],
            kind=f"{kind}, {place}",
            is_required=parameter.get("required", False),
            text=_inline(self._with_limits(parameter.get("description", ""), parameter["schema"])),
            depth=0,
        )

    def _fields(self, schema: Mapping[str, Any], depth: int = 0) -> list[FieldRow]:
        resolved = self._object_of(schema)
        if resolved is None or depth > MAX_DEPTH:
            return []
        rows = []
        for name, inner in resolved["properties"].items():
            rows.append(
                FieldRow(
                    name=name,
                    kind=self._kind(inner),
                    is_required=name in resolved.get("required", []),
                    text=_inline(self._with_limits(inner.get("description", ""), inner)),
                    depth=depth,
                )
            )
            rows += self._fields(inner, depth + 1)
        return rows

    def _object_of(self, schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the object schema inside lists, choices and references, or None."""
        resolved = self._resolved(schema)
        for choice in resolved.get("anyOf", resolved.get("allOf", [])):
            if (found := self._object_of(choice)) is not None:
                return found
        if "items" in resolved:
            return self._object_of(resolved["items"])
        return resolved if resolved.get("properties") else None

    def _kind(self, schema: Mapping[str, Any]) -> str:
        resolved = self._resolved(schema)
        if "anyOf" in resolved:
            return " or ".join(self._kind(choice) for choice in resolved["anyOf"])
        if "items" in resolved:
            return f"list of {self._kind(resolved['items'])}s"
        kinds = resolved.get("type", "any")
        return " or ".join(kinds) if isinstance(kinds, list) else str(kinds)

    @staticmethod
    def _with_limits(text: str, schema: Mapping[str, Any]) -> str:
        notes = []
        if schema.get("enum"):
            notes.append(
                "One of " + ", ".join(f"`{value}`" for value in schema["enum"] if value is not None) + "."
            )
        if "minimum" in schema and schema.get("maximum", ENDLESS) < ENDLESS:
            notes.append(f"From {schema['minimum']} to {schema['maximum']}.")
        if "default" in schema:
            notes.append(f"Default: `{schema['default']}`.")
        return " ".join([text, *notes]).strip()

    def _answer(self, status: str, answer: Mapping[str, Any]) -> Answer:
        resolved = self._resolved(answer)
        content: Mapping[str, Any] = next(iter(resolved.get("content", {}).values()), {})
        samples = [Sample(name, _pretty(each["value"])) for name, each in content.get("examples", {}).items()]
        if "example" in content:
            samples.append(Sample("", _pretty(content["example"])))
        is_success = status.startswith("2")
        return Answer(
            status=status if status.isdigit() else "…",
            phrase=HTTPStatus(int(status)).phrase if status.isdigit() else "Anything else",
            text=_inline(resolved["description"]),
            fields=self._fields(content.get("schema", {})) if is_success else [],
            samples=samples,
        )

    def _curl(
        self,
        method: str,
        path: str,
        parameters: Sequence[Mapping[str, Any]],
        token: str | None,
        body: Any,
    ) -> str:
        for each in parameters:
            if each["in"] == "path":
                path = path.replace(f"{{{each['name']}}}", str(each.get("example", each["name"])))
        asked = [
            f"{each['name']}={each['example']}"
            for each in parameters
            if each["in"] == "query" and "example" in each
        ]
        verb = "" if method == "get" else f"-X {method.upper()} "
        lines = [f"curl {verb}'{self._base_url}{path}{'?' if asked else ''}{'&'.join(asked)}'"]
        if token is not None:
            lines.append('-H "Authorization: Bearer $TOKEN"')
        lines += [
            f"-H '{each['name']}: {each['example']}'"
            for each in parameters
            if each["in"] == "header" and "example" in each
        ]
        if body is not None:
            lines += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(body, ensure_ascii=False)}'"]
        return " \\\n  ".join(lines)


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
