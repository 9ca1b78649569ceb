"""The interview: answers folded over an instrument. Nothing else says where it is.

An `Interview` is a frozen value: the answers given so far and what follows from them (values,
relevance, how many times each repeat is asked). `give` returns the next one. The current question is
the first on the path that is not settled, so back, edit, resume and replay need no code of their own:
whatever the order in which answers were given, equal answers make an equal interview.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from interviewer import keep
from interviewer.scrub import Scrubber
from surveys.expressions import Context, Expression, Node
from surveys.instrument import (
    PIPED,
    Choice,
    Group,
    Instrument,
    Item,
    Nonresponse,
    Question,
    Text,
)
from surveys.kinds import KINDS, WhyNot, is_asked
from surveys.language import _
from surveys.plan import Plan

Status = Literal["answered", "refused", "dont_know", "not_applicable", "no_answer"]
Completeness = Literal["refused", "complete", "partial", "broke_off"]

ANOTHER = "1"  # the answer to “another one?” of a repeat without a count
NO_OTHER = "0"


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What was answered. `value` is what conditions see, `kept` what a record may hold.

    `kept` is None where nothing may be kept. `reason` says why a soft constraint was overridden.
    It has no repr: a traceback must not print an answer.
    """

    value: str = ""
    status: Status = "answered"
    kept: str | None = None
    comment: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One stop on the path: a question at its place; a repeat stands for “another one?”."""

    node: Node
    item: Item


@dataclass(frozen=True, slots=True)
class Judgement:
    """A typed text, judged: an answer, or what to say. `is_soft`: accepted if a reason is given."""

    answer: Answer | None
    message: str = ""
    is_soft: bool = False


def _empty() -> Mapping[Node, str]:
    return MappingProxyType({})


@dataclass(frozen=True, repr=False, eq=False)
class Interview:
    """Answers given so far, and what follows from them. Made by `begin`, changed by `give`.

    `recalled` is what a resumed draft kept of answers that are asked again: a record holds it where
    nobody came to answer again. `values` holds the text of every relevant item that is not blank; `statuses` the non-response;
    `relevant` the items that are asked, repeats under the place they stand in; `counts` how many
    times a repeat is asked there.
    """

    plan: Plan
    now: datetime
    seed: str
    language: str
    ended: datetime | None = None
    answers: Mapping[Node, Answer] = field(default_factory=dict)
    recalled: Mapping[Node, Answer] = field(default_factory=dict)
    values: Mapping[Node, str] = field(default_factory=_empty)
    statuses: Mapping[Node, str] = field(default_factory=_empty)
    counts: Mapping[Node, int] = field(default_factory=dict)
    relevant: frozenset[Node] = frozenset()

    @property
    def instrument(self) -> Instrument:
        """The instrument this is an interview of."""
        return self.plan.instrument

    @cached_property
    def path(self) -> tuple[Step, ...]:
        """Every stop from the first to the last, as the answers so far have it."""
        return tuple(_walk(self, self.instrument.survey, ()))

    @cached_property
    def current(self) -> Step | None:
        """The first stop that is not settled; None when all are."""
        return next((step for step in self.path if not is_settled(self, step)), None)

    @cached_property
    def context(self) -> Context:
        """What expressions see, from nowhere in particular."""
        return Context(
            scopes=self.plan.scopes,
            parents=self.plan.parents,
            values=self.values,
            statuses=self.statuses,
            counts=self.counts,
            lists=self.plan.rows(self.language),
            list_of=self.plan.list_of,
            now=self.now,
            random=random.Random(self.seed).random,  # noqa: S311 - orders choices, protects nothing
        )

    def at(self, node: Node) -> Context:
        """Return what expressions see from a node."""
        return self.context.at(node)


def begin(plan: Plan, now: datetime, seed: str, language: str = "") -> Interview:
    """Return the interview before the first answer. `seed` feeds random(); `now` is its clock."""
    spoken = language or plan.instrument.default_language
    return _recomputed(Interview(plan, now, seed, spoken), {}, plan.order)


def replay(
    plan: Plan, now: datetime, seed: str, answers: Iterable[tuple[Node, Answer]], language: str = ""
) -> Interview:
    """Return the interview in which these answers were given, later ones replacing earlier ones."""
    interview = begin(plan, now, seed, language)
    for node, answer in answers:
        interview = give(interview, node, answer)
    return interview


def give(interview: Interview, node: Node, answer: Answer) -> Interview:
    """Return the interview after an answer; one given before at the same place is replaced."""
    answers = {**interview.answers, node: answer}
    return _recomputed(interview, answers, (node.name,))


def spoken_in(interview: Interview, language: str) -> Interview:
    """Return the same interview held in another language; what quotes a label follows."""
    spoken = replace(interview, language=language)
    return _recomputed(spoken, interview.answers, interview.plan.order)


def finished(interview: Interview, ended: datetime) -> Interview:
    """Return the interview with the time it ended, which items of kind `end` hold."""
    return _recomputed(replace(interview, ended=ended), interview.answers, interview.plan.order)


# --- judging what was typed -------------------------------------------------------------------


def judge(
    interview: Interview, step: Step, typed: str, scrubber: Scrubber, reason: str = ""
) -> Judgement:
    """Return the answer a typed text makes, or what to say to whoever typed it.

    An empty text leaves an optional question blank. Free text is scrubbed here, before anything is
    kept, so that conditions and record see the same text.
    """
    if isinstance(step.item, Group):
        return _judge_another(typed)
    question = step.item
    if not typed.strip():
        return _judge_blank(interview, step, question)
    standing = _standing_for(question, typed.strip())
    if standing:
        return Judgement(Answer(status=standing))
    value = KINDS[question.kind].read(question, typed, choices(interview, step))
    if isinstance(value, WhyNot):
        return Judgement(None, value.message)
    if question.keep.rule == "scrub":
        value = scrubber.scrub(value).text
        if not value.strip():
            return _judge_blank(interview, step, question)
    storage = KINDS[question.kind].storage
    if storage == "text" and len(value) > question.max_length:
        too_long = _("Too long: {n} characters, at most {limit}.")
        return Judgement(None, too_long.format(n=len(value), limit=question.max_length))
    answer = Answer(value=value, kept=keep.reduce(question, value, scrubber))
    return _judge_constraints(interview, step, question, answer, reason)


def _standing_for(question: Question, typed: str) -> Nonresponse | Literal[""]:
    """Return the status a typed code stands for, as -99 does in the list of many a form; or ''."""
    rows = question.choices.rows if question.choices else ()
    return next(
        (row.nonresponse for row in rows if row.nonresponse and typed in (row.name, row.code)), ""
    )


def _judge_another(typed: str) -> Judgement:
    word = typed.strip()
    if word in {"1", "2"}:
        return Judgement(Answer(value=ANOTHER if word == "1" else NO_OTHER))
    return Judgement(None, _("Type 1 for another one, 2 to go on."))


def _judge_blank(interview: Interview, step: Step, question: Question) -> Judgement:
    if not is_required(interview, step):
        return Judgement(Answer(status="no_answer"))
    asked = text_of(interview, question.required_message, step.node)
    if "refused" in question.nonresponse:
        return Judgement(None, asked or _("An answer is needed here; it may be a refusal."))
    return Judgement(None, asked or _("An answer is needed here."))


def _judge_constraints(
    interview: Interview, step: Step, question: Question, answer: Answer, reason: str
) -> Judgement:
    if not _holds(interview, step.node, question.constraint, answer.value):
        message = text_of(interview, question.constraint_message, step.node)
        return Judgement(None, message or _("This answer is not possible here."))
    if _holds(interview, step.node, question.soft_constraint, answer.value):
        return Judgement(answer)
    if reason:
        return Judgement(replace(answer, reason=reason))
    message = text_of(interview, question.soft_constraint_message, step.node)
    return Judgement(None, message or _("This answer is unusual."), is_soft=True)


def _holds(interview: Interview, node: Node, condition: Expression | None, value: str) -> bool:
    if condition is None:
        return True
    values = {**interview.values, node: value}
    context = replace(interview.context, values=values)
    return condition.truth(context.at(node))


def is_required(interview: Interview, step: Step) -> bool:
    """Whether a stop may not be left blank, as the answers so far have it."""
    condition = step.item.required if isinstance(step.item, Question) else None
    return condition is not None and condition.truth(interview.at(step.node))


def suggested(interview: Interview, step: Step) -> str:
    """Return the answer a question suggests: its default, or what its calculation gives; or ''."""
    if isinstance(step.item, Group) or not is_asked(step.item):
        return ""
    computed = step.item.dynamic_default or step.item.calculation
    return computed.string(interview.at(step.node)) if computed else step.item.default


def without_answer(step: Step, status: Status) -> Answer | None:
    """Return the answer that says refused, don't know or not applicable; None where not offered."""
    if isinstance(step.item, Question) and status in step.item.nonresponse:
        return Answer(status=status)
    return None


