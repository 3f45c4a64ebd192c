"""Checks of a request's parameters, derived at run time from the installed Stripe SDK.

``stripe.params`` holds a TypedDict for every request. Reading them keeps the stand-in in step with the SDK that it
is used with, and it carries no copied schema.
"""

from __future__ import annotations

import importlib
import re
import sys
import types
import typing
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

import typing_extensions
from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject

from shop.sandbox.errors import Obj, invalid, missing_param

MAX_TEXT = 5_000
_INTEGER = re.compile(r"^-?[0-9]{1,18}$")
_UNIONS = (Union, types.UnionType)
_REQUIRED_MARKS = (typing.Required, typing_extensions.Required)
_OPTIONAL_MARKS = (typing.NotRequired, typing_extensions.NotRequired)
_OPTIONS = frozenset(RequestOptions.__annotations__)


class Node:
    """One parameter's type; ``read`` turns the form's text into a value or raises the error Stripe would."""

    def read(self, raw: Any, path: str) -> Any:
        """Return the value at ``path`` (as the error's ``param`` names it)."""
        raise NotImplementedError


def _word(raw: Any, path: str, what: str) -> str:
    if isinstance(raw, dict):
        raise invalid(f"Invalid {what}: an object was given for `{path}`.", path)
    text = str(raw)
    if text == "":
        name = path
        raise invalid(
            f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; "
            f"however '{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty "
            "value.",
            path,
            "parameter_invalid_empty",
        )
    return text


class Text(Node):
    """Any string that is not empty."""

    def read(self, raw: Any, path: str) -> str:
        """Return the text."""
        text = _word(raw, path, "string")
        if len(text) > MAX_TEXT:
            raise invalid(
                f"Invalid string: {text[:20]}...; must be at most {MAX_TEXT} characters",
                path,
                "parameter_invalid_string",
            )
        return text


class Integer(Node):
    """A whole number; no sign of a fraction, no spaces."""

    def read(self, raw: Any, path: str) -> int:
        """Return the number."""
        text = _word(raw, path, "integer")
        if not _INTEGER.match(text):
            raise invalid(f"Invalid integer: {text[:50]}", path, "parameter_invalid_integer")
        return int(text)


class Number(Node):
    """A decimal number, kept as text (``is_text``) or as a float."""

    def __init__(self, *, is_text: bool) -> None:
        self.is_text = is_text

    def read(self, raw: Any, path: str) -> str | float:
        """Return the number, or its text."""
        text = _word(raw, path, "decimal")
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise invalid(f"Invalid decimal: {text[:50]}", path, "parameter_invalid_decimal")
        return text if self.is_text else float(number)


class Flag(Node):
    """``true`` or ``false``."""

    def read(self, raw: Any, path: str) -> bool:
        """Return the flag."""
        text = _word(raw, path, "boolean")
        if text not in ("true", "false"):
            raise invalid(f"Invalid boolean: {text[:50]}", path)
        return text == "true"


class Choice(Node):
    """One of a few words."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words

    def read(self, raw: Any, path: str) -> str:
        """Return the word."""
        text = _word(raw, path, "value")
        if text not in self.words:
            *first, last = self.words
            listed = f"{', '.join(first)}, or {last}" if first else last
            name = path.rsplit("[", 1)[-1].rstrip("]") if not path.endswith("]") else path
            raise invalid(f"Invalid {name}: must be one of {listed}", path)
        return text


class FlagOrChoice(Choice):
    """``true``, ``false`` or one of a few words: ``off_session``."""

    def read(self, raw: Any, path: str) -> Any:
        """Return the flag or the word."""
        return raw == "true" if raw in ("true", "false") else super().read(raw, path)


class Listing(Node):
    """An array."""

    def __init__(self, item: Node) -> None:
        self.item = item

    def read(self, raw: Any, path: str) -> list[Any]:
        """Return the items in the order of their indices."""
        if raw == "":
            return []
        if not isinstance(raw, dict) or not all(key.isascii() and key.isdigit() for key in raw):
            raise invalid("Invalid array", path)
        places = sorted(raw, key=int)
        return [self.item.read(raw[key], f"{path}[{key}]") for key in places]


class Mapping(Node):
    """A dict of texts: metadata. An empty text unsets its key, so it passes here."""

    def read(self, raw: Any, path: str) -> dict[str, str]:
        """Return the pairs."""
        if raw == "":
            return {}
        if not isinstance(raw, dict):
            raise invalid("Invalid object", path)
        for key, value in raw.items():
            if isinstance(value, dict):
                raise invalid(f"Invalid string: an object was given for `{path}[{key}]`.", f"{path}[{key}]")
        return dict(raw)


class Lookup(Node):
    """A dict of objects by a key of the caller's: ``currency_options[eur][unit_amount]``."""

    def __init__(self, item: Node) -> None:
        self.item = item

    def read(self, raw: Any, path: str) -> Obj:
        """Return the objects by their keys."""
        if raw == "":
            return {}
        if not isinstance(raw, dict):
            raise invalid("Invalid object", path)
        return {key: self.item.read(value, f"{path}[{key}]") for key, value in raw.items()}


