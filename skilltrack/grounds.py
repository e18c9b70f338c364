"""What a number on a screen rests on: the rows that count, those that do not and why, those that are in neither. Pure.

Each function takes answers and returns `Rows`: of "9 of 14", the 9 rows `counted`, the 5 that are the `rest`, and
whoever is `left_out` of both. Rows about people have `employee_id`; `why` is a reason in words. The worst come first.
"""

from datetime import date, timedelta
from typing import Any, NamedTuple

import pandas as pd

from skilltrack import people_tables, tables
from skilltrack.language import _, mark, texts

EXPIRED_FOR = timedelta(days=90)
"""For so long renewals list what has ended."""
REASONS = tables.WHY | {
    "claimed": mark("Only a claim or seat time shows it"),
    "unproved": mark("Attested, not verified"),
}
"""Why a requirement is not met, as people read it."""


class Rows(NamedTuple):
    """What a number rests on."""

    counted: pd.DataFrame
    rest: pd.DataFrame
    left_out: pd.DataFrame


def requirements(
    levels: pd.DataFrame, gaps: pd.DataFrame, wider: pd.DataFrame, readiness: pd.DataFrame, people: pd.DataFrame,
    day: date, assurance: str, counts: str,
) -> Rows:  # fmt: skip
    """Requirements that are met (`counts` = met), that are not (unmet), or that are critical and not met (critical).

    `levels` is the answer of `requirements_met`, and `wider` the same with the next weaker evidence.
    """
    on = ["employee_id", "skill_id"]
    asked = levels[~levels["is_exempt"].astype(bool)]
    asked = asked.merge(gaps[[*on, "gap", "reason"]], on=on, how="left")
    asked = asked.merge(wider[[*on, "level"]], on=on, how="left", suffixes=("", "_wider"))
    is_met, shown_wider = asked["is_met"].astype(bool), asked["level_wider"].fillna(0) > asked["level"]
    other = "unproved" if assurance == "verified" else "claimed"
    asked["reason"] = asked["reason"].mask((asked["reason"] == "missing") & shown_wider, other)
    asked["why"] = asked["reason"].map(texts(REASONS)).fillna(_("Met"))
    asked = asked.sort_values(["is_critical", "gap", "name", "skill_id"], ascending=[False, False, True, True])
    counting = {"met": is_met, "unmet": ~is_met, "critical": ~is_met & asked["is_critical"].astype(bool)}[counts]
    exempt = levels[levels["is_exempt"].astype(bool)]
    nothing = readiness[(readiness["requirements"] == 0) & ~readiness["employee_id"].isin(exempt["employee_id"])]
    unasked = nothing.assign(why=nothing["role_id"].map(_without_profile))
    columns = [*levels.columns, "why"]
    return Rows(
        asked[counting.reindex(asked.index)],
        asked[~counting.reindex(asked.index)],
        _stacked(columns, exempt.assign(why=_("Exempt")).sort_values(["name", "skill_id"]), unasked, away(people, day)),
    )


def of_reports(
    levels: pd.DataFrame, gaps: pd.DataFrame, wider: pd.DataFrame, readiness: pd.DataFrame, people: pd.DataFrame,
    reports: pd.DataFrame, *more: Any,
) -> Rows:  # fmt: skip
    """Requirements, of those people only whom the answer of `organisations` lists."""
    them = set(reports["employee_id"])
    about = [frame[frame["employee_id"].isin(them)] for frame in (levels, gaps, wider, readiness, people)]
    return requirements(about[0], about[1], about[2], about[3], about[4], *more)


