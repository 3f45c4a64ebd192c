"""The command line: ``shop run``, ``shop worker``, ``shop migrate``, ``shop import``, ``shop stripe``."""

import argparse
import os
import socket
import sys

import click

from shop.app import build_runtime, create_app
from shop.catalog.cli import import_command
from shop.checkout.cli import stripe_group
from shop.contests.cli import contest_group
from shop.core.config import ConfigurationError, Settings, load_settings
from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from shop.core.log import configure_logging
from shop.feed.feed_cli import feed_group
from shop.feed.moderation_cli import moderation_group
from shop.feed.posts_cli import posts_group
from shop.insights.cli import insights_group
from shop.parity.cli import parity_command
from shop.people.cli import friends_group
from shop.quality.cli import followers_group
from shop.simulation.cli import simulate_command


def _settings() -> Settings:
    try:
        settings = load_settings()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    configure_logging(level=settings.log_level, style=settings.log_format)
    return settings


def migrate_database(settings: Settings, *, to: str = "head") -> None:
    """Bring the database's schema up to date (or up to revision ``to``); nothing happens when it is."""
    from alembic import command  # noqa: PLC0415 - only this command needs it

    from shop.web.health import alembic_config  # noqa: PLC0415

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    config = alembic_config()
    database = Database(settings.database_url)
    try:
        with database.engine.connect() as connection:
            if database.is_sqlite:
                # A changed table is copied and the old one dropped, which would delete what hangs on it.
                # The switch works only outside a transaction, so before SQLAlchemy opens one.
                connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]
            with connection.begin():
                config.attributes["connection"] = connection
                command.upgrade(config, to)
                if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise click.ClickException(
                        "The migration would leave rows that hang on nothing; nothing was changed."
                    )
    finally:
        database.dispose()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run and look after a Vitrine."""


@main.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    migrate_database(_settings())
    click.echo("The schema is current.")


@main.command()
def worker() -> None:
    """Run due jobs (mails, pictures, expiries) until stopped."""
    settings = _settings()
    from shop.worker import run_forever  # noqa: PLC0415

    run_forever(create_app(build_runtime(settings)))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="PORT")
@click.option(
    "--workers", default=lambda: os.cpu_count() or 1, type=int, help="Server processes; one a core."
)
@click.option("--demo/--no-demo", default=False, help="Fill in the demo brand first.")
def run(host: str, port: int, workers: int, demo: bool) -> None:
    """Run the server, the worker and (without a Stripe key) the stand-in."""
    from shop import supervisor  # noqa: PLC0415

    if not _is_free(host, port):
        raise click.ClickException(f"Port {port} is taken; choose another with PORT=… or --port.")
    os.environ.setdefault("PUBLIC_URL", f"http://{supervisor.reachable(host)}:{port}")
    sandbox_port = _choose_sandbox_port(host, port)
    settings = _settings()
    migrate_database(settings)
    if demo:
        from shop.demo.seed import seed  # noqa: PLC0415

        seed(build_runtime(settings), click.echo)
    try:
        with supervisor.running(
            settings, host=host, port=port, workers=workers, sandbox_port=sandbox_port
        ) as children:
            _welcome(settings, demo=demo)
            status = children.wait_until_one_ends()
    except supervisor.StartFailed as error:
        raise click.ClickException(str(error)) from None
    except supervisor.Stopped:
        status = 0
    sys.exit(status)


@main.command("demo")
def demo_command() -> None:
    """Fill in the demo brand; repeating it changes nothing."""
    settings = _settings()
    migrate_database(settings)
    from shop.demo.seed import seed  # noqa: PLC0415

    seed(build_runtime(settings), click.echo)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=12111, show_default=True)
@click.option(
    "--database", default=":memory:", show_default=True, help="Where its state is kept: a file, or :memory:."
)
@click.option("--webhook", "webhooks", multiple=True, help="URL=whsec_… to deliver events to; repeatable.")
@click.option("--public-url", help="Where browsers reach it, when that is not http://HOST:PORT.")
@click.option(
    "--seed", type=int, help="Makes ids, times and faults repeatable; its clock stands still until turned."
)
@click.option("--quiet", is_flag=True, help="Do not say what to set in which SDK.")
def sandbox(
    *, host: str, port: int, database: str, webhooks: tuple[str, ...], public_url: str | None, seed: int | None,
    quiet: bool,
) -> None:  # fmt: skip
    """Run the Stripe stand-in alone, for any project in any language."""
    from shop.sandbox.__main__ import webhook  # noqa: PLC0415
    from shop.sandbox.server import PortTaken, serve  # noqa: PLC0415

    try:
        pairs = [webhook(hook) for hook in webhooks]
    except argparse.ArgumentTypeError as error:
        raise click.BadParameter(str(error), param_hint="--webhook") from None
    try:
        serve(host, port, database, pairs, public_url=public_url, seed=seed, is_quiet=quiet)
    except PortTaken as error:
        raise click.ClickException(str(error)) from None


@main.command("create-admin")
@click.option("--email", prompt=True)
@click.option("--name", prompt=True)
@click.password_option()
@click.option("--page", "page_slug", help="Make them an owner of this page.")
def create_admin(email: str, name: str, password: str, page_slug: str | None) -> None:
    """Create an account, and make it an owner of a page."""
    from shop.demo.admin import create_admin as create  # noqa: PLC0415

    runtime = build_runtime(_settings())
    try:
        click.echo(create(runtime, email=email, name=name, password=password, page_slug=page_slug))
    except Invalid as error:
        raise click.ClickException(
            " ".join(text for texts in error.errors.values() for text in texts)
        ) from None
    except NotFound:
        raise click.ClickException(f"There is no page at /p/{page_slug}.") from None


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _choose_sandbox_port(host: str, port: int) -> int:
    """Return the stand-in's port, which the settings read from the environment: as said there, or a free one."""
    said = os.environ.get("SANDBOX_PORT", "")
    chosen = int(said) if said.isdecimal() else _free_port(host, port + 1)
    if said and not _is_free(host, chosen):
        raise click.ClickException(
            f"Port {chosen}, the stand-in's, is taken; choose another with SANDBOX_PORT=…."
        )
    os.environ.setdefault("SANDBOX_PORT", str(chosen))
    return chosen


