"""What one person is to another, and so what they see of them."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.accounts.profile_models import Audience, Profile
from shop.people.queries import (
    are_friends,
    find_request,
    is_blocked,
    is_following,
)
from shop.people.service import ASKING_AGAIN, may_ask


@dataclass(frozen=True, slots=True)
class Standing:
    """What a viewer is to a person; ``viewer_id`` None is a guest."""

    viewer_id: int | None
    is_self: bool = False
    is_friend: bool = False
    is_following: bool = False
    has_asked: bool = False
    """The viewer's request waits for the person."""
    is_asked: bool = False
    """The person's request waits for the viewer."""
    may_ask: bool = False
    ask_again_at: dt.datetime | None = None
    """When the viewer, whom the person declined, may ask again."""

    def sees(self, audience: Audience) -> bool:
        """Tell whether what is shown to ``audience`` is shown to this viewer."""
        if self.is_self or audience is Audience.EVERYBODY:
            return True
        return audience is Audience.FRIENDS and self.is_friend


GUEST = Standing(None)
FRIEND = Standing(None, is_friend=True)


def find_standing(
    session: Session, *, viewer_id: int | None, profile: Profile, now: dt.datetime
) -> Standing | None:
    """Return what the viewer is to a profile's owner in at most seven statements; None when one has blocked the other."""
    person_id = profile.account_id
    if viewer_id is None:
        return GUEST
    if viewer_id == person_id:
        return Standing(viewer_id, is_self=True)
    if is_blocked(session, viewer_id, person_id):
        return None
    follows = is_following(session, viewer_id, person_id)
    if are_friends(session, viewer_id, person_id):
        return Standing(viewer_id, is_friend=True, is_following=follows)
    mine = find_request(session, viewer_id, person_id)
    theirs = find_request(session, person_id, viewer_id)
    again = mine.declined_at + ASKING_AGAIN if mine is not None and mine.declined_at is not None else None
    return Standing(
        viewer_id,
        is_following=follows,
        has_asked=mine is not None and mine.declined_at is None,
        is_asked=theirs is not None and theirs.declined_at is None,
        may_ask=may_ask(session, viewer_id, person_id),
        ask_again_at=again if again is not None and again > now else None,
    )
