"""What changes of posts do: rows, counts, versions, what is refused, what is kept."""

import datetime as dt
import threading

import pytest

from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from shop.feed import posting
from shop.feed.drafts import MAX_PHOTOS, PostDraft, TagDraft, check_draft, is_web_address, kind_of
from shop.feed.models import PostCounts, PostKind, PostStatus
from shop.feed.posting_queries import list_revisions
from tests.factories import START
from tests.feed.posts_house import HOUR, PostsHouse, photo


@pytest.fixture
def house(database: Database) -> PostsHouse:
    return PostsHouse(database)


def errors_of(draft: PostDraft, *, is_public: bool = True) -> set[str]:
    return set(check_draft(draft, is_public=is_public))


class TestKindOf:
    def test_is_what_is_in_the_draft(self) -> None:
        tag, link = (TagDraft(1),), "https://a.fr"
        assert kind_of(PostDraft("Hello")) is PostKind.TEXT
        assert kind_of(PostDraft(tags=tag)) is PostKind.PRODUCT
        assert kind_of(PostDraft(tags=tag, link_url=link)) is PostKind.LINK
        assert kind_of(PostDraft(tags=tag, link_url=link, photos=(photo("a"),))) is PostKind.PHOTO


class TestCheckDraft:
    def test_wants_something_to_be_said(self) -> None:
        assert errors_of(PostDraft("  ")) == {"body"}

    def test_asks_for_words_of_a_photo_only_of_what_people_see(self) -> None:
        silent = PostDraft(photos=(photo("a"), photo("b", "")))
        assert errors_of(silent) == {"photos.1.alt"}
        assert errors_of(silent, is_public=False) == set()
        assert errors_of(PostDraft(photos=(photo("b", "", is_decorative=True),))) == set()

    def test_limits_what_is_in_it(self) -> None:
        many = tuple(photo(str(number)) for number in range(MAX_PHOTOS + 1))
        assert errors_of(PostDraft(photos=many)) == {"photos"}
        assert errors_of(PostDraft("x" * 10_001)) == {"body"}
        assert errors_of(PostDraft("x", tags=tuple(TagDraft(n) for n in range(21)))) == {"tags"}

    @pytest.mark.parametrize(
        "tag",
        [TagDraft(1, 0, 1001, 0), TagDraft(1, 0, -1, 0), TagDraft(1, 0, None, 5), TagDraft(1, 3, 5, 5)],
    )
    def test_refuses_a_point_that_is_not_on_a_photo(self, tag: TagDraft) -> None:
        assert errors_of(PostDraft(photos=(photo("a"),), tags=(tag,))) == {"tags.0"}

    def test_refuses_the_same_product_twice_at_one_place(self) -> None:
        twice = PostDraft("x", tags=(TagDraft(1), TagDraft(1)))
        assert errors_of(twice) == {"tags.1"}

    def test_wants_an_address_for_a_title(self) -> None:
        assert errors_of(PostDraft("x", link_title="News")) == {"link_url"}


class TestIsWebAddress:
    @pytest.mark.parametrize("url", ["https://a.fr", "http://a.fr:8080/b?c#d", "https://é.fr/ü"])
    def test_takes_whole_addresses(self, url: str) -> None:
        assert is_web_address(url)

    @pytest.mark.parametrize(
        "url",
        ["a.fr", "//a.fr", "javascript:alert(1)", "ftp://a.fr", "https://", "https://a", "https://a b.fr",
         "https://me:secret@a.fr", "https://a.fr:99999", "https://[a.fr", "https://a.fr/" + "x" * 2000],
    )  # fmt: skip
    def test_refuses_others(self, url: str) -> None:
        assert not is_web_address(url)


class TestCreatePost:
    def test_makes_a_draft_that_nobody_sees(self, house: PostsHouse) -> None:
        before = house.version().version
        post_id = house.add(is_published=False)
        assert house.post(post_id).status is PostStatus.DRAFT
        assert house.version().version == before
        with house.database.reading() as session:
            assert session.get(PostCounts, post_id) is not None

    def test_refuses_products_of_another_page(self, house: PostsHouse) -> None:
        with pytest.raises(Invalid) as refused:
            house.add(PostDraft("x", tags=(TagDraft(house.mug), TagDraft(house.theirs))))
        assert set(refused.value.errors) == {"tags.1"}


