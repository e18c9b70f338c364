"""What an upload would do, drawn: rows, people, teams, problems; and how its files are read."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from skilltrack.ingest import KINDS, Outcome, ReadFile
from skilltrack.kinds import KEPT_APART
from skilltrack.questions import Effects, Preview
from skilltrack.text import visible
from skilltrack.ui import badges, parts

NOT_USED = "–"
SORTS = {"new": "New", "changed": "Changed", "gone": "Gone"}


def alarms_ticked(outcome: Outcome, turn: int) -> bool:
    """Whether the viewer has ticked every alarm about the files."""
    alarms = [problem for problem in outcome.problems if problem.severity == "alarm"]
    if alarms:
        st.warning("This looks unusual. Tick what is intended, or do not import.", icon=":material/warning:")
    ticks = []
    for at, alarm in enumerate(alarms):
        st.text(visible(alarm))
        ticks.append(st.checkbox("Yes, this is intended", key=f"alarm_{turn}_{at}_{alarm.message}"))
    return all(ticks)


def show(preview: Preview) -> None:
    """The rows, people and teams that would change, and the problems."""
    counts = preview.outcome.counts
    sums = {sort: sum(getattr(c, sort) for c in counts) for sort in ("new", "changed", "unchanged", "gone")}
    bad = sum(count.quarantined for count in counts)
    kinds = ", ".join(count.kind.replace("_", " ") for count in counts)
    parts.cards(
        ("New", f"{sums['new']:,}", kinds),
        ("Changed", f"{sums['changed']:,}", "rows with a known key"),
        ("Unchanged", f"{sums['unchanged']:,}", "rows as they are stored"),
        ("Gone", f"{sums['gone']:,}", "people no longer listed"),
        ("Bad", f"{bad:,}", "rows, each with its reason"),
    )
    effects(preview.effects)
    _samples(preview.effects.samples)
    problems = [p for p in preview.outcome.problems if p.severity in ("error", "warning")]
    if problems:
        st.subheader("What to look at", anchor=False)
        rows = [
            {**vars(p), "severity": "bad row" if p.severity == "error" else p.severity, "line": str(p.line or "")}
            for p in problems
        ]
        parts.table(pd.DataFrame(rows).fillna(""), "problems", {
            "severity": "What", "file": "File", "line": "Line", "column": "Column", "value": "Value",
            "message": st.column_config.TextColumn("What would work", width="large"),
        })  # fmt: skip


def effects(changes: Effects) -> None:
    """People who would join, leave or move, and teams whose coverage would change."""
    if changes.not_computed:
        st.caption(changes.not_computed)
    if not changes.teams.empty:
        st.subheader("Coverage that would change most", anchor=False)
        shown = changes.teams.assign(
            before=[_of(r, "before") for r in changes.teams.to_dict("records")],
            after=[_of(r, "after") for r in changes.teams.to_dict("records")],
        )
        parts.table(shown, "teams_moved", {"team": "Team", "before": "Before", "after": "After"})
    if changes.people:
        sentence = "; ".join(f"{count:,} would {what}" for what, count in changes.people.items())
        st.subheader("People", anchor=False)
        st.text(f"{sentence}.")
        names = {"what": "Would", "name": "Name", "before": "From", "after": "To"}
        parts.table(changes.who.fillna(""), "people_moved", {"employee_id": "Id", **names})
        st.caption("The first of each kind.")


def _of(row: dict[str, Any], when: str) -> str:
    met, required = row[f"met_{when}"], row[f"required_{when}"]
    return f"{parts.percent(met, required)} ({met:,} of {required:,})"


def _samples(samples: dict[str, list[dict[str, Any]]]) -> None:
    rows = []
    for kind, examples in samples.items():
        for row in examples:
            now = {c.name: row[c.name] for c in KINDS[kind].columns}
            was = {c.name: row[f"was_{c.name}"] for c in KINDS[kind].columns}
            if row["sort"] == "changed":
                moved = [f"{n}: {was[n] or 'empty'} → {now[n] or 'empty'}" for n in now if now[n] != was[n]]
            else:
                moved = [f"{n}: {v}" for n, v in (now if row["sort"] == "new" else was).items() if v]
            key = " ".join(filter(None, ((now[n] or was[n]) for n in KINDS[kind].key if n in now)))
            rows.append({"sort": SORTS[row["sort"]], "kind": kind, "key": key, "row": "; ".join(moved)})
    if rows:
        with st.expander("Rows, for example", icon=":material/table_rows:"):
            parts.table(pd.DataFrame(rows), "samples", {
                "sort": "What", "kind": "Kind", "key": "Row",
                "row": st.column_config.TextColumn("Cells", width="large"),
            })  # fmt: skip


def how_read(read: list[ReadFile]) -> None:
    """Which column of each file is read as which of ours, with a sample; a change takes effect at once."""
    for file in read:
        name, key = file.decoded.name, file.sha256[:16]
        dropped = [file.decoded.header[at] for at in file.mapped.sensitive]
        if dropped:
            message = f"Not stored, because it is sensitive: {', '.join(dropped)}."
            st.info(parts.plain(message), icon=":material/lock:")
        with st.expander(f"How {parts.plain(name)} is read", icon=":material/rule:"):
            for problem in file.decoded.problems + file.mapped.problems:
                if problem.severity == "notice" and "never stored" not in problem.message:
                    st.text(visible("· " + str(problem).removeprefix(name).lstrip(":, ")))
            if file.badges is None:
                _edit_columns(file, key)
            else:
                st.dataframe(badges.read_from(file.badges.checked.values()), hide_index=True, placeholder="")
            st.download_button(
                "Mapping for the command line (TOML)", replace(file.mapping, reading="").to_toml(),
                f"{file.kind.name}.toml", key=f"toml_{key}", on_click="ignore", icon=":material/download:",
            )  # fmt: skip


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
    offered = [NOT_USED, *dict.fromkeys([*header, *(row["theirs"] for row in rows if row["theirs"] != NOT_USED)])]
    edited = st.data_editor(
        pd.DataFrame(rows), hide_index=True, key=f"columns_{key}_{file.kind.name}", disabled=["ours", "sample"],
        column_config={
            "ours": "Skilltrack column (* required)",
            "theirs": st.column_config.SelectboxColumn("Column of the file", options=offered, required=True),
            "sample": "Examples",
        }, width="stretch", placeholder="",
    )  # fmt: skip
    chosen = dict(zip((c.name for c in columns), edited["theirs"], strict=True))
    if chosen != dict(zip((c.name for c in columns), (row["theirs"] for row in rows), strict=True)):
        kept = {n: taken[n] if taken.get(n) and " + ".join(_many(taken[n])) == h else h for n, h in chosen.items()}
        used = {n: "" if h == NOT_USED else h for n, h in kept.items() if h != NOT_USED or n in taken}
        st.session_state[f"mapping_{key}"] = replace(file.mapping, name="on the screen", columns=used)
        st.session_state.pop(f"answers_{key}", None)
        st.rerun()


def _many(headers: str | list[str]) -> list[str]:
    return [headers] if isinstance(headers, str) else headers
