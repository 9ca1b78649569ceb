"""`souspli interview [INSTRUMENT]`: one interview, sealed as it ends."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from interviewer import age, codes, process, record
from interviewer.closing import Circumstances, put_away, record_of
from interviewer.device import Device, default_home, new_id
from interviewer.interview import begin
from interviewer.kit import Kit, KitInstrument, SignedKit, instrument_of
from interviewer.record import MAX_CODE
from interviewer.scrub import Scrubber
from interviewer.sitting import Setting, Sitting
from surveys.language import _
from surveys.plan import plan
from surveys.problems import Refusal, Usage

INTERRUPTED = 130


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "instrument",
        nargs="?",
        metavar="INSTRUMENT",
        help=_("a questionnaire of the kit, by its id"),
    )
    parser.add_argument("--case", metavar="CODE", help=_("the case, as on the contact sheet"))
    parser.add_argument("--interviewer", metavar="CODE", help=_("the interviewer's code"))
    parser.add_argument(
        "--plain", action="store_true", help=_("one line an answer, for screen readers and pipes")
    )
    parser.add_argument(
        "--practice",
        action="store_true",
        help=_("for practice: kept apart, never exported as real"),
    )
    parser.add_argument(
        "--language", metavar="XX", help=_("the language of the questionnaire to begin with")
    )
    parser.add_argument(
        "--home", type=Path, metavar="DIR", help=_("the device folder, if not the usual one")
    )
    parser.epilog = _("example: souspli interview assore_beneficiaires --case K7Q2-M4T9")


def run(arguments: argparse.Namespace) -> int:
    """Hold one interview. Whatever cannot be sealed is refused before the first question."""
    process.harden()
    process.interrupt_on_hangup()
    device = Device(arguments.home or default_home())
    signed = ready(device)
    chosen = _chosen(signed.kit, arguments.instrument, plain=arguments.plain)
    is_practice = arguments.practice or signed.kit.is_practice
    has_case = chosen.unit in {"person", "non_respondent"}
    ask = _plain_asker if arguments.plain else _dialogue
    around = Circumstances(
        signed=signed,
        instrument=chosen,
        case=_case(_code(arguments.case, _("Case:"), ask), is_practice) if has_case else "",
        interviewer=_code(arguments.interviewer, _("Interviewer's code:"), ask),
        mode="interviewer",
        is_practice=is_practice,
    )
    sitting = _held(around, plain=arguments.plain, language=arguments.language or "")
    return _close(sitting, around, device)


def ready(device: Device) -> SignedKit:
    """Return the installed kit, once it is sure that a record can be sealed and written.

    Raises Refusal where there is no kit, no ML-KEM, or no room on the disk.
    """
    if not age.mlkem_is_available():
        raise Refusal(
            _("this machine's cryptography has no ML-KEM; install cryptography 49 or newer")
        )
    signed = device.installed()
    for found in signed.kit.instruments:
        record.require_fit(instrument_of(found), signed.kit.bucket)
    device.require_room(2 * signed.kit.bucket)
    return signed


def _chosen(kit: Kit, wanted: str | None, *, plain: bool) -> KitInstrument:
    known = ", ".join(found.id for found in kit.instruments)
    if wanted is not None:
        named = kit.named(wanted)
        if named is None:
            raise Usage(
                _("the kit has no questionnaire “{wanted}”; it has: {known}").format(
                    wanted=wanted, known=known
                )
            )
        return named
    if len(kit.instruments) == 1:
        return kit.instruments[0]
    if plain or not sys.stdin.isatty():
        raise Usage(_("say which questionnaire; the kit has: {known}").format(known=known))
    import questionary

    picked = questionary.select(
        _("Which questionnaire?"),
        [found.id for found in kit.instruments],
        instruction=_("(arrows, then Enter)"),
    ).unsafe_ask()
    return next(found for found in kit.instruments if found.id == picked)


def _code(given: str | None, prompt: str, ask: Callable[[str], str]) -> str:
    code = (given if given is not None else ask(prompt)).strip()
    if not code or len(code) > MAX_CODE or not code.isprintable():
        raise Usage(_("{what} one line, 1 to {n} characters").format(what=prompt, n=MAX_CODE))
    return code


def _case(typed: str, is_practice: bool) -> str:
    """Return the case as written on its sheet; a slip would make an interview nobody's."""
    code = codes.normal(typed)
    if not codes.is_case(code) and not is_practice:
        raise Refusal(
            _("this is not a case code; copy its eight characters from the contact sheet")
        )
    return code


def _plain_asker(prompt: str) -> str:
    sys.stdout.write(f"{prompt} ")
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    return line


def _dialogue(prompt: str) -> str:
    import questionary

    return str(questionary.text(prompt).unsafe_ask())


def _held(around: Circumstances, *, plain: bool, language: str) -> Sitting:
    instrument = instrument_of(around.instrument)
    if language and language not in instrument.languages:
        known = ", ".join(instrument.languages)
        raise Usage(_("the questionnaire speaks: {known}").format(known=known))
    interview = begin(plan(instrument), datetime.now().astimezone(), new_id(), language)
    kit = around.signed.kit
    title = next(iter(kit.title.values()), "Souspli")
    setting = Setting(
        title=kit.title.get(interview.language, title),
        scrubber=Scrubber(words=(), language=instrument.default_language),
        is_practice=around.is_practice,
    )
    if plain:
        from interviewer import lines

        return lines.hold(interview, setting, sys.stdin, sys.stdout)
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise Usage(_("the screen needs a terminal; add --plain to answer line by line"))
    from interviewer import screen

    return screen.hold(interview, setting)


def _close(sitting: Sitting, around: Circumstances, device: Device) -> int:
    """Seal what there is. An interview without any answer leaves nothing, nor does an erased one."""
    if sitting.ending == "erased":
        print(_("Erased: nothing of this interview is kept."))
        return INTERRUPTED
    if not any(
        answer.value or answer.status != "answered" for answer in sitting.interview.answers.values()
    ):
        print(_("Nothing was answered: nothing is kept."))
        return INTERRUPTED
    made, links = record_of(sitting, around, device, datetime.now().astimezone())
    put_away(made, links, around.signed, device)
    if sitting.ending == "finished":
        print(_("Sealed. This laptop cannot read it any more."))
        return 0
    print(_("Interrupted: what was answered is sealed, as an unfinished interview."))
    return INTERRUPTED
