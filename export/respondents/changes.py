"""What changed from one version of a questionnaire to the next, a sentence for each thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from export.respondents.meaning import Apart, Version, apart
from export.respondents.versions import merged
from surveys.codebook import kept_form
from surveys.expressions import Expression
from surveys.instrument import Choice, Group, Instrument, Question, Text
from surveys.language import _


@dataclass(frozen=True, slots=True)
class Change:
    """What changed of an item between two versions of a questionnaire, by their `version`.

    `column` is that of what was answered before, where it is not that of what is answered now; else ''.
    """

    before: str
    after: str
    item: str
    told: str
    column: str = ""

    @property
    def sentence(self) -> str:
        """Return it in words: of which item, between which versions, and where the answers of before are."""
        told = (
            _(
                "{item}, from version {before} to {after}: {change}; what was answered before is in {column}"
            )
            if self.column
            else _("{item}, from version {before} to {after}: {change}")
        )
        return told.format(
            item=self.item,
            before=self.before,
            after=self.after,
            change=self.told,
            column=self.column,
        )


def changes(versions: Sequence[Instrument], language: str) -> tuple[Change, ...]:
    """Return what changed, version by version from the oldest, in the order of the questionnaire.

    Words of the questionnaire are cited in one of its languages. Nothing is said of what only
    moved, nor of texts that hold no value.
    """
    ready = [_Told.of(one) for one in versions]
    columns = merged(versions).columns
    return tuple(
        Change(
            old.found.instrument.version,
            new.found.instrument.version,
            name,
            told,
            columns[old.found.instrument.digest][name] if is_apart else "",
        )
        for old, new in pairwise(ready)
        for name, told, is_apart in _between(old, new, language)
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """A version, with the groups around each of its items, the outermost first."""

    found: Version
    around: Mapping[str, tuple[Group, ...]]

    @staticmethod
    def of(instrument: Instrument) -> _Told:
        around = {item.name: groups for item, groups in instrument.items()}
        return _Told(Version.of(instrument), around)


def _between(old: _Told, new: _Told, language: str) -> Iterator[tuple[str, str, bool]]:
    then, now = old.found.variables, new.found.variables
    for name in now:
        if name not in then:
            yield name, _("is new"), False
            continue
        why = apart(old.found, new.found, name)
        if why is not None:
            yield name, _why_apart(why), True
        one, other = then[name].question, now[name].question
        for told in _of_question(old, new, one, other, language):
            yield name, told, False
    for name in then:
        if name not in now:
            yield name, _("is no longer there"), False


def _why_apart(why: Apart) -> str:
    return {
        "kind": _("takes another kind of answer"),
        "repeat": _("stands within other repeats"),
        "kept": _("is kept in another form"),
        "scale": _("is a range with other ends or steps"),
        "answers": _("a name in its list stands for another answer than before"),
        "computed": _("is computed otherwise, or from what changed its meaning"),
    }[why]


def _of_question(
    old: _Told, new: _Told, one: Question, other: Question, language: str
) -> Iterator[str]:
    then, now = old.found.instrument, new.found.instrument
    for is_hint, before, after in (
        (False, one.label, other.label),
        (True, one.hint, other.hint),
    ):
        if _words(before) != _words(after):
            said = " ".join(then.text(before, language).split())
            told = (
                _("has another hint; before: “{text}”")
                if is_hint
                else _("is asked in other words; before: “{text}”")
            )
            yield told.format(text=said)
    yield from _of_list(one, other, then, now, language)
    if one.keep != other.keep:
        told = _("what is kept of it; before: {before}; now: {after}")
        yield told.format(
            before=kept_form(one.keep) or _("the answer itself"),
            after=kept_form(other.keep) or _("the answer itself"),
        )
    if _routing(old, one) != _routing(new, other):
        yield _("is asked in other cases; before: {before}; now: {after}").format(
            before=_condition(old, one), after=_condition(new, other)
        )
    if _counts(old, one) != _counts(new, other):
        yield _("how many times it is asked changed")
    if not _is_alike(one.choice_filter, other.choice_filter):
        yield _("its answers are offered in other cases")
    limits = ((one.constraint, other.constraint), (one.soft_constraint, other.soft_constraint))
    if not all(_is_alike(before, after) for before, after in limits):
        yield _("what is accepted as an answer changed")
    if one.is_always_required != other.is_always_required or set(one.nonresponse) != set(
        other.nonresponse
    ):
        yield _("when it may go without an answer changed")


def _of_list(
    one: Question, other: Question, then: Instrument, now: Instrument, language: str
) -> Iterator[str]:
    before = {choice.name: choice for choice in one.choices.choices} if one.choices else {}
    after = {choice.name: choice for choice in other.choices.choices} if other.choices else {}
    if not before or not after:
        return

    def listed(choices: Mapping[str, Choice], names: list[str], instrument: Instrument) -> str:
        labels = (instrument.text(choices[name].label, language) for name in names)
        pairs = zip(names, labels, strict=True)
        return ", ".join(f"{name} “{' '.join(label.split())}”" for name, label in pairs)

    if added := [name for name in after if name not in before]:
        yield _("has more answers: {list}").format(list=listed(after, added, now))
    if removed := [name for name in before if name not in after]:
        yield _("has no longer the answers: {list}").format(list=listed(before, removed, then))
    reworded = [
        name
        for name in before
        if name in after and _words(before[name].label) != _words(after[name].label)
    ]
    if reworded:
        yield _("has answers with other labels; before: {list}").format(
            list=listed(before, reworded, then)
        )


def _words(text: Text) -> dict[str, str]:
    """Return a text by language, whatever its blanks."""
    return {code: " ".join(said.split()) for code, said in text.by_language.items()}


def _conditions(told: _Told, question: Question) -> list[Expression]:
    """Return on what a question is asked: the conditions of the groups around it, then its own."""
    groups = told.around[question.name]
    found = (*(group.relevant for group in groups), question.relevant)
    return [one for one in found if one is not None]


def _routing(told: _Told, question: Question) -> list[object]:
    """Return these conditions, whatever their blanks."""
    return [one.tree for one in _conditions(told, question)]


def _condition(told: _Told, question: Question) -> str:
    """Return these conditions as the questionnaire writes them."""
    written = [one.text for one in _conditions(told, question)]
    return " · ".join(written) if written else _("always")


def _counts(told: _Told, question: Question) -> list[object]:
    """Return what says how many times a question is asked: of each repeat around it."""
    counts = [group.repeat_count for group in told.around[question.name]]
    return [one.tree for one in counts if one is not None]


def _is_alike(one: Expression | None, other: Expression | None) -> bool:
    return (one.tree if one else None) == (other.tree if other else None)
