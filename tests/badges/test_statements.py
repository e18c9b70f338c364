"""Statements and their canonical order, held against PyLD's own."""

import hashlib

import pytest
from cachetools import LRUCache
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld
from pyld.context_resolver import ContextResolver

from skilltrack.badges import contexts, expansion, statements
from skilltrack.badges.canonical import STEPS, TooTangled, _Canonical, canonical, written
from skilltrack.badges.statements import Statements, Unsupported, unsigned_places
from tests.badges.signing import ED2020, INTEGRITY, V1, V2, badge, normalised
from tests.badges.test_layouts import complete

NODE = st.sampled_from([f"_:n{number}" for number in range(5)])
TERM = NODE | st.sampled_from(
    ["<urn:a>", '"one"', '"zwei\\n\\"x\\""', '"3"^^<http://www.w3.org/2001/XMLSchema#integer>']
)
LINES = st.lists(
    st.tuples(NODE | st.just("<urn:s>"), st.sampled_from(["<urn:p>", "<urn:q>"]), TERM, NODE | st.just("")),
    min_size=1,
    max_size=7,
)


@given(st.data())
def test_the_canonical_order_is_that_of_another_implementation(draw):
    for _ in range(5):
        # Of a node that stands twice in one line PyLD counts the line twice; the standard, and others, once.
        lines = {line for line in draw.draw(LINES) if line[2] not in (line[0], line[3]) and line[0] != line[3]}
        text = "".join(written(line) for line in lines)
        options = {"algorithm": "URDNA2015", "inputFormat": "application/n-quads", "format": "application/n-quads"}

        assert canonical(lines).decode() == jsonld.normalize(text, options), text


@pytest.mark.parametrize("given_contexts", [V1, V2, [*V1, ED2020, INTEGRITY]])
def test_a_credential_makes_the_statements_that_another_implementation_makes(given_contexts):
    document = badge("did:example:school", given_contexts, validUntil="2030-01-01T00:00:00Z")
    achievement = document["credentialSubject"]["achievement"]
    achievement["tag"] = ["pipe", 'quo"te', "tab\tnew\nline", "ö😀"]
    achievement["creditsAvailable"] = 2.5
    achievement["related"] = [{"type": ["Related"], "id": "urn:x"}, {"type": ["Related"], "id": "_:b0"}]
    document["credentialSubject"]["result"] = [{"type": ["Result"], "value": "A"}, {"type": ["Result"], "value": "B"}]
    document["credentialSubject"]["creditsEarned"] = 3

    assert canonical(Statements(document).lines) == normalised(document)
    assert canonical(Statements(document).lines, "sha384") == normalised(document, "sha384")


@pytest.mark.parametrize("is_clique", [True, False])
def test_a_graph_made_to_take_years_ends_after_as_many_steps_on_every_machine(is_clique, monkeypatch):
    nodes = [
        {
            "id": f"_:n{number}",
            "type": ["Achievement"],
            "related": [{"id": f"_:n{other}"} for other in range(20) if other != number]
            if is_clique
            else [{"id": f"_:n{(number + step) % 20}"} for step in (1, 3)],
        }
        for number in range(20)
    ]
    document = badge("did:example:school")
    document["credentialSubject"]["achievement"]["related"] = nodes
    hashed, digest = [], _Canonical._hash
    monkeypatch.setattr(_Canonical, "_hash", lambda run, text: hashed.append(text) or digest(run, text))
    with pytest.raises(TooTangled):
        canonical(Statements(document).lines)

    assert len(hashed) < STEPS, "about a second"


def test_a_document_that_is_too_large_is_refused_before_it_is_expanded():
    document = badge("did:example:school")
    document["credentialSubject"]["achievement"]["related"] = [{"id": f"urn:{n}"} for n in range(statements.OBJECTS)]
    with pytest.raises(Unsupported, match="more than 1,000 objects"):
        Statements(document)
    document["credentialSubject"]["achievement"]["related"] = [f"urn:{n}" for n in range(statements.VALUES)]
    with pytest.raises(Unsupported, match="15,000 values"):
        Statements(document)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"@context": [*V2, {"validUntil": "urn:nothing"}]}, "a context of its own"),
        ({"@context": [*V2, "https://evil.example/context"]}, "https://evil.example/context is not bundled"),
        ({"@context": None}, "a context of its own"),
        ({"issuer": {"id": "did:x:y", "@context": {"name": None}}}, "a context of its own"),
        ({"@graph": []}, "'@graph'"),
        ({"@included": []}, "'@included'"),
        ({"@reverse": {}}, "'@reverse'"),
        ({"@id": "urn:x"}, "'@id'"),
        ({"https://www.w3.org/2018/credentials#credentialStatus": {}}, "can stand for another"),
        ({"cred:validUntil": "2020-01-01T00:00:00Z"}, "'cred:validUntil'"),
    ],
)
def test_a_way_to_write_the_same_statements_in_other_words_is_refused(change, part):
    with pytest.raises(Unsupported) as refused:
        Statements({**badge("did:example:school"), **change})

    assert part in str(refused.value)


def test_an_address_cannot_break_out_of_its_statement():
    evil = badge("did:example:school")
    evil["id"] = 'urn:a> <urn:p> "v" .\n<urn:b'
    made = Statements(evil)

    assert not made.is_whole
    assert b"urn:b" not in canonical(made.lines)


