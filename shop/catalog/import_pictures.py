"""Pictures that an import names by their address: asked for in a batch, attached when they have come.

Nothing is fetched here. Each address of a product has one row that remembers how it went: what has
come is not fetched twice, what has failed is told at the next import and tried again.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from shop.catalog.gallery import add_picture
from shop.catalog.importing.records import ProductRecord
from shop.catalog.models import FetchState, PictureFetch, Product, ProductPicture, Variant
from shop.catalog.rules import MAX_PICTURES
from shop.core.errors import Invalid, NotFound
from shop.core.i18n import N_
from shop.core.outbox import enqueue_many
from shop.page.service import raise_version

FETCH_PICTURE = "catalog.fetch_picture"
TOO_MANY = N_("A product has at most %(limit)s pictures.")


@dataclass(slots=True)
class Asked:
    """Which pictures, asked for earlier, had failed (row, address, reason), and which products show one more."""

    failed: list[tuple[int, str, str]] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class WantedPicture:
    """An asked-for picture, for the job that fetches it."""

    page_id: int
    product_id: int
    url: str


@dataclass(slots=True)
class _Wish:
    """A picture of a product as the file names it, with the variants it shows."""

    row: int
    alt: str
    position: int
    variants: list[Variant] = field(default_factory=list)


def ask_for_pictures(
    session: Session,
    written: Sequence[tuple[ProductRecord, Product]],
    *,
    page_id: int,
    run_id: int | None,
    now: dt.datetime,
) -> Asked:
    """Queue a job for each picture that was never asked for, and again for those that failed.

    They become pictures of the import ``run_id``, so that it can tell how many have come.
    """
    asked = Asked()
    wishes = {product.id: _wishes_of(record, product) for record, product in written}
    ids = [product_id for product_id, named in wishes.items() if named]
    if not ids:
        return asked
    known = _known_fetches(session, ids)
    shown = _shown_pictures(session, ids)
    new: list[dict[str, Any]] = []
    jobs: list[tuple[str, dict[str, Any]]] = []
    for product_id in ids:
        for url, wish in wishes[product_id].items():
            picture_id = shown.get((product_id, url))
            if picture_id is not None:
                _show(wish.variants, picture_id, product_id, asked)
                continue
            fetch = known.get((product_id, url))
            if fetch is None:
                new.append(_new_fetch(product_id, url, wish, run_id, now))
                jobs.append(_job(product_id, url, 1))
            elif fetch.state is FetchState.FAILED:
                asked.failed.append((wish.row, url, (fetch.problem or "") % fetch.problem_params))
                fetch.variant_ids = [variant.id for variant in wish.variants]
                fetch.run_id = run_id
                _ask_again(fetch, now)
                jobs.append(_job(product_id, url, fetch.round))
    session.flush()
    if new:
        session.execute(insert(PictureFetch), new)
    enqueue_many(session, kind=FETCH_PICTURE, jobs=jobs, now=now, page_id=page_id)
    return asked


def ask_for_failed_pictures(session: Session, *, page_id: int, run_id: int, now: dt.datetime) -> int:
    """Queue the failed pictures of an import again; return how many they are."""
    failed = session.scalars(
        select(PictureFetch)
        .where(PictureFetch.run_id == run_id, PictureFetch.state == FetchState.FAILED)
        .order_by(PictureFetch.id)
        .with_for_update()
    ).all()
    for fetch in failed:
        _ask_again(fetch, now)
    jobs = [_job(fetch.product_id, fetch.url, fetch.round) for fetch in failed]
    session.flush()
    enqueue_many(session, kind=FETCH_PICTURE, jobs=jobs, now=now, page_id=page_id)
    return len(failed)


def _job(product_id: int, url: str, number: int) -> tuple[str, dict[str, Any]]:
    digest = hashlib.sha256(url.encode()).hexdigest()[:32]
    return f"{product_id}:{digest}:{number}", {"product_id": product_id, "url": url}


def find_wanted_picture(session: Session, *, product_id: int, url: str) -> WantedPicture | None:
    """Return an asked-for picture that has not come yet, None when it has or its product is gone."""
    found = session.execute(
        select(Product.page_id, PictureFetch.product_id, PictureFetch.url)
        .join(Product, Product.id == PictureFetch.product_id)
        .where(
            PictureFetch.product_id == product_id,
            PictureFetch.url == url,
            PictureFetch.state == FetchState.WAITING,
        )
    ).one_or_none()
    return None if found is None else WantedPicture(*found)


def attach_picture(
    session: Session, *, wanted: WantedPicture, picture: Mapping[str, Any], now: dt.datetime
) -> None:
    """Add a fetched and stored picture to its product at its place, and to the variants that it shows."""
    fetch = _find_waiting(session, wanted)
    if fetch is None:
        return
    # Before the product, as buyers lock them: who holds the product and waits for a variant meets a placement
    # that holds the variant and waits for the product.
    variants = session.scalars(
        select(Variant)
        .where(Variant.id.in_(fetch.variant_ids), Variant.product_id == fetch.product_id)
        .order_by(Variant.id)
        .with_for_update()
    ).all()
    try:
        added = add_picture(
            session,
            page_id=wanted.page_id,
            product_id=wanted.product_id,
            picture=picture,
            alt=fetch.alt,
            source_url=fetch.url,
            position=fetch.position,
            now=now,
        )
    except NotFound:
        return
    except Invalid:
        _fail(fetch, TOO_MANY, {"limit": MAX_PICTURES}, now)
        return
    fetch.state = FetchState.DONE
    fetch.problem = None
    fetch.finished_at = now
    bare = [variant for variant in variants if variant.picture_id is None]
    for variant in bare:
        variant.picture_id = added.id
    session.flush()
    if bare:
        raise_version(session, wanted.page_id)


def fail_picture(
    session: Session, *, wanted: WantedPicture, problem: str, params: Mapping[str, Any], now: dt.datetime
) -> None:
    """Remember why a picture did not come, a msgid and what fills it; the product stays as it is."""
    fetch = _find_waiting(session, wanted)
    if fetch is not None:
        _fail(fetch, problem, params, now)
        session.flush()


def _find_waiting(session: Session, wanted: WantedPicture) -> PictureFetch | None:
    return session.scalars(
        select(PictureFetch)
        .where(
            PictureFetch.product_id == wanted.product_id,
            PictureFetch.url == wanted.url,
            PictureFetch.state == FetchState.WAITING,
        )
        .with_for_update()
    ).one_or_none()


def _fail(fetch: PictureFetch, problem: str, params: Mapping[str, Any], now: dt.datetime) -> None:
    fetch.state = FetchState.FAILED
    fetch.problem = problem
    fetch.problem_params = dict(params)
    fetch.finished_at = now


def _wishes_of(record: ProductRecord, product: Product) -> dict[str, _Wish]:
    wishes = {one.url: _Wish(one.row, one.alt, one.position) for one in record.pictures}
    for read, variant in zip(record.variants, product.variants, strict=True):
        if read.picture_url:
            # A variant may show a picture that is not in the gallery; it goes to the gallery's end.
            wish = wishes.setdefault(read.picture_url, _Wish(read.row, "", len(wishes) + 1))
            wish.variants.append(variant)
    return wishes


def _known_fetches(session: Session, ids: Iterable[int]) -> dict[tuple[int, str], PictureFetch]:
    found = session.scalars(select(PictureFetch).where(PictureFetch.product_id.in_(list(ids))))
    return {(fetch.product_id, fetch.url): fetch for fetch in found}


def _shown_pictures(session: Session, ids: Iterable[int]) -> dict[tuple[int, str], int]:
    found = session.execute(
        select(ProductPicture.product_id, ProductPicture.source_url, ProductPicture.id).where(
            ProductPicture.product_id.in_(list(ids)), ProductPicture.source_url.is_not(None)
        )
    )
    return {(product_id, str(url)): picture_id for product_id, url, picture_id in found}


def _show(variants: Iterable[Variant], picture_id: int, product_id: int, asked: Asked) -> None:
    for variant in variants:
        if variant.picture_id is None:
            variant.picture_id = picture_id
            asked.changed.add(product_id)


def _new_fetch(
    product_id: int, url: str, wish: _Wish, run_id: int | None, now: dt.datetime
) -> dict[str, Any]:
    return {
        "product_id": product_id,
        "url": url,
        "alt": wish.alt,
        "position": wish.position,
        "variant_ids": [variant.id for variant in wish.variants],
        "state": FetchState.WAITING,
        "round": 1,
        "run_id": run_id,
        "requested_at": now,
    }


def _ask_again(fetch: PictureFetch, now: dt.datetime) -> None:
    fetch.state = FetchState.WAITING
    fetch.round += 1
    fetch.requested_at = now
    fetch.finished_at = None