def first_broken(interview: Interview) -> tuple[Step, str] | None:
    """Return the first answered stop whose constraint no longer holds, and its message; or None."""
    for step in interview.path:
        answer = interview.answers.get(step.node)
        if answer is None or answer.status != "answered" or isinstance(step.item, Group):
            continue
        if not _holds(interview, step.node, step.item.constraint, answer.value):
            message = text_of(interview, step.item.constraint_message, step.node)
            return step, message or _("This answer is not possible here.")
    return None


# --- what is shown ----------------------------------------------------------------------------


def choices(interview: Interview, step: Step) -> tuple[Choice, ...]:
    """Return the choices offered at a stop, after its choice filter."""
    if isinstance(step.item, Group) or step.item.choices is None:
        return ()
    return _offered(interview, step.item, interview.at(step.node))


def _offered(interview: Interview, question: Question, here: Context) -> tuple[Choice, ...]:
    if question.choices is None:
        return ()
    offered, condition = question.choices.choices, question.choice_filter
    if condition is None:
        return offered
    default = interview.instrument.default_language
    return tuple(
        choice
        for choice in offered
        if condition.truth(here.with_row(choice.row(interview.language, default)))
    )


def _still_offered(interview: Interview, question: Question, value: str, here: Context) -> str:
    """Return what is left of an answer after its question's filter took choices away."""
    if question.choice_filter is None or not value:
        return value
    offered = {choice.name for choice in _offered(interview, question, here)}
    return " ".join(name for name in value.split() if name in offered)


