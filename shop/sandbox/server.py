"""Running the stand-in as its own process, on granian."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from multiprocessing.util import Finalize

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from shop.sandbox.app import create_app

# One process: the courier, the write lock and the keys in use live in it. Threads, since calls wait on each other.
THREADS = 32
_SETTINGS = "VITRINE_SANDBOX"


def serve(
    host: str,
    port: int,
    database: str,
    webhooks: Sequence[tuple[str, str]] = (),
    *,
    public_url: str | None = None,
    seed: int | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        host: address to listen on.
        port: to listen on.
        database: path of the SQLite file; ``:memory:`` forgets all at the end.
        webhooks: pairs of an address and a ``whsec_…`` secret.
        public_url: where browsers reach it, when that is not ``http://host:port``.
        seed: makes ids repeatable.
    """
    url = public_url or f"http://{_shown(host)}:{port}"
    # granian starts its worker as a fresh process, which reads its settings from the environment.
    os.environ[_SETTINGS] = json.dumps(
        {"database": database, "public_url": url, "webhooks": list(webhooks), "seed": seed}
    )
    print(f"Stripe stand-in on {url} (state in {database})", flush=True)  # noqa: T201
    Server(
        "shop.sandbox.server:build",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        backpressure=THREADS * 8,
        # Its warnings are about the number of threads, which is meant.
        log_level=LogLevels.error,
        workers_kill_timeout=15,
    ).serve()


def _shown(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else f"[{host}]" if ":" in host else host  # noqa: S104


def build() -> Flask:
    """Return the application of granian's worker, with the settings that ``serve`` left in the environment."""
    settings = json.loads(os.environ[_SETTINGS])
    app = create_app(
        settings["database"],
        public_url=settings["public_url"],
        webhooks=[(url, secret) for url, secret in settings["webhooks"]],
        seed=settings["seed"],
    )
    # A process of multiprocessing ends without atexit; its own finalizers do run.
    Finalize(None, app.extensions["sandbox"].close, exitpriority=10)
    return app
