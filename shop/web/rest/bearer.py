"""The token of a cart or an order, from ``Authorization: Bearer …`` (RFC 6750) and nowhere else."""

from flask import request

from shop.web.rest.problems import MissingToken

MAX_TOKEN_LENGTH = 500


def bearer_token() -> str:
    """Return this request's token, or raise MissingToken."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if kind.lower() != "bearer" or not token or not token.isascii() or len(token) > MAX_TOKEN_LENGTH:
        raise MissingToken
    return token
