"""Decisions on comments and shares: who sees them, what is counted, what is told, and all of it taken back."""

import datetime as dt

import pytest
from sqlalchemy import select

from shop.accounts.models import Account
from shop.core.db import Database
from shop.core.errors import NotFound
from shop.feed.models import Comment, CommentStatus, PostCounts, Share
from shop.feed.moderating import Actor, CannotHide, decide_case, report_thing, undo_decision
from shop.feed.moderation_queries import count_waiting, list_decided, list_waiting
from shop.feed.sharing import restore_share
from shop.feed.subject_queries import get_reportable
from shop.feed.talking import Banned, Writer, delete_comment, restore_comment, write_comment
from shop.moderation.models import Case, Decision, Reason, SubjectKind
from shop.moderation.service import AlreadyDecided, Reported
from shop.notifications.models import Notification, NotificationKind
from shop.page.models import AuditEntry, Role
from tests.factories import START, make_account, make_page, make_staff
from tests.support.feeds import make_post, share_post
from tests.support.statements import count_statements

LATER = START + dt.timedelta(hours=1)
SPAM = "https://a.example https://b.example https://c.example"
GONE = (Decision.HIDDEN, Decision.REMOVED)


class Scene:
    """A page with a post under which people talk, and its two moderators."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            self.owner, self.editor = make_account(session, name="Olga"), make_account(session, name="Edgar")
            self.author = make_account(session, name="Arthur")
            self.people = [make_account(session, name=f"Person {n}") for n in range(4)]
            self.page = make_page(session, slug="lumen", owner=self.owner)
            make_staff(session, self.page, self.editor, Role.EDITOR)
            self.post = make_post(session, self.page, START)

    def say(self, text: str, *, by: Account | None = None, under: int | None = None) -> int:
        """Write a comment or a reply and return its id."""
        who = by or self.author
        with self.database.transaction() as session:
            comment = write_comment(
                session,
                post=self.post,
                writer=Writer(who.id, who.name),
                text=text,
                parent_id=under,
                now=START,
            )
            return comment.id

    def report(self, kind: SubjectKind, subject_id: int, by: Account) -> Reported:
        """Report something with what its edge finds of it."""
        with self.database.transaction() as session:
            found = get_reportable(session, kind=kind, subject_id=subject_id, account_id=by.id)
            return report_thing(
                session, subject=found.subject, reporter_id=by.id, reason=Reason.HATE, note="Look", now=START
            )

    def decide(self, case_id: int, decision: Decision, *, by: Account | None = None) -> None:
        """Decide a case an hour later."""
        actor = Actor(self.page.id, (by or self.owner).id, LATER, Reason.HATE)
        with self.database.transaction() as session:
            decide_case(session, case_id=case_id, decision=decision, actor=actor)

    def undo(self, case_id: int) -> None:
        """Take the decision back."""
        actor = Actor(self.page.id, self.owner.id, LATER)
        with self.database.transaction() as session:
            undo_decision(session, case_id=case_id, decided_at=LATER, actor=actor)

    def case_of(self, comment_id: int) -> int:
        """Return the id of the comment's newest case."""
        with self.database.reading() as session:
            return (
                session.scalars(
                    select(Case.id).where(Case.subject_id == comment_id).order_by(Case.id.desc())
                ).first()
                or 0
            )

    def status(self, comment_id: int) -> CommentStatus:
        """Return who sees the comment."""
        with self.database.reading() as session:
            return session.get_one(Comment, comment_id).status

    def counts(self, *comment_ids: int) -> tuple[int, ...]:
        """Return the post's comments and each comment's replies, as they are counted."""
        with self.database.reading() as session:
            total = session.get_one(PostCounts, self.post.id).comments
            return total, *(session.get_one(Comment, one).reply_count for one in comment_ids)

    def quoted(self, text: str) -> list[tuple[int, str]]:
        """Return who is told of a text, and in which kind of notification."""
        with self.database.reading() as session:
            rows = session.scalars(select(Notification).order_by(Notification.account_id, Notification.id))
            return [(one.account_id, one.kind.value) for one in rows if one.data.get("excerpt") == text]

    def told(self, account: Account) -> list[str]:
        """Return the events of moderation that an account was told of."""
        with self.database.reading() as session:
            return [
                one.data["event"]
                for one in session.scalars(
                    select(Notification).where(
                        Notification.account_id == account.id,
                        Notification.kind == NotificationKind.MODERATION,
                    )
                )
            ]


