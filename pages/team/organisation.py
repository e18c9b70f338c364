"""Answers: which part of the organisation is thin, manager by manager, down the reporting line."""

from skilltrack import tables
from skilltrack.language import _, mark
from skilltrack.reports import answers
from skilltrack.ui import filters, grounds, numbers, organisations, parts, sentences
from skilltrack.ui.cache import shaped

parts.heading(_("Organisation"))
view = filters.bar("as_of", "manager", "assurance", has_direct=False)
below = organisations.below(view)
asked = ("organisations", below)
now, direct = shaped(tables.records, ("totals", view))[0], shaped(tables.own_of_reports, asked)
sentences.show(view, shaped(answers.thinnest_organisation, asked))
share, is_top = mark("{share} of requirements"), below.manager is None
themselves = _("Those at the top themselves") if is_top else _("Direct reports themselves")
numbers.cards(
    numbers.part_of(_("Whole organisation"), now["met"], now["required"], share, grounds.requirements(view)),
    numbers.part_of(themselves, direct["met"], direct["required"], share, grounds.of_reports(below)),
)
if below != view:
    sentences.show(view, shaped(answers.at_the_top, ("organisations", view)), key="_top")
organisations.show(below, "own_met", "own_required")
