"""``shop demo``: fills in the demo brands through the ordinary services, as often as one likes.

What is there is never written again, so that an admin's edits stay. Each page, product, person and
past order is one transaction: a start that was broken off is finished by the next.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.passwords import PasswordHash, hash_password
from shop.accounts.service import sign_up
from shop.demo import content_types as demo
from shop.demo.artwork import Artwork, Prepare, upload
from shop.demo.brands import add_brand, add_shelves
from shop.demo.content import DEMO_PASSWORD, FOLLOWERS, PAGES, PAST_ORDERS
from shop.demo.content_posts import POSTS
from shop.demo.content_promotions import CONTESTS, COUPONS
from shop.demo.goods import add_product, find_missing_products, picture_files
from shop.demo.past_orders import add_past_order, find_missing_orders
from shop.demo.posts import add_post, find_crowd, find_missing_posts
from shop.demo.promotions import add_contest, add_coupon, find_missing_contests, find_missing_coupons
from shop.demo.ties import add_ties
from shop.demo.visits import add_visits
from shop.page.models import Page
from shop.page.queries import find_page
from shop.page.service import follow
from shop.web.context import Runtime

SIGN_INS: tuple[str, ...] = (
    f"{PAGES[0].staff[0].email} / {DEMO_PASSWORD} (owner of {PAGES[0].name})",
    f"{FOLLOWERS[0].email} / {DEMO_PASSWORD} (a follower)",
)


@dataclass
class _Seeding:
    """What one run adds, and what it has added."""

    runtime: Runtime
    brands: Sequence[demo.Page]
    now: dt.datetime
    added: dict[str, int] = field(default_factory=dict)

    @cached_property
    def password(self) -> PasswordHash:
        """The one password's hash: it takes a quarter of a second, so all accounts share it."""
        return hash_password(DEMO_PASSWORD)

    def count(self, name: str, number: int = 1) -> None:
        """Note that something was added."""
        if number:
            self.added[name] = self.added.get(name, 0) + number


def seed(
    runtime: Runtime,
    tell: Callable[[str], None],
    *,
    brands: Sequence[demo.Page] = PAGES,
    prepare: Prepare = upload,
) -> None:
    """Add what is missing of ``brands``, their followers and past orders; ``tell`` hears what was done."""
    work = _Seeding(runtime, brands, runtime.clock.now())
    with runtime.database.reading() as session:
        pages = {brand.slug: find_page(session, brand.slug) for brand in brands}
        missing = {brand.slug: find_missing_products(session, brand, pages[brand.slug]) for brand in brands}
    needed = [
        name
        for brand in brands
        for name in picture_files(brand, missing[brand.slug], with_page=pages[brand.slug] is None)
    ]
    if needed:
        tell(f"Preparing the demo's {len(needed)} pictures; this happens once.")
    with (
        _progress(len(needed), tell) as stored,
        Artwork(runtime.files, needed, stored, prepare) as artwork,
    ):
        for brand in brands:
            page = pages[brand.slug] or _open_page(work, brand, artwork)
            _list_products(work, brand, page, missing[brand.slug], artwork)
    _add_followers(work)
    _add_posts(work)
    with runtime.database.transaction() as session:
        work.count("circle of friends", int(add_ties(session, work.now)))
    _add_orders(work)
    _add_promotions(work)
    told = ", ".join(f"{number} {name}" for name, number in work.added.items())
    tell(f"Demo: added {told}." if told else "Demo: everything is in place.")


def _open_page(work: _Seeding, brand: demo.Page, artwork: Artwork) -> Page:
    for picture in (brand.cover, brand.logo):
        artwork.get(picture.file)
    password = work.password
    with work.runtime.database.transaction() as session:
        page = add_brand(session, brand, artwork, password, work.now)
        add_visits(session, page, work.now)
    work.count("pages")
    return page


def _list_products(
    work: _Seeding, brand: demo.Page, page: Page, products: Sequence[demo.Product], artwork: Artwork
) -> None:
    # The oldest first, so that the ids, too, follow the dates.
    for product in sorted(products, key=lambda product: -product.listed_days_ago):
        for picture in product.pictures:
            artwork.get(picture.file)  # waited for here: a transaction holds up every other writer
        with work.runtime.database.transaction() as session:
            add_product(session, product, page, artwork, work.now)
        work.count("products")
    with work.runtime.database.transaction() as session:
        work.count("collections", add_shelves(session, brand, page, work.now))


