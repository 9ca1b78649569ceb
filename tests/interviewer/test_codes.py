"""Case codes: random, and a slip of the pen is caught."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from interviewer import codes


def test_new_codes_are_all_different_and_well_formed() -> None:
    """Ten thousand of them."""
    found = codes.new_cases(10_000)
    assert len(set(found)) == 10_000
    assert all(codes.is_case(code) for code in found)


@given(st.integers(0, 7), st.sampled_from(codes.ALPHABET))
def test_any_one_wrong_character_is_caught(place: int, letter: str) -> None:
    """ISO 7064 Mod 33,32 catches every single substitution."""
    plain = codes.new_case().replace("-", "")
    wrong = plain[:place] + letter + plain[place + 1 :]
    assert codes.is_case(codes.normal(wrong)) == (wrong == plain)


@given(st.booleans(), st.booleans())
def test_a_code_is_recognised_however_it_is_typed(is_lower: bool, has_hyphen: bool) -> None:
    """Capitals, hyphens and the letters that look like digits do not matter."""
    code = codes.new_case()
    typed = code.replace("0", "O").replace("1", "l")
    typed = typed.lower() if is_lower else typed
    assert codes.normal(typed if has_hyphen else typed.replace("-", "")) == code


@given(st.integers(0, 7))
def test_a_character_too_few_or_too_many_is_caught(place: int) -> None:
    """Nothing but eight characters with a right check is a case code."""
    plain = codes.new_case().replace("-", "")
    assert not codes.is_case(codes.normal(plain[:place] + plain[place + 1 :]))
    assert not codes.is_case(codes.normal(plain + plain[place]))
    assert not codes.is_case(codes.normal("U" + plain[1:]))
