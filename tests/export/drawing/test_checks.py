"""A table that is no frame is refused with every reason at once, and no cell is repeated."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest

from export.drawing.checks import MOST_TOLD, problems_of
from export.drawing.intake import read_table
from export.drawing.table import Columns
from surveys.problems import Problem

ALL = Columns(id="code", stratum="zone", cluster="site")


def problems(text: str, columns: Columns = ALL) -> tuple[Problem, ...]:
    """Return the problems of a CSV."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.csv"
        path.write_bytes(text.encode())
        return problems_of(read_table(path, columns.drop), columns)


def facts(text: str, columns: Columns = ALL) -> list[tuple[int, str]]:
    """Return line and rule of each problem."""
    return [(problem.place.line, problem.check) for problem in problems(text, columns)]


def test_every_problem_is_told_at_once_with_its_line() -> None:
    """Blank, repeated, controlled and misshapen cells are all found in one reading."""
    text = (
        "code,zone,site,beds,mail\n"
        "B1,north,H1,3,\n"
        ",north,H1,3,\n"
        "B1,north,H1,3,\n"
        '"B\t4",north,"H\n1",3,\n'
        "B5,,H1,many,\n"
        "B6,north\n"
    )
    assert facts(text) == [
        (1, "person"),
        (3, "blank"),
        (4, "duplicate"),
        (5, "control"),
        (5, "control"),
        (7, "blank"),
        (8, "cells"),
    ]


def test_a_problem_says_place_column_fact_and_remedy() -> None:
    """The duplicate names the line it repeats, by the lines of the file."""
    found = problems("code\n\nB1\nB2\nB1\n", Columns("code"))
    assert [str(one).rpartition("frame.csv")[2] for one in found] == [
        ":5:1: column “code”: the id of line 3 again; give each unit its own id"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, "empty"), (1, "heading")]),
        ("code\n", [(1, "empty")]),
        ("code,code\nB1,B1\n", [(1, "heading")]),
        ("other\nB1\n", [(1, "heading")]),
        ("code,\nB1,x\n", [(1, "heading")]),
        ("code,,\nB1,,\n", []),
        ("code,x\nB1\nB2,1,2\n", [(2, "cells"), (3, "cells")]),
        ('code,x\nB1,1\n"B2,2\nB3,3\n', [(3, "csv")]),
        ('code\n"B1"x\n', [(2, "csv")]),
        ("code\n\u202eB1\n", [(2, "control")]),
        ("code\nB\u00001\n", [(2, "control")]),
        ("code\nB1\u2028B2\n", [(2, "control")]),
        ("code\nB\u00a01\n", []),
        (",".join(f"c{number}" for number in range(1_001)), [(1, "heading")]),
    ],
)
def test_tables_that_are_no_frame_are_refused(text: str, expected: list[tuple[int, str]]) -> None:
    """Empty tables, unknown or repeated headings, ragged rows and unseen characters are named."""
    assert facts(text, Columns("code")) == expected


def test_an_identifying_column_passes_where_it_is_dropped() -> None:
    """By name, and only that one."""
    text = "code,nom,x\nB1,x,a@b.fr\n"
    assert facts(text, Columns("code")) == [(1, "person"), (1, "person")]
    assert facts(text, Columns("code", drop=("nom",))) == [(1, "person")]
    assert facts(text, Columns("code", drop=("nom", "x"))) == []


def test_a_column_cannot_be_both_used_and_dropped() -> None:
    """Dropping the column of ids is a contradiction, not a way around the refusal."""
    assert facts("nom\nB1\n", Columns("nom", drop=("nom",))) == [(1, "heading")]


def test_ids_are_looked_at_like_other_columns() -> None:
    """A frame whose ids are telephone numbers is refused."""
    assert facts("code\n0612345678\n0612345679\n", Columns("code")) == [(1, "person")]


def test_ids_that_are_names_or_dates_are_told_as_such() -> None:
    """With what to do about it, which is never to drop the ids."""
    names = problems("id,x\nAnne,1\nBernard,2\nLeïla,3\n", Columns("id"))
    days = problems("id,x\n2024-01-02,1\n2024-01-03,2\n", Columns("id"))
    births = problems("date_naissance\n2024-01-02\n2024-01-03\n", Columns("date_naissance"))
    assert [(one.place.line, one.check) for one in names] == [(1, "person")]
    assert [(one.place.line, one.check) for one in days] == [(2, "date"), (3, "date")]
    assert "a date or a time, where a code is due" in str(days[0])
    assert [one.check for one in births] == ["person", "date", "date"]
    phones = problems("id\n0612345678\n0612345679\n", Columns("id"))
    for found in (names, days, births, phones):
        assert not any("drop" in one.remedy for one in found)


@pytest.mark.parametrize(
    "columns", [Columns("id"), Columns("id", "who"), Columns("id", cluster="who")]
)
def test_names_and_addresses_are_refused_in_use_or_not(columns: Columns) -> None:
    """A column of them is a stratum or a cluster of nobody; it is said what to write there."""
    for cells in (
        ("BERNARD Leïla", "DIALLO Moussa", "NGUYEN Anh"),
        ("12 rue de Charonne", "b", "c"),
    ):
        rows = "".join(f"B{at},{cell}\n" for at, cell in enumerate(cells))
        (found,) = problems("id,who\n" + rows, columns)
        assert found.check == "person"
        assert ("drop it by name" in found.remedy) == (columns == Columns("id"))


