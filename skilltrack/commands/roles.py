"""Commands about who may see what: roles in force, giving and taking them. The operator can do both."""

import sys
from datetime import date
from pathlib import Path

import click

from skilltrack.access import GRANTS, roles_in_force
from skilltrack.access import give as give_role
from skilltrack.access import take as take_role
from skilltrack.commands.console import Day, asking, open_database
from skilltrack.reports import render

ACCOUNT = click.argument("account", metavar="EMPLOYEE_ID|EMAIL")
ROLE = click.argument("role", metavar="|".join(GRANTS))
OF = click.option("--of", "of_manager", default="", help="Whom a delegate stands in for (employee_id of a manager).")


@click.command("roles")
@click.pass_obj
def roles_command(db: Path) -> None:
    """List every role that was given and not taken back."""
    with open_database(db) as store:
        asking(store).acting_in("roles")
        in_force = roles_in_force(store)
    sys.stdout.buffer.write(render(in_force, "csv"))


@click.command("give")
@ACCOUNT
@ROLE
@OF
@click.option("--from", "first", type=Day(), help="First day (default: at once).")
@click.option("--to", "last", type=Day(), help="Last day (default: until it is taken back).")
@click.pass_obj
def give_command(db: Path, account: str, role: str, of_manager: str, first: date | None, last: date | None) -> None:
    """Give a role to an employee, or to somebody known by e-mail address only."""
    with open_database(db, creates=True) as store:
        give_role(store, asking(store), account, role, of_manager, first, last)
    click.echo(f"{account} has the role {role}{f' for {of_manager}' if of_manager else ''}.")


@click.command("take")
@ACCOUNT
@ROLE
@OF
@click.pass_obj
def take_command(db: Path, account: str, role: str, of_manager: str) -> None:
    """Take a role back."""
    with open_database(db) as store:
        take_role(store, asking(store), account, role, of_manager)
    click.echo(f"{account} does not have the role {role}{f' for {of_manager}' if of_manager else ''} any more.")


COMMANDS = (roles_command, give_command, take_command)
