"""The names on the study's list (hotels, staff), found however they are joined, accented or cased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise

from interviewer.scrub.folded import folded, plain
from interviewer.scrub.patterns import TITLES_AND_GENERICS, WORD, Kind

Index = Mapping[str, tuple["Name", ...]]
_BETWEEN = frozenset(" -'.&,_")  # what may stand between two words of a name


@dataclass(frozen=True, slots=True)
class Name:
    """The words of one listed name; `needs_capital`: found only where the text begins it with one."""

    words: tuple[str, ...]
    needs_capital: bool = False


_ARTICLES = frozenset(
    {"de", "du", "des", "la", "le", "les", "l", "d", "a", "au", "aux", "the", "of"}
)


@lru_cache(maxsize=8)
def index(listed: tuple[str, ...]) -> Index:
    """Return the names by their first word.

    Each counts whole, without a leading "hôtel" or title, and without the article after that too, so
    that "Hôtel du Nord" is found in "du Nord" and in "au Nord", but not in "au nord".
    """
    variants: dict[Name, None] = {}
    for entry in listed:
        words = tuple(word for word, _start, _end in _words(folded(plain(entry)).text))
        bare = _without(words, TITLES_AND_GENERICS)
        core = _without(bare, _ARTICLES)
        for name in (Name(words), Name(bare), Name(core, needs_capital=core != bare)):
            if sum(map(len, name.words)) > 1:
                variants.setdefault(name)
    by_first = sorted(variants, key=lambda name: name.words[0])
    return {first: tuple(group) for first, group in groupby(by_first, lambda name: name.words[0])}


def _without(words: tuple[str, ...], leading: frozenset[str]) -> tuple[str, ...]:
    """Return the words after the leading ones; all of them where nothing else would be left."""
    rest = words
    while rest and rest[0] in leading:
        rest = rest[1:]
    return rest or words


def _words(text: str) -> list[tuple[str, int, int]]:
    """Return (word without case, start, end); St and Ste are read Saint and Sainte."""
    saints = {"st": "saint", "ste": "sainte"}
    found = ((match[0].casefold(), *match.span()) for match in WORD.finditer(text))
    return [(saints.get(word, word), start, end) for word, start, end in found]


def look_for_names(text: str, names: Index) -> Iterator[tuple[int, int, Kind]]:
    """Yield where a listed name stands, singular or plural, however its words are joined."""
    words = _words(text) if names else []
    for i, (word, start, _end) in enumerate(words):
        for name in (
            *names.get(word, ()),
            *(names.get(word[:-1], ()) if word.endswith("s") else ()),
        ):
            here = words[i : i + len(name.words)]
            is_here = (
                len(here) == len(name.words)
                and all(w in {n, n + "s"} for (w, _s, _e), n in zip(here, name.words, strict=True))
                and all(_is_joint(text[a[2] : b[1]]) for a, b in pairwise(here))
            )
            if is_here and (text[start].isupper() or not name.needs_capital):
                yield start, here[-1][2], "name"


def _is_joint(between: str) -> bool:
    return len(between) <= 4 and set(between) <= _BETWEEN
