"""The shape of a problem."""

from marshmallow import INCLUDE, Schema, fields


class FieldErrorSchema(Schema):
    """What is wrong with one field of the request."""

    detail = fields.String(required=True, metadata={"description": "A sentence in the caller's language."})
    pointer = fields.String(metadata={"description": "The field of the body, as a JSON pointer."})
    parameter = fields.String(metadata={"description": "The parameter of the query."})


class ProblemSchema(Schema):
    """An error (RFC 9457). Act on `code`, which is stable; show `title`, which is translated."""

    class Meta:
        """Some problems bring members of their own."""

        unknown = INCLUDE

    type = fields.String(required=True, metadata={"example": "about:blank"})
    status = fields.Integer(required=True, metadata={"description": "The HTTP status again."})
    code = fields.String(required=True, metadata={"description": "Stable, for programs."})
    title = fields.String(required=True, metadata={"description": "For people, in their language."})
    detail = fields.String(metadata={"description": "A longer sentence, where there is one."})
    errors = fields.List(fields.Nested(FieldErrorSchema), metadata={"description": "With `invalid`."})
    variant_id = fields.Integer(metadata={"description": "With `out_of_stock`: what there is too little of."})
    left = fields.Integer(metadata={"description": "With `out_of_stock`: how many can still be had."})
    total = fields.Integer(metadata={"description": "With `total_changed`: today's total."})
