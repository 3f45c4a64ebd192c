"""draw.js comes to the numbers of drawing.py, in a real browser."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from shop.contests.checking import digest_of
from shop.contests.drawing import chain_of, choose_winners, commit, draw_order, extend_chain, first_chain
from shop.web.templating import STATIC_DIR
from tests.contests.test_checking import SEED, drawn_record, open_record

pytestmark = pytest.mark.browser
ORDER = """async ([seed, chain, count, most]) => {
  const found = [];
  for await (const number of vitrineDraw.drawOrder(seed, chain, count)) {
    found.push(number);
    if (found.length === most) break;
  }
  return found;
}"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page of this machine (SubtleCrypto wants a safe place) with the script."""
    context = chromium.new_context()
    page = context.new_page()
    page.route(
        "**/*",
        lambda route: route.fulfill(body="<!doctype html><title>Draw</title>", content_type="text/html"),
    )
    page.goto("http://localhost/")
    page.add_script_tag(path=str(STATIC_DIR / "js" / "draw.js"))
    yield page
    context.close()


def run(page: Page, name: str, *arguments: Any) -> Any:
    return page.evaluate("([name, args]) => vitrineDraw[name](...args)", [name, list(arguments)])


class TestDrawJs:
    def test_comes_to_the_numbers_that_the_documentation_works_out(self, page: Page) -> None:
        chain = run(page, "firstChain", 7, run(page, "commit", SEED))
        assert page.evaluate(ORDER, [SEED, chain, 10, 10]) == [3, 9, 5, 10, 4, 7, 1, 8, 2, 6]

    @pytest.mark.parametrize("count", [1, 2, 3, 100, 2**20 + 7, 2**52 + 1])
    def test_draws_as_python_does(self, page: Page, count: int) -> None:
        chain = extend_chain(first_chain(count, commit(SEED)), "ab" * 32)
        expected = list(itertools.islice(draw_order(SEED, chain, count), 60))
        assert page.evaluate(ORDER, [SEED, chain, count, 60]) == expected

    def test_hashes_as_python_does(self, page: Page) -> None:
        record = drawn_record()
        assert run(page, "commit", SEED) == commit(SEED)
        assert run(page, "chainOf", 7, commit(SEED), record["receipts"]) == record["chain"]
        assert chain_of(7, commit(SEED), record["receipts"]) == record["chain"]
        excluded = {12: "withdrawn", 5: "é \x7f \U0001f381"}
        pairs = [[number, why] for number, why in excluded.items()]
        assert run(page, "digestOf", pairs) == digest_of(excluded)

    def test_passes_over_who_cannot_win(self, page: Page) -> None:
        chain = first_chain(7, commit(SEED))
        found = page.evaluate(
            "([seed, chain]) => vitrineDraw.chooseWinners(seed, chain, 10, 3, new Map([[3, 'x'], [5, 'y']]))",
            [SEED, chain],
        )
        assert found == choose_winners(SEED, chain, 10, winners=3, excluded={3: "x", 5: "y"}) == [9, 10, 4]

    def test_finds_a_record_right_before_and_after_the_draw(self, page: Page) -> None:
        assert set(run(page, "checkRecord", drawn_record()).values()) == {True}
        assert run(page, "checkRecord", open_record()) == {
            "chain": True, "seed": None, "excluded": None, "winners": None,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("key", "value", "wrong"),
        [
            ("seed", "00" * 32, "seed"),
            ("excluded", [], "excluded"),
            ("winners", [1, 2, 3], "winners"),
            ("chain", "00" * 32, "chain"),
        ],
    )
    def test_sees_what_was_changed(self, page: Page, key: str, value: object, wrong: str) -> None:
        record = {**drawn_record(), key: value}
        assert run(page, "checkRecord", record)[wrong] is False

    def test_sees_an_entry_that_was_changed_after_the_commitment(self, page: Page) -> None:
        record = drawn_record()
        for place in range(len(record["receipts"])):
            receipts = list(record["receipts"])
            receipts[place] = "cd" * 32
            assert run(page, "checkRecord", {**record, "receipts": receipts})["chain"] is False
