"""A questionnaire with whatever makes formats stumble, and tables of it from rows."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import polars as pl
import pytest
from hypothesis import strategies as st

from export.datasets.described import Sheet, sheets
from export.respondents.table import Tables
from surveys.check import check, errors
from surveys.codebook import Variable, variables
from surveys.instrument import Instrument

Row = Mapping[str, object]
Require = Callable[[str, bool, str], None]

FORM = f"""
souspli: 1
form:
  id: assore
  version: "1"
  title: {{fr: "Les usagers logés : 1re enquête", en: Housed users}}
  languages: {{fr: Français (fr), en: English (en)}}
  default_language: fr
choices:
  sex: [{{name: f, label: {{fr: Femme}}}}, {{name: m, label: {{fr: "Homme, « né »"}}}}]
  grade: [{{name: "3", label: {{fr: Bien}}}}, {{name: "-1", label: {{fr: Mal}}}}]
  alike: [{{name: a, label: {{fr: Autre}}}}, {{name: b, label: {{fr: Autre}}}}, {{name: refused, label: {{fr: "Refusé l'accès | 50 $"}}}}]
  drugs: [{{name: crack, label: {{fr: Crack}}}}, {{name: Crack-2, label: {{fr: "Héroïne"}}}}]
survey:
  - {{type: integer, name: days, label: {{fr: "{"Nombre de jours où l’on en a usé, " * 12}"}}, nonresponse: [refused, dont_know]}}
  - {{type: decimal, name: spent, label: {{fr: "Dépensé (€)"}}, nonresponse: [refused]}}
  - {{type: select_one, choices: sex, name: if, label: {{fr: Sexe}}}}
  - {{type: select_one, choices: grade, name: with, label: {{fr: Note}}}}
  - {{type: select_one, choices: alike, name: str5, label: {{fr: Pareils}}}}
  - {{type: select_multiple, choices: drugs, name: drugs, label: {{fr: Produits}}, nonresponse: [refused]}}
  - {{type: integer, name: age, label: {{fr: Âge}}, keep: {{bands: [18, 25, 40]}}}}
  - {{type: date, name: seen, label: {{fr: Vu le}}, keep: {{date: month}}}}
  - {{type: date, name: born, label: {{fr: Né en}}, keep: {{date: year}}}}
  - {{type: text, name: said, label: {{fr: Ce qu’on en dit}}}}
  - {{type: integer, name: the_number_of_nights_spent_there_before, label: {{fr: Avant}}}}
  - {{type: integer, name: the_number_of_nights_spent_there_behind, label: {{fr: Après}}}}
  - {{type: calculate, name: twice, calculation: "${{days}} * 2"}}
  - type: repeat
    name: stay
    label: {{fr: Séjour}}
    questions:
      - {{type: integer, name: nights, label: {{fr: Nuits}}}}
      - type: repeat
        name: visit
        label: {{fr: Visite}}
        questions:
          - {{type: select_one, choices: sex, name: who, label: {{fr: Qui}}}}
  - type: repeat
    name: pet
    label: {{fr: Animal}}
    questions:
      - {{type: text, name: kind, label: {{fr: Espèce}}}}
