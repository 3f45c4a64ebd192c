"""The order list over HTTP: addresses, saved filters, export, who may."""

import csv
import datetime as dt
import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.accounts.models import Account
from shop.core.db import Database
from shop.orders.models import Order, OrderStatus, SavedFilter
from shop.page.models import AuditEntry, Page, Role
from tests.factories import make_account, make_page, make_staff
from tests.orders.list_orders import make_order
from tests.support.visitors import sign_in

SLUG = "lumen"
LIST = f"/en/manage/{SLUG}/orders"
FILTERS = f"/en/manage/{SLUG}/order-filters"


@pytest.fixture
def page(database: Database, client: FlaskClient, now: dt.datetime) -> Page:
    """A page with three orders; its owner is signed in."""
    with database.transaction() as session:
        owner = make_account(session)
        page = make_page(session, slug=SLUG, owner=owner)
        make_order(session, page, "LUM-1", now=now, title="Lamp", name="Zoë", was_follower=True)
        make_order(session, page, "LUM-2", now=now + dt.timedelta(hours=1), country="BE", total=9000)
        make_order(session, page, "LUM-3", now=now + dt.timedelta(hours=2), status=OrderStatus.EXPIRED)
    sign_in(client, owner)
    return page


def join(database: Database, client: FlaskClient, page: Page, role: Role) -> Account:
    """Sign a new member of staff in."""
    with database.transaction() as session:
        account = make_account(session)
        make_staff(session, page, account, role)
    sign_in(client, account)
    return account


def shown(text: str) -> list[str]:
    return [number for number in ("LUM-1", "LUM-2", "LUM-3") if f"<strong>{number}</strong>" in text]


