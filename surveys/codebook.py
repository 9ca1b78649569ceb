"""The codebook: what each variable of a dataset is, from the instrument alone.

A variable is an item of the questionnaire as it is *kept*: a birth date kept as a year is a variable
of years. Everything that makes, checks or describes a dataset asks this file what the columns are
called and what may stand in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from surveys.instrument import Instrument, Keep, Question
from surveys.kinds import KINDS, Storage, is_asked
from surveys.kinds.number import limits
from surveys.language import _
from surveys.plan import repeats_around

BELOW = "-"  # what a record holds for a number below the first band

# Why a question has no value; the interview sets the last three.
STATUSES = ("refused", "dont_know", "not_applicable", "no_answer", "broke_off", "not_asked")

_INTEGER = re.compile(r"-?[0-9]{1,16}")
_DECIMAL = re.compile(r"-?[0-9]{1,320}(\.[0-9]{1,330})?")
_DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = re.compile(r"([01][0-9]|2[0-3])(:[0-5][0-9]){2}")
_MOMENT = re.compile(rf"{_DAY}T{_TIME.pattern}")
_DATES = {
    "": re.compile(_DAY),
    "week": re.compile(r"[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])"),
    "month": re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])"),
    "quarter": re.compile(r"[0-9]{4}-Q[1-4]"),
    "year": re.compile(r"[0-9]{4}"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """One value a variable can have, and what it means."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable. `storage` is of what is kept; `values` are all it can be, () where they are many.

    `repeats` are the repeats it stands in, outermost first. `indicators` pairs each value of a
    select_multiple with the column that says 0 or 1; `status_column` holds why there is no value, ''
    for what nobody is asked.
    """

    question: Question
    repeats: tuple[str, ...]
    storage: Storage
    values: tuple[str, ...]
    indicators: tuple[tuple[str, str], ...]
    status_column: str

    @property
    def name(self) -> str:
        """The name of the item and of its column."""
        return self.question.name

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns it can have: its own, its indicators', its statuses'."""
        indicators = (column for _value, column in self.indicators)
        return (self.name, *indicators, *([self.status_column] if self.status_column else ()))

    @property
    def is_kept(self) -> bool:
        """Whether the study lead can read it: neither thrown away nor sealed for the custodian."""
        return self.question.keep.rule not in {"never", "link"}

    @property
    def is_free_text(self) -> bool:
        """Whether it holds a person's own words."""
        return self.question.kind == "text" and self.question.keep.rule in {"scrub", "as_given"}

    @property
    def is_computed(self) -> bool:
        """Whether the interview fills it in."""
        return not is_asked(self.question)

    @property
    def statuses(self) -> tuple[str, ...]:
        """Why it may have no value, in the order of STATUSES."""
        if self.is_computed:
            return ()
        possible = {*self.question.nonresponse, "broke_off", "not_asked"}
        if not self.question.is_always_required:
            possible.add("no_answer")
        return tuple(status for status in STATUSES if status in possible)


def variables(instrument: Instrument) -> tuple[Variable, ...]:
    """Return the variables in the order of the questionnaire, notes left out."""
    taken = {item.name.lower() for item, _around in instrument.items()}
    found = []
    for item, around in instrument.items():
        if isinstance(item, Question) and KINDS[item.kind].storage != "none":
            found.append(_variable(item, repeats_around(item, around), taken))
    return tuple(found)


def _variable(question: Question, repeats: tuple[str, ...], taken: set[str]) -> Variable:
    values = _values(question)
    several = values if KINDS[question.kind].storage == "several" else ()
    return Variable(
        question=question,
        repeats=repeats,
        storage=_storage(question),
        values=values,
        indicators=tuple((name, free_name(f"{question.name}__{name}", taken)) for name in several),
        status_column=free_name(f"{question.name}__status", taken) if is_asked(question) else "",
    )


def free_name(wanted: str, taken: set[str]) -> str:
    """Return a name no other column has, whatever the case of letters, and take it.

    Underscores are added until it is free: a question may be called as a column we would make.
    """
    while wanted.lower() in taken:
        wanted += "_"
    taken.add(wanted.lower())
    return wanted


