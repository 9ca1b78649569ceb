"""Tables printed together: what one leaves out, no other gives away, by itself or in a sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from export.estimating.asked import Answer, Parts, answers
from export.estimating.estimate import Estimates
from export.estimating.linked import exposed, is_hidden, left_out_as_well
from export.estimating.members import Side, Term, Told, members
from export.estimating.shares import Shares
from export.estimating.surveyed import Surveyed
from export.estimating.wanted import Wanted, wanted

SurveyedOf = Callable[..., Surveyed]


def asked(data: Surveyed, *texts: tuple[str, str] | str) -> tuple[Answer, ...]:
    return answers(data, list(_wanted(data, texts)))


def _wanted(data: Surveyed, texts: Sequence[tuple[str, str] | str]) -> Sequence[Wanted]:
    pairs = [(one, "") if isinstance(one, str) else one for one in texts]
    return [wanted(data.instrument, text, [by] if by else []) for text, by in pairs]


def domains(answer: Answer) -> list[str]:
    found = answer.found
    return [one.domain for one in (found.rows if isinstance(found, Estimates) else found.tables)]


def people(f: int, m: int, o: int, **columns: object) -> dict[str, object]:
    return {"sex": ["f"] * f + ["m"] * m + ["o"] * o, **columns}


# --- a report -------------------------------------------------------------------------------------


def test_a_group_too_small_is_not_the_rest_of_everybody(surveyed_of: SurveyedOf) -> None:
    """7 of 107: with those of 60 women and 40 men, and of all, theirs were known to the digit."""
    data = surveyed_of(people(60, 40, 7, days=[float(one % 9) for one in range(107)]))
    of_all, by_sex = asked(data, "mean(days)", ("mean(days)", "sex"))
    assert isinstance(of_all.found, Estimates)
    assert of_all.found.rows[0].figures is not None
    assert domains(by_sex) == ["f"]
    assert by_sex.found.left_out == 2


def test_groups_that_are_large_are_all_printed(surveyed_of: SurveyedOf) -> None:
    """Nothing is left out where nothing is small."""
    data = surveyed_of(people(60, 47, 0, days=[float(one % 9) for one in range(107)]))
    of_all, by_sex = asked(data, "mean(days)", ("mean(days)", "sex"))
    assert domains(by_sex) == ["f", "m"]
    assert exposed(members(data, [of_all, by_sex]), data.threshold) == ()


def test_a_trait_left_out_in_one_group_is_not_what_is_left_of_all(surveyed_of: SurveyedOf) -> None:
    """45 of 47 men have a card; with 45 of 60 women, and 90 of all, the 2 who have none were known."""
    card = ["yes"] * 45 + ["no"] * 15 + ["yes"] * 45 + ["no"] * 2
    data = surveyed_of(people(60, 47, 0, card=card))
    text = "prop(card = 'yes')"
    of_all, by_sex = asked(data, text, (text, "sex"))
    assert isinstance(of_all.found, Estimates)
    assert isinstance(by_sex.found, Estimates)
    assert of_all.found.rows[0].figures is not None
    assert [row.figures for row in by_sex.found.rows] == [None, None]
    assert [row.respondents for row in by_sex.found.rows] == [60, 47]
    (alone,) = asked(data, (text, "sex"))
    assert isinstance(alone.found, Estimates)
    assert [row.figures is None for row in alone.found.rows] == [False, True]


def test_what_a_share_leaves_out_a_proportion_does_not_print(surveyed_of: SurveyedOf) -> None:
    """The same cell under another expression: 3 of another sex, and a group left out for their sake."""
    data = surveyed_of(people(60, 40, 3))
    share, women, men = asked(data, "share(sex)", "prop(sex = 'f')", "prop(sex = 'm')")
    assert isinstance(share.found, Parts)
    (table,) = share.found.tables
    assert isinstance(table, Shares)
    assert [row.is_withheld for row in table.rows] == [False, True, True]
    assert isinstance(women.found, Estimates)
    assert isinstance(men.found, Estimates)
    assert women.found.rows[0].figures is not None
    assert men.found.rows[0].figures is None  # with it the 3 were known


def test_two_tables_with_a_margin_in_common_are_one(surveyed_of: SurveyedOf) -> None:
    """After what is left out, nothing small is found from any of five tables."""
    rng = np.random.default_rng(5)
    data = surveyed_of(
        people(
            50,
            48,
            9,
            card=rng.choice(["yes", "no"], 107, p=[0.85, 0.15]).tolist(),
            card_before=rng.choice(["yes", "no"], 107).tolist(),
        )
    )
    found = asked(
        data,
        "table(card, sex)",
        "table(card, card_before)",
        ("share(card)", "card_before"),
        ("prop(card = 'no')", "sex"),
        "share(card)",
    )
    assert exposed(members(data, found), data.threshold) == ()


# --- laws -----------------------------------------------------------------------------------------

GROUPS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 1), st.booleans()), min_size=12, max_size=60
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(GROUPS, st.integers(3, 6))
def test_no_small_cell_can_be_had_from_the_tables_together(
    rows: list[tuple[int, int, bool]], threshold: int
) -> None:
    """An independent program over everything printed finds no small cell more closely than its mark."""
    told = tables([(sex, card) for sex, card, _known in rows], threshold)
    hidden = left_out_as_well(told, threshold)
    shown = [one for one in told if one.is_shown and not is_hidden(one.place, hidden)]
    if len(rows) < 2 * threshold:
        return  # then nothing may help
    for target in told:
        if 0 < np.sum(target.who) < threshold:
            low, high = limits(target, shown)
            assert low <= 1 + 1e-6
            assert high >= threshold - 1 - 1e-6 or not shown


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), min_size=6, max_size=9))
@example([(0, 0)] * 3 + [(1, 0)] * 3 + [(2, 1)] * 2)  # two are a group, and all who answered so
def test_every_way_of_filling_the_pieces_agrees(rows: list[tuple[int, int]]) -> None:
    """By trying all: among the countings that print the same, a small cell is anything from one up."""
    threshold = 3
    told = tables(rows, threshold)
    hidden = left_out_as_well(told, threshold)
    shown = [one for one in told if one.is_shown and not is_hidden(one.place, hidden)]
    pieces = list(product(range(3), range(2)))
    inside = {id(one): np.array([in_terms(one, piece) for piece in pieces]) for one in told}
    ways = np.array(
        [way for way in product(range(len(rows) + 1), repeat=6) if sum(way) == len(rows)]
    )
    agree = np.all(
        [ways @ inside[id(one)] == np.sum(one.who) for one in shown] or [np.ones(len(ways), bool)],
        axis=0,
    )
    for target in told:
        if 0 < np.sum(target.who) < threshold:
            assert set((ways[agree] @ inside[id(target)]).tolist()) >= {1, 2}


def tables(rows: Sequence[tuple[int, int]], threshold: int) -> tuple[Told, ...]:
    """Return the cells of three tables: groups, an answer, the answer within groups; no small one shown."""
    sex, card = (np.array(column, dtype=np.intp) for column in zip(*rows, strict=True))
    sides = Side(sex), Side(card)
    nobody = np.zeros(len(rows), dtype=np.bool_)

    def cell(place: tuple[int, ...], *terms: Term) -> Told:
        who = np.all([one.who for one in terms], axis=0)
        is_shown = not 0 < np.sum(who) < threshold
        return Told(place, "", "", terms, who, is_shown, nobody)

    groups = [cell((0, 0, at), Term(sides[0], (at,))) for at in range(3)]
    ones = [cell((1, 0, at), Term(sides[1], (at,))) for at in range(2)]
    both = [
        cell((2, g, at), Term(sides[0], (g,)), Term(sides[1], (at,)))
        for g in range(3)
        for at in range(2)
    ]
    return (*groups, *ones, *both)


def in_terms(one: Told, piece: tuple[int, int]) -> bool:
    values = {0: piece[0], 1: piece[1], 2: piece}[one.place[0]]
    wanted_values = one.place[2] if one.place[0] < 2 else one.place[1:]
    return values == wanted_values


def limits(target: Told, shown: Sequence[Told]) -> tuple[float, float]:
    """Return the least and the most that a cell counts, by what is shown and nothing else."""
    pieces = list(product(range(3), range(2)))
    everyone = [1.0] * len(pieces)
    lines = [everyone, *([float(in_terms(one, piece)) for piece in pieces] for one in shown)]
    counts = [len(target.who), *(int(np.sum(one.who)) for one in shown)]
    aim = np.array([float(in_terms(target, piece)) for piece in pieces])
    found = [
        linprog(sign * aim, A_eq=np.array(lines), b_eq=np.array(counts)).fun for sign in (1, -1)
    ]
    assert found[0] is not None
    assert found[1] is not None
    return float(found[0]), -float(found[1])


@pytest.mark.parametrize("threshold", [3, 11])
def test_what_is_left_out_is_not_more_than_helps(threshold: int) -> None:
    """Putting back any one place would give a small cell away."""
    rows = (
        [(0, 0)] * 30 + [(0, 1)] * 25 + [(1, 0)] * 20 + [(1, 1)] * 15 + [(2, 0)] * 2 + [(2, 1)] * 2
    )
    told = tables(rows, threshold)
    hidden = left_out_as_well(told, threshold)
    assert hidden
    printed = tuple(
        Told(
            one.place,
            "",
            "",
            one.terms,
            one.who,
            one.is_shown and not is_hidden(one.place, hidden),
            one.unanswered,
        )
        for one in told
    )
    assert exposed(printed, threshold) == ()
