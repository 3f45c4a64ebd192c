"""What the worker does for the catalogue: imports, and the pictures that they named by address."""

from collections.abc import Mapping

import structlog

from shop.catalog.import_jobs import IsStopping, never_stopping
from shop.catalog.import_jobs import handlers as import_handlers
from shop.catalog.import_pictures import (
    FETCH_PICTURE,
    WantedPicture,
    attach_picture,
    fail_picture,
    find_wanted_picture,
)
from shop.catalog.picture_fetch import FetchFailed, PictureFetcher
from shop.core.outbox import ClaimedJob, Handler
from shop.core.pictures import BadPicture, process_picture, store_picture
from shop.web.context import Runtime

MAX_TRIES = 5
"""Temporary failures are tried again for some minutes; the next import tries anew."""

log = structlog.get_logger(__name__)


def handlers(
    runtime: Runtime,
    fetcher: PictureFetcher | None = None,
    is_stopping: IsStopping = never_stopping,
) -> Mapping[str, Handler]:
    """Return the handler of each kind of job that the catalogue queues.

    When ``is_stopping`` says so, a long one stops where it can go on later.
    """
    chosen = fetcher or PictureFetcher()
    return {
        FETCH_PICTURE: lambda job: fetch_picture(runtime, chosen, job),
        **import_handlers(runtime, is_stopping),
    }


def fetch_picture(runtime: Runtime, fetcher: PictureFetcher, job: ClaimedJob) -> None:
    """Fetch, check, store and attach one picture; what cannot be had is remembered as a warning.

    The network and the encoding are outside of any transaction.
    """
    with runtime.database.reading() as session:
        wanted = find_wanted_picture(
            session, product_id=int(job.payload["product_id"]), url=str(job.payload["url"])
        )
    if wanted is None:
        return
    try:
        picture = store_picture(runtime.files, process_picture(fetcher.fetch(wanted.url)))
    except FetchFailed as failed:
        if not failed.is_final and job.attempts < MAX_TRIES:
            raise
        _give_up(runtime, wanted, failed.msgid, failed.params)
    except BadPicture as bad:
        _give_up(runtime, wanted, bad.msgid, bad.params)
    else:
        with runtime.database.transaction() as session:
            attach_picture(session, wanted=wanted, picture=picture, now=runtime.clock.now())


def _give_up(runtime: Runtime, wanted: WantedPicture, problem: str, params: Mapping[str, object]) -> None:
    log.warning("picture_not_fetched", product_id=wanted.product_id, url=wanted.url, problem=problem % params)
    with runtime.database.transaction() as session:
        fail_picture(session, wanted=wanted, problem=problem, params=params, now=runtime.clock.now())
