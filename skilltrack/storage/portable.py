"""Our texts as Spark reads them, by SQLGlot; a text that would not mean the same there is refused.

Only this module imports sqlglot, which comes with the extra `spark`. Some of what is refused fails on Spark, some gives
other rows without a word: each was measured, and tests/spark holds that what is let through gives equal rows.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from skilltrack.errors import BadDefinition

MOST = 2_000
"""Texts whose translations are remembered."""
IS_DAY = re.compile(r"day|.*_(on|day)|valid_(from|to)|proved_(from|to)|date_end|month_end")
"""Names of our columns that hold days."""
NEVER_ZERO = {"required_level"}
"""Columns by which may be divided as they are: ingest refuses 0."""
QUANTILES = (exp.Quantile, exp.PercentileCont, exp.PercentileDisc, exp.ApproxQuantile)


@lru_cache(MOST)
def to_spark(text: str) -> str:
    """A select of ours as Spark reads it, parameters as `:name`; raises `BadDefinition` where it would differ."""
    tree = _tree(text)
    if differing := list(_faults(tree)):
        raise BadDefinition(f"This text does not mean the same on Spark: {' '.join(differing)}")
    for each in tree.find_all(exp.CTE):
        each.set("materialized", None)  # how it is computed, not what it means; Spark has no word for it
    _name_apart(tree)
    return tree.sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)


def _name_apart(tree: Any) -> None:
    """Give expressions of inner WITHs names of their own: SQLGlot puts all in one list."""
    inner = [each for each in tree.find_all(exp.With) if each.parent is not tree]
    for number, each in enumerate(reversed(inner)):  # from the innermost outwards
        within = list(each.parent.find_all(exp.Table, exp.CTE))
        elsewhere = {node.name for node in tree.find_all(exp.Table) if not any(node is one for one in within)}
        elsewhere |= {node.alias for node in tree.find_all(exp.CTE) if not any(node is one for one in within)}
        for expression in each.expressions:
            name = expression.alias
            if name in elsewhere:
                expression.args["alias"].set("this", exp.to_identifier(f"{name}_{number}"))
                for node in within:
                    if isinstance(node, exp.Table) and node.name == name and not node.db:
                        if not node.alias:
                            node.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
                        node.set("this", exp.to_identifier(f"{name}_{number}"))


def faults(text: str) -> list[str]:
    """What of a select does not carry over to Spark, each in a sentence that says what to write in its place."""
    return list(_faults(_tree(text)))


def _tree(text: str) -> Any:
    try:
        tree = sqlglot.parse_one(text, read="duckdb")
    except SqlglotError as error:
        raise BadDefinition(f"SQLGlot cannot read this text: {str(error).splitlines()[0]}") from None
    return tree


def _faults(tree: Any) -> Iterator[str]:
    seen: set[str] = set()
    for node in tree.walk():
        for kind, differs, sentence in RULES:
            if isinstance(node, kind) and differs(node):
                place = node.sql(dialect="duckdb")
                fault = f"{place if len(place) <= 60 else place[:60] + '…'}: {sentence}"
                if fault not in seen:
                    seen.add(fault)
                    yield fault


def _always(node: Any) -> bool:
    return True


def _is_generated(node: Any) -> bool:
    """A table made by generate_series or range."""
    name = node.this.name.lower() if isinstance(node.this, exp.Anonymous) else ""
    return isinstance(node.this, exp.GenerateSeries) or name in ("range", "generate_series")


def _is_inside(node: Any) -> bool:
    """A generator of rows that is a part of another expression."""
    parent = node.parent
    while isinstance(parent, exp.Paren):
        parent = parent.parent
    return not isinstance(parent, (exp.Alias, exp.Select, exp.From, exp.Join, exp.Lateral, exp.Table))


def _is_day(node: Any) -> bool:
    if isinstance(node, exp.Paren):
        return _is_day(node.this)
    if isinstance(node, (exp.Cast, exp.TryCast)):
        return bool(node.to.is_type("date"))
    return isinstance(node, exp.Column) and bool(IS_DAY.fullmatch(node.name))


def _divides_by_zero(node: Any) -> bool:
    divisor = node.expression
    while isinstance(divisor, (exp.Cast, exp.Paren)):
        divisor = divisor.this
    if isinstance(divisor, exp.Literal):
        return float(divisor.this) == 0
    return not (isinstance(divisor, (exp.Nullif, exp.Count)) or divisor.name in NEVER_ZERO)


def _reads_alias(node: Any) -> bool:
    """A select whose WHERE reads what its own list only just names."""
    where = node.args.get("where")
    named = {
        each.alias
        for each in node.selects
        if isinstance(each, exp.Alias) and each.alias not in {column.name for column in each.find_all(exp.Column)}
    }
    columns = where.find_all(exp.Column) if where else ()
    return any(not column.table and column.name in named and column.parent_select is node for column in columns)


def _is_recursive(node: Any, name: str) -> bool:
    return any(table.name == name for table in node.find_all(exp.Table))


def _is_distinct_recursion(node: Any) -> bool:
    union = node.this
    return isinstance(union, exp.Union) and bool(union.args.get("distinct")) and _is_recursive(union, node.alias)


def _is_measured_list(node: Any) -> bool:
    """Whether a length is asked for in a text that reads itself, where lists hold the way."""
    expression = node.find_ancestor(exp.CTE)
    return expression is not None and _is_recursive(expression.this, expression.alias)


def _reaches_far(node: Any) -> bool:
    """A select that reads a column of a select two or more levels above it."""
    for column in node.find_all(exp.Column):
        if column.table and column.parent_select is node:
            outer, levels = node, 0
            while outer is not None and column.table not in _sources(outer):
                outer, levels = outer.parent_select, levels + 1
            if outer is not None and levels > 1:
                return True
    return False


def _sources(select: Any) -> set[str]:
    joined = [select.args.get("from_") or select.args.get("from"), *(select.args.get("joins") or ())]
    return {each.this.alias_or_name for each in joined if each is not None}


def _is_ordered_and_qualified(node: Any) -> bool:
    return bool(node.args.get("qualify")) and bool(node.args.get("order"))


def _qualifies_by_other(node: Any) -> bool:
    """A select whose QUALIFY reads a column of the name that its list gives to something else."""
    qualify = node.args.get("qualify")
    others = {
        each.alias
        for each in node.selects
        if isinstance(each, exp.Alias) and not (isinstance(each.this, exp.Column) and each.this.name == each.alias)
    }
    columns = qualify.find_all(exp.Column) if qualify else ()
    return any(column.table and column.name in others for column in columns)


def _is_not_of_days(node: Any) -> bool:
    return node.text("unit").lower() not in ("day", "")


def _is_of_days(node: Any) -> bool:
    return _is_day(node.this) and _is_day(node.expression)


def _is_asof(node: Any) -> bool:
    return str(node.method).upper() == "ASOF"


def _is_ordered(node: Any) -> bool:
    return isinstance(node.this, exp.Order)


def _is_arrow(node: Any) -> bool:
    """Whether `->>` is written, and not the function."""
    return "only_json_types" in node.args


def _has(argument: str) -> Callable[[Any], bool]:
    return lambda node: bool(node.args.get(argument))


RULES: tuple[tuple[Any, Callable[[Any], bool], str], ...] = (
    (exp.Table, _is_generated, "write FROM (SELECT unnest(generate_series(…)) AS d)."),
    ((exp.Unnest, exp.Explode), _is_inside, "convert what is unnested one level up."),
    (exp.Round, _always, "Spark rounds otherwise, without a word: do not round in SQL."),
    (exp.DateDiff, _is_not_of_days, "Spark counts whole months: reckon with year() and month()."),
    (exp.Sub, _is_of_days, "Spark gives an interval: write date_diff('day', a, b)."),
    (QUANTILES, _always, "Spark estimates it, without a word: use median()."),
    (exp.Format, _always, "Spark writes another text, without a word: use ||."),
    (exp.Div, _divides_by_zero, "Spark fails where it is 0: write x / nullif(y, 0)."),
    (exp.Select, _reads_alias, "WHERE cannot read a name of its own list on Spark: use a subquery."),
    (exp.Select, _is_ordered_and_qualified, "SQLGlot sorts too early, without a word: QUALIFY in a subquery."),
    (exp.Select, _qualifies_by_other, "SQLGlot mixes up two columns of one name, without a word: use a subquery."),
    (exp.Join, _is_asof, "Spark has no ASOF JOIN: use row_number() = 1 over a plain join."),
    (exp.Pivot, _always, "Spark pivots otherwise: write sum(…) filter (…)."),
    (exp.Star, _has("replace"), "Spark has no * REPLACE: list the columns."),
    (exp.Columns, _always, "Spark has no COLUMNS(…): list the columns."),
    (exp.SetOperation, _has("by_name"), "Spark has no UNION BY NAME: list the columns."),
    (exp.CTE, _has("key_expressions"), "Spark has no USING KEY: UNION ALL with a bound, then GROUP BY."),
    (exp.CTE, _is_distinct_recursion, "Spark has no recursive UNION: UNION ALL with a bound, then GROUP BY."),
    ((exp.Length, exp.ArraySize), _is_measured_list, "Spark has no len() of a list there: keep the way as text."),
    (exp.Slice, _always, "Spark has no slices: use substring()."),
    (exp.ArrayAgg, _is_ordered, "Spark keeps no order, without a word: use list_sort(list(…))."),
    (exp.JSONExtractScalar, _is_arrow, "Spark has no ->>: use json_extract_string()."),
    (exp.Lambda, _always, "duckdb 2.0 itself refuses it: unnest the list."),
    (exp.Select, _reaches_far, "Spark reads columns one level up only: join instead."),
)
"""What does not carry over: the kind of node, which of them, and what to write in its place."""