def text_of(interview: Interview, text: Text, node: Node) -> str:
    """Return a text in the interview's language, with ${name} replaced by what was answered."""
    written = text.in_language(interview.language, interview.instrument.default_language)
    if "${" not in written:
        return written
    here = interview.at(node)
    return PIPED.sub(lambda match: _piped(interview, here, match[1]), written)


def question_text(interview: Interview, step: Step) -> str:
    """Return the label of a stop; of an item that is read only, with the value it shows."""
    label = text_of(interview, step.item.label, step.node)
    if isinstance(step.item, Group) or step.item.read_only is None:
        return label
    return "\n".join(filter(None, (label, shown(interview, step.node))))


def _piped(interview: Interview, here: Context, name: str) -> str:
    found = here.nodes_of(name)
    return shown(interview, found[0]) if found else ""


def shown(interview: Interview, node: Node) -> str:
    """Return the value at a node as a person reads it; '' where there is none."""
    item = interview.plan.items[node.name]
    value = interview.values.get(node, "")
    if isinstance(item, Group) or not value:
        return value
    offered = item.choices.choices if item.choices else ()
    default = interview.instrument.default_language

    def label(choice: Choice) -> str:
        return choice.label.in_language(interview.language, default)

    return KINDS[item.kind].show(item, value, offered, label)


def section(interview: Interview, step: Step) -> str:
    """Return the labels of the groups around a stop, outermost first; '' where there is none.

    A repeat within a group is left out: which round it is stands elsewhere.
    """
    labelled = [group for group in interview.plan.around[step.node.name] if group.label]
    told = [group for group in labelled if group.kind == "group" or group is labelled[0]]
    return " · ".join(text_of(interview, group.label, step.node) for group in told)


