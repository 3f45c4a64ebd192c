"""What a decision does to a comment or a share, in the decision's own transaction, with counts kept exact.

Everybody's counts (``post_counts.comments``, ``comments.reply_count``) hold only what everybody sees, as
``comment_counting.py`` keeps them. Rows are locked in the order comment, its case, its parent, ``post_views``,
``post_counts``, what is told, the version.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.core.errors import Conflict, DomainError, NotFound
from shop.core.i18n import N_
from shop.feed.comment_counting import set_status
from shop.feed.counting import count_on_post, is_first_engagement
from shop.feed.models import Comment, CommentStatus, Post, Share
from shop.feed.moderation_queries import find_comment, find_share, lock_moderated
from shop.feed.sharing import delete_share, restore_share
from shop.feed.talk_news import tell_of_comment
from shop.moderation.banning import ban, lift_ban
from shop.moderation.models import Case, Decision, Reason, SubjectKind
from shop.moderation.queries import find_name, get_case, get_page_names
from shop.moderation.service import Reported, Subject, decide, reopen, report
from shop.notifications.models import NotificationKind
from shop.notifications.service import notify, withdraw
from shop.page.affinity import Act, record_interaction
from shop.page.audit import record_act
from shop.page.service import raise_version

EXCERPT = 140
TITLE = 80
STATUS_AFTER = {
    Decision.KEPT: CommentStatus.VISIBLE,
    Decision.HIDDEN: CommentStatus.HIDDEN,
    Decision.REMOVED: CommentStatus.REMOVED,
    Decision.BANNED: CommentStatus.REMOVED,
}
SHARED, TAKEN_BACK = "shared", "taken_back"
"""What a case keeps of a share's standing before its decision."""


class CannotHide(DomainError):
    """A share is there or it is not."""

    code = "cannot_hide"
    status = 422
    message = N_("A share cannot be hidden, only kept or removed.")


class NobodyToBan(DomainError):
    """What was written has no author any more."""

    code = "nobody_to_ban"
    status = 422
    message = N_("Its author has no account any more: remove it instead.")


@dataclass(frozen=True)
class Actor:
    """Who decides on a page, when, and why."""

    page_id: int
    account_id: int
    now: dt.datetime
    reason: Reason = Reason.OTHER


def report_thing(
    session: Session, *, subject: Subject, reporter_id: int, reason: Reason, note: str, now: dt.datetime
) -> Reported:  # fmt: skip
    """Write a report; a comment that enough different people reported is held at once until it is decided."""
    found = lock_moderated(session, subject.id) if subject.kind is SubjectKind.COMMENT else None
    reported = report(session, subject=subject, reporter_id=reporter_id, reason=reason, note=note, now=now)
    if found is not None and reported.is_over_threshold and found[0].status is CommentStatus.VISIBLE:
        comment, post = found
        if not comment.is_page:
            set_status(session, comment=comment, post=post, status=CommentStatus.HELD, now=now)
            raise_version(session, post.page_id)
    return reported


def decide_case(session: Session, *, case_id: int, decision: Decision, actor: Actor) -> Case:
    """Decide a case of the actor's page and do what it says; AlreadyDecided when somebody was faster."""
    case = get_case(session, case_id, page_id=actor.page_id)
    if decision is Decision.BANNED and case.author_id is None:
        raise NobodyToBan
    if decision is Decision.BANNED and case.author_id is not None:
        ban(
            session, page_id=actor.page_id, account_id=case.author_id, reason=actor.reason,
            by_id=actor.account_id, now=actor.now,
        )  # fmt: skip
    if case.subject_kind is SubjectKind.COMMENT:
        _decide_comment(session, case, decision, actor)
    else:
        _decide_share(session, case, decision, actor)
    return case


def _decide_comment(session: Session, case: Case, decision: Decision, actor: Actor) -> None:
    comment, post = _locked(session, case, actor)
    before = comment.status
    _write(session, case, decision, actor, before.value)
    is_news = decision is Decision.KEPT and before is CommentStatus.HELD and _is_unheard(case, comment)
    # Its row comes before the post's counts, as wherever somebody engages with a post.
    is_first = is_news and is_first_engagement(
        session, post_id=post.id, account_id=comment.account_id or 0, now=actor.now
    )
    set_status(session, comment=comment, post=post, status=STATUS_AFTER[decision], now=actor.now)
    _finish(
        session, case, actor, f"comment.{_act(decision)}", before=before.value, after=comment.status.value
    )
    if is_news:
        _publish(session, comment, post, actor, is_first=is_first)
    if comment.status is CommentStatus.REMOVED and before is not CommentStatus.REMOVED:
        _tell_author(session, case, actor)
    raise_version(session, actor.page_id)


def _is_unheard(case: Case, comment: Comment) -> bool:
    """Tell whether a comment was held since it was written, so that nobody was told of it yet."""
    is_there = comment.deleted_at is None and comment.account_id is not None
    return bool(case.signs) and comment.edited_at is None and is_there


