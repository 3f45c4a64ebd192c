"""Many read one page while others comment and react on it, over HTTP on a real server: no count lost, no error.

In full 500 readers, each on a connection of its own, and 100 who write, for some rounds; the sample has 25 and 10.
"""

import asyncio
import collections
import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.core.db import Database
from shop.feed.models import Comment, CommentLike, CommentStatus, PostCounts, ReactionKind
from tests.factories import make_account, make_page
from tests.feed.talk_house import LONG_AGO, assert_counts_are_true, make_post, say
from tests.support.drill_house import IN_FULL, SEED, report
from tests.support.stack import running_stack

READERS, WRITERS, ROUNDS = (500, 100, 8) if IN_FULL else (25, 10, 4)
TIMEOUT_S = 120
SECRET = "test-secret-key-that-is-long-enough-for-it"
"""What ``running_stack`` gives the server: the drill signs its people in with it."""
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
FINE = {"read": {200, 304}, "write": {200, 201, 303}}


@dataclass
class Figures:
    """What was answered, and how fast."""

    answers: collections.Counter[tuple[str, int]] = field(default_factory=collections.Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: collections.defaultdict(list))
    errors: list[str] = field(default_factory=list)

    async def ask(self, client: httpx.AsyncClient, what: str, method: str, path: str, **options: object) -> httpx.Response | None:  # fmt: skip
        """Send a request and keep how it went; None when no answer came."""
        start = time.monotonic()
        try:
            answer = await client.request(method, path, **options)  # type: ignore[arg-type]
        except httpx.HTTPError as error:
            self.errors.append(f"{method} {path}: {error!r}")
            return None
        self.seconds[what].append(time.monotonic() - start)
        self.answers[what, answer.status_code] += 1
        if answer.status_code not in FINE[what]:
            self.errors.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer


@dataclass(frozen=True)
class Scene:
    """The post under which all talk, the first comment there, and who writes."""

    page_id: int
    post_id: int
    top_id: int
    cookies: list[str]


def _cookie(account: Account) -> str:
    app = Flask("drill")
    app.secret_key = SECRET
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return str(serializer.dumps({"_user_id": f"{account.id}:{account.session_epoch}", "_fresh": True}))


def _set_up(session: Session) -> Scene:
    owner = make_account(session, now=LONG_AGO)
    page = make_page(session, slug="lumen", owner=owner)
    post = make_post(session, page, products=1)
    top = say(session, post, owner, "Ask us anything.", as_page=True)
    people = [make_account(session, name=f"Person {n}", now=LONG_AGO) for n in range(WRITERS)]
    return Scene(page.id, post.id, top.id, [_cookie(one) for one in people])


async def _read(base: str, scene: Scene, figures: Figures, seed: int, *, done: asyncio.Event) -> None:
    """Look at the page again and again, and ask for its comments as its script does."""
    draw = random.Random(seed)
    paths = [
        f"/en/p/lumen/posts/{scene.post_id}",
        f"/en/p/lumen/posts/{scene.post_id}/comments",
        "/en/p/lumen",
    ]
    tags: dict[str, str] = {}
    async with httpx.AsyncClient(base_url=base, timeout=TIMEOUT_S) as client:
        for _ in range(ROUNDS):
            path = draw.choice(paths)
            known = {"If-None-Match": tags[path]} if path in tags else {}
            answer = await figures.ask(client, "read", "GET", path, headers=known)
            if answer is not None and "ETag" in answer.headers:
                tags[path] = answer.headers["ETag"]
            if done.is_set():
                return
            await asyncio.sleep(draw.uniform(0, 0.2))


