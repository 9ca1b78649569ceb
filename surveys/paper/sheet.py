"""What the paper shows, in order: parts, conditions, questions with their boxes, grids, cards, lists.

Plain values (`dataclasses.asdict` makes them the data the template reads); nothing here knows of a
typesetter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from surveys.expressions.tree import Number
from surveys.instrument import Group, Instrument, Question
from surveys.kinds import KINDS
from surveys.paper.cases import reads_world
from surveys.paper.fields import (
    MOST_CHOICES,
    Box,
    Field,
    field_of,
    filtering,
    label,
    list_title,
    steps,
)
from surveys.paper.numbering import numbers, uses_own_letters, without_letter
from surveys.paper.routing import Condition, Direction, directions
from surveys.paper.skips import Guide

FEW_QUESTIONS = 3  # a repeat of so few is printed six times over, a longer one three
LONG_ROUNDS, SHORT_ROUNDS = 3, 6
SMALLEST_GRID = 3
WIDEST_GRID = 7

BlockKind = Literal[
    "part", "group", "own", "own end", "round", "rounds end", "note", "question", "grid"
]


@dataclass(frozen=True, slots=True)
class Row:
    """One question of a grid."""

    number: str
    text: str
    hint: str
    condition: str


@dataclass(frozen=True, slots=True)
class Block:
    """One thing on the page, under `condition`; `skips` are lines below the answer.

    part and group: a title; own: a part the person fills in; round: one time through a repeat;
    grid: several questions with the same answers, in `rows`, under the boxes of `field`.
    """

    kind: BlockKind
    number: str = ""
    text: str = ""
    hint: str = ""
    help: str = ""
    condition: str = ""
    card: str = ""
    note: str = ""
    field: Field | None = None
    skips: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown to the person: the choices of a list, or the steps of a scale."""

    title: str
    choices: tuple[str, ...]
    is_scale: bool


