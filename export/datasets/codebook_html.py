"""The codebook as one page: it needs no network and no script, prints on A4, and can be read aloud."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from export.datasets import book as books
from export.datasets.book import Book, Entry, Line
from export.datasets.described import Sheet
from export.layout import practice
from export.markup import page, paragraph, section, table, text
from surveys.language import _

_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; color: #1d2327;
       background: #fff; max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1.05rem; line-height: 1.3; margin: 0; }
p { margin: .4rem 0; max-width: 46rem; } a { color: #0b5370; }
code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .92em;
       overflow-wrap: anywhere; }
.small, .facts { color: #4b545b; font-size: .9rem; }
.simulated { border: 2px solid #8a2c1d; color: #8a2c1d; font-weight: 600; padding: .4rem .8rem; }
.facts { list-style: none; margin: .3rem 0; padding: 0; max-width: 46rem; }
.number { font-weight: 600; margin-inline-end: .5em; }
article { border-top: 1px solid #d5d9dc; padding: .9rem 0 1rem; }
nav ul { columns: 16rem; list-style: none; margin: .5rem 0; padding: 0; font-size: .9rem; }
nav li { break-inside: avoid; } nav a { display: block; padding: .2rem 0; }
summary { cursor: pointer; font-weight: 600; padding: .4rem 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0; font-size: .95rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.values { width: 100%; } caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { padding: .25rem .8rem .25rem 0; border-bottom: 1px solid #e4e7e9; text-align: start;
         vertical-align: baseline; font-weight: 400; overflow-wrap: break-word; }
thead th { border-bottom: 1px solid #4b545b; font-size: .85rem; color: #4b545b; }
th code { overflow-wrap: normal; }
.n { text-align: end; white-space: nowrap; width: 4.5rem; }
.share { white-space: nowrap; width: 12rem; padding-inline-end: 0; }
.bar { display: inline-block; width: 7.5rem; height: .7rem; margin-inline-end: .6rem; background: #eceff1;
       vertical-align: -.05rem; }
.bar span { display: block; height: 100%; background: #1f6f8b; }
.bar, .bar span { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.missing th, .missing td { color: #4b545b; font-style: italic; } .missing code { font-style: normal; }
@media (max-width: 36rem) { body { font-size: 15px; } th, td { padding-inline-end: .5rem; }
  table { font-size: .9rem; }
  .share { width: 2.8rem; } .n { width: 2.5rem; } code { font-size: .85em; }
  .column { display: none; } .bar { display: block; width: 100%; height: .3rem; margin: .2rem 0 0; } }
@media (max-width: 24rem) { th code, .values td { overflow-wrap: anywhere; } }
@media print { html { font-size: 9.5pt; } body { font-size: 1rem; line-height: 1.35; padding: 0; max-width: none; } @page { size: A4; margin: 16mm; }
  nav { display: none; } .wide { overflow: visible; } h2 { break-after: avoid; }
  h3, section > p, h3 ~ p, .facts, thead { break-after: avoid; } tr { break-inside: avoid; }
  th, td { padding-block: .12rem; } p { margin: .2rem 0; } table { margin: .3rem 0; }
  article { break-inside: avoid; padding: .5rem 0; } a { color: inherit; text-decoration: none; } }
"""

_COLUMN = ' class="column"'  # what a phone has no room for: names that go by one pattern


def written(book: Book) -> bytes:
    """Return the codebook of a dataset as HTML, in UTF-8."""
    return page(books.title(book), _body(book), language=book.language, style=_STYLE)


def _body(book: Book) -> Iterator[str]:
    yield f"<header><h1>{text(books.title(book))}</h1>"
    if book.is_simulated:
        yield paragraph(practice(), "simulated")
    yield from (paragraph(told, "small") for told in books.about(book))
    yield "</header>"
    found = [(sheet, list(books.entries(book, sheet))) for sheet in book.sheets]
    yield from _index([entry for _sheet, entries in found for entry in entries])
    yield "<main>"
    yield from section(_("Columns that are no question"), _design(book))
    yield from section(_("Why a value is missing"), _reasons(book))
    for sheet, entries in found:
        yield from section(_heading(sheet), _table(book, sheet, entries))
    yield from section(_("Asked, and not in this dataset"), _absent(book))
    changes = [f"<li>{text(one)}</li>" for one in book.changes]
    listed = ["<ul>", *changes, "</ul>"] if changes else []
    yield from section(_("What changed between versions of the questionnaire"), listed)
    yield "</main>"


