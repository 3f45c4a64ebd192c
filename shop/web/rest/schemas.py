"""Base schemas and fields of the JSON interface: strict when reading, complete when answering."""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import RAISE, Schema, fields, validate

from shop.core.i18n import N_
from shop.web.context import settings

MAX_ID = 2**63 - 1
MAX_CURSOR_LENGTH = 500
DEFAULT_LIMIT = 24
MAX_LIMIT = 100

MESSAGES = (N_("Invalid input type."), N_("Not a valid boolean."))
_TOO_LONG = lazy_gettext("Must be at most {max} characters long.")
_OUT_OF_RANGE = lazy_gettext("Must be between {min} and {max}.")


class RequestSchema(Schema):
    """What a caller sends: a field that is not declared is refused."""

    class Meta:
        """Refuse unknown fields."""

        unknown = RAISE


class AnswerSchema(Schema):
    """What we answer: every declared field is always there, and no other."""

    class Meta:
        """Publish that there are no other fields."""

        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:  # noqa: ARG002 - marshmallow's signature
        """Publish every field as always present."""
        field_obj.required = True


class Text(fields.String):
    """A string that any database can keep: no NUL, no half of a surrogate pair."""

    def __init__(self, *, max_length: int = 200, **options: Any) -> None:
        validators = [validate.Length(max=max_length, error=_TOO_LONG), *options.pop("validate", [])]
        super().__init__(validate=validators, **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise self.make_error("invalid")
        return text


class Whole(fields.Integer):
    """A JSON integer between two bounds; "3" is not 3."""

    def __init__(self, *, minimum: int = 0, maximum: int = MAX_ID, **options: Any) -> None:
        bounds = validate.Range(min=minimum, max=maximum, error=_OUT_OF_RANGE)
        super().__init__(strict=True, validate=bounds, **options)


class QueryWhole(fields.Integer):
    """A whole number in a query, where everything is text."""

    def __init__(self, *, minimum: int = 0, maximum: int = MAX_ID, **options: Any) -> None:
        bounds = validate.Range(min=minimum, max=maximum, error=_OUT_OF_RANGE)
        super().__init__(validate=bounds, **options)

    def _validated(self, value: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,19}", value, re.ASCII):
            raise self.make_error("invalid", input=value)
        return int(value)


class QueryFlag(fields.Boolean):
    """``true`` or ``false`` in a query."""

    def __init__(self, **options: Any) -> None:
        super().__init__(truthy={"true", "1"}, falsy={"false", "0"}, **options)


class OneOf(Text):
    """One of a few words."""

    def __init__(self, choices: list[str], **options: Any) -> None:
        rule = validate.OneOf(choices, error=lazy_gettext("Must be one of: {choices}."))
        super().__init__(validate=[rule], **options)


class PagingSchema(RequestSchema):
    """Where a list starts and how much of it is wanted."""

    cursor = Text(
        max_length=MAX_CURSOR_LENGTH,
        metadata={"description": "`next_cursor` of the previous answer; leave it out for the first."},
    )
    limit = QueryWhole(
        minimum=1,
        maximum=MAX_LIMIT,
        load_default=DEFAULT_LIMIT,
        metadata={"description": "How many are wanted."},
    )


class PictureSourceSchema(AnswerSchema):
    """One format of a picture, ready for `<source type srcset>`."""

    type = fields.String(metadata={"example": "image/webp"})
    srcset = fields.String()


class PictureSchema(AnswerSchema):
    """A picture in several widths and formats, the best format first."""

    url = fields.Url(metadata={"description": "A rendition that every browser can show."})
    width = fields.Integer(metadata={"description": "Width of the original in pixels."})
    height = fields.Integer(metadata={"description": "Height of the original in pixels."})
    color = fields.String(
        metadata={"description": "A colour to show until it has loaded.", "example": "#d9c8ae"}
    )
    alt = fields.String(metadata={"description": "Text for those who do not see it; may be empty."})
    sources = fields.List(fields.Nested(PictureSourceSchema))


def list_of(schema: type[AnswerSchema], name: str) -> type[AnswerSchema]:
    """Return the schema of a list's answer: ``{"data": [...], "next_cursor": …}``."""
    members = {
        "data": fields.List(fields.Nested(schema)),
        "next_cursor": fields.String(
            allow_none=True,
            metadata={"description": "Pass it as `cursor` for what follows; null at the end."},
        ),
    }
    return type(name, (AnswerSchema,), {**members, "__doc__": "A part of a list."})


_MEDIA_TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}
MIDDLE_WIDTH = 640


def absolute_url(path: str) -> str:
    """Return the address of ``path`` as somebody on another site needs it."""
    return f"{settings().public_url}{path}"


def picture_body(picture: Mapping[str, Any] | None, alt: str) -> dict[str, Any] | None:
    """Return a kept picture as ``PictureSchema`` says; None where there is none."""
    if not picture:
        return None
    base, widths, formats = absolute_url(f"/media/{picture['key']}"), picture["widths"], picture["formats"]
    middle = min((width for width in widths if width >= MIDDLE_WIDTH), default=max(widths))
    return {
        "url": f"{base}-{middle}.{formats[-1]}",
        "width": picture["width"],
        "height": picture["height"],
        "color": picture["color"],
        "alt": alt,
        "sources": [
            {
                "type": _MEDIA_TYPES.get(form, f"image/{form}"),
                "srcset": ", ".join(f"{base}-{width}.{form} {width}w" for width in widths),
            }
            for form in formats
        ],
    }
