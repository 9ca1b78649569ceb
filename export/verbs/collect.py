"""`souspli collect PATH…`: take in what laptops handed over; no key that opens a record is needed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from export import bars
from export.collecting import bundles, index, intake, vouching
from export.collecting.collect import Collected, FromBundle, collect
from export.collecting.whereabouts import Whereabouts
from export.commands import in_study
from export.study import Study, read_study
from export.verbs import signing_key, study_option
from interviewer import passphrases
from interviewer.files import alone
from surveys.language import _, ngettext, printable
from surveys.problems import Usage
from surveys.saying import quoted, say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help=_("a bundle, a folder holding bundles (souspli-…), or another desk's study folder"),
    )
    study_option(parser)
    parser.add_argument(
        "--rebuild-index",
        action="store_true",
        help=_("first make the index of collected records again, from the files"),
    )
    parser.add_argument("--json", action="store_true", help=_("print the summary as JSON"))
    passphrases.describe(parser, _("the signing key's, which signs the receipts"))
    parser.epilog = _("example: souspli collect /media/usb --study assore")


def run(arguments: argparse.Namespace) -> int:
    """Take in what is good, and write the receipts; 1 if anything is not as it should be."""
    if not arguments.paths and not arguments.rebuild_index:
        raise Usage(_("give a bundle, or a folder holding bundles"))
    study = read_study(arguments.study)
    bundles.found_in(arguments.paths)  # refused, where it is none, before a passphrase is asked
    gone = 0
    if arguments.rebuild_index:
        with alone(study.collected / index.LOCK):
            here, gone = index.rebuilt(study.collected)
        say("\n".join(_told_index(here, gone)), sys.stderr)
    if not arguments.paths:
        return 1 if gone else 0
    given = passphrases.Passphrases(arguments.passphrase_fd)
    key = signing_key(study, given)
    collected = collect(study, arguments.paths, key, bars.shown(_("Collecting")))
    if arguments.json:
        print(json.dumps(_summary(collected), ensure_ascii=False, indent=1))
    else:
        say("\n".join(told(study, collected)))
    return 0 if collected.is_clean else 1


def _told_index(here: int, gone: int) -> Iterator[str]:
    yield ngettext("index made again: {n} record", "index made again: {n} records", here).format(
        n=here
    )
    if gone:
        yield ngettext(
            "{n} record that was taken in before is not here any more; collect it again, or restore a copy",
            "{n} records that were taken in before are not here any more; collect them again, or restore "
            "a copy",
            gone,
        ).format(n=gone)


def _summary(collected: Collected) -> dict[str, object]:
    return {
        "taken": len(collected.taken),
        "known": len(collected.known),
        "quarantined": [{"name": one.name, "reason": one.reason} for one in collected.quarantined],
        "refused": list(collected.refused),
        "bundles": [
            {
                "folder": str(one.folder),
                "device": one.device,
                "faults": list(one.faults),
                "drafts": one.drafts,
                "others": one.others,
                "withdrawn_there": one.withdrawn,
                "receipt": None if one.receipt is None else str(one.receipt),
            }
            for one in collected.bundles
        ],
        "devices": [
            {
                "device": one.device,
                "lines": one.lines,
                "head": one.head,
                "collected": one.collected,
                "withdrawn": one.withdrawn,
                "missing": list(one.missing),
                "under_way": one.under_way,
                "unsealed": one.unsealed,
            }
            for one in collected.laptops
        ],
    }


def told(study: Study, collected: Collected) -> list[str]:
    """Return the collection in words, one line a thing."""
    lines = [line for one in collected.bundles for line in _wrong(study, one)]
    lines += [line for one in collected.laptops for line in _known(one)]
    new, known = len(collected.taken), len(collected.known)
    wrong, gone = len(collected.quarantined), len(collected.refused)
    lines.append(ngettext("{n} record taken in.", "{n} records taken in.", new).format(n=new))
    if known:
        lines.append(
            ngettext("{n} was there already.", "{n} were there already.", known).format(n=known)
        )
    if wrong:
        told_wrong = ngettext(
            "{n} file set aside (collected/quarantine).",
            "{n} files set aside (collected/quarantine).",
            wrong,
        )
        lines.append(told_wrong.format(n=wrong))
    if gone:
        told_gone = ngettext(
            "{n} withdrawn record not taken in; delete the copy wherever it lies.",
            "{n} withdrawn records not taken in; delete the copies wherever they lie.",
            gone,
        )
        lines.append(told_gone.format(n=gone))
    others = sum(one.others for one in collected.bundles)
    if others:
        told_others = ngettext("{n} other file left alone.", "{n} other files left alone.", others)
        lines.append(told_others.format(n=others))
    written = dict.fromkeys(one.receipt for one in collected.bundles if one.receipt)
    lines += [
        _("Receipt for the next hand-over: {path}").format(path=printable(str(path)))
        for path in written
    ]
    return lines


def _wrong(study: Study, found: FromBundle) -> Iterator[str]:
    """Yield what is wrong with a bundle, with each file in it, and with its receipt."""
    name = printable(str(found.folder))
    for fault in found.faults:
        yield _("{bundle}: {why}").format(bundle=name, why=vouching.why(fault))
    for one in found.quarantined:
        yield _("{name}: set aside; {why}").format(
            name=printable(one.name), why=intake.why(one.reason)
        )
    for record_id in found.refused:
        yield _("record {id}: not taken in: withdrawn").format(id=record_id)
    if found.drafts:
        told_drafts = ngettext(
            "{bundle}: {n} interview under way was handed over; run:",
            "{bundle}: {n} interviews under way were handed over; run:",
            found.drafts,
        )
        yield told_drafts.format(bundle=name, n=found.drafts)
        yield f"  souspli recover {quoted(name)}{in_study(study)}"
    if found.withdrawn:
        told_withdrawn = ngettext(
            "{bundle}: {n} record was withdrawn at that desk and not at this one; with the "
            "custodian's file, run: souspli withdraw --ids FILE{study}",
            "{bundle}: {n} records were withdrawn at that desk and not at this one; with the "
            "custodian's file, run: souspli withdraw --ids FILE{study}",
            found.withdrawn,
        )
        yield told_withdrawn.format(bundle=name, n=found.withdrawn, study=in_study(study))
    if found.refusal:
        yield _("no receipt was written: {why}").format(why=found.refusal)


def _known(found: Whereabouts) -> Iterator[str]:
    """Yield what a laptop's ledger says that is not here, and its head for the daily sheet."""
    yield _(
        "Laptop {device}: {n} collected in all; head of its ledger for the sheet: {head}"
    ).format(device=found.device, n=found.collected, head=found.head or "–")
    if found.withdrawn:
        told_gone = ngettext(
            "laptop {device}: {n} record was withdrawn by its participant.",
            "laptop {device}: {n} records were withdrawn by their participants.",
            found.withdrawn,
        )
        yield told_gone.format(device=found.device, n=found.withdrawn)
    for record_id in found.missing:
        yield _(
            "laptop {device}: record {id} was sealed and is not here; hand over again from the laptop"
        ).format(device=found.device, id=record_id)
    if found.under_way:
        told_begun = ngettext(
            "laptop {device}: {n} interview is under way.",
            "laptop {device}: {n} interviews are under way.",
            found.under_way,
        )
        yield told_begun.format(device=found.device, n=found.under_way)
    if found.unsealed:
        told_unsealed = ngettext(
            "laptop {device}: {n} interview ended without a record; ask the interviewer.",
            "laptop {device}: {n} interviews ended without a record; ask the interviewer.",
            found.unsealed,
        )
        yield told_unsealed.format(device=found.device, n=found.unsealed)
