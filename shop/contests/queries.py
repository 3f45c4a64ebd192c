"""The SELECTs that changes of contests and entries stand on; lists and figures are in files beside."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.catalog.models import Product, ProductStatus
from shop.contests.models import Contest, ContestEntry, ContestStatus, ContestWinner, PhotoStatus
from shop.core.errors import NotFound
from shop.coupons.models import Coupon
from shop.page.models import StaffMember


def get_contest(
    session: Session, *, page_id: int, contest_id: int, is_deleted: bool | None = False
) -> Contest:
    """Return a page's contest; NotFound when there is none, or when it is deleted (or is not; None takes either)."""
    contest = session.scalars(
        select(Contest).where(Contest.page_id == page_id, Contest.id == contest_id)
    ).one_or_none()
    return _checked(contest, is_deleted)


def lock_contest(
    session: Session, *, page_id: int, contest_id: int, is_deleted: bool | None = False
) -> Contest:
    """Do what ``get_contest`` does and keep others from changing or entering it until the transaction ends."""
    contest = find_locked_contest(session, contest_id)
    return _checked(contest if contest and contest.page_id == page_id else None, is_deleted)


def find_locked_contest(session: Session, contest_id: int) -> Contest | None:
    """Return a contest of any page, locked, deleted ones too; None when there is none."""
    statement = select(Contest).where(Contest.id == contest_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def _checked(contest: Contest | None, is_deleted: bool | None) -> Contest:
    if contest is None or (is_deleted is not None and (contest.deleted_at is not None) is not is_deleted):
        raise NotFound
    return contest


def list_slugs(session: Session, *, page_id: int, beginning: str) -> set[str]:
    """Return the addresses of a page's contests that begin so."""
    statement = select(Contest.slug).where(Contest.page_id == page_id, Contest.slug.startswith(beginning))
    return set(session.scalars(statement))


def has_public_contests(session: Session, page_id: int) -> bool:
    """Tell whether a page has a contest that everybody sees."""
    statement = select(Contest.id).where(
        Contest.page_id == page_id, Contest.status != ContestStatus.DRAFT, Contest.deleted_at.is_(None)
    )
    return session.scalar(statement.limit(1)) is not None


def has_entries(session: Session, contest_id: int) -> bool:
    """Tell whether anybody has entered a contest, confirmed or not."""
    statement = select(ContestEntry.id).where(ContestEntry.contest_id == contest_id)
    return session.scalar(statement.limit(1)) is not None


def find_prize_product(session: Session, *, page_id: int, product_id: int) -> Product | None:
    """Return a product that a page sells and can give away, or None."""
    statement = select(Product).where(
        Product.id == product_id, Product.page_id == page_id, Product.status == ProductStatus.PUBLISHED
    )
    return session.scalars(statement).one_or_none()


def find_entry(session: Session, entry_id: int) -> ContestEntry | None:
    """Return an entry, or None."""
    return session.get(ContestEntry, entry_id)


def get_entry(session: Session, entry_id: int) -> ContestEntry:
    """Return an entry; NotFound when there is none."""
    entry = find_entry(session, entry_id)
    if entry is None:
        raise NotFound
    return entry


def lock_entry(session: Session, entry_id: int) -> ContestEntry:
    """Return an entry as it is now, while others wait to change it; NotFound when there is none.

    Its contest is to be locked before.
    """
    statement = select(ContestEntry).where(ContestEntry.id == entry_id).with_for_update()
    entry = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if entry is None:
        raise NotFound
    return entry


def find_entry_of(
    session: Session, *, contest_id: int, person_key: str | None = None, account_id: int | None = None
) -> ContestEntry | None:
    """Return somebody's entry in a contest by their person key, or by their account, or None."""
    ids = []
    if person_key is not None:
        is_theirs = (ContestEntry.contest_id == contest_id, ContestEntry.person_key == person_key)
        ids.append(select(ContestEntry.id).where(*is_theirs))
    if account_id is not None:
        ids.append(select(ContestEntry.id).where(ContestEntry.account_id == account_id))
    if not ids:
        return None
    # Apart, so that each is found along an index of its own however many have entered.
    statement = select(ContestEntry).where(
        ContestEntry.contest_id == contest_id, ContestEntry.id.in_(union_all(*ids))
    )
    return session.scalars(statement.order_by(ContestEntry.id).limit(1)).one_or_none()


def find_prize_country(session: Session, *, coupon_id: int) -> str | None:
    """Return where the winner lives whose prize a coupon is, as they said when they entered; None for other coupons."""
    statement = (
        select(ContestEntry.country)
        .join(ContestWinner, ContestWinner.entry_id == ContestEntry.id)
        .where(ContestWinner.coupon_id == coupon_id, ContestWinner.replaced_at.is_(None))
    )
    return session.scalar(statement.limit(1))


def map_staff(session: Session, page_id: int) -> dict[int, str]:
    """Return who works on a page: e-mail addresses by account."""
    statement = (
        select(Account.id, Account.email)
        .join(StaffMember, StaffMember.account_id == Account.id)
        .where(StaffMember.page_id == page_id)
    )
    return {row.id: row.email for row in session.execute(statement)}


def list_numbered(session: Session, contest_id: int) -> list[ContestEntry]:
    """Return the entries of a contest that count, in the order of their numbers."""
    statement = select(ContestEntry).where(
        ContestEntry.contest_id == contest_id, ContestEntry.number.is_not(None)
    )
    return list(session.scalars(statement.order_by(ContestEntry.number)))


def list_numbered_after(
    session: Session, contest_id: int, *, number: int, limit: int
) -> Sequence[ContestEntry]:
    """Return the next ``limit`` entries that count, those with a number above ``number``."""
    statement = select(ContestEntry).where(
        ContestEntry.contest_id == contest_id, ContestEntry.number > number
    )
    return session.scalars(statement.order_by(ContestEntry.number).limit(limit)).all()


def list_winners(session: Session, contest_id: int) -> list[tuple[ContestWinner, ContestEntry]]:
    """Return all who were drawn with their entries, replaced ones too, in the draw's order."""
    statement = (
        select(ContestWinner, ContestEntry)
        .join(ContestEntry, ContestEntry.id == ContestWinner.entry_id)
        .where(ContestWinner.contest_id == contest_id)
        .order_by(ContestWinner.rank)
    )
    return [(winner, entry) for winner, entry in session.execute(statement)]


def map_entries_by_number(
    session: Session, contest_id: int, numbers: Collection[int]
) -> dict[int, ContestEntry]:
    """Return entries of a contest by their numbers."""
    statement = select(ContestEntry).where(
        ContestEntry.contest_id == contest_id, ContestEntry.number.in_(list(numbers))
    )
    return {entry.number: entry for entry in session.scalars(statement) if entry.number is not None}


def count_waiting_photos(session: Session, contest_id: int) -> int:
    """Return how many photos of entries that count wait for somebody to look at them."""
    statement = select(func.count(ContestEntry.id)).where(
        ContestEntry.contest_id == contest_id,
        ContestEntry.number.is_not(None),
        ContestEntry.withdrawn_at.is_(None),
        ContestEntry.photo_status == PhotoStatus.WAITING,
    )
    return session.scalar(statement) or 0


def lock_coupon_uses(session: Session, coupon_id: int) -> int:
    """Return how often a coupon was used, and let nobody use it until the transaction ends."""
    statement = select(Coupon.uses).where(Coupon.id == coupon_id).with_for_update()
    return session.scalar(statement) or 0
