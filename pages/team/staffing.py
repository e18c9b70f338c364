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
people, targets, ahead = ("leaving", view), ("staffing", view), ("staffing_ahead", view)
names = ("role_names", view)
leavers, seats = shaped(people_tables.leavers, people, names), shaped(people_tables.seats, targets)
parts.answers(
    shaped(answers.leaving, people), shaped(answers.seated, targets), shaped(answers.short_next, targets, ahead)
)
parts.cards(
    parts.part_of("The only one who can", (leavers["lost"] > 0).sum(), everybody, "people"),
    parts.part_of("Seats that can be filled", seats["filled"].sum(), seats["headcount"].sum(), "seats"),
)
st.subheader("If this person leaves", anchor=False)
columns = parts.columns("leaving", "name", "lost", "skills", "thin", "team") | {"role": "Role"}
parts.table(leavers, "leaving", columns, opens_person=True, empty="No skill depends on one or two people.")
st.subheader("Seats of the targets", anchor=False)
if seats.empty:
    st.info("No target holds on this day. A file of targets says how many people a team needs: see Uploads.")
    st.stop()
chosen = filters.tabs("list", "List", {"seats": "How many", "who": "Who sits where", "ahead": "Falls short next"})
of_target = ("team", "skill", "level", "filled", "headcount", "short")
if chosen == "who":
    columns = parts.columns("seats", "name", "has_level", "level", "skill", "team") | {"role": "Role", "sits": "Seat"}
    placed = shaped(people_tables.seated, ("seats", view), names)
    parts.table(placed, "who_sits", columns, opens_person=True)
elif chosen == "ahead":
    columns = {"day": "By"} | parts.columns("staffing", *of_target)
    none = "No further target falls short in the next twelve months, even if nothing is renewed."
    parts.table(
        shaped(people_tables.next_short, targets, ahead), "short_next", columns, opens=parts.open_cell, empty=none
    )
else:
    parts.table(seats, "seats", parts.columns("staffing", *of_target), opens=parts.open_cell)
st.caption("One person fills at most one seat of a team. As many seats as possible are filled at once.")