def _publish(session: Session, comment: Comment, post: Post, actor: Actor, *, is_first: bool) -> None:
    """Do what ``talking.write_comment`` left undone when the comment was held."""
    if comment.account_id is None:
        return
    if is_first:
        count_on_post(session, post_id=post.id, page_id=post.page_id, at=actor.now, engaged=1)
    record_interaction(
        session, account_id=comment.account_id, page_id=post.page_id, act=Act.COMMENT, now=actor.now
    )
    answered = find_comment(session, comment.parent_id)
    tell_of_comment(
        session, post=post, comment=comment, answered=answered, name=find_name(session, comment.account_id), now=actor.now
    )  # fmt: skip


def _decide_share(session: Session, case: Case, decision: Decision, actor: Actor) -> None:
    if decision is Decision.HIDDEN:
        raise CannotHide
    share = _share(session, case, actor)
    before = SHARED if share.deleted_at is None else TAKEN_BACK
    _write(session, case, decision, actor, before)
    after = before if decision is Decision.KEPT else TAKEN_BACK
    if after != before:
        delete_share(session, account_id=share.account_id, share_id=share.id, now=actor.now)
    _finish(session, case, actor, f"share.{_act(decision)}", before=before, after=after)
    if after != before:
        _tell_author(session, case, actor)


def undo_decision(session: Session, *, case_id: int, decided_at: dt.datetime, actor: Actor) -> Case:
    """Take the decision of ``decided_at`` back: the thing is as before, a ban that it gave is lifted, it waits again."""
    case = get_case(session, case_id, page_id=actor.page_id)
    decision, status = case.decision, case.status_before
    if decision is None:
        raise Conflict
    if case.subject_kind is SubjectKind.COMMENT:
        comment, post = _locked(session, case, actor)
        now_is = comment.status
        reopen(session, case_id=case.id, decided_at=decided_at)
        set_status(session, comment=comment, post=post, status=CommentStatus(status), now=actor.now)
        _tell_no_more(session, case)
        _finish(session, case, actor, "comment.reopened", before=now_is.value, after=status)
        raise_version(session, actor.page_id)
    else:
        share = _share(session, case, actor)
        reopen(session, case_id=case.id, decided_at=decided_at)
        now_is_shared = share.deleted_at is None
        if status == SHARED and not now_is_shared:
            restore_share(session, account_id=share.account_id, share_id=share.id, now=actor.now)
        _tell_no_more(session, case)
        _finish(
            session,
            case,
            actor,
            "share.reopened",
            before=SHARED if now_is_shared else TAKEN_BACK,
            after=status,
        )
    if decision is Decision.BANNED and case.author_id is not None:
        lift_ban(
            session, page_id=actor.page_id, account_id=case.author_id, by_id=actor.account_id, now=actor.now,
            given_at=decided_at,
        )  # fmt: skip
    return case


def _locked(session: Session, case: Case, actor: Actor) -> tuple[Comment, Post]:
    found = lock_moderated(session, case.subject_id)
    if found is None or found[1].page_id != actor.page_id:
        raise NotFound
    return found


def _share(session: Session, case: Case, actor: Actor) -> Share:
    share = find_share(session, case.subject_id)
    if share is None or share.page_id != actor.page_id:
        raise NotFound
    return share


def _write(session: Session, case: Case, decision: Decision, actor: Actor, before: str) -> None:
    decide(
        session, case_id=case.id, decision=decision, by_id=actor.account_id, now=actor.now, reason=actor.reason,
        status_before=before,
    )  # fmt: skip


def _act(decision: Decision) -> str:
    return "removed" if decision is Decision.BANNED else decision.value


def _finish(session: Session, case: Case, actor: Actor, act: str, *, before: str, after: str) -> None:
    kind = case.subject_kind.value
    record_act(
        session, page_id=actor.page_id, account_id=actor.account_id, act=act,
        subject=(kind, str(case.subject_id), case.excerpt[:TITLE]), now=actor.now,
        before={"standing": before}, after={"standing": after, "moderation_reason": actor.reason.value},
    )  # fmt: skip


def _tell_author(session: Session, case: Case, actor: Actor) -> None:
    if case.author_id is None:
        return
    _slug, name = get_page_names(session, actor.page_id)
    notify(
        session, account_id=case.author_id, kind=NotificationKind.MODERATION,
        subject=f"{case.subject_kind.value}:{case.subject_id}", path=case.path,
        data={"page": name, "event": "removed", "excerpt": case.excerpt[:EXCERPT]}, now=actor.now,
    )  # fmt: skip


def _tell_no_more(session: Session, case: Case) -> None:
    """Take back that the author was told of a removal: it is there again."""
    if case.author_id is not None:
        withdraw(
            session, account_id=case.author_id, kind=NotificationKind.MODERATION,
            subject=f"{case.subject_kind.value}:{case.subject_id}",
        )  # fmt: skip
