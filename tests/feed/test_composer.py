"""The composer: each way to save, each error at its field, nothing lost, two at once."""

import datetime as dt
import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from shop.core.db import Database
from shop.core.outbox import Job
from shop.feed.models import Post, PostKind, PostStatus
from shop.feed.posting import PostDraft, TagDraft
from tests.factories import START
from tests.feed.posts_house import PostsHouse, photo
from tests.support.fields import Fields
from tests.support.statements import count_statements


@pytest.fixture
def house(app: Flask, database: Database) -> PostsHouse:
    return PostsHouse(database, app)


@pytest.fixture
def noor(house: PostsHouse) -> FlaskClient:
    return house.browser(house.noor)


def upload(color: str = "red", name: str = "a.png") -> tuple[io.BytesIO, str]:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(content, "PNG")
    content.seek(0)
    return content, name


def only_post(house: PostsHouse) -> Post:
    with house.database.reading() as session:
        return session.scalars(select(Post)).one()


def errors_at(text: str, name: str) -> str:
    """Return the words of the errors that a field is described by."""
    described = Fields(text).described.get(name, "")
    for part in described.split():
        found = re.search(rf'id="{re.escape(part)}"(.*?)</(?:span>\s*</span>\s*</span|div)>', text, re.DOTALL)
        if part.endswith("-errors") and found:
            return re.sub(r"<[^>]+>|\s+", " ", found[1])
    return ""


