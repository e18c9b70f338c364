"""The commands that write to people: remind, and mail (test, stop, allow, stopped)."""

import sys
from datetime import date
from pathlib import Path

import click

from skilltrack.access import stopped_mail
from skilltrack.commands.console import Day, open_database, progress_bar, say, stop_if_any
from skilltrack.kept import make_fresh
from skilltrack.mail import MAILS, Mail, Round, as_text, choose_for, due, post_on, run, send_test

KIND = click.argument("kinds", metavar=f"[{'|'.join(MAILS)}]...", nargs=-1)
OF_ROUNDS = tuple(kind for kind in MAILS if kind != "packs")
"""Kinds of mail that `remind` sends; `schedules run` sends the others."""
ACCOUNT = click.argument("account", metavar="EMPLOYEE_ID|EMAIL")


@click.command("remind")
@click.argument("kinds", metavar=f"[{'|'.join(OF_ROUNDS)}]...", nargs=-1, type=click.Choice(OF_ROUNDS))
@click.option("--dry-run", is_flag=True, help="Show the mails that are due; send nothing.")
@click.option("--as-of", type=Day(), help="The day that counts as today (default: today).")
@click.pass_obj
def remind_command(db: Path, kinds: tuple[str, ...], dry_run: bool, as_of: date | None) -> None:
    """Write to those for whom something is due: reminders, digests, the state of the feed; each once.

    KINDS limits it to some of them, such as `remind feed decisions` each hour.
    """
    kinds = kinds or OF_ROUNDS
    with open_database(db) as store, progress_bar("Writing mails") as progress:
        make_fresh(store, say)
        post = post_on(store, as_of)
        if dry_run:
            mails, outcome = due(post, kinds)
            for mail in mails:
                click.echo(shown(mail))
            outcome.sent += mails
            lines = [line.replace(" sent", " would be sent", 1) for line in outcome.in_words()[:1]]
            lines += outcome.in_words()[1:]
        else:
            try:
                outcome = run(post, "local", kinds, progress)
            except click.Abort:
                say("Stopped. What was sent is noted; the next round sends the rest.")
                sys.exit(1)
            lines = outcome.in_words()
    for line in lines:
        click.echo(line)
    stop_if_any(outcome.failed)


@click.group("mail")
def mail_group() -> None:
    """Try whether mail works, and stop or allow mail for somebody."""


@mail_group.command("test")
@ACCOUNT
@click.pass_obj
def test_command(db: Path, account: str) -> None:
    """Send a mail that says only that it has come."""
    with open_database(db) as store:
        outcome = send_test(store, account, "local")
    tell_sent(outcome)


@mail_group.command("stop")
@ACCOUNT
@KIND
@click.pass_obj
def stop_command(db: Path, account: str, kinds: tuple[str, ...]) -> None:
    """Send somebody none of these mails any more (default: none at all)."""
    _choose(db, account, kinds, False)


@mail_group.command("allow")
@ACCOUNT
@KIND
@click.pass_obj
def allow_command(db: Path, account: str, kinds: tuple[str, ...]) -> None:
    """Send somebody these mails again (default: all)."""
    _choose(db, account, kinds, True)


@mail_group.command("stopped")
@click.pass_obj
def stopped_command(db: Path) -> None:
    """List who does not want which mail."""
    with open_database(db) as store:
        for account, kind in sorted(stopped_mail(store)):
            click.echo(f"{account}: {kind}")


def tell_sent(outcome: Round) -> None:
    """Print what was sent; exits with 2 where the server did not take one."""
    for line in outcome.in_words():
        click.echo(line)
    stop_if_any(outcome.failed)


def _choose(db: Path, account: str, kinds: tuple[str, ...], is_wanted: bool) -> None:
    with open_database(db) as store:
        changed = choose_for(store, account, kinds, is_wanted, "local")
    what = ", ".join(changed) or "nothing new"
    click.echo(f"{account} {'gets again' if is_wanted else 'gets no longer'}: {what}.")


def shown(mail: Mail) -> str:
    """A mail as it would be sent, for a look at it."""
    files = "".join(f"File: {file.name}\n" for file in mail.files)
    return f"To: {mail.address}\nSubject: {mail.letter.subject}\n{files}\n{as_text(mail.letter)}{'=' * 72}"


COMMANDS = (remind_command, mail_group)
