"""Does the house itself see what the simulation says? One page is written into its tables, looked at and read there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.accounts.profile_models import Profile
from shop.core.db import Database
from shop.core.fading import affinity_at
from shop.feed.models import Post, PostCounts, PostKind, PostStatus
from shop.feed.opening import sort_feed
from shop.feed.ranking import EdgeKind, page_tie, weigh
from shop.page.models import Affinity, Follower, Page, PageVersion
from shop.people.models import Friend
from shop.quality.looking import look_at_page
from shop.quality.signs import Judged
from shop.simulation.house import open_house, open_page, write, write_accounts
from shop.simulation.judging import FIRST_PAGE, PAGE_SINCE, friendships_of
from shop.simulation.people import DAY_MINUTES, Person, instant
from shop.simulation.posts import Post as WorldPost
from shop.simulation.queries import list_flagged
from shop.simulation.world import PageWorld

PAGE = 1
READ = 40
"""So many fans' feeds are opened."""
PICTURE = {"key": "none", "width": 1, "height": 1, "widths": [1], "formats": ["webp"], "color": "#fff"}


@dataclass(frozen=True, slots=True)
class Checked:
    """How many likes the house's own look judged as the simulation did, and how many feeds scored a post so."""

    likes: int
    same_flags: int
    feeds: int
    same_scores: int


def check_house(page: PageWorld, day: int, judged: dict[int, Judged]) -> Checked:
    """Write a page at the end of ``day`` into a database; look at its fans and open feeds there."""
    end = (day + 1) * DAY_MINUTES - 1.0
    likers = [one for one in page.people.values() if one.is_there(end)]
    posts = [post for post in page.posts if post.minute > end - 3 * DAY_MINUTES]
    with open_house() as database:
        _write_all(database, likers, posts)
        look_at_page(database, page_id=PAGE, now=instant(end))
        with database.reading() as session:
            flagged = list_flagged(session, PAGE)
            same = sum((one.id in flagged) is judged[one.id].is_flagged for one in likers)
            readers = [one for one in likers if one.active][:READ]
            scores = [_scores_alike(session, one, posts[-1], end) for one in readers]
    return Checked(len(likers), same, len(scores), sum(scores))


def _scores_alike(session: Session, reader: Person, post: WorldPost, end: float) -> bool:
    """Tell whether the reader's real feed gives the post's page edge the score that the world gives it."""
    feed = sort_feed(session, reader.id, instant(end))
    kept = next(item for item in feed.items if item[0] == post.number + FIRST_POST)
    found = kept[5][0]
    tie = page_tie(
        affinity=affinity_at(reader.level, instant(end)), kind=PostKind.PHOTO, weights={},
        age=instant(end) - instant(post.minute),
    )  # fmt: skip
    edge = weigh([tie], 0).edges[0]
    kinds = tuple(EdgeKind)
    return (kinds[found[0]], *found[2:5]) == (EdgeKind.PAGE, edge.affinity, edge.weight, edge.decay)


FIRST_POST = 1000


def _write_all(database: Database, likers: Sequence[Person], posts: Sequence[WorldPost]) -> None:
    others = sorted({page for one in likers for page in one.other_likes})
    with database.transaction() as session:
        for page_id, slug in [(PAGE, "looked-at"), *((FIRST_PAGE + one, f"other-{one}") for one in others)]:
            open_page(session, page_id=page_id, slug=slug, since=instant(PAGE_SINCE))
        write_accounts(session, (one.id for one in likers))
        for has_picture in (True, False):
            write(session, Profile, [_profile(one) for one in likers if one.has_picture is has_picture])
        write(session, Follower, [row for one in likers for row in _likes(one)])
        write(session, Affinity, [_affinity(one) for one in likers])
        since = instant(-1_000_000)
        write(
            session, Friend,
            [
                {"account_id": one, "friend_id": other, "since": since}
                for pair in friendships_of(likers)
                for one, other in (pair, pair[::-1])
            ],
        )  # fmt: skip
        # One of the page's first day stands for all before the last ones: looks are known from it on.
        first = _post(posts[0]) | {
            "id": 1,
            "created_at": instant(PAGE_SINCE),
            "published_at": instant(PAGE_SINCE),
        }
        write(session, Post, [first, *map(_post, posts)])
        write(session, PostCounts, [{"post_id": one.number + FIRST_POST} for one in posts])
        session.get_one(Page, PAGE).follower_count = len(likers)
        session.get_one(PageVersion, PAGE).last_post_at = instant(posts[-1].minute)


def _profile(one: Person) -> dict[str, object]:
    row: dict[str, object] = {
        "account_id": one.id, "handle": one.handle, "bio": "Hello" if one.has_bio else "",
        "created_at": instant(one.born),
    }  # fmt: skip
    # A None that is written out would be JSON's null, which is something.
    return row | ({"avatar": PICTURE} if one.has_picture else {})


def _likes(one: Person) -> list[dict[str, object]]:
    mine = {"page_id": PAGE, "account_id": one.id, "source": one.source, "followed_at": instant(one.liked)}
    return [
        mine,
        *(
            {
                "page_id": FIRST_PAGE + page,
                "account_id": one.id,
                "source": "organic",
                "followed_at": instant(at),
            }
            for page, at in one.other_likes.items()
        ),
    ]


def _affinity(one: Person) -> dict[str, object]:
    return {
        "account_id": one.id, "page_id": PAGE, "level": one.level, "interactions": 0,
        "first_view_at": None if one.first_view is None else instant(one.first_view),
        "last_view_at": None if one.last_view is None else instant(one.last_view),
        "last_interaction_at": None if one.last_act is None else instant(one.last_act),
    }  # fmt: skip


def _post(post: WorldPost) -> dict[str, object]:
    at = instant(post.minute)
    return {
        "id": post.number + FIRST_POST, "page_id": PAGE, "kind": PostKind.PHOTO, "status": PostStatus.PUBLISHED,
        "body": "A post", "created_at": at, "published_at": at,
    }  # fmt: skip
