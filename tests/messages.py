"""Message catalogues: extract from the code, update French, compile. `--update` writes them.

Run by `make messages`; `tests/test_messages.py` says whether they are up to date.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "surveys" / "locale" / "fr" / "LC_MESSAGES"
PO = FOLDER / "souspli.po"
MO = FOLDER / "souspli.mo"
KEYWORDS = {"_": None, "marked": None, "ngettext": (1, 2)}

# What argparse says by itself; it asks the process-wide gettext domain, which is ours.
ARGPARSE = (
    "usage: ",
    "positional arguments",
    "options",
    "show this help message and exit",
    "%(prog)s: error: %(message)s\n",
    "the following arguments are required: %s",
    "unrecognized arguments: %s",
    "expected one argument",
    "expected at least one argument",
    "invalid choice: %(value)r (choose from %(choices)s)",
    "argument %(argument_name)s: %(message)s",
    "invalid %(type)s value: %(value)r",
    "not allowed with argument %s",
    "one of the arguments %s is required",
)

NOTE = """\
# What Souspli says, in French. Edit the msgstr lines, then run `make messages`.
# Words: docs/fr-glossary.md. Before : ; ? ! % and inside « » stands a no-break space."""
HEADER = """\
Project-Id-Version: souspli
Language: fr
Plural-Forms: nplurals=2; plural=(n > 1);
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit
"""


class _Dateless(Catalog):
    """A catalogue whose header holds no date: equal messages make equal files."""

    def __iter__(self) -> Iterator[Message]:
        messages = super().__iter__()
        next(messages)
        yield Message("", HEADER)
        yield from messages


def sources() -> list[Path]:
    """Return every Python file whose messages are translated."""
    rooms = [
        path
        for room in ("surveys", "interviewer", "export")
        for path in (ROOT / room).rglob("*.py")
    ]
    return sorted([ROOT / "souspli.py", *rooms])


def extracted() -> Catalog:
    """Return a catalogue of every message of the code, without translations."""
    catalog = _Dateless(locale="fr", domain="souspli", header_comment=NOTE, fuzzy=False)
    for path in sources():
        with path.open("rb") as file:
            for _line, message, _comments, _context in extract("python", file, keywords=KEYWORDS):
                catalog.add(message, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    for message in ARGPARSE:
        catalog.add(message, locations=[("argparse", 0)])
    return catalog


def current() -> Catalog:
    """Return the French catalogue as it stands in the repository."""
    if not PO.exists():
        return Catalog(locale="fr", domain="souspli")
    with PO.open("rb") as file:
        return read_po(file, locale="fr", domain="souspli")


def merged() -> Catalog:
    """Return every message of the code with the French it already has; a changed one has none."""
    known = current()
    catalog = extracted()
    for message in catalog:
        found = known.get(message.id) if message.id else None
        if found is not None and found.id == message.id and not found.fuzzy:
            message.string = found.string
    return catalog


def written(catalog: Catalog) -> bytes:
    """Return the catalogue as translators read it."""
    target = io.BytesIO()
    write_po(target, catalog, width=100, sort_output=True, include_lineno=False)
    return target.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """Return the catalogue as gettext reads it."""
    target = io.BytesIO()
    write_mo(target, catalog)
    return target.getvalue()


def update() -> list[str]:
    """Write both files; return the messages without French."""
    catalog = merged()
    FOLDER.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(written(catalog))
    MO.write_bytes(compiled(catalog))
    return untranslated(catalog)


def untranslated(catalog: Catalog) -> list[str]:
    """Return the messages that have no French."""
    return [
        str(message.id) for message in catalog if message.id and not _is_translated(message.string)
    ]


def _is_translated(text: str | Iterable[str] | None) -> bool:
    return bool(text) if isinstance(text, str) else all(text or ("",))


if __name__ == "__main__" and "--update" in sys.argv:
    for missing in update():
        print(missing)
