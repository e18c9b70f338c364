"""The commands that start the app, and build the company that it can be tried with: demo, serve."""

import os
import runpy
import sys
from contextlib import closing, nullcontext
from pathlib import Path

import click

from skilltrack import demo
from skilltrack.access import is_loopback, sign_in
from skilltrack.commands import beside
from skilltrack.commands.console import left_alone, make_folder, progress_bar, say
from skilltrack.config import ROOT, backup_rules, log_rules, settings, watch_rules
from skilltrack.errors import Refused
from skilltrack.fetching import fetch_rules
from skilltrack.keeping import data_at, open_at
from skilltrack.mail import sends_by_itself
from skilltrack.storage import Address


@click.command("demo")
@click.pass_obj
def demo_command(db: Path | Address) -> None:
    """Build the demo company in a new database, or in the place of a demo company that nobody changed."""
    if isinstance(db, Path):
        make_folder(db)
    with (
        progress_bar("Building the demo company", length=30) as progress,
        left_alone(db) if isinstance(db, Path) else nullcontext(),
    ):
        demo.build_anew(db, progress)
    program = click.get_current_context().find_root().info_name
    click.echo(f"The demo company is in {db}. Look at it: {program} --db {db} serve --local")


@click.command("serve")
@click.option("--port", type=int, help="Port to listen on (default: $PORT, else 8501).")
@click.option(
    "--demo",
    "with_demo",
    is_flag=True,
    is_eager=True,  # known before the database is: without --db it is the demo company's own
    help="Build the demo company first, or bring it up to date.",
)
@click.option("--local", is_flag=True, help="Let everybody at this machine in without signing in; --demo implies it.")
@click.pass_obj
def serve_command(db: Path | Address, port: int | None, with_demo: bool, local: bool) -> None:
    """Start the app."""
    if beside.current():
        raise Refused("The app runs already, and cannot be started inside itself.")
    is_published = isinstance(db, Address) and db.is_published
    if is_published and with_demo:
        raise Refused(f"--demo builds a company, and {db} is read only. Leave one of the two out.")
    log_rules(), watch_rules(), backup_rules(), fetch_rules()  # refused here, not when the server loads the app
    listen, is_local = settings(), local or with_demo or settings().is_local
    if is_local and not is_loopback(listen.host):
        raise Refused(f"Local mode answers this machine only, and SKILLTRACK_HOST is {listen.host}. Leave it out.")
    if is_published and not is_local:
        raise Refused(
            f"{db} does not say who may see whom, so its pages are for whoever runs them, on this machine. Add "
            "--local, or name the database itself."
        )
    if not is_local and sign_in() is None:
        raise Refused(
            "Nobody could sign in. Set a provider (docs/signing-in.md), or add --local to let everybody at this "
            "machine in."
        )
    if not is_published:
        sends_by_itself()  # refuses settings of mail that cannot be meant, here and not in the log
    if isinstance(db, Path):
        make_folder(db)
    if with_demo:
        with progress_bar("Building the demo company", length=30) as progress:
            demo.refresh(db, progress)
    db = db.resolve() if isinstance(db, Path) else db
    os.environ["SKILLTRACK_DB"] = str(db)
    if is_published:
        say(f"Opening {db}")
        data_at(settings().database).data_version()  # as below, and the first page need not wait for it
    else:
        with closing(open_at(db, say)) as store:  # tell of an unusable database here, not on a page
            store.journal.audit.refuse_other_key()  # else nobody could sign in
    port = port or listen.port
    click.echo(f"Skilltrack listens on http://{listen.host}:{port} (Ctrl+C stops it)")
    os.environ |= {
        "SKILLTRACK_LOCAL": "1" if is_local else "",
        "WEBSOCKETS_MAX_LINE_LENGTH": "65536",  # cookies of people in hundreds of groups are long
    }
    os.chdir(ROOT)
    sys.argv = ["streamlit", "run", "app.py", "--server.address", listen.host, "--server.port", str(port)]
    sys.argv += ["--server.headless", "true"]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)  # in this process: all is loaded once


COMMANDS = (demo_command, serve_command)
