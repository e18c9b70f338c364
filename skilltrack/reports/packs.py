"""Packs: documents over several metrics, for a board, a manager, an employee, an auditor.

Each is a function that takes a way to ask (already as known at the receipt's time), the viewer and the receipt, and
returns a document. Every sentence comes from `findings`, by rule, with its n of m.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from skilltrack.access import Viewer
from skilltrack.errors import BadQuestion
from skilltrack.kinds import kinds_about_people
from skilltrack.language import _, mark, number, table_day
from skilltrack.questions import Filters, a_year_before, catalogue
from skilltrack.reports import findings
from skilltrack.reports.documents import Document, Findings, Grid, Numbers, Table, defined, labelled
from skilltrack.reports.receipts import Receipt
from skilltrack.reports.suppression import COUNTS, Hidden, came_of_it, emptied, hide, in_steps, is_small, without_small
from skilltrack.tables import best_levels, matrix, of, people_matrix, percent, with_reasons

Ask = Callable[[str, Viewer, Filters], pd.DataFrame]
COVERED = ("required", "met", "coverage")
PAID = ("credential", "currency", "amount", "payments", "awards", "skill_gains", "unconverted", "seat_time")
PEOPLE_COUNTED = ["listed", "people", "with_role", "ready", "asked", "required", "met"]
"""Columns of `audited` that count people or their requirements; none is larger than the one it is a part of."""
IN_A_GRID = 60
"""A team pack draws everybody's levels for at most this many people."""
ON_A_PAGE = 24
"""Teams that a grid on paper has room for."""


def board(ask: Ask, viewer: Viewer, receipt: Receipt) -> Document:
    """Coverage, readiness, risk, spend and the trend with its causes; small numbers hidden, nobody named."""
    asked, smallest = receipt.order.filters, receipt.smallest_cell
    since = asked.paid_from or a_year_before(asked.as_of)
    now = ask("totals", viewer, asked).iloc[0]
    then = ask("totals", viewer, replace(asked, as_of=since)).iloc[0]
    areas, teams, risks = (ask(name, viewer, asked) for name in ("coverage_by_area", "teams", "risks"))
    hidden = hide(areas.rename(columns={"team": "group", "area": "column"}), smallest)
    if hidden.everything or 0 < now["with_role"] < smallest:
        raise BadQuestion(
            _(
                "A board pack hides numbers that fewer than {n} people stand behind, and here that is all of them. Ask "
                "about more people, or ask for the team pack.",
                n=smallest,
            )
        )
    teams, risks = _teams(teams, hidden, smallest), _risks(risks, hidden, smallest)
    paid = _paid(ask("spend", viewer, replace(asked, paid_from=since)))
    spend = came_of_it(paid, smallest)
    trend, ahead = (
        without_small(ask, name, viewer, replace(asked, months=months), smallest)
        for name, months in (("trend", asked.months), ("forecast", 3))
    )
    changes = ask("movement", viewer, replace(asked, paid_from=since)).set_index("change")
    sentences = findings.board(asked.as_of, since, now, then, changes, ahead, teams, risks, spend, smallest)
    order = teams.sort_values(["required", "team"], ascending=[False, True], na_position="last")
    is_hidden = [cell in hidden.cells for cell in zip(areas["team"], areas["area"], strict=True)]
    areas = emptied(areas, is_hidden, [*COUNTS, "people"]).assign(area=areas["area"].replace("", _("No area")))
    note = _(
        "Hidden: fewer than {n} people or requirements stand behind the number, or it would give such a number away.",
        n=smallest,
    )
    metrics = catalogue()
    paid_for = labelled(metrics["spend"], *PAID)
    of_area = labelled(metrics["coverage_by_area"], "team", "area", "people", *COVERED)
    of_team = labelled(metrics["teams"], "team", *COVERED, "with_role", "ready")
    at_risk = labelled(metrics["risks"], "skill", "category", "required", "met")
    at_risk |= labelled(metrics["teams"], "coverage")
    at_risk |= labelled(metrics["risks"], "teams", "single_points", "uncovered")
    of_month = labelled(metrics["trend"], "month_end", *COVERED)
    apart = f"{note} {_('Currencies are never added together.')}"
    return Document(
        _("Skills report, {day}", day=asked.as_of),
        _("Who can demonstrably do what, where it is thin, what changed and what it cost."),
        [
            Numbers(_headline(now, spend, smallest)),
            Findings(_("Findings"), sentences),
            Table(_("Coverage month by month"), trend, of_month, chart="line"),
            _squares(areas, order["team"].head(ON_A_PAGE), note),
            Table(_("Teams"), order, of_team, note, most=30),
            Table(_("Skills most at risk"), risks, at_risk, note, chart="bars", most=15),
            Table(_("Spend since {day}", day=table_day(since)), spend, paid_for, apart, most=15),
            Table(_("Areas by team"), areas, of_area, note, most=0),
        ],
        defined(*(metrics[name] for name in ("coverage", "readiness", "risks", "movement", "spend"))),
    )


