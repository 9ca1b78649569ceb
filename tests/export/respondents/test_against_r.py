"""Weights, and the errors that come of them, agree with R's survey package.

The data (Californian schools, 2000) ship with it, are under the GPL and stay in R: they are read from
the package when Rscript is present, and become records of interviews here.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from export.drawing.sample import DrawnCase
from export.estimating.estimate import estimand, estimate
from export.estimating.weighted import design_of
from export.respondents.categories import categories
from export.respondents.weight import Respondents, respondents
from export.respondents.weighting import (
    Calibration,
    Cell,
    Margin,
    Treatment,
    Trimming,
    Weighting,
)
from export.study import StudyInstrument
from interviewer.record import Record
from surveys.check import check
from tests.r_survey import run_r

FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
choices:
  type: [{name: E, label: E}, {name: H, label: H}, {name: M, label: M}]
  yes: [{name: "Yes", label: "Yes"}, {name: "No", label: "No"}]
survey:
  - {type: select_one, choices: type, name: stype, label: Type}
  - {type: select_one, choices: yes, name: wide, label: Wide}
  - {type: select_one, choices: yes, name: both, label: Both}
  - {type: integer, name: api, label: Index}
"""
SCRIPT = r"""
if (!requireNamespace("survey", quietly = TRUE)) quit(status = 9)
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust", digits = 17)
data(api)
folder <- commandArgs(trailingOnly = TRUE)[1]
out <- list()
put <- function(name, ...) out[[name]] <<- c(...)
keep <- c("cds", "stype", "sch.wide", "both", "api00", "dnum", "pw", "state")
mark <- function(d) ifelse(seq_len(nrow(d)) %% 11 == 0, "gone", ifelse(seq_len(nrow(d)) %% 4 == 0, "away", "here"))
apistrat$both <- ifelse(apistrat$meals > 40, "Yes", "No"); apiclus2$both <- ifelse(apiclus2$meals > 40, "Yes", "No")
apistrat$state <- mark(apistrat); apiclus2$state <- mark(apiclus2)
apistrat$fpc1 <- apistrat$fpc; apistrat$fpc2 <- 0
count <- function(x) ave(seq_along(x), x, FUN = length)
apistrat$pw <- apistrat$fpc / count(apistrat$stype)  # the package rounds them
apiclus2$pw <- apiclus2$fpc1 / length(unique(apiclus2$dnum)) * apiclus2$fpc2 / count(apiclus2$dnum)
for (name in c("apistrat", "apiclus2"))
  write.csv(get(name)[c(keep, "fpc1", "fpc2")], file.path(folder, paste0(name, ".csv")), row.names = FALSE)
mean_of <- function(name, d) { m <- svymean(~api00, d); put(name, coef(m), SE(m)) }

# Non-response by stratum: post-stratification to the strata.
here <- subset(apistrat, state == "here")
d <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = here)
known <- unique(apistrat[c("stype", "fpc")]); names(known)[2] <- "Freq"
d1 <- postStratify(d, ~stype, known); put("strata", weights(d1))
# By one class: one factor for all.
factor <- sum(apistrat$pw) / sum(here$pw)
here$w <- here$pw * factor
d2 <- svydesign(id = ~1, strata = ~stype, weights = ~w, fpc = ~fpc, data = here)
post <- expand.grid(sch.wide = c("No", "Yes"), both = c("No", "Yes")); post$Freq <- c(1000, 700, 1300, 3200)
d3 <- postStratify(d2, ~sch.wide + both, post); put("post", weights(d3)); mean_of("post.mean", d3)
wide <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1900, 4300))
both <- data.frame(both = c("No", "Yes"), Freq = c(2000, 4200))
type <- data.frame(stype = c("E", "H", "M"), Freq = c(4400, 700, 1100))
d4 <- rake(d2, list(~sch.wide, ~both, ~stype), list(wide, both, type), control = list(maxit = 1000, epsilon = 1e-12))
put("rake", weights(d4))
d5 <- trimWeights(d4, upper = 1.4 * median(weights(d4)), strict = TRUE); put("trim", weights(d5))

# Those not eligible are known: they keep their weight, are no one's total, and are in no estimate.
design <- function(data, factors, ...) {
  known <- subset(data, state != "away")
  known$w <- known$pw * factors(data, known)
  known$out <- known$state == "gone"
  known
}
strat <- design(apistrat, function(all, known) {
  n <- table(all$stype); k <- table(known$stype); as.numeric((n / k)[as.character(known$stype)])
})
strat$cell <- ifelse(strat$out, "out", as.character(strat$sch.wide))
d6 <- svydesign(id = ~1, strata = ~stype, weights = ~w, fpc = ~fpc, data = strat)
mean_of("gone.mean", subset(d6, !out))
cells <- data.frame(cell = c("No", "Yes", "out"), Freq = c(1800, 3900, sum(strat$w[strat$out])))
d7 <- postStratify(d6, ~cell, cells); mean_of("gone.post.mean", subset(d7, !out))
t <- svytotal(~I(sch.wide == "Yes"), subset(d6, !out)); put("gone.total", coef(t)[2], SE(t)[2])

# Two stages, in one class; clusters in which one person answered are measured from zero.
two <- design(apiclus2, function(all, known) sum(all$pw) / sum(known$pw))
d8 <- svydesign(id = ~dnum + cds, weights = ~w, fpc = ~fpc1 + fpc2, data = two)
mean_of("two.mean", subset(d8, !out)); put("two", weights(d8)[!two$out])
lines <- sapply(names(out), function(n) sprintf('"%s": [%s]', n, paste(sprintf("%.17g", out[[n]]), collapse = ", ")))
writeLines(c("{", paste(lines, collapse = ",\n"), "}"), file.path(folder, "numbers.json"))
"""
EXACT = 1e-9