@pytest.fixture
def scene(database: Database) -> Scene:
    """A page with a post."""
    return Scene(database)


class TestDecideCase:
    def test_publishes_what_was_held_and_tells_who_was_answered(self, scene: Scene) -> None:
        parent = scene.say("Hello", by=scene.people[0])
        reply = scene.say(SPAM, under=parent)
        assert (scene.status(reply), scene.counts(parent)) == (CommentStatus.HELD, (1, 0))
        scene.decide(scene.case_of(reply), Decision.KEPT)
        assert (scene.status(reply), scene.counts(parent)) == (CommentStatus.VISIBLE, (2, 1))
        with scene.database.reading() as session:
            kinds = session.scalars(
                select(Notification.kind).where(Notification.account_id == scene.people[0].id)
            ).all()
        assert kinds == [NotificationKind.COMMENT_REPLY]

    @pytest.mark.parametrize("decision", GONE)
    def test_takes_a_comment_and_its_replies_out_of_the_counts_and_back(
        self, scene: Scene, decision: Decision
    ) -> None:
        other = scene.say("Other")
        parent = scene.say("Hello")
        for number in range(3):
            scene.say(f"Reply {number}", by=scene.people[number], under=parent)
        scene.report(SubjectKind.COMMENT, parent, scene.people[0])
        case_id = scene.case_of(parent)
        assert scene.counts(other, parent) == (5, 0, 3)
        scene.decide(case_id, decision)
        assert scene.counts(other, parent) == (1, 0, 0)
        scene.undo(case_id)
        assert (scene.status(parent), scene.counts(other, parent)) == (CommentStatus.VISIBLE, (5, 0, 3))

    @pytest.mark.parametrize("decision", GONE)
    def test_takes_a_reply_out_and_back(self, scene: Scene, decision: Decision) -> None:
        parent = scene.say("Hello")
        reply = scene.say("Reply", under=parent)
        scene.report(SubjectKind.COMMENT, reply, scene.people[0])
        scene.decide(scene.case_of(reply), decision)
        assert scene.counts(parent) == (1, 0)
        scene.undo(scene.case_of(reply))
        assert scene.counts(parent) == (2, 1)

    def test_counts_nothing_of_what_happens_under_a_hidden_comment_until_it_is_back(
        self, scene: Scene
    ) -> None:
        parent = scene.say("Hello")
        first = scene.say("First", by=scene.people[0], under=parent)
        scene.say("Second", by=scene.people[1], under=parent)
        scene.say("Third", by=scene.people[2], under=parent)
        scene.report(SubjectKind.COMMENT, parent, scene.people[1])
        scene.decide(scene.case_of(parent), Decision.HIDDEN)
        writer = Writer(scene.people[0].id, "Person 0")
        with scene.database.transaction() as session:
            delete_comment(session, post=scene.post, comment_id=first, writer=writer, now=LATER)
        assert scene.counts(parent) == (0, 0)
        scene.undo(scene.case_of(parent))
        assert scene.counts(parent) == (3, 2)

    def test_leaves_a_deleted_comment_uncounted_when_it_is_kept(self, scene: Scene) -> None:
        comment = scene.say(SPAM)
        writer = Writer(scene.author.id, "Arthur")
        with scene.database.transaction() as session:
            delete_comment(session, post=scene.post, comment_id=comment, writer=writer, now=LATER)
        scene.decide(scene.case_of(comment), Decision.KEPT)
        assert scene.counts() == (0,)
        with scene.database.transaction() as session:
            restore_comment(session, post=scene.post, comment_id=comment, writer=writer, now=LATER)
        assert scene.counts() == (1,)

    def test_tells_the_author_of_a_removal_and_not_of_hiding(self, scene: Scene) -> None:
        hidden, removed = scene.say("Hidden"), scene.say("To be removed")
        for comment in (hidden, removed):
            scene.report(SubjectKind.COMMENT, comment, scene.people[0])
        scene.decide(scene.case_of(hidden), Decision.HIDDEN)
        assert scene.told(scene.author) == []
        scene.decide(scene.case_of(removed), Decision.REMOVED)
        assert scene.told(scene.author) == ["removed"]

    @pytest.mark.parametrize("decision", GONE)
    def test_ends_what_notifications_quote(self, scene: Scene, decision: Decision) -> None:
        top = scene.say("Hello")
        reply = scene.say("You fool", by=scene.people[0], under=top)
        before = scene.quoted("You fool")
        scene.report(SubjectKind.COMMENT, reply, scene.people[1])
        scene.decide(scene.case_of(reply), decision)
        assert before == [
            (scene.owner.id, "page_comment"),
            (scene.editor.id, "page_comment"),
            (scene.author.id, "comment_reply"),
        ]
        assert [one for one in scene.quoted("You fool") if one[1] != "moderation"] == []
        scene.undo(scene.case_of(reply))
        assert [one for one in scene.quoted("You fool") if one[1] != "moderation"] == before

    def test_leaves_what_notifications_quote_of_a_later_comment(self, scene: Scene) -> None:
        first = scene.say("You fool")
        scene.say("Peace")
        scene.report(SubjectKind.COMMENT, first, scene.people[1])
        scene.decide(scene.case_of(first), Decision.REMOVED)
        assert (scene.owner.id, "page_comment") in scene.quoted("Peace")

    def test_taken_back_is_told_no_more(self, scene: Scene) -> None:
        comment = scene.say("Hello")
        scene.report(SubjectKind.COMMENT, comment, scene.people[0])
        scene.decide(scene.case_of(comment), Decision.REMOVED)
        scene.undo(scene.case_of(comment))
        assert scene.told(scene.author) == []

    def test_lets_nobody_bring_back_what_was_removed(self, scene: Scene) -> None:
        comment = scene.say("Hello")
        scene.report(SubjectKind.COMMENT, comment, scene.people[0])
        scene.decide(scene.case_of(comment), Decision.REMOVED)
        writer = Writer(scene.author.id, "Arthur")
        with scene.database.transaction() as session:
            delete_comment(session, post=scene.post, comment_id=comment, writer=writer, now=LATER)
        with pytest.raises(NotFound), scene.database.transaction() as session:
            restore_comment(session, post=scene.post, comment_id=comment, writer=writer, now=LATER)
        assert scene.counts() == (0,)

    def test_bans_the_author_and_lifts_that_ban_when_it_is_taken_back(self, scene: Scene) -> None:
        comment = scene.say("Hello")
        scene.report(SubjectKind.COMMENT, comment, scene.people[0])
        scene.decide(scene.case_of(comment), Decision.BANNED)
        assert scene.status(comment) is CommentStatus.REMOVED
        with pytest.raises(Banned):
            scene.say("Again")
        scene.undo(scene.case_of(comment))
        scene.say("Again")
        assert scene.counts() == (2,)

    def test_keeps_a_ban_that_an_earlier_decision_gave(self, scene: Scene) -> None:
        first, second = scene.say("One"), scene.say("Two")
        for comment in (first, second):
            scene.report(SubjectKind.COMMENT, comment, scene.people[0])
        scene.decide(scene.case_of(first), Decision.BANNED)
        actor = Actor(scene.page.id, scene.owner.id, LATER + dt.timedelta(minutes=1), Reason.HATE)
        with scene.database.transaction() as session:
            decide_case(session, case_id=scene.case_of(second), decision=Decision.BANNED, actor=actor)
        with scene.database.transaction() as session:
            undo_decision(session, case_id=scene.case_of(second), decided_at=actor.now, actor=actor)
        with pytest.raises(Banned):
            scene.say("Again")

    def test_writes_who_did_what_into_the_audit_log(self, scene: Scene) -> None:
        comment = scene.say("Hello")
        scene.report(SubjectKind.COMMENT, comment, scene.people[0])
        scene.decide(scene.case_of(comment), Decision.HIDDEN, by=scene.editor)
        with scene.database.reading() as session:
            [entry] = session.scalars(select(AuditEntry)).all()
        assert (entry.act, entry.account_id, entry.subject_title) == (
            "comment.hidden",
            scene.editor.id,
            "Hello",
        )
        assert (entry.before, entry.after) == (
            {"standing": "visible"},
            {"standing": "hidden", "moderation_reason": "hate"},
        )

    def test_changes_nothing_for_the_second_of_two_moderators(self, scene: Scene) -> None:
        comment = scene.say("Hello")
        scene.report(SubjectKind.COMMENT, comment, scene.people[0])
        scene.decide(scene.case_of(comment), Decision.HIDDEN, by=scene.editor)
        with pytest.raises(AlreadyDecided, match="Edgar"):
            scene.decide(scene.case_of(comment), Decision.BANNED)
        assert scene.status(comment) is CommentStatus.HIDDEN
        scene.say("I am not banned")

    def test_finds_no_case_of_another_page(self, scene: Scene) -> None:
        comment = scene.say("Hello")
        scene.report(SubjectKind.COMMENT, comment, scene.people[0])
        with scene.database.transaction() as session:
            stranger = make_account(session)
            other = make_page(session, owner=stranger)
        with pytest.raises(NotFound), scene.database.transaction() as session:
            decide_case(
                session, case_id=scene.case_of(comment), decision=Decision.REMOVED,
                actor=Actor(other.id, stranger.id, LATER),
            )  # fmt: skip


