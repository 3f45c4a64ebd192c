"""The worked example of docs/algorithms/feed.md is what the code computes."""

import datetime as dt
import re
from pathlib import Path

from shop.core.fading import affinity_at, raised
from shop.feed.models import PostKind
from shop.feed.ranking import DEFAULTS, EdgeKind, Score, Sliders, Tie, page_tie, person_tie, weigh
from tests.factories import START

DOC = (Path(__file__).resolve().parents[2] / "docs" / "algorithms" / "feed.md").read_text()
EXAMPLE = DOC.split("## A worked example")[1].split("\n## ")[0]
NUMBER = r"([\d.]+)"


def affinity_with(name: str) -> float:
    """Return the sum of what Noor did with a page or a person, by the table."""
    acts = re.findall(rf"^\| {name} \| [^|]+ \| {NUMBER} \| {NUMBER} \|$", EXAMPLE, re.MULTILINE)
    level = None
    for weight, days in sorted(acts, key=lambda act: -float(act[1])):
        level = raised(level, float(weight), START - dt.timedelta(days=float(days)))
    return affinity_at(level, START)


def found(pattern: str) -> float:
    match = re.search(pattern, EXAMPLE.replace("\n", " "))
    assert match, pattern
    return float(match[1])


def hours(pattern: str) -> dt.timedelta:
    return dt.timedelta(hours=found(pattern))


def ties() -> list[Tie]:
    weights = {PostKind.PHOTO: found(rf"photos weigh {NUMBER}\.")}
    return [
        page_tie(
            affinity=affinity_with("Atelier Lumen"),
            kind=PostKind.PHOTO,
            weights=weights,
            age=hours(rf"published {NUMBER} hours ago"),
        ),
        person_tie(
            EdgeKind.COMMENT,
            account_id=1,
            affinity=affinity_with("Léa"),
            age=hours(rf"Léa commented {NUMBER} hours ago"),
        ),
        person_tie(EdgeKind.REACTION, account_id=2, affinity=0.0, age=hours(rf"reacted {NUMBER} hour ago")),
    ]


def shown(score: Score) -> tuple[list[list[str]], list[str]]:
    rows = [
        [f"{one:.4g}" for one in (edge.affinity, edge.weight, edge.decay, edge.part)] for edge in score.edges
    ]
    return rows, [f"{one:.4g}" for one in (score.total, score.seen, score.value)]


class TestWorkedExample:
    def test_is_what_the_code_computes(self) -> None:
        times = int(found(r"has seen it (\d+) time"))
        moved = Sliders(
            affinity=found(rf"Closeness at {NUMBER} and"), friends=found(rf"People at {NUMBER} the same")
        )
        rows = [
            list(row)
            for row in re.findall(
                rf"^\| [^|]+ h \| {NUMBER} \| {NUMBER} \| {NUMBER} \| {NUMBER} \|$", EXAMPLE, re.MULTILINE
            )
        ]
        results = re.findall(rf"Sum {NUMBER}, seen {NUMBER}, score {NUMBER}\.(?=\s)", EXAMPLE)
        for number, sliders in enumerate((DEFAULTS, moved)):
            parts, result = shown(weigh(ties(), times, sliders))
            assert parts == rows[3 * number : 3 * number + 3]
            assert result == list(results[number])
