"""Link files opened with the custodian's key: what each record holds of who it is about; none of it is printed.

Where a study asks something for the custodian alone, every record has such a file, most of them empty.
Copies set aside count where a record's own file does not: anybody may have made them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from export import cores
from export.bars import Track, quiet
from export.collecting import bundles, quarantine
from interviewer import age, outbox, record
from interviewer.outbox import LINK
from surveys.language import _
from surveys.problems import Refusal

Reason = Literal["missing", "unreadable", "key", "altered", "format", "id"]
_LARGEST = (
    record.GRAIN - 1
)  # bytes: a link file has some six thousand, a sealed record more than this
_MALFORMED = (Refusal, ValueError, TypeError, KeyError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """What the link file of a record holds, by item; {} where nothing was said. Set aside or taken in."""

    id: str
    links: Mapping[str, str]
    is_aside: bool


@dataclass(frozen=True, slots=True)
class Unopened:
    """A link file that is not used, and why. The id is '' for a copy set aside that bore none."""

    id: str
    reason: Reason
    is_aside: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a link file is, and of which record it says it is."""

    id: str
    path: Path
    is_aside: bool


def require_some(folder: Path) -> None:
    """Raise Refusal where there is no link file in a folder of collected records, nor one set aside."""
    if not _places(folder):
        raise Refusal(
            _(
                "{folder}: holds no link file; collect first, or this study asks nothing for the custodian"
            ).format(folder=folder)
        )


def opened(
    folder: Path, identities: Sequence[age.Identity], track: Track = quiet
) -> Iterator[Opened | Unopened]:
    """Yield what each link file holds: copies set aside first, then those taken in, in order of id.

    Raises Refusal at the end where the key opened none.
    """
    places = _places(folder)
    refused, is_own_key = False, False
    with cores.crew(len(places)) as crew:
        found = crew.spread(_batch_opened, tuple(identities), places)
        for _name, one in zip(track([place.id for place in places]), found, strict=True):
            is_own_key |= isinstance(one, Opened)
            refused |= isinstance(one, Unopened) and one.reason == "key"
            yield one
    if refused and not is_own_key:
        raise Refusal(_("this key opens none of the link files; give the custodian's own"))


def _places(folder: Path) -> list[_Place]:
    aside = [
        _Place(record_id, path, is_aside=True)
        for record_id, paths in sorted(quarantine.copies(folder).items())
        for path in paths
        if path.is_file() and path.stat().st_size <= _LARGEST
    ]
    names = {path.name.removesuffix(LINK) for path in folder.glob(f"*{LINK}")}
    if names:
        names |= set(outbox.ids(folder))  # each record has its own
    ids = sorted(name for name in names if bundles.ID.fullmatch(name))
    return aside + [_Place(one, folder / f"{one}{LINK}", is_aside=False) for one in ids]


def _batch_opened(
    identities: tuple[age.Identity, ...], places: Sequence[_Place]
) -> list[Opened | Unopened]:
    return [_opened(identities, place) for place in places]


def _opened(identities: Sequence[age.Identity], place: _Place) -> Opened | Unopened:
    if not place.path.exists():
        return Unopened(place.id, "missing", place.is_aside)
    content = bundles.content(place.path, _LARGEST)
    if not isinstance(content, bytes):
        return Unopened(place.id, "unreadable", place.is_aside)
    try:
        record_id, links = record.unseal_links(content, identities)
        is_good = all(isinstance(text, str) for text in (*links.keys(), *links.values()))
    except age.NoMatch:
        return Unopened(place.id, "key", place.is_aside)
    except age.AgeError:
        return Unopened(place.id, "altered", place.is_aside)
    except _MALFORMED:
        return Unopened(place.id, "format", place.is_aside)
    if not is_good or not bundles.ID.fullmatch(record_id):
        return Unopened(place.id, "format", place.is_aside)
    if record_id != (place.id or record_id):
        return Unopened(place.id, "id", place.is_aside)
    return Opened(record_id, links, place.is_aside)


def why(reason: Reason) -> str:
    """Return in words why a link file is not used."""
    told: dict[Reason, str] = {
        "missing": _("it is not beside its record; restore it from a copy, or collect again"),
        "unreadable": _("it cannot be read; restore it from a copy, or collect again"),
        "key": _("this key does not open it; it was sealed to another custodian"),
        "altered": _(
            "it was altered after it was sealed; restore it from a copy, or collect again"
        ),
        "format": _("what is inside are not the links of a record"),
        "id": _("it is another record's, under this one's name"),
    }
    return told[reason]
