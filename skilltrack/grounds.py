"""What a number on a screen rests on: the rows that count, those that do not and why, those that are in neither. Pure.

Each function takes answers and returns `Rows`: of "9 of 14", the 9 rows `counted`, the 5 that are the `rest`, and
whoever is `left_out` of both. Rows about people have `employee_id`; `why` is a reason in words. The worst come first.
"""

from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from skilltrack import people_tables, tables
from skilltrack.language import _, mark, texts
from skilltrack.text import visible

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
    nothing_shows_it = ~is_met & asked["reason"].eq("missing").fillna(False).astype(bool)
    asked["reason"] = asked["reason"].mask(nothing_shows_it & shown_wider.astype(bool), other)
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


def of_no_team(
    levels: pd.DataFrame,
    gaps: pd.DataFrame,
    wider: pd.DataFrame,
    readiness: pd.DataFrame,
    people: pd.DataFrame,
    *more: Any,
) -> Rows:
    """Requirements, of those people only who are in no team."""
    about = [frame[frame["team"].fillna("") == ""] for frame in (levels, gaps, wider, readiness, people)]
    return requirements(about[0], about[1], about[2], about[3], about[4], *more)


def unreached(by_skill: pd.DataFrame) -> Rows:
    """Skills that roles need and that nobody has at the level, those that most people need first; and all others."""
    needed = by_skill[by_skill["required"] > 0].sort_values(["required", "skill_id"], ascending=[False, True])
    is_met = needed["met"] > 0
    rest = needed[is_met].assign(why=_("Somebody reaches it")).sort_values(["coverage", "skill_id"])
    return Rows(needed[~is_met], rest, by_skill[by_skill["required"] == 0].assign(why=_("Exempt")))


def by_cell(*answers: Any) -> Rows:
    """The same, each with its skill and team as `cell`; in neither are people of whom no skill is asked."""
    met_or_not = requirements(*answers)
    counted, rest = (rows.assign(cell=_cells(rows)) for rows in met_or_not[:2])
    return met_or_not._replace(counted=counted, rest=rest)


def _cells(rows: pd.DataFrame) -> list[str]:
    pairs = zip(rows["skill"], rows["team"], strict=True)
    return [f"{visible(skill)} · {visible('' if pd.isna(team) else team) or _('no team')}" for skill, team in pairs]


def people(readiness: pd.DataFrame, gaps: pd.DataFrame, listed: pd.DataFrame, day: date, counts: str) -> Rows:
    """People of those with requirements: who are ready (`counts` = ready), nearly (close), lack something (lacking).

    `critical`: who lack something critical; `waiting`: who are not ready; `unasked`: who have no requirements.
    """
    measured = readiness[readiness["requirements"] > 0]
    nothing = readiness[readiness["requirements"] == 0]
    unasked = nothing.assign(why=nothing["role_id"].map(_without_profile)).sort_values("name")
    if counts == "unasked":
        return Rows(unasked, measured.assign(why=_("Their role has requirements")), away(listed, day))
    remains = people_tables.remaining(gaps)
    measured = measured.assign(remains=[remains.get(person, "") for person in measured["employee_id"]])
    measured = measured.sort_values(["critical_unmet", "readiness", "name"], ascending=[False, True, True])
    is_ready, is_critical = measured["ready"].astype(bool), measured["critical_unmet"] > 0
    near = measured["readiness"] >= tables.NEAR
    short = _("Something critical missing"), _("Less than 80 % of the weight")
    counting, why = {
        "ready": (is_ready, either(is_critical, *short)),
        "close": (~is_ready & near, either(is_ready, _("Ready already"), _("Less than 60 % of the weight"))),
        "critical": (is_critical, either(is_critical, "", _("Nothing critical is missing"))),
        "lacking": (measured["met"] < measured["requirements"], either(is_ready, _("Nothing is missing"), "")),
        "waiting": (~is_ready, either(is_ready, _("Ready"), either(is_critical, *short))),
    }[counts]
    measured = measured.assign(why=why)
    return Rows(measured[counting], measured[~counting], _stacked([*measured.columns], unasked, away(listed, day)))


def without_profile(readiness: pd.DataFrame, listed: pd.DataFrame, day: date) -> Rows:
    """People whose role, or the role asked about, has no requirements; and those of whom something is asked."""
    asked = readiness["requirements"] > 0
    nothing = readiness[~asked]
    nothing = nothing.assign(why=nothing["role_id"].map(_without_profile)).sort_values("name")
    rest = readiness[asked].assign(why=_("Their role has requirements")).sort_values("name")
    return Rows(nothing, rest, away(listed, day))


def in_the_way(readiness: pd.DataFrame, gaps: pd.DataFrame, skill: str) -> Rows:
    """People who are not ready: those who lack a skill, and those who lack something else."""
    waiting = readiness[(readiness["requirements"] > 0) & ~readiness["ready"].astype(bool)]
    remains = people_tables.remaining(gaps)
    waiting = waiting.assign(remains=[remains.get(person, "") for person in waiting["employee_id"]])
    waiting = waiting.sort_values(["critical_unmet", "readiness", "name"], ascending=[False, True, True])
    lack_it = waiting["employee_id"].isin(gaps.loc[gaps["skill_id"] == skill, "employee_id"])
    return Rows(waiting[lack_it], waiting[~lack_it].assign(why=_("Something else is missing")), readiness.head(0))


