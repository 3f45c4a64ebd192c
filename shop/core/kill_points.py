"""Named places in the code path at which a drill kills a process from outside; docs/drills.md tells how.

Outside a drill ``reach`` looks at one variable and returns. ``arm`` is called once, when a process builds
its runtime, and only if the setting ``KILL_POINTS_DIR`` names a directory, which ``load_settings`` refuses
wherever real money or real visitors could be. No request can arm anything.

A drill arms a point by a file ``armed/<point>@<n>`` in that directory: the n-th passing of the point renames
it to ``stopped/<point>@<pid>`` and stays there until that process is killed. Renaming is atomic, so of
several threads and processes exactly one stops.
"""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

POINTS: Mapping[str, str] = {
    "customer.after_call": "Stripe has made the follower's customer; its id is not written down",
    "placement.before_commit": "the order is written and its stock taken; nothing is committed",
    "placement.committed": "the order waits for payment; Stripe has not been asked for its session",
    "session.before_call": "Stripe is about to be asked for the order's session",
    "session.after_call": "Stripe has made the session; its id is not written down",
    "session.saved": "the session is written down; nobody has been sent there",
    "redirect.before_answer": "the buyer's answer, which leads to the payment page, is about to leave",
    "webhook.received": "an event's signature is good; nothing of it is kept",
    "webhook.applied": "an event is kept and applied; nothing is committed",
    "webhook.committed": "an event is committed; Stripe has no answer",
    "paid.before_commit": "the order is paid, its mails are queued; nothing is committed",
    "refresh.before_call": "the return page or the sweeper is about to ask Stripe how a session stands",
    "refresh.after_call": "Stripe has said how a session stands; nothing of it is applied",
    "refresh.applied": "what Stripe said is committed; the return page has not answered",
    "expiry.before_call": "an unpaid order's session is about to be expired at Stripe",
    "expiry.after_call": "the session is expired at Stripe; the order still holds its stock",
    "expiry.released": "the order is closed and its stock given back",
    "fulfilment.before_commit": "a parcel is written; nothing is committed",
    "fulfilment.committed": "a parcel is committed; the admin has no answer",
    "refund.before_commit": "a refund is reserved on the order; nothing is committed",
    "refund.reserved": "a refund is committed; the admin has no answer and Stripe was not asked",
    "refund.before_call": "Stripe is about to be asked for a refund",
    "refund.after_call": "Stripe has made the refund; its answer is not applied",
    "refund.applied": "the refund's answer is committed; its job is not done",
    "job.claimed": "the worker holds a job's lease and has done nothing",
    "job.handled": "the job's work is done; the job still waits",
    "job.settled": "the job is marked as done",
    "mail.rendered": "a mail is written out; its server was not spoken to",
    "mail.connected": "the mail's server has greeted; it has nothing of the mail",
    "mail.accepted": "the mail's server has said 250; the mail is not marked as sent",
    "mail.marked": "the mail is marked as sent; its job is not done",
}
"""Every point, in the order of an order's life, and what has happened by then."""

ARMED, STOPPED, PASSED = "armed", "stopped", "passed"
LONG_S = 60.0

_stop: Callable[[str], None] | None = None


def reach(point: str) -> None:
    """Say that the code path is at ``point``; returns at once unless a drill has armed it."""
    if _stop is not None:
        _stop(point)


def arm(directory: Path) -> None:
    """Let this process stop at the points that are armed in ``directory``, and note there which it passes."""
    global _stop  # noqa: PLW0603 - one switch for the process, so that it costs one look when off
    for name in (ARMED, STOPPED, PASSED):
        (directory / name).mkdir(parents=True, exist_ok=True)

    def stop(point: str) -> None:
        if point not in POINTS:
            raise KeyError(point)
        (directory / PASSED / point).touch()
        if _is_claimed(directory, point):
            while True:  # until the process is killed
                time.sleep(LONG_S)

    _stop = stop


def disarm() -> None:
    """Pass all points again without a look."""
    global _stop  # noqa: PLW0603
    _stop = None


def _is_claimed(directory: Path, point: str) -> bool:
    """Count one passing of an armed point; return whether it was the one to stop at."""
    while True:
        armed = next((directory / ARMED).glob(f"{point}@*"), None)
        if armed is None:
            return False
        left = int(armed.name.rpartition("@")[2])
        if left > 1:
            target = armed.with_name(f"{point}@{left - 1}")
        else:
            target = directory / STOPPED / f"{point}@{os.getpid()}"
        try:
            armed.rename(target)
        except FileNotFoundError:
            continue  # somebody else counted at the same moment
        return left <= 1
