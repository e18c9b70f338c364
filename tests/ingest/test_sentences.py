"""What an import says reaches each reader in their language, whoever brought the file and in whichever one."""

import json

from skilltrack.ingest import KINDS, Unanswered, import_files, rows_apart
from skilltrack.language import Sentence, _, spoken
from tests.marked import catalogue_of, outside, speaks, words_of

FILES = {
    "roster": [
        "employee_id,name,manager_id,role_id,hired_on,left_on,Shoe size\n"
        "1,Ann Lee,77,chief,2020-01-31,,39\n2,Bo Ek,1,,2021-02-30,2019-01-01,40\n2,Bo Ek,1,,2021-02-28,,40\n3,,1,,,,41\n"
    ],
    "badges": [
        "employee_id,credential_id,issued_on,Status,Points\n1,sa-badge,03/04/2024,done,5\nX9,none,31/12/2024,void,9\n",
        "employee_id,Course,issued_on,Paid\n1,First aid,2024-01-31,1\n1,Second aid,2999-01-31,2\n9,,45000,3\n",
    ],
    "spend": [
        "spend_id,employee_id,credential_id,paid_on,amount,currency,funding_source,Net cost\n"
        '1,1,sa-badge,2024-01-31,"1,234.50",EUR,employer,3\n1,1,sa-badge,2024-02-31,x,Euros,nobody,4\n'
    ],
    "prior_learning": ["employee_id,Skill,level,assessor,valid_from\n1,Welding,9,Ann Lee,2024-01-31\n1,,high,,\n"],
    "self_ratings": ["Name,Welding,Cutting\nAnn Lee,3,4\nTeam average,3,4\n"],
    "skills": ['skill_id,name\n1,"Weld\n'],
}


def everything_said(store, folder):
    """What imports of bad files say, with the texts of the files."""
    for kind, texts in FILES.items():
        for number, text in enumerate(texts):
            path = folder / f"{kind}-{number}.csv"
            path.write_text(text, encoding="utf-8")
            try:
                outcome = import_files(store, kind, [path], quarantine=True, dry_run=True)
            except Unanswered as error:
                yield from ((text, _(one)) for one in (error.message, error.advice))
                questions = error.questions
            except Exception as error:
                yield text, str(error)
                continue
            else:
                questions = outcome.questions
                yield from ((text, str(problem)) for problem in outcome.problems)
            for question in questions:
                said = [question.text, question.group, *question.answers.values(), *question.reasons.values()]
                yield from ((text, _(one)) for one in [*said, *(typed.label for typed in question.typed)])


def test_nothing_that_an_import_says_stays_english(company, tmp_path, monkeypatch):
    """One sentence that is put together as text is English for everybody in HR."""
    speaks(catalogue_of(), tmp_path / "locale", monkeypatch)
    ours = {word for kind in KINDS.values() for column in kind.file_columns for word in words_of(column.name)}
    ours |= {word for name in KINDS for word in words_of(name)} | {"csv", "style", "YYYY", "MM", "DD"}
    with spoken("de"):
        said = list(everything_said(company, tmp_path))

    assert len(said) > 40
    left = {message: words for text, message in said if (words := words_of(outside(message)) - words_of(text) - ours)}
    assert left == {}


def test_a_row_set_aside_is_explained_in_the_language_of_whoever_looks(company, tmp_path):
    """A colleague imported the file in English: why a row is set aside would be Greek to the HR team in Hamburg."""
    path = tmp_path / "roster.csv"
    path.write_text(
        "employee_id,name,hired_on\n501,Ann Lee,2020-01-31\n502,Bo Ek,tomorrow\n503,Cy,2020-02-02\n503,Cy B,\n"
    )
    import_files(company, "roster", [path], quarantine=True, mode="changes")

    def reasons():
        return [text for frame in rows_apart(company).values() for text in frame["reason"]]

    english = reasons()
    assert english[0] == "hired_on: is not a date; write it as YYYY-MM-DD, such as 2026-01-31."
    with spoken("de"):
        german = reasons()
    assert german[0] == "hired_on: ist kein Datum; schreiben Sie es als JJJJ-MM-TT, zum Beispiel 2026-01-31."
    assert "steht auch in Zeile 5" in german[1], german
    assert reasons() == english


def test_a_sentence_is_plain_english_for_programs():
    """What the command and the API write, and what is stored, does not depend on who imported."""
    from skilltrack.ingest.reading.things import counted

    with spoken("de"):
        both = counted(1234, "row") + ", " + counted(1, "row")
        assert json.loads(json.dumps(both)) == "1,234 rows, 1 row"
        assert _(both) == "1.234 Zeilen, 1 Zeile"
        assert isinstance(both, Sentence)
