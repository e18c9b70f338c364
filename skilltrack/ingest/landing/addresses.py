r"""Whose an e-mail address is that nobody has, or an account such as `CORP\acosta`: as the mapping says, or asked.

The likeliest people are offered: by the name beside the address, by the same account in another domain, and by names
from which such an account is made. What is answered holds for the next files of the source too.
"""

import re
from typing import Any

from skilltrack.ingest.landing.awards import derived_columns, retype
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.spelling import words
from skilltrack.ingest.landing.whose import ASKED, OFFERED, alike
from skilltrack.ingest.reading.mapping import BY_ACCOUNT, about
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question, Typed
from skilltrack.ingest.reading.status_words import LEAVE_OUT
from skilltrack.ingest.reading.things import and_more, counted
from skilltrack.kinds import Kind, unaccented
from skilltrack.language import NOTHING, Sentence, as_it_is, joined, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

NOBODYS = read_text("landing/addresses/nobodys")
ACCOUNTS = read_text("landing/addresses/accounts")
BUILT = read_text("landing/addresses/built").format(words=words("name"))
SHOWN = 10
"""Addresses that a warning lists."""
IS_OPEN = (
    "select 1 from typed_{0} where employee_id is null and raw_email <> '' union all "
    "select 1 from unknown_employee_id where contains(value, '@') or contains(value, '\\') limit 1"
)
"""Has a row where an address or an account may be nobody's: in most files there is none."""
ON_ROSTER = (
    "select distinct r.employee_id as id from roster_rows as r join live_uploads as u on u.upload_id = r.upload_id "
    "where r.employee_id in (select unnest($answers))"
)


def take_addresses(kind: Kind, landing: Landing) -> None:
    """Give rows the employee_id that the mapping says for their address or account."""
    files = landing.files_of(kind.name)
    if not _has_addresses(kind):
        return
    answers = {meant for file in files.values() for meant in file.mapped.mapping.values.get("email", {}).values()}
    by_account = [no for no, file in files.items() if file.mapped.mapping.addresses == BY_ACCOUNT]
    if not answers and not by_account:
        return
    at = {"known_at": END_OF_TIME}
    on_roster = landing.transaction.rows(with_definitions(ON_ROSTER), at | {"answers": sorted(answers)})
    meant = [(no, "email", row["id"], row["id"]) for no in files for row in on_roster]
    meant += [
        (row["file_no"], row["column_name"], row["value"], row["employee_id"])
        for row in (_accounts(kind, landing) if by_account else [])
        if row["file_no"] in by_account
    ]
    if not meant:
        return
    _tell_accounts(landing, meant[len(files) * len(on_roster) :])
    columns = zip(("file_no", "column_name", "value", "id"), map(list, zip(*meant, strict=True)), strict=True)
    landing.transaction.run(
        "create or replace temp table addresses_meant as select unnest($file_no) as file_no, "
        "unnest($column_name) as column_name, unnest($value) as value, unnest($id) as id",
        dict(columns),
    )
    holder = "coalesce(i.id, t.employee_id, e.id)"
    keys = "".join(f", {key}" for key in derived_columns(kind, employee_id=holder))
    retype(
        landing.transaction,
        kind.name,
        f"select t.* replace ({holder} as employee_id{keys}) from typed_{kind.name} as t "
        "left join addresses_meant as e on e.file_no = t.file_no and e.value = t.raw_email and e.column_name = 'email' "
        "left join addresses_meant as i on i.file_no = t.file_no and i.value = t.employee_id "
        "and i.column_name = 'employee_id'",
        {},
    )


def _tell_accounts(landing: Landing, meant: list[tuple[int, str, str, str]]) -> None:
    """Warn whose addresses and accounts are taken for whose: nobody has said so of each of them."""
    for file_no in () if landing.is_again else dict.fromkeys(no for no, *_ in meant):
        taken = [(value, employee) for no, _, value, employee in meant if no == file_no]
        pairs = [sentence("{value!r} is {employee}", value=value, employee=employee) for value, employee in taken]
        message = sentence(
            "people are found by how addresses that nobody has begin: {shown}{more}.",
            shown=joined(pairs[:SHOWN], ", "),
            more=and_more(len(taken) - SHOWN),
        )
        landing.problems.append(Problem(landing.file_names[file_no], None, "email", None, message, "warning"))


