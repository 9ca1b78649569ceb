"""Files made to exhaust the machine, and files with many mistakes: quickly refused, wholly told.

Times are compared with that of checking a shipped questionnaire on the same machine in the same run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.check import check
from surveys.load import source_of
from surveys.problems import Refusal
from surveys.shipped import FOLDER
from surveys.yamltree import MAX_BYTES

HEAD = 'souspli: 1\nform: {id: test, version: "1", title: Test}\nsurvey:\n'
SHIPPED = FOLDER / "assore" / "beneficiaires.yaml"
PATIENCE = 5  # times the shipped questionnaire: below a second wherever that takes 200 ms


def seconds(do: Callable[[], object]) -> float:
    """Return the processor's time, which what else runs beside does not lengthen."""
    start = time.process_time()
    do()
    return time.process_time() - start


@pytest.fixture(scope="module")
def usual() -> float:
    """The time it takes to check a questionnaire of 237 items."""
    source = SHIPPED.read_text("utf-8")
    return min(seconds(lambda: check(source, "f.yaml")) for _turn in range(2))


def constraint(text: str) -> str:
    return HEAD + f"  - {{type: text, name: t, label: T, constraint: {text}}}\n"


HOSTILE = {
    "a pattern of exponential time": constraint("\"regex(., '^(a+)+$')\""),
    "a hundred thousand terms": constraint("'" + "1 + " * 99_999 + "1'"),
    "ten thousand parentheses": constraint("'" + "(" * 10_000 + "1" + ")" * 10_000 + "'"),
    "ten thousand minuses": constraint("'" + "-" * 19_990 + "x'"),
    "nested predicates": constraint("'" + "${t}[" * 3_000 + "1" + "]" * 3_000 + "'"),
    "an alias bomb": 'a: &a ["x"]\n'
    + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(20)
    ),
    "a hundred thousand brackets": "[" * 100_000,
    "a hundred thousand braces": "{a: " * 100_000,
    "fifty megabytes": HEAD + "#" * 50_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_made_to_exhaust_the_machine_is_refused_at_once(name: str, usual: float) -> None:
    """With a place, and a remedy or a limit."""
    source = HOSTILE[name]
    assert seconds(lambda: check(source, "f.yaml")) < PATIENCE * usual
    problems = check(source, "f.yaml").problems
    assert problems[0].severity == "error"
    assert str(problems[0]).startswith("f.yaml:")


def item(keys: str) -> str:
    return HEAD + f"  - {{type: integer, name: t, {keys}}}\n"


AGAIN_AND_AGAIN = {
    "beginnings of piped names": item('label: "' + "${" * 200_000 + '"'),
    "beginnings of names in a condition": item('label: L, relevant: "' + "${" * 200_000 + '"'),
    "one long parameter": item('label: L, parameters: "' + "a" * 400_000 + '"'),
    "a parameter and much space": item('label: L, parameters: "a' + " " * 400_000 + 'b"'),
    "one long name": item("label: L").replace("name: t", "name: " + "a_" * 200_000),
}


@pytest.mark.parametrize("name", AGAIN_AND_AGAIN)
def test_a_long_text_is_read_once_not_from_each_of_its_letters(name: str, usual: float) -> None:
    """The square of four hundred thousand would be an hour."""
    source = AGAIN_AND_AGAIN[name]
    assert seconds(lambda: check(source, "f.yaml")) < PATIENCE * usual


def test_a_file_of_fifty_megabytes_is_refused_before_it_is_read(
    tmp_path: Path, usual: float
) -> None:
    """Its size is enough."""
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)

    def read() -> None:
        with pytest.raises(Refusal, match=r"big\.yaml:1:1: the file is larger than"):
            source_of(path, MAX_BYTES)

    assert seconds(read) < usual


def calculations(count: int, text: Callable[[int], str]) -> str:
    return HEAD + "".join(
        f'  - {{type: calculate, name: c{n}, calculation: "{text(n)}"}}\n' for n in range(count)
    )


def questions(count: int, condition: Callable[[int], str]) -> str:
    return HEAD + "".join(
        f'  - {{type: integer, name: c{n}, label: L, relevant: "{condition(n)}"}}\n'
        for n in range(count)
    )


