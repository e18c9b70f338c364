"""The pictures of badges: safe to show, the badge's own, and never fetched."""

import base64
import struct
import zlib

import pytest

from skilltrack.badges import image_at
from skilltrack.badges.images import safe
from tests.badges.signing import Signer, badge, baked, chunk, data, png, zipped

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
DOT = '<circle cx="4" cy="4" r="3" fill="url(#a)"/>'


def drawn(inner):
    picture = safe(SVG.format(inner).encode())
    return picture and picture.content.decode()


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        "<foreignObject><b>evil</b></foreignObject>",
        '<g onclick="evil()"/>',
        '<image href="https://evil.example/x.png"/>',
        '<use href="https://evil.example/x.svg#a"/>',
        '<rect fill="url(https://evil.example/p)"/>',
        "<style>@import url(https://evil.example)</style>",
        '<rect style="fill:url(//evil.example)"/>',
        '<a href="javascript:evil()"><text>a</text></a>',
        '<animate attributeName="href" to="javascript:evil()"/>',
        '<rect fill="u\\72l(//evil.example)"/>',
        '<use xmlns:x="http://www.w3.org/1999/xlink" x:href="data:image/svg+xml,evil"/>',
        '<g xmlns="http://www.w3.org/1999/xhtml"><iframe src="https://evil.example"/></g>',
    ],
)
def test_an_svg_keeps_what_draws_it_and_loses_what_runs_or_leads_elsewhere(inner):
    made = drawn(inner + DOT)

    assert made is not None
    assert "circle" in made
    assert "url(#a)" in made
    for sign in ("evil", "script", "http://www.w3.org/1999", "on"):
        assert sign not in made.replace("http://www.w3.org/2000/svg", ""), made


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<html/>",
        b"no picture",
        b"<svg",
        b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * 200 + b"</g>" * 200 + b"</svg>",
        png()[:-9],
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 9999, 9999, 8, 0, 0, 0, 0)) + chunk(b"IEND", b""),
    ],
    ids=["entities", "no svg", "text", "cut", "deep", "cut png", "large png"],
)
def test_what_is_no_picture_or_could_do_harm_is_not_shown(content):
    assert safe(content) is None


@pytest.mark.parametrize("part", ['<use href="#a{0}"/>', '<rect mask="url(#a{0})"/>', '<g clip-path="url(#a{0})"/>'])
def test_a_picture_whose_parts_use_each_other_over_and_over_is_not_shown(part):
    """A browser draws each of a billion elements, and the page of the person never opens."""
    outer = "mask" if "mask" in part else "clipPath" if "clip" in part else "g"
    nested = "".join(f'<{outer} id="a{n}">{part.format(n - 1) * 10}</{outer}>' for n in range(1, 9))
    assert drawn(f'<{outer} id="a0"><rect/></{outer}>{nested}{part.format(8)}') is None
    assert drawn(f'<{outer} id="a0">{part.format(1)}</{outer}><{outer} id="a1">{part.format(0) * 9}</{outer}>') is None
    assert drawn(f'<{outer} id="a0"><rect fill="#a0f"/></{outer}>{part.format(0) * 400}{DOT}')


def test_a_png_loses_the_badge_and_every_text_in_it():
    """The address of the holder stands in a baked picture."""
    content = baked(badge("did:example:a"))
    picture = safe(content)

    assert picture.media == "image/png"
    assert b"mara@works.example" in content
    assert (b"mara" in picture.content, picture.content) == (False, png())


def test_the_picture_of_a_badge_is_its_own_wherever_it_stands_in_its_file():
    inside = badge("did:example:a")
    inside["credentialSubject"]["achievement"]["image"] = {
        "id": "data:image/png;base64," + base64.b64encode(png()).decode(),
        "type": "Image",
    }
    elsewhere = badge("did:example:a", image="https://evil.example/picture.png")
    record = badge("did:example:a", type=["VerifiableCredential", "ClrCredential"])
    record["credentialSubject"] = {"verifiableCredential": [inside, elsewhere | {"id": "urn:x:2"}]}
    svg = SVG.format(
        f'<o:credential xmlns:o="https://purl.imsglobal.org/ob/v3p0"><![CDATA[{data(inside).decode()}]]></o:credential>{DOT}'
    )
    signer = Signer()
    files = {
        "1.json": data([inside, elsewhere]),
        "2.json": data(record),
        "3.png": baked(elsewhere),
        "4.txt": b"none",
        "5.svg": svg.encode(),
        "6.jwt": signer.token({"vc": inside}).encode(),
    }
    media = [(image := image_at(zipped(files), "a.zip", line)) and image.media for line in range(1, 10)]

    assert media == [
        "image/png", None, "image/png", None, "image/png", None, "image/svg+xml", "image/png", None,
    ]  # fmt: skip
    assert b"mara" not in image_at(svg.encode(), "a.svg", 1).content
    assert zlib.crc32(image_at(data(inside), "a.json", 1).content) == zlib.crc32(png())
