"""What a SQL text reads is what the engine would read, however it is written."""

import duckdb
import pytest

from skilltrack.errors import BadDefinition
from skilltrack.relations.texts import put_together
from skilltrack.storage import parsing
from skilltrack.storage.parsing import learn, parameters_named, parsed, reading_others, relations_read

READ = {
    "select 1": [],
    "select * from a": ["a"],
    "from a": ["a"],
    "table a": ["a"],
    'select * from A as d, b as e, "C" f': ["a", "b", "c"],
    "select * from 'a' as d": ["a"],
    "select *\nfrom -- whence\n    a\njoin /* from nowhere */ b using (x)": ["a", "b"],
    "select 'from b' as \"from c\" from a": ["a"],
    'select \'ä\', "ü".x from a natural join "ü"': ["a", "ü"],
    "select (select max(x) from a), exists (from b) from c where x in (select x from d) order by (select 1 from e)": [
        "a",
        "b",
        "c",
        "d",
        "e",
    ],
    "select * from a cross join lateral (select * from b where b.x = a.x) as l": ["a", "b"],
    "select x from a union select x from b except (select x from c intersect from d)": ["a", "b", "c", "d"],
    "select coalesce(x, (select max(x) from b)), [x + y for y in [1, 2]] from a": ["b", "a"],
    "select * from a pivot (count(*) for x in (1, 2)) as p": ["a"],
    "select * from a tablesample 10% positional join b semi join c on true": ["a", "b", "c"],
    "select * from a, unnest($days) as d, range(3) as r": ["a"],
    "with a as (select * from b) select * from A": ["b"],
    "with a as (select * from a) select * from a": ["a"],
    "with recursive a as (select * from a) select * from a": ["a"],
    "with recursive a as (select * from a union all select 1) select * from a": ["a"],
    "with recursive a as (select 1 as x union all select a.x + 1 from a, b where a.x < 9) select * from a": ["b"],
    "with a as (select * from b), b as (select 1) select * from a": ["b"],
    "with b as (select 1), a as (select * from b) select * from a": [],
    "select * from (with a as (select 1) select * from a) as q, a": ["a"],
    "with a as (select 1 as x) select (select max(x) from a), b.* from b where exists (with c as (from a) from c)": [
        "b"
    ],
    "(with a as (select 1) from a) union all from a": ["a"],
    'with "\u212aept" as (select 1), "\u0130d" as (select 1) select * from kept, "i\u0307d"': ["kept", "i\u0307d"],
    'with "\u00dc" as (select 1 as x) select * from "\u00fc"': ["\u00fc"],
}
REFUSED = {
    "": "0 statements",
    "select 1; select 2": "2 statements",
    "selec 1": "syntax error",
    "insert into a select * from b": "Only SELECT",
    "pivot a on b using sum(c)": "Only SELECT",
    "select * from main.a": "a of a schema",
    'select * from x."main".a': "a of a schema",
    "select * from query_table('a')": "query_table",
    "select * from query('select * from a')": "query",
    "select * from QUERY_TABLE(['a', 'b'])": "query_table",
    "select * from duckdb_tables()": "duckdb_tables",
    "select * from read_csv('a.csv')": "read_csv",
    "select (select max(x) from query_table('a')) from b": "query_table",
    "describe a": "SHOW_REF",
    "select * from (summarize a) as s": "SHOW_REF",
    "show tables": "SHOW_REF",
}


@pytest.mark.parametrize("text", READ)
def test_a_relation_counts_however_it_is_written(text):
    assert relations_read(text) == READ[text]


def runs(text, names):
    """Whether the engine can run a text where there are tables of these names and no others."""
    with duckdb.connect() as connection:
        for name in names:
            connection.execute(f'create table "{name}" as select 1 as x')
        try:
            connection.execute(text, {"days": [1]} if "$days" in text else None).fetchall()
        except duckdb.Error:
            return False
        return True


@pytest.mark.parametrize("text", READ)
def test_the_engine_needs_what_a_text_reads_and_nothing_else(text):
    assert runs(text, READ[text])
    for name in READ[text]:
        assert not runs(text, [other for other in READ[text] if other != name]), name


@pytest.mark.parametrize("text", REFUSED)
def test_a_text_that_does_not_say_what_it_reads_is_refused(text):
    for ask in (parsed, relations_read, lambda text: put_together(text, {"a": "select 1"})):
        with pytest.raises(BadDefinition, match=f"(?i){REFUSED[text]}"):
            ask(text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("select a.x from a", 'select a.x from seen_a as "a"'),
        ('select "ä", d.x from "A" as d, A', 'select "ä", d.x from seen_a as d, seen_a as "A"'),
        ("select 'from a' from b, 'a' as c", "select 'from a' from b, seen_a as c"),
        ("with a as (from a) from a", 'with a as (from seen_a as "a") from a'),
    ],
)
def test_another_relation_is_read_where_one_was_and_goes_by_its_name(text, other):
    assert reading_others(text, {"a": "seen_a"}) == other


def test_the_parameters_of_a_text_are_those_that_the_engine_wants():
    assert parameters_named("-- $a\nselect '$b', $c /* $d */ from e where f = $C or g = $c") == {"c"}
    assert parameters_named("insert into a select $b; delete from a where c = $c") == {"b", "c"}


def test_a_text_is_parsed_once_and_no_more_are_remembered_than_fit(monkeypatch):
    monkeypatch.setattr(parsing, "MOST", 40)
    for first in range(0, 100, 10):
        texts = [f"select {number} from a" for number in range(first, first + 10)]
        learn([*texts, "no select"])
        assert {tuple(relations_read(text)) for text in texts} == {("a",)}
        assert parsed(texts[0]) is parsed(texts[0])
    assert len(parsing._parsed) <= 40
