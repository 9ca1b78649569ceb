"""Too fast: what is said of it is certain, whatever was lost to rounding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from export.auditing.speed import LEAST, PART, speed
from interviewer.holding import GRAIN, LONGEST
from interviewer.record import Record
from surveys.instrument import Instrument

Loaded = Callable[[str], Instrument]
Made = Callable[..., Record]

MINIMA = """
survey:
  - {type: integer, name: a, label: A, minimum_seconds: 2}
  - {type: integer, name: b, label: B, minimum_seconds: 6}
  - {type: integer, name: c, label: C, minimum_seconds: 20}
  - {type: note, name: read, label: Read this, minimum_seconds: 30}
"""
NAMES = ("a", "b", "c", "read")


def rounded(seconds: float) -> int:
    """Return the seconds a laptop writes."""
    return min(LONGEST, GRAIN * round(seconds / GRAIN))


def timed(made: Made, **seconds: str) -> Record:
    answers = {name: "1" for name in seconds if name != "read"}
    return made(answers=answers, paradata=seconds)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.floats(0, 700), min_size=1, max_size=3), min_size=4, max_size=4))
def test_what_took_its_time_is_never_called_too_fast(
    loaded: Loaded, made: Made, times: list[list[float]]
) -> None:
    """However times were rounded, and however often an answer was given."""
    form = loaded(MINIMA)
    least = {one.name: one.minimum_seconds for one in form.questions()}
    written = {}
    for name, taken in zip(NAMES, times, strict=True):
        changes = f",{len(taken) - 1}" if len(taken) > 1 else ""
        written[name] = f"{sum(map(rounded, taken))}{changes}"
    found = speed([timed(made, **written)], form)
    truly = {name: sum(taken) for name, taken in zip(NAMES, times, strict=True)}
    (pace,) = found.paces
    assert pace.hasty <= sum(truly[name] < least[name] for name in NAMES)
    if found.fast:
        assert sum(truly.values()) < sum(least.values())


def test_what_cannot_have_taken_its_time_is_counted(loaded: Loaded, made: Made) -> None:
    """At most 2.5 seconds where 0 is written; a minimum of two seconds can never be known."""
    form = loaded(MINIMA)
    found = speed([timed(made, a="0", b="0", c="15", read="35")], form)
    assert (found.paces[0].timed, found.paces[0].hasty) == (4, 2)
    assert found.fast == ()
    hasty = speed([timed(made, a="0", b="0", c="10", read="30")], form)
    assert [(one.seconds, one.minimum, one.third) for one in hasty.fast] == [(40, 58, None)]


def minutes(made: Made, *found: int, items: int = 3) -> list[Record]:
    answers = dict.fromkeys(NAMES[:items], "1")
    return [made(minutes=one, answers=answers) for one in found]


def test_an_interview_is_fast_under_a_third_of_the_median_of_those_like_it(
    loaded: Loaded, made: Made
) -> None:
    """Not at a third, and not beside too few."""
    form = loaded(MINIMA)
    usual = minutes(made, *[30] * LEAST)
    exactly, under = minutes(made, 10, 5)
    found = speed([*usual, exactly, under], form)
    assert [(one.record, one.seconds, one.third) for one in found.fast] == [(under.id, 300, 600.0)]
    assert (found.judged, found.timed) == (LEAST + 2, 0)
    assert [(one.interviews, one.fast, one.minutes) for one in found.paces] == [(LEAST + 2, 1, 30)]
    assert speed([*usual[: LEAST - 2], under], form).judged == 0


def test_a_short_path_is_judged_beside_short_paths(loaded: Loaded, made: Made) -> None:
    """Five minutes for one question are not fast because others had three."""
    form = loaded(MINIMA)
    found = speed([*minutes(made, *[60] * 20), *minutes(made, *[5] * 20, items=1)], form)
    assert found.fast == ()
    assert found.judged == 40


def test_only_complete_interviews_are_judged(loaded: Loaded, made: Made) -> None:
    """One broken off is short by nature."""
    short = replace(minutes(made, 0)[0], status="broke_off")
    assert speed([*minutes(made, *[30] * 12), short], loaded(MINIMA)).fast == ()
    assert speed([], loaded(MINIMA)).paces == ()


def test_the_third_is_a_third() -> None:
    """The page says so in words."""
    assert (PART, LEAST) == (3, 10)