@dataclass(frozen=True)
class Reference:
    """R's tables and R's numbers."""

    tables: dict[str, list[dict[str, str]]]
    numbers: dict[str, list[float]]


@pytest.fixture(scope="module")
def r(
    require: Callable[[str, bool, str], None], tmp_path_factory: pytest.TempPathFactory
) -> Reference:
    """R's tables and numbers, made once for all tests."""
    folder = tmp_path_factory.mktemp("weights")
    run_r(require, SCRIPT, folder)
    tables = {}
    for name in ("apistrat", "apiclus2"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            tables[name] = list(csv.DictReader(file))
    return Reference(tables, json.loads((folder / "numbers.json").read_text("utf-8")))


def found() -> StudyInstrument:
    instrument = check(FORM, "form.yaml").instrument
    assert instrument is not None
    return StudyInstrument(instrument, "person")


def record(row: dict[str, str], number: int) -> Record:
    """Return the record of a school: interviewed, or found not eligible."""
    is_gone = row["state"] == "gone"
    answers = {
        "stype": row["stype"],
        "wide": row["sch.wide"],
        "both": row["both"],
        "api": row["api00"],
    }
    texts = "study kit instrument_version instrument_hash device interviewer language mode"
    plain: dict[str, Any] = dict.fromkeys(texts.split(), "")
    return Record(
        **plain,
        id=f"{number:032x}",
        instrument="plain",
        sequence=number,
        kind="outcome" if is_gone else "interview",
        unit="person",
        case=row["cds"],
        outcome="4.1" if is_gone else "1.1",
        status="" if is_gone else "complete",
        week="2022-W15",
        minutes=0,
        is_practice=False,
        is_simulated=False,
        answers={} if is_gone else answers,
    )


def weighted(
    rows: Sequence[dict[str, str]], weighting: Weighting, *, with_gone: bool = False
) -> Respondents:
    """Return the respondents among the schools; without those gone, nothing is known of these."""
    strata = {name: at for at, name in enumerate(sorted({row["stype"] for row in rows}), start=1)}
    is_clustered = any(row["fpc2"] != "0" for row in rows)
    sample = {
        row["cds"]: DrawnCase(
            row["cds"],
            1 if is_clustered else strata[row["stype"]],
            int(row["fpc1"]),
            True,
            None,
            int(row["dnum"]) if is_clustered else None,
            int(row["fpc2"]) if is_clustered else None,
        )
        for row in rows
    }
    states = ("here", "gone") if with_gone else ("here",)
    records = [record(row, n) for n, row in enumerate(rows, start=1) if row["state"] in states]
    return respondents(found(), records, sample, weighting)


def margin(columns: str, totals: dict[str, float]) -> Margin:
    known = categories(found().instrument)
    names = columns.split()
    cells = (Cell(tuple((value,) for value in key.split()), n) for key, n in totals.items())
    return Margin(tuple(known[name] for name in names), tuple(cells), ("",) * len(names))


def weights(people: Respondents) -> list[float]:
    return [one.weight for one in people.people]


def mean(people: Respondents, text: str = "mean(api)") -> list[float]:
    """Return an estimate and its error under the design the respondents came by."""
    answers = [one.record.answers for one in people.people]
    columns = {
        "api": np.array([float(one["api"]) for one in answers]),
        "wide": np.array([float(one["wide"] == "Yes") for one in answers]),
    }
    (row,) = estimate(estimand(text), columns, design_of(people), threshold=1).rows
    assert row.figures is not None
    assert row.figures.standard_error is not None
    return [row.figures.estimate, row.figures.standard_error]


WIDE = {"No": 1900.0, "Yes": 4300.0}
CROSSED = {"No No": 1000.0, "Yes No": 700.0, "No Yes": 1300.0, "Yes Yes": 3200.0}
MARGINS = (
    margin("wide", WIDE),
    margin("both", {"No": 2000.0, "Yes": 4200.0}),
    margin("stype", {"E": 4400.0, "H": 700.0, "M": 1100.0}),
)
RAKE = Calibration("rake", "response", MARGINS)


@pytest.mark.parametrize(
    ("name", "classes", "treatments"),
    [
        ("strata", "strata", ()),
        (
            "post",
            "all",
            (Calibration("poststratify", "response", (margin("wide both", CROSSED),)),),
        ),
        ("rake", "all", (RAKE,)),
        ("trim", "all", (RAKE, Trimming("trim", "rake", None, 1.4))),
    ],
)
def test_weights_are_those_of_r(
    r: Reference, name: str, classes: str, treatments: tuple[Treatment, ...]
) -> None:
    """Non-response by stratum, post-stratification, raking and trimming, to nine digits."""
    assert classes in ("strata", "all")
    weighting = Weighting("all" if classes == "all" else "strata", treatments)
    people = weighted(r.tables["apistrat"], weighting)
    assert weights(people) == pytest.approx(r.numbers[name], rel=EXACT)


def test_the_error_after_post_stratification_is_that_of_r(r: Reference) -> None:
    """What the cells explain is no longer uncertain."""
    step = Calibration("poststratify", "response", (margin("wide both", CROSSED),))
    people = weighted(r.tables["apistrat"], Weighting("all", (step,)))
    assert mean(people) == pytest.approx(r.numbers["post.mean"], rel=EXACT)


def test_who_is_not_eligible_is_as_outside_of_a_domain_in_r(r: Reference) -> None:
    """Means and totals of those who are, their number being an estimate too; also after totals are met."""
    people = weighted(r.tables["apistrat"], Weighting(), with_gone=True)
    assert mean(people) == pytest.approx(r.numbers["gone.mean"], rel=EXACT)
    assert mean(people, "total(wide)") == pytest.approx(r.numbers["gone.total"], rel=EXACT)
    step = Calibration("poststratify", "response", (margin("wide", {"No": 1800.0, "Yes": 3900.0}),))
    people = weighted(r.tables["apistrat"], Weighting("strata", (step,)), with_gone=True)
    assert mean(people) == pytest.approx(r.numbers["gone.post.mean"], rel=EXACT)


def test_two_stages_with_people_who_did_not_answer_are_as_in_r(r: Reference) -> None:
    """Clusters, then people in them; those in which one answered are measured from zero."""
    people = weighted(r.tables["apiclus2"], Weighting(), with_gone=True)
    assert weights(people) == pytest.approx(r.numbers["two"], rel=EXACT)
    assert mean(people) == pytest.approx(r.numbers["two.mean"], rel=EXACT)
