"""The commands about what is held on people, and how long: held, erase, retain."""

import sys
from collections.abc import Collection
from pathlib import Path

import click

from skilltrack.access import trail as audit
from skilltrack.commands.console import Place, asking, open_database, say, stop_if_any
from skilltrack.config import retention
from skilltrack.errors import Refused
from skilltrack.ingest import Named
from skilltrack.keeping import erasure, privacy, refuse_own_file
from skilltrack.storage import Address, Store


@click.command("held")
@click.argument("employee_id")
@click.option("--output", type=Place(), help="File to write (default: standard output).")
@click.pass_obj
def held_command(db: Path | Address, employee_id: str, output: Path | None) -> None:
    """Write all that is held on a person, as JSON."""
    refuse_own_file(db, output)
    with open_database(db) as store:
        who = asking(store).acting_in("privacy")
        held = privacy.stored_about(store, employee_id)
        audit.note(store.journal.audit, who, "exported", employee_id, report="held")
    if output is None:
        sys.stdout.buffer.write(privacy.as_json(held))
        return
    try:
        output.write_bytes(privacy.as_json(held))
    except OSError as error:
        raise Refused(f"{output} cannot be written: {error.strerror}. Choose another --output.") from error


@click.command("erase")
@click.argument("employee_id")
@click.option("--by", required=True, help="Who erases, for the history.")
@click.option("--yes", is_flag=True, help="Erase; without it what would go is shown.")
@click.pass_obj
def erase_command(db: Path, employee_id: str, by: str, yes: bool) -> None:
    """Erase a person from the database and the kept files, for good."""
    with open_database(db) as store:
        by = asking(store, by).acting_in("privacy")
        people = erasure.named(store, [employee_id])
        _erase(store, by, people, erasure.places_of(store, people), yes)


@click.command("retain")
@click.option("--dry-run", is_flag=True, help="Show what would go; erase nothing.")
@click.option("--by", default="local", help="Who erases, for the history.")
@click.pass_obj
def retain_command(db: Path, dry_run: bool, by: str) -> None:
    """Erase what is past the months that SKILLTRACK_RETENTION keeps it."""
    kept = retention(privacy.retained())
    if not kept:
        click.echo("SKILLTRACK_RETENTION is not set: everything is kept. Set it to 'left 24, badges 60', for instance.")
        return
    with open_database(db) as store:
        by = asking(store, by).acting_in("privacy")
        people, places, proposals = privacy.due(store)
        for employee_id in sorted(people.ids):
            click.echo(f"{employee_id} left more than {kept['left']} months ago.")
        if not people.ids and not places and not proposals:
            click.echo("Nothing is past its time.")
            return
        _erase(store, by, people, erasure.places_of(store, people, places), not dry_run, proposals)


def _erase(
    store: Store,
    by: str,
    people: Named,
    places: dict[str, erasure.Places],
    is_meant: bool,
    proposals: Collection[int] = (),
) -> None:
    """Show what would go, or erase and say what was not within reach."""
    for line in erasure.in_words(erasure.going(store, people, places, proposals)):
        click.echo(line)
    if not is_meant:
        click.echo("Nothing was erased. Say --yes, or leave out --dry-run, to erase it for good.")
        return
    click.echo(erasure.receipt(erasure.erase(store, by, people, places, say, proposals)))
    remains = erasure.search(store, people)
    for line in remains.kept:
        click.echo(line)
    stop_if_any(remains.left)
    click.echo(remains.done)


COMMANDS = (held_command, erase_command, retain_command)
