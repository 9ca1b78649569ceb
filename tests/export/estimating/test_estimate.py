"""Estimates: laws first, then numbers worked out by hand, then what is not shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from export.estimating.accuracy import Figures
from export.estimating.design import SurveyDesign, survey_design
from export.estimating.estimate import Row, estimand, estimate
from export.estimating.intervals import Interval, hypergeometric
from surveys.problems import Refusal

Columns = dict[str, NDArray[Any]]


def simple(n: int, population: int) -> SurveyDesign:
    return survey_design([population / n] * n, populations=[[population] * n])


def rows(text: str, columns: Columns, design: SurveyDesign, **options: Any) -> tuple[Row, ...]:
    return estimate(estimand(text), columns, design, **({"threshold": 1} | options)).rows


def one(text: str, columns: Columns, design: SurveyDesign, **options: Any) -> Figures:
    """Return the figures for everyone, however few they are."""
    (row,) = rows(text, columns, design, **options)
    assert row.figures is not None
    return row.figures


def limits(interval: Interval | None) -> tuple[float, float]:
    assert interval is not None
    return interval.low, interval.high


# The study of Paris, 2022: 107 of 536 people answered; 93 use less, 20 have stopped.
PARIS = simple(107, 536)
ANSWERS: Columns = {
    "less": np.array([1.0] * 93 + [0.0] * 14),
    "stopped": np.array([1.0] * 20 + [0.0] * 87),
}


@pytest.mark.parametrize(
    ("item", "percent", "interval", "people"),
    [("less", 86.9, (79.9, 92.0), (428, 493)), ("stopped", 18.7, (12.5, 26.5), (67, 142))],
)
def test_the_headlines(
    item: str, percent: float, interval: tuple[float, float], people: tuple[int, int]
) -> None:
    """86.9 % use less (79.9–92.0, 428–493 people); 18.7 % have stopped (12.5–26.5, 67–142)."""
    found = one(f"prop({item} = 1)", ANSWERS, PARIS, threshold=11)
    assert round(100 * found.estimate, 1) == percent
    assert tuple(round(100 * limit, 1) for limit in limits(found.interval)) == interval
    assert found.interval is not None
    assert found.interval.method == "hypergeometric"
    assert found.people is not None
    assert limits(found.people.interval) == people
    assert found.people.number == pytest.approx(found.estimate * 536)


@pytest.mark.parametrize("method", ["beta", "logit", "wilson"])
def test_other_intervals_are_given_on_request(method: str) -> None:
    """The method asked for is the method named, for the share and for the people."""
    found = one("prop(stopped)", ANSWERS, PARIS, method=method)
    assert found.interval is not None
    assert found.interval.method == method
    assert found.people is not None
    assert limits(found.people.interval) == pytest.approx(
        [536 * limit for limit in limits(found.interval)]
    )


numbers = st.lists(st.integers(-20, 20), min_size=3, max_size=15)


@settings(max_examples=30, deadline=None)
@given(numbers, st.randoms())
def test_shuffling_rows_moves_no_estimate(y: list[int], chance: Any) -> None:
    """The order of respondents is nothing."""
    order = list(range(len(y)))
    chance.shuffle(order)
    weights = [1.5 + at for at in range(len(y))]
    there = one("mean(y)", {"y": np.array(y)}, survey_design(weights))
    back = one(
        "mean(y)",
        {"y": np.array([y[at] for at in order])},
        survey_design([weights[at] for at in order]),
    )
    assert [back.estimate, back.standard_error] == pytest.approx(
        [there.estimate, there.standard_error]
    )


@settings(max_examples=30, deadline=None)
@given(numbers, st.integers(0, 50))
def test_a_simple_sample_has_the_formulas_of_the_first_chapter(y: list[int], more: int) -> None:
    """ȳ, √((1 − n/N) s²/n), a total N times that, a design effect of 1, df = n − 1."""
    n, population = len(y), len(y) + more
    columns: Columns = {"y": np.array(y)}
    mean, total = (one(f"{kind}(y)", columns, simple(n, population)) for kind in ("mean", "total"))
    error = float(np.sqrt((1 - n / population) * np.var(y, ddof=1) / n))
    assert mean.estimate == pytest.approx(np.mean(y), abs=1e-9)
    assert mean.standard_error == pytest.approx(error, abs=1e-7)
    assert total.estimate == pytest.approx(population * np.mean(y), abs=1e-7)
    assert total.standard_error == pytest.approx(population * error, abs=1e-6)
    assert mean.df == n - 1
    if more and len(set(y)) > 1:
        assert mean.design_effect == pytest.approx(1)


@settings(max_examples=30, deadline=None)
@given(numbers)
def test_a_domain_is_a_ratio_of_totals(y: list[int]) -> None:
    """The mean in a domain is Σ d·y over Σ d, with the error of that ratio."""
    inside = np.array([float(at % 3 != 0) for at in range(len(y))])
    columns: Columns = {"y": np.array(y), "inside": inside}
    design = simple(len(y), 4 * len(y))
    _out, domain = rows("mean(y * 1.5)", columns, design, by="inside")
    ratio = one("ratio(y * 1.5 * inside, inside)", columns, design)
    assert domain.domain == "1"
    assert domain.figures is not None
    assert [domain.figures.estimate, domain.figures.standard_error] == pytest.approx(
        [ratio.estimate, ratio.standard_error]
    )


def test_domains_of_a_total_add_up_to_everyone() -> None:
    """Totals by domain are additive; rows come in order of value, numbers as numbers."""
    columns: Columns = {
        "y": np.array([3.0, 5, 1, 7, 2, 8]),
        "g": np.array([10.0, 9, 10, 9, 2, 2]),
    }
    design = simple(6, 30)
    found = rows("total(y)", columns, design, by="g")
    assert [row.domain for row in found] == ["2", "9", "10"]
    parts = [row.figures.estimate for row in found if row.figures]
    assert sum(parts) == pytest.approx(one("total(y)", columns, design).estimate)


def test_a_difference_of_items_is_paired() -> None:
    """Before 4 6 5 9, now 1 5 2 6 of 20: mean −2.5, error √((1 − 4/20) · 1 / 4)."""
    columns: Columns = {"before": np.array([4.0, 6, 5, 9]), "now": np.array([1.0, 5, 2, 6])}
    found = one("mean(now - before)", columns, simple(4, 20))
    assert found.estimate == pytest.approx(-2.5)
    assert found.standard_error == pytest.approx((0.8 * 1 / 4) ** 0.5)
    conditions = one("mean((now > 4) - (before > 4))", columns, simple(4, 20))
    assert conditions.estimate == pytest.approx(-1 / 4)


def test_a_ratio_has_its_linearised_error() -> None:
    """Σy/Σx = 18/9 of 3 drawn from 12: residuals 1, −1, 0 over x̄ = 3."""
    columns: Columns = {"y": np.array([5.0, 3, 10]), "x": np.array([2.0, 2, 5])}
    found = one("ratio(y, x)", columns, simple(3, 12))
    assert found.estimate == pytest.approx(2)
    assert found.standard_error == pytest.approx(((1 - 3 / 12) * 1 / 3 / 3**2) ** 0.5)


def test_a_stratified_proportion_by_hand() -> None:
    """Strata of 60 and 40, 3 of 4 and 1 of 5 say yes: p = 0.6 × 0.75 + 0.4 × 0.2 = 0.53."""
    design = survey_design(
        [15.0] * 4 + [8.0] * 5, [list("aaaabbbbb")], populations=[[60.0] * 4 + [40.0] * 5]
    )
    columns: Columns = {"yes": np.array([1, 1, 1, 0, 1, 0, 0, 0, 0])}
    found = one("prop(yes = 1)", columns, design)
    a = 0.6**2 * (1 - 4 / 60) * 0.75 * 0.25 / 3
    b = 0.4**2 * (1 - 5 / 40) * 0.2 * 0.8 / 4
    assert found.estimate == pytest.approx(0.53)
    assert found.standard_error == pytest.approx((a + b) ** 0.5)
    assert found.df == 7
    assert found.interval is not None
    assert found.interval.method == "beta"
    assert found.people is not None
    assert found.people.number == pytest.approx(53)
    assert limits(found.people.interval) == pytest.approx(
        [100 * limit for limit in limits(found.interval)]
    )


def test_missing_answers_are_left_out_and_counted() -> None:
    """Two of 20 gave no answer: n = 18, the share is of those, the people are of everyone."""
    columns: Columns = {"yes": np.array([1.0] * 6 + [0.0] * 12 + [np.nan] * 2)}
    (row,) = rows("prop(yes = 1)", columns, simple(20, 100))
    assert (row.respondents, row.missing) == (18, 2)
    assert row.figures is not None
    assert row.figures.estimate == pytest.approx(1 / 3)
    assert row.figures.interval is not None
    assert row.figures.interval.method == "beta"
    assert row.figures.people is not None
    assert row.figures.people.number == pytest.approx(100 / 3)
    assert one("total(yes)", columns, simple(20, 100)).estimate == pytest.approx(30)


def test_people_of_a_domain_are_counted_exactly_in_a_simple_sample() -> None:
    """8 of 40 drawn are women who stopped: as many people as the count of the whole allows."""
    columns: Columns = {
        "stopped": np.array(([1.0] * 8 + [0.0] * 12) * 2),
        "sex": np.array(["f"] * 20 + ["m"] * 20),
    }
    women, _men = rows("prop(stopped)", columns, simple(40, 200), by="sex")
    assert women.figures is not None
    assert women.figures.estimate == pytest.approx(0.4)
    assert women.figures.people is not None
    assert limits(women.figures.people.interval) == hypergeometric(8, 40, 200)
    assert women.figures.interval is not None
    assert women.figures.interval.method == "beta"


def test_respondents_without_a_domain_are_counted_aside() -> None:
    """A blank in the column of domains is in no row."""
    columns: Columns = {"y": np.arange(5.0), "g": np.array(["a", "", "b", "a", "b"])}
    found = estimate(estimand("mean(y)"), columns, simple(5, 50), by="g", threshold=1)
    assert [row.domain for row in found.rows] == ["a", "b"]
    assert found.unclassified == 1


def test_everyone_interviewed_leaves_no_error() -> None:
    """A census has the estimate for interval, by any method."""
    columns: Columns = {"y": np.array([1.0, 0, 1, 1]), "x": np.array([3.0, 4, 5, 8])}
    share, mean = one("prop(y)", columns, simple(4, 4)), one("mean(x)", columns, simple(4, 4))
    assert limits(share.interval) == (0.75, 0.75)
    assert limits(mean.interval) == (5, 5)
    assert one("prop(y)", columns, simple(4, 4), method="beta").interval == Interval(
        0.75, 0.75, "census"
    )


def test_no_proportion_has_a_symmetric_interval() -> None:
    """A mean or total of zeros and ones is a proportion, whatever it is called."""
    columns: Columns = {"y": np.array([1.0] + [0.0] * 29)}
    design = survey_design([3.0] * 30)
    low, high = limits(one("mean(y)", columns, design).interval)
    assert 0 < low < 1 / 30 < high
    assert limits(one("total(y)", columns, design).interval) == pytest.approx([90 * low, 90 * high])


def counted(yes: int, no: int, text: str = "prop(y = 1)", **options: Any) -> Row:
    columns: Columns = {"y": np.array([1.0] * yes + [0.0] * no)}
    n = yes + no
    (row,) = estimate(estimand(text), columns, simple(n, 10 * n), **options).rows
    return row


@pytest.mark.parametrize("text", ["prop(y = 1)", "mean(y)", "total(y)", "ratio(y, y >= 0)"])
@pytest.mark.parametrize(
    ("yes", "no", "is_small"), [(11, 11, False), (10, 30, True), (30, 10, True), (11, 30, False)]
)
def test_a_cell_under_the_threshold_has_no_figures(
    text: str, yes: int, no: int, is_small: bool
) -> None:
    """Ten who do, or ten who do not, are not shown; eleven are. A share tells its cell."""
    row = counted(yes, no, text)
    assert row.is_small is is_small
    assert (row.figures is None) is is_small
    assert row.respondents == yes + no


def test_a_row_under_the_threshold_has_no_counts_either() -> None:
    """Ten respondents in all: neither figures nor the number ten."""
    row = counted(5, 5)
    assert row.is_small
    assert (row.respondents, row.missing, row.figures) == (None, None, None)
    assert not row.is_uniform
    assert counted(5, 5, threshold=5).figures is not None


@pytest.mark.parametrize(
    ("text", "is_flagged"), [("mean(x)", True), ("median(x)", True), ("mean(1)", False)]
)
def test_a_number_that_everybody_gave_is_flagged(text: str, is_flagged: bool) -> None:
    """It tells of each of them, as a share of all does; a constant tells of nobody."""
    design = survey_design([5.0] * 20, populations=[[100.0] * 20])
    (row,) = estimate(estimand(text), {"x": np.full(20, 7.0)}, design).rows
    assert row.figures is not None
    assert row.is_uniform is is_flagged


@pytest.mark.parametrize(("yes", "no"), [(0, 20), (20, 0)])
def test_none_and_all_are_flagged(yes: int, no: int) -> None:
    """A row that tells of each of its respondents is shown and says so."""
    row = counted(yes, no)
    assert row.is_uniform
    assert row.figures is not None
    low, high = limits(row.figures.interval)
    assert (low == 0) == (yes == 0)
    assert (high == 1) == (no == 0)
    assert row.figures.design_effect is None


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("mean(", "character 6"),
        ("y", "write prop"),
        ("mode(y)", "write prop"),
        ("median(y, y)", "write prop"),
        ("quantile(y, y)", "between 0 and 1"),
        ("quantile(y, 25)", "between 0 and 1"),
        ("quantile(y, 1)", "between 0 and 1"),
        ("ratio(y)", "write prop"),
        ("prop(y, y)", "write prop"),
        ("prop(y) - prop(y)", "write prop"),
    ],
)
def test_what_is_no_estimand_is_refused(text: str, match: str) -> None:
    """The place or the four forms are told."""
    with pytest.raises(Refusal, match=match):
        estimand(text)


@pytest.mark.parametrize(
    ("text", "options", "match"),
    [
        ("prop(y)", {}, "condition"),
        ("mean(sex)", {}, "text cannot be estimated"),
        ("mean(y)", {"by": "hotel"}, "no column “hotel”"),
        ("mean(y)", {"level": 95}, "between 0 and 1"),
        ("ratio(y, y * 0)", {}, "adds up to 0"),
        (f"mean((y + 1) * 1{'0' * 100})", {}, "grow too large"),
        ("prop(y > 1)", {"by": "sex", "method": "hypergeometric"}, "simple random sample"),
    ],
)
def test_what_cannot_be_estimated_is_refused(
    text: str, options: dict[str, Any], match: str
) -> None:
    """Each refusal says what to do instead."""
    columns: Columns = {"y": np.arange(4.0), "sex": np.array(["f", "m", "f", "m"])}
    with pytest.raises(Refusal, match=match):
        rows(text, columns, simple(4, 40), **options)


def test_a_sample_of_a_sample_is_not_half_a_design() -> None:
    """Columns of another length than the design are a mistake of the caller."""
    with pytest.raises(ValueError, match="one row per eligible row"):
        rows("mean(y)", {"y": np.arange(3.0)}, simple(4, 40))


def test_one_cluster_gives_an_estimate_without_interval() -> None:
    """A domain found in one hotel only has no degree of freedom, so no interval."""
    design = survey_design([2.0] * 6, clusters=[list("aabbcc")], populations=[[9.0] * 6])
    columns: Columns = {
        "y": np.array([1.0, 5, 2, 4, 3, 8]),
        "g": np.array(["x", "x", "y", "y", "y", "y"]),
    }
    alone, _others = rows("mean(y)", columns, design, by="g")
    assert alone.figures is not None
    assert alone.figures.df == 0
    assert alone.figures.interval is None


def test_domains_too_small_are_counted_and_not_named() -> None:
    """Their value alone may tell who somebody is."""
    columns: Columns = {
        "y": np.arange(40.0),
        "g": np.array(["a"] * 20 + ["rare"] * 5 + ["b"] * 12 + ["odd"] * 3),
    }
    found = estimate(estimand("mean(y)"), columns, simple(40, 400), by="g")
    assert [row.domain for row in found.rows] == ["a", "b"]
    assert (found.left_out, found.unclassified) == (2, 0)
    assert estimate(estimand("mean(y)"), columns, simple(40, 400)).left_out == 0


def test_domains_come_in_the_order_given() -> None:
    """Bands in their own order, not the alphabet's; what has no place in it comes last."""
    columns: Columns = {"y": np.arange(5.0), "g": np.array(["100", "25", "-", "5", "other"])}
    found = rows("mean(y)", columns, simple(5, 50), by="g", order=("-", "5", "25", "100"))
    assert [row.domain for row in found] == ["-", "5", "25", "100", "other"]