def rounds_wanted(interview: Interview, repeat: Group, at: tuple[int, ...]) -> int:
    """Return how many rounds the count of a repeat asks for, which may be more than its most."""
    if repeat.repeat_count is None:
        return 0
    number = repeat.repeat_count.number(interview.at(Node(repeat.name, at)))
    return 0 if math.isnan(number) else int(min(max(number, 0), 10**9))


def is_self_completed(interview: Interview, step: Step) -> bool:
    """Whether the respondent, not the interviewer, answers at this stop."""
    return any(group.self_completed for group in interview.plan.around[step.node.name])


# --- how it ends ------------------------------------------------------------------------------


def completeness(interview: Interview) -> Completeness:
    """Return what the interview amounts to, by the instrument's own conditions in their order.

    Without `complete_when`, complete is an interview that reached its end.
    """
    instrument = interview.instrument
    here = interview.context
    if instrument.refused_when and instrument.refused_when.truth(here):
        return "refused"
    if (
        instrument.complete_when.truth(here)
        if instrument.complete_when
        else interview.current is None
    ):
        return "complete"
    if instrument.partial_when and instrument.partial_when.truth(here):
        return "partial"
    return "broke_off"


# --- the fold ---------------------------------------------------------------------------------


def is_settled(interview: Interview, step: Step) -> bool:
    """Whether a stop has been answered (by a choice that is still offered) or passed."""
    answer = interview.answers.get(step.node)
    if answer is None:
        return False
    item = step.item
    if isinstance(item, Group) or item.choice_filter is None:
        return True
    left = _still_offered(interview, item, answer.value, interview.at(step.node))
    return left == answer.value


def _walk(interview: Interview, items: Iterable[Item], at: tuple[int, ...]) -> Iterator[Step]:
    for item in items:
        node = Node(item.name, at)
        if node not in interview.relevant:
            continue
        if isinstance(item, Question):
            if KINDS[item.kind].is_shown:
                yield Step(node, item)
        elif item.kind == "group":
            yield from _walk(interview, item.questions, at)
        else:
            yield from _walk_repeat(interview, item, node)


def _walk_repeat(interview: Interview, repeat: Group, node: Node) -> Iterator[Step]:
    count = interview.counts.get(node, 0)
    for number in range(1, count + 1):
        inside = (*node.at, number)
        if repeat.repeat_count is None:
            yield Step(Node(repeat.name, inside), repeat)
        yield from _walk(interview, repeat.questions, inside)
    if repeat.repeat_count is None and count < repeat.repeat_max:
        yield Step(Node(repeat.name, (*node.at, count + 1)), repeat)


def _recomputed(
    interview: Interview, answers: Mapping[Node, Answer], changed: Iterable[str]
) -> Interview:
    """Return the interview with these answers, after a change of the named items.

    What reads an item is computed afresh where the item changed, and nothing else is.
    """
    plan = interview.plan
    after = _After(
        dict(interview.values),
        dict(interview.statuses),
        dict(interview.counts),
        set(interview.relevant),
    )
    context = replace(
        interview.context, values=after.values, statuses=after.statuses, counts=after.counts
    )
    waiting = set(changed)
    order = plan.affected(min(waiting)) if len(waiting) == 1 else plan.order
    for name in order:
        if name not in waiting:
            continue
        item = plan.items[name]
        has_changed = False
        if plan.scopes[name]:
            _forget(name, after)
            has_changed = True
        for node in _places(plan, item, after.counts):
            here = context.at(node)
            if (
                name in plan.random_names
            ):  # lots drawn at a place are its own: replay draws the same
                lots = random.Random(f"{interview.seed}/{node}")  # noqa: S311 - protects nothing
                here = replace(here, random=lots.random)
            before = after.at(node)
            _settle(interview, item, node, answers, here, after)
            has_changed = has_changed or after.at(node) != before
        if has_changed:
            waiting.update(plan.dependents.get(name, ()))
    return replace(
        interview,
        answers=answers,
        values=after.values,
        statuses=after.statuses,
        counts=after.counts,
        relevant=frozenset(after.relevant),
    )


