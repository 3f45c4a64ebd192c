"""Changes of friendships, follows and blocks between two people.

Each act first locks both accounts, the lower id first: whatever two people do to each other at once happens
one after the other, and what is read under the lock is still true when it is written.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from shop.accounts.profile_models import AskedBy, Audience
from shop.accounts.queries import get_account
from shop.core.errors import Conflict, DomainError, NotFound
from shop.core.i18n import N_
from shop.notifications.forgetting import forget_person
from shop.notifications.models import NotificationKind
from shop.notifications.service import notify
from shop.people.models import Block, Friend, FriendRequest, PersonFollow
from shop.people.queries import (
    MAX_FRIENDS,
    are_friends,
    count_friends,
    find_follow,
    find_friendship,
    find_profile_of,
    find_request,
    has_blocked,
    has_mutual_friend,
    is_blocked,
)
from shop.people.ties import (
    MAKING_FRIENDS,
    begin_to_follow,
    insert_if_new,
    lock_pair,
    raise_person_affinity,
    tell_no_more,
    write_follow,
)

ASKING_AGAIN = dt.timedelta(days=30)
"""How long somebody who was declined waits before they may ask again."""


class MayNotAsk(DomainError):
    """The asked person wants no such requests."""

    code = "may_not_ask"
    status = 403
    message = N_("This person does not take friend requests from you.")


class AskedTooSoon(DomainError):
    """The asker was declined less than ``ASKING_AGAIN`` ago; ``until`` is when they may ask again."""

    code = "asked_too_soon"
    status = 409
    message = N_("You asked not long ago. You can ask again later.")

    def __init__(self, until: dt.datetime) -> None:
        super().__init__()
        self.until = until


class TooManyFriends(DomainError):
    """One of the two has as many friends as anybody can have."""

    code = "too_many_friends"
    status = 409
    message = N_("Nobody can have more than %(most)s friends, and one of you has as many.")

    def __init__(self) -> None:
        super().__init__(most=MAX_FRIENDS)


class NoRequest(Conflict):
    """There is no such request any more."""

    code = "no_request"
    message = N_("There is no such request any more.")


class MayNotFollow(DomainError):
    """Only who shows their profile to everybody can be followed by others than friends."""

    code = "may_not_follow"
    status = 403
    message = N_("Only friends can follow this person.")


@dataclass(frozen=True, slots=True)
class EndedFriendship:
    """What ``unfriend`` ended, so that it can be taken back: levels of follows are None where nobody followed."""

    account_id: int
    friend_id: int
    since: dt.datetime
    my_level: float | None
    their_level: float | None


def ask(session: Session, *, asker_id: int, asked_id: int, now: dt.datetime) -> bool:
    """Ask somebody to be friends; return whether the two are friends now, since the other had asked, too.

    NotFound for oneself and for who is blocked, MayNotAsk, AskedTooSoon, TooManyFriends.
    """
    _lock_two(session, asker_id, asked_id)
    if are_friends(session, asker_id, asked_id):
        return True
    theirs = find_request(session, asked_id, asker_id)
    if theirs is not None and theirs.declined_at is None:
        _befriend(session, asker_id, asked_id, now)
        _tell_of_acceptance(session, accepter_id=asker_id, asker_id=asked_id, now=now)
        return True
    _write_request(session, asker_id, asked_id, now)
    return False


def _write_request(session: Session, asker_id: int, asked_id: int, now: dt.datetime) -> None:
    mine = find_request(session, asker_id, asked_id)
    if mine is not None and mine.declined_at is None:
        return
    if mine is not None and mine.declined_at is not None and mine.declined_at + ASKING_AGAIN > now:
        raise AskedTooSoon(mine.declined_at + ASKING_AGAIN)
    if not may_ask(session, asker_id, asked_id):
        raise MayNotAsk
    if count_friends(session, asker_id) >= MAX_FRIENDS:
        raise TooManyFriends
    _forget_request(session, asker_id, asked_id)
    session.execute(
        insert_if_new(
            session, FriendRequest,
            [{"asker_id": asker_id, "asked_id": asked_id, "asked_at": now}],
            key=["asker_id", "asked_id"],
        )
    )  # fmt: skip
    asker = get_account(session, asker_id)
    notify(
        session, account_id=asked_id, kind=NotificationKind.FRIEND_REQUEST, subject=f"person:{asker_id}",
        path="/friends", data={"actors": [asker.name]}, now=now,
    )  # fmt: skip


def may_ask(session: Session, asker_id: int, asked_id: int) -> bool:
    """Tell whether the asked person's settings let this account ask them to be friends."""
    profile = find_profile_of(session, asked_id)
    if profile is None or profile.asked_by is AskedBy.NOBODY:
        return False
    return profile.asked_by is AskedBy.EVERYBODY or has_mutual_friend(session, asker_id, asked_id)


