"""`souspli study new DIR`: a study folder, its keys and its study.yaml."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from export import custody, study
from export.study import UNITS, NewStudy, Unit
from interviewer import age, passphrases, record
from interviewer.files import write_durably
from surveys.check import check, errors
from surveys.instrument import Instrument
from surveys.language import _
from surveys.load import source_of
from surveys.problems import Refusal, Usage
from surveys.shipped import found_file

ASSORE: tuple[tuple[str, Unit], ...] = (
    ("assore/beneficiaires", "person"),
    ("assore/non_repondant", "person"),
    ("assore/professionnels", "professional"),
    ("assore/site", "site"),
)


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="new")
    new = actions.add_parser("new", help=_("make a study folder with its keys"))
    new.add_argument("folder", type=Path, metavar="DIR", help=_("a folder that does not exist yet"))
    new.add_argument("--id", metavar="ID", help=_("a short id; the folder's name if none is given"))
    new.add_argument("--title", metavar="TEXT", help=_("a neutral title; a corridor may read it"))
    new.add_argument(
        "--instrument",
        action="append",
        metavar="FILE[:UNIT]",
        help=_(
            "a questionnaire and what it is about: person, professional or site; may be repeated"
        ),
    )
    new.add_argument(
        "--custodian", metavar="KEY", help=_("the custodian's recipient, or the file holding it")
    )
    new.add_argument(
        "--escrow", metavar="KEY", help=_("the escrow holder's recipient, or the file holding it")
    )
    new.add_argument(
        "--no-escrow",
        action="store_true",
        help=_("nobody else can open the records if the key is lost"),
    )
    new.add_argument(
        "--practice", action="store_true", help=_("a practice study: exports only as simulated")
    )
    passphrases.describe(new, _("the study key's, then the signing key's"))
    parser.epilog = new.epilog = _(
        "example: souspli study new assore --instrument assore/beneficiaires "
        "--custodian custodian.pub --escrow escrow.pub"
    )


def run(arguments: argparse.Namespace) -> int:
    """Make the folder; nothing is written before everything given has been checked."""
    if not arguments.escrow and not arguments.no_escrow:
        raise Usage(
            _("give --escrow KEY, or --no-escrow if nobody else shall ever open the records")
        )
    if arguments.folder.exists():
        raise Refusal(
            _("{folder}: exists already; give a new folder").format(folder=arguments.folder)
        )
    found = given_instruments(arguments.instrument)
    recipients = {
        role: custody.recipient_of(given)
        for role, given in (("custodian", arguments.custodian), ("escrow", arguments.escrow))
        if given
    }
    secrets = passphrases.Passphrases(arguments.passphrase_fd)
    chosen = secrets.new("study.key"), secrets.new("signing.key")
    make(
        arguments.folder,
        study_id=study.study_id(arguments.id or arguments.folder.resolve().name.lower()),
        title=arguments.title or _("Survey"),
        instruments=found,
        recipients=recipients,
        is_practice=arguments.practice,
        passphrases=(bytes(chosen[0]), bytes(chosen[1])),
    )
    for secret in chosen:
        passphrases.wipe(secret)
    print(
        _(
            "{folder}: made. Its keys are in keys/: keep copies of them and of their passphrases apart."
        ).format(folder=arguments.folder)
    )
    print(
        _(
            "Next: complete study.yaml, draw the sample, write a kit for each laptop (souspli kit --help)."
        )
    )
    return 0


def given_instruments(given: Sequence[str] | None) -> list[tuple[Path, Unit, Instrument]]:
    """Return the questionnaires named on the command line, checked; Assore's own if none is."""
    named: list[tuple[str, Unit]] = [_unit(text) for text in given] if given else list(ASSORE)
    found: list[tuple[Path, Unit, Instrument]] = []
    for name, unit in named:
        path = found_file(name)
        loaded = check(source_of(path), path.name)
        if loaded.instrument is None or errors(loaded):
            raise Refusal(_("{file}: has errors; run: souspli check {file}").format(file=name))
        if any(loaded.instrument.id == other.id for _path, _unit, other in found):
            raise Refusal(
                _("{file}: two questionnaires have the same id; change one").format(file=name)
            )
        found.append((path, unit, loaded.instrument))
    return found


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
    recipients: dict[str, str],
    is_practice: bool,
    passphrases: tuple[bytes, bytes],
    work_factor: int = custody.WORK_FACTOR,
) -> None:
    """Make a study folder from what has been checked. `passphrases`: study key, signing key."""
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
    recipient = custody.new_key(folder / "keys" / "study.key", passphrases[0], work_factor)
    signer = custody.new_signing_key(folder / "keys" / "signing.key", passphrases[1], work_factor)
    public = {"study": recipient, **recipients}
    for role, text in public.items():
        write_durably(folder / "keys" / f"{role}.pub", text.encode("ascii") + b"\n", mode=0o644)
    for path, _unit, found in instruments:
        write_durably(folder / "instruments" / path.name, found.source.encode("utf-8"), mode=0o644)
    new = NewStudy(
        id=study_id,
        title={"fr": title, "en": title},
        is_practice=is_practice,
        instruments=tuple((f"instruments/{path.name}", unit) for path, unit, _found in instruments),
        recipients={role: (f"keys/{role}.pub",) for role in public},
        signer=signer,
        bucket=record.bucket_for(found for _path, _unit, found in instruments),
    )
    write_durably(folder / "study.yaml", study.written(new).encode("utf-8"), mode=0o644)
    for name in ("draw", "devices", "collected", "releases"):
        (folder / name).mkdir(mode=0o700)
