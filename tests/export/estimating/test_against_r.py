"""Estimates agree with R's survey package, on the data that ship with it.

The data (academic performance of Californian schools, 2000) are under the GPL and stay in R: they
are read from the package when Rscript is present, which `reference.R` does. Written-out numbers are
those of survey 4.5.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from export.estimating.accuracy import Figures
from export.estimating.adjustment import Adjustment
from export.estimating.design import Lonely, SurveyDesign, survey_design
from export.estimating.estimate import estimand, estimate
from export.estimating.intervals import (
    Interval,
    Method,
    hypergeometric,
    of_mean,
    of_proportion,
)
from surveys.problems import Refusal

Table = dict[str, NDArray[Any]]

SCRIPT = Path(__file__).with_name("reference.R")

# Totals that the weights are made to meet: of schools, in R's help pages or made up.
TYPES = {"E": 4421.0, "H": 755.0, "M": 1018.0}
WIDE = {"No": 1072.0, "Yes": 5122.0}
GROWTH = {"No": 1689.0, "Yes": 4505.0}
AWARDS = {"No": 2027.0, "Yes": 4167.0}
Margins = list[tuple[str, dict[str, float]]]
POST: Margins = [("sch_wide", WIDE)]
RAKED: Margins = [("stype", TYPES), ("sch_wide", WIDE), ("comp_imp", GROWTH)]
STEPS: dict[str, list[Margins]] = {
    "": [], "post": [POST], "raked": [RAKED], "both": [[("awards", AWARDS)], RAKED],
}  # fmt: skip


@dataclass(frozen=True)
class Reference:
    """R's tables and R's numbers."""

    tables: dict[str, Table]
    numbers: dict[str, list[float]]

    def design(
        self, name: str, lonely: Lonely = "fail", eligible: NDArray[np.bool_] | None = None
    ) -> SurveyDesign:
        """Return a design by R's name for its table, after a dot what was done to its weights."""
        plain, _dot, step = name.partition(".")
        t = self.tables[plain]
        found = designed(plain, t, lonely)
        weights, adjustments = found.weights, []
        for margins in STEPS[step]:
            made = met(weights, t, margins)
            adjustments.append(made)
            weights = made.after
        within = found.eligible if eligible is None else eligible
        return replace(found, weights=weights, eligible=within, adjustments=tuple(adjustments))


def designed(name: str, t: Table, lonely: Lonely) -> SurveyDesign:
    match name:
        case "apisrs":
            return survey_design(t["pw"], populations=[t["fpc"]])
        case "apistrat":
            return survey_design(t["pw"], [t["stype"]], populations=[t["fpc"]])
        case "apiclus1":
            return survey_design(t["pw"], clusters=[t["dnum"]], populations=[t["fpc"]])
        case "apiclus2":
            d, s = t["dnum"], t["snum"]
            return survey_design(t["pw"], [None, None], [d, s], [t["fpc1"], t["fpc2"]])
        case "mu284":
            first, second = t["id1"], t["id2"]
            weights = t["n1"] / 5 * t["n2"] / 3
            return survey_design(weights, [None, None], [first, second], [t["n1"], t["n2"]])
        case "hotels":
            hotels, rooms = np.where(t["s"] == "n", 3, 4), np.bincount(t["h"].astype(int))
            weights = t["M"] / hotels * t["N"] / rooms[t["h"].astype(int)]
            return survey_design(
                weights, [t["s"], None], [t["h"], t["p"]], [t["M"], t["N"]], lonely
            )
        case _:
            return survey_design(t["w"], [t["s"]], [t["c"]], [t["N"]], lonely)


