"""The commands about who did what: audit verify, audit list, audit head."""

import sys
from datetime import date
from pathlib import Path

import click

from skilltrack.access import EVENTS
from skilltrack.access import trail as audit
from skilltrack.commands.console import Day, asking, open_database
from skilltrack.days import in_order
from skilltrack.reports import render


@click.group("audit")
def audit_group() -> None:
    """Read the audit log, and check that nobody changed it."""


@audit_group.command("verify")
@click.pass_obj
def verify_command(db: Path) -> None:
    """Hold the log against itself, its anchor and the database; exit 2 where something was changed."""
    with open_database(db, may_be_behind=True) as store:
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
def list_command(db: Path, form: str, first: date | None, last: date | None, **asked: object) -> None:
    """List entries, newest first."""
    in_order(first, last)
    asked |= {"first": first, "last": last}
    with open_database(db) as store:
        audit.note(store.journal.audit, asking(store).acting_in("audit"), "read_audit")
        entries = audit.entries(store, {name: str(value) for name, value in asked.items() if value})
    sys.stdout.buffer.write(render(entries, form))


@audit_group.command("head")
@click.pass_obj
def head_command(db: Path) -> None:
    """Print number and hash of the newest entry, to be kept where nobody can change them."""
    with open_database(db) as store:
        asking(store).acting_in("audit")
        result = audit.verify(store)
    click.echo(f"{result.count} {result.head}")


COMMANDS = (audit_group,)
