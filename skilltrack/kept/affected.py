"""The people whose kept rows an upload can have changed, in the temporary table `affected`."""

from collections.abc import Iterable, Mapping
from datetime import date

from skilltrack.kept.tables import KeptTable, table_called
from skilltrack.kinds import KINDS, kinds_about_people
from skilltrack.relations import (
    END_OF_TIME,
    EVERYBODY,
    definitions,
    from_kept,
    made_from_nothing,
    put_together,
)
from skilltrack.storage import Transaction

ABOUT_PEOPLE = {kind.name: kind.table for kind in kinds_about_people()}
"""Kinds whose rows affect the people they name, and their tables."""

CATALOGUE = {
    "credential_skills": "select credential_id from credential_skill_rows where upload_id = $upload_id",
    "credentials": "select credential_id from credential_rows where upload_id = $upload_id",
    "issuers": "select credential_id from credential_rows "
    "where issuer in (select i.issuer from issuer_rows as i where i.upload_id = $upload_id) "
    "union select credential_id from kept_awards "
    "where named_issuer in (select i.issuer from issuer_rows as i where i.upload_id = $upload_id)",
}
"""Kinds whose rows affect everyone who was ever awarded one of these credentials, or holds it as a stack."""

OF_ROLES = (
    "select employee_id from kept_roster "
    "where role_id in (select q.role_id from role_rows as q where q.upload_id = $upload_id)"
)
"""The people whom an upload of roles affects."""

REFRESHED = {*ABOUT_PEOPLE, *CATALOGUE, "roles", "issuer_keys", "skills"}
"""Kinds that affect people who can be named; any other kind that changes a kept table affects everybody."""

KEYS = {kind.name: (kind.table, kind.changing_key) for kind in kinds_about_people() if kind.changing_key}
"""Kinds whose newest row may be about somebody else than the earlier row of its key: their table and key column."""

NOBODY = "select 0 as person, '' as employee_id"
"""The person under whom spend lines without an employee are kept."""

NOW = EVERYBODY | {"known_at": END_OF_TIME}
"""Parameters of the kept selects: what is known by now, about everybody or the affected."""


BARE = " union all ".join(
    f"select '{table}' as name where not exists (select 1 from {table})"
    for table in sorted({"erased_rows", "award_checks", "named_issuers", *(kind.table for kind in KINDS.values())})
)
"""The tables that have no rows: most companies never import some kinds of file."""

NOTHING_PROVED = {
    "proved_awards": "select award_key, employee_id, credential_id, issued_on, valid_from, valid_to "
    "from award_checks where false",
    "reached_levels": "select award_key, employee_id, credential_id, issued_on, '' as skill_id, 0 as level "
    "from award_checks where false",
}
"""These definitions where no badge came as a signed file."""

NOTHING_NAMED = {"issuers_named": "select '' as award_key, issuer from named_issuers where false"}
"""This definition where every badge is of the issuer of its credential."""

NOTHING_ERASED = {
    "erased_badges": "select upload_id, file_no, '' as award_key, lacks_id, expires_on, revoked_on, names_issuer, "
    "is_undated from erased_rows where false",
    "erased_spend": "select '' as spend_id, upload_id from erased_rows where false",
}
"""These definitions where nobody was erased."""


def definitions_now(transaction: Transaction) -> dict[str, str]:
    """The definitions as they hold now, to be asked with `NOW`: as they are, but in fewer words for the engine to plan.

    The uploads in force are read from `kept_uploads`, which must be up to date, and nothing from tables without rows.
    """
    bare = {row["name"] for row in transaction.rows(BARE)}
    texts = definitions() | {"live_uploads": from_kept("any")["live_uploads"]} | made_from_nothing(bare)
    texts |= NOTHING_PROVED if "award_checks" in bare else {}
    texts |= NOTHING_NAMED if "named_issuers" in bare else {}
    return texts | (NOTHING_ERASED if "erased_rows" in bare else {})


def of_upload(table: str, landed: Mapping[str, str]) -> str:
    """An upload's rows of a table, to be put after FROM: the select in `landed` where there is one."""
    return f"({landed[table]}) as r" if table in landed else f"{table} where upload_id = $upload_id"


def keys_of_upload(kind: str, landed: Mapping[str, str]) -> str:
    """A select of the keys of an upload's rows, and of its rows whose people were erased."""
    table, key = KEYS[kind]
    erased = (
        f"select r.{key} as key from erased_rows as e join {table} as r "
        "on r.upload_id = e.of_upload and r.file_no = e.of_file and r.line_no = e.of_line "
        f"where e.upload_id = $upload_id and e.kind = '{kind}'"
    )
    return f"select {key} as key from {of_upload(table, landed)} union all {erased}"