def met(weights: NDArray[np.float64], t: Table, margins: Margins) -> Adjustment:
    """Return weights made to meet totals, margin by margin, again and again."""
    places = [np.array([list(totals).index(cell) for cell in t[name]]) for name, totals in margins]
    after = weights
    for _round in range(300):
        for place, (_name, totals) in zip(places, margins, strict=True):
            after = after * (np.array(list(totals.values())) / np.bincount(place, after))[place]
    return Adjustment(tuple(places), weights, after)


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
    done = subprocess.run(
        [str(rscript), "--vanilla", str(SCRIPT), str(folder)], capture_output=True, check=False
    )
    require("R's survey package", done.returncode != 9, "apt-get install r-cran-survey")
    assert done.returncode == 0, done.stderr.decode()
    numbers = json.loads((folder / "numbers.json").read_text(encoding="utf-8"))
    tables = {path.stem: table(path) for path in folder.glob("*.csv")}
    return Reference(tables, numbers)


def table(path: Path) -> Table:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name.replace(".", "_"): typed([row[name] for row in rows]) for name in rows[0]}


def typed(cells: list[str]) -> NDArray[Any]:
    try:
        return np.array([float(cell) if cell else np.nan for cell in cells])
    except ValueError:
        return np.array([cell or None for cell in cells], dtype=object)


def figures(r: Reference, name: str, text: str, by: str = "", **options: Any) -> dict[str, Figures]:
    """Return the figures of an estimand by domain, whatever the size of its cells."""
    design = options.pop("design", None) or r.design(name)
    columns = {
        column: cells[design.eligible] for column, cells in r.tables[name.partition(".")[0]].items()
    }
    found = estimate(estimand(text), columns, design, by=by, threshold=1, **options)
    return {row.domain: row.figures for row in found.rows if row.figures is not None}


def limits(interval: Interval | None) -> list[float]:
    assert interval is not None
    return [interval.low, interval.high]


def numbers(found: Figures, *parts: str) -> list[float]:
    """Return some of the figures, in the order R's are in."""
    out: list[float] = []
    for part in parts:
        value = getattr(found, part)
        out += limits(value) if part == "interval" else [value]
    return out


SAMPLES = ("apisrs", "apistrat", "apiclus1", "apiclus2")
ADJUSTED = tuple(f"{name}.{step}" for name in SAMPLES for step in ("post", "raked"))
EVERY = (*SAMPLES, *ADJUSTED, "apistrat.both")
ORDERS = (0.123, 0.247, 0.503, 0.752, 0.897)  # that no sum of equal weights meets exactly
EXACT = 1e-9
E, SE, DEFF = "estimate", "standard_error", "design_effect"


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
    assert numbers(found, E, SE) == pytest.approx([mean, error], rel=EXACT)


def test_the_published_beta_interval_is_met(r: Reference) -> None:
    """The interval of sch.wide on apistrat is the documented one."""
    found = figures(r, "apistrat", "prop(sch_wide = 'Yes')")[""]
    expected = [0.774171328597313, 0.873431592620735]
    assert limits(found.interval) == pytest.approx(expected, rel=EXACT)


@pytest.mark.parametrize("name", EVERY)
def test_the_weights_are_rs(r: Reference, name: str) -> None:
    """So what is compared below is of the same design: least, greatest and sum of the weights."""
    w = r.design(name).weights
    found = [float(w.min()), float(w.max()), float(w.sum())]
    assert found == pytest.approx(r.numbers[f"{name}.weights"], rel=EXACT)


