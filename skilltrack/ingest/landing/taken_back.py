"""Rows that a status leaves out although they are stored: what is stored is taken back, or an alarm asks about it.

`Cancelled` takes back an award or a payment where the row is certainly the stored one: the same id in the same
numbering, and the same holder, credential, day and amount as far as the row has them. The award is revoked, the payment
becomes 0. Everything less certain is an alarm and changes nothing: a failed second attempt, another system's word,
`Pending`, other kinds of file.
"""

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.landing.awards import retype
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.numberings import EARLIER
from skilltrack.ingest.landing.refunds import header_of, problem_of, tell_negative_left_out, tell_refunds
from skilltrack.ingest.landing.spelling import spellings
from skilltrack.ingest.reading.columns import Mapped
from skilltrack.ingest.reading.content import repeated
from skilltrack.ingest.reading.left_out import IDENTIFYING
from skilltrack.ingest.reading.likeness import FROM_ROW
from skilltrack.ingest.reading.status_words import REVOKED
from skilltrack.ingest.reading.things import counted
from skilltrack.kinds import KINDS, Kind, references
from skilltrack.language import counting, forms, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions
from skilltrack.storage import Transaction

WHO = read_text("landing/taken_back/who")

NAMED = read_text("landing/taken_back/named")

AWARDS = read_text("landing/taken_back/awards")

PAYMENTS = read_text("landing/taken_back/payments").format(from_row=FROM_ROW)

OTHERS = """
select distinct l.row_id, {keys}, false as is_by_id
from left_out_{kind} as l{joins}
join (select distinct {keys} from {table} as r join live_uploads as u on u.upload_id = r.upload_id) as r on {same}
"""
"""The stored rows of another kind that each row is about, by their keys."""

SAME_HOLDER = """(concat_ws('', l.employee_id, l.email, l.name) = '' or (l.row_id, r.employee_id) in (
        select (w.row_id, min(w.id)) from left_out_employee_id as w group by w.row_id having count(*) = 1
    ))"""
SAME_CREDENTIAL = """(concat_ws('', l.credential_id, l.credential) = '' or (l.row_id, r.credential_id) in (
        select (c.row_id, min(c.id)) from left_out_credential_id as c group by c.row_id having count(*) = 1
    ))"""
SAME_AWARD = f"""l.is_by_id and {SAME_HOLDER} and {SAME_CREDENTIAL}
    and (coalesce(l.issued_on, '') = '' or try_cast(l.issued_on as date) = r.issued_on)"""
SAME_PAYMENT = read_text("landing/taken_back/same_payment").format(
    same_holder=SAME_HOLDER, same_credential=SAME_CREDENTIAL
)
"""Whether a stored row `r` is certainly the one that a row `l` is about; a payment that has a refund is not."""

STORED = read_text("landing/taken_back/stored")
STATE = """,
        max(r.award_id) over (partition by r.award_key) as any_award_id,
        (
            max({'upload': r.upload_id, 'day': coalesce(r.revoked_on, date '9999-12-31')})
            filter (coalesce(f.has_revoked_on and (not f.is_signed or r.revoked_on is not null), true))
            over (partition by r.award_key)
        ).day as revoked_by_now"""
FILES = "\n    left join badge_files as f on f.upload_id = r.upload_id and f.file_no = r.file_no"


def stage_left_out(kind: Kind, files: dict[int, Mapped], transaction: Transaction) -> None:
    """Put the rows that a status leaves out into the temporary table `left_out_<kind>`, where there are any."""
    parts, names = [], list(dict.fromkeys((*kind.key, *IDENTIFYING)))
    for file_no, mapped in files.items():
        if (rows := mapped.left_out) is None:
            continue
        columns = {
            "file_no": repeated(file_no, pa.int32(), rows.lines),
            "line_no": rows.lines,
            "status": rows.status,
            "is_for_good": rows.is_for_good,
        }
        for name in names:
            cells = rows.columns.get(name)
            columns[name] = repeated(None, pa.string(), rows.lines) if cells is None else cells
        moot = pc.is_in(rows.lines, pa.array([int(line) for line in mapped.mapping.moot], rows.lines.type))
        parts.append(pa.table(columns).filter(pc.invert(moot)))
    if parts:
        numbered = "select row_number() over (order by file_no, line_no) as row_id, l.* from landing as l"
        transaction.stage(f"left_out_{kind.name}", pa.concat_tables(parts), numbered)


