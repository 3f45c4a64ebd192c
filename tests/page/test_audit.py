"""The audit log: what it says, how it is filtered, who may read it, how long it may grow."""

import datetime as dt
import re
import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from shop.accounts.models import Account
from shop.core.db import Database
from shop.page.audit import record_act
from shop.page.audit_queries import AuditFilter, list_actors, list_acts, list_kinds
from shop.page.audit_words import ACTS, FIELDS, KINDS
from shop.page.models import AuditEntry, Page, Role
from tests.factories import START, make_account, make_page
from tests.support.statements import count_statements

BrowserOf = Callable[[Account | None], FlaskClient]
Employ = Callable[[Role], Account]
ADDRESS = "/en/manage/lumen/audit"
Record = Callable[..., None]


@pytest.fixture
def record(database: Database, lumen: Page, owner: Account) -> Record:
    """Write an entry of the owner's."""

    def write(act: str, subject: tuple[str, str, str] = ("product", "12", "Mug"), **more: object) -> None:
        values = {"account_id": owner.id, "now": START, **more}
        with database.transaction() as session:
            record_act(session, page_id=lumen.id, act=act, subject=subject, **values)  # type: ignore[arg-type]

    return write


def seen(text: str) -> list[str]:
    """Return the acts that a page shows, in plain words."""
    return re.findall(r'<div class="audit-list__head">\s*<p><strong>(.*?)</strong>', text)


class TestPage:
    def test_tells_of_a_bulk_edit_in_the_readers_language_and_leads_to_it(
        self, browser_of: BrowserOf, record: Record, owner: Account
    ) -> None:
        what = {"kind": "price", "change": "down_amount", "value": 100, "rounding": "exact", "rows": 2}
        record("product.bulk_edited", subject=("bulk_edit", "7", "price"), after={**what, "left_alone": 0})
        text = browser_of(owner).get(ADDRESS.replace("/en/", "/fr/")).text
        assert '<a href="/fr/manage/lumen/products/bulk-edits/7">Prix</a>' in text
        assert not [word for word in ("down_amount", "exact", "Rounding", "price<", "Left") if word in text]

    def test_shows_the_texts_of_the_other_language(
        self, browser_of: BrowserOf, record: Record, owner: Account
    ) -> None:
        texts = {"en": {"title": "Under 50", "options": ["Colour", "Size"]}}
        record(
            "collection.created", subject=("collection", "3", "Moins de 50"), after={"translations": texts}
        )
        assert "Under 50 · Colour · Size" in browser_of(owner).get(ADDRESS).text

    def test_has_words_for_each_status(self, browser_of: BrowserOf, record: Record, owner: Account) -> None:
        record("order.cancelled", before={"status": "flagged"}, after={"status": "cancelled"})
        record(
            "order.fulfilled",
            before={"fulfilment_status": "unfulfilled"},
            after={"fulfilment_status": "partial"},
        )
        text = browser_of(owner).get(ADDRESS.replace("/en/", "/fr/")).text
        for raw in ("flagged", "cancelled", "unfulfilled", "partial<"):
            assert raw not in text, raw

    def test_says_who_did_what_to_what_and_what_it_changed(
        self, browser_of: BrowserOf, record: Record, owner: Account
    ) -> None:
        record(
            "product.edited",
            before={"price_amount: Blue / L": 1200, "status": "draft", "tags": []},
            after={"price_amount: Blue / L": 1350, "status": "published", "tags": ["new", "gift"]},
        )
        english = browser_of(owner).get(ADDRESS).text
        assert seen(english) == ["Product changed"]
        for words in (
            owner.name, "Mug", "Price (Blue / L)", "€12.00", "€13.50", "Draft", "Published", "new, gift",
            'href="/en/manage/lumen/products/12"',
        ):  # fmt: skip
            assert words in english, words
        french = browser_of(owner).get(ADDRESS.replace("/en/", "/fr/")).text
        assert seen(french) == ["Produit modifié"]
        assert "Prix (Blue / L)" in french

    def test_reads_an_act_that_it_does_not_know(
        self, browser_of: BrowserOf, record: Record, owner: Account
    ) -> None:
        record("raffle.winner_drawn", ("raffle", "3", "Spring"), after={"odd_field": {"a": 1}})
        text = browser_of(owner).get(ADDRESS).text
        assert seen(text) == ["Raffle: winner drawn"]
        assert "Odd field" in text

    def test_shows_script_as_text(self, browser_of: BrowserOf, record: Record, owner: Account) -> None:
        nasty = "<script>alert(1)</script>"
        record("product.edited", ("product", "1", nasty), before={"title": nasty}, after={nasty: nasty})
        assert nasty not in browser_of(owner).get(ADDRESS).text

    @pytest.mark.parametrize("ref", ["", "x", "9" * 40, "-1"])
    def test_survives_a_reference_that_leads_nowhere(
        self, browser_of: BrowserOf, record: Record, owner: Account, ref: str
    ) -> None:
        for kind in KINDS:
            record(f"{kind}.edited", (kind, ref, ""))
        assert browser_of(owner).get(ADDRESS).status_code == 200

    def test_names_nobody_whose_account_is_gone(
        self, browser_of: BrowserOf, record: Record, owner: Account
    ) -> None:
        record("import.finished", account_id=None)
        assert "Vitrine, or a closed account" in browser_of(owner).get(ADDRESS).text

    def test_begins_with_a_text_that_teaches(
        self, browser_of: BrowserOf, lumen: Page, owner: Account
    ) -> None:
        assert "Nothing in the log yet" in browser_of(owner).get(ADDRESS).text

    @pytest.mark.parametrize("role", list(Role))
    def test_is_for_those_who_manage_the_page(
        self, browser_of: BrowserOf, employ: Employ, role: Role
    ) -> None:
        expected = 200 if role in (Role.OWNER, Role.MANAGER) else 403
        assert browser_of(employ(role)).get(ADDRESS).status_code == expected

    def test_is_not_found_by_another_pages_owner(
        self, browser_of: BrowserOf, database: Database, lumen: Page, record: Record
    ) -> None:
        record("product.edited")
        with database.transaction() as session:
            stranger = make_account(session)
            make_page(session, slug="brume", owner=stranger)
        client = browser_of(stranger)
        assert client.get(ADDRESS).status_code == 404
        assert seen(client.get("/en/manage/brume/audit").text) == []

    def test_links_a_manager_to_no_staff(self, browser_of: BrowserOf, employ: Employ, record: Record) -> None:
        record("staff.removed", ("staff", "a@example.com", "Ada"))
        assert "/staff" not in browser_of(employ(Role.MANAGER)).get(ADDRESS).text


