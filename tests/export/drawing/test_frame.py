"""The frame is read into one canonical form, or refused with every reason at once."""

from __future__ import annotations

import hashlib
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.drawing.frame import (
    Columns,
    Unit,
    canonical,
    frame_hash,
    from_canonical,
    read,
    similarity_order,
    stratum_codes,
)
from surveys.problems import Refusal

ALL = Columns(id="code", stratum="zone", cluster="site", size="beds")
TABLE = """code,zone,site,beds
B2,south,H1,3
B1,north,H2,4
"""


def facts(text: str, columns: Columns = ALL) -> list[tuple[int, str]]:
    """Return line and rule of each problem; whoever has problems has no units."""
    units, problems = read(text, columns, "frame.csv")
    assert not (units and problems)
    return [(problem.place.line, problem.check) for problem in problems]


def ids() -> st.SearchStrategy[str]:
    letters = st.characters(categories=["L", "N"], include_characters="-_ ")
    return st.text(letters, min_size=1, max_size=8).map(str.strip).filter(bool)


def test_the_canonical_form_is_sorted_by_id_tab_separated_and_ends_in_lf() -> None:
    """The bytes are those the specification of the draw writes out."""
    units, problems = read(TABLE, ALL, "frame.csv")
    assert problems == ()
    assert canonical(units) == b"B1\tnorth\tH2\t4\nB2\tsouth\tH1\t3\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_spelling_of_the_table_does_not_reach_the_bytes(
    separator: str, ending: str, mark: str
) -> None:
    """Separator, line ends, byte-order mark, spaces and blank lines leave no trace."""
    text = mark + TABLE.replace("B1", " B1 ").replace(",", separator).replace("\n", ending)
    units, problems = read(text + ending, ALL, "frame.csv")
    assert problems == ()
    assert canonical(units) == b"B1\tnorth\tH2\t4\nB2\tsouth\tH1\t3\n"


def test_letters_composed_or_not_are_the_same_id() -> None:
    """É as one letter or as two gives one id, in NFC; so the two are a duplicate."""
    one, two = "É1", "E\u03011"
    assert read(f"code\n{two}\n", Columns("code"), "f")[0] == (Unit(one),)
    assert facts(f"code\n{one}\n{two}\n", Columns("code")) == [(3, "duplicate")]


@settings(max_examples=60, deadline=None)
@given(st.lists(ids(), min_size=1, max_size=12, unique=True), st.randoms())
def test_the_order_of_rows_changes_nothing(codes: list[str], chance: random.Random) -> None:
    """Any order of the same units has the same bytes, and they read back to the same units."""
    units = [Unit(code, "s", "c", "1") for code in codes]
    shuffled = list(units)
    chance.shuffle(shuffled)
    assert canonical(units) == canonical(shuffled)


@settings(max_examples=60, deadline=None)
@given(st.lists(ids(), min_size=1, max_size=12, unique=True))
def test_a_canonical_form_reads_back(codes: list[str]) -> None:
    """What was read from a table is what a verifier reads from the canonical form."""
    text = "code\n" + "".join(f'"{code}"\n' for code in codes)
    units, problems = read(text, Columns("code"), "frame.csv")
    if not problems:
        assert from_canonical(canonical(units)) == units


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"B1\t\t\t",
        b"B1\t\t\n",
        b"B2\t\t\t\nB1\t\t\t\n",
        b"B1\t\t\t\nB1\ta\t\t\n",
        b"\t\t\t\n",
        b"B1\t\t\t\r\n\n",
        b"\xff\t\t\t\n",
        "E\u0301\t\t\t\n".encode(),
    ],
)
def test_bytes_that_are_not_a_canonical_form_are_refused(data: bytes) -> None:
    """Unsorted, repeated, short, blank, unended or badly encoded lines are not a frame."""
    with pytest.raises(Refusal, match="canonical form"):
        from_canonical(data)


def test_every_problem_is_told_at_once_with_its_line() -> None:
    """Blank, repeated, controlled and misshapen cells are all found in one reading."""
    text = (
        "code,zone,site,beds\n"
        "B1,north,H1,3\n"
        ",north,H1,3\n"
        "B1,north,H1,3\n"
        '"B\t4",north,"H\n1",3\n'
        "B5,,H1,many\n"
    )
    assert facts(text) == [
        (3, "blank"),
        (4, "duplicate"),
        (5, "control"),
        (5, "control"),
        (7, "blank"),
        (7, "size"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, "empty"), (1, "heading")]),
        ("code\n", [(1, "empty")]),
        ("code,code\nB1,B1\n", [(1, "heading")]),
        ("other\nB1\n", [(1, "heading")]),
        ("code,x\nB1\nB2,1,2\n", [(2, "cells"), (3, "cells")]),
        ("code\n\u202eB1\n", [(2, "control")]),
        ("code\nB\u00001\n", [(2, "control")]),
        ("code\nB1\u2028B2\n", [(2, "control")]),
    ],
)
def test_tables_that_are_no_frame_are_refused(text: str, expected: list[tuple[int, str]]) -> None:
    """Empty tables, unknown or repeated headings, ragged rows and unseen characters are named."""
    assert facts(text, Columns("code")) == expected


