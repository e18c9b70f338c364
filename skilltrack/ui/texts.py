"""Every text that people read on the screens, and the catalogues of its translations: run by `make texts`.

Texts are the first arguments of `_` and `mark`, both forms of `plural`, and what the headers of metrics say. A text
that is new comes into each catalogue without a translation, one that has gone leaves it.
"""

import ast
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from skilltrack.config import ROOT
from skilltrack.language import DOMAIN, ENGLISH, FOLDER, LANGUAGES
from skilltrack.questions import catalogue

CALLS = {"_": 1, "mark": 1, "plural": 2, "sentence": 1, "counting": 2, "forms": 2, "english": 1}
"""Functions whose first arguments are texts, and how many of them."""
HEAD = """# The texts of Skilltrack in {called}; docs/languages.md says how they are kept.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: nplurals=2; plural={many};\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""
"""The head of a catalogue: nothing in it changes from run to run."""
MANY = {"de": "(n != 1)", "fr": "(n > 1)", "es": "(n != 1)"}
"""When a language takes the second of two forms; the third that two of them have, for whole millions, is not used."""
Text = tuple[str, ...]
"""A text; both forms where it depends on a number."""


def in_source(source: str) -> Iterator[Text]:
    """The texts in a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            forms = [one.value for one in node.args[: CALLS[node.func.id]] if isinstance(one, ast.Constant)]
            if len(forms) == CALLS[node.func.id]:
                yield tuple(map(str, forms))


def in_metrics() -> Iterator[Text]:
    """What the headers of metrics say: titles, questions, definitions, units, labels and what columns hold."""
    for metric in catalogue().values():
        for text in (metric.title, metric.question, metric.definition, metric.unit):
            yield (text,)
        for name, label in metric.labels.items():
            yield (label,)
            yield (metric.columns[name],)


def all_texts() -> dict[Text, str]:
    """Every text, with the first place that has it."""
    places: dict[Text, str] = {}
    for path in sorted([*(ROOT / "pages").rglob("*.py"), *(ROOT / "skilltrack").rglob("*.py")]):
        for text in in_source(path.read_text(encoding="utf-8")):
            places.setdefault(text, str(path.relative_to(ROOT)))
    for text in in_metrics():
        places.setdefault(text, "skilltrack/sql/metrics")
    return places


def renewed(language: str, folder: Path = FOLDER) -> Catalog:
    """The catalogue of a language with exactly the texts of now, each with the translation that it has."""
    path = folder / language / "LC_MESSAGES" / DOMAIN
    before = read_po(BytesIO(path.read_bytes() if path.exists() else b""), locale=language)
    after = read_po(BytesIO(head(language)), locale=language)
    for text, place in all_texts().items():
        key: str | Text = text if len(text) > 1 else text[0]
        known = before.get(text[0])
        string = known.string if known and bool(known.pluralizable) == (len(text) > 1) else ""
        after.add(key, string or ("" if len(text) == 1 else ("", "")), locations=[(place, 0)])
    return after


def head(language: str) -> bytes:
    """The head of the catalogue of a language."""
    return HEAD.format(called=LANGUAGES[language], language=language, many=MANY[language]).encode()


def written(language: str, catalog: Catalog) -> bytes:
    """A catalogue as its file holds it."""
    file = BytesIO()
    write_po(file, catalog, width=100, include_lineno=False, omit_header=True)
    return head(language) + file.getvalue()


def main() -> None:
    """Bring the catalogue of every language up to date."""
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        path = FOLDER / language / "LC_MESSAGES" / DOMAIN
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(language, renewed(language)))


if __name__ == "__main__":
    main()
