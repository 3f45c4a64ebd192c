"""Everybody's public side: one profile an account, under an address of its own."""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Mapping
from itertools import islice
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.profile_models import Profile
from shop.core.errors import Invalid
from shop.core.i18n import N_

MAX_HANDLE = 40
EDITABLE = frozenset(
    {
        "handle", "bio", "avatar", "visibility", "likes_visibility", "friends_visibility", "asked_by", "is_findable",
    }
)  # fmt: skip


class HandleTaken(Invalid):
    """Somebody else's profile has this address."""

    code = "handle_taken"

    def __init__(self) -> None:
        super().__init__({"handle": [N_("Somebody else has this address.")]})


def make_profile(session: Session, *, account: Account, now: dt.datetime) -> Profile:
    """Give a new account its profile, under its name and number."""
    # Not longer than what the form takes, or the profile could not be saved as it is.
    stem = handle_of(account.name)[: MAX_HANDLE - len(str(account.id)) - 1].strip("-")
    profile = Profile(account_id=account.id, handle=f"{stem}-{account.id}", created_at=now)
    session.add(profile)
    session.flush()
    return profile


def edit_profile(session: Session, *, profile: Profile, changes: Mapping[str, Any]) -> Profile:
    """Write what a person shows of themselves; HandleTaken when the address is somebody else's."""
    unknown = set(changes) - EDITABLE
    if unknown:
        raise ValueError(f"not editable: {sorted(unknown)}")
    profile = session.get_one(Profile, profile.account_id)
    try:
        with session.begin_nested():
            for name, value in changes.items():
                setattr(profile, name, value)
            session.flush()
    except IntegrityError:
        raise HandleTaken from None
    return profile


def suggest_handles(taken: Collection[str], handle: str, *, most: int = 3) -> list[str]:
    """Return addresses like ``handle`` that are not among the ``taken`` ones."""
    stem = handle[: MAX_HANDLE - 4].strip("-") or "person"
    numbered = (f"{stem}-{number}" for number in range(2, 1000))
    return list(islice((one for one in numbered if one not in taken), most))


def handle_of(name: str) -> str:
    """Return a name as it may stand in an address: a-z, 0-9 and hyphens; ``person`` when nothing is left of it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_HANDLE].strip("-") or "person"
