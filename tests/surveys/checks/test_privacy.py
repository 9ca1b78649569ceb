"""What is suspected of saying who somebody is, what is not, and how many would be alone."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.check import check
from surveys.checks.uniqueness import expected_unique

HEAD = """\
souspli: 1
form: {id: test, version: "1", title: Test, population: 100}
choices:
  letters: [{name: a, label: A}, {name: b, label: B}]
survey:
  - {type: select_one letters, name: first, label: First?}
"""


def checks(item: str) -> list[str]:
    return [p.check for p in check(HEAD + f"  - {item}\n", "f.yaml").problems]


def question(kind: str, name: str, label: str, more: str = "") -> str:
    return f'{{type: {kind}, name: {name}, label: "{label}"{more}}}'


@pytest.mark.parametrize(
    ("kind", "name", "label"),
    [
        ("text", "prenom", "Comment dois-je vous dire ?"),
        ("text", "q1", "Quel est votre prénom ?"),
        ("text", "q1", "Comment vous appelez-vous ?"),
        ("text", "q1", "Nom de famille"),
        ("text", "q1", "What is your last name?"),
        ("date", "q1", "Quelle est votre date de naissance ?"),
        ("date", "dob", "When?"),
        ("date", "q1", "Vous êtes né(e) le"),
        ("integer", "q1", "Votre numéro de téléphone ?"),
        ("text", "q1", "Quelle est votre adresse ?"),
        ("text", "home_address", "Where do you live?"),
        ("integer", "nir", "Numéro ?"),
        ("integer", "q1", "Quel est votre numéro de sécurité sociale ?"),
        ("text", "ipp", "Identifiant ?"),
        ("text", "q1", "Medical record number"),
        ("decimal", "latitude", "Where are you?"),
        ("decimal", "q1", "Coordonnées GPS"),
    ],
)
def test_what_says_who_somebody_is_may_not_be_kept(kind: str, name: str, label: str) -> None:
    """By the words of its name or its label; kept apart or not at all, it may be asked."""
    assert checks(question(kind, name, label)) == ["identity"]
    for rule in ("never", "link"):
        assert checks(question(kind, name, label, f", keep: {rule}")) == []


@pytest.mark.parametrize(
    ("kind", "name", "label"),
    [
        ("text", "nom_du_produit", "Quel est le nom du produit ?"),
        ("text", "q1", "Quel est le nom de l'association ?"),
        ("text", "names_of_drugs", "Which drugs?"),
        ("integer", "q1", "Combien de téléphones avez-vous ?"),
        ("select_one letters", "q1", "Avez-vous un numéro de téléphone ?"),
        ("text", "q1", "À qui s'adresse ce service ?"),
        ("integer", "q1", "En quelle année êtes-vous né ?"),
        ("date", "q1", "Date de la visite ?"),
        ("text", "q1", "Que faut-il nommer ?"),
        ("decimal", "attitude", "Attitude?"),
        ("text", "q1", "Quel est votre numéro de téléphone ?"),
        ("text", "q1", "Votre adresse e-mail ?"),
    ],
)
def test_what_only_sounds_like_it_is_let_be(kind: str, name: str, label: str) -> None:
    """And what scrubbing finds in a text is replaced before it is kept."""
    assert checks(question(kind, name, label)) == []


def test_a_constraint_does_not_judge_what_scrubbing_took_out() -> None:
    """A telephone number is gone before it is judged: whatever is typed would be refused."""
    pattern = ", constraint: \"regex(., '^0[0-9]{9}$')\""
    asked = question("text", "q1", "Your phone number?", pattern)
    assert checks(asked) == ["identity"]
    assert checks(question("text", "q1", "Your phone number?", ", constraint: \". != '0'\"")) == []
    for rule in ("never", "link"):
        assert (
            checks(question("text", "q1", "Your phone number?", f"{pattern}, keep: {rule}")) == []
        )


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        ("{date: year}", []),
        ("{date: month}", []),
        ("{date: week}", ["identity"]),
        ("as_given", ["identity"]),
    ],
)
def test_a_birth_date_is_kept_by_month_at_the_finest(keep: str, expected: list[str]) -> None:
    """A week is nearly the day."""
    assert checks(question("date", "q", "Date de naissance ?", f", keep: {keep}")) == expected


def test_a_month_of_birth_is_no_date_of_birth() -> None:
    """It is asked as a month."""
    item = question("date", "q", "Date de naissance ?", ", appearance: month-year")
    assert checks(item) == []


def test_scrubbing_finds_no_name_it_does_not_know() -> None:
    """Free text is scrubbed by default, which does not save a first name."""
    assert checks(question("text", "q", "Votre prénom ?", ", keep: scrub")) == ["identity"]
    assert checks(question("text", "q", "Votre prénom ?", ", keep: {prefix: 1}")) == []


@pytest.mark.parametrize(
    ("population", "cells", "expected"),
    [(1, 1, 1.0), (2, 1, 0.0), (2, 2, 1.0), (3, 3, 4 / 3), (365, 365, 134.46)],
)
def test_the_expected_number_of_people_alone(population: int, cells: int, expected: float) -> None:
    """By hand: of the 27 ways of 3 people in 3 cells, 6 leave three alone and 18 one: 36/27."""
    assert math.isclose(expected_unique(population, cells), expected, rel_tol=1e-4)


@settings(max_examples=20)
@given(st.integers(2, 30), st.integers(2, 60))
def test_the_formula_agrees_with_people_drawn_at_random(population: int, cells: int) -> None:
    """Within five standard errors of 400 drawn populations."""
    draws = random.Random(population * 100 + cells)
    alone = []
    for _population in range(400):
        found = Counter(draws.randrange(cells) for _person in range(population))
        alone.append(sum(1 for count in found.values() if count == 1))
    mean = sum(alone) / len(alone)
    spread = math.sqrt(sum((count - mean) ** 2 for count in alone) / (len(alone) - 1))
    error = abs(mean - expected_unique(population, cells))
    assert error <= 5 * max(spread, 0.5) / math.sqrt(len(alone))


@pytest.mark.parametrize(
    ("item", "is_fine"),
    [
        ("type: select_one letters", False),
        ("type: integer, keep: {bands: [0, 18, 25, 35]}", False),
        ("type: integer, constraint: . >= 18 and . <= 99", True),
        ("type: integer, constraint: . >= 18 and . <= 99, keep: {top: 20}", False),
        ("type: range, parameters: start=0 end=10", False),
        ("type: date", True),
        ("type: date, keep: {date: year}", False),
        ("type: text, keep: {prefix: 2}", True),
        ("type: text, keep: {prefix: 1}", False),
        ("type: text", True),
        ("type: text, keep: never", False),
        ("type: date, keep: link", False),
    ],
)
def test_what_is_kept_finely_singles_people_out(item: str, is_fine: bool) -> None:
    """Bands, prefixes, steps and limits count as many values as they leave."""
    found = checks(f"{{{item}, name: q, label: Q, identifying: quasi}}")
    assert found == (["unique"] if is_fine else [])


def test_together_they_single_out_more_than_each() -> None:
    """Seven questions of two answers are 128 cells for 100 people."""
    items = "".join(
        f"  - {{type: select_one letters, name: q{n}, label: Q, identifying: quasi}}\n"
        for n in range(7)
    )
    found = check(HEAD + items, "f.yaml").problems
    assert [p.check for p in found] == ["unique"]
    assert found[0].fact.startswith("about 46 of 100 people")
