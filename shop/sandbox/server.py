"""Running the stand-in as its own process, on granian."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import urllib.request
from collections.abc import Sequence
from multiprocessing.util import Finalize

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from shop.sandbox.app import create_app
from shop.sandbox.sdk_lines import welcome

# One process: the courier, the write lock and the keys in use live in it. Threads, since calls wait on each other.
THREADS = 32
START_TIMEOUT_S = 60
_SETTINGS = "VITRINE_SANDBOX"


def serve(
    host: str,
    port: int,
    database: str,
    webhooks: Sequence[tuple[str, str]] = (),
    *,
    public_url: str | None = None,
    seed: int | None = None,
    is_quiet: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT; PortTaken when somebody else listens there.

    Args:
        host: address to listen on.
        port: to listen on.
        database: path of the SQLite file; ``:memory:`` forgets all at the end.
        webhooks: pairs of an address and a ``whsec_…`` secret.
        public_url: where browsers reach it, when that is not ``http://host:port``.
        seed: makes ids, times and faults repeatable; the clock then stands still until it is turned.
        is_quiet: says one line only, not what to set in which SDK.
    """
    if not _is_free(host, port):
        raise PortTaken(f"Port {port} is taken; choose another with --port.")
    url = public_url or f"http://{_shown(host)}:{port}"
    # granian starts its worker as a fresh process, which reads its settings from the environment.
    os.environ[_SETTINGS] = json.dumps(
        {"database": database, "public_url": url, "webhooks": list(webhooks), "seed": seed}
    )
    if is_quiet:
        print(f"Stripe stand-in on {url} (state in {database})", flush=True)  # noqa: T201
    else:
        local = f"http://{_shown(host)}:{port}"
        threading.Thread(target=_welcome_when_up, args=(local, url, database), daemon=True).start()
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


class PortTaken(Exception):
    """Somebody else listens there; the text says what to do."""


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _welcome_when_up(local: str, url: str, database: str) -> None:
    """Say what to set where, once calls are answered and not before."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{local}/healthz", timeout=2):  # noqa: S310 - our own http address
                break
        except OSError:
            time.sleep(0.1)
    else:
        return
    print(welcome(url, database), flush=True)  # noqa: T201


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
