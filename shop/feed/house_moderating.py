"""What the people who run a Vitrine decide: on posts, on what pages say, and on people.

``shop moderation`` is its edge. A person or a page is not shut: what they say of themselves is taken down.
"""

import datetime as dt
import json
from typing import Any

from sqlalchemy.orm import Session

from shop.accounts.profile_models import Profile
from shop.core.errors import Conflict, DomainError, NotFound
from shop.core.i18n import N_
from shop.feed.comment_counting import set_status
from shop.feed.models import CommentStatus
from shop.feed.moderating import EXCERPT, TITLE
from shop.feed.moderation_queries import lock_moderated, lock_profile
from shop.feed.posting import delete_post, restore_post
from shop.feed.posting_queries import lock_post_by_id
from shop.moderation.models import Case, Decision, Reason, SubjectKind
from shop.moderation.queries import get_case, get_page_names, list_moderator_ids
from shop.moderation.service import decide, reopen
from shop.notifications.models import NotificationKind
from shop.notifications.service import notify, withdraw
from shop.page.audit import record_act
from shop.page.models import Page
from shop.page.queries import get_page_by_id, lock_page
from shop.page.service import edit_page, raise_version

HOUSE = "Vitrine"
PAGE_TEXTS = ("tagline", "about", "translations", "cover", "avatar")
EMPTY_PAGE: dict[str, Any] = {"tagline": "", "about": "", "translations": {}, "cover": None, "avatar": None}


class OnlyKeepOrRemove(DomainError):
    """The house keeps or removes."""

    code = "only_keep_or_remove"
    status = 422
    message = N_("This can only be kept or removed.")


def decide_house_case(
    session: Session, *, case_id: int, decision: Decision, reason: Reason, note: str, now: dt.datetime
) -> Case:  # fmt: skip
    """Keep or remove what a case of the house is about, and tell whom it belongs to when it is removed."""
    case = get_case(session, case_id, page_id=None)
    if decision not in (Decision.KEPT, Decision.REMOVED):
        raise OnlyKeepOrRemove
    before = _standing(session, case)
    decide(
        session, case_id=case.id, decision=decision, by_id=None, now=now, reason=reason, note=note, status_before=before
    )  # fmt: skip
    if decision is Decision.REMOVED:
        _take_down(session, case, now)
    elif case.subject_kind is SubjectKind.COMMENT:
        _set_comment(session, case, CommentStatus.VISIBLE, now)
    return case


def undo_house_decision(session: Session, *, case_id: int, now: dt.datetime) -> Case:
    """Take the house's decision back: what was taken down is there again, and the case waits."""
    case = get_case(session, case_id, page_id=None)
    if case.decided_at is None:
        raise Conflict
    before, was_removed = case.status_before, case.decision is Decision.REMOVED
    if was_removed:
        _tell_no_more(session, case)
    if case.subject_kind is SubjectKind.COMMENT:
        _comment_is_locked(session, case)
    reopen(session, case_id=case.id, decided_at=case.decided_at)
    if case.subject_kind is SubjectKind.COMMENT:
        _set_comment(session, case, CommentStatus(before), now)
    elif was_removed:
        _bring_back(session, case, before, now)
    return case


def _standing(session: Session, case: Case) -> str:
    """Return how the thing stands, so that it can be brought back; its row is locked. NotFound when it is gone."""
    if case.subject_kind is SubjectKind.COMMENT:
        return _comment_is_locked(session, case).value
    if case.subject_kind is SubjectKind.POST:
        post = lock_post_by_id(session, case.subject_id)
        if post is None:
            raise NotFound
        return "deleted" if post.deleted_at else post.status.value
    if case.subject_kind is SubjectKind.PERSON:
        profile = _profile(session, case)
        return json.dumps({"bio": profile.bio, "avatar": profile.avatar})
    return json.dumps(_page_texts(_page(session, case)))


def _page_texts(page: Page) -> dict[str, Any]:
    return {name: getattr(page, name) for name in PAGE_TEXTS}


def _take_down(session: Session, case: Case, now: dt.datetime) -> None:
    if case.subject_kind is SubjectKind.COMMENT:
        _set_comment(session, case, CommentStatus.REMOVED, now, tells=True)
    elif case.subject_kind is SubjectKind.POST:
        post = lock_post_by_id(session, case.subject_id)
        if post is not None:
            slug, _name = get_page_names(session, post.page_id)
            _tell_staff(session, case, post.page_id, now, path=f"/manage/{slug}/posts")
            delete_post(session, page_id=post.page_id, post_id=post.id, now=now)
    elif case.subject_kind is SubjectKind.PERSON:
        profile = _profile(session, case)
        profile.bio, profile.avatar = "", None
        session.flush()
        _tell(session, case, profile.account_id, now)
    else:
        _tell_staff(session, case, case.subject_id, now)
        _write_page(session, case, EMPTY_PAGE, now)


