"""``shop stripe …``: what one asks of Stripe from a terminal."""

import click
from rich.console import Console
from rich.table import Table

from shop.checkout.desk import Desk
from shop.checkout.reconcile import reconcile
from shop.core.clock import SystemClock
from shop.core.config import ConfigurationError, load_settings
from shop.core.db import Database
from shop.core.log import configure_logging
from shop.core.signing import Signer
from shop.payments.recording import make_recorder
from shop.payments.stripe_recording import make_gateway


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


def _desk() -> Desk:
    try:
        settings = load_settings()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    configure_logging(level=settings.log_level, style=settings.log_format)
    database, signer = Database(settings.database_url), Signer(settings.secret_key)
    gateway = make_gateway(settings, make_recorder(settings, database, SystemClock()))
    return Desk(database, gateway, signer, settings.public_url)
