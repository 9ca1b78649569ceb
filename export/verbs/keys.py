"""`souspli keys …`: keys made by whoever will hold them, tested, replaced for a new wave, destroyed."""

from __future__ import annotations

import argparse
import secrets
from datetime import UTC, datetime
from pathlib import Path

from export import custody
from export.commands import in_study
from export.custody import Public
from export.holders import keyring, proof, rotation
from export.laptops import devices
from export.study import ROLES, Study, read_study
from export.verbs import keys_destroy, signing_key, study_option, typed
from interviewer import passphrases
from interviewer.files import content_of, write_durably
from interviewer.passphrases import Passphrases
from surveys.language import _
from surveys.problems import Refusal, Usage
from surveys.saying import say, show

MAKERS = ("custodian", "escrow", "analyst")


# --- the command line ---------------------------------------------------------------------------


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="new | test | answer | rotate | destroy"
    )
    _describe_new(
        actions.add_parser("new", help=_("make a key; the study lead gets its recipient"))
    )
    _describe_test(
        actions.add_parser("test", help=_("lead: see, before field work, that a holder can open"))
    )
    _describe_answer(
        actions.add_parser("answer", help=_("holder: answer a challenge in six words"))
    )
    _describe_rotate(
        actions.add_parser("rotate", help=_("lead: new keys, to which the next wave is sealed"))
    )
    keys_destroy.describe(
        actions.add_parser("destroy", help=_("destroy a key, and what only it opens"))
    )
    parser.epilog = _("example: souspli keys new custodian --out ~/souspli-key")


def _describe_new(new: argparse.ArgumentParser) -> None:
    new.add_argument("role", choices=MAKERS, help=_("who will hold it"))
    new.add_argument("--out", type=Path, default=Path(), metavar="DIR", help=_("where to write it"))
    passphrases.describe(new, _("the new key's"))
    new.epilog = _("example: souspli keys new custodian --out ~/souspli-key")


def _describe_test(test: argparse.ArgumentParser) -> None:
    test.add_argument("role", choices=ROLES, help=_("whose key; study: your own"))
    study_option(test)
    test.add_argument(
        "--out", type=Path, metavar="DIR", help=_("write the holder's challenge there, on a stick")
    )
    test.add_argument(
        "--words", metavar="TEXT", help=_("the words the holder answers; asked for if not given")
    )
    test.add_argument(
        "--key", type=Path, metavar="FILE", help=_("your own key, if it is not the newest in keys/")
    )
    passphrases.describe(test, _("the study key's to test it; the signing key's with words"))
    test.epilog = _(
        "example: souspli keys test custodian --study assore --out /media/usb\n"
        "then:    souspli keys test custodian --study assore"
    )


def _describe_answer(answer: argparse.ArgumentParser) -> None:
    answer.add_argument("file", type=Path, metavar="FILE", help=_("the challenge"))
    answer.add_argument("--key", type=Path, required=True, metavar="FILE", help=_("your key"))
    passphrases.describe(answer, _("the key's"))
    answer.epilog = _(
        "example: souspli keys answer /media/usb/custodian.challenge --key custodian.key"
    )


def _describe_rotate(rotate: argparse.ArgumentParser) -> None:
    study_option(rotate)
    rotate.add_argument(
        "--escrow",
        metavar="KEY",
        help=_("the escrow holder's new recipient, or the file holding it"),
    )
    rotate.add_argument(
        "--custodian",
        metavar="KEY",
        help=_("the custodian's new recipient, or the file holding it"),
    )
    passphrases.describe(rotate, _("the signing key's, then the new study key's"))
    rotate.epilog = _("example: souspli keys rotate --study assore --escrow escrow-2.pub")


def run(arguments: argparse.Namespace) -> int:
    """Do what the action says."""
    actions = {
        "new": _new,
        "test": _test,
        "answer": _answer,
        "rotate": _rotate,
        "destroy": keys_destroy.destroy,
    }
    actions[arguments.action](arguments, Passphrases(arguments.passphrase_fd))
    return 0


# --- made ---------------------------------------------------------------------------------------