def take_back(session: Session, *, asker_id: int, asked_id: int) -> None:
    """Withdraw an open request; one that was declined stays, so that nobody asks anew through this door."""
    lock_pair(session, asker_id, asked_id)
    session.execute(
        delete(FriendRequest).where(
            FriendRequest.asker_id == asker_id,
            FriendRequest.asked_id == asked_id,
            FriendRequest.declined_at.is_(None),
        )
    )
    tell_no_more(session, asked_id, NotificationKind.FRIEND_REQUEST, of=asker_id)


def accept(session: Session, *, account_id: int, asker_id: int, now: dt.datetime) -> None:
    """Become friends with somebody who asked; NoRequest when they took it back, TooManyFriends."""
    _lock_two(session, account_id, asker_id)
    if are_friends(session, account_id, asker_id):
        return
    request = find_request(session, asker_id, account_id)
    if request is None or request.declined_at is not None:
        raise NoRequest
    _befriend(session, account_id, asker_id, now)
    _tell_of_acceptance(session, accepter_id=account_id, asker_id=asker_id, now=now)


def decline(session: Session, *, account_id: int, asker_id: int, now: dt.datetime) -> None:
    """Say no to a request; the asker is not told, and may ask again after ``ASKING_AGAIN``."""
    lock_pair(session, account_id, asker_id)
    session.execute(
        update(FriendRequest)
        .where(
            FriendRequest.asker_id == asker_id,
            FriendRequest.asked_id == account_id,
            FriendRequest.declined_at.is_(None),
        )
        .values(declined_at=now)
    )
    tell_no_more(session, account_id, NotificationKind.FRIEND_REQUEST, of=asker_id)


def reopen_request(session: Session, *, account_id: int, asker_id: int) -> None:
    """Take a refusal back: the request waits again."""
    lock_pair(session, account_id, asker_id)
    session.execute(
        update(FriendRequest)
        .where(FriendRequest.asker_id == asker_id, FriendRequest.asked_id == account_id)
        .values(declined_at=None)
    )


def unfriend(session: Session, *, account_id: int, friend_id: int) -> EndedFriendship | None:
    """End a friendship and both follows; return what ``restore_friendship`` takes, None when there was none."""
    lock_pair(session, account_id, friend_id)
    since = find_friendship(session, account_id, friend_id)
    if since is None:
        return None
    ended = EndedFriendship(
        account_id, friend_id, since,
        find_follow(session, account_id, friend_id), find_follow(session, friend_id, account_id),
    )  # fmt: skip
    _end_friendship(session, account_id, friend_id)
    _end_follows(session, account_id, friend_id)
    return ended


def restore_friendship(session: Session, *, ended: EndedFriendship) -> None:
    """Bring back what ``unfriend`` has just ended, as it was; NotFound when one has blocked the other since."""
    a, b = ended.account_id, ended.friend_id
    _lock_two(session, a, b)
    _write_friends(session, a, b, ended.since)
    for follower_id, person_id, level in ((a, b, ended.my_level), (b, a, ended.their_level)):
        if level is not None:
            row = {"follower_id": follower_id, "person_id": person_id, "since": ended.since, "level": level}
            session.execute(insert_if_new(session, PersonFollow, [row], key=["follower_id", "person_id"]))
    _forget_requests(session, a, b)


def follow_person(session: Session, *, follower_id: int, person_id: int, now: dt.datetime) -> None:
    """Follow somebody who is a friend or shows their profile to everybody; MayNotFollow, TooManyFollowed, NotFound."""
    _lock_two(session, follower_id, person_id)
    profile = find_profile_of(session, person_id)
    if profile is None:
        raise NotFound
    if profile.visibility is not Audience.EVERYBODY and not are_friends(session, follower_id, person_id):
        raise MayNotFollow
    if find_follow(session, follower_id, person_id) is None:
        begin_to_follow(session, follower_id=follower_id, person_id=person_id, now=now)


