"""A dataset as a DDI-Codebook 2.5 document: the study, its files, its variables and what is counted.

    codeBook
      docDscr     this document
      stdyDscr    the study: who, when, how people were drawn and answered, on what terms data are given
      fileDscr    each table: its files, rows and columns
      dataDscr    groups of variables, then every column of every table

Questions, values and groups are those of `surveys/formats/ddi.py`. Figures are those a codebook may
tell (`frequencies.py`): where one is withheld its element is absent. A value is described as CSV and
Parquet hold it; `invalrng` has the numbers that SPSS files hold for the reasons why one is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from export.datasets.book import Book, reasons
from export.datasets.coding import LETTERS, Coded, coded
from export.datasets.ddi_study import Surveyed, study_element
from export.datasets.described import Column, Sheet
from export.datasets.frequencies import Count, Frequency
from surveys.codebook import Variable
from surveys.formats.ddi import code_book, described, document_element, group_elements
from surveys.formats.ddi_variables import said, variable_elements
from surveys.formats.markup import Element, document, element
from surveys.language import _

# What the schema lets a variable hold, in its order, as far as we write it.
_ORDER = (
    "labl security qstn valrng invalrng universe sumStat catgry codInstr derivation varFormat notes"
).split()
_WEIGHT = "D_weight"


def written(book: Book, study: Surveyed | None, files: Sequence[str]) -> bytes:
    """Return the document in UTF-8; `files` are the names of all files of the dataset.

    Without a study it tells only what the questionnaire and the tables do.
    """
    found = _found(book)
    root = code_book(
        book.instrument,
        document_element(book.instrument),
        study_element(book, study),
        *(_file(book, sheet, files) for sheet in book.sheets),
        element(
            "dataDscr",
            *group_elements(book.instrument, found),
            *_variables(book, found),
            *(element("notes", text=change, type="version") for change in book.changes),
        ),
    )
    return document(root)


# --- files ----------------------------------------------------------------------------------------


def _file_id(sheet: Sheet) -> str:
    return f"F_{sheet.repeat}" if sheet.repeat else "F"


def _file(book: Book, sheet: Sheet, files: Sequence[str]) -> Element:
    """Return what describes a table: once for each file that holds it, alike but for the name."""
    stems = {sheet.name, f"simulated-{sheet.name}"}
    own = [name for name in files if name.partition(".")[0] in stems]
    told_of = _("the repeat {name}").format(name=sheet.repeat) if sheet.repeat else _("all answers")
    told = None if book.figures is None else book.figures.rows[sheet.name]
    missing = _("empty; why, stands in the column that ends in __status, where there is one")
    return element(
        "fileDscr",
        *(
            element(
                "fileTxt",
                element("fileName", text=name),
                said("fileCont", told_of),
                element("fileStrc", type="relational" if len(book.sheets) > 1 else "rectangular"),
                element(
                    "dimensns",
                    None if told is None else element("caseQnty", text=str(told)),
                    element("varQnty", text=str(len(sheet.columns))),
                ),
                said("dataMsng", missing),
            )
            for name in own or [sheet.name]
        ),
        ID=_file_id(sheet),
    )


# --- variables ------------------------------------------------------------------------------------


def _found(book: Book) -> dict[str, Variable]:
    """Return the variables that have a column, by its name."""
    return {
        column.name: column.variable
        for sheet in book.sheets
        for column in sheet.columns
        if column.role == "value" and column.variable is not None
    }


def _variables(book: Book, found: Mapping[str, Variable]) -> Iterator[Element]:
    """Yield every column of every table once, in order."""
    files: dict[str, list[str]] = {}
    for sheet in book.sheets:
        for column in sheet.columns:
            files.setdefault(column.name, []).append(_file_id(sheet))
    made = {
        one.attrib["name"]: one
        for about in described(book.instrument, found)
        for one in variable_elements(about, book.instrument)
    }
    seen: set[str] = set()
    for sheet in book.sheets:
        codes = (
            {one.name: one for one in coded(sheet, book.instrument, book.language)}
            if book.is_coded
            else {}
        )
        for column in sheet.columns:
            if column.name in seen:
                continue
            seen.add(column.name)
            one = made[column.name] if column.name in made else _own(book, column)
            one.set("files", " ".join(files[column.name]))
            _add_figures(one, book, sheet, column)
            if column.name in codes:
                _add_codes(one, codes[column.name])
            yield one


def _own(book: Book, column: Column) -> Element:
    """Return the element of a column that is no question: of the design, of a status, of a repeat."""
    is_number = column.role == "instance" or column.of not in {"month", "completeness"}
    if column.role == "status":
        return element(
            "var",
            said("labl", column.label),
            *(_category(one.name, one.label) for one in reasons(book)),
            element("varFormat", type="character"),
            ID=f"S_{column.of}",
            name=column.name,
            intrvl="discrete",
        )
    return element(
        "var",
        said("labl", column.label),
        element("varFormat", type="numeric" if is_number else "character"),
        ID=f"D_{column.of}" if column.role == "design" else f"R_{column.name}",
        name=column.name,
        intrvl="contin" if column.of.startswith("weight") else "discrete",
        wgt="wgt" if column.of == "weight" else "",
    )


def _category(name: str, label: str) -> Element:
    return element("catgry", element("catValu", text=name), said("labl", label))


# --- figures --------------------------------------------------------------------------------------


def _add_figures(one: Element, book: Book, sheet: Sheet, column: Column) -> None:
    """Add what may be told of a column: how many rows have a value, quartiles, how often each is there."""
    if book.figures is None:
        return
    has_weight = any(found.of == "weight" for found in book.sheets[0].columns)
    weighing = {"wgtd": "wgtd", "wgt-var": _WEIGHT} if has_weight else {}
    frequency = book.figures.columns.get(column.of if column.role == "status" else column.name)
    if frequency is None:
        return
    if column.role == "status":
        counts = {count.name: count for count in frequency.missing}
        _count(one, counts, {})
        return
    rows = book.figures.rows[sheet.name]
    for statistic in _summary(frequency, rows, weighing):
        _insert(one, statistic)
    values = {count.name: count for count in frequency.values}
    if values:
        _agree(one, values)
    _count(one, {**values, **{count.name: count for count in frequency.missing}}, weighing)


def _summary(
    frequency: Frequency, rows: int | None, weighing: Mapping[str, str]
) -> Iterator[Element]:
    if frequency.valid is not None and rows is not None:
        yield element("sumStat", text=str(frequency.valid), type="vald")
        yield element("sumStat", text=str(rows - frequency.valid), type="invd")
    for order, value in frequency.quartiles.items():
        kind = {"type": "medn"} if order == 50 else {"type": "other", "otherType": f"p{order}"}
        yield element("sumStat", text=f"{value:g}", **kind, **weighing)


def _agree(one: Element, values: Mapping[str, Count]) -> None:
    """Leave out categories that were merged into others, and add those they were merged into."""
    known = set()
    for category in [found for found in one.findall("catgry") if found.get("missing") != "Y"]:
        name = category.findtext("catValu") or ""
        known.add(name)
        if name not in values:
            one.remove(category)
    for name in values:
        if name not in known:
            _insert(one, _category(name, name))


def _count(one: Element, counts: Mapping[str, Count], weighing: Mapping[str, str]) -> None:
    for category in one.findall("catgry"):
        count = counts.get(category.findtext("catValu") or "")
        if count is None or count.rows is None:
            continue
        category.append(element("catStat", text=str(count.rows), type="freq"))
        if count.share is not None:
            share = f"{100 * count.share:.1f}"
            category.append(element("catStat", text=share, type="percent", **weighing))


def _add_codes(one: Element, codes: Coded) -> None:
    """Add what SPSS and Stata files hold in place of values and reasons."""
    if codes.missing and codes.holds != "text":
        block = {kind: codes.block[kind] for kind in codes.missing}
        items = [element("item", UNITS="INT", VALUE=str(code)) for code in block.values()]
        keys = [
            f"{code} (SPSS), .{LETTERS[kind]} (Stata): {codes.missing[kind]}"
            for kind, code in block.items()
        ]
        _insert(one, element("invalrng", *items, said("key", "; ".join(keys))))
    if any(str(code) != name for name, code in codes.codes.items()):
        told_codes = ", ".join(f"{code} = {name}" for name, code in codes.codes.items())
        _insert(one, said("codInstr", _("in SPSS and Stata: {codes}").format(codes=told_codes)))


def _insert(one: Element, added: Element | None) -> None:
    """Add an element behind those that the schema wants before it."""
    if added is None:
        return
    rank = _ORDER.index(added.tag)
    at = sum(1 for child in one if _ORDER.index(child.tag) <= rank)
    one.insert(at, added)