@pytest.mark.parametrize("name", EVERY)
def test_means_totals_ratios_and_differences_agree(r: Reference, name: str) -> None:
    """Estimate, error, design effect, degrees of freedom and limits, of plain and adjusted designs."""
    mean = figures(r, name, "mean(api00)")[""]
    assert numbers(mean, E, SE, DEFF, "df", "interval") == pytest.approx(
        r.numbers[f"{name}.mean"], rel=EXACT
    )
    total = figures(r, name, "total(enroll)")[""]
    assert numbers(total, E, SE, DEFF) == pytest.approx(r.numbers[f"{name}.total"], rel=EXACT)
    ratio = figures(r, name, "ratio(api_stu, enroll)")[""]
    assert numbers(ratio, E, SE, DEFF, "interval") == pytest.approx(
        r.numbers[f"{name}.ratio"], rel=EXACT
    )
    change = figures(r, name, "mean(api00 - api99)")[""]
    assert numbers(change, E, SE) == pytest.approx(r.numbers[f"{name}.difference"], rel=EXACT)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(
    ("ours", "theirs", "exact"),
    [("beta", "beta", EXACT), ("logit", "xlogit", EXACT), ("logit", "logit", 1e-6)],
    ids=["beta", "xlogit", "logit"],
)
def test_intervals_of_proportions_agree(
    r: Reference, name: str, ours: Method, theirs: str, exact: float
) -> None:
    """Limits are those of svyciprop; its "logit" is found by iterating, so less exactly."""
    found = figures(r, name, "prop(api99 > 650)", method=ours)[""]
    expected = r.numbers[f"{name}.{theirs}"]
    assert numbers(found, E, "interval") == pytest.approx(expected, rel=exact)


@pytest.mark.parametrize("name", EVERY)
def test_the_interval_that_is_never_given_agrees_too(r: Reference, name: str) -> None:
    """p ± t·se, R's method "mean", from our estimate and its error."""
    found = figures(r, name, "prop(api99 > 650)", method="beta")[""]
    assert found.standard_error is not None
    wald = of_mean(found.estimate, found.standard_error**2, found.df)
    assert [found.estimate, *limits(wald)] == pytest.approx(r.numbers[f"{name}.wald"], rel=EXACT)


def test_exact_intervals_are_those_of_rs_hypergeometric_tails(r: Reference) -> None:
    """For each count of 107 drawn from 536: the counts of the whole that phyper() does not reject."""
    for k in range(108):
        assert list(hypergeometric(k, 107, 536)) == r.numbers[f"exact.{k}"]


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(("ours", "theirs"), [("beta", "beta"), ("logit", "xlogit")])
def test_quantiles_agree(r: Reference, name: str, ours: Method, theirs: str) -> None:
    """Quantile, Woodruff's limits and error are those of svyquantile with qrule="math"."""
    found = [
        numbers(figures(r, name, f"quantile(api00, {p})", method=ours)[""], E, "interval", SE)
        for p in ORDERS
    ]
    expected = r.numbers[f"{name}.quantiles.{theirs}"]
    assert [one for four in found for one in four] == pytest.approx(expected, rel=EXACT)
    half = figures(r, name, "quantile(api00, 0.5)", method=ours)
    assert figures(r, name, "median(api00)", method=ours) == half


@pytest.mark.parametrize("name", EVERY)
def test_domains_agree(r: Reference, name: str) -> None:
    """A domain by zero weights gives what R's subset() gives, of plain and adjusted designs."""
    found = {
        text: figures(r, name, text, by="stype", method="logit")
        for text in (
            "mean(api00)", "total(api00)", "ratio(api_stu, enroll)", "prop(sch_wide = 'Yes')",
            "median(api00)",
        )
    }  # fmt: skip
    for domain in ("E", "H", "M"):
        mean, total, ratio, share, median = (one[domain] for one in found.values())
        for kind, ours in {
            "mean": numbers(mean, E, SE, DEFF, "df"),
            "total": numbers(total, E, SE),
            "ratio": numbers(ratio, E, SE),
            "xlogit": numbers(share, E, "interval"),
            "median": numbers(median, E, "interval", SE),
        }.items():
            expected = r.numbers[f"{name}.domain.{kind}.{domain}"]
            # Raked to the domain itself, R's error of its number of schools is 0 but for rounding.
            assert ours == pytest.approx(expected, rel=EXACT, abs=1e-9), (kind, domain)


