"""What the commands share: kinds of arguments, opening the database, progress, and telling how an import ended."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from skilltrack.access import Viewer, viewer_called
from skilltrack.commands import beside
from skilltrack.config import settings
from skilltrack.days import day_of, moment_of
from skilltrack.errors import BadQuestion, Refused
from skilltrack.ingest import (
    KINDS,
    KINDS_OF_LEVELS,
    Outcome,
    in_words,
    kind_of_name,
    mapped,
    open_file,
    recognised_kinds,
    refuse_others,
)
from skilltrack.keeping import absent_parts, open_at, open_store, remove_parts
from skilltrack.kept import make_fresh
from skilltrack.storage import Address, Store, address_of, alone_at
from skilltrack.text import counted, readable


class Day(click.ParamType):
    """A calendar date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """ISO text to a date that can be asked about."""
        try:
            return value if isinstance(value, date) else day_of(value)
        except BadQuestion as refused:
            self.fail(str(refused), param, ctx)


class Place(click.ParamType):
    """A file or folder, named from where the command was run; whether it is there is looked at by who uses it."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Text to a whole path, the same whichever process reads it."""
        return here(value)


class DatabaseName(Place):
    """A database: a file, or the address of a lake."""

    name = "path|url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Text to a whole path, or to an address; raises `BadStore` for an address that cannot be."""
        if isinstance(value, Address):
            return value
        return address_of(str(value)) or super().convert(value, param, ctx)


def here(path: str | Path) -> Path:
    """A path from where the command was run."""
    request = beside.current()
    return request.place(path) if request else Path.cwd() / path


class Moment(click.ParamType):
    """A point in time, UTC unless it says otherwise; a date alone means the end of that day."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """ISO text to a naive UTC datetime."""
        try:
            return value if isinstance(value, datetime) else moment_of(value)
        except BadQuestion as refused:
            self.fail(str(refused), param, ctx)


@contextmanager
def open_database(db: Path | Address, *, creates: bool = False, may_be_behind: bool = False) -> Iterator[Store]:
    """The database, open; what had to be done about it is said.

    A new one is made only where `creates` says so, and stays only when something was stored in it. Where the app does
    this for a command beside it, the database is the app's, and stays open.
    """
    if request := beside.current():
        yield request.store
        return
    if isinstance(db, Address):
        with closing(open_at(db, say, creates=creates, may_be_behind=may_be_behind)) as store:
            yield store
        return
    if creates:
        make_folder(db)
    absent = [] if db.exists() else absent_parts(db)
    store = open_store(db, say, creates=creates, may_be_behind=may_be_behind)
    try:
        yield store
    finally:
        with alone_at(db) if absent else nullcontext():
            is_empty = bool(absent) and not store.holds_anything()
            store.close()
            if is_empty:
                remove_parts(absent)


def make_folder(db: Path) -> None:
    """Make the folder of a database that nobody named; one that was named is where somebody says that it is."""
    if db in (settings().database, settings().demo_database):
        db.parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def left_alone(db: Path | Address) -> Iterator[None]:
    """The database file, for a command that replaces it: the app that does this for the command lets go of it."""
    request = beside.current()
    if request is None:
        yield
        return
    with request.store.let_go():
        yield
    make_fresh(request.store, say)  # a backup of an older program has other definitions


def asking(store: Store, by: str = "local") -> Viewer:
    """Who asks: the account of `--viewer`, else the operator, who can see everything and goes by the name `by`."""
    named = click.get_current_context().find_root().params.get("viewer")
    if not named:
        return replace(Viewer.everyone(), account=by)
    make_fresh(store, say)
    return viewer_called(store, named)


def say(message: str) -> None:
    """Tell whoever runs the command."""
    click.echo(message, err=True)


def stop_if_any(faults: Sequence[str]) -> None:
    """Print faults to standard error, one a line, and end the command with exit code 2 where there are any."""
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        sys.exit(2)


@contextmanager
def progress_bar(label: str, length: int = 8) -> Iterator[Callable[[str], None]]:
    """A progress bar on standard error that shows what is being done; silent when nobody watches."""
    if not sys.stderr.isatty():
        yield lambda step: _go_on()
        return

    def show(step: str) -> None:
        _go_on()
        bar.update(not step.startswith("Writing,"), step)  # "Writing, 20,000 of …" goes on with a step

    with click.progressbar(length=length, label=label, file=sys.stderr, item_show_func=lambda step: step) as bar:
        yield show
        bar.update(length)


def _go_on() -> None:
    """Raise `click.Abort` when whoever ran the command beside the app has stopped it."""
    if (request := beside.current()) and request.is_stopped.is_set():
        raise click.Abort


def kind_of_file(path: Path) -> str:
    """The kind that a file can only be, by its name and headers; asks where it could be several or none."""
    with open_file(path) as file:
        content = mapped(file)
        kinds = recognised_kinds(path.name, content)
        if not kinds:
            refuse_others(readable(path.name), content)
    if kind_of_name(path.name) or len(kinds) == 1:
        kind = kind_of_name(path.name) or kinds[0]
        say(f"{readable(path.name)} holds {kind}.")
        return kind
    which = f" It could be {' or '.join(kinds)}." if kinds else ""
    if kinds[:2] == list(KINDS_OF_LEVELS):
        which = (
            " It looks like a skill matrix: import it as self_ratings where people rated themselves, or as "
            "prior_learning where an assessor did."
        )
    raise Refused(f"Say what {path} holds: import KIND {path}, with KIND one of: {', '.join(KINDS)}.{which}")


def tell(outcome: Outcome, as_json: bool) -> None:
    """Print how an import ended; exits with 2 when it was refused."""
    for problem in outcome.problems:
        click.echo(f"{problem.severity}: {problem}", err=True)
    if outcome.questions:
        click.echo(f"question{'s' * (len(outcome.questions) > 1)}: {in_words(outcome.questions)}", err=True)
    if as_json:
        click.echo(json.dumps(outcome.as_dict(), ensure_ascii=False, indent=1, default=str))
    if outcome.status == "refused":
        alarms = sum(problem.severity == "alarm" for problem in outcome.problems)
        why = counted(outcome.error_count, "problem") if outcome.errors else counted(alarms, "alarm")
        why += ", and no row is right" if outcome.errors and not outcome.good_rows else ""
        click.echo(f"Refused: {why}. Nothing was stored.", err=True)
        sys.exit(2)
    if not as_json:
        alarms = sum(problem.severity == "alarm" for problem in outcome.problems)
        if alarms and outcome.status == "stored":
            above = counted(alarms, "alarm")
            click.echo(
                f"Stored although it looks wrong ({above} above): `undo {outcome.upload_id}` takes it back, "
                "--careful refuses such a file.",
                err=True,
            )
        click.echo(
            {
                "stored": f"Upload {outcome.upload_id} is stored.",
                "checked": "This would be stored:",
                "repeated": f"Nothing to do: this is upload {outcome.upload_id} again.",
            }[outcome.status]
        )
        for count in outcome.counts:
            click.echo(
                f"  {count.kind}: {count.new} new, {count.changed} changed, {count.unchanged} unchanged, "
                f"{count.gone} gone, {count.quarantined} quarantined"
            )
