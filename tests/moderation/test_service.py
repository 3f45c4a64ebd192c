"""Cases are opened once, decided once, and may be taken back; bans and words are kept with who and when."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from shop.accounts.models import Account
from shop.core.db import Database
from shop.moderation.banning import WorksHere, ban, change_words, lift_ban, take_words_back
from shop.moderation.judging import judge
from shop.moderation.models import Case, Decision, Reason, Report, SubjectKind
from shop.moderation.queries import is_banned, is_taken_down, list_bans, list_words
from shop.moderation.service import (
    HELD_AFTER,
    AlreadyDecided,
    AlreadyReported,
    OpenAgain,
    OwnThing,
    Subject,
    decide,
    open_case,
    reopen,
    report,
)
from shop.moderation.spam import RecentText, Sign
from shop.notifications.models import Notification, NotificationKind
from shop.page.models import AuditEntry, Page, Role
from tests.factories import START, make_account, make_page, make_staff
from tests.support.statements import count_statements

LATER = START + dt.timedelta(hours=1)


class Scene:
    """A page with an owner, an editor and an analyst, somebody who writes and people who report."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            self.owner, self.editor, self.analyst = (
                make_account(session, name=name) for name in ("Olga", "Edgar", "Ana")
            )
            self.author = make_account(session, name="Arthur")
            self.people = [make_account(session) for _ in range(4)]
            self.page: Page = make_page(session, slug="lumen", owner=self.owner)
            make_staff(session, self.page, self.editor, Role.EDITOR)
            make_staff(session, self.page, self.analyst, Role.ANALYST)

    def subject(self, subject_id: int = 7, *, kind: SubjectKind = SubjectKind.COMMENT) -> Subject:
        """Return something that Arthur wrote on the page."""
        return Subject(kind, subject_id, self.page.id, self.author.id, "Buy " * 300, "/p/lumen/posts/1")

    def report(self, by: Account, *, reason: Reason = Reason.SPAM, subject: Subject | None = None) -> bool:
        """Report it and return whether it is over the threshold."""
        with self.database.transaction() as session:
            found = report(
                session,
                subject=subject or self.subject(),
                reporter_id=by.id,
                reason=reason,
                note="",
                now=START,
            )
            return found.is_over_threshold

    def decide(self, case_id: int, decision: Decision = Decision.KEPT, *, by: Account | None = None) -> None:
        """Decide a case."""
        with self.database.transaction() as session:
            decide(
                session, case_id=case_id, decision=decision, by_id=(by or self.owner).id, now=LATER,
                reason=Reason.SPAM, status_before="held",
            )  # fmt: skip

    def cases(self) -> list[Case]:
        """Return all cases."""
        with self.database.reading() as session:
            return list(session.scalars(select(Case).order_by(Case.id)))


@pytest.fixture
def scene(database: Database) -> Scene:
    """A page and its people."""
    return Scene(database)


class TestOpenCase:
    def test_is_opened_once_and_takes_what_comes_later(self, scene: Scene) -> None:
        for reason in (Reason.SPAM, Reason.SPAM, Reason.BLOCKED_WORD):
            with scene.database.transaction() as session:
                open_case(
                    session, subject=scene.subject(), now=START, reason=reason, signs=[Sign("links", 2, "2")]
                )
        [case] = scene.cases()
        assert case.reasons == {"spam": 2, "blocked_word": 1}
        assert case.signs == [{"sign": "links", "weight": 2, "detail": "2"}] * 3
        assert len(case.excerpt) == 500

    def test_tells_those_who_may_decide_once(self, scene: Scene) -> None:
        for subject_id in (7, 7, 8):
            with scene.database.transaction() as session:
                open_case(session, subject=scene.subject(subject_id), now=START, reason=Reason.SPAM)
        with scene.database.reading() as session:
            told = list(session.scalars(select(Notification).order_by(Notification.account_id)))
        assert [(one.account_id, one.count, one.path) for one in told] == [
            (account.id, 2, "/manage/lumen/moderation") for account in (scene.owner, scene.editor)
        ]
        assert {one.kind for one in told} == {NotificationKind.MODERATION}
        assert told[0].data["event"] == "waiting"

    def test_is_opened_anew_after_a_decision(self, scene: Scene) -> None:
        scene.report(scene.people[0])
        scene.decide(scene.cases()[0].id)
        scene.report(scene.people[1])
        assert [case.report_count for case in scene.cases()] == [1, 1]


