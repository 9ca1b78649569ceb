"""How fast the questionnaire language is, against its neighbours in the same run: `make bench`.

A form of 1,000 questions and 1,000 calculations, each question shown on the one before and each
calculation adding to the one before, so that its first answer changes half of the form.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from xml.etree import ElementTree

import elementpath
import yaml
from elementpath import XPath2Parser, XPathContext
from elementpath.tree_builders import get_node_tree

from interviewer.interview import Answer, Interview, begin, give
from souspli import collect_rarely
from surveys import expressions
from surveys.check import check
from surveys.expressions import Context, Node
from surveys.plan import plan

QUESTIONS = 1_000
NOW = datetime(2026, 5, 1, 12)

TEN_TERMS = (
    "${a} > 3 and ${b} = 'yes' and ${c} < 10 and ${d} != 'no' and ${e} >= 0 and ${f} <= 30 "
    "and ${g} = 'x' and ${h} > 1 and ${i} != 2 and ${j} = 5"
)
ANSWERS = {"a": "5", "b": "yes", "c": "3", "d": "", "e": "0", "f": "12", "g": "x", "h": "2"} | {
    "i": "1",
    "j": "5",
}


def large_form() -> str:
    """Return the form as YAML."""
    lines = [
        "souspli: 1",
        "form: {id: large, version: '1', title: Large}",
        "survey:",
    ]
    for number in range(QUESTIONS):
        before = number - 1
        lines += [
            f"  - type: integer\n    name: q{number}\n    label: Question {number}?",
            "    constraint: . >= 0 and . <= 30",
        ]
        if number:
            lines.append(f"    relevant: ${{q{before}}} != 3")
        calculation = f"${{q{number}}} + ${{c{before}}}" if number else "${q0}"
        lines += [f"  - type: calculate\n    name: c{number}\n    calculation: {calculation}"]
    return "\n".join(lines) + "\n"


def best(work: Callable[[], object], rounds: int) -> float:
    """Return the shortest of some runs in seconds: what the machine can do when left alone."""
    found = []
    for _round in range(rounds):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def loading() -> tuple[float, float]:
    """Return the seconds to load and check the large form cold, and for PyYAML's C loader to read it."""
    source = large_form()

    def cold() -> None:
        expressions.compile.cache_clear()
        assert check(source, "large.yaml").instrument is not None

    return best(cold, 9), best(lambda: yaml.load(source, Loader=yaml.CSafeLoader), 5)


def worst_change() -> tuple[float, int]:
    """Return the seconds of the change that changes most, with the way through the form after it."""
    instrument = check(large_form(), "large.yaml").instrument
    assert instrument is not None
    made = plan(instrument)
    interview = begin(made, NOW, "seed")
    for number in range(QUESTIONS):
        interview = give(interview, Node(f"q{number}", ()), Answer(value="5", kept="5"))

    def change() -> Interview:
        after = give(interview, Node("q0", ()), Answer(value="6", kept="6"))
        assert after.current is None
        return after

    changed = sum(change().values.get(node) != value for node, value in interview.values.items())
    return best(change, 15), changed


def conditions() -> tuple[float, float]:
    """Return the seconds of one evaluation of a ten-term condition, ours and elementpath's."""
    ours = expressions.compile(TEN_TERMS)
    scopes: dict[str, tuple[str, ...]] = dict.fromkeys(ANSWERS, ())
    values = {Node(name, ()): value for name, value in ANSWERS.items()}
    context = Context(scopes=scopes, values=values, now=NOW, random=lambda: 0.5)
    assert ours.truth(context)
    root = ElementTree.Element("data")
    for name, value in ANSWERS.items():
        ElementTree.SubElement(root, name).text = value
    written = TEN_TERMS.replace("${", "").replace("}", "")
    for number in ("a", "c", "e", "f", "h", "i", "j"):
        written = written.replace(f"{number} ", f"number({number}) ")
    theirs = XPath2Parser().parse(written)
    tree = get_node_tree(root)
    assert theirs.evaluate(XPathContext(tree)) is True
    repeat = 300
    return (
        best(lambda: [ours.truth(context) for _one in range(repeat)], 9) / repeat,
        best(lambda: [theirs.evaluate(XPathContext(tree)) for _one in range(repeat)], 5) / repeat,
    )


def report() -> None:
    """Print the figures of the language, measured as the front door has it run."""
    collect_rarely()
    mine, read = loading()
    change, changed = worst_change()
    one, other = conditions()
    size = f"{QUESTIONS:,} questions and as many calculations"
    print(
        f"{mine / read:6.2f}  load and check {size}, against PyYAML reading it  ({1000 * mine:.0f} ms / {1000 * read:.0f} ms)"
    )
    print(f"{1000 * change:6.2f}  ms: the worst change there, {changed} values of it")
    print(
        f"{other / one:6.1f}  times elementpath {elementpath.__version__} on a ten-term condition  ({1e6 * one:.1f} µs / {1e6 * other:.1f} µs)"
    )