async def _write(base: str, scene: Scene, figures: Figures, number: int) -> None:
    """React, change one's mind, comment, answer, like, delete and bring back."""
    draw = random.Random(f"{SEED}-{number}")
    post, kinds = f"/en/p/lumen/posts/{scene.post_id}", [kind.value for kind in ReactionKind]
    cookies = {"vitrine_session": scene.cookies[number]}
    mine: list[str] = []
    async with httpx.AsyncClient(
        base_url=base, timeout=TIMEOUT_S, cookies=cookies, headers=SAME_SITE
    ) as client:
        for turn in range(ROUNDS):
            await figures.ask(client, "write", "POST", f"{post}/reaction", data={"kind": draw.choice(kinds)})
            text = f"Person {number} thinks of it in turn {turn}: {draw.random()}"
            under = {"parent_id": str(scene.top_id)} if draw.random() < 0.5 else {}
            answer = await figures.ask(
                client, "write", "POST", f"{post}/comments", data={"body": text, **under}
            )
            if answer is not None and answer.status_code == 303:
                mine.append(answer.headers["Location"].partition("comment=")[2].partition("#")[0])
            root = "/en/p/lumen/comments"
            act = draw.choice(["likes", "likes/removal", "removal", "restoration", "back"])
            if act.startswith("likes"):
                await figures.ask(client, "write", "POST", f"{root}/{scene.top_id}/{act}")
            elif act == "back":
                await figures.ask(client, "write", "POST", f"{post}/reaction/removal")
            elif mine:
                await figures.ask(client, "write", "POST", f"{root}/{draw.choice(mine)}/{act}")


async def _run(base: str, scene: Scene, figures: Figures) -> float:
    done = asyncio.Event()
    start = time.monotonic()
    readers = [
        asyncio.create_task(_read(base, scene, figures, number, done=done)) for number in range(READERS)
    ]
    await asyncio.gather(*(_write(base, scene, figures, number) for number in range(WRITERS)))
    done.set()
    await asyncio.gather(*readers)
    return time.monotonic() - start


def _check_rows(session: Session, scene: Scene) -> PostCounts:
    """Fail when a count is not that of its rows; return the post's counts."""
    assert_counts_are_true(session, scene.post_id)
    for comment in session.scalars(select(Comment).where(Comment.post_id == scene.post_id)):
        likes = select(func.count()).select_from(CommentLike).where(CommentLike.comment_id == comment.id)
        replies = select(func.count()).where(
            Comment.parent_id == comment.id,
            Comment.status == CommentStatus.VISIBLE,
            Comment.deleted_at.is_(None),
        )
        assert (comment.like_count, comment.reply_count) == (session.scalar(likes), session.scalar(replies))
    return session.get_one(PostCounts, scene.post_id)


def _lines(database: Database, figures: Figures, seconds: float, counts: PostCounts) -> list[str]:
    engine = "SQLite" if database.is_sqlite else "PostgreSQL"
    lines = [f"talk on {engine}: {READERS} readers and {WRITERS} writers in {seconds:.1f} s"]
    for what, times in sorted(figures.seconds.items()):
        ordered = sorted(times)
        middle, late = statistics.median(ordered), ordered[int(len(ordered) * 0.99) - 1]
        answers = ", ".join(f"{n} × {status}" for (kind, status), n in sorted(figures.answers.items()) if kind == what)  # fmt: skip
        lines.append(f"  {what}: {len(times)} ({len(times) / seconds:.0f} a second), median {middle * 1000:.0f} ms, p99 {late * 1000:.0f} ms; {answers}")  # fmt: skip
    lines.append(f"  counted at the end: {counts.reactions} reactions, {counts.comments} comments, as their rows; errors: {len(figures.errors)}")  # fmt: skip
    return lines


@pytest.mark.drill
@pytest.mark.xdist_group("load")
class TestTalk:
    def test_loses_no_count_while_many_read_and_write(
        self, database: Database, database_url: str, tmp_path: Path
    ) -> None:
        with database.transaction() as session:
            scene = _set_up(session)
        figures = Figures()
        with running_stack(database_url, tmp_path, workers=2) as stack, ThreadPoolExecutor(1) as pool:
            # In a thread of its own, since Playwright's loop may run in this one.
            seconds = pool.submit(asyncio.run, _run(stack.shop, scene, figures)).result()
            shown = httpx.get(f"{stack.shop}/en/p/lumen/posts/{scene.post_id}", timeout=TIMEOUT_S).text
        with database.reading() as session:
            counts = _check_rows(session, scene)
        report("talk", _lines(database, figures, seconds, counts))
        assert figures.errors == []
        assert f"<span data-comment-number>{counts.comments}</span>" in shown.replace(' class="muted"', "")