class TestReport:
    def test_counts_each_person_once(self, scene: Scene) -> None:
        scene.report(scene.people[0])
        with pytest.raises(AlreadyReported):
            scene.report(scene.people[0], reason=Reason.HATE)
        [case] = scene.cases()
        assert (case.report_count, case.reasons) == (1, {"spam": 1})

    def test_is_refused_again_after_a_decision_too(self, scene: Scene) -> None:
        scene.report(scene.people[0])
        scene.decide(scene.cases()[0].id)
        with pytest.raises(AlreadyReported):
            scene.report(scene.people[0])
        assert len(scene.cases()) == 1

    def test_refuses_ones_own_things(self, scene: Scene) -> None:
        with pytest.raises(OwnThing):
            scene.report(scene.author)
        me = Subject(SubjectKind.PERSON, scene.author.id, None, None, "Arthur", "/people/arthur")
        with pytest.raises(OwnThing):
            scene.report(scene.author, subject=me)
        assert scene.cases() == []

    def test_is_over_the_threshold_with_the_third_only(self, scene: Scene) -> None:
        assert HELD_AFTER == 3
        assert [scene.report(person) for person in scene.people] == [False, False, True, False]

    def test_holds_no_share(self, scene: Scene) -> None:
        share = scene.subject(kind=SubjectKind.SHARE)
        assert not any(scene.report(person, subject=share) for person in scene.people)

    def test_holds_nothing_that_moderators_kept(self, scene: Scene) -> None:
        scene.report(scene.owner)
        scene.decide(scene.cases()[0].id)
        assert not any(scene.report(person) for person in scene.people)


class TestDecide:
    def test_tells_the_second_who_was_first(self, scene: Scene) -> None:
        scene.report(scene.people[0])
        [case] = scene.cases()
        scene.decide(case.id, Decision.REMOVED, by=scene.editor)
        with pytest.raises(AlreadyDecided) as caught:
            scene.decide(case.id, Decision.KEPT)
        assert caught.value.params == {"name": "Edgar"}
        [case] = scene.cases()
        assert (case.decision, case.decided_by_id) == (Decision.REMOVED, scene.editor.id)
        assert (case.decided_at, case.decision_reason) == (LATER, Reason.SPAM)

    def test_knows_what_was_taken_down(self, scene: Scene) -> None:
        scene.report(scene.people[0])
        with scene.database.reading() as session:
            assert not is_taken_down(session, SubjectKind.COMMENT, 7)
        scene.decide(scene.cases()[0].id, Decision.REMOVED)
        with scene.database.reading() as session:
            assert is_taken_down(session, SubjectKind.COMMENT, 7)
            assert not is_taken_down(session, SubjectKind.SHARE, 7)


class TestReopen:
    def test_lets_it_wait_again(self, scene: Scene) -> None:
        scene.report(scene.people[0])
        scene.decide(scene.cases()[0].id)
        with scene.database.transaction() as session:
            reopen(session, case_id=scene.cases()[0].id, decided_at=LATER)
        [case] = scene.cases()
        assert (case.decision, case.decided_at, case.decided_by_id, case.report_count) == (
            None,
            None,
            None,
            1,
        )

    def test_refuses_when_it_came_here_again(self, scene: Scene) -> None:
        scene.report(scene.people[0])
        scene.decide(scene.cases()[0].id)
        scene.report(scene.people[1])
        with pytest.raises(OpenAgain), scene.database.transaction() as session:
            reopen(session, case_id=scene.cases()[0].id, decided_at=LATER)


class TestBan:
    def ban(self, scene: Scene, account: Account) -> bool:
        with scene.database.transaction() as session:
            return ban(
                session, page_id=scene.page.id, account_id=account.id, reason=Reason.HATE, by_id=scene.owner.id, now=START
            )  # fmt: skip

    def test_is_written_once_with_who_and_why(self, scene: Scene) -> None:
        assert [self.ban(scene, scene.author), self.ban(scene, scene.author)] == [True, False]
        with scene.database.reading() as session:
            [one] = list_bans(session, scene.page.id)
            acts = list(session.scalars(select(AuditEntry.act)))
            assert is_banned(session, scene.page.id, scene.author.id)
        assert (one.name, one.by, one.ban.reason) == ("Arthur", "Olga", Reason.HATE)
        assert acts == ["person.banned"]

    def test_spares_the_staff(self, scene: Scene) -> None:
        with pytest.raises(WorksHere):
            self.ban(scene, scene.analyst)

    def test_is_lifted_once(self, scene: Scene) -> None:
        self.ban(scene, scene.author)
        lifted = []
        for _ in range(2):
            with scene.database.transaction() as session:
                lifted.append(
                    lift_ban(
                        session,
                        page_id=scene.page.id,
                        account_id=scene.author.id,
                        by_id=scene.owner.id,
                        now=LATER,
                    )
                )
        assert lifted == [Reason.HATE, None]
        with scene.database.reading() as session:
            assert not is_banned(session, scene.page.id, scene.author.id)


