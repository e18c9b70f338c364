"""The commands that keep a company whole: backup, restore, rebuild, repair, check."""

from pathlib import Path

import click

from skilltrack.commands import beside
from skilltrack.commands.console import Place, left_alone, open_database, say, stop_if_any
from skilltrack.errors import BadStore
from skilltrack.keeping import backup, check, check_file, rebuild, repair, restore
from skilltrack.storage import Address, without_way_out


@click.command("backup")
@click.argument("file", type=Place())
@click.pass_obj
def backup_command(db: Path, file: Path) -> None:
    """Copy the live database to a file and verify the copy."""
    with open_database(db) as store:
        backup(store, file, by="local")
    click.echo(f"The backup is in {file}; it was opened and every upload in it is whole.")


@click.command("restore")
@click.argument("file", type=Place())
@click.option("--yes", is_flag=True, help="Give up what was accepted and can be brought back by nothing.")
@click.pass_obj
def restore_command(db: Path | Address, file: Path, yes: bool) -> None:
    """Put a backup in the place of the database, and bring back what the journal knows since."""
    with left_alone(db):
        restore(db, file, say, yes)
    click.echo(f"{db} is restored from {file}.")


@click.command("rebuild")
@click.option("--yes", is_flag=True, help="Rebuild also when rows or rights would be others than now.")
@click.pass_obj
def rebuild_command(db: Path | Address, yes: bool) -> None:
    """Build the database anew from the files it was made of; the one that is there is set aside."""
    with left_alone(db):
        count = rebuild(db, say, yes)
    click.echo(f"{db} is built anew from {count} uploads.")


@click.command("repair")
@click.option("--yes", is_flag=True, help="Give up what was accepted and can be brought back by nothing.")
@click.pass_obj
def repair_command(db: Path | Address, yes: bool) -> None:
    """Write a journal that is missing or damaged again from the database."""
    with left_alone(db):
        faults = repair(db, say, yes)
    stop_if_any(faults)
    click.echo(f"{db} and its journal are whole.")


@click.command("check")
@click.pass_obj
def check_command(db: Path | Address) -> None:
    """Check that what is stored is what landed, and that every number follows from it."""
    stop_if_any(_faults(db))
    click.echo(f"{db} is whole: every row is what landed, and every kept number follows from the rows.")


def _faults(db: Path | Address) -> list[str]:
    """What is wrong; beside an app its open database is checked, and let go of only where it must be brought back."""
    if isinstance(db, Path) and not beside.current():
        return check_file(db, say)
    try:
        with open_database(db, may_be_behind=True) as store:
            return check(store, say)
    except BadStore as error:
        if isinstance(db, Address):
            raise
        fault = without_way_out(str(error))
    with left_alone(db):
        return list(dict.fromkeys([fault, *check_file(db, say)]))


COMMANDS = (backup_command, restore_command, rebuild_command, repair_command, check_command)
