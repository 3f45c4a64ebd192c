"""The drills' server and worker: the product's own, but for a clock that the drill can turn forwards.

``granian tests.drills.entry:app`` is the server; ``python -m tests.drills.entry`` is the worker, which with
``DRILL_WITHOUT=<kind of job>`` leaves jobs of that kind alone.
"""

import os
import time
from pathlib import Path

from shop.app import build_runtime, create_app
from shop.core.config import load_settings
from shop.core.log import configure_logging
from shop.core.outbox import Worker
from shop.worker import IDLE_S, job_handlers, run_forever
from tests.drills.turned_clock import DrillClock

settings = load_settings()
configure_logging(level=settings.log_level, style=settings.log_format)
app = create_app(build_runtime(settings, DrillClock(Path(os.environ["DRILL_CLOCK"]))))


def work() -> None:
    """Run the product's worker, or one that has no handler of the kind ``DRILL_WITHOUT``."""
    without = os.environ.get("DRILL_WITHOUT")
    if not without:
        run_forever(app)
        return
    runtime = app.extensions["vitrine"]
    handlers = {kind: handler for kind, handler in job_handlers(app).items() if kind != without}
    assert len(handlers) == len(job_handlers(app)) - 1, without
    worker = Worker(runtime.database, runtime.clock, handlers)
    while True:
        if not worker.run_due(limit=1):
            time.sleep(IDLE_S)


if __name__ == "__main__":
    work()
