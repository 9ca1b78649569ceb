"""Tests of tables and of changes agree with R: svychisq, mcnemar.test, binom.test, and svymean.

The data ship with R's survey package, are under the GPL and stay there: they are read from it when
Rscript is present.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from export.estimating.accuracy import Variance
from export.estimating.change import Change, change
from export.estimating.columns import Columns, Mask, coded
from export.estimating.crosstab import Crosstab, crosstab
from export.estimating.design import SurveyDesign, survey_design
from export.estimating.estimate import estimand
from export.estimating.independence import Significance, mcnemar_exact
from export.estimating.surveyed import Surveyed
from export.estimating.wanted import Wanted
from surveys.check import check, errors
from surveys.instrument import Instrument
from tests.r_survey import run_r

SCRIPT = r"""
if (!requireNamespace("survey", quietly = TRUE)) quit(status = 9)
suppressMessages(library(survey))
data(api)
folder <- commandArgs(trailingOnly = TRUE)[1]
out <- list()
put <- function(name, ...) out[[name]] <<- c(...)
apistrat$met <- ifelse(seq_len(nrow(apistrat)) %% 7 == 0, NA, as.character(apistrat$sch.wide))
for (name in c("apisrs", "apistrat", "apiclus1", "apiclus2"))
  write.csv(get(name), file.path(folder, paste0(name, ".csv")), row.names = FALSE, na = "")
srs <- svydesign(id = ~1, fpc = ~fpc, data = apisrs)
strat <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat)
clus1 <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
clus2 <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
tested <- function(t) c(t$statistic, t$parameter, t$p.value)
designs <- list(apisrs = srs, apistrat = strat, apiclus1 = clus1, apiclus2 = clus2)
for (name in names(designs)) {
  d <- designs[[name]]
  put(paste0(name, ".chisq"), tested(svychisq(~stype + sch.wide, d)))
  put(paste0(name, ".cells"), svyby(~I(sch.wide == "Yes"), ~stype, d, svymean)[, 3])
  m <- svymean(~I(api00 - api99), d)
  put(paste0(name, ".t"), coef(m), SE(m), coef(m) / SE(m), degf(d),
      2 * pt(-abs(coef(m) / SE(m)), degf(d)))
  p <- svymean(~I((comp.imp == "Yes") - (sch.wide == "Yes")), d)
  put(paste0(name, ".p"), coef(p), SE(p), 2 * pt(-abs(coef(p) / SE(p)), degf(d)))
}
put("missing.chisq", tested(svychisq(~stype + met, strat)))
# The domain is found in every stratum, so our degrees of freedom are those of the whole sample.
t <- svychisq(~stype + sch.wide, subset(strat, yr.rnd == "No"))
ddf <- t$parameter[1] * degf(strat)
put("domain.chisq", t$statistic, t$parameter[1], ddf,
    pf(t$statistic, t$parameter[1], ddf, lower.tail = FALSE))
put("jackknife.chisq", tested(svychisq(~stype + sch.wide, as.svrepdesign(strat, type = "JKn"))))
put("jackknife1.chisq", tested(svychisq(~stype + sch.wide, as.svrepdesign(clus1, type = "JK1"))))
both <- table(apisrs$sch.wide, apisrs$comp.imp)
put("binom", binom.test(both[1, 2], both[1, 2] + both[2, 1])$p.value, both[1, 2], both[2, 1])
put("mcnemar", mcnemar.test(matrix(c(40, 900, 1000, 60), 2))$p.value)
lines <- sapply(names(out), function(n)
  sprintf('"%s": [%s]', n, paste(sprintf("%.17g", out[[n]]), collapse = ", ")))
writeLines(c("{", paste(lines, collapse = ",\n"), "}"), file.path(folder, "numbers.json"))
"""

FORM = """
souspli: 1
form: {id: api, version: "1", title: Schools, languages: {en: English (en)}, default_language: en}
choices:
  types: [{name: E, label: Elementary}, {name: H, label: High}, {name: M, label: Middle}]
  yes_no: [{name: "No", label: "No"}, {name: "Yes", label: "Yes"}]
survey:
  - {type: select_one, choices: types, name: stype, label: Type}
  - {type: select_one, choices: yes_no, name: sch_wide, label: School-wide}
  - {type: select_one, choices: yes_no, name: comp_imp, label: Comparable}
  - {type: select_one, choices: yes_no, name: met, label: Met}
  - {type: integer, name: api00, label: Score of 2000}
  - {type: integer, name: api99, label: Score of 1999}
