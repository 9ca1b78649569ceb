"""Conditions in words, in French and English."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.check import check
from surveys.expressions import compile
from surveys.instrument import Instrument, Question
from surveys.paper.numbering import numbers
from surveys.paper.words import said
from surveys.paper.written import written

FORM = """
souspli: 1
form: {id: f, version: "1", title: F, languages: {fr: Français (fr), en: English (en)}, default_language: fr}
nonresponse: [refused, dont_know]
choices:
  yes_no:
    - {name: "yes", label: {fr: "Oui", en: "Yes"}}
    - {name: "no", label: {fr: "Non", en: "No"}}
  modes:
    - {name: pipe, label: {fr: "Pipe", en: "Pipe"}}
    - {name: injected, label: {fr: "Injecté", en: "Injected"}}
survey:
  - {type: select_one, choices: yes_no, name: agrees, label: {fr: "D'accord ?", en: "Agreed?"}}
  - type: group
    name: use
    label: {fr: "Usage", en: "Use"}
    questions:
      - {type: note, name: hello, label: {fr: "Bonjour", en: "Hello"}}
      - {type: integer, name: days, constraint: ". >= 0 and . <= 30", label: {fr: "Jours", en: "Days"}}
      - {type: select_multiple, choices: modes, name: modes, relevant: "${days} > 0", label: {fr: "Modes", en: "Modes"}}
      - {type: date, name: entry, label: {fr: "Entrée", en: "Entry"}}
      - {type: calculate, name: used, label: {fr: "Usage (1 oui)", en: "Used (1 yes)"}, calculation: "if(${days} > 0, 1, 0)"}
      - {type: calculate, name: other, label: {fr: "Autre calcul", en: "Other sum"}, calculation: "${days} * 2"}
      - {type: note, name: bye, relevant: "${used} = 1", label: {fr: "Au revoir", en: "Bye"}}
  - type: repeat
    name: child
    label: {fr: "Enfant", en: "Child"}
    questions:
      - {type: integer, name: age, label: {fr: "Âge", en: "Age"}}
