"""The command that says what is wrong with an installation, and what to do: doctor."""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import click

from skilltrack.access import sign_in
from skilltrack.backups import of_backups
from skilltrack.commands import beside
from skilltrack.commands.console import open_database
from skilltrack.config import backup_rules, environment, mail_rules, mail_server
from skilltrack.errors import Refused
from skilltrack.fetching import fetch_rules
from skilltrack.keeping import Finding, advice, newest_of
from skilltrack.kinds import KINDS
from skilltrack.storage import Address, Store
from skilltrack.storage import beside as beside_of
from skilltrack.text import counted

NEED_MAIL = {"server": "SKILLTRACK_SMTP_HOST", "at": "SKILLTRACK_REMIND_AT"}
"""The settings that say that mail is to work; a feed alone may be for chat rooms."""


@click.command("doctor")
@click.option(
    "--offline",
    is_flag=True,
    help="Ask no other machine: not the provider, the mail server, the bucket of backups or our own address.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what is found as JSON.")
@click.pass_obj
def doctor_command(db: Path | Address, offline: bool, as_json: bool) -> None:
    """Say what is wrong with this installation and what to do, the worst first; exit 2 where anything is wrong."""
    findings, facts = examined(db, offline)
    findings.sort(key=lambda finding: not finding.is_wrong)
    wrong = sum(finding.is_wrong for finding in findings)
    if as_json:
        click.echo(json.dumps({"facts": facts, "findings": [asdict(each) for each in findings]}, indent=1))
    else:
        for finding in findings:
            click.echo(f"{'WRONG ' if finding.is_wrong else 'advice'}  {finding.about}: {finding.message}")
        app = "The app runs, and this is how it sees itself." if beside.current() else "No app runs on this database."
        click.echo(f"{facts}." if isinstance(db, Address) else f"{facts}. {app}")
        click.echo(f"{wrong or 'Nothing'} wrong, {counted(len(findings) - wrong, 'piece')} of advice.")
    if wrong:
        sys.exit(2)


def examined(db: Path | Address, offline: bool) -> tuple[list[Finding], str]:
    """Everything that is found, and what runs here."""
    from skilltrack.keeping import installation  # takes a while to load, and no other command needs it

    findings, facts, is_lake, newest = [], installation.facts(None), isinstance(db, Address), None
    path = beside_of(Path(str(db)))
    if not path.parent.is_dir():
        findings.append(Finding("database", f"The folder {path.parent} does not exist. Make it, or mount it."))
    else:
        try:
            with open_database(db) as store:
                findings += [*installation.of_database(store), *of_feed(store)]
                facts, newest = installation.facts(store), newest_of(store)["away_path"]
        except Refused as refused:
            findings.append(Finding("database", str(refused)))
        findings += [*installation.of_machine(path, is_lake=is_lake), *installation.of_secrets(path)]
    with suppress(Refused):  # of settings, told below
        findings += of_backups(backup_rules(), path, newest, offline=offline)
    others = (lambda: mail_rules(KINDS), fetch_rules)
    findings += [*installation.of_settings(*others), *_of_what_is_sent(offline)]
    findings += [*([] if offline else _of_others()), *installation.of_versions()]
    return findings, facts


def _of_what_is_sent(offline: bool) -> Iterator[Finding]:
    """Settings that do nothing without others, and a mail server that cannot be used; wrong ones are told already."""
    with suppress(Refused):
        rules = fetch_rules()
        if rules.at and not rules.hosts:
            yield advice("settings", "SKILLTRACK_FETCH_AT does nothing without SKILLTRACK_FETCH_HOSTS.")
    with suppress(Refused):
        feed = mail_rules(KINDS)
        if feed.feed and feed.at is None:
            message = "SKILLTRACK_FEED is set without SKILLTRACK_REMIND_AT: the app tells nobody that a file is late."
            yield advice("settings", f"{message} Set a time of day, or have cron run `remind` each hour.")
        if environment(NEED_MAIL if offline else NEED_MAIL | {"feed": "SKILLTRACK_FEED"}):
            yield from of_mail(offline=offline)


def _of_others() -> Iterator[Finding]:
    from skilltrack.keeping import reachable  # what asks other machines takes a while to load

    try:
        rules = sign_in()
    except Refused:  # told already
        return
    if rules:
        yield from reachable.of_providers(rules)
        yield from reachable.of_proxy(rules)


def of_feed(store: Store) -> Iterator[Finding]:
    """A feed that is watched while nobody of HR would hear that it is late or refused."""
    from skilltrack.mail import nobody_hears  # takes a while to load

    try:
        rules = mail_rules(KINDS)
    except Refused:  # `of_mail` says why
        return
    more = " Only chat rooms hear of it." if rules.chat else ""
    for sentence in nobody_hears(store) if rules.feed else ():
        yield Finding("mail", f"{sentence}{more}", is_wrong=not rules.chat)


def of_mail(*, offline: bool = False) -> Iterator[Finding]:
    """Looks at the settings of the mail server and, unless `offline`, signs in there; sends nothing."""
    from skilltrack.mail import connected, sends_by_itself

    try:
        sends_by_itself()
        server = mail_server()
        if not offline:
            with connected(server):
                pass
    except Refused as refused:
        yield Finding("mail", str(refused))


COMMANDS = (doctor_command,)
