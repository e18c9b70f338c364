import json
import zipfile
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skilltrack.badges import carriers
from skilltrack.badges.carriers import Address, Carried, Unreadable
from skilltrack.errors import BadFile
from tests.badges.signing import Signer, badge, baked, base64url, chunk, data, png, zipped

BADGE = badge("https://weld.example")
TOKEN = f"{base64url(b'{}')}.{base64url(data(BADGE))}.{base64url(b'signature')}"
SVG = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:{p}="{u}"><g><{p}:{e} {a}>{t}</{p}:{e}></g></svg>'


def svg(text="", verify="", space="https://purl.imsglobal.org/ob/v3p0", element="credential", prefix="openbadges"):
    attribute = f'verify="{verify}"' if verify else ""
    return SVG.format(p=prefix, u=space, e=element, a=attribute, t=text).encode()


@pytest.mark.parametrize(
    ("content", "carrier", "has_token"),
    [
        (data(BADGE), "JSON", False),
        (b"\xef\xbb\xbf \n" + data(BADGE), "JSON", False),
        (TOKEN.encode() + b"\n", "JWT", True),
        (data([TOKEN]), "JWT", True),
        (json.dumps(TOKEN).encode(), "JWT", True),
        (baked(BADGE), "PNG", False),
        (baked(BADGE, packed=True), "PNG", False),
        (baked(TOKEN, b"openbadges"), "PNG", True),
        (png(chunk(b"tEXt", b"openbadges\0" + data(BADGE))), "PNG", False),
        (
            png(chunk(b"tEXt", b"Comment\0hello"), chunk(b"zTXt", b"openbadges\0\0" + zlib.compress(data(BADGE)))),
            "PNG",
            False,
        ),
        (svg(f"<![CDATA[{json.dumps(BADGE)}]]>"), "SVG", False),
        (svg(verify=TOKEN), "SVG", True),
        (svg(json.dumps({"a": 1}), TOKEN, "http://openbadges.org", "assertion", "ob"), "SVG", True),
    ],
)
def test_a_credential_is_read_out_of_whatever_carries_it(content, carrier, has_token):
    (part,) = carriers.read(content, "any.name")

    assert isinstance(part, Carried)
    assert part.document == BADGE
    assert (part.carrier, bool(part.token)) == (carrier, has_token)


@pytest.mark.parametrize(
    "content",
    [baked("https://old.example/assertions/7", b"openbadges"), svg(verify="https://old.example/assertions/7")],
)
def test_a_picture_that_holds_only_an_address_says_so(content):
    (part,) = carriers.read(content, "old.png")

    assert isinstance(part, Address)
    assert part.url == "https://old.example/assertions/7"


