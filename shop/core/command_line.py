"""What a command of ``shop …`` stands on."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from shop.core.config import ConfigurationError, load_settings
from shop.core.db import Database
from shop.core.log import configure_logging


@contextmanager
def command_database() -> Iterator[Database]:
    """Yield the database that the settings name, and log as they say.

    A bad setting, or a database that cannot be used (away, without its tables, locked), ends the command with one sentence.
    """
    try:
        settings = load_settings()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    configure_logging(level=settings.log_level, style=settings.log_format)
    database = Database(settings.database_url)
    try:
        yield database
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).partition("\n")[0]
        raise click.ClickException(
            f"The database cannot be read or written: {reason}. If its tables are missing, run “shop migrate”."
        ) from error
    finally:
        database.dispose()