def _index(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield links to the variables, folded away: a questionnaire can have hundreds."""
    links = [f'<li><a href="#{_anchor(entry)}">{_code(entry.name)}</a></li>' for entry in entries]
    if links:
        told = text(_("Index of variables"))
        yield f'<nav aria-label="{told}"><details><summary>{told}</summary><ul>'
        yield from links
        yield "</ul></details></nav>"


def _anchor(entry: Entry) -> str:
    return f"v-{text(entry.name)}"


def _design(book: Book) -> Iterator[str]:
    rows = [(_code(column.name), column.label) for column in books.design(book)]
    label = _("Columns that are no question")
    yield from table("", [_("column"), _("meaning")], rows, label=label)


def _reasons(book: Book) -> Iterator[str]:
    rows = [(_code(one.name), one.label) for one in books.reasons(book)]
    if rows:
        yield paragraph(
            _(
                "A column that ends in __status says why the column before it is empty; there is none "
                "where nothing is."
            )
        )
        label = _("Why a value is missing")
        yield from table("", [_("status"), _("meaning")], rows, label=label)


def _heading(sheet: Sheet) -> str:
    return books.table_heading(sheet).replace("`", "")


def _table(book: Book, sheet: Sheet, entries: Iterable[Entry]) -> Iterator[str]:
    articles = [line for entry in entries for line in _entry(book, entry)]
    if articles:
        yield from (paragraph(told.replace("`", "")) for told in books.of_table(book, sheet))
        yield from articles


def _absent(book: Book) -> Iterator[str]:
    rows = [(_code(one.name), one.label, one.why) for one in books.absent(book)]
    if rows:
        headings = [_("variable"), _("question"), _("why it is not there")]
        yield from table("", headings, rows, label=_("Asked, and not in this dataset"))


# --- one variable ---------------------------------------------------------------------------------


def _entry(book: Book, entry: Entry) -> Iterator[str]:
    yield f'<article id="{_anchor(entry)}"><h3>{_code(entry.name)}</h3>'
    if entry.section:
        yield f'<p class="small"{_spoken(book)}>{text(entry.section)}</p>'
    if entry.label:
        number = f'<span class="number">{text(entry.number)}</span>' if entry.number else ""
        yield f"<p{_spoken(book)}>{number}{text(entry.label)}</p>"
    if entry.hint:
        yield f'<p class="small"{_spoken(book)}>{text(entry.hint)}</p>'
    yield '<ul class="facts">'
    if entry.asked_of:
        condition = f"<span{_spoken(book)}>{text(entry.asked_of)}</span>"
        asked = text(_("asked: {condition}")).format(condition=condition)
        yield f"<li>{asked}</li>"
    yield from (f"<li>{text(fact)}</li>" for fact in (*entry.facts, *_counts(entry)))
    yield "</ul>"
    yield from _values(book, entry)
    yield "</article>"


def _spoken(book: Book) -> str:
    """Return the attributes of what is in the questionnaire's language."""
    told = "" if book.read_in == book.language else f' lang="{text(book.read_in)}"'
    return f'{told} dir="auto"'


def _counts(entry: Entry) -> Iterator[str]:
    if entry.frequency is None:
        return
    yield _("rows with a value: {n}").format(n=books.rows(entry.frequency.valid))
    if told := books.quartiles(entry.frequency):
        yield told


def _values(book: Book, entry: Entry) -> Iterator[str]:
    """Yield the values and the reasons for none as a table, with what is counted of them."""
    lines = (*entry.values, *entry.missing)
    if not lines:
        return
    extra = [
        heading
        for heading, is_there in (
            ("SPSS, Stata", any(one.number for one in lines)),
            (_("column"), any(one.column for one in lines)),
        )
        if is_there
    ]
    counted = [_("rows"), _("share")] if entry.frequency is not None else []
    headings = [_("value"), _("meaning"), *extra, *counted]
    caption = text(_("Values of {name}").format(name=entry.name))
    column = _("column")
    told = "".join(
        f'<th scope="col"{_COLUMN if one == column else ""}>{text(one)}</th>' for one in headings
    )
    yield f'<table class="values"><caption class="unseen">{caption}</caption>'
    yield f"<thead><tr>{told}</tr></thead>"
    for kind, some in (("", entry.values), ("missing", entry.missing)):
        if some:
            yield f'<tbody class="{kind}">' if kind else "<tbody>"
            yield from (_line(book, entry, line, lines) for line in some)
            yield "</tbody>"
    yield "</table>"


def _line(book: Book, entry: Entry, line: Line, lines: Iterable[Line]) -> str:
    cells = [
        f'<th scope="row">{_code(line.name)}</th>',
        f"<td{_spoken(book)}>{text(line.label)}</td>",
    ]
    if any(one.number for one in lines):
        cells.append(f"<td>{text(line.number)}</td>")
    if any(one.column for one in lines):
        cells.append(f'<td class="column">{_code(line.column)}</td>')
    if entry.frequency is not None:
        cells += _counted(line)
    return f"<tr>{''.join(cells)}</tr>"


def _counted(line: Line) -> list[str]:
    if line.count is None:
        return ["<td></td>", "<td></td>"]
    told = books.share(line.count)
    width = f"{100 * (line.count.share or 0):.0f}%"
    bar = f'<span class="bar" aria-hidden="true"><span style="width:{width}"></span></span>'
    return [
        f'<td class="n">{text(books.rows(line.count.rows))}</td>',
        f'<td class="share">{bar}{text(told)}</td>' if told else '<td class="share"></td>',
    ]


def _code(name: str) -> str:
    """Return a name as markup; a narrow page may break it after an underscore."""
    return f"<code>{text(name).replace('_', '_<wbr>')}</code>" if name else ""
