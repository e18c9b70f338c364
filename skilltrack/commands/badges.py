"""The command about badges that are stored: badges refresh."""

from pathlib import Path

import click

from skilltrack.commands.console import open_database, progress_bar, say
from skilltrack.fetching import fetch_rules, refresh_badges
from skilltrack.ingest import Options
from skilltrack.text import counted

SHOWN = 20
"""Addresses and problems that are named one by one."""


@click.group("badges")
def badges_group() -> None:
    """Check stored badges again."""


@badges_group.command("refresh")
@click.option("--by", default="local", help="Who does it, for the history.")
@click.pass_obj
def refresh_command(db: Path, by: str) -> None:
    """Look up what badges name at the hosts of SKILLTRACK_FETCH_HOSTS, and store what is new as one upload."""
    rules = fetch_rules()
    with open_database(db) as store, progress_bar("Checking") as progress:
        again = refresh_badges(store, rules, Options(by=by, progress=progress))
    if not rules.hosts:
        say("SKILLTRACK_FETCH_HOSTS names no host, so nothing was looked up: keys that were listed since are tried.")
    _name("not fetched", [f"{address}: {reason}" for address, reason in sorted(again.not_fetched.items())])
    _name("not checked again", [str(problem) for problem in again.problems])
    click.echo(f"Checked again: {counted(again.badges, 'badge')}.")
    if again.upload_id is None:
        click.echo("Nothing is new.")
        return
    news = {
        "revoked": again.revoked,
        "suspended": again.suspended,
        "no longer confirmed": again.failed,
        "confirmed, or not revoked": again.decided,
    }
    listed = ", ".join(f"{number} {what}" for what, number in news.items() if number)
    click.echo(f"Upload {again.upload_id}: {listed}. `undo {again.upload_id}` takes it back.")


def _name(what: str, lines: list[str]) -> None:
    for line in lines[:SHOWN]:
        say(f"{what}: {line}")
    if len(lines) > SHOWN:
        say(f"{what}: and {len(lines) - SHOWN:,} more")


COMMANDS = (badges_group,)
