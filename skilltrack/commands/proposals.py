"""The commands about proposals: proposals list, accept, decline, settle, undo, file. People propose on their page."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from skilltrack.access import Viewer
from skilltrack.commands.console import Place, asking, open_database, say, stop_if_any
from skilltrack.errors import Refused
from skilltrack.keeping import refuse_own_file
from skilltrack.kept import make_fresh
from skilltrack.proposals import Meant, accept, decline, each, file_of, proposals, settle, take_back, waiting_for
from skilltrack.reports import render
from skilltrack.storage import Store
from skilltrack.text import counted

NUMBERS = click.argument("numbers", metavar="NUMBER...", type=int, nargs=-1)
REASON = click.option("--reason", required=True, help="Why; the person reads it.")


@click.group("proposals")
def proposals_group() -> None:
    """See, accept and decline what people propose for their record."""


@proposals_group.command("list")
@click.option("--all", "is_all", is_flag=True, help="Also those that were decided or withdrawn.")
@click.option("--format", "form", default="csv", help="csv or json.")
@click.pass_obj
def list_command(db: Path, is_all: bool, form: str) -> None:
    """List what waits for whoever asks, the longest first."""
    with open_database(db) as store:
        make_fresh(store, say)
        viewer = asking(store)
        listed = proposals(store, viewer) if is_all else waiting_for(store, viewer)
    sys.stdout.buffer.write(render(listed, form))


@proposals_group.command("accept")
@NUMBERS
@click.option("--all", "is_all", is_flag=True, help="Everything that waits for whoever asks, but corrections.")
@click.option("--as", "subject_id", metavar="ID", help="The credential or skill that is meant, where it is not chosen.")
@click.option("--theirs", "is_theirs", is_flag=True, help="The badge is theirs, although it names an unknown address.")
@click.option("--replace", "replaces", is_flag=True, help="It may change what is on record; HR says so.")
@click.pass_obj
def accept_command(
    db: Path, numbers: tuple[int, ...], is_all: bool, subject_id: str | None, is_theirs: bool, replaces: bool
) -> None:
    """Accept proposals: each becomes an upload of its own, which `undo` takes back.

    Corrections are settled, not accepted, so `--all` leaves them waiting, as the page does.
    """

    def decide(store: Store, viewer: Viewer, number: int) -> None:
        outcome = accept(store, viewer, number, Meant(subject_id, is_theirs, replaces))
        click.echo(f"Proposal {number} is accepted: upload {outcome.upload_id}.")

    _decide(db, numbers, is_all, decide, but="correction")


@proposals_group.command("decline")
@NUMBERS
@click.option("--all", "is_all", is_flag=True, help="Everything that waits for whoever asks.")
@REASON
@click.pass_obj
def decline_command(db: Path, numbers: tuple[int, ...], is_all: bool, reason: str) -> None:
    """Decline proposals, with a reason."""

    def decide(store: Store, viewer: Viewer, number: int) -> None:
        decline(store, viewer, number, reason)
        click.echo(f"Proposal {number} is declined.")

    _decide(db, numbers, is_all, decide)


@proposals_group.command("settle")
@NUMBERS
@REASON
@click.option("--upload", "upload_id", type=int, help="The upload that put it right, if one did.")
@click.pass_obj
def settle_command(db: Path, numbers: tuple[int, ...], reason: str, upload_id: int | None) -> None:
    """Say that corrections are done."""

    def decide(store: Store, viewer: Viewer, number: int) -> None:
        settle(store, viewer, number, reason, upload_id)
        click.echo(f"Proposal {number} is settled.")

    _decide(db, numbers, False, decide)


@proposals_group.command("undo")
@NUMBERS
@click.pass_obj
def undo_command(db: Path, numbers: tuple[int, ...]) -> None:
    """Undo the uploads by which proposals were accepted."""

    def decide(store: Store, viewer: Viewer, number: int) -> None:
        take_back(store, viewer, number)
        click.echo(f"Proposal {number} does not count any more.")

    _decide(db, numbers, False, decide)


@proposals_group.command("file")
@click.argument("number", type=int)
@click.argument("target", metavar="FILE", type=Place())
@click.pass_obj
def file_command(db: Path, number: int, target: Path) -> None:
    """Write the file that goes with a proposal to FILE, which must not exist."""
    with open_database(db) as store:
        make_fresh(store, say)
        refuse_own_file(store.place, target)
        name, content = file_of(store, asking(store), number)
    try:
        with target.open("xb") as file:
            file.write(content)
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror}. Name a new file.") from error
    click.echo(f"{name} is {target} now.")


def _decide(
    db: Path, numbers: tuple[int, ...], is_all: bool, decide: Callable[[Store, Viewer, int], None], but: str = ""
) -> None:
    """Decide each of the proposals, and name those that were refused, with exit code 2.

    `but`: what `--all` leaves waiting.
    """
    with open_database(db) as store:
        make_fresh(store, say)
        viewer = asking(store)
        chosen, left = list(numbers), 0
        if is_all:
            rows = waiting_for(store, viewer)
            chosen, left = rows["proposal_id"][rows["what"] != but].tolist(), int((rows["what"] == but).sum())
        if not (chosen or left):
            raise Refused("Nothing waits." if is_all else "Name the proposals by number; `proposals list` shows them.")
        refused = each(chosen, lambda number: decide(store, viewer, number))
    if left:
        click.echo(f"Still waiting: {counted(left, but)}. HR settles each: `proposals settle NUMBER --reason WHY`.")
    stop_if_any([f"Proposal {number}: {reason}" for number, reason in refused.items()])


COMMANDS = (proposals_group,)
