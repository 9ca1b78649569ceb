"""Case codes and card codes: random, and a slip of the pen is caught."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import codes

PRIME = 1021  # what the two check characters of a card are made with


def plain_card() -> str:
    """Return a new card code without its hyphens."""
    return codes.new_card().replace("-", "")


def is_taken(typed: str) -> bool:
    """Say whether what is typed is taken for a card code."""
    return codes.is_card(codes.normal_card(typed))


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


def test_new_cards_are_all_different_well_formed_and_new() -> None:
    """Ten thousand of them; a thousand more share none with these."""
    found = codes.new_cards(10_000)
    assert len(set(found)) == 10_000
    assert all(codes.is_card(code) for code in found)
    more = codes.new_cards(1_000, known=found)
    assert len(more) == 1_000
    assert not set(more) & set(found)


def test_no_card_is_made_twice_even_if_chance_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code already known, and one just made, are drawn again."""
    first, second, third = (codes.card_of(letter * 12) for letter in "ABC")
    drawn = iter([first, second, second, first, third])
    monkeypatch.setattr(codes, "new_card", lambda: next(drawn))
    assert codes.new_cards(2, known=[first]) == [second, third]


def test_the_arithmetic_of_a_card_leaves_no_single_slip() -> None:
    """No difference that a wrong character or an exchange makes is a multiple of the modulus.

    A character wrong by d at place k changes the number by d · 32^k; exchanging two characters that
    differ by d, at places j and k, by d · (32^j − 32^k). The modulus is prime, so a product is a
    multiple of it only if a factor is.
    """
    assert all(PRIME % divisor for divisor in range(2, 32))  # prime: 32² is more than 1021
    powers = [pow(32, place, PRIME) for place in range(codes.CARD_LENGTH)]
    assert all(powers)
    assert all(d % PRIME for d in range(-31, 32) if d)
    assert all((one - other) % PRIME for one, other in combinations(powers, 2))


def test_every_wrong_character_of_a_card_is_caught() -> None:
    """Each of 31 others at each of 14 places, of twenty random cards."""
    for plain in (plain_card() for _one in range(20)):
        for place, right in enumerate(plain):
            wrong = set(codes.ALPHABET) - {right}
            assert not any(is_taken(plain[:place] + one + plain[place + 1 :]) for one in wrong)


def test_every_exchange_of_two_characters_of_a_card_is_caught() -> None:
    """Near or far: each of the 91 pairs of places, of two hundred random cards."""
    for plain in (plain_card() for _one in range(200)):
        for one, two in combinations(range(codes.CARD_LENGTH), 2):
            letters = list(plain)
            letters[one], letters[two] = letters[two], letters[one]
            assert is_taken("".join(letters)) == (plain[one] == plain[two])


@given(st.text(codes.ALPHABET, min_size=12, max_size=12))
def test_every_card_has_one_way_to_be_written(body: str) -> None:
    """Four, four, four and two characters, and the whole is 1 modulo 1021."""
    code = codes.card_of(body)
    assert [len(part) for part in code.split("-")] == [4, 4, 4, 2]
    assert len(code) == codes.CARD_WRITTEN
    number = sum(
        codes.ALPHABET.index(one) * 32**place
        for place, one in enumerate(reversed(code.replace("-", "")))
    )
    assert number % PRIME == 1
    assert codes.normal_card(code) == code


@given(st.text(codes.ALPHABET, min_size=12, max_size=12), st.data())
def test_a_card_is_recognised_however_it_is_typed(body: str, data: st.DataObject) -> None:
    """Capitals, hyphens, spaces, and O, I and L for the digits they look like, do not matter."""
    code = codes.card_of(body)
    reading = {"0": "0oO", "1": "1iIlL", "-": ("-", "", " ", " - ")}
    typed = "".join(
        data.draw(st.sampled_from(reading.get(one, (one, one.lower())))) for one in f" {code} "
    )
    assert codes.normal_card(typed) == code


def test_a_code_to_check_by_hand() -> None:
    """The body 0000 0000 0001 is 1024 with room for its check: 3 modulo 1021, so the check is 1019."""
    assert codes.card_of("000000000001") == "0000-0000-0001-ZV"
    assert codes.normal_card("ooooOOOO 000l zv") == "0000-0000-0001-ZV"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "0" * 14,
        "0000-0000-0001-Z",
        "0000-0000-0001-ZVV",
        "0000-0000-0001-UV",
        "ß" * 7,
        "\N{FULLWIDTH DIGIT ZERO}" * 11 + "1ZV",
        "0000.0000.0001.ZV",
        "0000-0000-0001",
        "K7Q2-M4T9",
    ],
)
def test_what_is_no_card_is_not_taken_for_one(typed: str) -> None:
    """A length, a letter outside the alphabet, another script or another sign."""
    assert not is_taken(typed)


def test_only_the_form_on_the_card_is_a_card() -> None:
    """What is compared later is the normal form and nothing else."""
    assert codes.is_card("0000-0000-0001-ZV")
    assert not codes.is_card("00000000 0001ZV")
    assert not codes.is_card("0000-0000-0001-zv")
    assert not codes.is_card("0000-0000-0001-ZV\n")
