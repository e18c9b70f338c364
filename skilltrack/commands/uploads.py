"""The commands that bring files and take them back: import, uploads, undo, redo."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from skilltrack.commands.console import Day, Place, asking, here, kind_of_file, open_database, progress_bar, tell
from skilltrack.demo import BY
from skilltrack.errors import BadFile, Refused
from skilltrack.ingest import (
    KINDS,
    Outcome,
    Problem,
    Unanswered,
    import_files,
    import_folder,
    moved_again,
    redo,
    said_again,
    undo,
    uploads,
)
from skilltrack.language import as_sentence
from skilltrack.mail import tell_of_refusal
from skilltrack.reports import render
from skilltrack.text import counted

SHOWN = 20
"""Awards that an undo names one by one."""


@click.command("import")
@click.argument("what", nargs=-1, required=True, metavar="KIND FILE... | FOLDER")
@click.option("--effective", type=Day(), help="First day a roster holds (default: today).")
@click.option("--mode", default="snapshot", help="snapshot replaces the roster, changes amends it.")
@click.option("--mapping", type=Place(), help="TOML file that renames columns and translates values.")
@click.option("--quarantine", is_flag=True, help="Store the good rows and keep the bad ones apart.")
@click.option("--dry-run", is_flag=True, help="Show what would change; store nothing.")
@click.option("--careful", is_flag=True, help="Refuse a file that looks wrong as a whole (what prints as an alarm).")
@click.option("--corrections", is_flag=True, help="Awards that have another holder than before move to that one.")
@click.option("--by", default="local", help="Who uploads, for the history.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.option("--notify", is_flag=True, help="Write to HR at once where it is refused, for scheduled imports.")
@click.pass_obj
def import_command(db: Path, what: tuple[str, ...], as_json: bool, notify: bool, **options: Any) -> None:
    """Import files of one kind, or a folder of files named after their kinds, as one upload."""
    try:
        outcome = _imported(db, what, options)
    except Refused as refused:
        if as_json and isinstance(refused, BadFile):
            click.echo(json.dumps(_as_outcome(refused).as_dict(), ensure_ascii=False, indent=1, default=str))
        if notify:
            _notify(db, what, [str(refused)], options["by"])
        raise
    if notify and outcome.status == "refused":
        _notify(db, what, [str(problem) for problem in outcome.problems], options["by"])
    tell(outcome, as_json)


def _notify(db: Path, what: tuple[str, ...], problems: list[str], by: str) -> None:
    """Write to HR that an import was refused, and say to whom; that no mail could be sent is said as well."""
    names = ", ".join(Path(name).name for name in (what if what[0] not in KINDS else what[1:]))
    try:
        with open_database(db) as store:
            outcome = tell_of_refusal(store, names or what[0], problems, by)
    except Refused as refused:
        click.echo(f"HR was not told: {refused}", err=True)
        return
    for line in (*outcome.in_words(), *outcome.failed):
        click.echo(f"To HR: {line}", err=True)


def _imported(db: Path, what: tuple[str, ...], options: dict[str, Any]) -> Outcome:
    if options["by"] == BY:  # removing the demo company takes whatever has its name
        raise Refused(f"Uploads by {BY!r} are those of the demo company, and go with it. Name whoever uploads.")
    with open_database(db, creates=True) as store, progress_bar(f"Importing {what[0]}") as progress:
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
    return Outcome("refused", questions=questions, problems=[Problem("", None, None, None, as_sentence(str(refused)))])


@click.command("uploads")
@click.option("--json", "as_json", is_flag=True, help="Print the history as JSON.")
@click.pass_obj
def uploads_command(db: Path, as_json: bool) -> None:
    """List every upload, newest first."""
    with open_database(db) as store:
        asking(store).acting_in("uploads")
        history = uploads(store)
    sys.stdout.buffer.write(render(history, "json" if as_json else "csv"))


@click.command("undo")
@click.argument("upload", type=int)
@click.option("--by", default="local", help="Who takes it back, for the history.")
@click.pass_obj
def undo_command(db: Path, upload: int, by: str) -> None:
    """Take one upload back whole."""
    with open_database(db) as store:
        viewer = asking(store, by)
        undo(store, upload, by=viewer.acting_in("uploads"), areas=viewer.areas)
        again, moved = said_again(store, upload), moved_again(store, upload)
    click.echo(f"Upload {upload} is undone. What it brought no longer counts; as known before now it still does.")
    for kind, number in again.items():
        click.echo(
            f"Later uploads say {counted(number, 'row')} of {kind} again: these stay as the later ones say.", err=True
        )
    for award in moved[:SHOWN]:
        later = " and ".join(map(str, award["uploads"]))
        click.echo(
            f"Award {award['award_id'] or 'without id'} stays with {award['now']} and does not go back to "
            f"{award['was']}: upload {later} names {award['now']} too. Undo that as well, or bring the award with the "
            f"holder {award['was']} and --corrections.",
            err=True,
        )
    if len(moved) > SHOWN:
        click.echo(f"So do {len(moved) - SHOWN:,} other awards.", err=True)


@click.command("redo")
@click.argument("upload", type=int)
@click.option("--by", default="local", help="Who puts it back, for the history.")
@click.pass_obj
def redo_command(db: Path, upload: int, by: str) -> None:
    """Let an upload that was undone count again."""
    with open_database(db) as store:
        viewer = asking(store, by)
        redo(store, upload, by=viewer.acting_in("uploads"), areas=viewer.areas)
    click.echo(f"Upload {upload} counts again.")


COMMANDS = (import_command, uploads_command, undo_command, redo_command)
