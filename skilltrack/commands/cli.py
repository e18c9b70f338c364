"""The commands of contract section 5. Exit 0 done, 2 refused (nothing stored), 1 a failure of ours.

Problems go to standard error; data to standard output or `--output`.
"""

import json
import os
import runpy
import sys
import traceback
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import click

from skilltrack import __version__
from skilltrack.access import is_loopback, sign_in
from skilltrack.commands import beside
from skilltrack.commands import demo as demo_company
from skilltrack.commands import privacy as cli_privacy
from skilltrack.commands import reports as report_commands
from skilltrack.commands import roles as cli_access
from skilltrack.commands.console import (
    Day,
    Place,
    asking,
    here,
    kind_of_file,
    left_alone,
    opened,
    progress_bar,
    say,
    tell,
)
from skilltrack.config import ROOT, located, settings
from skilltrack.errors import BadFile, BadQuestion, Refused
from skilltrack.ingest import KINDS, Outcome, Problem, Unanswered, import_files, import_folder
from skilltrack.ingest import redo as redo_upload
from skilltrack.ingest import undo as undo_upload
from skilltrack.ingest import uploads as list_uploads
from skilltrack.keeping import backup, check_file, open_store, rebuild, refuse_dangling, repair, restore
from skilltrack.reports import render
from skilltrack.storage import is_full
from skilltrack.text import readable

DAY = Day()
WORDS: ContextVar[tuple[str, ...]] = ContextVar("words", default=())
"""The words of the command that runs, as they were typed."""


def _database(context: click.Context, _: click.Parameter, given: Path | None) -> None:
    """Hand a command the database named before or after it, else the one that the environment names."""
    before = context.obj
    if given and before and given != before:
        raise click.UsageError(f"--db names two databases, {before} and {given}. Name one.", context)
    context.obj = given or before
    if not isinstance(context.command, click.Group):
        context.obj = located(context.obj) if context.obj else settings().database
        refuse_dangling(context.obj)
        words = WORDS.get()
        if words and context.command.name != "serve" and not beside.current():
            code = beside.handed_over(context.obj, words)
            if code is not None:
                context.exit(code)


