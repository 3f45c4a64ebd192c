"""Friendships from files."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from shop.accounts.models import Account
from shop.cli import main
from shop.core.db import Database
from shop.people.importing import import_friends
from shop.people.models import Friend, PersonFollow
from shop.people.queries import count_friends
from tests.conftest import corpus
from tests.factories import START
from tests.people.ties import friendships
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

SMALL = "# nodes are users\n1 2\n2 3\n\n3,4\n"
PATHS = ("/en/people/me", "/en/friends", "/en/people?q=person")


def _count(database: Database, model: type[Account | Friend | PersonFollow]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


class TestImportFriends:
    def test_writes_both_sides_and_both_follows(self, database: Database, tmp_path: Path) -> None:
        path = tmp_path / "graph.txt"
        path.write_text(SMALL)
        report = import_friends(database, path, now=START)

        assert (report.people, report.new_people, report.ties, report.new_ties) == (4, 4, 3, 3)
        made = friendships(database)
        assert len(made) == 6
        assert {(b, a) for a, b in made} == made
        assert _count(database, PersonFollow) == 6

    def test_adds_nothing_when_it_is_repeated_and_the_rest_when_it_was_stopped(
        self, database: Database, tmp_path: Path
    ) -> None:
        path = tmp_path / "graph.txt"
        path.write_text("1 2\n")
        import_friends(database, path, now=START)
        path.write_text(SMALL + "2 1\n")
        whole = import_friends(database, path, now=START)
        again = import_friends(database, path, now=START)

        assert (whole.new_people, whole.new_ties) == (2, 2)
        assert (again.new_people, again.new_ties) == (0, 0)
        assert _count(database, Account) == 4

    def test_tells_lines_that_name_no_two_people(self, database: Database, tmp_path: Path) -> None:
        path = tmp_path / "graph.txt"
        path.write_text("1 2\n7 7\nhello\n1 2 3\n-1 4\n")
        report = import_friends(database, path, now=START)

        assert report.new_ties == 1
        assert report.faults == [(2, "7 7"), (3, "hello"), (4, "1 2 3"), (5, "-1 4")]

    def test_makes_people_whom_nobody_can_sign_in_as(
        self, app: Flask, database: Database, tmp_path: Path
    ) -> None:
        path = tmp_path / "graph.txt"
        path.write_text(SMALL)
        import_friends(database, path, now=START)
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        answer = client.post("/en/sign-in", data={"email": "person-1@example.invalid", "password": "!"})

        assert answer.status_code in (401, 422)


class TestImportCommand:
    def test_prints_what_it_did(
        self, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "graph.txt"
        path.write_text(SMALL + "9 9\n")
        monkeypatch.setenv("DATABASE_URL", database.url.render_as_string(hide_password=False))
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        done = CliRunner().invoke(main, ["friends", "import", str(path)])

        assert done.exit_code == 0, done.output
        assert "4 people, 4 of them new." in done.output
        assert "3 friendships, 3 of them new." in done.output
        assert "line 6: 9 9" in done.output


@pytest.mark.corpus
class TestTheRealGraph:
    def test_loads_whole_and_its_most_befriended_person_costs_no_more_statements(
        self, app: Flask, database: Database
    ) -> None:
        report = import_friends(database, corpus("data", "behaviour", "ego_facebook_combined.txt"), now=START)

        assert (report.new_people, report.new_ties, report.fault_count) == (4039, 88_234, 0)
        assert _count(database, Friend) == _count(database, PersonFollow) == 176_468
        with database.reading() as session:
            ordered = session.execute(
                select(Friend.account_id, func.count().label("degree"))
                .group_by(Friend.account_id)
                .order_by(func.count().desc(), Friend.account_id)
            ).all()
            accounts = [session.get_one(Account, row.account_id) for row in (ordered[0], ordered[-1])]
            assert count_friends(session, accounts[0].id) == 1045
        sent = [self._statements(app, database, account) for account in accounts]

        assert sent[0] == sent[1]
        assert max(sent[0]) <= 16

    def _statements(self, app: Flask, database: Database, account: Account) -> list[int]:
        """Return how many statements each page takes of somebody on their own profile, among their friends and in the search."""
        client = app.test_client()
        sign_in(client, account)
        numbers = []
        for path in PATHS:
            with count_statements(database.engine) as sent:
                assert client.get(path, follow_redirects=True).status_code == 200
            numbers.append(len(sent))
        return numbers
