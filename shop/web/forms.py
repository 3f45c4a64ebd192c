"""Web forms over marshmallow: an adapter turns typed text into JSON values, one schema sees them.

The same schema validates the JSON of the API. What was typed is kept, whatever happens.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import request
from flask_babel import gettext
from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from shop.core.errors import DomainError, Invalid
from shop.core.i18n import N_
from shop.core.money import parse_amount
from shop.web.locale import language

MAX_INTEGER_LENGTH = 12
_INTEGER = re.compile(r"-?[0-9]+")
_PLAIN_NUMBER = re.compile(r"[0-9]{1,18}")

Adapter = Callable[[str], Any]

STANDARD_MESSAGES = (
    N_("Missing data for required field."),
    N_("Field may not be null."),
    N_("Not a valid string."),
    N_("Not a valid integer."),
    N_("Not a valid email address."),
    N_("Unknown field."),
)


class BadText(ValueError):
    """An adapter could not read what was typed; its argument is a msgid."""


def integer_adapter(text: str) -> int:
    """Read a whole number such as "3"; BadText otherwise."""
    cleaned = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if len(cleaned) > MAX_INTEGER_LENGTH or not _INTEGER.fullmatch(cleaned):
        raise BadText(N_("Enter a whole number."))
    return int(cleaned)


def id_or_none(text: str) -> int | None:
    """Return the id or count that a form's own field holds, or None for what no such field ever held.

    Python reads other digits, too, refuses to read thousands of them, and databases keep 63 bits.
    """
    return int(text) if _PLAIN_NUMBER.fullmatch(text) else None


def amount_adapter(currency: str) -> Adapter:
    """Return an adapter from a price as people type it in this language to minor units."""
    return lambda text: parse_amount(text, currency, language())


def boolean_adapter(text: str) -> bool:
    """Read a checkbox: anything but nothing, "0" and "false" is ticked."""
    return text.lower() not in ("", "0", "false", "off")


def list_adapter(text: str) -> list[str]:
    """Read values separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


class Form:
    """What was typed, what it means and what is wrong with it.

    ``values`` is None until the form is valid; ``errors`` maps a field's name to sentences in the
    visitor's language, and "" to those that belong to no field.
    """

    def __init__(self, initial: Mapping[str, Any] | None = None) -> None:
        self.values: dict[str, Any] | None = None
        self.errors: dict[str, list[str]] = {}
        self.typed: MultiDict[str, str] = MultiDict()
        self._initial = dict(initial or {})
        self.is_submitted = False

    @classmethod
    def from_request(
        cls,
        schema: Schema,
        *,
        adapters: Mapping[str, Adapter] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> "Form":
        """Read the request's form fields through ``adapters`` into ``schema``."""
        form = cls(initial)
        form.is_submitted = True
        form.typed = request.form
        form._load(schema, dict(adapters or {}))
        return form

    def _load(self, schema: Schema, adapters: dict[str, Adapter]) -> None:
        data: dict[str, Any] = {}
        for name, field in schema.load_fields.items():
            try:
                data.update(self._read_field(name, field, adapters.get(name)))
            except BadText as error:
                self.add_error(name, str(error))
            except DomainError as error:
                self.add_error(name, error.msgid, **error.params)
        try:
            values = schema.load(data)
        except ValidationError as error:
            for name, messages in error.normalized_messages().items():  # type: ignore[no-untyped-call]
                if name in self.errors:
                    continue
                for message in flatten_messages(messages):
                    self.add_error("" if name == "_schema" else name, message)
            return
        if not self.errors:
            self.values = values

    def _read_field(self, name: str, field: fields.Field[Any], adapter: Adapter | None) -> dict[str, Any]:
        if isinstance(field, fields.Boolean) and adapter is None:
            adapter = boolean_adapter
        if isinstance(field, fields.Integer) and adapter is None:
            adapter = integer_adapter
        if isinstance(field, fields.List) and adapter is None:
            values = [_cleaned(value) for value in self.typed.getlist(name)]
            return {name: [value for value in values if value]}
        if isinstance(field, fields.Boolean):
            return {name: boolean_adapter(self.typed.get(name, ""))}
        if name not in self.typed:
            return {}
        text = self.typed[name]
        if not name.startswith("password"):
            text = _cleaned(text)
        if adapter is None:
            return {name: text} if text or not field.allow_none else {name: None}
        if not text:
            return {name: None} if field.allow_none else {}
        return {name: adapter(text)}

    def add_error(self, name: str, msgid: str, **params: object) -> None:
        """Say what is wrong with field ``name`` ("" for none), in the visitor's language."""
        self.values = None
        self.errors.setdefault(name, []).append(gettext(msgid, **params))

    def add_domain_error(self, name: str, error: DomainError) -> None:
        """Say at field ``name`` what a service refused."""
        self.add_error(name, error.msgid, **error.params)

    def add_invalid(self, error: Invalid) -> None:
        """Say at their fields what a service refused by field."""
        for name, messages in error.errors.items():
            for message in messages:
                self.add_error(name, message, **error.params)

    def raw(self, name: str) -> str:
        """Return what was typed into ``name``, or its initial value, as text."""
        if self.is_submitted:
            return self.typed.get(name, "")
        value = self._initial.get(name)
        return "" if value is None else str(value)

    def raw_list(self, name: str) -> list[str]:
        """Return all values of ``name``: ticked boxes, chosen options."""
        if self.is_submitted:
            return self.typed.getlist(name)
        return [str(value) for value in self._initial.get(name) or []]

    def is_ticked(self, name: str) -> bool:
        """Tell whether checkbox ``name`` is ticked."""
        if self.is_submitted:
            return boolean_adapter(self.typed.get(name, ""))
        return bool(self._initial.get(name))


def _cleaned(text: str) -> str:
    """Return what was typed without space around it and without NUL, which PostgreSQL refuses in a text.

    Lines end as everywhere else here: browsers send CRLF, and a text saved unchanged must stay the same.
    """
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


def flatten_messages(messages: Any) -> list[str]:
    """Return the sentences in marshmallow's nested messages."""
    if isinstance(messages, str):
        return [messages]
    if isinstance(messages, Mapping):
        return [text for inner in messages.values() for text in flatten_messages(inner)]
    return [text for inner in messages for text in flatten_messages(inner)]
