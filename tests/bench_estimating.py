"""How fast estimates are, against R's survey package in the same run: `make bench`.

Five estimates in each of 20 domains, with standard errors, of 1,000,000 people drawn one by one from
40 strata without replacement. Both start from columns in memory and a design already made; both
make the same figures, which is checked. R is told what is faster for it: no covariances between
domains.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from export.estimating.columns import Texts
from export.estimating.design import SurveyDesign, survey_design
from export.estimating.estimate import estimand, estimate

PEOPLE, STRATA, DOMAINS = 1_000_000, 40, 20
WANTED = (
    "mean(spent)",
    "total(spent)",
    "prop(days > 10)",
    "ratio(spent, days + 1)",
    "mean(days - before)",
)
# R's survey gives the same figures by svyby(); the order is that of WANTED.
SCRIPT = r"""
if (!requireNamespace("survey", quietly = TRUE)) quit(status = 9)
suppressMessages(library(survey))
folder <- commandArgs(trailingOnly = TRUE)[1]
n <- {people}
read <- function(name) readBin(file.path(folder, name), "double", n)
d <- as.data.frame(sapply(c("stratum", "population", "domain", "spent", "days", "before"), read))
d$domain <- factor(d$domain)
d$above <- as.numeric(d$days > 10); d$change <- d$days - d$before; d$more <- d$days + 1
made <- system.time(s <- svydesign(id = ~1, strata = ~stratum, fpc = ~population, data = d))[3]
out <- NULL
took <- system.time({
  out <- rbind(out, as.matrix(svyby(~spent, ~domain, s, svymean)[, 2:3]))
  out <- rbind(out, as.matrix(svyby(~spent, ~domain, s, svytotal)[, 2:3]))
  out <- rbind(out, as.matrix(svyby(~above, ~domain, s, svymean)[, 2:3]))
  out <- rbind(out, as.matrix(svyby(~spent, ~domain, s, svyratio, denominator = ~more)[, 2:3]))
  out <- rbind(out, as.matrix(svyby(~change, ~domain, s, svymean)[, 2:3]))
})[3]
writeBin(as.numeric(t(out)), file.path(folder, "figures"))
cat(made, took, as.character(packageVersion("survey")), "\n")
"""


def columns() -> dict[str, NDArray[Any]]:
    """Return the sample as columns, the same ones every time."""
    chance = np.random.default_rng(20220107)
    stratum = chance.integers(0, STRATA, PEOPLE)
    days = chance.integers(0, 31, PEOPLE).astype(float)
    return {
        "stratum": stratum.astype(float),
        "population": (np.bincount(stratum) * 3 + np.arange(STRATA) * 1000)[stratum].astype(float),
        "domain": chance.integers(0, DOMAINS, PEOPLE).astype(float),
        "spent": chance.gamma(2, 50, PEOPLE) + 3 * stratum,
        "days": days,
        "before": np.minimum(30, days + chance.integers(0, 9, PEOPLE)),
    }


def designed(of: dict[str, NDArray[Any]]) -> SurveyDesign:
    """Return the design of the sample."""
    weights = of["population"] / np.bincount(of["stratum"].astype(int))[of["stratum"].astype(int)]
    return survey_design(weights, [of["stratum"]], populations=[of["population"]])


def ours(of: dict[str, NDArray[Any]], design: SurveyDesign) -> tuple[float, list[float]]:
    """Return the seconds of our estimates, and each with its standard error."""
    names = tuple(f"d{number:02}" for number in range(DOMAINS))
    asked: dict[str, Any] = of | {"domain": Texts(of["domain"].astype(np.intp), names)}
    start = time.perf_counter()
    found = [estimate(estimand(text), asked, design, by="domain") for text in WANTED]
    seconds = time.perf_counter() - start
    figures = [row.figures for one in found for row in one.rows if row.figures is not None]
    return seconds, [
        value for one in figures for value in (one.estimate, one.standard_error or np.nan)
    ]


def theirs(of: dict[str, NDArray[Any]]) -> tuple[float, float, list[float], str] | None:
    """Return R's seconds, of the design and of the estimates, its figures and its version, if any."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for column, values in of.items():
            values.tofile(folder / column)
        script = folder / "bench.R"
        script.write_text(SCRIPT.replace("{people}", str(PEOPLE)), encoding="utf-8")
        done = subprocess.run(
            [rscript, "--vanilla", str(script), name], capture_output=True, text=True, check=False
        )
        if done.returncode == 9:
            return None
        if done.returncode:
            raise RuntimeError(done.stderr)
        made, took, version = done.stdout.split()
        return float(made), float(took), np.fromfile(folder / "figures").tolist(), version


def report() -> None:
    """Print our seconds and R's, and how many times faster we are."""
    of = columns()
    start = time.perf_counter()
    design = designed(of)
    made = time.perf_counter() - start
    seconds, figures = ours(of, design)
    what = f"{len(WANTED)} estimates in {DOMAINS} domains of {PEOPLE:,} people"
    other = theirs(of)
    if other is None:
        print(f"{seconds:6.2f}  s: {what}; R's survey is absent, so nothing to compare with")
        return
    r_made, r_seconds, r_figures, version = other
    np.testing.assert_allclose(figures, r_figures, rtol=1e-9)
    print(
        f"{r_seconds / seconds:6.1f}  times R survey {version} on {what}"
        f"  ({seconds:.2f} s / {r_seconds:.2f} s; the design {made:.2f} s / {r_made:.2f} s)"
    )


if __name__ == "__main__":
    report()
