"""Whose the keys of a study are: those that study.yaml names now, and those of earlier waves.

The public half of every key there ever was stays in keys/, as study.pub, study-2.pub, escrow.pub and so
on; study.yaml names those that kits seal to now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from export.custody import Public, public_of
from export.study import ROLES, Study
from surveys.language import _
from surveys.problems import Refusal

_NAME = re.compile(rf"({'|'.join(ROLES)})(?:-([1-9][0-9]{{0,3}}))?")


@dataclass(frozen=True, slots=True)
class Held:
    """A key of the study: its holder's role, its name (study, study-2), and its public half.

    `is_current`: kits seal to it now.
    """

    role: str
    name: str
    public: Public
    is_current: bool


def in_words(role: str) -> str:
    """Return who holds a key of this role."""
    return {
        "study": _("study lead"),
        "escrow": _("escrow holder"),
        "custodian": _("custodian"),
    }.get(role, role)


def of_study(study: Study) -> tuple[Held, ...]:
    """Return every key that is known of a study: by role, those of now first, then by age."""
    filed = _filed(study.folder / "keys")
    return tuple(held for role in ROLES for held in _of_role(study, role, filed))


def current(study: Study, role: str) -> tuple[Held, ...]:
    """Return the keys of a role that kits seal to now; raises Refusal where study.yaml names none."""
    found = tuple(one for one in of_study(study) if one.role == role and one.is_current)
    if not found:
        raise Refusal(
            _("study.yaml names no key of the {holder}; add it").format(holder=in_words(role))
        )
    return found


def of_wave(study: Study, recipient: str) -> Mapping[str, tuple[str, ...]]:
    """Return the recipients of each role in the wave of a study key; those of now for any other key.

    An escrow holder or custodian whose key was not replaced since had the same one then.
    """
    known = of_study(study)
    own = next(
        (one for one in known if one.role == "study" and one.public.recipient == recipient), None
    )
    if own is None or own.is_current:
        return study.recipients
    wave = _wave(own.name)
    return {role: _then(study.recipients[role], role, known, wave) for role in ROLES}


def _then(now: tuple[str, ...], role: str, known: tuple[Held, ...], wave: int) -> tuple[str, ...]:
    """Return the recipients of a role in an earlier wave: only one that has one key can be replaced."""
    of_role = [one for one in known if one.role == role]
    if len(now) != 1 or not all(_NAME.fullmatch(one.name) for one in of_role):
        return now
    before = [one for one in of_role if _wave(one.name) <= wave]
    return (max(before, key=lambda one: _wave(one.name)).public.recipient,) if before else now


def _wave(name: str) -> int:
    found = _NAME.fullmatch(name)
    return int(found[2] or 1) if found else 1


def next_wave(study: Study) -> int:
    """Return the number that no key in keys/ bears yet: 2 after the first."""
    names = [path.stem for path in (study.folder / "keys").iterdir()]
    return max([int(found[2] or 1) for name in names if (found := _NAME.fullmatch(name))] + [1]) + 1


def _of_role(study: Study, role: str, filed: dict[str, Public]) -> list[Held]:
    now = []
    for recipient in study.recipients[role]:
        names = [name for name, public in filed.items() if public.recipient == recipient]
        public = next((filed[name] for name in names if filed[name].ledger), Public(recipient))
        now.append(Held(role, min(names, default=role), public, is_current=True))
    named = {held.public.recipient for held in now}
    before = [
        Held(role, name, public, is_current=False)
        for name, public in filed.items()
        if (found := _NAME.fullmatch(name)) and found[1] == role and public.recipient not in named
    ]
    return [*now, *before]


def _filed(folder: Path) -> dict[str, Public]:
    """Return what the .pub files of a folder hold, by name; one that holds nothing is left out."""
    found = {}
    for path in sorted(folder.glob("*.pub"), key=_age):
        with suppress(Refusal):  # study.yaml's own are read, and refused, with it
            found[path.stem] = public_of(str(path))
    return found


def _age(path: Path) -> tuple[int, str]:
    found = _NAME.fullmatch(path.stem)
    return int(found[2] or 1) if found else 0, path.stem
