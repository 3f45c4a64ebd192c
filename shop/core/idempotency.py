"""Idempotency keys: a request that is sent twice under one key does its work once.

A key is taken before the work and completed after it, each in a small transaction of its own. A
process that dies in between leaves a lease that runs out, so that the request may be tried again.
Only successes are kept: a failed request changed nothing and gives its key back. (The header is
that of draft-ietf-httpapi-idempotency-key-header.)
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Index, Text, UniqueConstraint, delete, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from shop.core.db import Base, Id
from shop.core.errors import Conflict, DomainError
from shop.core.i18n import N_

LEASE = dt.timedelta(minutes=1)  # a request is answered in well under this
KEPT_FOR = dt.timedelta(hours=24)
PURGE_BATCH = 20


class IdempotencyRecord(Base):
    """One key within its scope; ``status`` None means that its request is under way."""

    __tablename__ = "idempotency_records"
    __table_args__ = (
        UniqueConstraint("scope_hash"),
        Index("ix_idempotency_records_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    scope_hash: Mapped[str] = mapped_column(Text)
    """Hash of who asks (token or address), the path and the key."""
    body_hash: Mapped[str] = mapped_column(Text)
    status: Mapped[int | None]
    body: Mapped[str | None] = mapped_column(Text)
    location: Mapped[str | None] = mapped_column(Text)
    leased_until: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]


class KeyInUse(Conflict):
    """A request with this key is under way."""

    code = "idempotency_in_progress"
    message = N_("A request with this Idempotency-Key is still being worked on. Try again in a moment.")


class KeyMismatch(DomainError):
    """The key was used for a request with another body."""

    code = "idempotency_mismatch"
    status = 422
    message = N_("This Idempotency-Key was used for a request with another body.")


@dataclass(frozen=True)
class KeptAnswer:
    """What the first request was answered: an HTTP status, the body as text, the Location if it had one."""

    status: int
    body: str
    location: str | None


@dataclass(frozen=True)
class TakenKey:
    """A key that was taken; ``leased_until`` tells this taking from a later one."""

    scope_hash: str
    leased_until: dt.datetime


def take_key(session: Session, *, scope_hash: str, body_hash: str, now: dt.datetime) -> TakenKey | KeptAnswer:
    """Take a key for a request, or return what the same request was answered.

    Raises KeyInUse while another request holds it and KeyMismatch when its body was another.
    """
    _purge(session, now)
    taken = TakenKey(scope_hash, now + LEASE)
    values = {
        "scope_hash": scope_hash,
        "body_hash": body_hash,
        "status": None,
        "body": None,
        "location": None,
        "leased_until": taken.leased_until,
        "expires_at": now + KEPT_FOR,
    }
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = (
        insert(IdempotencyRecord).values(values).on_conflict_do_nothing().returning(IdempotencyRecord.id)
    )
    if session.execute(statement).scalar_one_or_none() is not None:
        return taken
    record = session.scalars(
        select(IdempotencyRecord).where(IdempotencyRecord.scope_hash == scope_hash)
    ).one_or_none()
    if record is None:
        raise KeyInUse  # it was given back between the two statements
    if record.expires_at > now:
        if record.body_hash != body_hash:
            raise KeyMismatch
        if record.status is not None:
            return KeptAnswer(record.status, record.body or "", record.location)
        if record.leased_until > now:
            raise KeyInUse
    # Too old, or its process died: whoever moves the lease first has it.
    moved = session.execute(
        update(IdempotencyRecord)
        .where(IdempotencyRecord.id == record.id, IdempotencyRecord.leased_until == record.leased_until)
        .values(values)
        .returning(IdempotencyRecord.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if moved is None:
        raise KeyInUse
    return taken


def complete_key(session: Session, *, key: TakenKey, answer: KeptAnswer) -> None:
    """Keep the answer of a taken key's request; nothing happens when its lease passed to another."""
    session.execute(
        update(IdempotencyRecord)
        .where(
            IdempotencyRecord.scope_hash == key.scope_hash,
            IdempotencyRecord.leased_until == key.leased_until,
        )
        .values(status=answer.status, body=answer.body, location=answer.location)
        .execution_options(synchronize_session=False)
    )


def give_key_back(session: Session, *, key: TakenKey) -> None:
    """Forget a taken key whose request failed and so changed nothing."""
    session.execute(
        delete(IdempotencyRecord)
        .where(
            IdempotencyRecord.scope_hash == key.scope_hash,
            IdempotencyRecord.leased_until == key.leased_until,
        )
        .execution_options(synchronize_session=False)
    )


def _purge(session: Session, now: dt.datetime) -> None:
    """Delete a few old records; each new key pays for more than one, so the table stays small."""
    old = (
        select(IdempotencyRecord.id)
        .where(IdempotencyRecord.expires_at <= now)
        .order_by(IdempotencyRecord.id)
        .limit(PURGE_BATCH)
        .with_for_update(skip_locked=True)
    )
    session.execute(
        delete(IdempotencyRecord)
        .where(IdempotencyRecord.id.in_(old.scalar_subquery()))
        .execution_options(synchronize_session=False)
    )
