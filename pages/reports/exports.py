"""Answers: how do I hand this to somebody who does not use the app."""

from dataclasses import replace

from skilltrack.language import _
from skilltrack.ui import export_form, filters, parts, tokens_form

parts.heading(_("Exports"), _("Reports and packs as files that say what they rest on and can be made again."))
view = filters.bar("as_of", *export_form.scopes(), "assurance")
order = export_form.chosen(view)
if order.name == "transcript":
    order = replace(order, filters=replace(view, manager=None, team=None, employee=filters.person(view.as_of)))
export_form.file(order)
export_form.kept(order)
tokens_form.own()
