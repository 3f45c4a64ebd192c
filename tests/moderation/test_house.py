"""What the house decides on posts, people, pages and what pages write, from the command line too."""

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from shop.accounts.profile_models import Profile
from shop.core.db import Database
from shop.core.errors import Conflict, NotFound
from shop.feed.house_moderating import OnlyKeepOrRemove, decide_house_case, undo_house_decision
from shop.feed.models import Comment, CommentStatus, Post, PostCounts
from shop.feed.moderation_cli import moderation_group
from shop.feed.posting import TakenDown, delete_post, restore_post
from shop.feed.subject_queries import get_reportable
from shop.feed.talking import Writer, write_comment
from shop.moderation.models import Case, Decision, Reason, SubjectKind
from shop.moderation.service import report
from shop.notifications.models import Notification, NotificationKind
from shop.page.models import Page
from tests.factories import PICTURE, START, make_account, make_page
from tests.support.feeds import make_post

LATER = START + dt.timedelta(hours=1)


class Scene:
    """A page with a post, its owner, and somebody who reports."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            self.owner, self.petra = make_account(session, name="Olga"), make_account(session, name="Petra")
            self.person = make_account(session, name="Arthur")
            profile = session.get_one(Profile, self.person.id)
            profile.bio, profile.avatar = "Buy my followers", dict(PICTURE)
            self.page = make_page(session, slug="lumen", owner=self.owner)
            self.page.tagline, self.page.about = "Cheap copies", "All of them"
            self.post = make_post(session, self.page, START, body="Buy copies")

    def report(self, kind: SubjectKind, subject_id: int) -> int:
        """Report something and return its case's id."""
        with self.database.transaction() as session:
            found = get_reportable(session, kind=kind, subject_id=subject_id, account_id=self.petra.id)
            return report(
                session, subject=found.subject, reporter_id=self.petra.id, reason=Reason.COUNTERFEIT, note="Copies",
                now=START,
            ).case.id  # fmt: skip

    def decide(self, case_id: int, decision: Decision = Decision.REMOVED) -> None:
        """Decide it as the house."""
        with self.database.transaction() as session:
            decide_house_case(
                session, case_id=case_id, decision=decision, reason=Reason.COUNTERFEIT, note="Seen", now=LATER
            )

    def undo(self, case_id: int) -> None:
        """Take the decision back."""
        with self.database.transaction() as session:
            undo_house_decision(session, case_id=case_id, now=LATER)

    def told(self) -> list[int]:
        """Return who was told that something was removed."""
        with self.database.reading() as session:
            news = session.scalars(
                select(Notification).where(Notification.kind == NotificationKind.MODERATION)
            )
            return [one.account_id for one in news if one.data["event"] == "removed"]


@pytest.fixture
def scene(database: Database) -> Scene:
    """A page with a post."""
    return Scene(database)


