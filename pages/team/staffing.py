"""Answers: what a team would lose with one person, and whether it can fill the seats that its targets ask for."""

import streamlit as st

from skilltrack import people_tables, tables
from skilltrack.language import _, mark, texts
from skilltrack.reports import staffing_answers
from skilltrack.ui import filters, grounds, numbers, organisations, parts, pictures, sentences, whole
from skilltrack.ui.cache import shaped

LISTS = {"seats": mark("How many"), "who": mark("Who sits where"), "ahead": mark("Falls short next")}
PICTURE_OF = {"seats": "seats", "who": "who_sits", "ahead": "short_next"}
parts.heading(_("Staffing"))
view = filters.bar("as_of", "manager", "team", "assurance")
everybody = shaped(tables.records, ("totals", view))[0]["people"]
if parts.is_too_many(everybody, lambda: whole.staffing(view)):
    organisations.instead_of_people(view)
    st.stop()
people, targets, ahead = ("leaving", view), ("staffing", view), ("staffing_ahead", view)
names = ("role_names", view)
leavers, seats = shaped(people_tables.leavers, people, names), shaped(people_tables.seats, targets)
sentences.show(
    view,
    shaped(staffing_answers.leaving, people),
    shaped(staffing_answers.seated, targets),
    shaped(staffing_answers.short_next, targets, ahead),
)
lost, of_people, only = (leavers["lost"] > 0).sum(), mark("{share} of people"), grounds.leavers(view)
filled, wanted, of_seats = seats["filled"].sum(), seats["headcount"].sum(), mark("{share} of seats")
numbers.cards(
    numbers.part_of(_("The only one who can"), lost, everybody, of_people, only),
    numbers.part_of(_("Seats that can be filled"), filled, wanted, of_seats, grounds.seats(view)),
)
pictures.heading(_("If this person leaves"), "leaving", only)
columns, none = ("name", "lost", "skills", "thin", "team", "role"), _("No skill depends on one or two people.")
parts.table(leavers, "leaving", "leaving", *columns, opens_person=True, empty=none)
head = st.container()
chosen = filters.tabs("list", _("List"), texts(LISTS)) if len(seats) else "seats"
with head:
    behind = grounds.short_next(view) if chosen == "ahead" else grounds.seats(view)
    pictures.heading(_("Seats of the targets"), PICTURE_OF[chosen], behind)
if seats.empty:
    st.info(_("No target holds on this day. A file of targets says how many people a team needs: see Uploads."))
    st.stop()
of_target = ("team", "skill", "level", "filled", "headcount", "short")
if chosen == "who":
    placed = shaped(people_tables.seated, ("seats", view), names)
    who = ("name", "sits", "skill", "has_level", "level", "team", "role")
    parts.table(placed, "who_sits", "seats", *who, opens_person=True)
elif chosen == "ahead":
    none = _("No further target falls short in the next twelve months, even if nothing is renewed.")
    coming = shaped(people_tables.next_short, targets, ahead)
    parts.table(coming, "short_next", "staffing_ahead", "day", *of_target, opens=parts.open_cell, empty=none)
else:
    parts.table(seats, "seats", "staffing", *of_target, opens=parts.open_cell)
st.caption(_("One person fills at most one seat of a team. As many seats as possible are filled at once."))