GROWING: dict[str, Callable[[int], str]] = {
    "a chain of conditions": lambda n: questions(
        n, lambda i: f"${{c{i - 1}}} = 1" if i else "true()"
    ),
    "everything reads the first": lambda n: questions(n, lambda i: "${c0} = 1" if i else "true()"),
    "names nobody has": lambda n: questions(n, lambda i: f"${{nobody{i}}} = 1"),
    "one great circle": lambda n: calculations(n, lambda i: f"${{c{(i + 1) % n}}} + 1"),
    "everybody waits for the last": lambda n: questions(n, lambda i: f"${{c{n - 1}}} = 1"),
    "many small circles": lambda n: calculations(n, lambda i: f"${{c{i ^ 1}}} + 1"),
}


@pytest.mark.parametrize("name", GROWING)
def test_the_time_taken_grows_with_the_form_and_no_faster(name: str) -> None:
    """Eight times the items take about eight times as long; the square would be 64."""
    grown = GROWING[name]
    small, large = grown(150), grown(1_200)
    once = min(seconds(lambda: check(small, "f.yaml")) for _turn in range(3))
    assert min(seconds(lambda: check(large, "f.yaml")) for _turn in range(2)) < 24 * once


TWENTY = """\
souspli: 1
form:
  id: twenty
  version: "1"
  title: {fr: Vingt, en: Twenty}
  languages: {fr: F, en: E}
  default_language: fr
choices:
  yes_no:
    - {name: yes, label: {fr: Oui, en: Yes}}
    - {name: yes, label: {fr: Non, en: No}}
  products:
    - {name: crack, label: {fr: Crack, en: Crack}}
    - {name: none, label: {fr: Aucun, en: None}}
  nobody: [{name: x, label: X}]
survey:
  - {type: select_one, choices: yes_no, name: consent, lable: Ok, label: Ok?}
  - {type: select_multiple, choices: product, name: used, label: Used?}
  - {type: select_multiple, choices: products, name: uses, label: {fr: Usage}}
  - {type: integer, name: age, label: Age?, constraint: . > 99 and . < 15}
  - {type: integr, name: days, label: Days?}
  - {type: text, name: 2nd, label: Second?}
  - {type: text, name: Age, label: Age again?}
  - {type: note, name: silent}
  - {type: note, name: n1, label: N, relevant: "${agee} > 18"}
  - {type: note, name: n2, label: N, relevant: "${age} = 'oui'"}
  - {type: note, name: n3, label: N, relevant: "selected(${uses}, 'heroin')"}
  - {type: note, name: n4, label: N, relevant: "${last} = 1"}
  - {type: note, name: n5, label: N, relevant: "((${days} = 1)"}
  - {type: calculate, name: c1, calculation: "${c2} + 1"}
  - {type: calculate, name: c2, calculation: "${c1} + 1"}
  - {type: text, name: postcode, label: P, constraint: "regex(., '[0-9]{5}')"}
  - {type: text, name: who, label: Votre prénom ?}
  - {type: integer, name: last, label: Last?, required: perhaps}
"""


def test_twenty_mistakes_are_twenty_problems() -> None:
    """Each told once, at its line, in one run."""
    found = [(p.place.line, p.check) for p in check(TWENTY, "f.yaml").problems]
    first = TWENTY.splitlines().index("survey:") + 2
    assert found == [
        (11, "choices"),
        (14, "none"),
        (15, "unused_list"),
        (first, "unknown_key"),
        (first + 1, "list"),
        (first + 2, "translation"),
        (first + 3, "unsatisfiable"),
        (first + 4, "type"),
        (first + 5, "name"),
        (first + 6, "duplicate"),
        (first + 7, "label"),
        (first + 8, "reference"),
        (first + 9, "mismatch"),
        (first + 10, "unknown_choice"),
        (first + 11, "forward"),
        (first + 12, "expression"),
        (first + 13, "cycle"),
        (first + 15, "regex"),
        (first + 16, "identity"),
        (first + 17, "shape"),
    ]
    assert len(found) == 20


@settings(max_examples=150)
@given(st.data())
def test_a_form_of_everything_with_a_piece_cut_out_never_makes_the_check_fall_over(
    data: st.DataObject,
) -> None:
    """Half-edited files are what a lead really has; the answer is a list of problems."""
    start = data.draw(st.integers(0, len(TWENTY)))
    end = data.draw(st.integers(start, min(len(TWENTY), start + 200)))
    assert check(TWENTY[:start] + TWENTY[end:], "f.yaml").problems