"""


@pytest.fixture(scope="module")
def form() -> Instrument:
    """Return the questionnaire the conditions are about."""
    found = check(FORM, "f.yaml").instrument
    assert found is not None
    return found


def test_parts_have_letters_and_items_count_through_them(form: Instrument) -> None:
    """What is asked, worked out for the route, or shown to some has a number, nothing else."""
    assert numbers(form) == {
        "agrees": "1",
        "use": "A",
        "days": "A1",
        "modes": "A2",
        "entry": "A3",
        "used": "A4",
        "bye": "A5",
        "child": "B",
        "age": "B1",
    }


def test_parts_that_have_a_letter_keep_it() -> None:
    """“B. Housing” is part B wherever it stands, if every part says its letter."""
    text = FORM.replace('"Usage"', '"D. Usage"').replace('"Enfant"', '"B) Enfant"')
    found = check(text, "f.yaml").instrument
    assert found is not None
    assert numbers(found)["days"] == "D1"
    assert numbers(found)["age"] == "B1"


WORDS = (
    ("${days} > 0", "A1 vaut plus de 0", "A1 is more than 0"),
    ("0 < ${days}", "A1 vaut plus de 0", "A1 is more than 0"),
    ("${days} >= 2.5", "A1 vaut au moins 2,5", "A1 is at least 2.5"),
    ("not(${days} > 0)", "A1 ne vaut pas plus de 0", "A1 is not more than 0"),
    ("${days} = ''", "A1 n'a pas de réponse", "A1 has no answer"),
    ("${agrees} = 'yes'", "la question 1 est « Oui »", "question 1 is “Yes”"),
    ("${agrees} != 'yes'", "la question 1 n'est pas « Oui »", "question 1 is not “Yes”"),
    ("selected(${modes}, 'injected')", "A2 comprend « Injecté »", "A2 includes “Injected”"),
    (
        "not(selected(${modes}, 'pipe'))",
        "A2 ne comprend pas « Pipe »",
        "A2 does not include “Pipe”",
    ),
    (
        "${days} > 0 and selected(${modes}, 'injected')",
        "A1 vaut plus de 0 et A2 comprend « Injecté »",
        "A1 is more than 0 and A2 includes “Injected”",
    ),
    (
        "${agrees} = 'yes' or ${agrees} = 'no'",
        "la question 1 est « Oui » ou « Non »",
        "question 1 is “Yes” or “No”",
    ),
    (
        "not(${agrees} = 'yes' or ${agrees} = 'no')",
        "la question 1 n'est ni « Oui » ni « Non »",
        "question 1 is neither “Yes” nor “No”",
    ),
    (
        "selected('yes no', ${agrees})",
        "la question 1 est « Oui » ou « Non »",
        "question 1 is “Yes” or “No”",
    ),
    (
        "${days} > 0 and (${agrees} = 'yes' or ${entry} = '')",
        "A1 vaut plus de 0 et (la question 1 est « Oui » ou A3 n'a pas de réponse)",
        "A1 is more than 0 and (question 1 is “Yes” or A3 has no answer)",
    ),
    (
        "not(${days} = 0 and ${used} = 1)",
        "A1 ne vaut pas 0 ou A4 ne vaut pas 1",
        "A1 is not 0 or A4 is not 1",
    ),
    ("${days} > 0 or ${age} > 0", "A1 ou B1 vaut plus de 0", "A1 or B1 is more than 0"),
    ("nonresponse(${days}) = 'dont_know'", "A1 est « Ne sait pas »", "A1 is “Does not know”"),
    ("nonresponse(${days}) != ''", "A1 est une non-réponse", "A1 is a non-response"),
    ("count-selected(${modes}) > 0", "A2 a au moins une réponse", "A2 has at least one answer"),
    (
        "count-selected(${modes}) > 1",
        "le nombre de réponses à A2 vaut plus de 1",
        "the number of answers to A2 is more than 1",
    ),
    ("${entry} < '2022-04-01'", "A3 est avant le 01/04/2022", "A3 is before 01/04/2022"),
    ("${other} = 4", "« Autre calcul » vaut 4", "“Other sum” is 4"),
    (
        "count(${child}) > 2",
        "le nombre de « Enfant » vaut plus de 2",
        "the number of “Child” is more than 2",
    ),
    ("true()", "toujours", "always"),
    ("${days} < ${age}", "A1 vaut moins de B1", "A1 is less than B1"),
    ("${days} * 2 > 4", "A1 * 2 vaut plus de 4", "A1 * 2 is more than 4"),
    ("regex(${entry}, '^a$')", "regex(A3, '^a$')", "regex(A3, '^a$')"),
    ("not(regex(${entry}, '^a$'))", "not(regex(A3, '^a$'))", "not(regex(A3, '^a$'))"),
    (
        "if(${days} > 0, 1, '')",
        "1 si A1 vaut plus de 0, sinon pas de réponse",
        "1 if A1 is more than 0, otherwise no answer",
    ),
)


@pytest.mark.parametrize(("condition", "french", "english"), WORDS)
def test_a_condition_is_said(condition: str, french: str, english: str, form: Instrument) -> None:
    """Numbers of questions and labels of choices stand for names; what has no words stays written."""
    expression = compile(condition)
    assert said(expression, form, "fr") == french
    assert said(expression, form, "en") == english


def test_a_constraint_speaks_of_the_answer(form: Instrument) -> None:
    """`.` is the answer, and two bounds are one interval."""
    days = next(one for one in form.questions() if one.name == "days")
    assert isinstance(days, Question)
    assert days.constraint is not None
    assert said(days.constraint, form, "en", days) == "the answer is from 0 to 30"


def test_a_form_in_another_language_has_the_words_of_its_default() -> None:
    """Neither French nor English: the default language's words, else English."""
    found = check(
        FORM.replace("en: English (en)", "wo: Wolof (wo)").replace(", en: ", ", wo: "), "f.yaml"
    ).instrument
    assert found is not None
    assert said(compile("${days} > 0"), found, "wo") == "A1 vaut plus de 0"


LEAVES = st.sampled_from(
    ["${a}", "${b}", "'yes'", '"it\'s"', "0", "2.5", ".", "..", "today()", "name", "${r}[x > 1]/y"]
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(
            inner,
            st.sampled_from(["and", "or", "=", "!=", "<", ">=", "+", "-", "*", "div", "mod"]),
            inner,
        ).map(lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"),
        inner.map(lambda one: f"not({one})"),
        inner.map(lambda one: f"-({one})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"if({', '.join(parts)})"),
    ),
    max_leaves=8,
)


@given(TREES)
@settings(max_examples=60, deadline=None)
def test_what_is_written_from_a_tree_reads_as_the_tree(text: str) -> None:
    """An expression survives being written out, whatever its parentheses."""
    tree = compile(text).tree
    assert compile(written(tree)).tree == tree


@given(TREES)
@settings(max_examples=60, deadline=None)
def test_anything_can_be_said(text: str) -> None:
    """No condition, however odd, stops the paper; nothing said is empty."""
    found = check(FORM, "f.yaml").instrument
    assert found is not None
    assert said(compile(text), found, "fr")
