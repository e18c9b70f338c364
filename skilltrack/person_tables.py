"""Answers about one person reshaped for their page: what lapses first, and where its proof can be looked at. Pure."""

from datetime import date
from typing import Any

import pandas as pd

from skilltrack import tables
from skilltrack.text import host_of, visible

NEVER = date.max
"""The last day of what never ends, where it is compared with others."""


def can_do(transcript: pd.DataFrame, proofs: pd.DataFrame) -> pd.DataFrame:
    """What the person can do, in words, each with its proof: what lapses first comes first."""
    return ends_first(tables.best_in_words(with_proofs(transcript, proofs)))


def all_evidence(transcript: pd.DataFrame, proofs: pd.DataFrame) -> pd.DataFrame:
    """Every line of a transcript in words, each with its proof: what counts and lapses first, then what ended last."""
    lines = tables.in_words(with_proofs(transcript, proofs))
    counts = lines["counts"].astype(bool)
    return pd.concat([ends_first(lines[counts]), ends_first(lines[~counts]).iloc[::-1]])


def ends_first(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines of a transcript, what ends first at the top; of equals the highest level, then by name."""
    order = lines.assign(last=lines["valid_to"].map(last_day))
    return lines.loc[order.sort_values(["last", "level", "skill"], ascending=[True, False, True]).index]


def last_day(day: Any) -> date:
    """The last day of a line, which can be compared with others."""
    return NEVER if pd.isna(day) else day


def ending_by(transcript: pd.DataFrame, last: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The skills of a person of which the evidence ends by a day, the first one first; and the others."""
    best = ends_first(tables.best_levels(transcript))
    is_ending = best["valid_to"].map(last_day).map(lambda day: day <= last).astype(bool)
    return best[is_ending], best[~is_ending]


def with_proofs(transcript: pd.DataFrame, proofs: pd.DataFrame) -> pd.DataFrame:
    """Lines of a transcript with the addresses of their proofs (`evidence_url`, one a line) and where these lead.

    `proof` names their hosts; what is no link of the web stands there as it is.
    """
    by_line: dict[tuple[str, ...], list[str]] = {}
    for key, address in zip(_keys(proofs), proofs["evidence_url"], strict=True):
        by_line.setdefault(key, []).append(address)
    addresses = [list(dict.fromkeys(by_line.get(key, []))) for key in _keys(transcript)]
    leads_to = [", ".join(dict.fromkeys(host_of(one) or visible(one) for one in each)) for each in addresses]
    return transcript.assign(proof=leads_to, evidence_url=["\n".join(each) for each in addresses])


def origins_named(origins: pd.DataFrame, transcript: pd.DataFrame) -> pd.DataFrame:
    """Where lines of evidence come from, with the names of credentials and skills that the transcript has."""
    credentials, skills = (
        dict(zip(transcript[of], transcript[name], strict=True))
        for of, name in (("credential_id", "credential"), ("skill_id", "skill"))
    )
    return origins.assign(
        credential=[credentials.get(one, one) for one in origins["credential_id"]],
        skill=[skills.get(one, one) for one in origins["skill_id"]],
    )


def _keys(lines: pd.DataFrame) -> list[tuple[str, ...]]:
    """What tells lines of one person apart: where they come from, credential or skill, and the first day."""
    parts = zip(lines["source"], lines["credential_id"], lines["skill_id"], lines["valid_from"], strict=True)
    return [
        (source, str(credential if source == "award" else skill), str(day)) for source, credential, skill, day in parts
    ]
