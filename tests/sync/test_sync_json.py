"""Foreign JSON is read strictly, and one bad element never takes its page with it (F086)."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import Malformed
from sync.json_text import DEPTH, read_json, read_list

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**28), 10**28) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
BROKEN = (
    '{"a": NaN}',
    '{"a": Infinity}',
    '{"a": -Infinity}',
    '{"a": 1e999}',
    '{"a": 1, "a": 2}',
    '{"a": {"b": 1, "b": 1}}',
    '{"a": "\\ud800"}',
    '{"\\udfff": 1}',
    '{"a": ' + "9" * 5000 + "}",
    '{"a": 0.' + "1" * 500 + "}",
    '{"a": ' + "[" * (DEPTH + 1) + "]" * (DEPTH + 1) + "}",
)


@given(PLAIN)
def test_what_is_sound_is_read_as_it_is(value) -> None:
    assert read_json(json.dumps(value).encode()) == value
    assert read_json(json.dumps(value, ensure_ascii=False, indent=1).encode()) == value


@given(st.decimals(-(10**12), 10**12, allow_nan=False, places=4))
def test_a_fraction_is_never_a_float(number: Decimal) -> None:
    told = read_json(f'{{"price": {number:f}}}'.encode())["price"]
    assert isinstance(told, Decimal)
    assert told == number


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text[:18])
def test_what_python_would_swallow_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        read_json(text.encode())


@pytest.mark.parametrize("text", ["", " ", "{", "[1", "[1]]", "1 2", "<html>", "\xff"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        read_json(text.encode("latin-1"))


def test_a_nest_of_a_hundred_thousand_is_refused_and_not_fatal() -> None:
    with pytest.raises(Malformed):
        read_json(b"[" * 100_000 + b"]" * 100_000)


def test_an_emoji_as_two_escapes_is_whole() -> None:
    assert read_json(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


def test_a_byte_order_mark_before_the_answer_is_no_fault() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@given(st.lists(st.sampled_from(range(len(BROKEN))) | PLAIN.map(json.dumps), max_size=6))
def test_each_element_of_a_list_stands_for_itself(parts: list[int | str]) -> None:
    texts = [BROKEN[part] if isinstance(part, int) else part for part in parts]
    elements = read_list(("[" + " , ".join(texts) + "]").encode())
    assert [element.raw.decode() for element in elements] == texts
    for element, part, text in zip(elements, parts, texts, strict=True):
        if isinstance(part, int):
            assert element.problem is not None
        else:
            assert (element.value, element.problem) == (json.loads(text), None)


@pytest.mark.parametrize("text", ['[{"a": 1}, {"b"', "[1 2]", '{"a": 1}', "[1] x", '["a'])
def test_a_list_that_is_cut_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(Malformed):
        read_list(text.encode())


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for read in (read_json, read_list):
        try:
            read(body)
        except Malformed:
            continue
