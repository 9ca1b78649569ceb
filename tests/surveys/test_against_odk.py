"""Random interviews held by ODK's own engine too (npm @getodk/xforms-engine, under Node).

On each shipped questionnaire and on sampler.yaml, the same answers are given to both, in the order of
the questionnaire; then every item has the same relevance, the same value and the same validity
(constraint, required), and every repeat as many instances. ODK's engine holds the XForm that pyxform
makes of the workbook we write.

What only we have is said to ODK in another way: `nonresponse(${x})` becomes `${x_status}`, a text
question beside x. Three spellings differ, and are let through by `allowed` and nothing else:

| | here | in xforms-engine 0.22 |
|---|---|---|
| the moment it started | to the second | with its milliseconds |
| a whole number in answer to a decimal question | 67 | 67.0 |
| a half below zero (XPath 1.0: towards zero) | round(-0.5) is 0 | is -1 |

The sampler leaves out what ODK's engine lacks or does against its own specification, and what the
tools of ODK disagree about among themselves:

| | here | in xforms-engine 0.22 |
|---|---|---|
| upper-case(), lower-case(), index(), date-time() | as XPath 2.0, XForms and Collect have them | none |
| `--${n}` | two minuses | a syntax error |
| a union of items, `|` | in document order | not there yet |
| sum() of no item at all | 0, as XPath 1.0 | blank |
| an item as a condition: `if(${n}, …)`, boolean(${n}) | its answer is not blank, as in Collect | it is there |
| substring-after(x, 'ab') | what follows ab | what follows a |
| %a of a Sunday | Sun | nothing |
| regex() | of the whole text, as in Collect | of a part: the sampler's are anchored |
| a repeat counted by a blank | is not asked | is asked as often as before |
| once(${n}) | ${n}: the same answers always make the same interview | its first value |
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pyxform.xls2xform import convert  # type: ignore[import-untyped]

from interviewer.interview import (
    ANOTHER,
    NO_OTHER,
    Answer,
    Interview,
    Step,
    begin,
    choices,
    give,
    is_required,
)
from surveys import shipped
from surveys.expressions import Expression, Node, calls, compile
from surveys.expressions.functions import FUNCTIONS
from surveys.instrument import Group, Instrument, Item, Question
from surveys.kinds import is_asked
from surveys.kinds.number import limits
from surveys.plan import Plan, expressions_of, plan
from surveys.xlsform import workbook

Require = Callable[[str, bool, str], None]

NODE = Path(__file__).parents[1] / "node"
SAMPLER = Path(__file__).with_name("sampler.yaml")
ZONE = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=ZONE)
WORDS = (
    "a",
    "b",
    "a b",
    "abc",
    "été",
    "e e e",
    "A1",
    "très long texte",
    "2026-03-01",
    "12",
    "b-a-c",
)
FORMS = (*shipped.names(), "sampler")


# --- a questionnaire as ODK has it --------------------------------------------------------------

_STATUS = re.compile(r"nonresponse\(\$\{(\w+)\}\)")


def xform(instrument: Instrument) -> str:
    """Return the XForm of a questionnaire."""
    said = replace(instrument, survey=_said(instrument.survey, _watched(instrument)))
    sheets, _losses = workbook(said)
    form: str = convert(io.BytesIO(sheets), file_type=".xlsx").xform
    return form


def _watched(instrument: Instrument) -> set[str]:
    """Return the names whose status some expression reads."""
    return {
        name
        for item, _around in instrument.items()
        for _column, expression in expressions_of(item)
        for name in _STATUS.findall(expression.text)
    }


def _said(items: tuple[Item, ...], watched: set[str]) -> tuple[Item, ...]:
    """Return the items with each status that is read in a question of its own."""
    found: list[Item] = []
    for item in items:
        texts = {column: expression.text for column, expression in expressions_of(item)}
        columns: dict[str, Any] = {
            column: compile(_STATUS.sub(r"${\1_status}", text)) for column, text in texts.items()
        }
        if isinstance(item, Group):
            found.append(replace(item, questions=_said(item.questions, watched), **columns))
            continue
        found.append(replace(item, **columns))
        if item.name in watched:
            found.append(_status_of(item, columns.get("relevant")))
    return tuple(found)


def _status_of(question: Question, relevant: Expression | None) -> Question:
    """Return the text question that holds the status of another, asked when that is."""
    return replace(
        question,
        kind="text",
        name=f"{question.name}_status",
        relevant=relevant,
        required=None,
        constraint=None,
        soft_constraint=None,
        choice_filter=None,
        choices=None,
        nonresponse=(),
    )


# --- ODK's engine -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """What ODK's engine says of one place."""

    kind: str
    is_relevant: bool
    value: str
    constraint_holds: bool
    required_holds: bool


