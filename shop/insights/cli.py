"""``shop insights``: are the figures what the orders say, and setting them right."""

import click
from rich.console import Console
from rich.table import Table

from shop.core.config import ConfigurationError, load_settings
from shop.core.db import Database
from shop.insights.truth import Difference, check_days, rebuild_days
from shop.page.models import Page
from shop.page.queries import find_page, list_pages_by_id

PAGES_AT_ONCE = 200


@click.group("insights")
def insights_group() -> None:
    """The figures of Today beside the orders that they count."""


@insights_group.command("check")
@click.option("--page", "slug", metavar="PAGE", help="The page's name in its address; all pages without it.")
def check(slug: str | None) -> None:
    """Tell where figures differ from orders, refunds and likes; exit status 1 when any does."""
    database = _open()
    found = {}
    for page in _pages(database, slug):
        with database.reading() as session:
            found[page.slug] = check_days(session, page)
    _print(found, "All figures are what the orders say.")
    raise SystemExit(1 if any(found.values()) else 0)


@insights_group.command("rebuild")
@click.option("--page", "slug", metavar="PAGE", help="The page's name in its address; all pages without it.")
def rebuild(slug: str | None) -> None:
    """Count orders and refunds anew and set the figures right, with the shop open; tell what was wrong."""
    database = _open()
    found = {}
    for page in _pages(database, slug):
        with database.transaction() as session:
            found[page.slug] = rebuild_days(session, page)
    _print(found, "Nothing was wrong.")


def _open() -> Database:
    try:
        return Database(load_settings().database_url)
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error


def _pages(database: Database, slug: str | None) -> list[Page]:
    with database.reading() as session:
        if slug is not None:
            page = find_page(session, slug)
            if page is None:
                raise click.ClickException(f"There is no page {slug!r}.")
            return [page]
        pages: list[Page] = []
        while more := list_pages_by_id(session, limit=PAGES_AT_ONCE, after_id=pages[-1].id if pages else 0):
            pages += more
    return pages


def _print(found: dict[str, list[Difference]], nothing: str) -> None:
    if not any(found.values()):
        click.echo(nothing)
        return
    table = Table("page", "day", "currency", "figure", "kept", "true")
    for slug, differences in found.items():
        for one in differences:
            table.add_row(slug, str(one.day or ""), one.currency, one.figure, str(one.kept), str(one.true))
    Console().print(table)
