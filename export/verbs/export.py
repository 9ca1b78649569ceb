"""`souspli export`: an encrypted dataset, from the records collected, through the gate."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import bars, custody, ledger
from export.datasets import dataset
from export.datasets.archive import Member
from export.datasets.dataset import USUAL, Contents
from export.datasets.formats import FORMATS, NEED_CSV
from export.disclosure import as_json, differencing, gate, log, published
from export.disclosure.differencing import Finding
from export.disclosure.gate import Assessment
from export.disclosure.published import Published
from export.disclosure.publishing import publish
from export.disclosure.rules import Rules
from export.respondents import remarks, responses
from export.respondents.responses import Responses
from export.respondents.table import Compact, shuffled
from export.respondents.versions import whole
from export.respondents.weight import Respondents
from export.study import Study, StudyInstrument, read_study
from export.verbs import (
    export_gate,
    export_what,
    require_new,
    study_keys_order,
    study_option,
    typed,
)
from interviewer import age, passphrases
from surveys import language
from surveys.language import _, ngettext
from surveys.problems import Refusal
from surveys.saying import say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    study_option(parser)
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help=_("the dataset to write; it ends in .age, with --plaintext in .zip"),
    )
    reader = parser.add_mutually_exclusive_group(required=True)
    reader.add_argument(
        "--to",
        action="append",
        metavar="KEY",
        help=_("the analyst's recipient, or the file holding it; again for another reader"),
    )
    reader.add_argument(
        "--passphrase", action="store_true", help=_("under a passphrase, which is asked for")
    )
    reader.add_argument(
        "--plaintext",
        action="store_true",
        help=_("readable by anybody: asks to be confirmed, and stands in the study's ledger"),
    )
    parser.add_argument(
        "--format",
        action="append",
        choices=[*FORMATS],
        default=[],
        help=_("how tables are written, again for another; csv and parquet if not given"),
    )
    export_what.describe(parser)
    export_gate.describe(parser)
    parser.add_argument("--json", action="store_true", help=_("print the summary as JSON"))
    order = _("{keys}; then the dataset's with --passphrase").format(keys=study_keys_order())
    passphrases.describe(parser, order)
    parser.epilog = _("example: souspli export --study assore --to analyst.pub --out assore.age")


def run(arguments: argparse.Namespace) -> int:
    """Write the dataset; nothing is opened before what was asked for is known to be possible."""
    study = read_study(arguments.study)
    found = responses.chosen(study, arguments.instrument)
    wanted = export_what.read(arguments, study, found)
    rules = export_gate.wanted(arguments, study.k)
    export_gate.require_columns(rules, whole(found), with_texts=wanted.reads_texts)
    formats = _formats(arguments)
    require_new(arguments.out, ".zip" if arguments.plaintext else ".age")
    responses.require_ready(study, found)
    _confirm(study, arguments)
    secrets_given = passphrases.Passphrases(arguments.passphrase_fd)
    identities = custody.unlocked(study.study_keys, secrets_given)
    readers = _readers(arguments, secrets_given)
    now = datetime.now(UTC)
    leaving = _leaving(arguments, study, found, wanted, rules, formats, identities, now)
    # Neither a record nor a respondent is held any more: where there are many, writing has their memory.
    key = custody.ledger_key(identities)
    digest = dataset.write(
        study,
        found.instrument.id,
        leaving.rows,
        leaving.files,
        readers,
        arguments.out,
        key=key,
        now=now,
        before=lambda: _note(study, leaving, arguments, key, now),
    )
    _tell(study, leaving, arguments.out, digest, as_json=arguments.json)
    return 0


Release = tuple[Published, Sequence[Finding]]  # what it shows, and what that would tell of a few


@dataclass(frozen=True, slots=True, eq=False)
class _Leaving:
    """What leaves: `files` with so many `rows`, and what the gate said of them.

    `release` is what is published, None for an analyst; `remarks` are what the study lead must know of
    the records, `told` how many answered.
    """

    files: tuple[Member, ...]
    rows: int
    assessment: Assessment
    release: Release | None
    remarks: tuple[str, ...]
    told: str


def _leaving(
    arguments: argparse.Namespace,
    study: Study,
    found: StudyInstrument,
    wanted: export_what.Wanted,
    rules: Rules,
    formats: tuple[str, ...],
    identities: Sequence[age.Identity],
    now: datetime,
) -> _Leaving:
    """Open the records and return what leaves; raises Refusal where the gate lets nothing through."""
    opening = bars.shown(_("Opening"))
    given = responses.responses(
        study, found, identities, "export", now, opening, with_texts=wanted.reads_texts
    )
    chosen, part = export_what.chosen(wanted, given)
    people, held, assessment = _assessed(given, chosen, rules)
    if not arguments.json:
        export_gate.tell(assessment)
    if rules.review:
        export_gate.review(assessment, held.tables())
    export_gate.require(assessment)
    release = _release(given, people, assessment, arguments.out.name, identities, now)
    # The scripts give the study's own figures, from the CSV of all that was collected.
    is_redone = "csv" in formats and part is None and assessment.treatment.is_nothing
    contents = Contents(
        given,
        people,
        held,
        assessment,
        formats=formats,
        part=part,
        beside=export_what.beside_of(wanted, given) if is_redone else None,
    )
    return _Leaving(
        dataset.members(contents, language.from_environment()),
        held.height,
        assessment,
        release,
        tuple(remarks.of_all(given)),
        remarks.told(given),
    )


def _assessed(
    given: Responses, people: Respondents, rules: Rules
) -> tuple[Respondents, Compact, Assessment]:
    """Return respondents in a random order, their tables, and what the gate finds of them.

    It looks at them in the order of their ids, so that one command does the same whenever it is given.
    """
    needed = gate.needed(given.found.instrument, rules)
    assessment = gate.assess(given.compact(people, needed).tables(), given.found.instrument, rules)
    place = {one.record.id: at for at, one in enumerate(people.people)}
    mixed = shuffled(people, secrets.SystemRandom())
    places = [place[one.record.id] for one in mixed.people]
    return mixed, given.compact(mixed), gate.reordered(assessment, places)


def _confirm(study: Study, arguments: argparse.Namespace) -> None:
    """Go on to a readable dataset only where the study's id was typed, on a terminal."""
    if not arguments.plaintext:
        return
    say(_("Anybody who gets hold of {out} can read every answer in it.").format(out=arguments.out))
    otherwise = _("a readable dataset is confirmed by hand: run it on a terminal")
    said = typed(_("Type the study's id to write it all the same:"), otherwise)
    if said.strip() != study.id:
        raise Refusal(_("that is not “{id}”; nothing was written").format(id=study.id))


