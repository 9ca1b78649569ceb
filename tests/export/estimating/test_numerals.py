"""Estimates as people of the field write them, each kind in its own unit."""

from __future__ import annotations

import pytest

from export.estimating import numerals
from export.estimating.independence import Significance
from export.estimating.intervals import Interval


def test_a_kind_has_its_own_unit(english: None) -> None:
    """Per cent, points, people, and numbers of the question."""
    values = [numerals.value(kind, 0.1234) for kind in ("prop", "points", "mean", "median")]
    assert values == ["12.3%", "12.3 points", "0.12", "0.12"]
    assert numerals.value("total", 66_000.4) == "66,000"


def test_limits_are_in_the_unit_of_their_estimate(english: None) -> None:
    """Without its name; '' where there are none."""
    assert numerals.limits("prop", Interval(0.787, 0.919, "beta")) == "78.7–91.9"
    assert numerals.limits("mean", Interval(-2.3, -0.4, "t")) == "−2.30 to −0.40"
    assert numerals.limits("mean", Interval(2.3, 4.4, "t")) == "2.30–4.40"
    assert numerals.limits("points", Interval(-0.1, 0.2, "t")) == "−10.0 to 20.0"
    assert numerals.limits("total", Interval(419, 4950.2, "beta")) == "419–4,950"
    assert numerals.limits("total", None) == ""


def test_an_error_has_one_decimal_more_than_its_estimate(english: None) -> None:
    """Of a share in points."""
    errors = [numerals.error(kind, 0.03412) for kind in ("prop", "mean", "points")]
    assert errors == ["3.41", "0.034", "3.41"]
    assert numerals.error("total", 12.345) == "12.3"
    assert numerals.error("prop", None) == ""


@pytest.mark.parametrize(
    ("test", "told"),
    [
        (
            Significance("rao_scott", 3.456, (1.88, 163.2), 0.0364),
            "F(1.9, 163.2) = 3.46, p = 0.036 (Rao and Scott's test)",
        ),
        (
            Significance("paired_t", -7.9, (86.0,), 1e-12),
            "t(86) = −7.90, p < 0.001 (Student's test, paired)",
        ),
        (Significance("mcnemar_exact", 12.0, (), 0.047), "p = 0.047 (McNemar's test, exact)"),
    ],
)
def test_a_test_is_told_as_it_is_published(test: Significance, told: str, english: None) -> None:
    """Statistic, degrees of freedom, p, and whose test."""
    assert numerals.tested(test) == told