def people(readiness: pd.DataFrame, gaps: pd.DataFrame, listed: pd.DataFrame, day: date, counts: str) -> Rows:
    """People of those with requirements: who are ready (`counts` = ready), nearly (close), lack something (lacking).

    `critical`: who lack something critical.
    """
    measured = readiness[readiness["requirements"] > 0]
    remains = people_tables.remaining(gaps)
    measured = measured.assign(remains=[remains.get(person, "") for person in measured["employee_id"]])
    measured = measured.sort_values(["critical_unmet", "readiness", "name"], ascending=[False, True, True])
    is_ready, is_critical = measured["ready"].astype(bool), measured["critical_unmet"] > 0
    near = measured["readiness"] >= tables.NEAR
    counting, why = {
        "ready": (is_ready, _either(is_critical, _("Something critical missing"), _("Less than 80 % of the weight"))),
        "close": (~is_ready & near, _either(is_ready, _("Ready already"), _("Less than 60 % of the weight"))),
        "critical": (is_critical, _either(is_critical, "", _("Nothing critical is missing"))),
        "lacking": (measured["met"] < measured["requirements"], _either(is_ready, _("Nothing is missing"), "")),
    }[counts]
    measured = measured.assign(why=why)
    nothing = readiness[readiness["requirements"] == 0]
    unasked = nothing.assign(why=nothing["role_id"].map(_without_profile)).sort_values("name")
    return Rows(measured[counting], measured[~counting], _stacked([*measured.columns], unasked, away(listed, day)))


def thin_skills(depth: pd.DataFrame, experts: pd.DataFrame, levels: pd.DataFrame) -> Rows:
    """Team skills that one person can show, with their name, or nobody; the rest with how many can."""
    on = ["team", "skill_id"]
    lowest = levels.groupby(on, as_index=False)["required_level"].min()
    able = experts.merge(lowest, on=on)
    able = able[able["level"] >= able["required_level"]]
    only = able.drop_duplicates(on, keep=False)[[*on, "employee_id", "name"]]
    skills = people_tables.thin_skills(depth).merge(only, on=on, how="left")
    rest = depth[depth["status"].isna()].sort_values(["depth", "needed"], ascending=[True, False])
    return Rows(skills, rest, depth.head(0))


def due(
    renewals: pd.DataFrame, awards: pd.DataFrame, credentials: pd.DataFrame, listed: pd.DataFrame, day: date,
    *buckets: str,
) -> Rows:  # fmt: skip
    """Awards that end in these buckets; the rest end in others; left out are all other awards, with the reason."""
    words = texts(tables.BUCKETS)
    rest = tables.due(renewals, *[bucket for bucket in tables.BUCKETS if bucket not in buckets])
    on = ["employee_id", "credential_id", "valid_to"]
    ending = set(map(tuple, renewals[on].astype(str).to_numpy()))
    keys = pd.Series(list(map(tuple, awards[on].astype(str).to_numpy())), awards.index, dtype=object)
    other = awards[~keys.isin(ending)]
    active = set(listed.loc[listed["is_active"].astype(bool), "employee_id"])
    rows = zip(*(other[name] for name in ("employee_id", "valid_to", "revoked_on")), strict=True)
    why = [_not_due(person in active, last, revoked, day) for person, last, revoked in rows]
    other = with_names(other.assign(why=why), credentials, listed)
    return Rows(
        tables.due(renewals, *buckets), rest.assign(why=rest["bucket"].map(words)), other.sort_values(["why", "name"])
    )


def _not_due(is_active: bool, last: Any, revoked: Any, day: date) -> str:
    """Why an award is in no bucket of renewals."""
    if not is_active:
        return _("Not active on this day")
    if not pd.isna(revoked) and revoked <= day:
        return _("Revoked")
    if pd.isna(last):
        return _("Never ends")
    return _("Ended more than 90 days ago") if last < day - EXPIRED_FOR else _("A later one of the same certificate")


