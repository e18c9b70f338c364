"""A German in which every text of ours is the English one between marks: what stands outside them was forgotten."""

import re

from babel.messages.catalog import Catalog

from skilltrack import language
from skilltrack.config import today
from skilltrack.language import spoken
from skilltrack.ui import texts

NOT_OURS = {
    "CSV", "PDF", "Parquet", "JSON", "XLSX", "XLSM", "XLS", "UTC", "True", "False", "Skilltrack", "SKILLTRACK", "RETENTION",
    *language.LANGUAGES.values(), "delegate", "barred", "local", "employee", "manager", "hr", "ld",
    "auditor", "administrator", "imports", "reports", "uploads", "TOML", "JWT", "PNG", "SVG", "ZIP", "TSV", "TXT",
}  # fmt: skip
"""Words that are the same in every language: formats, names of roles and of what a token opens, codes."""


def marked(text):
    """A text that shows where it begins and ends; its bold part apart, as an answer is cut there."""
    return "**".join(f"⟦{part}⟧" if re.search("[A-Za-z]", part) else part for part in text.split("**"))


def catalogue_of(marks=marked):
    """The catalogue of that German, as its file holds it."""
    catalog = Catalog(locale="de")
    for text in texts.all_texts():
        forms = tuple(map(marks, text))
        catalog.add(text if len(text) > 1 else text[0], forms if len(text) > 1 else forms[0])
    return texts.written("de", catalog)


def speaks(catalogue, folder, monkeypatch):
    """Have German be the one of a catalogue."""
    path = folder / "de" / "LC_MESSAGES" / language.DOMAIN
    path.parent.mkdir(parents=True)
    path.write_bytes(catalogue)
    monkeypatch.setattr(language, "FOLDER", folder)


def words_of(text):
    return set(re.findall(r"[^\W\d_]{2,}", text))


def outside(text):
    """What stands outside the marks, also of those within others."""
    before = ""
    while text != before:
        before, text = text, re.sub("⟦[^⟦⟧]*⟧", " ", text)
    return text


def words_of_data(store):
    """Every word that a store holds in the columns that people filled, the months, and those that are nobody's."""
    words = set(NOT_OURS)
    columns = store.query(
        "select table_name as t, column_name as c from information_schema.columns where data_type = 'VARCHAR' "
        "and table_name similar to '(roster|skill|role|credential|issuer|spend|stack|prior_learning|target)_rows"
        "|upload_files|upload_events' and column_name not in ('tier', 'kind', 'funding_source', 'event', 'sha256')"
    ).to_pylist()
    for column in columns:
        for row in store.query(f'select distinct "{column["c"]}" as text from "{column["t"]}"').to_pylist():
            words |= words_of(row["text"] or "")
    with spoken("de"):
        for number in range(1, 13):
            day = today().replace(day=1, month=number)
            words |= words_of(language.month(day)) | words_of(language.long_day(day))
        words |= {language.weekday(number) for number in range(7)}
    return words
