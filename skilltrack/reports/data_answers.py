"""The sentences about the data: what the catalogue leaves to be settled, and what the last upload brought."""

import pandas as pd

from skilltrack.language import _, plural, texts
from skilltrack.reports.answers import Answer, answer
from skilltrack.tables import IDLE

TO_SETTLE = {"part": "todo"}


def counting_for_nothing(idle: pd.DataFrame) -> Answer | None:
    """How many credentials people hold that count for nothing, and why most of them do."""
    held = idle[idle["holders"] > 0]
    if held.empty:
        return None
    text = plural(
        "**{n} credential** that people hold counts for nothing (awards: {awards}).",
        "**{n} credentials** that people hold count for nothing (awards: {awards}).",
        len(held),
        awards=held["awards"].sum(),
    )
    reasons = held["reason"].value_counts()
    most = _("Most often: {reason}.", reason=texts(IDLE)[sorted(reasons[reasons == reasons.max()].index)[0]])
    return answer(text, most, about="catalogue", where=TO_SETTLE, counts="idle")


def to_map(idle: pd.DataFrame) -> Answer | None:
    """How many credentials of the catalogue show no skill."""
    count = int((~idle["is_mapped"].astype(bool)).sum())
    if not count:
        return None
    text = plural(
        "**{n} credential** of the catalogue shows no skill and is part of no path.",
        "**{n} credentials** of the catalogue show no skill and are part of no path.",
        count,
    )
    return answer(text, about="catalogue", where=TO_SETTLE, counts="unmapped")


def without_role(titles: pd.DataFrame) -> Answer | None:
    """How many job titles stand for no role, and how many people coverage leaves out for that."""
    if titles.empty:
        return None
    text = plural("**{n} job title** stands for no role.", "**{n} job titles** stand for no role.", len(titles))
    people = plural(
        "{n} person is counted in no coverage for that.",
        "{n} people are counted in no coverage for that.",
        titles["people"].sum(),
    )
    return answer(text, people, about="catalogue", where=TO_SETTLE, counts="titles")


def named_by_badges(suggested: pd.DataFrame) -> Answer | None:
    """How many badges name a skill to which their credential is not mapped."""
    if suggested.empty:
        return None
    text = plural(
        "**{n} badge** names a skill that its credential is not mapped to.",
        "**{n} badges** name a skill that their credentials are not mapped to.",
        suggested["badges"].sum(),
    )
    return answer(text, about="catalogue", where=TO_SETTLE, counts="naming")


def to_settle(idle: pd.DataFrame, titles: pd.DataFrame, suggested: pd.DataFrame) -> tuple[Answer | None, ...]:
    """What the catalogue leaves to be settled; that everything counts, where it leaves nothing."""
    lines = counting_for_nothing(idle), without_role(titles), to_map(idle), named_by_badges(suggested)
    if not any(lines):
        text = _("**Everything** that people hold counts, and every job title stands for a role.")
        return (answer(text, is_good=True),)
    return lines


def latest_upload(files: pd.DataFrame) -> Answer | None:
    """When the last upload came and what it brought, or that it is undone; `files` is the answer of `upload_files`."""
    if files.empty:
        return None
    own = files[files["upload_id"] == files["upload_id"].max()]
    number, day = int(own["upload_id"].iloc[0]), own["landed_at"].iloc[0].date()
    where, count = {"upload": str(number)}, len(own)
    if not own["counts"].iloc[0]:
        text = _("**The last upload is undone.** It came on {day}, and none of its rows count.", day=day)
        held = plural("It was {n} file.", "It was {n} files.", count)
        return answer(text, held, about="uploads", where=where, counts="latest_upload")
    sums = own.drop_duplicates("kind")[["new_rows", "changed_rows", "gone_rows", "quarantined_rows"]].sum()
    text = plural(
        "**The last upload came on {day}** with {n} file: rows new {new}, changed {changed}, people gone {gone}.",
        "**The last upload came on {day}** with {n} files: rows new {new}, changed {changed}, people gone {gone}.",
        count,
        day=day,
        new=sums["new_rows"],
        changed=sums["changed_rows"],
        gone=sums["gone_rows"],
    )
    bad = sums["quarantined_rows"]
    apart = plural("{n} bad row was set aside.", "{n} bad rows were set aside.", bad) if bad else ""
    return answer(text, apart, about="uploads", where=where, is_good=not bad, counts="latest_upload")
