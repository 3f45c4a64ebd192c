"""What the worker does for checkouts."""

import datetime as dt
from collections.abc import Mapping

from shop.checkout.desk import Desk
from shop.checkout.expiry import settle_order
from shop.checkout.placement import SETTLE_ORDER
from shop.checkout.refund_rows import ASK_REFUND, SYNC_REFUNDS
from shop.checkout.refunds import ask_refund, sync_refunds
from shop.core.outbox import ClaimedJob, Handler, RetryLater
from shop.payments.gateway import Gateway, GatewayUnavailable
from shop.payments.models import RefundStatus
from shop.web.context import Runtime

OUTAGE_RETRY = dt.timedelta(minutes=1)
REFUND_INTERVAL = dt.timedelta(hours=1)


def desk_of(runtime: Runtime, gateway: Gateway) -> Desk:
    """Return the desk of an application."""
    return Desk(runtime.database, gateway, runtime.signer, runtime.settings.public_url)


def handlers(runtime: Runtime, gateway: Gateway) -> Mapping[str, Handler]:
    """Return the handler of each kind of job that a checkout queues."""
    desk = desk_of(runtime, gateway)

    def settle(job: ClaimedJob) -> None:
        try:
            again = settle_order(desk, int(job.subject), now=runtime.clock.now())
        except GatewayUnavailable:
            # An outage is no fault of the job's: it must still be there when Stripe is back.
            raise RetryLater(OUTAGE_RETRY) from None
        if again is not None:
            raise RetryLater(again)

    def refund(job: ClaimedJob) -> None:
        try:
            status = ask_refund(desk, int(job.subject), now=runtime.clock.now())
        except GatewayUnavailable:
            raise RetryLater(OUTAGE_RETRY) from None
        if status is RefundStatus.PENDING:
            raise RetryLater(REFUND_INTERVAL)

    def sync(job: ClaimedJob) -> None:
        try:
            sync_refunds(desk, job.payload["order_id"], now=runtime.clock.now())
        except GatewayUnavailable:
            raise RetryLater(OUTAGE_RETRY) from None

    return {SETTLE_ORDER: settle, ASK_REFUND: refund, SYNC_REFUNDS: sync}
