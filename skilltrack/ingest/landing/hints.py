"""What ids that match nobody probably are: ids without their leading zeros or letters, or another system's numbers."""

from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.naming import is_any_unknown, known_ids
from skilltrack.ingest.reading.ids import PREFIXED, UNPADDED, UNPREFIXED, treated
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.things import counted, read_as
from skilltrack.kinds import KINDS, Kind, references
from skilltrack.language import counting, forms, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

EARLIER = (
    "select r.employee_id as id from roster_rows as r join live_uploads as u on u.upload_id = r.upload_id "
    "where r.upload_id <> $upload_id"
)
LACKS_ZEROS = forms(
    "{n:,} value of {column} lacks the leading zeros with which managers are named. Were zeros lost?",
    "{n:,} values of {column} lack the leading zeros with which managers are named. Were zeros lost?",
)
MANGLED = r"\d(\.\d+)?[eE]\+\d+"
FOREIGN = 0.8
"""The share of a manager column that matches nobody from which it is taken for another system's."""


def hint(kind: Kind, landing: Landing) -> None:
    """Add a question where leading zeros would make ids match, and a warning where a column has other numbers."""
    for column, target in references(kind):
        if KINDS[target].lists_people and is_any_unknown(column, landing):
            known = known_ids(kind, target, landing)
            if not _pad(landing, column, f"unknown_{column}", known) and not _unpad(landing, column, known):
                _ask_about_letters(kind, landing, column, known)
    if kind.lists_people and landing.transaction.rows("select 1 from roster_rows limit 1"):
        newcomers = (
            "(select employee_id as value, file_no from typed_roster "
            f"where employee_id not like '0%' and employee_id not in ({EARLIER}))"
        )
        if not _pad(landing, "employee_id", newcomers, EARLIER):
            _unpad(landing, "employee_id", EARLIER, newcomers.replace("not like '0%'", "like '0%'"))
    if kind.lists_people and is_any_unknown("manager_id", landing):
        _pad(landing, "manager_id", "unknown_manager_id", known_ids(kind, "roster", landing))
        own = "(select employee_id as value, file_no from typed_roster where employee_id not like '0%')"
        if not _pad(landing, "employee_id", own, "select value as id from unknown_manager_id", LACKS_ZEROS):
            _tell_foreign_managers(landing)
    _tell_mangled(kind, landing)


def _pad(
    landing: Landing,
    column: str,
    unknown: str,
    known: str,
    why: tuple[str, str] = forms(
        "{n:,} value of {column} matches nobody as it is, but does with leading zeros. Were zeros lost?",
        "{n:,} values of {column} match nobody as they are, but do with leading zeros. Were zeros lost?",
    ),
) -> bool:
    """Ask whether zeros were lost, where these would turn an `unknown` id into a `known` one."""
    rows = landing.transaction.rows(
        with_definitions(
            "select length(k.id) as width, min(t.value) as value, count(distinct t.value) as n, "
            f"min(t.file_no) as file_no from (select distinct id from ({known}) as ids where id like '0%') as k "
            f"join {unknown} as t on ltrim(k.id, '0') = ltrim(t.value, '0') and length(t.value) < length(k.id) "
            "where regexp_full_match(t.value, '[0-9]+') group by width order by n desc limit 1"
        ),
        {"upload_id": landing.upload_id, "known_at": END_OF_TIME},
    )
    for row in rows:
        text = counting(*why, n=row["n"], column=column)
        padded = row["value"].zfill(row["width"])
        answers = {str(row["width"]): read_as(row["value"], padded)}
        file = landing.file_names[row["file_no"]]
        landing.questions.append(Question(file, f"pad.{column}", text, answers, must=False))
    return bool(rows)