def number_newcomers(transaction: Transaction, upload_id: int, landed: Mapping[str, str]) -> None:
    """Give a number to everyone whom no earlier upload named.

    `named` then has everybody whom the upload names, and whether in more than a roster, which also lists people whom it
    does not affect.
    """
    named = " union all ".join(
        f"select employee_id, {kind != 'roster'} as is_affected from {of_upload(table, landed)}"
        for kind, table in ABOUT_PEOPLE.items()
    )
    transaction.run(
        "create or replace temp table named as "
        f"select employee_id, bool_or(is_affected) as is_affected from ({named}) as n group by employee_id",
        {"upload_id": upload_id},
    )
    # A join, because the engine then looks up the few named in the many known, not the other way round.
    unknown = (
        "from named as n left join kept_people as p on p.employee_id = n.employee_id "
        "where p.person is null and n.employee_id is not null"  # a spend line may name nobody
    )
    if transaction.rows(f"select 1 {unknown} limit 1"):  # see `refresh`: never an ordered insert of no rows
        transaction.run(
            "insert into kept_people select (select coalesce(max(person), 0) from kept_people) "
            f"+ row_number() over (order by n.employee_id), n.employee_id {unknown}"
        )


def find_affected(
    transaction: Transaction, kinds: set[str], upload_id: int, landed: Mapping[str, str], texts: Mapping[str, str]
) -> None:
    """Fill `affected` with everyone whose rows an upload of these kinds can have changed.

    `texts`: the definitions as they hold now, as in all that follows.
    """
    about = [
        f"select employee_id from {of_upload(ABOUT_PEOPLE[kind], landed)}"
        for kind in sorted(kinds)
        if kind in ABOUT_PEOPLE and kind not in ("roster", *KEYS)
    ]
    for kind, (rows, key) in KEYS.items():  # an award that moved from one person to another affects both
        transaction.run(
            f"create or replace temp table {kind}_changed as {keys_of_upload(kind, landed)}",
            {"upload_id": upload_id},
        )
        if kind in kinds:
            about += [
                f"select employee_id from {of_upload(rows, landed)}",
                f"select b.employee_id from {rows} as b where b.upload_id <> $upload_id "
                f"and b.{key} in (select c.key from {kind}_changed as c)",
            ]
    for kind in sorted(kinds & set(CATALOGUE)):
        of_credential = f"where credential_id in ({CATALOGUE[kind]})"
        about.append(
            "select p.employee_id from kept_people as p where p.person in ("
            f"select person from kept_awards {of_credential} union select person from kept_holdings {of_credential})"
        )
    if "credentials" in kinds:  # a validity moves the ends of awards that the upload does not name
        transaction.run(
            "insert into badges_changed select award_key from kept_awards "
            f"where credential_id in ({CATALOGUE['credentials']})",
            {"upload_id": upload_id},
        )
    if "issuer_keys" in kinds:  # what a badge proves follows from the keys of all issuers
        about.append("select employee_id from award_checks")
        transaction.run("insert into badges_changed select distinct award_key from award_checks")
    if "skills" in kinds:  # a result of a badge names its skill by the skill's address or framework
        about.append("select employee_id from award_checks where results is not null")
    if "roles" in kinds:
        about.append(OF_ROLES)
    if "roster" in kinds:
        about.append(_find_roster(transaction, upload_id, texts))
    transaction.run(
        "create or replace temp table affected as select p.person, p.employee_id from kept_people as p "
        f"where p.employee_id in ({' union all '.join(about)})",
        {"upload_id": upload_id},
    )
    if "spend" in kinds:
        transaction.run(f"insert into affected {NOBODY}")


def _find_roster(transaction: Transaction, upload_id: int, texts: Mapping[str, str]) -> str:
    """Fill `roster_now` with the roster of those whom the upload may have changed; returns a select of those it did.

    `roster_checked` has those whom it may have changed. A snapshot ends the rows of people it does not list, and the
    first roster also holds before its date: then all rows are compared with the kept ones. Any other upload of changes
    concerns only the people it lists.
    """
    first = transaction.rows(
        put_together("select min(effective_on) as day from roster_uploads where upload_id <> $upload_id", texts),
        NOW | {"upload_id": upload_id},
    )[0]["day"]
    concerns_only_listed = transaction.rows(
        "select mode = 'changes' and effective_on > $first as is_so from uploads where upload_id = $upload_id",
        {"upload_id": upload_id, "first": first or date.max},
    )[0]["is_so"]
    if changed := _newest_snapshot(transaction, upload_id, texts):
        transaction.run(f"create or replace temp table affected as {changed}", NOW | {"upload_id": upload_id})
    elif concerns_only_listed:
        transaction.run(
            "create or replace temp table affected as select p.person, p.employee_id from kept_people as p "
            "where p.employee_id in (select r.employee_id from roster_rows as r where r.upload_id = $upload_id)",
            {"upload_id": upload_id},
        )
    else:
        affect_between(transaction, EVERYBODY)
    listed = {"roster_listings": "select r.* from roster_rows as r join affected as t on t.employee_id = r.employee_id"}
    roster = put_together(table_called("kept_roster").select, {**texts, **listed})
    transaction.run(f"create or replace temp table roster_now as {roster}", NOW)
    transaction.run("create or replace temp table roster_checked as select person from affected")
    kept = "select k.* from kept_roster as k where k.person in (select t.person from affected as t)"
    return (
        f"select p.employee_id from kept_people as p join (({kept} except select * from roster_now) union all "
        f"(select * from roster_now except {kept})) as c on c.person = p.person"
    )


