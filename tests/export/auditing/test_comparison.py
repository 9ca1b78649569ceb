"""Two interviews of a case side by side: how often they agree, never on what."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.auditing.comparison import LEAST, Agreement, Comparison, compare, why
from interviewer.record import Record
from surveys.instrument import Instrument

Loaded = Callable[[str], Instrument]
Made = Callable[..., Record]

LISTS = """
choices:
  yes_no: [{name: "yes", label: "Yes"}, {name: "no", label: "No"}]
  drinks: [{name: tea, label: Tea}, {name: milk, label: Milk}, {name: none, label: Nothing}]
"""
ORIGINAL = (
    LISTS
    + """
survey:
  - {type: select_one, choices: yes_no, name: pet, label: Pet}
  - {type: select_multiple, choices: drinks, name: drinks, label: Drinks}
  - {type: integer, name: age, label: Age, keep: {bands: [18, 25, 40]}}
  - {type: integer, name: days, label: Days}
  - {type: text, name: words, label: Words}
  - {type: integer, name: rooms, label: Rooms, keep: {round: 5}}
  - {type: integer, name: only_here, label: Only here}
"""
)
CHECK = (
    LISTS
    + """
survey:
  - {type: integer, name: days, label: Days, keep: {bands: [10, 20]}}
  - {type: select_one, choices: yes_no, name: pet, label: Pet}
  - {type: select_multiple, choices: drinks, name: drinks, label: Drinks}
  - {type: integer, name: age, label: Age}
  - {type: text, name: words, label: Words}
  - {type: integer, name: rooms, label: Rooms, keep: {top: 4}}
"""
)


@pytest.fixture
def forms(loaded: Loaded) -> tuple[Instrument, Instrument]:
    """The questionnaire, and the one that checks it."""
    return loaded(ORIGINAL), loaded(CHECK)


def both(
    made: Made, answers: Iterable[tuple[Mapping[str, str], Mapping[str, str]]]
) -> tuple[dict[str, Record], list[Record]]:
    """Return interviews by case, and the checks of them by somebody else."""
    counted, checks = {}, []
    for first, second in answers:
        one = made(answers=first)
        counted[one.case] = one
        checks.append(made(answers=second, case=one.case, interviewer="B1", unit="back_check"))
    return counted, checks


def by_item(found: Comparison) -> dict[str, Agreement]:
    return {one.of: one for one in found.items}


def test_kappa_of_a_published_table(loaded: Loaded, made: Made) -> None:
    """20 yes twice, 5 and 10 apart, 15 no twice: 70 % agree, 50 % by chance, kappa 0.4."""
    form = loaded(ORIGINAL)
    table = [("yes", "yes", 20), ("yes", "no", 5), ("no", "yes", 10), ("no", "no", 15)]
    pairs = [({"pet": a}, {"pet": b}) for a, b, n in table for _time in range(n)]
    pet = by_item(compare(*both(made, pairs), form, form))["pet"]
    assert (pet.compared, pet.agreeing, pet.one_only) == (50, 35, 0)
    assert pet.kappa == pytest.approx(0.4)
    assert pet.share == 0.7


ANSWERS = st.lists(
    st.tuples(st.sampled_from(["yes", "no", ""]), st.sampled_from(["yes", "no", ""])), max_size=14
)


@settings(max_examples=60, deadline=None)
@given(ANSWERS, st.integers(0, 2**32).map(random.Random))
def test_what_is_said_of_an_item_follows_from_its_pairs(
    loaded: Loaded, made: Made, found: list[tuple[str, str]], chance: random.Random
) -> None:
    """Counts are those of the pairs; which way round, and in which order, changes nothing."""
    form = loaded(ORIGINAL)
    counted, checks = both(made, [({"pet": a}, {"pet": b}) for a, b in found])
    one = by_item(compare(counted, checks, form, form))["pet"]
    answered = [(a, b) for a, b in found if a and b]
    assert one.compared == len(answered)
    if len(answered) < LEAST:
        assert (one.agreeing, one.kappa, one.one_only, one.share) == (None, None, None, None)
        return
    assert one.agreeing == sum(a == b for a, b in answered)
    assert one.one_only == sum((a == "") != (b == "") for a, b in found)
    assert one.kappa is None or -1 <= one.kappa <= 1
    if one.kappa is not None and one.agreeing == one.compared:
        assert one.kappa == 1
    chance.shuffle(checks)
    assert by_item(compare(counted, checks, form, form))["pet"] == one
    turned = both(made, [({"pet": b}, {"pet": a}) for a, b in found])
    assert by_item(compare(*turned, form, form))["pet"] == one


def test_what_was_reduced_is_compared_in_its_reduced_form(
    forms: tuple[Instrument, Instrument], made: Made
) -> None:
    """Whichever of the two kept less; the order in which answers were ticked is none."""
    pairs = [
        (
            {"age": "25", "days": str(11 + n), "drinks": "tea milk"},
            {"age": str(25 + n), "days": "10", "drinks": "milk tea"},
        )
        for n in range(LEAST)
    ]
    found = by_item(compare(*both(made, pairs), *forms))
    assert [(one, found[one].agreeing) for one in ("age", "days", "drinks")] == [
        ("age", LEAST),
        ("days", LEAST),
        ("drinks", LEAST),
    ]
    assert found["drinks"].kappa is None  # several answers at once are not of a list
    assert list(found) == ["pet", "drinks", "age", "days"]


def test_what_cannot_be_compared_is_named_with_its_reason(
    forms: tuple[Instrument, Instrument], loaded: Loaded, made: Made
) -> None:
    """An item of only one of the two is not spoken of."""
    found = compare({}, [], *forms)
    assert found.not_compared == (("words", "words"), ("rooms", "kept"))
    other = loaded(
        """
