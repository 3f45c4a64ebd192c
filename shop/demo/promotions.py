"""The demo brands' coupons and contests, made, entered and drawn through the ordinary services."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.service import confirm_email
from shop.catalog.models import Collection, Product, Variant
from shop.contests.closing import draw_contest
from shop.contests.drafts import ContestDraft, EntryDraft
from shop.contests.entering import enter
from shop.contests.mailboxes import person_key_of
from shop.contests.models import Contest, ContestKind
from shop.contests.service import DRAW_CONTEST, create_contest, publish_contest
from shop.contests.telling import TELL_ENTRANTS
from shop.core.mail import SEND_MAIL, Mail
from shop.core.outbox import Job
from shop.core.signing import Signer
from shop.coupons.codes import normalise_code
from shop.coupons.drafts import CouponDraft
from shop.coupons.models import Coupon, CouponAudience, CouponKind, CouponScope
from shop.coupons.service import create_coupon
from shop.demo import content_types as demo
from shop.demo.brands import LANGUAGE, OTHER_LANGUAGE
from shop.demo.content import FOLLOWERS
from shop.demo.posts import stored_photo
from shop.page.models import Follower, Page

BETWEEN = dt.timedelta(hours=5, minutes=23)
"""What lies between one entry and the next."""


def find_missing_coupons(
    session: Session, coupons: Iterable[demo.Coupon], page_ids: Mapping[str, int]
) -> list[demo.Coupon]:
    """Return the coupons that were not made yet; one that was deleted since was."""
    statement = select(Coupon.page_id, Coupon.code_key).where(Coupon.page_id.in_(page_ids.values()))
    known = {tuple(row) for row in session.execute(statement)}
    return [
        one
        for one in coupons
        if one.page_slug in page_ids and (page_ids[one.page_slug], normalise_code(one.code)) not in known
    ]


def add_coupon(session: Session, wanted: demo.Coupon, page: Page, now: dt.datetime) -> None:
    """Make a coupon that stands on its page's tab."""
    collection_id = session.scalar(
        select(Collection.id).where(Collection.page_id == page.id, Collection.slug == wanted.collection_slug)
    )
    kind = (
        CouponKind.PERCENT if wanted.percent_bp
        else CouponKind.AMOUNT if wanted.amount
        else CouponKind.FREE_SHIPPING
    )  # fmt: skip
    draft = CouponDraft(
        code=wanted.code,
        title=wanted.title.into(LANGUAGE),
        description=wanted.description.into(LANGUAGE),
        translations={
            OTHER_LANGUAGE: {
                "title": wanted.title.into(OTHER_LANGUAGE),
                "description": wanted.description.into(OTHER_LANGUAGE),
            }
        },
        kind=kind,
        percent_bp=wanted.percent_bp,
        amount=wanted.amount,
        minimum_amount=wanted.minimum_amount,
        scope=CouponScope.COLLECTIONS if collection_id else CouponScope.ALL,
        collection_ids=frozenset({collection_id} if collection_id else ()),
        audience=CouponAudience.MEMBERS if wanted.is_for_members else CouponAudience.EVERYBODY,
        max_uses=wanted.max_uses,
        is_once=wanted.is_once,
        is_listed=True,
        is_embeddable=wanted.is_embeddable,
    )
    create_coupon(session, page=page, draft=draft, account_id=None, now=now)


def find_missing_contests(
    session: Session, contests: Iterable[demo.Contest], page_ids: Mapping[str, int]
) -> list[demo.Contest]:
    """Return the contests that were not made yet: none of the page has their title, deleted or not."""
    statement = select(Contest.page_id, Contest.title).where(Contest.page_id.in_(page_ids.values()))
    known = {tuple(row) for row in session.execute(statement)}
    return [
        one
        for one in contests
        if one.page_slug in page_ids and (page_ids[one.page_slug], one.title.into(LANGUAGE)) not in known
    ]