@pytest.mark.parametrize(
    "heading",
    [
        "nom", "Prénom", "PRENOM_USUEL", "last name", "hotelName", "tel", "Téléphone2", "n° mobile",
        "date_naissance", "DateOfBirth", "birth year", "courriel", "e-mail", "adresse", "rue",
        "NIR", "num_secu", "SSN",
    ],
)  # fmt: skip
def test_a_column_named_like_a_personal_detail_is_refused_unless_dropped(heading: str) -> None:
    """Names, telephones, births, e-mails, addresses and identity numbers are not read."""
    text = f"code,{heading}\nB1,x\n"
    assert facts(text, Columns("code")) == [(1, "person")]
    assert facts(text, Columns("code", drop=(heading,))) == []


@pytest.mark.parametrize("heading", ["hotel", "nombre_lits", "code2", "zone", "stratum", "rang"])
def test_a_column_named_otherwise_is_not_taken_for_one(heading: str) -> None:
    """Ordinary headings of a frame pass, even those that hold “tel” or “nom”."""
    assert facts(f"code,{heading}\nB1,x\n", Columns("code")) == []


@pytest.mark.parametrize(
    "cells",
    [
        ["a", "someone@example.org"],
        ["06 12 34 56 78", "+33 6 12 34 56 79"],
        ["1985-04-02", "02/04/1985"],
        ["2 69 05 49 588 157 80", ""],
        ["269054958815780", "x"],
    ],
)
def test_cells_that_look_like_a_personal_detail_are_refused_under_any_heading(
    cells: list[str],
) -> None:
    """The content is looked at too, also in the column of ids."""
    text = "code,x\n" + "".join(f"B{at},{cell}\n" for at, cell in enumerate(cells))
    assert facts(text, Columns("code")) == [(1, "person")]
    assert (1, "person") in facts("x\n" + "\n".join(filter(None, cells)) + "\n", Columns("x"))


@pytest.mark.parametrize(
    "table",
    [
        "code,x\nB1,a@" + "." * 120_000 + " x\n",
        "code,x\nB1," + "0 " * 60_000 + "x\n",
        "code," + "aB" * 60_000 + "\nB1,1\n",
        ",".join(f"c{number}" for number in range(60_000)) + "\n1\n",
    ],
    ids="email phone heading columns".split(),
)
def test_the_time_taken_grows_with_the_table_and_no_faster(table: str) -> None:
    """Processor seconds: the square would be minutes."""
    began = time.process_time()
    facts(table, Columns(id="code"))
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("cell", "is_email"),
    [
        ("a@b.fr", True),
        ("a.b@c.d.e", True),
        ("a@b.", False),
        ("a@.b", False),
        ("a@..b", True),
        ("@b.fr", False),
        ("a@b@c.fr", False),
        ("a @b.fr", False),
        ("a@b .fr", False),
        ("ab.fr", False),
    ],
)
def test_an_e_mail_address_has_a_name_an_at_and_a_point_inside(cell: str, is_email: bool) -> None:
    """One is enough, whatever else the column holds."""
    found = facts(f"code,x\nB1,{cell}\nB2,7\nB3,8\n", Columns(id="code"))
    assert found == ([(1, "person")] if is_email else [])


def test_an_identity_number_with_the_wrong_key_is_a_code_like_another() -> None:
    """Fifteen digits alone do not make a NIR: the key must be 97 − n mod 97."""
    assert facts("code,x\nB1,269054958815781\n", Columns("code")) == []


def test_no_message_repeats_a_cell() -> None:
    """Problems name lines and columns, never what a cell holds."""
    text = "code,x,beds\nSECRET,secret@example.org,3\nSECRET,06 12 34 56 78,SECRET\n"
    _units, problems = read(text, Columns("code", size="beds", drop=("x",)), "frame.csv")
    assert len(problems) == 2
    assert not any("SECRET" in str(problem) for problem in problems)


def test_a_column_cannot_be_both_used_and_dropped() -> None:
    """Dropping the column of ids is a contradiction, not a way around the refusal."""
    assert facts("nom\nB1\n", Columns("nom", drop=("nom",))) == [(1, "heading")]


def test_the_hash_is_that_of_salt_then_bytes() -> None:
    """frame_hash = SHA-256(salt ‖ canonical bytes), with a salt of 32 bytes and no other."""
    salt = bytes(range(32))
    data = b"B1\t\t\t\n"
    assert frame_hash(data, salt) == hashlib.sha256(salt + data).digest()
    with pytest.raises(Refusal, match="32"):
        frame_hash(data, salt[:-1])


def test_strata_are_numbered_in_order_of_code_and_ordered_by_similarity() -> None:
    """Similarity orders strata as numbers when all are numbers, else as text, ties by code."""

    def order(*values: str) -> tuple[int, ...]:
        return similarity_order(
            Unit(f"B{at}", code, similarity=value)
            for at, (code, value) in enumerate(zip("cab", values, strict=True))
        )

    assert stratum_codes([Unit("1", "b"), Unit("2", "a"), Unit("3", "b")]) == ("a", "b")
    assert order("10", "9", "100") == (1, 3, 2)
    assert order("10", "9", "x") == (3, 1, 2)
    assert order("-5", "0", "0") == (3, 1, 2)
    assert order("", "", "") == ()


def test_a_stratum_has_one_similarity() -> None:
    """Two values in one stratum are a problem of the second line."""
    text = "code,zone,near\nB1,n,1\nB2,s,2\nB3,n,3\n"
    assert facts(text, Columns("code", "zone", similarity="near")) == [(4, "similarity")]
