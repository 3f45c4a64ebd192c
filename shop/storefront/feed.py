"""A page of somebody's feed, with all that its posts show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from shop.catalog.listing import list_cards_by_id
from shop.feed.feed_queries import Floor, list_popular, list_posts_below
from shop.feed.opening import Entry, FeedPage
from shop.feed.ranking import EdgeKind
from shop.feed.ranking_models import FeedOrder, OpenFeed
from shop.feed.sharing_queries import ShareView, load_shares
from shop.feed.views import NO_MARKS, Marks, PostView, load_marks, load_posts
from shop.page.models import Page
from shop.page.queries import map_pages
from shop.storefront.directory import SuggestedPage, suggest_pages
from shop.storefront.profiles import SharedThing
from shop.web.locale import language

SUGGESTED_PAGES, POPULAR_POSTS = 6, 5
POPULAR_EACH = 3
POPULAR_SPAN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """A post, or a product that somebody shared, at its place in a feed."""

    place: str
    """Names the item in its feed, as "Why this post?" asks for it; "" for a suggestion."""
    view: PostView | None
    marks: Marks
    thing: SharedThing | None = None
    """What was shared, where it is no post."""
    share: ShareView | None = None
    lead: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """So much of a feed as is shown at once.

    ``latest`` are the followed pages with the newest posts. Who has nothing in their feed gets
    ``popular`` posts and ``suggested`` pages instead.
    """

    sorting: FeedOrder
    opened_at: datetime
    items: list[FeedItem]
    next_cursor: str | None
    is_first: bool
    latest: list[Page] = field(default_factory=list)
    popular: list[FeedItem] = field(default_factory=list)
    suggested: list[SuggestedPage] = field(default_factory=list)

    @property
    def post_ids(self) -> list[int]:
        """The posts that are shown."""
        return [item.view.id for item in [*self.items, *self.popular] if item.view is not None]


def load_feed(session: Session, opened: OpenFeed, page: FeedPage, *, is_first: bool) -> Feed:
    """Return a page of a feed in a bounded number of statements, however much is followed."""
    items = _load_items(session, opened.account_id, page)
    latest: list[Page] = []
    popular: list[FeedItem] = []
    suggested: list[SuggestedPage] = []
    if is_first:
        ids = opened.state["latest"]
        pages = map_pages(session, ids) if ids else {}
        latest = [pages[page_id] for page_id in ids if page_id in pages]
    if is_first and not items and page.next_cursor is None:
        suggested = suggest_pages(session, opened.account_id, SUGGESTED_PAGES)
        popular = _load_popular(session, opened, [one.page.id for one in suggested])
    return Feed(page.sorting, opened.opened_at, items, page.next_cursor, is_first, latest, popular, suggested)


def _load_items(session: Session, account_id: int, page: FeedPage) -> list[FeedItem]:
    ids = [entry.item.post_id for entry in page.entries if entry.item.post_id]
    posts = load_posts(session, ids, language())
    marks = load_marks(session, account_id, ids)
    shares = load_shares(session, [entry.share.id for entry in page.entries if entry.share is not None])
    products = {share.product_id for share in shares.values() if share.product_id}
    cards = list_cards_by_id(session, product_ids=products, language=language()) if products else {}
    items = []
    for entry in page.entries:
        share = shares.get(entry.item.share_id)
        view = posts.get(entry.item.post_id)
        card = cards.get(entry.item.product_id)
        if view is None and (share is None or card is None):
            continue
        thing = SharedThing(share, None, card) if share is not None and card is not None else None
        items.append(
            FeedItem(
                place=f"{page.token}.{entry.index}",
                view=view,
                marks=marks.get(entry.item.post_id, NO_MARKS),
                thing=thing,
                share=share,
                lead=lead_of(entry, share),
            )
        )
    return items


def lead_of(entry: Entry, share: ShareView | None) -> str | None:
    """Return who brought an item here: "Léa and 2 others shared this"."""
    if share is None:
        return None
    score = entry.item.score
    sharers = {edge.account_id for edge in score.edges if edge.kind is EdgeKind.SHARE} if score else set()
    others = len(sharers - {share.account_id})
    if others:
        return str(
            ngettext(
                "%(name)s and %(num)s other shared this", "%(name)s and %(num)s others shared this",
                others, name=share.who,
            )
        )  # fmt: skip
    return str(_("%(name)s shared this", name=share.who))


def _load_popular(session: Session, opened: OpenFeed, page_ids: list[int]) -> list[FeedItem]:
    """Return what brings most of late on the suggested pages, for somebody whose feed is empty."""
    floors = [Floor(opened.opened_at, page_id=page_id) for page_id in page_ids]
    newest = [post.id for post in list_posts_below(session, floors, each=POPULAR_EACH)]
    if not newest:
        return []
    since = opened.opened_at - POPULAR_SPAN
    ids = list_popular(session, newest, since=since, limit=POPULAR_POSTS)
    posts: Mapping[int, PostView] = load_posts(session, ids, language())
    marks = load_marks(session, opened.account_id, ids)
    return [FeedItem("", posts[one], marks.get(one, NO_MARKS)) for one in ids if one in posts]
