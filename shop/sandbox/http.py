"""The API's edge: keys, idempotency, parameters in, JSON out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, current_app, request

from shop.sandbox.call import Call, Operation, api
from shop.sandbox.errors import ApiError, Obj
from shop.sandbox.events import API_VERSION
from shop.sandbox.jobs import KEY_LIFE
from shop.sandbox.lists import expand, public
from shop.sandbox.params import Fields, Listing, Text, request_params
from shop.sandbox.store import Store, Tx, dumps
from shop.sandbox.wire import fingerprint, parse_form

MAX_KEY = 255
_TEST_KEYS = ("sk_test_", "rk_test_")
_LIVE_KEYS = ("sk_live_", "rk_live_")


class KeysInUse:
    """The idempotency keys of the calls that are running now."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        """Hold a key for the time of a call.

        Raises:
            ApiError: 409, when another call holds it.
        """
        with self._lock:
            if key in self._keys:
                raise ApiError(
                    409,
                    f"There is currently another in-progress request using this Idempotent Key (that probably means you "
                    f"submitted twice, and the other request is still going through): {key}. Please try again later.",
                    code="idempotency_key_in_use",
                )
            self._keys.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(key)


def check_key() -> None:
    """Let any test key in.

    Raises:
        ApiError: 401 without a key or with one that is none, and with a live key, which has no business here.
    """
    given = request.authorization
    key = ""
    if given is not None:
        key = (given.token or "") if given.type == "bearer" else str(given.get("username") or "")
    if not key:
        raise ApiError(
            401,
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer "
            "auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). Any key that begins with sk_test_ will do here.",
        )
    if key.startswith(_LIVE_KEYS):
        raise ApiError(
            401, "This is a stand-in for Stripe's test mode: it refuses live keys (sk_live_…). Use sk_test_…."
        )
    if not key.startswith(_TEST_KEYS):
        raise ApiError(
            401, f"Invalid API Key provided: {key[:8]}{'*' * 8}. It must begin with sk_test_ or rk_test_."
        )


def answer(path: str) -> Response:
    """Answer one API call."""
    store: Store = current_app.extensions["sandbox"].store
    request_id = store.ids.new("req_")
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    is_replayed, original = False, None
    try:
        check_key()
        operation, ids = _operation(path)
        body = request.get_data(as_text=True)
        if request.method == "GET":
            text = request.query_string.decode()
            with store.reading() as tx:
                status, content = 200, _run(tx, operation, ids, text, path)
        else:
            text = body or request.query_string.decode()
            status, content, original = _change(store, operation, ids, text, path, request_id, key)
            is_replayed = original is not None
    except ApiError as error:
        status, content = error.status, dumps(error.body())
    response = Response(content, status, mimetype="application/json")
    response.headers["Request-Id"] = request_id
    response.headers["Stripe-Version"] = request.headers.get("Stripe-Version", API_VERSION)
    if key:
        response.headers["Idempotency-Key"] = key
    if is_replayed:
        response.headers["Idempotent-Replayed"] = "true"
        response.headers["Original-Request"] = original or ""
    return response


def _operation(path: str) -> tuple[Operation, tuple[str, ...]]:
    found = api.find(request.method, path)
    if found is None:
        methods = ", ".join(api.methods(path))
        hint = (
            f"This address takes {methods}."
            if methods
            else "The stand-in does not have this address; Stripe may."
        )
        raise ApiError(
            404,
            f"Unrecognized request URL ({request.method}: {path}). {hint} Please see https://stripe.com/docs.",
        )
    return found


def _run(tx: Tx, operation: Operation, ids: tuple[str, ...], text: str, path: str) -> str:
    raw = parse_form(text)
    params = raw if operation.is_open else _known(operation).read(raw, "")
    paths = params.pop("expand", [])
    call = Call(tx, ids, params, path, current_app.extensions["sandbox"].public_url)
    result = public(operation.handler(call))
    if result.get("object") == "list":
        result["data"] = [public(one) for one in result["data"]]
    if isinstance(paths, dict):
        paths = Listing(Text()).read(paths, "expand")
    return dumps(expand(tx, result, paths) if paths else result)


def _known(operation: Operation) -> Fields:
    fields = request_params(operation.params) if operation.params else Fields({"expand": Listing(Text())})
    if not operation.extra:
        return fields
    return Fields(fields.known | operation.extra, fields.required)


def _change(
    store: Store,
    operation: Operation,
    ids: tuple[str, ...],
    text: str,
    path: str,
    request_id: str,
    key: str | None,
) -> tuple[int, str, str | None]:
    """Run a changing call; returns its status, its body and, when it was replayed, the first call's request id."""
    if key is None:
        status, content = _once(store, operation, ids, text, path, request_id, None, "")
        return status, content, None
    if len(key) > MAX_KEY:
        raise ApiError(
            400, f"Idempotency keys can be at most {MAX_KEY} characters.", kind="idempotency_error"
        )
    mark = fingerprint(request.method, path, text)
    keys: KeysInUse = current_app.extensions["sandbox"].keys
    with keys.held(key):
        with store.reading() as tx:
            saved = tx.sql.execute(
                "SELECT fingerprint, status, answer, request_id FROM idempotency WHERE key = ? AND created_at > ?",
                (key, tx.now - KEY_LIFE),
            ).fetchone()
        if saved is None:
            status, content = _once(store, operation, ids, text, path, request_id, key, mark)
            return status, content, None
    if saved[0] != mark:
        raise ApiError(
            400,
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using "
            f"a key other than '{key}' if you meant to execute a different request.",
            kind="idempotency_error",
        )
    return saved[1], saved[2], saved[3]


def _once(
    store: Store,
    operation: Operation,
    ids: tuple[str, ...],
    text: str,
    path: str,
    request_id: str,
    key: str | None,
    mark: str,
) -> tuple[int, str]:
    """Run a handler in the one transaction that also keeps the idempotency key's answer."""
    with store.writing() as tx:
        tx.request_id, tx.idempotency_key = request_id, key
        status = 200
        try:
            content = _run(tx, operation, ids, text, path)
        except ApiError as error:
            if not error.is_kept:
                raise
            status, content = error.status, dumps(error.body())
        if key:
            values: tuple[Any, ...] = (key, mark, request_id, status, content, tx.now)
            tx.sql.execute("INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?)", values)
            tx.sql.execute("DELETE FROM idempotency WHERE created_at < ?", (tx.now - KEY_LIFE,))
    return status, content


def error_response(error: ApiError) -> tuple[Obj, int]:
    """Return an error for the addresses that are not the API's."""
    return error.body(), error.status
