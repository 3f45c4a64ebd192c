"""What is new on the pages that somebody follows, newest first."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.catalog.listing import ProductCard, list_newest_cards
from shop.page.models import Page
from shop.page.queries import list_followed_pages
from shop.web.locale import language

POSTS = 20


@dataclass(frozen=True, slots=True)
class FeedPost:
    """A product that a followed page has put up."""

    page: Page
    card: ProductCard


@dataclass(frozen=True, slots=True)
class Feed:
    """The followed pages, newest like first, and their newest products."""

    followed: list[Page]
    posts: list[FeedPost]


def load_feed(session: Session, account_id: int) -> Feed:
    """Return an account's feed in three statements."""
    followed = list_followed_pages(session, account_id)
    pages = {page.id: page for page in followed}
    newest = list_newest_cards(session, page_ids=list(pages), language=language(), limit=POSTS)
    return Feed(followed, [FeedPost(pages[page_id], card) for page_id, card in newest])
