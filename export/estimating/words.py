"""What the values of columns are called: the questionnaire's labels, in the language of the interface."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from export.estimating.wanted import BETWEEN, Wanted
from export.respondents.table import leaving
from surveys import language
from surveys.codebook import Variable, labelled, status_meaning
from surveys.expressions.tree import Child, Name, Tree
from surveys.instrument import Instrument
from surveys.language import _, printable

Labels = Mapping[str, str]  # a value → its label


@dataclass(frozen=True, slots=True)
class Words:
    """The labels of the values of columns, by column, and of a condition that holds or not.

    A value without a label is its own. `told` adds the value to a label that others of the column
    share, or to each where `with_codes`.
    """

    columns: Mapping[str, Labels]
    condition: Labels
    with_codes: bool = False

    def label(self, of: str | Tree, value: str) -> str:
        """Return the label of a value of a column, or of a tree, alone."""
        return self._labels(of).get(value) or value

    def told(self, of: str | Tree, value: str) -> str:
        """Return the label of a value as it is printed."""
        labels = self._labels(of)
        label = labels.get(value) or value
        is_shared = Counter(labels.values())[label] > 1 or (label in labels and label != value)
        return f"{label} ({value})" if label != value and (self.with_codes or is_shared) else label

    def group(self, wanted: Wanted, name: str) -> str:
        """Return the name of a group, of columns crossed those of each, as it is printed."""
        return BETWEEN.join(self.told(of, value) for of, value in _parts(wanted.by, name))

    def group_label(self, wanted: Wanted, name: str) -> str:
        """Return the labels of a group alone."""
        return BETWEEN.join(self.label(of, value) for of, value in _parts(wanted.by, name))

    def _labels(self, of: str | Tree) -> Labels:
        if isinstance(of, Name | Child):
            of = of.name
        return self.columns.get(of, {}) if isinstance(of, str) else self.condition


def _parts(by: Sequence[str], name: str) -> Iterator[tuple[str, str]]:
    """Yield the columns of a group with its value of each; a name that is not so made stays whole."""
    values = name.split(BETWEEN) if len(by) > 1 else [name]
    if len(values) == len(by):
        yield from zip(by, values, strict=True)
    else:
        yield "", name


def words(instrument: Instrument, *, with_codes: bool = False) -> Words:
    """Return what the values of a questionnaire's columns are called.

    Of a language that the questionnaire is not written in, labels are in its default language.
    """
    spoken = language.from_environment()
    truths = {"0": _("no"), "1": _("yes")}
    columns: dict[str, Labels] = {}
    for one in leaving(instrument, with_texts=True):
        if not one.repeats:
            columns |= dict(_of_variable(one, instrument, spoken, truths))
    return Words(columns, truths, with_codes)


def _of_variable(
    one: Variable, instrument: Instrument, spoken: str, truths: Labels
) -> Iterator[tuple[str, Labels]]:
    """Yield the columns of a variable that have labels."""
    found = {
        value.name: printable(" ".join(value.label.split()))
        for value in labelled(one, instrument, spoken)
    }
    if found or one.is_computed:
        yield one.name, found or truths
    for _value, column in one.indicators:
        yield column, truths
    if one.status_column:
        yield one.status_column, {status: status_meaning(status) for status in one.statuses}
