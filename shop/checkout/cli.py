"""``shop stripe …``: what one asks of Stripe from a terminal."""

import datetime as dt
from functools import partial

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from shop.checkout.cli_account import examine, register
from shop.checkout.cli_listen import When, listen, name_unusable
from shop.checkout.desk import Desk
from shop.checkout.reconcile import reconcile
from shop.core.clock import SystemClock
from shop.core.config import ConfigurationError, Settings, load_settings
from shop.core.db import Database
from shop.core.log import configure_logging
from shop.core.signing import Signer
from shop.payments.recording import make_recorder
from shop.payments.stripe_recording import make_gateway


@click.group("stripe")
def stripe_group() -> None:
    """Look after what Stripe (or the stand-in) knows of this shop."""


@stripe_group.command("reconcile", short_help="Ask about what was not heard of.")
def reconcile_command() -> None:
    """Ask Stripe about all unsettled payments, refunds and disputes; print what had been missed."""
    desk = _desk()
    try:
        findings = reconcile(desk, now=SystemClock().now())
    except SQLAlchemyError as error:
        raise click.ClickException(name_unusable(error)) from None
    finally:
        desk.database.dispose()
    news = [finding for finding in findings if finding.is_news or finding.problem]
    if news:
        table = Table("what", "order", "was", "is", "problem")
        for finding in news:
            table.add_row(finding.kind, finding.order_number, finding.before, finding.after, finding.problem)
        Console().print(table)
    missed = sum(finding.is_news for finding in findings)
    click.echo(f"{len(findings)} looked at, {missed} had been missed.")
    if any(finding.problem for finding in findings):
        raise SystemExit(1)


@stripe_group.command("listen", short_help="Fetch events; no tunnel needed.")
@click.option("--once", "is_once", is_flag=True, help="End when all events so far are applied.")
@click.option(
    "--interval", default=2.0, show_default=True, type=click.FloatRange(0.5, 3600), help="Seconds between two looks."
)  # fmt: skip
@click.option(
    "--since", type=When(), metavar="TIME", help="Begin there rather than at the last seen event: 2h, 3d, 2026-11-30T10:00."
)  # fmt: skip
def listen_command(is_once: bool, interval: float, since: dt.datetime | None) -> None:
    """Fetch events from Stripe, from the last seen one on, and apply them as webhooks: no tunnel needed."""
    listen(_settings(is_quiet=True), is_once=is_once, interval_s=interval, since=since)


@stripe_group.command("setup", short_help="Register the webhook endpoint.")
@click.option("--url", metavar="PUBLIC_URL", help="The shop's public origin, instead of PUBLIC_URL.")
@click.option("--replace", "is_replacing", is_flag=True, help="Create a new endpoint and delete the old one.")
@click.option("--local", "is_local", is_flag=True, help="Accept an address that only the stand-in can reach.")
def setup_command(url: str | None, is_replacing: bool, is_local: bool) -> None:
    """Register the webhook endpoint for what the shop uses, and keep its secret; again changes nothing."""
    settings = _settings(is_quiet=True)
    register(settings, url, is_replacing=is_replacing, is_local=is_local)


@stripe_group.command("doctor", short_help="Say what is wrong and what to do.")
@click.option("--json", "is_json", is_flag=True, help="For programs.")
def doctor_command(is_json: bool) -> None:
    """Check key, version, endpoint, secret and clock, and say what to do; status 1 when anything fails."""
    examine(partial(_settings, is_quiet=True), is_json=is_json)


def _settings(*, is_quiet: bool = False) -> Settings:
    """Return the settings; ``is_quiet`` logs errors only, since the command itself tells the rest."""
    try:
        settings = load_settings()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    level = "ERROR" if is_quiet and settings.log_level != "DEBUG" else settings.log_level
    configure_logging(level=level, style=settings.log_format)
    return settings


def _desk() -> Desk:
    settings = _settings()
    database, signer = Database(settings.database_url), Signer(settings.secret_key)
    gateway = make_gateway(settings, make_recorder(settings, database, SystemClock()))
    return Desk(database, gateway, signer, settings.public_url)
