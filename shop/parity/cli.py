"""``shop stripe parity``: opt-in, and only ever with a test key."""

import datetime as dt
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from shop.core.config import LIVE_KEYS, TEST_KEYS
from shop.core.kept_webhook import STRIPE_ORIGIN
from shop.parity.comparing import compare
from shop.parity.conversation import CONVERSATION
from shop.parity.report import Report, Result
from shop.parity.speaking import Side, SideAway
from shop.parity.stand_in import StartFailed, running_stand_in
from shop.parity.steps import Step

ANY_KEY = "sk_test_parity_of_vitrine"


@click.command("parity", short_help="Compare the stand-in with Stripe.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the report there: .md or .json."
)
@click.option("--against", metavar="URL", help="Another Stripe-like server instead of Stripe; needs no key.")
def parity_command(out: Path | None, against: str | None) -> None:
    """Hold the same conversation with the stand-in and with Stripe, and write the differences; status 1 when there are any.

    Needs STRIPE_PARITY_KEY, or else STRIPE_SECRET_KEY, to be a test key; without one nothing is run.
    """
    if out and out.suffix not in (".md", ".json"):
        raise click.BadParameter("name a file that ends in .md or .json", param_hint="--out")
    if out and not out.resolve().parent.is_dir():
        raise click.BadParameter(f"there is no directory {out.parent}", param_hint="--out")
    if against and not against.startswith(("http://", "https://")):
        raise click.BadParameter("write http://HOST:PORT", param_hint="--against")
    key = _key(has_other=against is not None)
    if key is None:
        return
    origin = (against or STRIPE_ORIGIN).rstrip("/")
    try:
        report = hold(CONVERSATION, origin, key, say=_progress)
    except (SideAway, StartFailed) as error:
        raise click.ClickException(str(error)) from None
    finally:
        _progress("")
    _tell(report, out)
    if report.different:
        raise SystemExit(1)


def _key(*, has_other: bool) -> str | None:
    """Return the key to speak with, or None, having said why nothing is run; a live key is always refused."""
    given = {name: os.environ.get(name, "") for name in ("STRIPE_PARITY_KEY", "STRIPE_SECRET_KEY")}
    for name, key in given.items():
        if key.startswith(LIVE_KEYS):
            raise click.ClickException(
                f"{name} is a live key. Parity makes customers, payments and refunds: it runs with a test key "
                "(sk_test_…) only, whatever STRIPE_ALLOW_LIVE_KEY says."
            )
    if has_other:
        # A key of Stripe's is never sent to somebody else.
        return ANY_KEY
    key = given["STRIPE_PARITY_KEY"] or given["STRIPE_SECRET_KEY"]
    if not key:
        click.echo(
            "Nothing was run: parity needs a test key of Stripe in STRIPE_PARITY_KEY (or STRIPE_SECRET_KEY)."
        )
        return None
    if not key.startswith(TEST_KEYS):
        raise click.ClickException("The key for parity must begin with sk_test_ (or rk_test_).")
    return key


def hold(steps: Sequence[Step], origin: str, key: str, *, say: Callable[[str], None]) -> Report:
    """Hold the conversation with a stand-in of our own, then with ``origin``; SideAway or StartFailed when one is not there."""
    run = secrets.token_hex(4).upper()

    def telling(name: str) -> Callable[[Step], None]:
        places = {step.name: place for place, step in enumerate(steps, start=1)}
        return lambda step: say(f"{name}: {places[step.name]}/{len(steps)} {step.name}")

    with running_stand_in() as own:
        ours = Side("the stand-in", own, ANY_KEY, run).converse(steps, telling("the stand-in"))
    theirs = Side(origin, origin, key, run).converse(steps, telling(origin))
    results = [
        Result(step, one, other, compare(one, other))
        for step, one, other in zip(steps, ours, theirs, strict=True)
    ]
    return Report(origin, dt.datetime.now(dt.UTC), results)


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{text}", nl=False, err=True)


def _tell(report: Report, out: Path | None) -> None:
    if out:
        out.write_text(report.as_json() if out.suffix == ".json" else report.as_markdown(), encoding="utf-8")
        click.echo(f"{report} The report is in {out}.")
        return
    for one in report.different:
        click.echo(f"{one.step.name} ({one.step.call})")
        for found in one.differences:
            click.echo(f"  {found.path}: {found.kind}, {found.ours!r} here, {found.theirs!r} there")
    click.echo(str(report))
