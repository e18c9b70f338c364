"""Backups sealed in the format of age (age-encryption.org), so that other programs can open them with the same key."""

from pathlib import Path

from pyrage import DecryptError, IdentityError, decrypt_file, encrypt_file, x25519

from skilltrack.errors import Refused


def make_key(path: Path) -> str:
    """Write a new key to a file that nobody else may read, and return its public part; it writes over nothing."""
    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise Refused(
            f"{path} exists already. Name a new file: with another key, old backups could not be read."
        ) from None
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}. Choose another place.") from error
    path.write_text(f"# public key: {public}\n{identity}\n", encoding="utf-8")
    return public


def refuse_no_key(key: Path) -> None:
    """Raise `Refused` where a file holds no key, or cannot be read."""
    _identity(key)


def seal(key: Path, source: Path, target: Path) -> None:
    """Write the sealed form of a file to `target`."""
    encrypt_file(str(source), str(target), [_identity(key).to_public()])


def unseal(key: Path | None, source: Path, target: Path) -> None:
    """Write what a sealed file holds to `target`; raises `Refused` without the key, or where one byte was changed."""
    if key is None:
        raise Refused(f"{source.name} is sealed. Set SKILLTRACK_BACKUP_KEY to the file of its key.")
    try:
        decrypt_file(str(source), str(target), [_identity(key)])
    except (DecryptError, OSError) as error:
        raise Refused(
            f"{source.name} cannot be opened with the key in {key}: it is sealed with another one, or damaged "
            f"({error})."
        ) from error


def _identity(key: Path) -> x25519.Identity:
    try:
        lines = key.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"The key {key} cannot be read: {error}. SKILLTRACK_BACKUP_KEY names its file.") from error
    for line in lines:
        if line.startswith("AGE-SECRET-KEY-"):
            try:
                return x25519.Identity.from_str(line)
            except IdentityError:
                break
    raise Refused(f"{key} holds no key of age. `python -m skilltrack backups key FILE` makes one.")