def test_a_list_and_a_zip_carry_several_and_a_bad_one_does_not_hide_the_others():
    files = {
        "badges/mara.json": data([BADGE, 7, "text"]),
        "../../etc/passwd": data(BADGE),
        "notes.txt": b"hello",
        "broken.png": baked(BADGE)[:-20],
        "__MACOSX/x": b"",
        ".DS_Store": b"x",
    }
    parts = list(carriers.read(zipped(files), "all.zip"))

    assert [type(part) for part in parts] == [Carried, Unreadable, Unreadable, Carried, Unreadable, Unreadable]
    assert parts[1].where == "all.zip, file badges/mara.json, credential 2"
    assert "is not a credential: it is a number" in parts[1].reason
    assert "all.zip, file notes.txt is not a credential" in parts[4].reason
    assert "ends too early" in parts[5].reason or "is damaged" in parts[5].reason


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "is empty"),
        (b"   ", "is empty"),
        (b"employee_id,name\n1,Mara\n", "Give a credential as .json, .jwt or .jws"),
        (b"%PDF-1.7", "is not a credential that can be read"),
        (b"a.b", "is not a credential that can be read"),
        (b"[]", "lists 0 credentials"),
        (b"eyJ.eyJ.eyJ", "is not base64url"),
        (b"e30.NDI.x", "is not a JSON object"),
        (png(), "a picture without a credential in it"),
        (png(chunk(b"tEXt", b"openbadges\0{}"), chunk(b"tEXt", b"openbadges\0{}")), "holds 2 credentials"),
        (png(chunk(b"iTXt", b"openbadges\0\2\0\0\0{}")), "the text chunk openbadges is broken"),
        (png(chunk(b"zTXt", b"openbadges\0\0nonsense")), "the packed text in it is broken"),
        (png(chunk(b"zTXt", b"openbadges\0\0" + zlib.compress(b" " * 11_000_000))), "unpacks to more than"),
        (baked(BADGE).replace(b"Welding", b"Cooking"), "its checksum differs"),
        (baked(BADGE)[:-2], "is damaged at byte"),
        (baked(BADGE)[:-12], "ends too early"),
        (b"\x89PNG\r\n\x1a\n", "ends too early, at byte 9"),
        (b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR", "is damaged at byte 9"),
        (svg(), "is not a credential that can be read"),
        (b"<svg/>", "a picture without a credential in it"),
        (b"<svg><a></svg>", "line 1, column 11: this is not XML"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "declares entities"),
        (b'<!DOCTYPE svg SYSTEM "http://127.0.0.1/x.dtd"><svg/>', "without a credential"),
        (b'<!DOCTYPE svg SYSTEM "http://127.0.0.1/x.dtd"><svg>&a;</svg>', "declares entities"),
        (b"<svg>" + b"<g>" * 200, "more than 100 elements inside each other"),
        (b"PK\x03\x04nonsense", "is a damaged zip"),
        (zipped({}), "holds no file"),
        (b"{" + b" " * (11 * 1024 * 1024), "has at most 10,485,760"),
        (b'{"a":' * 50 + b"1" + b"}" * 50, "more than 40 brackets inside each other"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_file_and_what_would_work(content, part):
    with pytest.raises(BadFile) as refused:
        list(carriers.read(content, "given.bin"))

    assert "given.bin" in str(refused.value)
    assert part in str(refused.value)
    assert str(refused.value).rstrip().endswith(".")


def test_a_zip_is_bounded_in_files_bytes_ratio_and_depth(monkeypatch):
    inner = zipped({"a.json": data(BADGE)})
    (nested,) = carriers.read(zipped({"in.zip": inner}), "x.zip")
    (bomb,) = carriers.read(zipped({"a.json": b"[" + b" " * 9_000_000}), "x.zip")
    (large,) = carriers.read(zipped({"a.json": bytes(range(256)) * 50_000}), "x.zip")

    assert "zip inside a zip" in nested.reason
    assert "shrinks at most 200 times" in bomb.reason
    assert "has at most 10,485,760 bytes" in large.reason
    monkeypatch.setattr(carriers, "MEMBERS", 2)
    with pytest.raises(BadFile, match="holds 3 files"):
        list(carriers.read(zipped(dict.fromkeys("abc", b"{}")), "x.zip"))
    monkeypatch.setattr(carriers, "UNPACKED", 3)
    with pytest.raises(BadFile, match="of 4 bytes in all"):
        list(carriers.read(zipped({"a": b"{}", "b": b"{}"}), "x.zip"))


def test_an_encrypted_or_damaged_file_of_a_zip_is_named():
    whole = bytearray(zipped({"a.json": data(BADGE)}, zipfile.ZIP_STORED))
    whole[60] ^= 1
    (damaged,) = carriers.read(bytes(whole), "x.zip")
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.index(signature) + offset] |= 1
    (encrypted,) = carriers.read(bytes(whole), "x.zip")

    assert "x.zip, file a.json is damaged" in damaged.reason
    assert "x.zip, file a.json is encrypted" in encrypted.reason


@given(st.sampled_from([baked(BADGE), svg(TOKEN), zipped({"a.json": data(BADGE)}), TOKEN.encode()]), st.data())
def test_a_file_with_changed_bytes_is_read_or_refused_and_nothing_else(content, draw):
    changed = bytearray(content)
    for _ in range(30):
        changed[draw.draw(st.integers(0, len(content) - 1))] = draw.draw(st.integers(0, 255))
        with suppress(BadFile):
            list(carriers.read(bytes(changed), "x"))


def test_the_name_of_a_file_is_only_a_name():
    key = Signer()
    (part,) = carriers.read(data(key.prove(badge(key.did))), "evil\u202egnp.exe")

    assert part.where == "evil\ufffdgnp.exe"
