"""The keys of the company: made, replaced and ended by command.

The public half and what happened to a key are in the database and its journal. The private half is a file beside the
database that only its owner can read. It is in no backup: whoever restores one makes a new key, and what older keys
signed stays good.
"""

import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skilltrack.badges import key_did
from skilltrack.errors import NotThere, Refused
from skilltrack.relations import read_text
from skilltrack.storage import Store, Transaction
from skilltrack.text import readable

COMPANY_KEY_ROW = (
    "insert into company_key_events "
    "values ($key_id, $public_key, $name, $step, cast($happened_at as timestamp), $by_whom)"
)
KEYS = read_text("signing/keys")
LONGEST_NAME = 200
"""Characters of what the company calls itself."""
MADE, REPLACED, ENDED = "made", "replaced", "ended"
NO_KEY = "The company has no key to sign with. The operator makes one: `keys make --name NAME`."


@dataclass(frozen=True)
class CompanyKey:
    """A key of the company."""

    key_id: str
    public_key: str
    """As a did:key."""
    name: str
    """What the company calls itself."""
    made_at: datetime
    """UTC."""
    step: str
    """made: it signs; replaced: what it signed stays good; ended: nothing that it signed is."""
    happened_at: datetime
    """When that happened, UTC."""
    by_whom: str


def company_keys(store: Store) -> list[CompanyKey]:
    """Every key, the newest first."""
    return [CompanyKey(**row) for row in store.query(KEYS).to_pylist()]


def can_sign(store: Store) -> bool:
    """Whether the company has a key that signs."""
    return _current(store) is not None


def make_key(store: Store, name: str, by: str) -> CompanyKey:
    """Make the first key, or one after the last was ended; raises `Refused` where one signs already."""
    name = readable(name).strip()
    if not name or len(name) > LONGEST_NAME:
        raise Refused(f"The name takes {len(name)} characters. Say what the company is called, in 1 to {LONGEST_NAME}.")
    if current := _current(store):
        raise Refused(f"The key {current.key_id} signs already. `keys rotate` replaces it.")
    return _made(store, name, by, None)


def rotate_key(store: Store, by: str) -> CompanyKey:
    """Make a new key in the place of the one that signs; what that has signed stays good.

    This is also what to do where its file is lost, as after restoring a backup.
    """
    if (current := _current(store)) is None:
        raise Refused(NO_KEY)
    return _made(store, current.name, by, current)


def end_key(store: Store, key_id: str, by: str) -> None:
    """End a key of which somebody else may have a copy: nothing that it ever signed is good any more."""
    key = next((key for key in company_keys(store) if key.key_id == key_id.strip().removeprefix("#")), None)
    if key is None:
        raise NotThere(f"There is no key {key_id!r}. `keys list` lists them.")
    if key.step == ENDED:
        raise Refused(f"The key {key.key_id} was ended before.")
    with store.write() as transaction:
        _note(transaction, key.key_id, key.public_key, key.name, ENDED, by)
    _remove(_file_of(store, key.key_id))


def signing_key(store: Store) -> tuple[CompanyKey, Ed25519PrivateKey]:
    """The key that signs, with its private half; raises `Refused` where there is none, or others could read it."""
    if (current := _current(store)) is None:
        raise Refused(NO_KEY)
    path = _file_of(store, current.key_id)
    try:
        mode, content = path.stat().st_mode, path.read_bytes()
    except OSError:
        raise Refused(
            f"The file of the key {current.key_id} is not beside the database. The operator makes another key: "
            "`keys rotate`. What was signed before stays good."
        ) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refused(f"Others can read the file of the key {current.key_id}. The operator ends it (`keys end`).")
    try:
        private = serialization.load_pem_private_key(content, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # what it holds is told to nobody
        raise Refused(
            f"The file of the key {current.key_id} is damaged. Bring the right one, or `keys rotate`."
        ) from None
    if not isinstance(private, Ed25519PrivateKey) or key_did(private.public_key()) != current.public_key:
        raise Refused(f"The file of the key {current.key_id} holds another key. Bring the right one, or `keys rotate`.")
    return current, private


def _current(store: Store) -> CompanyKey | None:
    return next((key for key in company_keys(store) if key.step == MADE), None)


def _made(store: Store, name: str, by: str, before: CompanyKey | None) -> CompanyKey:
    if store.folder is None:
        raise Refused("A database in memory has no place for a key.")
    private = Ed25519PrivateKey.generate()
    key_id, public = f"key-{secrets.token_hex(4)}", key_did(private.public_key())
    path = _file_of(store, key_id)
    _write(path, private)
    try:
        with store.write() as transaction:
            if before is not None:
                _note(transaction, before.key_id, before.public_key, before.name, REPLACED, by)
            _note(transaction, key_id, public, name, MADE, by)
    except BaseException:
        _remove(path)
        raise
    if before is not None:
        _remove(_file_of(store, before.key_id))
    return company_keys(store)[0]


def _note(transaction: Transaction, key_id: str, public: str, name: str, step: str, by: str) -> None:
    at = transaction.moment_after("company_key_events")
    event = {"key_id": key_id, "public_key": public, "name": name, "step": step, "by_whom": by}
    transaction.run(COMPANY_KEY_ROW, event | {"happened_at": at})
    transaction.record({"event": "key", "happened_at": at.isoformat()} | event)


def _file_of(store: Store, key_id: str) -> Path:
    """Where the private half lies: its name begins as the database's does, so nothing else is written over it."""
    return Path(f"{store.path}.{key_id}.pem")


def _write(path: Path, private: Ed25519PrivateKey) -> None:
    content = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except OSError as error:
        raise Refused(
            f"The key cannot be written beside the database: {error.strerror}. Nothing was changed."
        ) from None


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()
