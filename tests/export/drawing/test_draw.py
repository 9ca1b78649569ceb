"""The draw: the same bytes give the same people, each with the chance the design gives them."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.drawing.draw import draw, plan
from export.drawing.drawn import Design, Draw, Unit
from export.drawing.fraction import fraction
from export.drawing.frame import frame_hash, from_units
from export.drawing.tickets import beacon_bytes, commitment, seed_of, ticket
from surveys.problems import Refusal

SALT = bytes(range(32))
HOTELS = [Unit(f"B{at:04d}", f"G{at % 7}", f"H{at % 61}") for at in range(1, 537)]


def simple(n: int, reserve: int = 0) -> Design:
    return Design(method="simple", announced="drand round 1", size=n, reserve=reserve)


def stratified(n: int, reserve: int = 0, similarity: tuple[int, ...] = ()) -> Design:
    return Design(
        method="stratified", announced="drand 1", size=n, reserve=reserve, similarity=similarity
    )


def drawn(units: list[Unit], design: Design, beacon: str = "a public number") -> Draw:
    return draw(from_units(units), SALT, design, beacon)


def ids(result: Draw, status: str = "released") -> set[str]:
    return {person.unit.id for person in result.selected if person.status == status}


FRAME_HASH = bytes.fromhex("7beb6cb801db0439016d0dbea221aadd4f72d46cbd05d53c1564e9de1f1e85ea")
BEACON = "hex:" + "c0ffee" * 10 + "abcd"
SEED = "a605de7cc5ac47f2b7b4c3ff75eff5a8527755e1aaad837a8c653f7c3ba120c5"
FIRST_TICKET = "007ee30fadd83e32e9163476842c021c720aa173d91c2736fbcb1cb61a69f32a"


def test_the_check_values_of_seed_and_tickets_are_met() -> None:
    """A fixed frame hash and beacon give the seed, first ticket and order that were published."""
    seed = seed_of(FRAME_HASH, beacon_bytes(BEACON))
    assert seed.hex() == SEED
    order = sorted((f"B{at:04d}" for at in range(1, 537)), key=lambda id: ticket(seed, id))
    assert order[:6] == ["B0180", "B0091", "B0107", "B0158", "B0040", "B0213"]
    assert ticket(seed, order[0]).hex() == FIRST_TICKET


def test_the_documentation_gives_the_check_values() -> None:
    """What docs/methods.md tells another program to reach is what is tested above."""
    text = (Path(__file__).parents[3] / "docs" / "methods.md").read_text(encoding="utf-8")
    for value in (BEACON, FRAME_HASH.hex(), SEED, "B0180, B0091, B0107, B0158, B0040 and B0213"):
        assert value in text


def test_hashes_are_over_raw_bytes_with_their_label() -> None:
    """Seed, ticket and commitment are the SHA-256 the documentation writes out."""
    seed = hashlib.sha256(b"draw/v1\0" + b"F" * 32 + b"\0" + "né".encode()).digest()
    assert seed_of(b"F" * 32, beacon_bytes("né")) == seed
    assert ticket(seed, "é") == hashlib.sha256(b"ticket/v1\0" + seed + b"\0\xc3\xa9").digest()
    assert commitment(b"F", b"D") == hashlib.sha256(b"FD").digest()


def test_a_beacon_is_its_text_or_the_bytes_after_hex() -> None:
    """`hex:` gives raw bytes; what is neither is refused."""
    assert beacon_bytes("hex:00fF") == b"\x00\xff"
    assert beacon_bytes("HEX:00") == b"HEX:00"
    for wrong in ("", "  ", "\udcff", "hex:", "hex:0", "hex:0g", "hex:00 11"):
        with pytest.raises(Refusal):
            beacon_bytes(wrong)


def test_the_design_hash_is_that_of_its_canonical_json() -> None:
    """Keys sorted, no spaces, UTF-8 unescaped; a fraction is kept exactly."""
    design = Design(
        method="simple", announced="tirage du Loto, 3 décembre", fraction=Fraction(1, 5)
    )
    text = (
        '{"allocation":"proportional","announced":"tirage du Loto, 3 décembre",'
        '"format":"souspli/design/v1","fraction":"1/5","method":"simple","minimum":2,'
        '"reserve":0,"similarity":[]}'
    )
    assert json.loads(text) == design.as_json()
    assert design.digest() == hashlib.sha256(text.encode()).digest()


@pytest.mark.parametrize(
    ("of", "part", "n"),
    [
        (536, "20%", 107),
        (535, "20%", 107),
        (10, "25%", 3),
        (10, "0.35", 4),
        (30, "0.05", 2),
        (29, "0.05", 1),
    ],
)
def test_a_size_from_a_fraction_rounds_half_up(of: int, part: str, n: int) -> None:
    """2.5 is 3, 3.5 is 4, 1.5 is 2: half always goes up, never to the even number."""
    design = Design(method="simple", announced="x", fraction=fraction(part))
    assert design.sample_size(of) == n


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "quota", "size": 5},
        {"method": "simple"},
        {"method": "simple", "size": 5, "fraction": Fraction(1, 5)},
        {"method": "simple", "fraction": Fraction(0)},
        {"method": "simple", "fraction": Fraction(6, 5)},
        {"method": "simple", "size": 5, "minimum": 1},
        {"method": "simple", "size": 5, "reserve": -1},
        {"method": "simple", "size": 5, "allocation": "by eye"},
        {"method": "simple", "size": 5, "announced": " "},
        {"method": "simple", "size": 5, "allocation": "equal"},
        {"method": "systematic", "size": 5, "least": 2},
        {"method": "stratified", "size": 5, "most": 1},
        {"method": "stratified", "size": 5, "least": 3, "most": 2},
        {"method": "stratified", "size": 5, "least": -1},
        {"method": "stratified", "size": 5, "take": 2},
        {"method": "stratified", "size": 5, "allocation": "neyman"},
        {"method": "stratified", "size": 5, "spread": (Fraction(1),)},
        {"method": "stratified", "size": 5, "allocation": "neyman", "spread": (Fraction(0),)},
        {"method": "two_stages", "size": 5},
        {"method": "two_stages", "size": 5, "take": 1},
    ],
)
def test_a_design_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    """Unknown methods, two sizes or none, impossible fractions, no announced randomness."""
    with pytest.raises(Refusal):
        Design(**{"announced": "drand 1", **wrong})  # type: ignore[arg-type]


@pytest.mark.parametrize(("n", "reserve"), [(0, 0), (1, 0), (-3, 0), (12, 0), (8, 4)])
def test_a_sample_the_frame_cannot_give_is_refused(n: int, reserve: int) -> None:
    """Fewer than two, or more than the frame holds with the reserve."""
    units = [Unit(f"{at}") for at in range(11)]
    with pytest.raises(Refusal):
        plan(from_units(units), simple(n, reserve))


def test_a_simple_sample_is_the_smallest_tickets_and_the_reserve_the_next() -> None:
    """107 of 536 and 20 in reserve: nothing but the order of tickets decides."""
    result = drawn(HOTELS, simple(107, 20))
    in_order = sorted((unit.id for unit in HOTELS), key=lambda id: ticket(result.seed, id))
    assert [person.unit.id for person in result.selected] == in_order[:127]
    assert [person.order for person in result.selected] == list(range(1, 128))
    assert len(ids(result)) == 107
    assert ids(result, "reserve") == set(in_order[107:127])


def test_the_order_of_the_frame_changes_nothing() -> None:
    """Rows in any order give the same draw."""
    shuffled = list(HOTELS)
    random.Random(5).shuffle(shuffled)
    assert drawn(shuffled, stratified(107)) == drawn(HOTELS, stratified(107))


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 60), st.integers(0, 40), st.integers())
def test_a_larger_sample_holds_the_smaller_and_then_its_reserve(
    n: int, more: int, beacon: int
) -> None:
    """Under one beacon the sample of n + k is the sample of n with k of its reserve."""
    units = HOTELS[:100]
    small, large = (
        drawn(units, simple(n, more), str(beacon)),
        drawn(units, simple(n + more), str(beacon)),
    )
    assert ids(large) == ids(small) | ids(small, "reserve")


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 30), min_size=1),
    st.integers(2, 40),
    st.integers(0, 20),
)
def test_strata_are_consistent(sizes: dict[str, int], n: int, reserve: int) -> None:
    """N_h and n_h add up, n_h ≥ 2, everyone drawn is of the stratum, orders run from 1."""
    units = [Unit(f"{code}{at}", code) for code, size in sizes.items() for at in range(size)]
    if n + reserve > len(units):
        with pytest.raises(Refusal):
            plan(from_units(units), stratified(n, reserve))
        return
    result = drawn(units, stratified(n, reserve))
    assert sum(stratum.population for stratum in result.plan.strata) == len(units)
    assert sum(stratum.drawn for stratum in result.plan.strata) == n
    assert sum(stratum.reserve for stratum in result.plan.strata) == reserve
    codes = sorted(sizes)
    for number, stratum in enumerate(result.plan.strata, start=1):
        people = [person for person in result.selected if person.stratum == stratum]
        assert stratum.number == number
        assert stratum.drawn >= 2
        assert stratum.population == sum(sizes[codes[k - 1]] for k in stratum.members)
        assert [person.order for person in people] == list(range(1, len(people) + 1))
        assert len(people) == stratum.drawn + stratum.reserve
        assert all(codes.index(person.unit.stratum) + 1 in stratum.members for person in people)


def test_small_strata_are_merged_along_the_similarity_that_was_committed_to() -> None:
    """The same frame merges differently when another neighbour is the alike one."""
    units = [
        Unit(f"{code}{at}", code) for code, n in (("a", 40), ("b", 2), ("c", 30)) for at in range(n)
    ]
    by_code = plan(from_units(units), stratified(12))
    assert [stratum.members for stratum in by_code.strata] == [(1,), (2, 3)]
    by_likeness = plan(from_units(units), stratified(12, similarity=(2, 1, 3)))
    assert [stratum.members for stratum in by_likeness.strata] == [(1, 2), (3,)]
    with pytest.raises(Refusal, match="order of strata"):
        plan(from_units(units), stratified(12, similarity=(1, 2)))


def test_a_minimum_above_two_merges_more() -> None:
    """The design may ask for more than two a stratum, not for less than that in the whole."""
    units = [Unit(f"{code}{at}", code) for code in "abcd" for at in range(10)]
    few = Design(method="stratified", announced="x", size=12, minimum=6)
    assert [stratum.drawn for stratum in plan(from_units(units), few).strata] == [6, 6]
    with pytest.raises(Refusal):
        plan(from_units(units), Design(method="stratified", announced="x", size=5, minimum=6))


def shared(populations: list[int], **more: Any) -> list[int]:
    """Return n_h of a stratified design in a frame of strata a, b, c… with so many people."""
    units = [
        Unit(f"{code}{at}", code)
        for code, n in zip("abcdefgh", populations, strict=False)
        for at in range(n)
    ]
    design = Design(method="stratified", announced="dice", **more)
    return [stratum.drawn for stratum in plan(from_units(units), design).strata]


def test_equal_allocation_fills_small_strata_and_shares_the_rest() -> None:
    """23 of 3, 50 and 50: the 3 whole, then 10 each; a remainder goes to the first by code."""
    assert shared([3, 50, 50], size=23, allocation="equal") == [3, 10, 10]
    assert shared([30, 50, 50], size=23, allocation="equal") == [8, 8, 7]


def test_neyman_shares_by_population_times_spread() -> None:
    """N·S of 500, 400 and 300 share 12 as 5, 4 and 3; nothing exceeds its stratum.

    Neyman (1934): n_h = n·N_h·S_h / Σ N_h·S_h.
    """
    spread = (Fraction(5), Fraction(2), Fraction(1))
    assert shared([100, 200, 300], size=12, allocation="neyman", spread=spread) == [5, 4, 3]
    halves = tuple(one / 2 for one in spread)
    assert shared([100, 200, 300], size=12, allocation="neyman", spread=halves) == [5, 4, 3]
    one = (Fraction(100), Fraction(1))
    assert shared([4, 200], size=30, allocation="neyman", spread=one) == [4, 26]


def test_a_merged_stratum_weighs_what_its_strata_weigh_together() -> None:
    """Of N·S 300, 0 and 300 the middle one has none, is merged with the first, and 12 are 6 and 6."""
    spread = (Fraction(3), Fraction(0), Fraction(1))
    assert shared([100, 50, 300], size=12, allocation="neyman", spread=spread) == [6, 6]


def test_least_and_most_bound_what_a_stratum_is_given() -> None:
    """At least 5 each, or all it has; at most 20; bounds that leave no way are refused."""
    assert shared([10, 500, 490], size=50, least=5) == [5, 23, 22]
    assert shared([3, 500, 490], size=50, least=5) == [3, 24, 23]
    assert shared([10, 500, 490], size=40, least=5, most=20) == [5, 18, 17]
    assert shared([100, 500, 90], size=40, most=20) == [11, 20, 9]
    with pytest.raises(Refusal, match="at least 5 in each of 3 strata make 15"):
        shared([100, 500, 90], size=14, least=5)
    with pytest.raises(Refusal, match="at most 20 in each of 2 strata make 40"):
        shared([500, 500], size=41, most=20)


def test_clusters_are_planned_in_clusters() -> None:
    """61 hotels of 536 people: a fifth is 12 hotels; without a column of clusters it is refused."""
    design = Design(method="clusters", announced="dice", fraction=Fraction(1, 5))
    units = [replace(unit, stratum="") for unit in HOTELS]
    (stratum,) = plan(from_units(units), design).strata
    assert (stratum.population, stratum.drawn) == (61, 12)
    with pytest.raises(Refusal, match="give their column"):
        plan(from_units(Unit(f"{at}") for at in range(11)), design)


def test_a_spread_of_another_frame_is_refused() -> None:
    """There must be one for each stratum."""
    with pytest.raises(Refusal, match="spread is not of the strata"):
        shared([50, 50], size=10, allocation="neyman", spread=(Fraction(1),))


def test_keys_of_the_second_version_stand_in_the_design_only_where_they_are_used() -> None:
    """What a design does not use does not change its hash."""
    design = Design(
        method="two_stages", announced="dice", size=9, take=4, least=2, most=8,
        allocation="neyman", spread=(Fraction(1, 2), Fraction(3)),
    )  # fmt: skip
    found = design.as_json()
    assert {key: found[key] for key in ("take", "least", "most", "spread", "format")} == {
        "take": 4, "least": 2, "most": 8, "spread": ["1/2", "3"], "format": "souspli/design/v2",
    }  # fmt: skip
    assert not {"take", "least", "most", "spread"} & stratified(9).as_json().keys()
    assert stratified(9).as_json()["format"] == "souspli/design/v1"


def test_another_beacon_or_salt_draws_others() -> None:
    """The seed holds both: a change of either moves the sample."""
    first = ids(drawn(HOTELS, simple(107)))
    assert ids(drawn(HOTELS, simple(107), "another number")) != first
    other = draw(from_units(HOTELS), SALT[::-1], simple(107), "a public number")
    assert ids(other) != first
    assert other.frame_hash == frame_hash(from_units(HOTELS).canonical, SALT[::-1])
