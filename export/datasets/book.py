"""What a codebook says of a dataset, before it is Markdown (`codebook.py`) or a page (`codebook_html.py`).

Sentences of ours are in the language of the interface; what was asked, the values and of whom it was
asked are in a language of the questionnaire.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from export.datasets.coding import coded
from export.datasets.described import Column, Sheet, one_line
from export.datasets.frequencies import Count, Figures, Frequency
from export.numerals import decimal, short_percent
from surveys.codebook import STATUSES, Variable, kept_form, labelled, status_meaning, variables
from surveys.instrument import Group, Instrument, Item
from surveys.language import _, ngettext
from surveys.paper.numbering import numbers
from surveys.paper.wording import wording
from surveys.paper.words import speaker

WITHHELD = "*"  # in place of a number that is not told, as in estimates


@dataclass(frozen=True, slots=True)
class Book:
    """A dataset to be described: its tables, and the questionnaire they were answered in.

    `sheets` may have the first rows alone, with all columns: nothing is counted in them that `figures`
    tells. Only where `is_coded` are they read whole, for values that are not in the list.
    `language` is one of the questionnaire's if it has it, else its default is read. `figures` is None
    where nothing is counted. `is_coded`: there are files for SPSS or Stata, where values are numbers.
    `asked_in` gives, by column, the versions of the questionnaire that ask it, and `changes` what changed
    from one to the next, in sentences.
    """

    instrument: Instrument
    sheets: Sequence[Sheet]
    language: str
    is_simulated: bool
    figures: Figures | None = None
    is_coded: bool = False
    asked_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    changes: tuple[str, ...] = ()

    @property
    def read_in(self) -> str:
        """The language of the questionnaire's texts."""
        known = self.instrument.languages
        return self.language if self.language in known else self.instrument.default_language


