"""A person's public side: what they say of themselves, their friends, the pages they like, what they shared."""

from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from shop.accounts.login import current_account_id, login_required, required_account_id
from shop.accounts.profile_models import Audience, Profile
from shop.catalog.listing import ProductCard, list_cards_by_id
from shop.core.errors import NotFound
from shop.core.places import Place, require_place
from shop.feed.sharing_queries import ShareView, list_shares_by
from shop.feed.shown import PostView
from shop.feed.view_queries import load_posts
from shop.page.models import Page
from shop.page.social_queries import count_liked_pages, list_liked_pages
from shop.people import finding_queries
from shop.people.queries import Person, count_friends, find_profile
from shop.people.routes import read_place as read_name
from shop.people.routes import typed_query
from shop.people.routes import write_place as write_name
from shop.people.standing import FRIEND, GUEST, Standing, find_standing
from shop.storefront.structured import for_person
from shop.web.context import database, now
from shop.web.locale import language
from shop.web.pages import render

blueprint = Blueprint("profiles", __name__)

SHOWN_FRIENDS = 8
SHOWN_MUTUAL = 3
SHOWN_PAGES = 12
SHOWN_SHARES = 10
LISTED = 48
PREVIEWS = {"guest": GUEST, "friend": FRIEND}


@dataclass(frozen=True)
class SharedThing:
    """A share with the post or the product that it leads to."""

    share: ShareView
    post: PostView | None
    product: ProductCard | None


@dataclass(frozen=True)
class ProfileView:
    """A profile as one viewer sees it; what they may not see is empty, with a count of None."""

    profile: Profile
    name: str
    standing: Standing
    """What the viewer is to the person; in a preview, what they play."""
    preview: str | None = None
    sees_more: bool = False
    friend_count: int | None = None
    friends: list[Person] = field(default_factory=list)
    mutual_count: int = 0
    mutual: list[Person] = field(default_factory=list)
    page_count: int | None = None
    pages: list[Page] = field(default_factory=list)
    shares: list[SharedThing] = field(default_factory=list)
    next_shares: str | None = None

    @property
    def is_public(self) -> bool:
        """Whether search engines may keep it."""
        return self.profile.visibility is Audience.EVERYBODY


@blueprint.get("/people/<handle>")
def show_profile(handle: str) -> Response:
    """Show a person as far as the viewer may see them; nobody is there for who is blocked."""
    # Before the reading: who asks is looked up on a connection, too, and a request holds one at a time.
    viewer_id = current_account_id()
    with database().reading() as session:
        view = load_profile(session, handle, viewer_id)
    links = for_person(view.profile, view.name, is_shown=view.is_public)
    return render("people/profile.html", view=view, links=links)


def load_profile(session: Session, handle: str, viewer_id: int | None) -> ProfileView:
    """Return the profile at ``handle`` for a viewer (None: a guest), in a bounded number of statements; NotFound."""
    view = _look_up(session, handle, viewer_id)
    if not view.sees_more:
        return view
    person_id = view.profile.account_id
    view = _with_shares(session, view)
    if view.standing.sees(view.profile.friends_visibility):
        view = _with_friends(session, view)
    if view.standing.sees(view.profile.likes_visibility):
        pages = list_liked_pages(session, person_id, limit=SHOWN_PAGES)
        view = replace(view, pages=pages, page_count=count_liked_pages(session, person_id))
    return view


def _look_up(session: Session, handle: str, viewer_id: int | None) -> ProfileView:
    found = find_profile(session, handle)
    if found is None:
        raise NotFound
    profile, name = found
    standing = find_standing(session, viewer_id=viewer_id, profile=profile, now=now())
    if standing is None:
        raise NotFound
    preview = request.args.get("as", "") if standing.is_self else ""
    if preview not in PREVIEWS:
        preview = ""
    standing = PREVIEWS.get(preview, standing)
    return ProfileView(
        profile, name, standing, preview=preview or None, sees_more=standing.sees(profile.visibility)
    )


def _with_friends(session: Session, view: ProfileView) -> ProfileView:
    person_id, viewer_id = view.profile.account_id, view.standing.viewer_id
    friends = finding_queries.list_friends(session, person_id, limit=SHOWN_FRIENDS, hidden_from=viewer_id)
    count = count_friends(session, person_id, hidden_from=viewer_id)
    view = replace(view, friends=friends, friend_count=count)
    if viewer_id is None or view.standing.is_self:
        return view
    mutual = finding_queries.count_mutual_friends(session, viewer_id, [person_id]).get(person_id, 0)
    people = finding_queries.list_mutual_friends(session, viewer_id, person_id, limit=SHOWN_MUTUAL)
    return replace(view, mutual_count=mutual, mutual=people)


def _with_shares(session: Session, view: ProfileView) -> ProfileView:
    cursor = request.args.get("cursor")
    shares = list_shares_by(
        session,
        view.profile.account_id,
        viewer_id=view.standing.viewer_id,
        limit=SHOWN_SHARES + 1,
        before=require_place(cursor) if cursor else None,
    )
    shown, next_url = shares[:SHOWN_SHARES], None
    if len(shares) > SHOWN_SHARES:
        values: dict[str, Any] = {"as": view.preview, "cursor": str(Place(shown[-1].at, shown[-1].id))}
        next_url = url_for("profiles.show_profile", handle=view.profile.handle, **values)
    return replace(view, shares=with_things(session, shown), next_shares=next_url)


def with_things(session: Session, shares: list[ShareView]) -> list[SharedThing]:
    """Return shares with what they lead to, in at most seven statements however many there are."""
    posts = load_posts(session, [share.post_id for share in shares if share.post_id], language())
    ids = {share.product_id for share in shares if share.product_id}
    cards = list_cards_by_id(session, product_ids=ids, language=language()) if ids else {}
    things = [
        SharedThing(share, posts.get(share.post_id or 0), cards.get(share.product_id or 0))
        for share in shares
    ]
    return [thing for thing in things if thing.post or thing.product]


@blueprint.get("/people/<handle>/friends")
@login_required
def list_friends(handle: str) -> Response:
    """Show a person's friends by name, to who may see them."""
    me = required_account_id()
    query, after = typed_query(), read_name(request.args.get("after", ""))
    with database().reading() as session:
        view = _look_up(session, handle, me)
        if not view.sees_more or not view.standing.sees(view.profile.friends_visibility):
            raise NotFound
        person_id = view.profile.account_id
        friends = finding_queries.list_friends(
            session, person_id, limit=LISTED + 1, after=after, query=query, hidden_from=me
        )
        mutual = finding_queries.count_mutual_friends(session, me, [person.id for person in friends])
        count = count_friends(session, person_id, hidden_from=me)
    shown = friends[:LISTED]
    values: dict[str, Any] = {"handle": handle, "q": query or None}
    if len(friends) > LISTED:
        values["after"] = write_name(shown[-1].name, shown[-1].id)
    next_url = url_for("profiles.list_friends", **values) if "after" in values else None
    return render(
        "people/persons_friends.html",
        view=view, friends=shown, mutual=mutual, count=count, query=query, next_url=next_url,
    )  # fmt: skip