HIDDEN: Columns = {
    "x": np.array([7.0, 3.0, 5.0, 9.0] * 10),
    "sex": np.array(["f"] * 20 + ["m"] * 20),
    "few": np.array([1.0] * 3 + [0.0] * 37),
    "rare": np.array([25.0] + [0.0, 3.0] * 2 + [0.0] * 35),  # three who add something
    "steps": np.array([2.0] * 3 + [0.0, 1.0] * 18 + [0.0]),
    "before": np.array([1.0, 0.0] * 20),
    "now": np.array([1.0, 0.0] * 6 + [0.0, 0.0] * 12 + [1.0, 1.0] * 2),  # 12 ended, two began
}


@pytest.mark.parametrize(
    "text",
    [
        "mean(if(few = 1, x, 0))",
        "mean(if(few = 1, x, 100))",
        "mean(if(few = 1 and sex = 'f', x, 1))",
        "total(x * (few = 1))",
        "total(x * few)",
        "total(few * x * (sex = 'f'))",
        "mean(-few * x)",
        "ratio(x * few, x)",
        "ratio(x, x + 5 * few)",
        "mean(x * (not(few = 1)))",
        "mean(if(sex = 'f', if(few = 1, x, 0), 0))",
        "mean(rare)",  # with the error of the mean: one answered 25
        "total(rare)",
        "mean(steps * (steps - 1))",  # 2 for who answered 2
        "mean(7 + few)",
        "mean((now = 1) - (before = 1))",  # mean and error give both who ended and who began
    ],
)
def test_a_number_built_of_few_people_is_not_shown(text: str) -> None:
    """A condition within an expression counts as a cell: those for whom it holds, and the others."""
    (row,) = estimate(estimand(text), HIDDEN, simple(40, 400)).rows
    assert row.is_small
    assert row.figures is None