DATABASE = click.Option(
    ["--db"],
    type=Place(),
    expose_value=False,
    callback=_database,
    help="Database file (default: $SKILLTRACK_DB, else data/skilltrack.duckdb).",
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


COMMANDS = (*cli_access.COMMANDS, *cli_privacy.COMMANDS, *report_commands.COMMANDS)
AS_VIEWER = ("import", "uploads", "undo", "redo", *(str(command.name) for command in COMMANDS))
"""Commands that an account can be asked for; all others need the database file itself."""
for command in COMMANDS:
    cli.add_command(command)


@cli.command("import")
@click.argument("what", nargs=-1, required=True, metavar="KIND FILE... | FOLDER")
@click.option("--effective", type=DAY, help="First day a roster holds (default: today).")
@click.option("--mode", default="snapshot", help="snapshot replaces the roster, changes amends it.")
@click.option("--mapping", type=Place(), help="TOML file that renames columns and translates values.")
@click.option("--quarantine", is_flag=True, help="Store the good rows and keep the bad ones apart.")
@click.option("--dry-run", is_flag=True, help="Show what would change; store nothing.")
@click.option("--careful", is_flag=True, help="Refuse a file that looks wrong as a whole (what prints as an alarm).")
@click.option("--corrections", is_flag=True, help="Awards that have another holder than before move to that one.")
@click.option("--by", default="local", help="Who uploads, for the history.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.pass_obj
def import_command(db: Path, what: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Import files of one kind, or a folder of files named after their kinds, as one upload."""
    try:
        outcome = _imported(db, what, options)
    except BadFile as refused:
        if as_json:
            click.echo(json.dumps(_as_outcome(refused).as_dict(), ensure_ascii=False, indent=1, default=str))
        raise
    tell(outcome, as_json)


def _imported(db: Path, what: tuple[str, ...], options: dict[str, Any]) -> Outcome:
    with opened(db, creates=True) as store, progress_bar(f"Importing {what[0]}") as progress:
        viewer = asking(store, options["by"])
        options |= {"by": viewer.acting_in("uploads"), "areas": viewer.areas}
        if len(what) == 1 and what[0] not in KINDS:
            place = here(what[0])
            if place.is_dir():
                return import_folder(store, place, progress=progress, **options)
            if not place.suffix and os.sep in what[0]:
                raise Refused(f"The folder {what[0]} does not exist. Name a folder, or a kind and its files.")
            if place.is_file():
                kind = kind_of_file(place)
                return import_files(store, kind, [place], progress=progress, unattended=True, **options)
        return import_files(store, what[0], [here(file) for file in what[1:]], progress=progress, **options)


def _as_outcome(refused: BadFile) -> Outcome:
    """A file that cannot be read as the outcome of its import, with the questions that it leaves open."""
    questions = list(refused.questions) if isinstance(refused, Unanswered) else []
    return Outcome("refused", questions=questions, problems=[Problem("", None, None, None, str(refused))])


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print the history as JSON.")
@click.pass_obj
def uploads(db: Path, as_json: bool) -> None:
    """List every upload, newest first."""
    with opened(db) as store:
        asking(store).acting_in("uploads")
        history = list_uploads(store)
    sys.stdout.buffer.write(render(history, "json" if as_json else "csv"))


@cli.command()
@click.argument("upload", type=int)
@click.option("--by", default="local", help="Who takes it back, for the history.")
@click.pass_obj
def undo(db: Path, upload: int, by: str) -> None:
    """Take one upload back whole."""
    with opened(db) as store:
        viewer = asking(store, by)
        undo_upload(store, upload, by=viewer.acting_in("uploads"), areas=viewer.areas)
    click.echo(f"Upload {upload} is undone. What it brought no longer counts; as known before now it still does.")


@cli.command()
@click.argument("upload", type=int)
@click.option("--by", default="local", help="Who puts it back, for the history.")
@click.pass_obj
def redo(db: Path, upload: int, by: str) -> None:
    """Let an upload that was undone count again."""
    with opened(db) as store:
        viewer = asking(store, by)
        redo_upload(store, upload, by=viewer.acting_in("uploads"), areas=viewer.areas)
    click.echo(f"Upload {upload} counts again.")


@cli.command("backup")
@click.argument("file", type=Place())
@click.pass_obj
def backup_command(db: Path, file: Path) -> None:
    """Copy the live database to a file and verify the copy."""
    with opened(db) as store:
        backup(store, file)
    click.echo(f"The backup is in {file}; it was opened and every upload in it is whole.")


@cli.command("restore")
@click.argument("file", type=Place())
@click.pass_obj
def restore_command(db: Path, file: Path) -> None:
    """Put a backup in the place of the database, and bring back what the journal knows since."""
    with left_alone(db):
        restore(db, file, say)
    click.echo(f"{db} is restored from {file}.")


@cli.command("rebuild")
@click.option("--yes", is_flag=True, help="Rebuild also when rows or rights would be others than now.")
@click.pass_obj
def rebuild_command(db: Path, yes: bool) -> None:
    """Build the database anew from the files it was made of; the one that is there is set aside."""
    with left_alone(db):
        count = rebuild(db, say, yes)
    click.echo(f"{db} is built anew from {count} uploads.")


@cli.command("repair")
@click.option("--yes", is_flag=True, help="Give up what was accepted and can be brought back by nothing.")
@click.pass_obj
def repair_command(db: Path, yes: bool) -> None:
    """Write a journal that is missing or damaged again from the database."""
    with left_alone(db):
        faults = repair(db, say, yes)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        sys.exit(2)
    click.echo(f"{db} and its journal are whole.")


@cli.command("check")
@click.pass_obj
def check_command(db: Path) -> None:
    """Check that what is stored is what landed, and that every number follows from it."""
    with left_alone(db):
        faults = check_file(db, say)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        sys.exit(2)
    click.echo(f"{db} is whole: every row is what landed, and every kept number follows from the rows.")


@cli.command()
@click.pass_obj
def demo(db: Path) -> None:
    """Build the demo company in a new database, or in the place of a demo company that nobody changed."""
    with progress_bar("Building the demo company", length=30) as progress, left_alone(db):
        demo_company.build_anew(db, progress)
    click.echo(f"The demo company is in {db}. Look at it: python -m skilltrack --db {db} serve --local")


@cli.command()
@click.option("--port", type=int, help="Port to listen on (default: $PORT, else 8501).")
@click.option("--demo", "with_demo", is_flag=True, help="Build the demo company first, or bring it up to date.")
@click.option("--local", is_flag=True, help="Let everybody at this machine in without signing in; --demo implies it.")
@click.pass_obj
def serve(db: Path, port: int | None, with_demo: bool, local: bool) -> None:
    """Start the app."""
    listen, is_local = settings(), local or with_demo or settings().is_local
    if is_local and not is_loopback(listen.host):
        raise Refused(f"Local mode answers this machine only, and SKILLTRACK_HOST is {listen.host}. Leave it out.")
    if not is_local and sign_in() is None:
        raise Refused(
            "Nobody could sign in. Set a provider (docs/signing-in.md), or add --local to let everybody at this "
            "machine in."
        )
    if with_demo:
        with progress_bar("Building the demo company", length=30) as progress:
            demo_company.refresh(db, progress)
    if db == settings().database:
        db.parent.mkdir(parents=True, exist_ok=True)
    open_store(db, say).close()  # tell of an unusable database here, not on a page
    port = port or listen.port
    click.echo(f"Skilltrack listens on http://{listen.host}:{port} (Ctrl+C stops it)")
    os.environ |= {
        "SKILLTRACK_DB": str(db.resolve()),
        "SKILLTRACK_LOCAL": "1" if is_local else "",
        "WEBSOCKETS_MAX_LINE_LENGTH": "65536",  # cookies of people in hundreds of groups are long
    }
    os.chdir(ROOT)
    sys.argv = ["streamlit", "run", "app.py", "--server.address", listen.host, "--server.port", str(port)]
    sys.argv += ["--server.headless", "true"]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)  # in this process: all is loaded once


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
        answer = cli(words, standalone_mode=False)
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
        click.echo(
            f"Skilltrack failed ({type(error).__name__}). Nothing was stored. Please report the text below.", err=True
        )
        traceback.print_exc()
        return 1
    return answer if isinstance(answer, int) else 0
