"""The commands that give answers: reports and packs, data for other tools, and making a file again to compare."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from skilltrack.commands.console import Day, Moment, Place, asking, open_database, progress_bar, say
from skilltrack.commands.mails import tell_sent
from skilltrack.errors import BadFile, BadQuestion
from skilltrack.language import LANGUAGES
from skilltrack.mail import send_report
from skilltrack.questions import (
    OF_PEOPLE,
    OPTIONS,
    Filters,
    Metrics,
    Option,
    catalogue,
    filters_of,
    refuse_unasked,
    reports,
)
from skilltrack.storage import Address, open_lake

TYPES: dict[str, click.ParamType] = {"day": Day(), "time": Moment(), "number": click.INT, "text": click.STRING}


def asked_about(options: Sequence[Option]) -> Callable[..., Any]:
    """The options of a command that say what a question is about."""

    def with_options(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            typed = f"--{option.name.replace('_', '-')}"
            how = {"is_flag": True, "default": None} if option.kind == "flag" else {"type": TYPES[option.kind]}
            command = click.option(typed, option.filter, help=option.about, **how)(command)
        return command

    return with_options


@click.command("report")
@click.argument("name")
@asked_about(OPTIONS)
@click.option("--suppress", is_flag=True, help="Hide small numbers, as the board pack always does.")
@click.option("--format", "form", default="csv", help="csv, json, xlsx, parquet or pdf; ob3 or badge for a transcript.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="In which language people read a pdf or xlsx.")
@click.option("--explain", is_flag=True, help="Print how the report is answered, and why so, instead of the report.")
@click.option("--output", type=Place(), help="File to write (default: standard output).")
@click.option("--mail", "to", multiple=True, help="Send it to this account, as it may see it (employee_id or address).")
@click.pass_obj
def report_command(
    db: Path | Address,
    name: str,
    form: str,
    output: Path | None,
    to: tuple[str, ...],
    suppress: bool,
    language: str | None,
    explain: bool,
    **asked: Any,
) -> None:
    """Print one report, or a pack: board, team, transcript or audit."""
    filters = filters_of(asked)
    refuse_unasked(name, filters)
    if isinstance(db, Address) and db.is_published:
        if to or suppress or explain:
            raise BadQuestion("--mail, --suppress and --explain need the database itself. Name it with --db.")
        _from_lake(db, name, form, output, filters, language)
        return
    if explain:
        _explain(db, name, filters)
        return
    from skilltrack.reports import exports  # the writers take a while to load, and no other command needs them

    order = exports.Order(name, form, filters, suppress, exports.language_of(form, language))
    if to and language:
        raise BadQuestion("--mail and --language do not go together: each reader gets it in their own. Leave one out.")
    if to:
        _mail(db, order, to, output)
        return
    with open_database(db) as store, progress_bar(f"Report {name}", length=3) as progress:
        _, content = exports.export(store, asking(store), order, output, progress)
    sys.stdout.buffer.write(content)


def _from_lake(
    address: Address, name: str, form: str, output: Path | None, filters: Filters, language: str | None
) -> None:
    """Print a report from published relations, and on standard error of when they are."""
    from skilltrack.reports import exports

    order = exports.Order(name, form, filters, language=exports.language_of(form, language))
    exports.refuse_unpublished(order)
    lake = open_lake(address)
    try:
        content = exports.export_published(lake, order, output)
    finally:
        lake.close()
    say(lake.moments)
    sys.stdout.buffer.write(content)


def _mail(db: Path | Address, order: Any, to: tuple[str, ...], output: Path | None) -> None:
    """Send a report to accounts, to each as that account may see it."""
    if output is not None:
        raise BadQuestion("--mail and --output do not go together: what is sent is not what you would see. Name one.")
    with open_database(db) as store:
        outcome = send_report(store, order, to, asking(store).acting_in("exports"))
    tell_sent(outcome)


def _explain(db: Path | Address, name: str, filters: Filters) -> None:
    """Print which texts answer a report, and why these, with their parameters and the SQL."""
    if name not in catalogue():
        raise BadQuestion(f"{name} cannot be explained: it is not one report. Use one of: {', '.join(reports())}.")
    with open_database(db) as store:
        for line in Metrics(store).plan(name, asking(store), filters).explained():
            click.echo(line)


@click.command("export")
@click.argument("what", metavar="star|snapshot")
@click.argument("target", type=Place())
@asked_about(OF_PEOPLE)
@click.pass_obj
def export_command(db: Path, what: str, target: Path, **asked: Any) -> None:
    """Write the star schema: a folder of Parquet files (star), or a DuckDB file for analysts (snapshot)."""
    from skilltrack.reports import exports

    if what not in ("star", "snapshot"):
        raise BadQuestion(f"{what!r} cannot be exported. Use star FOLDER or snapshot FILE.duckdb.")
    if (target.suffix == ".duckdb") != (what == "snapshot"):
        raise BadQuestion(f"{target} does not fit: star wants a folder, snapshot a file that ends in .duckdb.")
    with open_database(db) as store, progress_bar(f"Exporting {what}", length=10) as progress:
        exports.export_model(store, asking(store), filters_of(asked), target, progress)
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