def unfollow_person(session: Session, *, follower_id: int, person_id: int) -> None:
    """Stop following somebody; a friendship stays."""
    session.execute(
        delete(PersonFollow).where(
            PersonFollow.follower_id == follower_id, PersonFollow.person_id == person_id
        )
    )


def block(session: Session, *, account_id: int, blocked_id: int, now: dt.datetime) -> None:
    """Let neither see the other any more, nor what they were told: friendship, follows and requests end. NotFound for oneself."""
    if account_id == blocked_id:
        raise NotFound
    lock_pair(session, account_id, blocked_id)
    if has_blocked(session, account_id, blocked_id):
        return
    _end_friendship(session, account_id, blocked_id)
    _end_follows(session, account_id, blocked_id)
    _forget_requests(session, account_id, blocked_id)
    for one, other in ((account_id, blocked_id), (blocked_id, account_id)):
        forget_person(session, account_id=one, name=get_account(session, other).name)
    row = {"account_id": account_id, "blocked_id": blocked_id, "at": now}
    session.execute(insert_if_new(session, Block, [row], key=["account_id", "blocked_id"]))


def unblock(session: Session, *, account_id: int, blocked_id: int) -> None:
    """Take a block back; what it ended stays ended."""
    session.execute(delete(Block).where(Block.account_id == account_id, Block.blocked_id == blocked_id))


def _lock_two(session: Session, a: int, b: int) -> None:
    """Lock two accounts that may have to do with each other; NotFound for one and the same, or blocked ones."""
    if a == b:
        raise NotFound
    lock_pair(session, a, b)
    if is_blocked(session, a, b):
        raise NotFound


def _befriend(session: Session, a: int, b: int, now: dt.datetime) -> None:
    if count_friends(session, a) >= MAX_FRIENDS or count_friends(session, b) >= MAX_FRIENDS:
        raise TooManyFriends
    _forget_requests(session, a, b)
    _write_friends(session, a, b, now)
    for follower_id, person_id in sorted(((a, b), (b, a))):
        write_follow(session, follower_id=follower_id, person_id=person_id, now=now)
        raise_person_affinity(
            session, follower_id=follower_id, person_id=person_id, weight=MAKING_FRIENDS, now=now
        )


def _write_friends(session: Session, a: int, b: int, since: dt.datetime) -> None:
    sides = [
        {"account_id": one, "friend_id": other, "since": since} for one, other in sorted(((a, b), (b, a)))
    ]
    session.execute(insert_if_new(session, Friend, sides, key=["account_id", "friend_id"]))


def _tell_of_acceptance(session: Session, *, accepter_id: int, asker_id: int, now: dt.datetime) -> None:
    accepter = get_account(session, accepter_id)
    profile = find_profile_of(session, accepter_id)
    notify(
        session, account_id=asker_id, kind=NotificationKind.FRIEND_ACCEPTED, subject=f"person:{accepter_id}",
        path=f"/people/{profile.handle}" if profile else "/friends", data={"actors": [accepter.name]}, now=now,
    )  # fmt: skip


def _end_friendship(session: Session, a: int, b: int) -> None:
    session.execute(
        delete(Friend)
        .where(
            or_(
                (Friend.account_id == a) & (Friend.friend_id == b),
                (Friend.account_id == b) & (Friend.friend_id == a),
            )
        )
        .execution_options(synchronize_session=False)
    )


def _end_follows(session: Session, a: int, b: int) -> None:
    session.execute(
        delete(PersonFollow)
        .where(
            or_(
                (PersonFollow.follower_id == a) & (PersonFollow.person_id == b),
                (PersonFollow.follower_id == b) & (PersonFollow.person_id == a),
            )
        )
        .execution_options(synchronize_session=False)
    )


def _forget_request(session: Session, asker_id: int, asked_id: int) -> None:
    session.execute(
        delete(FriendRequest).where(FriendRequest.asker_id == asker_id, FriendRequest.asked_id == asked_id)
    )


def _forget_requests(session: Session, a: int, b: int) -> None:
    for asker_id, asked_id in sorted(((a, b), (b, a))):
        _forget_request(session, asker_id, asked_id)
        tell_no_more(session, asked_id, NotificationKind.FRIEND_REQUEST, of=asker_id)
