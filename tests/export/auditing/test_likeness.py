"""Interviews that are nearly copies: found, whatever their order; and counted as one would by hand."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from export.auditing.likeness import ITEMS, Likeness, likeness
from interviewer.record import Record
from surveys.instrument import Instrument

Loaded = Callable[[str], Instrument]
Made = Callable[..., Record]

MATCH = Fraction(85, 100)
NAMES = [f"q{n}" for n in range(30)]
WIDE = """
choices:
  four: [{name: a, label: A}, {name: b, label: B}, {name: c, label: C}, {name: d, label: D}]
survey:
  - {type: text, name: words, label: Words}
  - {type: text, name: card, label: Card, keep: link}
""" + "".join(
    f"  - {{type: select_one, choices: four, name: {name}, label: Question}}\n" for name in NAMES
)


def interviews(made: Made, chance: random.Random, count: int = 12) -> list[Record]:
    """Return interviews of people who answer by chance, skip some, and refuse a few."""
    found = []
    for number in range(count):
        asked = [name for name in NAMES if chance.random() < 0.9]
        refused = {name for name in asked if chance.random() < 0.05}
        found.append(
            made(
                interviewer=f"I{number % 3}",
                answers={name: chance.choice("abcd") for name in asked if name not in refused},
                statuses=dict.fromkeys(refused, "refused"),
            )
        )
    return found


def by_hand(found: list[Record]) -> dict[str, tuple[int, int]]:
    """Return of each interview the largest share it has in common with another, as (same, of)."""

    def said(one: Record, name: str) -> str | None:
        return one.answers.get(name) or one.statuses.get(name)

    differing = [name for name in NAMES if len({said(one, name) for one in found} - {None}) > 1]
    nearest: dict[str, tuple[int, int]] = {}
    for one in found:
        for other in found:
            pairs = [(said(one, name), said(other, name)) for name in differing]
            both = [(a, b) for a, b in pairs if a is not None and b is not None]
            same = sum(a == b for a, b in both)
            if one.case == other.case or len(both) < ITEMS:
                continue
            before = nearest.get(one.id, (-1, 1))
            if same * before[1] > before[0] * len(both):
                nearest[one.id] = same, len(both)
    return nearest


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32).map(random.Random))
def test_nearest_ones_are_those_one_would_count_by_hand(
    loaded: Loaded, made: Made, chance: random.Random
) -> None:
    """Median, maximum and pairs, against every pair counted one by one."""
    found = interviews(made, chance)
    wanted = by_hand(found)
    shares = sorted(same / of for same, of in wanted.values())
    counted = likeness(found, loaded(WIDE), Fraction(1, 2))
    assert counted.interviews == len(shares)
    if shares:
        assert counted.largest == shares[-1]
        near = {one for pair in counted.pairs for one in (pair.first, pair.second)}
        assert near >= {one for one, (same, of) in wanted.items() if 2 * same >= of}


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32).map(random.Random))
def test_the_order_of_records_changes_nothing(
    loaded: Loaded, made: Made, chance: random.Random
) -> None:
    """Pairs, figures, and which of two is first."""
    found = interviews(made, chance)
    before = likeness(found, loaded(WIDE), Fraction(1, 3))
    chance.shuffle(found)
    assert likeness(found, loaded(WIDE), Fraction(1, 3)) == before


def copied(one: Record, made: Made, changed: int, **otherwise: str) -> Record:
    """Return a fabricated interview: another's answers, the first few of them changed."""
    answers = dict(one.answers)
    for name in list(answers)[:changed]:
        answers[name] = "a" if answers[name] != "a" else "b"
    return made(answers=answers, statuses=one.statuses, **otherwise)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32).map(random.Random), st.integers(0, 2))
def test_a_fabricated_copy_is_found(
    loaded: Loaded, made: Made, chance: random.Random, changed: int
) -> None:
    """With two answers in thirty changed, and under another interviewer's code; and nothing else is."""
    found = interviews(made, chance)
    victim = chance.choice(found)
    copy = copied(victim, made, changed, interviewer="I9")
    counted = likeness([*found, copy], loaded(WIDE), MATCH)
    assert [(one.first, one.second) for one in counted.pairs] == [(victim.id, copy.id)]
    (pair,) = counted.pairs
    assert pair.of - pair.identical == changed
    assert pair.interviewers == (victim.interviewer, "I9")
    assert counted.near == {"I9": 1, victim.interviewer: 1}


def test_two_interviews_of_one_case_are_no_pair(loaded: Loaded, made: Made) -> None:
    """They are alike because they are of one person, and compared elsewhere."""
    found = interviews(made, random.Random(1))
    again = copied(found[0], made, 0, case=found[0].case)
    assert likeness([*found, again], loaded(WIDE), MATCH).pairs == ()


def nothing(found: Likeness) -> bool:
    return (found.interviews, found.median, found.largest, found.pairs) == (0, None, None, ())


def test_few_questions_in_common_say_nothing(loaded: Loaded, made: Made) -> None:
    """Nineteen answers alike are no pair; nor what everybody answers alike; nor partial interviews."""
    form = loaded(WIDE)
    short = [made(answers=dict.fromkeys(NAMES[: ITEMS - 1], one)) for one in "abab"]
    assert nothing(likeness(short, form, MATCH))
    alike = [made(answers=dict.fromkeys(NAMES, "a")) for _one in range(5)]
    assert nothing(likeness(alike, form, MATCH))
    assert likeness(alike, form, MATCH).items == 0
    partial = [replace(one, status="partial") for one in interviews(made, random.Random(2))]
    assert nothing(likeness(partial, form, MATCH))
    assert nothing(likeness([], form, MATCH))


def test_words_of_ones_own_are_not_compared(loaded: Loaded, made: Made) -> None:
    """Nor what is the custodian's: both would tell people apart who answered alike."""
    found = interviews(made, random.Random(3))
    before = likeness(found, loaded(WIDE), MATCH)
    said = [
        replace(one, answers={**one.answers, "words": f"word {at}"}) for at, one in enumerate(found)
    ]
    assert likeness(said, loaded(WIDE), MATCH) == before


def test_the_threshold_is_reached_by_what_is_exactly_it(loaded: Loaded, made: Made) -> None:
    """17 of 20 are 85 %."""
    base = {name: "abcd"[at % 4] for at, name in enumerate(NAMES[:20])}
    changed = base | {name: "d" if base[name] != "d" else "a" for name in NAMES[:3]}
    others = [made(answers=dict.fromkeys(NAMES[:20], one)) for one in "abcd"]
    pairs = likeness(
        [made(answers=base), made(answers=changed), *others], loaded(WIDE), MATCH
    ).pairs
    assert [(one.identical, one.of) for one in pairs] == [(17, 20)]
