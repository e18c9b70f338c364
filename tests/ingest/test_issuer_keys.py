"""The keys of issuers: what is a key, what is not, and the one form in which each is stored."""

import pytest

from skilltrack.badges import BadKey, listed_form
from skilltrack.errors import BadFile
from skilltrack.ingest import Options, Source, import_sources, undo
from skilltrack.relations import END_OF_TIME, with_definitions
from skilltrack.storage.store import Store
from tests.badges.signing import Signer

P256 = Signer("P-256")
ED = Signer()
RSA = Signer("RSA")


def land(store, text, **options):
    return import_sources(store, [Source("issuer_keys", "keys.csv", text.encode())], Options(**options))


def listed(store):
    rows = store.query(
        with_definitions("select issuer, key, cast(valid_from as varchar) as since from issuer_keys order by all"),
        {"known_at": END_OF_TIME},
    )
    return [tuple(row.values()) for row in rows.to_pylist()]


@pytest.mark.parametrize("signer", [ED, P256, Signer("P-384"), RSA], ids=lambda signer: signer.kind)
def test_every_way_to_write_a_key_out_gives_one_form(signer):
    ways = [signer.pem, signer.pem.replace("\n", "\\n"), signer.pem.replace("\n", " "), signer.did_jwk]
    if signer.kind != "RSA":
        ways += [signer.did, signer.method]

    (form,) = {listed_form(way) for way in ways}

    assert form == (signer.did if signer.kind != "RSA" else form)
    assert listed_form(form) == form


@pytest.mark.parametrize(
    "name", ["did:web:weld.example", "did:web:weld.example:staff#key-1", "https://weld.example/keys/1", "did:ion:EiA_x"]
)
def test_a_name_of_a_key_that_lies_elsewhere_stays_as_it_is(name):
    assert listed_form(f" {name} ") == name


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("http://weld.example/key", "https://"),
        ("weld.example", "give a DID, an https address, or a public key"),
        ("did:web:", "is not a key"),
        ("https://", "is not a key"),
        ("did:key:z6MkNotAKey", "is not an Ed25519, P-256 or P-384 key"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "the PEM text is not a public key"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA", "lacks its end"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "is a certificate, not a PUBLIC KEY"),
        ("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----", "is a private key"),
    ],
)
def test_what_is_not_a_key_is_refused_with_what_it_is(text, why):
    with pytest.raises(BadKey, match=why):
        listed_form(text)


def test_keys_are_stored_in_one_form_amended_by_newer_rows_and_taken_back_by_an_undo():
    store = Store.open(":memory:")
    rows = (f'Weld,"{ED.pem}",2024-01-01,', f"Weld,{ED.did},2025-01-01,2025-12-31", "Yard,did:web:yard.example,,")
    first = land(store, "issuer,key,valid_from,valid_to\n" + "\n".join(rows) + "\n")
    land(store, f"issuer,key,valid_from,valid_to\nWeld,{ED.did_jwk},2024-01-01,2024-06-30\n")
    weld = [("Weld", ED.did, "2024-01-01"), ("Weld", ED.did, "2025-01-01")]

    assert first.counts[0].new == 3
    assert listed(store) == [*weld, ("Yard", "did:web:yard.example", "0001-01-01")]
    ends = store.query(with_definitions("select valid_to from issuer_keys order by all"), {"known_at": END_OF_TIME})
    assert [str(end) for end in ends["valid_to"].to_pylist()] == ["2024-06-30", "2025-12-31", "9999-12-31"]
    undo(store, first.upload_id)
    assert listed(store) == weld[:1]
    store.close()


def test_what_is_not_a_key_is_a_bad_row_and_a_private_key_refuses_the_file_before_anything_is_kept(tmp_path):
    store = Store.open(tmp_path / "keys.duckdb")
    refused = land(store, f"issuer,key\nWeld,{ED.did}\nWeld,weld.example\n,{ED.did}\n")
    secret = "MC4CAQAwBQYDK2VwBCIEIA"
    private = f"-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----"
    with pytest.raises(BadFile, match=r"keys.csv, line 3, column key: holds a private key") as caught:
        land(store, f'issuer,key\nWeld,{ED.did}\nWeld,"{private}"\n', quarantine=True)

    assert [(p.line, p.column, p.value) for p in refused.errors] == [(3, "key", "weld.example"), (4, "issuer", None)]
    assert refused.errors[0].message.startswith("is not a key; give a DID, an https address")
    assert secret[:10] not in str(caught.value)
    assert listed(store) == []
    assert not any(secret[:10].encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    store.close()
