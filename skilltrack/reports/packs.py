"""Packs: documents over several metrics, for a board, a manager, an employee, an auditor.

Each is a function from what asks (already as known at the receipt's time) and the receipt to a document. Every sentence
comes from `findings`, by rule, with its n of m.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from skilltrack.access import Viewer
from skilltrack.errors import BadQuestion, Refused
from skilltrack.metrics import Filters, catalogue
from skilltrack.reports import findings
from skilltrack.reports.documents import Document, Findings, Grid, Numbers, Table, defined
from skilltrack.reports.receipts import Receipt
from skilltrack.reports.suppression import Hidden, hide
from skilltrack.tables import best_levels, matrix, of, percent

Ask = Callable[[str, Viewer, Filters], pd.DataFrame]
COUNTS = ["required", "met", "coverage"]
COVERED = {"required": "Required", "met": "Met", "coverage": "Coverage"}
ON_A_PAGE = 24
"""Teams that a grid on paper has room for."""


def board(ask: Ask, viewer: Viewer, receipt: Receipt) -> Document:
    """Coverage, readiness, risk, spend and the trend with its causes; small numbers hidden, nobody named."""
    asked, smallest = receipt.order.filters, receipt.policy["smallest_cell"]
    since = asked.paid_from or asked.as_of - timedelta(days=365)
    now = ask("totals", viewer, asked).iloc[0]
    then = ask("totals", viewer, replace(asked, as_of=since)).iloc[0]
    areas, teams, risks = (ask(name, viewer, asked) for name in ("coverage_by_area", "teams", "risks"))
    hidden = hide(areas.rename(columns={"team": "group", "area": "column"}), smallest)
    if hidden.everything or 0 < now["with_role"] < smallest:
        raise Refused(
            f"A board pack hides what fewer than {smallest} people stand behind, and here that is everything. "
            "Ask about more people, or for the team pack."
        )
    teams, risks = _teams(teams, hidden, smallest), _risks(risks, hidden, smallest)
    spend = ask("spend", viewer, replace(asked, paid_from=since))
    ahead = ask("forecast", viewer, replace(asked, months=3))
    changes = ask("changes", viewer, replace(asked, paid_from=since)).set_index("change")
    said = findings.board(asked.as_of, since, now, then, changes, ahead, teams, risks, spend)
    order = teams.sort_values(["required", "team"], ascending=[False, True], na_position="last")
    areas["area"] = areas["area"].replace("", "No area")
    grid = matrix(
        areas[areas["team"].isin(list(order["team"].head(ON_A_PAGE)))], "team", "area", pd.Series(dtype=str), 12
    )
    for group, column in hidden.cells:
        if f"{group}\n{column or 'No area'}" in grid["cells"]:
            grid["cells"][f"{group}\n{column or 'No area'}"] = [None, None]
    shown = areas.copy()
    keys = zip(shown["team"], shown["area"].replace("No area", ""), strict=True)
    shown.loc[[key in hidden.cells for key in keys], [*COUNTS, "people"]] = pd.NA
    note = (
        f"Hidden: fewer than {smallest} people or requirements stand behind a number, or it would give such a one away."
    )
    label = {"team": "Team"} | COVERED | {"with_role": "With a role", "ready": "Ready"}
    risk = {"skill": "Skill", "category": "Area"} | COVERED
    risk |= {"teams": "Teams that need it", "single_points": "Met by one", "uncovered": "Met by nobody"}
    metrics = catalogue()
    return Document(
        f"Skills report, {asked.as_of:%-d %B %Y}",
        "Who can demonstrably do what, where it is thin, what changed and what it cost.",
        [
            Numbers(_headline(now, spend, asked.as_of)),
            Findings("Findings", said),
            Table(
                "Coverage month by month",
                ask("trend", viewer, asked),
                {"month_end": "Month end"} | COVERED,
                chart="line",
            ),
            Grid("Teams and areas of skill, thinnest first", "Team", grid, note),
            Table("Teams", order, label, note, most=30),
            Table("Skills most at risk", risks, risk, note, chart="bars", most=15),
            _spend(spend, since),
            Table("Areas by team", shown, {"team": "Team", "area": "Area", "people": "People"} | COVERED, note, most=0),
        ],
        defined(*(metrics[name] for name in ("coverage", "readiness", "risks", "changes", "spend"))),
    )


def team(ask: Ask, viewer: Viewer, receipt: Receipt) -> Document:
    """A manager's people by name: who is ready, what is missing and why, what lapses next."""
    asked = receipt.order.filters
    if not (asked.manager or asked.team):
        raise BadQuestion("The team pack is about one team or organisation. Say which with --team or --manager.")
    now = ask("totals", viewer, asked).iloc[0]
    people, gaps, due = (ask(name, viewer, asked) for name in ("readiness", "gaps", "renewals"))
    skills = ask("coverage_by_skill", viewer, asked)
    due = due[due["bucket"] != "later"].sort_values(["valid_to", "name"])
    gaps = gaps.sort_values(["critical", "gap", "name"], ascending=[False, False, True])
    whose = {"name": "Name", "team": "Team"}
    metrics = catalogue()
    return Document(
        f"Team pack, {asked.team or _name_of(ask, viewer, asked)}",
        f"Who can do what on {asked.as_of:%-d %B %Y}, what is missing, and what lapses next.",
        [
            Numbers([
                ("People", f"{now['people']:,}", "active on the day"),
                ("Coverage", percent(now["met"], now["required"]), of(now["met"], now["required"], "requirements met")),
                ("Ready", percent(now["ready"], now["with_role"]), of(now["ready"], now["with_role"], "people")),
                ("Due in 90 days", f"{int((due['bucket'] != 'expired').sum()):,}", "awards that end"),
            ]),
            Findings("Findings", findings.team(people, gaps, due, skills)),
            Table("Readiness", people.sort_values(["ready", "readiness", "name"], ascending=[False, False, True]),
                  whose | {"role_id": "Role", "met": "Met", "requirements": "Of", "readiness": "Readiness",
                           "critical_unmet": "Critical unmet", "ready": "Ready"}),
            Table("What is missing", gaps, whose | {"skill": "Skill", "level": "Level", "required_level": "Required",
                                                    "reason": "Why", "critical": "Critical"}),
            Table("What lapses next", due,
                  whose | {"credential": "Credential", "valid_to": "Last day", "days": "Days"}),
            Table("Skills", skills.sort_values(["coverage", "skill_id"]), {"skill": "Skill"} | COVERED, chart="bars"),
        ],
        defined(*(metrics[name] for name in ("coverage", "readiness", "gaps", "renewals"))),
    )  # fmt: skip


