"""Imports as they are remembered: each run, what was wrong in its file, and what it would do to which product."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, EnumText, Id, enum_check


class ImportState(enum.StrEnum):
    """Where an import stands."""

    READING = "reading"
    """The worker is to read the file, or reads it; nothing is written to the shop."""
    FAULTY = "faulty"
    """The file cannot be read as a whole; other choices may help."""
    READ = "read"
    """The preview is there and waits for somebody to say yes."""
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    """Stopped by somebody between two batches; what was written stays, and it can go on."""
    FAILED = "failed"
    """It broke off and will not go on by itself."""


class ImportOrigin(enum.StrEnum):
    """Where a file came from."""

    BROWSER = "browser"
    COMMAND = "command"


class Planned(enum.StrEnum):
    """What an import does to a product."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class ImportRun(Base):
    """One file brought to one page.

    ``place`` is how many of the file's ``total`` products are behind it, faulty ones too; it moves in the
    transaction that writes them, and so do ``created`` and ``updated``. ``round`` is raised whenever
    somebody asks for a reading or a run anew, so that what was asked for before has no say any more.
    """

    __tablename__ = "import_runs"
    __table_args__ = (
        Index("ix_import_runs_page_id", "page_id", "id"),
        Index("ix_import_runs_file_key", "file_key"),
        enum_check("state", ImportState),
        enum_check("origin", ImportOrigin),
        CheckConstraint("place >= 0 AND place <= total", name="place"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    """Who brought the file; None from the command line."""
    origin: Mapped[ImportOrigin] = mapped_column(EnumText(ImportOrigin))
    filename: Mapped[str] = mapped_column(Text)
    file_key: Mapped[str | None] = mapped_column(Text)
    """Where the file is kept privately; None when it is kept no longer, or never was."""
    file_bytes: Mapped[int]
    state: Mapped[ImportState] = mapped_column(EnumText(ImportState))
    round: Mapped[int] = mapped_column(default=1)
    format_name: Mapped[str] = mapped_column(Text, default="auto")
    encoding: Mapped[str] = mapped_column(Text, default="auto")
    sets_stock: Mapped[bool] = mapped_column(default=False)
    """Whether the file's stock is written over that of variants which are there already."""
    currency: Mapped[str] = mapped_column(Text)
    fault: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """{"code": …, "params": {…}} of what keeps the file or the run from going on."""
    recognised: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What a reading found: format, encoding, is_guess, delimiter, decimal_mark, price_column, sample."""
    left_out: Mapped[list[list[int]]] = mapped_column(JSON, default=list, deferred=True)
    """[first, last] row of each stretch of rows whose product is kept out."""
    total: Mapped[int] = mapped_column(default=0)
    place: Mapped[int] = mapped_column(default=0)
    products: Mapped[int] = mapped_column(default=0)
    variants: Mapped[int] = mapped_column(default=0)
    pictures: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    """Products that are kept out."""
    rejections: Mapped[int] = mapped_column(default=0)
    warnings: Mapped[int] = mapped_column(default=0)
    planned_created: Mapped[int] = mapped_column(default=0)
    planned_updated: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime | None]
    heartbeat_at: Mapped[dt.datetime | None]
    """When a worker was last seen at it."""
    finished_at: Mapped[dt.datetime | None]

    @property
    def accepted(self) -> int:
        """How many products of the file are without a fault."""
        return self.products - self.rejected

    @property
    def unchanged(self) -> int:
        """How many products a finished run found as they should be."""
        return max(0, self.accepted - self.created - self.updated)


class ImportIssue(Base):
    """Something wrong in one cell of a run's file; its sentence is made from ``code`` and ``params``."""

    __tablename__ = "import_issues"
    __table_args__ = (Index("ix_import_issues_run_id", "run_id", "is_rejection", "row", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_runs.id", ondelete="CASCADE"))
    is_rejection: Mapped[bool]
    row: Mapped[int]
    field: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class PlannedProduct(Base):
    """A product of a run's file without a fault, and what the import will do to it."""

    __tablename__ = "import_products"
    __table_args__ = (
        Index("ix_import_products_outcome", "run_id", "outcome", "row"),
        enum_check("outcome", Planned),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("import_runs.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Its first row in the file."""
    slug: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    outcome: Mapped[Planned] = mapped_column(EnumText(Planned))
    changes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Which of its facts change: ``title``, ``price``, ``stock`` … (see ``import_changes``)."""
    variants: Mapped[int]
    price_from_amount: Mapped[int]
    price_to_amount: Mapped[int]
