"""Estimates agree with R's survey package, on the data that ship with it.

The data (academic performance of Californian schools, 2000) are under the GPL and stay in R: they
are read from the package when Rscript is present. Written-out numbers are those of survey 4.5.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from export.estimating.design import Lonely, SurveyDesign, survey_design, variance
from export.estimating.estimate import Figures, estimand, estimate
from export.estimating.intervals import Interval, Method

Table = dict[str, NDArray[Any]]

SCRIPT = r"""
if (!requireNamespace("survey", quietly = TRUE)) quit(status = 9)
suppressMessages(library(survey))
data(api)
folder <- commandArgs(trailingOnly = TRUE)[1]
out <- list()
put <- function(name, ...) out[[name]] <<- c(...)
set.seed(7)
apistrat$half <- ifelse(seq_len(nrow(apistrat)) %% 3 == 0, NA, apistrat$api00)
apistrat$wide <- ifelse(seq_len(nrow(apistrat)) %% 7 == 0, NA, apistrat$sch.wide == "Yes")
small <- data.frame(s = c(1, 1, 2, 2, 2, 3, 4, 4), c = 1:8, w = c(3, 3, 4, 4, 4, 5, 1, 1),
                    N = c(6, 6, 12, 12, 12, 5, 2, 2), y = c(2, 5, 1, 7, 4, 9, 3, 8))
for (name in c("apisrs", "apistrat", "apiclus1", "apiclus2", "small"))
  write.csv(get(name), file.path(folder, paste0(name, ".csv")), row.names = FALSE, na = "")
srs <- svydesign(id = ~1, fpc = ~fpc, data = apisrs)
strat <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat)
clus1 <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
clus2 <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
designs <- list(apisrs = srs, apistrat = strat, apiclus1 = clus1, apiclus2 = clus2)
for (name in names(designs)) {
  d <- designs[[name]]
  m <- svymean(~api00, d, deff = TRUE); t <- svytotal(~enroll, d, na.rm = TRUE, deff = TRUE)
  r <- svyratio(~api.stu, ~enroll, d, na.rm = TRUE)
  ci <- confint(m, df = degf(d))
  put(paste0(name, ".mean"), coef(m), SE(m), deff(m), degf(d), ci)
  put(paste0(name, ".total"), coef(t), SE(t), deff(t))
  put(paste0(name, ".ratio"), coef(r), SE(r))
  put(paste0(name, ".difference"), coef(svymean(~I(api00 - api99), d)), SE(svymean(~I(api00 - api99), d)))
  for (method in c("beta", "logit"))
    put(paste0(name, ".", method), attr(svyciprop(~I(sch.wide == "Yes"), d, method), "ci"))
  for (type in c("E", "H", "M")) {
    part <- subset(d, stype == type)
    m <- svymean(~api00, part, deff = TRUE); p <- svyciprop(~I(sch.wide == "Yes"), part, "beta")
    put(paste0(name, ".domain.", type), coef(m), SE(m), deff(m), degf(part))
    put(paste0(name, ".domain.beta.", type), coef(p), attr(p, "ci"))
    t <- svytotal(~api00, part); put(paste0(name, ".domain.total.", type), coef(t), SE(t))
  }
}
m <- svymean(~half, strat, na.rm = TRUE); put("missing.mean", coef(m), SE(m))
p <- svyciprop(~wide, strat, "beta", na.rm = TRUE); put("missing.beta", coef(p), attr(p, "ci"))
d <- svydesign(id = ~c, strata = ~s, weights = ~w, fpc = ~N, data = small)
for (policy in c("remove", "adjust", "average", "certainty")) {
  options(survey.lonely.psu = policy)
  put(paste0("lonely.", policy), SE(svytotal(~y, d)))
}
lines <- sapply(names(out), function(n) sprintf('"%s": [%s]', n, paste(sprintf("%.17g", out[[n]]), collapse = ", ")))
writeLines(c("{", paste(lines, collapse = ",\n"), "}"), file.path(folder, "numbers.json"))
"""


@dataclass(frozen=True)
class Reference:
    """R's tables and R's numbers."""

    tables: dict[str, Table]
    numbers: dict[str, list[float]]

    def design(self, name: str) -> SurveyDesign:
        t = self.tables[name]
        match name:
            case "apisrs":
                return survey_design(t["pw"], populations=[t["fpc"]])
            case "apistrat":
                return survey_design(t["pw"], [t["stype"]], populations=[t["fpc"]])
            case "apiclus1":
                return survey_design(t["pw"], clusters=[t["dnum"]], populations=[t["fpc"]])
            case _:
                d, s = t["dnum"], t["snum"]
                return survey_design(t["pw"], [None, None], [d, s], [t["fpc1"], t["fpc2"]])


@pytest.fixture(scope="module")
def rscript() -> str | None:
    return shutil.which("Rscript")


@pytest.fixture(scope="module")
def r(
    rscript: str | None,
    require: Callable[[str, bool, str], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Reference:
    """R's tables and numbers, made once for all tests."""
    require("R's survey package", rscript is not None, "apt-get install r-base-core r-cran-survey")
    folder = tmp_path_factory.mktemp("r")
    script = folder / "reference.R"
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [str(rscript), "--vanilla", str(script), str(folder)], capture_output=True, check=False
    )
    require("R's survey package", done.returncode != 9, "apt-get install r-cran-survey")
    assert done.returncode == 0, done.stderr.decode()
    numbers = json.loads((folder / "numbers.json").read_text(encoding="utf-8"))
    tables = {path.stem: table(path) for path in folder.glob("*.csv")}
    return Reference(tables, numbers)


def table(path: Path) -> Table:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: typed([row[name] for row in rows]) for name in rows[0]}