@dataclass(frozen=True, slots=True)
class LongList:
    """A list too long to stand beside its question."""

    title: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole paper in one language."""

    title: str
    version: str
    description: str
    has_times: bool
    blocks: tuple[Block, ...]
    cards: tuple[Card, ...]
    lists: tuple[LongList, ...]


def sheet(instrument: Instrument, language: str) -> Sheet:
    """Return the paper of a checked questionnaire in one of its languages."""
    guide = Guide(instrument, language)
    questions = [step.stop.question for step in directions(instrument).values()]
    version = guide.words.version.format(version=instrument.version)
    return Sheet(
        title=guide.text(instrument.title) or instrument.id,
        version=f"{instrument.id} · {version}" if instrument.version else instrument.id,
        description=" ".join(guide.text(instrument.description).split()),
        has_times=any(one.kind in {"start", "end"} for one in instrument.questions()),
        blocks=tuple(_Layout(guide).blocks()),
        cards=tuple(_cards(guide, questions)),
        lists=tuple(_lists(guide, questions)),
    )


class _Layout:
    """Lays out the stops of one questionnaire, group by group."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.words = guide.words
        self.numbers = numbers(guide.instrument)
        self.steps = tuple(directions(guide.instrument).values())

    def blocks(self) -> Iterator[Block]:
        """Yield everything between the head of the paper and its cards."""
        yield from self._inside(self.steps, ())

    def _inside(self, steps: Sequence[Direction], around: tuple[Group, ...]) -> Iterator[Block]:
        """Yield the blocks of steps that all stand in the groups `around`."""
        place = 0
        while place < len(steps):
            stop = steps[place].stop
            if len(stop.around) > len(around):
                group = stop.around[len(around)]
                end = place
                while end < len(steps) and group in steps[end].stop.around:
                    end += 1
                yield from self._group(group, steps[place:end], around)
                place = end
                continue
            count = self._grid_length(steps[place:], around)
            if count:
                yield self._grid(steps[place : place + count])
            else:
                yield self._question(steps[place])
            place += count or 1

    def _group(
        self, group: Group, steps: Sequence[Direction], around: tuple[Group, ...]
    ) -> Iterator[Block]:
        title = self.guide.text(group.label)
        if not around and uses_own_letters(self.guide.instrument):
            title = without_letter(title)
        condition = self._condition(steps[0], group.name, None)
        number = "" if around else self.numbers.get(group.name, "")
        is_own = group.self_completed
        yield Block(
            "group" if around else "part",
            number=number,
            text=title,
            hint=self.guide.text(group.hint),
            condition=condition,
        )
        if is_own:
            yield Block("own", text=self.words.by_respondent, hint=self.words.by_respondent_how)
        inside = (*around, group)
        if group.kind == "repeat":
            yield from self._rounds(group, title, steps, inside)
        else:
            yield from self._inside(steps, inside)
        if is_own:
            yield Block("own end", text=self.words.hand_back)

    def _rounds(
        self, repeat: Group, title: str, steps: Sequence[Direction], inside: tuple[Group, ...]
    ) -> Iterator[Block]:
        count = SHORT_ROUNDS if len(steps) <= FEW_QUESTIONS else LONG_ROUNDS
        most = repeat.repeat_max
        tree = repeat.repeat_count.tree if repeat.repeat_count is not None else None
        if isinstance(tree, Number):
            most = min(most, int(tree.value))
        how_many = self.words.rounds.format(n=most)
        if tree is not None and not isinstance(tree, Number):
            how_many = self.words.rounds_by.format(count=self.guide.speech.value(tree), n=most)
        for number in range(1, min(count, most) + 1):
            told = how_many if number == 1 else ""
            named = self.words.round_number.format(title=title or repeat.name, n=number)
            yield Block("round", text=named, hint=told)
            yield from self._inside(steps, inside)
        if most > count:
            yield Block("rounds end", text=self.words.more_rounds)

    def _question(self, step: Direction) -> Block:
        question = step.stop.question
        own = any(group.self_completed for group in step.stop.around)
        condition = self._condition(step, question.name, step.following)
        arrows, skips = self._where(step)
        is_note = question.kind == "note" or question.read_only is not None
        number = self.numbers.get(question.name, "")
        note = ""
        if question.choices is not None and KINDS[question.kind].storage == "several":
            note = self.words.several
        if question.kind == "calculate":
            note = self.words.work_out
        field = None if is_note else field_of(self.guide, question, arrows, own)
        if field is not None and field.form == "cases":
            note = self.words.tick_first
        hints = [self.guide.text(question.hint), self._offered(question)]
        if field is not None and question.kind == "calculate" and field.form == "comb":
            hints.append(field.remark)
            field = replace(field, remark="")
        return Block(
            "note" if is_note else "question",
            number=number,
            text=self.guide.text(question.label) or question.name,
            hint="\n".join(filter(None, hints)),
            help=self.guide.text(question.guidance_hint),
            condition=condition,
            card=self.words.card.format(number=question.show_card) if question.show_card else "",
            note=note,
            field=field,
            skips=skips,
        )

    def _condition(self, step: Direction, owner: str, following: str | None) -> str:
        """Return what stands above; where else to go is left out if it is where one goes anyway."""
        condition: Condition | None = step.conditions.get(owner)
        return "" if condition is None else self.guide.condition(condition, following)

    def _where(self, step: Direction) -> tuple[dict[str, str], tuple[str, ...]]:
        """Return where to go: beside the boxes that have one, and below for other answers."""
        question = step.stop.question
        has_boxes = question.choices is not None and len(question.choices.choices) <= MOST_CHOICES
        has_boxes = (has_boxes and question.keep.rule in {"as_given", "codes"}) or (
            question.kind == "calculate"
        )
        arrows: dict[str, str] = {}
        skips: list[str] = []
        for jump in step.jumps:
            beside = [
                one.choice
                for one in jump.answers
                if one.answer is not None and (one.choice in question.nonresponse or has_boxes)
            ]
            if step.is_always:
                beside = []
            arrows.update(dict.fromkeys(beside, self.guide.arrow(jump.target)))
            left = tuple(one for one in jump.answers if one.choice not in beside)
            if left:
                skips.append(self.guide.skip(step, type(jump)(left, jump.target)))
        return arrows, tuple(skips)

    def _offered(self, question: Question) -> str:
        """Return what says which choices are offered, where the boxes cannot."""
        condition = question.choice_filter
        if condition is None or filtering(self.guide, question) is not None:
            return ""
        if not condition.names and not reads_world(condition.tree):
            return ""
        return self.words.offered_if.format(
            condition=self.guide.speech.of_choices(condition.tree, question)
        )

    # --- grids ----------------------------------------------------------------------------------

    def _grid_length(self, steps: Sequence[Direction], around: tuple[Group, ...]) -> int:
        """Return how many steps from the first make one grid, 0 for none."""
        first = steps[0].stop.question
        count = 0
        for step in steps:
            other = step.stop.question
            if (
                step.stop.around != around
                or step.jumps
                or not (count == 0 or self._passes_by_one(step))
                or not _fits_grid(other)
                or _answers_of(other) != _answers_of(first)
            ):
                break
            count += 1
        condition = steps[0].conditions.get(first.name)
        inside = {step.stop.question.name for step in steps[2:count]}
        if count < SMALLEST_GRID or (condition is not None and condition.otherwise in inside):
            return 0
        return count

    def _passes_by_one(self, step: Direction) -> bool:
        """Whether a question that is not asked is all that its condition leaves out."""
        return all(
            owner == step.stop.question.name and condition.otherwise == step.following
            for owner, condition in step.conditions.items()
        )

    def _grid(self, steps: Sequence[Direction]) -> Block:
        first = steps[0].stop.question
        own = any(group.self_completed for group in steps[0].stop.around)
        is_of_all = not self._passes_by_one(steps[0])
        rows = [self._row(step) for step in steps]
        above = self._condition(steps[0], first.name, None) if is_of_all else ""
        return Block(
            "grid",
            condition=above,
            card=self.words.card.format(number=first.show_card) if first.show_card else "",
            field=field_of(self.guide, first, {}, own),
            rows=(replace(rows[0], condition=""), *rows[1:]) if above else tuple(rows),
        )

    def _row(self, step: Direction) -> Row:
        question = step.stop.question
        return Row(
            number=self.numbers[question.name],
            text=self.guide.text(question.label) or question.name,
            hint=self.guide.text(question.hint),
            condition=self._condition(step, question.name, step.following),
        )


