"""Comments and replies: who may write what, what is counted, and who is told."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from shop.feed.models import Comment, CommentStatus
from shop.feed.moderating import Actor, decide_case
from shop.feed.talking import (
    MAX_COMMENT,
    Banned,
    Writer,
    delete_comment,
    edit_comment,
    like_comment,
    restore_comment,
    unlike_comment,
)
from shop.moderation.models import Ban, BlockedWord, Case, Decision, Reason
from shop.notifications.models import Notification, NotificationKind
from tests.factories import START, make_account, make_page
from tests.feed.talk_house import (
    LONG_AGO,
    TalkHouse,
    assert_counts_are_true,
    block,
    make_post,
    say,
    set_status,
    talk_house,
)

__all__ = ["talk_house"]


def writer(account: object) -> Writer:
    return Writer(account.id, account.name)  # type: ignore[attr-defined]


def ban(session: Session, talk_house: TalkHouse) -> None:
    """Let Léa write on the page no more."""
    session.add(Ban(page_id=talk_house.page.id, account_id=talk_house.lea.id, reason=Reason.SPAM, at=START))
    session.flush()


def news_of(session: Session, account_id: int) -> list[tuple[NotificationKind, int]]:
    statement = select(Notification).where(Notification.account_id == account_id).order_by(Notification.id)
    return [(one.kind, one.count) for one in session.scalars(statement)]


class TestWriteComment:
    def test_is_seen_and_counted(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            comment = say(session, talk_house.post, talk_house.lea, "  Lovely.\r\nReally.  ")
            reply = say(session, talk_house.post, talk_house.tom, under=comment.id)
            assert_counts_are_true(session, talk_house.post.id)
        assert (comment.status, comment.body) == (CommentStatus.VISIBLE, "Lovely.\nReally.")
        assert reply.parent_id == comment.id
        assert talk_house.counts(database).comments == 2

    def test_puts_an_answer_to_a_reply_beside_it(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            top = say(session, talk_house.post, talk_house.lea)
            reply = say(session, talk_house.post, talk_house.tom, under=top.id)
            answer = say(session, talk_house.post, talk_house.lea, under=reply.id)
        assert answer.parent_id == top.id
        with database.reading() as session:
            assert session.get_one(Comment, top.id).reply_count == 2

    @pytest.mark.parametrize("text", ["", "  \n ", "\x00", "a" * (MAX_COMMENT + 1)])
    def test_refuses_nothing_and_too_much(self, database: Database, talk_house: TalkHouse, text: str) -> None:
        with pytest.raises(Invalid) as refused, database.transaction() as session:
            say(session, talk_house.post, talk_house.lea, text)
        assert list(refused.value.errors) == ["body"]

    def test_takes_exactly_the_most(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            assert len(say(session, talk_house.post, talk_house.lea, "é" * MAX_COMMENT).body) == MAX_COMMENT

    def test_refuses_who_is_banned(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            ban(session, talk_house)
        with pytest.raises(Banned), database.transaction() as session:
            say(session, talk_house.post, talk_house.lea)

    def test_holds_a_blocked_word_uncounted_with_a_case(
        self, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            session.add(BlockedWord(page_id=talk_house.page.id, word="casino", at=START))
            session.flush()
            comment = say(session, talk_house.post, talk_house.lea, "My CASINO is open")
            assert comment.status is CommentStatus.HELD
            assert session.scalars(select(Case.subject_id)).all() == [comment.id]
            assert_counts_are_true(session, talk_house.post.id)
        assert talk_house.counts(database).comments == 0

    def test_never_holds_the_page_itself(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            session.add(BlockedWord(page_id=talk_house.page.id, word="casino", at=START))
            session.flush()
            comment = say(
                session, talk_house.post, talk_house.owner, "No casino here, thank you", as_page=True
            )
        assert (comment.status, comment.is_page) == (CommentStatus.VISIBLE, True)

    def test_answers_nothing_of_another_page(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            elsewhere = make_post(session, make_page(session))
            theirs = say(session, elsewhere, talk_house.tom).id
        with pytest.raises(NotFound), database.transaction() as session:
            say(session, talk_house.post, talk_house.lea, under=theirs)

    def test_answers_nothing_that_was_deleted(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            gone = say(session, talk_house.post, talk_house.tom).id
            delete_comment(
                session, post=talk_house.post, comment_id=gone, writer=writer(talk_house.tom), now=START
            )
        with pytest.raises(NotFound), database.transaction() as session:
            say(session, talk_house.post, talk_house.lea, under=gone)

    @pytest.mark.parametrize("status", [CommentStatus.HELD, CommentStatus.HIDDEN, CommentStatus.REMOVED])
    @pytest.mark.parametrize("answers_reply", [False, True])
    def test_answers_nothing_in_a_talk_that_not_everybody_sees(
        self, database: Database, talk_house: TalkHouse, status: CommentStatus, *, answers_reply: bool
    ) -> None:
        with database.transaction() as session:
            top = say(session, talk_house.post, talk_house.tom).id
            reply = say(session, talk_house.post, talk_house.tom, under=top).id
            set_status(session, top, status)
        with pytest.raises(NotFound), database.transaction() as session:
            say(session, talk_house.post, talk_house.lea, under=reply if answers_reply else top)

    @pytest.mark.parametrize("is_mine", [False, True])
    def test_answers_nobody_with_a_block_between(
        self, database: Database, talk_house: TalkHouse, *, is_mine: bool
    ) -> None:
        one, other = talk_house.lea, talk_house.tom
        with database.transaction() as session:
            top = say(session, talk_house.post, one).id
            block(session, *((other, one) if is_mine else (one, other)))
        with pytest.raises(NotFound), database.transaction() as session:
            say(session, talk_house.post, other, under=top)


class TestEditComment:
    def test_says_when(self, database: Database, talk_house: TalkHouse) -> None:
        later = START + dt.timedelta(minutes=3)
        with database.transaction() as session:
            mine = say(session, talk_house.post, talk_house.lea).id
            comment = edit_comment(
                session,
                post=talk_house.post,
                comment_id=mine,
                writer=writer(talk_house.lea),
                text="Better.",
                now=later,
            )
        assert (comment.body, comment.edited_at) == ("Better.", later)

    def test_of_a_blocked_word_holds_it_and_counts_it_no_more(
        self, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            session.add(BlockedWord(page_id=talk_house.page.id, word="casino", at=START))
            mine = say(session, talk_house.post, talk_house.lea).id
            comment = edit_comment(
                session, post=talk_house.post, comment_id=mine, writer=writer(talk_house.lea), text="casino!", now=START
            )  # fmt: skip
            assert comment.status is CommentStatus.HELD
            assert_counts_are_true(session, talk_house.post.id)
        assert talk_house.counts(database).comments == 0

    def test_that_holds_it_takes_its_replies_out_until_it_is_kept(
        self, database: Database, talk_house: TalkHouse
    ) -> None:
        post = talk_house.post
        with database.transaction() as session:
            session.add(BlockedWord(page_id=talk_house.page.id, word="casino", at=START))
            mine = say(session, post, talk_house.lea).id
            say(session, post, talk_house.tom, under=mine)
            edit_comment(
                session, post=post, comment_id=mine, writer=writer(talk_house.lea), text="casino!", now=START
            )
        assert talk_house.counts(database).comments == 0
        with database.transaction() as session:
            case_id = session.scalars(select(Case.id)).one()
            actor = Actor(talk_house.page.id, talk_house.owner.id, START)
            decide_case(session, case_id=case_id, decision=Decision.KEPT, actor=actor)
            assert_counts_are_true(session, post.id)
            assert session.get_one(Comment, mine, populate_existing=True).reply_count == 1

    def test_changes_what_notifications_quote(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            mine = say(session, talk_house.post, talk_house.lea, "My number is 12345").id
        with database.transaction() as session:
            edit_comment(
                session, post=talk_house.post, comment_id=mine, writer=writer(talk_house.lea), text="Hello", now=START
            )  # fmt: skip
        with database.reading() as session:
            assert {one.data["excerpt"] for one in session.scalars(select(Notification))} == {"Hello"}

    def test_is_not_for_others(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            mine = say(session, talk_house.post, talk_house.lea).id
        with pytest.raises(NotFound), database.transaction() as session:
            edit_comment(
                session, post=talk_house.post, comment_id=mine, writer=writer(talk_house.tom), text="Ha!", now=START
            )  # fmt: skip


class TestDeleteComment:
    def test_is_counted_and_undone(self, database: Database, talk_house: TalkHouse) -> None:
        lea, post = writer(talk_house.lea), talk_house.post
        with database.transaction() as session:
            top = say(session, post, talk_house.tom).id
            mine = say(session, post, talk_house.lea, under=top).id
            delete_comment(session, post=post, comment_id=mine, writer=lea, now=START)
            delete_comment(session, post=post, comment_id=mine, writer=lea, now=START)
            assert_counts_are_true(session, post.id)
            assert session.get_one(Comment, top, populate_existing=True).reply_count == 0
            restore_comment(session, post=post, comment_id=mine, writer=lea, now=START)
            assert_counts_are_true(session, post.id)
        assert talk_house.counts(database).comments == 2

    def test_of_a_held_one_moves_no_count(self, database: Database, talk_house: TalkHouse) -> None:
        lea, post = writer(talk_house.lea), talk_house.post
        with database.transaction() as session:
            session.add(BlockedWord(page_id=talk_house.page.id, word="casino", at=START))
            held = say(session, post, talk_house.lea, "casino").id
            delete_comment(session, post=post, comment_id=held, writer=lea, now=START)
            restore_comment(session, post=post, comment_id=held, writer=lea, now=START)
            assert_counts_are_true(session, post.id)

    def test_is_not_for_the_pages_staff(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            mine = say(session, talk_house.post, talk_house.lea).id
        boss = Writer(talk_house.owner.id, "Olga", is_page=True)
        with pytest.raises(NotFound), database.transaction() as session:
            delete_comment(session, post=talk_house.post, comment_id=mine, writer=boss, now=START)

    def test_ends_what_notifications_quote(self, database: Database, talk_house: TalkHouse) -> None:
        lea, post = writer(talk_house.lea), talk_house.post
        with database.transaction() as session:
            mine = say(session, post, talk_house.lea, "My number is 12345").id
        with database.transaction() as session:
            delete_comment(session, post=post, comment_id=mine, writer=lea, now=START)
        with database.reading() as session:
            told = session.scalars(select(Notification)).all()
        assert {one.account_id for one in told} == {talk_house.owner.id, talk_house.editor.id}
        assert {one.data["excerpt"] for one in told} == {""}

    def test_of_the_pages_words_is_for_all_who_talk_for_it(
        self, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            ours = say(session, talk_house.post, talk_house.owner, as_page=True).id
            colleague = Writer(talk_house.editor.id, "Emil", is_page=True)
            gone = delete_comment(session, post=talk_house.post, comment_id=ours, writer=colleague, now=START)
        assert gone.deleted_at == START

    def test_does_not_bring_back_what_was_removed(self, database: Database, talk_house: TalkHouse) -> None:
        lea, post = writer(talk_house.lea), talk_house.post
        with database.transaction() as session:
            mine = say(session, post, talk_house.lea).id
            delete_comment(session, post=post, comment_id=mine, writer=lea, now=START)
            set_status(session, mine, CommentStatus.REMOVED)
        with pytest.raises(NotFound), database.transaction() as session:
            restore_comment(session, post=post, comment_id=mine, writer=lea, now=START)

    def test_is_not_undone_by_who_was_banned_since(self, database: Database, talk_house: TalkHouse) -> None:
        lea, post = writer(talk_house.lea), talk_house.post
        with database.transaction() as session:
            mine = say(session, post, talk_house.lea).id
            delete_comment(session, post=post, comment_id=mine, writer=lea, now=START)
            ban(session, talk_house)
        with pytest.raises(Banned), database.transaction() as session:
            restore_comment(session, post=post, comment_id=mine, writer=lea, now=START)


class TestLikeComment:
    def test_counts_once(self, database: Database, talk_house: TalkHouse) -> None:
        tom, post = writer(talk_house.tom), talk_house.post
        with database.transaction() as session:
            mine = say(session, post, talk_house.lea).id
            assert like_comment(session, post=post, comment_id=mine, writer=tom, now=START)
            assert not like_comment(session, post=post, comment_id=mine, writer=tom, now=START)
        with database.transaction() as session:
            assert session.get_one(Comment, mine).like_count == 1
            assert unlike_comment(session, post=post, comment_id=mine, account_id=tom.account_id)
            assert not unlike_comment(session, post=post, comment_id=mine, account_id=tom.account_id)
        with database.reading() as session:
            assert session.get_one(Comment, mine).like_count == 0

    @pytest.mark.parametrize("status", [CommentStatus.HELD, CommentStatus.HIDDEN, CommentStatus.REMOVED])
    def test_is_only_for_what_everybody_sees(
        self, database: Database, talk_house: TalkHouse, status: CommentStatus
    ) -> None:
        with database.transaction() as session:
            mine = say(session, talk_house.post, talk_house.lea).id
            set_status(session, mine, status)
        with pytest.raises(NotFound), database.transaction() as session:
            like_comment(
                session, post=talk_house.post, comment_id=mine, writer=writer(talk_house.tom), now=START
            )

    def test_is_not_for_who_is_banned(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            theirs = say(session, talk_house.post, talk_house.tom).id
            ban(session, talk_house)
        with pytest.raises(Banned), database.transaction() as session:
            like_comment(
                session, post=talk_house.post, comment_id=theirs, writer=writer(talk_house.lea), now=START
            )

    def test_is_not_for_whom_its_author_blocked(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            theirs = say(session, talk_house.post, talk_house.tom).id
            block(session, talk_house.tom, talk_house.lea)
        with pytest.raises(NotFound), database.transaction() as session:
            like_comment(
                session, post=talk_house.post, comment_id=theirs, writer=writer(talk_house.lea), now=START
            )


class TestNews:
    def test_of_a_reply_goes_to_whom_it_answers(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            top = say(session, talk_house.post, talk_house.lea).id
            say(session, talk_house.post, talk_house.tom, under=top)
            say(session, talk_house.post, talk_house.tom, under=top)
        with database.reading() as session:
            assert news_of(session, talk_house.lea.id) == [(NotificationKind.COMMENT_REPLY, 2)]
            assert news_of(session, talk_house.tom.id) == []

    def test_of_comments_goes_to_staff_once_a_post(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            say(session, talk_house.post, talk_house.lea)
            say(session, talk_house.post, talk_house.tom)
        with database.reading() as session:
            for staff in (talk_house.owner, talk_house.editor):
                assert news_of(session, staff.id) == [(NotificationKind.PAGE_COMMENT, 2)]

    def test_is_never_of_oneself(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            top = say(session, talk_house.post, talk_house.owner).id
            say(session, talk_house.post, talk_house.owner, under=top)
            like_comment(
                session, post=talk_house.post, comment_id=top, writer=writer(talk_house.owner), now=START
            )
        with database.reading() as session:
            assert news_of(session, talk_house.owner.id) == []

    def test_is_never_of_who_is_blocked(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            block(session, talk_house.lea, talk_house.tom)
            top = say(session, talk_house.post, talk_house.lea).id
            between = say(session, talk_house.post, talk_house.editor, under=top).id
            say(session, talk_house.post, talk_house.tom, under=between)
        with database.reading() as session:
            assert news_of(session, talk_house.lea.id) == [(NotificationKind.COMMENT_REPLY, 1)]

    def test_of_the_pages_answer_comes_whoever_writes_for_it(
        self, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            block(session, talk_house.lea, talk_house.editor)
            top = say(session, talk_house.post, talk_house.lea).id
            say(session, talk_house.post, talk_house.editor, under=top, as_page=True)
        with database.reading() as session:
            assert news_of(session, talk_house.lea.id) == [(NotificationKind.COMMENT_REPLY, 1)]

    def test_of_a_like_names_who_likes(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            top = say(session, talk_house.post, talk_house.lea, "What a lamp").id
            like_comment(
                session, post=talk_house.post, comment_id=top, writer=writer(talk_house.tom), now=START
            )
        with database.reading() as session:
            statement = select(Notification).where(Notification.account_id == talk_house.lea.id)
            news = session.scalars(statement).one()
        assert news.data["actors"] == ["Tom Miller"]
        assert news.path == f"/p/lumen/posts/{talk_house.post.id}?comment={top}#comment-{top}"


class TestManyAtOnce:
    def test_lose_no_count(self, database: Database, talk_house: TalkHouse) -> None:
        post = talk_house.post
        with database.transaction() as session:
            top = say(session, post, talk_house.lea).id
            people = [make_account(session, now=LONG_AGO) for _ in range(5)]

        def talk(number: int) -> None:
            person = people[number % len(people)]
            with database.transaction() as session:
                under = top if number % 2 else None
                mine = say(session, post, person, f"Thought number {number} of mine", under=under).id
            with database.transaction() as session:
                like_comment(session, post=post, comment_id=top, writer=writer(person), now=START)
            if number % 3 == 0:
                with database.transaction() as session:
                    delete_comment(session, post=post, comment_id=mine, writer=writer(person), now=START)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(talk, range(60)))
        with database.reading() as session:
            assert_counts_are_true(session, post.id)
            comment = session.get_one(Comment, top)
            replies = session.scalars(
                select(Comment.id).where(
                    Comment.parent_id == top,
                    Comment.deleted_at.is_(None),
                    Comment.status == CommentStatus.VISIBLE,
                )
            ).all()
        assert (comment.like_count, comment.reply_count) == (5, len(replies))
