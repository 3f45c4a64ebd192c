"""Which addresses of Stripe's the stand-in has: found by asking it, kept as a table in docs/sandbox-coverage.md.

``VITRINE_WRITE_DOCS=1`` writes the table anew.
"""

import os
import re
from pathlib import Path

import pytest

from shop.sandbox.absent import CODE, area_of
from shop.sandbox.call import api
from tests.sandbox.conftest import call
from tests.sandbox.schemas import ABSENT, SCHEMAS

pytestmark = [pytest.mark.corpus, pytest.mark.skipif(SCHEMAS is None, reason=ABSENT)]
FILE = Path(__file__).resolve().parents[2] / "docs" / "sandbox-coverage.md"
HEAD = """# What the stand-in has of Stripe

Made by `tests/sandbox/test_coverage.py`, which asks a running stand-in for every address of Stripe's published schema \
(version {version}, the part of it that has to do with payments): **{supported} of {total} operations are supported**, \
and each of the others answers 400 with the code `{code}` and the name of what is missing, or 404 where Stripe has \
nothing either. Within a supported operation a parameter that Stripe has and the stand-in has not answers 400 with \
its name.

| address | method | supported | else: what is missing |
| --- | --- | --- | --- |
"""


def ask(url, method, path):
    """Return whether an operation is there; when it is not, it must say so."""
    address = re.sub(r"\{\w+\}", "none_1", path)
    status, answer = call(url + address, method=method, key="sk_test_1")
    if status == 400 and answer["error"].get("code") == CODE:
        assert area_of(address) in answer["error"]["message"]
        return False
    assert "Unrecognized request URL" not in answer.get("error", {}).get("message", ""), (method, path)
    return True


def table(url):
    rows, supported = [], 0
    operations = sorted((path, method) for method, _pattern, path, _operation in SCHEMAS.operations)
    for path, method in operations:
        is_there = ask(url, method, path)
        supported += is_there
        missing = "" if is_there else area_of(re.sub(r"\{\w+\}", "none_1", path))
        rows.append(f"| `{path}` | {method} | {'yes' if is_there else 'no'} | {missing} |")
    known = {(re.sub(r"\{\w+\}", "{}", path), method) for path, method in operations}
    extra = sorted(
        (one.path, one.method)
        for one in api.all
        if (re.sub(r"\{\w+\}", "{}", one.path), one.method) not in known
    )
    text = HEAD.format(
        version=SCHEMAS.document["info"]["version"], supported=supported, total=len(operations), code=CODE
    )
    text += "\n".join(rows) + "\n\nBeside these, not in that schema:\n\n"
    return text + "".join(f"- {method} `{path}`\n" for path, method in extra)


class TestCoverage:
    def test_is_what_the_table_says(self, stand_in):
        found = table(stand_in.url)
        if os.environ.get("VITRINE_WRITE_DOCS"):
            FILE.write_text(found)

        assert FILE.read_text() == found