def _newest_snapshot(transaction: Transaction, upload_id: int, texts: Mapping[str, str]) -> str:
    """A select of those whom the upload changes, if it is a snapshot that begins after all other rosters; else ""."""
    is_so = transaction.rows(
        put_together(
            "select u.mode = 'snapshot' and u.effective_on > "
            "(select max(o.effective_on) from roster_uploads as o where o.upload_id <> $upload_id) as is_so "
            "from live_uploads as u where u.upload_id = $upload_id",
            texts,
        ),
        NOW | {"upload_id": upload_id},
    )
    if not is_so or not is_so[0]["is_so"]:  # undone, or not the newest, or the only one
        return ""
    columns = ("name", "email", "manager_id", "role_id", "location", "cost_center", "hired_on", "left_on")
    rows = (
        "select r.* replace (coalesce(t.role_id, r.role_id) as role_id) from roster_rows as r "
        "left join job_titles as t on t.job_title = r.role_id where r.upload_id = $upload_id"
    )
    differs = " or ".join(f"k.{name} is distinct from r.{name}" for name in columns)
    return put_together(
        "select p.person, p.employee_id from kept_people as p where p.employee_id in ("
        "select coalesce(k.employee_id, r.employee_id) "
        "from (select * from kept_roster where valid_to = date '9999-12-31') as k "
        f"full join ({rows}) as r on r.employee_id = k.employee_id "
        f"where k.employee_id is null or r.employee_id is null or k.team <> coalesce(r.team, '') or {differs})",
        texts,
    )


def add_those_below(transaction: Transaction) -> None:
    """Add to `affected` everyone whose reporting line may lead through somebody in it."""
    transaction.run(
        "insert into affected select p.person, p.employee_id from kept_people as p where p.person in ("
        "select r.person from kept_roster as r join affected as t on t.employee_id = r.manager_id"
        ") and p.person not in (select t.person from affected as t)"
    )
    transaction.run(
        "insert into affected select p.person, p.employee_id from kept_people as p where p.person in ("
        "select l.person from kept_lines as l join affected as t on t.person = l.manager"
        ") and p.person not in (select t.person from affected as t)"
    )


def climb(transaction: Transaction) -> None:
    """Fill `climbing` with the affected and everyone above them; the kept lines of the others are right already."""
    transaction.run("create or replace temp table climbing as select person from affected")
    leaders = transaction.rows(
        "select distinct m.person from kept_roster as r join affected as t on t.person = r.person "
        "join kept_people as m on m.employee_id = r.manager_id left join affected as u on u.person = m.person "
        "where u.person is null"
    )
    if leaders:  # listed, because a join would look up every line of the company
        listed = ", ".join(str(row["person"]) for row in leaders)
        transaction.run(
            f"insert into climbing select person from kept_people where person in ({listed}) "
            f"union select manager from kept_lines where person in ({listed})"
        )


def affect_between(transaction: Transaction, numbers: dict[str, int]) -> None:
    """Fill `affected` with everyone between two numbers, `first_person` and `last_person`."""
    transaction.run(
        "create or replace temp table affected as select * from ("
        f"select person, employee_id from kept_people union all {NOBODY}) as everyone "
        "where person between $first_person and $last_person",
        numbers,
    )


def empty(transaction: Transaction, tables: Iterable[KeptTable]) -> None:
    """Delete every row of these kept tables."""
    for table in tables:
        transaction.run(f"delete from {table.name}")


def take_out(transaction: Transaction, table: KeptTable) -> None:
    """Delete the rows of the affected from a kept table."""
    transaction.run(f"delete from {table.name} where person in (select t.person from affected as t)")


def put_in(
    transaction: Transaction, table: KeptTable, texts: Mapping[str, str], numbers: dict[str, int] = EVERYBODY
) -> None:
    """Insert the rows of the affected into a kept table; `texts` are what its select reads, by name."""
    select = put_together(table.select, texts)
    transaction.run(f"insert into {table.name} by name {select}", NOW | numbers)
