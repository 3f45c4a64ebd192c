"""What a request needs from the application: settings, database, clock, signer, files."""

import datetime as dt
from dataclasses import dataclass
from typing import cast

from flask import current_app

from shop.core.clock import Clock
from shop.core.config import Settings
from shop.core.db import Database
from shop.core.files import FileStore
from shop.core.signing import Signer


@dataclass(frozen=True)
class Runtime:
    """Everything an edge, the worker or a command stands on."""

    settings: Settings
    database: Database
    clock: Clock
    signer: Signer
    files: FileStore


def runtime() -> Runtime:
    """Return the current application's runtime."""
    return cast(Runtime, current_app.extensions["vitrine"])


def settings() -> Settings:
    """Return the current application's settings."""
    return runtime().settings


def database() -> Database:
    """Return the current application's database."""
    return runtime().database


def signer() -> Signer:
    """Return the current application's signer."""
    return runtime().signer


def files() -> FileStore:
    """Return the current application's file store."""
    return runtime().files


def now() -> dt.datetime:
    """Return the current instant by the application's clock."""
    return runtime().clock.now()