def payments(
    lines: pd.DataFrame, waiting: pd.DataFrame, spend: pd.DataFrame, credentials: pd.DataFrame, listed: pd.DataFrame,
    currency: str, counts: str,
) -> Rows:  # fmt: skip
    """Payments of one currency: all (`counts` = all), without an award (unconverted), seat time, or of employees (own).

    `waiting` is the answer of `unconverted_payments`.
    """
    lines = with_names(lines, credentials, listed).sort_values(["amount", "spend_id"], ascending=[False, True])
    own = lines[lines["currency"] == currency]
    seats = spend.loc[(spend["currency"] == currency) & (spend["seat_time"] != 0), "credential_id"]
    payer = own["funding_source"].map(texts(tables.PAYERS)).fillna(own["funding_source"])
    counting, why = {
        "all": (own["amount"].notna(), payer),
        "unconverted": (
            own["spend_id"].isin(waiting["spend_id"]),
            _either(own["employee_id"].isna(), _("Names nobody"), _("Led to an award")),
        ),
        "seat_time": (own["credential_id"].isin(seats), _("Shows a skill")),
        "own": (own["funding_source"] == "employee", payer),
    }[counts]  # fmt: skip
    own = own.assign(why=why)
    foreign = lines[lines["currency"] != currency]
    return Rows(own[counting], own[~counting], foreign.assign(why=_("Another currency")))


def gains(spend: pd.DataFrame, currency: str) -> Rows:
    """Credentials of one currency whose awards brought skills, and those whose awards brought none."""
    own = spend[spend["currency"] == currency].drop_duplicates("credential_id")
    own = own.sort_values(["skill_gains", "awards", "credential"], ascending=[False, False, True])
    has_some = own["skill_gains"] > 0
    why = _either(own["awards"] > 0, _("Its awards brought no new skill or level"), _("No award in the period"))
    foreign = spend[(spend["currency"] != currency) & ~spend["credential_id"].isin(own["credential_id"])]
    foreign = foreign.drop_duplicates("credential_id").assign(why=_("Another currency"))
    return Rows(own[has_some], own.assign(why=why)[~has_some], foreign)


def leavers(leaving: pd.DataFrame, listed: pd.DataFrame, day: date) -> Rows:
    """People who are the only one who can do something; the rest with what one other person can do."""
    only = leaving[leaving["lost"] > 0]
    others = listed[listed["is_active"].astype(bool) & ~listed["employee_id"].isin(only["employee_id"])]
    thin = dict(zip(leaving["employee_id"], leaving["thin_skills"], strict=True))
    why = [
        _("One more can: {skills}", skills=thin[person]) if person in thin else _("Others can do the same")
        for person in others["employee_id"]
    ]
    is_thin = ~others["employee_id"].isin(list(thin))
    others = others.assign(why=why, is_thin=is_thin).sort_values(["is_thin", "name"])
    return Rows(only, others, away(listed, day))


def seats(places: pd.DataFrame, staffing: pd.DataFrame) -> Rows:
    """Seats that can be filled, by whom; a row for each that stays empty; and who is nearest to one of them."""
    short = staffing[staffing["short"] > 0].sort_values("short", ascending=False)
    empty = short.loc[short.index.repeat(short["short"])].assign(why=_("Nobody is left who can"))
    seated, nearest = (places[places["place"] == place] for place in ("seated", "nearest"))
    return Rows(seated, empty, nearest.assign(why=_("Would have to learn")))


def changes(changed: pd.DataFrame) -> Rows:
    """Requirements that are met on one of two days only, each with its cause."""
    return Rows(people_tables.each_change(changed), changed.head(0), changed.head(0))


def skills_shown(transcript: pd.DataFrame) -> Rows:
    """For each skill of a person the piece of evidence that says its level; the rest are all others."""
    lines = tables.in_words(transcript).reset_index(drop=True)
    best = tables.best_levels(lines)
    rest = lines.drop(index=best.index)
    why = _either(rest["counts"].astype(bool), _("Another shows more, or for longer"), _("Does not count on this day"))
    return Rows(best, rest.assign(why=why).sort_values("counts"), lines.head(0))


def unmapped(idle: pd.DataFrame, credentials: pd.DataFrame) -> Rows:
    """Credentials of the catalogue that show no skill and are part of no stack."""
    counted = idle[~idle["is_mapped"].astype(bool)]
    rest = credentials[~credentials["credential_id"].isin(counted["credential_id"])]
    return Rows(counted, rest.assign(why=_("Shows a skill, or is part of a path")), idle.head(0))


