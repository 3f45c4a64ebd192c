"""``shop moderation``: what was reported of posts, pages and people, for those who run this Vitrine."""

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shop.core.clock import SystemClock
from shop.core.command_line import command_database
from shop.core.errors import DomainError
from shop.feed.house_moderating import decide_house_case, undo_house_decision
from shop.moderation.models import Case, Decision, Reason
from shop.moderation.queries import get_case, list_house_cases, list_reports

SHOWN_TEXT = 60
VERBS = {"keep": Decision.KEPT, "remove": Decision.REMOVED}


@click.group("moderation")
def moderation_group() -> None:
    """Reports of posts, pages, people and of what pages write in their own name."""


@moderation_group.command("list")
@click.option(
    "--decided", "is_decided", is_flag=True, help="Those that were decided instead of those that wait."
)
@click.option("--after", "after_id", default=0, metavar="CASE", help="Go on after this case.")
def list_cases(*, is_decided: bool, after_id: int) -> None:
    """List the cases that wait, oldest first."""
    with command_database() as database, database.reading() as session:
        cases = list_house_cases(session, is_open=not is_decided, after_id=after_id)
    if not cases:
        click.echo("Nothing was decided yet." if is_decided else "Nothing waits.")
        return
    table = Table("Case", "What", "Since", "Reports", "Reasons", "Text", "Decision")
    for case in cases:
        text = " ".join(_plain(case.excerpt).split())
        table.add_row(
            str(case.id),
            case.subject_kind.value,
            f"{case.opened_at:%Y-%m-%d %H:%M}",
            str(case.report_count),
            _reasons(case),
            # As it is: brackets in what somebody wrote are no markup of the table.
            Text(text if len(text) <= SHOWN_TEXT else f"{text[:SHOWN_TEXT]}…"),
            case.decision.value if case.decision else "",
        )
    Console().print(table)
    click.echo("Decide with: shop moderation decide CASE keep|remove --reason REASON")


@moderation_group.command("show")
@click.argument("case_id", type=int, metavar="CASE")
def show_case(case_id: int) -> None:
    """Tell all of a case: what it says, where it stands, who reported it and why."""
    try:
        with command_database() as database, database.reading() as session:
            case = get_case(session, case_id, page_id=None)
            reports = list_reports(session, case_id)
    except DomainError:
        raise click.ClickException(f"There is no case {case_id} of the house.") from None
    click.echo(f"Case {case.id}: {case.subject_kind.value} {case.subject_id}, at {case.path}")
    click.echo(
        f"Since {case.opened_at:%Y-%m-%d %H:%M} UTC; reported {case.report_count} times: {_reasons(case)}"
    )
    if case.decision and case.decided_at:
        why = f", {case.decision_reason.value}" if case.decision_reason else ""
        click.echo(
            f"Decided {case.decided_at:%Y-%m-%d %H:%M} UTC: {case.decision.value}{why}. {case.note}".rstrip()
        )
    click.echo(f"\n{_plain(case.excerpt)}\n")
    for report, name in reports:
        text = f"- {name}, {report.at:%Y-%m-%d}: {report.reason.value}. {report.note}"
        click.echo(_plain(text).rstrip())


@moderation_group.command("decide")
@click.argument("case_id", type=int, metavar="CASE")
@click.argument("verb", type=click.Choice(list(VERBS)))
@click.option(
    "--reason",
    type=click.Choice([reason.value for reason in Reason]),
    default=Reason.OTHER.value,
    show_default=True,
)
@click.option("--note", default="", help="Why, in your own words; kept with the case.")
def decide_case(case_id: int, verb: str, *, reason: str, note: str) -> None:
    """Keep or remove what a case is about; ``shop moderation reopen`` takes it back.

    A post is deleted and its page cannot bring it back. Of a person or a page what they say of themselves is
    taken down: a person's picture and bio; a page's pictures, tagline and about.
    """
    try:
        with command_database() as database, database.transaction() as session:
            decide_house_case(
                session, case_id=case_id, decision=VERBS[verb], reason=Reason(reason), note=note,
                now=SystemClock().now(),
            )  # fmt: skip
    except DomainError as error:
        raise click.ClickException(_text(error)) from None
    click.echo("Kept." if verb == "keep" else "Removed, and whom it belongs to is told.")


@moderation_group.command("reopen")
@click.argument("case_id", type=int, metavar="CASE")
def reopen_case(case_id: int) -> None:
    """Take a decision back: what was removed is there again and the case waits."""
    try:
        with command_database() as database, database.transaction() as session:
            undo_house_decision(session, case_id=case_id, now=SystemClock().now())
    except DomainError as error:
        raise click.ClickException(_text(error)) from None
    click.echo("It waits again, as before the decision.")


def _reasons(case: Case) -> str:
    return ", ".join(f"{name} × {number}" for name, number in case.reasons.items())


def _text(error: DomainError) -> str:
    return error.msgid % error.params if error.params else error.msgid


def _plain(text: str) -> str:
    """Return what somebody wrote without what would command the terminal."""
    return "".join(char for char in text if char.isprintable() or char == "\n")
