"""The commands about scheduled reports: schedules list, add, pause, resume, end, run."""

import sys
from pathlib import Path
from typing import Any

import click

from skilltrack.commands.console import asking, open_database, progress_bar, say
from skilltrack.commands.mails import shown, tell_sent
from skilltrack.commands.reports import asked_about
from skilltrack.kept import make_fresh
from skilltrack.mail import (
    EVERY,
    OUTCOMES,
    Round,
    change,
    day_number,
    due_reports,
    listed,
    post_on,
    schedule,
    send_scheduled,
)
from skilltrack.questions import OPTIONS, filters_of, refuse_unasked
from skilltrack.reports import render
from skilltrack.text import counted

SAVED = ("assurance", "manager", "team", "employee")
"""The options of a report that a schedule keeps; each time it is about its own day."""


@click.group("schedules")
def schedules_group() -> None:
    """Have reports sent by mail each week or month, and send those that are due."""


@schedules_group.command("list")
@click.option("--format", "form", default="csv", help="csv or json.")
@click.pass_obj
def list_command(db: Path, form: str) -> None:
    """List every scheduled report: to whom, when, when next, and what came of it the last time."""
    with open_database(db) as store:
        rows = listed(store, asking(store))
    sys.stdout.buffer.write(render(rows, form))


@schedules_group.command("add")
@click.argument("name", metavar="REPORT")
@asked_about([option for option in OPTIONS if option.name in SAVED])
@click.option("--suppress", is_flag=True, help="Hide small numbers, as the board pack always does.")
@click.option("--format", "form", default="pdf", help="csv, json, xlsx, parquet or pdf (default).")
@click.option("--to", "to", multiple=True, required=True, help="Who gets it, repeatable (employee_id or address).")
@click.option("--every", type=click.Choice(EVERY), default="week", help="week (default) or month.")
@click.option("--on", "on_day", default="1", help="The weekday (monday) or the day of the month (1).")
@click.option("--at", "at_hour", type=click.IntRange(0, 23), default=6, help="The hour, UTC (default: 6).")
@click.pass_obj
def add_command(
    db: Path,
    name: str,
    suppress: bool,
    form: str,
    to: tuple[str, ...],
    every: str,
    on_day: str,
    at_hour: int,
    **asked: Any,
) -> None:
    """Have a report or pack sent: each reader gets what they may see."""
    from skilltrack.reports import exports  # the writers take a while to load

    filters = filters_of(asked)
    refuse_unasked(name, filters)
    order = exports.Order(name, form, filters, suppress)
    with open_database(db) as store:
        make_fresh(store, say)
        made = schedule(store, asking(store), order, to, every, day_number(on_day, every), at_hour)
    click.echo(f"Schedule {made} is made. `schedules end {made}` ends it.")


SCHEDULE = click.argument("schedule_id", metavar="SCHEDULE")


@schedules_group.command("pause")
@SCHEDULE
@click.pass_obj
def pause_command(db: Path, schedule_id: str) -> None:
    """Send nothing until it is resumed; what would have been due meanwhile is not made up for."""
    _change(db, schedule_id, "paused")


@schedules_group.command("resume")
@SCHEDULE
@click.pass_obj
def resume_command(db: Path, schedule_id: str) -> None:
    """Send again from the next time on."""
    _change(db, schedule_id, "resumed")


@schedules_group.command("end")
@SCHEDULE
@click.pass_obj
def end_command(db: Path, schedule_id: str) -> None:
    """Send nothing any more."""
    _change(db, schedule_id, "ended")


def _change(db: Path, schedule_id: str, step: str) -> None:
    with open_database(db) as store:
        change(store, asking(store), schedule_id, step)
    click.echo(f"The schedule {schedule_id} is {step}.")


@schedules_group.command("run")
@click.option("--dry-run", is_flag=True, help="Show the mails that are due; send nothing.")
@click.pass_obj
def run_command(db: Path, dry_run: bool) -> None:
    """Send the scheduled reports that are due, each once; for cron, where the app does not send by itself."""
    with open_database(db) as store, progress_bar("Writing mails") as progress:
        make_fresh(store, say)
        asking(store).acting_in("schedules")
        post = post_on(store)
        if dry_run:
            outcome = Round()
            for due in due_reports(post):
                if due.mail:
                    click.echo(shown(due.mail))
                    outcome.sent.append(due.mail)
                elif due.code != "sent":
                    outcome.skip(due.reader, f"schedule {due.schedule.schedule_id}, {OUTCOMES[due.code]}")
            lines = [f"{counted(len(outcome.sent), 'mail')} would be sent.", *outcome.in_words()[1:]]
            for line in lines:
                click.echo(line)
            return
        outcome = send_scheduled(post, progress)
    tell_sent(outcome)


COMMANDS = (schedules_group,)
