"""Two interviews of the same case: how often they agree, item by item and interviewer by interviewer.

What was answered is never told, nor in which case it differs. A share of fewer than LEAST answers is not told
either: of one answer it would say whether that one was repeated.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from export.auditing.said import INTERVIEWED, asked
from interviewer import keep
from interviewer.record import Record
from surveys.codebook import Variable
from surveys.instrument import Instrument
from surveys.kinds import KINDS
from surveys.language import _
from surveys.problems import Refusal

LEAST = 5  # answers compared

Reason = Literal["repeat", "words", "kind", "list", "kept"]
_Reduced = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `compared` answers, `agreeing` are the same; `kappa` as Cohen (1960) has it.

    `of` names the item, or the interviewer who was checked. Figures are None where fewer than LEAST
    were compared; kappa also where it has no value, and where answers are not of a list. `one_only`
    counts the cases in which one of the two has an answer and the other a status or no question.
    """

    of: str
    compared: int
    agreeing: int | None
    kappa: float | None
    one_only: int | None

    @property
    def share(self) -> float | None:
        """The share of answers that are the same."""
        return None if self.agreeing is None else self.agreeing / self.compared


@dataclass(frozen=True, slots=True)
class Comparison:
    """What checking back has shown of `cases` cases, and what could not be compared.

    `same_interviewer` cases were checked by whoever had held the interview, and are left out;
    `unpaired` checks are of a case without an interview that counts. `not_compared` are items of
    both questionnaires, and why.
    """

    cases: int
    same_interviewer: int
    unpaired: int
    items: tuple[Agreement, ...]
    interviewers: tuple[Agreement, ...]
    not_compared: tuple[tuple[str, Reason], ...]


@dataclass(frozen=True, slots=True, repr=False)
class _Item:
    """An item of both questionnaires, and how to bring the answers of each to the same form."""

    name: str
    has_kappa: bool
    first: _Reduced
    second: _Reduced


@dataclass(frozen=True, slots=True, repr=False)
class _Both:
    """What two interviews have of one item, in the same form: '' where there is no answer."""

    first: str
    second: str


def compare(
    counted: Mapping[str, Record],
    checks: Iterable[Record],
    original: Instrument,
    checked: Instrument,
) -> Comparison:
    """Return how the interviews that count, by case, agree with those held to check them.

    Of several checks of a case by somebody else, the first in order of week, then laptop, then number
    counts.
    """
    pairs, same, unpaired = _pairs(counted, checks)
    items, not_compared = _items(original, checked)
    by_item: dict[str, list[_Both]] = defaultdict(list)
    by_interviewer: dict[str, list[_Both]] = defaultdict(list)
    for first, second in pairs:
        for item in items:
            both = _Both(
                item.first(first.answers.get(item.name, "")) or "",
                item.second(second.answers.get(item.name, "")) or "",
            )
            if both.first or both.second:
                by_item[item.name].append(both)
                by_interviewer[first.interviewer].append(both)
    return Comparison(
        cases=len(pairs),
        same_interviewer=same,
        unpaired=unpaired,
        items=tuple(_agreement(one.name, by_item[one.name], one.has_kappa) for one in items),
        interviewers=tuple(
            _agreement(who, found, has_kappa=False) for who, found in sorted(by_interviewer.items())
        ),
        not_compared=tuple(not_compared.items()),
    )


def _pairs(
    counted: Mapping[str, Record], checks: Iterable[Record]
) -> tuple[list[tuple[Record, Record]], int, int]:
    """Return each interview with its check; how many checks were one's own, or of no interview."""
    found: dict[str, tuple[Record, Record]] = {}
    same: set[str] = set()
    unpaired = 0
    for check in sorted(checks, key=_order):
        first = counted.get(check.case)
        if check.status not in INTERVIEWED or (first is not None and first.id == check.id):
            continue
        if first is None or first.status not in INTERVIEWED:
            unpaired += 1
        elif first.interviewer == check.interviewer:
            same.add(check.case)
        else:
            found.setdefault(check.case, (first, check))
    return [found[case] for case in sorted(found)], len(same - found.keys()), unpaired


