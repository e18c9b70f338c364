"""What an upload would do, drawn: rows, people, teams, problems; and how its files are read."""

from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from skilltrack import people_tables, tables
from skilltrack.ingest import KINDS, Outcome, ReadFile
from skilltrack.kinds import KEPT_APART, kind_called
from skilltrack.language import _, mark, number, texts
from skilltrack.questions import Effects, Preview
from skilltrack.reports import upload_answers
from skilltrack.text import visible
from skilltrack.ui import badges, filters, labels, names, numbers, parts, pictures

NOT_USED = "–"
SORTS = {"new": mark("New"), "changed": mark("Changed"), "gone": mark("Gone")}
MOVES = {
    "leave": mark("leave"),
    "join": mark("join"),
    "change manager": mark("change manager"),
    "change role": mark("change role"),
    "change team": mark("change team"),
}
"""What an upload would do to people, in words."""
SENTENCES = 76
"""Pixels of a row that holds a few sentences."""
SEVERITIES = {"error": mark("bad row"), "warning": mark("warning")}


def alarms_ticked(outcome: Outcome, turn: int) -> bool:
    """Whether the viewer has ticked every alarm about the files."""
    alarms = [problem for problem in outcome.problems if problem.severity == "alarm"]
    if alarms:
        st.warning(_("This looks unusual. Tick what is intended, or do not import."), icon=":material/warning:")
    ticks = []
    for at, alarm in enumerate(alarms):
        st.text(visible(alarm))
        ticks.append(st.checkbox(_("Yes, this is intended"), key=f"alarm_{turn}_{at}_{alarm.message}"))
    return all(ticks)


def show(preview: Preview) -> None:
    """The rows, people and teams that would change, and the problems."""
    counts = preview.outcome.counts
    sums = {sort: sum(getattr(c, sort) for c in counts) for sort in ("new", "changed", "unchanged", "gone")}
    bad = sum(count.quarantined for count in counts)
    kinds = ", ".join(kind_called(count.kind) for count in counts)
    numbers.cards(
        (_("New"), number(sums["new"]), kinds),
        (_("Changed"), number(sums["changed"]), _("rows with a known key")),
        (_("Unchanged"), number(sums["unchanged"]), _("rows as they are stored")),
        (_("Gone"), number(sums["gone"]), _("people no longer listed")),
        (_("Bad"), number(bad), _("rows, each with its reason")),
        key="rows",
    )
    effects(preview.effects)
    _samples(preview.effects.samples)
    problems = [p for p in preview.outcome.problems if p.severity in ("error", "warning")]
    if problems:
        st.subheader(_("What to look at"), anchor=False)
        words = texts(SEVERITIES)
        rows = [
            {**vars(p), "severity": words[p.severity], "line": str(p.line or ""), "message": _(p.message)}
            for p in problems
        ]
        columns = ("severity", "file", "line", "column", "value", "message")
        parts.table(pd.DataFrame(rows).fillna(""), "problems", "problems", *columns, row_height=SENTENCES)


def effect(changes: Effects) -> None:
    """What would become of coverage, as one sentence."""
    if one := upload_answers.effect(changes.met, changes.required, list(changes.teams.get("team", []))):
        st.markdown(f"**{parts.plain(one.strong)}** {parts.plain(one.rest)}")


def effects(changes: Effects, at: str = "") -> None:
    """People who would join, leave or move, and teams whose coverage would change.

    `at` tells the effects of two things on one page apart.
    """
    if changes.not_computed:
        st.caption(changes.not_computed)
    if not changes.teams.empty:
        title = _("Coverage that would change most")
        pictures.heading(title, "teams_moved", more=partial(_moved, changes.requirements), at=at)
        shown = changes.teams.assign(
            before=[_of(r, "before") for r in changes.teams.to_dict("records")],
            after=[_of(r, "after") for r in changes.teams.to_dict("records")],
        )
        parts.table(shown, "teams_moved", "teams_moved", "team", "before", "after", at=at)
    if changes.people:
        words = texts(MOVES)
        moves = "; ".join(f"{words[what]}: {number(count)}" for what, count in changes.people.items())
        st.subheader(_("People"), anchor=False)
        st.text(_("People who would {moves}.", moves=moves))
        who = changes.who.fillna("")
        columns = ("name", "what", "before", "after", "employee_id")
        cells = {
            when: [_place(*one) for one in zip(who["what"], who[when], strict=True)] for when in ("before", "after")
        }
        parts.table(who.assign(what=who["what"].map(words), **cells), "people_moved", "people_moved", *columns, at=at)
        st.caption(_("The first of each kind."))


def _place(what: str, value: str) -> str:
    """What somebody moves from or to, by name: a manager, a role or a team."""
    called = {"change manager": names.called, "change role": filters.role_called}.get(what, str)
    return called(value) if value else ""


