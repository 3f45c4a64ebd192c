"""One API call, and the table of the calls that the stand-in answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shop.sandbox.errors import Obj
from shop.sandbox.params import Node
from shop.sandbox.store import Tx


@dataclass
class Call:
    """What a handler gets: the transaction, the ids in the address and the checked parameters."""

    tx: Tx
    ids: tuple[str, ...]
    params: Obj
    path: str
    public_url: str

    @property
    def id(self) -> str:
        """The first id in the address."""
        return self.ids[0]


Handler = Callable[[Call], Obj]


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    method: str
    pattern: re.Pattern[str]
    path: str
    params: str | None
    handler: Handler
    extra: dict[str, Node] = field(default_factory=dict, hash=False)
    is_open: bool = False


class Operations:
    """The table of operations; resources fill it with ``@api.on``."""

    def __init__(self) -> None:
        self.all: list[Operation] = []

    def on(
        self,
        method: str,
        path: str,
        params: str | None = None,
        *,
        extra: dict[str, Node] | None = None,
        is_open: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Register a handler.

        Args:
            method: of HTTP.
            path: with ids in braces: ``/v1/refunds/{id}``.
            params: the SDK's name of the request (``CustomerCreateParams``); None takes no parameter but ``expand``.
            extra: parameters that Stripe takes although this version of the SDK does not name them.
            is_open: takes any parameter (the addresses that only Stripe's own pages call have no published type).
        """
        pattern = re.compile("^" + re.sub(r"\{\w+\}", "([^/]+)", path) + "$")

        def register(handler: Handler) -> Handler:
            operation = Operation(method, pattern, path, params, handler, extra or {}, is_open)
            # Addresses without an id come first: `/v1/customers/search` is nobody's id.
            self.all.insert(len(self.all) if "{" in path else 0, operation)
            return handler

        return register

    def find(self, method: str, path: str) -> tuple[Operation, tuple[str, ...]] | None:
        """Return the operation at an address with the ids in it."""
        for operation in self.all:
            if operation.method == method:
                found = operation.pattern.match(path)
                if found:
                    return operation, found.groups()
        return None

    def methods(self, path: str) -> list[str]:
        """Return the methods that an address has."""
        return sorted(one.method for one in self.all if one.pattern.match(path))


api = Operations()


def pick(params: Obj, *names: str) -> Obj:
    """Return the parameters that were given among ``names``."""
    return {name: params[name] for name in names if name in params}


def blank_to_none(value: Any) -> Any:
    """Turn the empty text, which unsets a field, into null."""
    return None if value == "" else value