choices:
  yes_no: [{name: "yes", label: "Yes"}, {name: "no", label: "No"}, {name: perhaps, label: Perhaps}]
survey:
  - {type: select_one, choices: yes_no, name: pet, label: Pet}
  - {type: text, name: days, label: Days}
  - type: repeat
    name: stay
    label: Another?
    questions:
      - {type: integer, name: age, label: Age}
"""
    )
    reasons = dict(compare({}, [], forms[0], other).not_compared)
    assert reasons == {"pet": "list", "age": "repeat", "days": "words"}
    assert all(why(reason) for reason in (*reasons.values(), "kind", "kept"))
    kinds = loaded("survey:\n  - {type: decimal, name: days, label: Days}\n")
    assert dict(compare({}, [], forms[0], kinds).not_compared) == {"days": "kind"}


def test_only_a_check_by_somebody_else_counts_and_the_first_one(loaded: Loaded, made: Made) -> None:
    """One's own is counted apart; one of a case without an interview too; the interview is no check."""
    form = loaded(ORIGINAL)
    one, own = made(case="A", answers={"pet": "yes"}), made(case="B", answers={"pet": "yes"})
    gone = made(case="C", kind="outcome", status="", outcome="2.25")
    counted = {found.case: found for found in (one, own, gone)}
    checks = [
        one,
        made(case="A", interviewer="B1", week="2022-W20", answers={"pet": "no"}),
        made(case="A", interviewer="B1", week="2022-W16", answers={"pet": "yes"}),
        made(case="A", interviewer="B1", status="broke_off", week="2022-W15"),
        made(case="B", answers={"pet": "yes"}),
        made(case="C", interviewer="B1"),
        made(case="D", interviewer="B1"),
    ]
    found = compare(counted, checks, form, form)
    assert (found.cases, found.same_interviewer, found.unpaired) == (1, 1, 2)
    assert [(who.of, who.compared) for who in found.interviewers] == [("I01", 1)]


def test_figures_of_an_interviewer_count_every_item(
    forms: tuple[Instrument, Instrument], made: Made
) -> None:
    """Three cases of two items each are six answers."""
    pairs = [({"pet": "yes", "age": "18"}, {"pet": "no", "age": "19"}) for _case in range(3)]
    found = compare(*both(made, pairs), *forms)
    assert [(one.of, one.compared, one.agreeing) for one in found.interviewers] == [("I01", 6, 3)]
    assert [one.agreeing for one in found.items] == [None] * 4
