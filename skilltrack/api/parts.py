"""A body of several files (multipart/form-data), each put on the disk as it comes."""

from dataclasses import dataclass
from pathlib import Path

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from skilltrack.api.answers import Rejected
from skilltrack.ingest import Spool

MOST = 200
"""Parts of one body."""
HOW = "Send each file as a part named after its kind, as `curl -F roster=@roster.csv -F badges=@badges.csv` does."


@dataclass
class Part:
    """One file, or the text of a field."""

    name: str
    file_name: str
    spool: Spool


class Parts:
    """Takes a body piece by piece, and has its parts at the end; raises `Rejected` for one that is not of this form."""

    def __init__(self, content_type: str, folder: Path | None):
        form, options = parse_options_header(content_type)
        if form != b"multipart/form-data" or not options.get(b"boundary"):
            raise Rejected(400, f"The body is not multipart/form-data. {HOW}")
        self.parts: list[Part] = []
        self._folder, self._is_whole = folder, False
        self._name, self._value, self._about = bytearray(), bytearray(), b""
        try:
            self._parser = MultipartParser(
                options[b"boundary"],
                {
                    "on_part_begin": self._on_part_begin,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_part_data,
                    "on_end": self._on_end,
                },
            )
        except FormParserError as error:
            raise Rejected(400, f"The body is not multipart/form-data: {error}. {HOW}") from error

    def __enter__(self) -> "Parts":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files: their room on the disk is free again unless their content is still in use."""
        for part in self.parts:
            part.spool.close()

    def write(self, piece: bytes) -> None:
        """Take the next piece; raises `NoRoom` when the disk is full."""
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise Rejected(400, f"The body is not multipart/form-data: {error}. {HOW}") from error

    def refuse_unfinished(self) -> None:
        """Raise `Rejected` where the body ended before its last part did, or had none."""
        if not self._is_whole:
            raise Rejected(400, "The body ended before its last part did. Nothing was stored; send it again.")
        if not self.parts:
            raise Rejected(400, f"The body has no part. {HOW}")

    def _on_part_begin(self) -> None:
        self._about = b""
        if len(self.parts) == MOST:
            raise Rejected(400, f"The body has more than {MOST} parts. Send several uploads.")

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._about = bytes(self._value)
        self._name, self._value = bytearray(), bytearray()

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._about)
        name, file_name = (options.get(key, b"").decode("utf-8", "replace") for key in (b"name", b"filename"))
        self.parts.append(Part(name, file_name, Spool(self._folder)))

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].spool.write(data[start:end])

    def _on_end(self) -> None:
        self._is_whole = True
