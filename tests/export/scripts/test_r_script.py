"""The R script of a dataset prints the figures that Souspli prints, under every kind of design."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from export.estimating.accuracy import Figures
from export.estimating.adjustment import Adjustment
from export.estimating.asked import Answer, Parts, answers
from export.estimating.change import Change
from export.estimating.columns import arrays
from export.estimating.crosstab import Crosstab
from export.estimating.design import SurveyDesign, survey_design
from export.estimating.estimate import Estimates
from export.estimating.independence import Significance
from export.estimating.intervals import Method
from export.estimating.shares import Shares
from export.estimating.surveyed import Surveyed
from export.estimating.wanted import Wanted, wanted
from export.respondents.calibrating import calibrated
from export.scripts.beside import files, texts_of
from export.scripts.columns_read import Files
from surveys.check import check
from surveys.instrument import Instrument

EXACT = 1e-9
FORM = """
souspli: 1
form:
  id: plain
  version: "1"
  title: {en: Days}
  languages: {en: English (en)}
  default_language: en
choices:
  sex: [{name: f, label: {en: Woman}}, {name: m, label: {en: Man}}]
  use: [{name: never, label: {en: Never}}, {name: weekly, label: {en: Weekly}}, {name: daily, label: {en: Daily}}]
  drugs: [{name: crack, label: {en: Crack}}, {name: heroin, label: {en: Heroin}}]
survey:
  - {type: integer, name: days, label: {en: Days now}}
  - {type: integer, name: before, label: {en: Days before}}
  - {type: select_one, choices: sex, name: sex, label: {en: Sex}}
  - {type: select_one, choices: use, name: use, label: {en: Use}}
  - {type: select_multiple, choices: drugs, name: drugs, label: {en: Drugs}}
