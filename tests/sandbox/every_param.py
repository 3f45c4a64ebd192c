"""Each parameter that a request of the SDK's may have, with a value of its type."""

from collections.abc import Iterator
from typing import Any

from shop.sandbox.params import (
    Choice,
    Either,
    Fields,
    Flag,
    Integer,
    Listing,
    Lookup,
    Mapping,
    Node,
    Number,
)


def leaves(node: Node, path: str) -> Iterator[tuple[str, Any]]:
    """Yield each innermost parameter with a value of its type."""
    if isinstance(node, Either):
        node = node.nested or node.plain or node
    if isinstance(node, Fields):
        for name, below in node.known.items():
            if name != "expand":
                yield from leaves(below, f"{path}[{name}]" if path else name)
    elif isinstance(node, Listing):
        yield from leaves(node.item, f"{path}[0]")
    elif isinstance(node, Lookup):
        yield from leaves(node.item, f"{path}[eur]")
    else:
        yield path, value_of(node)


def value_of(node: Node) -> Any:
    if isinstance(node, Choice):
        return node.words[0]
    if isinstance(node, Flag):
        return True
    if isinstance(node, Mapping):
        return {"k": "v"}
    return 5 if isinstance(node, (Integer, Number)) else "x"


def nested(path: str, value: Any) -> dict[str, Any]:
    """Return a parameter as the handler gets it: dicts and lists."""
    parts = path.replace("]", "").split("[")
    result: Any = value
    for part in reversed(parts):
        result = [result] if part.isdigit() else {part: result}
    return dict(result)
