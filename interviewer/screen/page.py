"""A sheet on a screen of any size: words in, styled lines in pages out. Pure layout.

Nothing is ever cut: what does not fit on a line wraps, what does not fit on the screen goes to the
next page, and a mark says so. The question stands on line 3, whatever is around it; its answers
follow; what is typed, and what is wrong with it, come directly under them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prompt_toolkit.utils import get_cwidth

from interviewer.screen.typed import Typed, is_text
from surveys.language import _

Fragment = tuple[str, str]  # (style, text), as prompt_toolkit takes it
Line = tuple[Fragment, ...]

CURSOR: Fragment = ("[SetCursorPosition]", "")
_WRONG: Fragment = ("class:error", "! ")
NARROWEST = 8  # columns; narrower screens than this one are written as if they had it


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: a mark (as “[x]”), a code, a label, and what was said to it.

    A heading is a label alone, over the rows it is the heading of.
    """

    mark: str
    code: str
    label: str
    said: str = ""
    is_heading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that is to be read at one moment. A `typed` of None takes no text."""

    heading: str
    progress: str
    card: str
    question: str
    practice: str = ""
    hints: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    prompt: str = ""
    typed: Typed | None = None
    warning: str = ""
    message: str = ""
    notes: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    is_large: bool = False


@dataclass(frozen=True, slots=True)
class Laid:
    """A sheet laid out: the lines of one page, exactly as many as the screen has; pages from 0."""

    lines: tuple[Line, ...]
    page: int
    pages: int


def lay_out(sheet: Sheet, columns: int, rows: int, page: int = 0, *, follows: bool = False) -> Laid:
    """Return one page of a sheet. `follows`: the page of what is typed or wrong, whatever `page` is."""
    width = max(columns - 1, NARROWEST)  # the last column is the cursor's, after a full line
    header = _header(sheet, width)
    footer = _footer(sheet, width)
    spacings = (2, 1, 0) if sheet.is_large else (1, 0)
    for spacing in spacings if len(sheet.rows) < rows else ():  # each row takes a line at least
        body = [*header, *_body(sheet, width, spacing), *_tail(sheet, width, spacing)]
        if len(body) < rows:
            return Laid((*body, *_blank(rows - 1 - len(body)), footer), 0, 1)
    body, tail = _body(sheet, width, 0), _tail(sheet, width, 0)
    if len(header) > rows // 3:
        header, body = [], [*header, *body]
    return _in_pages(header, body, tail, footer, rows=rows, page=page, follows=follows)


def _in_pages(
    header: list[Line],
    body: list[Line],
    tail: list[Line],
    footer: Line,
    *,
    rows: int,
    page: int,
    follows: bool,
) -> Laid:
    """Return one page of what is longer than the screen; a short tail stands on every page."""
    room = max(1, rows - len(header) - 2)  # the mark and the footer take a line each
    if len(tail) <= room // 2:
        pages = _chunks(body, room - len(tail))
    else:
        body, tail = [*body, *tail], []
        pages = _chunks(body, room)
        if follows:
            page = max(n for n, line in enumerate(body) if _is_followed(line)) // room
    page = max(0, min(page, len(pages) - 1))
    text = pages[page]
    mark = _("page {page}/{pages} · PageDown PageUp").format(page=page + 1, pages=len(pages))
    marked: Line = (("class:mark", mark),)
    if not _has_cursor([*text, *tail]):
        marked = (CURSOR, *marked)
    lines = [*header, *text, marked, *tail]
    return Laid((*lines, *_blank(rows - 1 - len(lines)), footer), page, len(pages))


def _chunks(lines: list[Line], size: int) -> list[list[Line]]:
    return [lines[start : start + size] for start in range(0, max(len(lines), 1), size)]


def _has_cursor(lines: Sequence[Line]) -> bool:
    return any(CURSOR in line for line in lines)


def _is_followed(line: Line) -> bool:
    """Whether a line is where the eye should be: where text is typed, or what is wrong with it."""
    return CURSOR in line or _WRONG in line


def _blank(number: int) -> list[Line]:
    return [()] * number


# --- the parts of a sheet -----------------------------------------------------------------------


def _header(sheet: Sheet, width: int) -> list[Line]:
    """Return section and progress, then the card: at least two lines, so the question is on line 3."""
    room = width - get_cwidth(sheet.progress) - 2
    if room < NARROWEST:
        lines: list[Line] = [(("class:heading", text),) for text in wrapped(sheet.heading, width)]
        lines.append((("class:progress", sheet.progress),))
    else:
        headings = wrapped(sheet.heading, room)
        gap = " " * (width - get_cwidth(headings[0]) - get_cwidth(sheet.progress))
        lines = [(("class:heading", headings[0]), ("", gap), ("class:progress", sheet.progress))]
        lines.extend((("class:heading", text),) for text in headings[1:])
    if sheet.practice:
        lines.extend(
            _hanging(("class:practice", sheet.practice), ("class:card", sheet.card), width)
        )
    elif sheet.card:
        lines.extend((("class:card", text),) for text in wrapped(sheet.card, width))
    return [*lines, *_blank(2 - len(lines))]


def _body(sheet: Sheet, width: int, spacing: int) -> list[Line]:
    lines: list[Line] = [(("class:question", text),) for text in wrapped(sheet.question, width)]
    for hint in sheet.hints:
        lines.extend(_hanging(("class:hint", "▸ "), ("class:hint", hint), width))
    if sheet.rows:
        lines.extend(_blank(min(spacing, 1)))
        lines.extend(_rows(sheet.rows, width, spacing))
    return lines


def _rows(rows: tuple[Row, ...], width: int, spacing: int) -> list[Line]:
    """Return the answers, their codes aligned on the right."""
    codes = max(get_cwidth(row.code) for row in rows)
    marks = max(get_cwidth(row.mark) for row in rows)
    indent = "    " if spacing == 2 and width >= 60 else ""
    lines: list[Line] = []
    for row in rows:
        mark = row.mark + " " * (marks - get_cwidth(row.mark))
        code = " " * (codes - get_cwidth(row.code)) + row.code
        lead = f"{indent}{mark} {code}  " if marks else f"{indent}  {code}  "
        style = "class:picked" if row.mark.strip(" []") else "class:answer"
        if lines and (spacing == 2 or (row.is_heading and spacing)):
            lines.append(())
        if row.is_heading:
            lines.extend((("class:section", text),) for text in wrapped(row.label, width))
            continue
        lines.extend(_hanging(("class:code", lead), (style, row.label), width))
        if row.said:
            arrow = " " * get_cwidth(lead) + "→ "
            lines.extend(_hanging(("", arrow), ("class:picked", row.said), width))
    return lines


def _tail(sheet: Sheet, width: int, spacing: int) -> list[Line]:
    """Return what is typed and what is said of it."""
    lines = _blank(min(spacing, 1))
    if sheet.warning:
        lines.extend(_hanging(_WRONG, ("class:error", sheet.warning), width))
    lines.extend(_field(sheet, width))
    if sheet.message:
        lines.extend(_hanging(_WRONG, ("class:error", sheet.message), width))
    for note in sheet.notes:
        lines.extend(_hanging(("class:note", "· "), ("class:note", note), width))
    return lines


def _field(sheet: Sheet, width: int) -> list[Line]:
    """Return the prompt and the text being typed after it, the cursor in its place."""
    prompts = wrapped(sheet.prompt, width)
    lines: list[Line] = [(("class:prompt", text),) for text in prompts[:-1]]
    last: Fragment = ("class:prompt", prompts[-1])
    if sheet.typed is None:
        return [*lines, (last, CURSOR)]
    lead: Line = (last, ("", " "))
    room = width - get_cwidth(prompts[-1]) - 1
    if room < min(16, width):
        lines.append((last,))
        lead, room = (), width
    text, cursor = sheet.typed.text, sheet.typed.cursor
    spans = _spans(text, room, width)
    for number, (start, end) in enumerate(spans):
        is_here = start <= cursor < end or (cursor == end and number == len(spans) - 1)
        before = ("class:typed", text[start : cursor if is_here else end])
        after = ("class:typed", text[cursor:end] if is_here else "")
        lines.append((*lead, before, *([CURSOR] if is_here else []), after))
        lead = ()
    return lines


def _spans(text: str, first: int, width: int) -> list[tuple[int, int]]:
    """Return (start, end) of each line of a typed text; the first line has `first` columns."""
    spans: list[tuple[int, int]] = []
    start = used = 0
    room = first
    for at, character in enumerate(text):
        used += get_cwidth(character)
        if used > room:
            spans.append((start, at))
            start, used, room = at, get_cwidth(character), width
    return [*spans, (start, len(text))]


def _footer(sheet: Sheet, width: int) -> Line:
    """Return as many keys as fit, from the first one on."""
    shown = ""
    for key in sheet.footer:
        longer = f"{shown}  {key}" if shown else key
        if get_cwidth(longer) > width:
            break
        shown = longer
    return (("class:footer", shown + " " * (width - get_cwidth(shown))),)


def _hanging(lead: Fragment, text: Fragment, width: int) -> list[Line]:
    """Return a wrapped text after its lead; the lines that follow are indented as far."""
    indent = get_cwidth(lead[1])
    if width - indent < NARROWEST:
        return [(lead,), *(((text[0], part),) for part in wrapped(text[1], width))]
    first, *others = wrapped(text[1], width - indent)
    return [(lead, (text[0], first)), *((("", " " * indent), (text[0], part)) for part in others)]


# --- wrapping -----------------------------------------------------------------------------------


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of at most `width` columns, broken at spaces; at least one line.

    A word longer than a line is broken where the line ends. A no-break space is no place to break:
    French sets one before its punctuation.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0
        for word in _words(paragraph, width):
            size = get_cwidth(word)
            if line and used + 1 + size > width:
                lines.append(line)
                line, used = word, size
            else:
                line, used = (f"{line} {word}", used + 1 + size) if line else (word, size)
        lines.append(line)
    return lines


def _words(paragraph: str, width: int) -> list[str]:
    plain = "".join(character if is_text(character) else " " for character in paragraph)
    words: list[str] = []
    for word in plain.split(" "):
        if get_cwidth(word) <= width:
            words.extend([word] if word else [])
        else:
            words.extend(
                word[start:end] for start, end in _spans(word, width, width) if start < end
            )
    return words
