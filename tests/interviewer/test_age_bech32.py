"""Bech32 as age uses it: one spelling for each key, and no slip of the pen goes unnoticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.age import bech32

WRONG = r"^(another prefix|a character|a wrong checksum)"
PREFIXES = st.sampled_from(["age", "age1pq", "AGE-SECRET-KEY-", "AGE-SECRET-KEY-PQ-"])


@given(PREFIXES, st.binary(max_size=40))
def test_encoded_then_decoded_is_identical(prefix: str, data: bytes) -> None:
    """Any bytes under any prefix come back."""
    assert bech32.decode(prefix, bech32.encode(prefix, data)) == data


@given(PREFIXES, st.binary(min_size=1, max_size=40), st.data())
def test_any_changed_letter_is_refused(prefix: str, data: bytes, draw: st.DataObject) -> None:
    """The checksum finds every single substitution, in prefix and data alike."""
    text = bech32.encode(prefix, data)
    place = draw.draw(st.integers(0, len(text) - 1))
    letter = draw.draw(st.characters(min_codepoint=32, max_codepoint=126))
    if letter != text[place]:
        with pytest.raises(ValueError, match=WRONG):
            bech32.decode(prefix, text[:place] + letter + text[place + 1 :])


def test_known_texts_decode() -> None:
    """The identity of the specification's own example holds 32 times the byte 0x42."""
    text = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
    assert bech32.decode("AGE-SECRET-KEY-", text) == b"\x42" * 32
    assert bech32.encode("AGE-SECRET-KEY-", b"\x42" * 32) == text


@pytest.mark.parametrize(
    ("prefix", "text"),
    [
        ("age", ""),
        ("age", "age1"),
        ("age", "age"),
        ("AGE-SECRET-KEY-", bech32.encode("AGE-SECRET-KEY-", b"secret").lower()),
        ("age", bech32.encode("age", b"public").upper()),
        ("age", "age1" + bech32.encode("age", b"public")[4:].upper()),
        ("age", bech32.encode("age1pq", b"public")),
        ("age", " " + bech32.encode("age", b"public")),
        ("age", bech32.encode("age", b"public") + "\n"),
        ("age", bech32.encode("age", b"public").replace("1", "1ſ")),
    ],
)
def test_another_case_prefix_or_blank_is_refused(prefix: str, text: str) -> None:
    """The prefix is exact, and so is its case; nothing may stand around."""
    with pytest.raises(ValueError, match=WRONG):
        bech32.decode(prefix, text)


@pytest.mark.parametrize("values", [[0, 1], [0], [0, 0, 0], [31, 31]])
def test_leftover_bits_are_refused(values: list[int]) -> None:
    """A text whose checksum is right but whose last group is not used up is a second spelling."""
    spread = bech32._spread("age")
    rest = bech32._polymod([*spread, *values, *bytes(6)]) ^ 1
    values = values + [rest >> 5 * (5 - place) & 31 for place in range(6)]
    text = "age1" + "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[value] for value in values)
    with pytest.raises(ValueError, match="leftover bits"):
        bech32.decode("age", text)


def test_a_refusal_never_holds_the_text() -> None:
    """Whatever is wrong with a secret key, the exception does not repeat it."""
    text = bech32.encode("AGE-SECRET-KEY-", b"\x42" * 32)
    for wrong in (text.lower(), text[:-1] + "Q", text[:-1] + "!", text[1:]):
        with pytest.raises(ValueError, match=WRONG) as caught:
            bech32.decode("AGE-SECRET-KEY-", wrong)
        assert wrong[-20:-2] not in str(caught.value)
        assert caught.value.__cause__ is None
