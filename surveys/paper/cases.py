"""What is certain at a point of the questionnaire, so that a skip may be printed.

A case holds answers that are known (blank where a question was not asked) and conditions that are
known to hold. What is known is a list of cases, one of which is true. A condition is certain where it
comes out the same in every case, its parts being computed by the engine of the interview itself, so
that the paper cannot follow other rules; what is not known makes it uncertain, never wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from surveys.expressions import Context, Expression, Node, compile
from surveys.expressions.tree import Call, Child, Operation, Parent, Tree, walk
from surveys.paper.parts import joint, literal_comparison, operands
from surveys.paper.written import written

MOST_CASES = 12  # beyond it, less is known

_WHENEVER = datetime(2000, 1, 1)  # what reads the clock is never evaluated
_UNCERTAIN = frozenset(
    {"today", "now", "random", "randomize", "uuid", "position", "once", "instance", "pulldata"}
    | {"indexed-repeat", "last", "count", "jr:choice-name", "jr:itext", "decimal-date-time"}
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one question: its value, or why it has none."""

    value: str = ""
    status: str = ""


BLANK = Answer()


@dataclass(frozen=True)
class Case:
    """Answers by name, and conditions that hold, as they are written."""

    answers: frozenset[tuple[str, Answer]] = frozenset()
    holding: frozenset[str] = frozenset()

    @cached_property
    def known(self) -> Mapping[str, Answer]:
        """The answers by name."""
        return dict(self.answers)

    def with_answer(self, name: str, answer: Answer) -> Case:
        """Return the case in which a question was answered so."""
        others = frozenset(pair for pair in self.answers if pair[0] != name)
        return Case(others | {(name, answer)}, self.holding)

    def with_facts(self, conditions: Iterable[str]) -> Case:
        """Return the case in which these conditions hold as well."""
        return Case(self.answers, self.holding.union(conditions))

    def about(self, names: frozenset[str]) -> Case:
        """Return what the case says of these names only."""
        return Case(
            frozenset(pair for pair in self.answers if pair[0] in names),
            frozenset(one for one in self.holding if reads(one) <= names),
        )


Cases = tuple[Case, ...]
ANYTHING: Cases = (Case(),)


def merged(cases: Iterable[Case]) -> Cases:
    """Return the cases each once; far too many become the one of what they have in common."""
    unique = tuple(dict.fromkeys(cases))
    return unique if len(unique) <= 8 * MOST_CASES else (common(unique),)


def common(cases: Cases) -> Case:
    """Return what all the cases have in common; there is at least one."""
    return Case(
        frozenset.intersection(*(case.answers for case in cases)),
        frozenset.intersection(*(case.holding for case in cases)),
    )


def fewer(cases: Cases, by_use: Sequence[str]) -> Cases:
    """Return few enough cases about names that are still of use, the next of use first.

    Where there are too many, what they do not agree on is forgotten, from the last name on.
    """
    found = _about_first(cases, by_use)
    if len(found) <= MOST_CASES:
        return found
    agreed = common(found)
    few, many = 0, len(by_use)  # how many names leave few cases, and too many
    while many - few > 1:
        middle = (few + many) // 2
        if len(_about_first(found, by_use[:middle])) <= MOST_CASES:
            few = middle
        else:
            many = middle
    kept = _about_first(found, by_use[:few])
    return merged(
        Case(case.answers | agreed.answers, case.holding | agreed.holding) for case in kept
    )


def _about_first(cases: Cases, names: Sequence[str]) -> Cases:
    wanted = frozenset(names)
    return merged(case.about(wanted) for case in cases)


def certain(condition: str, case: Case) -> bool | None:
    """Return whether a condition holds in a case; None where it cannot be told."""
    if condition in case.holding:
        return True
    form = _form(condition)
    if form.joint == "not":
        inner = certain(form.parts[0], case)
        return None if inner is None else not inner
    if denied(condition) in case.holding:
        return False
    if form.joint:
        parts = [certain(part, case) for part in form.parts]
        decisive = form.joint == "or"
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive
    expression, known = form.evaluable, case.known
    if expression is None or not expression.names <= known.keys():
        return None
    return expression.truth(context({name: known[name] for name in expression.names}))


def context(answers: Mapping[str, Answer]) -> Context:
    """Return what expressions read where these answers, outside of repeats, are all there is."""
    return Context(
        scopes=dict.fromkeys(answers, ()),
        values={Node(name, ()): answer.value for name, answer in answers.items()},
        statuses={Node(name, ()): answer.status for name, answer in answers.items()},
        now=_WHENEVER,
        random=float,
    )


@dataclass(frozen=True, slots=True)
class _Form:
    """A condition taken apart: not, and, or with its parts, else one to be evaluated.

    `evaluable` is None where it reads more than answers; `said` is (name, answer) where it says word
    for word what the answer is.
    """

    joint: str
    parts: tuple[str, ...]
    names: frozenset[str]
    evaluable: Expression | None
    said: tuple[str, Answer] | None


@lru_cache(maxsize=10_000)
def _form(condition: str) -> _Form:
    expression = compile(condition)
    tree = expression.tree
    joined, parts = joint(tree), operands(tree)
    if isinstance(tree, Call) and tree.function == "not" and len(tree.arguments) == 1:
        joined, parts = "not", tree.arguments
    return _Form(
        joined,
        tuple(written(part) for part in parts) if joined else (),
        expression.names,
        None if expression.uses_self or reads_more(tree) else expression,
        _answer_said(tree),
    )


def reads(condition: str) -> frozenset[str]:
    """Return the names a condition reads."""
    return _form(condition).names


def reads_more(tree: Tree) -> bool:
    """Whether an expression reads more than answers: the clock, chance, a table, a place."""
    return reads_world(tree) or any(isinstance(node, Parent | Child) for node in walk(tree))


def reads_world(tree: Tree) -> bool:
    """Whether an expression reads the clock, chance, a table or what is around an item."""
    return any(isinstance(node, Call) and node.function in _UNCERTAIN for node in walk(tree))


def assumed(condition: str, case: Case, holds: bool = True) -> Cases:
    """Return the cases left when a condition holds, or does not; none where that cannot be."""
    found = certain(condition, case)
    if found is not None:
        return (case,) if found == holds else ()
    form = _form(condition)
    if form.joint == "not":
        return assumed(form.parts[0], case, not holds)
    if form.joint and (form.joint == "and") == holds:
        cases: Cases = (case,)
        for part in form.parts:
            cases = merged(later for one in cases for later in assumed(part, one, holds))
        return cases
    if form.joint:
        return merged(one for part in form.parts for one in assumed(part, case, holds))
    case = case.with_facts([condition if holds else denied(condition)])
    return (case.with_answer(*form.said) if holds and form.said else case,)


def denied(condition: str) -> str:
    """Return the denial of a condition."""
    return f"not({condition})"


def _answer_said(tree: Tree) -> tuple[str, Answer] | None:
    compared = literal_comparison(tree)
    if compared is None or not isinstance(tree, Operation):
        return None
    name, operator, literal = compared
    if operator != "=" or name == "." or not isinstance(literal, str) or not literal:
        return None
    return (name, Answer(literal)) if literal.isidentifier() else None


def in_all(condition: str, cases: Cases) -> bool | None:
    """Return whether a condition holds in every case (True), in none (False), or may (None)."""
    found = {certain(condition, case) for case in cases}
    return found.pop() if len(found) == 1 else None
