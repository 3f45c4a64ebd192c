"""Reports, the cases that moderators decide, blocked words and bans."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, EnumText, Id, enum_check


class SubjectKind(enum.StrEnum):
    """What can be reported."""

    POST = "post"
    COMMENT = "comment"
    SHARE = "share"
    PERSON = "person"
    PAGE = "page"


class Reason(enum.StrEnum):
    """Why something is reported or decided on."""

    SPAM = "spam"
    HARASSMENT = "harassment"
    HATE = "hate"
    VIOLENCE = "violence"
    NUDITY = "nudity"
    FRAUD = "fraud"
    COUNTERFEIT = "counterfeit"
    BLOCKED_WORD = "blocked_word"
    OTHER = "other"


class Decision(enum.StrEnum):
    """How a case ended."""

    KEPT = "kept"
    HIDDEN = "hidden"
    REMOVED = "removed"
    BANNED = "banned"
    """Removed, and its author may write on the page no more."""


class Case(Base):
    """One thing that waits for a moderator, or was decided: what it is, why it is there and what became of it."""

    __tablename__ = "moderation_cases"
    __table_args__ = (
        Index(
            "uq_moderation_cases_open",
            "subject_kind",
            "subject_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        Index("ix_moderation_cases_page_id", "page_id", "decided_at", "id"),
        Index("ix_moderation_cases_subject_id", "subject_id", "subject_kind"),
        Index("ix_moderation_cases_author_id", "author_id", "page_id"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("report_count >= 0", name="report_count"),
        enum_check("subject_kind", SubjectKind),
        enum_check("decision", Decision),
        enum_check("decision_reason", Reason),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"))
    """Whose moderators decide; none for a page itself, its posts and people: the house does (``shop moderation``)."""
    subject_kind: Mapped[SubjectKind] = mapped_column(EnumText(SubjectKind))
    subject_id: Mapped[int] = mapped_column(Id)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    excerpt: Mapped[str] = mapped_column(Text, default="")
    """The beginning of what it said when it came here."""
    path: Mapped[str] = mapped_column(Text, default="")
    """Where it stands: an address of ours without its language."""
    reasons: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """How often by reason: ``{"spam": 3}``."""
    signs: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """What the heuristics saw: ``[{"sign": "links", "weight": 2, "detail": "4"}]``."""
    report_count: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[dt.datetime]
    decision: Mapped[Decision | None] = mapped_column(EnumText(Decision))
    decided_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    decision_reason: Mapped[Reason | None] = mapped_column(EnumText(Reason))
    status_before: Mapped[str] = mapped_column(Text, default="")
    """What the thing was before the decision, in its own domain's words: what undoing it brings back."""
    note: Mapped[str] = mapped_column(Text, default="")


class Report(Base):
    """Somebody says that something should not be seen; once a person and thing."""

    __tablename__ = "moderation_reports"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "reporter_id"),
        Index("ix_moderation_reports_case_id", "case_id"),
        Index("ix_moderation_reports_reporter_id", "reporter_id"),
        enum_check("subject_kind", SubjectKind),
        enum_check("reason", Reason),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("moderation_cases.id", ondelete="CASCADE"))
    subject_kind: Mapped[SubjectKind] = mapped_column(EnumText(SubjectKind))
    subject_id: Mapped[int] = mapped_column(Id)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    reason: Mapped[Reason] = mapped_column(EnumText(Reason))
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[dt.datetime]


class BlockedWord(Base):
    """A word or phrase that holds a comment back on a page; kept as ``core.text_search`` folds words."""

    __tablename__ = "blocked_words"

    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[dt.datetime]


class Ban(Base):
    """An account that may neither comment nor react on a page."""

    __tablename__ = "page_bans"
    __table_args__ = (Index("ix_page_bans_account_id", "account_id"), enum_check("reason", Reason))

    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[Reason] = mapped_column(EnumText(Reason))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    at: Mapped[dt.datetime]
