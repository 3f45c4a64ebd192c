"""The differences as a report to read (Markdown) or to work with (JSON)."""

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import Any

from shop.parity.comparing import Difference
from shop.parity.speaking import Answer
from shop.parity.steps import Step
from shop.payments.stripe_account import PINNED_VERSION

MAX_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Result:
    """One step, what both sides answered, and where that differs."""

    step: Step
    ours: Answer
    theirs: Answer
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole conversation; ``other`` names the other side."""

    other: str
    made_at: dt.datetime
    results: list[Result]

    @property
    def different(self) -> list[Result]:
        """The steps whose answers differ."""
        return [result for result in self.results if result.differences]

    def __str__(self) -> str:
        count = sum(len(result.differences) for result in self.results)
        if not count:
            return f"{len(self.results)} steps, no difference between the stand-in and {self.other}."
        steps = len(self.different)
        return f"{len(self.results)} steps, {count} differences in {steps} of them between the stand-in and {self.other}."

    def as_json(self) -> str:
        """Return it as JSON: ``steps`` with ``status`` and ``differences`` of each."""
        steps = [
            {
                "name": one.step.name,
                "call": one.step.call,
                "status": {"ours": one.ours.status, "theirs": one.theirs.status},
                "not_asked_for_want_of": {"ours": one.ours.missing, "theirs": one.theirs.missing},
                "differences": [asdict(difference) for difference in one.differences],
            }
            for one in self.results
        ]
        head = {"other": self.other, "api_version": PINNED_VERSION, "made_at": self.made_at.isoformat()}
        return json.dumps({**head, "steps": steps}, indent=2, ensure_ascii=False) + "\n"

    def as_markdown(self) -> str:
        """Return it as Markdown: a table of all steps, then a table of each step that differs."""
        lines = [
            f"# The stand-in beside {self.other}",
            "",
            f"{self} API version {PINNED_VERSION}, {self.made_at:%Y-%m-%d %H:%M} UTC.",
            "Ids, times, addresses and secrets are masked. *missing*: the stand-in lacks it; *extra*: only it has it.",
            "",
            "| step | call | stand-in | other | |",
            "| --- | --- | --- | --- | --- |",
        ]
        for one in self.results:
            count = len(one.differences)
            word = f"**{count} different**" if count else "same" if one.ours.status else "not asked"
            statuses = [answer.status or f"no {answer.missing}" for answer in (one.ours, one.theirs)]
            lines.append(f"| {one.step.name} | `{one.step.call}` | {statuses[0]} | {statuses[1]} | {word} |")
        for one in self.different:
            lines += [
                "",
                f"## {one.step.name}",
                "",
                "| place | how | stand-in | other |",
                "| --- | --- | --- | --- |",
            ]
            lines += [
                f"| `{found.path}` | {found.kind} | {_shown(found.ours)} | {_shown(found.theirs)} |"
                for found in one.differences
            ]
        return "\n".join(lines) + "\n"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    text = text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
    text = text.replace("|", "¦").replace("`", "'")
    return f"`{text}`"
