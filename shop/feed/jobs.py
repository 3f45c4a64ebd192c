"""What the worker does for posts: publishing them at their time."""

import datetime as dt
from collections.abc import Mapping

import structlog

from shop.core.outbox import ClaimedJob, Handler
from shop.feed.learning import LEARN_KINDS, refresh_kind_weights
from shop.feed.opening import TIDY_FEEDS, delete_old_feeds
from shop.feed.posting import PUBLISH_POST, publish_due_post
from shop.web.context import Runtime

log = structlog.get_logger(__name__)


def handlers(runtime: Runtime) -> Mapping[str, Handler]:
    """Return the handler of each kind of job that posts queue."""
    return {
        PUBLISH_POST: lambda job: publish_scheduled(runtime, job),
        LEARN_KINDS: lambda job: learn_kinds(runtime, job),
        TIDY_FEEDS: lambda _job: tidy_feeds(runtime),
    }


def publish_scheduled(runtime: Runtime, job: ClaimedJob) -> None:
    """Publish the post that ``job`` names if it is still meant for the job's time; done again it does nothing."""
    post_id, at = int(job.payload["post_id"]), dt.datetime.fromisoformat(str(job.payload["at"]))
    with runtime.database.transaction() as session:
        is_published = publish_due_post(session, post_id=post_id, at=at, now=runtime.clock.now())
    log.info("scheduled_post", post_id=post_id, is_published=is_published)


def learn_kinds(runtime: Runtime, job: ClaimedJob) -> None:
    """Learn anew what each kind of post is worth on the page that ``job`` names."""
    page_id = int(job.payload["page_id"])
    with runtime.database.transaction() as session:
        learned = refresh_kind_weights(session, page_id=page_id, now=runtime.clock.now())
    log.info("kinds_learned", page_id=page_id, kinds=len(learned))


def tidy_feeds(runtime: Runtime) -> None:
    """Put away the feeds that were opened days ago."""
    with runtime.database.transaction() as session:
        delete_old_feeds(session, now=runtime.clock.now())
