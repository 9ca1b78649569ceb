"""A changed questionnaire in a study that goes on: the new version is in use, the former ones stay known.

The files of a version are never touched again: the new one is written beside them, into a folder of its
own, and one line of study.yaml says which is in use and which were before. Records and kits name their
version by its hash.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import custody, founding, ledger
from export.study import Study, StudyError, StudyInstrument, study_of
from interviewer import record
from interviewer.files import write_durably
from surveys import yamltree
from surveys.instrument import Instrument
from surveys.language import _
from surveys.load import source_of
from surveys.problems import Place, Refusal
from surveys.yamltree import Scalar, Sequence

_QUOTES = "\"'"


@dataclass(frozen=True, slots=True)
class Changed:
    """A new version of a questionnaire of a study, checked and not yet in use.

    `file` is where it goes in the study folder, `text` what study.yaml says from then on.
    """

    found: StudyInstrument
    instrument: Instrument
    file: str
    text: str

    @property
    def versions(self) -> tuple[Instrument, ...]:
        """Every version from now on, the oldest first."""
        return (*self.found.versions, self.instrument)


def prepared(study: Study, name: str) -> Changed:
    """Return the change to the questionnaire in a file; nothing is written.

    Raises Refusal where the study has no questionnaire of its id; where it is, or calls itself, a version
    that the study has; or where its interviews do not fit what records of the study hold.
    """
    path, instrument = founding.questionnaire(name)
    found = study.named(instrument.id)
    if found is None:
        raise Refusal(
            _(
                "{file}: the study has no questionnaire “{id}”; it has: {known}; a changed questionnaire "
                "keeps its id"
            ).format(
                file=name,
                id=instrument.id,
                known=", ".join(one.instrument.id for one in study.instruments),
            )
        )
    _require_new(found, instrument, name)
    _require_fit(study, found, instrument)
    source = source_of(study.folder / "study.yaml")
    file = _free_file(study, found, path)
    return Changed(found, instrument, file, _with_version(study, found, source, file))


def done(study: Study, changed: Changed, key: Ed25519PrivateKey, now: datetime) -> None:
    """Put a new version into use, and note it in the study's ledger; study.yaml says so at last.

    What is interrupted before leaves study.yaml as it was: run again, it goes into another folder.
    """
    custody.require_signer(key, study.signer)
    path = study.folder / changed.file
    instrument = changed.instrument
    write_durably(path, instrument.source.encode("utf-8"), mode=0o644)
    for name, text in instrument.table_texts.items():
        write_durably(path.with_name(f"{name}.csv"), text.encode("utf-8"), mode=0o644)
    _require_only_this(study, changed)
    told = f"{instrument.id} {changed.found.instrument.version} -> {instrument.version}"
    ledger.append(study.ledger, "change", told, 0, key=key, sha256=instrument.digest, now=now)
    write_durably(study.folder / "study.yaml", changed.text.encode("utf-8"), mode=0o644)


# --- what can be changed into what --------------------------------------------------------------


def _require_new(found: StudyInstrument, instrument: Instrument, name: str) -> None:
    if instrument.digest == found.instrument.digest:
        raise Refusal(
            _("{file}: is the questionnaire that the study has; change it first").format(file=name)
        )
    if any(instrument.version == one.version for one in found.versions):
        raise Refusal(
            _(
                "{file}: the study has a version “{version}” of it already; give this one another "
                "“version”"
            ).format(file=name, version=instrument.version)
        )


def _require_fit(study: Study, found: StudyInstrument, instrument: Instrument) -> None:
    record.require_fit(instrument, study.bucket)
    changed = replace(found, instrument=instrument, former=found.versions)
    others = tuple(changed if one is found else one for one in study.instruments)
    if replace(study, instruments=others).has_links and not study.has_links:
        raise Refusal(
            _(
                "questionnaire {id}: asks something for the custodian (keep: link), and records of this "
                "study have no part for one; leave it out, or make another study"
            ).format(id=instrument.id)
        )


# --- study.yaml ---------------------------------------------------------------------------------


def _free_file(study: Study, found: StudyInstrument, path: Path) -> str:
    """Return where a new version goes: a folder that nothing has, by the number of the version."""
    number = len(found.versions) + 1
    while (study.folder / "instruments" / f"{path.stem}-{number}").exists():
        number += 1
    return f"instruments/{path.stem}-{number}/{path.name}"


def _with_version(study: Study, found: StudyInstrument, source: str, file: str) -> str:
    """Return the text of study.yaml with another file for a questionnaire, which it had before as former.

    Comments and layout stay. Raises Refusal where it is not written in a way that this can be done.
    """
    node = _entry(source, study.instruments.index(found))
    named, former = node.nodes.get("file"), node.nodes.get("former")
    if not isinstance(named, Scalar):
        raise _by_hand()
    start, end = _span(source, named)
    old = founding.quoted(named.text.strip())
    if former is None:
        is_flow = source[_offset(source, node.place)] == "{"
        indent = " " * (node.keys["file"].place.column - 1)
        added = f", former: [{old}]" if is_flow else f"\n{indent}former: [{old}]"
        return source[:start] + founding.quoted(file) + added + source[end:]
    at, added = _appended(source, former, old)
    edits = sorted(((start, end, founding.quoted(file)), (at, at, added)), reverse=True)
    for begin, stop, text in edits:
        source = source[:begin] + text + source[stop:]
    return source


def _appended(source: str, former: yamltree.Node, old: str) -> tuple[int, str]:
    """Return where and how one more file is put behind the last in a list."""
    begin = _offset(source, former.place)
    if not isinstance(former, Sequence):
        raise _by_hand()
    if not former.nodes:
        return begin + 1, old  # between brackets
    last = former.nodes[-1]
    if not isinstance(last, Scalar):
        raise _by_hand()
    indent = " " * (former.place.column - 1)
    return _span(source, last)[1], f", {old}" if source[begin] == "[" else f"\n{indent}- {old}"


def _entry(source: str, at: int) -> yamltree.Mapping:
    root = yamltree.read(source, "study.yaml").root
    listed = root.nodes.get("instruments") if isinstance(root, yamltree.Mapping) else None
    nodes = listed.nodes if isinstance(listed, Sequence) else []
    node = nodes[at] if at < len(nodes) else None
    if not isinstance(node, yamltree.Mapping):
        raise _by_hand()
    return node


def _span(source: str, scalar: Scalar) -> tuple[int, int]:
    """Return where a text begins and ends in the file, with its quotation marks where it has any."""
    start = _offset(source, scalar.place)
    start += source[start] in _QUOTES  # a place may be that of the mark
    end = start + len(scalar.text)
    if source[start:end] != scalar.text:
        raise _by_hand()
    quotes = source[start - 1] in _QUOTES and source[end : end + 1] == source[start - 1]
    return start - quotes, end + quotes


def _offset(source: str, place: Place) -> int:
    return sum(len(one) + 1 for one in source.split("\n")[: place.line - 1]) + place.column - 1


def _require_only_this(study: Study, changed: Changed) -> None:
    """Raise Refusal unless the new study.yaml says what the old one does, but for the new version."""
    try:
        made = study_of(changed.text, study.folder)
    except StudyError as error:
        raise _by_hand() from error
    wanted = [
        changed.versions if one is changed.found else one.versions for one in study.instruments
    ]
    digests = [[version.digest for version in one.versions] for one in made.instruments]
    is_else = replace(made, instruments=()) != replace(study, instruments=())
    if is_else or digests != [[version.digest for version in versions] for versions in wanted]:
        raise _by_hand()


def _by_hand() -> Refusal:
    return Refusal(
        _(
            "study.yaml: its questionnaires cannot be changed as they are written; write each on a line "
            "of its own, like this, and run it again: - {{file: …, unit: person}}"
        ).format()
    )
