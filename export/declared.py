"""What a study declares of itself, for participants and for whoever protects their data.

All of it may be absent; `papers/` marks what is. Nothing here decides what is kept or who may read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from surveys.instrument import NOTHING
from surveys.language import _
from surveys.reading import Reading
from surveys.yamltree import Mapping as Tree
from surveys.yamltree import Node

# For `papers`: texts, one for each language or one for all, and those whom people write to.
TEXTS = ("purpose", "population", "legal_basis", "ethics", "processors")
PARTIES = ("dpo", "custodian")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Party:
    """A person or a body, and where to write to it; '' where the study does not say."""

    name: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Retention:
    """The days (ISO) until which the link, then the data, are kept; '' where the study does not say."""

    link: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True)
class Papers:
    """What only the documents for the data-protection officer need; texts are by language."""

    purpose: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    population: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    legal_basis: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    ethics: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    processors: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    dpo: Party = Party()
    custodian: Party = Party()


def party(reading: Reading, node: Node | None, subject: str, around: Tree) -> Party:
    """Return whom a map {name, contact} names."""
    found = reading.mapping(node, subject, around.place)
    reading.refuse_others(found, ("name", "contact"), subject)
    name, contact = (reading.string(found.nodes.get(key), subject) for key in ("name", "contact"))
    return Party(name, contact)


def retention(reading: Reading, node: Node | None, around: Tree) -> Retention:
    """Return the dates of a map {link, data}; the link is not kept longer than the data."""
    found = reading.mapping(node, "retention", around.place)
    reading.refuse_others(found, ("link", "data"), "retention")
    link, data = (_day(reading, found, key) for key in ("link", "data"))
    if link and data and link > data:
        fact = _("the link would be kept longer than the data, until {link}").format(link=link)
        remedy = _("give a date not after {data}").format(data=data)
        reading.note(found.nodes["link"].place, "retention", fact, remedy, "retention")
    return Retention(link, data)


def _day(reading: Reading, found: Tree, key: str) -> str:
    node = found.nodes.get(key)
    text = reading.string(node, "retention")
    if node is None or not text or _is_day(text):
        return text
    fact = _("“{text}” is not a date").format(text=text)
    reading.note(node.place, "retention", fact, _("write it as 2027-12-31"), "retention")
    return ""


def _is_day(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def papers(reading: Reading, node: Node | None, around: Tree) -> Papers:
    """Return what the map `papers` says."""
    found = reading.mapping(node, "papers", around.place)
    reading.refuse_others(found, (*TEXTS, *PARTIES), "papers")
    texts = {
        key: reading.translated(found.nodes.get(key), key, found.place).by_language for key in TEXTS
    }
    dpo, custodian = (party(reading, found.nodes.get(key), key, found) for key in PARTIES)
    return Papers(**texts, dpo=dpo, custodian=custodian)