def team(ask: Ask, viewer: Viewer, receipt: Receipt) -> Document:
    """A manager's people by name: who is ready, what is missing and why, what lapses next."""
    asked = receipt.order.filters
    if asked.manager is None and asked.team is None:
        raise BadQuestion(_("The team pack is about one team or organisation. Choose a team or a manager."))
    now = ask("totals", viewer, asked).iloc[0]
    people, gaps, due = (ask(name, viewer, asked) for name in ("readiness", "gaps", "renewals"))
    skills = ask("coverage_by_skill", viewer, asked).sort_values(["coverage", "skill_id"])
    people = people.sort_values(["ready", "readiness", "name"], ascending=[False, False, True])
    due = due[due["bucket"] != "later"].sort_values(["valid_to", "name"])
    gaps = gaps.sort_values(["critical", "gap", "name"], ascending=[False, False, True])
    metrics = catalogue()
    standing = ("role_id", "met", "requirements", "readiness", "critical_unmet", "ready")
    missing = ("skill", "level", "required_level", "reason", "critical")
    return Document(
        _("Team pack, {whose}", whose=_name_of(ask, viewer, asked)),
        _("Who can do what on {day}, what is missing, and what lapses next.", day=asked.as_of),
        [
            Numbers([
                (_("People"), number(now["people"]), _("active on the day")),
                (_("Coverage"), percent(now["met"], now["required"]),
                 of(now["met"], now["required"], _("requirements met"))),
                (_("Ready"), percent(now["ready"], now["with_role"]), of(now["ready"], now["with_role"], _("people"))),
                (_("Due in 90 days"), number((due["bucket"] != "expired").sum()), _("awards that end")),
            ]),
            Findings(_("Findings"), findings.team(people, gaps, due, skills)),
            Table(_("Readiness"), people, labelled(metrics["readiness"], "name", "team", *standing), most=200),
            *([_levels(ask, viewer, asked, people, skills)] if 1 < len(people) <= IN_A_GRID else []),
            Table(_("What is missing"), with_reasons(gaps), labelled(metrics["gaps"], "name", "team", *missing),
                  most=150),
            Table(_("What lapses next"), due,
                  labelled(metrics["renewals"], "name", "team", "credential", "valid_to", "days"), most=100),
            Table(_("Skills"), skills, labelled(metrics["coverage_by_skill"], "skill", *COVERED), chart="bars"),
        ],
        defined(*(metrics[name] for name in ("coverage", "readiness", "gaps", "renewals"))),
    )  # fmt: skip


def transcript(ask: Ask, viewer: Viewer, receipt: Receipt) -> Document:
    """What one person can do, who says so, and until when."""
    asked = receipt.order.filters
    lines = ask("transcript", viewer, asked)
    who = ask("people", viewer, asked)
    about = who.iloc[0].fillna("") if len(who) else {"name": asked.employee, "role_name": "", "team": ""}
    standing = ask("readiness", viewer, asked)
    best = best_levels(lines) if len(lines) else lines
    when, metric = ("level", "issuer", "valid_from", "valid_to"), catalogue()["transcript"]
    cards = [
        (
            _("Readiness as {role}", role=about["role_name"] or row["role_id"]),
            percent(row["readiness"], 1) if row["requirements"] else "–",
            of(row["met"], row["requirements"], _("requirements met")),
        )
        for row in standing.to_dict("records")
    ]
    described = [_("Employee {employee}", employee=asked.employee), about["role_name"], about["team"]]
    can = _("What this person can do on {day}, who says so, and until when.", day=asked.as_of)
    pieces = _("{n} pieces of evidence", n=len(lines))
    return Document(
        _("Transcript of {name}", name=about["name"]),
        f"{' · '.join(filter(None, described))}. {can}",
        [
            Numbers([*cards, (_("Skills"), number(len(best)), pieces)]),
            Table(_("Can do"), best, labelled(metric, "skill", *when, "source", "assurance")),
            Table(
                _("All evidence"),
                lines,
                labelled(metric, "source", "credential", "skill", *when, "assurance", "counts"),
            ),
        ],
        defined(metric, catalogue()["readiness"]),
    )