def some_gaps(gaps: pd.DataFrame, skill: str | None = None, role: str | None = None, reason: str | None = None) -> Rows:
    """Requirements that are not met: those of one skill, of one role, for one reason; and all others. None: any."""
    worst = gaps.sort_values(["critical", "gap", "name", "skill_id"], ascending=[False, False, True, True])
    worst = worst.assign(why=worst["reason"].map(texts(REASONS)))
    is_it = people_tables.is_any(worst, skill_id=skill, role_id=role, reason=reason)
    return Rows(worst[is_it], worst[~is_it], gaps.head(0))


def by_reading(verified: pd.DataFrame, attested: pd.DataFrame, claimed: pd.DataFrame) -> Rows:
    """Requirements that are met on verified evidence; the others with the evidence on which they are met, if any.

    Each is the answer of `requirements_met` with that evidence.
    """
    on = ["employee_id", "skill_id"]
    rows = attested.merge(verified[[*on, "is_met"]], on=on, suffixes=("", "_verified"))
    rows = rows.merge(claimed[[*on, "is_met"]], on=on, suffixes=("", "_claimed"))
    is_exempt, best = (rows[name].astype(bool) for name in ("is_exempt", "is_met_verified"))
    words = zip(best, rows["is_met"], rows["is_met_claimed"], strict=True)
    why = [
        _("Met on verified evidence") if one else _(REASONS["unproved"]) if two else _(REASONS["claimed"]) if three
        else _("Not met, claims included")
        for one, two, three in words
    ]  # fmt: skip
    rows = rows.assign(why=why).sort_values(["is_critical", "why", "name"], ascending=[False, True, True])
    is_exempt, best = is_exempt.reindex(rows.index), best.reindex(rows.index)
    return Rows(rows[best & ~is_exempt], rows[~best & ~is_exempt], rows[is_exempt].assign(why=_("Exempt")))


def able(experts: pd.DataFrame, listed: pd.DataFrame, day: date, level: int) -> Rows:
    """People who have a level or a higher one; the others with the lower level that they have, or with none."""
    active = listed[listed["is_active"].astype(bool) & ~listed["employee_id"].isin(experts["employee_id"])]
    is_enough = experts["level"] >= level
    lower = experts[~is_enough].sort_values(["level", "name"], ascending=[False, True])
    lower = lower.assign(why=_("A lower level"))
    none = active.assign(why=_(REASONS["missing"])).sort_values("name")
    best = experts[is_enough].sort_values(["level", "name"], ascending=[False, True])
    return Rows(best, _stacked([*experts.columns, "why"], lower, none), away(listed, day))


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


def seats(places: pd.DataFrame, staffing: pd.DataFrame, counts: str) -> Rows:
    """Seats that can be filled, by whom (`counts` = filled); a row for each that stays empty (empty).

    In neither is who is nearest to an empty seat.
    """
    short = staffing[staffing["short"] > 0].sort_values("short", ascending=False)
    empty = short.loc[short.index.repeat(short["short"])].assign(why=_("Nobody is left who can"))
    seated, nearest = (places[places["place"] == place] for place in ("seated", "nearest"))
    both = (seated, empty) if counts == "filled" else (empty, seated.assign(why=_("Filled")))
    return Rows(*both, nearest.assign(why=_("Would have to learn")))


def short_next(now: pd.DataFrame, ahead: pd.DataFrame) -> Rows:
    """Targets that are filled now and fall short at a coming month's end; the others; those that fall short now."""
    of = ["team", "skill_id", "level"]
    coming = people_tables.next_short(now, ahead)
    filled = now[now["short"] == 0].merge(coming[[*of, "day"]], on=of, how="left")
    rest = filled[filled["day"].isna()].assign(why=_("Filled for twelve months"))
    return Rows(coming, rest, now[now["short"] > 0].assign(why=_("Falls short already")))


def changes(changed: pd.DataFrame, cause: str | None = None) -> Rows:
    """Requirements that are met on one of two days only: those of one cause, if it is given, and all others."""
    rows = people_tables.each_change(changed)
    is_it = people_tables.is_any(rows, cause=cause)
    return Rows(rows[is_it], rows[~is_it], changed.head(0))


def net_changes(changed: pd.DataFrame) -> Rows:
    """Requirements that are met now and were not; that were and are not any more; whose change is another."""
    rows = people_tables.each_change(changed)
    was, now = (rows[name].fillna(False).astype(bool) for name in ("was_met", "is_met"))
    return Rows(rows[now & ~was], rows[was & ~now], rows[was == now])


