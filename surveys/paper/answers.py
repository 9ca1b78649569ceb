"""The answers of a question that may lead to different places: each choice, each run of numbers.

Numbers fall into the values the conditions name and the runs between them, which no condition tells
apart; where a condition reads a number in another way (a sum, a text), nothing is told of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from surveys.expressions.tree import (
    COMPARISONS,
    Call,
    Name,
    Number,
    Operation,
    String,
    Tree,
    Where,
    walk,
)
from surveys.instrument import NONRESPONSE, Instrument, Question
from surveys.kinds import KINDS
from surveys.paper.cases import BLANK, Answer, context, reads_more
from surveys.paper.parts import joint, literal_comparison
from surveys.paper.written import plain_number
from surveys.plan import expressions_of


@dataclass(frozen=True, slots=True)
class Possible:
    """One answer, or many alike. Where they are not, `answer` is None and `facts` are what holds of all.

    `choice` names a choice or a status; `low` and `high` bound numbers, None for no bound, and
    `is_between` when the bounds themselves do not belong.
    """

    answer: Answer | None
    choice: str = ""
    low: float | None = None
    high: float | None = None
    is_between: bool = False
    facts: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether it is a number, or a run of them."""
        return self.low is not None or self.high is not None


def possible_answers(instrument: Instrument, question: Question) -> tuple[Possible, ...]:
    """Return all that can be answered; what is left blank is last."""
    if question.kind == "note" or question.read_only is not None:
        return (Possible(None),)
    if question.kind == "calculate":
        return _worked_out(question)
    found = [*_answers(instrument, question)]
    found += [Possible(Answer("", status), choice=status) for status in question.nonresponse]
    if not question.is_always_required:
        found.append(Possible(BLANK))
    return tuple(found)


def _answers(instrument: Instrument, question: Question) -> Iterator[Possible]:
    if question.choices is not None and KINDS[question.kind].storage == "one":
        for choice in question.choices.choices:
            yield Possible(Answer(choice.name), choice=choice.name)
    elif question.choices is not None:
        yield _some_answer(question)
        for choice in question.choices.choices:
            if choice.exclusive:
                yield Possible(Answer(choice.name), choice=choice.name)
    elif KINDS[question.kind].storage in {"integer", "decimal"}:
        yield from _numbers(question, _compared(instrument).get(question.name))
    else:
        yield _some_answer(question)


def _some_answer(question: Question) -> Possible:
    """Return an answer of which all that is known is that there is one, and none that stands alone."""
    alone = (
        [choice.name for choice in question.choices.choices if choice.exclusive]
        if question.choices
        else []
    )
    name = f"${{{question.name}}}"
    facts = [f"{name} != ''", f"nonresponse({name}) = ''", f"not({name} = '')"]
    facts.append(f"not(nonresponse({name}) != '')")
    facts += [f"not(nonresponse({name}) = '{status}')" for status in NONRESPONSE]
    facts += [f"not(selected({name}, '{choice}'))" for choice in alone]
    if KINDS[question.kind].storage == "several":
        facts += [f"count-selected({name}) > 0", f"count-selected({name}) >= 1"]
    return Possible(None, facts=tuple(facts))


def _worked_out(question: Question) -> tuple[Possible, ...]:
    """Return the values a calculation can have, where it writes them out."""
    values = outcomes(question)
    if values is None:
        return (Possible(None),)
    return tuple(Possible(Answer(value), choice=value) for value in values)


def outcomes(question: Question) -> tuple[str, ...] | None:
    """Return the values that the if() of a calculation end in; None where one is computed."""
    tree = question.calculation.tree if question.calculation is not None else None
    found: dict[str, None] = {}
    for _conditions, leaf in branches(tree) if tree is not None else ():
        value = literal_text(leaf)
        if value is None:
            return None
        found[value] = None
    return tuple(found) or None


