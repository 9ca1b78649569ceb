"""A study folder, founded: its keys, its study.yaml, copies of its questionnaires."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from export import custody, declared, ledger
from export.custody import Public
from export.study import ROLES, UNITS, Unit, is_study_id
from interviewer import age, record
from interviewer.files import write_durably
from interviewer.kit import Rules
from surveys.instrument import Instrument
from surveys.language import _
from surveys.problems import Refusal, Usage
from surveys.shipped import WORKBOOKS, found_file, usable

ASSORE: tuple[tuple[str, Unit], ...] = (
    ("assore/beneficiaires", "person"),
    ("assore/non_repondant", "non_respondent"),
    ("assore/professionnels", "professional"),
    ("assore/site", "site"),
)


@dataclass(frozen=True, slots=True)
class NewStudy:
    """What `study new` was told. Questionnaires and recipients are files in the study folder."""

    id: str
    title: Mapping[str, str]
    is_practice: bool
    instruments: tuple[tuple[str, Unit], ...]
    recipients: Mapping[str, tuple[str, ...]]
    signer: bytes
    bucket: int


def study_id(text: str) -> str:
    """Return an id that a file name can carry; raises Refusal for another."""
    if not is_study_id(text):
        raise Refusal(_("a study's id is made of a–z, 0–9 and -, at most 40; give another"))
    return text


def written(new: NewStudy) -> str:
    """Return the text of study.yaml, with a comment for each thing to complete."""
    lines = [
        "# "
        + _(
            "What this study is, who may open what, and the rules it keeps. Complete the empty ones."
        ),
        "souspli_study: 1",
        f"id: {new.id}",
        "# " + _("Neutral: a screen may show it in a corridor."),
        "title: {" + ", ".join(f"{code}: {quoted(text)}" for code, text in new.title.items()) + "}",
        f"practice: {'yes' if new.is_practice else 'no'}",
        "# " + _("The controller of the data, whom participants may write to."),
        "controller: {name: '', contact: ''}",
        "# " + _("Dates (YYYY-MM-DD) after which the link, then the data, are destroyed."),
        "retention: {link: '', data: ''}",
        *_for_papers(),
        "# " + _("To change one once kits carry it: souspli study change-questionnaire FILE"),
        "instruments:",
        *(f"  - {{file: {quoted(file)}, unit: {unit}}}" for file, unit in new.instruments),
        "# "
        + _(
            "Answers are sealed to study and escrow; links (participant cards) to the custodian alone."
        ),
        "recipients:",
        *(f"  {role}: [{', '.join(new.recipients.get(role, ()))}]" for role in ROLES),
        "# " + _("The public half of keys/signing.key, which signs the kits."),
        f"signing: {base64.b64encode(new.signer).decode()}",
        "# "
        + _(
            "No published cell under `cell` people; in a dataset released `k` at least look alike."
        ),
        "thresholds: {cell: 11, k: 5}",
        "# "
        + _(
            "Every record of the study has this size, in bytes. Never change it once a kit is out."
        ),
        f"bucket: {new.bucket}",
        "# "
        + _(
            "Words no free text may keep: names of hotels and of staff. Each kit carries them, sealed."
        ),
        "words: []",
        "# " + _("Whom to call, on the page of a pause: {label: …, number: …}"),
        "help_numbers: []",
        "# "
        + _(
            "Attempts before somebody counts as not found; interviews under way at once on a laptop; "
            "days until one is sealed as it stands; minutes until the screen locks."
        ),
        "rules: {" + ", ".join(f"{name}: {value}" for name, value in asdict(Rules()).items()) + "}",
    ]
    return "\n".join(lines) + "\n"


def _for_papers() -> list[str]:
    """Return what the documents for the data-protection officer need, with comments, empty."""
    said = {
        "purpose": _(
            "What the survey is for, in one or two plain sentences; participants read it."
        ),
        "population": _("Among whom the sample is drawn."),
        "legal_basis": _("As your data-protection officer words it."),
        "ethics": _("Who gave an opinion, when, under which number."),
        "processors": _("Who works on the data for you (hosting, backups), or that nobody does."),
        "dpo": _("The data-protection officer."),
        "custodian": _(
            "Whom participants write to with the code of their card; not the study lead."
        ),
    }
    lines = [
        "# " + _("For souspli papers: what is empty is marked there, to be completed."),
        "papers:",
    ]
    for key, comment in said.items():
        empty = "{name: '', contact: ''}" if key in declared.PARTIES else "{fr: '', en: ''}"
        lines += [f"  # {comment}", f"  {key}: {empty}"]
    return lines


def quoted(text: str) -> str:
    """Return a text as study.yaml holds it, in quotation marks."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def questionnaire(name: str) -> tuple[Path, Instrument]:
    """Return the file of a questionnaire named on the command line, and what is in it.

    Raises Refusal where it has errors, or is a workbook, which a study folder does not hold.
    """
    path = found_file(name)
    if path.suffix.lower() in WORKBOOKS:
        raise Refusal(
            _("{file}: is a workbook; run: souspli convert {file} {wanted}").format(
                file=name, wanted=path.with_suffix(".yaml").name
            )
        )
    return path, usable(name)


