"""Scores beside the mark that was needed: below it, nothing was earned."""

import re

import pyarrow as pa

from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.likeness import sampled
from skilltrack.ingest.reading.places import AGAINST
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status_words import words_in
from skilltrack.kinds import Kind

PASSED, FAILED = "passed", "failed"
SCORES = words_in(
    "score scores result results mark marks points grade punkte punktzahl ergebnis note resultat puntuacion nota "
    "puntos resultado"
)
NEEDED = words_in(
    "pass passing passmark minimum min cut cutoff threshold required needed bestehensgrenze mindestpunktzahl "
    "mindestpunkte bestehen grenze seuil minimale minima requis requise corte aprobado umbral requerida"
)
OTHER = words_in(
    "max maximum possible total average mean highest lowest attempt attempts erreichbar maximal media rank"
)
"""Words in headers of scores, of the mark that is needed, and of numbers that are neither."""
NUMBER = re.compile(r"\d+(?:\.\d+)?")
SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*([1-9]\d*)")


def marks_of(kind: Kind, decoded: Decoded) -> tuple[int, int] | None:
    """The positions of one column of scores and one of the marks that are needed; None where a file has not both."""
    if not kind.holds_awards:
        return None
    scores: list[int] = []
    marks: list[int] = []
    for at, header in enumerate(decoded.header):
        words = set(header_words(header))
        values = sampled(decoded.columns[at]) if words & (SCORES | NEEDED) and not words & OTHER else ()
        if values and all(_number(value) is not None for value in values):
            (marks if words & NEEDED else scores).append(at)
    return (scores[0], marks[0]) if len(scores) == len(marks) == 1 else None


def label(decoded: Decoded, places: tuple[int, int]) -> str:
    """What the comparison of two columns is called, where a mapping or a message names it."""
    return AGAINST.join(decoded.header[at] for at in places)


def compared(decoded: Decoded, places: tuple[int, int]) -> pa.ChunkedArray:
    """For each row whether it reached the mark, as a status; empty where one of both is missing."""
    pieces = []
    highest, least = (_ends(decoded, at) for at in places)
    whole = 100 if highest[1] <= 1 < least[0] else 1  # 0.85 of a mark of 70
    for score, mark in zip(*(decoded.columns[at].chunks for at in places), strict=True):
        numbers = ([_number(cell) for cell in piece.to_pylist()] for piece in (score, mark))
        statuses = [
            "" if None in pair else PASSED if whole * pair[0] >= pair[1] else FAILED
            for pair in zip(*numbers, strict=True)
        ]
        pieces.append(pa.array(statuses, pa.string()))
    return pa.chunked_array(pieces, pa.string())


def _ends(decoded: Decoded, at: int) -> tuple[float, float]:
    """The least and the highest number of a column."""
    numbers = [number for value in sampled(decoded.columns[at]) if (number := _number(value)) is not None]
    return min(numbers), max(numbers)


def _number(cell: str) -> float | None:
    """The number in a cell, in percent where it is a share of a whole, `7/20`; None where it is none."""
    text = cell.strip().rstrip(" %").replace(",", ".")
    if share := SHARE.fullmatch(text):
        return 100 * float(share[1]) / float(share[2])
    return float(text) if NUMBER.fullmatch(text) else None