"""
_TYPES = {"integer": pl.Int64, "decimal": pl.Float64}
_DESIGN = {"number": pl.Int64, "month": pl.String, "weight": pl.Float64, "simulated": pl.Int8}


@pytest.fixture(scope="session")
def instrument() -> Instrument:
    """The questionnaire."""
    loaded = check(FORM, "form.yaml")
    assert [str(problem) for problem in errors(loaded)] == []
    assert loaded.instrument is not None
    return loaded.instrument


def _columns(found: Sequence[Variable], rows: Sequence[Row]) -> list[pl.Series]:
    """Return the columns of questions, as `respondents.table` makes them."""
    made = []
    for variable in found:
        name = variable.name
        dtype = pl.Int64 if name == "twice" else _TYPES.get(variable.storage, pl.String)
        values = [row.get(name) for row in rows]
        made.append(pl.Series(name, values, dtype=dtype))
        for value, column in variable.indicators:
            chosen = [None if one is None else int(value in str(one).split()) for one in values]
            made.append(pl.Series(column, chosen, dtype=pl.Int8))
        if variable.status_column:
            why = [
                None if value is not None else row.get(variable.status_column, "not_asked")
                for value, row in zip(values, rows, strict=True)
            ]
            if any(why):
                made.append(pl.Series(variable.status_column, why, dtype=pl.String))
    return made


@pytest.fixture(scope="session")
def sheets_of(instrument: Instrument) -> Callable[..., tuple[Sheet, ...]]:
    """A function from rows to sheets: what a row does not have was not asked.

    `repeats` gives rows of repeats by name, with `number` and the instances.
    """

    def made(
        rows: Sequence[Row], repeats: Mapping[str, Sequence[Row]] | None = None
    ) -> tuple[Sheet, ...]:
        found = variables(instrument)
        design: dict[str, list[object]] = {
            "number": list(range(1, len(rows) + 1)),
            "month": ["2022-04"] * len(rows),
            "weight": [1 + n / 3 for n in range(len(rows))],
            "simulated": [0] * len(rows),
        }
        main = [pl.Series(name, values, dtype=_DESIGN[name]) for name, values in design.items()]
        main += _columns([one for one in found if not one.repeats], rows)
        tables = {}
        for scope in (("stay",), ("stay", "visit"), ("pet",)):
            inside = (repeats or {}).get(scope[-1], ())
            keys = [
                pl.Series(name, [row[name] for row in inside], dtype=pl.Int64)
                for name in ("number", *scope)
            ]
            own = [one for one in found if one.repeats == scope]
            tables[scope[-1]] = pl.DataFrame([*keys, *_columns(own, inside)])
        made_of = Tables(pl.DataFrame(main), tables, {name: name for name in _DESIGN})
        return sheets(instrument, made_of, "fr")

    return made


@pytest.fixture(scope="session")
def rows(instrument: Instrument) -> st.SearchStrategy[list[Row]]:
    """Rows with any value each question can have, and any reason where it has none."""
    texts = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)
    whole = st.integers(-(10**15), 10**15) | st.integers(-200, 200)
    values: dict[str, st.SearchStrategy[object]] = {
        "days": whole,
        "spent": st.floats(-1e12, 1e12, allow_subnormal=False),
        "if": st.sampled_from(["f", "m"]),
        "with": st.sampled_from(["3", "-1"]),
        "str5": st.sampled_from(["a", "b", "refused"]),
        "drugs": st.sampled_from(["crack", "Crack-2", "crack Crack-2"]),
        "age": st.sampled_from(["-", "18", "25", "40"]),
        "seen": st.sampled_from(["2022-04", "1999-12"]),
        "born": st.sampled_from(["1980", "2001"]),
        "said": texts | texts.map(lambda text: text * 300),
        "the_number_of_nights_spent_there_before": whole,
        "the_number_of_nights_spent_there_behind": whole,
        "twice": whole,
    }
    reasons = st.sampled_from(["refused", "dont_know", "not_asked", "broke_off", "no_answer"])

    @st.composite
    def row(draw: st.DrawFn) -> Row:
        made: dict[str, object] = {}
        for name, value in values.items():
            if draw(st.booleans()):
                made[name] = draw(value)
            else:
                made[f"{name}__status"] = draw(reasons)
        return made

    return st.lists(row(), max_size=4)


@pytest.fixture(scope="session")
def in_r(require: Require, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """A function that runs lines of R with haven, and returns what they print."""
    r = shutil.which("Rscript")
    require("R", r is not None, "install r-base-core")
    assert r is not None
    probe = [r, "-e", "library(haven)"]
    there = subprocess.run(probe, capture_output=True, check=False).returncode == 0
    require("haven", there, "install r-cran-haven")

    def run(lines: str) -> str:
        script: Path = tmp_path_factory.mktemp("r") / "read.R"
        script.write_text(lines, "utf-8")
        done = subprocess.run(
            [r, str(script)], capture_output=True, check=False, encoding="utf-8", timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
