"""Keys as an issuer has published them, each in the one form in which it can be compared."""

from skilltrack.badges import BadKey, listed_form
from skilltrack.ingest.landing.awards import retype
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.wording import as_text
from skilltrack.kinds import Kind
from skilltrack.reasons import recognised


def read_keys(kind: Kind, landing: Landing) -> None:
    """Give every key in `typed_<kind>` its listed form; those that cannot be read are in the table `unread_keys`."""
    transaction = landing.transaction
    for column in (column.name for column in kind.columns if column.type == "public_key"):
        transaction.run("create or replace temp table read_keys (value varchar, form varchar)")
        transaction.run("create or replace temp table unread_keys (value varchar, message varchar)")
        given = f"select distinct raw_{column} as value from typed_{kind.name} where raw_{column} <> ''"
        for value in [row["value"] for row in transaction.rows(given)]:
            try:
                listed = {"value": value, "form": listed_form(value)}
                transaction.run("insert into read_keys values ($value, $form)", listed)
            except BadKey as error:
                unread = {"value": value, "message": as_text(recognised(str(error)) + ".")}
                transaction.run("insert into unread_keys values ($value, $message)", unread)
        read = (
            f"select t.* replace (k.form as {column}) from typed_{kind.name} as t "
            f"left join read_keys as k on k.value = t.raw_{column}"
        )
        retype(transaction, kind.name, read, {})
