"""The errors of Stripe's SDK, told in the shop's own words."""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe
import structlog

from shop.payments.gateway import GatewayMissing, GatewayRefused, GatewayUnauthorized, GatewayUnavailable

TOO_MANY_REQUESTS, FIRST_SERVER_ERROR, CONFLICT, NOT_FOUND = 429, 500, 409, 404

log = structlog.get_logger(__name__)


@contextmanager
def translated() -> Iterator[None]:
    """Raise the shop's errors for the SDK's."""
    try:
        yield
    except stripe.APIConnectionError as error:
        log.warning("stripe_unreachable", error=str(error))
        raise GatewayUnavailable from error
    except stripe.StripeError as error:
        log.warning("stripe_refused", status=error.http_status, code=error.code, error=str(error))
        raise _translate(error) from error


def _translate(error: stripe.StripeError) -> Exception:
    status = error.http_status or FIRST_SERVER_ERROR
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        # Our key is wrong, not the buyer's order: keep it, so that it can be paid once that is mended.
        return GatewayUnauthorized(
            error.user_message or str(error), is_permission=isinstance(error, stripe.PermissionError)
        )
    if status in (TOO_MANY_REQUESTS, CONFLICT) or status >= FIRST_SERVER_ERROR:
        return GatewayUnavailable()
    # An idempotency error has its code only inside (seen with SDK 16.1).
    code = error.code or (error.error.code if error.error else None)
    kind = GatewayMissing if status == NOT_FOUND else GatewayRefused
    return kind(error.user_message or str(error), stripe_code=code, param=getattr(error, "param", None))
