"""Variables and groups of variables, as DDI-Codebook 2.5 describes them.

A variable is an item as it is *kept*: a birth date kept as a year is a variable of years, and
`codInstr` says so. Texts of the questionnaire are in all its languages; sentences of our own are in
the language of the interface, and say which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveys.codebook import Value, Variable, kept_form, labelled, status_meaning
from surveys.expressions import Expression
from surveys.formats.limits import TODAY, Bound, limits_of
from surveys.formats.markup import Element, element, texts
from surveys.instrument import ALWAYS, Choice, Group, Instrument, Item, Question, Text
from surveys.kinds import KINDS, NUMBERS, Storage
from surveys.language import _

_DOMAINS: Mapping[Storage, str] = {
    "text": "text",
    "integer": "numeric",
    "decimal": "numeric",
    "date": "datetime",
    "time": "datetime",
    "dateTime": "datetime",
    "one": "category",
    "several": "multiple",
}
_MOMENTS: Mapping[Storage, str] = {"date": "date", "time": "time", "dateTime": "date"}

# Columns that have an element of their own; every other one is a note that bears its name.
_PLACED = frozenset(
    (
        "type name label hint guidance_hint relevant calculation choices keep nonresponse "
        "identifying questions"
    ).split()
)
_HEADER = ""  # gettext keeps what a catalogue says of itself under the empty message


def spoken() -> str:
    """Return the code of the language of the interface."""
    found = re.search(r"^Language: (\w+)", _(_HEADER), re.MULTILINE)
    return found[1] if found else "en"


def said(tag: str, sentence: str, **attributes: str) -> Element | None:
    """Return an element with a sentence of our own; None where there is none."""
    if not sentence:
        return None
    return element(tag, text=sentence, lang=spoken(), **attributes)


@dataclass(frozen=True, slots=True)
class Described:
    """A variable, the groups around it, outermost first, and the notes read just before it."""

    variable: Variable
    around: tuple[Group, ...]
    before: tuple[Question, ...]


def variable_id(name: str) -> str:
    """Return the id of the variable of an item; an item's name begins with a letter, ids with V_."""
    return f"V_{name}"


def group_id(name: str) -> str:
    """Return the id of the group of variables of a group, a repeat or a select_multiple."""
    return f"G_{name}"


def indicator_ids(variable: Variable) -> list[str]:
    """Return the ids of the columns that say 0 or 1 for each choice."""
    return [f"I{n}_{variable.name}" for n, _pair in enumerate(variable.indicators, start=1)]


def variable_elements(described: Described, instrument: Instrument) -> Iterator[Element]:
    """Yield the element of a variable, then one for each column that says 0 or 1."""
    variable, question = described.variable, described.variable.question
    yield element(
        "var",
        *texts("labl", question.label),
        _security(question),
        *_questions(described),
        _range(variable),
        _universe((*described.around, question)),
        *_categories(variable, instrument),
        *_instructions(variable),
        _derivation(question),
        _format(variable),
        *notes(question),
        ID=variable_id(variable.name),
        name=variable.name,
        intrvl="contin" if variable.storage in NUMBERS and not variable.values else "discrete",
        dcml="0" if variable.storage == "integer" else "",
    )
    yield from _indicators(described, instrument)


def group_element(
    group: Group, around: Sequence[Group], variables: Sequence[str], groups: Sequence[str]
) -> Element:
    """Return the element of a group; `variables` and `groups` are the ids of what it holds."""
    return element(
        "varGrp",
        *texts("labl", group.label),
        *texts("txt", group.hint),
        _universe((*around, group)),
        *notes(group),
        ID=group_id(group.name),
        name=group.name,
        type="repetition" if group.kind == "repeat" else "section",
        var=" ".join(variables),
        varGrp=" ".join(groups),
    )


def several_element(variable: Variable) -> Element:
    """Return the group that holds a select_multiple together with its columns of 0 and 1."""
    return element(
        "varGrp",
        *texts("labl", variable.question.label),
        ID=group_id(variable.name),
        name=variable.name,
        type="multipleResp",
        var=" ".join([variable_id(variable.name), *indicator_ids(variable)]),
    )


def _security(question: Question) -> Element | None:
    sentences = {
        "direct": _("names or reaches a person"),
        "quasi": _("can help to recognise a person"),
        "": "",
    }
    return said("security", sentences[question.identifying])


def _questions(described: Described) -> Iterator[Element]:
    """Yield the question in each language: what is read before it, itself, and its instructions."""
    question = described.variable.question
    if not KINDS[question.kind].is_shown:
        return
    for language, written in question.label.by_language.items():
        before = (note.label.by_language.get(language, "") for note in described.before)
        instructions = (question.hint, question.guidance_hint)
        yield element(
            "qstn",
            *(element("preQTxt", text=one) for one in before if one),
            element("qstnLit", text=written),
            *(
                element("ivuInstr", text=text.by_language[language])
                for text in instructions
                if text.by_language.get(language)
            ),
            lang=language,
            responseDomainType=_DOMAINS[KINDS[question.kind].storage],
        )


