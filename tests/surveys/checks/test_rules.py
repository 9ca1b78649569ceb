"""Each rule has a good and a bad example, and the bad one shows exactly its problem."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

import surveys
from surveys.check import READING, RULES, check
from surveys.problems import Problem

HEAD = """\
souspli: 1
form: {id: test, version: "1", title: Test%s}
choices:
  yes_no:
    - {name: yes, label: Yes}
    - {name: no, label: No}
  products:
    - {name: crack, label: Crack}
    - {name: alcohol, label: Alcohol}
    - {name: nothing, label: Nothing, exclusive: true}
  scale:
    - {name: 1, label: Low}
    - {name: 2, label: High}
survey:
  - {type: select_one, choices: yes_no, name: first, label: First?}
  - {type: select_multiple, choices: products, name: used, label: Used?}
  - {type: integer, name: age, label: Age?, constraint: . >= 15 and . <= 99}
  - {type: select_one, choices: scale, name: level, label: Level?}
  - {type: text, name: words, label: In your words?}
  - {type: date, name: day, label: Day of the visit?}
"""
LINES = HEAD.count("\n")


@dataclass(frozen=True)
class Pair:
    """Items after those above: `good` has no problem, `bad` has one, at this text, this grave.

    `form` is added to the form's keys, `head` replaces a text of those above (in the bad one).
    """

    good: str
    bad: str
    at: str
    severity: str = "error"
    form: str = ""
    head: tuple[str, str] = ("", "")


REPEAT = """\
  - type: repeat
    name: visit
    label: Visit
    questions:
      - {type: integer, name: minutes, label: Minutes?}
