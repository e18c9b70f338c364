"""Answers: what a team would lose with one person, and whether it can fill the seats that its targets ask for."""

import streamlit as st

from skilltrack import people_tables, tables
from skilltrack.reports import answers
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import shaped

parts.heading("Staffing")
view = filters.bar("as_of", "manager", "team", "assurance")
everybody = shaped(tables.records, ("totals", view))[0]["people"]
if parts.is_too_many(everybody):
    st.stop()
people, targets = ("leaving", view), ("staffing", view)
leavers, seats = shaped(people_tables.leavers, people, ("role_names", view)), shaped(people_tables.seats, targets)
parts.answers(shaped(answers.leaving, people), shaped(answers.seated, targets))
parts.cards(
    parts.part_of("The only one who can", (leavers["lost"] > 0).sum(), everybody, "people"),
    parts.part_of("Seats that can be filled", seats["filled"].sum(), seats["headcount"].sum(), "seats"),
)
st.subheader("If this person leaves", anchor=False)
columns = {
    "name": "Name",
    "lost": st.column_config.NumberColumn(
        "Only they can", help="Skills the team needs that nobody else of it can show"
    ),
    "skills": st.column_config.TextColumn("Skills lost", width="large"),
    "thin": st.column_config.NumberColumn("One more can", help="Skills that would then depend on one person"),
    "team": "Team",
    "role": "Role",
}
parts.table(leavers, "leaving", columns, opens_person=True, empty="No skill depends on one or two people.")
st.subheader("Seats of the targets", anchor=False)
if seats.empty:
    st.info("No target holds on this day. A file of targets says how many people a team needs: see Uploads.")
else:
    columns = {
        "team": "Team",
        "skill": "Skill",
        "level": "Level",
        "filled": "Filled",
        "headcount": "Of",
        "short": "Short by",
    }
    parts.table(seats, "seats", columns, opens=parts.open_cell)
    st.caption("One person fills at most one seat of a team. As many seats as possible are filled at once.")
