"""Codes people copy by hand: random, in Crockford's base 32, with a check character.

The check is ISO 7064 Mod 33,32: it catches every wrong character and nearly every exchange of two
neighbours. A code says nothing of the person it stands for.
"""

from __future__ import annotations

import re
import secrets

from stdnum.iso7064 import mod_37_36

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CASE = re.compile(rf"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})  # Crockford's own reading of these letters


def new_case() -> str:
    """Return a new case code: 35 random bits and a check character, as K7Q2-M4T9."""
    body = "".join(secrets.choice(ALPHABET) for _place in range(7))
    return _hyphened(body + mod_37_36.calc_check_digit(body, ALPHABET))


def new_cases(count: int) -> list[str]:
    """Return that many case codes, all different."""
    codes: dict[str, None] = {}
    while len(codes) < count:
        codes[new_case()] = None
    return list(codes)


def normal(typed: str) -> str:
    """Return a case code as it is written on the sheet, however it was typed."""
    text = re.sub(r"[\s-]", "", typed.upper())
    if len(text) != 8 or not text.isascii() or not text.isalnum():
        return typed.strip()
    return _hyphened(text.translate(_MISREAD))


def is_case(code: str) -> bool:
    """Whether a text is a case code whose check character is right."""
    return bool(_CASE.fullmatch(code)) and mod_37_36.is_valid(code.replace("-", ""), ALPHABET)


def _hyphened(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"