def take_back(kind: Kind, landing: Landing) -> None:
    """Add rows to `typed_<kind>` that take back what the files say no longer counts; an alarm tells of the others."""
    if kind.holds_payments and not landing.is_again:
        tell_refunds(landing)
    has_any = any(file.mapped.left_out is not None for file in landing.files_of(kind.name).values())
    if not has_any or landing.lands_as_earlier(kind.name):
        return
    if kind.holds_payments and not landing.is_again:
        tell_negative_left_out(landing)
    _find_meant(kind, landing)
    if not landing.transaction.rows("select 1 from meant_rows limit 1"):
        return

    def same(one: str, other: str) -> str:
        return " and ".join(f"{one}.{name} is not distinct from {other}.{name}" for name in kind.key)

    stored = STORED.format(
        kind=kind.name, table=kind.table, key=", ".join(f"r.{name}" for name in kind.key),
        key_of_meant=", ".join(f"m.{name}" for name in kind.key), same_as_meant=same("m", "r"),
        same_as_typed=same("t", "m"), same_as_first=same("l", "r"), still=_still(kind), sure=_sure(kind),
        keys=", ".join(kind.key),
        state=STATE if kind.holds_awards else "", files=FILES if kind.holds_awards else "",
    )  # fmt: skip
    at = {"known_at": END_OF_TIME, "landed_on": landing.landed_on}
    landing.transaction.run(f"create or replace temp table stored_left_out as {with_definitions(stored)}", at)
    if kind.holds_awards or kind.holds_payments:
        _add(kind, landing)
    if not landing.is_again:
        _tell(kind, landing)


def _find_meant(kind: Kind, landing: Landing) -> None:
    """Fill `meant_rows` with the keys of stored rows that the rows left out are about."""
    transaction, at = landing.transaction, {"known_at": END_OF_TIME, "earlier": EARLIER}
    joins, same = "", []
    for column, target in references(kind):
        if column not in kind.key and not (kind.holds_awards or kind.holds_payments):
            continue
        if KINDS[target].lists_people:
            select = WHO.format(kind=kind.name, of_roster=spellings("r.name")[0], of_row=spellings("l.name")[0])
        else:
            columns = [column, *["credential"] * (column == "credential_id")]
            table, key = KINDS[target].table, KINDS[target].key[0]
            select = "\nunion\n".join(
                NAMED.format(kind=kind.name, column=name, table=table, key=key) for name in columns
            )
        transaction.run(f"create or replace temp table left_out_{column} as {with_definitions(select)}", at)
        joins += f"\njoin left_out_{column} as of_{column} on of_{column}.row_id = l.row_id"
        same.append(f"r.{column} = of_{column}.id")
    for own in kind.columns:
        if own.name in kind.key and not own.refers_to:
            type_of = {"text": "varchar", "date": "date"}.get(own.type, "bigint")
            same.append(f"r.{own.name} is not distinct from try_cast(nullif(l.{own.name}, '') as {type_of})")
    keys = ", ".join(f"r.{name}" for name in kind.key)
    select = (
        AWARDS
        if kind.holds_awards
        else PAYMENTS
        if kind.holds_payments
        else OTHERS.format(kind=kind.name, keys=keys, joins=joins, table=kind.table, same=" and ".join(same))
    )
    transaction.run(f"create or replace temp table meant_rows as {with_definitions(select)}", at)


def _sure(kind: Kind) -> str:
    """Whether a stored row `r` is certainly the one that a row `l` takes back, as SQL."""
    return SAME_AWARD if kind.holds_awards else SAME_PAYMENT if kind.holds_payments else "false"


def _way(kind: Kind) -> dict[str, str]:
    """How the stored row `r` of an award or a payment is taken back: columns and what they become, as SQL."""
    if kind.holds_awards:
        award_id = "coalesce(r.award_id, r.any_award_id)"
        says = f"case when r.day_given is null then '{REVOKED}' end"
        return {"raw_status_says": says, "revoked_on": "r.day_given", "award_id": award_id}
    return {next(column.name for column in kind.columns if column.type == "money"): "0"}


