"""Every SELECT over pages, staff and followers."""

from collections.abc import Collection

from sqlalchemy import Row, bindparam, column, func, select, table
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.core.db import Reader
from shop.core.errors import NotFound
from shop.page.models import Follower, Page, PageVersion, Role, StaffMember


def find_page(session: Session, slug: str) -> Page | None:
    """Return the page at address ``slug``, or None."""
    return session.scalars(select(Page).where(Page.slug == slug)).one_or_none()


def get_page(session: Session, slug: str) -> Page:
    """Return the page at address ``slug``; NotFound when there is none."""
    page = find_page(session, slug)
    if page is None:
        raise NotFound
    return page


def get_page_by_id(session: Session, page_id: int) -> Page:
    """Return the page with this id; NotFound when there is none."""
    page = session.get(Page, page_id)
    if page is None:
        raise NotFound
    return page


def get_country(session: Session, page_id: int) -> str:
    """Return the country (ISO 3166-1 alpha-2) of the page with this id; NotFound when there is none."""
    country = session.scalar(select(Page.country).where(Page.id == page_id))
    if country is None:
        raise NotFound
    return country


def list_pages_by_id(session: Session, *, limit: int, after_id: int = 0) -> list[Page]:
    """Return pages in the order in which they were made: one that no like changes between two reads."""
    return list(session.scalars(select(Page).where(Page.id > after_id).order_by(Page.id).limit(limit)))


def is_follower(session: Reader, page_id: int, account_id: int | None) -> bool:
    """Tell whether the account likes the page; a guest never does."""
    if account_id is None:
        return False
    return session.scalar(_FOLLOWING, {"page_id": page_id, "account_id": account_id}) is not None


def find_role(session: Reader, page_id: int, account_id: int | None) -> Role | None:
    """Return the account's role on the page, or None."""
    if account_id is None:
        return None
    return session.scalar(_ROLE, {"page_id": page_id, "account_id": account_id})


def list_staff(session: Session, page_id: int) -> list[Row[StaffMember, Account]]:
    """Return each member of staff with their account, in the order in which they came."""
    statement = (
        select(StaffMember, Account)
        .join(Account, Account.id == StaffMember.account_id)
        .where(StaffMember.page_id == page_id)
        .order_by(StaffMember.id)
    )
    return list(session.execute(statement))


def find_member(session: Session, page_id: int, account_id: int) -> StaffMember | None:
    """Return the account's place on the page's staff, or None."""
    statement = select(StaffMember).where(
        StaffMember.page_id == page_id, StaffMember.account_id == account_id
    )
    return session.scalars(statement).one_or_none()


def count_owners(session: Session, page_id: int) -> int:
    """Return how many own the page."""
    statement = select(func.count(StaffMember.id)).where(
        StaffMember.page_id == page_id, StaffMember.role == Role.OWNER
    )
    return session.scalar(statement) or 0


def lock_page(session: Session, page_id: int) -> None:
    """Make other changes of this page's staff wait until this transaction ends.

    So do likes, which count the page's followers; whatever only refers to the page, an order or a visit, does not.
    """
    session.execute(select(Page.id).where(Page.id == page_id).with_for_update(key_share=True))


def list_workplaces(session: Session, account_id: int) -> list[Row[Page, Role]]:
    """Return the pages that the account works on with its role there."""
    statement = (
        select(Page, StaffMember.role)
        .join(StaffMember, StaffMember.page_id == Page.id)
        .where(StaffMember.account_id == account_id)
        .order_by(Page.name)
    )
    return list(session.execute(statement))


def list_slugs(session: Session, *, beginning: str) -> list[str]:
    """Return the pages' addresses that begin with ``beginning`` (letters, digits and hyphens)."""
    return list(session.scalars(select(Page.slug).where(Page.slug.startswith(beginning))))


def list_order_prefixes(session: Session) -> list[str]:
    """Return all pages' order prefixes."""
    return list(session.scalars(select(Page.order_prefix)))


def get_version(session: Session, page_id: int) -> int:
    """Return the number that every visible write of the page raises."""
    return session.scalar(select(PageVersion.version).where(PageVersion.page_id == page_id)) or 0


def find_version(session: Reader, slug: str) -> tuple[int, int] | None:
    """Return the id and the version of the page at address ``slug`` in one small statement, or None.

    It takes what ``Database.glancing()`` yields, since every public page asks it first.
    """
    row = session.execute(_VERSION_OF_SLUG, {"slug": slug}).one_or_none()
    return None if row is None else (row[0], row[1])


# Built once, since every public page asks them.
_FOLLOWING = select(Follower.id).where(
    Follower.page_id == bindparam("page_id"), Follower.account_id == bindparam("account_id")
)
_ROLE = select(StaffMember.role).where(
    StaffMember.page_id == bindparam("page_id"), StaffMember.account_id == bindparam("account_id")
)
_VERSION_OF_SLUG = (
    select(PageVersion.page_id, PageVersion.version)
    .join(Page, Page.id == PageVersion.page_id)
    .where(Page.slug == bindparam("slug"))
)


def get_directory_version(session: Reader) -> tuple[int, ...]:
    """Return numbers that change whenever any page is added, removed or visibly written."""
    figures = (func.count(), func.max(PageVersion.page_id), func.sum(PageVersion.version))
    return tuple(int(figure or 0) for figure in session.execute(select(*figures)).one())


def map_pages(session: Session, page_ids: Collection[int]) -> dict[int, Page]:
    """Return pages by their ids."""
    return {page.id: page for page in session.scalars(select(Page).where(Page.id.in_(list(page_ids))))}


def is_own_post(session: Session, *, page_id: int, post_id: int) -> bool:
    """Tell whether a published post belongs to the page. Posts live a floor above: their table is asked by its name."""
    posts = table("posts", column("id"), column("page_id"), column("status"), column("deleted_at"))
    statement = select(posts.c.id).where(
        posts.c.id == post_id,
        posts.c.page_id == page_id,
        posts.c.status == "published",
        posts.c.deleted_at.is_(None),
    )
    return session.scalar(statement) is not None
