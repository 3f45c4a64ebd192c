"""What the worker does for invitations: forgetting whom they met long ago."""

from collections.abc import Mapping

import structlog

from shop.core.outbox import Handler
from shop.like_invitations.service import FORGET_VISITORS, forget_old_visitors
from shop.web.context import Runtime

log = structlog.get_logger(__name__)


def handlers(runtime: Runtime) -> Mapping[str, Handler]:
    """Return the handler of each kind of job that invitations queue."""
    return {FORGET_VISITORS: lambda _job: forget_visitors(runtime)}


def forget_visitors(runtime: Runtime) -> None:
    """Delete the rows that have been kept long enough; done again it finds none."""
    with runtime.database.transaction() as session:
        forgotten = forget_old_visitors(session, now=runtime.clock.now())
    log.info("invited_visitors_forgotten", count=forgotten)