class Engine:
    """ODK's engine in a process of its own; one form at a time."""

    def __init__(self) -> None:
        environment = {**os.environ, "TZ": "Europe/Paris"}
        self._process = subprocess.Popen(
            ["node", "engine.mjs"],
            cwd=NODE,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.held = ""

    def load(self, name: str, instrument: Instrument, tables: Mapping[str, str]) -> None:
        """Begin a form anew."""
        self._asked(load=xform(instrument), tables=dict(tables), now=round(NOW.timestamp() * 1000))
        self.held = name

    def give(self, operations: list[tuple[str, str | int]]) -> dict[Node, Held]:
        """Give answers, and return what is then held at every place; a repeat's value is its count."""
        told = self._asked(do=operations)
        assert told["refused"] == []
        found: dict[Node, Held] = {}
        counts: dict[Node, int] = {}
        for reference, kind, *state in told["nodes"]:
            node = node_of(reference)
            if kind == "repeat-instance":
                repeat = Node(node.name, node.at[:-1])
                counts[repeat] = counts.get(repeat, 0) + 1
            elif node.name not in ("data", "meta", "instanceID"):
                found[node] = Held(kind, *state)
        return {
            node: Held(held.kind, held.is_relevant, str(counts.get(node, 0)), True, True)
            if held.kind.startswith("repeat-range")
            else held
            for node, held in found.items()
        }

    def _asked(self, **request: object) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def node_of(reference: str) -> Node:
    """Return the place `/data/house[2]/person[1]/age` names: age at (2, 1)."""
    name = reference.rpartition("/")[2].partition("[")[0]
    return Node(name, tuple(int(number) for number in re.findall(r"\[(\d+)\]", reference)))


def reference_of(planned: Plan, node: Node) -> str:
    """Return the reference of a place, as ODK's engine numbers it."""
    numbers = iter(node.at)
    steps = [
        f"{group.name}[{next(numbers)}]" if group.kind == "repeat" else group.name
        for group in planned.around[node.name]
    ]
    return "/".join(["/data", *steps, node.name])


# --- random answers -----------------------------------------------------------------------------


def drawn(lots: random.Random, interview: Interview, step: Step) -> Answer:
    """Return any answer a person could give at a stop, also one that breaks its constraint."""
    question = step.item
    assert isinstance(question, Question)
    if question.nonresponse and lots.random() < 0.08:
        return Answer(status=lots.choice(question.nonresponse))
    if lots.random() < 0.08:
        return Answer(status="no_answer")
    return Answer(
        value=_value(lots, question, [choice.name for choice in choices(interview, step)])
    )


def _value(lots: random.Random, question: Question, offered: list[str]) -> str:
    day = datetime(2025, 12, 1) + timedelta(minutes=lots.randrange(200 * 24 * 60))
    match question.kind:
        case "integer":
            return str(lots.choice((0, 1, 2, 3, lots.randrange(-3, 40))))
        case "decimal":
            return f"{lots.randrange(-40, 400) / 4:g}"
        case "range":
            start, end, step = limits(question)
            return f"{start + step * lots.randrange(int((end - start) / step) + 1):f}"
        case "select_one":
            # The first choice often opens what follows.
            return lots.choice((offered[0], lots.choice(offered))) if offered else ""
        case "select_multiple":
            return " ".join(name for name in offered if lots.random() < 0.4)
        case "date":
            return day.date().isoformat()
        case "time":
            return day.time().isoformat()
        case "dateTime":
            return day.isoformat()
        case "acknowledge":
            return "OK"
        case _:
            return lots.choice(WORDS)


Operations = list[tuple[str, str | int]]


def answered(
    lots: random.Random, interview: Interview, watched: set[str], share: float
) -> tuple[Interview, Operations]:
    """Return the interview after a share of its questions are answered afresh, and what was done.

    Inside repeats all are: ODK's engine forgets an instance that goes, and we remember it.
    """
    operations: Operations = []
    for item, _around in interview.instrument.items():
        in_repeat = bool(interview.plan.scopes[item.name])
        if isinstance(item, Group):
            if item.kind == "repeat" and item.repeat_count is None:
                interview = _repeated(lots, interview, item, operations)
            continue
        if not is_asked(item) or not (in_repeat or lots.random() < share):
            continue
        for node in interview.context.nodes_of(item.name):
            answer = drawn(lots, interview, Step(node, item))
            interview = give(interview, node, answer)
            operations.append((reference_of(interview.plan, node), answer.value))
            if item.name in watched:
                status = answer.status if answer.status in item.nonresponse else ""
                operations.append((f"{operations[-1][0]}_status", status))
    return interview, operations


def _repeated(
    lots: random.Random, interview: Interview, repeat: Group, operations: Operations
) -> Interview:
    """Answer “another one?” at random, in a repeat that stands in none."""
    count = lots.randrange(repeat.repeat_max)
    for number in range(1, repeat.repeat_max + 1):
        value = ANOTHER if number <= count else NO_OTHER
        interview = give(interview, Node(repeat.name, (number,)), Answer(value=value))
    operations.append((reference_of(interview.plan, Node(repeat.name, ())), count))
    return interview


_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


# --- the comparison -----------------------------------------------------------------------------


def ours(interview: Interview) -> dict[Node, tuple[bool, str, bool, bool]]:
    """Return relevance, value, whether the constraint holds and whether what is required is there."""
    found: dict[Node, tuple[bool, str, bool, bool]] = {}
    for item, _around in interview.instrument.items():
        if isinstance(item, Group):
            for node in _group_nodes(interview, item):
                count = interview.counts.get(node, 0) if item.kind == "repeat" else ""
                found[node] = (node in interview.relevant, str(count), True, True)
            continue
        for node in interview.context.nodes_of(item.name):
            value = interview.values.get(node, "")
            is_relevant = node in interview.relevant
            holds = not value or not item.constraint or item.constraint.truth(interview.at(node))
            is_wanted = is_relevant and is_required(interview, Step(node, item))
            found[node] = (is_relevant, value, holds, bool(value) or not is_wanted)
    return found


def _group_nodes(interview: Interview, group: Group) -> tuple[Node, ...]:
    """Return the places of a group, or of a repeat as one whole."""
    if group.kind == "group":
        return interview.context.nodes_of(group.name)
    around = interview.plan.scopes[group.name][:-1]
    return interview.context.instances(group.name, around, ())


def allowed(item: Item, mine: str, theirs: str) -> bool:
    """Return whether two values of an item are the same but for the differences of the table."""
    calculation = getattr(item, "calculation", None)
    written = calculation.text if calculation else ""
    if item.kind == "start":
        return theirs == mine.replace("+", ".000+")
    if item.kind in ("decimal", "calculate") and theirs == f"{mine}.0":
        return True
    if "round(" in written and _NUMBER.fullmatch(mine) and _NUMBER.fullmatch(theirs):
        places = len(theirs.partition(".")[2])
        nearer, further = Decimal(mine), Decimal(theirs)
        return further < nearer <= 0 and nearer - further == Decimal(1).scaleb(-places)
    return False


def differences(interview: Interview, held: Mapping[Node, Held]) -> list[str]:
    """Return a line for each thing the two say otherwise of a place."""
    lines = []
    items = interview.plan.items
    mine = ours(interview)
    for node in sorted({*mine, *(node for node in held if node.name in items)}):
        theirs = held.get(node)
        is_relevant, value, constraint_holds, required_holds = mine.get(
            node, (False, "", True, True)
        )
        if theirs is None:
            if is_relevant:
                lines.append(f"{node}: not there in ODK")
            continue
        if theirs.is_relevant != is_relevant:
            lines.append(f"{node}: relevant {is_relevant}, ODK {theirs.is_relevant}")
        elif is_relevant:
            if theirs.value != value and not allowed(items[node.name], value, theirs.value):
                lines.append(f"{node}: {value!r}, ODK {theirs.value!r}")
            if theirs.constraint_holds != constraint_holds:
                lines.append(f"{node}: constraint {constraint_holds} of {value!r}")
            if theirs.required_holds != required_holds:
                lines.append(f"{node}: required {required_holds} of {value!r}")
    return lines


@pytest.fixture(scope="module")
def engine(require: Require) -> Iterator[Engine]:
    """ODK's engine, started once."""
    require("node", shutil.which("node") is not None, "install Node.js 20.19 or newer")
    installed = (NODE / "node_modules" / "@getodk" / "xforms-engine").is_dir()
    require("npm @getodk/xforms-engine", installed, "run `npm ci` in tests/node")
    engine = Engine()
    yield engine
    engine.close()


def opened(name: str) -> Instrument:
    """Return a questionnaire by its name here."""
    path = SAMPLER if name == "sampler" else shipped.found_file(name)
    loaded = shipped.opened(path, name)
    assert loaded.instrument is not None
    return loaded.instrument


def compare(engine: Engine, name: str, interviews: int) -> set[str]:
    """Hold random interviews in both, and return the names of the items relevant in some.

    Each is answered whole, then a fifth of it anew: what follows from a change is compared too.
    """
    instrument = opened(name)
    watched = _watched(instrument)
    engine.load(name, instrument, {"fees": SAMPLER.with_name("fees.csv").read_text("utf-8")})
    seen: set[str] = set()
    for lot in range(interviews):
        lots = random.Random(f"{name}/{lot}")
        interview = begin(plan(instrument), NOW, str(lot), instrument.default_language)
        for share in (1.0, 0.2):
            interview, operations = answered(lots, interview, watched, share)
            held = engine.give(operations)
            lines = differences(interview, held)
            assert lines == [], (name, lot, share, *lines[:20])
            seen.update(node.name for node in interview.relevant)
    return seen


def test_the_sampler_calls_every_function_both_engines_have() -> None:
    """What is left out is in the table above."""
    called = {
        call.function
        for item, _around in opened("sampler").items()
        for _column, expression in expressions_of(item)
        for call in calls(expression.tree)
    }
    assert set(FUNCTIONS) - called == {"upper-case", "lower-case", "index", "date-time"}


@pytest.mark.parametrize("name", FORMS)
def test_fifty_random_interviews_are_as_odk_holds_them(engine: Engine, name: str) -> None:
    """Relevance, values and validity of every item; and nearly every item is relevant in some."""
    seen = compare(engine, name, 50)
    items = {item.name for item, _around in opened(name).items()}
    assert len(seen) >= 0.95 * len(items), sorted(items - seen)


@pytest.mark.soak
@pytest.mark.parametrize("name", FORMS)
def test_two_hundred_random_interviews_are_as_odk_holds_them(engine: Engine, name: str) -> None:
    """The same fifty, and as many again three times over."""
    compare(engine, name, 200)
