"""Answers that stay true as long as a page's version does."""

from typing import Any

from flask import Response, jsonify, request

from shop.core.ids import hash_token
from shop.web.locale import language

CACHE_CONTROL = "public, max-age=0, must-revalidate"


class AnswerTag:
    """The ETag of this request's answer while ``version`` lasts.

    Address and language are part of it, so callers only bring what can change. Read the version before
    what it stands for: the other way round an older answer could be kept under a newer tag.
    """

    def __init__(self, version: object) -> None:
        self._tag = hash_token(f"{request.full_path}\n{language()}\n{version}")[:32]

    @property
    def is_known(self) -> bool:
        """Whether the caller has this very answer."""
        return request.if_none_match.contains_weak(self._tag)

    def not_modified(self) -> Response:
        """Return a 304."""
        return self._tagged(Response(status=304))

    def answer(self, body: dict[str, Any]) -> Response:
        """Return ``body`` as JSON, to be kept and asked for again under this tag."""
        return self._tagged(jsonify(body))

    def _tagged(self, response: Response) -> Response:
        response.set_etag(self._tag, weak=True)
        response.headers["Cache-Control"] = CACHE_CONTROL
        response.vary.add("Accept-Language")
        return response
