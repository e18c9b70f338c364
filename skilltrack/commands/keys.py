"""The commands about the keys with which the company signs transcripts: keys make, list, rotate, end, document."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
import pandas as pd

from skilltrack.commands.console import open_database, say
from skilltrack.errors import Refused
from skilltrack.reports import render
from skilltrack.signing import NO_KEY, CompanyKey, company_keys, company_of, did_document, end_key, make_key, rotate_key

BY = click.option("--by", default="local", help="Who does it, for the audit log.")


@click.group("keys")
def keys_group() -> None:
    """Make, list, replace and end the keys with which the company signs transcripts."""


@keys_group.command("make")
@click.option("--name", required=True, help="What the company is called in what it signs.")
@BY
@click.pass_obj
def make_command(db: Path, name: str, by: str) -> None:
    """Make the key that signs from now on."""
    company_of(name)
    with open_database(db) as store:
        _tell(make_key(store, name, by))


@keys_group.command("list")
@click.option("--format", "form", default="csv", help="csv or json.")
@click.pass_obj
def list_command(db: Path, form: str) -> None:
    """List every key, the newest first: its public half, and whether it signs, was replaced or was ended."""
    with open_database(db) as store:
        keys = [asdict(key) for key in company_keys(store)]
    sys.stdout.buffer.write(render(pd.DataFrame(keys, columns=list(CompanyKey.__dataclass_fields__)), form))


@keys_group.command("rotate")
@BY
@click.pass_obj
def rotate_command(db: Path, by: str) -> None:
    """Make a new key in the place of the one that signs; what that has signed stays good."""
    company_of("")
    with open_database(db) as store:
        _tell(rotate_key(store, by))


@keys_group.command("end")
@click.argument("key_id")
@BY
@click.pass_obj
def end_command(db: Path, key_id: str, by: str) -> None:
    """End a key of which somebody else may have a copy: nothing that it ever signed is good any more."""
    with open_database(db) as store:
        end_key(store, key_id, by)
    click.echo(f"The key {key_id} is ended: the company's document says that it was revoked.")
    say("Make another one (`keys make`), and have people fetch their transcripts again.")


@keys_group.command("document")
@click.option("--url", default="", help="The address that the app had before, such as https://old.example.com.")
@click.pass_obj
def document_command(db: Path, url: str) -> None:
    """Print the document that lists the keys of the company, for the app's address or one that it had before."""
    with open_database(db) as store:
        document = did_document(company_keys(store), url)
    if document is None:
        raise Refused(NO_KEY)
    click.echo(json.dumps(document, indent=2))


def _tell(key: CompanyKey) -> None:
    company = company_of(key.name)
    click.echo(f"{company.did}#{key.key_id}")
    say(
        f"{company.name} signs with it from now on. Its document is at {company.url}/.well-known/did.json. The private "
        "half is a file beside the database, and in no backup: after restoring one, `keys rotate`."
    )


COMMANDS = (keys_group,)