def given_instruments(given: Sequence[str] | None) -> list[tuple[Path, Unit, Instrument]]:
    """Return the questionnaires named on the command line, checked; Assore's own if none is."""
    named: list[tuple[str, Unit]] = [_unit(text) for text in given] if given else list(ASSORE)
    found: list[tuple[Path, Unit, Instrument]] = []
    for name, unit in named:
        path, instrument = questionnaire(name)
        if any(instrument.id == other.id for _path, _unit, other in found):
            raise Refusal(
                _("{file}: two questionnaires have the same id; change one").format(file=name)
            )
        if _differ(instrument, (other for _path, _unit_, other in found)):
            raise Refusal(
                _(
                    "{file}: another questionnaire has another table of the same name; rename one"
                ).format(file=name)
            )
        if any(path.name == other.name for other, _unit_, _found in found):
            raise Refusal(_("{file}: two files have the same name; rename one").format(file=name))
        found.append((path, unit, instrument))
    return found


def _differ(instrument: Instrument, others: Iterable[Instrument]) -> bool:
    """Whether a table beside this questionnaire has the name of another one's and not its text."""
    return any(
        other.table_texts.get(name, text) != text
        for other in others
        for name, text in instrument.table_texts.items()
    )


def _unit(text: str) -> tuple[str, Unit]:
    name, _colon, wanted = text.rpartition(":")
    for unit in UNITS:
        if name and wanted == unit:
            return name, unit
    return text, "person"


def make(
    folder: Path,
    *,
    study_id: str,
    title: str,
    instruments: Sequence[tuple[Path, Unit, Instrument]],
    recipients: Mapping[str, Public],
    is_practice: bool,
    passphrases: tuple[bytes | bytearray, bytes | bytearray],
    now: datetime,
    work_factor: int = custody.WORK_FACTOR,
) -> None:
    """Make a study folder from what has been checked. `passphrases`: study key, signing key.

    Its ledger begins with the line that names the study and introduces who signs from then on.
    """
    if not age.mlkem_is_available():
        raise Refusal(
            _("this machine's cryptography has no ML-KEM; install cryptography 49 or newer")
        )
    has_links = any(
        q.keep.rule == "link" for _p, _u, found in instruments for q in found.questions()
    )
    if has_links and not recipients.get("custodian"):
        raise Usage(
            _("a questionnaire has items for the custodian (keep: link); give --custodian KEY")
        )
    own = custody.new_identity(folder / "keys" / "study.key", passphrases[0], work_factor)
    signing = custody.new_signing_key(folder / "keys" / "signing.key", passphrases[1], work_factor)
    public = {"study": Public.of(own), **recipients}
    for role, one in public.items():
        write_durably(folder / "keys" / f"{role}.pub", one.encode(), mode=0o644)
    for path, _unit, found in instruments:
        write_durably(folder / "instruments" / path.name, found.source.encode("utf-8"), mode=0o644)
        for name, text in found.table_texts.items():
            table = folder / "instruments" / f"{name}.csv"
            write_durably(table, text.encode("utf-8"), mode=0o644)
    new = NewStudy(
        id=study_id,
        title={"fr": title or "Enquête", "en": title or "Survey"},
        is_practice=is_practice,
        instruments=tuple((f"instruments/{path.name}", unit) for path, unit, _found in instruments),
        recipients={role: (f"keys/{role}.pub",) for role in public},
        signer=signing.public_key().public_bytes_raw(),
        bucket=record.bucket_for(found for _path, _unit, found in instruments),
    )
    write_durably(folder / "study.yaml", written(new).encode("utf-8"), mode=0o644)
    for name in ("draw", "devices", "collected", "releases"):
        (folder / name).mkdir(mode=0o700)
    ledger.append(
        folder / "ledger",
        "founded",
        study_id,
        0,
        key=signing,
        introduces=public["study"].ledger,
        sha256=public["study"].digest,
        now=now,
    )
