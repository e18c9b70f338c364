"""What counts for which skill: what is still to be settled, and every table of the catalogue, changed in place."""

from skilltrack.ui import catalogue_edit, catalogue_todo, filters, parts
from skilltrack.ui.cache import ask

PARTS = {
    "todo": "To settle", "skills": "Skills", "credentials": "Credentials", "credential_skills": "What credentials show",
    "issuers": "Issuers", "issuer_keys": "Issuers' keys", "roles": "Roles", "job_titles": "Job titles",
    "exemptions": "Exemptions",
}  # fmt: skip

parts.heading("Catalogue", "What counts for which skill, and what is still to settle?")
day = filters.bar("as_of")
idle, titles = ask("counting_for_nothing", day), ask("titles_without_role", day)
to_map, nothing = idle[~idle["is_mapped"]], idle[idle["holders"] > 0]
parts.cards(
    ("To map", f"{len(to_map):,}", "credentials without a skill"),
    (
        "Titles without a role",
        f"{len(titles):,}",
        f"{int(titles['people'].sum()):,} people are not counted in coverage",
    ),
    ("Counting for nothing", f"{len(nothing):,}", f"credentials, with {int(nothing['awards'].sum()):,} awards"),
)
catalogue_edit.tell_saved()
part = filters.tabs("part", "Part of the catalogue", PARTS)
if part == "todo":
    todo = [(to_map, catalogue_todo.credentials), (titles, catalogue_todo.titles), (nothing, catalogue_todo.nothing)]
    for rows, show in sorted(todo, key=lambda one: one[0].empty):  # what is settled comes last
        show(rows)
else:
    catalogue_edit.table(part)
