"""The fields of the hosted page with what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field

from shop.sandbox.texts import Words

SECRET_FIELDS = ("number", "expiry", "cvc")


@dataclass
class Form:
    """The page's fields with what is wrong with them, by field name."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def forget_card(self) -> None:
        """Drop what must not be sent back to a browser."""
        for name in SECRET_FIELDS:
            self.values.pop(name, None)


def require(form: Form, words: Words, *names: str) -> None:
    """Mark those of the fields that are empty."""
    for name in names:
        if not form.values.get(name):
            form.errors[name] = words("required")