def _new(arguments: argparse.Namespace, given: Passphrases) -> None:
    """Make ROLE.key, which stays with its holder, and ROLE.pub, which goes to the study lead."""
    key = arguments.out / f"{arguments.role}.key"
    public = arguments.out / f"{arguments.role}.pub"
    if public.exists():  # a study may seal to it
        raise Refusal(_("{path}: exists already; a key is never overwritten").format(path=public))
    chosen = given.new(key.name)
    try:
        identity = custody.new_identity(key, chosen)
    finally:
        passphrases.wipe(chosen)
    write_durably(public, Public.of(identity).encode(), mode=0o644)
    say(
        _(
            "{key}: keep it, in two places. Without it and its passphrase nothing sealed to it opens."
        ).format(key=key)
    )
    say(_("{public}: give it to the study lead.").format(public=public))


# --- tested -------------------------------------------------------------------------------------


def _test(arguments: argparse.Namespace, given: Passphrases) -> None:
    study, role = read_study(arguments.study), arguments.role
    if role == "study":
        if arguments.out or arguments.words:
            raise Usage(_("your own key is tested here and now; leave --out and --words out"))
        identities = custody.unlocked([arguments.key or study.study_key], given)
        held = proof.note_own(study, identities, datetime.now(UTC))
    elif arguments.key:
        raise Usage(_("leave --key out: only its holder has that key"))
    elif arguments.out:
        _write_challenge(study, role, arguments.out)
        return
    else:
        held = proof.heard(study, role, _words(study, role, arguments.words))
        proof.note(study, held, signing_key(study, given), datetime.now(UTC))
    say(_("{name}.key: what is sealed to it, its holder opens.").format(name=held.name))


def _write_challenge(study: Study, role: str, folder: Path) -> None:
    path = folder / f"{role}{proof.SUFFIX}"
    write_durably(path, proof.challenge(study, role, secrets.token_bytes(proof.SECRET)), mode=0o644)
    say(_("{path}: written. Its holder runs, with their own key:").format(path=path))
    show(f"souspli keys answer {path.name} --key {role}.key")
    say(_("Then type here the six words they answer:"))
    show(f"souspli keys test {role}{in_study(study)}")


def _words(study: Study, role: str, told: str | None) -> str:
    proof.require_asked(study, role)
    if told is not None:
        return told
    prompt = _("{role}: type the six words the holder answers:").format(role=role)
    return typed(prompt, _("there is no terminal to ask for the words on; give --words"))


def _answer(arguments: argparse.Namespace, given: Passphrases) -> None:
    """Print the six words that show that this key opens what is sealed to it."""
    sealed = content_of(arguments.file)
    asked, words = proof.answer(sealed, custody.unlocked([arguments.key], given))
    say(
        _("Study {study} asks its {holder}. Say these words to the study lead:").format(
            study=asked.study, holder=keyring.in_words(asked.role)
        )
    )
    show(words)


# --- replaced -----------------------------------------------------------------------------------


def _rotate(arguments: argparse.Namespace, given: Passphrases) -> None:
    """Make the key of the next wave, and name it in study.yaml."""
    study = read_study(arguments.study)
    told = {"escrow": arguments.escrow, "custodian": arguments.custodian}
    wave = rotation.prepare(
        study, {role: custody.public_of(one) for role, one in told.items() if one}
    )
    signing = signing_key(study, given)
    chosen = given.new(f"{wave.name('study')}.key")
    try:
        made = rotation.rotate(study, wave, signing, chosen, datetime.now(UTC))
    finally:
        passphrases.wipe(chosen)
    say(
        _(
            "{key}: made; keep a copy of it and of its passphrase apart. study.yaml names it."
        ).format(key=made)
    )
    for role in ("escrow", "custodian"):
        if study.recipients[role] and role not in wave.given:
            say(
                _(
                    "The {holder} keeps the same key: it opens this wave too, and destroying a study key "
                    "leaves that as it is."
                ).format(holder=keyring.in_words(role))
            )
    say(_("Next: see that it opens, and the others' new keys too:"))
    show(f"souspli keys test study{in_study(study)}")
    names = ", ".join(one.name for one in devices.all_of(study))
    if names:
        say(_("Then write a new kit for: {names} (souspli kit --help).").format(names=names))