def _range(variable: Variable) -> Element | None:
    """Return the least and the most that may be answered, where the answer itself is kept."""
    if variable.storage not in NUMBERS or variable.question.keep.is_reduction:
        return None
    limits = limits_of(variable.question)
    edges = {**_edge("min", limits.low), **_edge("max", limits.high)}
    units = "INT" if variable.storage == "integer" else "REAL"
    return element("valrng", element("range", UNITS=units, **edges)) if edges else None


def _edge(name: str, bound: Bound | None) -> dict[str, str]:
    if bound is None or bound.text == TODAY:
        return {}
    return {f"{name}Exclusive" if bound.is_open else name: bound.text}


def _universe(items: Sequence[Item]) -> Element | None:
    """Return of whom it is asked, as the conditions are written."""
    conditions = [item.relevant.text for item in items if item.relevant is not None]
    if len(conditions) > 1:
        conditions = [f"({condition})" for condition in dict.fromkeys(conditions)]
    text = " and ".join(" ".join(condition.split()) for condition in conditions)
    return element("universe", text=text, clusion="I") if text else None


def _categories(variable: Variable, instrument: Instrument) -> Iterator[Element]:
    """Yield each value with its labels, then each reason why there may be none."""
    languages = tuple(instrument.languages) or ("",)
    by_language = {code: labelled(variable, instrument, code) for code in languages}
    is_ours = variable.question.keep.rule == "bands"  # labels in the language of the interface
    for position, value in enumerate(by_language[languages[0]]):
        if is_ours:
            labels: list[Element | None] = [said("labl", value.label)]
        else:
            labels = list(_labels(by_language, position))
        yield element("catgry", element("catValu", text=value.name), *labels)
    rows = variable.question.choices.rows if variable.question.choices else ()
    standing: dict[str, Choice] = {
        choice.nonresponse: choice for choice in rows if choice.nonresponse
    }
    for status in variable.statuses:
        choice = standing.get(status)
        yield element(
            "catgry",
            element("catValu", text=status),
            said("labl", status_meaning(status)),
            *(texts("txt", choice.label) if choice else ()),
            missing="Y",
            missType=choice.name if choice else status,
        )


def _labels(by_language: Mapping[str, Sequence[Value]], position: int) -> Iterator[Element]:
    """Yield the labels of a value; where all languages have the same, it is of none of them."""
    labels = {code: found[position].label for code, found in by_language.items()}
    if len(set(labels.values())) == 1 and len(labels) > 1:
        labels = {"": next(iter(labels.values()))}
    for code, label in labels.items():
        if label:
            yield element("labl", text=label, lang=code)


def _instructions(variable: Variable) -> Iterator[Element | None]:
    yield said("codInstr", kept_form(variable.question.keep))
    if variable.status_column and variable.statuses:
        sentence = _("why there is no value stands in the column {column}")
        yield said("codInstr", sentence.format(column=variable.status_column))


def _derivation(question: Question) -> Element | None:
    if question.calculation is None:
        return None
    command = element("drvcmd", text=question.calculation.text, syntax="XLSForm")
    return element("derivation", command)


def _format(variable: Variable) -> Element:
    is_number = variable.storage in NUMBERS and not variable.values
    return element(
        "varFormat",
        type="numeric" if is_number else "character",
        category=_MOMENTS.get(variable.storage, ""),
    )


def _indicators(described: Described, instrument: Instrument) -> Iterator[Element]:
    variable = described.variable
    values = {code: labelled(variable, instrument, code) for code in instrument.languages or ("",)}
    for position, (_value, column) in enumerate(variable.indicators):
        yield element(
            "var",
            *_labels(values, position),
            _universe((*described.around, variable.question)),
            element("catgry", element("catValu", text="0"), said("labl", _("not chosen"))),
            element("catgry", element("catValu", text="1"), said("labl", _("chosen"))),
            element("varFormat", type="numeric"),
            ID=indicator_ids(variable)[position],
            name=column,
            intrvl="discrete",
            dcml="0",
        )


def notes(item: Item) -> Iterator[Element]:
    """Yield a note for each column of an item that has no element of its own."""
    for column in item.places:
        if column in _PLACED:
            continue
        value = item.extra[column] if column in item.extra else getattr(item, column, "")
        if isinstance(value, Text):
            yield from texts("notes", value, type=column)
        elif _plain(value):
            yield element("notes", text=_plain(value), type=column)


def _plain(value: object) -> str:
    """Return the value of a column as text; '' for none."""
    if isinstance(value, Expression):
        return "yes" if value.text == ALWAYS else value.text
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {one}" for key, one in value.items())
    return str(value or "")
