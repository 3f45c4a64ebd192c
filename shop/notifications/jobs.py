"""What the worker does for notifications."""

import datetime as dt
from collections.abc import Mapping

from shop.core.outbox import ClaimedJob, Handler
from shop.notifications.digests import write_digest
from shop.notifications.reading import BATCH, PURGE_NOTIFICATIONS, purge_read
from shop.notifications.service import WRITE_DIGEST
from shop.web.context import Runtime


def handlers(runtime: Runtime) -> Mapping[str, Handler]:
    """Return the handler of each kind of job that notifications queue."""

    def digest(job: ClaimedJob) -> None:
        account_id, day = job.subject.split(":")
        with runtime.database.transaction() as session:
            write_digest(
                session, account_id=int(account_id), day=dt.date.fromisoformat(day), now=runtime.clock.now()
            )

    def purge(_job: ClaimedJob) -> None:
        is_more = True
        while is_more:
            # A transaction a batch, so that on SQLite nobody waits long to write.
            with runtime.database.transaction() as session:
                is_more = purge_read(session, now=runtime.clock.now()) == BATCH

    return {WRITE_DIGEST: digest, PURGE_NOTIFICATIONS: purge}
