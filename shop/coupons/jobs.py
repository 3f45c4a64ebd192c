"""What the worker does for coupons: taking the tab off a page when its last one ends."""

from collections.abc import Mapping

import structlog

from shop.core.outbox import ClaimedJob, Handler
from shop.coupons.service import LOOK_AT_TAB, update_tab
from shop.page.service import raise_version
from shop.web.context import Runtime

log = structlog.get_logger(__name__)


def handlers(runtime: Runtime) -> Mapping[str, Handler]:
    """Return the handler of each kind of job that coupons queue."""
    return {LOOK_AT_TAB: lambda job: look_at_tab(runtime, job)}


def look_at_tab(runtime: Runtime, job: ClaimedJob) -> None:
    """Bring a page's Coupons tab up to date at a coupon's end; done again it changes nothing more."""
    page_id = int(job.payload["page_id"])
    with runtime.database.transaction() as session:
        is_changed = update_tab(session, page_id=page_id, now=runtime.clock.now())
        if is_changed:
            raise_version(session, page_id)
    log.info("coupons_tab_looked_at", page_id=page_id, is_changed=is_changed)
