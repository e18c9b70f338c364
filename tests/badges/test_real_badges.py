"""Real credentials, each with its verdict in its name."""

import os
import re
from datetime import date
from pathlib import Path

import pytest

from skilltrack.badges import IssuerKey, NotFetched, State, verify

GIVEN = Path(os.environ.get("SKILLTRACK_REALDATA") or ".") / "dcc-vc-test-fixtures"
pytestmark = pytest.mark.skipif(
    not GIVEN.is_dir(), reason="set SKILLTRACK_REALDATA to the folder with the real credentials to check them"
)
DAY = date(2026, 1, 23)  # on which they were taken from their repository
KNOWN = [
    IssuerKey("Registry", "did:key:z6MknNQD1WHLGGraFi6zcbGevuAgkVfdyCdtZnQTGWVVvR5Q"),
    IssuerKey("Registry", "did:key:z6MkjoriXdbyWD25YXTed114F8hdJrLXQ567xxPHAUKxpKkS"),
    IssuerKey("Registry", "did:web:digitalcredentials.github.io:vc-test-fixtures:dids:legacy"),
    IssuerKey("Registry", "did:web:digitalcredentials.github.io:vc-test-fixtures:dids:oidf"),
]
"""The issuers of the registries that the names call legacy and oidf."""
FOLDERS = {
    "https://digitalcredentials.github.io/vc-test-fixtures/": "",
    "https://raw.githubusercontent.com/digitalcredentials/verifier-core/refs/heads/main/src/test-fixtures/status/": "statusLists/didkey-ed25519Signature2020/",
}
FILES = sorted((GIVEN / "verifiableCredentials").rglob("*.json")) if GIVEN.is_dir() else []


def fetcher(address):
    """The pages of the repository, from the files beside the credentials."""
    for start, folder in FOLDERS.items():
        if address.startswith(start):
            return (GIVEN / folder / address.removeprefix(start)).read_bytes()
    raise NotFetched(f"{address} is not given")


def expected(name):
    """The states that a name allows."""
    if "revoked" in name:
        return {State.REVOKED}
    if "-expired" in name:
        return {State.EXPIRED}
    if "notYetValid" in name:
        return {State.NOT_YET_VALID}
    known = re.match(r"(legacy|oidf|twoOIDF)", name)
    return {State.VERIFIED if known else State.ISSUER_UNKNOWN}


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.relative_to(GIVEN).parts[1:]))
def test_a_real_badge_comes_out_as_its_name_says(path):
    (one,) = verify(path.read_bytes(), path.name, DAY, fetcher, KNOWN)
    offline = verify(path.read_bytes(), path.name, DAY, None, KNOWN)[0].state

    assert one.state in expected(path.name), one.reasons
    assert offline is not State.VERIFIED or one.state is State.VERIFIED


def test_there_are_as_many_as_were_taken():
    assert len(FILES) == 71
    assert (
        sum(verify(path.read_bytes(), path.name, DAY, fetcher, KNOWN)[0].state is State.VERIFIED for path in FILES[::5])
        > 5
    )