def _moved(requirements: pd.DataFrame) -> None:
    """Whose requirements would be met, or not, or not asked any more; of one team, once it is chosen."""
    if requirements.empty:
        return
    teams = sorted(set(requirements["team"]))
    team = st.selectbox(
        _("Team"),
        teams,
        index=None,
        key="team_moved",
        placeholder=_("All teams"),
        format_func=lambda name: visible(name) or _("No team"),
    )
    columns = ("name", "skill", "was", "now", "team")
    parts.table(people_tables.moved(requirements, team), "requirements_moved", "requirements_moved", *columns)


def _of(row: dict[str, Any], when: str) -> str:
    met, required = row[f"met_{when}"], row[f"required_{when}"]
    return f"{parts.percent(met, required)} ({tables.n_of_m(met, required)})"


def _samples(samples: dict[str, list[dict[str, Any]]]) -> None:
    rows = []
    for kind, examples in samples.items():
        for row in examples:
            now = {c.name: row[c.name] for c in KINDS[kind].columns}
            was = {c.name: row[f"was_{c.name}"] for c in KINDS[kind].columns}
            if row["sort"] == "changed":
                empty = _("empty")
                moved = [f"{n}: {was[n] or empty} → {now[n] or empty}" for n in now if now[n] != was[n]]
            else:
                moved = [f"{n}: {v}" for n, v in (now if row["sort"] == "new" else was).items() if v]
            key = " ".join(filter(None, ((now[n] or was[n]) for n in KINDS[kind].key if n in now)))
            rows.append({"sort": _(SORTS[row["sort"]]), "kind": kind_called(kind), "key": key, "row": "; ".join(moved)})
    if rows:
        with st.expander(_("Rows, for example"), icon=":material/table_rows:"):
            parts.table(pd.DataFrame(rows), "samples", "samples", "sort", "kind", "key", "row")


def how_read(read: list[ReadFile]) -> None:
    """Which column of each file is read as which of ours, with a sample; a change takes effect at once."""
    for file in read:
        name, key = file.decoded.name, file.sha256[:16]
        dropped = [file.decoded.header[at] for at in file.mapped.sensitive]
        if dropped:
            message = _("Not stored, because it is sensitive: {columns}.", columns=", ".join(dropped))
            st.info(parts.plain(message), icon=":material/lock:")
        with st.expander(_("How {file} is read", file=parts.plain(name)), icon=":material/rule:"):
            for problem in file.decoded.problems + file.mapped.problems:
                if problem.severity == "notice" and "never stored" not in problem.message:
                    st.text(visible("· " + str(problem).removeprefix(name).lstrip(":, ")))
            if file.badges is None:
                _edit_columns(file, key)
            else:
                read_there = badges.read_from(file.badges.checked.values())
                drawn = labels.columns("badges_read", *read_there.columns)
                st.dataframe(read_there, hide_index=True, placeholder="", column_config=drawn)
            st.download_button(
                _("Mapping for the command line (TOML)"),
                file.mapping.for_command.to_toml(),
                f"{file.kind.name}.toml",
                key=f"toml_{key}",
                on_click="ignore",
                icon=":material/download:",
            )


def _edit_columns(file: ReadFile, key: str) -> None:
    taken, header = file.mapped.mapping.columns, [h for h in file.decoded.header if h]
    columns = [column for column in file.kind.file_columns if column != KEPT_APART]
    rows = []
    for column in columns:
        theirs = taken.get(column.name) or NOT_USED
        cells = file.mapped.columns.get(column.name)
        samples = list(dict.fromkeys(filter(None, cells[:50].to_pylist())))[:3] if cells is not None else []
        shown = theirs if isinstance(theirs, str) else " + ".join(theirs)
        name = column.name + (" *" if column.required else "")
        rows.append({"ours": name, "theirs": shown, "sample": visible(", ".join(v[:30] for v in samples))})
    theirs_label, _holds = labels.label_of("columns_of_file", "theirs")
    offered = [NOT_USED, *dict.fromkeys([*header, *(row["theirs"] for row in rows if row["theirs"] != NOT_USED)])]
    edited = st.data_editor(
        pd.DataFrame(rows),
        hide_index=True,
        key=f"columns_{key}_{file.kind.name}",
        disabled=["ours", "sample"],
        column_config={
            **labels.columns("columns_of_file", "ours", "sample"),
            "theirs": st.column_config.SelectboxColumn(theirs_label, options=offered, required=True),
        },
        width="stretch",
        placeholder="",
    )
    chosen = dict(zip((c.name for c in columns), edited["theirs"], strict=True))
    if chosen != dict(zip((c.name for c in columns), (row["theirs"] for row in rows), strict=True)):
        kept = {n: taken[n] if taken.get(n) and " + ".join(_many(taken[n])) == h else h for n, h in chosen.items()}
        used = {n: "" if h == NOT_USED else h for n, h in kept.items() if h != NOT_USED or n in taken}
        st.session_state[f"mapping_{key}"] = replace(file.mapping, name="on the screen", columns=used)
        st.session_state.pop(f"answers_{key}", None)
        st.rerun()


def _many(headers: str | list[str]) -> list[str]:
    return [headers] if isinstance(headers, str) else headers
