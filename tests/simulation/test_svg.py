"""Charts are well-formed, say in words what they show, and no label covers another."""

import xml.etree.ElementTree as ET

from shop.simulation.svg import LABEL_GAP, Bar, Line, apart, bar_chart, line_chart, nice_top

NAMESPACE = "{http://www.w3.org/2000/svg}"


class TestLineChart:
    def test_names_each_line_at_its_end_and_tells_it_in_words(self) -> None:
        lines = [Line("plain & simple", "one", [1, 2, 3]), Line("bought", "two", [3, 2, 1])]
        root = ET.fromstring(
            line_chart("A title", "below", lines, ticks=["a", "", "c"], show=lambda value: f"{value:.0f}")
        )
        texts = [text.text for text in root.iter(f"{NAMESPACE}text")]

        assert {"A title", "plain & simple 3", "bought 1", "a", "c"} <= set(texts)
        assert root.findtext(f"{NAMESPACE}desc") == "plain & simple: 1 to 3; bought: 3 to 1"
        assert "prefers-color-scheme: dark" in (root.findtext(f"{NAMESPACE}style") or "")


class TestBarChart:
    def test_draws_what_is_below_zero_to_the_left_of_the_axis(self) -> None:
        root = ET.fromstring(
            bar_chart("Orders", "below", [Bar("a", "one", -2, -3, -1, "−2"), Bar("b", "two", 4, 4, 4, "4")])
        )
        less, more = [one for one in root.iter(f"{NAMESPACE}rect") if one.get("rx") == "3"]

        assert float(less.get("x", 0)) + float(less.get("width", 0)) <= float(more.get("x", 0)) + 0.1


class TestApart:
    def test_keeps_labels_a_line_apart_and_in_their_order(self) -> None:
        found = apart([100.0, 101.0, 300.0, 102.0])

        assert sorted(found) == [found[0], found[1], found[3], found[2]]
        assert found[1] - found[0] >= LABEL_GAP
        assert found[3] - found[1] >= LABEL_GAP


class TestNiceTop:
    def test_is_a_round_number_that_is_not_below(self) -> None:
        assert [nice_top(value) for value in (0, 0.031, 6.2, 6500, 1)] == [1.0, 0.04, 7.5, 7500, 1]