def typed(cells: list[str]) -> NDArray[Any]:
    try:
        return np.array([float(cell) if cell else np.nan for cell in cells])
    except ValueError:
        return np.array([cell or None for cell in cells], dtype=object)


def figures(
    r: Reference, name: str, text: str, by: str = "", method: Method | None = None
) -> dict[str, Figures]:
    """Return the figures of an estimand by domain, whatever the size of its cells."""
    tables = {column.replace(".", "_"): cells for column, cells in r.tables[name].items()}
    found = estimate(estimand(text), tables, r.design(name), by=by, method=method, threshold=1)
    return {row.domain: row.figures for row in found.rows if row.figures is not None}


def limits(interval: Interval | None) -> list[float]:
    assert interval is not None
    return [interval.low, interval.high]


SAMPLES = ("apisrs", "apistrat", "apiclus1", "apiclus2")
EXACT = 1e-9


@pytest.mark.parametrize(
    ("name", "mean", "error"),
    [
        ("apisrs", 656.585, 9.24972203928281),
        ("apistrat", 662.287363159321, 9.40894080278458),
        ("apiclus1", 644.169398907104, 23.542240693781),
        ("apiclus2", 670.811808118081, 30.0990273768366),
    ],
)
def test_the_published_means_and_errors_are_met(
    r: Reference, name: str, mean: float, error: float
) -> None:
    """The mean of api00 and its error are the documented ones, for all four designs."""
    found = figures(r, name, "mean(api00)")[""]
    assert found.estimate == pytest.approx(mean, rel=EXACT)
    assert found.standard_error == pytest.approx(error, rel=EXACT)


def test_the_published_beta_interval_is_met(r: Reference) -> None:
    """The interval of sch.wide on apistrat is the documented one."""
    found = figures(r, "apistrat", "prop(sch_wide = 'Yes')")[""]
    expected = [0.774171328597313, 0.873431592620735]
    assert limits(found.interval) == pytest.approx(expected, rel=EXACT)


@pytest.mark.parametrize("name", SAMPLES)
def test_means_totals_ratios_and_differences_agree(r: Reference, name: str) -> None:
    """Estimate, error, design effect, degrees of freedom and limits are R's."""
    mean = figures(r, name, "mean(api00)")[""]
    found = [mean.estimate, mean.standard_error, mean.design_effect, mean.df]
    assert found + limits(mean.interval) == pytest.approx(r.numbers[f"{name}.mean"], rel=EXACT)
    total = figures(r, name, "total(enroll)")[""]
    assert [total.estimate, total.standard_error, total.design_effect] == pytest.approx(
        r.numbers[f"{name}.total"], rel=EXACT
    )
    ratio = figures(r, name, "ratio(api_stu, enroll)")[""]
    assert [ratio.estimate, ratio.standard_error] == pytest.approx(
        r.numbers[f"{name}.ratio"], rel=EXACT
    )
    change = figures(r, name, "mean(api00 - api99)")[""]
    assert [change.estimate, change.standard_error] == pytest.approx(
        r.numbers[f"{name}.difference"], rel=EXACT
    )


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("method", ["beta", "logit"])
def test_intervals_of_proportions_agree(r: Reference, name: str, method: Method) -> None:
    """Beta and logit limits are those of svyciprop; R finds its logit by iterating, so less exactly."""
    found = figures(r, name, "prop(sch_wide = 'Yes')", method=method)[""]
    exact = EXACT if method == "beta" else 1e-6
    assert limits(found.interval) == pytest.approx(r.numbers[f"{name}.{method}"], rel=exact)


@pytest.mark.parametrize("name", SAMPLES)
def test_domains_agree(r: Reference, name: str) -> None:
    """A domain by zero weights gives what R's subset() gives: means, totals, beta intervals, df."""
    means = figures(r, name, "mean(api00)", by="stype")
    totals = figures(r, name, "total(api00)", by="stype")
    shares = figures(r, name, "prop(sch_wide = 'Yes')", by="stype")
    for domain in ("E", "H", "M"):
        mean, total, share = means[domain], totals[domain], shares[domain]
        assert [mean.estimate, mean.standard_error, mean.design_effect, mean.df] == pytest.approx(
            r.numbers[f"{name}.domain.{domain}"], rel=EXACT
        )
        assert [total.estimate, total.standard_error] == pytest.approx(
            r.numbers[f"{name}.domain.total.{domain}"], rel=EXACT
        )
        assert [share.estimate, *limits(share.interval)] == pytest.approx(
            r.numbers[f"{name}.domain.beta.{domain}"], rel=EXACT
        )


def test_missing_answers_are_left_out_as_r_does(r: Reference) -> None:
    """With na.rm=TRUE R gives the same mean, error and beta interval (which counts every row)."""
    mean = figures(r, "apistrat", "mean(half)")[""]
    assert [mean.estimate, mean.standard_error] == pytest.approx(
        r.numbers["missing.mean"], rel=EXACT
    )
    share = figures(r, "apistrat", "prop(wide = 'TRUE')")[""]
    assert [share.estimate, *limits(share.interval)] == pytest.approx(
        r.numbers["missing.beta"], rel=EXACT
    )


@pytest.mark.parametrize("policy", ["remove", "adjust", "average", "certainty"])
def test_lone_clusters_are_treated_as_in_r(r: Reference, policy: Lonely) -> None:
    """Each policy for a stratum of one cluster gives R's standard error; a census adds nothing."""
    t = r.tables["small"]
    # The third stratum is a stratum of five of which one was drawn.
    design = survey_design(t["w"], [t["s"]], [t["c"]], [t["N"]], policy)
    found = float(variance(design, t["y"][:, np.newaxis])[0, 0]) ** 0.5
    assert [found] == pytest.approx(r.numbers[f"lonely.{policy}"], rel=EXACT)