class TestPublishPost:
    def test_shows_it_and_raises_the_page(self, house: PostsHouse) -> None:
        before = house.version().version
        post = house.post(house.add(at=START + HOUR))
        assert (post.status, post.published_at) == (PostStatus.PUBLISHED, START + HOUR)
        assert house.version().version == before + 1
        assert house.version().last_post_at == START + HOUR
        assert house.acts() == ["post.created", "post.published"]

    def test_does_nothing_twice(self, house: PostsHouse) -> None:
        post_id = house.add()
        with house.database.transaction() as session:
            assert not posting.publish_post(session, page_id=house.page.id, post_id=post_id, now=START + HOUR)
        assert house.post(post_id).published_at == START

    def test_asks_for_the_words_of_photos(self, house: PostsHouse) -> None:
        post_id = house.add(PostDraft(photos=(photo("a", ""),)), is_published=False)
        with pytest.raises(Invalid) as refused, house.database.transaction() as session:
            posting.publish_post(session, page_id=house.page.id, post_id=post_id, now=START)
        assert set(refused.value.errors) == {"photos.0.alt"}

    def test_knows_no_post_of_another_page(self, house: PostsHouse) -> None:
        post_id = house.add(is_published=False)
        with pytest.raises(NotFound), house.database.transaction() as session:
            posting.publish_post(session, page_id=house.page.id + 1, post_id=post_id, now=START)


def edit(house: PostsHouse, post_id: int, draft: PostDraft, version: int | None = None) -> bool:
    with house.database.transaction() as session:
        return posting.edit_post(
            session, page_id=house.page.id, post_id=post_id, account_id=house.noor.id, draft=draft,
            now=START + HOUR, version=version,
        )  # fmt: skip


class TestEditPost:
    def test_keeps_what_a_published_post_said(self, house: PostsHouse) -> None:
        post_id = house.add(
            PostDraft("Old", photos=(photo("a", "A cup"),), tags=(TagDraft(house.mug, 0, 10, 20),))
        )
        assert edit(house, post_id, PostDraft("New", link_url="https://a.fr"))
        assert house.post(post_id).edited_at == START + HOUR
        assert house.post(post_id).kind is PostKind.LINK
        with house.database.reading() as session:
            (revision,) = list_revisions(session, post_id)
        assert (revision.body, revision.editor, revision.at) == ("Old", "Noor", START + HOUR)
        assert revision.content["photos"][0]["alt"] == "A cup"
        assert (
            revision.content["tags"][0] | {"title": "Mug", "photo": "a", "x": 10, "y": 20}
            == revision.content["tags"][0]
        )

    def test_says_nothing_of_a_draft_or_of_no_change(self, house: PostsHouse) -> None:
        draft, shown = house.add(PostDraft("Old"), is_published=False), house.add(PostDraft("Old"))
        before = house.version().version
        assert edit(house, draft, PostDraft("New"))
        assert not edit(house, shown, PostDraft("Old"))
        assert house.revisions(draft) == house.revisions(shown) == []
        assert house.post(draft).edited_at is None
        assert house.version().version == before

    def test_keeps_the_rows_of_photos_that_stay(self, house: PostsHouse) -> None:
        post_id = house.add(PostDraft(photos=(photo("a"), photo("b"), photo("c"))))
        before = {str(row.picture["key"]): row.id for row in house.photos(post_id)}
        edit(house, post_id, PostDraft(photos=(photo("c"), photo("d"), photo("a"))))
        after = {str(row.picture["key"]): row.id for row in house.photos(post_id)}
        assert list(after) == ["c", "d", "a"]
        assert (after["a"], after["c"]) == (before["a"], before["c"])

    def test_is_refused_when_somebody_saved_since(self, house: PostsHouse) -> None:
        post_id = house.add()
        version = house.post(post_id).version
        edit(house, post_id, PostDraft("Noor's"), version)
        with pytest.raises(posting.PostChanged):
            edit(house, post_id, PostDraft("Camille's"), version)
        assert house.post(post_id).body == "Noor's"

    def test_lets_one_of_many_at_once_win(self, house: PostsHouse) -> None:
        post_id = house.add()
        version = house.post(post_id).version
        won: list[int] = []
        told: list[int] = []

        def work(number: int) -> None:
            try:
                edit(house, post_id, PostDraft(f"Number {number}"), version)
            except posting.PostChanged:
                told.append(number)
            else:
                won.append(number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(won), len(told)) == (1, 5)
        assert house.post(post_id).body == f"Number {won[0]}"
        assert len(house.revisions(post_id)) == 1

    def test_keeps_its_words_for_the_search(self, house: PostsHouse) -> None:
        post_id = house.add(PostDraft("Un **Été** brûlant"))
        assert house.post(post_id).search_text == "un ete brulant"
        edit(house, post_id, PostDraft("L'automne"))
        assert house.post(post_id).search_text == "l automne"

    def test_still_asks_for_words_once_it_is_public(self, house: PostsHouse) -> None:
        post_id = house.add()
        with pytest.raises(Invalid):
            edit(house, post_id, PostDraft(photos=(photo("a", ""),)))


