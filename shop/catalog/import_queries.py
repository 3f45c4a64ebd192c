"""Every SELECT about imports: the runs, what was wrong in their files, and how far their pictures are."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from shop.accounts.models import Account
from shop.catalog.import_models import ImportIssue, ImportRun, ImportState, Planned, PlannedProduct
from shop.catalog.models import FetchState, PictureFetch, Product
from shop.core.errors import NotFound

ACTIVE = (ImportState.READING, ImportState.QUEUED, ImportState.RUNNING)


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in a list, and the name of who brought the file."""

    run: ImportRun
    who: str | None


@dataclass(frozen=True, slots=True)
class PictureProgress:
    """How many of a run's pictures are waited for, have come, and have failed."""

    waiting: int
    done: int
    failed: int

    @property
    def total(self) -> int:
        """All that the run asked for."""
        return self.waiting + self.done + self.failed


@dataclass(frozen=True, slots=True)
class FailedPicture:
    """A picture that did not come: whose, from where, and why (a msgid and what fills it)."""

    product_id: int
    title: str
    url: str
    problem: str
    params: dict[str, object]


def get_run(session: Session, *, page_id: int, run_id: int) -> RunRow:
    """Return a page's run and who brought it, or raise NotFound."""
    found = session.execute(
        select(ImportRun, Account.name)
        .outerjoin(Account, Account.id == ImportRun.account_id)
        .where(ImportRun.page_id == page_id, ImportRun.id == run_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return RunRow(*found)


def find_run(session: Session, run_id: int) -> ImportRun | None:
    """Return a run of any page, or None."""
    return session.get(ImportRun, run_id)


def list_runs(session: Session, *, page_id: int, offset: int, limit: int) -> list[RunRow]:
    """Return a page's runs, the newest first."""
    found = session.execute(
        select(ImportRun, Account.name)
        .outerjoin(Account, Account.id == ImportRun.account_id)
        .where(ImportRun.page_id == page_id)
        .order_by(ImportRun.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [RunRow(run, name) for run, name in found]


def find_run_ahead(session: Session, *, run: ImportRun, alive_since: dt.datetime) -> int | None:
    """Return the id of a run that is being written into the same page and seen alive, or None.

    One from the browser counts even when its worker was lost: another worker takes it up.
    """
    return session.scalar(
        select(ImportRun.id)
        .where(
            ImportRun.page_id == run.page_id,
            ImportRun.id != run.id,
            ImportRun.state == ImportState.RUNNING,
            (ImportRun.account_id.is_not(None)) | (ImportRun.heartbeat_at > alive_since),
        )
        .limit(1)
    )


def list_issues(
    session: Session, *, run_id: int, is_rejection: bool, offset: int, limit: int
) -> list[ImportIssue]:
    """Return a stretch of what was wrong in a run's file, in the order of its rows."""
    statement = (
        select(ImportIssue)
        .where(ImportIssue.run_id == run_id, ImportIssue.is_rejection == is_rejection)
        .order_by(ImportIssue.row, ImportIssue.id)
    )
    return list(session.scalars(statement.offset(offset).limit(limit)))


def iterate_rejections(session: Session, run_id: int) -> Iterator[tuple[int, str, str, dict[str, str | int]]]:
    """Yield (row, field, code, params) of each fault that keeps a product out, in the order of rows."""
    found = session.execute(
        select(ImportIssue.row, ImportIssue.field, ImportIssue.code, ImportIssue.params)
        .where(ImportIssue.run_id == run_id, ImportIssue.is_rejection.is_(True))
        .order_by(ImportIssue.row, ImportIssue.id)
        .execution_options(yield_per=1000)
    )
    yield from (tuple(one) for one in found)


def list_planned(
    session: Session, *, run_id: int, outcome: Planned, offset: int, limit: int
) -> list[PlannedProduct]:
    """Return a stretch of the products of which a run's file makes ``outcome``, in the file's order."""
    statement = (
        select(PlannedProduct)
        .where(PlannedProduct.run_id == run_id, PlannedProduct.outcome == outcome)
        .order_by(PlannedProduct.row)
    )
    return list(session.scalars(statement.offset(offset).limit(limit)))


def get_left_out(session: Session, run_id: int) -> Sequence[Sequence[int]]:
    """Return the [first, last] rows of each stretch that a run kept out."""
    run = session.scalars(
        select(ImportRun).where(ImportRun.id == run_id).options(undefer(ImportRun.left_out))
    ).one()
    return run.left_out


def count_pictures(session: Session, run_id: int) -> PictureProgress:
    """Return how far the pictures are that a run last asked for."""
    found = session.execute(
        select(PictureFetch.state, func.count())
        .where(PictureFetch.run_id == run_id)
        .group_by(PictureFetch.state)
    )
    counts: dict[FetchState, int] = dict(iter(found))
    return PictureProgress(
        waiting=counts.get(FetchState.WAITING, 0),
        done=counts.get(FetchState.DONE, 0),
        failed=counts.get(FetchState.FAILED, 0),
    )


def list_failed_pictures(session: Session, *, run_id: int, limit: int) -> list[FailedPicture]:
    """Return a run's pictures that did not come, in the order in which they were asked for."""
    found = session.execute(
        select(Product.id, Product.title, PictureFetch.url, PictureFetch.problem, PictureFetch.problem_params)
        .join(Product, Product.id == PictureFetch.product_id)
        .where(PictureFetch.run_id == run_id, PictureFetch.state == FetchState.FAILED)
        .order_by(PictureFetch.id)
        .limit(limit)
    )
    return [
        FailedPicture(product_id, title, url, problem or "", params)
        for product_id, title, url, problem, params in found
    ]


def count_runs_with_file(session: Session, file_key: str) -> int:
    """Return how many runs still keep a file."""
    return (
        session.scalar(select(func.count()).select_from(ImportRun).where(ImportRun.file_key == file_key)) or 0
    )