@pytest.mark.parametrize(
    "text",
    [
        "mean(x)",
        "mean(if(sex = 'f', x, 0))",
        "total(x * (sex = 'm'))",
        "prop(sex = 'f' or few = 1)",
        "mean(if(few = 1 or sex = 'f', x, 0))",
        "ratio(x, x + 1)",
        "median(rare)",
        "mean((before = 1) + (before = 1))",
    ],
)
def test_a_number_built_of_many_people_is_shown(text: str) -> None:
    """Small groups joined by `or` are one large one."""
    (row,) = estimate(estimand(text), HIDDEN, simple(40, 400)).rows
    assert row.figures is not None


def test_what_is_known_by_design_has_no_interval() -> None:
    """The number of people drawn from is no estimate; by domain it is one."""
    columns: Columns = {"sex": np.array(["f"] * 20 + ["m"] * 20)}
    whole = one("total(1)", columns, simple(40, 400))
    assert whole.estimate == pytest.approx(400)
    assert (whole.interval, whole.people) == (None, None)
    (row,) = rows("prop(1 = 1)", columns, simple(40, 400))
    assert row.figures is not None
    assert row.figures.interval is None
    assert not row.is_uniform
    women, _men = rows("total(1)", columns, simple(40, 400), by="sex")
    assert women.figures is not None
    assert limits(women.figures.interval) == hypergeometric(20, 40, 400)


