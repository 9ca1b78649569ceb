"""The rates: two published worked examples, and what holds of any numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.respondents.dispositions import CLASSES, Class
from export.response.rates import NAMES, eligible_share, rates

Numbers = dict[Class, float]


def numbers(**given_: float) -> Numbers:
    return {one: given_.get(one, 0) for one in CLASSES}


# --- published --------------------------------------------------------------------------------

# R. Pilliard Hellwig, outcomerate (R package, rOpenSci, reviewed by C. Ganz and N. Richardson; CC0), in its
# README: twelve people; e by its eligibility_rate(), which is that of AAPOR's calculator. 9th edition.
TWELVE = numbers(I=4, P=2, R=1, NC=1, O=1, UH=1, UO=1, NE=1)
OF_TWELVE = (
    "RR1 .364 RR2 .545 RR3 .370 RR4 .556 RR5 .444 RR6 .667 COOP1 .500 COOP2 .750 COOP3 .571 COOP4 .857 "
    "REF1 .091 REF2 .093 REF3 .111 CON1 .727 CON2 .741 CON3 .889"
)
# The same, of its development version for the 10th edition, in the vignette “Intro to outcomerate”.
MIDDLE_EARTH = numbers(I=760, P=339, R=59, NC=288, O=1, UH=40, UR=60, UO=73, NE=71)
OF_MIDDLE_EARTH = (
    "RR1 .46913580 RR2 .67839506 RR3 .47149080 RR4 .68180052 RR5 .52522460 RR6 .75950242 "
    "COOP1 .65573770 COOP2 .94823123 COOP3 .65630397 COOP4 .94905009 "
    "REF1 .03641975 REF2 .03660258 REF3 .04077402 CON1 .71543210 CON2 .71902347 CON3 .80096752"
)


@pytest.mark.parametrize(
    ("counts", "published", "places"),
    [(TWELVE, OF_TWELVE, 3), (MIDDLE_EARTH, OF_MIDDLE_EARTH, 8)],
    ids=["twelve people, 9th edition", "middle earth, 10th edition"],
)
def test_published_examples_come_out_to_the_last_digit_printed(
    counts: Numbers, published: str, places: int
) -> None:
    """All sixteen rates of both."""
    words = published.split()
    expected = dict(zip(words[::2], map(float, words[1::2]), strict=True))
    found = rates(counts, eligible_share(counts))
    assert tuple(expected) == NAMES
    assert {name: round(value or 0, places) for name, value in found.items()} == expected


def test_the_share_taken_as_eligible_is_that_of_the_published_examples() -> None:
    """The README of the first says: assuming 90 % of unknown cases are eligible."""
    assert eligible_share(TWELVE) == 9 / 10
    assert eligible_share(MIDDLE_EARTH) == 1447 / 1518


def test_published_rates_by_weight_come_out() -> None:
    """From the README of outcomerate: RR2 .50 and CON1 .69 of eleven cases that weigh 1.3 or 2.5."""
    codes: tuple[Class, ...] = ("I", "P", "I", "UO", "R", "I", "NC", "I", "O", "P", "UH")
    weighted = numbers()
    for code, weight in zip(codes, [1.3] * 6 + [2.5] * 5, strict=True):
        weighted[code] += weight
    found = rates(weighted, 1.0)
    assert (round(found["RR2"] or 0, 2), round(found["CON1"] or 0, 2)) == (0.50, 0.69)


# --- laws -------------------------------------------------------------------------------------

COUNTS = st.fixed_dictionaries({one: st.integers(0, 200) for one in CLASSES})
WEIGHTS = st.fixed_dictionaries(
    {one: st.just(0.0) | st.floats(0.001, 1e6, allow_nan=False) for one in CLASSES}
)
ANY = COUNTS | WEIGHTS
SHARE = st.floats(0, 1)

ORDERED = (
    "RR1 RR3 RR5|RR2 RR4 RR6|RR1 RR2|RR3 RR4|RR5 RR6|COOP1 COOP3|COOP2 COOP4|COOP1 COOP2|COOP3 COOP4|"
    "REF1 REF2 REF3|CON1 CON2 CON3|RR2 CON1|RR4 CON2|RR6 CON3|REF1 CON1|RR1 COOP1|RR2 COOP2"
)


@settings(max_examples=60)
@given(ANY, SHARE)
def test_rates_lie_between_0_and_1_and_keep_their_order(counts: Numbers, e: float) -> None:
    """What counts more above, or less below, is no smaller."""
    found = rates(counts, e)
    assert all(value is None or 0 <= value <= 1 for value in found.values())
    for chain in ORDERED.split("|"):
        values = [value for value in map(found.get, chain.split()) if value is not None]
        assert values == sorted(values), chain


@settings(max_examples=60)
@given(ANY, SHARE)
def test_response_is_contact_times_cooperation(counts: Numbers, e: float) -> None:
    """RR2 = COOP2 · CON1, RR4 = COOP2 · CON2, RR6 = COOP2 · CON3; and with complete interviews alone."""
    found = rates(counts, e)
    for response, cooperation, contact in (
        ("RR1", "COOP1", "CON1"),
        ("RR2", "COOP2", "CON1"),
        ("RR3", "COOP1", "CON2"),
        ("RR4", "COOP2", "CON2"),
        ("RR5", "COOP1", "CON3"),
        ("RR6", "COOP2", "CON3"),
    ):
        r, coop, con = found[response], found[cooperation], found[contact]
        if r is not None and coop is not None and con is not None:
            assert r == pytest.approx(coop * con, rel=1e-12)


@settings(max_examples=60)
@given(ANY)
def test_e_of_1_counts_all_the_unknown_and_e_of_0_none(counts: Numbers) -> None:
    """RR3 is RR1 or RR5 then, and so are the others."""
    whole, none = rates(counts, 1.0), rates(counts, 0.0)
    for least, between, most in (
        ("RR1", "RR3", "RR5"),
        ("RR2", "RR4", "RR6"),
        ("REF1", "REF2", "REF3"),
        ("CON1", "CON2", "CON3"),
    ):
        assert whole[between] == whole[least]
        assert none[between] == none[most]


@settings(max_examples=60)
@given(COUNTS, SHARE, st.integers(1, 50))
def test_what_every_case_weighs_changes_no_rate(counts: Numbers, e: float, factor: int) -> None:
    """Equal base weights give the unweighted rates, and the same e."""
    weighted: Numbers = {one: factor * n for one, n in counts.items()}
    before, after = rates(counts, e), rates(weighted, e)
    for name in NAMES:
        assert after[name] == (None if before[name] is None else pytest.approx(before[name]))
    assert eligible_share(weighted) == pytest.approx(eligible_share(counts), rel=1e-12)


@settings(max_examples=60)
@given(ANY, SHARE, st.integers(0, 500))
def test_who_is_no_part_of_the_survey_is_in_no_rate(counts: Numbers, e: float, more: int) -> None:
    """They count for e alone, which they lower."""
    changed: Numbers = {**counts, "NE": counts["NE"] + more}
    assert rates(changed, e) == rates(counts, e)
    known = sum(counts[one] for one in CLASSES[:5])
    if known:
        assert eligible_share(changed) <= eligible_share(counts) <= 1


def test_without_a_case_there_is_no_rate() -> None:
    """And e is 1, under which rates are least."""
    assert rates(numbers(), 1.0) == dict.fromkeys(NAMES)
    assert eligible_share(numbers()) == 1
    assert eligible_share(numbers(NE=3)) == 0
