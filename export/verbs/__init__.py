"""The commands of this room: one verb, one file, `describe` and `run`; here is what several take."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import custody
from export.study import Study
from interviewer.passphrases import Passphrases
from surveys.language import LANGUAGES, _
from surveys.problems import Refusal, Usage


def study_option(parser: argparse.ArgumentParser) -> None:
    """Add --study: which study's folder; the current one if none is given."""
    parser.add_argument(
        "--study", type=Path, default=Path(), metavar="DIR", help=_("the study folder")
    )


def study_keys_order() -> str:
    """Return which passphrases open records, in which order, for the help of a verb."""
    return _("the study key's; where each wave has its own, of those in keys/ the oldest first")


def signing_key(study: Study, given: Passphrases) -> Ed25519PrivateKey:
    """Return the study's signing key, by the next passphrase given, which is wiped."""
    return given.opening(
        "signing.key", lambda secret: custody.open_signing_key(study.signing_key, secret)
    )


def typed(prompt: str, otherwise: str) -> str:
    """Return what somebody types on the terminal; raises Usage with `otherwise` where there is none."""
    if not sys.stdin.isatty():
        raise Usage(otherwise)
    import questionary

    try:
        return str(questionary.text(prompt).unsafe_ask())
    except EOFError as error:  # Ctrl-D: nobody wants to type it
        raise KeyboardInterrupt from error


def pdf_options(parser: argparse.ArgumentParser) -> None:
    """Add --out, the PDF to write, and --language, that of what stands on it: None if not given."""
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE.pdf", help=_("the PDF to write")
    )
    parser.add_argument(
        "--language",
        choices=sorted(LANGUAGES),
        help=_("the language of the paper; that of the interface if not given"),
    )


def require_new(path: Path, ending: str) -> None:
    """Raise Usage unless a name ends as such a file's does, Refusal where a file bears it."""
    if path.suffix.lower() != ending:
        raise Usage(_("{path}: give a name that ends in {ending}").format(path=path, ending=ending))
    if path.exists():
        raise Refusal(_("{path}: exists already; give another name").format(path=path))


def reason_of(text: str | None) -> str:
    """Return the reason given with --override as one line, '' where none is; raises Usage for a blank one."""
    reason = " ".join((text or "").split())
    if text is not None and not reason:
        raise Usage(_("--override takes a reason, in words"))
    return reason
