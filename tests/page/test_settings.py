"""Two people at the same settings: the second is told what they have not seen."""

import datetime as dt
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.accounts.models import Account
from shop.core.db import Database
from shop.page.models import AuditEntry, Page, Role
from shop.page.queries import get_page
from shop.page.settings import StaleSettings, edit_settings, list_changes_since
from tests.page.test_admin import SETTINGS

BrowserOf = Callable[[Account | None], FlaskClient]
Employ = Callable[[Role], Account]
ADDRESS = "/en/manage/lumen/settings"


def version_in(text: str) -> str:
    """Return the version that a form carries."""
    found = re.search(r'name="settings_version" value="(\d+)"', text)
    assert found is not None
    return found[1]


def edits(database: Database) -> list[AuditEntry]:
    """Return the log's entries of changed settings."""
    with database.reading() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.act == "page.edited")))


class TestEditSettings:
    def test_writes_what_changed_into_the_log(
        self, database: Database, lumen: Page, owner: Account, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            assert edit_settings(
                session, page_id=lumen.id, changes={"name": "Lumen", "shipping_amount": 590}, version=1,
                actor_id=owner.id, now=now,
            )  # fmt: skip
        (entry,) = edits(database)
        assert entry.before == {"name": lumen.name, "shipping_amount": 490}
        assert entry.after == {"name": "Lumen", "shipping_amount": 590}
        assert (entry.account_id, entry.subject_ref) == (owner.id, "lumen")

    def test_of_nothing_new_is_no_change(
        self, database: Database, lumen: Page, owner: Account, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            assert not edit_settings(
                session, page_id=lumen.id, changes={"name": lumen.name}, version=1, actor_id=owner.id, now=now
            )
        assert edits(database) == []
        with database.reading() as session:
            assert get_page(session, "lumen").settings_version == 1

    def test_lets_one_of_many_at_once_through(
        self, database: Database, lumen: Page, owner: Account, now: dt.datetime
    ) -> None:
        def save(number: int) -> bool:
            try:
                with database.transaction() as session:
                    edit_settings(
                        session, page_id=lumen.id, changes={"name": f"Lumen {number}"}, version=1,
                        actor_id=owner.id, now=now,
                    )  # fmt: skip
            except StaleSettings:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(save, range(8))) == 1
        assert len(edits(database)) == 1

    def test_tells_of_several_changes_from_the_first_to_the_last(
        self, database: Database, lumen: Page, owner: Account, now: dt.datetime
    ) -> None:
        for version, changes in enumerate(({"name": "A"}, {"name": "B", "tagline": "x"}, {"tagline": ""}), 1):
            with database.transaction() as session:
                edit_settings(
                    session, page_id=lumen.id, changes=changes, version=version, actor_id=owner.id, now=now
                )
        with database.reading() as session:
            found = list_changes_since(session, lumen.id, version=4, seen=1)
            last = list_changes_since(session, lumen.id, version=4, seen=3)
        assert [(one.field, one.was, one.now, one.by) for one in found] == [
            ("name", lumen.name, "B", owner.name)
        ]
        assert [(one.field, one.was, one.now) for one in last] == [("tagline", "x", "")]


class TestSecondSaver:
    def test_is_told_what_changed_and_by_whom_and_keeps_what_they_typed(
        self, browser_of: BrowserOf, database: Database, employ: Employ, lumen: Page, owner: Account
    ) -> None:
        mine, theirs = browser_of(owner), browser_of(employ(Role.MANAGER))
        version = version_in(mine.get(ADDRESS).text)
        theirs.post(ADDRESS, data={**SETTINGS, "shipping_amount": "7.50", "settings_version": version})
        data = {**SETTINGS, "tagline": "Typed with care", "settings_version": version}
        answer = mine.post(ADDRESS, data=data)
        assert answer.status_code == 409
        assert "Shipping: was €4.90, is now €7.50" in answer.text
        assert "(Manager)" in answer.text
        assert "Typed with care" in answer.text
        assert 'data-guard="changed"' in answer.text
        again = mine.post(ADDRESS, data={**data, "settings_version": version_in(answer.text)})
        assert again.status_code == 303
        with database.reading() as session:
            page = get_page(session, "lumen")
        assert (page.tagline, page.shipping_amount) == ("Typed with care", 490)

    def test_is_told_after_mending_a_fault_too(
        self, browser_of: BrowserOf, employ: Employ, lumen: Page, owner: Account
    ) -> None:
        mine, theirs = browser_of(owner), browser_of(employ(Role.MANAGER))
        theirs.post(ADDRESS, data={**SETTINGS, "settings_version": "1"})
        faulty = mine.post(ADDRESS, data={**SETTINGS, "name": "", "settings_version": "1"})
        assert (faulty.status_code, version_in(faulty.text)) == (422, "1")
        assert mine.post(ADDRESS, data={**SETTINGS, "settings_version": "1"}).status_code == 409

    def test_is_nobody_who_opened_the_form_afterwards(
        self, browser_of: BrowserOf, lumen: Page, owner: Account
    ) -> None:
        client = browser_of(owner)
        for name in ("One", "Two"):
            version = version_in(client.get(ADDRESS).text)
            answer = client.post(ADDRESS, data={**SETTINGS, "name": name, "settings_version": version})
            assert answer.status_code == 303

    @pytest.mark.parametrize("version", ["x", "-1", "0", "999999999999999999999", "٣"])
    def test_with_a_version_of_nonsense_is_told_too(
        self, browser_of: BrowserOf, lumen: Page, owner: Account, version: str
    ) -> None:
        answer = browser_of(owner).post(ADDRESS, data={**SETTINGS, "settings_version": version})
        assert answer.status_code == 409

    def test_is_told_nothing_of_what_a_browser_only_writes_otherwise(
        self, browser_of: BrowserOf, database: Database, lumen: Page, owner: Account
    ) -> None:
        client = browser_of(owner)
        first = {**SETTINGS, "about": "One.\n\nTwo.", "ships_to": ["FR", "BE", "CH"]}
        client.post(ADDRESS, data={**first, "settings_version": "1"})
        known = len(edits(database))
        again = {**first, "about": "One.\r\n\r\nTwo.", "ships_to": ["BE", "CH", "FR"]}
        assert client.post(ADDRESS, data={**again, "settings_version": "2"}).status_code == 303
        assert len(edits(database)) == known == 1

    @pytest.mark.parametrize(
        "ends", [("They are of brass.", "They are of glass."), ("", "They are of glass.")]
    )
    def test_sees_a_long_text_where_it_differs(
        self, browser_of: BrowserOf, lumen: Page, owner: Account, ends: tuple[str, str]
    ) -> None:
        client = browser_of(owner)
        start = "We make lamps by hand. " * 30
        for version, end in enumerate(ends, 1):
            client.post(ADDRESS, data={**SETTINGS, "about": start + end, "settings_version": str(version)})
        answer = client.post(ADDRESS, data={**SETTINGS, "settings_version": "2"})
        told = answer.text[answer.text.index("was …") : answer.text.index('name="name"')]
        assert ends[0] in told
        assert ends[1] in told
