"""What is asked of a dataset that leaves: for whom it is, how alike people must be, what is done to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from surveys.language import _
from surveys.problems import Usage

Profile = Literal["analyst", "release"]
PROFILES: tuple[Profile, ...] = ("analyst", "release")

K = 5  # where the study says nothing

_COARSER = re.compile(r"\s*([^\s:]+)\s*:\s*(\S.*?)\s*")
_MERGE = re.compile(r"\s*([^\s:=+]+)\s*:\s*([^:=]+?)\s*=\s*([A-Za-z0-9_.-]+)\s*")


@dataclass(frozen=True, slots=True)
class Merge:
    """Values of a column that are to be one, under a name."""

    column: str
    values: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Coarser:
    """What a number, a band or a date becomes: lower bounds of bands, or quarter, or year."""

    column: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked for.

    analyst: a reader named, under agreement; what is measured is said, nothing is refused. release:
    meant for others; refused where somebody matches fewer than `k` people, or these gave fewer than
    `diversity` different answers to what is sensitive, or people's own words are in it, but for an
    `override`: the reason, in writing. `apply` does all that is proposed, `suppress` only empties
    cells; `review` shows people's own words on the terminal.
    """

    profile: Profile = "analyst"
    k: int = K
    diversity: int = 1
    drop: tuple[str, ...] = ()
    merge: tuple[Merge, ...] = ()
    coarser: tuple[Coarser, ...] = ()
    suppress: bool = False
    apply: bool = False
    override: str = ""
    review: bool = False


def merge_of(text: str) -> Merge:
    """Return what a text as `region: north+west=northwest` asks for; raises Usage."""
    found = _MERGE.fullmatch(text)
    values = tuple(one.strip() for one in found[2].split("+")) if found else ()
    if found is None or len(set(values)) < 2 or not all(values):
        raise Usage(
            _("--merge “{text}”: write COLUMN: a+b=name, the values joined by +").format(text=text)
        )
    return Merge(found[1], values, found[3])


def coarser_of(text: str) -> Coarser:
    """Return what a text as `age: 25 45 65` or `arrived: year` asks for; raises Usage."""
    found = _COARSER.fullmatch(text)
    if found is None:
        raise Usage(
            _("--coarser “{text}”: write COLUMN: year, COLUMN: quarter or COLUMN: 25 45 65").format(
                text=text
            )
        )
    return Coarser(found[1], tuple(found[2].replace(",", " ").split()))