def test_values_that_make_no_statement_are_found_at_their_places():
    document = {**badge("did:example:school"), "issuanceDate": "2024-01-01T00:00:00Z", "grade": "A"}
    subject = document["credentialSubject"]
    subject["achievement"]["type"] = ["Achievement", "HeroAchievement"]
    subject["achievement"]["criteria"] = {"id": "relative/path", "narrative": "Two test pieces."}
    subject["boss"] = {"name": "Ina", "since": 3}
    document["image"] = {"id": "https://weld.example/a.png", "type": "Image", "colour": "red"}

    assert sorted(".".join(map(str, path)) for path in unsigned_places(document, Statements(document))) == [
        "credentialSubject.achievement.criteria.id",
        "credentialSubject.achievement.criteria.narrative",
        "credentialSubject.achievement.type.1",
        "credentialSubject.boss.name",
        "credentialSubject.boss.since",
        "grade",
        "image.colour",
        "issuanceDate",
    ]


def test_looking_for_what_is_not_signed_ends_soon_however_much_there_is(monkeypatch):
    document = badge("did:example:school")
    achievement = document["credentialSubject"]["achievement"]
    achievement["related"] = [{"type": ["Related"], "x": "1"} for _ in range(20)] + [{"type": ["Related"]}] * 300
    read, made = Statements(document), []
    monkeypatch.setattr(statements, "Statements", lambda given: made.append(given) or Statements(given))

    assert len(unsigned_places(document, read)) == 20
    assert len(made) == 1, "the whole document is gone through for each of them"


def test_nothing_of_a_plain_credential_is_without_a_statement_even_beside_an_unknown_word():
    document = {**badge("did:example:school"), "grade": "A"}

    assert unsigned_places(document, Statements(document)) == [("grade",)]
    assert statements.without_places(document, [("grade",)]) == badge("did:example:school")


def test_every_bundled_context_is_the_one_whose_hash_is_noted_and_none_is_left_over(monkeypatch, tmp_path):
    files = set()
    for address, entry in contexts.listed().items():
        content = (contexts.FOLDER / entry["file"]).read_bytes()
        files.add(entry["file"])
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], address
        assert "@context" in contexts.context(address)
        assert entry["source"]
    assert files == {path.name for path in contexts.FOLDER.glob("*.json")}

    contexts.context.cache_clear()
    monkeypatch.setattr(contexts, "FOLDER", tmp_path)
    (tmp_path / "credentials-v2.json").write_text('{"@context": {}}', encoding="utf-8")
    with pytest.raises(contexts.UnknownContext):
        contexts.context(V2[0])
    monkeypatch.undo()
    contexts.context.cache_clear()


def words(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from words(inner)


def test_no_bundled_context_has_another_word_for_what_decides_or_for_a_keyword():
    deciding = {"validFrom", "validUntil", "issuanceDate", "expirationDate", "credentialStatus", "credentialSubject"}
    meant = {f"https://www.w3.org/2018/credentials#{word}" for word in deciding}
    for address in contexts.listed():
        for word, meaning in words(contexts.context(address)["@context"]):
            target = meaning.get("@id") if isinstance(meaning, dict) else meaning
            full = target.replace("cred:", "https://www.w3.org/2018/credentials#") if isinstance(target, str) else ""
            if full in meant:
                assert word == "@id" or full.endswith(f"#{word}"), (address, word)
            if isinstance(target, str) and target.startswith("@") and not word.startswith("@"):
                assert (word, target) in (("id", "@id"), ("type", "@type")), (address, word)


def _addresses(given, outer=()):
    """Every term of a context and of those inside it, with its address."""
    for part in given if isinstance(given, list) else [given]:
        known = {**dict(outer), **part} if isinstance(part, dict) else {}
        for term, meaning in known.items() if known else ():
            address = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if term in part and isinstance(address, str) and not term.startswith("@"):
                prefix, _, rest = address.partition(":")
                start = known.get(prefix) if "//" not in rest else None
                yield term, f"{start}{rest}" if isinstance(start, str) else address
                if isinstance(meaning, dict):
                    yield from _addresses(meaning.get("@context", {}), known.items())


def test_no_two_keys_that_a_badge_may_use_make_one_statement():
    """A value could be moved from the key that is read to one that is not, and the signature would go on holding."""
    terms = {}
    for name in contexts.listed():
        for term, address in _addresses(contexts.context(name)["@context"]):
            terms.setdefault(address, set()).add(term)
    assert terms["https://purl.imsglobal.org/spec/vc/ob/vocab.html#Criteria"] == {"criteria", "Criteria"}
    several = {address: keys - statements.CLASSES for address, keys in terms.items()}
    assert {address: keys for address, keys in several.items() if len(keys) > 1} == {}
    with pytest.raises(Unsupported, match="'Criteria', which can stand for another"):
        statements.refuse_ambiguous({"a": {"Criteria": {"id": "urn:x"}}})


def test_remembered_contexts_give_what_pyld_gives_without_them():
    """A context taken for another would give signed words a meaning that nobody signed."""
    for document in (badge("did:example:a"), badge("did:example:a", V1), complete(), badge("did:example:b")) * 2:
        options = {
            "documentLoader": expansion._load,
            "base": statements.BASE,
            "processingMode": "json-ld-1.1",
            "contextResolver": ContextResolver(LRUCache(maxsize=100), expansion._load),
        }
        assert expansion.expanded(document, statements.BASE, lambda _: None) == jsonld.expand(document, options)
    assert len(expansion._local.inside) > 10