def _bring_back(session: Session, case: Case, before: str, now: dt.datetime) -> None:
    if case.subject_kind is SubjectKind.POST:
        post = lock_post_by_id(session, case.subject_id)
        if post is not None and before != "deleted":
            restore_post(session, page_id=post.page_id, post_id=post.id, now=now)
    elif case.subject_kind is SubjectKind.PERSON:
        profile, kept = _profile(session, case), json.loads(before)
        profile.bio, profile.avatar = profile.bio or kept["bio"], profile.avatar or kept["avatar"]
        session.flush()
    else:
        page = _page(session, case)
        kept = json.loads(before)
        _write_page(session, case, {name: getattr(page, name) or kept[name] for name in PAGE_TEXTS}, now)


def _write_page(session: Session, case: Case, texts: dict[str, Any], now: dt.datetime) -> None:
    page = _page(session, case)
    before = _page_texts(page)
    record_act(
        session, page_id=page.id, account_id=None, act="page.edited", subject=("page", page.slug, page.name),
        now=now, before=before, after=texts,
    )  # fmt: skip
    edit_page(session, page=page, changes=texts)


def _page(session: Session, case: Case) -> Page:
    lock_page(session, case.subject_id)
    return get_page_by_id(session, case.subject_id)


def _profile(session: Session, case: Case) -> Profile:
    profile = lock_profile(session, case.subject_id)
    if profile is None:
        raise NotFound
    return profile


def _comment_is_locked(session: Session, case: Case) -> CommentStatus:
    found = lock_moderated(session, case.subject_id)
    if found is None:
        raise NotFound
    return found[0].status


def _set_comment(
    session: Session, case: Case, status: CommentStatus, now: dt.datetime, *, tells: bool = False
) -> None:
    """Give a comment that the page itself wrote another status; ``tells`` its moderators of it."""
    found = lock_moderated(session, case.subject_id)
    if found is None:
        raise NotFound
    comment, post = found
    before = comment.status
    set_status(session, comment=comment, post=post, status=status, now=now)
    act = "comment.removed" if status is CommentStatus.REMOVED else "comment.kept"
    record_act(
        session, page_id=post.page_id, account_id=None, act=act,
        subject=("comment", str(comment.id), case.excerpt[:TITLE]), now=now,
        before={"standing": before.value}, after={"standing": status.value},
    )  # fmt: skip
    if tells:
        _tell_staff(session, case, post.page_id, now)
    raise_version(session, post.page_id)


def _tell_staff(
    session: Session, case: Case, page_id: int, now: dt.datetime, *, path: str | None = None
) -> None:
    """Tell a page's moderators of a removal; ``path`` is where they go when what was removed leads nowhere."""
    for account_id in list_moderator_ids(session, page_id):
        _tell(session, case, account_id, now, path=path)


def _tell_no_more(session: Session, case: Case) -> None:
    """Take back that anybody was told of a removal: it is there again."""
    if case.subject_kind is SubjectKind.PERSON:
        told = [case.subject_id]
    else:
        told = list_moderator_ids(session, _page_id_of(session, case))
    for account_id in told:
        withdraw(session, account_id=account_id, kind=NotificationKind.MODERATION, subject=_subject(case))


def _page_id_of(session: Session, case: Case) -> int:
    if case.subject_kind is SubjectKind.PAGE:
        return case.subject_id
    if case.subject_kind is SubjectKind.POST:
        post = lock_post_by_id(session, case.subject_id)
    else:
        found = lock_moderated(session, case.subject_id)
        post = found[1] if found else None
    if post is None:
        raise NotFound
    return post.page_id


def _subject(case: Case) -> str:
    return f"{case.subject_kind.value}:{case.subject_id}"


def _tell(
    session: Session, case: Case, account_id: int, now: dt.datetime, *, path: str | None = None
) -> None:
    notify(
        session, account_id=account_id, kind=NotificationKind.MODERATION, subject=_subject(case), path=path or case.path,
        data={"page": HOUSE, "event": "removed", "excerpt": case.excerpt[:EXCERPT]}, now=now,
    )  # fmt: skip
