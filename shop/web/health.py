"""``/healthz``: the process is up. ``/readyz``: the database answers and its schema is current."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from shop.core.db import Database
from shop.web.context import database

ROOT = Path(__file__).resolve().parent.parent.parent

blueprint = Blueprint("health", __name__)


def alembic_config() -> Config:
    """Return the migrations' configuration; the caller sets the address of the database."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def is_current(db: Database) -> bool:
    """Tell whether every migration has been applied to ``db``."""
    heads = set(ScriptDirectory.from_config(alembic_config()).get_heads())
    with db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == heads


@blueprint.get("/healthz")
def healthz() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Say whether requests can be served: 200, or 503 with what is missing."""
    try:
        current = is_current(database())
    except SQLAlchemyError:
        return jsonify(status="unavailable", database="unreachable"), 503
    if not current:
        return jsonify(status="unavailable", migrations="pending"), 503
    return jsonify(status="ok", database="ok", migrations="current"), 200
