"""The errors that the stand-in answers, in the shape of https://docs.stripe.com/api/errors."""

from __future__ import annotations

from typing import Any

Obj = dict[str, Any]

DOCS = "https://docs.stripe.com/error-codes#"


class ApiError(Exception):
    """An answer other than 2xx.

    ``is_kept`` says that the work done before it must stay (a declined card leaves a failed charge behind), and
    that an idempotency key remembers the answer.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        decline_code: str | None = None,
        is_kept: bool = False,
        more: Obj | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.code = code
        self.param = param
        self.decline_code = decline_code
        self.is_kept = is_kept
        self.more = more or {}
        self.headers = headers or {}

    def body(self) -> Obj:
        """Return the JSON body: ``{"error": {...}}``; a field that has no value is left out, as Stripe does."""
        error: Obj = {"type": self.kind, "message": self.message}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = DOCS + self.code.replace("_", "-")
        if self.decline_code:
            error["decline_code"] = self.decline_code
        if self.param:
            error["param"] = self.param
        return {"error": error | self.more}


def invalid(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """Return a 400 that tells what is wrong with one parameter."""
    return ApiError(400, message, param=param, code=code)


def missing_param(param: str) -> ApiError:
    """Return the 400 for a parameter that must be there."""
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def not_found(kind: str, object_id: str, param: str = "id", status: int = 404) -> ApiError:
    """Return the error for an id that is nobody's: 404 in the address, 400 (pass it) in the body."""
    return ApiError(status, f"No such {kind}: '{object_id}'", code="resource_missing", param=param)


def unsupported(param: str, what: str | None = None) -> ApiError:
    """Return the 400 for something that Stripe has and the stand-in has not (it never pretends)."""
    name = what or f"`{param}`"
    return invalid(
        f"The Stripe stand-in does not do {name}. Stripe itself may; use a test key for it.", param
    )


def card_error(message: str, code: str, *, param: str | None = None) -> ApiError:
    """Return the 402 for a card that was refused at entry (nothing was charged)."""
    return ApiError(402, message, kind="card_error", code=code, param=param)