def transcript(ask: Ask, viewer: Viewer, receipt: Receipt) -> Document:
    """What one person can do, on whose word, until when."""
    asked = receipt.order.filters
    lines = ask("transcript", viewer, asked)
    who = ask("people", viewer, asked)
    about = who.iloc[0].fillna("") if len(who) else {"name": asked.employee, "role_name": "", "team": ""}
    standing = ask("readiness", viewer, asked)
    best = best_levels(lines) if len(lines) else lines
    when = {"level": "Level", "issuer": "On whose word", "valid_from": "Since", "valid_to": "Until"}
    cards = [
        (f"Readiness as {about['role_name'] or row['role_id']}",
         percent(row["readiness"], 1) if row["requirements"] else "–",
         of(row["met"], row["requirements"], "requirements met"))
        for row in standing.to_dict("records")
    ]  # fmt: skip
    described = " · ".join(filter(None, [f"Employee {asked.employee}", about["role_name"], about["team"]]))
    return Document(
        f"Transcript of {about['name']}",
        f"{described}. What this person can do on {asked.as_of:%-d %B %Y}, on whose word, until when.",
        [
            Numbers([*cards, ("Skills", f"{len(best):,}", f"{len(lines):,} pieces of evidence")]),
            Table("Can do", best, {"skill": "Skill"} | when | {"source": "Shown by", "assurance": "Assurance"}),
            Table("All evidence", lines, {"source": "Source", "credential": "Credential", "skill": "Skill"} | when
                  | {"assurance": "Assurance", "counts": "Counts"}),
        ],
        defined(catalogue()["transcript"], catalogue()["readiness"]),
    )  # fmt: skip


