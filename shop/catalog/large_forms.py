"""Reads forms with very many fields and files whole.

Werkzeug parses multipart bodies in chunks of 64 KiB, and when a chunk ends beside an empty field it
reads the next fields into that one (pallets/werkzeug issue 3285, still open in 3.1.9). A grid of 250
variants is full of empty fields, so its body is parsed as one chunk; the size limit of the
application holds all the same.
"""

import io

from flask import request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header


def read_large_form(*, max_parts: int) -> tuple["MultiDict[str, str]", "MultiDict[str, FileStorage]"]:
    """Return the fields and files of this request, at most ``max_parts`` together.

    BadRequest when a multipart body cannot be read, RequestEntityTooLarge when it has more parts.
    """
    content_type, options = parse_options_header(request.content_type)
    if content_type != "multipart/form-data":
        return request.form, request.files
    body = request.get_data(cache=False)
    boundary = options.get("boundary", "").encode("latin-1", "replace")
    if not boundary:
        raise BadRequest
    parser = MultiPartParser(max_form_parts=max_parts, buffer_size=len(body) + 1)
    try:
        return parser.parse(io.BytesIO(body), boundary, len(body))
    except ValueError:
        raise BadRequest from None
