"""Friends, requests, the search for people, blocks and one's own profile. Profiles themselves are in ``storefront``."""

import base64
import binascii
import json
from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import current_account_id, login_required, required_account_id
from shop.core.errors import NotFound
from shop.people import acts, profile_form
from shop.people.finding_queries import (
    count_requests_to,
    list_friends,
    list_people_you_may_know,
    list_requests_by,
    list_requests_to,
    search_people,
)
from shop.people.queries import count_friends, find_profile_of, list_blocked_people
from shop.web.context import database
from shop.web.forms import id_or_none
from shop.web.limits import limiter
from shop.web.pages import render, see_other

blueprint = Blueprint("people", __name__)

SHOWN_FRIENDS = 48
SHOWN_REQUESTS = 50
SHOWN_SUGGESTIONS = 12
SHOWN_FOUND = 30
SHOWN_BLOCKED = 48
MAX_PARTS = 500
MAX_QUERY = 100

blueprint.post("/people/<handle>/request")(acts.create_request)
blueprint.post("/people/<handle>/request/removal")(acts.delete_request)
blueprint.post("/people/<handle>/acceptance")(acts.create_friendship)
blueprint.post("/people/<handle>/refusal")(acts.create_refusal)
blueprint.post("/people/<handle>/refusal/removal")(acts.delete_refusal)
blueprint.post("/people/<handle>/friendship/removal")(acts.delete_friendship)
blueprint.post("/people/<handle>/friendship/restoration/<proof>")(acts.restore_friendship)
blueprint.post("/people/<handle>/follow")(acts.create_follow)
blueprint.post("/people/<handle>/follow/removal")(acts.delete_follow)
blueprint.post("/people/<handle>/block")(acts.create_block)
blueprint.post("/people/<handle>/block/removal")(acts.delete_block)
blueprint.get("/account/profile", endpoint="edit_profile")(profile_form.edit)
blueprint.post("/account/profile", endpoint="update_profile")(profile_form.update)


@blueprint.get("/friends")
@login_required
def show_friends() -> Response:
    """Show requests, one's friends by name, and people whom one may know."""
    me = required_account_id()
    query, after = typed_query(), read_place(request.args.get("after", ""))
    with database().reading() as session:
        friends = list_friends(session, me, limit=SHOWN_FRIENDS + 1, after=after, query=query)
        first = after is None and not query
        context: dict[str, Any] = {
            "count": count_friends(session, me),
            "request_count": count_requests_to(session, me) if first else 0,
            "requests": list_requests_to(session, me, limit=SHOWN_REQUESTS) if first else [],
            "asked": list_requests_by(session, me, limit=SHOWN_REQUESTS) if first else [],
            "suggestions": list_people_you_may_know(session, me, limit=SHOWN_SUGGESTIONS) if first else [],
        }
    shown = friends[:SHOWN_FRIENDS]
    next_url = None
    if len(friends) > SHOWN_FRIENDS:
        place = write_place(shown[-1].name, shown[-1].id)
        next_url = url_for("people.show_friends", q=query or None, after=place)
    return render("people/friends.html", friends=shown, query=query, next_url=next_url, **context)


@blueprint.get("/people")
@limiter.limit("60/minute")
def find_people() -> Response:
    """Show the people whose names begin as typed, and some whom one may know."""
    me, query = current_account_id(), typed_query()
    with database().reading() as session:
        found = search_people(session, me, query, limit=SHOWN_FOUND) if query else []
        known = (
            list_people_you_may_know(session, me, limit=SHOWN_SUGGESTIONS)
            if me is not None and not found
            else []
        )
    return render("people/find.html", query=query, found=found, suggestions=known, most=SHOWN_FOUND)


@blueprint.get("/people/me")
@login_required
def show_me() -> BaseResponse:
    """Lead to one's own profile."""
    with database().reading() as session:
        profile = find_profile_of(session, required_account_id())
    if profile is None:
        raise NotFound
    return see_other("profiles.show_profile", handle=profile.handle)


@blueprint.get("/account/blocked")
@login_required
def list_blocked() -> Response:
    """Show whom one has blocked, the latest first."""
    part = min(id_or_none(request.args.get("part", "")) or 1, MAX_PARTS)
    offset = (part - 1) * SHOWN_BLOCKED
    with database().reading() as session:
        blocked = list_blocked_people(session, required_account_id(), limit=SHOWN_BLOCKED + 1, offset=offset)
    next_url = url_for("people.list_blocked", part=part + 1) if len(blocked) > SHOWN_BLOCKED else None
    return render("people/blocked.html", blocked=blocked[:SHOWN_BLOCKED], next_url=next_url)


def typed_query() -> str:
    """Return what was typed into a search, shortened."""
    return " ".join(request.args.get("q", "").replace("\x00", "").split())[:MAX_QUERY]


def write_place(name: str, person_id: int) -> str:
    """Return the place behind a person in a list by name, as a text fit for an address."""
    return base64.urlsafe_b64encode(json.dumps([name, person_id]).encode()).decode().rstrip("=")


def read_place(text: str) -> tuple[str, int] | None:
    """Return the name and id that ``write_place`` wrote, or None for anything else: the list starts anew."""
    try:
        name, person_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, RecursionError, binascii.Error):
        return None
    if type(person_id) is not int or not 0 <= person_id < 2**63:
        return None
    return (name, person_id) if isinstance(name, str) and "\x00" not in name else None
