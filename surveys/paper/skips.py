"""Directions in words: “if D2 is more than 0; otherwise go to D14”, “if “No”, go to section E”."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from surveys.expressions import Context, compile
from surveys.instrument import PIPED, Instrument, Question, Text
from surveys.kinds import KINDS
from surveys.paper.answers import Possible, possible_answers
from surveys.paper.cases import Answer, context
from surveys.paper.numbering import numbers
from surveys.paper.routing import END, NEXT_ROUND, Condition, Direction, Jump, directions, stops
from surveys.paper.wording import Wording
from surveys.paper.words import Speaker, listed, speaker


def skips(instrument: Instrument, language: str) -> Mapping[str, tuple[str, ...]]:
    """Return for each question what stands beside its answers: “if “No”, go to D14”."""
    guide = Guide(instrument, language)
    return {
        name: tuple(guide.skip(direction, jump) for jump in direction.jumps)
        for name, direction in directions(instrument).items()
        if direction.jumps
    }


@dataclass(frozen=True, eq=False)
class Guide:
    """Says the directions of one questionnaire in one of its languages."""

    instrument: Instrument
    language: str

    @property
    def speech(self) -> Speaker:
        """What puts conditions into words."""
        return speaker(self.instrument, self.language)

    @property
    def words(self) -> Wording:
        """The words of the paper."""
        return self.speech.words

    def text(self, text: Text) -> str:
        """Return a text of the questionnaire, with what it pipes in replaced by where it is found."""
        written = self.instrument.text(text, self.language).strip()
        return PIPED.sub(lambda match: self._piped(match[1]), written)

    def _piped(self, name: str) -> str:
        """Return what stands for the answer to an item in a text; dots where no one can find it."""
        item = self.speech.items.get(name)
        if name in numbers(self.instrument) or (item is not None and item.label):
            return self.words.answer_of.format(number=self.speech.named(name))
        return "………"

    def outcome(self, value: str) -> str:
        """Return what a calculation gave, in words."""
        truths = dict(zip(("true", "false"), self.words.truth, strict=True))
        told = truths.get(value, value.replace(".", self.words.decimal_mark))
        return told or self.words.no_value

    def answered(self, name: str) -> Callable[[str], Context]:
        """Return what expressions read when one question alone has an answer."""
        return lambda value: context({name: Answer(value)})

    @cached_property
    def _first_of_part(self) -> dict[str, str]:
        """The letter of the part that begins at a stop, by name of the stop."""
        found: dict[str, str] = {}
        seen: set[str] = set()
        for stop in stops(self.instrument):
            part = stop.around[0].name if stop.around else ""
            if part and part not in seen:
                seen.add(part)
                found[stop.question.name] = numbers(self.instrument)[part]
        return found

    @cached_property
    def _following_number(self) -> dict[str, str]:
        """The number of the next item that has one, by name of an unnumbered stop."""
        found: dict[str, str] = {}
        following = ""
        for stop in reversed(stops(self.instrument)):
            following = numbers(self.instrument).get(stop.question.name, following)
            found[stop.question.name] = following
        return found

    def condition(self, condition: Condition, following: str | None) -> str:
        """Return what stands above an item; `following` is where a reader goes who passes over it."""
        told = self.speech.all_of([compile(one).tree for one in condition.holding])
        if condition.otherwise == following:
            return self.words.condition.format(condition=told)
        return self.words.otherwise.format(condition=told, target=self.target(condition.otherwise))

    def skip(self, direction: Direction, jump: Jump) -> str:
        """Return what stands beside the answers of a question."""
        target = self.target(jump.target)
        if direction.is_always:
            return target
        answer = self._answers(direction.stop.question, jump.answers)
        return self.words.if_answer.format(answer=answer, target=target)

    def _answers(self, question: Question, answers: Sequence[Possible]) -> str:
        numbers_there = [one for one in answers if one.is_number]
        told = self._runs(numbers_there)
        if numbers_there and numbers_there == [
            one for one in possible_answers(self.instrument, question) if one.is_number
        ]:
            told = [self.words.any_number]
        told += [self.answer(question, one) for one in answers if not one.is_number]
        return listed(told, self.words.either)

    def target(self, name: str) -> str:
        """Return where to go, as a sentence."""
        if name == END:
            return self.words.end
        if name == NEXT_ROUND:
            return self.words.next_round
        if name in self._first_of_part:
            return self.words.go_to_section.format(number=self._first_of_part[name])
        number = numbers(self.instrument).get(name, "")
        if number:
            return self.words.go_to.format(number=self.speech.named(name))
        following = self._following_number.get(name, "")
        return self.words.go_before.format(number=following) if following else self.words.end

    def arrow(self, name: str) -> str:
        """Return where to go in the room beside a box."""
        if name == END:
            return self.words.to_end
        if name == NEXT_ROUND:
            return self.words.to_next_round
        if name in self._first_of_part:
            return self.words.to_section.format(number=self._first_of_part[name])
        number = numbers(self.instrument).get(name, "")
        following = self._following_number.get(name, "")
        if number or not following:
            return number or self.words.to_end
        return self.words.to_before.format(number=following)

    def answer(self, question: Question, possible: Possible) -> str:
        """Return an answer in words: a label in quotes, a number, a run of numbers."""
        status = self.words.statuses.get(possible.choice)  # type: ignore[call-overload]
        if status is not None:
            return self.words.quoted.format(v=status)
        if possible.answer is None:
            is_number = KINDS[question.kind].storage in {"integer", "decimal"}
            return self.words.any_number if is_number else self.words.any_answer
        if not possible.choice:
            return self.words.no_value
        if question.kind == "calculate":
            return self.outcome(possible.choice)
        return self.speech.literal(question, possible.choice)

    def _runs(self, runs: Sequence[Possible]) -> list[str]:
        """Return runs of numbers in words, those that touch as one."""
        joined: list[tuple[Possible, Possible]] = []
        for run in runs:
            before = joined[-1][1] if joined else None
            touches = before is not None and before.high == run.low
            if before is not None and touches and not (before.is_between and run.is_between):
                joined[-1] = (joined[-1][0], run)
            else:
                joined.append((run, run))
        return [self._run(first, last) for first, last in joined]

    def _run(self, first: Possible, last: Possible) -> str:
        low = "" if first.low is None else self.speech.number(first.low)
        high = "" if last.high is None else self.speech.number(last.high)
        if not high:
            form = self.words.more_than_value if first.is_between else self.words.value_or_more
            return form.format(v=low)
        if not low:
            form = self.words.less_than_value if last.is_between else self.words.value_or_less
            return form.format(v=high)
        if low == high:
            return low
        if first.is_between or last.is_between:
            above = self.words.more_than_value if first.is_between else self.words.value_or_more
            below = self.words.less_than_value if last.is_between else self.words.value_or_less
            return above.format(v=low) + self.words.both + below.format(v=high)
        return self.words.from_to.format(low=low, high=high)
