"""The transcript as the company signs it, for its holder to take along."""

from dataclasses import replace

import streamlit as st

from skilltrack.config import today
from skilltrack.language import _
from skilltrack.questions import Filters
from skilltrack.reports import exports
from skilltrack.reports.exports import FORMATS, Order
from skilltrack.signing import can_sign
from skilltrack.ui.cache import ask, store
from skilltrack.ui.signin import viewer, while_in

FORM = "badge"


def button(own: Filters) -> None:
    """A button that downloads it, where the company has a key and attests something of this person today."""
    asked = replace(own, assurance="attested") if own.assurance == "claimed" else own
    is_of_now = asked.known_at is None and asked.as_of == today() and not viewer().reads_published
    if not is_of_now or not can_sign(store()):
        return
    if not ask("transcript", asked)["counts"].any():
        return
    database, asked_by, order = store(), viewer(), Order("transcript", FORM, asked)
    st.download_button(
        _("Download signed transcript"),
        data=while_in(lambda: exports.export(database, asked_by, order, None)[1]),
        file_name=exports.file_name(order),
        mime=FORMATS[FORM].media,
        on_click="ignore",
        icon=":material/verified_user:",
        key="signed_transcript",
        help=_("Open Badges 3.0, signed by the company: others can check it, and wallets can hold it."),
    )
