"""import.do: reads the CSV beside it into frames of Stata (16 or later), as the .dta would be.

Names, numbers, labels and kinds of missing values are those of `stata.py`. It holds them for whoever
has the CSV alone, and where a .dta cannot be made without a readable file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from export.datasets import stata
from export.datasets.coding import LETTERS, Coded, coded, fits_long
from export.datasets.described import Sheet, one_line
from export.datasets.names import cut
from export.datasets.read_r import frames
from export.scripts.stata_expression import quoted
from surveys.instrument import Instrument
from surveys.language import _

_RAW = "_raw"  # what columns of the CSV are called on the way; no name of ours begins so


def written(
    sheets: Sequence[Sheet], instrument: Instrument, language: str, prefix: str = ""
) -> bytes:
    """Return the do-file; `prefix` is what the names of the CSV begin with."""
    called = frames(sheets)
    title = one_line(instrument.text(instrument.title, language))
    lines = [
        f"* {_plain(title)}".replace("/", "-").rstrip(),  # or /* would make all of it a comment
        "* " + _("Reads the tables beside it, each into a frame: run it in their folder."),
        "version 16",
        "set more off",
        "",
    ]
    for sheet in sheets:
        lines += _table(sheet, coded(sheet, instrument, language), called[sheet.name], prefix)
    lines.append(f"frame change {called[sheets[0].name]}")
    return ("\n".join(lines) + "\n").encode("utf-8")


def _table(sheet: Sheet, columns: Sequence[Coded], frame: str, prefix: str) -> Iterator[str]:
    yield f"* --- {sheet.name}"
    yield f"capture frame drop {frame}"
    yield f"frame create {frame}"
    yield f"frame change {frame}"
    if sheet.frame.height:
        yield f'import delimited using "{prefix}{sheet.name}.csv", varnames(nonames) rowrange(2:) ///'
        yield '    stringcols(_all) bindquotes(strict) encoding("utf-8") clear'
        yield f"rename v* {_RAW}*"
    else:  # there is nothing to read, and Stata would stop at that
        for number in range(1, sheet.frame.width + 1):
            yield f'generate str1 {_RAW}{number} = ""'
    places = {name: f"{_RAW}{n}" for n, name in enumerate(sheet.frame.columns, start=1)}
    statuses = {one.of: places[one.name] for one in sheet.columns if one.role == "status"}
    called = stata.names(columns)
    for one in columns:
        yield from _column(one, called[one.name], places[one.name], statuses)
    yield f"drop {_RAW}*"
    yield "compress"
    yield ""


def _column(one: Coded, name: str, place: str, statuses: Mapping[str, str]) -> Iterator[str]:
    if one.holds == "text":
        yield f"generate {name} = {place}"
    else:
        yield from _numbers(one, name, place)
        of = one.column.of if one.column.role == "indicator" else one.name
        for kind in one.missing if of in statuses else ():
            yield f'replace {name} = .{LETTERS[kind]} if missing({name}) & {statuses[of]} == "{kind}"'
    yield f'label variable {name} "{_plain(cut(one.column.label, stata.LONGEST_LABEL))}"'
    told = [(str(number), text) for number, text in one.labels.items()]
    told += [(f".{LETTERS[kind]}", text) for kind, text in one.missing.items()]
    for number, text in told:
        yield f'label define {name} {number} "{_plain(text)}", add'
    if told:
        yield f"label values {name} {name}"


def _numbers(one: Coded, name: str, place: str) -> Iterator[str]:
    kind = "long" if fits_long(one) else "double"
    if not one.codes:
        yield f"generate {kind} {name} = real({place})"
        return
    yield f"generate {kind} {name} = ."
    for value, number in one.codes.items():
        yield f"replace {name} = {number} if {place} == {quoted(value)}"


def _plain(text: str) -> str:
    """Return a text that stands between quotes and that Stata reads as it is, without a macro in it."""
    text = "".join(each for each in text if each.isprintable())
    return text.replace('"', "”").replace("`", "‘").replace("$", "\\$")
