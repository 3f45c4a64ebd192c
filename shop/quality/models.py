"""What the last look at a page's fans found, and what a person says of it."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, EnumText, Id, enum_check


class ImportStatus(enum.StrEnum):
    """Where an import of followers stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class FanScore(Base):
    """One like as the last look judged it; likes without any sign have no row."""

    __tablename__ = "fan_scores"
    __table_args__ = (
        Index(
            "ix_fan_scores_flagged", "page_id", "score", "account_id",
            sqlite_where=text("is_flagged"), postgresql_where=text("is_flagged"),
        ),
        Index("ix_fan_scores_account_id", "account_id"),
    )  # fmt: skip

    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    score: Mapped[float]
    """Log-odds of having been bought, by the signs together (docs/algorithms/fan-quality.md)."""
    is_flagged: Mapped[bool]
    """Whether it does not look real; what a person said is in ``FanVerdict`` and comes before."""
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """``[{"sign": "burst", "weight": 2.1, …facts}]``, the heaviest first."""
    computed_at: Mapped[dt.datetime]


class FanVerdict(Base):
    """What a member of staff says of a like: kept over every later look, never a deletion."""

    __tablename__ = "fan_verdicts"
    __table_args__ = (Index("ix_fan_verdicts_account_id", "account_id"),)

    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    is_real: Mapped[bool]
    by_account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    at: Mapped[dt.datetime]


class FanReport(Base):
    """One look at all of a page's fans: a row a day, so that the figure has a past."""

    __tablename__ = "fan_reports"
    __table_args__ = (CheckConstraint("real BETWEEN 0 AND fans", name="real"),)

    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    fans: Mapped[int]
    real: Mapped[int]
    """Fans that look real, a person's word counted."""
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Counts by sign, engagement and reach with and without the flagged ones."""
    computed_at: Mapped[dt.datetime]


class FanLook(Base):
    """Where the look at a page's fans stands: asked for, at work, over. One a page, the newest."""

    __tablename__ = "fan_looks"
    __table_args__ = (CheckConstraint("done >= 0 AND total >= 0", name="done"),)

    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True)
    asked_at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    """Likes that were looked at so far."""
    total: Mapped[int] = mapped_column(default=0)


class FollowerImport(Base):
    """A file of followers with their dates that is brought in, resumable and safe to repeat."""

    __tablename__ = "follower_imports"
    __table_args__ = (
        Index("ix_follower_imports_page_id", "page_id", "id"),
        enum_check("status", ImportStatus),
        CheckConstraint("done BETWEEN 0 AND total", name="done"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    """Who brought it."""
    name: Mapped[str] = mapped_column(Text)
    file_key: Mapped[str] = mapped_column(Text)
    status: Mapped[ImportStatus] = mapped_column(EnumText(ImportStatus), default=ImportStatus.WAITING)
    total: Mapped[int] = mapped_column(default=0)
    """Rows of the file."""
    done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    """Rows whose people followed the page already."""
    rejected: Mapped[int] = mapped_column(default=0)
    is_day_first: Mapped[bool | None]
    """How dates such as 3/4/2024 are read; None when none is written so."""
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """The first rows that were left out: ``[{"row": 3, "column": "since", "why": …}]``"""
    created_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