def _still(kind: Kind) -> str:
    """Whether a stored row `r` still counts, as SQL."""
    if kind.status_ends == REVOKED:
        return "coalesce(r.revoked_by_now > $landed_on, true) and coalesce(r.expires_on >= $landed_on, true)"
    if kind.holds_payments:
        return " and ".join(f"r.{column.name} <> 0" for column in kind.columns if column.type == "money")
    if "valid_to" in kind.ends:
        return "coalesce(r.valid_to >= $landed_on, true)"
    return " and ".join(f"coalesce(cast(r.{n} as varchar), '') <> '{v}'" for n, v in kind.taken_back.items()) or "true"


def _add(kind: Kind, landing: Landing) -> None:
    """Add the stored rows that are taken back to `typed_<kind>`, each on the line that says so."""
    transaction, way = landing.transaction, _way(kind)
    if not transaction.rows("select 1 from stored_left_out where is_sure limit 1"):
        return
    names = [name for name in kind.stored if name not in way]
    names += [f"{kind.about} as raw_{kind.about}"] * (kind.about in kind.one_of)
    columns = [*(f"r.{name}" for name in names), *(f"{become} as {name}" for name, become in way.items())]
    retype(
        transaction,
        kind.name,
        f"select * from typed_{kind.name} union all by name "
        f"select r.file_no, r.line_no, {', '.join(columns)} from stored_left_out as r where r.is_sure",
        {"landed_on": landing.landed_on},
    )
    if kind.holds_awards:
        transaction.run(
            "update badge_files set has_revoked_on = true where upload_id = $upload_id "
            "and file_no in (select r.file_no from stored_left_out as r where r.is_sure)",
            {"upload_id": landing.upload_id},
        )


def _tell(kind: Kind, landing: Landing) -> None:
    what = "award" if kind.holds_awards else "payment" if kind.holds_payments else "row"
    for row in landing.transaction.rows(
        "select file_no, is_sure, status, count(*) as n, min(line_no) as line_no from stored_left_out "
        "where is_counting group by all order by file_no, line_no"
    ):
        header = header_of(landing, row)
        skip = sentence(
            'leave such rows out: [skip] "{header}" = ["{status}"] in a mapping',
            header=header,
            status=row["status"].strip(),
        )
        if row["is_sure"]:
            message = counting(*(REVOKES if kind.holds_awards else CANCELS), n=row["n"])
            message += sentence(" If that is wrong, undo this upload and {skip}.", skip=skip)
        else:
            message = counting(
                "is about {things} stored earlier, or so it seems. What is stored goes on counting.",
                "is about {things} stored earlier, or so it seems. What is stored go on counting.",
                n=row["n"],
                things=counted(row["n"], what),
            )
            message += sentence(" If that is right, {skip}. If it is not, {ending}.", skip=skip, ending=ENDING[what])
        is_many = row["n"] > FEW and row["n"] > MOST_TAKEN_BACK * _stored(kind, landing)
        problem = problem_of(landing, row, header, message, "alarm" if is_many or not row["is_sure"] else "warning")
        landing.problems.append(problem)


def _stored(kind: Kind, landing: Landing) -> int:
    """How many awards or payments are stored, each once."""
    select = f"select count(*) as n from {kind.relation}"
    return int(landing.transaction.rows(with_definitions(select), {"known_at": END_OF_TIME})[0]["n"])


FEW, MOST_TAKEN_BACK = 3, 0.1
"""More than as many awards or payments, and than this share of those stored, that one file takes back are an alarm."""
REVOKES = forms(
    "says that {n:,} award stored earlier does not count: each award is revoked.",
    "says that {n:,} awards stored earlier do not count: each award is revoked.",
)
CANCELS = forms(
    "says that {n:,} payment stored earlier does not count: each amount becomes 0.",
    "says that {n:,} payments stored earlier do not count: each amount becomes 0.",
)
ENDING = {
    "award": sentence("import the award with the day on which it was revoked"),
    "payment": sentence("import the payment with its right amount, or 0"),
    "row": sentence("import the row with its last day, or undo its upload"),
}
"""What ends something that is stored."""
