"""Everybody's public side: one profile an account, under an address of its own."""

import datetime as dt
import re
import unicodedata

from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.profile_models import Profile

MAX_HANDLE = 40


def make_profile(session: Session, *, account: Account, now: dt.datetime) -> Profile:
    """Give a new account its profile, under its name and number."""
    profile = Profile(account_id=account.id, handle=f"{handle_of(account.name)}-{account.id}", created_at=now)
    session.add(profile)
    session.flush()
    return profile


def handle_of(name: str) -> str:
    """Return a name as it may stand in an address: a-z, 0-9 and hyphens; ``person`` when nothing is left of it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_HANDLE].strip("-") or "person"
