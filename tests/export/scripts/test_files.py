"""The design as a table, and the script for Stata, which nobody here can run."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest

from export.estimating.adjustment import Adjustment
from export.estimating.columns import arrays
from export.estimating.design import SurveyDesign, survey_design
from export.estimating.surveyed import Surveyed
from export.estimating.wanted import wanted
from export.scripts.beside import files, texts_of
from export.scripts.columns_read import Files
from export.scripts.design_file import design_table
from export.scripts.stata_script import stata_script
from surveys.check import check

FORM = """
souspli: 1
form: {id: plain, version: "1", title: Days, languages: {en: English (en)}, default_language: en}
choices:
  sex: [{name: f, label: Woman}, {name: m, label: Man}]
survey:
  - {type: integer, name: days, label: Days}
  - {type: select_one, choices: sex, name: sex, label: Sex}
"""
TABLE = pl.DataFrame(
    {"number": range(1, 25), "days": [n % 5 for n in range(24)], "sex": ["f", "m"] * 12}
)


def designed(lonely: str = "fail") -> SurveyDesign:
    """24 people in 6 places in 2 strata, one more not eligible, weights that meet one margin."""
    places = [n % 6 for n in range(25)]
    margin = np.array([n % 2 for n in range(24)] + [-1])
    before = np.full(25, 4.0)
    after = np.where(margin == 0, 5.0, np.where(margin == 1, 3.0, 4.0))
    return survey_design(
        after,
        ([p % 2 for p in places], None),
        (places, None),
        ([9.0] * 25, [10.0] * 25),
        lonely="adjust" if lonely == "adjust" else "fail",
        eligible=np.arange(25) < 24,
        adjustments=[Adjustment((margin,), before, after)],
    )


def stata(*texts: str, lonely: str = "fail") -> str:
    instrument = check(FORM, "form.yaml").instrument
    assert instrument is not None
    design = designed(lonely)
    data = Surveyed(instrument, arrays(TABLE), design, 1, np.ones(24), None)
    names = Files("T", "d.csv", "g.csv", "number", tuple(TABLE.columns), texts_of(TABLE))
    asked = [wanted(instrument, text) for text in texts]
    return files(data, asked, names)["analysis.do"].decode()


def study(text: str) -> list[str]:
    """Return the lines that are of the study, without the functions."""
    return text.partition("* --- this study")[2].splitlines()[1:]


def test_the_design_has_every_stage_and_step() -> None:
    """Clusters, strata and their numbers at each stage; the weights before and after a step, and its cells."""
    found = design_table(designed())
    assert found.columns == [
        "number",
        "eligible",
        "weight",
        *(f"{name}_{k}" for k in (1, 2) for name in ("stratum", "cluster", "population")),
        "step_1_before",
        "step_1_after",
        "step_1_margin_1",
    ]
    assert found["number"].to_list() == [*range(1, 25), None]
    assert found["step_1_margin_1"].to_list()[-2:] == [1, -1]
    assert found["cluster_1"].n_unique() == 6
    assert found["population_2"].to_list() == [10.0] * 25


def test_a_population_nobody_knows_is_empty() -> None:
    """Where nothing was drawn."""
    assert design_table(survey_design([1.0, 1.0]))["population_1"].to_list() == [None, None]


def test_the_script_for_stata_reads_the_files_and_sets_the_design() -> None:
    """Columns by their place, the option for lone clusters after the last stage, the margin of a step."""
    lines = study(stata("prop(days > 2)", "share(sex)"))
    assert 'import delimited using "d.csv", varnames(nonames) rowrange(2:) ///' in lines
    assert "generate double a_days = real(v2)" in lines
    assert "generate a_sex = v3" in lines
    assert (
        "svyset cluster_1 [pweight = weight], strata(stratum_1) fpc(population_1)"
        " || cluster_2, strata(stratum_2) fpc(population_2) singleunit(missing)"
    ) in lines
    assert "global margins_1 ibn.step_1_margin_1" in lines
    assert "replace step_1_margin_1 = . if step_1_margin_1 < 0" in lines
    assert "singleunit(centered)" in stata("mean(days)", lonely="adjust")


def test_each_figure_is_computed_from_steps_of_its_own() -> None:
    """Between preserve and restore, so that the variables of one figure are not those of the next."""
    lines = study(stata("prop(days > 2)", "share(sex)", "change(days, days + 1)"))
    assert lines.count("preserve") == lines.count("restore")
    assert "souspli_estimate, kind(prop) above(e1)" in lines
    for block in blocks(lines):
        made = [
            match[1]
            for line in block
            if (match := re.match(r"generate (?:double )?(e\d+) =", line))
        ]
        assert made == [f"e{n}" for n in range(1, len(made) + 1)]
        assert any(line.startswith(("souspli_", "* ")) for line in block)


def blocks(lines: list[str]) -> Iterator[list[str]]:
    start = None
    for at, line in enumerate(lines):
        if line == "preserve":
            start = at + 1
        if line == "restore":
            assert start is not None
            yield lines[start:at]


@pytest.mark.parametrize("text", ["median(days)", "ratio(days, days + 1)", "table(sex, days > 2)"])
def test_quotes_and_braces_are_closed(text: str) -> None:
    """What can be known of a script without running it."""
    script = stata(text)
    for line in script.splitlines():
        if not line.startswith("*"):
            assert line.replace('\\"', "").count('"') % 2 == 0, line
            assert line.count("(") == line.count(")"), line
    assert sum(line.endswith("{") for line in script.splitlines()) == sum(
        line.strip() == "}" for line in script.splitlines()
    )


@pytest.mark.parametrize("title", ["Study /* all of it", "Study ///", "`x' $y", "A\u2028b\x85c"])
def test_a_title_stays_a_remark_in_stata(title: str) -> None:
    """`/*` opens a remark of many lines even there, `///` takes the next line along, macros are expanded."""
    tables = Files(title, "data.csv", "design.csv", "number", ("number",), frozenset())
    first, second, *_rest = stata_script([], designed(), tables).decode("utf-8").split("\n")
    assert first.isprintable()
    assert first.startswith("* ")
    assert not set("/*`$'") & set(first[2:])
    assert second.startswith("* Every figure")