class TestChangeWords:
    def change(self, scene: Scene, *words: str) -> int | None:
        with scene.database.transaction() as session:
            return change_words(session, page_id=scene.page.id, words=words, by_id=scene.owner.id, now=START)

    def words(self, scene: Scene) -> list[str]:
        with scene.database.reading() as session:
            return list_words(session, scene.page.id)

    def test_writes_what_came_and_what_went(self, scene: Scene) -> None:
        self.change(scene, "arnaque", "spam")
        self.change(scene, "spam", "zut")
        assert self.words(scene) == ["spam", "zut"]
        with scene.database.reading() as session:
            last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert last is not None
        assert (last.before, last.after) == ({"words": ["arnaque"]}, {"words": ["zut"]})

    def test_writes_nothing_when_nothing_changes(self, scene: Scene) -> None:
        self.change(scene, "spam")
        assert self.change(scene, "spam") is None
        with scene.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1

    def test_is_taken_back_unless_another_change_followed(self, scene: Scene) -> None:
        self.change(scene, "arnaque", "spam")
        mine = self.change(scene, "spam", "zut")
        assert mine is not None
        self.take_back(scene, mine)
        assert self.words(scene) == ["arnaque", "spam"]
        assert not self.take_back(scene, mine)

    def take_back(self, scene: Scene, change: int) -> bool:
        with scene.database.transaction() as session:
            return take_words_back(
                session, page_id=scene.page.id, change=change, by_id=scene.owner.id, now=LATER
            )


class TestJudge:
    def judge(
        self, scene: Scene, text: str, *history: RecentText
    ) -> tuple[bool, bool, Reason | None, list[str]]:
        with scene.database.reading() as session:
            found = judge(
                session,
                page_id=scene.page.id,
                account_id=scene.author.id,
                text=text,
                now=LATER,
                history=history,
            )
        return found.is_banned, found.is_held, found.reason, [sign.sign for sign in found.signs]

    def test_lets_ordinary_words_through(self, scene: Scene) -> None:
        assert self.judge(scene, "Une arnaque ? Non !") == (False, False, None, [])

    def test_holds_a_blocked_word_of_the_page(self, scene: Scene) -> None:
        with scene.database.transaction() as session:
            change_words(session, page_id=scene.page.id, words=["arnaqu*"], by_id=scene.owner.id, now=START)
        assert self.judge(scene, "Une arn4que ?") == (False, True, Reason.BLOCKED_WORD, ["blocked_word"])

    def test_holds_spam(self, scene: Scene) -> None:
        _, is_held, reason, signs = self.judge(scene, "https://a.example https://b.example https://c.example")
        assert (is_held, reason, signs) == (True, Reason.SPAM, ["links", "young_account"])

    def test_holds_what_was_just_said_twice(self, scene: Scene) -> None:
        before = RecentText(scene.author.id, "Venez voir", LATER)
        assert self.judge(scene, "venez voir!", before, before)[1:3] == (True, Reason.SPAM)

    def test_knows_who_is_banned(self, scene: Scene) -> None:
        with scene.database.transaction() as session:
            ban(
                session, page_id=scene.page.id, account_id=scene.author.id, reason=Reason.HATE, by_id=scene.owner.id, now=START
            )  # fmt: skip
        assert self.judge(scene, "Bonjour")[0]

    def test_asks_two_statements_however_many_words_there_are(self, scene: Scene) -> None:
        with scene.database.transaction() as session:
            change_words(
                session, page_id=scene.page.id, words=sorted(f"mot{n}" for n in range(1000)),
                by_id=scene.owner.id, now=START,
            )  # fmt: skip
        with count_statements(scene.database.engine) as sent:
            self.judge(scene, "Bonjour")
        assert len(sent) == 2
        with scene.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Report)) == 0
