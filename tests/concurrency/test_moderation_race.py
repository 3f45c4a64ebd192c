"""Moderators, reporters and talkers at once, through the services: one decision each, exact counts, no deadlock."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import func, select

from shop.core.db import Database
from shop.core.errors import DomainError, NotFound
from shop.feed.models import Comment, CommentStatus, PostCounts
from shop.feed.moderating import Actor, decide_case, report_thing, undo_decision
from shop.feed.subject_queries import get_reportable
from shop.feed.talking import Writer, delete_comment, restore_comment, write_comment
from shop.moderation.models import Case, Decision, Reason, Report, SubjectKind
from shop.moderation.service import AlreadyDecided, AlreadyReported
from shop.page.models import AuditEntry, Role
from tests.factories import START, make_account, make_page, make_staff
from tests.support.feeds import make_post

THREADS = 12


class Scene:
    """A page with moderators, a post, and people who talk under it."""

    def __init__(self, database: Database, people: int) -> None:
        self.database = database
        with database.transaction() as session:
            self.moderators = [make_account(session, name=f"Moderator {n}") for n in range(6)]
            self.people = [make_account(session, name=f"Person {n}") for n in range(people)]
            self.page = make_page(session, slug="lumen", owner=self.moderators[0])
            for account in self.moderators[1:]:
                make_staff(session, self.page, account, Role.EDITOR)
            self.post = make_post(session, self.page, START)

    def say(self, number: int, text: str, parent_id: int | None = None) -> int:
        """Let a person write and return the comment's id."""
        who = self.people[number]
        with self.database.transaction() as session:
            comment = write_comment(
                session,
                post=self.post,
                writer=Writer(who.id, who.name),
                text=text,
                parent_id=parent_id,
                now=START,
            )
            return comment.id

    def report(self, comment_id: int, number: int) -> str:
        """Let a person report a comment; return what they are told."""
        who = self.people[number]
        try:
            with self.database.transaction() as session:
                found = get_reportable(
                    session, kind=SubjectKind.COMMENT, subject_id=comment_id, account_id=who.id
                )
                report_thing(
                    session, subject=found.subject, reporter_id=who.id, reason=Reason.HATE, note="", now=START
                )
        except DomainError as error:
            return error.code
        return "reported"

    def check_counts(self) -> None:
        """Check that what is counted is what everybody sees."""
        with self.database.reading() as session:
            comments = session.scalars(select(Comment)).all()
            by_id = {one.id: one for one in comments}
            seen = {
                one.id
                for one in comments
                if one.status is CommentStatus.VISIBLE and one.deleted_at is None
                and (one.parent_id is None or by_id[one.parent_id].status is CommentStatus.VISIBLE)
            }  # fmt: skip
            for one in comments:
                assert one.reply_count == sum(by_id[reply].parent_id == one.id for reply in seen)
            assert session.get_one(PostCounts, self.post.id).comments == len(seen)


@pytest.mark.drill
class TestModerators:
    def test_decide_once_and_the_others_are_told_by_whom(self, database: Database) -> None:
        scene = Scene(database, 20)
        for number in range(16):
            comment = scene.say(number, f"Comment {number} of many")
            scene.report(comment, 19)
        with database.reading() as session:
            cases = list(session.scalars(select(Case.id)))

        def decide(turn: tuple[int, int]) -> str:
            case_id, number = turn
            actor = Actor(scene.page.id, scene.moderators[number].id, START)
            try:
                with database.transaction() as session:
                    decide_case(session, case_id=case_id, decision=list(Decision)[number % 4], actor=actor)
            except AlreadyDecided as error:
                return str(error.params["name"])
            return "decided"

        turns = [(case_id, number) for case_id in cases for number in range(6)]
        random.Random(5).shuffle(turns)
        with ThreadPoolExecutor(THREADS) as pool:
            answers = list(pool.map(decide, turns))
        assert answers.count("decided") == len(cases)
        assert all(answer.startswith("Moderator ") for answer in answers if answer != "decided")
        with database.reading() as session:
            acts = session.scalar(
                select(func.count()).select_from(AuditEntry).where(AuditEntry.act.like("comment.%"))
            )
            assert acts == len(cases)
        scene.check_counts()


@pytest.mark.drill
class TestReporters:
    def test_are_counted_exactly_and_hold_a_comment_with_the_third(self, database: Database) -> None:
        scene = Scene(database, 24)
        comments = [scene.say(0, f"Comment {number} of a few") for number in range(4)]
        # Everybody presses twice.
        turns = [(comment, number) for comment in comments for number in range(1, 24)] * 2
        random.Random(7).shuffle(turns)
        with ThreadPoolExecutor(THREADS) as pool:
            answers = list(pool.map(lambda turn: scene.report(*turn), turns))
        # A comment that is held is seen no more, so later ones find nothing.
        assert set(answers) <= {"reported", AlreadyReported.code, "not_found"}
        with database.reading() as session:
            for comment in comments:
                [case] = session.scalars(select(Case).where(Case.subject_id == comment)).all()
                written = session.scalar(
                    select(func.count()).select_from(Report).where(Report.case_id == case.id)
                )
                assert case.report_count == written == case.reasons["hate"]
                assert case.report_count >= 3
                assert session.get_one(Comment, comment).status is CommentStatus.HELD
        assert answers.count("reported") >= 12
        scene.check_counts()


@pytest.mark.drill
class TestTalkUnderModeration:
    def test_keeps_counts_exact_while_comments_go_and_come_back(self, database: Database) -> None:
        scene = Scene(database, 30)
        parents = [scene.say(number, f"Parent {number} of the talk") for number in range(3)]
        replies = [
            (scene.say(number, f"Reply {number} of the talk", parents[number % 3]), number)
            for number in range(3, 9)
        ]
        for parent in parents:
            scene.report(parent, 29)
        with database.reading() as session:
            cases = list(session.scalars(select(Case.id).order_by(Case.id)))

        def moderate(number: int) -> None:
            actor = Actor(scene.page.id, scene.moderators[number % 6].id, START)
            case_id = cases[number % 3]
            try:
                with database.transaction() as session:
                    if number % 2:
                        undo_decision(session, case_id=case_id, decided_at=START, actor=actor)
                    else:
                        decide_case(session, case_id=case_id, decision=Decision.HIDDEN, actor=actor)
            except DomainError:
                pass

        def write(number: int) -> None:
            # Under a parent that is hidden just now nobody may answer.
            with suppress(NotFound):
                scene.say(9 + number % 20, f"Late reply {number} of the talk", parents[number % 3])

        def go_and_come_back(number: int) -> None:
            reply, who = replies[number % len(replies)]
            writer = Writer(scene.people[who].id, scene.people[who].name)
            act = delete_comment if number % 2 else restore_comment
            with database.transaction() as session:
                act(session, post=scene.post, comment_id=reply, writer=writer, now=START)

        acts = [(act, number) for number in range(30) for act in (moderate, write, go_and_come_back)]
        random.Random(3).shuffle(acts)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda one: one[0](one[1]), acts))
        scene.check_counts()
