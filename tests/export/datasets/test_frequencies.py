"""What a codebook may count: nothing that tells of a few, by itself or by subtraction."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.datasets.described import Sheet, sheets
from export.datasets.frequencies import Figures, Frequency, figures
from export.respondents.table import Tables
from surveys.check import check, errors
from surveys.instrument import Instrument

FORM = """
souspli: 1
form: {id: f, version: "1", title: {en: T}, languages: {en: English (en)}, default_language: en}
choices:
  abc:
    - {name: a, label: {en: A}}
    - {name: b, label: {en: B}}
    - {name: c, label: {en: C}}
survey:
  - {type: select_one, choices: abc, name: x, label: {en: X}, nonresponse: [refused]}
  - {type: select_one, choices: abc, name: y, label: {en: Y}}
  - {type: select_multiple, choices: abc, name: m, label: {en: M}}
  - {type: integer, name: days, label: {en: Days}}
  - {type: text, name: words, label: {en: Words}, keep: scrub}
  - type: repeat
    name: stay
    label: {en: Stay}
    repeat_max: 50
    questions:
      - {type: select_one, choices: abc, name: z, label: {en: Z}}
"""


def instrument() -> Instrument:
    loaded = check(FORM, "form.yaml")
    assert loaded.instrument is not None
    assert errors(loaded) == ()
    return loaded.instrument


QUESTIONNAIRE = instrument()


def made(
    columns: Mapping[str, Sequence[object] | pl.Series],
    stays: Mapping[str, Sequence[object]] | None = None,
    weights: list[float] | None = None,
) -> tuple[Sheet, ...]:
    """Return the sheets of columns; a cell of a list that begins with ! is the reason for no value."""
    height = len(next(iter(columns.values())))
    main: dict[str, object] = {"number": list(range(1, height + 1))}
    design = {"number": "number"}
    if weights is not None:
        main["weight"], design["weight"] = weights, "weight"
    for name, cells in columns.items():
        reasons = [str(one)[1:] if str(one).startswith("!") else None for one in cells]
        main[name] = [
            None if reason is not None else one for one, reason in zip(cells, reasons, strict=True)
        ]
        if any(reasons):
            main[f"{name}__status"] = reasons
    repeats = {} if stays is None else {"stay": pl.DataFrame(stays)}
    return sheets(QUESTIONNAIRE, Tables(pl.DataFrame(main), repeats, design), "en")


def figures_of(sheets_made: tuple[Sheet, ...], threshold: int) -> Figures:
    return figures([sheets_made], threshold)


def told(one: Frequency) -> dict[str, int | None]:
    return {count.name: count.rows for count in (*one.values, *one.missing)}


# --- laws -----------------------------------------------------------------------------------------

CELLS = st.lists(
    st.sampled_from(["a", "b", "c", "!refused", "!not_asked", "!broke_off"]),
    min_size=3,
    max_size=24,
)


@settings(max_examples=100, deadline=None)
@given(CELLS)
def test_what_is_told_of_a_column_leaves_a_small_count_anything_below_the_threshold(
    cells: list[str],
) -> None:
    """Every solution of the sums an outsider can write down is tried: 1 to threshold − 1 are all possible."""
    threshold = 3
    found = figures_of(made({"x": cells}), threshold)
    one = found.columns["x"]
    if one == Frequency(None):
        return
    counts = {name: cells.count(name) for name in ("a", "b", "c")}
    missing = {count.name: cells.count(f"!{count.name}") for count in one.missing}
    for name, count in {**counts, **missing}.items():
        shown = told(one)[name]
        assert shown in {None, count}
        assert shown is None or shown == 0 or shown >= threshold
    hidden = [name for name, shown in told(one).items() if shown is None]
    small = [name for name in hidden if 0 < {**counts, **missing}[name] < threshold]
    possible = list(solutions(one, hidden, found.rows["data"] or 0))
    for name in small:
        at = hidden.index(name)
        assert {1, 2} <= {solution[at] for solution in possible}


def solutions(one: Frequency, hidden: list[str], rows: int) -> Iterator[tuple[int, ...]]:
    """Yield every way the withheld counts can be: each at least one, all sums right."""
    values = {count.name for count in one.values}
    seen = told(one)
    for tried in product(range(1, rows - len(hidden) + 2), repeat=len(hidden)):
        whole = {**seen, **dict(zip(hidden, tried, strict=True))}
        valid = sum(whole[name] or 0 for name in values)
        if sum(count or 0 for count in whole.values()) == rows and one.valid in {None, valid}:
            yield tried


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from("abc")] * 2), min_size=4, max_size=30))
def test_no_block_of_one_column_and_blocks_of_another_differ_by_a_few(
    rows: list[tuple[str, str]],
) -> None:
    """Of two columns that are told, what is known of either never leaves 1 or 2 people between them."""
    threshold = 3
    x, y = ([row[at] for row in rows] for at in (0, 1))
    found = figures_of(made({"x": x, "y": y}), threshold)
    blocks = [known(found.columns[name], cells) for name, cells in (("x", x), ("y", y))]
    for one, other in (blocks, blocks[::-1]):
        for block in one:
            for size in range(1, len(other) + 1):
                for union in combinations(other, size):
                    both = frozenset[int]().union(*union)
                    if both <= block or (block <= both and len(both) < len(rows)):
                        assert len(both ^ block) not in {1, 2}


def known(one: Frequency, cells: list[str]) -> list[frozenset[int]]:
    """Return the sets of rows whose size is told, or follows from what is."""
    if one.valid is None and not one.values:
        return []
    parts = {count.name: count.rows is not None for count in one.values}
    places = {
        name: frozenset(at for at, cell in enumerate(cells) if cell == name) for name in parts
    }
    rest = frozenset[int]().union(*(places[name] for name, shown in parts.items() if not shown))
    return [part for part in [*(places[name] for name in parts if parts[name]), rest] if part]


# --- examples ---------------------------------------------------------------------------------------


def test_a_small_count_takes_another_with_it() -> None:
    """With the number of rows known, one count left out would be the rest."""
    found = figures_of(made({"x": ["a"] * 40 + ["b"] * 20 + ["c"] * 4}), 11).columns["x"]
    assert told(found) == {"a": 40, "b": None, "c": None}
    assert found.valid == 64


def test_a_few_who_refused_hide_how_many_answered() -> None:
    """Else they would be all rows less those with a value; so one of the values goes too, and all shares."""
    found = figures_of(made({"x": ["a"] * 40 + ["b"] * 20 + ["!refused"] * 4}), 11).columns["x"]
    assert told(found) == {"a": 40, "b": None, "c": 0, "refused": None}
    assert found.valid is None
    assert {one.share for one in found.values} == {None}


def test_shares_are_of_those_who_answered_by_weight() -> None:
    """40 people who stand for one each and 20 who stand for two are as many."""
    cells = ["a"] * 40 + ["b"] * 20 + ["!not_asked"] * 30
    weights = [1.0] * 40 + [2.0] * 20 + [9.0] * 30
    found = figures_of(made({"x": cells}, weights=weights), 11).columns["x"]
    assert [(one.name, one.rows, one.share) for one in found.values] == [
        ("a", 40, 0.5),
        ("b", 20, 0.5),
        ("c", 0, 0.0),
    ]
    assert [(one.name, one.rows) for one in found.missing] == [("not_asked", 30)]
    assert found.valid == 60


def test_a_question_only_some_were_led_to_gives_away_no_answer() -> None:
    """Of x, b is withheld for the sake of c; y was asked of those who said b, so nothing is told of y."""
    x = ["a"] * 40 + ["b"] * 30 + ["c"] * 4
    y = ["!not_asked"] * 40 + ["a"] * 15 + ["b"] * 15 + ["!not_asked"] * 4
    found = figures_of(made({"x": x, "y": y}), 11)
    assert told(found.columns["x"]) == {"a": 40, "b": None, "c": None}
    assert found.columns["y"] == Frequency(None)
    alone = figures_of(made({"y": y}), 11).columns["y"]
    assert told(alone) == {"a": 15, "b": 15, "c": 0, "not_asked": 44}


def test_choices_of_several_are_counted_each_by_itself() -> None:
    """A choice that all but a few made is as telling as one that a few made."""
    chosen = {"m__a": [1] * 30 + [0] * 30, "m__b": [1] * 58 + [0] * 2, "m__c": [0] * 60}
    found = figures_of(made({"m": ["a b"] * 60, **chosen}), 11).columns
    assert told(found["m__a"]) == {"0": 30, "1": 30}
    assert told(found["m__b"]) == {"0": None, "1": None}
    assert told(found["m__c"]) == {"0": 60, "1": 0}
    assert (found["m"].valid, found["m"].values) == (60, ())


def test_quartiles_are_told_with_enough_people_on_either_side() -> None:
    """Of 40 only 10 have no more than the lowest quartile, fewer than 11; but 11 reach the highest."""
    of_40 = figures_of(made({"days": list(range(40))}), 11).columns["days"]
    assert of_40.quartiles == {50: 19, 75: 29}
    of_100 = figures_of(made({"days": list(range(100))}), 11).columns["days"]
    assert of_100.quartiles == {25: 24, 50: 49, 75: 74}
    assert of_100.values == ()
    assert figures_of(made({"days": list(range(15))}), 11).columns["days"].quartiles == {}


def test_in_a_repeat_people_are_counted_not_rows() -> None:
    """Thirty stays of two people are of two people."""
    number = [*range(1, 41), *([1, 2] * 15)]
    stays: dict[str, Sequence[object]] = {
        "number": number,
        "stay": [1] * 70,
        "z": ["a"] * 40 + ["b"] * 30,
    }
    found = figures_of(made({"x": ["a"] * 40}, stays), 11)
    assert found.rows == {"data": 40, "data-stay": 70}
    assert told(found.columns["z"]) == {"a": None, "b": None, "c": 0}


def test_rows_withheld_together_are_of_enough_people() -> None:
    """Every stay is of the same six, whatever it was like; that they are all stays of few is not told."""
    number = [*range(1, 41), *([1, 2, 3, 4, 5, 6] * 10)]
    kinds = ["!x"] * 40 + ["a"] * 20 + ["b"] * 20 + ["c"] * 20
    stays: dict[str, Sequence[object]] = {
        "number": number,
        "stay": [1] * 100,
        "z": [None if one == "!x" else one for one in kinds],
        "z__status": ["refused" if one == "!x" else None for one in kinds],
    }
    found = figures_of(made({"x": ["a"] * 40}, stays), 11).columns["z"]
    assert found == Frequency(None)


@settings(max_examples=30, deadline=None)
@given(CELLS, st.integers(1, 5), st.randoms())
def test_a_table_counted_some_people_at_a_time_is_the_same(
    cells: list[str], size: int, chance: random.Random
) -> None:
    """Whatever comes first, and however many rows at once."""
    days = [chance.randint(0, 3) for _cell in cells]
    stays: dict[str, Sequence[object]] = {
        "number": [number for number in range(1, len(cells) + 1) for _time in range(2)],
        "stay": [1, 2] * len(cells),
        "z": [chance.choice("ab") for _cell in cells for _time in range(2)],
    }
    columns: dict[str, Sequence[object] | pl.Series] = {
        "x": cells,
        "y": [chance.choice("abc") for _cell in cells],
        "days": days,
    }
    whole = made(columns, stays)
    starts = range(0, len(cells), size)
    slices = [
        [
            replace(sheet, frame=sheet.frame.filter(pl.col("number").is_between(at + 1, at + size)))
            for sheet in whole
        ]
        for at in starts
    ]
    assert figures(slices, 3) == figures([whole], 3)


def test_of_a_table_of_few_people_nothing_is_told() -> None:
    """Not even how many rows it has."""
    stays: dict[str, Sequence[object]] = {
        "number": [1] * 20,
        "stay": list(range(20)),
        "z": ["a"] * 20,
    }
    found = figures_of(made({"x": ["a"] * 10}, stays), 11)
    assert found == Figures(11, {"data": None, "data-stay": None}, {})


@pytest.mark.parametrize("height", [0, 1])
def test_an_empty_table_has_no_figures(height: int) -> None:
    """Nor has one of a single row."""
    columns = {"x": pl.Series(["a"] * height, dtype=pl.String)}
    assert figures_of(made(columns), 11).columns == {}


def test_words_and_merged_values_are_told_as_they_are() -> None:
    """Of free text only whether there is any; values that were merged stand in place of their parts."""
    found = figures_of(made({"words": ["said"] * 20, "x": ["a or b"] * 20}), 11).columns
    assert found["words"] == Frequency(20)
    assert told(found["x"]) == {"a or b": 20}
