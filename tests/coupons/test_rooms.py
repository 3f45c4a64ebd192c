"""The form of a coupon in the admin: what is typed becomes a coupon, what is wrong stands at its field."""

import datetime as dt
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.catalog.models import Collection
from shop.core.db import Database
from shop.coupons.models import Coupon, CouponAudience, CouponKind, CouponScope
from shop.coupons.queries import list_product_ids
from shop.page.models import AuditEntry, Role
from tests.conftest import START
from tests.coupons.house import add_coupon
from tests.factories import make_account, make_page, make_product, make_staff
from tests.support.fields import Fields
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

TYPED = {"kind": "percent", "percent_bp": "20", "title": "Welcome", "scope": "all", "audience": "everybody"}


class House:
    """Camille owns the page, Noor manages it; ``lamp`` and ``mug`` are the page's."""

    def __init__(self, database: Database, app: Flask) -> None:
        self.database, self.app = database, app
        with database.transaction() as session:
            self.camille = make_account(session, name="Camille")
            self.noor = make_account(session, name="Noor")
            self.page = make_page(session, owner=self.camille)
            make_staff(session, self.page, self.noor, Role.MANAGER)
            self.lamp = make_product(session, self.page, title="Lamp").id
            self.mug = make_product(session, self.page, title="Mug").id
            shelf = Collection(page_id=self.page.id, slug="lights", title="Lights", created_at=START)
            session.add(shelf)
            session.flush()
            self.lights = shelf.id
        self.root = f"/en/manage/{self.page.slug}/coupons"
        self.camilles, self.noors = self.browser(self.camille), self.browser(self.noor)

    def browser(self, account: Any) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        sign_in(client, account)
        return client

    def add(self, code: str = "TENTH", **values: Any) -> int:
        with self.database.transaction() as session:
            return add_coupon(session, self.page, code, **values).id

    def coupon(self, code_key: str) -> Coupon:
        with self.database.reading() as session:
            return session.scalars(select(Coupon).where(Coupon.code_key == code_key)).one()

    def acts(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


@pytest.fixture
def house(app: Flask, database: Database) -> House:
    return House(database, app)


def error_at(text: str, name: str) -> str:
    """Return the words of the error at a field, "" for none."""
    found = re.search(rf'id="field-{name}-errors">(.*?)</(?:span>\s*</span>\s*</span|div)>', text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


class TestCreateCoupon:
    def test_makes_what_was_typed(self, house: House) -> None:
        typed = {
            "kind": "amount", "amount": "12.50", "percent_bp": "nonsense of another kind", "has_free_shipping": "1",
            "minimum_amount": "50", "scope": "products", "product_ids": [str(house.lamp), str(house.mug)],
            "title": "Ten years", "other_title": "Dix ans", "code": "Ten Years", "audience": "members",
            "other_way": "account", "is_once": "1", "max_uses": "500", "unit_limit": "2", "is_listed": "1",
            "starts_on": "2026-12-01", "ends_on": "2026-12-24", "ends_time": "18:00", "action": "save",
        }  # fmt: skip
        answer = house.camilles.post(house.root, data=typed)
        coupon = house.coupon("TENYEARS")
        assert (answer.status_code, answer.location) == (303, f"{house.root}/{coupon.id}")
        assert (coupon.kind, coupon.amount, coupon.percent_bp) == (CouponKind.AMOUNT, 1250, 0)
        assert (coupon.minimum_amount, coupon.has_free_shipping, coupon.unit_limit) == (5000, True, 2)
        assert (coupon.code, coupon.title, coupon.translations) == (
            "Ten Years", "Ten years", {"fr": {"title": "Dix ans"}},
        )  # fmt: skip
        assert (coupon.audience, coupon.max_uses, coupon.is_once) == (CouponAudience.MEMBERS, 500, True)
        assert (coupon.is_listed, coupon.is_automatic, coupon.is_embeddable) == (True, False, False)
        assert coupon.starts_at == dt.datetime(2026, 11, 30, 23, tzinfo=dt.UTC)
        assert coupon.ends_at == dt.datetime(2026, 12, 24, 17, tzinfo=dt.UTC)
        with house.database.reading() as session:
            assert list_product_ids(session, [coupon.id])[coupon.id] == {house.lamp, house.mug}

    def test_makes_a_code_up_where_none_is_typed(self, house: House) -> None:
        assert house.camilles.post(house.root, data=TYPED).status_code == 303
        with house.database.reading() as session:
            coupon = session.scalars(select(Coupon)).one()
        assert re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}", coupon.code)

    def test_holds_to_the_end_of_its_last_day(self, house: House) -> None:
        house.camilles.post(house.root, data=TYPED | {"code": "DAY", "ends_on": "2026-12-24"})
        assert house.coupon("DAY").ends_at == dt.datetime(2026, 12, 24, 23, tzinfo=dt.UTC)

    def test_says_all_that_is_wrong_at_once_and_keeps_what_was_typed(self, house: House) -> None:
        house.add("TAKEN")
        typed = {
            "kind": "percent", "percent_bp": "120", "minimum_amount": "much", "scope": "collections", "title": "",
            "code": "?", "audience": "everybody", "max_uses": "0", "starts_on": "2026-12-24", "ends_on": "2026-12-01",
            "description": "Kept as it was typed",
        }  # fmt: skip
        answer = house.camilles.post(house.root, data=typed)
        assert answer.status_code == 422
        assert error_at(answer.text, "minimum_amount") == "Enter a price such as 12.50."
        told = {name: error_at(answer.text, name) for name in typed}
        assert told["percent_bp"] == "Enter a percentage above 0 and up to 100."
        assert told["title"] == "Give it a title of at most 120 characters."
        assert told["code"].startswith("Use 2 to 40 letters and digits")
        assert told["max_uses"] == "Enter 1 or more, or leave it empty for no limit."
        assert told["ends_on"] == "It must end after it starts."
        assert error_at(answer.text, "collection_ids") == "Choose at least one collection."
        fields = Fields(answer.text)
        assert (fields.get("description"), fields.get("ends_on")) == ("Kept as it was typed", "2026-12-01")

    def test_says_that_a_code_is_taken(self, house: House) -> None:
        house.add("TAKEN")
        answer = house.camilles.post(house.root, data=TYPED | {"code": "taken"})
        assert error_at(answer.text, "code") == "Another coupon of this page has this code."

    @pytest.mark.parametrize(
        ("changes", "name", "text"),
        [
            ({"starts_time": "10:00"}, "starts_on", "Choose a day."),
            ({"ends_on": "9999-12-31"}, "ends_on", "Choose a day."),
            ({"ends_on": "2027-03-28", "ends_time": "02:30"}, "ends_time", "The clocks go forward that day"),
            ({"other_title": "x" * 121}, "other_title", "Give it a title of at most 120 characters."),
            ({"other_description": "x" * 1001}, "other_description", "Use at most 1,000 characters."),
            ({"percent_bp": "a lot"}, "percent_bp", "Enter a rate such as 20 or 5.5."),
            ({"scope": "products", "product_ids": ["99999999"]}, "product_ids", "Something of this is not on the page"),
        ],
    )  # fmt: skip
    def test_refuses_at_its_field(self, house: House, changes: dict[str, Any], name: str, text: str) -> None:
        answer = house.camilles.post(house.root, data=TYPED | changes)
        assert answer.status_code == 422
        assert error_at(answer.text, name).startswith(text)

    def test_reads_numbers_as_french_people_type_them(self, house: House) -> None:
        typed = TYPED | {"percent_bp": "12,5 %", "minimum_amount": "49,90", "code": "FR"}
        assert house.camilles.post(house.root.replace("/en/", "/fr/"), data=typed).status_code == 303
        coupon = house.coupon("FR")
        assert (coupon.percent_bp, coupon.minimum_amount) == (1250, 4990)
        form = house.camilles.get(f"{house.root.replace('/en/', '/fr/')}/{coupon.id}/form")
        assert (Fields(form.text).get("percent_bp"), Fields(form.text).get("minimum_amount")) == (
            "12,5",
            "49,90",
        )


class TestAskedForm:
    def test_tells_the_sentence_of_what_is_typed_so_far(self, house: House) -> None:
        typed = TYPED | {
            "title": "", "scope": "collections", "collection_ids": [str(house.lights)], "minimum_amount": "50",
            "ends_on": "2026-12-03", "max_uses": "nonsense", "action": "preview",
        }  # fmt: skip
        answer = house.camilles.post(house.root, data=typed)
        assert answer.status_code == 200
        assert "20% off Lights from €50 until December 3" in answer.text
        assert "field__error" not in answer.text

    def test_makes_a_code_up(self, house: House) -> None:
        answer = house.camilles.post(house.root, data=TYPED | {"action": "code"})
        assert re.fullmatch(r"[A-Z2-9-]{12}", Fields(answer.text).get("code"))

    def test_finds_and_adds_products_and_forgets_nothing(self, house: House) -> None:
        typed = TYPED | {"scope": "products", "product_q": "lamp", "max_uses": "7"}
        answer = house.camilles.post(house.root, data=typed | {"action": "search"})
        assert f'value="add:{house.lamp}"' in answer.text
        assert f'value="add:{house.mug}"' not in answer.text
        answer = house.camilles.post(
            house.root, data=Fields(answer.text).send({"action": f"add:{house.lamp}"})
        )
        fields = Fields(answer.text)
        assert (fields.get("product_ids"), fields.get("max_uses")) == (str(house.lamp), "7")
        assert "20% off Lamp" in answer.text

    def test_searches_when_enter_is_pressed_in_the_search_without_scripts(self, house: House) -> None:
        typed = TYPED | {"scope": "products", "product_q": "mug", "action": "enter"}
        answer = house.camilles.post(house.root, data=typed)
        assert (answer.status_code, f'value="add:{house.mug}"' in answer.text) == (200, True)
        assert house.camilles.post(house.root, data=typed | {"scope": "all"}).status_code == 303


class TestUpdateCoupon:
    def test_shows_what_is_there_and_saves_what_is_changed(self, house: House) -> None:
        coupon_id = house.add(
            "TENTH", scope=CouponScope.PRODUCTS, product_ids=frozenset({house.lamp}), minimum_amount=4990,
            ends_at=dt.datetime(2026, 12, 24, 23, tzinfo=dt.UTC), is_listed=True,
        )  # fmt: skip
        fields = Fields(house.camilles.get(f"{house.root}/{coupon_id}/form").text)
        assert (fields.get("percent_bp"), fields.get("minimum_amount"), fields.get("ends_on")) == (
            "10", "49.90", "2026-12-24",
        )  # fmt: skip
        sent = fields.send({"percent_bp": "15", "action": "save"})
        assert house.camilles.post(f"{house.root}/{coupon_id}/form", data=sent).status_code == 303
        coupon = house.coupon("TENTH")
        assert (coupon.percent_bp, coupon.minimum_amount, coupon.is_listed) == (1500, 4990, True)
        assert coupon.ends_at == dt.datetime(2026, 12, 24, 23, tzinfo=dt.UTC)

    def test_tells_who_was_overtaken_by_what_and_saves_the_second_time(self, house: House) -> None:
        coupon_id = house.add()
        path = f"{house.root}/{coupon_id}/form"
        camilles = Fields(house.camilles.get(path).text)
        noors = Fields(house.noors.get(path).text)
        house.noors.post(path, data=noors.send({"title": "Noor’s title", "action": "save"}))
        answer = house.camilles.post(path, data=camilles.send({"percent_bp": "30", "action": "save"}))
        assert answer.status_code == 422
        assert "Name: was A tenth off, is now Noor’s title" in answer.text
        assert house.coupon("TENTH").percent_bp == 1000
        again = Fields(answer.text).send({"action": "save"})
        assert house.camilles.post(path, data=again).status_code == 303
        assert (house.coupon("TENTH").percent_bp, house.coupon("TENTH").title) == (3000, "A tenth off")

    def test_is_not_there_for_another_page(self, house: House) -> None:
        with house.database.transaction() as session:
            theirs = add_coupon(session, make_page(session), "THEIRS").id
        assert house.camilles.get(f"{house.root}/{theirs}/form").status_code == 404
        assert house.camilles.post(f"{house.root}/{theirs}/form", data=TYPED).status_code == 404


class TestNewCoupon:
    def test_begins_like_another_without_its_code_and_days(self, house: House) -> None:
        coupon_id = house.add("TENTH", max_uses=50, ends_at=START + dt.timedelta(days=9), is_once=False)
        fields = Fields(house.camilles.get(f"{house.root}/new?from={coupon_id}").text)
        assert (fields.get("max_uses"), fields.get("percent_bp")) == ("50", "10")
        assert (fields.get("code"), fields.get("ends_on")) == ("", "")
        assert "is_once" not in dict(fields.pairs)

    def test_asks_no_more_of_the_database_for_more_products(self, house: House) -> None:
        coupon_id = house.add("FEW", scope=CouponScope.PRODUCTS, product_ids=frozenset({house.lamp}))
        house.camilles.get(f"{house.root}/{coupon_id}/form")
        with count_statements(house.database.engine) as few:
            house.camilles.get(f"{house.root}/{coupon_id}/form")
        with house.database.transaction() as session:
            ids = frozenset(make_product(session, house.page).id for _ in range(20))
        many_id = house.add("MANY", scope=CouponScope.PRODUCTS, product_ids=ids)
        with count_statements(house.database.engine) as many:
            house.camilles.get(f"{house.root}/{many_id}/form")
        assert (len(many), len(few) <= 9) == (len(few), True)


class TestStanding:
    def test_is_changed_with_a_button_and_undone_with_the_next(self, house: House) -> None:
        path = f"{house.root}/{house.add()}"
        for act, undo, words in (
            ("pause", "pause/removal", "Paused"), ("deletion", "restoration", "Deleted coupon"),
        ):  # fmt: skip
            answer = house.camilles.post(f"{path}/{act}", follow_redirects=True)
            assert f'action="{path}/{undo}"' in answer.text
            assert words in house.camilles.get(path).text
            house.camilles.post(f"{path}/{undo}")
            assert words not in re.sub(r"<nav.*?</nav>", "", house.camilles.get(path).text, flags=re.DOTALL)
        assert house.acts() == [
            "coupon.created", "coupon.paused", "coupon.resumed", "coupon.deleted", "coupon.restored",
        ]  # fmt: skip
