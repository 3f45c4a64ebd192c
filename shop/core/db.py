"""The two doors to the database: ``transaction()`` writes, ``reading()`` only reads.

SQLite and PostgreSQL run the same code. What differs stays in this file.
"""

import datetime as dt
import enum
import fcntl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    create_engine,
    event,
)
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_S = 30
SQLITE_POOL_SIZE = 40  # more than the server's threads per process: a connection is an open file, no more
POSTGRES_POOL_SIZE = 16
"""Connections of one process. PostgreSQL admits 100 unless told otherwise, and several processes share them;
a request holds one at a time, so that the others wait for their turn and cannot wait for each other."""

Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers only INTEGER primary keys by itself


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware UTC instant; SQLite keeps it naive and this puts the zone back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Refuse naive instants, convert the others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the instant aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


E = TypeVar("E", bound=enum.StrEnum)


class EnumText(TypeDecorator[E], Generic[E]):
    """A StrEnum stored as its text; pair it with ``enum_check``."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        self.kind = kind
        super().__init__()

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Store the member's text."""
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the member."""
        return None if value is None else self.kind(value)


def enum_check(column: str, kind: type[enum.StrEnum]) -> CheckConstraint:
    """Return the named CHECK that lets ``column`` hold only members of ``kind``."""
    members = ", ".join(f"'{member.value}'" for member in kind)
    return CheckConstraint(f"{column} IN ({members})", name=column)


class Base(DeclarativeBase):
    """Base of all tables; every constraint has a name, so migrations can speak of it."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {dt.datetime: UtcDateTime}


Reader = Session | Connection
"""What a query of plain columns may be asked through: ``reading()`` or ``glancing()``."""


_LAST_STEPS = "vitrine.last_steps"


def do_last(session: Session, step: Callable[[Session], None]) -> None:
    """Have ``step`` run at the end of the session's ``transaction()``, before it commits, once however often asked.

    For rows that everybody writes to and that must therefore be taken last, whatever else a transaction does.
    """
    session.info.setdefault(_LAST_STEPS, {})[step] = None


class Database:
    """One engine and its two doors. ``url`` may be ``sqlite:///path`` or ``postgresql://…``."""

    def __init__(self, url: str, *, pool_size: int | None = None) -> None:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        size = pool_size or (SQLITE_POOL_SIZE if self.is_sqlite else POSTGRES_POOL_SIZE)
        options: dict[str, Any] = {"pool_size": size, "max_overflow": 0, "pool_timeout": BUSY_TIMEOUT_S}
        options["pool_use_lifo"] = True  # else each request warms the cache of another connection
        if self.is_sqlite:
            options["connect_args"] = {"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}
        else:
            options["pool_pre_ping"] = True
        self.engine: Engine = create_engine(parsed, **options)
        self._writer = self.engine.execution_options(vitrine_writes=True)
        self._glancer = self.engine.execution_options(vitrine_glances=True)
        self._writers = _WriterQueue(parsed.database) if self.is_sqlite else None
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session that commits at the end and rolls back on any error."""
        with (
            self._queue_writer(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session
            for step in session.info.pop(_LAST_STEPS, {}):
                step(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session for SELECTs; whatever it changed is rolled back."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            try:
                yield session
            finally:
                # Detached before the rollback expires them: pages are rendered after the door has closed.
                session.expunge_all()
                session.rollback()

    @contextmanager
    def glancing(self) -> Iterator[Connection]:
        """Yield a bare connection for SELECTs of plain columns that need no common snapshot.

        It costs a third of ``reading()``: no unit of work, and on SQLite no transaction around each
        statement. For what every request asks, such as a page's version.
        """
        with self._glancer.connect() as connection:
            yield connection

    @contextmanager
    def _queue_writer(self) -> Iterator[None]:
        if self._writers is None:
            yield
            return
        with self._writers:
            yield

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


class _WriterQueue:
    """Lets one writer of this host at a time at a SQLite file.

    SQLite's own busy handler sleeps and polls, which starves some writers under load; a lock per
    process and then a file lock per host make a queue instead.
    """

    def __init__(self, database: str | None) -> None:
        self._thread_lock = threading.Lock()
        in_memory = not database or database == ":memory:" or database.startswith("file:")
        self._path = None if in_memory else Path(f"{database}.lock")

    def __enter__(self) -> None:
        self._thread_lock.acquire()
        try:
            if self._path is not None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._path.open("w")
                fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._thread_lock.release()
            raise

    def __exit__(self, *_: object) -> None:
        try:
            if self._path is not None:
                self._file.close()
        finally:
            self._thread_lock.release()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # autocommit at the driver: the "begin" listener alone decides how a transaction opens.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
    # For each connection, of which a process may have forty; the system keeps the file's pages besides.
    cursor.execute("PRAGMA cache_size = -4000")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A writer takes the write lock at once: upgrading a read lock later fails without waiting.
    options = connection.get_execution_options()
    if not options.get("vitrine_glances"):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("vitrine_writes") else "BEGIN")
