"""A tree → the YAML a person would write: reading it back gives the equal tree.

Keys stay in their order. A text is plain where YAML lets it be, quoted where it must be, and a block
of its own where it has several lines. A short map or list stands on one line: a translated text, a
rule for what to keep, a choice. Items of the survey stand one key a line, so that a change of one is a
change of one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveys.yamltree import Mapping, Node, Scalar, Sequence

_WIDTH = 100
_INDENT = "  "
_BARE_KEYS = 2  # a survey item of no more keys stands on one line
_MOST_KEY = 1000  # characters of a key that YAML takes without a question mark before it
_SPACES = re.compile(
    "[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]"
)  # French typography

# What a plain text may not begin with; `-` and `?` only before a space, `:` likewise.
_OPENS = frozenset(",[]{}#&*!|>'\"%@`")
_SPECIAL = re.compile(r": |:$| #|^[-?:]( |$)|^(---|\.\.\.)")
_SPECIAL_INSIDE = re.compile(r"[,\[\]{}:?]|^-$")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}
_FIRST_WIDE, _FIRST_ASTRAL = 0x100, 0x10000  # where an escape needs four digits, then eight

Path = tuple[str, ...]


def written(root: Node) -> str:
    """Return the tree as YAML text.

    Texts may hold any character that the reader takes: none of control but the line break. Nesting is
    the reader's to bound.
    """
    if isinstance(root, Scalar):
        return _scalar(root.text) + "\n"
    lines = list(_block(root, "", ()))
    return "\n".join(lines) + "\n" if lines else flow(root) + "\n"


def flow(node: Node) -> str:
    """Return the node on one line, as it stands between brackets."""
    if isinstance(node, Scalar):
        return _scalar(node.text, is_inside=True)
    if isinstance(node, Sequence):
        return "[" + ", ".join(flow(one) for one in node.nodes) + "]"
    pairs = (f"{_key(key, is_inside=True)}: {flow(one)}" for key, one in node.nodes.items())
    return "{" + ", ".join(pairs) + "}"


def _block(node: Mapping | Sequence, indent: str, path: Path) -> Iterator[str]:
    """Yield the lines of what does not stand on one, each indented."""
    if isinstance(node, Mapping):
        for number, (key, value) in enumerate(node.nodes.items()):
            if not path and number and not isinstance(value, Scalar):
                yield ""
            start = indent + _key(key)
            if start.lstrip().startswith("? "):
                yield start
                start = indent
            yield from _under(start + ":", value, indent, (*path, key))
    else:
        for value in node.nodes:
            yield from _item(value, indent, path)


def _item(value: Node, indent: str, path: Path) -> Iterator[str]:
    """Yield the lines of one element of a list; a map begins beside its dash."""
    inside = (*path, "")
    line = f"{indent}- {flow(value)}"
    if isinstance(value, Scalar):
        yield from _under(indent + "-", value, indent, inside)
    elif not value.nodes or _is_short(value, line, inside):
        yield line
    else:
        lines = _block(value, indent + _INDENT, inside)
        yield f"{indent}- {next(lines).lstrip()}"
        yield from lines


def _under(start: str, value: Node, indent: str, path: Path) -> Iterator[str]:
    """Yield the lines of a value that follows `start`: its key, or the dash of a list."""
    if isinstance(value, Scalar):
        yield from _text(start, value.text, indent)
        return
    line = f"{start} {flow(value)}"
    if not value.nodes or _is_short(value, line, path):
        yield line
        return
    yield start
    yield from _block(value, indent + _INDENT, path)


def _is_short(value: Mapping | Sequence, line: str, path: Path) -> bool:
    """Whether a map or a list stands on one line."""
    if len(line) > _WIDTH or "\\n" in line:
        return False
    if isinstance(value, Sequence):
        return all(isinstance(one, Scalar) for one in value.nodes)
    if len(path) < 2:
        return False
    if path[0] == "survey" and path[-1] == "":
        return len(value.nodes) <= _BARE_KEYS
    return True


def _text(start: str, text: str, indent: str) -> Iterator[str]:
    if not _is_block(text):
        yield f"{start} {_scalar(text)}"
        return
    yield f"{start} |" + ("" if text.endswith("\n") else "-")
    for line in text.removesuffix("\n").split("\n"):
        yield indent + _INDENT + line if line else ""


def _is_block(text: str) -> bool:
    """Whether a text of several lines is safe without quotes: no edge is a space or an empty line."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and bool(lines[0] and lines[-1])
        and not lines[0].startswith(" ")
        and all(_is_printable(line) and (not line or line.strip(" ")) for line in lines)
    )


def _key(text: str, is_inside: bool = False) -> str:
    written = _scalar(text, is_inside)
    return written if len(written) <= _MOST_KEY else f"? {written}"


def _scalar(text: str, is_inside: bool = False) -> str:
    """Return a text on one line; `is_inside` brackets, where more of it needs quotes."""
    if _is_plain(text, is_inside):
        return text
    if "'" not in text and ('"' in text or "\\" in text) and _is_printable(text):
        return f"'{text}'"
    return '"' + "".join(_escaped(one) for one in text) + '"'


def _is_plain(text: str, is_inside: bool) -> bool:
    if not text or text != text.strip() or text[0] in _OPENS or not _is_printable(text):
        return False
    return not _SPECIAL.search(text) and not (is_inside and _SPECIAL_INSIDE.search(text))


def _escaped(one: str) -> str:
    if one in _ESCAPES:
        return _ESCAPES[one]
    if _is_printable(one):
        return one
    number = ord(one)
    if number < _FIRST_WIDE:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < _FIRST_ASTRAL else f"\\U{number:08x}"


def _is_printable(text: str) -> bool:
    return text.isprintable() or _SPACES.sub("", text).isprintable()