"""
PAIRS: dict[str, Pair] = {
    "name": Pair(
        "  - {type: text, name: a_1, label: A}\n", "  - {type: text, name: 1a, label: A}\n", "1a"
    ),
    "duplicate": Pair(
        "  - {type: text, name: other, label: A}\n",
        "  - {type: text, name: First, label: A}\n",
        "First",
    ),
    "choices": Pair("", "", "yes, label: No", head=("{name: no,", "{name: yes,")),
    "unused_list": Pair(
        "  - {type: select_one, choices: yes_no, name: q, label: Q}\n",
        "",
        "scale:",
        "warning",
        head=("select_one, choices: scale", "integer"),
    ),
    "none": Pair(
        "",
        "",
        "nothing",
        "warning",
        head=(", exclusive: true", ""),
    ),
    "label": Pair("  - {type: note, name: n, label: N}\n", "  - {type: note, name: n}\n", "n}"),
    "language": Pair(
        "",
        "",
        "en}",
        form=", languages: {fr: F}, default_language: fr",
        head=("default_language: fr", "default_language: en"),
    ),
    "translation": Pair(
        "  - {type: note, name: n, label: {fr: N, en: N}}\n",
        "  - {type: note, name: n, label: {fr: N}}\n",
        "{fr: N}",
        "warning",
        form=", languages: {fr: F, en: E}, default_language: fr",
    ),
    "long": Pair(
        f"  - {{type: note, name: n, label: {'word ' * 290}}}\n",
        f"  - {{type: note, name: n, label: {'word ' * 320}}}\n",
        "word word",
        "warning",
    ),
    "reference": Pair(
        "  - {type: note, name: n, label: N, relevant: '${age} > 20'}\n",
        "  - {type: note, name: n, label: N, relevant: '${aeg} > 20'}\n",
        "${aeg}",
    ),
    "repeat": Pair(
        REPEAT + "  - {type: note, name: n, label: N, relevant: 'sum(${minutes}) > 60'}\n",
        REPEAT + "  - {type: note, name: n, label: N, relevant: '${minutes} > 60'}\n",
        "${minutes} > 60",
    ),
    "forward": Pair(
        "  - {type: integer, name: later, label: L}\n"
        "  - {type: note, name: n, label: N, relevant: '${later} = 1'}\n",
        "  - {type: note, name: n, label: N, relevant: '${later} = 1'}\n"
        "  - {type: integer, name: later, label: L}\n",
        "${later}",
        "warning",
    ),
    "cycle": Pair(
        "  - {type: calculate, name: a, calculation: '${age} + 1'}\n",
        "  - {type: calculate, name: a, calculation: '${b} + 1'}\n"
        "  - {type: calculate, name: b, calculation: '${a} + 1'}\n",
        "${b} + 1",
    ),
    "trigger": Pair(
        "  - {type: calculate, name: a, calculation: '${age} + 1'}\n",
        "  - {type: calculate, name: a, calculation: '${age} + 1', trigger: '${first}'}\n",
        "${first}",
        "warning",
    ),
    "mismatch": Pair(
        "  - {type: note, name: n, label: N, relevant: \"${age} = '18'\"}\n",
        "  - {type: note, name: n, label: N, relevant: \"${age} = 'oui'\"}\n",
        "'oui'",
    ),
    "unknown_choice": Pair(
        "  - {type: note, name: n, label: N, relevant: \"selected(${used}, 'crack')\"}\n",
        "  - {type: note, name: n, label: N, relevant: \"selected(${used}, 'heroin')\"}\n",
        "'heroin'",
    ),
    "regex": Pair(
        "  - {type: text, name: t, label: T, constraint: \"regex(., '^[A-Z]+$')\"}\n",
        "  - {type: text, name: t, label: T, constraint: \"regex(., '[A-Z]+')\"}\n",
        "'[A-Z]+'",
        "warning",
    ),
    "unreachable": Pair(
        "  - {type: note, name: n, label: N, relevant: '${age} > 17 and ${age} < 25'}\n",
        "  - {type: note, name: n, label: N, relevant: '${age} < 18 and ${age} > 24'}\n",
        "${age} < 18",
        "warning",
    ),
    "unsatisfiable": Pair(
        "  - {type: integer, name: n, label: N, constraint: '. > 5 and . < 7'}\n",
        "  - {type: integer, name: n, label: N, constraint: '. > 5 and . < 6'}\n",
        ". > 5",
    ),
    "required": Pair(
        "  - {type: text, name: t, label: T, required: yes}\n",
        "  - {type: note, name: t, label: T, required: yes}\n",
        "yes}",
        "warning",
    ),
    "leak": Pair(
        "  - {type: calculate, name: c, calculation: '${words}', keep: never}\n",
        "  - {type: calculate, name: c, calculation: '${words}'}\n",
        "${words}",
    ),
    "direct": Pair(
        "  - {type: text, name: badge, label: B, identifying: direct, keep: link}\n",
        "  - {type: text, name: badge, label: B, identifying: direct, keep: as_given}\n",
        "direct",
    ),
    "identity": Pair(
        "  - {type: text, name: who, label: What is your first name?, keep: never}\n",
        "  - {type: text, name: who, label: What is your first name?}\n",
        "who",
    ),
    "offence": Pair(
        "  - {type: integer, name: n, label: How many nights in hospital?}\n",
        "  - {type: integer, name: n, label: How many nights in prison?}\n",
        "n, label: How",
        "warning",
    ),
    "sensitive": Pair(
        "  - {type: text, name: t, label: T, sensitive: true}\n",
        "  - {type: text, name: t, label: T, sensitive: true, nonresponse: [dont_know]}\n",
        "[dont_know]",
        "warning",
    ),
    "unique": Pair(
        "  - {type: integer, name: born, label: B, identifying: quasi, keep: {bands: [0, 50]}}\n",
        "  - {type: integer, name: born, label: B, identifying: quasi, constraint: . <= 99 and . > 0}\n",
        "100",
        "warning",
        form=", population: 100",
    ),
}


def problems(source: str) -> tuple[Problem, ...]:
    return check(source, "f.yaml").problems


def form_of(pair: Pair, *, is_bad: bool) -> str:
    head = HEAD % pair.form
    return (
        head.replace(*pair.head, 1) + pair.bad
        if is_bad and pair.head[0]
        else head + (pair.bad if is_bad else pair.good)
    )


def test_every_rule_has_its_pair() -> None:
    """And no pair is of a rule that is gone."""
    assert [rule.name for rule in RULES] == list(PAIRS)


def test_every_rule_says_what_holds() -> None:
    """The first line of its function is a sentence for the manual."""
    for rule in RULES:
        assert re.fullmatch(r"[A-Z“].*\.", rule.invariant), rule.name


@pytest.mark.parametrize("name", PAIRS)
def test_the_good_example_has_no_problem(name: str) -> None:
    """Silence means good."""
    assert [str(problem) for problem in problems(form_of(PAIRS[name], is_bad=False))] == []


@pytest.mark.parametrize("name", PAIRS)
def test_the_bad_example_has_one_problem_where_it_stands(name: str) -> None:
    """One mistake is blamed once, by its rule, at its text."""
    pair = PAIRS[name]
    source = form_of(pair, is_bad=True)
    assert [(p.check, p.severity) for p in problems(source)] == [(name, pair.severity)]
    place = problems(source)[0].place
    assert source.splitlines()[place.line - 1][place.column - 1 :].startswith(pair.at)


def test_every_check_that_a_problem_names_is_known() -> None:
    """So that each can be looked up in the manual, and said in `accept`."""
    known = {rule.name for rule in RULES} | set(READING)
    root = Path(surveys.__file__).parent
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _is_problem(node) and len(node.args) >= 5:
                check_name = node.args[4]
                if isinstance(check_name, ast.Constant):
                    assert check_name.value in known, f"{path}:{node.lineno}"


def _is_problem(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "Problem"