class TestListOrders:
    def test_shows_all_without_a_filter(self, client: FlaskClient, page: Page) -> None:
        assert shown(client.get(LIST).text) == ["LUM-1", "LUM-2", "LUM-3"]

    def test_leads_what_the_form_sent_to_a_short_address(self, client: FlaskClient, page: Page) -> None:
        answer = client.get(
            f"/fr/manage/{SLUG}/orders?q=&status=&shipping=&min=1 000,5&max=&from=&to=&country=be"
        )
        assert answer.status_code == 302
        assert answer.location.endswith("/orders?min=1000.50&country=BE")

    @pytest.mark.parametrize(
        ("query", "numbers"),
        [
            ("q=zo%C3%AB", ["LUM-1"]), ("country=BE", ["LUM-2"]), ("status=expired", ["LUM-3"]),
            ("shipping=to_ship", ["LUM-1", "LUM-2"]), ("follower=yes", ["LUM-1"]), ("min=80.00", ["LUM-2"]),
            ("from=2026-11-24&to=2026-11-24&shipping=to_ship&max=20.00", ["LUM-1"]), ("q=xyzzy", []),
        ],
    )  # fmt: skip
    def test_keeps_filters_in_the_address(
        self, client: FlaskClient, page: Page, query: str, numbers: list[str]
    ) -> None:
        answer = client.get(f"{LIST}?{query}")
        assert answer.status_code == 200
        assert shown(answer.text) == numbers

    def test_says_at_the_field_what_could_not_be_read(self, client: FlaskClient, page: Page) -> None:
        answer = client.get(f"{LIST}?min=a+lot&from=soon&country=BE")
        assert answer.status_code == 422
        assert 'value="a lot"' in answer.text
        assert 'aria-describedby="field-min-errors"' in answer.text
        assert "Enter a day such as 2026-11-24." in answer.text
        assert shown(answer.text) == ["LUM-2"]

    def test_takes_single_conditions_away(self, client: FlaskClient, page: Page) -> None:
        text = client.get(f"{LIST}?country=BE&min=10.00").text
        assert f'href="{LIST}?min=10.00"' in text
        assert f'href="{LIST}?country=BE"' in text

    def test_goes_on_where_it_stopped(
        self, database: Database, client: FlaskClient, page: Page, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            for number in range(40):
                make_order(session, page, f"OLD-{number}", now=now - dt.timedelta(days=1, minutes=number))
        first = client.get(f"{LIST}?shipping=to_ship").text
        [link] = {
            part.split('"')[0]
            for part in first.split('href="')
            if "cursor=" in part.split('"')[0] and "select" not in part.split('"')[0]
        }
        second = client.get(link.replace("&amp;", "&"))
        assert second.status_code == 200
        assert (first + second.text).count("<strong>OLD-") == 40

    @pytest.mark.parametrize("query", ["view=1", "view=x", f"view={10**30}", "view="])
    def test_knows_no_filter_that_nobody_saved(self, client: FlaskClient, page: Page, query: str) -> None:
        assert client.get(f"{LIST}?{query}").status_code == 404

    @pytest.mark.parametrize(
        "query", ["country=QX", "cursor=%F0", "deleted=x", "q=%27", "min=1e5", "q=%F0%9F%98%80"]
    )
    def test_survives_odd_addresses(self, client: FlaskClient, page: Page, query: str) -> None:
        assert client.get(f"{LIST}?{query}", follow_redirects=True).status_code in {200, 422}

    def test_teaches_while_there_is_no_order(self, database: Database, client: FlaskClient) -> None:
        with database.transaction() as session:
            owner = make_account(session)
            make_page(session, slug="new", owner=owner)
        sign_in(client, owner)
        text = client.get("/en/manage/new/orders").text
        assert "No order yet" in text
        assert "See the shop" in text

    def test_gives_an_analyst_nothing_to_tick(
        self, database: Database, client: FlaskClient, page: Page
    ) -> None:
        join(database, client, page, Role.ANALYST)
        text = client.get(LIST).text
        assert shown(text) == ["LUM-1", "LUM-2", "LUM-3"]
        assert "Mark as shipped" not in text

    def test_ticks_all_without_a_script(self, client: FlaskClient, page: Page) -> None:
        assert client.get(f"{LIST}?select=all").text.count('name="number"') == 3
        assert client.get(f"{LIST}?select=all").text.count(" checked>") == 3


class TestSavedFilters:
    def save(self, client: FlaskClient, name: str, query: str = "country=BE", *, shared: str = "") -> str:
        answer = client.post(f"{FILTERS}?{query}", data={"name": name, "shared": shared})
        assert answer.status_code == 303
        return answer.location

    def test_are_kept_normalised_and_shown_as_tabs(
        self, database: Database, client: FlaskClient, page: Page
    ) -> None:
        location = self.save(client, "  To   Belgium ", "country=be&min=12,5")
        text = client.get(location).text
        assert shown(text) == ["LUM-2"]
        assert "To Belgium" in text
        with database.reading() as session:
            assert session.scalars(select(SavedFilter.query)).all() == ["min=12.50&country=BE"]

    def test_are_seen_by_their_owner_or_by_all_the_staff(
        self, database: Database, client: FlaskClient, page: Page
    ) -> None:
        mine, ours = self.save(client, "Mine"), self.save(client, "Ours", shared="1")
        join(database, client, page, Role.ANALYST)
        assert client.get(mine).status_code == 404
        assert shown(client.get(ours).text) == ["LUM-2"]
        with database.reading() as session:
            acts = session.scalars(select(AuditEntry)).all()
        assert [(entry.act, entry.subject_title) for entry in acts] == [("order_filter.saved", "Ours")]

    @pytest.mark.parametrize("name", ["", "   ", "x" * 41, "a\u200bb", "to ship mine"])
    def test_need_a_name_of_their_own(self, client: FlaskClient, page: Page, name: str) -> None:
        self.save(client, "To ship mine")
        answer = client.post(f"{FILTERS}?country=BE", data={"name": name})
        assert answer.status_code == 422
        assert 'id="filter-name-errors"' in answer.text
        assert shown(answer.text) == ["LUM-2"]

    def test_are_renamed(self, client: FlaskClient, page: Page) -> None:
        number = self.save(client, "Old").rpartition("=")[2]
        self.save(client, "Other")
        assert client.post(f"{FILTERS}/{number}?view={number}", data={"name": "Other"}).status_code == 422
        answer = client.post(f"{FILTERS}/{number}?view={number}", data={"name": "New"}, follow_redirects=True)
        assert "New</a>" in answer.text
        assert "Old</a>" not in answer.text

    def test_come_back_after_they_were_deleted(self, client: FlaskClient, page: Page) -> None:
        number = self.save(client, "Mine").rpartition("=")[2]
        answer = client.post(f"{FILTERS}/{number}/deletion", follow_redirects=True)
        assert "The filter “Mine” is deleted." in answer.text
        assert client.get(f"{LIST}?view={number}").status_code == 404
        answer = client.post(f"{FILTERS}/{number}/restoration", follow_redirects=True)
        assert shown(answer.text) == ["LUM-2"]

    def test_come_back_only_when_their_name_is_still_free(
        self, database: Database, client: FlaskClient, page: Page
    ) -> None:
        number = self.save(client, "Mine").rpartition("=")[2]
        client.post(f"{FILTERS}/{number}/deletion")
        self.save(client, "mine")
        answer = client.post(f"{FILTERS}/{number}/restoration", follow_redirects=True)
        assert "There is a saved filter of this name already." in answer.text
        assert f"/{number}/restoration" in answer.text
        with database.reading() as session:
            left = session.scalars(select(SavedFilter.name).where(SavedFilter.deleted_at.is_(None))).all()
        assert left == ["mine"]

    def test_come_back_only_where_there_is_room(
        self, database: Database, client: FlaskClient, page: Page
    ) -> None:
        number = self.save(client, "Mine").rpartition("=")[2]
        client.post(f"{FILTERS}/{number}/deletion")
        for other in range(30):
            self.save(client, f"Filter {other}")
        answer = client.post(f"{FILTERS}/{number}/restoration", follow_redirects=True)
        assert "30 saved filters already" in answer.text
        with database.reading() as session:
            assert session.get_one(SavedFilter, int(number)).deleted_at is not None

    def test_of_all_the_staff_are_changed_only_by_who_works_on_orders(
        self, database: Database, client: FlaskClient, page: Page
    ) -> None:
        number = self.save(client, "Ours", shared="1").rpartition("=")[2]
        join(database, client, page, Role.ANALYST)
        assert client.post(f"{FILTERS}/{number}/deletion").status_code == 403
        assert client.post(f"{FILTERS}/{number}", data={"name": "X"}).status_code == 403
        assert client.post(f"{FILTERS}?country=BE", data={"name": "Y", "shared": "1"}).status_code == 403
        self.save(client, "Y")

    def test_of_another_page_are_not_there(self, database: Database, client: FlaskClient, page: Page) -> None:
        number = self.save(client, "Ours", shared="1").rpartition("=")[2]
        with database.transaction() as session:
            stranger = make_account(session)
            make_page(session, slug="other", owner=stranger)
        sign_in(client, stranger)
        assert client.post(f"/en/manage/other/order-filters/{number}/deletion").status_code == 404
        assert client.get(f"/en/manage/other/orders?view={number}").status_code == 404

    def test_say_when_they_cannot_be_read_any_more(
        self, database: Database, client: FlaskClient, page: Page
    ) -> None:
        with database.transaction() as session:
            old = SavedFilter(
                page_id=page.id, name="Old", query="country=BE&warehouse=3", created_at=page.created_at
            )
            session.add(old)
            session.flush()
        answer = client.get(f"{LIST}?view={old.id}")
        assert answer.status_code == 200
        assert "cannot be read any more as a whole" in answer.text
        assert shown(answer.text) == ["LUM-2"]

    def test_are_thirty_at_most(self, client: FlaskClient, page: Page) -> None:
        for number in range(30):
            self.save(client, f"Filter {number}")
        answer = client.post(f"{FILTERS}?country=BE", data={"name": "One more"})
        assert answer.status_code == 409
        assert "30 saved filters already" in answer.text


class TestCreateExport:
    def rows(self, client: FlaskClient, **fields: str) -> list[dict[str, str]]:
        answer = client.post(f"{LIST}/exports", data={"rows": "orders", **fields})
        assert answer.status_code == 200
        assert answer.content_type == "text/csv; charset=utf-8"
        assert answer.data.startswith(b"\xef\xbb\xbforder,placed_at,")
        return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))

    def test_has_a_row_an_order_of_the_filter(self, client: FlaskClient, page: Page) -> None:
        assert [row["order"] for row in self.rows(client)] == ["LUM-3", "LUM-2", "LUM-1"]
        [row] = self.rows(client, country="BE")
        assert (row["total"], row["shipping"], row["currency"]) == ("90.00", "4.90", "EUR")
        assert (row["placed_at"], row["follower"], row["items"]) == ("2026-11-24T11:00:00Z", "no", "1 × Mug")

    def test_has_a_row_a_line(self, database: Database, client: FlaskClient, page: Page) -> None:
        rows = self.rows(client, rows="lines", q="lamp")
        assert [(row["order"], row["title"], row["quantity"], row["line_total"]) for row in rows] == [
            ("LUM-1", "Lamp", "1", "12.00")
        ]

    def test_names_its_file_and_is_told_in_the_audit_log(
        self, database: Database, client: FlaskClient, page: Page
    ) -> None:
        answer = client.post(f"{LIST}/exports", data={"rows": "lines", "country": "BE"})
        assert (
            answer.headers["Content-Disposition"] == "attachment; filename=lumen-order-lines-2026-11-24.csv"
        )
        assert answer.headers["Cache-Control"] == "private, no-store"
        with database.reading() as session:
            entry = session.scalars(select(AuditEntry)).one()
        assert (entry.act, entry.after) == ("orders.exported", {"filter": "country=BE", "rows": "lines"})

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
    def test_lets_no_spreadsheet_run_what_a_buyer_typed(
        self, database: Database, client: FlaskClient, page: Page, now: dt.datetime, text: str
    ) -> None:
        with database.transaction() as session:
            make_order(session, page, "EVIL-1", now=now, name=text, country="DE")
        [row] = self.rows(client, country="DE")
        assert row["name"] == f"'{text}"

    def test_reads_batch_after_batch(
        self, database: Database, client: FlaskClient, page: Page, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            for number in range(510):
                # Several at one instant, so that batches end between them.
                make_order(session, page, f"OLD-{number}", now=now - dt.timedelta(minutes=1 + number // 7))
        found = [row["order"] for row in self.rows(client)]
        assert len(found) == len(set(found)) == 513

    @pytest.mark.parametrize("fields", [{"rows": "pages"}, {"min": "x"}])
    def test_writes_nothing_for_what_it_cannot_read(
        self, database: Database, client: FlaskClient, page: Page, fields: dict[str, str]
    ) -> None:
        assert client.post(f"{LIST}/exports", data=fields).status_code == 303
        with database.reading() as session:
            assert session.scalars(select(AuditEntry)).all() == []


class TestOrdersOfOthers:
    def test_are_neither_listed_nor_exported(
        self, database: Database, client: FlaskClient, page: Page
    ) -> None:
        with database.transaction() as session:
            stranger = make_account(session)
        sign_in(client, stranger)
        assert client.get(LIST).status_code == 404
        assert client.post(f"{LIST}/exports").status_code == 404
        with database.reading() as session:
            assert session.scalars(select(Order)).first() is not None