def audit(ask: Ask, viewer: Viewer, receipt: Receipt) -> Document:
    """What the numbers rest on: definitions, uploads, counts, and what is left out of them."""
    asked = receipt.order.filters
    files, now = ask("upload_files", viewer, asked), ask("totals", viewer, asked).iloc[0]
    readings = [
        (name, ask("totals", viewer, replace(asked, assurance=name)).iloc[0])
        for name in ("verified", "attested", "claimed")
    ]
    kinds = files[files["counts"].astype(bool)].groupby("kind", as_index=False).agg(files=("sha256", "size"))
    listed = ask("people", viewer, asked)
    standing, unmapped = ask("requirements_met", viewer, asked), ask("unmapped", viewer, asked)
    lost = files.drop_duplicates(["upload_id", "kind"])["quarantined_rows"].sum()
    active = int(listed["is_active"].sum())
    left_out = [
        ("People listed who are not active on the day", len(listed) - active, len(listed)),
        ("Active people whose role has no requirements", int(now["people"] - now["with_role"]), int(now["people"])),
        ("Requirements set aside by an exemption", int(standing["is_exempt"].sum()), len(standing)),
        (
            "Credentials held that demonstrate nothing yet",
            len(unmapped),
            len(ask("catalogue_of_credentials", viewer, asked)),
        ),
        ("Uploaded files of uploads that were undone", int((~files["counts"].astype(bool)).sum()), len(files)),
    ]
    counted = pd.DataFrame(left_out, columns=["what", "left_out", "out_of"])
    assured = pd.DataFrame([
        (name, int(row["required"]), int(row["met"]), row["coverage"], int(row["with_role"]), int(row["ready"]))
        for name, row in readings
    ], columns=["assurance", *COUNTS, "with_role", "ready"])  # fmt: skip
    log = {"upload_id": "Upload", "file_name": "File", "kind": "Kind", "landed_at": "Landed", "by_whom": "By",
           "new_rows": "New", "changed_rows": "Changed", "counts": "Counts", "sha256": "SHA-256"}  # fmt: skip
    return Document(
        f"Audit pack, {asked.as_of:%-d %B %Y}",
        "What the numbers rest on, how they are defined, and what is left out of them.",
        [
            Numbers([
                ("Files", f"{len(files):,}", of(files["counts"].sum(), len(files), "count")),
                ("Coverage", percent(now["met"], now["required"]), of(now["met"], now["required"], "requirements met")),
                ("Bad rows kept apart", f"{0 if pd.isna(lost) else int(lost):,}", "not counted until mended"),
            ]),
            Table("By assurance", assured,
                  {"assurance": "Evidence"} | COVERED | {"with_role": "With a role", "ready": "Ready"},
                  "Verified is part of attested, attested of claimed; they are never blended."),
            Table("Left out", counted, {"what": "What", "left_out": "Left out", "out_of": "Of"}),
            Table("Files by kind", kinds, {"kind": "Kind", "files": "Files that count"}),
            Table("Uploads", files, log),
        ],
        defined(*(metric for metric in catalogue().values() if metric.report != "no")),
    )  # fmt: skip


PACKS: dict[str, Callable[[Ask, Viewer, Receipt], Document]] = {
    "board": board, "team": team, "transcript": transcript, "audit": audit,
}  # fmt: skip


def _name_of(ask: Ask, viewer: Viewer, asked: Filters) -> str:
    found = ask("people", viewer, replace(asked, employee=asked.manager, manager=None))
    return f"organisation of {found['name'].iloc[0] if len(found) else asked.manager}"


def _headline(now: Any, spend: pd.DataFrame, as_of: date) -> list[tuple[str, str, str]]:
    paid = [(f"Spend, {code}", f"{part['amount'].sum():,.0f}", f"{part['payments'].sum():,} payments in the period")
            for code, part in spend.groupby("currency")]  # fmt: skip
    return [
        ("Coverage", percent(now["met"], now["required"]), of(now["met"], now["required"], "requirements met")),
        ("Ready for their role", percent(now["ready"], now["with_role"]), of(now["ready"], now["with_role"], "people")),
        *paid[:2],
    ]


def _teams(teams: pd.DataFrame, hidden: Hidden, smallest: int) -> pd.DataFrame:
    """Teams with what may not be shown left empty; readiness is its own table of people."""
    people = teams.assign(group="", column=teams["team"], required=teams["with_role"], met=teams["ready"])
    few = {column for _, column in hide(people[people["required"] > 0], smallest, has_column_totals=False).cells}
    teams = teams.copy()
    teams.loc[teams["team"].isin(hidden.groups), COUNTS] = pd.NA
    teams.loc[teams["team"].isin(few), ["people", "with_role", "ready"]] = pd.NA
    return teams


def _risks(risks: pd.DataFrame, hidden: Hidden, smallest: int) -> pd.DataFrame:
    """Skills that may be shown, those with most unmet first; they add up to their area, whose total is shown."""
    cells = risks.assign(group=risks["category"], column=risks["skill_id"])
    small = hide(cells[cells["required"] > 0], smallest, has_column_totals=False)
    is_shown = [(a, s) not in small.cells and a not in hidden.columns | small.groups
                for a, s in zip(risks["category"], risks["skill_id"], strict=True)]  # fmt: skip
    shown = risks[pd.Series(is_shown, index=risks.index, dtype=bool) & (risks["required"] > 0)].copy()
    shown["coverage"] = shown["met"].astype(float) / shown["required"].astype(float)
    shown["unmet"] = shown["required"] - shown["met"]
    order = ["uncovered", "single_points", "unmet", "skill_id"]
    return shown.sort_values(order, ascending=[False, False, False, True])


def _spend(spend: pd.DataFrame, since: date) -> Table:
    lines = spend.groupby(["credential_id", "credential", "currency"], as_index=False).agg(
        amount=("amount", "sum"), payments=("payments", "sum"), awards=("awards", "first"),
        skill_gains=("skill_gains", "first"), unconverted=("unconverted", "sum"),
    )  # fmt: skip
    labels = {"credential": "Credential", "currency": "Currency", "amount": "Amount", "payments": "Payments",
              "awards": "Awards", "skill_gains": "Skills gained", "unconverted": "No award yet"}  # fmt: skip
    lines = lines.sort_values(["amount", "credential_id", "currency"], ascending=[False, True, True])
    return Table(f"Spend since {since}", lines, labels, "Currencies are never added together.", most=15)