def _unpad(landing: Landing, column: str, known: str, unknown: str = "") -> bool:
    """Ask whether zeros were added, where unknown ids would be known without those in front of them."""
    rows = landing.transaction.rows(
        with_definitions(
            "select count(distinct t.value) as n, min(t.value) as value, t.file_no "
            f"from {unknown or f'unknown_{column}'} as t join (select distinct id from ({known}) as ids) as k "
            "on k.id = ltrim(t.value, '0') where regexp_full_match(t.value, '0+[1-9][0-9]*') "
            "group by t.file_no order by t.file_no"
        ),
        {"upload_id": landing.upload_id, "known_at": END_OF_TIME},
    )
    for row in rows:
        values = counted(row["n"], "value")
        text = sentence(
            "{values} of {column} would match somebody without the zeros in front. Take them off?",
            values=values,
            column=column,
        )
        answers = {UNPADDED: read_as(row["value"], treated(UNPADDED, row["value"]))}
        file = landing.file_names[row["file_no"]]
        landing.questions.append(Question(file, f"ids.{column}", text, answers, must=False))
    return bool(rows)


def _ask_about_letters(kind: Kind, landing: Landing, column: str, known: str) -> None:
    """Ask whether letters were put in front of ids, or are lacking there, where unknown ids would then be known."""
    rows = landing.transaction.rows(
        with_definitions(read_text("landing/people/lettered").format(kind=kind.name, column=column, known=known)),
        {"upload_id": landing.upload_id, "known_at": END_OF_TIME, "prefixed": PREFIXED},
    )
    for row in rows:
        values, file = counted(row["n"], "value"), landing.file_names[row["file_no"]]
        others = sentence("Others' numbers may begin otherwise on purpose, as those of contractors do.")
        if row["letters"]:
            text = sentence(
                "{values} of {column} would match somebody with {letters!r} in front. Put it there? {others}",
                values=values,
                column=column,
                letters=row["letters"],
                others=others,
            )
            answers = {row["letters"]: read_as(row["value"], row["letters"] + row["value"])}
            landing.questions.append(Question(file, f"prefix.{column}", text, answers, must=False))
        else:
            text = sentence(
                "{values} of {column} would match somebody without the letters in front. Take them off? {others}",
                values=values,
                column=column,
                others=others,
            )
            answers = {UNPREFIXED: read_as(row["value"], treated(UNPREFIXED, row["value"]))}
            landing.questions.append(Question(file, f"ids.{column}", text, answers, must=False))


def _tell_foreign_managers(landing: Landing) -> None:
    unknown = landing.transaction.rows("select count(*) as n, min(file_no) as file_no from unknown_manager_id")[0]
    if landing.mode != "snapshot" or not unknown["n"]:
        return
    managers = landing.transaction.rows("select count(distinct manager_id) as n from typed_roster")[0]["n"]
    if managers > 2 and unknown["n"] >= FOREIGN * managers:
        message = sentence(
            "{n} of {managers} managers are nobody's employee_id: this column seems to hold another "
            "system's numbers. Map a column with the managers' employee_ids, names or e-mail addresses.",
            n=unknown["n"],
            managers=managers,
        )
        file = landing.file_names[unknown["file_no"]]
        landing.problems.append(Problem(file, None, "manager_id", None, message, "warning"))


def _tell_mangled(kind: Kind, landing: Landing) -> None:
    columns = [column.name for column in kind.columns if column.name.endswith("_id")]
    if not columns:
        return
    is_mangled = "(contains(t.{x}, '+') and regexp_full_match(t.{x}, $mangled))"
    some = landing.transaction.rows(
        f"select {', '.join(f'bool_or({is_mangled.format(x=x)}) as {x}' for x in columns)} from typed_{kind.name} as t",
        {"mangled": MANGLED},
    )[0]
    for column in (name for name in columns if some[name]):
        row = landing.transaction.rows(
            f"select count(*) as n, min(t.{column}) as value, min(file_no) as file_no, min(t.line_no) as line_no "
            f"from typed_{kind.name} as t where {is_mangled.format(x=column)}",
            {"mangled": MANGLED},
        )[0]
        message = sentence(
            "a spreadsheet has rounded {n} ids; export them as text, or several may have become one.", n=row["n"]
        )
        file = landing.file_names[row["file_no"]]
        landing.problems.append(Problem(file, row["line_no"], column, row["value"], message, "alarm"))
