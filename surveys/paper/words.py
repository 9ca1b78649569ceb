"""A condition in words: `${days} > 0 and selected(${modes}, 'injected')` is “D2 is more than 0 and
D9 includes “Injected””.

What has no words here (regex(), predicates, arithmetic…) stands as it is written, with the numbers of
questions in place of their names: the paper never says less, or other, than the expression.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from surveys.expressions import Expression
from surveys.expressions.tree import (
    COMPARISONS,
    MIRRORED,
    Call,
    Child,
    Minus,
    Name,
    Number,
    Operation,
    Self,
    String,
    Tree,
)
from surveys.instrument import Group, Instrument, Item, Question
from surveys.kinds import KINDS
from surveys.paper.numbering import numbers
from surveys.paper.parts import OTHER, joint, literal_comparison, operands
from surveys.paper.wording import Wording, wording
from surveys.paper.written import plain_number, written

_TITLE = 60  # characters of a label that stands for an item without a number

Pair = tuple[str, str]  # how a thing is said, and how its denial is


def said(
    expression: Expression, instrument: Instrument, language: str, about: Question | None = None
) -> str:
    """Return a condition or a value in words, without the “if” before it.

    `about` is the question whose constraint it is: what `.` means there.
    """
    speech = speaker(instrument, language)
    return (speech if about is None else replace(speech, about=about)).condition(expression.tree)


@lru_cache(maxsize=8)
def speaker(instrument: Instrument, language: str) -> Speaker:
    """Return what puts trees into words for one questionnaire, in a language."""
    items = {item.name: item for item, _around in instrument.items()}
    return Speaker(instrument, language, wording(instrument, language), items, numbers(instrument))


@dataclass(frozen=True, eq=False)
class Speaker:
    """Puts the trees of one questionnaire's expressions into words."""

    instrument: Instrument
    language: str
    words: Wording
    items: Mapping[str, Item]
    numbers: Mapping[str, str]
    about: Question | None = None

    def condition(self, tree: Tree) -> str:
        """Return a condition in words; a tree that is a mere value gives the value in words."""
        return self._phrase(tree, True)[0]

    def all_of(self, trees: Sequence[Tree]) -> str:
        """Return conditions that must all hold, in words."""
        return self._joined(trees, "and", True)[0]

    # --- and, or, not: returns (words, what joins them) -----------------------------------------

    def _phrase(self, tree: Tree, holds: bool) -> tuple[str, str]:
        if isinstance(tree, Call) and tree.function == "not" and len(tree.arguments) == 1:
            return self._phrase(tree.arguments[0], not holds)
        if isinstance(tree, Call) and tree.function in {"true", "false"} and not tree.arguments:
            return self.words.always[(tree.function == "true") != holds], ""
        joined = joint(tree)
        if joined:
            return self._joined(operands(tree), joined if holds else OTHER[joined], holds)
        pair = self._comparison(tree)
        if pair is not None:
            return pair[not holds], ""
        value = self.value(tree)
        return (value if holds else f"not({value})"), ""

    def _joined(self, parts: Sequence[Tree], joined: str, holds: bool) -> tuple[str, str]:
        said_parts: list[tuple[str, str]] = []
        left = list(parts)
        while left:
            taken = (
                self._same_answer(left, joined, holds)
                or self._interval(left, joined, holds)
                or self._same_judgement(left, joined, holds)
            )
            if taken is None:
                said_parts.append(self._phrase(left.pop(0), holds))
            else:
                text, count = taken
                del left[:count]
                said_parts.append((text, ""))
        if len(said_parts) == 1:
            return said_parts[0]
        joiner = self.words.both if joined == "and" else self.words.either
        return joiner.join(
            f"({text})" if inside not in {"", joined} else text for text, inside in said_parts
        ), joined

    def _same_answer(
        self, parts: Sequence[Tree], joined: str, holds: bool
    ) -> tuple[str, int] | None:
        """Say `${x} = 'a' or ${x} = 'b'` as one: x is a or b."""
        found = [self._one_answer(part) for part in parts]
        first = found[0]
        if first is None or joined != ("or" if first[2] == holds else "and"):
            return None
        run = [first]
        for other in found[1:]:
            if other is None or (other[0], other[2]) != (first[0], first[2]):
                break
            run.append(other)
        if len(run) < 2:
            return None
        denied = first[2] != holds
        answers = listed(
            [answer for _name, answer, _is in run],
            self.words.neither if denied else self.words.either,
        )
        several = self._holds_several(first[0])
        pair = self.words.includes_any if several else self.words.is_any
        return pair[denied].format(x=self.named(first[0]), v=answers), len(run)

    def _one_answer(self, tree: Tree) -> tuple[str, str, bool] | None:
        """Return (name, the answer in words, whether it must be that one) of a choice compared."""
        if isinstance(tree, Call) and tree.function == "not" and len(tree.arguments) == 1:
            found = self._one_answer(tree.arguments[0])
            return None if found is None else (found[0], found[1], not found[2])
        compared = literal_comparison(tree)
        if compared is None:
            return None
        name, operator, literal = compared
        item = self._item(name)
        if literal == "" or not isinstance(item, Question) or item.choices is None:
            return None
        if operator not in {"=", "!=", "selected"}:
            return None
        if operator != "selected" and KINDS[item.kind].storage == "several":
            return None
        return name, self.literal(item, literal), operator != "!="

    def _interval(self, parts: Sequence[Tree], joined: str, holds: bool) -> tuple[str, int] | None:
        """Say `. >= 0 and . <= 30` as one."""
        if joined != "and" or not holds or len(parts) < 2:
            return None
        low, high = literal_comparison(parts[0]), literal_comparison(parts[1])
        if low is None or high is None or low[0] != high[0]:
            return None
        if (low[1], high[1]) == ("<=", ">="):
            low, high = high, low
        if (low[1], high[1]) != (">=", "<="):
            return None
        item = self._item(low[0])
        return self.words.between.format(
            x=self.named(low[0]), low=self.literal(item, low[2]), high=self.literal(item, high[2])
        ), 2

    def _same_judgement(
        self, parts: Sequence[Tree], joined: str, holds: bool
    ) -> tuple[str, int] | None:
        """Say `${x} > 0 or ${y} > 0` as one: x or y is more than 0."""
        if joined != "or" or not holds:
            return None
        run: list[tuple[str, Pair]] = []
        for part in parts:
            literal = literal_comparison(part)
            pair = None if literal is None else self._of_item(*literal, x="{x}")
            if literal is None or pair is None or (run and pair != run[0][1]):
                break
            run.append((self.named(literal[0]), pair))
        if len(run) < 2:
            return None
        names = listed([name for name, _pair in run], self.words.either)
        return run[0][1][0].replace("{x}", names), len(run)

    def of_choices(self, tree: Tree, question: Question) -> str:
        """Return the choice filter of a question in words: `name` is the answer it is asked about."""
        return replace(self, about=question).condition(_about_answer(tree))

    # --- one comparison: how it is said, and how its denial is ----------------------------------

    def _comparison(self, tree: Tree) -> Pair | None:
        status = self._status(tree)
        if status is not None:
            return status
        literal = literal_comparison(tree)
        if literal is not None:
            return self._of_item(*literal)
        if isinstance(tree, Call):
            return self._selected(tree)
        if not (isinstance(tree, Operation) and len(tree.rest) == 1):
            return None
        operator, right = tree.rest[0]
        if operator not in COMPARISONS:
            return None
        first = tree.first
        if isinstance(first, Number | String) and not isinstance(right, Number | String):
            first, operator, right = right, MIRRORED[operator], first
        counted = _argument(first, "count-selected")
        if counted is not None and _is_some(operator, right):
            return _both(self.words.has_answers, x=self.value(counted))
        return self._set_against(operator, self.value(first), self.value(right))

    def _of_item(self, name: str, operator: str, literal: str | float, x: str = "") -> Pair:
        item = self._item(name)
        x = x or self.named(name)
        if literal == "" and operator in {"=", "!="}:
            return _turned(_both(self.words.answered, x=x), operator == "=")
        if operator == "selected":
            pair = self.words.includes if self._holds_several(name) else self.words.is_choice
            return _both(pair, x=x, v=self.literal(item, literal))
        storage = KINDS[item.kind].storage if isinstance(item, Question) else "none"
        if storage in {"date", "dateTime", "time"} and operator in _DATED:
            found: Pair = getattr(self.words, _DATED[operator])
            return _both(found, x=x, v=self.literal(item, literal))
        if isinstance(item, Question) and item.choices is not None and operator in {"=", "!="}:
            equal = _both(self.words.is_choice, x=x, v=self.literal(item, literal))
            return _turned(equal, operator == "!=")
        return self._set_against(operator, x, self.literal(item, literal))

    def _set_against(self, operator: str, x: str, v: str) -> Pair:
        if operator == "!=":
            return _turned(_both(self.words.is_number, x=x, v=v), True)
        pair: Pair = getattr(self.words, _COMPARED[operator])
        return _both(pair, x=x, v=v)

    def _status(self, tree: Tree) -> Pair | None:
        """Say `nonresponse(${x}) = 'refused'` as the box beside x."""
        if not (isinstance(tree, Operation) and len(tree.rest) == 1):
            return None
        operator, right = tree.rest[0]
        about = _argument(tree.first, "nonresponse")
        if not (isinstance(about, Name) and isinstance(right, String)):
            return None
        x = self.named(about.name)
        if operator not in {"=", "!="}:
            return None
        if right.text == "":
            return _turned(_both(self.words.has_nonresponse, x=x), operator == "=")
        for status, box in self.words.statuses.items():
            if status == right.text:
                equal = _both(self.words.is_choice, x=x, v=self.words.quoted.format(v=box))
                return _turned(equal, operator == "!=")
        return None

    def _selected(self, call: Call) -> Pair | None:
        """Say `selected('a b', ${x})`: the answer is one of several written out."""
        if call.function != "selected" or len(call.arguments) != 2:
            return None
        several, one = call.arguments
        if isinstance(several, Name) and isinstance(one, Self):
            x = self.named(several.name)
            return _both(self.words.includes, x=x, v=self.words.this_answer)
        if not (isinstance(several, String) and isinstance(one, Name) and several.text.split()):
            return None
        item = self._item(one.name)
        if self._holds_several(one.name):
            return None
        answers = [self.literal(item, name) for name in several.text.split()]
        if len(answers) == 1:
            return _both(self.words.is_choice, x=self.named(one.name), v=answers[0])
        yes, no = self.words.is_any
        x = self.named(one.name)
        return (
            yes.format(x=x, v=listed(answers, self.words.either)),
            no.format(x=x, v=listed(answers, self.words.neither)),
        )

    # --- values ---------------------------------------------------------------------------------

    def value(self, tree: Tree) -> str:
        """Return a value in words, or as it is written."""
        match tree:
            case Name():
                return self.named(tree.name)
            case Self():
                return self.words.this_answer
            case Number():
                return self.number(tree.value)
            case Minus() if isinstance(tree.operand, Number):
                return self.number(-tree.operand.value)
            case String(text=""):
                return self.words.no_value
            case String():
                return self.words.quoted.format(v=tree.text)
            case Call(function="true" | "false" as truth, arguments=()):
                return self.words.truth[truth == "false"]
            case Call(function="if", arguments=(condition, then, otherwise)):
                return self._depending(condition, then, otherwise)
            case Call(function="today", arguments=()):
                return self.words.today
            case Call(function="count-selected", arguments=(Self(),)):
                return self.words.own_answers
            case Call(function="count-selected", arguments=(one,)):
                return self.words.answers_to.format(x=self.value(one))
            case Call(function=function, arguments=(Name() as one,)) if function in _AGGREGATES:
                form: str = getattr(self.words, _AGGREGATES[function])
                return form.format(x=self.named(one.name))
            case _:
                return written(tree, self.named)

    def _depending(self, condition: Tree, then: Tree, otherwise: Tree) -> str:
        a, b = (
            f"({self.value(one)})"
            if isinstance(one, Call) and one.function == "if"
            else self.value(one)
            for one in (then, otherwise)
        )
        return self.words.depending.format(a=a, b=b, condition=self.condition(condition))

    def named(self, name: str) -> str:
        """Return how an item is called: its number, else its title, else its name."""
        if name == ".":
            return self.words.this_answer
        number = self.numbers.get(name, "")
        item = self._item(name)
        if number and not isinstance(item, Group):
            return self.words.question.format(n=number) if number.isdigit() else number
        title = self.instrument.text(item.label, self.language) if item is not None else ""
        title = " ".join(title.split())
        if len(title) > _TITLE:
            title = title[: _TITLE - 1].rsplit(" ", 1)[0] + "…"
        return self.words.quoted.format(v=title) if title else name

    def _item(self, name: str) -> Item | None:
        return self.about if name == "." else self.items.get(name)

    def number(self, value: float) -> str:
        """Return a number as the language writes it."""
        return plain_number(value).replace(".", self.words.decimal_mark)

    def literal(self, item: Item | None, literal: str | float) -> str:
        """Return what an item is set against: the label of a choice, a date day first, a number."""
        text = plain_number(literal) if isinstance(literal, float) else literal
        if isinstance(item, Question):
            choice = item.choices.named(text) if item.choices is not None else None
            if choice is not None:
                label = " ".join(self.instrument.text(choice.label, self.language).split())
                return self.words.quoted.format(v=label or choice.name)
            kind = KINDS[item.kind]
            if kind.storage in {"date", "time", "dateTime"} and isinstance(literal, str):
                return kind.show(item, literal, (), lambda choice: choice.name)
            if kind.storage in {"integer", "decimal"} or item.kind == "calculate":
                return text.replace(".", self.words.decimal_mark) if _is_number(text) else text
        return self.number(literal) if isinstance(literal, float) else self._quoted(text)

    def _quoted(self, text: str) -> str:
        return self.words.quoted.format(v=text)

    def _holds_several(self, name: str) -> bool:
        item = self._item(name)
        return isinstance(item, Question) and KINDS[item.kind].storage == "several"


