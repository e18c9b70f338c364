"""Files to credentials: what a file carries, by its bytes and never by its name.

A credential travels as JSON, as a signed token (JWT or JWS), baked into a picture (PNG or SVG), alone, in a list or in
a zip. Each is read within bounds, and nothing of a zip is ever written to a disk.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from skilltrack.badges import credentials, json_text, pictures, tokens
from skilltrack.errors import BadFile
from skilltrack.reasons import english
from skilltrack.text import visible

IN_ZIP = english("a credential as .json, .jwt or .jws, a picture with the credential baked in (.png or .svg)")
KNOWN = english(
    "a credential as .json, .jwt or .jws, a picture with the credential baked in (.png or .svg), or a .zip of them"
)
MEMBERS = 20_000
"""Files in a zip."""
UNPACKED = 512 * 1024 * 1024
"""Bytes that a zip may hold in all."""
RATIO = 200
"""How many times smaller a file may be in a zip. Real pictures and credentials shrink up to 20 times."""
LISTED = 20_000
"""Credentials in one list."""

_ANSWERS = {"credential", "compactJwsString", "verifiableCredential"}
"""What the interface of Open Badges 3.0, and those of wallets, call the credentials that they answer with."""
_CLUTTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)|/$")
_ZIP_TROUBLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


@dataclass(frozen=True)
class Carried:
    """One credential as a file carries it."""

    where: str
    """The file, and the place in it."""
    carrier: str
    """JSON, JWT, PNG or SVG."""
    document: dict[str, Any]
    """The credential as JSON; of a token, its payload."""
    token: str = ""
    """The signed token itself, where it is one."""


@dataclass(frozen=True)
class Address:
    """A picture that holds only the address of its badge."""

    where: str
    carrier: str
    url: str


@dataclass(frozen=True)
class Unreadable:
    """A part of a file that cannot be read, beside others that can."""

    where: str
    reason: str


Part = Carried | Address | Unreadable


def read(data: bytes, name: str, is_earlier: bool = False) -> Iterator[Part]:
    """Every credential that a file carries; raises `BadFile` where the file as a whole cannot be read.

    `is_earlier`: as programs read it that knew no answers of wallets and no document types of drawing programs.
    """
    if not _is_zip(data):
        yield from parts_of(data, visible(name)[:200], is_earlier)
        return
    for inside, content in files(data, name):
        try:
            if isinstance(content, BadFile):
                raise content
            yield from list(parts_of(content, inside, is_earlier))
        except BadFile as error:
            yield Unreadable(inside, str(error))


def files(data: bytes, name: str) -> Iterator[tuple[str, bytes | BadFile]]:
    """Each file of a zip, or the one file, under the name that messages give it; what is wrong with one is returned."""
    where = visible(name)[:200]
    if _is_zip(data):
        yield from _zipped(data, where)
    else:
        yield where, data


def beside(data: bytes) -> Iterator[bytes]:
    """What a file holds beside its credentials: the rest of a picture, and the names and other files in a zip."""
    if not _is_zip(data):
        yield from _beside_one(data)
        return
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except _ZIP_TROUBLE:
        yield data
        return
    with archive:
        yield archive.comment
        for info in archive.infolist():
            yield from (info.filename.encode(errors="ignore"), info.comment)
            try:
                yield from _beside_one(_member(archive, info, ""))
            except BadFile:
                continue  # nobody can read it


def _beside_one(data: bytes) -> Iterator[bytes]:
    try:
        carried = list(parts_of(data, ""))
    except BadFile:
        carried = []
    if data.startswith(pictures.PNG):
        yield from pictures.beside_in_png(data)
    elif pictures.is_xml(data) or not all(isinstance(part, Carried) for part in carried) or not carried:
        yield data


def _is_zip(data: bytes) -> bool:
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def of_text(data: bytes, where: str, carrier: str, is_earlier: bool = False) -> Iterator[Part]:
    """The credentials of a text: JSON, a list of it, a token, or an address in a picture."""
    head = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if tokens.is_token(data):
        yield _token(data.strip().decode("ascii"), where, carrier)
    elif head[:1] in (b"{", b"[", b'"'):
        value = json_text.parsed(data, where)
        value = value if is_earlier else _unwrapped(value)
        if isinstance(value, list):
            if not 0 < len(value) <= LISTED:
                raise BadFile(
                    english(
                        "{where} lists {n:,} credentials. Give 1 to {listed:,} at once.",
                        where=where,
                        n=len(value),
                        listed=LISTED,
                    )
                )
            for number, item in enumerate(value, 1):
                yield one_part(item, english("{where}, credential {number}", where=where, number=number), carrier)
        else:
            yield one_part(value, where, carrier)
    elif carrier != "JSON" and re.fullmatch(rb"https?://[\x21-\x7e]{1,2000}", data.strip()):
        yield Address(where, carrier, data.strip().decode("ascii"))
    else:
        raise BadFile(english("{where} is not a credential that can be read. Give {known}.", where=where, known=KNOWN))


def _unwrapped(value: Any) -> Any:
    """The credentials in what an interface of a wallet answers, where nothing stands beside them."""
    if isinstance(value, dict) and value and value.keys() <= _ANSWERS:
        return credentials.listed(list(value.values()))
    return value


def one_part(value: Any, where: str, carrier: str) -> Part:
    """A JSON value as a credential: an object, or a token in a text."""
    if isinstance(value, dict):
        return Carried(where, carrier, value)
    if isinstance(value, str) and tokens.is_token(value.encode()):
        try:
            return _token(value, where, carrier)
        except BadFile as error:
            return Unreadable(where, str(error))
    return Unreadable(
        where,
        english(
            "{where} is not a credential: it is {kind}. A credential is a JSON object or a JWT.",
            where=where,
            kind=_kind(value),
        ),
    )


def _token(token: str, where: str, carrier: str) -> Carried:
    return Carried(where, "JWT" if carrier == "JSON" else carrier, tokens.payload(token, where), token)


def _kind(value: Any) -> str:
    names = {str: english("a text"), bool: english("true or false"), type(None): "null", list: english("a list")}
    return names.get(type(value), english("a number"))


def parts_of(data: bytes, where: str, is_earlier: bool = False) -> Iterator[Part]:
    """The credentials of one file that is not a zip."""
    if len(data) > json_text.LARGEST:
        raise BadFile(
            english(
                "{where} has {n:,} bytes. A credential, its picture included, has at most {most:,}.",
                where=where,
                n=len(data),
                most=json_text.LARGEST,
            )
        )
    if not data.strip():
        raise BadFile(english("{where} is empty. Give {known}.", where=where, known=KNOWN))
    if data.startswith(pictures.PNG):
        yield from of_text(pictures.baked_in_png(data, where), where, "PNG", is_earlier)
    elif pictures.is_xml(data):
        yield from of_text(pictures.baked_in_svg(data, where, is_earlier), where, "SVG", is_earlier)
    else:
        yield from of_text(data, where, "JSON", is_earlier)


def _zipped(data: bytes, where: str) -> Iterator[tuple[str, bytes | BadFile]]:
    """Every file of a zip; one that cannot be read does not hide the others."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except _ZIP_TROUBLE as error:
        raise BadFile(
            english("{where} is a damaged zip ({why}). Make it again.", where=where, why=visible(error)[:120])
        ) from None
    with archive:
        members = [info for info in archive.infolist() if not _CLUTTER.search(info.filename)]
        unpacked = sum(info.file_size for info in members)
        if not members:
            raise BadFile(english("{where} holds no file. Put into it {known}.", where=where, known=IN_ZIP))
        if len(members) > MEMBERS or unpacked > UNPACKED:
            raise BadFile(
                english(
                    "{where} holds {what} of {size:,} bytes in all. "
                    "A zip may hold {files:,} files of {most:,} bytes. Give it in several parts.",
                    where=where,
                    what=_files(len(members)),
                    size=unpacked,
                    files=MEMBERS,
                    most=UNPACKED,
                )
            )
        for info in members:
            inside = english("{where}, file {name}", where=where, name=visible(info.filename)[:200])
            try:
                yield inside, _member(archive, info, inside)
            except BadFile as error:
                yield inside, error


def _files(number: int) -> str:
    return english("1 file") if number == 1 else english("{n:,} files", n=number)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> bytes:
    if info.flag_bits & 1:
        raise BadFile(english("{where} is encrypted. Make the zip again without a password.", where=where))
    if info.file_size > json_text.LARGEST or info.file_size > RATIO * max(info.compress_size, 1024):
        raise BadFile(
            english(
                "{where} unpacks from {packed:,} to {n:,} bytes. "
                "A credential has at most {most:,} bytes and shrinks at most {ratio} times.",
                where=where,
                packed=info.compress_size,
                n=info.file_size,
                most=json_text.LARGEST,
                ratio=RATIO,
            )
        )
    try:
        with archive.open(info) as file:
            content = file.read(json_text.LARGEST + 1)
    except _ZIP_TROUBLE as error:
        raise BadFile(
            english("{where} is damaged ({why}). Make the zip again.", where=where, why=visible(error)[:120])
        ) from None
    if content[:4] == b"PK\x03\x04":
        raise BadFile(english("{where} is a zip inside a zip. Put its files into the outer one.", where=where))
    return content