def _add_followers(work: _Seeding) -> None:
    with work.runtime.database.reading() as session:
        wanted = {person.email for person in FOLLOWERS}
        known = set(session.scalars(select(Account.email).where(Account.email.in_(wanted))))
        page_ids = _page_ids(session, work.brands)
    for person in FOLLOWERS:
        likes = [(page_ids[slug], days) for slug, days in person.likes if slug in page_ids]
        if person.email in known or not likes:
            continue
        password = work.password
        with work.runtime.database.transaction() as session:
            _add_follower(session, person, likes, password, work.now)
        work.count("followers")


def _add_follower(
    session: Session,
    person: demo.Follower,
    likes: Sequence[tuple[int, int]],
    password: PasswordHash,
    now: dt.datetime,
) -> None:
    """Sign a person up with their likes, at once: a like that they take back later does not come back."""
    # Half a day before the orders of the same day, so that who bought that day followed already.
    liked_at = {page_id: now - dt.timedelta(days=days, hours=12) for page_id, days in likes}
    account = sign_up(
        session,
        email=person.email,
        name=person.name,
        password=password,
        language=person.language,
        now=min(liked_at.values()),
        is_confirmed=True,
    )
    for page_id, at in liked_at.items():
        follow(session, page_id=page_id, account_id=account.id, now=at)


def _add_posts(work: _Seeding) -> None:
    with work.runtime.database.reading() as session:
        pages = {brand.slug: find_page(session, brand.slug) for brand in work.brands}
        page_ids = {slug: page.id for slug, page in pages.items() if page is not None}
        missing = find_missing_posts(session, POSTS, page_ids)
        crowds = {slug: find_crowd(session, page_ids[slug]) for slug in {post.page_slug for post in missing}}
    for post in missing:
        page = pages[post.page_slug]
        if page is not None:
            with work.runtime.database.transaction() as session:
                add_post(session, post, page, crowds[post.page_slug], work.now)
            work.count("posts")


def _add_orders(work: _Seeding) -> None:
    with work.runtime.database.reading() as session:
        missing = find_missing_orders(session, PAST_ORDERS)
        pages = {brand.slug: find_page(session, brand.slug) for brand in work.brands} if missing else {}
    for place, wanted in missing:
        page = pages.get(wanted.page_slug)
        if page is None:
            continue
        email = None if wanted.buyer is None else FOLLOWERS[wanted.buyer].email
        with work.runtime.database.transaction() as session:
            order = add_past_order(
                session, place=place, wanted=wanted, page=page, buyer_email=email, now=work.now
            )
        work.count("past orders", number=0 if order is None else 1)


def _add_promotions(work: _Seeding) -> None:
    with work.runtime.database.reading() as session:
        pages = {brand.slug: find_page(session, brand.slug) for brand in work.brands}
        page_ids = {slug: page.id for slug, page in pages.items() if page is not None}
        coupons = find_missing_coupons(session, COUPONS, page_ids)
        contests = find_missing_contests(session, CONTESTS, page_ids)
    for coupon in coupons:
        page = pages[coupon.page_slug]
        if page is not None:
            with work.runtime.database.transaction() as session:
                add_coupon(session, coupon, page, work.now)
            work.count("coupons")
    for contest in contests:
        page = pages[contest.page_slug]
        if page is not None:
            with work.runtime.database.transaction() as session:
                is_added = add_contest(session, contest, page, signer=work.runtime.signer, now=work.now)
            work.count("contests", int(is_added))


def _page_ids(session: Session, brands: Sequence[demo.Page]) -> dict[str, int]:
    statement = select(Page.slug, Page.id).where(Page.slug.in_([brand.slug for brand in brands]))
    return {row.slug: row.id for row in session.execute(statement)}


@contextmanager
def _progress(total: int, tell: Callable[[str], None]) -> Iterator[Callable[[], None]]:
    """Yield what is to be called, from any thread, after each picture: a bar on a terminal, else some lines."""
    console = Console(stderr=True)
    if not total or not console.is_terminal:
        numbers = itertools.count(1)
        yield lambda: _tell_now_and_then(next(numbers), total, tell)
        return
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Pictures", total=total)
        yield lambda: progress.advance(task)


def _tell_now_and_then(number: int, total: int, tell: Callable[[str], None]) -> None:
    if number % 20 == 0:
        tell(f"  {number} of {total} pictures")
