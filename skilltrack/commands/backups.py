"""The commands about backups off the machine: backups key, make, list, drill, bring."""

from pathlib import Path

import click

from skilltrack.backups import (
    Backup,
    backups_among,
    bring,
    company_on,
    drill,
    kept_by,
    make,
    make_key,
    own_name,
    shelf_at,
)
from skilltrack.commands.console import Place, open_database, say
from skilltrack.config import backup_rules, environment
from skilltrack.storage import Address


def _named_after(db: Path | Address) -> Path:
    """What the backups of a database are named after: its file, or what lies beside its lake."""
    return db.beside if isinstance(db, Address) else db


@click.group("backups")
def backups_group() -> None:
    """Make backups off the machine, and prove that a company comes back from them."""


@backups_group.command("key")
@click.argument("file", type=Place())
def key_command(file: Path) -> None:
    """Write a new key for backups to FILE; keep a copy where the machine's loss does not take it."""
    public = make_key(file)
    click.echo(
        f"The key is in {file} (public part {public}). Set SKILLTRACK_BACKUP_KEY to it, and keep a copy elsewhere."
    )


@backups_group.command("make")
@click.pass_obj
def make_command(db: Path | Address) -> None:
    """Make a backup where SKILLTRACK_BACKUP_TO says, read it back, and remove those that the rule no longer keeps."""
    rules = backup_rules()
    shelf = shelf_at(rules.place, db)
    with open_database(db) as store:
        made = make(store, shelf, rules, say, by="local")
    click.echo(
        f"{made.name} is in {rules.place} ({made.byte_count:,} bytes); it was read back and is what was written."
    )


@backups_group.command("list")
@click.pass_obj
def list_command(db: Path | Address) -> None:
    """List the backups of this database, the newest first, and what keeps each."""
    rules = backup_rules()
    own = _named_after(db)
    backups: list[Backup] = backups_among(shelf_at(rules.place, db).names(), own_name(own))
    kept = kept_by(rules.keep, backups)
    click.echo("made_at,name,sealed,kept_by")
    for backup in backups:
        why = " ".join(kept.get(backup.name, [])) or ("newest" if backup.name in kept else "nothing")
        is_sealed = "yes" if backup.is_sealed else "no"
        click.echo(f"{backup.made_at.isoformat()}Z,{backup.name},{is_sealed},{why if rules.keep else 'no rule'}")


@backups_group.command("drill")
@click.argument("name", default="")
@click.pass_obj
def drill_command(db: Path | Address, name: str) -> None:
    """Bring a backup (the newest) back in a folder of its own, and prove that it is what it was."""
    rules = backup_rules()
    database = _named_after(db)
    shelf, is_there = shelf_at(rules.place, db), isinstance(db, Address) or database.exists()
    own = own_name(database) if is_there else company_on(shelf, database.stem, name)  # a drill needs no database
    beside = None if environment({"folder": "TMPDIR"}) else database  # where somebody says that there is room
    for line in drill(shelf, rules, own, name, say, beside):
        click.echo(line)


@backups_group.command("bring")
@click.argument("name", default="")
@click.option("--of", "stem", default="", help="What the backups are called, where the database had another name.")
@click.pass_obj
def bring_command(db: Path | Address, name: str, stem: str) -> None:
    """Put a backup (the newest) where no database is, such as on a new machine, once it is proved."""
    rules = backup_rules()
    backup = bring(db, shelf_at(rules.place, db), rules, name, stem, say)
    click.echo(f"{db} is brought back from {backup.name}, of {backup.made_at.isoformat()}Z.")


COMMANDS = (backups_group,)
