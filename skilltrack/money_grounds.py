"""What a number about money rests on, made as those of `grounds`: payments, and awards with what they brought."""

from datetime import date, timedelta

import pandas as pd

from skilltrack import money_tables, tables
from skilltrack.grounds import Rows, either, with_names
from skilltrack.language import _, texts

WAITING = timedelta(days=90)
"""For so long a payment may lead to an award before it counts as one that led to nothing."""


def payments(
    lines: pd.DataFrame,
    waiting: pd.DataFrame,
    spend: pd.DataFrame,
    credentials: pd.DataFrame,
    listed: pd.DataFrame,
    currency: str,
    counts: str,
    day: date,
) -> Rows:
    """Payments of one currency: all (`counts` = all), without an award (unconverted), seat time, or of employees (own).

    `priced`: those from which the price paid for a person is worked out.
    `waiting` is the answer of `unconverted_payments`.
    """
    lines = with_names(lines, credentials, listed).sort_values(["amount", "spend_id"], ascending=[False, True])
    own = lines[lines["currency"] == currency]
    seats = spend.loc[(spend["currency"] == currency) & (spend["seat_time"] != 0), "credential_id"]
    payer = own["funding_source"].map(texts(tables.PAYERS)).fillna(own["funding_source"])
    counting, why = {
        "all": (own["amount"].notna(), payer),
        "unconverted": (
            own["spend_id"].isin(waiting["spend_id"]),
            either(own["employee_id"].isna(), _("Names nobody"), _("Led to an award")),
        ),
        "seat_time": (own["credential_id"].isin(seats), _("Shows a skill")),
        "own": (own["funding_source"] == "employee", payer),
        "priced": (_has_price(own), either(own["employee_id"].isna(), _("Names nobody"), _("Refunded"))),
    }[counts]
    nobody, seats_only = own["employee_id"].isna(), own["credential_id"].isin(seats)
    late, is_new = own["spend_id"].isin(waiting["spend_id"]), own["paid_on"] > day - WAITING
    led_to = pd.Series("skills", own.index).mask(seats_only, "seat_time").mask(late, "nothing")
    led_to = led_to.mask(late & is_new, "waiting").mask(nobody, "names_nobody")
    centers = own["cost_center"].fillna("").replace("", _("None given"))
    own = own.assign(why=why, outcome=led_to.map(texts(money_tables.OUTCOMES)), cost_center=centers)
    foreign = lines[lines["currency"] != currency]
    return Rows(own[counting], own[~counting], foreign.assign(why=_("Another currency")))


def _has_price(lines: pd.DataFrame) -> pd.Series:
    """Whether something is left, after refunds, of all payments for the same person and credential."""
    left = lines.groupby(["employee_id", "credential_id"], dropna=False)["amount"].transform("sum")
    return lines["employee_id"].notna() & (left > 0)


def gains(
    awards: pd.DataFrame, spend: pd.DataFrame, credentials: pd.DataFrame, listed: pd.DataFrame, currency: str
) -> Rows:
    """Awards that brought their holders skills, and those that brought none, of what was paid for in one currency.

    `awards` is the answer of `gains`. Left out are awards of what was paid for in another currency only, or not at all.
    """
    rows = with_names(awards, credentials, listed)
    rows = rows.sort_values(["skills_gained", "credential", "name"], ascending=[False, True, True])
    is_paid = rows["credential_id"].isin(spend.loc[spend["currency"] == currency, "credential_id"])
    own, has_some = rows[is_paid], rows.loc[is_paid, "skills_gained"] > 0
    is_paid_else = rows["credential_id"].isin(spend["credential_id"])
    why = either(is_paid_else, _("Another currency"), _("Nothing was paid for it"))
    idle = own.assign(why=_("It brought no new skill or level"))
    return Rows(own[has_some], idle[~has_some], rows.assign(why=why)[~is_paid])


def own_money(payments: pd.DataFrame, people: pd.DataFrame, currency: str) -> Rows:
    """What employees paid themselves and have not got back, and what was refunded, of one currency."""
    rows = payments.assign(why=either(payments["currency"] == currency, _("Refunded"), _("Another currency")))
    own, foreign = money_tables.named(rows, people, currency), rows[rows["currency"] != currency]
    is_open = own["open"].astype(float) > 0
    return Rows(own[is_open], own[~is_open], money_tables.with_names(foreign, people))


def refunds(payments: pd.DataFrame, people: pd.DataFrame, currency: str) -> Rows:
    """Refunds of one currency that took as long as half of them did or longer; the quicker ones; what is still open."""
    own = money_tables.named(payments, people, currency)
    is_open = own["open"].astype(float) > 0
    back = own[~is_open].sort_values(["days", "name"], ascending=[False, True])
    is_slow = back["days"] >= back["days"].median()
    open_ones = own[is_open].assign(why=_("Not refunded yet"))
    return Rows(back[is_slow], back[~is_slow].assign(why=_("Took less long")), open_ones)


def over_list(paid: pd.DataFrame, currency: str) -> Rows:
    """Credentials of one currency that have a list price, with what was paid over it in all; those without one."""
    prices = money_tables.prices(paid, currency)
    has_price = prices["over"].notna()
    return Rows(prices[has_price], prices[~has_price].assign(why=_("No list price in this currency")), paid.head(0))


def of_issuers(
    issuers: pd.DataFrame, awards: pd.DataFrame, credentials: pd.DataFrame, listed: pd.DataFrame, counts: str
) -> Rows:
    """Awards that count as verified or attested (`counts`), by person, and the others with the reason.

    `awards` is the answer of `awards_believed`, and `issuers` that of `issuers_seen`.
    """
    rows = with_names(awards, credentials, listed).sort_values(["issuer", "credential", "name"])
    on = issuers.set_index("issuer")
    tiers, keys = (rows["issuer"].map(on[name]) for name in ("tier", "keys"))
    reason = _unverified if counts == "verified" else _unattested
    why = [reason(*each) for each in zip(tiers, keys, rows["is_demonstrating"], strict=True)]
    is_counted = rows[f"is_{counts}"].astype(bool)
    return Rows(rows[is_counted], rows.assign(why=why)[~is_counted], rows.head(0))


def _unverified(tier: str, keys: int, is_demonstrating: bool) -> str:
    """Why an award does not count as verified."""
    if not is_demonstrating:
        return _("Seat time")
    if tier != "trusted":
        return _("Issuer is not trusted")
    return _("Not signed with a listed key") if keys else _("No key listed")


def _unattested(_tier: str, _keys: int, is_demonstrating: bool) -> str:
    """Why an award counts as a claim only."""
    return _("Issuer not recognised") if is_demonstrating else _("Seat time")
