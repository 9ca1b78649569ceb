"""A document as one HTML page, which word processors and browsers open, and people complete."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from export.papers.parts import (
    Block,
    Bullets,
    Code,
    Document,
    Grid,
    Heading,
    Line,
    Mark,
    NewPage,
    Notice,
    Paragraph,
    Span,
)

# Word reads colours that stand on the element itself, and few selectors.
_STYLE = """
body { font-family: Georgia, "Times New Roman", serif; font-size: 11pt; line-height: 1.35;
       max-width: 18cm; margin: 1cm auto; padding: 0 5mm; }
h1 { font-size: 18pt; margin-bottom: 0; } h2 { font-size: 13.5pt; } h3 { font-size: 11.5pt; }
table { border-collapse: collapse; width: 100%; margin: 0.4em 0; }
th, td { border: 0.5pt solid #999; padding: 3pt 5pt; text-align: left; vertical-align: top; }
th { background: #eee; } table.dense { font-size: 9pt; } code { font-size: 85%; word-break: break-all; }
.notice { border: 1pt solid #666; padding: 2pt 8pt; background: #f6f6f6; }
.page { page-break-after: always; }
"""
_COMPLETE, _CHECK = "background:#ffef9e", "background:#dfe9f5"


def html(document: Document) -> bytes:
    """Return a document as HTML, in UTF-8."""
    title = escape(f"{document.title} – {document.subtitle}")
    page = "\n".join(
        (
            "<!DOCTYPE html>",
            f'<html lang="{document.language}">',
            f'<head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>',
            "<body>",
            *_whole(document),
            "</body>",
            "</html>",
        )
    )
    return (page + "\n").encode("utf-8")


def _whole(document: Document) -> Iterator[str]:
    """Yield title and blocks; what is handed out has its title where its own page begins."""
    head = (f"<h1>{escape(document.title)}</h1>", f"<p>{escape(document.subtitle)}</p>")
    yield from head
    for block in document.blocks:
        yield from _block(block)
        if isinstance(block, NewPage):
            yield from head


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(level=level, text=text):
            yield f"<h{level}>{escape(text)}</h{level}>"
        case Paragraph(line=line):
            yield f"<p>{_line(line)}</p>"
        case Bullets(lines=lines, is_numbered=is_numbered):
            kind = "ol" if is_numbered else "ul"
            yield f"<{kind}>"
            yield from (f"<li>{_line(line)}</li>" for line in lines)
            yield f"</{kind}>"
        case Notice(lines=lines):
            yield '<div class="notice">'
            yield from (f"<p>{_line(line)}</p>" for line in lines)
            yield "</div>"
        case NewPage():
            yield '<div class="page"></div>'
        case Grid():
            yield from _table(block)


def _table(table: Grid) -> Iterator[str]:
    yield '<table class="dense">' if table.is_dense else "<table>"
    if table.columns:
        cells = zip(table.columns, table.widths, strict=True)
        told = "".join(f'<th width="{width}%">{escape(name)}</th>' for name, width in cells)
        yield f"<thead><tr>{told}</tr></thead>"
    yield "<tbody>"
    for row in table.rows:
        yield (
            "<tr>" + "".join(_cell(table, place, cell) for place, cell in enumerate(row)) + "</tr>"
        )
    yield "</tbody></table>"


def _cell(table: Grid, place: int, line: Line) -> str:
    if table.columns:
        return f"<td>{_line(line)}</td>"
    kind = "th" if place == 0 else "td"
    return f'<{kind} width="{table.widths[place]}%">{_line(line)}</{kind}>'


def _line(line: Line) -> str:
    return "".join(_span(span) for span in line)


def _span(span: Span) -> str:
    match span:
        case Mark(kind=kind, shown=shown):
            style = _COMPLETE if kind == "complete" else _CHECK
            return f'<span style="{style}">{escape(shown)}</span>'
        case Code(text=text):
            return f"<code>{escape(text)}</code>"
        case _:
            return escape(span)
