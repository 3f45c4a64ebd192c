"""``shop stripe …``: what one asks of Stripe from a terminal."""

import datetime as dt

import click
from rich.console import Console
from rich.table import Table

from shop.checkout.cli_listen import When, listen
from shop.checkout.desk import Desk
from shop.checkout.reconcile import reconcile
from shop.core.clock import SystemClock
from shop.core.config import ConfigurationError, Settings, load_settings
from shop.core.db import Database
from shop.core.log import configure_logging
from shop.core.signing import Signer
from shop.payments.stripe_gateway import StripeGateway


@click.group("stripe")
def stripe_group() -> None:
    """Look after what Stripe (or the stand-in) knows of this shop."""


@stripe_group.command("reconcile")
def reconcile_command() -> None:
    """Ask Stripe about all unsettled payments, refunds and disputes; print what had been missed."""
    desk = _desk()
    findings = reconcile(desk, now=SystemClock().now())
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


@stripe_group.command("listen")
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
    return Desk(database, StripeGateway(settings), signer, settings.public_url)