@pytest.mark.parametrize("name", EVERY)
def test_beta_intervals_of_domains_agree(r: Reference, name: str) -> None:
    """With the rows that R counts (those of the domain, or all of them where weights are adjusted), and
    its degrees of freedom.
    """
    shares = figures(r, name, "prop(sch_wide = 'Yes')", by="stype", method="beta")
    for domain, found in shares.items():
        p, low, high, rows, df = r.numbers[f"{name}.domain.beta.{domain}"]
        assert found.standard_error is not None
        again = of_proportion(
            "beta", found.estimate, found.standard_error**2, rows=int(rows), df=int(df)
        )
        assert [found.estimate, *limits(again)] == pytest.approx([p, low, high], rel=EXACT)
        if "." not in name and df == found.df:
            assert limits(found.interval) == pytest.approx(limits(again), rel=EXACT)


@pytest.mark.parametrize("name", ["apisrs", "apiclus1"])
def test_raking_is_that_of_rake_where_weights_are_equal(r: Reference, name: str) -> None:
    """R's rake() regresses without weights, in ten rounds; its calibrate(), and we, with them."""
    found = figures(r, f"{name}.raked", "mean(api00)")[""]
    assert numbers(found, E, SE) == pytest.approx(r.numbers[f"{name}.rake"], rel=1e-6)


def test_missing_answers_are_left_out_as_r_does(r: Reference) -> None:
    """With na.rm=TRUE R gives the same mean, error and beta interval (which counts every row).

    Without known populations: with them R corrects for everybody asked, we for those who answered.
    """
    t = r.tables["apistrat"]
    free = survey_design(t["pw"], [t["stype"]])
    met = replace(r.design("apistrat.post"), stages=free.stages)
    mean = figures(r, "apistrat", "mean(half)", design=free)[""]
    assert numbers(mean, E, SE) == pytest.approx(r.numbers["missing.mean"], rel=EXACT)
    share = figures(r, "apistrat", "prop(wide = 'TRUE')", design=free)[""]
    assert numbers(share, E, "interval") == pytest.approx(r.numbers["missing.beta"], rel=EXACT)
    post = figures(r, "apistrat", "prop(wide = 'TRUE')", method="logit", design=met)[""]
    assert numbers(post, E, "interval") == pytest.approx(r.numbers["missing.post"], rel=EXACT)
    found = [
        value
        for p in ORDERS
        for value in numbers(
            figures(r, "apistrat", f"quantile(half, {p})", method="logit", design=free)[""],
            E,
            "interval",
            SE,
        )
    ]
    assert found == pytest.approx(r.numbers["missing.quantiles.xlogit"], rel=EXACT)


@pytest.mark.parametrize("name", ["apistrat", "apistrat.post"])
def test_those_not_eligible_are_a_part_that_is_never_estimated(r: Reference, name: str) -> None:
    """Rows outside the population give what R's subset() of the others gives."""
    eligible = r.tables["apistrat"]["known"] == "TRUE"
    design = r.design(name, eligible=eligible)
    mean = figures(r, name, "mean(api00)", design=design)[""]
    total = figures(r, name, "total(api00)", design=design)[""]
    found = numbers(mean, E, SE, DEFF, "df") + numbers(total, E, SE, DEFF)
    assert found == pytest.approx(r.numbers[f"{name}.eligible"], rel=EXACT)


def test_two_stages_with_equal_takes_agree(r: Reference) -> None:
    """Municipalities of Sweden: clusters of a population, three of each drawn (R's data mu284)."""
    mean, total = figures(r, "mu284", "mean(y1)")[""], figures(r, "mu284", "total(y1)")[""]
    expected = r.numbers["mu284.mean"]
    assert numbers(mean, E, SE, DEFF, "df") == pytest.approx(expected, rel=EXACT)
    assert numbers(total, E, SE) == pytest.approx(r.numbers["mu284.total"], rel=EXACT)