def test_those_not_eligible_are_outside_every_domain() -> None:
    """5 of 25 drawn from 100 were not of the population: the rest are 80, give or take."""
    eligible = np.array([True, True, True, True, False] * 5)
    design = survey_design([4.0] * 25, populations=[[100.0] * 25], eligible=eligible)
    yes = np.array([1.0, 0, 0, 0] * 5)
    found = estimate(estimand("prop(yes)"), {"yes": yes}, design, threshold=1)
    (row,) = found.rows
    assert (row.respondents, row.missing, found.unclassified) == (20, 0, 0)
    assert row.figures is not None
    assert row.figures.estimate == 0.25
    # The same with a column that says who is eligible, over all rows.
    columns: Columns = {"yes": np.zeros(25), "known": eligible.astype(float)}
    columns["yes"][eligible] = yes
    everyone = survey_design([4.0] * 25, populations=[[100.0] * 25])
    _out, domain = rows("prop(yes)", columns, everyone, by="known")
    assert row.figures == domain.figures
    people = one("total(1)", {}, design)
    assert people.estimate == 80
    assert limits(people.interval) == hypergeometric(20, 25, 100)


def test_a_column_longer_than_the_eligible_is_a_mistake_of_the_caller() -> None:
    """Those who are not eligible gave no answers."""
    design = survey_design([4.0] * 5, eligible=np.array([True] * 4 + [False]))
    with pytest.raises(ValueError, match="eligible row"):
        rows("mean(y)", {"y": np.arange(5.0)}, design)


@pytest.mark.parametrize("text", ["share(y)", "table(y, y)", "change(y, y)"])
def test_what_is_several_estimates_is_no_single_one(text: str) -> None:
    """Such a kind is a mistake of the caller here."""
    with pytest.raises(ValueError, match="several"):
        rows(text, {"y": np.arange(4.0)}, simple(4, 40))
