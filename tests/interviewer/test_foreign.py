"""JSON that anybody may have written: read, or refused in the one way that its readers know."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer import foreign

texts = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18) + 1, 10**18 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


@given(values, st.booleans())
def test_what_was_written_is_read(value: object, escaped: bool) -> None:
    """With every character as it is, or escaped."""
    assert foreign.read(json.dumps(value, ensure_ascii=escaped).encode("utf-8")) == value


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"9" * 5_000,
        b"9" * 19,
        b'{"minutes":-1' + b"0" * 400 + b"}",
        b"[NaN]",
        b"-Infinity",
        b'["\\ud800"]',
        b'{"\\udfff":1}',
        '["\ud800"]'.encode("utf-8", "surrogatepass"),
        '["a"]'.encode("utf-16"),
    ],
    ids="empty open bytes lists maps digits number minutes nan infinity half half_key half_bytes utf16".split(),
)
def test_what_is_none_is_a_value_error(content: bytes) -> None:
    """Nested too deep, half a character, a number without end: none of it is a crash further on."""
    with pytest.raises(ValueError):  # noqa: PT011 - its readers say what to do
        foreign.read(content)


def test_a_whole_character_may_be_written_in_halves() -> None:
    """JSON has no other way to escape it."""
    assert foreign.read(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"