def _formats(arguments: argparse.Namespace) -> tuple[str, ...]:
    """Return the formats asked for, each once; what reads the CSV brings it along."""
    found = [*arguments.format] or [*USUAL]
    if not NEED_CSV.isdisjoint(found) or arguments.estimate or arguments.plan:
        found = ["csv", *found]
    return tuple(dict.fromkeys(found))


def _readers(
    arguments: argparse.Namespace, given: passphrases.Passphrases
) -> tuple[age.Recipient, ...]:
    """Return whom the dataset is sealed to; () where anybody may read it."""
    if arguments.plaintext:
        return ()
    if arguments.to:
        keys = dict.fromkeys(custody.recipient_of(one) for one in arguments.to)
        return tuple(age.HybridRecipient.parse(one) for one in keys)
    return (age.Passphrase(given.new(_("the dataset"))),)


def _release(
    given: Responses,
    people: Respondents,
    assessment: Assessment,
    name: str,
    identities: Sequence[age.Identity],
    now: datetime,
) -> Release | None:
    """Return what a release publishes, compared with all that was published before; None for an analyst.

    Raises Refusal where something is against it, unless a reason was written.
    """
    study, rules = given.study, assessment.rules
    if rules.profile != "release":
        return None
    ids = [one.record.id for one in people.people]
    title = f"{name}, {given.found.instrument.id}, {now:%Y-%m-%d %H:%M}"
    new = published.release(
        title, now.isoformat(timespec="seconds"), given.found.instrument.id, ids, assessment.classes
    )
    found = differencing.findings(new, log.read(study, identities), study.cell_threshold, rules.k)
    if not rules.override:
        differencing.require_safe(found)
    for line in differencing.told_in_words([one for one in found if one.refuses]):
        say(line, file=sys.stderr)
    return new, found


def _note(
    study: Study,
    leaving: _Leaving,
    arguments: argparse.Namespace,
    key: Ed25519PrivateKey,
    now: datetime,
) -> None:
    """Note in log and ledger what leaves readable or for others, once it is written, before it has its name."""
    if arguments.plaintext:
        what = "export: " + _("readable by anybody, as confirmed by hand")
        ledger.append(study.ledger, "override", what, leaving.rows, key=key, now=now)
    if leaving.release is not None:
        shown, found = leaving.release
        assessment = leaving.assessment
        reason, others = assessment.rules.override, len(assessment.reasons)
        publish(study, [shown], found, reason, key, now, others=others)


def _tell(study: Study, leaving: _Leaving, out: Path, digest: str, *, as_json: bool) -> None:
    for remark in leaving.remarks:
        say(remark, file=sys.stderr)
    n = leaving.rows
    if as_json:
        _tell_json(study, leaving, out, digest)
        return
    if study.is_practice:
        say(_("SIMULATED: this is a practice study; the dataset says so."))
    say(leaving.told)
    if out.suffix.lower() == ".zip":
        told = ngettext(
            "{out}: {n} row, readable by anybody.", "{out}: {n} rows, readable by anybody.", n
        )
        say(told.format(out=out, n=n))
        return
    say(
        ngettext("{out}: {n} row, encrypted.", "{out}: {n} rows, encrypted.", n).format(
            out=out, n=n
        )
    )
    say(
        _("Its reader opens it with: souspli open {out} --into DIR (or age, 1.3 or newer)").format(
            out=out
        )
    )


def _tell_json(study: Study, leaving: _Leaving, out: Path, digest: str) -> None:
    summary = {
        "file": str(out),
        "sha256": digest,
        "rows": leaving.rows,
        "simulated": study.is_practice,
        "disclosure": as_json.as_json(leaving.assessment),
    }
    print(json.dumps(summary, ensure_ascii=False, indent=1))