def branches(tree: Tree) -> Iterator[tuple[tuple[Tree, ...], Tree]]:
    """Yield (conditions, value) for each way through the if() of a calculation; the first that fits.

    A condition is true where it holds, else false.
    """
    if joint(tree) or (isinstance(tree, Operation) and tree.rest[0][0] in COMPARISONS):
        yield (tree,), String("true", tree.offset)
        yield (), String("false", tree.offset)
        return
    if not (isinstance(tree, Call) and tree.function == "if" and len(tree.arguments) == 3):
        yield (), tree
        return
    condition, then, otherwise = tree.arguments
    for inner, leaf in branches(then):
        yield (condition, *inner), leaf
    yield from branches(otherwise)


def literal_text(tree: Tree) -> str | None:
    """Return the text of a literal, None for anything else."""
    if isinstance(tree, String):
        return tree.text
    return plain_number(tree.value) if isinstance(tree, Number) else None


@lru_cache(maxsize=4)
def _compared(instrument: Instrument) -> Mapping[str, tuple[float, ...] | None]:
    """Return for each name the numbers it is set against; None where it is read in another way."""
    found: dict[str, set[float]] = {}
    otherwise: set[str] = set()
    for item, _around in instrument.items():
        for column, expression in expressions_of(item):
            if column not in {"relevant", "repeat_count"}:
                continue
            if column == "repeat_count" and isinstance(expression.tree, Name):
                found.setdefault(expression.tree.name, set()).add(0.0)  # asked no time, or some
                continue
            read = [node.name for node in walk(expression.tree) if isinstance(node, Name)]
            for name, literal in _plainly(expression.tree):
                read.remove(name)
                if literal is not None:
                    found.setdefault(name, set()).add(literal)
            otherwise.update(read)
    return {
        name: None if name in otherwise else tuple(sorted(found.get(name, ())))
        for name in {*found, *otherwise}
    }


def _plainly(tree: Tree) -> Iterator[tuple[str, float | None]]:
    """Yield (name, number or None for blank and statuses) wherever a name is set against one."""
    for node in walk(tree):
        if isinstance(node, Call) and node.function == "nonresponse":
            yield from ((one.name, None) for one in node.arguments if isinstance(one, Name))
        compared = None if isinstance(node, Where) else literal_comparison(node)
        if compared is not None and compared[0] != "." and compared[1] != "selected":
            name, _operator, literal = compared
            if isinstance(literal, float):
                yield name, literal
            elif literal == "":
                yield name, None


def _numbers(question: Question, literals: tuple[float, ...] | None) -> Iterator[Possible]:
    """Yield the numbers named and the runs between them, as far as the constraint allows."""
    if not literals:
        yield _some_answer(question)
        return
    runs: list[tuple[Possible, str]] = []
    bounds: Sequence[float | None] = (None, *literals, None)
    for low, high in pairwise(bounds):
        inside = _inside(low, high, KINDS[question.kind].storage == "integer")
        if inside is not None:
            answer = Answer(plain_number(inside))
            runs.append((Possible(answer, low=low, high=high, is_between=True), answer.value))
        if high is not None:
            answer = Answer(plain_number(high))
            runs.append((Possible(answer, low=high, high=high), answer.value))
    yield from (run for run, value in runs if _is_allowed(question, value))


def _inside(low: float | None, high: float | None, whole: bool) -> float | None:
    """Return a number between two, None where there is no whole one."""
    if low is None or high is None:
        return (high or 0.0) - 1 if low is None else low + 1
    if whole:
        return low // 1 + 1 if low // 1 + 1 < high else None
    return (low + high) / 2


def _is_allowed(question: Question, value: str) -> bool:
    """Whether the constraint allows a number; one that reads more than the answer is not asked."""
    constraint = question.constraint
    if constraint is None or constraint.names or reads_more(constraint.tree):
        return True
    where = context({question.name: Answer(value)})
    return constraint.truth(where.at(next(iter(where.values))))