class TestCreatePost:
    def test_saves_a_draft_and_opens_it(self, house: PostsHouse, noor: FlaskClient) -> None:
        answer = noor.post(house.root, data={"body": "Hello", "action": "save"})
        post = only_post(house)
        assert (answer.status_code, answer.location) == (303, f"{house.root}/{post.id}")
        assert (post.status, post.created_by_id) == (PostStatus.DRAFT, house.noor.id)

    def test_publishes_with_an_album_a_link_and_tags(self, house: PostsHouse, noor: FlaskClient) -> None:
        sent = {"body": "Look", "action": "photos", "uploads": [upload("red"), upload("blue")]}
        answer = noor.post(house.root, data=sent, content_type="multipart/form-data")
        answer = noor.post(house.root, data=Fields(answer.text).send({"action": f"tag:{house.mug}"}))
        answer = noor.post(house.root, data=Fields(answer.text).send({"action": f"tag:{house.lamp}"}))
        fields = Fields(answer.text)
        keys = re.findall(r'data-photo="([^"]+)"', answer.text)
        changes = {
            "photo-0-alt": "Red", "photo-1-decorative": "1", "photo-0-position": "2", "photo-1-position": "1",
            "tag-1-photo": keys[0], "tag-1-x": "12,5", "tag-1-y": "80", "link_url": "https://a.fr", "action": "publish",
        }  # fmt: skip
        assert noor.post(house.root, data=fields.send(changes)).status_code == 303
        post = only_post(house)
        assert (post.status, post.kind, post.published_at) == (PostStatus.PUBLISHED, PostKind.PHOTO, START)
        photos = house.photos(post.id)
        assert [(row.alt, row.is_decorative) for row in photos] == [("", True), ("Red", False)]
        on_post, on_photo = house.tags(post.id)
        assert (on_post.product_id, on_post.photo_id) == (house.mug, None)
        assert (on_photo.product_id, on_photo.photo_id, on_photo.x, on_photo.y) == (
            house.lamp,
            photos[1].id,
            125,
            800,
        )

    def test_schedules_on_the_clock_of_the_page(self, house: PostsHouse, noor: FlaskClient) -> None:
        sent = {"body": "Soon", "scheduled_on": "2026-12-24", "scheduled_time": "18:00", "action": "schedule"}
        answer = noor.post(house.root, data=sent, follow_redirects=True)
        assert "It will be published at this time" in answer.text
        post = only_post(house)
        assert post.scheduled_at == dt.datetime(2026, 12, 24, 17, 0, tzinfo=dt.UTC)
        with house.database.reading() as session:
            assert (
                session.scalars(select(Job.run_at).where(Job.kind == "publish_post")).one()
                == post.scheduled_at
            )
        assert "Europe/Paris" in noor.get(f"{house.root}/{post.id}").text

    @pytest.mark.parametrize(
        ("typed", "name", "words"),
        [
            ({}, "body", "Write something"),
            ({"body": "x", "link_url": "javascript:alert(1)"}, "link_url", "begins with https://"),
            ({"body": "x", "link_title": "News"}, "link_url", "Enter the address"),
            ({"body": "x", "scheduled_on": "2026-11-20", "scheduled_time": "10:00", "action": "schedule"},
             "scheduled_time", "This time has passed"),
            ({"body": "x", "scheduled_on": "2027-03-28", "scheduled_time": "02:30", "action": "schedule"},
             "scheduled_time", "The clocks go forward"),
            ({"body": "x", "scheduled_time": "02:30", "action": "schedule"}, "scheduled_on", "Choose a day"),
        ],
    )  # fmt: skip
    def test_tells_each_error_at_its_field(
        self, house: PostsHouse, noor: FlaskClient, typed: dict[str, str], name: str, words: str
    ) -> None:
        answer = noor.post(house.root, data={"action": "publish", **typed})
        assert answer.status_code == 422
        assert words in errors_at(answer.text, name)
        for field, text in typed.items():
            assert field == "action" or Fields(answer.text).get(field) == text
        with house.database.reading() as session:
            assert session.scalars(select(Post)).all() == []

    def test_stops_a_photo_without_words_at_its_field_and_keeps_it(
        self, house: PostsHouse, noor: FlaskClient
    ) -> None:
        sent: dict[str, Any] = {"body": "Look", "action": "publish", "uploads": upload()}
        answer = noor.post(house.root, data=sent, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert "Say what this photo shows" in errors_at(answer.text, "photo-0-alt")
        fields = Fields(answer.text).send({"photo-0-decorative": "1", "action": "publish"})
        assert noor.post(house.root, data=fields).status_code == 303
        assert house.photos(only_post(house).id)[0].is_decorative

    def test_tells_all_that_is_wrong_at_once(self, house: PostsHouse, noor: FlaskClient) -> None:
        sent: dict[str, Any] = {
            "uploads": upload(), "scheduled_on": "2026-11-20", "scheduled_time": "10:00", "link_title": "News",
            "action": "schedule",
        }  # fmt: skip
        answer = noor.post(house.root, data=sent, content_type="multipart/form-data")
        assert "Say what this photo shows" in errors_at(answer.text, "photo-0-alt")
        assert "This time has passed" in errors_at(answer.text, "scheduled_time")
        assert "Enter the address" in errors_at(answer.text, "link_url")

    def test_keeps_good_photos_when_one_is_refused(self, house: PostsHouse, noor: FlaskClient) -> None:
        sent: dict[str, Any] = {
            "body": "Look", "action": "save", "uploads": [upload(), (io.BytesIO(b"<svg/>"), "drawing.svg")],
        }  # fmt: skip
        answer = noor.post(house.root, data=sent, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert "drawing.svg" in answer.text
        assert Fields(answer.text).get("photo-0-ref")

    def test_tells_a_point_that_cannot_be(self, house: PostsHouse, noor: FlaskClient) -> None:
        sent: dict[str, Any] = {"action": f"tag:{house.mug}", "uploads": upload()}
        answer = noor.post(house.root, data=sent, content_type="multipart/form-data")
        key = re.findall(r'data-photo="([^"]+)"', answer.text)[0]
        changes = {
            "tag-0-photo": key,
            "tag-0-x": "120",
            "tag-0-y": "5",
            "photo-0-alt": "x",
            "action": "publish",
        }
        answer = noor.post(house.root, data=Fields(answer.text).send(changes))
        assert answer.status_code == 422
        assert "from 0 to 100" in errors_at(answer.text, "tag-0-x")
        assert Fields(answer.text).get("tag-0-x") == "120"

    def test_takes_no_photo_that_it_did_not_sign_for_this_page(
        self, house: PostsHouse, noor: FlaskClient
    ) -> None:
        other = PostsHouse(house.database, house.app)
        sent: dict[str, Any] = {"action": "photos", "uploads": upload()}
        foreign = other.browser(other.camille).post(other.root, data=sent, content_type="multipart/form-data")
        ref = Fields(foreign.text).get("photo-0-ref")
        for forged in (ref, "key:pictures/aa/aa", "nonsense"):
            answer = noor.post(house.root, data={"body": "x", "photo-0-ref": forged, "action": "preview"})
            assert "data-photo=" not in answer.text


class TestAsking:
    def test_previews_without_saving(self, house: PostsHouse, noor: FlaskClient) -> None:
        answer = noor.post(house.root, data={"body": "So **bold**", "action": "preview"})
        assert answer.status_code == 200
        assert "So <strong>bold</strong>" in answer.text
        assert Fields(answer.text).get("body") == "So **bold**"
        with house.database.reading() as session:
            assert session.scalars(select(Post)).all() == []

    def test_finds_own_products_only(self, house: PostsHouse, noor: FlaskClient) -> None:
        answer = noor.post(house.root, data={"product_q": "", "action": "search"})
        assert f'value="tag:{house.mug}"' in answer.text
        assert f'value="tag:{house.theirs}"' not in answer.text
        assert "No product has these words" in noor.post(
            house.root, data={"product_q": "sofa", "action": "search"}
        ).text  # fmt: skip

    def test_puts_a_product_where_a_photo_was_pressed(self, house: PostsHouse, noor: FlaskClient) -> None:
        post_id = house.add(PostDraft(photos=(photo("a"),)))
        fields = house.form(noor, post_id).send(
            {"new_photo": "a", "new_x": "20", "new_y": "30", "action": f"tag:{house.mug}"}
        )
        fields = Fields(noor.post(f"{house.root}/{post_id}", data=fields).text)
        assert [fields.get(f"tag-0-{name}") for name in ("photo", "x", "y")] == ["a", "20", "30"]

    def test_costs_the_same_however_much_is_in_it(self, house: PostsHouse, noor: FlaskClient) -> None:
        small = house.add(PostDraft("x", tags=(TagDraft(house.mug),)))
        large = house.add(
            PostDraft("x", photos=tuple(photo(str(n)) for n in range(10)), tags=(TagDraft(house.mug), TagDraft(house.lamp, 3, 1, 1)))
        )  # fmt: skip
        costs = []
        for post_id in (small, large):
            with count_statements(house.database.engine) as sent:
                assert noor.get(f"{house.root}/{post_id}").status_code == 200
            costs.append(len(sent))
        assert costs[0] == costs[1] <= 8


class TestUpdatePost:
    def test_removes_a_photo_with_its_tags(self, house: PostsHouse, noor: FlaskClient) -> None:
        draft = PostDraft(
            "x",
            photos=(photo("a"), photo("b")),
            tags=(TagDraft(house.mug, 0, 1, 1), TagDraft(house.lamp, 1, 2, 2)),
        )
        post_id = house.add(draft)
        assert house.save(noor, post_id, **{"photo-0-removed": "1"}) == 303
        assert [row.picture["key"] for row in house.photos(post_id)] == ["b"]
        assert [tag.product_id for tag in house.tags(post_id)] == [house.lamp]

    def test_moves_and_gives_up_a_schedule(self, house: PostsHouse, noor: FlaskClient) -> None:
        post_id = house.add(is_published=False)
        when = {"scheduled_on": "2026-12-24", "scheduled_time": "18:00", "action": "schedule"}
        assert house.save(noor, post_id, **when) == 303
        assert house.save(noor, post_id, **{**when, "scheduled_time": "19:30", "body": "Later"}) == 303
        post = house.post(post_id)
        assert (post.body, post.scheduled_at) == ("Later", dt.datetime(2026, 12, 24, 18, 30, tzinfo=dt.UTC))
        assert house.save(noor, post_id, action="unschedule", body="Not yet") == 303
        post = house.post(post_id)
        assert (post.body, post.status, post.scheduled_at) == ("Not yet", PostStatus.DRAFT, None)

    def test_tells_the_second_of_two_and_loses_nothing(self, house: PostsHouse, noor: FlaskClient) -> None:
        post_id = house.add(PostDraft("Hello", photos=(photo("a", "Old"),), link_url="https://a.fr"))
        fields, camille = house.form(noor, post_id), house.browser(house.camille)
        assert house.save(camille, post_id, body="Camille's", link_title="News") == 303
        answer = noor.post(
            f"{house.root}/{post_id}",
            data=fields.send({"body": "Noor's", "photo-0-alt": "New", "action": "save"}),
        )
        assert answer.status_code == 422
        assert "Somebody else has changed this post" in answer.text
        told = " ".join(re.sub(r"<[^>]+>", " ", answer.text.split('id="conflict-heading"')[1]).split())
        assert "Camille," in told
        assert "Text Hello Camille&#39;s Yours stands below" in told
        assert "Title of the link News Brought up to date" in told
        again = Fields(answer.text)
        assert [again.get(name) for name in ("body", "link_title", "photo-0-alt")] == [
            "Noor's",
            "News",
            "New",
        ]
        assert house.post(post_id).body == "Camille's"
        assert noor.post(f"{house.root}/{post_id}", data=again.send({"action": "save"})).status_code == 303
        assert (house.post(post_id).body, house.photos(post_id)[0].alt) == ("Noor's", "New")

    def test_keeps_a_photo_that_a_colleague_removed_if_one_described_it(
        self, house: PostsHouse, noor: FlaskClient
    ) -> None:
        post_id = house.add(PostDraft("x", photos=(photo("a"), photo("b"))))
        fields, camille = house.form(noor, post_id), house.browser(house.camille)
        house.save(camille, post_id, **{"photo-1-removed": "1"})
        answer = noor.post(
            f"{house.root}/{post_id}", data=fields.send({"photo-1-alt": "My words", "action": "save"})
        )
        assert Fields(answer.text).get("photo-1-alt") == "My words"
        untouched = noor.post(f"{house.root}/{post_id}", data=fields.send({"body": "y", "action": "save"}))
        assert 'data-photo="b"' not in untouched.text

    def test_is_told_when_it_was_published_meanwhile(self, house: PostsHouse, noor: FlaskClient) -> None:
        post_id = house.add(is_published=False)
        fields = house.form(noor, post_id)
        house.save(house.browser(house.camille), post_id, action="publish")
        when = {"scheduled_on": "2026-12-24", "scheduled_time": "18:00", "action": "schedule"}
        answer = noor.post(f"{house.root}/{post_id}", data=fields.send(when))
        assert answer.status_code == 422
        answer = noor.post(f"{house.root}/{post_id}", data=Fields(answer.text).send(when))
        assert "This post is published already" in answer.text

    def test_says_when_nothing_had_changed(self, house: PostsHouse, noor: FlaskClient) -> None:
        draft = PostDraft("a\nb", photos=(photo("a"),), tags=(TagDraft(house.mug, 0, 333, 500),))
        post_id = house.add(draft)
        assert house.save(noor, post_id) == 303
        assert "Nothing had changed" in noor.get(f"{house.root}/{post_id}").text
        assert house.revisions(post_id) == []

    def test_finds_no_deleted_post(self, house: PostsHouse, noor: FlaskClient) -> None:
        post_id = house.add()
        noor.post(f"{house.root}/{post_id}/deletion")
        assert noor.get(f"{house.root}/{post_id}").status_code == 404
        assert noor.get(f"{house.root}/{post_id + 1}").status_code == 404
        assert noor.post(f"{house.root}/{post_id + 1}", data={"body": "x"}).status_code == 404

    def test_makes_a_new_one_of_what_was_typed_into_a_post_that_was_deleted(
        self, house: PostsHouse, noor: FlaskClient
    ) -> None:
        post_id = house.add(PostDraft("Hello", photos=(photo("a", "Old"),)))
        fields = house.form(noor, post_id)
        house.browser(house.camille).post(f"{house.root}/{post_id}/deletion")
        answer = noor.post(
            f"{house.root}/{post_id}",
            data=fields.send({"body": "An hour of work", "photo-0-alt": "New", "action": "publish"}),
        )
        assert answer.status_code == 422
        assert "Somebody has deleted this post" in answer.text
        again = Fields(answer.text)
        assert noor.post(house.root, data=again.send({"action": "publish"})).status_code == 303
        with house.database.reading() as session:
            old, new = session.scalars(select(Post).order_by(Post.id)).all()
        assert (old.body, old.deleted_at is None, new.body) == ("Hello", False, "An hour of work")
        assert [one.alt for one in house.photos(new.id)] == ["New"]


class TestLanding:
    def test_of_an_editor_is_the_posts(self, house: PostsHouse, noor: FlaskClient) -> None:
        answer = noor.get(f"/en/manage/{house.page.slug}")
        assert (answer.status_code, answer.location) == (303, house.root)

    def test_of_the_owner_is_today(self, house: PostsHouse) -> None:
        assert house.browser(house.camille).get(f"/en/manage/{house.page.slug}").status_code == 200
