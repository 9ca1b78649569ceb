"""A draw is proposed from frame and design: the plan that will be drawn, and what it gives."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from export.drawing.draw import apart, plan
from export.drawing.drawn import Design, Unit
from export.drawing.frame import Frame, from_units
from export.drawing.planning import Assumptions, Part, precision
from export.drawing.proposal import as_json, parts_of, propose, sized

# Ten hotels of 2, 4, … 20 people, two to a district.
FRAME = from_units(
    Unit(f"B{hotel:02}{person:02}", f"D{(hotel + 1) // 2}", f"H{hotel:02}")
    for hotel in range(1, 11)
    for person in range(2 * hotel)
)
HALF = Assumptions()
SIMPLE = Design(method="simple", announced="dice", size=40)
STRATIFIED = replace(SIMPLE, method="stratified", size=20)
CLUSTERS = replace(SIMPLE, method="clusters", size=5)
STAGES = replace(CLUSTERS, method="two_stages", take=3, size=6)


@pytest.mark.parametrize(
    "design", [SIMPLE, STRATIFIED, CLUSTERS, STAGES], ids=lambda one: one.method
)
def test_the_plan_proposed_is_the_one_that_will_be_drawn(design: Design) -> None:
    """Its precision is that of its strata; every person of the frame is in one of them."""
    found = propose(FRAME, design, HALF)
    assert found.plan == plan(FRAME, design)
    parts = parts_of(FRAME, design, found.plan)
    assert found.expected == precision(parts, HALF)
    assert sum(part.people for part in parts) == len(FRAME.ids)
    assert [part.drawn for part in parts] == [stratum.drawn for stratum in found.plan.strata]


def test_a_systematic_sample_is_taken_to_be_as_precise_as_a_simple_one() -> None:
    """Its own variance cannot be told from one sample."""
    systematic = propose(FRAME, replace(SIMPLE, method="systematic"), HALF)
    assert systematic.expected == propose(FRAME, SIMPLE, HALF).expected


def test_clusters_come_with_the_people_in_them() -> None:
    """Whole, or some of each; the clusters of merged strata together."""
    found = propose(FRAME, CLUSTERS, HALF)
    parts = parts_of(FRAME, CLUSTERS, found.plan)
    sizes = sorted(size for part in parts for size in part.clusters)
    assert sizes == [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]
    assert all(part.people == sum(part.clusters) for part in parts)
    assert found.expected.people == pytest.approx(
        sum(p.people * p.drawn / len(p.clusters) for p in parts)
    )
    staged = parts_of(FRAME, STAGES, plan(FRAME, STAGES))
    assert {part.take for part in staged} == {3}


@pytest.mark.parametrize(
    "design", [SIMPLE, STRATIFIED, CLUSTERS, STAGES], ids=lambda one: one.method
)
def test_the_reserve_released_is_counted_as_drawn(design: Design) -> None:
    """As many more people, or clusters; in two stages as many more of each cluster."""
    found = propose(FRAME, replace(design, reserve=1), HALF)
    assert found.with_reserve is not None
    assert found.with_reserve.people > found.expected.people
    assert propose(FRAME, design, HALF).with_reserve is None


def test_merging_tells_what_each_stratum_would_have_had() -> None:
    """Six of 110 people: districts of 6, 14, 22, 30 and 38 would have 0, 1, 1, 2 and 2."""
    design = replace(STRATIFIED, size=6)
    assert apart(FRAME, design) == (0, 1, 1, 2, 2)
    found = propose(FRAME, design, HALF)
    assert found.merging is not None
    assert (found.merging.unreached, found.merging.unreached_people, found.merging.alone) == (
        1,
        6,
        2,
    )
    members = dict(pair for one in found.merging.merged for pair in one.members)
    assert members[1] == Part(6, 0)
    assert found.merging.before.half_width is None
    assert found.merging.after == found.expected


def test_without_merging_there_is_nothing_to_compare() -> None:
    """Each of five districts has two or more drawn."""
    assert propose(FRAME, replace(STRATIFIED, size=60), HALF).merging is None


@pytest.mark.parametrize(
    "design", [SIMPLE, STRATIFIED, CLUSTERS, STAGES], ids=lambda one: one.method
)
@pytest.mark.parametrize("response", [1.0, 0.8])
def test_a_size_for_a_half_width_gives_it(design: Design, response: float) -> None:
    """Proposing that size shows a half-width no wider than what was wanted."""
    assumed = Assumptions(response=response)
    for found in sized(FRAME, design, assumed, (0.2, 0.14, 0.0001)):
        if found.size is None:
            assert found.half_width == 0.0001 or design.method == "two_stages"
            continue
        again = propose(FRAME, replace(design, size=found.size), assumed).expected
        assert again == found.expected
        assert again.half_width is not None
        assert again.half_width <= found.half_width


def test_a_size_leaves_the_reserve_aside_and_keeps_to_the_most_per_stratum() -> None:
    """So that what is proposed can be committed to."""
    (found,) = sized(FRAME, replace(SIMPLE, reserve=60), HALF, (0.01,))
    assert found.size is None
    for most in (5, 10, 30):
        (found,) = sized(FRAME, replace(STRATIFIED, most=most), HALF, (0.25,))
        assert found.size is not None
        assert plan(FRAME, replace(STRATIFIED, most=most, size=found.size))


def test_strata_that_must_be_merged_leave_less_to_draw() -> None:
    """Two strata of eight that are too small for nine: of both together ten at most are drawn."""
    units = [Unit(f"B{at}", "aabbccccc"[at % 9]) for at in range(36)]
    design = replace(STRATIFIED, minimum=9, most=10)
    (found,) = sized(from_units(units), design, HALF, (0.22,))
    assert found.size is not None
    assert found.size <= 20
    assert len(plan(from_units(units), replace(design, size=found.size)).strata) == 2


def test_as_json_it_has_all_strata_with_their_codes() -> None:
    """The lead has the frame; what was announced is not part of a proposal."""
    found = json.loads(json.dumps(as_json(propose(FRAME, replace(STRATIFIED, size=6), HALF))))
    codes = [member["code"] for stratum in found["strata"] for member in stratum["members"]]
    assert sorted(codes) == ["D1", "D2", "D3", "D4", "D5"]
    assert found["frame"] == {"people": 110, "strata": 5, "clusters": 10}
    assert "announced" not in found["design"]
    assert found["merging"]["unreached_people"] == 6


def test_a_frame_without_clusters_has_none() -> None:
    """One blank cluster is none."""
    plain: Frame = from_units([Unit(f"B{at}") for at in range(30)])
    found = as_json(propose(plain, replace(SIMPLE, size=10), HALF))
    assert found["frame"] == {"people": 30, "strata": 1, "clusters": 0}