class TestReportThing:
    def test_holds_a_comment_with_the_third_report_until_it_is_kept(self, scene: Scene) -> None:
        parent = scene.say("Hello")
        scene.say("Reply", by=scene.people[3], under=parent)
        for person in scene.people[:2]:
            scene.report(SubjectKind.COMMENT, parent, person)
        assert (scene.status(parent), scene.counts(parent)) == (CommentStatus.VISIBLE, (2, 1))
        scene.report(SubjectKind.COMMENT, parent, scene.people[2])
        assert (scene.status(parent), scene.counts(parent)) == (CommentStatus.HELD, (0, 0))
        scene.decide(scene.case_of(parent), Decision.KEPT)
        assert (scene.status(parent), scene.counts(parent)) == (CommentStatus.VISIBLE, (2, 1))

    def test_leaves_what_the_page_itself_wrote_to_the_house(self, scene: Scene) -> None:
        with scene.database.transaction() as session:
            comment = write_comment(
                session,
                post=scene.post,
                writer=Writer(scene.owner.id, "Olga", is_page=True),
                text="Hi",
                now=START,
            )
        for person in scene.people[:3]:
            scene.report(SubjectKind.COMMENT, comment.id, person)
        assert scene.status(comment.id) is CommentStatus.VISIBLE
        with scene.database.reading() as session:
            [case] = session.scalars(select(Case)).all()
            assert (case.page_id, case.author_id, case.report_count) == (None, None, 3)

    def test_finds_nothing_that_the_reporter_does_not_see(self, scene: Scene) -> None:
        held = scene.say(SPAM)
        with pytest.raises(NotFound):
            scene.report(SubjectKind.COMMENT, held, scene.people[0])
        with scene.database.transaction() as session:
            private = share_post(session, scene.post, scene.author, START, to=scene.people[0])
        with pytest.raises(NotFound):
            scene.report(SubjectKind.SHARE, private.id, scene.people[1])
        scene.report(SubjectKind.SHARE, private.id, scene.people[0])


