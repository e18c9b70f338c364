"""What a cell of each type holds, as SQL, and the sentence about one that holds something else."""

from skilltrack.ingest.reading.words import FALSE, TRUE
from skilltrack.language import mark

TYPES: dict[str, tuple[str, str]] = {
    "text": ("nullif({x}, '')", mark("give a text.")),
    "date": (
        "case when regexp_full_match({x}, '\\d{{4}}-\\d{{2}}-\\d{{2}}') and {x} >= '1900' "
        "then try_cast({x} as date) end",
        mark("is not a date; write it as YYYY-MM-DD, such as 2026-01-31."),
    ),
    "level": (
        "case when regexp_full_match({x}, '0*[1-9]\\d{{0,5}}') then cast({x} as integer) end",
        mark("is not a level; levels are whole numbers from 1 to 999999."),
    ),
    "level_or_0": (
        "case when regexp_full_match({x}, '0*\\d{{1,6}}') then cast({x} as integer) end",
        mark("is not a level; levels are whole numbers from 1 to 999999, and 0 takes the mapping back."),
    ),
    "whole": (
        "case when regexp_full_match({x}, '0*[1-9]\\d{{0,5}}') then cast({x} as integer) end",
        mark("is not a whole number from 1 to 999999; leave it empty if there is none."),
    ),
    "weight": (
        "case when regexp_full_match({x}, '\\d{{1,7}}(\\.\\d{{1,4}})?') then cast({x} as decimal(12, 4)) end",
        mark("is not a weight; write a number of 0 or more with at most four decimals, such as 1 or 2.5."),
    ),
    "money": (
        "case when regexp_full_match({x}, '-?\\d{{1,13}}(\\.\\d{{1,2}})?') then cast({x} as decimal(18, 2)) end",
        mark("is not an amount; write it with a point and at most two decimals, such as 1234.50."),
    ),
    "yes_no": (
        f"case when lower({{x}}) in {tuple(sorted(TRUE))} then true "
        f"when lower({{x}}) in {tuple(sorted(FALSE))} then false end",
        mark("is neither true nor false; write true or false."),
    ),
    "currency": (
        "case when regexp_full_match(upper({x}), '[A-Z]{{3}}') then upper({x}) end",
        mark("is not a currency code; write three letters, such as EUR."),
    ),
    "public_key": (
        "nullif({x}, '')",
        mark("is not a key; give a DID, an https address, or a public key as PEM."),
    ),
}
OUTSIDE: dict[str, tuple[str, str]] = {
    "date": (
        "regexp_full_match({x}, '\\d{{4}}-\\d{{2}}-\\d{{2}}') and try_cast({x} as date) is not null",
        mark("is before 1900-01-01, the first day that is accepted; correct the year, or leave the cell empty."),
    ),
    "level": ("regexp_full_match({x}, '0*[1-9]\\d{{6,}}')", mark("is too large; levels go up to 999999.")),
    "level_or_0": (
        "regexp_full_match({x}, '0*[1-9]\\d{{6,}}')",
        mark("is too large; levels go up to 999999."),
    ),
    "whole": (
        "regexp_full_match({x}, '0*[1-9]\\d{{6,}}')",
        mark("is too large; whole numbers go up to 999999."),
    ),
    "weight": (
        "regexp_full_match({x}, '\\d{{8,}}(\\.\\d{{1,4}})?')",
        mark("is too large; weights go up to 9999999.9999."),
    ),
    "money": (
        "regexp_full_match({x}, '-?\\d{{14,}}(\\.\\d{{1,2}})?')",
        mark("is too large; amounts go up to 9999999999999.99."),
    ),
}
"""By type, what is a value but outside the accepted range, and the sentence about it."""
