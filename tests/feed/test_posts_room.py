"""The list of posts: its parts, search and paging, what its buttons do and undo, and how it reads."""

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.core.db import Database
from shop.feed import posting
from shop.feed.models import PostStatus
from shop.feed.posting import PostDraft
from tests.factories import START
from tests.feed.posts_house import HOUR, PostsHouse, photo
from tests.support.html import Document
from tests.support.statements import count_statements


@pytest.fixture
def house(app: Flask, database: Database) -> PostsHouse:
    return PostsHouse(database, app)


@pytest.fixture
def noor(house: PostsHouse) -> FlaskClient:
    return house.browser(house.noor)


def titles(text: str) -> list[str]:
    return re.findall(r'class="post-row__title clamp-2"[^>]*>([^<]*)<', text)


class TestShowPosts:
    def test_has_four_parts(self, house: PostsHouse, noor: FlaskClient) -> None:
        house.add(PostDraft("Shown"))
        house.add(PostDraft("Begun"), is_published=False)
        later, gone = house.add(PostDraft("Later"), is_published=False), house.add(PostDraft("Gone"))
        with house.database.transaction() as session:
            posting.schedule_post(session, page_id=house.page.id, post_id=later, at=START + HOUR, now=START)
            posting.delete_post(session, page_id=house.page.id, post_id=gone, now=START)
        for part, title in {
            "published": "Shown",
            "scheduled": "Later",
            "drafts": "Begun",
            "deleted": "Gone",
        }.items():
            answer = noor.get(f"{house.root}?part={part}")
            assert titles(answer.text) == [title], part
            assert len(re.findall(r'pill__count">1<', answer.text)) == 4

    def test_is_searched_without_accents(self, house: PostsHouse, noor: FlaskClient) -> None:
        house.add(PostDraft("L'été des **lampes**"))
        house.add(PostDraft("Winter", link_url="https://a.fr", link_title="Lampes d'hiver"))
        assert titles(noor.get(f"{house.root}?q=ETE").text) == ["L&#39;été des lampes"]
        assert len(titles(noor.get(f"{house.root}?q=lampe").text)) == 2
        assert "No post here has these words" in noor.get(f"{house.root}?q=100%25").text
        assert "No post here has these words" in noor.get(f"{house.root}?q=%3F%3F").text

    def test_is_paged_without_repeating_or_skipping(self, house: PostsHouse, noor: FlaskClient) -> None:
        for number in range(60):
            house.add(PostDraft(f"Post {number:02}"), at=START - dt.timedelta(minutes=number // 3))
        address, found = house.root, list[str]()
        for _ in range(3):
            answer = noor.get(address)
            found += titles(answer.text)
            links = re.findall(r'rel="(prev|next)" href="([^"]+)"', answer.text)
            address = next((link.replace("&amp;", "&") for rel, link in links if rel == "next"), "")
        assert len(found) == len(set(found)) == 60
        assert address == ""
        back = next(link for rel, link in links if rel == "prev").replace("&amp;", "&")
        assert titles(noor.get(back).text) == found[25:50]

    @pytest.mark.parametrize("place", ["x", "1-", "-1", "9" * 30 + "-1", f"{2**62}-1", "1-" + "9" * 19])
    def test_takes_any_place_in_its_address(self, house: PostsHouse, noor: FlaskClient, place: str) -> None:
        house.add()
        assert noor.get(f"{house.root}?after={place}&part=what").status_code == 200
        assert noor.get(f"{house.root}?before={place}").status_code == 200

    def test_costs_the_same_however_many_there_are(self, house: PostsHouse, noor: FlaskClient) -> None:
        def cost() -> int:
            with count_statements(house.database.engine) as sent:
                assert noor.get(house.root).status_code == 200
            return len(sent)

        house.add(PostDraft("One", photos=(photo("a"),)))
        few = cost()
        for number in range(20):
            house.add(PostDraft("More", photos=(photo(f"b{number}"), photo(f"c{number}"))))
        assert cost() == few <= 6

    def test_is_not_for_who_may_not_post(self, house: PostsHouse) -> None:
        from shop.page.models import Role
        from tests.factories import make_account, make_staff

        with house.database.transaction() as session:
            packer = make_account(session)
            make_staff(session, house.page, packer, Role.FULFILMENT)
        client = house.browser(packer)
        assert client.get(house.root).status_code == 403
        assert f"{house.root}" not in client.get(f"/en/manage/{house.page.slug}").text


def undo(answer_text: str) -> str:
    """Return the address that the flash's button posts to."""
    document = Document("/", answer_text)
    return next(
        form.action
        for form in document.forms
        if "posts/" in form.action and not form.action.endswith("deletion")
    )


class TestStanding:
    def test_of_a_pin_is_told_and_undone(self, house: PostsHouse, noor: FlaskClient) -> None:
        first, second = house.add(), house.add()
        noor.post(f"{house.root}/{first}/pin")
        noor.get(house.root)
        answer = noor.post(f"{house.root}/{second}/pin", follow_redirects=True)
        assert "in place of the post that was there" in answer.text
        noor.post(f"{house.root}/{first}/pin")
        assert house.post(first).pinned_at is not None
        answer = noor.post(f"{house.root}/{first}/pin/removal", follow_redirects=True)
        assert f"{house.root}/{first}/pin" in answer.text
        assert house.post(first).pinned_at is None

    def test_of_a_deletion_is_undone(self, house: PostsHouse, noor: FlaskClient) -> None:
        post_id = house.add()
        answer = noor.post(f"{house.root}/{post_id}/deletion", follow_redirects=True)
        assert f'action="{house.root}/{post_id}/restoration"' in answer.text
        noor.post(f"{house.root}/{post_id}/restoration")
        assert house.post(post_id).deleted_at is None

    def test_of_a_schedule_is_given_up_and_taken_again(self, house: PostsHouse, noor: FlaskClient) -> None:
        post_id = house.add(is_published=False)
        with house.database.transaction() as session:
            posting.schedule_post(session, page_id=house.page.id, post_id=post_id, at=START + HOUR, now=START)
        answer = noor.post(f"{house.root}/{post_id}/schedule/removal", follow_redirects=True)
        assert house.post(post_id).status is PostStatus.DRAFT
        found = re.search(r'action="([^"]+/schedule\?at=[^"]+)"', answer.text)
        assert found is not None
        noor.post(found[1])
        assert house.post(post_id).scheduled_at == START + HOUR
        assert noor.post(f"{house.root}/{post_id}/schedule?at=soon").status_code == 404

    def test_tells_on_the_list_what_cannot_be(self, house: PostsHouse, noor: FlaskClient) -> None:
        draft, shown = house.add(is_published=False), house.add()
        answer = noor.post(f"{house.root}/{draft}/pin", follow_redirects=True)
        assert "Only a published post can be pinned." in answer.text
        answer = noor.post(f"{house.root}/{shown}/schedule?at=2026-12-24T10:00:00Z", follow_redirects=True)
        assert "This post is published already." in answer.text

    def test_of_another_page_is_not_found(self, house: PostsHouse, noor: FlaskClient) -> None:
        from tests.feed.posts_house import PostsHouse as Another

        other = Another(house.database, house.app)
        post_id = other.add()
        for act in ("pin", "pin/removal", "deletion", "restoration", "schedule/removal"):
            assert noor.post(f"{house.root}/{post_id}/{act}").status_code == 404


class TestShowHistory:
    def test_tells_what_it_said_before_and_who_changed_it(self, house: PostsHouse, noor: FlaskClient) -> None:
        post_id = house.add(PostDraft("Old **words**", photos=(photo("a", "A cup"),)))
        assert house.save(noor, post_id, body="New words") == 303
        text = noor.get(f"{house.root}/{post_id}/history").text
        assert "Old <strong>words</strong>" in text
        assert "changed by Noor" in text
        assert "edited" in noor.get(house.root).text

    def test_costs_the_same_however_often_it_was_edited(self, house: PostsHouse, noor: FlaskClient) -> None:
        post_id = house.add()
        costs = []
        for number in range(3):
            house.save(noor, post_id, body=f"Version {number}")
            with count_statements(house.database.engine) as sent:
                noor.get(f"{house.root}/{post_id}/history")
            costs.append(len(sent))
        assert costs[0] == costs[-1] <= 7
