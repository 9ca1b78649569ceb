"""analysis.R: reads the files beside it, builds the design, and computes every figure that was asked.

It needs R with the package survey and nothing else. What does not change from study to study is in
`expressions.R`, `design.R` and `estimates.R`, which it holds in full: a script stands by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from export.estimating.design import SurveyDesign
from export.estimating.replicates import has_later_stages
from export.scripts.columns_read import Files
from export.scripts.lines import Line
from export.scripts.r_expression import in_r, named, number, quoted

_PARTS = tuple(
    Path(__file__).with_name(name) for name in ("expressions.R", "design.R", "estimates.R")
)
_TESTS = {
    "rao_scott": "test_of_independence",
    "paired_t": "test_of_difference",
    "mcnemar_exact": "test_of_changes",
}


def r_script(lines: Sequence[Line], design: SurveyDesign, files: Files) -> bytes:
    """Return the script that computes some lines under a design, from the files beside it."""
    texts = files.texts
    written = [
        f"# {' '.join(files.title.split())}",
        "# Every figure, redone: run it with Rscript beside the data. Needs the package survey.",
        "",
        "suppressMessages(library(survey))",
        'here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))',
        "if (length(here) == 1) setwd(dirname(here))",
        "",
        *(part.read_text("utf-8") for part in _PARTS),
        "# --- this study --------------------------------------------------------------------------------",
        "",
        f"rows <- read_table({quoted(files.design)})",
        f"data <- read_table({quoted(files.data)}, texts = c({', '.join(map(quoted, sorted(texts)))}))",
        f"answers <- data[match(rows$number, data[[{quoted(files.number)}]]), ]",
        "",
        *_design(design),
        "",
        *(_line(one, texts) for one in lines),
        *(() if lines else _example(files)),
        "",
        "if (length(figures)) show_figures()",
        "",
    ]
    return "\n".join(written).encode("utf-8")


def _design(design: SurveyDesign) -> Iterator[str]:
    stages = range(1, len(design.stages) + 1)
    fpc = all((stage.population < float("inf")).all() for stage in design.stages)
    start = "step_1_before" if design.adjustments else "weight"
    yield f'options(survey.lonely.psu = "{design.lonely}")'
    yield "drawn <- svydesign("
    yield f"  ids = ~{' + '.join(f'cluster_{k}' for k in stages)},"
    yield f"  strata = ~{' + '.join(f'stratum_{k}' for k in stages)},"
    if fpc:
        yield f"  fpc = ~{' + '.join(f'population_{k}' for k in stages)},"
    yield f"  weights = ~{start}, data = rows)"
    yield "to_totals <- function(design) {"
    reached = start
    for k, step in enumerate(design.adjustments, start=1):
        margins = ", ".join(f'"step_{k}_margin_{j}"' for j in range(1, len(step.margins) + 1))
        if reached != f"step_{k}_before":
            yield f"  design <- reweighted(design, rows$step_{k}_before)"
        yield f"  design <- adjusted(design, rows[c({margins})], rows$step_{k}_after)"
        reached = f"step_{k}_after"
    yield "  design" if reached == "weight" else "  reweighted(design, rows$weight)"
    yield "}"
    yield "design <- to_totals(drawn)"
    yield "made <- NULL"
    yield "replicated <- function() {  # for the jackknife"
    if has_later_stages(design):
        yield "  # People were drawn in the clusters: no correction for the clusters that were not drawn."
        yield f"  drawn <- svydesign(ids = ~cluster_1, strata = ~stratum_1, weights = ~{start}, data = rows)"
    yield '  if (is.null(made)) made <<- to_totals(as.svrepdesign(drawn, type = "JKn"))'
    yield "  made"
    yield "}"
    yield "weight <- rows$weight"
    yield "population <- rows$population_1[1]"
    yield f"is_simple <- {_truth(design.is_simple)}"
    yield f"is_census <- {_truth(design.is_census)}"
    yield f"is_sum_known <- {_truth(design.is_sum_known)}"
    yield f"has_totals <- {_truth(bool(design.adjustments))}"


def _line(one: Line, texts: Collection[str]) -> str:
    about = f"c({', '.join(map(quoted, one.about))})"
    trees = [in_r(tree, texts) for tree in one.trees]
    given = [about]
    if one.kind in _TESTS:
        given += trees
    else:
        given += [f'"{one.kind}"', *trees]
    if one.within:
        given.append("within = " + " & ".join(in_r(tree, texts) for tree in one.within))
    wanted = one.wanted
    if wanted.variance != "taylor":
        given.append(f'variance = "{wanted.variance}"')
    if one.kind in _TESTS:
        return f"{_TESTS[one.kind]}({', '.join(given)})"
    if one.kind == "quantile":
        given.append(f"order = {number(wanted.estimand.order)}")
    if wanted.level != 0.95:
        given.append(f"level = {number(wanted.level)}")
    if wanted.method:
        given.append(f'method = "{wanted.method}"')
    if one.is_known:
        given.append("is_known = TRUE")
    if one.has_no_limits:
        given.append("limits = FALSE")
    return f"estimate({', '.join(given)})"


def _example(files: Files) -> Iterator[str]:
    """Yield a worked example as a comment, where no figure was asked for."""
    name = named(next(iter(sorted(files.texts)), files.number))
    yield "# Nothing was asked for. A share, its interval and the number of people, for example:"
    yield f'# estimate(c("who has an answer", "", "", ""), "prop", !is.na({name}))'
    yield "# show_figures()"


def _truth(value: bool) -> str:
    return "TRUE" if value else "FALSE"
