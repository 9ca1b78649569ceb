"""What cannot be in a model, or is hardly meant, from its numbers: one function, one rule.

Rules are asked of the base case and of every scenario, in every cycle. What follows from a number that is
not known yet (an estimate of a study, what could not be read) is not judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from export.modelling.cohort import TOLERANCE
from export.modelling.formula import Floats, Formula
from export.modelling.known import Known, counted, placed, rows_of, value_of
from export.modelling.model import Model, Row
from export.modelling.values import circles
from surveys.language import _
from surveys.problems import Problem, Refusal, in_order


def wrong(model: Model) -> list[Problem]:
    """Return all that is wrong with a model, and what is hardly meant (warnings)."""
    case = Known.of(model)
    found = [*circular(model), *unused(model), *unreached(case), *of_case(case)]
    known = {(one.place, one.check) for one in found}
    for scenario in model.scenarios:
        if not scenario.values and scenario.cycles is None:
            continue  # rates and corrections change nothing that is judged here
        for one in of_case(Known.of(model, scenario)):
            if (one.place, one.check) not in known:
                subject = f"scenarios.{scenario.name}, {one.subject}"
                found.append(replace(one, subject=subject))
    return found


def require_right(model: Model) -> None:
    """Refuse a model that its values make wrong, with every error, one a line."""
    errors = [one for one in wrong(model) if one.severity == "error"]
    if errors:
        raise Refusal("\n".join(map(str, in_order(errors))))


def of_case(case: Known) -> Iterator[Problem]:
    """Yield what is wrong with the numbers of the base case, or of one scenario."""
    yield from numberless(case)
    yield from starting(case)
    yield from probabilities(case)
    yield from sums(case)
    yield from resurrections(case)
    yield from negative(case)


def written(value: float) -> str:
    """Return a number as messages have it."""
    return f"{value:.6g}"


def at_cycle(value: Floats, is_there: NDArray[np.bool_]) -> tuple[str, str]:
    """Return a value where it is first found, and in which cycle: '' where it is the same in all."""
    at = int(np.argmax(is_there[:, 0]))
    shown = written(float(value[at, 0]))
    return shown, _(" in cycle {n}").format(n=at + 1) if len(value) > 1 else ""


# --- rules of the model ---------------------------------------------------------------------------


def circular(model: Model) -> Iterator[Problem]:
    """No parameter is calculated from itself; each circle once, from its first parameter on."""
    at = {name: place for place, name in enumerate(model.parameters)}
    for found in circles(model.parameters):
        first = found.index(min(found, key=at.__getitem__))
        circle = (*found[first:], *found[:first])
        path = " → ".join((*circle, circle[0]))
        fact = _("is calculated from itself: {path}").format(path=path)
        place = model.parameters[circle[0]].place
        remedy = _("write one of them as a number")
        yield Problem(place, f"parameters.{circle[0]}", fact, remedy, "circle")


def unused(model: Model) -> Iterator[Problem]:
    """Every parameter is used, of a Dirichlet distribution at least one."""
    formulas: Iterable[Formula] = (one for _subject, one in placed(model))
    read = {name for one in formulas for name in one.names}
    for one in model.parameters.values():
        read.update(one.formula.names if one.formula else ())
    groups = {model.parameters[name].group for name in read if name in model.parameters} - {""}
    for name, one in model.parameters.items():
        if name not in read and one.group not in groups:
            fact, remedy = _("is never used"), _("use it, or remove it")
            yield Problem(one.place, f"parameters.{name}", fact, remedy, "unused", "warning")


def unreached(case: Known) -> Iterator[Problem]:
    """Somebody can be in every state under some strategy."""
    model = case.model
    reached = {name for name, one in model.start.items() if _can_be(case.known(one))}
    ways: dict[str, set[str]] = {}
    for state, row in rows_of(model):
        ways.setdefault(state, set()).update(_entered(case, row, if_unknown=True))
    left = list(reached)
    while left:
        further = ways.get(left.pop(), set()) - reached
        reached |= further
        left.extend(further)
    for strategy in model.strategies[:1]:
        for state, row in strategy.rows.items():
            if state not in reached:
                fact, remedy = _("nobody is ever in it"), _("write who goes there, or remove it")
                subject = f"states.{state}"
                yield Problem(row.place, subject, fact, remedy, "unreached", "warning")


def _outside(value: Floats) -> NDArray[np.bool_]:
    """Return where a number is below 0 or above 1 by more than rounding."""
    found: NDArray[np.bool_] = (value < -TOLERANCE) | (value > 1 + TOLERANCE)
    return found


def _entered(case: Known, row: Row, *, if_unknown: bool) -> list[str]:
    """Return where people of a row can go; where that is not known yet, as `if_unknown` says."""
    ways = {to: case.known(one) for to, one in row.entries.items()}
    if row.complement:
        ways[row.complement] = case.rest(row)
    return [to for to, value in ways.items() if (if_unknown if value is None else _can_be(value))]


def _can_be(value: Floats | None) -> bool:
    return value is None or bool((value > TOLERANCE).any())


# --- rules of numbers -----------------------------------------------------------------------------


def numberless(case: Known) -> Iterator[Problem]:
    """Every formula gives a number in every cycle."""
    formulas = (*case.nowhere, *placed(case.model))
    for subject, one in formulas:
        value = value_of(one, case.values)
        if value is not None and not np.isfinite(value).all():
            _shown, when = at_cycle(value, ~np.isfinite(value))
            fact = _("“{formula}” gives no number{when}").format(formula=one.text, when=when)
            remedy = _("look for a division by zero, or a logarithm of what is not above 0")
            yield Problem(one.place, subject, fact, remedy, "numberless")


def starting(case: Known) -> Iterator[Problem]:
    """Where people begin are shares, which sum to one."""
    values = {name: case.known(one) for name, one in case.model.start.items()}
    known = {name: float(value[0, 0]) for name, value in values.items() if value is not None}
    beyond = [name for name, share in known.items() if not -TOLERANCE <= share <= 1 + TOLERANCE]
    total = sum(known.values())
    if beyond:  # of the others the complement is what the first leaves
        place = case.model.start[beyond[0]].place
        fact = _("the share of “{state}” is {share}").format(
            state=beyond[0], share=written(known[beyond[0]])
        )
        remedy = _("shares are from 0 to 1, and sum to one")
        yield Problem(place, "start", fact, remedy, "start")
    elif len(known) == len(values) > 0 and abs(total - 1) > TOLERANCE:
        place = next(iter(case.model.start.values())).place
        fact = _("shares sum to {total}, not to one").format(total=written(total))
        yield Problem(place, "start", fact, _("write one of them as complement"), "start")


def probabilities(case: Known) -> Iterator[Problem]:
    """Every probability is from 0 to 1 in every cycle."""
    for state, row in rows_of(case.model):
        for to, one in row.entries.items():
            value = case.known(one)
            if value is None:
                continue
            outside = _outside(value)
            if outside.any():
                shown, when = at_cycle(value, outside)
                fact = _("the probability of “{state}” is {value}{when}").format(
                    state=to, value=shown, when=when
                )
                remedy = _("a probability is from 0 to 1; of a rate write probability(rate)")
                yield Problem(one.place, f"transitions.{state}", fact, remedy, "probability")


def sums(case: Known) -> Iterator[Problem]:
    """The probabilities of a row do not sum to more than one, nor to less where none is the complement."""
    for state, row in rows_of(case.model):
        values = [case.known(one) for one in row.entries.values()]
        some = [one for one in values if one is not None]
        if any(_outside(one).any() for one in some):
            continue  # said already
        total = sum(some, np.zeros((1, 1)))
        over = total > 1 + TOLERANCE
        under_one = total < 1 - TOLERANCE
        is_whole = len(some) == len(values) and not row.complement
        if over.any():
            shown, when = at_cycle(total, over)
            fact = _("probabilities sum to {total}{when}, more than one").format(
                total=shown, when=when
            )
            remedy = _("lower them")
        elif is_whole and under_one.any():
            shown, when = at_cycle(total, under_one)
            fact = _("probabilities sum to {total}{when}, less than one").format(
                total=shown, when=when
            )
            remedy = _("write one of them as complement")
        else:
            continue
        yield Problem(row.place, f"transitions.{state}", fact, remedy, "sum")


def resurrections(case: Known) -> Iterator[Problem]:
    """Nobody leaves a state of the dead for one of the living."""
    dead = {one.name for one in case.model.states if one.is_dead}
    for state, row in rows_of(case.model):
        if state not in dead:
            continue
        for to in _entered(case, row, if_unknown=False):
            if to in dead:
                continue
            fact = _("the dead go to “{state}”, where people are alive").format(state=to)
            remedy = _("leave this row out")
            yield Problem(row.place, f"transitions.{state}", fact, remedy, "dead")


def negative(case: Known) -> Iterator[Problem]:
    """No amount is below 0, unless its outcome says that it can be."""
    for subject, one in counted(case.model, only_positive=True):
        value = case.known(one)
        if value is not None and (value < 0).any():
            shown, when = at_cycle(value, value < 0)
            fact = _("{value}{when} is below 0").format(value=shown, when=when)
            remedy = _("correct it, or write “allow_negative: yes” beside the label")
            yield Problem(one.place, subject, fact, remedy, "negative")
