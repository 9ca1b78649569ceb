"""The codebook as Markdown: every variable of a dataset, its label, its values, what was kept of it."""

from __future__ import annotations

from collections.abc import Iterator

from export.datasets import book as books
from export.datasets.book import Absent, Book, Entry, Line
from export.datasets.described import Sheet
from export.datasets.frequencies import Frequency
from surveys.language import _, ngettext


def written(book: Book) -> bytes:
    """Return the codebook of a dataset, in UTF-8."""
    lines = [f"# {books.title(book)}", ""]
    if book.is_simulated:
        lines += ["**" + _("SIMULATED DATA. Nobody said any of this.") + "**", ""]
    for told in books.about(book):
        lines += [told, ""]
    lines += _design(book)
    lines += _reasons(book)
    for sheet in book.sheets:
        lines += _table(book, sheet)
    lines += _absent(book)
    lines += _changes(book)
    return ("\n".join(lines) + "\n").encode("utf-8")


def _design(book: Book) -> Iterator[str]:
    yield "## " + _("Columns that are no question")
    yield ""
    for column in books.design(book):
        yield f"- `{column.name}`: {column.label}"
    yield ""


def _reasons(book: Book) -> Iterator[str]:
    found = list(books.reasons(book))
    if not found:
        return
    yield "## " + _("Why a value is missing")
    yield ""
    yield _(
        "A column that ends in `__status` says why the column before it is empty; there is none where nothing is."
    )
    yield ""
    yield from (f"- `{one.name}`: {one.label}" for one in found)
    yield ""


def _table(book: Book, sheet: Sheet) -> Iterator[str]:
    found = list(books.entries(book, sheet))
    if not found:
        return
    yield "## " + books.table_heading(sheet)
    yield ""
    yield from (line for told in books.of_table(book, sheet) for line in (told, ""))
    for entry in found:
        yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    yield f"### `{entry.name}`"
    yield ""
    if entry.label:
        yield f"{entry.number}. {entry.label}" if entry.number else entry.label
        yield ""
    if entry.section:
        yield "- " + _("section: {section}").format(section=entry.section)
    if entry.asked_of:
        yield "- " + _("asked: {condition}").format(condition=entry.asked_of)
    yield from (f"- {fact}" for fact in entry.facts)
    yield from (f"- {line}" for line in _counts(entry.frequency))
    yield from (f"- {_told(line)}" for line in (*entry.values, *entry.missing))
    yield ""


def _counts(frequency: Frequency | None) -> Iterator[str]:
    if frequency is None:
        return
    yield _("rows with a value: {n}").format(n=books.rows(frequency.valid))
    if told := books.quartiles(frequency):
        yield told


def _told(line: Line) -> str:
    """Return a value or a reason with its meaning, and how often it is there."""
    told = f"`{line.name}`: {line.label}" if line.name and line.label else line.label
    told = told or f"`{line.name}`"
    if line.column:
        told += " " + _("(`{column}` is 1 where it was chosen, else 0)").format(column=line.column)
    if line.number:
        told += f" ({line.number})"
    if line.count is None:
        return told
    n = line.count.rows
    counted = ngettext("{n} row", "{n} rows", n or 0).format(n=books.rows(n))
    return " – ".join([told, ", ".join(filter(None, (counted, books.share(line.count))))])


def _absent(book: Book) -> Iterator[str]:
    found = list(books.absent(book))
    if found:
        yield "## " + _("Asked, and not in this dataset")
        yield ""
        yield from (f"- {_of(one)}" for one in found)
        yield ""


def _of(one: Absent) -> str:
    return f"`{one.name}`: {one.label} ({one.why})" if one.label else f"`{one.name}` ({one.why})"


def _changes(book: Book) -> Iterator[str]:
    if book.changes:
        yield "## " + _("What changed between versions of the questionnaire")
        yield ""
        yield from (f"- {one}" for one in book.changes)
        yield ""
