"""People who sign in."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from shop.core.db import Base, Id


class Account(Base):
    """A person; ``email`` is kept lower-case, as it was normalised at sign-up."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("email"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    session_epoch: Mapped[int] = mapped_column(default=0)
    """Raised by a password change: sessions and reset links made under an older epoch are dead."""
    unread_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """Unread notifications, kept here so that a page's header costs no statement more."""
    created_at: Mapped[dt.datetime]
    email_confirmed_at: Mapped[dt.datetime | None]
    """When a mailed link was followed that proves the address; None as long as it may be anybody's."""

    @validates("email")
    def _forget_proof(self, _name: str, email: str) -> str:
        if self.email is not None and self.email != email:
            self.email_confirmed_at = None  # what was proved is that the old address is theirs
        return email


class AccountWord(Base):
    """A word of an account's name or e-mail address, without accents and capitals: people are found by beginnings."""

    __tablename__ = "account_words"
    __table_args__ = (Index("ix_account_words_account_id", "account_id"),)

    # Compared by its bytes everywhere, so that the words with one beginning stand together in the index.
    word: Mapped[str] = mapped_column(
        Text().with_variant(Text(collation="C"), "postgresql"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