@dataclass(frozen=True, slots=True, repr=False)
class _After:
    """What follows from the answers, while it is computed."""

    values: dict[Node, str]
    statuses: dict[Node, str]
    counts: dict[Node, int]
    relevant: set[Node]

    def at(self, node: Node) -> tuple[object, ...]:
        """Return all that others may read of a node."""
        return (
            node in self.relevant,
            self.values.get(node),
            self.statuses.get(node),
            self.counts.get(node),
        )


def _settle(
    interview: Interview,
    item: Item,
    node: Node,
    answers: Mapping[Node, Answer],
    here: Context,
    after: _After,
) -> None:
    """Compute one item at one place."""
    after.values.pop(node, None)
    after.statuses.pop(node, None)
    after.counts.pop(node, None)
    if not _is_asked(interview.plan, item, node, after.relevant, here):
        after.relevant.discard(node)
        return
    after.relevant.add(node)
    if isinstance(item, Group):
        if item.kind == "repeat":
            after.counts[node] = _count(item, node, answers, here)
        return
    value, status = _value(interview, item, node, answers, here)
    if value:
        after.values[node] = value
    if status:
        after.statuses[node] = status


def _forget(name: str, after: _After) -> None:
    """Drop what was known of every instance of a name: there may be fewer of them now."""
    for found in (after.values, after.statuses, after.counts):
        for node in [node for node in found if node.name == name]:
            del found[node]
    after.relevant.difference_update([node for node in after.relevant if node.name == name])


def _places(plan: Plan, item: Item, counts: Mapping[Node, int]) -> list[Node]:
    """Return every node of an item; a repeat is one node wherever it stands, not one an instance."""
    repeats = plan.scopes[item.name]
    if isinstance(item, Group) and item.kind == "repeat":
        repeats = repeats[:-1]
    if not repeats:
        return [Node(item.name, ())]
    places: list[tuple[int, ...]] = [()]
    for repeat in repeats:
        places = [
            (*at, number)
            for at in places
            for number in range(1, counts.get(Node(repeat, at), 0) + 1)
        ]
    return [Node(item.name, at) for at in places]


def _is_asked(plan: Plan, item: Item, node: Node, relevant: set[Node], here: Context) -> bool:
    around = plan.around[item.name]
    if around:
        parent = around[-1]
        at = node.at[:-1] if parent.kind == "repeat" else node.at
        if Node(parent.name, at) not in relevant:
            return False
    return item.relevant is None or item.relevant.truth(here)


def _count(repeat: Group, node: Node, answers: Mapping[Node, Answer], here: Context) -> int:
    if repeat.repeat_count is not None:
        number = repeat.repeat_count.number(here)
        return 0 if math.isnan(number) else max(0, min(int(number), repeat.repeat_max))
    count = 0
    while count < repeat.repeat_max:
        answer = answers.get(Node(repeat.name, (*node.at, count + 1)))
        if answer is None or answer.value != ANOTHER:
            break
        count += 1
    return count


def _value(
    interview: Interview,
    question: Question,
    node: Node,
    answers: Mapping[Node, Answer],
    here: Context,
) -> tuple[str, str]:
    """Return the value of an asked or computed question, and its non-response."""
    if question.kind in {"calculate", "hidden"} or question.read_only is not None:
        computed = question.calculation or question.dynamic_default
        value = computed.string(here) if computed else question.default
        return value[: question.max_length], ""
    if question.kind == "start":
        return interview.now.isoformat(timespec="seconds"), ""
    if question.kind == "end":
        return interview.ended.isoformat(timespec="seconds") if interview.ended else "", ""
    if question.kind == "today":
        return interview.now.date().isoformat(), ""
    answer = answers.get(node)
    if answer is None:
        return "", ""
    value = _still_offered(interview, question, answer.value, here)
    return value, answer.status if answer.status in question.nonresponse else ""