def _about_answer(tree: Tree) -> Tree:
    """Return a choice filter with `.` in place of the name of the choice."""
    match tree:
        case Child(name="name"):
            return Self(tree.offset)
        case Call():
            return replace(tree, arguments=tuple(_about_answer(one) for one in tree.arguments))
        case Operation():
            rest = tuple((operator, _about_answer(right)) for operator, right in tree.rest)
            return replace(tree, first=_about_answer(tree.first), rest=rest)
        case _:
            return tree


_COMPARED = {"=": "is_number", ">": "more", ">=": "at_least", "<": "less", "<=": "at_most"}
_DATED = {">": "after", ">=": "from_date", "<": "before", "<=": "until_date"}
_AGGREGATES = {"sum": "sum_of", "count": "number_of", "min": "least_of", "max": "most_of"}


def _argument(tree: Tree, function: str) -> Tree | None:
    if isinstance(tree, Call) and tree.function == function and len(tree.arguments) == 1:
        return tree.arguments[0]
    return None


def _is_some(operator: str, right: Tree) -> bool:
    """Whether a count set so against a number says there is at least one."""
    if not isinstance(right, Number):
        return False
    return (operator, right.value) in {(">", 0.0), (">=", 1.0), ("!=", 0.0)}


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).removeprefix("-").isdigit()


def _both(pair: Pair, **parts: str) -> Pair:
    return pair[0].format(**parts), pair[1].format(**parts)


def _turned(pair: Pair, turned: bool) -> Pair:
    return (pair[1], pair[0]) if turned else pair


def listed(answers: Sequence[str], joiner: str) -> str:
    """Return a, b or c, each once; `joiner` stands before the last."""
    unique = list(dict.fromkeys(answers))
    if len(unique) == 1:
        return unique[0]
    return ", ".join(unique[:-1]) + joiner + unique[-1]