class TestDecideHouseCase:
    def test_removes_a_post_that_its_page_cannot_bring_back(self, scene: Scene) -> None:
        case_id = scene.report(SubjectKind.POST, scene.post.id)
        scene.decide(case_id)
        assert self.is_deleted(scene)
        assert scene.told() == [scene.owner.id]
        with pytest.raises(TakenDown), scene.database.transaction() as session:
            restore_post(session, page_id=scene.page.id, post_id=scene.post.id, now=LATER)
        scene.undo(case_id)
        assert not self.is_deleted(scene)
        assert scene.told() == []

    def test_leads_whom_it_tells_to_something_that_is_there(self, scene: Scene) -> None:
        scene.decide(scene.report(SubjectKind.POST, scene.post.id))
        with scene.database.reading() as session:
            told = select(Notification.path).where(Notification.account_id == scene.owner.id)
            assert session.scalars(told).all() == ["/manage/lumen/posts"]

    def test_leaves_a_post_deleted_that_its_page_had_deleted(self, scene: Scene) -> None:
        case_id = scene.report(SubjectKind.POST, scene.post.id)
        with scene.database.transaction() as session:
            delete_post(session, page_id=scene.page.id, post_id=scene.post.id, now=LATER)
        scene.decide(case_id)
        scene.undo(case_id)
        assert self.is_deleted(scene)

    def is_deleted(self, scene: Scene) -> bool:
        with scene.database.reading() as session:
            return session.get_one(Post, scene.post.id).deleted_at is not None

    def test_takes_down_what_a_person_shows(self, scene: Scene) -> None:
        case_id = scene.report(SubjectKind.PERSON, scene.person.id)
        scene.decide(case_id)
        assert self.shown(scene) == ("", None)
        assert scene.told() == [scene.person.id]
        scene.undo(case_id)
        assert self.shown(scene) == ("Buy my followers", PICTURE)
        assert scene.told() == []

    def shown(self, scene: Scene) -> tuple[str, object]:
        with scene.database.reading() as session:
            profile = session.get_one(Profile, scene.person.id)
            return profile.bio, profile.avatar

    def test_takes_down_what_a_page_says_and_no_more(self, scene: Scene) -> None:
        case_id = scene.report(SubjectKind.PAGE, scene.page.id)
        scene.decide(case_id)
        with scene.database.reading() as session:
            page = session.get_one(Page, scene.page.id)
            assert (page.name, page.tagline, page.about) == (scene.page.name, "", "")
        scene.undo(case_id)
        with scene.database.reading() as session:
            page = session.get_one(Page, scene.page.id)
            assert (page.tagline, page.about) == ("Cheap copies", "All of them")
        assert scene.told() == []

    def test_removes_what_a_page_wrote_with_its_count(self, scene: Scene) -> None:
        with scene.database.transaction() as session:
            comment = write_comment(
                session,
                post=scene.post,
                writer=Writer(scene.owner.id, "Olga", is_page=True),
                text="Ours",
                now=START,
            )
        case_id = scene.report(SubjectKind.COMMENT, comment.id)
        scene.decide(case_id)
        assert self.standing(scene, comment.id) == (CommentStatus.REMOVED, 0)
        scene.undo(case_id)
        assert self.standing(scene, comment.id) == (CommentStatus.VISIBLE, 1)

    def standing(self, scene: Scene, comment_id: int) -> tuple[CommentStatus, int]:
        with scene.database.reading() as session:
            return (
                session.get_one(Comment, comment_id).status,
                session.get_one(PostCounts, scene.post.id).comments,
            )

    def test_keeps_once_and_changes_nothing(self, scene: Scene) -> None:
        case_id = scene.report(SubjectKind.POST, scene.post.id)
        scene.decide(case_id, Decision.KEPT)
        assert not self.is_deleted(scene)
        assert scene.told() == []
        with pytest.raises(Conflict):
            scene.decide(case_id)
        assert not self.is_deleted(scene)

    def test_only_keeps_or_removes_and_only_its_own_cases(self, scene: Scene) -> None:
        case_id = scene.report(SubjectKind.POST, scene.post.id)
        with pytest.raises(OnlyKeepOrRemove):
            scene.decide(case_id, Decision.HIDDEN)
        with scene.database.transaction() as session:
            comment = write_comment(
                session, post=scene.post, writer=Writer(scene.person.id, "Arthur"), text="Mine", now=START
            )
        other = scene.report(SubjectKind.COMMENT, comment.id)
        with pytest.raises(NotFound):
            scene.decide(other)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestCommand:
    @pytest.fixture
    def run(self, scene: Scene, monkeypatch: pytest.MonkeyPatch, database_url: str) -> CliRunner:
        """A shell in which the scene's database is ours."""
        monkeypatch.setenv("DATABASE_URL", database_url)
        monkeypatch.setenv("SECRET_KEY", "test-secret-key-that-is-long-enough-for-it")
        return CliRunner()

    def say(self, run: CliRunner, *words: str) -> tuple[int, str]:
        """Run ``shop moderation`` with these words."""
        found = run.invoke(moderation_group, list(words))
        return found.exit_code, found.output

    def test_lists_shows_decides_and_reopens(self, run: CliRunner, scene: Scene) -> None:
        assert "Nothing waits." in self.say(run, "list")[1]
        case_id = str(scene.report(SubjectKind.POST, scene.post.id))
        assert "post" in self.say(run, "list")[1]
        code, text = self.say(run, "show", case_id)
        assert code == 0
        for part in ("/p/lumen/posts/", "Buy copies", "Petra", "counterfeit", "Copies"):
            assert part in text
        assert self.say(run, "decide", case_id, "remove", "--reason", "counterfeit", "--note", "Seen")[0] == 0
        assert "removed" in self.say(run, "list", "--decided")[1]
        assert "Seen" in self.say(run, "show", case_id)[1]
        assert self.say(run, "decide", case_id, "keep")[0] == 1
        assert self.say(run, "reopen", case_id)[0] == 0
        assert self.say(run, "reopen", case_id)[0] == 1
        with scene.database.reading() as session:
            assert session.get_one(Case, int(case_id)).decision is None

    def test_says_what_is_wrong_in_a_line(self, run: CliRunner, scene: Scene) -> None:
        assert scene.post.id
        for words in (("show", "99"), ("decide", "99", "keep"), ("reopen", "99")):
            code, text = self.say(run, *words)
            assert code == 1
            assert text.startswith("Error: ")
        assert self.say(run, "decide", "1", "burn")[0] == 2

    def test_prints_what_somebody_wrote_as_it_is(self, run: CliRunner, scene: Scene) -> None:
        with scene.database.transaction() as session:
            session.get_one(Post, scene.post.id).body = "Buy [/b] now \x1b[2J"
        case_id = str(scene.report(SubjectKind.POST, scene.post.id))
        for words in (("list",), ("show", case_id)):
            code, text = self.say(run, *words)
            assert code == 0
            assert "[/b]" in text
            assert "\x1b" not in text

    @pytest.mark.parametrize(
        "words",
        [("list",), ("show", "1"), ("decide", "1", "keep"), ("reopen", "1")],
        ids=lambda words: words[0],
    )
    def test_says_that_the_tables_are_missing(
        self, run: CliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: tuple[str, ...]
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
        code, text = self.say(run, *words)
        assert code == 1
        assert text.startswith("Error: The database cannot be read")
        assert text.count("\n") == 1