def add_contest(
    session: Session, wanted: demo.Contest, page: Page, *, signer: Signer, now: dt.datetime
) -> bool:
    """Run a contest as far as it got, with nobody told of what lies in the past; return whether its prize is sold."""
    rows = session.execute(select(Product.slug, Product.id).where(Product.page_id == page.id)).all()
    products = {row.slug: row.id for row in rows}
    if wanted.product_slug not in products:
        return False
    starts_at = now - dt.timedelta(days=wanted.began_days_ago)
    draft = _draft(session, wanted, products, starts_at=starts_at, now=now)
    contest = create_contest(session, page_id=page.id, account_id=None, draft=draft, now=starts_at)
    publish_contest(session, page_id=page.id, contest_id=contest.id, account_id=None, now=starts_at)
    for place, account in enumerate(_entrants(session, page.id, wanted, starts_at)):
        entry = EntryDraft(
            person_key=person_key_of(signer, account.email), name=account.name, email=account.email,
            language=account.language, country=contest.countries[0], account_id=account.id,
            answer=_answer(wanted, place), is_old_enough=True, accepts_rules=True,
        )  # fmt: skip
        # Whoever has the demo from before addresses were confirmed has people whose address is not.
        confirm_email(session, account_id=account.id, email=account.email, now=starts_at)
        enter(session, contest=contest, draft=entry, now=starts_at + (place + 1) * BETWEEN)
    if wanted.ends_in_days < 0:
        draw_contest(session, contest_id=contest.id, signer=signer, now=draft.ends_at)
        _forget_jobs(session, contest.id)
    _forget_mails(session, f"contest:{contest.id}")
    return True


def _draft(
    session: Session, wanted: demo.Contest, products: Mapping[str, int], *, starts_at: dt.datetime, now: dt.datetime
) -> ContestDraft:  # fmt: skip
    product_id = products[wanted.product_slug]
    worth = session.scalar(select(func.min(Variant.price_amount)).where(Variant.product_id == product_id))
    photo = stored_photo(session, products, wanted.photo)
    texts = {"title": wanted.title, "body": wanted.body, "prize": wanted.prize}
    if wanted.question is not None:
        texts["question"] = wanted.question
    translated: dict[str, Any] = {name: text.into(OTHER_LANGUAGE) for name, text in texts.items()}
    if wanted.answers:
        translated["answers"] = [answer.into(OTHER_LANGUAGE) for answer in wanted.answers]
    return ContestDraft(
        title=wanted.title.into(LANGUAGE),
        body=wanted.body.into(LANGUAGE),
        prize=wanted.prize.into(LANGUAGE),
        question="" if wanted.question is None else wanted.question.into(LANGUAGE),
        kind=ContestKind.DRAW if wanted.question is None else ContestKind.QUIZ,
        answers=tuple(answer.into(LANGUAGE) for answer in wanted.answers),
        right_answer=wanted.right_answer,
        translations={OTHER_LANGUAGE: translated},
        picture=None if photo is None else photo.picture,
        picture_alt="" if photo is None else photo.alt,
        organiser=wanted.organiser,
        prize_product_id=product_id,
        prize_value_amount=worth or 0,
        starts_at=starts_at,
        ends_at=now + dt.timedelta(days=wanted.ends_in_days),
    )


def _entrants(session: Session, page_id: int, wanted: demo.Contest, starts_at: dt.datetime) -> list[Account]:
    """Return the demo's people who followed when the contest began, the newest of them first."""
    statement = (
        select(Account)
        .join(Follower, Follower.account_id == Account.id)
        .where(
            Follower.page_id == page_id,
            Follower.followed_at < starts_at,
            Account.email.in_([person.email for person in FOLLOWERS]),
        )
        .order_by(Account.id.desc())
        .limit(wanted.entries)
    )
    return list(session.scalars(statement))


def _answer(wanted: demo.Contest, place: int) -> int | None:
    """Return what an entrant says: one in three is wrong."""
    if wanted.right_answer is None:
        return None
    return wanted.right_answer if place % 3 else (wanted.right_answer + 1) % len(wanted.answers)


def _forget_jobs(session: Session, contest_id: int) -> None:
    ours = Job.kind.in_((DRAW_CONTEST, TELL_ENTRANTS))
    session.execute(delete(Job).where(ours, Job.subject.startswith(f"{contest_id}:")))


def _forget_mails(session: Session, about: str) -> None:
    mails = session.scalars(select(Mail).where(Mail.about == about)).all()
    subjects = [f"{mail.kind}:{mail.subject_key}" for mail in mails]
    session.execute(delete(Job).where(Job.kind == SEND_MAIL, Job.subject.in_(subjects)))
    session.execute(delete(Mail).where(Mail.about == about))
