"""A questionnaire as a DDI-Codebook 2.5 document, as data portals take it.

    codeBook
      docDscr     this document: its title, and what made it
      stdyDscr    the questionnaire: title, id, version, languages, what it is about, how many people
      dataDscr    groups of variables, then the variables (`ddi_variables.py`)

It describes data to come: no file, no figure. `export/datasets/ddi.py` describes data that are there,
with the parts made here. Elements stand in the order that the published schema of version 2.5 wants.
Source: DDI Alliance, DDI-Codebook 2.5 (2012, schema of 2014).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from surveys.codebook import Variable, variables
from surveys.formats.ddi_variables import (
    Described,
    group_element,
    group_id,
    said,
    several_element,
    spoken,
    variable_elements,
    variable_id,
)
from surveys.formats.losses import uncarried
from surveys.formats.markup import Element, document, element, texts
from surveys.instrument import Group, Instrument, Item, Question
from surveys.kinds import KINDS
from surveys.language import _
from surveys.problems import Problem, in_order, loss

NAMESPACE = "ddi:codebook:2_5"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"


def ddi(instrument: Instrument) -> tuple[bytes, tuple[Problem, ...]]:
    """Return the document as UTF-8 XML, and what DDI has no place for: some columns of choices and notes."""
    found = {variable.name: variable for variable in variables(instrument)}
    root = code_book(
        instrument,
        document_element(instrument),
        _study(instrument),
        element(
            "dataDscr",
            *group_elements(instrument, found),
            *_variables(instrument, found),
            *_last_notes(instrument, found),
        ),
    )
    written = {*instrument.places, *(key for item, _a in instrument.items() for key in item.places)}
    losses = (*uncarried(instrument, written, "DDI"), *_of_notes(instrument))
    return document(root), in_order(losses)


def code_book(instrument: Instrument, *parts: Element | None) -> Element:
    """Return the root of a document from its parts."""
    root = element(
        "codeBook", *parts, xmlns=NAMESPACE, version="2.5", lang=instrument.default_language
    )
    root.set("xmlns:dc", DUBLIN_CORE)
    return root


def document_element(instrument: Instrument) -> Element:
    """Return what describes the document itself."""
    title = _("Codebook: {title}").format(title=instrument.text(instrument.title, spoken()))
    return element(
        "docDscr",
        element(
            "citation",
            element("titlStmt", said("titl", title), element("IDNo", text=instrument.id)),
            element("prodStmt", element("software", text="Souspli")),
            element("verStmt", element("version", text=instrument.version)),
        ),
    )


def _study(instrument: Instrument) -> Element:
    return element(
        "stdyDscr",
        study_citation(instrument, instrument.id),
        element("stdyInfo", *texts("abstract", instrument.description), _summary(instrument)),
        *_form_notes(instrument),
    )


def study_citation(instrument: Instrument, study: str, producer: str = "") -> Element:
    """Return what cites a study of this id, made by somebody where that is known."""
    return element(
        "citation",
        element("titlStmt", *titles(instrument), element("IDNo", text=study, level="study")),
        element("prodStmt", element("producer", text=producer)) if producer else None,
        element("verStmt", element("version", text=instrument.version)),
        *(element("dc:language", text=code) for code in instrument.languages),
    )


def titles(instrument: Instrument) -> Iterator[Element]:
    """Yield the title in the default language, which there is once, then those in the others."""
    title = instrument.title
    own = instrument.default_language if instrument.default_language in title.by_language else ""
    first = title.in_language(instrument.default_language, "")
    yield element("titl", text=first, lang=own)
    for language, written in title.by_language.items():
        if language != own:
            yield element("parTitl", text=written, lang=language)


def _summary(instrument: Instrument) -> Element | None:
    universe = universe_element(instrument)
    return None if universe is None else element("sumDscr", universe)


def universe_element(instrument: Instrument) -> Element | None:
    """Return how many people the questionnaire is for, where it says so."""
    if instrument.population is None:
        return None
    sentence = _("expected number of people: {n}").format(n=instrument.population)
    return said("universe", sentence)


def _form_notes(instrument: Instrument) -> Iterator[Element]:
    """Yield what an interview amounts to, what was accepted of the checks, and the other columns."""
    for key, condition in instrument.conditions():
        yield element("notes", text=condition.text, type=key)
    for check, reason in instrument.accept.items():
        yield element("notes", text=f"{check}: {reason}", type="accept")
    for column, text in instrument.extra.items():
        yield element("notes", text=text, type=column)


def group_elements(instrument: Instrument, found: Mapping[str, Variable]) -> Iterator[Element]:
    """Yield every group, repeat and select_multiple that holds one of the variables, outermost first."""
    filled = {
        group.name for item, around in instrument.items() if item.name in found for group in around
    }
    for item, around in instrument.items():
        if isinstance(item, Group) and item.name in filled:
            held = [one for one in item.questions if one.name in found or one.name in filled]
            yield group_element(item, around, _ids(held, found), _group_ids(held, found))
        elif item.name in found and found[item.name].indicators:
            yield several_element(found[item.name])


def _ids(held: Sequence[Item], found: Mapping[str, Variable]) -> list[str]:
    return [variable_id(item.name) for item in held if item.name in found]


def _group_ids(held: Sequence[Item], found: Mapping[str, Variable]) -> list[str]:
    return [
        group_id(item.name)
        for item in held
        if isinstance(item, Group) or (item.name in found and found[item.name].indicators)
    ]


def described(instrument: Instrument, found: Mapping[str, Variable]) -> Iterator[Described]:
    """Yield each of the variables with what is read before its question."""
    before: list[Question] = []
    for item, around in instrument.items():
        if isinstance(item, Group):
            continue
        is_note = KINDS[item.kind].storage == "none"
        if is_note:
            before.append(item)
        is_shown = KINDS[item.kind].is_shown
        if item.name in found:
            yield Described(found[item.name], around, tuple(before) if is_shown else ())
        if is_shown and not is_note:
            before = []


def _variables(instrument: Instrument, found: Mapping[str, Variable]) -> Iterator[Element]:
    for one in described(instrument, found):
        yield from variable_elements(one, instrument)


def _last_notes(instrument: Instrument, found: Mapping[str, Variable]) -> Iterator[Element]:
    """Yield the notes that stand after all questions, and are read before none."""
    read = {note.name for one in described(instrument, found) for note in one.before}
    for item in instrument.questions():
        if KINDS[item.kind].storage == "none" and item.name not in read:
            yield from texts("notes", item.label, type="note")


def _of_notes(instrument: Instrument) -> Iterator[Problem]:
    """Yield a loss for each column of a note but its text."""
    for question in instrument.questions():
        for column in question.places:
            if KINDS[question.kind].storage == "none" and column not in {"type", "name", "label"}:
                fact = _("“{column}” of a note has no place in DDI").format(column=column)
                yield loss(question.place_of(column), question.name, fact)