@pytest.mark.parametrize("policy", ["remove", "adjust", "certainty"])
def test_strata_of_clusters_of_people_agree(r: Reference, policy: Lonely) -> None:
    """Two strata, hotels, rooms, in one hotel one room, in another all: everyone, and by domain."""
    design = r.design("hotels", policy)
    mean, total, ratio = (
        figures(r, "hotels", text, design=design)[""]
        for text in ("mean(y)", "total(y)", "ratio(y, x)")
    )
    part = figures(r, "hotels", "mean(y)", by="g", design=design)
    found = [*numbers(mean, E, SE), *numbers(total, E, SE), *numbers(ratio, E, SE)]
    found += [value for which in (E, SE) for g in "ab" for value in numbers(part[g], which)]
    assert found == pytest.approx(r.numbers[f"hotels.{policy}"], rel=EXACT)


def test_a_lone_cluster_at_the_second_stage_has_no_average(r: Reference) -> None:
    """R says NaN, we say what to do: there is no other stratum in the cluster to go by."""
    with pytest.raises(Refusal, match="another policy"):
        figures(r, "hotels", "mean(y)", design=r.design("hotels", "average"))


@pytest.mark.parametrize("policy", ["remove", "adjust", "average", "certainty"])
def test_lone_clusters_are_treated_as_in_r(r: Reference, policy: Lonely) -> None:
    """Each policy for a stratum of one cluster gives R's errors; a census adds nothing.

    The third stratum is one of five of which one was drawn. By domain R takes its average over the
    strata the domain is found in, we over all: only the other policies are compared there.
    """
    design = r.design("small", policy)
    total, mean = (figures(r, "small", text, design=design)[""] for text in ("total(y)", "mean(y)"))
    part = figures(r, "small", "total(y)", by="g", design=design)
    found = [*numbers(total, SE), *numbers(mean, SE)]
    found += [value for which in (E, SE) for g in "ab" for value in numbers(part[g], which)]
    compared = 4 if policy == "average" else 6
    expected = r.numbers[f"lonely.{policy}"][:compared]
    assert found[:compared] == pytest.approx(expected, rel=EXACT)


@pytest.mark.parametrize("policy", ["remove", "adjust", "average", "certainty"])
def test_lone_clusters_are_treated_as_in_r_by_the_jackknife(r: Reference, policy: Lonely) -> None:
    """Replicates with and without a stratum of one cluster, without known populations."""
    t = {name: cells[r.tables["small"]["s"] != 4] for name, cells in r.tables["small"].items()}
    design = survey_design(t["w"], [t["s"]], [t["c"]], lonely=policy)
    found = [
        row.figures.standard_error
        for text in ("total(y)", "mean(y)")
        for row in estimate(estimand(text), t, design, threshold=1, variance="jackknife").rows
        if row.figures is not None
    ]
    assert found == pytest.approx(r.numbers[f"lonely.jackknife.{policy}"], rel=EXACT)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize(("step", "theirs"), [("", "plain"), (".post", "post"), (".raked", "rake")])
def test_the_jackknife_agrees(r: Reference, name: str, step: str, theirs: str) -> None:
    """JK1 and JKn, adjusted anew in each replicate: means, totals, ratios, shares, domains, quantiles."""

    def of(text: str, by: str = "", *parts: str) -> list[float]:
        found = figures(r, name + step, text, by, variance="jackknife", method="logit")
        return [value for one in found.values() for value in numbers(one, *(parts or (SE,)))]

    found = [*of("mean(api00)"), *of("total(enroll)"), *of("ratio(api_stu, enroll)")]
    found += [*of("prop(api99 > 650)"), *of("mean(api00)", "stype"), *of("total(api00)", "stype")]
    assert found == pytest.approx(r.numbers[f"{name}.jackknife.{theirs}"], rel=EXACT)
    quantiles = [
        value for p in ORDERS for value in of(f"quantile(api00, {p})", "", E, "interval", SE)
    ]
    expected = r.numbers[f"{name}.jackknife.quantiles.{theirs}"]
    assert quantiles == pytest.approx(expected, rel=EXACT)