class TestShares:
    def test_are_removed_with_their_count_and_brought_back(self, scene: Scene) -> None:
        with scene.database.transaction() as session:
            share = share_post(session, scene.post, scene.author, START)
            session.get_one(PostCounts, scene.post.id).shares = 1
        scene.report(SubjectKind.SHARE, share.id, scene.people[0])
        case_id = scene.case_of(share.id)
        with pytest.raises(CannotHide):
            scene.decide(case_id, Decision.HIDDEN)
        scene.decide(case_id, Decision.REMOVED)
        assert self.standing(scene, share.id) == (True, 0)
        with pytest.raises(NotFound), scene.database.transaction() as session:
            restore_share(session, account_id=scene.author.id, share_id=share.id, now=LATER)
        assert scene.told(scene.author) == ["removed"]
        scene.undo(case_id)
        assert self.standing(scene, share.id) == (False, 1)

    def standing(self, scene: Scene, share_id: int) -> tuple[bool, int]:
        with scene.database.reading() as session:
            is_deleted = session.get_one(Share, share_id).deleted_at is not None
            return is_deleted, session.get_one(PostCounts, scene.post.id).shares


class TestListWaiting:
    def test_shows_the_oldest_first_with_all_around_it(self, scene: Scene) -> None:
        first, second = scene.say("First"), scene.say(SPAM)
        scene.report(SubjectKind.COMMENT, first, scene.people[0])
        scene.say("Removed before")
        with scene.database.reading() as session:
            rows = list_waiting(session, scene.page.id).rows
        assert [row.case.subject_id for row in rows] == [second, first]
        assert [row.status for row in rows] == [CommentStatus.HELD, CommentStatus.VISIBLE]
        assert rows[1].author is not None
        assert (rows[1].author.name, rows[1].author.is_banned) == ("Arthur", False)
        assert [note.text for note in rows[1].notes] == ["Look"]

    def test_tells_of_earlier_decisions_against_the_author(self, scene: Scene) -> None:
        for number in range(3):
            scene.say(f"Number {number}")
            scene.report(SubjectKind.COMMENT, number + 1, scene.people[0])
        scene.decide(scene.case_of(1), Decision.REMOVED)
        scene.decide(scene.case_of(2), Decision.KEPT)
        with scene.database.reading() as session:
            [row] = list_waiting(session, scene.page.id).rows
        assert row.author is not None
        assert row.author.earlier == {Decision.REMOVED: 1, Decision.KEPT: 1}

    def test_leaves_out_what_its_author_deleted(self, scene: Scene) -> None:
        comment = scene.say(SPAM)
        with scene.database.transaction() as session:
            delete_comment(
                session,
                post=scene.post,
                comment_id=comment,
                writer=Writer(scene.author.id, "Arthur"),
                now=LATER,
            )
        with scene.database.reading() as session:
            assert not list_waiting(session, scene.page.id).rows
            assert count_waiting(session, scene.page.id) == 0

    def test_shows_one_reason_only_when_asked(self, scene: Scene) -> None:
        first = scene.say("First")
        scene.say(SPAM)
        scene.report(SubjectKind.COMMENT, first, scene.people[0])
        with scene.database.reading() as session:
            rows = list_waiting(session, scene.page.id, reason=Reason.HATE).rows
        assert [row.case.subject_id for row in rows] == [first]

    def test_goes_on_where_it_ended_and_asks_no_more_for_more(self, scene: Scene) -> None:
        for number in range(25):
            comment = scene.say(f"Number {number}", by=scene.people[number % 4])
            scene.report(SubjectKind.COMMENT, comment, scene.owner)
            if number == 0:
                few = self.statements(scene)
        many = self.statements(scene)
        assert few == many
        assert many <= 6
        with scene.database.reading() as session:
            part = list_waiting(session, scene.page.id)
            rest = list_waiting(session, scene.page.id, after_id=part.rows[-1].case.id)
        assert (len(part.rows), part.is_more, len(rest.rows), rest.is_more) == (20, True, 5, False)

    def statements(self, scene: Scene) -> int:
        with scene.database.reading() as session, count_statements(scene.database.engine) as sent:
            list_waiting(session, scene.page.id)
            return len(sent)


class TestListDecided:
    def test_shows_the_newest_first_with_who_decided(self, scene: Scene) -> None:
        for number in range(22):
            comment = scene.say(f"Number {number}", by=scene.people[number % 4])
            scene.report(SubjectKind.COMMENT, comment, scene.owner)
            scene.decide(scene.case_of(comment), Decision.HIDDEN, by=scene.editor)
        with scene.database.reading() as session:
            part = list_decided(session, scene.page.id)
            last = part.rows[-1].case
            rest = list_decided(session, scene.page.id, before=(LATER, last.id))
        ids = [row.case.id for row in (*part.rows, *rest.rows)]
        assert ids == sorted(ids, reverse=True)
        assert len(ids) == 22
        assert part.rows[0].decided_by == "Edgar"
