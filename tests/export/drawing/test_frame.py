"""A frame is columns sorted by id, with one canonical form, whatever the table looked like."""

from __future__ import annotations

import hashlib
import random
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.drawing.drawn import Unit
from export.drawing.frame import (
    Frame,
    frame_hash,
    from_canonical,
    from_units,
    read,
    similarity_order,
)
from export.drawing.table import Columns
from surveys.problems import Refusal

ALL = Columns(id="code", stratum="zone", cluster="site")
TABLE = """code,zone,site
B2,south,H1
B1,north,H2
"""
CANONICAL = b"B1\tnorth\tH2\t\nB2\tsouth\tH1\t\n"


def framed(text: str, columns: Columns = ALL) -> Frame:
    """Return the frame of a table without problems."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.csv"
        path.write_bytes(text.encode())
        frame, problems = read(path, columns)
    assert problems == ()
    assert frame is not None
    return frame


def same(one: Frame, other: Frame) -> bool:
    """Whether two frames have the same columns."""
    return (
        (one.ids, one.strata, one.clusters, one.sizes, one.canonical)
        == (other.ids, other.strata, other.clusters, other.sizes, other.canonical)
        and one.stratum.tolist() == other.stratum.tolist()
        and one.cluster.tolist() == other.cluster.tolist()
    )


def codes() -> st.SearchStrategy[str]:
    letters = st.characters(categories=["L", "N"], include_characters="-_ ")
    return st.text(letters, min_size=1, max_size=8).map(str.strip).filter(bool)


def units() -> st.SearchStrategy[list[Unit]]:
    few = st.sampled_from(["", "a", "b", "é"])
    one = st.builds(Unit, codes(), few, few, st.sampled_from(["", "1", "2.5"]))
    return st.lists(one, min_size=1, max_size=12, unique_by=lambda unit: unit.id)


def test_the_canonical_form_is_sorted_by_id_tab_separated_and_ends_in_lf() -> None:
    """The bytes are those the specification of the draw writes out."""
    assert framed(TABLE).canonical == CANONICAL


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_the_spelling_of_the_table_does_not_reach_the_bytes(
    separator: str, ending: str, mark: str, quote: str
) -> None:
    """Separator, line ends, byte-order mark, quotes, spaces and blank lines leave no trace."""
    text = mark + TABLE.replace("B1", f"{quote} B1\u202f{quote}").replace(",", separator)
    text = (text + "\n  \n" + separator * 3 + "\n").replace("\n", ending)
    assert framed(text).canonical == CANONICAL


def test_columns_say_of_every_unit_where_its_stratum_and_cluster_stand() -> None:
    """Codes are in order, clusters by stratum then code; one code in two strata is two clusters."""
    frame = from_units(
        [Unit("d", "s", "1", "4"), Unit("a", "n", "2"), Unit("c", "n", "1"), Unit("b", "s", "1")]
    )
    assert frame.ids == ["a", "b", "c", "d"]
    assert frame.strata == ("n", "s")
    assert frame.stratum.tolist() == [0, 1, 0, 1]
    assert frame.clusters == ((0, "1"), (0, "2"), (1, "1"))
    assert frame.cluster.tolist() == [1, 2, 0, 2]
    assert frame.sizes == ["", "", "", "4"]


def test_a_frame_of_ids_alone_is_one_stratum_and_one_cluster() -> None:
    """What the table has no column for is blank in every unit."""
    frame = framed("code\nB2\nB1\n", Columns("code"))
    assert (frame.strata, frame.clusters) == (("",), ((0, ""),))
    assert [frame.unit(at) for at in range(2)] == [Unit("B1"), Unit("B2")]
    assert (frame.similarity, frame.spread) == ((), ())


def test_a_frame_does_not_change() -> None:
    """Its arrays refuse to be written."""
    frame = framed(TABLE)
    for array in (frame.stratum, frame.cluster):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@settings(max_examples=60, deadline=None)
@given(units(), st.randoms())
def test_the_order_of_units_changes_nothing(given_: list[Unit], chance: random.Random) -> None:
    """Any order gives the same columns and bytes, and every unit is found again."""
    shuffled = list(given_)
    chance.shuffle(shuffled)
    frame = from_units(shuffled)
    assert same(frame, from_units(given_))
    assert [frame.unit(at) for at in range(len(given_))] == sorted(given_, key=lambda unit: unit.id)


@settings(max_examples=60, deadline=None)
@given(units())
def test_a_canonical_form_reads_back(given_: list[Unit]) -> None:
    """What a verifier reads from the canonical form is the frame it was made from."""
    frame = from_units(given_)
    lines = sorted("\t".join([one.id, one.stratum, one.cluster, one.size]) for one in given_)
    assert sorted(frame.canonical.decode().split("\n")[:-1]) == lines
    if all(one.id.isascii() for one in given_):  # other letters may not be in NFC
        assert same(from_canonical(frame.canonical), frame)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"B1\t\t\t",
        b"B1\t\t\n",
        b"B1\t\t\t\t\n",
        b"B2\t\t\t\nB1\t\t\t\n",
        b"B1\t\t\t\nB1\ta\t\t\n",
        b"\t\t\t\n",
        b"B1\t\t\t\r\n",
        b"B1\t\t\t\r\n\n",
        b"B1\t\t\t\n\n",
        b"\n\nB1\t\t\t\n",
        b"\xff\t\t\t\n",
        b"\xef\xbb\xbfB1\t\t\t\n",
        "E\u0301\t\t\t\n".encode(),
    ],
)
def test_bytes_that_are_not_a_canonical_form_are_refused(data: bytes) -> None:
    """Unsorted, repeated, short, blank, unended or badly encoded lines are not a frame."""
    with pytest.raises(Refusal, match="canonical form"):
        from_canonical(data)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(CANONICAL) - 1), st.integers(1, 255))
def test_a_changed_byte_gives_other_bytes_or_no_frame(at: int, by: int) -> None:
    """Nothing that is not the canonical form reads as the same frame."""
    changed = bytearray(CANONICAL)
    changed[at] ^= by
    try:
        frame = from_canonical(bytes(changed))
    except Refusal:
        return
    assert frame.canonical == bytes(changed) != CANONICAL


def test_the_hash_is_that_of_salt_then_bytes() -> None:
    """frame_hash = SHA-256(salt ‖ canonical bytes), with a salt of 32 bytes and no other."""
    salt = bytes(range(32))
    data = b"B1\t\t\t\n"
    assert frame_hash(data, salt) == hashlib.sha256(salt + data).digest()
    with pytest.raises(Refusal, match="32"):
        frame_hash(data, salt[:-1])


def test_strata_are_ordered_by_similarity() -> None:
    """Similarity orders strata as numbers when all are numbers, else as text, ties by code."""

    def order(*values: str) -> tuple[int, ...]:
        return similarity_order(dict(zip("cab", values, strict=True)))

    assert order("10", "9", "100") == (1, 3, 2)
    assert order("10", "9", "x") == (3, 1, 2)
    assert order("-5", "0", "0") == (3, 1, 2)
    assert similarity_order({}) == ()


def test_similarity_and_spread_are_a_value_per_stratum_outside_the_canonical_form() -> None:
    """The frame carries their order and their exact values; its bytes are those without them."""
    text = "code,zone,near,sd\nB1,s,1,0.1\nB2,n,2,3\nB3,s,1,0.1\n"
    columns = Columns("code", "zone", similarity="near", spread="sd")
    frame = framed(text, columns)
    assert frame.similarity == (2, 1)
    assert frame.spread == (Fraction(3), Fraction(1, 10))
    assert frame.canonical == framed(text, Columns("code", "zone")).canonical


def test_many_units_in_many_clusters_are_read_as_few_are() -> None:
    """Ten thousand units: every place agrees with a count made one by one."""
    chance = random.Random(5)
    given_ = [
        Unit(f"{at:05d}", f"s{chance.randrange(40)}", f"h{chance.randrange(300)}")
        for at in range(10_000)
    ]
    frame = from_units(given_)
    assert [frame.strata[at] for at in frame.stratum] == [unit.stratum for unit in given_]
    assert [frame.clusters[at][1] for at in frame.cluster] == [unit.cluster for unit in given_]
    assert np.array_equal(
        np.array([place for place, _code in frame.clusters])[frame.cluster], frame.stratum
    )
    assert list(frame.clusters) == sorted(set(frame.clusters))
