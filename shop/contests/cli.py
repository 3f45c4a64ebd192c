"""``shop contest check``: the draw of a contest, done again from its public record."""

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import click
import httpx

from shop.contests.checking import Check, Published, read_record, take_steps
from shop.contests.drawing import BadRecord

WRONG_EXIT_CODE, UNREADABLE_EXIT_CODE = 1, 2
MAX_BYTES = 400_000_000
TIMEOUT_S = 30
MAX_TITLE = 200
STEPS = {
    Check.CHAIN: "the chain follows from the entries",
    Check.SEED: "the seed is the one that was committed to",
    Check.EXCLUDED: "who cannot win is as it was published",
    Check.WINNERS: "the winners follow from seed and chain",
}


class Unreadable(Exception):
    """The record cannot be had; the text says why."""


@click.group("contest")
def contest_group() -> None:
    """Contests and their draws."""


@contest_group.command("check")
@click.argument("source", metavar="FILE|URL")
def check_command(source: str) -> None:
    """Do the draw of a contest again from its record: a FILE, the URL of it, or of the page that shows it.

    It needs no database. The exit code is 0 when every step is right, 1 when one is not, 2 when there is no record.
    """
    try:
        published = read_record(_parse(_read(source)))
    except (Unreadable, BadRecord) as error:
        click.echo(f"{source}: {str(error).rstrip('.')}.", err=True)
        sys.exit(UNREADABLE_EXIT_CODE)
    sys.exit(0 if _tell(published) else WRONG_EXIT_CODE)


def _tell(published: Published) -> bool:
    record, facts = published.record, published.facts or {}
    click.echo(f"{_plain(facts.get('title'))}: {len(record.receipts)} entries.")
    steps = take_steps(published)
    for step in steps:
        mark = {True: "right", False: "WRONG", None: "after the draw"}[step.is_right]
        click.echo(f"  {mark:>14}  {STEPS[step.check]}")
    if any(step.is_right is False for step in steps):
        click.echo("This draw is not what it says.")
        return False
    if record.seed is None:
        click.echo("Not drawn yet; what is there so far fits together.")
    else:
        click.echo(f"Drawn: {', '.join(str(number) for number in record.winners or ()) or 'nobody'}.")
    return True


def _plain(title: object) -> str:
    """Return a title that came from anywhere so that it can neither steer a terminal nor look like a step of ours."""
    text = title if isinstance(title, str) else ""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:MAX_TITLE]) or "Contest"


def _parse(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise Unreadable("this is no JSON") from None


def _read(source: str) -> bytes:
    if source.startswith(("http://", "https://")):
        return _fetch(source)
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise Unreadable(error.strerror or "it cannot be read") from None


def _fetch(address: str) -> bytes:
    try:
        parts = urlsplit(address)
    except ValueError:
        raise Unreadable("this is no address") from None
    path = parts.path.rstrip("/")
    if not path.endswith(".json"):
        path = f"{path}.json" if path.endswith("/check") else f"{path}/check.json"
    try:
        with httpx.stream(
            "GET",
            urlunsplit((parts.scheme, parts.netloc, path, "", "")),
            timeout=TIMEOUT_S,
            follow_redirects=True,
        ) as answer:
            if answer.status_code != httpx.codes.OK:
                raise Unreadable(f"the answer was {answer.status_code}")
            content = bytearray()
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > MAX_BYTES:
                    raise Unreadable("it is too large")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreadable(str(error) or "it cannot be reached") from None
    return bytes(content)
