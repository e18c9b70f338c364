"""The command that writes what other engines read: publish."""

from pathlib import Path

import click

from skilltrack.commands.console import asking, here, open_database, progress_bar


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


COMMANDS = (publish_command,)
