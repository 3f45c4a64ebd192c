"""``Idempotency-Key`` on requests that create something."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

import structlog
from flask import Response, request
from flask_limiter.util import get_remote_address
from sqlalchemy.exc import SQLAlchemyError

from shop.core.idempotency import KeptAnswer, TakenKey, complete_key, give_key_back, take_key
from shop.core.ids import hash_token
from shop.web.context import database, now
from shop.web.rest.problems import BadIdempotencyKey

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotent-Replayed"
MAX_KEY_LENGTH = 255

log = structlog.get_logger(__name__)


def once_per_key(view: Callable[..., Response]) -> Callable[..., Response]:
    """Make ``view`` do its work once per key: the same request again gets the first one's answer.

    Without the header the view just runs. A key belongs to its path and to the bearer token, or,
    where there is none yet, to the client's address.
    """

    @wraps(view)
    def run_once(*args: Any, **kwargs: Any) -> Response:
        if HEADER not in request.headers:
            return view(*args, **kwargs)
        scope, body = _scope_hash(_read_key()), _body_hash()
        with database().transaction() as session:
            taken = take_key(session, scope_hash=scope, body_hash=body, now=now())
        if isinstance(taken, KeptAnswer):
            return _replay(taken)
        try:
            response = view(*args, **kwargs)
        except BaseException:
            _give_back(taken)
            raise
        if response.status_code < HTTPStatus.BAD_REQUEST:
            kept = KeptAnswer(
                response.status_code, response.get_data(as_text=True), response.headers.get("Location")
            )
            with database().transaction() as session:
                complete_key(session, key=taken, answer=kept)
        else:
            _give_back(taken)
        return response

    return run_once


def _read_key() -> str:
    key = request.headers[HEADER].strip()
    if not (0 < len(key) <= MAX_KEY_LENGTH and key.isascii() and key.isprintable()):
        raise BadIdempotencyKey
    return key


def _scope_hash(key: str) -> str:
    who = request.headers.get("Authorization") or f"address {get_remote_address()}"
    return hash_token(f"{who}\n{request.method}\n{request.path}\n{key}")


def _body_hash() -> str:
    return hash_token(request.get_data(cache=True).decode("latin-1"))


def _replay(kept: KeptAnswer) -> Response:
    response = Response(kept.body, kept.status, mimetype="application/json")
    response.headers[REPLAYED_HEADER] = "true"
    if kept.location is not None:
        response.headers["Location"] = kept.location
    return response


def _give_back(key: TakenKey) -> None:
    try:
        with database().transaction() as session:
            give_key_back(session, key=key)
    except SQLAlchemyError:
        # The request's own error matters more; the lease runs out by itself.
        log.warning("idempotency_key_not_given_back", exc_info=True)
