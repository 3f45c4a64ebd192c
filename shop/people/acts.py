"""What one person does towards another: plain forms that lead back to the page that they stood on."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import format_date, gettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from shop.accounts.login import login_required, required_account_id
from shop.core.errors import DomainError, NotFound
from shop.people import service
from shop.people.queries import find_profile, is_blocked
from shop.web.context import database, now, signer
from shop.web.limits import limiter
from shop.web.pages import flash_message, go, referring_path, safe_next

ASKING = "10/minute;60/hour;200/day"
ACTING = "60/minute"
UNDO_PURPOSE = "friendship"
UNDO_FOR_S = 600


class _Other(NamedTuple):
    """Whom an act is about."""

    id: int
    name: str


def _me() -> str:
    return f"people:{required_account_id()}"


def _find_other(handle: str, *, even_blocked: bool = False) -> _Other:
    """Return the person at ``handle``; NotFound for nobody, and for who is blocked."""
    with database().reading() as session:
        found = find_profile(session, handle)
        if found is None:
            raise NotFound
        profile, name = found
        if not even_blocked and is_blocked(session, required_account_id(), profile.account_id):
            raise NotFound
    return _Other(profile.account_id, name)


def _back(handle: str) -> Response:
    return go(safe_next(referring_path() or url_for("profiles.show_profile", handle=handle)))


@contextmanager
def _refusals_told() -> Iterator[None]:
    """Tell what a service refuses on the next page."""
    try:
        yield
    except NotFound:
        raise
    except service.AskedTooSoon as error:
        date = format_date(error.until, "long")
        flash_message(_("You asked not long ago. You can ask again from %(date)s.", date=date), "error")
    except DomainError as error:
        flash_message(gettext(error.msgid, **error.params), "error")


@login_required
@limiter.limit(ASKING, key_func=_me)
def create_request(handle: str) -> Response:
    """Ask a person to be friends."""
    other, me = _find_other(handle), required_account_id()
    with _refusals_told():
        with database().transaction() as session:
            are_friends = service.ask(session, asker_id=me, asked_id=other.id, now=now())
        if are_friends:
            flash_message(_("You and %(name)s are friends.", name=other.name))
        else:
            undo = url_for("people.delete_request", handle=handle)
            flash_message(_("%(name)s gets your friend request.", name=other.name), undo=undo)
    return _back(handle)


@login_required
@limiter.limit(ACTING, key_func=_me)
def delete_request(handle: str) -> Response:
    """Take one's own request back."""
    other = _find_other(handle)
    with database().transaction() as session:
        service.take_back(session, asker_id=required_account_id(), asked_id=other.id)
    flash_message(_("Your request is taken back."))
    return _back(handle)


@login_required
@limiter.limit(ACTING, key_func=_me)
def create_friendship(handle: str) -> Response:
    """Accept a person's request."""
    other = _find_other(handle)
    with _refusals_told():
        with database().transaction() as session:
            service.accept(session, account_id=required_account_id(), asker_id=other.id, now=now())
        flash_message(_("You and %(name)s are friends.", name=other.name))
    return _back(handle)


@login_required
@limiter.limit(ACTING, key_func=_me)
def create_refusal(handle: str) -> Response:
    """Decline a person's request."""
    other = _find_other(handle)
    with database().transaction() as session:
        service.decline(session, account_id=required_account_id(), asker_id=other.id, now=now())
    undo = url_for("people.delete_refusal", handle=handle)
    flash_message(_("Declined. %(name)s is not told.", name=other.name), undo=undo)
    return _back(handle)


@login_required
@limiter.limit(ACTING, key_func=_me)
def delete_refusal(handle: str) -> Response:
    """Let a declined request wait again."""
    other = _find_other(handle)
    with database().transaction() as session:
        service.reopen_request(session, account_id=required_account_id(), asker_id=other.id)
    return go(url_for("people.show_friends"))


@login_required
@limiter.limit(ACTING, key_func=_me)
def delete_friendship(handle: str) -> Response:
    """End a friendship; for some minutes it can be brought back as it was."""
    other, me = _find_other(handle), required_account_id()
    with database().transaction() as session:
        ended = service.unfriend(session, account_id=me, friend_id=other.id)
    if ended is not None:
        proof = signer().sign(UNDO_PURPOSE, _pack(ended))
        undo = url_for("people.restore_friendship", handle=handle, proof=proof)
        flash_message(_("You and %(name)s are no longer friends.", name=other.name), undo=undo)
    return _back(handle)


@login_required
@limiter.limit(ACTING, key_func=_me)
def restore_friendship(handle: str, proof: str) -> Response:
    """Bring back a friendship that this person has just ended."""
    ended = _unpack(signer().read(UNDO_PURPOSE, proof, max_age_s=UNDO_FOR_S))
    other = _find_other(handle)
    if (ended.account_id, ended.friend_id) != (required_account_id(), other.id):
        raise NotFound
    with database().transaction() as session:
        service.restore_friendship(session, ended=ended)
    flash_message(_("You and %(name)s are friends.", name=other.name))
    return _back(handle)


def _pack(ended: service.EndedFriendship) -> list[Any]:
    since = ended.since.isoformat()
    return [ended.account_id, ended.friend_id, since, ended.my_level, ended.their_level]


def _unpack(packed: list[Any]) -> service.EndedFriendship:
    account_id, friend_id, since, my_level, their_level = packed
    return service.EndedFriendship(
        account_id, friend_id, dt.datetime.fromisoformat(since), my_level, their_level
    )


@login_required
@limiter.limit(ACTING, key_func=_me)
def create_follow(handle: str) -> Response:
    """Follow a person: what they share with their followers comes into the feed."""
    other = _find_other(handle)
    with _refusals_told():
        with database().transaction() as session:
            service.follow_person(session, follower_id=required_account_id(), person_id=other.id, now=now())
        flash_message(_("You follow %(name)s.", name=other.name))
    return _back(handle)


@login_required
@limiter.limit(ACTING, key_func=_me)
def delete_follow(handle: str) -> Response:
    """Stop following a person; a friendship stays."""
    other = _find_other(handle)
    with database().transaction() as session:
        service.unfollow_person(session, follower_id=required_account_id(), person_id=other.id)
    undo = url_for("people.create_follow", handle=handle)
    flash_message(_("You no longer follow %(name)s.", name=other.name), undo=undo)
    return _back(handle)


@login_required
@limiter.limit(ACTING, key_func=_me)
def create_block(handle: str) -> Response:
    """Block a person: neither sees the other any more."""
    other = _find_other(handle, even_blocked=True)
    with database().transaction() as session:
        service.block(session, account_id=required_account_id(), blocked_id=other.id, now=now())
    undo = url_for("people.delete_block", handle=handle)
    flash_message(_("%(name)s is blocked: neither of you sees the other.", name=other.name), undo=undo)
    return go(url_for("people.list_blocked"))


@login_required
@limiter.limit(ACTING, key_func=_me)
def delete_block(handle: str) -> Response:
    """Take a block back; who was a friend before has to be asked anew."""
    other = _find_other(handle, even_blocked=True)
    with database().transaction() as session:
        service.unblock(session, account_id=required_account_id(), blocked_id=other.id)
    flash_message(_("%(name)s is no longer blocked.", name=other.name))
    return go(url_for("people.list_blocked"))
