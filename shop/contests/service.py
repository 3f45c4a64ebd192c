"""Every change of contests by the page's staff; entering is in ``entering.py``, the draw in ``closing.py``.

Rows are locked in this order: the contest, its entries, coupons, the page, its version, accounts.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from shop.contests.drafts import (
    FIELDS,
    FROZEN,
    FROZEN_TEXTS,
    ContestDraft,
    EntryDraft,
    check_contest,
    check_ready,
)
from shop.contests.drawing import commit, first_chain, new_seed
from shop.contests.entering import (
    AlreadyEntered,
    NotOpen,
    StaffCannotEnter,
    confirm_entry,
    enter,
    restore_entry,
    why_not_open,
    withdraw_entry,
)
from shop.contests.forgetting import end_entries
from shop.contests.mailboxes import person_key_of
from shop.contests.models import Contest, ContestKind, ContestStatus
from shop.contests.queries import (
    find_prize_product,
    has_entries,
    has_public_contests,
    list_slugs,
    lock_contest,
)
from shop.contests.telling import tell_entrants
from shop.core.errors import Conflict, Invalid
from shop.core.i18n import N_
from shop.core.ids import slugify
from shop.core.outbox import enqueue
from shop.page.audit import record_act
from shop.page.queries import get_page_by_id, lock_page
from shop.page.service import raise_version
from shop.page.tabs import show_contests_tab

__all__ = [
    "AlreadyEntered", "ContestDraft", "EntryDraft", "NotOpen", "StaffCannotEnter", "confirm_entry", "enter",
    "person_key_of", "restore_entry", "why_not_open", "withdraw_entry",
]  # fmt: skip

DRAW_CONTEST = "draw_contest"
SKILL_COUNTRIES = frozenset({"CA"})
"""Where a prize must not go to chance alone: a question of skill has to be asked (docs/contests.md)."""
MAX_REASON = 500


class ContestChanged(Conflict):
    """Somebody else saved the contest after this form was opened."""

    code = "contest_changed"
    message = N_(
        "Somebody else has changed this contest since you opened it. Save again to put yours in its place."
    )


class NotADraft(Conflict):
    """What only a draft allows."""

    code = "contest_not_draft"
    message = N_("This contest is published already.")


class HasEntries(Conflict):
    """A contest that somebody entered is taken back by cancelling it, which tells them."""

    code = "contest_has_entries"
    message = N_("Somebody has entered already. You can only cancel it now, and everybody is told why.")


class NotCancellable(Conflict):
    """A contest that is over, or was never published."""

    code = "contest_not_cancellable"
    message = N_("Only a contest that is running or about to begin can be cancelled.")


def create_contest(
    session: Session, *, page_id: int, account_id: int | None, draft: ContestDraft, now: dt.datetime
) -> Contest:
    """Add a contest as a draft, which nobody but the page's staff sees, and return it; Invalid tells by field."""
    lock_page(session, page_id)  # of two at once, each gets an address of its own
    page = get_page_by_id(session, page_id)
    _refuse(session, page_id, check_contest(draft), draft)
    contest = Contest(
        page_id=page_id, slug=_free_slug(session, page_id, draft.title), status=ContestStatus.DRAFT,
        currency=page.currency, version=1, created_at=now,
    )  # fmt: skip
    _write(contest, draft)
    session.add(contest)
    session.flush()
    _record(session, contest, "contest.created", account_id, now=now, after=facts_of(contest))
    return contest


def edit_contest(
    session: Session, *, page_id: int, contest_id: int, account_id: int | None, draft: ContestDraft,
    now: dt.datetime, version: int | None = None,
) -> bool:  # fmt: skip
    """Make a contest what ``draft`` says and return whether anything changed; Invalid tells by field.

    ``version`` is the one that the form was opened with: ContestChanged when somebody saved since (None skips the
    check). Once it is published, what people enter for (``drafts.FROZEN``) cannot be changed.
    """
    contest = lock_contest(session, page_id=page_id, contest_id=contest_id)
    if version is not None and contest.version != version:
        raise ContestChanged
    is_draft = contest.status is ContestStatus.DRAFT
    errors = check_contest(draft) if is_draft else check_ready(draft, min(now, contest.starts_at))
    if not is_draft:
        for name in _frozen_changes(contest, draft):
            errors[name] = [N_("People enter for this: it cannot be changed any more.")]
    _refuse(session, page_id, errors, draft if is_draft else None)
    before = facts_of(contest)
    _write(contest, draft)
    after = facts_of(contest)
    if before == after:
        return False
    contest.version += 1
    session.flush()
    _record(session, contest, "contest.edited", account_id, now=now, before=before, after=after)
    if not is_draft:
        raise_version(session, page_id)
    return True


