"""Which laptop has which cases: sealed to the laptop, and listed for the custodian alone.

devices/assignments.age, sealed to the custodian, says where each case is, so that no case is given to
two laptops. Where the study has no custodian, or the custodian's key is not at hand, nothing is listed,
and what is given is the whole of a laptop's cases.

The list is written first, with the laptops that are to be written next, and again without them at the
end: what a crash leaves undone, the next command does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from export.commands import in_study
from export.custody import recipients
from export.laptops import devices
from export.laptops.devices import Enrolled
from export.study import Study
from interviewer import age, kit, padded
from interviewer.files import sync_folder, write_durably
from interviewer.kit import Case
from surveys.language import _, ngettext
from surveys.problems import Refusal


@dataclass(frozen=True, slots=True)
class Assigned:
    """What came of it, in numbers: cases given, cases the laptop has, cases taken from others.

    `devices` are the laptops that need a new kit, the one given to first.
    """

    given: int
    total: int
    moved: int
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class _Place:
    """Where a case is: the hotel, and the laptop."""

    place: str
    device: str


@dataclass(frozen=True, slots=True, repr=False)
class _List:
    """Where each case is. `pending` are laptops whose own file may not say so yet."""

    at: Mapping[str, _Place]
    pending: tuple[str, ...] = ()

    def of(self, device: str) -> list[Case]:
        """Return the cases of a laptop."""
        return [Case(code, at.place) for code, at in self.at.items() if at.device == device]


# --- given to a laptop --------------------------------------------------------------------------


def assign(
    study: Study,
    device: str,
    cases: Sequence[Case],
    identities: Sequence[age.Identity],
    *,
    move: bool = False,
) -> Assigned:
    """Give cases to a laptop beside those it has, and keep the list.

    Raises Refusal where a case is another laptop's, unless it is to be moved: then that one loses it.
    """
    enrolled = _tested(study, device)
    before = _read(study, identities)
    _require_all_listed(study, before)
    others = [
        before.at[case.code].device
        for case in cases
        if case.code in before.at and before.at[case.code].device != enrolled.name
    ]
    if others and not move:
        raise Refusal(
            ngettext(
                "{n} of these cases is another laptop's; add --move to take it from there",
                "{n} of these cases are other laptops'; add --move to take them from there",
                len(others),
            ).format(n=len(others))
        )
    touched = (enrolled.name, *sorted({*others, *before.pending} - {enrolled.name}))
    given = {case.code: _Place(case.place, enrolled.name) for case in cases}
    now = _List({**before.at, **given}, touched)
    laptops = [devices.required(study, name) for name in touched]
    _write(study, now)
    for one in laptops:
        _give(study, one, now.of(one.name))
    _write(study, replace(now, pending=()))
    return Assigned(len(cases), len(now.of(enrolled.name)), len(others), touched)


def assign_unlisted(study: Study, device: str, cases: Sequence[Case]) -> Assigned:
    """Give a laptop these cases and no others; nothing is listed.

    Raises Refusal where the study keeps a list: without it nobody knows what other laptops have.
    """
    enrolled = _tested(study, device)
    if _list_path(study).exists():
        raise Refusal(
            _(
                "this study keeps a list of which laptop has which cases; give --key with the custodian's key"
            )
        )
    _give(study, enrolled, cases)
    return Assigned(len(cases), len(cases), 0, (enrolled.name,))


def _tested(study: Study, device: str) -> Enrolled:
    enrolled = devices.required(study, device)
    if not enrolled.is_tested:
        raise Refusal(
            _(
                "{name}: nobody has opened its test record yet; install its kit on the laptop, "
                "then here: souspli device test {name}.test.age{study}"
            ).format(name=enrolled.name, study=in_study(study))
        )
    return enrolled


def _give(study: Study, enrolled: Enrolled, cases: Sequence[Case]) -> None:
    """Seal its cases to a laptop; one that has none any more has no file either."""
    path = devices.cases_path(study, enrolled.name)
    if cases:
        recipient = age.HybridRecipient.parse(enrolled.recipient)
        write_durably(path, kit.seal_cases(study.id, enrolled.name, cases, recipient))
    elif path.exists():
        path.unlink()
        sync_folder(path.parent)


# --- the custodian's list -----------------------------------------------------------------------


def _list_path(study: Study) -> Path:
    return study.devices / "assignments.age"


def _read(study: Study, identities: Sequence[age.Identity]) -> _List:
    path = _list_path(study)
    if not path.exists():
        return _List({})
    try:
        found = padded.unseal(path.read_bytes(), identities)
        listed = {str(code): _Place(str(at), str(name)) for code, at, name in found["cases"]}
        pending = tuple(str(name) for name in found["pending"])
        if found["study"] != study.id:
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refusal(
            _("{path}: is not this study's list of cases; restore it from a copy").format(path=path)
        ) from error
    return _List(listed, pending)


def _write(study: Study, listed: _List) -> None:
    cases = [[code, at.place, at.device] for code, at in listed.at.items()]
    value = {"study": study.id, "cases": cases, "pending": list(listed.pending)}
    custodian = recipients(study.recipients["custodian"])
    write_durably(_list_path(study), padded.seal(value, custodian))


def _require_all_listed(study: Study, listed: _List) -> None:
    """Refuse where a laptop was given cases while nobody listed them: they could be given twice."""
    known = {*listed.pending, *(at.device for at in listed.at.values())}
    strangers = [
        one.name
        for one in devices.all_of(study)
        if one.name not in known and devices.cases_path(study, one.name).exists()
    ]
    if strangers:
        raise Refusal(
            _(
                "the cases of {names} are not on the list; remove devices/NAME.cases.age there, "
                "and assign them again with --key"
            ).format(names=", ".join(strangers))
        )
