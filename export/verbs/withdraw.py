"""`souspli withdraw`: the custodian finds a card's records by its code; the lead removes them by their ids."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from export import bars, custody
from export.collecting import withdrawal, withdrawal_file
from export.collecting.withdrawal import Withdrawn
from export.linking import links, requests
from export.linking.requests import Named
from export.study import Study, read_study
from export.verbs import signing_key, study_option
from export.verbs.link import unopened
from interviewer import passphrases
from interviewer.files import write_durably
from interviewer.passphrases import Passphrases
from surveys.codes import is_card, normal_card
from surveys.language import _, ngettext
from surveys.problems import Refusal, Usage
from surveys.saying import quoted, say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    study_option(parser)
    side = parser.add_mutually_exclusive_group(required=True)
    side.add_argument(
        "--key",
        nargs="+",
        type=Path,
        metavar="FILE",
        help=_(
            "custodian: your key (with the one before it, if it was replaced); card codes are asked for"
        ),
    )
    side.add_argument(
        "--ids",
        type=Path,
        metavar="FILE",
        help=_("study lead: the file of the custodian, whose records are removed for good"),
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=_("with --key: the file for the study lead; a name that means nothing if not given"),
    )
    parser.add_argument("--json", action="store_true", help=_("print the summary as JSON"))
    passphrases.describe(
        parser,
        _(
            "with --key the custodian's key's (or each key's in their order), then the card codes, up "
            "to an empty line; with --ids the signing key's"
        ),
    )
    parser.epilog = _(
        "A card's code is never written on the command line. For --key the folder may be a copy that\n"
        "holds only study.yaml, instruments/, keys/*.pub and collected/.\n"
        "example: souspli withdraw --study copy --key custodian.key\n"
        "example: souspli withdraw --study assore --ids souspli-7f3a9c21.ids"
    )


def run(arguments: argparse.Namespace) -> int:
    """Find the records of some cards, or remove records; 1 if a code is in none."""
    if arguments.ids and arguments.out:
        raise Usage(_("give --out with --key only"))
    study = read_study(arguments.study)
    given = Passphrases(arguments.passphrase_fd)
    if arguments.ids:
        return _remove(study, arguments.ids, given, as_json=arguments.json)
    return _find(study, arguments.key, arguments.out, given, as_json=arguments.json)


# --- the custodian ------------------------------------------------------------------------------


def _find(
    study: Study, keys: Sequence[Path], out: Path | None, given: Passphrases, *, as_json: bool
) -> int:
    path = out or Path(f"souspli-{secrets.token_hex(4)}.ids")
    if path.exists():
        raise Refusal(_("{path}: exists already; give another name").format(path=path))
    links.require_some(study.collected)
    identities = custody.unlocked(keys, given)
    codes = _codes(given)
    if not codes:
        raise Refusal(_("no card code was given, and nothing was done; give at least one"))
    found = requests.named(
        links.opened(study.collected, identities, bars.shown(_("Opening"))), codes
    )
    if found.ids:
        write_durably(path, withdrawal_file.written(study.id, found.ids))
    if as_json:
        print(json.dumps(_found_json(found, path), ensure_ascii=False, indent=1))
    else:
        say("\n".join(_found(found, path)))
    for line in unopened(found.unopened):
        say(line, sys.stderr)
    return 0 if all(found.records) and not found.unopened else 1


def _codes(given: Passphrases) -> list[str]:
    """Return the card codes given, as printed on the cards; raises Refusal where one is none."""
    codes = list(_asked() if not given.is_piped else map(normal_card, given.rest()))
    wrong = [str(number) for number, code in enumerate(codes, start=1) if not is_card(code)]
    if wrong:
        raise Refusal(
            ngettext(
                "code {numbers} is no card's code: a character is wrong or missing; read the card again",
                "codes {numbers} are no card's codes: a character is wrong or missing; read the cards again",
                len(wrong),
            ).format(numbers=", ".join(wrong))
        )
    return codes


def _asked() -> Iterator[str]:
    """Yield codes typed on the terminal, until an empty line; nothing of them stays on the screen.

    One that is no card's is gone from the screen too, and asked for again.
    """
    import questionary

    number = 1
    while True:
        prompt = _("Code on card {n} (an empty line ends):").format(n=number)
        try:
            typed = str(questionary.text(prompt, erase_when_done=True).unsafe_ask())
        except EOFError as error:  # Ctrl-D: nobody wants to type it
            raise KeyboardInterrupt from error
        if not typed.strip():
            return
        if is_card(normal_card(typed)):
            yield normal_card(typed)
            say(_("Code {n} is noted.").format(n=number), sys.stderr)
            number += 1
        else:
            say(
                _("No card has this code: a character is wrong or missing. Read the card again."),
                sys.stderr,
            )


def _found_json(found: Named, path: Path) -> dict[str, object]:
    return {
        "file": str(path) if found.ids else None,
        "codes": [{"records": len(ids)} for ids in found.records],
        "records": len(found.ids),
        "doubtful": found.doubtful,
        "unopened": [asdict(one) for one in found.unopened],
    }


def _found(found: Named, path: Path) -> Iterator[str]:
    for number, ids in enumerate(found.records, start=1):
        if ids:
            told = ngettext(
                "code {number}: found in {n} record.",
                "code {number}: found in {n} records.",
                len(ids),
            )
            yield told.format(number=number, n=len(ids))
        else:
            yield _("code {number}: in no record here.").format(number=number)
    if found.doubtful:
        told = ngettext(
            "{n} file set aside names a card under a record whose own link file does not: nothing is "
            "removed for it.",
            "{n} files set aside name a card under a record whose own link file does not: nothing is "
            "removed for them.",
            found.doubtful,
        )
        yield told.format(n=found.doubtful)
    if found.ids:
        yield _(
            "{path}: give it to the study lead. It holds random ids, and no code. The lead runs:"
        ).format(path=path)
        yield f"  souspli withdraw --ids {quoted(path.name)} --study DIR"
    if not all(found.records):
        yield from _to_try_again()


def _to_try_again() -> Iterator[str]:
    yield _(
        "The interview of such a card may not be collected yet, or the card was never used: keep the "
        "request, and try again after the next collection."
    )
    yield _(
        "Keep it as you keep your key: on paper under lock, or sealed to your own key "
        "(docs/withdrawal.md); never in a message or in a list."
    )


# --- the study lead -----------------------------------------------------------------------------


def _remove(study: Study, path: Path, given: Passphrases, *, as_json: bool) -> int:
    record_ids = withdrawal_file.read(path, study.id)
    key = signing_key(study, given)
    done = withdrawal.withdraw(study, record_ids, key, datetime.now(UTC))
    if as_json:
        print(json.dumps(asdict(done), ensure_ascii=False, indent=1))
    else:
        say("\n".join(_removed(done)))
    return 0


def _removed(done: Withdrawn) -> Iterator[str]:
    yield ngettext(
        "{n} record removed from the study folder.",
        "{n} records removed from the study folder.",
        len(done.removed),
    ).format(n=len(done.removed))
    if done.aside:
        yield ngettext(
            "{n} file removed that was set aside.",
            "{n} files removed that were set aside.",
            done.aside,
        ).format(n=done.aside)
    if done.before:
        yield ngettext(
            "{n} had been withdrawn before.", "{n} had been withdrawn before.", len(done.before)
        ).format(n=len(done.before))
    if done.absent:
        yield ngettext(
            "{n} is nowhere here, perhaps not collected yet: it is refused when it comes.",
            "{n} are nowhere here, perhaps not collected yet: they are refused when they come.",
            len(done.absent),
        ).format(n=len(done.absent))
    if done.nameless:
        yield ngettext(
            "{n} file set aside bore no record's name, so nothing tells whose it is; look at "
            "collected/quarantine.",
            "{n} files set aside bore no record's name, so nothing tells whose they are; look at "
            "collected/quarantine.",
            done.nameless,
        ).format(n=done.nameless)
    yield from _elsewhere(done)


def _elsewhere(done: Withdrawn) -> Iterator[str]:
    """Yield what a withdrawal does not reach, and what follows from it."""
    yield _("An old copy of what was removed is refused from now on. Not reached by this command:")
    yield _("- laptops that still hold it: they let go of it with the next receipt they take in;")
    yield _("- bundles on sticks, backups, other copies of this folder: delete what you can;")
    yield _(
        "- what a flash disk keeps of deleted files. All of these stay sealed, and end for good only "
        "when the key of their wave is destroyed (souspli keys destroy)."
    )
    if done.exports:
        yield _(
            "Datasets exported before may hold the answers. Export again, and ask whoever has one of "
            "these to delete it:"
        )
        for one in done.exports:
            told = ngettext(
                "- {day}: {instrument}, {n} row, SHA-256 {sha256}",
                "- {day}: {instrument}, {n} rows, SHA-256 {sha256}",
                one.rows,
            )
            yield told.format(day=one.day, instrument=one.instrument, n=one.rows, sha256=one.sha256)
    yield _("The case stays drawn, and counts as one that has not answered.")
