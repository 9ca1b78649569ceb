"""Figures as people of the field write them, in English and in French."""

from __future__ import annotations

import pytest

from export.estimating import numerals
from export.estimating.independence import Significance
from export.estimating.intervals import Interval


@pytest.fixture(params=["en", "fr"])
def tongue(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """English, then French: of the numbers alone, for messages are translated elsewhere."""
    monkeypatch.setenv("LANGUAGE", request.param)
    return str(request.param)


@pytest.mark.parametrize(
    ("p", "english"),
    [
        (0.0, "p < 0.001"),
        (0.00099, "p < 0.001"),
        (0.001, "p = 0.001"),
        (0.0321, "p = 0.032"),
        (0.0994, "p = 0.099"),
        (0.0996, "p = 0.10"),
        (0.5, "p = 0.50"),
        (0.994, "p = 0.99"),
        (0.996, "p > 0.99"),
        (1.0, "p > 0.99"),
    ],
)
def test_a_p_value_is_never_0_nor_1(p: float, english: str, tongue: str) -> None:
    """Three decimals where they matter, two where not; French has a comma."""
    expected = english if tongue == "en" else english.replace(".", ",")
    assert numerals.p_value(p) == expected


def test_a_negative_number_has_a_true_minus_and_no_dash_beside_it(tongue: str) -> None:
    """As 78.7–91.9, but −2.3 to −0.4; what rounds to 0 has no sign."""
    if tongue == "fr":
        assert numerals.number(-2.345, 2) == "−2,35"
        assert numerals.limits("prop", Interval(0.787, 0.919, "beta")) == "78,7–91,9"
        return
    assert numerals.number(-0.001, 2) == "0.00"
    assert numerals.limits("mean", Interval(-2.3, -0.4, "t")) == "−2.30 to −0.40"
    assert numerals.limits("mean", Interval(2.3, 4.4, "t")) == "2.30–4.40"
    assert numerals.limits("points", Interval(-0.1, 0.2, "t")) == "−10.0 to 20.0"
    assert numerals.limits("total", None) == ""


def test_a_level_is_written_without_needless_decimals(
    monkeypatch: pytest.MonkeyPatch, english: None
) -> None:
    """95 %, 99.9 %."""
    assert [numerals.level(share) for share in (0.95, 0.999, 0.9)] == [
        "95 % CI",
        "99.9 % CI",
        "90 % CI",
    ]


def test_a_test_is_told_as_it_is_published(english: None) -> None:
    """Statistic, degrees of freedom, p, and whose test."""
    told = [
        numerals.tested(Significance("rao_scott", 3.456, (1.88, 163.2), 0.0364)),
        numerals.tested(Significance("paired_t", -7.9, (86.0,), 1e-12)),
        numerals.tested(Significance("mcnemar_exact", 12.0, (), 0.047)),
    ]
    assert told == [
        "F(1.9, 163.2) = 3.46, p = 0.036 (Rao and Scott's test)",
        "t(86) = −7.90, p < 0.001 (Student's test, paired)",
        "p = 0.047 (McNemar's test, exact)",
    ]