def publish_contest(
    session: Session, *, page_id: int, contest_id: int, account_id: int | None, now: dt.datetime
) -> Contest:
    """Show a contest to everybody with its commitment, and have it drawn at its end; Invalid says what it lacks."""
    contest = lock_contest(session, page_id=page_id, contest_id=contest_id)
    if contest.status is not ContestStatus.DRAFT:
        raise NotADraft
    draft = draft_of(contest)
    page = get_page_by_id(session, page_id)
    errors = check_ready(draft, now)
    countries = set(draft.countries or page.ships_to) | {page.country}
    if draft.kind is not ContestKind.QUIZ and countries & SKILL_COUNTRIES:
        text = N_("In Canada chance alone may not decide: ask a question, or leave Canada out.")
        errors.setdefault("kind", []).append(text)
    if not draft.countries and not page.ships_to:
        errors.setdefault("countries", []).append(N_("Choose at least one country."))
    _refuse(session, page_id, errors, draft)
    contest.seed = new_seed()
    contest.commitment = commit(contest.seed)
    contest.chain = first_chain(contest.id, contest.commitment)
    contest.status, contest.published_at = ContestStatus.PUBLISHED, now
    # Fixed now, so that who may enter does not change with the shop's settings.
    contest.countries = list(draft.countries or page.ships_to)
    contest.version += 1
    session.flush()
    _queue_draw(session, contest, now)
    _record(
        session,
        contest,
        "contest.published",
        account_id,
        now=now,
        after={"ends_at": contest.ends_at.isoformat()},
    )
    show_contests_tab(session, page_id, is_shown=True)
    raise_version(session, page_id)
    return contest


def unpublish_contest(
    session: Session, *, page_id: int, contest_id: int, account_id: int | None, now: dt.datetime
) -> bool:
    """Make a published contest that nobody has entered a draft again; return whether it was published. HasEntries."""
    contest = lock_contest(session, page_id=page_id, contest_id=contest_id)
    if contest.status is ContestStatus.DRAFT:
        return False
    if contest.status is not ContestStatus.PUBLISHED:
        raise NotADraft
    if has_entries(session, contest.id):
        raise HasEntries
    contest.status, contest.published_at = ContestStatus.DRAFT, None
    # A new publication commits to a new seed: this one has been looked at by nobody, but its time is over.
    contest.seed, contest.commitment, contest.chain = None, None, ""
    contest.version += 1
    session.flush()
    _record(session, contest, "contest.unpublished", account_id, now=now)
    _show_tab_or_not(session, page_id)
    raise_version(session, page_id)
    return True


def cancel_contest(
    session: Session, *, page_id: int, contest_id: int, account_id: int | None, reason: str, now: dt.datetime
) -> None:
    """Call a published contest off for a reason that everybody reads; who entered is told. Invalid, NotCancellable."""
    contest = lock_contest(session, page_id=page_id, contest_id=contest_id)
    if contest.status is not ContestStatus.PUBLISHED:
        raise NotCancellable
    if not reason.strip() or len(reason) > MAX_REASON:
        raise Invalid({"reason": [N_("Say why, in at most 500 characters: everybody who entered reads it.")]})
    contest.status, contest.cancelled_at, contest.cancel_reason = ContestStatus.CANCELLED, now, reason.strip()
    contest.version += 1
    session.flush()
    end_entries(session, contest=contest, now=now)
    tell_entrants(session, contest=contest, now=now)
    _record(session, contest, "contest.cancelled", account_id, now=now, after={"reason": reason.strip()})
    raise_version(session, page_id)


