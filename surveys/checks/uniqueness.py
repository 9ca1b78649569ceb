r"""How many people the indirect identifiers would single out, before anybody is asked.

Let N people (`population`) fall independently into K equally likely cells, K being the product of the
numbers of levels of the quasi-identifiers. A cell holds exactly one person with probability
N/K · (1 − 1/K)^(N−1), so the expected number of people alone in their cell is

    E = N · (1 − 1/K)^(N−1)

(Feller, An Introduction to Probability Theory, vol. 1, II.5; used so for census data by Golle 2006,
Revisiting the uniqueness of simple demographics in the US population). Real answers are neither
independent nor equally likely: the figure tells how fine the questions are, not who is at risk.

The threshold is 0.09. The average risk of re-identification is the number of occupied cells divided
by N, which is never below E/N; 0.09 is the average the European Medicines Agency (Policy 0070) and
Health Canada set for published data. Where E/N alone exceeds it, no distribution of the rest helps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import InvalidOperation

from surveys.checks.conditions import Conditions
from surveys.checks.form import Entry, Form
from surveys.checks.ranges import Numbers
from surveys.instrument import Question
from surveys.kinds import KINDS
from surveys.kinds.number import limits
from surveys.language import _
from surveys.problems import Problem

THRESHOLD = 0.09
YEARS = 10  # over which a date is reckoned
PER_YEAR = {"week": 52, "month": 12, "quarter": 4, "year": 1}
LETTERS = 10  # values of one character of a prefix: most prefixes are of postal codes
UNBOUNDED = 100  # levels of a number without a constraint


def expected_unique(population: int, cells: float) -> float:
    """Return the expected number of people alone in their cell; all of them for infinite cells."""
    if math.isinf(cells):
        return float(population)
    return population * (1 - 1 / max(cells, 1)) ** (population - 1) if population > 1 else 1.0


def unique_people(form: Form) -> Iterator[Problem]:
    """The indirect identifiers together single out few people of the population."""
    population = form.instrument.population
    levels = {question.name: count for question, count in quasi_identifiers(form)}
    if population is None or not levels:
        return
    expected = expected_unique(population, math.prod(levels.values()))
    if expected > THRESHOLD * population:
        finest = sorted(levels, key=lambda name: -levels[name])[:3]
        yield Problem(
            form.instrument.places.get("population", form.instrument.place),
            "form",
            _(
                "about {n} of {population} people would be alone with their answers to the {k} quasi-identifiers"
            ).format(n=round(expected), population=population, k=len(levels)),
            _("keep less of the finest ({names}), or accept it: {accept}").format(
                names=", ".join(finest), accept="accept: {unique: …}"
            ),
            "unique",
            "warning",
        )


def quasi_identifiers(form: Form) -> Iterator[tuple[Question, float]]:
    """Yield each question that identifies indirectly and is kept with the answers, and its levels."""
    conditions = Conditions(form)
    for entry, question in form.questions:
        if question.identifying == "quasi" and question.keep.rule not in {"never", "link"}:
            yield question, max(1.0, _levels(form, entry, question, conditions))


def _levels(form: Form, entry: Entry, question: Question, conditions: Conditions) -> float:
    """Return how many different values are kept of a question."""
    keep, storage = question.keep, KINDS[question.kind].storage
    if keep.rule == "bands":
        return len(keep.bands)
    if keep.rule == "prefix":
        return float(LETTERS ** min(int(keep.number), 12))
    if storage in {"one", "several"} and question.choices is not None:
        names = {keep.codes.get(choice.name, choice.name) for choice in question.choices.choices}
        return len(names) if storage == "one" else 2.0 ** min(len(names), 40)
    if storage in {"date", "dateTime"}:
        return YEARS * PER_YEAR.get(keep.unit, 365)
    if storage in {"integer", "decimal"}:
        return _numbers(entry, question, conditions)
    return float(form.instrument.population or 1)  # a text: as many as people


def _numbers(entry: Entry, question: Question, conditions: Conditions) -> float:
    """Return how many whole numbers, or steps of a range, are kept."""
    possible = conditions.possible(question.name, entry)
    count, keep = float(UNBOUNDED), question.keep
    if isinstance(possible, Numbers):
        if keep.rule == "top":
            possible = possible.both(Numbers(((-math.inf, float(keep.number)),)))
        if keep.rule == "bottom":
            possible = possible.both(Numbers(((float(keep.number), math.inf),)))
        low, high = (possible.spans[0][0], possible.spans[-1][1]) if possible.spans else (0.0, 0.0)
        if math.isfinite(low) and math.isfinite(high):
            count = possible.size
    if question.kind == "range":
        try:
            count = count / abs(float(limits(question)[2]))
        except (InvalidOperation, ZeroDivisionError):
            return count
    return count / float(keep.number) if keep.rule == "round" else count
