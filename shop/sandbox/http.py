"""The API's edge: keys, idempotency, parameters in, JSON out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Response, current_app, request

from shop.sandbox import faults
from shop.sandbox.absent import no_such_address
from shop.sandbox.call import Call, Operation, api
from shop.sandbox.errors import ApiError
from shop.sandbox.events import API_VERSION
from shop.sandbox.honoured import check_honoured
from shop.sandbox.jobs import KEY_LIFE
from shop.sandbox.lists import expand, public
from shop.sandbox.params import Fields, Listing, Text, request_params
from shop.sandbox.store import Store, Tx, dumps
from shop.sandbox.versions import as_of, checked_version, modern
from shop.sandbox.wire import fingerprint, parse_form

MAX_KEY = 255
# Its table is in `session_params`, which its handler asks.
NEW_SESSION = "checkout.SessionCreateParams"
_TEST_KEYS = ("sk_test_", "rk_test_")
_LIVE_KEYS = ("sk_live_", "rk_live_")
_ASKS_FOR_KEY = {"WWW-Authenticate": 'Basic realm="Stripe"'}


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
                    headers={"Stripe-Should-Retry": "true"},
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
            headers=_ASKS_FOR_KEY,
        )
    if key.startswith("pk_"):
        raise ApiError(
            401,
            "This API call cannot be made with a publishable API key. Please use a secret API key (here any that begins "
            "with sk_test_).",
            code="secret_key_required",
        )
    if key.startswith(_LIVE_KEYS):
        raise ApiError(
            401, "This is a stand-in for Stripe's test mode: it refuses live keys (sk_live_…). Use sk_test_…."
        )
    if not key.startswith(_TEST_KEYS):
        raise ApiError(
            401,
            f"Invalid API Key provided: {key[:8]}{'*' * 8}. It must begin with sk_test_ or rk_test_.",
            headers=_ASKS_FOR_KEY,
        )


@dataclass
class Asked:
    """One API call as it came, its address already found."""

    operation: Operation
    ids: tuple[str, ...]
    path: str
    text: str
    request_id: str
    key: str | None
    version: str = API_VERSION

    @property
    def mark(self) -> str:
        """What an idempotency key is bound to."""
        return fingerprint(self.operation.method, self.path, self.text)


@dataclass
class Answer:
    """What goes back; ``original`` is the first call's request id when this is its replay."""

    status: int
    content: str
    original: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


def answer(path: str) -> tuple[Response | None, bool]:
    """Return the answer of one API call (None when nothing was done), and whether a fault on demand loses it."""
    sandbox = current_app.extensions["sandbox"]
    request_id = sandbox.store.ids.new("req_")
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    version = request.headers.get("Stripe-Version", API_VERSION)
    try:
        check_key()
        fault = sandbox.faults.strike_call(faults.BEFORE, request.method, path)
        if fault:
            if fault.kind == "timeout_before":
                sandbox.closing.wait(fault.seconds)
                return None, True
            raise faults.refusal(fault)
        result = _answer(sandbox.store, _asked(path, request_id, key, version))
    except ApiError as error:
        result = Answer(error.status, dumps(error.body()), headers=error.headers)
    response = _response(result, request_id, version, key)
    fault = sandbox.faults.strike_call(faults.AFTER, request.method, path)
    if fault and fault.kind == "timeout_after":
        sandbox.closing.wait(fault.seconds)
    return response, fault is not None


def _response(result: Answer, request_id: str, version: str, key: str | None) -> Response:
    response = Response(result.content, result.status, mimetype="application/json")
    response.headers["Request-Id"] = request_id
    response.headers["Stripe-Version"] = version
    if key:
        response.headers["Idempotency-Key"] = key
        response.headers["Original-Request"] = result.original or request_id
    if result.original:
        response.headers["Idempotent-Replayed"] = "true"
    response.headers.update(result.headers)
    return response


def _asked(path: str, request_id: str, key: str | None, version: str) -> Asked:
    found = api.find(request.method, path)
    if found is None:
        raise no_such_address(request.method, path, api.methods(path))
    return Asked(*found, path, _parameters(), request_id, key, checked_version(version))


def _parameters() -> str:
    """Return the form that a call brings, whether in its address or in its body (curl sends GET ones there, too)."""
    body = request.get_data(as_text=True)
    if body and request.mimetype not in ("application/x-www-form-urlencoded", ""):
        raise ApiError(
            400,
            "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any "
            "questions, we can help at https://support.stripe.com/.",
        )
    return "&".join(part for part in (request.query_string.decode(errors="replace"), body) if part)


def _answer(store: Store, asked: Asked) -> Answer:
    if asked.operation.method == "GET":
        with store.reading() as tx:
            return Answer(200, _run(tx, asked))
    if asked.key is None:
        return _once(store, asked)
    if len(asked.key) > MAX_KEY:
        raise ApiError(
            400, f"Idempotency keys can be at most {MAX_KEY} characters.", kind="idempotency_error"
        )
    keys: KeysInUse = current_app.extensions["sandbox"].keys
    with keys.held(asked.key):
        return _replay(store, asked, asked.key) or _once(store, asked)


def _replay(store: Store, asked: Asked, key: str) -> Answer | None:
    """Return the kept answer of an idempotency key, or None when it is new or older than a day."""
    with store.reading() as tx:
        saved = tx.sql.execute(
            "SELECT fingerprint, status, answer, request_id FROM idempotency WHERE key = ? AND created_at > ?",
            (key, tx.now - KEY_LIFE),
        ).fetchone()
    if saved and saved[0] != asked.mark:
        raise ApiError(
            400,
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try "
            f"using a key other than '{key}' if you meant to execute a different request.",
            kind="idempotency_error",
        )
    return Answer(*saved[1:]) if saved else None


def _once(store: Store, asked: Asked) -> Answer:
    """Run a handler in the one transaction that also keeps the idempotency key's answer."""
    with store.writing() as tx:
        tx.request_id, tx.idempotency_key = asked.request_id, asked.key
        try:
            result = Answer(200, _run(tx, asked))
        except ApiError as error:
            if not error.is_kept:
                raise
            result = Answer(error.status, dumps(error.body()))
        if asked.key:
            values = (asked.key, asked.mark, asked.request_id, result.status, result.content, tx.now)
            tx.sql.execute("INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?)", values)
            tx.sql.execute("DELETE FROM idempotency WHERE created_at < ?", (tx.now - KEY_LIFE,))
    return result


def _run(tx: Tx, asked: Asked) -> str:
    raw = modern(parse_form(asked.text), asked.path, asked.version)
    params = raw if asked.operation.is_open else _known(asked.operation).read(raw, "")
    paths = params.pop("expand", [])
    if not isinstance(paths, list):
        paths = Listing(Text()).read(paths, "expand")
    if not asked.operation.is_open and asked.operation.params != NEW_SESSION:
        params = check_honoured(asked.operation.params, params)
    call = Call(tx, asked.ids, params, asked.path, current_app.extensions["sandbox"].public_url)
    result = asked.operation.handler(call)
    if paths:
        return dumps(as_of(tx, expand(tx, result, paths), asked.version))
    if result.get("object") in ("list", "search_result"):
        result["data"] = [public(one) for one in result["data"]]
    return dumps(as_of(tx, public(result), asked.version))


def _known(operation: Operation) -> Fields:
    fields = request_params(operation.params) if operation.params else Fields({"expand": Listing(Text())})
    return Fields(fields.known | operation.extra, fields.required) if operation.extra else fields
