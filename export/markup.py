"""Pages of HTML that stand by themselves: one file, no network, no script, nothing read as markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from surveys.language import printable

# The browser itself refuses whatever would leave the page, should anything ever get into it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(title: str, body: Iterable[str], *, language: str, style: str) -> bytes:
    """Return a page in UTF-8 from the markup of its body; title and language are plain text."""
    lines = (
        "<!DOCTYPE html>",
        f'<html lang="{escape(language)}">',
        '<head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{text(title)}</title>",
        f"<style>{style}</style></head>",
        "<body>",
        *body,
        "</body></html>",
    )
    return ("\n".join(lines) + "\n").encode("utf-8")


def text(told: str) -> str:
    """Return plain text as markup, without what could steer whoever reads it."""
    return escape(printable(told))


def paragraph(told: str, kind: str = "") -> str:
    """Return plain text as a paragraph, of a class of the style where one is given."""
    return f"<p{_class(kind)}>{text(told)}</p>"


def section(heading: str, lines: Iterable[str], anchor: str = "") -> Iterator[str]:
    """Yield a part of a page under its heading; nothing where it has no lines."""
    found = list(lines)
    if found:
        at = f' id="{anchor}"' if anchor else ""
        yield f"<section{at}><h2>{text(heading)}</h2>"
        yield from found
        yield "</section>"


def table(
    caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]], *, label: str
) -> Iterator[str]:
    """Yield a table whose first column names its rows.

    The caption and the first cell of each row are markup; headings, the other cells and the label, what
    the table is called where it is wider than the page and scrolled by itself, are plain text.
    """
    yield from opened(caption, headings, label=label)
    yield "<tbody>"
    yield from (row(first, others) for first, *others in rows)
    yield "</tbody>"
    yield CLOSED


def opened(caption: str, headings: Sequence[str], *, label: str) -> Iterator[str]:
    """Yield the beginning of a table, up to the bodies of its rows; `CLOSED` ends it."""
    yield f'<div class="wide" role="group" tabindex="0" aria-label="{text(label)}"><table>'
    if caption:
        yield f"<caption>{caption}</caption>"
    first, *others = headings
    told = "".join(f'<th scope="col">{text(one)}</th>' for one in others)
    corner = f'<th scope="col">{text(first)}</th>' if first else "<td></td>"
    yield f"<thead><tr>{corner}{told}</tr></thead>"


def row(first: str, others: Iterable[str]) -> str:
    """Return a row of a table: its name, which is markup, and its cells, plain text."""
    cells = "".join(f"<td>{text(one)}</td>" for one in others)
    return f'<tr><th scope="row">{first}</th>{cells}</tr>'


CLOSED = "</table></div>"


def columns_used(
    headings: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows without the columns that are empty in every row; the first stays."""
    used = [at for at in range(len(headings)) if not at or any(one[at] for one in rows)]
    return [headings[at] for at in used], [[one[at] for at in used] for one in rows]


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