"""

EXACT = 1e-9
SAMPLES = ("apisrs", "apistrat", "apiclus1", "apiclus2")


def instrument() -> Instrument:
    loaded = check(FORM, "form.yaml")
    assert loaded.instrument is not None
    assert errors(loaded) == ()
    return loaded.instrument


@dataclass(frozen=True)
class Reference:
    """R's tables and R's numbers."""

    tables: dict[str, dict[str, list[str]]]
    numbers: dict[str, list[float]]

    def surveyed(self, name: str) -> Surveyed:
        t = self.tables[name]
        columns: Columns = {
            "stype": coded(t["stype"]),
            "sch_wide": coded(t["sch.wide"]),
            "comp_imp": coded(t["comp.imp"]),
            "met": coded(t.get("met", [])),
            "api00": np.array([float(cell) for cell in t["api00"]]),
            "api99": np.array([float(cell) for cell in t["api99"]]),
        }
        design = self.design(name)
        return Surveyed(instrument(), columns, design, 1, design.weights, None)

    def design(self, name: str) -> SurveyDesign:
        t = self.tables[name]
        number: dict[str, Any] = {
            column: [float(cell) for cell in t[column]]
            for column in ("pw", "fpc", "fpc1", "fpc2")
            if column in t
        }
        match name:
            case "apisrs":
                return survey_design(number["pw"], populations=[number["fpc"]])
            case "apistrat":
                return survey_design(number["pw"], [t["stype"]], populations=[number["fpc"]])
            case "apiclus1":
                return survey_design(
                    number["pw"], clusters=[t["dnum"]], populations=[number["fpc"]]
                )
            case _:
                stages = [t["dnum"], t["snum"]]
                populations = [number["fpc1"], number["fpc2"]]
                return survey_design(number["pw"], [None, None], stages, populations)


@pytest.fixture(scope="module")
def r(
    require: Callable[[str, bool, str], None], tmp_path_factory: pytest.TempPathFactory
) -> Reference:
    """R's tables and numbers, made once for all tests."""
    folder = tmp_path_factory.mktemp("r")
    run_r(require, SCRIPT, folder)
    tables = {}
    for name in SAMPLES:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        tables[name] = {column: [row[column] for row in rows] for column in rows[0]}
    return Reference(tables, json.loads((folder / "numbers.json").read_text(encoding="utf-8")))


def everyone(data: Surveyed) -> Mask:
    return np.ones(data.rows, dtype=np.bool_)


def crossed(
    data: Surveyed, text: str, inside: Mask | None = None, variance: Variance = "taylor"
) -> Crosstab:
    asked = Wanted(estimand(text), variance=variance)
    found = crosstab(data, asked, "", everyone(data) if inside is None else inside)
    assert found is not None
    return found


def changed(data: Surveyed, text: str) -> Change:
    found = change(data, Wanted(estimand(text)), "", everyone(data))
    assert found is not None
    return found


def figures(test: Significance | None) -> list[float]:
    assert test is not None
    return [test.statistic, *test.df, test.p]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_test_of_independence_is_that_of_svychisq(r: Reference, name: str) -> None:
    """F, both degrees of freedom and p, whatever the design; the cells are those of svyby."""
    found = crossed(r.surveyed(name), "table(sch_wide, stype)")
    assert figures(found.test) == pytest.approx(r.numbers[f"{name}.chisq"], rel=EXACT)
    shares = [cell.figures.estimate for cell in found.cells[1] if cell.figures is not None]
    assert shares == pytest.approx(r.numbers[f"{name}.cells"], rel=EXACT)


def test_rows_and_columns_may_be_exchanged(r: Reference) -> None:
    """Independence has no side."""
    data = r.surveyed("apistrat")
    one, other = (
        crossed(data, f"table({pair})") for pair in ("stype, sch_wide", "sch_wide, stype")
    )
    assert figures(one.test) == pytest.approx(figures(other.test), rel=EXACT)


def test_missing_answers_and_domains_agree(r: Reference) -> None:
    """Rows without an answer, and rows outside a domain, are treated as in R."""
    data = r.surveyed("apistrat")
    missing = crossed(data, "table(met, stype)")
    assert figures(missing.test) == pytest.approx(r.numbers["missing.chisq"], rel=EXACT)
    inside = np.array([cell == "No" for cell in r.tables["apistrat"]["yr.rnd"]])
    domain = crossed(data, "table(sch_wide, stype)", inside)
    assert figures(domain.test) == pytest.approx(r.numbers["domain.chisq"], rel=EXACT)


@pytest.mark.parametrize(
    ("name", "reference"), [("apistrat", "jackknife"), ("apiclus1", "jackknife1")]
)
def test_the_jackknife_tests_as_in_r(r: Reference, name: str, reference: str) -> None:
    """With replicates the covariance of the cells is theirs."""
    found = crossed(r.surveyed(name), "table(sch_wide, stype)", variance="jackknife")
    assert figures(found.test) == pytest.approx(r.numbers[f"{reference}.chisq"], rel=EXACT)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_change_of_a_number_is_the_mean_difference(r: Reference, name: str) -> None:
    """Its estimate and error are those of svymean, t and p those of its ratio."""
    found = changed(r.surveyed(name), "change(api99, api00)")
    assert found.difference is not None
    estimate, error = found.difference.estimate, found.difference.standard_error
    assert [estimate, error, *figures(found.test)] == pytest.approx(
        r.numbers[f"{name}.t"], rel=EXACT
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_a_change_of_a_condition_is_that_of_its_share(r: Reference, name: str) -> None:
    """Under a complex design its test is design-based; in a simple random sample McNemar's, exact."""
    found = changed(r.surveyed(name), "change(sch_wide = 'Yes', comp_imp = 'Yes')")
    assert found.difference is not None
    assert found.test is not None
    *expected, p = r.numbers[f"{name}.p"]
    shown = [found.difference.estimate, found.difference.standard_error]
    assert shown == pytest.approx(expected, rel=EXACT)
    if name == "apisrs":
        p, *ways = r.numbers["binom"]
        assert [found.more.respondents, found.fewer.respondents] == ways
    assert found.test.name == ("mcnemar_exact" if name == "apisrs" else "paired_t")
    assert found.test.p == pytest.approx(p, rel=EXACT)


def test_the_exact_test_is_mcnemars_for_many(r: Reference) -> None:
    """With 1,900 who changed it is close to mcnemar.test's approximation."""
    found = mcnemar_exact((900, 1000))
    assert found is not None
    assert found.p == pytest.approx(r.numbers["mcnemar"][0], rel=0.01)
