"""Files that are packed, as Office files are: their parts, and how large they are unpacked."""

import io
import zipfile
import zlib
from collections.abc import Iterator

PACKED = b"PK\x03\x04"
"""How a packed file begins."""
DEEPEST = 4
"""Files in files in files: what is packed deeper is not unpacked."""
CANNOT = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError)
"""What is raised for a file that is damaged, sealed by a password, or packed in a way that is not known."""


def parts(content: bytes, depth: int = 0) -> Iterator[bytes]:
    """The parts of a packed file, those of files in it too; of any other, and of what cannot be unpacked, itself."""
    if not content.startswith(PACKED) or depth == DEEPEST:
        yield content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield from parts(packed.read(name), depth + 1)
    except CANNOT:
        yield content


def is_larger(content: bytes, most: int) -> bool:
    """Whether a file has more bytes than `most` when all that is packed in it is unpacked; at most so many are."""
    return _room_left(content, most, 0) < 0


def _room_left(content: bytes, room: int, depth: int) -> int:
    if not content.startswith(PACKED) or depth == DEEPEST:
        return room
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            room -= sum(part.file_size for part in packed.infolist())  # no part gives more than it says
            for part in packed.infolist():
                if room < 0:
                    return room
                with packed.open(part) as unpacked:
                    is_packed = unpacked.read(len(PACKED)) == PACKED
                if is_packed:
                    room = _room_left(packed.read(part), room, depth + 1)
    except CANNOT:
        return room
    return room