def audit(ask: Ask, viewer: Viewer, receipt: Receipt) -> Document:
    """What the numbers rest on: definitions, uploads, counts, and what is left out. It has counts only."""
    asked, smallest = receipt.order.filters, receipt.smallest_cell
    readings = ("verified", "attested", "claimed")
    assured = pd.concat([ask("audited", viewer, replace(asked, assurance=name)) for name in readings])
    files = ask("upload_files", viewer, asked)
    assured.insert(0, "assurance", readings)
    unmapped, credentials = assured[["unmapped", "credentials"]].iloc[0]
    assured[PEOPLE_COUNTED] = in_steps(assured[PEOPLE_COUNTED], smallest)
    assured["coverage"] = (assured["met"] / assured["required"].where(assured["required"] > 0)).astype("Float64")
    total = assured.iloc[readings.index(asked.assurance)]
    lost = files.drop_duplicates(["upload_id", "kind"])["quarantined_rows"].sum()
    left_out = [
        (_("People listed who are not active on the day"), total["listed"] - total["people"], total["listed"]),
        (_("Active people whose role has no requirements"), total["people"] - total["with_role"], total["people"]),
        (_("Requirements set aside by an exemption"), total["asked"] - total["required"], total["asked"]),
        (_("Credentials held that demonstrate nothing yet"), unmapped, credentials),
        (_("Uploaded files of uploads that were undone"), int((~files["counts"].astype(bool)).sum()), len(files)),
    ]
    counted = pd.DataFrame(left_out, columns=["what", "left_out", "out_of"]).convert_dtypes()
    about_people = files["kind"].isin([kind.name for kind in kinds_about_people()])
    files = emptied(files, about_people, ["new_rows", "changed_rows"])
    metrics = catalogue()
    log = labelled(
        metrics["upload_files"],
        "upload_id", "file_name", "kind", "landed_at", "by_whom", "new_rows", "changed_rows", "counts", "sha256",
    )  # fmt: skip
    note = _(
        "Counts of people and requirements are rounded down to a multiple of {n}: 0 means fewer than that.", n=smallest
    )
    apart = _("Verified is part of attested, attested of claimed; they are never blended.")
    return Document(
        _("Audit pack, {day}", day=asked.as_of),
        _("What the numbers rest on, how they are defined, and what is left out of them."),
        [
            Numbers(
                [
                    (_("Files"), number(len(files)), _("{n} of {m} count", n=int(files["counts"].sum()), m=len(files))),
                    (_("Coverage"), *_shown(total["met"], total["required"], _("requirements met"))),
                    (_("Bad rows set aside"), number(0 if pd.isna(lost) else lost), _("not counted until corrected")),
                ]
            ),
            Table(
                _("By assurance"),
                assured,
                {"assurance": _("Evidence")} | labelled(metrics["audited"], *COVERED, "with_role", "ready"),
                f"{apart} {note}",
            ),
            Table(_("Left out"), counted, {"what": _("What"), "left_out": _("Left out"), "out_of": _("Of")}, note),
            Table(_("Uploads"), files, log, _("Counts of new and changed rows about people are left out.")),
        ],
        defined(*(metric for metric in metrics.values() if metric.report != "no")),
    )


PACKS: dict[str, Callable[[Ask, Viewer, Receipt], Document]] = {
    "board": board,
    "team": team,
    "transcript": transcript,
    "audit": audit,
}
TITLES = {
    "board": mark("Board pack"),
    "team": mark("Team pack"),
    "transcript": mark("Transcript of one person"),
    "audit": mark("Audit pack"),
}
AREAS = {"board": "money", "team": "people", "transcript": "person", "audit": "reports"}
"""The part of `access.AREAS` that a viewer of each pack needs."""
ASKED_FIRST = {"board": "totals", "team": "totals", "audit": "audited"}
"""The metric that a pack asks first."""
CONTENTS = {
    "board": mark("Coverage, readiness, risk, spend and what changed; names nobody and hides small numbers."),
    "team": mark("One team or organisation by name: who is ready, what is missing, what lapses next."),
    "transcript": mark("What one person can do, who issued it, until when."),
    "audit": mark("What the numbers rest on: definitions, uploads, counts, and what is left out."),
}


def _name_of(ask: Ask, viewer: Viewer, asked: Filters) -> str:
    if asked.team is not None:
        return asked.team or _("people without a team")
    people = ask("people", viewer, replace(asked, employee=asked.manager, manager=None))
    manager = people["name"].iloc[0] if len(people) else asked.manager
    return (
        _("direct reports of {manager}", manager=manager)
        if asked.direct
        else _("organisation of {manager}", manager=manager)
    )