def pin(house: PostsHouse, post_id: int) -> int | None:
    with house.database.transaction() as session:
        return posting.pin_post(session, page_id=house.page.id, post_id=post_id, now=START)


class TestPinPost:
    def test_replaces_the_one_that_was_pinned(self, house: PostsHouse) -> None:
        first, second = house.add(), house.add()
        assert pin(house, first) is None
        assert pin(house, second) == first
        assert house.post(first).pinned_at is None
        assert house.post(second).pinned_at == START

    def test_takes_only_published_posts(self, house: PostsHouse) -> None:
        with pytest.raises(posting.IsNotPublished):
            pin(house, house.add(is_published=False))

    def test_lets_one_stay_of_many_at_once(self, house: PostsHouse) -> None:
        ids = [house.add() for _ in range(6)]
        failed: list[BaseException] = []

        def work(post_id: int) -> None:
            try:
                pin(house, post_id)
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=work, args=(post_id,)) for post_id in ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert sum(house.post(post_id).pinned_at is not None for post_id in ids) == 1


class TestDeletePost:
    def test_can_be_undone(self, house: PostsHouse) -> None:
        older, newer = house.add(at=START), house.add(at=START + HOUR)
        pin(house, newer)
        with house.database.transaction() as session:
            assert posting.delete_post(session, page_id=house.page.id, post_id=newer, now=START + 2 * HOUR)
        assert house.post(newer).pinned_at is None
        assert house.version().last_post_at == house.post(older).published_at
        with house.database.transaction() as session:
            status = posting.restore_post(session, page_id=house.page.id, post_id=newer, now=START + 3 * HOUR)
        assert status is PostStatus.PUBLISHED
        assert house.version().last_post_at == START + HOUR
        assert house.acts()[-2:] == ["post.deleted", "post.restored"]

    def test_leaves_nothing_to_edit(self, house: PostsHouse) -> None:
        post_id = house.add()
        with house.database.transaction() as session:
            posting.delete_post(session, page_id=house.page.id, post_id=post_id, now=START)
        with pytest.raises(NotFound):
            edit(house, post_id, PostDraft("New"))

    def test_makes_a_draft_of_what_is_restored_too_late(self, house: PostsHouse) -> None:
        post_id = house.add(is_published=False)
        with house.database.transaction() as session:
            posting.schedule_post(session, page_id=house.page.id, post_id=post_id, at=START + HOUR, now=START)
            posting.delete_post(session, page_id=house.page.id, post_id=post_id, now=START)
        with house.database.transaction() as session:
            status = posting.restore_post(
                session, page_id=house.page.id, post_id=post_id, now=START + 2 * HOUR
            )
        assert status is PostStatus.DRAFT


class TestSchedulePost:
    @pytest.mark.parametrize("late", [dt.timedelta(0), -HOUR, dt.timedelta(days=400)])
    def test_refuses_times_that_are_not_to_come(self, house: PostsHouse, late: dt.timedelta) -> None:
        post_id = house.add(is_published=False)
        with pytest.raises(Invalid) as refused, house.database.transaction() as session:
            posting.schedule_post(session, page_id=house.page.id, post_id=post_id, at=START + late, now=START)
        assert set(refused.value.errors) == {"scheduled_at"}

    def test_is_too_late_for_a_published_post(self, house: PostsHouse) -> None:
        post_id = house.add()
        with pytest.raises(posting.IsPublished), house.database.transaction() as session:
            posting.schedule_post(session, page_id=house.page.id, post_id=post_id, at=START + HOUR, now=START)
