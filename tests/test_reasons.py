"""Reasons of checks are stored in English, and reach everybody in their language, whichever program stored them."""

import ast
import json

import pytest

from skilltrack import language
from skilltrack.config import ROOT
from skilltrack.language import spoken
from skilltrack.reasons import MADE_IN, _templates, recognised
from skilltrack.ui.badges import steps_of
from tests.test_language import OTHERS, catalogue

MADE_BY = {"BadFile", "BadKey", "NotACredential", "NotFetched", "Unsupported", "Malformed", "_Wrong", "Step", "Status"}
STORED = [
    ("The signature (EdDSA) holds.", "Die Signatur (EdDSA) ist gültig."),
    ("It holds from 2025-03-04 to 2026-03-03.", "Gültig vom 04.03.2025 bis zum 03.03.2026."),
    (
        "Whether it was revoked was not checked: its status list is at https://a.example/1, and nothing is fetched here.",
        "Ob es widerrufen wurde, wurde nicht geprüft: die Statusliste liegt unter https://a.example/1, und hier wird nichts abgerufen.",
    ),
    (
        "The key is that of did:key:z6. issuer_keys has it for Acme. Ltd.",
        "Der Schlüssel gehört did:key:z6. In issuer_keys steht er für Acme. Ltd.",
    ),
    ("b.json has 20,000,000 bytes. A credential, its picture included, has at most 10,485,760.",
     "b.json hat 20.000.000 Bytes. Ein Nachweis hat mit seinem Bild höchstens 10.485.760."),
    ("has 20,000,000 bytes. A credential, its picture included, has at most 10,485,760.",
     "hat 20.000.000 Bytes. Ein Nachweis hat mit seinem Bild höchstens 10.485.760."),
    ("Something that an older program said.", "Something that an older program said."),
]  # fmt: skip


@pytest.mark.parametrize(("stored", "german"), STORED)
def test_a_stored_reason_is_said_in_the_language_of_whoever_looks(stored, german):
    steps = json.dumps([{"name": "dates", "outcome": "passed", "reason": stored}])
    with spoken("de"):
        assert steps_of(steps)["reason"].tolist() == [german]
    assert str(recognised(stored)) == stored


def test_every_text_of_a_reason_is_found_again():
    """One that stands in another package first would not be recognised: its reasons would stay English."""
    declared = set()
    for path in (path for folder in MADE_IN for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "english":
                declared.add(node.args[0].value)
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if name in MADE_BY:  # no text of a reason is put together in another way
                plain = [arg for arg in node.args if isinstance(arg, ast.JoinedStr)]
                assert plain == [] or "images.py" in str(path), f"{path}:{node.lineno}"
    whole, templates = _templates(language.FOLDER)
    assert declared <= {*whole, *(one.form for one in templates)}


@pytest.mark.parametrize("name", OTHERS)
def test_translations_can_be_cut_as_their_texts_are(name):
    """Without its place or its full stop a reason stands within another one."""
    whole, templates = _templates(language.FOLDER)
    forms = {*whole, *(one.form for one in templates)}
    faults = [
        (one.id, one.string)
        for one in catalogue(name)
        if one.id in forms
        and (
            one.id.endswith(".") != one.string.endswith(".")
            or one.id.startswith("{where} ") > one.string.startswith("{where} ")
        )
    ]
    assert faults == []
