"""The fields a questionnaire becomes in REDCap: what each is called, what it holds, on which form.

Whatever is asked once stands on one form, named after the questionnaire; a repeat is a form of its
own, and what follows it goes on on another, for REDCap keeps the fields of a form together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from surveys.expressions import Tree
from surveys.expressions.tree import COMPARISONS, Call, Minus, Name, Number, Operation, String
from surveys.formats.redcap_names import LONGEST_FORM, RESERVED, codes_for, name_for
from surveys.instrument import Instrument, Question
from surveys.kinds import KINDS
from surveys.kinds.number import is_number
from surveys.plan import in_order, reads_of, repeats_around

RECORD = "record_id"  # REDCap takes the first field of all for the key of a record

Holds = Literal["nothing", "text", "number", "one", "several"]

_HOLDS: Mapping[str, Holds] = {
    "none": "nothing",
    "integer": "number",
    "decimal": "number",
    "one": "one",
    "several": "several",
}
_TRUTHS = frozenset("not selected true false boolean regex contains starts-with ends-with".split())
_NUMBERS = frozenset(
    (
        "number int round floor ceiling abs pow sqrt log log10 exp sum min max count "
        "count-non-empty count-selected string-length position decimal-date-time random"
    ).split()
)


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One field. `codes` are those of its choices by name, `statuses` those of non-response by word.

    `scope` are the repeats it stands in, outermost first.
    """

    name: str
    form: str
    scope: tuple[str, ...]
    holds: Holds
    codes: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_several(self) -> bool:
        """Whether it is a set of boxes."""
        return self.holds == "several"

    @property
    def is_number(self) -> bool:
        """Whether its value can be reckoned with as it is stored."""
        if self.holds == "one":
            return all(name == code and is_number(name) for name, code in self.codes.items())
        return self.holds == "number"

    @property
    def has_numeric_status(self) -> bool:
        """Whether a non-response would be reckoned with as if it were an answer, as −99 would."""
        return any(is_number(code) for code in self.statuses.values())


def fields_of(instrument: Instrument) -> dict[str, Field]:
    """Return the field of each question, by the question's name, in the order of the questionnaire."""
    placed = list(_placed(instrument))
    forms = {form for _question, _scope, form in placed}
    taken = {RECORD, *RESERVED, *(f"{form}_complete" for form in forms)}
    names = {question.name: name_for(question.name, taken) for question, _scope, _form in placed}
    held = _held(instrument)
    return {
        question.name: Field(
            name=names[question.name],
            form=form,
            scope=scope,
            holds=held[question.name][0],
            codes=held[question.name][1],
            statuses=statuses_of(question),
        )
        for question, scope, form in placed
    }


def first_form(instrument: Instrument) -> str:
    """Return the form that what is asked once begins on."""
    return name_for(instrument.id, set(), LONGEST_FORM)


def _placed(instrument: Instrument) -> Iterator[tuple[Question, tuple[str, ...], str]]:
    """Yield each question with its repeats and its form."""
    here = first_form(instrument)
    taken = {here}
    forms: dict[str, str] = {}
    before: tuple[str, ...] = ()
    for item, around in instrument.items():
        if not isinstance(item, Question):
            continue
        scope = repeats_around(item, around)
        if scope:
            if scope[-1] not in forms:
                forms[scope[-1]] = name_for(scope[-1], taken, LONGEST_FORM)
            form = forms[scope[-1]]
        else:
            if before != ():
                here = name_for(instrument.id, taken, LONGEST_FORM)
            form = here
        before = scope
        yield item, scope, form


def _held(instrument: Instrument) -> dict[str, tuple[Holds, Mapping[str, str]]]:
    """Return what the field of each question holds, and the codes of its choices."""
    held: dict[str, tuple[Holds, Mapping[str, str]]] = {}
    questions = {question.name: question for question in instrument.questions()}
    for name in in_order(reads_of(instrument))[0]:
        question = questions.get(name)
        if question is None:
            continue
        if question.kind == "calculate" and question.calculation is not None:
            sort = _sort(question.calculation.tree, held)
            held[name] = ("one", _TRUTH_CODES) if sort == "truth" else (sort, {})
        elif question.kind == "acknowledge":
            held[name] = ("one", {"OK": "OK"})
        else:
            codes = codes_of(question)
            held[name] = (_HOLDS.get(KINDS[question.kind].storage, "text"), codes)
    return held


_NOTHING = String("", 0)  # a blank fits with whatever else a calculation gives
_TRUTH_CODES = {"true": "1", "false": "0"}


def _sort(
    tree: Tree, held: Mapping[str, tuple[Holds, Mapping[str, str]]]
) -> Literal["truth", "number", "text"]:
    """Return what a calculation gives."""
    match tree:
        case Number() | Minus():
            return "number"
        case Operation():
            operator = tree.rest[0][0]
            return "truth" if operator in COMPARISONS | {"and", "or"} else "number"
        case Name():
            return "number" if held.get(tree.name, ("text", {}))[0] == "number" else "text"
        case Call("if", (_, *arguments)) | Call("coalesce", arguments):
            sorts = {_sort(argument, held) for argument in arguments if argument != _NOTHING}
            return sorts.pop() if len(sorts) == 1 else "text"
        case Call():
            if tree.function in _TRUTHS:
                return "truth"
            return "number" if tree.function in _NUMBERS else "text"
        case _:
            return "text"


def codes_of(question: Question) -> dict[str, str]:
    """Return REDCap's code for each choice that is an answer, by name."""
    rows = question.choices.rows if question.choices else ()
    codes = codes_for(choice.name for choice in rows)
    return {choice.name: codes[choice.name] for choice in rows if not choice.nonresponse}


def statuses_of(question: Question) -> dict[str, str]:
    """Return the code of each non-response: that of a choice, else a missing data code."""
    statuses: dict[str, str] = {word: word for word in question.nonresponse}
    rows = question.choices.rows if question.choices else ()
    codes = codes_for(choice.name for choice in rows)
    for choice in rows:
        if choice.nonresponse:
            statuses[choice.nonresponse] = codes[choice.name]
    return statuses
