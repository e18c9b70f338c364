"""The definitions that follow from the declaration of each kind of file, made from the texts of `sql/from_kinds`.

For each kind: the newest row of each key; what its rows are read from, where that is narrowed; and what is left of the
rows of people who were erased, where a key can go from one person to another. Over all kinds about people: who is
named, and where each row came from. docs/definitions.md prints them.
"""

from collections.abc import Collection, Mapping

from skilltrack.errors import BadDefinition
from skilltrack.kinds import KINDS, Column, Kind, kinds_about_people

WHERE_FROM = ("upload_id", "file_no", "line_no")
"""Columns that every kind's table has besides its own: where a row came from."""
INDENT = "\n    "


def made_from_kinds(written: Mapping[str, str], parts: Mapping[str, str]) -> dict[str, str]:
    """The made definitions by name; `written` are those that are files, `parts` the texts of `sql/from_kinds`.

    Raises `BadDefinition` where a definition is both a file and made, or neither.
    """
    made = {"people_named": _people_named(parts), "origins": _origins(parts)}
    for kind in KINDS.values():
        if kind.is_narrowed:
            made[kind.listings] = _text(parts["listings"], kind)
        if not kind.is_written:
            made[kind.relation] = _text(parts["newest_moving" if kind.changing_key else "newest"], kind)
            if kind.changing_key:
                made[f"erased_{kind.name}"] = _text(parts["erased"], kind)
        elif kind.relation not in written:
            raise BadDefinition(f"The kind {kind.name} lacks its definition: sql/definitions/{kind.relation}.sql.")
    if both := sorted(set(made) & set(written)):
        raise BadDefinition(f"sql/definitions has {', '.join(both)}, which is made from kinds. Give one another name.")
    return made


def _text(part: str, kind: Kind) -> str:
    not_back = [_is_not_back(column) for column in kind.columns if column.takes_back is not None]
    return part.format(
        kind=kind.name,
        table=kind.table,
        relation=kind.relation,
        listings=kind.listings,
        about=kind.about,
        changing_key=kind.changing_key,
        in_words=f"{', '.join(kind.key[:-1])} and {kind.key[-1]}" if len(kind.key) > 1 else kind.key[0],
        key=", ".join(f"r.{column}" for column in kind.key),
        columns=f",{INDENT}".join([*map(_holding, kind.columns), *_where_from(kind)]),
        unless_taken_back="".join(f"{INDENT}and {condition}" for condition in not_back),
        credential_id=f"r.{kind.naming('credentials')}" if kind.naming("credentials") else "null",
        skill_id=f"r.{kind.naming('skills')}" if kind.naming("skills") else "null",
        begins=_begins(kind),
        if_without_id=f", r.{kind.optional_id} is null" if kind.optional_id else "",
    )


def made_from_nothing(bare: Collection[str]) -> dict[str, str]:
    """The made definitions of the newest rows of tables that have no rows: quicker to plan, and as empty."""
    return {
        kind.relation: f"select {', '.join(_names(kind))} from {kind.table} where false"
        for kind in KINDS.values()
        if kind.table in bare and not kind.is_written
    }


def _names(kind: Kind) -> list[str]:
    return [*(column.name for column in kind.columns), *(name.removeprefix("r.") for name in _where_from(kind))]


def _where_from(kind: Kind) -> list[str]:
    """The columns of where a newest row came from that a definition reads; others would be looked up for nothing."""
    if kind.about and not kind.changing_key:
        return [f"r.{column}" for column in WHERE_FROM]
    return ["r.upload_id"] if kind.newer_win else []


def _is_not_back(column: Column) -> str:
    """Whether a row takes nothing back, as SQL: a bound, which the engine can skip where no value is below it."""
    return f"r.{column.name} > {column.takes_back}" if column.takes_back else f"r.{column.name} is not null"


def _holding(column: Column) -> str:
    """A column of a newest row; an open begin or end becomes the first or the last day there is."""
    if column.begins and not column.required:
        return f"coalesce(r.{column.name}, date '0001-01-01') as {column.name}"
    if column.ends and not column.required:
        is_one = f"r.{column.name} <= date '2999-12-31'"  # other systems write "never" as a later day
        return f"case when {is_one} then r.{column.name} else date '9999-12-31' end as {column.name}"
    return f"r.{column.name}"


def _begins(kind: Kind) -> str:
    if not kind.begins:
        return "null"
    # Where a key can go to another person the row itself is read, in which an open day is empty.
    is_open = not (kind.changing_key or kind.column(kind.begins).required)
    return f"nullif(r.{kind.begins}, date '0001-01-01')" if is_open else f"r.{kind.begins}"


def _people_named(parts: Mapping[str, str]) -> str:
    selects = [
        f"select {kind.about} as employee_id from {kind.table} where {kind.about} is not null"
        for kind in kinds_about_people()
    ]
    return parts["people_named"].format(selects="\nunion\n".join(selects))


def _origins(parts: Mapping[str, str]) -> str:
    selects = [
        _text(parts["origins_of_moving" if kind.changing_key else "origins_of"], kind).rstrip()
        for kind in kinds_about_people()
        if not kind.lists_people
    ]
    return parts["origins"].format(selects="\nunion all\n".join(selects).replace("\n", INDENT))