def ask_about_addresses(kind: Kind, landing: Landing) -> None:
    """Ask whose addresses and accounts are that nobody has, once for those that begin like one person's address."""
    if landing.is_again or not _has_addresses(kind) or not landing.transaction.rows(IS_OPEN.format(kind.name)):
        return
    select = f"{NOBODYS.format(kind=kind.name)} order by file_no, line_no limit {ASKED + 1}"
    open_ones = landing.transaction.rows(with_definitions(select), {"known_at": END_OF_TIME})
    if not open_ones:
        return
    accounts = _accounts(kind, landing)
    for file_no in dict.fromkeys(row["file_no"] for row in accounts):
        of_file = [row for row in accounts if row["file_no"] == file_no]
        if len(of_file) > 1:
            first, rows = of_file[0], sum(row["rows"] for row in of_file)
            text = sentence(
                "{rows} name people by {n} addresses or accounts that nobody has, such as {value!r}. Each begins like "
                "the address of one person. Are they theirs?",
                rows=counted(rows, "row"),
                n=len(of_file),
                value=first["value"],
            )
            is_theirs = sentence("yes: {value} is {employee}", value=first["value"], employee=first["employee_id"])
            answers = {BY_ACCOUNT: is_theirs}
            landing.questions.append(Question(landing.file_names[file_no], "addresses", text, answers))
    likely = _likely(landing, open_ones[:ASKED])
    for row in open_ones[:ASKED]:
        place = about("values", row["column_name"], row["value"])
        beside = sentence(", beside the name {name!r}", name=row["name"]) if row["name"] else NOTHING
        text = sentence(
            "{value!r} ({rows}{beside}) is nobody's. Who is it?",
            value=row["value"],
            rows=counted(row["rows"], "row"),
            beside=beside,
        )
        answers = likely[row["value"]] | {LEAVE_OUT: sentence("none of our people: leave it out")}
        typed = (Typed(place, sentence("The employee_id")),)
        file = landing.file_names[row["file_no"]]
        landing.questions.append(Question(file, place, text, answers, must=False, typed=typed))
    if len(open_ones) > ASKED:
        message = sentence("more than {most} addresses are nobody's; give the employee_id of these people.", most=ASKED)
        file = landing.file_names[open_ones[0]["file_no"]]
        landing.problems.append(Problem(file, None, "email", None, message, "warning"))


def _has_addresses(kind: Kind) -> bool:
    return kind.names_people and any(column.name == "email" for column in kind.read_only)


def _accounts(kind: Kind, landing: Landing) -> list[dict[str, Any]]:
    """Addresses and accounts of nobody that begin like the address of one person, with that person's id."""
    select = ACCOUNTS.format(nobodys=NOBODYS.format(kind=kind.name))
    return landing.transaction.rows(with_definitions(select), {"known_at": END_OF_TIME})


def _likely(landing: Landing, rows: list[dict[str, Any]]) -> dict[str, dict[str, Sentence]]:
    """For each address or account, the ids of the people who are likeliest to have it, and who they are."""
    accounts, names = {}, {}
    for row in rows:
        local = row["value"].split("\\")[-1].split("@")[0]
        accounts[row["value"]] = re.sub(r"[^a-z]", "", unaccented(local.lower()))
        names[row["value"]] = row["name"] or " ".join(re.split(r"[._+\d-]+", local)).strip()
    at = {"known_at": END_OF_TIME, "accounts": sorted({*accounts.values()})}
    built = landing.transaction.rows(with_definitions(BUILT), at)
    called = alike(landing, sorted({*names.values()} - {""}))
    likely = {}
    for value, account in accounts.items():
        by_account = {
            r["employee_id"]: as_it_is(f"{r['name']}: {r['person']}") for r in built if r["account"] == account
        }
        by_name = called.get(names[value], {})
        both = {employee: who for employee, who in by_name.items() if employee in by_account}
        likely[value] = dict(list((both | by_account | by_name).items())[:OFFERED])
    return likely