def _order(one: Record) -> tuple[object, ...]:
    return one.week, one.device, one.sequence, one.id


# --- which items --------------------------------------------------------------------------------


def _items(original: Instrument, checked: Instrument) -> tuple[list[_Item], dict[str, Reason]]:
    """Return the items of both that can be compared, in the order of the original; why not the others."""
    others = asked(checked).variables
    items: list[_Item] = []
    not_compared: dict[str, Reason] = {}
    for name, one in asked(original).variables.items():
        if name in others:
            made = _item(one, others[name])
            if isinstance(made, _Item):
                items.append(made)
            else:
                not_compared[name] = made
    return items, not_compared


def _item(first: Variable, second: Variable) -> _Item | Reason:
    if first.repeats or second.repeats:
        return "repeat"
    if first.is_free_text or second.is_free_text:
        return "words"
    if KINDS[first.question.kind].storage != KINDS[second.question.kind].storage:
        return "kind"
    if _names(first) != _names(second):
        return "list"
    forms = _forms(first, second)
    if forms is None:
        return "kept"
    return _Item(first.name, bool(first.values) and first.storage != "several", *forms)


def _names(variable: Variable) -> set[str]:
    choices = variable.question.choices
    return {choice.name for choice in choices.choices} if choices else set()


def _forms(first: Variable, second: Variable) -> tuple[_Reduced, _Reduced] | None:
    """Return how to bring the kept answers of two items to one form; None where they have none.

    Of an answer kept whole and one that was reduced, the whole one is reduced in the same way.
    """
    if first.question.keep == second.question.keep:
        return _in_order, _in_order
    if not second.question.keep.is_reduction:
        return _in_order, _reducing(first)
    if not first.question.keep.is_reduction:
        return _reducing(second), _in_order
    return None


def _in_order(value: str) -> str:
    return " ".join(sorted(value.split(" ")))


def _reducing(by: Variable) -> _Reduced:
    def reduced(value: str) -> str | None:
        try:
            found = keep.reduce(by.question, value, keep.NO_SCRUBBER)
        except Refusal:  # what was answered to one question is nothing the other could be answered
            return None
        return None if found is None else _in_order(found)

    return reduced


# --- figures ------------------------------------------------------------------------------------


def _agreement(of: str, found: Sequence[_Both], has_kappa: bool) -> Agreement:
    answered = [both for both in found if both.first and both.second]
    if len(answered) < LEAST:
        return Agreement(of, len(answered), None, None, None)
    agreeing = sum(both.first == both.second for both in answered)
    return Agreement(
        of,
        len(answered),
        agreeing,
        _kappa(answered) if has_kappa else None,
        len(found) - len(answered),
    )


def _kappa(answered: Sequence[_Both]) -> float | None:
    """Return Cohen's kappa, (p − e)/(1 − e), None where agreement was certain by chance alone.

    p is the share that agrees, e the share that would if answers of the two had nothing to do with
    one another. Source: Cohen (1960), *Educational and Psychological Measurement* 20, 37–46.
    """
    n = len(answered)
    firsts = Counter(both.first for both in answered)
    seconds = Counter(both.second for both in answered)
    by_chance = sum(count * seconds[value] for value, count in firsts.items())  # e · n²
    if by_chance == n * n:
        return None
    agreeing = sum(both.first == both.second for both in answered)
    return (agreeing * n - by_chance) / (n * n - by_chance)


def why(reason: Reason) -> str:
    """Return in words why an item of both questionnaires is not compared."""
    told: dict[Reason, str] = {
        "repeat": _("it stands in a repeat"),
        "words": _("it is answered in people's own words"),
        "kind": _("the two questionnaires ask it in another way"),
        "list": _("the two questionnaires offer other answers"),
        "kept": _("the two questionnaires keep it in forms that cannot be compared"),
    }
    return told[reason]
