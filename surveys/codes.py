"""Codes people copy by hand: random, in Crockford's base 32, with characters that catch a slip.

A *case* code stands on a contact sheet: 35 random bits and one character by ISO 7064 Mod 33,32, which
catches every wrong character and nearly every exchange of two neighbours. A *card* code is what a
participant keeps: 60 random bits, which nobody guesses, and two characters. They catch every wrong
character and every exchange of two, near or far, and a thousandth of anything else escapes: whoever
withdraws years later has nothing but the code. A code says nothing of the person it stands for.
"""

from __future__ import annotations

import random
import re
import secrets
from collections.abc import Iterable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CARD_LENGTH = 14  # characters of a card code without its hyphens
CARD_WRITTEN = 17  # and with them, as XXXX-XXXX-XXXX-XX
_CASE = re.compile(rf"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")
_CARD = re.compile(rf"(?:[{ALPHABET}]{{4}}-){{3}}[{ALPHABET}]{{2}}")
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})  # Crockford's own reading of these letters

# The largest prime two characters can hold. Being prime and more than 32, it divides no difference
# that one wrong character makes; and the first power of 32 that is 1 modulo it is the 68th, hence none
# that an exchange makes among fourteen.
_MODULUS = 1021


def new_case() -> str:
    """Return a new case code: 35 random bits and a check character, as K7Q2-M4T9."""
    from stdnum.iso7064 import mod_37_36  # 30 ms, and cards do without

    body = _random(7)
    return _hyphened(body + mod_37_36.calc_check_digit(body, ALPHABET))


def new_cases(count: int) -> list[str]:
    """Return that many case codes, all different."""
    codes: dict[str, None] = {}
    while len(codes) < count:
        codes[new_case()] = None
    return list(codes)


def normal(typed: str) -> str:
    """Return a case code as it is written on the sheet, however it was typed."""
    return _normal(typed, 8)


def is_case(code: str) -> bool:
    """Whether a text is a case code whose check character is right."""
    from stdnum.iso7064 import mod_37_36

    return bool(_CASE.fullmatch(code)) and mod_37_36.is_valid(code.replace("-", ""), ALPHABET)


def new_card() -> str:
    """Return a new card code: 60 random bits and two check characters, as 7K3M-Q9TX-2B4H-XN."""
    return card_of(_random(CARD_LENGTH - 2))


def card_of(body: str) -> str:
    """Return the card code of twelve characters of the alphabet: with its check, and hyphens.

    Read as one number in base 32, the whole is 1 modulo 1021 (1 and not 0, so that a row of zeros is
    no code).
    """
    check = (1 - _number(body + "00")) % _MODULUS
    return _hyphened(body + ALPHABET[check // 32] + ALPHABET[check % 32])


def simulated_card(chance: random.Random) -> str:
    """Return the card code of a simulated person: whoever knows the seed can make it again."""
    return card_of("".join(chance.choices(ALPHABET, k=CARD_LENGTH - 2)))


def new_cards(count: int, known: Iterable[str] = ()) -> list[str]:
    """Return that many card codes, all different and none of those known."""
    taken = set(known)
    codes: dict[str, None] = {}
    while len(codes) < count:
        code = new_card()
        if code not in taken:
            codes[code] = None
    return list(codes)


def normal_card(typed: str) -> str:
    """Return a card code as it is printed on the card, however it was typed."""
    return _normal(typed, CARD_LENGTH)


def is_card(code: str) -> bool:
    """Whether a text is a card code, as printed, whose check characters are right."""
    return bool(_CARD.fullmatch(code)) and _number(code.replace("-", "")) % _MODULUS == 1


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(length))


def _number(code: str) -> int:
    total = 0
    for character in code:
        total = total * 32 + ALPHABET.index(character)
    return total


def _normal(typed: str, length: int) -> str:
    text = re.sub(r"[\s-]", "", typed)
    if len(text) != length or not text.isascii() or not text.isalnum():
        return typed.strip()
    return _hyphened(text.upper().translate(_MISREAD))


def _hyphened(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