def _shown(part: Any, whole: Any, what: str) -> tuple[str, str]:
    """A share and the n of m below it, or 'hidden'."""
    return (_("hidden"), _("too few people")) if pd.isna(whole) else (percent(part, whole), of(part, whole, what))


def _headline(now: Any, spend: pd.DataFrame, smallest: int) -> list[tuple[str, str, str]]:
    paid = [
        (
            _("Spend, {currency}", currency=str(code)),
            number(part["amount"].sum()),
            _("{n} payments in the period", n=int(part["payments"].sum())),
        )
        for code, part in spend.groupby("currency")
    ]
    people = pd.NA if is_small(now["ready"], now["with_role"], smallest) else now["with_role"]
    return [
        (_("Coverage"), *_shown(now["met"], now["required"], _("requirements met"))),
        (_("Ready for their role"), *_shown(now["ready"], people, _("people"))),
        *paid[:2],
    ]


def _squares(areas: pd.DataFrame, teams: pd.Series, note: str) -> Grid:
    """The areas of some teams as a grid, in an order that gives away nothing about hidden cells."""
    shown = areas[areas["team"].isin(teams) & areas["required"].notna()]
    grid = matrix(shown, "team", "area", pd.Series(dtype=str), 12)
    hidden = areas[areas["required"].isna()]
    cells = zip(hidden["team"], hidden["area"], strict=True)
    grid["cells"] |= {f"{team}\n{area}": [None, None] for team, area in cells}
    return Grid(_("Teams and areas of skill, thinnest first"), _("Team"), grid, note)


def _levels(ask: Ask, viewer: Viewer, asked: Filters, people: pd.DataFrame, skills: pd.DataFrame) -> Grid:
    """Levels of people in the twelve thinnest skills against what their roles require."""
    lines = ask("requirements_met", viewer, asked)
    lines = lines[lines["skill_id"].isin(skills["skill_id"].head(12))]
    grid = people_matrix(lines, dict(zip(people["employee_id"], people["name"], strict=True)))
    for at, (level, required, is_exempt) in grid["cells"].items():
        grid["cells"][at] = [0, 0] if is_exempt else [min(level, required), required]
    note = _("Level reached, at most the required one, of the required level; – is an exemption.")
    return Grid(_("Levels in the thinnest skills"), _("Name"), grid, note, is_levels=True)


def _teams(teams: pd.DataFrame, hidden: Hidden, smallest: int) -> pd.DataFrame:
    """Teams, with numbers that may not be shown left empty; readiness is hidden as a table of people of its own."""
    people = teams.assign(group="", column=teams["team"], required=teams["with_role"], met=teams["ready"])
    few = {column for _, column in hide(people[people["required"] > 0], smallest, has_column_totals=False).cells}
    teams = emptied(teams, teams["team"].isin(hidden.groups), COUNTS)
    return emptied(teams, teams["team"].isin(few), ["people", "with_role", "ready"])


def _risks(risks: pd.DataFrame, hidden: Hidden, smallest: int) -> pd.DataFrame:
    """Skills that may be shown, those with most unmet first. They add up to their area, whose total is shown."""
    cells = risks.assign(group=risks["category"], column=risks["skill_id"])
    small = hide(cells[cells["required"] > 0], smallest, has_column_totals=False)
    is_shown = [
        (a, s) not in small.cells and a not in hidden.columns | small.groups
        for a, s in zip(risks["category"], risks["skill_id"], strict=True)
    ]
    shown = risks[pd.Series(is_shown, index=risks.index, dtype=bool) & (risks["required"] > 0)].copy()
    shown["coverage"] = shown["met"].astype(float) / shown["required"].astype(float)
    shown["unmet"] = shown["required"] - shown["met"]
    # Where there are few teams, their sizes may be known, which would give away the one person.
    shown = emptied(shown, shown["teams"] < smallest, ["single_points", "uncovered"])
    return shown.sort_values(["unmet", "skill_id"], ascending=[False, True])


def _paid(spend: pd.DataFrame) -> pd.DataFrame:
    """Spend by credential and currency, whoever paid; the largest amounts first."""
    lines = spend.groupby(["credential_id", "credential", "currency"], as_index=False).agg(
        amount=("amount", "sum"),
        payments=("payments", "sum"),
        awards=("awards", "first"),
        skill_gains=("skill_gains", "first"),
        unconverted=("unconverted", "sum"),
        seat_time=("seat_time", "sum"),
    )
    return lines.sort_values(["amount", "credential_id", "currency"], ascending=[False, True, True])
