"""The commands about lakes: what other engines read (publish), and a company in a lake of its own (move, lake)."""

from contextlib import closing
from pathlib import Path

import click

from skilltrack.commands.console import DatabaseName, asking, here, open_database, progress_bar, say, stop_if_any
from skilltrack.errors import Refused
from skilltrack.keeping import move
from skilltrack.storage import Address, open_lake


@click.command("publish")
@click.option("--to", "place", required=True, metavar="DIR|s3://BUCKET/PREFIX", help="Where the files go.")
@click.pass_obj
def publish_command(db: Path, place: str) -> None:
    """Write every relation as Parquet for Spark and other engines (docs/lake.md), in the place of those of before."""
    from skilltrack.lake import RELATIONS, publish  # what writes Parquet takes a while to load

    whole = place if "://" in place or not place.strip() else str(here(place))
    with open_database(db) as store, progress_bar("Publishing", length=3 * len(RELATIONS)) as progress:
        done = publish(store, asking(store), whole, progress)
    rows = sum(relation.rows for relation in done.manifest.relations.values())
    click.echo(
        f"{len(done.manifest.relations)} relations with {rows:,} rows are in {whole}, "
        f"as of {done.manifest.computed_at}Z; {len(done.removed)} files of before are gone."
    )


@click.command("move")
@click.argument("origin", metavar="FROM", type=DatabaseName())
@click.argument("target", metavar="TO", type=DatabaseName())
def move_command(origin: Path | Address, target: Path | Address) -> None:
    """Copy a whole company, history included, from a file to a lake or back, and prove that all of it arrived."""
    totals = move(origin, target, say)
    rows = sum(int(number) for name, number in totals.items() if name.startswith("rows of "))
    click.echo(f"{target} holds what {origin} does: {rows:,} rows and every kept file, each compared.")
    click.echo(f"From here on store everything in {target}; {origin} stays as it is, and falls behind.")


@click.group("lake")
def lake_group() -> None:
    """Look after the lake that holds a company."""


@lake_group.command("maintain")
@click.pass_obj
def maintain_command(db: Path | Address) -> None:
    """Merge small files, forget states that nobody reads any more, and remove their files (each night)."""
    if not isinstance(db, Address):
        raise Refused(f"{db} is a file, and looks after itself. Name a lake with --db.")
    with open_database(db) as store:
        store.maintain(say)


@lake_group.command("tables")
@click.pass_obj
def tables_command(db: Path | Address) -> None:
    """Look at every table of your own that a file names (?tables=FILE.toml), and say what it is enough for."""
    if not (isinstance(db, Address) and db.own):
        raise Refused(
            f"{db} names no tables of your own. Write --db 'sc://HOST:PORT/?tables=FILE.toml' (docs/lake.md)."
        )
    from skilltrack.lake import described, lacking_by_report

    with closing(open_lake(db)) as lake:
        if own := lake.own:
            for line in described(own.tables, lake.given, own.not_used):
                click.echo(line)
        lacking, faults = lacking_by_report(lake.given), lake.faults()
    click.echo(f"Answered: {', '.join(name for name in lacking if not lacking[name]) or 'no report'}.")
    for name in filter(lacking.get, lacking):
        click.echo(f"Not answered: {name}, which needs {', '.join(lacking[name])}.")
    stop_if_any(faults)


OF_THE_OPERATOR = (move_command, lake_group)
COMMANDS = (publish_command, *OF_THE_OPERATOR)