"""
PEOPLE = 120
KINDS = [
    "prop(days > 6)",
    "prop(sex = 'f')",
    "mean(days)",
    "mean(days - before)",
    "mean(if(sex = 'f', days, before))",
    "total(days)",
    "total(sex = 'f')",
    "total(1)",
    "ratio(days, before)",
    "median(days)",
    "quantile(before, 0.25)",
    "share(use)",
    "share(drugs)",
    "share(days > 6)",
    "table(use, sex)",
    "change(before, days)",
    "change(before > 6, days > 6)",
]

# Where every kind has been tried under one design, these tell whether another is built as it should be.
SOME = [
    "prop(days > 6)",
    "mean(days - before)",
    "total(days)",
    "total(sex = 'f')",
    "ratio(days, before)",
    "median(days)",
    "table(use, sex)",
]

Found = dict[tuple[str, str, str, str, str], float]


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    found = check(FORM, "form.yaml").instrument
    assert found is not None
    return found


@pytest.fixture(scope="module")
def data() -> pl.DataFrame:
    """Answers of 120 people, one in ten missing."""
    chance = np.random.default_rng(7)
    before = chance.integers(0, 20, PEOPLE)
    days = np.clip(before - chance.integers(-3, 8, PEOPLE), 0, None)
    gone = chance.random((4, PEOPLE)) < 0.1
    sex, use = (
        chance.choice(["f", "m"], PEOPLE),
        chance.choice(["never", "weekly", "daily"], PEOPLE),
    )
    crack, heroin = chance.integers(0, 2, PEOPLE), chance.integers(0, 2, PEOPLE)

    def kept(values: list[object], row: int) -> list[object]:
        return [None if out else one for one, out in zip(values, gone[row].tolist(), strict=True)]

    return pl.DataFrame(
        {
            "number": range(1, PEOPLE + 1),
            "days": kept(days.tolist(), 0),
            "before": kept(before.tolist(), 1),
            "sex": kept(sex.tolist(), 2),
            "use": kept(use.tolist(), 3),
            "drugs": kept(["crack"] * PEOPLE, 0),
            "drugs__crack": kept(crack.tolist(), 0),
            "drugs__heroin": kept(heroin.tolist(), 0),
        }
    )


def simple(_data: pl.DataFrame) -> SurveyDesign:
    """120 of 500, and nothing else."""
    return survey_design([500 / PEOPLE] * PEOPLE, populations=([500.0] * PEOPLE,))


def nothing_drawn(_data: pl.DataFrame) -> SurveyDesign:
    """Everybody counts as one."""
    return survey_design([1.0] * PEOPLE)


def _stratified(rows: int) -> tuple[list[float], list[int], list[float]]:
    strata = [n % 4 for n in range(rows)]
    populations = [100.0 + 60 * h for h in strata]
    weights = [
        population / strata.count(h) for h, population in zip(strata, populations, strict=True)
    ]
    return weights, strata, populations


def stratified(_data: pl.DataFrame) -> SurveyDesign:
    """Four strata of different size, and eight people found not eligible."""
    weights, strata, populations = _stratified(PEOPLE + 8)
    eligible = np.arange(PEOPLE + 8) < PEOPLE
    return survey_design(weights, (strata,), populations=(populations,), eligible=eligible)


def two_stages(_data: pl.DataFrame) -> SurveyDesign:
    """Clusters in three strata, people in clusters, one cluster of one person."""
    clusters = [n % 18 for n in range(PEOPLE - 1)] + [18]
    strata = [c % 3 for c in clusters]
    populations = [[20.0 + h for h in strata], [float(30 + c) if c < 18 else 4.0 for c in clusters]]
    drawn = [len({c for c in clusters if c % 3 == h}) for h in range(3)]
    weights = [
        populations[0][n] / drawn[strata[n]] * populations[1][n] / clusters.count(clusters[n])
        for n in range(PEOPLE)
    ]
    return survey_design(weights, (strata, None), (clusters, None), populations, lonely="adjust")


def _adjusted(margins: list[list[int]], *, is_trimmed: bool = False) -> SurveyDesign:
    weights, strata, populations = _stratified(PEOPLE + 8)
    before = np.array(weights)
    outside = [-1] * 8
    totals = [
        [
            float(sum(w for w, c in zip(weights[:PEOPLE], cells, strict=True) if c == cell))
            * factor
            for cell, factor in zip(sorted(set(cells)), shares, strict=True)
        ]
        for cells, shares in zip(margins, _shares(margins, weights), strict=True)
    ]
    after = np.array([*calibrated(weights[:PEOPLE], margins, totals), *weights[PEOPLE:]])
    places = tuple(np.array([*cells, *outside], dtype=np.intp) for cells in margins)
    final = np.minimum(after, 1.4 * float(np.median(after))) if is_trimmed else after
    return survey_design(
        final.tolist(),
        (strata,),
        populations=(populations,),
        eligible=np.arange(PEOPLE + 8) < PEOPLE,
        adjustments=[Adjustment(places, before, after)],
    )


def _shares(margins: list[list[int]], weights: list[float]) -> Iterator[list[float]]:
    """Yield by how much each cell is to grow, so that all margins have the same total."""
    whole = sum(weights[:PEOPLE])
    for cells in margins:
        sizes = [
            sum(w for w, c in zip(weights, cells, strict=False) if c == cell)
            for cell in sorted(set(cells))
        ]
        first = 1.15
        yield [first, *((whole - first * sizes[0]) / (whole - sizes[0]) for _ in sizes[1:])]


def post_stratified(data: pl.DataFrame) -> SurveyDesign:
    """Weights that meet totals of three groups."""
    return _adjusted([[n % 3 for n in range(PEOPLE)]])


def raked_and_trimmed(data: pl.DataFrame) -> SurveyDesign:
    """Weights that met two margins at once, and were then cut."""
    return _adjusted(
        [[n % 3 for n in range(PEOPLE)], [n // 7 % 2 for n in range(PEOPLE)]], is_trimmed=True
    )


def census(_data: pl.DataFrame) -> SurveyDesign:
    """Everybody was asked."""
    return survey_design([1.0] * PEOPLE, populations=([float(PEOPLE)] * PEOPLE,))


DESIGNS = (
    simple,
    nothing_drawn,
    stratified,
    two_stages,
    post_stratified,
    raked_and_trimmed,
    census,
)
FULL = (simple, stratified)
METHODS: tuple[Method, ...] = ("logit", "wilson", "beta")


@dataclass(frozen=True)
class Redone:
    """What Souspli finds, what R finds, by expression, columns of groups, group, part, figure."""

    here: Found
    there: Found


Redo = Callable[[Surveyed, pl.DataFrame, list[Wanted]], Redone]


@pytest.fixture
def redo(require: Callable[[str, bool, str], None], tmp_path: Path) -> Redo:
    """A function that writes the files of a dataset, runs its R script, and returns both sides."""
    rscript = shutil.which("Rscript")
    require("R's survey package", rscript is not None, "apt-get install r-base-core r-cran-survey")

    def run(data: Surveyed, table: pl.DataFrame, asked: list[Wanted]) -> Redone:
        names = Files(
            "T", "data.csv", "design.csv", "number", tuple(table.columns), texts_of(table)
        )
        table.write_csv(tmp_path / "data.csv")
        for name, content in files(data, asked, names).items():
            (tmp_path / name).write_bytes(content)
        done = subprocess.run(
            [str(rscript), "--vanilla", str(tmp_path / "analysis.R")],
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return Redone(dict(expected(answers(data, asked))), printed(done.stdout.decode()))

    return run


def printed(text: str) -> Found:
    """Return the block at the end of what the script prints."""
    _shown, _heading, block = text.partition("--- the same figures in full")
    found: Found = {}
    for line in block.splitlines()[1:]:
        expression, by, domain, part, figure, value = line.split("\t")
        found[expression, by, domain, part, figure] = float(value)
    return found


def expected(found: tuple[Answer, ...]) -> Iterator[tuple[tuple[str, str, str, str, str], float]]:
    """Yield every figure of some answers."""
    for answer in found:
        text, by = answer.wanted.estimand.text, answer.wanted.column
        for domain, part, figures in shown(answer):
            for name, value in numbers(figures):
                yield (text, by, domain, part, name), value


def shown(answer: Answer) -> Iterator[tuple[str, str, Figures | Significance | None]]:
    if isinstance(answer.found, Estimates):
        yield from ((row.domain, "", row.figures) for row in answer.found.rows)
        return
    assert isinstance(answer.found, Parts)
    for table in answer.found.tables:
        match table:
            case Shares():
                yield from ((table.domain, row.value, row.figures) for row in table.rows)
            case Crosstab():
                for name, line, total in zip(
                    table.rows, table.cells, table.row_totals, strict=True
                ):
                    yield table.domain, f"{name} |", total.figures
                    for column, cell in zip(table.columns, line, strict=True):
                        yield table.domain, f"{name} | {column}", cell.figures
                for column, total in zip(table.columns, table.column_totals, strict=True):
                    yield table.domain, f"| {column}", total.figures
                yield table.domain, "test", table.test
            case Change():
                yield table.domain, "before", table.before
                yield table.domain, "now", table.now
                yield table.domain, "difference", table.difference
                yield table.domain, "fewer", table.fewer.figures
                yield table.domain, "same", table.same.figures
                yield table.domain, "more", table.more.figures
                yield table.domain, "test difference", table.test


def numbers(found: Figures | Significance | None) -> Iterator[tuple[str, float]]:
    if isinstance(found, Significance):
        yield from (("statistic", found.statistic), ("p", found.p))
        yield from zip(("df1", "df2"), found.df, strict=False)
        return
    if found is None:
        return
    yield from (("estimate", found.estimate), ("df", float(found.df)))
    if found.standard_error is not None:
        yield "standard_error", found.standard_error
    if found.interval is not None:
        yield from (("low", found.interval.low), ("high", found.interval.high))
    if found.design_effect is not None:
        yield "design_effect", found.design_effect
    if found.people is not None:
        yield "people", found.people.number
        if found.people.interval is not None:
            yield from (
                ("people_low", found.people.interval.low),
                ("people_high", found.people.interval.high),
            )


def surveyed_of(instrument: Instrument, table: pl.DataFrame, design: SurveyDesign) -> Surveyed:
    base = design.weights[design.eligible]
    return Surveyed(instrument, arrays(table), design, 5, base, None)


def agree(redone: Redone) -> None:
    """Every figure here is there, to nine digits, and nothing else but counts is."""
    counts = {"respondents", "missing", "having"}
    assert redone.here.keys() == {key for key in redone.there if key[-1] not in counts}
    assert redone.here
    wrong = {
        key: (value, redone.there[key])
        for key, value in redone.here.items()
        if redone.there[key] != pytest.approx(value, rel=EXACT, abs=1e-9)
    }
    assert wrong == {}


@pytest.mark.parametrize("designed", DESIGNS, ids=lambda one: one.__name__)
def test_every_figure_is_the_same_in_r(
    instrument: Instrument,
    data: pl.DataFrame,
    designed: Callable[[pl.DataFrame], SurveyDesign],
    redo: Redo,
) -> None:
    """Of each kind, for everyone and by groups: estimate, error, interval, design effect, people, tests."""
    asked = [wanted(instrument, text) for text in (KINDS if designed in FULL else SOME)]
    for text in ("prop(days > 6)", "total(days)", "median(days)", "share(use)"):
        asked.append(wanted(instrument, text, ["sex"]))
    asked.append(wanted(instrument, "mean(days)", ["sex", "use"], level=0.9))
    agree(redo(surveyed_of(instrument, data, designed(data)), data, asked))


def test_every_method_of_intervals_is_the_same_in_r(
    instrument: Instrument, data: pl.DataFrame, redo: Redo
) -> None:
    """Logit, Wilson and beta on request, and the ends 0 and 1."""
    asked = [
        wanted(instrument, text.format(n=n), method=method)
        for n, method in enumerate(METHODS)
        for text in ("prop(days > 6 + {n})", "prop(days >= -{n})", "prop(days > 99 + {n})")
    ]
    agree(redo(surveyed_of(instrument, data, stratified(data)), data, asked))


@pytest.mark.parametrize("designed", [stratified, two_stages, raked_and_trimmed])
def test_the_jackknife_is_the_same_in_r(
    instrument: Instrument,
    data: pl.DataFrame,
    designed: Callable[[pl.DataFrame], SurveyDesign],
    redo: Redo,
) -> None:
    """Replicates, their weights adjusted anew, give the same errors."""
    texts = [
        "prop(days > 6)",
        "total(days)",
        "median(days)",
        "table(use, sex)",
        "change(before, days)",
    ]
    asked = [wanted(instrument, text, variance="jackknife") for text in texts]
    agree(redo(surveyed_of(instrument, data, designed(data)), data, asked))


def test_limits_that_are_left_out_here_are_left_out_in_r(
    instrument: Instrument, data: pl.DataFrame, redo: Redo
) -> None:
    """A quantile near the end has neither limits nor error."""
    asked = [wanted(instrument, "quantile(days, 0.9)")]
    surveyed = replace(surveyed_of(instrument, data, simple(data)), threshold=11)
    redone = redo(surveyed, data, asked)
    agree(redone)
    assert {key[-1] for key in redone.here} == {"estimate", "df"}


@pytest.mark.parametrize("designed", [post_stratified, raked_and_trimmed, census])
def test_what_totals_make_known_and_what_a_census_leaves_open_is_the_same_in_r(
    instrument: Instrument,
    data: pl.DataFrame,
    designed: Callable[[pl.DataFrame], SurveyDesign],
    redo: Redo,
) -> None:
    """The cell of a total, those who have a trait all or not at all, by groups; missing answers of a census."""
    cells = pl.Series("use", [("never", "weekly", "daily")[n % 3] for n in range(PEOPLE)])
    table = data.with_columns(cells)
    asked = [wanted(instrument, text) for text in ("share(use)", "total(use = 'daily')")]
    for text in ("prop(days > 99)", "prop(days >= 0)", "total(1)", "prop(days > 6)"):
        asked.append(wanted(instrument, text, ["use"]))
    design = designed(table)
    agree(redo(surveyed_of(instrument, table, design), table, asked))
