"""Whether an item means the same in two versions of a questionnaire: then its values share a column.

Wording can be mended, lists can grow; but a value must never come to mean something else. Where that
cannot be told, the two are taken to differ: two columns can be joined later, a mixed one not taken apart.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

from surveys.codebook import Variable, variables
from surveys.expressions import Expression
from surveys.instrument import Choice, Instrument, Item, Keep, Question
from surveys.kinds.number import limits
from surveys.tables import named_in

Labels = Mapping[str, str]  # by language
Apart = Literal["kind", "repeat", "kept", "scale", "answers", "computed"]

_OWN_WORDS = {"as_given", "scrub"}  # of a text: the same words, with marks in them or without
_OF_CHOICES = {"as_given", "codes"}
_ALIKE = 0.6  # of two labels: the share of letters they have in common, in order (difflib's ratio)
_SEARCHED = (
    200  # choices among which a label that was reworded is looked for; a longer list costs minutes
)


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A version made ready to be compared: its items and variables by name."""

    instrument: Instrument
    items: Mapping[str, Item] = field(repr=False)
    variables: Mapping[str, Variable] = field(repr=False)

    @staticmethod
    def of(instrument: Instrument) -> Version:
        """Return a questionnaire made ready to be compared."""
        return Version(
            instrument,
            {item.name: item for item, _around in instrument.items()},
            {variable.name: variable for variable in variables(instrument)},
        )


def apart(old: Version, new: Version, name: str) -> Apart | None:
    """Return why a variable of both versions does not mean the same in them; None where it does.

    kind: another kind of answer. repeat: asked within other repeats. kept: another form is kept of
    it. scale: a range with other ends. answers: a name in its list stands for another answer.
    computed: by another calculation, or from what does not mean the same itself.
    """
    return _apart(old, new, name, frozenset())


def _apart(old: Version, new: Version, name: str, asked: frozenset[str]) -> Apart | None:
    before, after = old.variables[name], new.variables[name]
    one, other = before.question, after.question
    if one.kind != other.kind or before.is_computed != after.is_computed:
        return "kind"
    if before.repeats != after.repeats:
        return "repeat"
    if not _are_kept_alike(one, other):
        return "kept"
    if one.kind == "range" and limits(one) != limits(other):
        return "scale"
    if not _are_lists_alike(one, other):
        return "answers"
    if before.is_computed and not _are_computed_alike(old, new, name, asked):
        return "computed"
    return None


# --- what is kept -------------------------------------------------------------------------------


def _are_kept_alike(one: Question, other: Question) -> bool:
    rules = {one.keep.rule, other.keep.rule}
    if one.choices and rules <= _OF_CHOICES:
        return True  # `_are_lists_alike` looks at what each answer is kept as
    if one.kind == "text" and rules <= _OWN_WORDS:
        return True
    return _form(one.keep) == _form(other.keep)


def _form(keep: Keep) -> tuple[object, ...]:
    return keep.rule, keep.bands, keep.number, keep.unit, dict(keep.codes)


# --- lists --------------------------------------------------------------------------------------


def _are_lists_alike(one: Question, other: Question) -> bool:
    """Whether no kept value stands for another answer; answers may be added, removed or reworded."""
    if not one.choices or not other.choices:
        return one.choices is other.choices
    before = {choice.name: choice for choice in one.choices.choices}
    after = {choice.name: choice for choice in other.choices.choices}
    if _is_status_somewhere(before, other) or _is_status_somewhere(after, one):
        return False
    kept, kept_then = _kept(other.keep, after), _kept(one.keep, before)
    if any(kept[name] != kept_then[name] for name in before if name in after):
        return False
    if any(
        _sources(kept, value) != _sources(kept_then, value)
        for value in {*kept.values()} & {*kept_then.values()}
    ):
        return False
    shared = [name for name in before if name in after]
    return _are_labels_alike(
        {name: _labels(before[name]) for name in shared},
        {name: _labels(choice) for name, choice in after.items()},
    )


