"""On whose word what people hold is believed, and which keys would have to be listed to verify more."""

from dataclasses import replace

from skilltrack import tables
from skilltrack.language import _, mark, number, texts
from skilltrack.questions import READINGS
from skilltrack.reports import answers
from skilltrack.ui import catalogue_grounds, filters, issuer_trust, numbers, parts, pictures, sentences
from skilltrack.ui.cache import ask, shaped

parts.heading(_("Issuers"), _("On whose word do we believe what people hold?"))
day = filters.bar("as_of")
totals = [("totals", replace(day, assurance=reading)) for reading in READINGS]
sentences.show(day, shaped(answers.readings, *totals))
with parts.if_published():
    issuers, keys = ask("issuers_seen", day), ask("keys_seen", day)
    unlisted = keys[keys["listed_for"].isna()]
    verified, attested, awards = (issuers[name].sum() for name in ("verified", "attested", "awards"))
    valid = mark("{share} of awards valid on the day")
    numbers.cards(
        numbers.part_of(_("Verified"), verified, awards, valid, catalogue_grounds.of_issuers(day, "verified")),
        numbers.part_of(_("Attested"), attested, awards, valid, catalogue_grounds.of_issuers(day, "attested")),
        (
            _("Keys not listed"),
            number(len(unlisted)),
            _("awards that they signed: {n}", n=unlisted["awards"].sum()),
            catalogue_grounds.unlisted_keys(day),
        ),
    )
    pictures.heading(_("Issuers"), "issuers", catalogue_grounds.of_issuers(day, "attested"))
    worded = issuers.assign(tier=issuers["tier"].map(texts(tables.TIERS)))
    parts.table(worded, "issuers", "issuers_seen", *issuers.columns)
    pictures.heading(_("Keys that signed badges"), "keys", catalogue_grounds.unlisted_keys(day))
    none = _("No badge has come as a signed file yet.")
    of_key = ("issuer", "awards", "first_on", "last_on", "listed_for", "key", "named")
    parts.table(keys, "keys", "keys_seen", *of_key, empty=none)
    issuer_trust.trust(unlisted, issuers["issuer"].tolist())
issuer_trust.verify_next(ask("verify_next", day), day)
with parts.if_published():
    issuer_trust.resting(day)
