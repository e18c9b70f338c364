import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skilltrack.badges import json_text
from skilltrack.errors import BadFile


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (b'{"name": "Gold", "name": "Lead"}', "the key 'name' stands twice"),
        (b'{"a": {"b": 1, "c": 2, "b": 3}}', "the key 'b' stands twice"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": -Infinity}', "-Infinity is not a number"),
        (b'{"a": 1e999}', "is too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "5,000 digits"),
        (b'{"a": "\\ud83d"}', "half of a character"),
        (b'{"a": "\xff"}', "not UTF-8 at byte 8"),
        (b'{"a": 1,}', "line 1, column 9"),
        (b'{\n "a": 1\n "b": 2}', "line 3, column 2"),
        (b"[" * 50 + b"]" * 50, "more than 40 brackets"),
        (b'{"a":' * 100_000, "more than 40 brackets"),
        (b'{"a": "' + b"x" * json_text.LARGEST + b'"}', "has at most"),
        (b"", "line 1, column 1"),
    ],
)
def test_json_that_two_readers_could_take_differently_is_refused_with_its_place(text, part):
    with pytest.raises(BadFile) as refused:
        json_text.parsed(text, "badge.json")

    assert str(refused.value).startswith("badge.json")
    assert part in str(refused.value)


def test_brackets_in_texts_are_not_depth_and_a_byte_order_mark_is_nothing():
    assert json_text.parsed(b'\xef\xbb\xbf{"a": "' + b"[" * 500 + b'\\"{", "b": "\\ud83d\\ude00"}', "x")["b"] == "😀"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (1, "1"), (-1.5, "-1.5"), (1e21, "1e+21"), (1e20, "100000000000000000000"),
        (123456789012345680000, "123456789012345680000"), (1e-6, "0.000001"), (1e-7, "1e-7"), (1.5e-9, "1.5e-9"),
        (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (9007199254740993, "9007199254740992"),
        (333333333.33333329, "333333333.3333333"), (4.5, "4.5"), (2e-3, "0.002"), (10.25, "10.25"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_rfc_8785_has_them(value, text):
    assert json_text.number(value) == text


def test_keys_are_in_the_order_of_utf_16_and_signs_are_escaped_as_rfc_8785_has_them():
    value = {"\U0001f600": 1, "\ufb33": 2, "\r": 3, "1": 4, "\x80": '\u20ac$\x0f\nA\'B"\\"/\x7f', "ö": [None, True]}

    assert json_text.canonical(value).decode() == (
        '{"\\r":3,"1":4,"\x80":"\u20ac$\\u000f\\nA\'B\\"\\\\\\"/\x7f","ö":[null,true],"\U0001f600":1,"\ufb33":2}'
    )


@given(st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(exclude_categories=["Cs"])), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)))  # fmt: skip
def test_what_is_written_canonically_reads_back_as_it_was(value):
    assert json.loads(json_text.canonical(value)) == value
