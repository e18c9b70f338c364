"""What counts for which skill: what is still to be settled, and every table of the catalogue, changed in place."""

from skilltrack.language import _, mark, number, texts
from skilltrack.reports import data_answers
from skilltrack.ui import catalogue_edit, catalogue_grounds, catalogue_todo, filters, numbers, parts, sentences
from skilltrack.ui.cache import ask, shaped

PARTS = {
    "todo": mark("To settle"),
    "skills": mark("Skills"),
    "credentials": mark("Credentials"),
    "credential_skills": mark("What credentials show"),
    "issuers": mark("Issuers"),
    "issuer_keys": mark("Issuers' keys"),
    "roles": mark("Roles"),
    "job_titles": mark("Job titles"),
    "exemptions": mark("Exemptions"),
}

parts.heading(_("Catalogue"), _("What counts for which skill, and what is still to settle?"))
day = filters.bar("as_of")
asked = [(name, day) for name in ("counting_for_nothing", "titles_without_role", "skills_suggested")]
idle, titles = (ask(*question) for question in asked[:2])
to_map, nothing = idle[~idle["is_mapped"]], idle[idle["holders"] > 0]
sentences.show(day, *shaped(data_answers.to_settle, *asked), on="catalogue")
numbers.cards(
    (_("To map"), number(len(to_map)), _("credentials without a skill"), catalogue_grounds.unmapped(day)),
    (
        _("Titles without a role"),
        number(len(titles)),
        _("people not counted in coverage: {n}", n=titles["people"].sum()),
        catalogue_grounds.without_role(day),
    ),
    (
        _("Counting for nothing"),
        number(len(nothing)),
        _("credentials, with awards: {n}", n=nothing["awards"].sum()),
        catalogue_grounds.idle_awards(day),
    ),
)
catalogue_edit.tell_saved()
part = filters.tabs("part", _("Part of the catalogue"), texts(PARTS))
if part == "todo":
    todo = [(to_map, catalogue_todo.credentials), (titles, catalogue_todo.titles), (nothing, catalogue_todo.nothing)]
    with parts.if_published():
        catalogue_todo.skills(day)
    for rows, show in sorted(todo, key=lambda one: one[0].empty):  # what is settled comes last
        show(rows, day)
else:
    with parts.if_published():
        catalogue_edit.table(part)