def _is_status_somewhere(answers: Mapping[str, Choice], question: Question) -> bool:
    """Whether an answer of one list stands in the other for no answer, as -99 does in many forms."""
    rows = question.choices.rows if question.choices else ()
    return any(row.nonresponse and row.name in answers for row in rows)


def _kept(keep: Keep, answers: Mapping[str, Choice]) -> dict[str, str]:
    return {name: keep.codes.get(name, name) for name in answers}


def _sources(kept: Mapping[str, str], value: str) -> set[str]:
    return {name for name, found in kept.items() if found == value}


def _labels(choice: Choice) -> Labels:
    return {code: _bare(label) for code, label in choice.label.by_language.items() if label}


def _are_labels_alike(before: Mapping[str, Labels], after: Mapping[str, Labels]) -> bool:
    """Whether every name that stood in a list is the same answer now, its label reworded at most."""
    holders: dict[tuple[str, str], set[str]] = {}
    for name, labels in after.items():
        for said in labels.items():
            holders.setdefault(said, set()).add(name)
    for name, labels in before.items():
        now = after[name]
        pairs = _in_both(labels, now)
        if any(one == other for one, other in pairs) or not (labels and now):
            continue
        own = max((_likeness(*pair) for pair in pairs), default=0.0)
        if own < _ALIKE or any(holders.get(said, {name}) != {name} for said in labels.items()):
            return False
        if len(after) <= _SEARCHED and _is_nearer_another(labels, own, name, after):
            return False
    return True


def _is_nearer_another(labels: Labels, own: float, name: str, after: Mapping[str, Labels]) -> bool:
    """Whether what a name was called is nearer to what another is called now than to its own."""
    return any(
        _likeness(*pair) > own
        for other, now in after.items()
        if other != name
        for pair in _in_both(labels, now)
    )


def _in_both(one: Labels, other: Labels) -> list[tuple[str, str]]:
    """Return the two labels in each language that both have; '' serves every language."""
    codes = sorted({*one, *other})
    pairs = ((one.get(code, one.get("")), other.get(code, other.get(""))) for code in codes)
    return [(mine, yours) for mine, yours in pairs if mine and yours]


def _bare(label: str) -> str:
    """Return a label without what is no letter or number, capitals or accents; whole if that is all of it."""
    plain = unicodedata.normalize("NFKD", label).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split()) or label.strip()


def _likeness(one: str, other: str) -> float:
    return 1.0 if one == other else SequenceMatcher(None, one, other, autojunk=False).ratio()


# --- calculations -------------------------------------------------------------------------------


def _are_computed_alike(old: Version, new: Version, name: str, asked: frozenset[str]) -> bool:
    """Whether an item is computed alike, from items that mean the same, down to the first ones."""
    if name in asked:
        return True  # it is being compared already
    one, other = old.variables[name].question, new.variables[name].question
    if one.default != other.default:
        return False
    pairs = [(one.calculation, other.calculation), (one.dynamic_default, other.dynamic_default)]
    if any(before != after and not _are_written_alike(before, after) for before, after in pairs):
        return False
    read = [expression for expression, _same in pairs if expression is not None]
    return all(_is_read_alike(old, new, expression, asked | {name}) for expression in read)


def _are_written_alike(one: Expression | None, other: Expression | None) -> bool:
    """Whether two expressions are one but for blanks."""
    return one is not None and other is not None and one.tree == other.tree


def _is_read_alike(
    old: Version, new: Version, expression: Expression, asked: frozenset[str]
) -> bool:
    names = [name for name, _offset in (*expression.references, *expression.bare)]
    for name in names:
        if (name in old.variables) != (name in new.variables):
            return False
        if name in old.variables and _apart(old, new, name, asked) is not None:
            return False
    looked_into = [name for name, _offset in named_in(expression.tree)]
    return all(_rows(old.instrument, name) == _rows(new.instrument, name) for name in looked_into)


def _rows(instrument: Instrument, name: str) -> Sequence[object]:
    """Return a table or a list as expressions look into it."""
    if name in instrument.tables:
        return [dict(row) for row in instrument.tables[name]]
    found = instrument.lists.get(name)
    return [(row.name, dict(row.columns)) for row in found.rows] if found else []
