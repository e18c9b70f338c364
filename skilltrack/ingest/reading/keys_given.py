"""The keys that a file lists: known to the badges that come with it, and refused where one is private."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.badges import IssuerKey
from skilltrack.errors import BadFile
from skilltrack.kinds import Kind
from skilltrack.language import sentence

PRIVATE = "PRIVATE KEY"


def key_column(kind: Kind) -> str:
    """The column of a kind that holds public keys; empty where it has none."""
    return next((column.name for column in kind.columns if column.type == "public_key"), "")


def refuse_private(kind: Kind, name: str, columns: Mapping[str, pa.ChunkedArray], lines: pa.ChunkedArray) -> None:
    """Raise `BadFile` where a cell holds a private key, before anything of the file is kept."""
    cells = columns.get(key_column(kind))
    if cells is None:
        return
    private = lines.filter(pc.match_substring(cells, PRIVATE))
    if len(private):
        raise BadFile(
            sentence(
                "{name}, line {private}, column {key_column}: holds a private key, with which anybody can "
                "sign. Nothing of the file was kept. Give the public key, and sign with this one no more.",
                name=name,
                private=private[0].as_py(),
                key_column=key_column(kind),
            )
        )


def keys_in(kind: Kind, columns: Mapping[str, pa.ChunkedArray]) -> list[IssuerKey]:
    """The keys of a file and whose they are, on whatever day: what signed a badge does not depend on it."""
    name = key_column(kind)
    if not name or name not in columns or "issuer" not in columns:
        return []
    rows = zip(columns["issuer"].to_pylist(), columns[name].to_pylist(), strict=True)
    return [IssuerKey(issuer, key.strip()) for issuer, key in rows]
