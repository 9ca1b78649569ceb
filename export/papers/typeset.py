"""A document as PDF, by Typst: `papers.typ` says how it looks, the text goes to it as data."""

from __future__ import annotations

from pathlib import Path

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
from surveys import typesetting

TEMPLATE = Path(__file__).with_name("papers.typ")
_NAMES = {"fr": "Français", "en": "English"}


def pdf(document: Document) -> bytes:
    """Return a document as PDF; raises Refusal where Typst is not installed or letters are missing."""
    return typesetting.pdf(TEMPLATE, data(document), _NAMES[document.language])


def data(document: Document) -> dict[str, object]:
    """Return what the template reads: each block with its kind, each span with its own."""
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "lang": document.language,
        "handed": document.is_handed_out,
        "blocks": [_block(block) for block in document.blocks],
    }


def _block(block: Block) -> dict[str, object]:
    match block:
        case Heading(level=level, text=text):
            return {"kind": "heading", "level": level, "text": text}
        case Paragraph(line=line):
            return {"kind": "paragraph", "line": _line(line)}
        case Bullets(lines=lines, is_numbered=is_numbered):
            kind = "steps" if is_numbered else "bullets"
            return {"kind": kind, "lines": [_line(line) for line in lines]}
        case Notice(lines=lines):
            return {"kind": "notice", "lines": [_line(line) for line in lines]}
        case NewPage():
            return {"kind": "page"}
        case Grid(columns=columns, rows=rows, widths=widths, is_dense=is_dense):
            return {
                "kind": "table",
                "columns": columns,
                "rows": [[_line(cell) for cell in row] for row in rows],
                "widths": widths,
                "dense": is_dense,
            }


def _line(line: Line) -> list[dict[str, str]]:
    return [_span(span) for span in line]


def _span(span: Span) -> dict[str, str]:
    match span:
        case Mark(kind=kind, shown=shown):
            return {"kind": kind, "text": shown}
        case Code(text=text):
            return {"kind": "code", "text": text}
        case _:
            return {"kind": "text", "text": span}
