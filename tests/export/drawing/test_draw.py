"""The draw: the same bytes give the same people, each with the chance the design gives them."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.drawing.draw import (
    Design,
    Draw,
    beacon_bytes,
    commitment,
    draw,
    plan,
    seed_of,
    ticket,
)
from export.drawing.fraction import fraction
from export.drawing.frame import Unit, canonical, frame_hash
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
    return draw(canonical(units), SALT, design, beacon)


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
        plan(units, simple(n, reserve))


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
            plan(units, stratified(n, reserve))
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
    by_code = plan(units, stratified(12))
    assert [stratum.members for stratum in by_code.strata] == [(1,), (2, 3)]
    by_likeness = plan(units, stratified(12, similarity=(2, 1, 3)))
    assert [stratum.members for stratum in by_likeness.strata] == [(1, 2), (3,)]
    with pytest.raises(Refusal, match="order of strata"):
        plan(units, stratified(12, similarity=(1, 2)))


def test_a_minimum_above_two_merges_more() -> None:
    """The design may ask for more than two a stratum, not for less than that in the whole."""
    units = [Unit(f"{code}{at}", code) for code in "abcd" for at in range(10)]
    few = Design(method="stratified", announced="x", size=12, minimum=6)
    assert [stratum.drawn for stratum in plan(units, few).strata] == [6, 6]
    with pytest.raises(Refusal):
        plan(units, Design(method="stratified", announced="x", size=5, minimum=6))


@pytest.mark.parametrize("design", [simple(12), stratified(12)])
def test_everyone_is_drawn_as_often_as_the_design_says(design: Design) -> None:
    """2,000 draws of 12 of 60: each inclusion frequency is within 6 standard errors of n_h/N_h."""
    units = [Unit(f"U{at:02d}", "ab"[at % 3 == 0]) for at in range(60)]
    planned = plan(units, design)
    times: Counter[str] = Counter()
    draws = 2_000
    for at in range(draws):
        times.update(ids(drawn(units, design, f"beacon {at}")))
    for unit in units:
        (stratum,) = (s for s in planned.strata if "ab".index(unit.stratum) + 1 in s.members)
        p = stratum.drawn / stratum.population
        assert abs(times[unit.id] / draws - p) < 6 * (p * (1 - p) / draws) ** 0.5


def test_another_beacon_or_salt_draws_others() -> None:
    """The seed holds both: a change of either moves the sample."""
    first = ids(drawn(HOTELS, simple(107)))
    assert ids(drawn(HOTELS, simple(107), "another number")) != first
    other = draw(canonical(HOTELS), SALT[::-1], simple(107), "a public number")
    assert ids(other) != first
    assert other.frame_hash == frame_hash(canonical(HOTELS), SALT[::-1])
