"""The public record: written, read from anywhere, checked step by step, and on a command line."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shop.contests.checking import Check, digest_of, read_record, take_steps, write_record
from shop.contests.cli import contest_group
from shop.contests.drawing import BadRecord, EntryFacts, Record, chain_of, choose_winners, commit, receipt_of

SEED = "00" * 31 + "2a"
FACTS = {"page": "lumen", "slug": "a-lamp", "title": "A lamp"}
Change = Callable[[dict[str, Any]], object]


def drawn_record(count: int = 12) -> dict[str, Any]:
    """A record as it can be downloaded after a draw: two entries cannot win, three places."""
    receipts = [receipt_of(EntryFacts(7, f"person {number}"), f"{number:032x}") for number in range(count)]
    chain = chain_of(7, commit(SEED), receipts)
    excluded = {3: "withdrawn", 9: "wrong_answer"}
    winners = choose_winners(SEED, chain, count, winners=3, excluded=excluded)
    return write_record(Record(7, commit(SEED), receipts, chain, excluded, 3, SEED, winners), FACTS)


def open_record() -> dict[str, Any]:
    """The same before its draw."""
    before = drawn_record()
    return {
        **before,
        **dict.fromkeys(("seed", "winners", "excluded", "excluded_digest")),
    }


def outcome(record: dict[str, Any]) -> dict[Check, bool | None]:
    return {step.check: step.is_right for step in take_steps(read_record(record))}


class TestTakeSteps:
    def test_finds_a_draw_right_as_it_was_published(self) -> None:
        assert set(outcome(json.loads(json.dumps(drawn_record()))).values()) == {True}

    def test_does_what_can_be_done_before_the_draw(self) -> None:
        steps = outcome(open_record())
        assert steps.pop(Check.CHAIN) is True
        assert set(steps.values()) == {None}

    @pytest.mark.parametrize(
        ("change", "wrong"),
        [
            (lambda record: record["receipts"].__setitem__(4, "ab" * 32), Check.CHAIN),
            (lambda record: record.update(seed="00" * 32), Check.SEED),
            (lambda record: record.update(excluded=[]), Check.EXCLUDED),
            (lambda record: record["winners"].reverse(), Check.WINNERS),
            (lambda record: record["winners"].pop(), Check.WINNERS),
        ],
    )
    def test_says_which_step_is_not_true(self, change: Change, wrong: Check) -> None:
        record = drawn_record()
        change(record)
        assert outcome(record)[wrong] is False


class TestReadRecord:
    @pytest.mark.parametrize(
        "change",
        [
            lambda record: record.clear(),
            lambda record: record.update(format="vitrine-draw/2"),
            lambda record: record["contest"].update(id="7"),
            lambda record: record["contest"].update(id=True),
            lambda record: record.update(winner_count=-1),
            lambda record: record.update(entry_count=11),
            lambda record: record.update(receipts="ab" * 32),
            lambda record: record["receipts"].__setitem__(0, "AB" * 32),
            lambda record: record.update(chain=None),
            lambda record: record.update(seed=42),
            lambda record: record.update(excluded=[[3]]),
            lambda record: record.update(excluded=[[13, "withdrawn"]]),
            lambda record: record.update(excluded=[[3, "withdrawn"], [3, "withdrawn"]]),
            lambda record: record.update(winners=["3"]),
        ],
    )
    def test_refuses_what_is_no_record(self, change: Change) -> None:
        record = drawn_record()
        change(record)
        with pytest.raises(BadRecord):
            read_record(record)

    @pytest.mark.parametrize("value", [None, [], "record", 7])
    def test_refuses_other_json(self, value: object) -> None:
        with pytest.raises(BadRecord):
            read_record(value)


class TestDigestOf:
    def test_does_not_turn_on_the_order_in_which_they_are_found(self) -> None:
        assert digest_of({9: "b", 3: "a"}) == digest_of({3: "a", 9: "b"}) != digest_of({3: "a"})


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """A site that serves the record at a contest's address, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            is_there = self.path == "/en/p/lumen/contests/a-lamp/check.json"
            body = json.dumps(drawn_record()).encode() if is_there else b"no"
            self.send_response(200 if is_there else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/en/p/lumen/contests/a-lamp", asked
    server.shutdown()
    server.server_close()


class TestCheckCommand:
    def run(self, source: str) -> tuple[int, str]:
        answer = CliRunner().invoke(contest_group, ["check", source])
        return answer.exit_code, answer.output

    def test_says_every_step_and_who_was_drawn(self, tmp_path: Path) -> None:
        record = drawn_record()
        (tmp_path / "check.json").write_text(json.dumps(record))
        code, said = self.run(str(tmp_path / "check.json"))
        assert code == 0
        assert said.count("right  ") == 4
        assert f"Drawn: {', '.join(map(str, record['winners']))}." in said

    def test_ends_with_1_when_an_entry_was_changed(self, tmp_path: Path) -> None:
        record = drawn_record()
        record["receipts"][0] = "cd" * 32
        (tmp_path / "check.json").write_text(json.dumps(record))
        code, said = self.run(str(tmp_path / "check.json"))
        assert code == 1
        assert "WRONG  the chain" in said

    def test_says_that_there_was_no_draw_yet(self, tmp_path: Path) -> None:
        (tmp_path / "check.json").write_text(json.dumps(open_record()))
        code, said = self.run(str(tmp_path / "check.json"))
        assert code == 0
        assert "Not drawn yet" in said

    @pytest.mark.parametrize(
        "content", ["", "{}", "[1, 2", "\x00", "[" * 100_000], ids=["empty", "blank", "cut", "nul", "deep"]
    )
    def test_ends_with_2_and_a_sentence_when_there_is_no_record(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "other.json").write_text(content)
        code, said = self.run(str(tmp_path / "other.json"))
        assert code == 2
        assert said.endswith(("this is no JSON.\n", "this is no record of a draw.\n"))
        assert self.run(str(tmp_path / "missing.json"))[0] == 2

    def test_lets_no_title_steer_the_terminal_or_add_a_step(self, tmp_path: Path) -> None:
        record = drawn_record()
        record["contest"]["title"] = "\x1b[2JLamp\n           right  all of it\ud800"
        (tmp_path / "check.json").write_text(json.dumps(record))
        code, said = self.run(str(tmp_path / "check.json"))
        assert code == 0
        assert said.splitlines()[0] == "?[2JLamp?           right  all of it?: 12 entries."

    @pytest.mark.parametrize("address", ["http://[bad", "https://", "http://127.0.0.1:1"])
    def test_says_that_an_address_leads_nowhere(self, address: str) -> None:
        code, said = self.run(address)
        assert code == 2
        assert said.startswith(f"{address}: ")
        assert said.count("\n") == 1
        assert "JSON" not in said

    @pytest.mark.parametrize("end", ["", "/", "/check", "/check?after=3", "/check.json"])
    def test_finds_the_record_from_any_address_of_the_contest(
        self, served: tuple[str, list[str]], end: str
    ) -> None:
        address, asked = served
        assert self.run(address + end)[0] == 0
        assert asked == ["/en/p/lumen/contests/a-lamp/check.json"]

    def test_says_when_nothing_is_there(self, served: tuple[str, list[str]]) -> None:
        code, said = self.run(served[0].replace("a-lamp", "another"))
        assert code == 2
        assert "404" in said