def delete_contest(
    session: Session, *, page_id: int, contest_id: int, account_id: int | None, now: dt.datetime
) -> bool:
    """Put a draft away so that it can be restored; return whether it was not yet. NotADraft for any other."""
    contest = lock_contest(session, page_id=page_id, contest_id=contest_id, is_deleted=None)
    if contest.status is not ContestStatus.DRAFT:
        raise NotADraft
    if contest.deleted_at is not None:
        return False
    contest.deleted_at = now
    session.flush()
    _record(session, contest, "contest.deleted", account_id, now=now)
    return True


def restore_contest(
    session: Session, *, page_id: int, contest_id: int, account_id: int | None, now: dt.datetime
) -> bool:
    """Bring a deleted draft back; return whether it was deleted."""
    contest = lock_contest(session, page_id=page_id, contest_id=contest_id, is_deleted=None)
    if contest.deleted_at is None:
        return False
    contest.deleted_at = None
    session.flush()
    _record(session, contest, "contest.restored", account_id, now=now)
    return True


def draft_of(contest: Contest) -> ContestDraft:
    """Return a contest as the draft that would make it again."""
    values = {name: getattr(contest, name) for name in FIELDS}
    values |= {name: tuple(values[name] or ()) for name in ("answers", "countries")}
    return ContestDraft(**values)


def facts_of(contest: Contest) -> dict[str, Any]:
    """Return what the audit log tells of a contest, as JSON values by field."""
    facts = {name: getattr(contest, name) for name in FIELDS}
    facts |= {name: facts[name].isoformat() for name in ("starts_at", "ends_at")}
    facts["kind"] = contest.kind.value
    facts["picture"] = None if contest.picture is None else str(contest.picture.get("key"))
    return {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}


def _write(contest: Contest, draft: ContestDraft) -> None:
    for name in FIELDS:
        setattr(contest, name, getattr(draft, name))
    contest.countries = list(draft.countries)
    contest.answers = [answer.strip() for answer in draft.answers]
    contest.translations = {language: dict(texts) for language, texts in draft.translations.items()}
    if draft.kind is not ContestKind.QUIZ:
        contest.question, contest.answers, contest.right_answer = "", [], None


def _frozen_changes(contest: Contest, draft: ContestDraft) -> list[str]:
    """Return the fields that ``draft`` would change though people enter for what they say."""
    old = draft_of(contest)
    changed = [name for name in FROZEN if getattr(old, name) != getattr(draft, name)]
    for language in {*old.translations, *draft.translations}:
        was: Mapping[str, Any] = old.translations.get(language, {})
        now: Mapping[str, Any] = draft.translations.get(language, {})
        changed += [
            f"{name}_{language}"
            for name in FROZEN_TEXTS
            if (was.get(name) or None) != (now.get(name) or None)
        ]
    return changed


def _refuse(session: Session, page_id: int, errors: dict[str, list[str]], draft: ContestDraft | None) -> None:
    """Raise Invalid when there are errors; the prize of ``draft`` must be a product that the page sells."""
    product_id = None if draft is None else draft.prize_product_id
    if product_id is not None and find_prize_product(session, page_id=page_id, product_id=product_id) is None:
        text = N_("This product is not in your shop any more.")
        errors.setdefault("prize_product_id", []).append(text)
    if errors:
        raise Invalid(errors)


def _free_slug(session: Session, page_id: int, title: str) -> str:
    wanted = slugify(title, max_length=60) or "contest"
    taken = list_slugs(session, page_id=page_id, beginning=wanted)
    number = 2
    slug = wanted
    while slug in taken:
        slug, number = f"{wanted}-{number}", number + 1
    return slug


def _queue_draw(session: Session, contest: Contest, now: dt.datetime) -> None:
    # One job for each publication: an old one finds a contest that is not due and leaves it.
    enqueue(
        session, kind=DRAW_CONTEST, subject=f"{contest.id}:{contest.commitment}", page_id=contest.page_id, now=now,
        run_at=contest.ends_at, payload={"contest_id": contest.id},
    )  # fmt: skip


def _show_tab_or_not(session: Session, page_id: int) -> None:
    show_contests_tab(session, page_id, is_shown=has_public_contests(session, page_id))


def _record(
    session: Session, contest: Contest, act: str, account_id: int | None, *, now: dt.datetime,
    before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    record_act(
        session, page_id=contest.page_id, account_id=account_id, act=act,
        subject=("contest", str(contest.id), contest.title), before=before, after=after, now=now,
    )  # fmt: skip