def _free_port(host: str, first: int) -> int:
    candidates: list[int] = [12111, *range(first, first + 100)]
    for port in candidates:
        if _is_free(host, port):
            return port
    raise click.ClickException("No free port for the stand-in; set SANDBOX_PORT.")


def _welcome(settings: Settings, *, demo: bool) -> None:
    click.echo(f"\n  Vitrine is running at {settings.public_url}  (Ctrl-C stops everything)")
    if demo:
        from shop.demo.seed import SIGN_INS  # noqa: PLC0415

        click.echo(f"  The demo brand:       {settings.public_url}/p/atelier-lumen")
        click.echo(f"  Its admin:            {settings.public_url}/manage/atelier-lumen")
        for line in SIGN_INS:
            click.echo(f"  Sign in as {line}")
    if settings.uses_sandbox:
        click.echo(
            f"  Payments:             the Stripe stand-in at {settings.stripe_api_base}, no key needed"
        )
        click.echo(
            "  Test card:            4242 4242 4242 4242, any future date, any CVC (4000 0000 0000 0002 is declined)"
        )
    elif not settings.stripe_webhook_secret:
        click.echo(
            "  Payments:             Stripe, without webhooks: run `shop stripe listen` beside, or, at a"
        )
        click.echo("                        public address, `shop stripe setup` once")
    if settings.test_mode_rooms:
        click.echo(
            f"  Test mode's rooms:    {settings.public_url}/test-mode  (orders, webhooks, clock, mails)"
        )
    click.echo("")


main.add_command(import_command)
main.add_command(stripe_group)
stripe_group.add_command(parity_command)
main.add_command(insights_group)
main.add_command(friends_group)
main.add_command(followers_group)
main.add_command(moderation_group)
main.add_command(posts_group)
main.add_command(feed_group)
main.add_command(contest_group)
main.add_command(simulate_command)

if __name__ == "__main__":
    main()
