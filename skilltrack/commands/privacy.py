"""The commands about who did what, and about what is held on a person."""

import sys
from datetime import date
from pathlib import Path

import click

from skilltrack.access import EVENTS
from skilltrack.access import trail as audit
from skilltrack.commands.console import Day, Place, asking, opened, say
from skilltrack.config import retention
from skilltrack.days import in_order
from skilltrack.errors import Refused
from skilltrack.ingest import Named
from skilltrack.keeping import erasure, privacy, refuse_own_file
from skilltrack.reports import render
from skilltrack.storage import Store


@click.group("audit")
def audit_group() -> None:
    """Read the audit log, and check that nobody changed it."""


@audit_group.command()
@click.pass_obj
def verify(db: Path) -> None:
    """Hold the log against itself, its anchor and the database; exit 2 where something was changed."""
    with opened(db, may_be_behind=True) as store:
        asking(store).acting_in("audit")
        result = audit.verify(store)
    for line in (*result.faults, *result.notices):
        click.echo(line, err=True)
    if result.faults:
        sys.exit(2)
    click.echo(
        f"{result.count:,} entries, unbroken; head {result.head}, anchored {result.anchored_at or 'never'} (UTC)."
    )


@audit_group.command("list")
@click.option("--who", help="Only what this account did: an employee_id, or the name of an account of ours.")
@click.option("--about", help="Only what was done about this employee_id.")
@click.option("--event", type=click.Choice(list(EVENTS)), help="Only this kind of event.")
@click.option("--from", "first", type=Day(), help="First day.")
@click.option("--to", "last", type=Day(), help="Last day.")
@click.option("--format", "form", default="csv", help="csv or json.")
@click.pass_obj
def list_entries(db: Path, form: str, first: date | None, last: date | None, **asked: object) -> None:
    """List entries, newest first."""
    in_order(first, last)
    asked |= {"first": first, "last": last}
    with opened(db) as store:
        audit.note(store, asking(store).acting_in("audit"), "read_audit")
        entries = audit.entries(store, {name: str(value) for name, value in asked.items() if value})
    sys.stdout.buffer.write(render(entries, form))


@audit_group.command()
@click.pass_obj
def head(db: Path) -> None:
    """Print number and hash of the newest entry, to be kept where nobody can change them."""
    with opened(db) as store:
        asking(store).acting_in("audit")
        result = audit.verify(store)
    click.echo(f"{result.count} {result.head}")


@click.command("held")
@click.argument("employee_id")
@click.option("--output", type=Place(), help="File to write (default: standard output).")
@click.pass_obj
def held_command(db: Path, employee_id: str, output: Path | None) -> None:
    """Write all that is held on a person, as JSON."""
    refuse_own_file(db, output)
    with opened(db) as store:
        who = asking(store).acting_in("privacy")
        held = privacy.stored_about(store, employee_id)
        audit.note(store, who, "exported", employee_id, report="held")
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
    with opened(db) as store:
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
    with opened(db) as store:
        by = asking(store, by).acting_in("privacy")
        people, places = privacy.due(store)
        for employee_id in sorted(people.ids):
            click.echo(f"{employee_id} left more than {kept['left']} months ago.")
        if not people.ids and not places:
            click.echo("Nothing is past its time.")
            return
        _erase(store, by, people, erasure.places_of(store, people, places), not dry_run)


def _erase(store: Store, by: str, people: Named, places: dict[str, erasure.Places], is_meant: bool) -> None:
    """Show what would go, or erase and say what was not within reach."""
    rows = erasure.going(store, people, places)
    for line in erasure.in_words(rows):
        click.echo(line)
    if not is_meant:
        click.echo("Nothing was erased. Say --yes, or leave out --dry-run, to erase it for good.")
        return
    erasure.erase(store, by, people, places, say)
    remains = erasure.search(store, people)
    for line in remains.kept:
        click.echo(line)
    for line in remains.left:
        click.echo(line, err=True)
    if remains.left:
        sys.exit(2)
    click.echo(remains.done)


COMMANDS = (audit_group, held_command, erase_command, retain_command)