@dataclass(frozen=True, slots=True)
class Line:
    """A value, or a reason for none: its name, what it means, how often it is there.

    `number` is what SPSS and Stata have in its place, '' where that is the name itself; `column` the
    indicator that tells it. `count` is None where nothing is counted.
    """

    name: str
    label: str
    number: str = ""
    column: str = ""
    count: Count | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of one variable. `number` is that of the question on paper, '' for none.

    `facts` are sentences; `asked_of` is of whom it was asked, '' for everybody. `frequency` is None
    where nothing is counted.
    """

    column: Column
    number: str
    label: str
    hint: str
    section: str
    asked_of: str
    facts: tuple[str, ...]
    values: tuple[Line, ...]
    missing: tuple[Line, ...]
    frequency: Frequency | None

    @property
    def name(self) -> str:
        """The name of the column."""
        return self.column.name


@dataclass(frozen=True, slots=True)
class Absent:
    """A question of which there is no column, and why."""

    name: str
    label: str
    why: str


def title(book: Book) -> str:
    """Return the title of a codebook."""
    told = book.instrument.text(book.instrument.title, book.language)
    return _("Codebook: {title}").format(title=one_line(told))


def about(book: Book) -> Iterator[str]:
    """Yield what questionnaire it is, and what is counted."""
    instrument = book.instrument
    told = _("Questionnaire {id}, version {version}.")
    yield told.format(id=instrument.id, version=instrument.version)
    if book.is_coded:
        yield _("A number beside a value is what SPSS and Stata have in its place.")
    if book.figures is None:
        return
    yield _(
        "Counts are of rows; percentages of the people they stand for, among all who have a value. "
        "Quartiles are of these people too: a quarter, half, three quarters have no more."
    )
    yield _(
        "Not told, and marked {mark}, is a number of fewer than {n} people, and one from which such a "
        "number could be computed."
    ).format(mark=WITHHELD, n=book.figures.threshold)


def design(book: Book) -> Iterator[Column]:
    """Yield the columns that are no question."""
    yield from (column for column in book.sheets[0].columns if column.role == "design")


def reasons(book: Book) -> Iterator[Line]:
    """Yield the reasons why a value is missing that stand anywhere in the dataset."""
    counted = book.figures.columns.values() if book.figures is not None else ()
    found = {one.name for frequency in counted for one in frequency.missing}
    for sheet in book.sheets:
        for column in sheet.columns:
            if column.role == "status":
                found |= set(sheet.frame[column.name].drop_nulls().unique())
    yield from (Line(one, status_meaning(one)) for one in STATUSES if one in found)


def absent(book: Book) -> Iterator[Absent]:
    """Yield what was asked and is not in the dataset: it was not kept, or does not leave."""
    there = {column.name for sheet in book.sheets for column in sheet.columns}
    for variable in variables(book.instrument):
        if variable.name in there:
            continue
        label = one_line(book.instrument.text(variable.question.label, book.language))
        why = _("left out of this dataset")
        yield Absent(
            variable.name, label, why if variable.is_kept else kept_form(variable.question.keep)
        )


def table_heading(sheet: Sheet) -> str:
    """Return the heading of what is said of a table."""
    if not sheet.repeat:
        return _("Variables")
    return _("Variables of the table {name}").format(name=f"`{sheet.repeat}`")


def of_table(book: Book, sheet: Sheet) -> Iterator[str]:
    """Yield what is said of a table as a whole: its rows, and what joins it to the main table."""
    if sheet.repeat:
        number = next(one.name for one in sheet.columns if one.of == "number")
        times = [one.name for one in sheet.columns if one.role == "instance"]
        yield _(
            "A row each time it was asked. `{number}` says of whom, {repeats} which time."
        ).format(number=number, repeats=", ".join(f"`{name}`" for name in times))
    if book.figures is None:
        return
    count = book.figures.rows[sheet.name]
    if count is None:
        told = _("The rows are of fewer than {n} people: nothing is counted.")
        yield told.format(n=book.figures.threshold)
    else:
        yield ngettext("{n} row.", "{n} rows.", count).format(n=rows(count))


def entries(book: Book, sheet: Sheet) -> Iterator[Entry]:
    """Yield what is said of each variable of a table, in order."""
    around = {item.name: groups for item, groups in book.instrument.items()}
    codes = (
        {one.name: one.codes for one in coded(sheet, book.instrument, book.language)}
        if book.is_coded
        else {}
    )
    for column in sheet.columns:
        if column.role == "value" and column.variable is not None:
            yield _entry(book, sheet, column, around.get(column.name, ()), codes)


def quartiles(frequency: Frequency | None) -> str:
    """Return the quartiles that are told, in words; '' for none."""
    if frequency is None or not frequency.quartiles:
        return ""
    names = {25: _("lower quartile {x}"), 50: _("median {x}"), 75: _("upper quartile {x}")}
    return ", ".join(
        names[order].format(x=_number(value)) for order, value in frequency.quartiles.items()
    )


def rows(number: int | None) -> str:
    """Return a number of rows, or the mark of one that is not told."""
    return WITHHELD if number is None else decimal(number, 0)


def share(count: Count) -> str:
    """Return the share of a count; '' where it is not told."""
    return "" if count.share is None else short_percent(count.share, 0)


def _number(value: float) -> str:
    places = next((n for n in range(6) if round(value, n) == value), 6)
    return decimal(value, places)


# --- one variable ---------------------------------------------------------------------------------


def _entry(
    book: Book,
    sheet: Sheet,
    column: Column,
    around: Sequence[Group],
    codes: Mapping[str, Mapping[str, int]],
) -> Entry:
    variable = column.variable
    assert variable is not None  # noqa: S101 - a column of values is of a variable
    instrument, language = book.instrument, book.language
    question = variable.question
    counted = None if book.figures is None else book.figures.columns.get(column.name)
    sections = (one_line(instrument.text(group.label, language)) for group in around)
    label = one_line(instrument.text(question.label, language))
    return Entry(
        column=column,
        number=numbers(instrument).get(column.name, ""),
        label="" if label == column.name else label,
        hint=one_line(instrument.text(question.hint, language)),
        section=" · ".join(one for one in sections if one),
        asked_of=_asked_of(book, [*around, question]),
        facts=tuple(_facts(book, column, variable)),
        values=tuple(_values(book, sheet, column, variable, codes.get(column.name, {}))),
        missing=tuple(
            Line(one.name, status_meaning(one.name) if one.name else _("no value"), count=one)
            for one in (counted.missing if counted else ())
        ),
        frequency=counted,
    )


def _asked_of(book: Book, items: Sequence[Item]) -> str:
    """Return in words of whom it was asked; '' where of everybody."""
    trees = {item.relevant.text: item.relevant.tree for item in items if item.relevant is not None}
    if not trees:
        return ""
    told = speaker(book.instrument, book.read_in).all_of(tuple(trees.values()))
    return wording(book.instrument, book.read_in).condition.format(condition=told)


def _facts(book: Book, column: Column, variable: Variable) -> Iterator[str]:
    question = variable.question
    yield _("type: {kind}").format(kind=typed(variable))
    if form := kept_form(question.keep):
        yield _("kept: {form}").format(form=form)
    if variable.storage in {"date", "dateTime"} and question.keep.unit in {"", "week"}:
        yield _("in this file: the month")
    if question.identifying == "quasi":
        yield _("can help to recognise a person")
    versions = book.asked_in.get(column.name, ())
    if set(versions) < {one for every in book.asked_in.values() for one in every}:
        yield _("asked in versions: {versions}").format(versions=", ".join(versions))


def typed(variable: Variable) -> str:
    """Return in words what kind of values a variable has."""
    if variable.is_computed and variable.storage == "text":
        return _("calculated (a number where every value is one; true is 1, false is 0)")
    names = {
        "text": _("text"),
        "integer": _("whole number"),
        "decimal": _("number"),
        "date": _("date"),
        "time": _("time of day"),
        "dateTime": _("date and time"),
        "one": _("one of a list"),
        "several": _("several of a list, names separated by spaces"),
        "none": "",
    }
    return names[variable.storage]


def _values(
    book: Book, sheet: Sheet, column: Column, variable: Variable, codes: Mapping[str, int]
) -> Iterator[Line]:
    """Yield the values of a list, each with its count; of several, each by its indicator's."""
    figures = book.figures.columns if book.figures is not None else {}
    told = labelled(variable, book.instrument, book.language)
    labels = {value.name: one_line(value.label) for value in told}
    if variable.indicators:
        there = {one.value: one.name for one in sheet.columns if one.of == column.name}
        for name, label in labels.items():
            indicator = there.get(name, "")
            chosen = figures.get(indicator)
            yield Line(name, label, "", indicator, None if chosen is None else _chosen(chosen))
        return
    counted = figures.get(column.name)
    counts = {one.name: one for one in counted.values} if counted is not None else {}
    for name in counts if counts else labels:
        number = str(codes[name]) if name in codes and str(codes[name]) != name else ""
        count = counts.get(name, Count(name, None)) if counted is not None else None
        yield Line(name, labels.get(name, ""), number, count=count)


def _chosen(indicator: Frequency) -> Count:
    return next((one for one in indicator.values if one.name == "1"), Count("1", None))
