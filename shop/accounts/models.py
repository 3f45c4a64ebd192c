"""People who sign in."""

import datetime as dt

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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
    created_at: Mapped[dt.datetime]