def _answers_of(question: Question) -> tuple[object, ...]:
    return question.choices, question.nonresponse, question.show_card, question.appearance


def _fits_grid(question: Question) -> bool:
    return (
        question.kind == "select_one"
        and question.choices is not None
        and len(question.choices.choices) <= WIDEST_GRID
        and question.choice_filter is None
        and question.keep.rule == "as_given"
        and question.read_only is None
        and not question.guidance_hint
    )


# --- cards and lists --------------------------------------------------------------------------


def _cards(guide: Guide, questions: Sequence[Question]) -> Iterator[Card]:
    """Yield each card once, in the order of their numbers; one number may stand on two lists."""
    found: dict[Card, str] = {}
    for question in questions:
        if not question.show_card:
            continue
        title = guide.words.card.format(number=question.show_card)
        if question.choices is not None:
            choices = tuple(label(guide, choice) for choice in question.choices.choices)
            found.setdefault(Card(title, choices, False), question.show_card)
        elif question.kind == "range":
            found.setdefault(Card(title, steps(question), True), question.show_card)
    yield from sorted(found, key=lambda card: (len(found[card]), found[card]))


def _lists(guide: Guide, questions: Sequence[Question]) -> Iterator[LongList]:
    """Yield the lists that are too long to stand beside their questions, each once."""
    found: dict[str, LongList] = {}
    for question in questions:
        if question.choices is not None and len(question.choices.choices) > MOST_CHOICES:
            boxes = tuple(
                Box(choice.code, label(guide, choice)) for choice in question.choices.choices
            )
            found.setdefault(question.choices.name, LongList(list_title(guide, question), boxes))
    yield from found.values()
