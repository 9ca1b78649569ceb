"""import.sps: reads the CSV beside it into datasets of SPSS, as the .sav would be.

Names, numbers, labels and missing values are those of `spss.py`. It holds them for whoever has the
CSV alone, and where a .sav cannot be made without a readable file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from export.datasets import spss
from export.datasets.coding import Coded, coded
from export.datasets.described import Sheet, one_line
from export.datasets.names import cut_bytes
from export.datasets.read_r import frames
from surveys.instrument import Instrument
from surveys.language import _

_PART = 40  # characters of a text on one line: 160 bytes at most


def written(
    sheets: Sequence[Sheet], instrument: Instrument, language: str, prefix: str = ""
) -> bytes:
    """Return the syntax; `prefix` is what the names of the CSV begin with."""
    called = frames(sheets)
    title = one_line(instrument.text(instrument.title, language))
    lines = [
        "* Encoding: UTF-8.",
        f"* {_sentence(title)}.",
        "* "
        + _sentence(
            _("Reads the tables beside it, each into a dataset; go to their folder first, with CD")
        )
        + ".",
        "SET DECIMAL=DOT.",
        "",
    ]
    for sheet in sheets:
        lines += _table(sheet, coded(sheet, instrument, language), called[sheet.name], prefix)
    lines.append(f"DATASET ACTIVATE {called[sheets[0].name]}.")
    return ("\n".join(lines) + "\n").encode("utf-8")


def _table(sheet: Sheet, columns: Sequence[Coded], dataset: str, prefix: str) -> Iterator[str]:
    places = {name: f"@{n}" for n, name in enumerate(sheet.frame.columns, start=1)}
    statuses = {one.of: places[one.name] for one in sheet.columns if one.role == "status"}
    called = spss.names(columns)
    yield f"GET DATA /TYPE=TXT /FILE={_quoted(f'{prefix}{sheet.name}.csv')} /ENCODING='UTF8'"
    yield "  /ARRANGEMENT=DELIMITED /FIRSTCASE=2 /DELIMITERS=',' /QUALIFIER='\"' /VARIABLES="
    for name, place in places.items():
        yield f"  {place} A{_width(sheet.frame[name])}"
    yield "  ."
    for one in columns:
        yield from _column(one, called[one.name], places[one.name], statuses)
    yield "EXECUTE."
    yield "MATCH FILES /FILE=* /KEEP="
    yield from (f"  {called[one.name]}" for one in columns)
    yield "  ."
    yield "EXECUTE."
    yield f"DATASET COPY {dataset}."  # reading the next table closes the active dataset
    yield ""


def _width(values: pl.Series) -> int:
    """Return how many bytes the longest value of a column takes in the CSV."""
    longest = values.cast(pl.String).str.len_bytes().max()
    return max(longest, 32) if isinstance(longest, int) else 32


def _column(one: Coded, name: str, place: str, statuses: Mapping[str, str]) -> Iterator[str]:
    if one.holds == "text":
        yield f"RENAME VARIABLES ({place}={name})."
    else:
        yield from _numbers(one, name, place)
        of = one.column.of if one.column.role == "indicator" else one.name
        for kind in one.missing if of in statuses else ():
            yield f"IF ({place} = '' AND {statuses[of]} = '{kind}') {name} = {one.block[kind]}."
        if one.missing:
            low, high = min(one.block.values()), max(one.block.values())
            yield f"MISSING VALUES {name} ({low} THRU {high})."
    if one.column.label:
        label = cut_bytes(one.column.label, spss.LONGEST_LABEL)
        yield f"VARIABLE LABELS {name} {_quoted(label)}."
    for number, text in spss.value_labels(one).items():
        yield f"ADD VALUE LABELS {name} {number} {_quoted(text)}."


def _numbers(one: Coded, name: str, place: str) -> Iterator[str]:
    """Yield what makes a number of a text; a format with decimals would put a point where none is."""
    if one.codes:
        yield f"NUMERIC {name} (F12.0)."
        for value, number in one.codes.items():
            yield f"IF ({place} = {_quoted(value)}) {name} = {number}."
        return
    yield f"NUMERIC {name} ({'F12.0' if one.holds == 'whole' else 'F16.6'})."
    yield f"IF ({place} <> '') {name} = NUMBER({place}, F32.0)."


def _quoted(text: str) -> str:
    """Return a text between quotes, broken so that no line is longer than the 256 bytes SPSS reads."""
    plain = "".join(each for each in text if each.isprintable())
    parts = [plain[start : start + _PART] for start in range(0, len(plain), _PART)] or [""]
    return " +\n    ".join("'" + part.replace("'", "''") + "'" for part in parts)


def _sentence(text: str) -> str:
    """Return a text for a comment, which a point would end."""
    return text.replace(".", " ").strip()