def test_letters_composed_or_not_are_the_same_id() -> None:
    """É as one letter or as two gives one id, in NFC; so the two are a duplicate."""
    assert facts("code\nÉ1\nE\u03011\n", Columns("code")) == [(3, "duplicate")]


def test_codes_that_differ_by_case_or_spaces_alone_are_doubtful() -> None:
    """A warning for each, with the line of the first; a code that is repeated as it is gives none."""
    text = "code,zone,site\nB1,Nord,H1\nb 1,nord,h1\nB2,Nord,H1\nB3,NORD,H1\n"
    found = problems(text, Columns("code", "zone", "site"))
    assert [(one.place.line, one.check, one.severity) for one in found] == [
        (3, "alike", "warning"),
        (3, "alike", "warning"),
        (3, "alike", "warning"),
        (5, "alike", "warning"),
    ]
    assert "column “zone”: the code of line 2 but for" in str(found[-1])


def test_a_stratum_has_one_similarity_and_one_spread() -> None:
    """A second value in a stratum is a problem of its line; a spread is a number."""
    text = "code,zone,near,sd\nB1,n,1,1\nB2,s,2,0.5\nB3,n,3,2\nB4,s,2,wide\n"
    columns = Columns("code", "zone", similarity="near", spread="sd")
    assert facts(text, columns) == [
        (4, "similarity"),
        (4, "spread"),
        (5, "spread"),
        (5, "spread"),
    ]


@pytest.mark.parametrize(
    ("asked", "remedy"),
    [
        ("hotels", "did you mean “hotel”?"),
        ("HOTEL", "did you mean “hotel”?"),
        ("Zone", "did you mean “zone”?"),
        ("beds", "give the name of a column"),
    ],
)
def test_a_column_that_is_nearly_there_is_named(asked: str, remedy: str) -> None:
    """Whatever differs by letters or case; any other name is only refused."""
    (found,) = problems("code,zone,hotel,\nB1,n,H1,\n", Columns("code", cluster=asked))
    assert str(found).endswith(f"the heading has no column “{asked}”; {remedy}")


@pytest.mark.parametrize(
    "above", ["Hotels of 2024\n", "Hotels, of 2024\n\n", '"Hotels",,\n,,\n', "a;b\n\n\n"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_heading_under_a_title_is_found(above: str, separator: str) -> None:
    """That alone is told, with the line; all else would be of the wrong columns."""
    table = above + "code,zone,site\nB1,n,H1\nB2,n\n".replace(",", separator)
    (found,) = problems(table, Columns("code", "zone"))
    line = above.count("\n") + 1
    assert (found.place.line, found.check) == (line, "heading")
    assert str(found).endswith(
        "the heading stands here, not on line 1; take out the lines above it"
    )


def test_similarity_and_spread_need_strata() -> None:
    """Without a column of strata they would say nothing."""
    text = "code,near\nB1,1\n"
    assert facts(text, Columns("code", similarity="near")) == [(1, "heading")]
    assert facts(text, Columns("code", spread="near")) == [(1, "heading")]


def test_of_many_places_the_first_are_told_and_how_many_more() -> None:
    """Of each rule and column; the last one told speaks for the others."""
    text = "code,zone\n" + "".join(f"B{at % 2},\n" for at in range(100))
    found = problems(text, Columns("code", "zone"))
    by_rule = {
        check: [one for one in found if one.check == check] for check in ("blank", "duplicate")
    }
    for check, places in (("blank", 100), ("duplicate", 98)):
        told = by_rule[check]
        assert len(told) == MOST_TOLD
        assert f"(and on {places - MOST_TOLD} lines more)" in told[-1].fact
        assert not any("more" in one.fact for one in told[:-1])


def test_no_message_repeats_a_cell() -> None:
    """Problems name lines and columns, never what a cell holds."""
    text = (
        "code,x,sd,zone\nSECRET1,secret@example.org,3,SECRET\n"
        "SECRET1,06 12 34 56 78,SECRET,secret\nsecret1,,SEC\u202eRET,SECRET\n"
    )
    found = problems(text, Columns("code", "zone", spread="sd"))
    assert {one.check for one in found} == {"person", "duplicate", "spread", "control", "alike"}
    assert not any("secret" in str(one).lower() for one in found)


@pytest.mark.parametrize(
    "table",
    [
        "code,x\nB1,a@" + "." * 120_000 + " x\n",
        "code,x\nB1," + "0 " * 60_000 + "x\n",
        "code," + "aB" * 60_000 + "\nB1,1\n",
        ",".join(f"c{number}" for number in range(60_000)) + "\n1\n",
        "code\n" + "\n" * 500_000,
        "code\n" + "," * 500_000,
        "code,x\nB1,2" + '"' * 100_000,
        " " * 500_000 + "code\nB1",
    ],
    ids="email phone heading columns lines cells quotes spaces".split(),
)
def test_the_time_taken_grows_with_the_table_and_no_faster(table: str) -> None:
    """Processor seconds: the square would be minutes."""
    began = time.process_time()
    facts(table, Columns(id="code"))
    assert time.process_time() - began < 5
