"""What columns are called where names are shorter than ours, and texts cut to what a format holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

_CUT = "…"


def names_for(
    wanted: Iterable[tuple[str, int]], reserved: Collection[str] = (), kept: str = ""
) -> dict[str, str]:
    """Return a name for each column: of ASCII letters, digits and underscores, so long at most.

    `wanted` pairs a name with the most characters it may have. No two are alike, whatever the case of
    letters, and none is a word of `reserved` (in lower case). What is taken already has a number
    after it, and so has what was cut to the same. Names that need no change are given first, so that
    no other takes one of them. `kept` are further characters a name may hold.
    """
    pairs = list(wanted)
    taken = {word.lower() for word in reserved}
    plain = {name: _plain(name, longest, kept) for name, longest in pairs}
    found: dict[str, str] = {}
    for name, longest in sorted(pairs, key=lambda pair: plain[pair[0]] != pair[0]):
        found[name] = _free(plain[name], longest, taken)
    return {name: found[name] for name, _longest in pairs}


def _plain(name: str, longest: int, kept: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    plain = re.sub(rf"[^A-Za-z0-9_{re.escape(kept)}]", "_", ascii_only)
    return (plain if plain[:1].isalpha() else f"v{plain}" if plain[:1] == "_" else f"v_{plain}")[
        :longest
    ]


def _free(name: str, longest: int, taken: set[str]) -> str:
    found, number = name, 2
    while found.lower() in taken:
        end = f"_{number}"
        found, number = name[: longest - len(end)] + end, number + 1
    taken.add(found.lower())
    return found


def cut(text: str, longest: int) -> str:
    """Return a text of so many characters at most; one that was cut ends in an ellipsis."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + _CUT


def cut_bytes(text: str, longest: int) -> str:
    """Return a text of so many bytes of UTF-8 at most; one that was cut ends in an ellipsis."""
    content = text.encode("utf-8")
    if len(content) <= longest:
        return text
    room = longest - len(_CUT.encode("utf-8"))
    return content[:room].decode("utf-8", "ignore").rstrip() + _CUT
