"""JSON, read strictly and written canonically: what is signed must mean one thing to every reader.

Python's reader takes the last of two equal keys, `NaN` and half a surrogate pair. Another reader takes the first, or
none: then a signature covers something else than what is shown. So each of them is refused here.
"""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from skilltrack.errors import BadFile
from skilltrack.reasons import english
from skilltrack.text import visible

LARGEST = 10 * 1024 * 1024
"""Bytes of one credential, its picture included."""
DEEPEST = 40
"""Brackets inside each other. Real credentials have about ten."""
LONGEST_NUMBER = 300
"""Digits of a whole number."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parsed(data: bytes, where: str) -> Any:
    """The value that a JSON text holds; raises `BadFile` for one that two readers could understand differently."""
    if len(data) > LARGEST:
        raise BadFile(
            english(
                "{where} has {n:,} bytes of JSON. A credential has at most {most:,}.",
                where=where,
                n=len(data),
                most=LARGEST,
            )
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(
            english("{where} is not UTF-8 at byte {byte}. Save it as UTF-8.", where=where, byte=error.start + 1)
        ) from None
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_whole, parse_float=_fraction
        )
        _refuse_deep(value)
    except RecursionError:
        raise BadFile(
            english(
                "{where} has more than {most} brackets inside each other. A credential has about ten.",
                where=where,
                most=DEEPEST,
            )
        ) from None
    except json.JSONDecodeError as error:
        raise BadFile(
            english(
                "{where}, line {line}, column {column}: this is not JSON ({fault}). "
                "Download the credential again, without opening it in an editor.",
                where=where,
                line=error.lineno,
                column=error.colno,
                fault=error.msg,
            )
        ) from None
    except ValueError as error:
        raise BadFile(
            english("{where}: {why}. Ask the issuer for a credential without it.", where=where, why=error)
        ) from None
    if _SURROGATE.search(text):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise BadFile(
                english("{where} has half of a character (a lone surrogate). Ask the issuer for another.", where=where)
            ) from None
    return value


def _refuse_deep(value: Any) -> None:
    """Raise `RecursionError`, as the reader itself does, for a value that is nested too deep."""
    level = [value]
    for _ in range(DEEPEST + 1):
        inside = [item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list)]
        level = [inner for items in inside for inner in items]
    if level:
        raise RecursionError


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(english("the key {key!r} stands twice in one object", key=visible(twice)[:80]))
    return values


def _constant(word: str) -> NoReturn:
    raise ValueError(english("{word} is not a number in JSON", word=word))


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(english("a number has {n:,} digits", n=len(digits)))
    return int(digits)


def _fraction(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError(english("the number {digits} is too large", digits=digits[:40]))
    return value


def canonical(value: Any) -> bytes:
    """The value in the JSON Canonicalization Scheme (RFC 8785), of which signatures are made."""
    return _written(value).encode()


def _written(value: Any) -> str:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{_written(key)}:{_written(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def number(value: int | float) -> str:
    """A number as ECMAScript writes it: the shortest digits that give the same double."""
    value = float(value)
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    shortest = "".join(map(str, digits)).rstrip("0")
    point = len(digits) + int(exponent)
    before = "-" if sign else ""
    if len(shortest) <= point <= 21:
        return before + shortest.ljust(point, "0")
    if 0 < point <= 21:
        return f"{before}{shortest[:point]}.{shortest[point:]}"
    if -6 < point <= 0:
        return f"{before}0.{'0' * -point}{shortest}"
    fraction = f".{shortest[1:]}" if len(shortest) > 1 else ""
    return f"{before}{shortest[0]}{fraction}e{point - 1:+d}"
