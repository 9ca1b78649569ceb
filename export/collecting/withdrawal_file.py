"""The list of records to withdraw, as the custodian gives it to the study lead: written and read.

It names the study and random ids, one a line in their order, and nothing of who asked, or of how many did.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from export.collecting import bundles
from export.collecting.bundles import ID
from surveys.language import _
from surveys.problems import Place, Problem, Refusal

_FORMAT = "souspli-withdrawal/1"
_LARGEST = 16 * 1024 * 1024  # bytes: half a million ids


def written(study: str, record_ids: Iterable[str]) -> bytes:
    """Return the list of some records of a study."""
    lines = [f"{_FORMAT} {study}", *sorted(set(record_ids))]
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def read(path: Path, study: str) -> tuple[str, ...]:
    """Return the ids in a list, in order; raises Refusal with every problem, none of which quotes the file."""
    content = bundles.content(path, _LARGEST)
    if not isinstance(content, bytes):
        raise Refusal(
            _("{path}: cannot be read; give the file that souspli withdraw --key wrote").format(
                path=path
            )
        )
    head, *lines = [line.strip() for line in content.split(b"\n")]
    if head.split(b" ")[0] != _FORMAT.encode("ascii"):
        raise Refusal(
            _(
                "{path}: is no list of records; give the file that souspli withdraw --key wrote"
            ).format(path=path)
        )
    wrong = list(_problems(str(path), head, lines, study))
    if wrong:
        raise Refusal("\n".join(str(problem) for problem in wrong))
    return tuple(sorted({line.decode("ascii") for line in lines if line}))


def _problems(file: str, head: bytes, lines: list[bytes], study: str) -> Iterable[Problem]:
    if head != f"{_FORMAT} {study}".encode("ascii"):
        fact = _("this list is of another study than {study}").format(study=study)
        yield Problem(Place(file, 1, 1), "", fact, _("give --study with its own"), "study")
    for number, line in enumerate(lines, start=2):
        if line and not ID.fullmatch(line.decode("latin-1")):
            fact = _("this is no record's id: 32 characters out of 0–9 and a–f")
            remedy = _("ask the custodian for the file again")
            yield Problem(Place(file, number, 1), "", fact, remedy, "id")
    if not any(lines):
        fact = _("no record is named")
        yield Problem(Place(file, 1, 1), "", fact, _("ask the custodian for the file again"), "id")
