"""The command line, put together of its groups. Exit 0 done, 2 refused (nothing stored), 1 a failure of ours.

Problems go to standard error; data to standard output or `--output`.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import Path

import click

from skilltrack import __version__
from skilltrack.commands import (
    audit,
    backups,
    badges,
    beside,
    doctor,
    handing,
    keeping,
    keys,
    lake,
    mails,
    privacy,
    proposals,
    reports,
    roles,
    schedules,
    serving,
    tokens,
    uploads,
)
from skilltrack.commands.console import DatabaseName
from skilltrack.config import located, settings
from skilltrack.errors import BadQuestion, BadStore, Refused
from skilltrack.keeping import refuse_dangling
from skilltrack.storage import Address, address_of, is_full
from skilltrack.text import readable

WORDS: ContextVar[tuple[str, ...]] = ContextVar("words", default=())
"""The words of the command that runs, as they were typed."""


def _database(context: click.Context, _: click.Parameter, given: Path | Address | None) -> None:
    """Hand a command the database named before or after it, else the one that the environment names."""
    before = context.obj
    if given and before and given != before:
        raise click.UsageError(f"--db names two databases, {before} and {given}. Name one.", context)
    context.obj = given or before
    if isinstance(context.command, click.Group):
        return
    lake = context.obj if context.obj else address_of(os.environ.get("SKILLTRACK_DB", ""))
    if isinstance(lake, Address):
        if lake.is_published:
            _refuse_published(context, lake)
        context.obj = lake
    else:
        is_demo = context.command.name == "demo" or context.params.get("with_demo", False)
        unnamed = settings().demo_database if is_demo else settings().database
        context.obj = located(context.obj) if context.obj else unnamed
        refuse_dangling(context.obj)
        words = WORDS.get()
        if words and context.command.name != "serve" and not beside.current():
            code = handing.handed_over(context.obj, words)
            if code is not None:
                context.exit(code)
        beside.note(*_named(context, words))


def _named(context: click.Context, words: Sequence[str]) -> tuple[str, list[str]]:
    """What a command is called, with its groups, and which of its options were typed, without what they say."""
    names: list[str] = []
    at = context
    while at.parent:
        names.insert(0, str(at.command.name))
        at = at.parent
    options = {name for each in (context, at) for option in each.command.params for name in option.opts}
    return " ".join(names), sorted(options & {word.partition("=")[0] for word in words if word.startswith("-")})


def _refuse_published(context: click.Context, address: Address) -> None:
    """Raise `BadStore` for a command that needs the database itself."""
    if context.command.name not in ("report", "serve", lake.tables_command.name):
        raise BadStore(
            f"{context.command.name} needs the database itself: {address} is read only, and answers `report` and "
            "`serve --local` alone. Name a file with --db."
        )
    if context.find_root().params.get("viewer"):
        raise BadStore(f"{address} does not say who may see whom. Leave --viewer out, or name the database itself.")


DATABASE = click.Option(
    ["--db"],
    type=DatabaseName(),
    expose_value=False,
    callback=_database,
    help="Database file (default: $SKILLTRACK_DB, else data/skilltrack.duckdb; of the wheel, one in your data folder), "
    "or a lake to look at: sc://HOST:PORT/?data=FOLDER, or ?tables=FILE.toml for tables of your own.",
)


def _take_database(command: click.Command) -> None:
    """Let a command and all commands below it be told the database, so that --db may stand anywhere."""
    command.params.insert(0, DATABASE)
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        _take_database(below)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--viewer", metavar="EMPLOYEE_ID|EMAIL", help="Do it as this account may (default: as the operator).")
@click.version_option(__version__, prog_name="skilltrack")
@click.pass_context
def cli(context: click.Context, viewer: str | None) -> None:
    """Who can demonstrably do what, on any date, and what it cost."""
    os.umask(0o077)  # the database, backups and reports hold personal data: for whoever runs this, and nobody else
    if viewer and context.invoked_subcommand not in AS_VIEWER:
        raise BadQuestion(f"{context.invoked_subcommand} is the operator's: --viewer is for {', '.join(AS_VIEWER)}.")


FOR_VIEWERS = (
    *uploads.COMMANDS, *roles.COMMANDS, *tokens.COMMANDS, *proposals.COMMANDS, *audit.COMMANDS, *privacy.COMMANDS,
    *reports.COMMANDS, *schedules.COMMANDS, lake.publish_command,
)  # fmt: skip
AS_VIEWER = tuple(str(command.name) for command in FOR_VIEWERS)
"""Commands that an account can be asked for; all others need the database file itself."""
for command in (
    *FOR_VIEWERS,
    *lake.OF_THE_OPERATOR,
    *mails.COMMANDS,
    *keeping.COMMANDS,
    *backups.COMMANDS,
    *badges.COMMANDS,
    *keys.COMMANDS,
    *doctor.COMMANDS,
    *serving.COMMANDS,
):
    cli.add_command(command)
_take_database(cli)


def main() -> None:
    """Run the command that this process was started for."""
    if code := run(sys.argv[1:]):
        sys.exit(code)


def run(words: list[str]) -> int:
    """Run a command and return its exit code: 2 for a refusal, told in a sentence, 1 for a failure of ours."""
    before = WORDS.set(tuple(words))
    try:
        return _code(words)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else bool(ended.code)
    finally:
        WORDS.reset(before)


def _code(words: list[str]) -> int:
    try:
        answer = cli(words, prog_name="skilltrack" if beside.current() else None, standalone_mode=False)
    except Refused as error:
        click.echo(readable(str(error)), err=True)
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. Nothing was stored.", err=True)
        return 1
    except Exception as error:
        if is_full(error):
            click.echo(
                "The disk is full. What had been accepted is kept; free some space and try again. "
                "`check` says whether anything is wrong.",
                err=True,
            )
            return 2
        if isinstance(error, PermissionError) and error.filename:
            click.echo(
                f"This account may not use {error.filename}. Run the command as the account that runs the app, or name "
                "a file that this one may use.",
                err=True,
            )
            return 2
        click.echo(
            f"Skilltrack failed ({type(error).__name__}). Nothing was stored. Please report the text below.", err=True
        )
        traceback.print_exc()
        return 1
    return answer if isinstance(answer, int) else 0