def skills_shown(transcript: pd.DataFrame) -> Rows:
    """For each skill of a person the piece of evidence that says its level; the rest are all others."""
    lines = tables.in_words(transcript).reset_index(drop=True)
    best = tables.best_levels(lines)
    rest = lines.drop(index=best.index)
    why = either(rest["counts"].astype(bool), _("Another shows more, or for longer"), _("Does not count on this day"))
    return Rows(best, rest.assign(why=why).sort_values("counts"), lines.head(0))


def evidence(transcript: pd.DataFrame) -> Rows:
    """Pieces of evidence of one person that count on the day, and those that do not."""
    lines = tables.in_words(transcript)
    counts = lines["counts"].astype(bool)
    return Rows(lines[counts], lines[~counts].assign(why=_("Does not count on this day")), lines.head(0))


def paths(stacks: pd.DataFrame) -> Rows:
    """Parts of the certificate paths of one person that they have, and those that they do not."""
    is_held = stacks["is_held"].astype(bool)
    return Rows(stacks[is_held], stacks[~is_held].assign(why=_("Not earned, or not valid any more")), stacks.head(0))


def learning(suggestions: pd.DataFrame, gaps: pd.DataFrame) -> Rows:
    """The requirements that each credential of `next_learning` would meet; those that none would meet."""
    closed = []
    for credential in suggestions.to_dict("records"):
        shown_by = f"; {credential['why']};"
        closed += [
            gap | {"credential": credential["credential"]}
            for gap in gaps.to_dict("records")
            if f"; {gap['skill']} level {gap['required_level']};" in shown_by
        ]
    counted = pd.DataFrame(closed, columns=[*gaps.columns, "credential"])
    rest = gaps[~gaps["skill_id"].isin(counted["skill_id"])]
    return Rows(counted, rest.assign(why=people_tables.none_closes()), gaps.head(0))


def hanging(requirements: pd.DataFrame) -> Rows:
    """Requirements that hang on one issuer each: the one on whom most hangs comes first."""
    on_it = requirements.groupby("issuer")["skill_id"].transform("size")
    order = ["on_it", "issuer", "is_critical", "name", "skill"]
    rows = requirements.assign(on_it=on_it).sort_values(order, ascending=[False, True, False, True, True])
    return Rows(rows, rows.head(0), rows.head(0))


def badges_naming(badges: pd.DataFrame, listed: pd.DataFrame) -> Rows:
    """Badges that name a skill; `row` says which credential and skill, as in the table that counts them."""
    named = with_names(badges, badges, listed).sort_values(["credential", "skill", "name"])
    pairs = zip(named["credential"], named["skill"], strict=True)
    named["row"] = [f"{visible(credential)} · {visible(skill)}" for credential, skill in pairs]
    return Rows(named, named.head(0), named.head(0))


def unmapped(idle: pd.DataFrame, credentials: pd.DataFrame) -> Rows:
    """Credentials of the catalogue that show no skill and are part of no stack."""
    counted = idle[~idle["is_mapped"].astype(bool)]
    rest = credentials[~credentials["credential_id"].isin(counted["credential_id"])]
    return Rows(counted, rest.assign(why=_("Shows a skill, or is part of a path")), idle.head(0))


def without_role(titles: pd.DataFrame, listed: pd.DataFrame, day: date) -> Rows:
    """Active people whose job title stands for no role."""
    active = listed[listed["is_active"].astype(bool)].sort_values(["role_id", "name"])
    active = active.assign(job_title=active["role_id"])
    counting = active["role_id"].isin(titles["job_title"])
    rest = active[~counting]
    why = either(rest["role_id"].isna(), _("No role"), _("Their role has requirements"))
    return Rows(active[counting], rest.assign(why=why), away(listed, day))


def idle_awards(
    idle: pd.DataFrame, awards: pd.DataFrame, credentials: pd.DataFrame, listed: pd.DataFrame, day: date, counts: str
) -> Rows:
    """Awards valid on the day whose credential counts for nothing (`counts` = all), or is not mapped (unmapped)."""
    idle = idle if counts == "all" else idle[~idle["is_mapped"].astype(bool)]
    reasons = idle.loc[idle["holders"] > 0].set_index("credential_id")["reason"]
    is_valid = awards["valid_to"].map(lambda last: pd.isna(last) or last >= day).astype(bool)
    idle_ones = awards[is_valid & awards["credential_id"].isin(reasons.index)]
    why = idle_ones["credential_id"].map(reasons).map(texts(tables.IDLE))
    named = with_names(idle_ones.assign(why=why), credentials, listed).sort_values(["credential", "name"])
    return Rows(named, awards.head(0), awards.head(0))


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


def either(condition: pd.Series, one: str, other: str | list[str]) -> list[str]:
    """One text where a condition is so, else the other, or that of the same row."""
    others = [other] * len(condition) if isinstance(other, str) else other
    return [one if is_so else not_so for is_so, not_so in zip(condition, others, strict=True)]


def _stacked(columns: list[str], *frames: pd.DataFrame) -> pd.DataFrame:
    """Frames one below the other, with these columns; empty where a frame has none."""
    rows = [row for frame in frames for row in frame.to_dict("records")]
    return pd.DataFrame(rows, columns=columns)