def _storage(question: Question) -> Storage:
    rule, storage = question.keep.rule, KINDS[question.kind].storage
    if rule in {"bands", "prefix", "scrub"}:
        return "text"
    if rule in {"round", "top", "bottom"}:
        return "integer" if storage == "integer" and "." not in question.keep.number else "decimal"
    if storage == "dateTime" and rule == "date":
        return "date"
    if question.kind == "range" and all(bound % 1 == 0 for bound in limits(question)):
        return "integer"
    if storage == "integer" and question.read_only is not None:
        return "decimal"  # what a calculation shows need not be whole
    return storage


def _values(question: Question) -> tuple[str, ...]:
    if question.keep.rule == "bands":
        return (BELOW, *question.keep.bands)
    names = [choice.name for choice in question.choices.choices] if question.choices else []
    return tuple(dict.fromkeys(question.keep.codes.get(name, name) for name in names))


def admits(variable: Variable, value: str) -> bool:
    """Whether a kept value is one the questionnaire can have given; '' is, as no value."""
    if not value:
        return True
    if variable.storage == "several":
        return set(value.split(" ")) <= set(variable.values)
    if variable.values:
        return value in variable.values
    if variable.storage == "date":
        return bool(_DATES[variable.question.keep.unit].fullmatch(value))
    if variable.storage == "decimal":
        return bool(_DECIMAL.fullmatch(value)) and isfinite(float(value))
    patterns = {"integer": _INTEGER, "time": _TIME, "dateTime": _MOMENT}
    pattern = patterns.get(variable.storage)
    return pattern is None or bool(pattern.fullmatch(value))


# --- in words ---------------------------------------------------------------------------------


def labelled(variable: Variable, instrument: Instrument, language: str) -> tuple[Value, ...]:
    """Return the values with their labels, bands in words; () where they are many."""
    question = variable.question
    if question.keep.rule == "bands":
        return tuple(_bands(question.keep.bands))
    labels: dict[str, list[str]] = {}
    for choice in question.choices.choices if question.choices else ():
        kept = question.keep.codes.get(choice.name, choice.name)
        labels.setdefault(kept, []).append(instrument.text(choice.label, language))
    return tuple(Value(name, " / ".join(texts)) for name, texts in labels.items())


def _bands(bounds: tuple[str, ...]) -> Iterator[Value]:
    yield Value(BELOW, _("under {bound}").format(bound=bounds[0]))
    for low, high in pairwise(bounds):
        yield Value(low, _("{low} to under {high}").format(low=low, high=high))
    yield Value(bounds[-1], _("{bound} or more").format(bound=bounds[-1]))


def kept_form(keep: Keep) -> str:
    """Return in words what was kept of the answer; '' where it is the answer itself."""
    number = keep.number
    forms = {
        "as_given": "",
        "never": _("nothing is kept"),
        "link": _("sealed for the custodian, not for the study"),
        "scrub": _(
            "own words; names, numbers, dates and addresses found in them are replaced by marks"
        ),
        "bands": _("kept as a band, named by its lower bound"),
        "prefix": _("only the first {n} characters").format(n=number),
        "round": _("rounded to the nearest {n}, half upwards").format(n=number),
        "top": _("{n} means {n} or more").format(n=number),
        "bottom": _("{n} means {n} or less").format(n=number),
        "date": _date_form(keep.unit),
        "codes": _("answers grouped"),
    }
    return forms[keep.rule]


def _date_form(unit: str) -> str:
    forms = {
        "": "",
        "week": _("the ISO week, as 2022-W15"),
        "month": _("the month, as 2022-04"),
        "quarter": _("the quarter, as 2022-Q2"),
        "year": _("the year"),
    }
    return forms[unit]


def status_meaning(status: str) -> str:
    """Return in words why there is no value."""
    meanings = {
        "refused": _("the person refused to answer"),
        "dont_know": _("the person did not know"),
        "not_applicable": _("does not apply to the person"),
        "no_answer": _("an optional question left blank"),
        "broke_off": _("the interview ended before the question"),
        "not_asked": _("the questionnaire did not lead to the question"),
    }
    return meanings[status]
