"""The commands that give answers: reports and packs, data for other tools, and making a file again to compare."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from skilltrack.commands.console import Day, Moment, Place, asking, open_database, progress_bar
from skilltrack.commands.mails import tell_sent
from skilltrack.config import today
from skilltrack.errors import BadFile, BadQuestion
from skilltrack.mail import send_report
from skilltrack.questions import Filters, Metrics, catalogue, reports
from skilltrack.storage import parameters_named

if TYPE_CHECKING:
    from skilltrack.reports import exports

DAY = Day()
SCOPE = (
    click.option("--as-of", type=DAY, help="The day asked about (default: today)."),
    click.option("--known-at", type=Moment(), help="Only what was known by then, UTC (default: now)."),
    click.option("--assurance", default="attested", help="verified, attested or claimed."),
    click.option("--manager", help="Only this manager's organisation (employee_id; an empty one is refused)."),
    click.option("--team", help='Only this team; "" for people without one.'),
)


def scoped(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what a question is about."""
    for option in reversed(SCOPE):
        command = option(command)
    return command


@click.command("report")
@click.argument("name")
@scoped
@click.option("--role", help="In readiness and gaps: ask about this role; elsewhere: only people in it; never empty.")
@click.option("--employee", help="Whose transcript (employee_id).")
@click.option("--skill", help="Only this skill (skill_id), in experts.")
@click.option("--level", type=int, help="At least this level, in experts.")
@click.option("--from", "paid_from", type=DAY, help="First day of the period, for spend, changes and the board pack.")
@click.option("--to", "paid_to", type=DAY, help="Last day of the period (default: the as-of date).")
@click.option("--months", type=int, default=12, help="How many months, for trend and forecast.")
@click.option("--suppress", is_flag=True, help="Hide small numbers, as the board pack always does.")
@click.option("--format", "form", default="csv", help="csv, json, xlsx, parquet or pdf; ob3 for a transcript.")
@click.option("--explain", is_flag=True, help="Print how the report is answered, and why so, instead of the report.")
@click.option("--output", type=Place(), help="File to write (default: standard output).")
@click.option("--mail", "to", multiple=True, help="Send it to this account, as it may see it (employee_id or address).")
@click.pass_obj
def report_command(
    db: Path,
    name: str,
    form: str,
    output: Path | None,
    to: tuple[str, ...],
    as_of: date | None,
    suppress: bool,
    explain: bool,
    **asked: Any,
) -> None:
    """Print one report, or a pack: board, team, transcript or audit."""
    _refuse_what_is_not_asked(name, asked)
    if explain:
        _explain(db, name, Filters(as_of=as_of or today(), **asked))
        return
    from skilltrack.reports import exports  # the writers take a while to load, and no other command needs them

    order = exports.Order(name, form, Filters(as_of=as_of or today(), **asked), suppress)
    if to:
        _mail(db, order, to, output)
        return
    with open_database(db) as store, progress_bar(f"Report {name}", length=3) as progress:
        _, content = exports.export(store, asking(store), order, output, progress)
    sys.stdout.buffer.write(content)


def _mail(db: Path, order: "exports.Order", to: tuple[str, ...], output: Path | None) -> None:
    """Send a report to accounts, to each as that account may see it."""
    if output is not None:
        raise BadQuestion("--mail and --output do not go together: what is sent is not what you would see. Name one.")
    with open_database(db) as store:
        outcome = send_report(store, order, to, asking(store).acting_in("exports"))
    tell_sent(outcome)


def _refuse_what_is_not_asked(name: str, asked: dict[str, Any]) -> None:
    """Raise `BadQuestion` for a skill or a level that a report would take no notice of."""
    takes = parameters_named(catalogue()[name].sql) if name in catalogue() else ("skill", "level")
    for what in ("skill", "level"):
        if asked[what] is not None and what not in takes:
            raise BadQuestion(f"{name} is not asked about one {what}. Leave --{what} out, or ask for experts.")


def _explain(db: Path, name: str, filters: Filters) -> None:
    """Print which texts answer a report, and why these, with their parameters and the SQL."""
    if name not in catalogue():
        raise BadQuestion(f"{name} cannot be explained: it is not one report. Use one of: {', '.join(reports())}.")
    with open_database(db) as store:
        for line in Metrics(store).plan(name, asking(store), filters).explained():
            click.echo(line)


@click.command("export")
@click.argument("what", metavar="star|snapshot")
@click.argument("target", type=Place())
@scoped
@click.pass_obj
def export_command(db: Path, what: str, target: Path, as_of: date | None, **asked: Any) -> None:
    """Write the star schema: a folder of Parquet files (star), or a DuckDB file for analysts (snapshot)."""
    from skilltrack.reports import exports

    if what not in ("star", "snapshot"):
        raise BadQuestion(f"{what!r} cannot be exported. Use star FOLDER or snapshot FILE.duckdb.")
    if (target.suffix == ".duckdb") != (what == "snapshot"):
        raise BadQuestion(f"{target} does not fit: star wants a folder, snapshot a file that ends in .duckdb.")
    with open_database(db) as store, progress_bar(f"Exporting {what}", length=10) as progress:
        exports.export_model(store, asking(store), Filters(as_of=as_of or today(), **asked), target, progress)
    click.echo(f"The {what} is in {target}.")


@click.command("reproduce")
@click.argument("file", type=Place())
@click.pass_obj
def reproduce_command(db: Path, file: Path) -> None:
    """Make a report again from its receipt and compare; exits with 2 when it is not the same."""
    from skilltrack.reports import reproduce as again

    with open_database(db) as store:
        receipt, different = again.reproduce(store, asking(store), file)
        logged = again.in_the_log(store, receipt)
    if different:
        raise BadFile(f"{file} is not what it is when made again. {' '.join(different)} {logged}")
    how = "cell for cell" if receipt.order.form == "xlsx" else "byte for byte"
    about = ", ".join(f"{what.lower()} {value}" for what, value in receipt.lines()[:4])
    click.echo(f"{file} is the same {how} when made again: {receipt.order.name}, {about}. {logged}")


COMMANDS = (report_command, export_command, reproduce_command)