@dataclass
class Fields(Node):
    """An object with known members."""

    known: dict[str, Node] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)

    def read(self, raw: Any, path: str) -> Obj:
        """Return the members, each read by its own type."""
        if not isinstance(raw, dict):
            raise invalid("Invalid object", path)
        unknown = [_below(path, name) for name in raw if name not in self.known]
        if unknown:
            many = "s" if len(unknown) > 1 else ""
            raise invalid(
                f"Received unknown parameter{many}: {', '.join(unknown)}", unknown[0], "parameter_unknown"
            )
        for name in self.required:
            if name not in raw:
                raise missing_param(_below(path, name))
        return {name: self.known[name].read(value, _below(path, name)) for name, value in raw.items()}


def _below(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


class Either(Node):
    """A value of several types; with ``can_unset`` an empty text stays an empty text."""

    def __init__(self, nested: Node | None, plain: Node | None, *, can_unset: bool) -> None:
        self.nested = nested
        self.plain = plain
        self.can_unset = can_unset

    def read(self, raw: Any, path: str) -> Any:
        """Return the value by whichever type fits it."""
        if raw == "" and self.can_unset:
            return ""
        node = self.nested if isinstance(raw, dict) else self.plain
        node = node or self.plain or self.nested
        return node.read(raw, path) if node else raw


# A text that Stripe lets an empty one unset, although its published types do not say so.
UNSETTABLE = Either(None, Text(), can_unset=True)

_NESTED = (Fields, Listing, Lookup, Mapping)


@cache
def request_params(name: str) -> Fields:
    """Return the checks of a request by its SDK name, e.g. ``checkout.SessionCreateParams``."""
    *folder, last = name.split(".")
    module = importlib.import_module(".".join(["stripe.params", *folder]))
    return _fields(getattr(module, last))


@cache
def _fields(cls: Any) -> Fields:
    names = dict(vars(sys.modules[cls.__module__]))
    built = Fields()
    for name, hint in cls.__annotations__.items():
        if name in _OPTIONS:
            continue
        inner, is_required = _marked(_resolved(hint, names), names)
        if is_required:
            built.required.append(name)
        built.known[name] = _node(inner, names)
    return built


def _marked(hint: Any, names: Obj) -> tuple[Any, bool]:
    if get_origin(hint) in _OPTIONAL_MARKS:
        return _resolved(get_args(hint)[0], names), False
    if get_origin(hint) in _REQUIRED_MARKS:
        return _resolved(get_args(hint)[0], names), True
    return hint, True


def _resolved(hint: Any, names: Obj) -> Any:
    """Evaluate a forward reference; the SDK's own source is the only text that comes here."""
    while isinstance(hint, (str, ForwardRef)):
        text = hint if isinstance(hint, str) else hint.__forward_arg__
        hint = eval(text, names)  # noqa: S307
    return hint


def _node(hint: Any, names: Obj) -> Node:
    hint = _resolved(hint, names)
    origin = get_origin(hint)
    if origin in _UNIONS:
        return _union([_resolved(one, names) for one in get_args(hint)], names)
    if origin in (Literal, typing_extensions.Literal):
        return _union([hint], names)
    if origin is list:
        return Listing(_node(get_args(hint)[0], names))
    if origin in (dict, UntypedStripeObject) or hint in (dict, UntypedStripeObject):
        kinds = get_args(hint)
        item = _resolved(kinds[-1], names) if kinds else str
        return Lookup(_node(item, names)) if typing_extensions.is_typeddict(item) else Mapping()
    if typing_extensions.is_typeddict(hint):
        return _fields(hint)
    simple: dict[Any, Node] = {
        int: Integer(),
        bool: Flag(),
        float: Number(is_text=False),
        Decimal: Number(is_text=True),
    }
    return simple.get(hint, Text())


def _union(members: list[Any], names: Obj) -> Node:
    words = [word for one in members if get_origin(one) is Literal for word in get_args(one)]
    others = [one for one in members if get_origin(one) is not Literal and one is not type(None)]
    can_unset = "" in words
    words = [word for word in words if word != ""]
    nodes = [_node(one, names) for one in others]
    nested = next((node for node in nodes if isinstance(node, _NESTED)), None)
    plain = next((node for node in nodes if not isinstance(node, _NESTED)), None)
    if words and isinstance(plain, Flag):
        plain = FlagOrChoice(tuple(words))
    elif words and not isinstance(plain, (Integer, Number)):
        # The SDK types an enum as «Literal[...] | str», so that new words type-check; Stripe refuses other words.
        plain = Choice(tuple(words))
    return Either(nested, plain, can_unset=can_unset)
