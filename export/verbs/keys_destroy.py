"""`souspli keys destroy`: a key destroyed by its holder, by hand, once they have read what goes with it."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from export import bars, custody
from export.commands import in_study
from export.holders import destruction, keyring
from export.holders.destruction import Toll
from export.holders.keyring import Held
from export.study import Study, read_study
from export.verbs import signing_key, typed
from interviewer import passphrases
from interviewer.passphrases import Passphrases
from surveys.language import _, ngettext
from surveys.problems import Refusal, Usage
from surveys.saying import quoted, say, show


def describe(destroy: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    which = destroy.add_mutually_exclusive_group(required=True)
    which.add_argument("--key", type=Path, metavar="FILE", help=_("the key to destroy"))
    which.add_argument(
        "--told",
        metavar="NAME",
        help=_("lead: note that its holder has destroyed this key, for example custodian"),
    )
    destroy.add_argument(
        "--study",
        type=Path,
        metavar="DIR",
        help=_("the study folder, whose ledger notes it; a holder who has none leaves it out"),
    )
    passphrases.describe(destroy, _("that of the key; with --told, the signing key's"))
    destroy.epilog = _("example: souspli keys destroy --key keys/study.key --study assore")


def destroy(arguments: argparse.Namespace, given: Passphrases) -> None:
    """Destroy a key, or note that its holder did; the ledger comes first."""
    if arguments.told:
        _note_told(read_study(arguments.study or Path()), arguments.told, given)
        return
    if not sys.stdin.isatty():
        raise Usage(_by_hand())
    if arguments.study is None:
        _destroy_elsewhere(arguments.key, given)
        return
    study = read_study(arguments.study)
    path = arguments.key if arguments.key.exists() else study.folder / arguments.key
    destruction.require_destroyable(path)
    identities = custody.unlocked([path], given)
    held = destruction.whose(study, identities)
    counted = destruction.toll(study, identities, bars.shown(_("Counting")))
    for line in _consequences(study, held, path, counted):
        say(line)
    _confirm(study.id, _("Type the study's id to destroy this key:"))
    count = counted.links if held.role == "custodian" else counted.records
    key = custody.ledger_key(identities)
    destruction.note(study, held, count, key, datetime.now(UTC))
    _erase(path)


def _destroy_elsewhere(path: Path, given: Passphrases) -> None:
    """Destroy a key whose holder has no study folder at hand; the lead notes it then."""
    destruction.require_destroyable(path)
    if (path.resolve().parent.parent / "study.yaml").exists():
        raise Usage(_("this key lies in a study folder; give --study, so that its ledger notes it"))
    custody.unlocked([path], given)
    say(_("Nothing sealed to this key opens with it any more, in any study."))
    say(_beyond_reach())
    _confirm(path.name, _("Type the file's name to destroy it:"))
    _erase(path)
    say(_("Tell the study lead, who notes it, by the name that souspli status gives this key:"))
    show("souspli keys destroy --told NAME --study DIR")


def _note_told(study: Study, name: str, given: Passphrases) -> None:
    """Note what a holder says; the lead cannot know it."""
    found = {held.name: held for held in keyring.of_study(study)}
    if name not in found:
        known = ", ".join(found)
        raise Usage(
            _("the study has no key “{name}”; it has: {known}").format(name=name, known=known)
        )
    path = study.folder / "keys" / f"{name}.key"
    if path.exists():
        told = _("this key is still in keys/; destroy it:")
        command = f"souspli keys destroy --key {quoted(path)}{in_study(study)}"
        raise Refusal(f"{told}\n  {command}")
    key = signing_key(study, given)
    custody.require_signer(key, study.signer)
    destruction.note(study, found[name], 0, key, datetime.now(UTC), told=True)
    say(_("Noted in the study's ledger: {name}.key, as its holder says.").format(name=name))


def _consequences(study: Study, held: Held, path: Path, counted: Toll) -> Sequence[str]:
    """Return in words what goes with a key, what does not, and what nobody can promise."""
    lines = [
        _("{path} is {name}.key of the study {study}: the {holder}'s.").format(
            path=path, name=held.name, study=study.id, holder=keyring.in_words(held.role)
        )
    ]
    lines += _opened(held, counted)
    if counted.files:
        lines.append(
            _("Who the cases are opens with it: {files}.").format(files=", ".join(counted.files))
        )
    others = destruction.also_open(study, held)
    if others:
        lines.append(
            _(
                "What was sealed to one of these too stays readable as long as it exists: {names}."
            ).format(names=", ".join(f"{one.name}.key" for one in others))
        )
    if held.is_current:
        lines.append(
            _("Kits seal to it now: none can be written any more before souspli keys rotate.")
        )
    lines.append(
        _("Datasets written, interviews under way on laptops, and paper stay as they are.")
    )
    lines.append(_beyond_reach())
    return lines


def _opened(held: Held, counted: Toll) -> list[str]:
    """Return in words how many records or links a key opens, even where there is none."""
    lines = []
    if counted.records:
        told = ngettext(
            "{n} collected record opens with it.",
            "{n} collected records open with it.",
            counted.records,
        )
        lines.append(told.format(n=counted.records))
    elif held.role != "custodian":
        lines.append(_("No record collected so far opens with it."))
    if counted.links:
        told = ngettext(
            "{n} link between a record and a participant's card opens with it.",
            "{n} links between records and participants' cards open with it.",
            counted.links,
        )
        lines.append(told.format(n=counted.links))
    elif held.role == "custodian":
        lines.append(
            _("No link between a record and a participant's card collected so far opens with it.")
        )
    return lines


def _beyond_reach() -> str:
    return _(
        "A copy of this file, a backup, or what a flash memory keeps of it opens as before, with its "
        "passphrase: destroy those too."
    )


def _confirm(wanted: str, prompt: str) -> None:
    """Go on only where the word was typed, on a terminal: no script destroys by mistake."""
    said = typed(prompt, _by_hand())
    if said.strip() != wanted:
        raise Refusal(_("that is not “{wanted}”; nothing was destroyed").format(wanted=wanted))


def _by_hand() -> str:
    return _("a key is destroyed by hand: run it on a terminal")


def _erase(path: Path) -> None:
    destruction.erase(path, secrets.token_bytes)
    say(_("{path}: overwritten and removed.").format(path=path))
