"""The number each item has on paper and in conditions said in words: A1, D14.

Each part of the questionnaire (a group or repeat at the top) has a letter, taken from its title where
every part has one (“B. Housing”), and its items count through it. What stands in no part is numbered
1, 2, 3. A number goes to what is asked; to a note that only some are shown, for a skip may lead
there; and to what the interviewer works out on paper: a calculation on which the route depends, or
one that reads an answer of which less is kept, for it could not be computed afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import count

from surveys.instrument import Group, Instrument, Item, Question
from surveys.kinds import KINDS, is_asked
from surveys.plan import expressions_of

_LETTER = re.compile(r"\s*([A-Z])\s*[.:)–-]\s+")
_ROUTING = {"relevant", "repeat_count"}


@lru_cache(maxsize=4)
def numbers(instrument: Instrument) -> Mapping[str, str]:
    """Return the numbers by name of item; a part has its letter, and what has no number is absent."""
    worked_out = worked_out_names(instrument)
    letters = _letters(instrument)
    found: dict[str, str] = {}
    ranks = {letter: count(1) for letter in ("", *letters.values())}
    for item, around in instrument.items():
        part = around[0] if around else item
        letter = letters.get(part.name, "")
        if isinstance(item, Group):
            if not around:
                found[item.name] = letter
        elif has_number(item, worked_out):
            found[item.name] = f"{letter}{next(ranks[letter])}"
    return found


def has_number(question: Question, worked_out: frozenset[str]) -> bool:
    """Whether a question gets a number; `worked_out` is what `worked_out_names` gives."""
    is_note = question.kind == "note" and question.relevant is not None
    return is_asked(question) or is_note or question.name in worked_out


@lru_cache(maxsize=4)
def worked_out_names(instrument: Instrument) -> frozenset[str]:
    """Return the calculations that the interviewer works out on paper."""
    questions = {question.name: question for question in instrument.questions()}
    calculations = {
        question.name: question.calculation
        for question in questions.values()
        if question.kind == "calculate" and question.calculation is not None
    }
    waiting = [
        name
        for item, _around in instrument.items()
        if _is_shown(item)
        for column, expression in expressions_of(item)
        if column in _ROUTING
        for name in expression.names
    ]
    waiting += [
        name
        for name, calculation in calculations.items()
        if any(one in questions and _is_reduced(questions[one]) for one in calculation.names)
    ]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in calculations and name not in found:
            found.add(name)
            waiting.extend(calculations[name].names)
    return frozenset(found)


def _is_reduced(question: Question) -> bool:
    return question.keep.rule not in {"as_given", "scrub"}


def _is_shown(item: Item) -> bool:
    return isinstance(item, Group) or KINDS[item.kind].is_shown


def own_letter(title: str) -> str:
    """Return the letter a title begins with, as in “B. Housing”; '' if it has none."""
    match = _LETTER.match(title)
    return match[1] if match else ""


def without_letter(title: str) -> str:
    """Return a title without the letter it begins with."""
    return _LETTER.sub("", title, count=1)


@lru_cache(maxsize=4)
def uses_own_letters(instrument: Instrument) -> bool:
    """Whether every part has a letter of its own in its title."""
    own = [
        own_letter(instrument.text(part.label, instrument.default_language))
        for part in _parts(instrument)
    ]
    return bool(own) and all(own) and len(set(own)) == len(own)


def _letters(instrument: Instrument) -> Mapping[str, str]:
    parts = _parts(instrument)
    if uses_own_letters(instrument):
        return {
            part.name: own_letter(instrument.text(part.label, instrument.default_language))
            for part in parts
        }
    return {part.name: _letter(place) for place, part in enumerate(parts)}


def _parts(instrument: Instrument) -> list[Group]:
    return [item for item in instrument.survey if isinstance(item, Group)]


def _letter(place: int) -> str:
    """Return A for 0, Z for 25, AA for 26."""
    letters = ""
    place += 1
    while place > 0:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