class TestFilter:
    @pytest.fixture(autouse=True)
    def _log(self, database: Database, record: Record, employ: Employ) -> None:
        record("page.edited", ("page", "lumen", "Lumen"))
        record("product.edited", account_id=employ(Role.MANAGER).id)
        record("order.refunded", ("order", "LUM-1", "LUM-1"), now=START + dt.timedelta(days=1))

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("", ["Refund given", "Product changed", "Settings changed"]),
            ("kind=product", ["Product changed"]),
            ("kind=nothing", []),
            ("from=2026-11-25", ["Refund given"]),
            ("to=2026-11-24", ["Product changed", "Settings changed"]),
            ("from=2026-11-24&to=2026-11-24&kind=page", ["Settings changed"]),
            ("from=2026-11-26", []),
            (
                "from=yesterday&to=9999-12-31&person=x&before=0",
                ["Refund given", "Product changed", "Settings changed"],
            ),
            ("person=99999999999999999999&kind=%ED%A0%80", []),
        ],
    )
    def test_stands_in_the_address(
        self, browser_of: BrowserOf, owner: Account, query: str, shown: list[str]
    ) -> None:
        answer = browser_of(owner).get(f"{ADDRESS}?{query}")
        assert answer.status_code == 200
        assert seen(answer.text) == shown

    def test_is_by_person(self, browser_of: BrowserOf, owner: Account) -> None:
        answer = browser_of(owner).get(f"{ADDRESS}?person={owner.id}")
        assert seen(answer.text) == ["Refund given", "Settings changed"]
        assert f'<option value="{owner.id}" selected>Odile</option>' in answer.text


class TestLongLog:
    ENTRIES = 100_000

    @pytest.fixture
    def long_log(self, database: Database, lumen: Page, owner: Account) -> Page:
        with database.transaction() as session:
            session.execute(
                insert(AuditEntry),
                [
                    {
                        "page_id": lumen.id, "at": START + dt.timedelta(minutes=number), "account_id": owner.id,
                        "act": "product.edited", "subject_kind": "rare" if number == 7 else "product",
                        "subject_ref": "1", "subject_title": f"Mug {number}", "before": {}, "after": {},
                    }
                    for number in range(self.ENTRIES)
                ],
            )  # fmt: skip
        return lumen

    def test_is_read_in_few_quick_statements_and_without_a_gap(
        self, browser_of: BrowserOf, database: Database, long_log: Page, owner: Account
    ) -> None:
        client = browser_of(owner)
        for query in ("", "kind=rare", f"person={owner.id}", "to=2026-11-25", "before=5000"):
            with count_statements(database.engine) as statements:
                started = time.perf_counter()
                answer = client.get(f"{ADDRESS}?{query}")
                took = time.perf_counter() - started
            assert answer.status_code == 200
            assert len(statements) <= 8, statements
            assert took < 5, query
        with database.reading() as session:
            part = list_acts(session, long_log.id, AuditFilter(until=START + dt.timedelta(minutes=3)))
            assert [entry.subject_title for entry, _ in part.rows] == ["Mug 2", "Mug 1", "Mug 0"]
            assert sorted(list_kinds(session, long_log.id)) == ["product", "rare"]
            assert list_actors(session, long_log.id) == [(owner.id, owner.name)]
            before_id, titles = None, []
            for _ in range(4):
                part = list_acts(session, long_log.id, AuditFilter(), before_id=before_id)
                titles += [entry.subject_title for entry, _ in part.rows]
                before_id = part.before_id
        assert titles == [f"Mug {self.ENTRIES - 1 - number}" for number in range(160)]


class TestWords:
    def test_are_there_in_french(self, app: Flask) -> None:
        from flask_babel import force_locale, gettext

        with app.test_request_context("/fr/"), force_locale("fr"):
            texts = [*ACTS.values(), *KINDS.values(), *FIELDS.values()]
            same = {text for text in texts if gettext(text) == text}
        assert same <= {
            "Description", "Options", "Collections", "Invitations", "Stock", "Imports", "Note", "SKU", "E-mail", "Image",
            "Images", "Photos", "Code", "Coupons", "Question",
        }  # fmt: skip
