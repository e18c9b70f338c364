"""The commands about tokens, by which programs ask and act over HTTP: token make, token list, token end."""

import sys
from datetime import date, timedelta
from pathlib import Path

import click

from skilltrack.access import LONGEST, SCOPES, USUAL, end_token, make_token, tokens_in_force
from skilltrack.commands.console import Day, asking, open_database, say
from skilltrack.config import today
from skilltrack.reports import render

OPENS = "; ".join(f"{scope} {does}" for scope, (_, does) in SCOPES.items())


@click.group("token")
def token_group() -> None:
    """Make, list and end the tokens by which programs use the HTTP API as an account."""


@token_group.command("make")
@click.argument("account", metavar="EMPLOYEE_ID|EMAIL")
@click.option("--scope", "scopes", multiple=True, metavar="|".join(SCOPES), help=f"What it opens, repeatable: {OPENS}.")
@click.option("--for", "label", default="", help="What it is for, such as 'nightly feed'.")
@click.option("--to", "last", type=Day(), help=f"Last day (default: in {USUAL} days; at most {LONGEST} ahead).")
@click.pass_obj
def make_command(db: Path, account: str, scopes: tuple[str, ...], label: str, last: date | None) -> None:
    """Make a token and print it: only its hash is stored, so it is never shown again."""
    with open_database(db) as store:
        token = make_token(store, asking(store), account, list(scopes), label, last)
    click.echo(token)
    say(
        f"This is shown once. The token stands for {account}, opens {' and '.join(sorted(set(scopes)))}, and is valid "
        f"until {last or today() + timedelta(days=USUAL)}. `token end {token.split('_')[1]}` ends it before."
    )


@token_group.command("list")
@click.option("--own", is_flag=True, help="Only those of the account that asks (--viewer).")
@click.option("--format", "form", default="csv", help="csv or json.")
@click.pass_obj
def list_command(db: Path, own: bool, form: str) -> None:
    """List every token that was made and not ended: those that open nothing any more, then those that end first."""
    with open_database(db) as store:
        listed = tokens_in_force(store, asking(store), is_own=own)
    sys.stdout.buffer.write(render(listed, form))


@token_group.command("end")
@click.argument("token_id", metavar="TOKEN_ID")
@click.pass_obj
def end_command(db: Path, token_id: str) -> None:
    """End a token, named by its id (the middle part): the next request with it is refused."""
    with open_database(db) as store:
        end_token(store, asking(store), token_id)
    click.echo(f"The token {token_id} is ended.")


COMMANDS = (token_group,)
