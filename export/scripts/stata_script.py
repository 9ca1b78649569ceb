"""analysis.do: the same for Stata 14 or newer, with what Stata itself has: svyset and totals.

Nobody here can run Stata: the script is written with care, and was never executed. It does not redo the
jackknife.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from export.estimating.design import Lonely, SurveyDesign
from export.scripts.columns_read import Files, columns_of
from export.scripts.lines import Line
from export.scripts.r_expression import number
from export.scripts.stata_expression import in_stata, quoted
from surveys.expressions.tree import Operation, Tree

_FUNCTIONS = Path(__file__).with_name("estimates.do")
_VARIABLE = re.compile(r"[A-Za-z0-9_]{1,30}")
_SINGLE: Mapping[Lonely, str] = {
    "fail": "missing",
    "remove": "certainty",
    "adjust": "centered",
    "average": "scaled",
    "certainty": "certainty",
}


def stata_script(lines: Sequence[Line], design: SurveyDesign, files: Files) -> bytes:
    """Return the do-file that computes some lines under a design, from the files beside it."""
    used = columns_of(*(tree for line in lines for tree in (*line.trees, *line.within)))
    names = {name: _variable(name, files) for name in used}
    written = [
        f"* {_remark(files.title)}",
        "* Every figure, redone: run it in the folder of the data, with Stata 14 or newer.",
        "* Written with care and never run by those who wrote it: compare with the script for R.",
        "",
        "version 14",
        "clear all",
        "set more off",
        "set varabbrev off",
        "",
        _FUNCTIONS.read_text("utf-8"),
        *_read(names, files),
        *_design(design),
        "",
    ]
    for line in lines:
        written += [*_line(line, names, files), ""]
    return "\n".join(written).encode("utf-8")


def _remark(text: str) -> str:
    """Return a text as Stata can pass over it: within a remark `/*`, `///` and macros still work."""
    plain = (each if each.isalnum() or each in " ,.;:!?()-–—’«»" else " " for each in text)
    return " ".join("".join(plain).split())


def _variable(name: str, files: Files) -> str:
    """Return the variable of a column: its name after `a_`, or its place where Stata has no such name."""
    if _VARIABLE.fullmatch(name):
        return f"a_{name}"
    return f"a{files.columns.index(name) + 1}"


def _read(names: Mapping[str, str], files: Files) -> Iterator[str]:
    yield "* --- this study ---------------------------------------------------------------------------------"
    yield ""
    yield f'import delimited using "{files.data}", varnames(nonames) rowrange(2:) ///'
    yield '    stringcols(_all) bindquotes(strict) encoding("utf-8") clear'
    yield f"generate double number = real(v{files.columns.index(files.number) + 1})"
    for name, variable in names.items():
        place = f"v{files.columns.index(name) + 1}"
        value = place if name in files.texts else f"real({place})"
        kind = "" if name in files.texts else "double "
        yield f"generate {kind}{variable} = {value}"
    yield f"keep {' '.join(('number', *names.values()))}"
    yield "tempfile answers"
    yield "save `answers'"
    yield f'import delimited using "{files.design}", varnames(1) case(preserve) asdouble clear'
    yield "generate long row = _n"
    yield "merge m:1 number using `answers', keep(master match) nogenerate"
    yield "sort row"
    yield ""


def _design(design: SurveyDesign) -> Iterator[str]:
    stages = [
        f"cluster_{k}{' [pweight = weight]' if k == 1 else ''}, {_stage(k, design)}"
        for k in range(1, len(design.stages) + 1)
    ]
    yield f"svyset {' || '.join(stages)} singleunit({_SINGLE[design.lonely]})"
    if design.lonely == "adjust":
        yield "* Stata measures a lone cluster from the mean of all, Souspli and R from zero: where a"
        yield "* cluster has one respondent the standard errors differ a little."
    yield f"global steps {len(design.adjustments)}"
    yield f"global stages {len(design.stages)}"
    for k, step in enumerate(design.adjustments, start=1):
        margins = [f"step_{k}_margin_{j}" for j in range(1, len(step.margins) + 1)]
        yield from (f"replace {margin} = . if {margin} < 0" for margin in margins)
        yield f"global margins_{k} {' '.join(f'ibn.{margin}' for margin in margins)}"
    yield f"global is_simple {int(design.is_simple)}"
    yield f"global is_census {int(design.is_census)}"
    yield f"global is_sum_known {int(design.is_sum_known)}"
    yield "global population = population_1[1]"
    yield "generate byte everyone = 1"
    yield "souspli_df everyone"
    yield "global df = r(df)"


def _stage(k: int, design: SurveyDesign) -> str:
    known = bool((design.stages[k - 1].population < float("inf")).all())
    return f"strata(stratum_{k})" + (f" fpc(population_{k})" if known else "")


def _line(line: Line, names: Mapping[str, str], files: Files) -> Iterator[str]:
    title = " | ".join(part for part in _titles(line) if part)
    yield f"display as result _newline {quoted(title)}"
    if line.wanted.variance == "jackknife":
        yield "* The jackknife is not redone here; see the script for R: these errors are by linearisation."
    yield "preserve"
    first, results = 1, []
    for tree in (*line.trees, *_joined(line.within)):
        steps = in_stata(tree, files.texts, names, first)
        yield from steps.lines
        first += len(steps.lines)
        results.append(steps.result)
    yield _call(line, results)
    yield "restore"


def _titles(line: Line) -> tuple[str, ...]:
    expression, by, domain, part = line.about
    return expression, f"{by} = {domain}" if by else "", part


def _joined(within: Sequence[Tree]) -> tuple[Tree, ...]:
    """Return the conditions as one, () for none."""
    if len(within) < 2:
        return tuple(within)
    return (Operation(within[0], tuple(("and", one) for one in within[1:]), 0),)


def _call(line: Line, results: Sequence[str]) -> str:
    within = f" within({results[len(line.trees)]})" if line.within else ""
    match line.kind:
        case "rao_scott":
            return f"souspli_independence, one({results[0]}) other({results[1]}){within}"
        case "mcnemar_exact":
            return f"souspli_changes, difference({results[0]}){within}"
        case "paired_t":
            return "* Student's t: the difference above over its standard error."
    wanted = line.wanted
    given = [f"kind({line.kind}) above({results[0]})"]
    if line.kind == "ratio":
        given.append(f"below({results[1]})")
    if line.kind == "quantile":
        given.append(f"order({number(wanted.estimand.order)})")
    if wanted.level != 0.95:
        given.append(f"level({number(wanted.level)})")
    if wanted.method:
        given.append(f"method({wanted.method})")
    if line.is_known:
        given.append("known")
    if line.has_no_limits:
        given.append("nolimits")
    return f"souspli_estimate, {' '.join(given)}{within}"
