"""A text that would mean something else on Spark is refused, with what to write; else a lake tells other numbers, unnoticed."""

import pytest

from skilltrack.errors import BadDefinition
from skilltrack.lake import RELATIONS
from skilltrack.questions import catalogue
from skilltrack.relations import definitions, with_published
from skilltrack.storage import relations_read

pytest.importorskip("sqlglot", reason="the extra spark is not installed")
portable = pytest.importorskip("skilltrack.storage.portable")

TRIPS = {
    "table generator": ("select d from generate_series(1, 3) as t(d)", "select d from (select unnest(generate_series(1, 3)) as d) as g"),
    "range": ("select i from range(3) as t(i)", "select i from (select unnest(range(3)) as i) as g"),
    "generator in an expression": ("select unnest($days)::date as d", "select cast(d as date) as d from (select unnest($days) as d) as g"),
    "rounding a decimal": ("select round(sum(amount) / count(*), 2) from t", "select cast(sum(amount) as double) / count(*) from t"),
    "rounding": ("select round(x, 2) from t", "select x from t"),
    "months between": ("select date_diff('month', a, b) from t", "select date_diff('day', a, b) from t"),
    "day less day": ("select paid_on - issued_on from t", "select date_diff('day', issued_on, paid_on), paid_on - 1 from t"),
    "quantile": ("select quantile_cont(x, 0.9) from t", "select median(x) from t"),
    "percentile": ("select percentile_cont(0.9) within group (order by x) from t", "select median(x) from t"),
    "format": ("select format('{} of {}', a, b) from t", "select a || ' of ' || b from t"),
    "division by zero": ("select a / b from t", "select a / nullif(b, 0), a / 4, a / count(*) from t group by all"),
    "alias in where": ("select a + 1 as b from t where b > 2", "select b from (select a + 1 as b from t) as s where b > 2"),
    "sorted and qualified": (
        "select a from t qualify row_number() over (order by b) = 1 order by a",
        "select a from (select a from t qualify row_number() over (order by b) = 1) as s order by a",
    ),
    "qualified by another column of the name": (
        "select u.a as b from t join u on u.a = t.a qualify count(t.b) over (partition by u.a) > 0",
        "select b from (select u.a as b, count(t.b) over (partition by u.a) as n from t join u on u.a = t.a) as s where n > 0",
    ),
    "asof join": ("select * from a asof join b on a.x >= b.x", "select * from a join b on a.x >= b.x"),
    "pivot": ("select * from (pivot t on a using sum(b))", "select sum(b) filter (a = 1) from t"),
    "replace": ("select * replace (a + 1 as a) from t", "select a + 1 as a from t"),
    "columns": ("select columns(*) from t", "select a, b from t"),
    "by name": ("select a from t union all by name select a from u", "select a from t union all select a from u"),
    "using key": ("with recursive r(a) using key (a) as (select 1 union all select a from r) select a from r", "select 1"),
    "distinct recursion": (
        "with recursive r as (select a from t union select t.a from t join r on r.a = t.b) select a from r",
        "with recursive r as (select a, 1 as n from t union all select t.a, n + 1 from t join r on r.a = t.b where n < 50) select a from r",
    ),
    "list as a way": (
        "with recursive r as (select a, [a] as way from t union all select t.a, way || [t.a] from t join r on r.a = t.b "
        "where len(way) < 9) select a from r",
        "select length(a) from t",
    ),
    "slice": ("select a[2:3] from t", "select substring(a, 2, 2) from t"),
    "arrow": ("select j ->> 'a' from t", "select json_extract_string(j, '$.a') from t"),
    "lambda": ("select list_transform(a, x -> x + 1) from t", "select x + 1 from (select unnest(a) as x from t) as s"),
    "ordered list": ("select list(a order by b) from t", "select list_sort(list(a)) from t"),
    "column from afar": (
        "select a from t where exists (select 1 from u where u.b in (select w.b from w where w.a = t.a))",
        "select a from t where exists (select 1 from u join w on w.b = u.b where w.a = t.a)",
    ),
}  # fmt: skip
ELSEWHERE = {
    "badge_checks": "award_checks",
    "keys_seen": "award_checks",
    "skills_suggested": "award_checks",
    "badges_naming": "award_checks",
    "issuers_seen": "issuer_rows",
    "origins": "upload_files",
    "upload_files": "upload_files",
    "proposals_made": "proposal_events",
    "without_issuer": "held_without",
    "resting": "held_without",
}
"""Metrics that are asked of the database only, each with something it reads that is not published."""


@pytest.mark.parametrize("name", TRIPS)
def test_each_construct_that_does_not_carry_over_is_refused_and_what_is_advised_is_not(name):
    wrong, right = TRIPS[name]

    assert portable.faults(wrong), wrong
    with pytest.raises(BadDefinition, match="does not mean the same on Spark"):
        portable.to_spark(wrong)
    assert portable.faults(right) == []
    assert portable.to_spark(right)


@pytest.mark.parametrize("how", ["", "materialized", "not materialized"])
def test_how_an_expression_is_to_be_computed_is_not_told_to_spark_which_cannot_read_it(how):
    assert (
        portable.to_spark(f"with a as {how} (select 1 as b) select b from a")
        == "WITH a AS (SELECT 1 AS b) SELECT b FROM a"
    )


def test_expressions_of_one_name_in_two_places_stay_two_and_take_no_table_of_that_name():
    """SQLGlot puts all of them in one list for Spark, where the second would be refused, or read in the place of a table."""
    inner = "with part as (select {n} as x) select part.x from part"
    text = (
        f"with a as ({inner.format(n=1)}), b as ({inner.format(n=2)}), c as (select x from part) select * from a, b, c"
    )

    assert portable.to_spark(text) == (
        "WITH part_1 AS (SELECT 1 AS x), a AS (SELECT part.x FROM part_1 AS part), "
        "part_0 AS (SELECT 2 AS x), b AS (SELECT part.x FROM part_0 AS part), "
        "c AS (SELECT x FROM part) SELECT * FROM a, b, c"
    )


@pytest.mark.parametrize("name", sorted(set(catalogue()) - set(ELSEWHERE)))
def test_each_metric_reads_published_relations_alone_and_carries_over(name):
    text = with_published(catalogue()[name].sql, frozenset(RELATIONS))

    assert set(relations_read(text)) <= set(RELATIONS)
    assert portable.faults(text) == []
    assert ":" in portable.to_spark(text) or "$" not in text


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_a_metric_that_a_lake_cannot_answer_reads_what_is_not_published(name):
    """Who publishes more, or writes a text that carries over, moves it to those that are answered."""
    text = with_published(catalogue()[name].sql, frozenset(RELATIONS))

    reads = set(relations_read(text)) - set(RELATIONS)
    assert ELSEWHERE[name] in reads or (ELSEWHERE[name] in definitions() and portable.faults(text))
