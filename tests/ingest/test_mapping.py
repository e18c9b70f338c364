"""A mapping file says what is which; what it does not say is refused, never guessed."""

import pytest

from skilltrack.errors import Refused
from skilltrack.ingest import import_files
from skilltrack.storage.store import Store

ROSTER = "Worker;First;Last;Boss;Hired;Status\n7;Ann;Lee;NO_MGR;31.01.2024;Active\n8;Bo;;7;01.02.2024;Left\n9;Cy;Ray;7;soon;Active\n"
MAPPING = """
delimiter = ";"
[columns]
employee_id = "Worker"
name = ["First", "Last"]
manager_id = "boss"
hired_on = "Hired"
location = "Status"
[constants]
team = "North"
[values.manager_id]
NO_MGR = ""
[values.location]
Active = "on site"
"*" = "elsewhere"
[skip]
employee_id = ["9"]
[dates]
hired_on = "%d.%m.%Y"
"""


def land(tmp_path, mapping, text=ROSTER, **options):
    store = Store.open(":memory:")
    (tmp_path / "people.txt").write_text(text, encoding="utf-8")
    (tmp_path / "m.toml").write_text(mapping, encoding="utf-8")
    outcome = import_files(store, "roster", [tmp_path / "people.txt"], mapping=tmp_path / "m.toml", **options)
    columns = "employee_id, name, manager_id, team, location, cast(hired_on as varchar) as hired_on"
    return outcome, store.query(f"select {columns} from roster_rows order by line_no").to_pylist()


def test_columns_are_renamed_joined_filled_translated_skipped_and_dated(tmp_path):
    outcome, rows = land(tmp_path, MAPPING)

    assert rows == [
        {
            "employee_id": "7",
            "name": "Ann Lee",
            "manager_id": None,
            "team": "North",
            "location": "on site",
            "hired_on": "2024-01-31",
        },
        {
            "employee_id": "8",
            "name": "Bo",
            "manager_id": "7",
            "team": "North",
            "location": "elsewhere",
            "hired_on": "2024-02-01",
        },
    ]
    assert any("1 row left out" in problem.message for problem in outcome.problems)


def test_a_date_in_another_style_is_named_with_its_own_text_and_line(tmp_path):
    outcome, rows = land(tmp_path, MAPPING.replace('employee_id = ["9"]', 'employee_id = ["none"]'))

    assert [(p.line, p.column, p.value) for p in outcome.errors] == [(4, "hired_on", "soon")]
    assert rows == []


def test_of_rows_with_one_key_only_the_first_is_taken_when_the_mapping_says_so(tmp_path):
    text = "employee_id,name,manager_id,hired_on,location\n1,Ann,,,\n1,Bo,,,\n2,Cy,1,,\n"
    mapping = 'duplicates = "keep first"\n[prefix]\nemployee_id = "N-"\nmanager_id = "N-"\n'
    outcome, rows = land(tmp_path, mapping, text)

    assert [(row["employee_id"], row["name"], row["manager_id"]) for row in rows] == [
        ("N-1", "Ann", None),
        ("N-2", "Cy", "N-1"),
    ]
    assert any("1 row left out" in problem.message for problem in outcome.problems)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[columns]", "[colums]"), "an unknown part 'colums'"),
        (('employee_id = "Worker"', 'employee_id = "Wrker"'), "no column 'Wrker'"),
        (('team = "North"', 'tem = "North"'), r"\[constants\]: roster has no column 'tem'"),
        (('delimiter = ";"', 'delimiter = ";;"'), "one character"),
        (("[columns]", "[columns"), "cannot be read"),
        (("\ndelimiter", '\nreading = "1"\ndelimiter'), "an unknown part 'reading'"),
        (("[columns]", '[awards]\n2 = "id a1"\n[columns]'), "an unknown part 'awards'"),
        (("\ndelimiter", '\nduplicates = "last"\ndelimiter'), "duplicates can only be"),
        (('employee_id = "Worker"', ""), "lacks employee_id"),
    ],
)
def test_a_mapping_that_cannot_be_followed_says_why(tmp_path, change, said):
    with pytest.raises(Refused, match=said):
        land(tmp_path, MAPPING.replace(*change).replace('[skip]\nemployee_id = ["9"]', ""))


def test_a_missing_mapping_file_is_named(tmp_path):
    with pytest.raises(Refused, match="does not exist"):
        import_files(Store.open(":memory:"), "roster", [tmp_path / "x.csv"], mapping=tmp_path / "no.toml")