def without_role(titles: pd.DataFrame, listed: pd.DataFrame, day: date) -> Rows:
    """Active people whose job title stands for no role."""
    active = listed[listed["is_active"].astype(bool)].sort_values(["role_id", "name"])
    counting = active["role_id"].isin(titles["job_title"])
    rest = active[~counting]
    why = _either(rest["role_id"].isna(), _("No role"), _("Their role has requirements"))
    return Rows(active[counting].assign(job_title=active["role_id"]), rest.assign(why=why), away(listed, day))


def idle_awards(
    idle: pd.DataFrame, awards: pd.DataFrame, credentials: pd.DataFrame, listed: pd.DataFrame, day: date
) -> Rows:
    """Awards valid on the day whose credential counts for nothing."""
    reasons = idle.loc[idle["holders"] > 0].set_index("credential_id")["reason"]
    is_valid = awards["valid_to"].map(lambda last: pd.isna(last) or last >= day).astype(bool)
    idle_ones = awards[is_valid & awards["credential_id"].isin(reasons.index)]
    why = idle_ones["credential_id"].map(reasons).map(texts(tables.IDLE))
    named = with_names(idle_ones.assign(why=why), credentials, listed).sort_values(["credential", "name"])
    return Rows(named, awards.head(0), awards.head(0))


def of_issuers(issuers: pd.DataFrame, counts: str) -> Rows:
    """Awards by issuer: those that count as verified or attested (`counts`), and the others with the reason."""
    named = issuers.assign(tier=issuers["tier"].map(texts(tables.TIERS)))
    rows = zip(issuers["tier"], issuers["keys"], strict=True)
    why = [(_unverified if counts == "verified" else _unattested)(tier, keys) for tier, keys in rows]
    counted = named.assign(awards=issuers[counts])
    rest = named.assign(awards=issuers["awards"] - issuers[counts], why=why)
    some = [frame[frame["awards"] > 0].sort_values("awards", ascending=False) for frame in (counted, rest)]
    return Rows(some[0], some[1], named.head(0))


def _unverified(tier: str, keys: int) -> str:
    """Why awards of an issuer do not count as verified."""
    if tier != "trusted":
        return _("Issuer is not trusted")
    return _("Not signed with a listed key") if keys else _("No key listed")


def _unattested(tier: str, _keys: int) -> str:
    """Why awards of an issuer do not count as attested."""
    return _("Issuer not recognised") if tier == "unrecognised" else _("Seat time, or an issuer that is not recognised")


def unlisted_keys(keys: pd.DataFrame) -> Rows:
    """Keys that signed badges and are listed for nobody, and those that are listed."""
    is_listed = keys["listed_for"].notna()
    return Rows(keys[~is_listed], keys[is_listed].assign(why=_("Listed")), keys.head(0))


def away(listed: pd.DataFrame, day: date) -> pd.DataFrame:
    """People whom the roster lists and who are not active on the day, with the reason."""
    absent = listed[~listed["is_active"].astype(bool)]
    why = [_("Hired later") if not pd.isna(hired) and hired > day else _("Has left") for hired in absent["hired_on"]]
    return absent.assign(why=why).sort_values(["why", "name"])


def with_names(rows: pd.DataFrame, credentials: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Rows with the name of the credential, and name and team of the person; ids where they are not known."""
    called = dict(zip(credentials["credential_id"], credentials["credential"], strict=True))
    names, teams = (dict(zip(listed["employee_id"], listed[what], strict=True)) for what in ("name", "team"))
    return rows.assign(
        credential=[called.get(one, one) for one in rows["credential_id"]],
        name=[names.get(one, one) for one in rows["employee_id"]],
        team=[teams.get(one, "") for one in rows["employee_id"]],
    )


def _without_profile(role: Any) -> str:
    return _("No role") if pd.isna(role) or not role else _("Their role has no requirements")


def _either(condition: pd.Series, one: str, other: str) -> list[str]:
    return [one if is_so else other for is_so in condition]


def _stacked(columns: list[str], *frames: pd.DataFrame) -> pd.DataFrame:
    """Frames one below the other, with these columns; empty where a frame has none."""
    rows = [row for frame in frames for row in frame.to_dict("records")]
    return pd.DataFrame(rows, columns=columns)
