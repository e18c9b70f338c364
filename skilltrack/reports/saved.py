"""Exports that somebody saved under a name. The day is not saved, so that each use is about its own day."""

import json
import shlex
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from skilltrack.access import Viewer
from skilltrack.errors import Refused
from skilltrack.language import ENGLISH, _
from skilltrack.questions import Filters
from skilltrack.reports.formats import ending
from skilltrack.reports.receipts import Order
from skilltrack.storage import Store

KEPT = ("manager", "team", "assurance", "employee")
"""Filters that are saved."""
USUAL = ("assurance", "attested")
"""The filter that is not said when it is as usual."""


def saved(store: Store, viewer: Viewer, as_of: date) -> dict[str, Order]:
    """The orders that the viewer saved, by name, as of a day."""
    asked = "select name, definition from saved_exports where by_whom = $by_whom order by name"
    rows = store.query(asked, {"by_whom": viewer.account}).to_pylist()
    return {row["name"]: order_of(row["definition"], as_of) for row in rows}


def definition_of(order: Order) -> str:
    """What an order asks for as JSON, without the day, and without the language where it is English."""
    kept = {what: getattr(order.filters, what) for what in KEPT if getattr(order.filters, what) is not None}
    asked = {"report": order.name, "format": order.form, "suppress": order.suppress, "filters": kept}
    return json.dumps(asked | _language(order))


def order_of(definition: str, as_of: date) -> Order:
    """The order of a definition, as of a day."""
    asked = json.loads(definition)
    filters = replace(Filters(as_of=as_of), **asked["filters"])
    return Order(asked["report"], asked["format"], filters, asked["suppress"], asked.get("language", ENGLISH))


def save(store: Store, viewer: Viewer, name: str, order: Order) -> None:
    """Save an order under a name, in place of the viewer's order of that name; raises `Refused` without a name."""
    if not name.strip():
        raise Refused(_("Give the export a name, so that you can find it again."))
    forget(store, viewer, name.strip())
    with store.write() as transaction:
        transaction.run(
            "insert into saved_exports values ($by_whom, $name, $definition)",
            {"by_whom": viewer.account, "name": name.strip(), "definition": definition_of(order)},
        )


def forget(store: Store, viewer: Viewer, name: str) -> None:
    """Delete a saved export."""
    with store.write() as transaction:
        transaction.run(
            "delete from saved_exports where by_whom = $by_whom and name = $name",
            {"by_whom": viewer.account, "name": name},
        )


def command(order: Order) -> str:
    """The command line that makes the same file each day, for cron."""
    words = [f"--{name} {shlex.quote(value)}" for name, value in (_options(order) | _language(order)).items()]
    words += ["--suppress"] if order.suppress else []
    output = f"--output {order.name}.{ending(order.form)}"
    return " ".join(["python -m skilltrack report", order.name, f"--format {order.form}", *words, output])


def request(order: Order) -> str:
    """The command line that fetches the same file each day over HTTP."""
    asked = (
        _options(order) | {"format": order.form} | _language(order) | ({"suppress": "true"} if order.suppress else {})
    )
    return (
        f'curl -sS --fail-with-body -H "Authorization: Bearer $TOKEN" -o {order.name}.{ending(order.form)} '
        f'"$SKILLTRACK_URL/api/reports/{order.name}?{urlencode(asked)}"'
    )


def _language(order: Order) -> dict[str, str]:
    return {} if order.spoken == ENGLISH else {"language": order.spoken}


def _options(order: Order) -> dict[str, str]:
    """The filters that are saved, by the name of the option; those that say nothing are left out."""
    asked = {name: getattr(order.filters, name) for name in KEPT}
    return {name: value for name, value in asked.items() if value is not None and (name, value) != USUAL}
