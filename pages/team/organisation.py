"""Answers: which part of the organisation is thin, manager by manager, down the reporting line."""

from dataclasses import replace
from functools import partial

import streamlit as st

from skilltrack import tables
from skilltrack.language import _, mark
from skilltrack.reports import answers
from skilltrack.ui import filters, grounds, numbers, parts, pictures, sentences
from skilltrack.ui.cache import ask, shaped

parts.heading(_("Organisation"))
view = filters.bar("as_of", "manager", "assurance")
asked, top = ("organisations", view), shaped(tables.only_manager, ("organisations", view))
if view.manager is None and top:
    asked = ("organisations", replace(view, manager=top))
now, direct = shaped(tables.records, ("totals", view))[0], shaped(tables.own_of_reports, asked)
sentences.show(view, shaped(answers.thinnest_organisation, asked))
share, is_top = mark("{share} of requirements"), asked[1].manager is None
themselves = _("Those at the top themselves") if is_top else _("Direct reports themselves")
numbers.cards(
    numbers.part_of(_("Whole organisation"), now["met"], now["required"], share, grounds.requirements(view)),
    numbers.part_of(themselves, direct["met"], direct["required"], share, grounds.of_reports(asked[1])),
)
top_first = _("Who is at the top, the thinnest organisation first")
if asked[1] != view:
    head = ask("organisations", view).iloc[0]
    own = {"name": head["name"], "met": head["own_met"], "required": head["own_required"]}
    st.caption(parts.plain(_("The whole includes {name} at the top: {met} of {required} requirements.", **own)))
title = top_first if is_top else _("Who reports here, the thinnest organisation first")
pictures.heading(title, "organisations", None, partial(pictures.of_organisation, asked[1]))


def go_down(row: dict) -> None:
    """Show the organisation of a manager, or the person who has none."""
    if row["reports"]:
        filters.go(manager=row["employee_id"])
    parts.open_person(str(row["employee_id"]))


columns = ("name", "coverage", "met", "required", "people", "own_met", "own_required")
nobody = _("Nobody reports here on this day. Choose another manager or another day.")
at = str(asked[1].manager)
parts.table(ask(*asked), "organisations", "organisations", *columns, opens=go_down, empty=nobody, at=at)
