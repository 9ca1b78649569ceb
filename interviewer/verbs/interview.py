"""`souspli interview [INSTRUMENT]`: one interview, begun or resumed, sealed as it ends."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from interviewer import age, cases, holding, laptop, passphrases, process, record
from interviewer.device import Device, default_home
from interviewer.frames import Damaged
from interviewer.holding import Holding, OpenDraft
from interviewer.interview import Interview, begin
from interviewer.kit import Kit, KitInstrument, SignedKit, instrument_of
from interviewer.laptop import Laptop
from interviewer.passphrases import Passphrases
from interviewer.record import MAX_CODE
from interviewer.scrub import Scrubber
from interviewer.sitting import Keyboard, Setting, Sitting
from interviewer.verbs import home_option
from surveys import codes, language, shipped
from surveys.instrument import Instrument
from surveys.language import _
from surveys.plan import plan
from surveys.problems import Refusal, Usage
from surveys.saying import say

INTERRUPTED = 130
_FILES = (".yaml", ".yml", *shipped.WORKBOOKS)


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "instrument",
        nargs="?",
        metavar="INSTRUMENT",
        help=_("a questionnaire of the kit, by its id; with --practice, a file to try"),
    )
    parser.add_argument("--case", metavar="CODE", help=_("the case, as on the contact sheet"))
    parser.add_argument("--interviewer", metavar="CODE", help=_("the interviewer's code"))
    parser.add_argument(
        "--new",
        action="store_true",
        help=_("begin another one where one is under way, or was held"),
    )
    parser.add_argument(
        "--resume", action="store_true", help=_("go on with the one that is under way")
    )
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
    home_option(parser)
    parser.add_argument("--handed-fd", type=int, help=argparse.SUPPRESS)  # from the day's session
    passphrases.describe(parser, _("this laptop's"))
    parser.epilog = _("example: souspli interview assore_beneficiaires --case K7Q2-M4T9")


def run(arguments: argparse.Namespace) -> int:
    """Hold one interview. Whatever cannot be sealed is refused before the first question."""
    process.harden()
    process.interrupt_on_hangup()
    if arguments.practice and _is_file(arguments.instrument):
        return _tried(arguments)
    device = Device(arguments.home or default_home())
    kit = ready(device).kit
    _require_terminal(arguments)
    if arguments.handed_fd is not None:
        return _as_child(device, kit, arguments)
    chosen = _chosen(kit, arguments)
    here = laptop.opened(
        device,
        laptop.asked(device, Passphrases(arguments.passphrase_fd)),
        practice=arguments.practice,
    )
    holding.mend(here, _now())
    return _told(*_closed(_held(here, chosen, arguments), arguments))


def _require_terminal(arguments: argparse.Namespace) -> None:
    if not arguments.plain and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Usage(_("the screen needs a terminal; add --plain to answer line by line"))


def _as_child(device: Device, kit: Kit, arguments: argparse.Namespace) -> int:
    """Hold the interview that the day's session chose; it says itself what became of it."""
    handed = process.handed(arguments.handed_fd)
    here = laptop.opened(device, handed.secrets, practice=arguments.practice)
    holding.mend(here, _now())
    if handed.draft:  # what goes on may be of a questionnaire that only an older kit had
        opening = _resumed(here, handed.draft)
    else:
        chosen = _chosen(kit, arguments)
        opening = _begun(here, chosen, handed.case, handed.interviewer, arguments)
    _, sitting, became = _closed(opening, arguments)
    if sitting.ending == "erased":
        return process.ERASED
    if became == "sealed":
        return 0
    return process.LOCKED if sitting.is_locked else INTERRUPTED


def ready(device: Device) -> SignedKit:
    """Return the installed kit, once it is sure that a record can be sealed and written.

    Raises Refusal where there is no kit, no ML-KEM, or no room on the disk.
    """
    if not age.mlkem_is_available():
        raise Refusal(
            _("this machine's cryptography has no ML-KEM; install cryptography 49 or newer")
        )
    laptop.stored(device)
    signed = device.installed()
    for found in signed.kit.instruments:
        record.require_fit(instrument_of(found), signed.kit.bucket)
    device.require_room(2 * signed.kit.bucket)
    return signed


# --- a file, tried --------------------------------------------------------------------------------


def _is_file(name: str | None) -> bool:
    """Whether a questionnaire is meant by its file, or one of those that come with Souspli."""
    return name is not None and (Path(name).suffix in _FILES or name in shipped.names())


def _tried(arguments: argparse.Namespace) -> int:
    """Hold an interview for whoever wrote the questionnaire: without keys, and nothing is kept."""
    instrument = shipped.usable(arguments.instrument)
    _require_terminal(arguments)
    _require_spoken(instrument, arguments.language)
    interview = begin(plan(instrument), _now(), secrets.token_hex(8), arguments.language or "")
    setting = Setting(
        title=_("A trial: nothing is kept"),
        scrubber=Scrubber(language=instrument.default_language),
        is_practice=True,
        is_trial=True,
        keyboard=_keyboard(),
    )
    sitting = _hold(interview, setting, plain=arguments.plain)
    say(_("A trial: nothing was kept."))
    return 0 if sitting.ending in {"finished", "stopped"} else INTERRUPTED


def _require_spoken(instrument: Instrument, wanted: str | None) -> None:
    spoken = instrument.languages
    if wanted and wanted not in spoken:
        if not spoken:
            raise Usage(_("the questionnaire has one language; leave --language out"))
        raise Usage(_("the questionnaire speaks: {known}").format(known=", ".join(spoken)))


def _chosen(kit: Kit, arguments: argparse.Namespace) -> KitInstrument:
    """Return the questionnaire wanted, once it is sure that it speaks the language wanted."""
    found = _named(kit, arguments.instrument, plain=arguments.plain)
    _require_spoken(instrument_of(found), arguments.language)
    return found


def _named(kit: Kit, wanted: str | None, *, plain: bool) -> KitInstrument:
    known = ", ".join(found.id for found in kit.instruments)
    if wanted is not None:
        named = kit.named(wanted)
        if named is None and _is_file(wanted):
            raise Usage(_("to try a questionnaire that is in no kit, add --practice"))
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


# --- begun or resumed ---------------------------------------------------------------------------


def _held(
    here: Laptop, chosen: KitInstrument, arguments: argparse.Namespace
) -> AbstractContextManager[Holding]:
    """Return the interview of this questionnaire and case that is under way, else a new one."""
    ask = _plain_asker if arguments.plain else _dialogue
    has_case = chosen.unit in {"person", "non_respondent", "back_check"}
    case = codes.normal(_code(arguments.case, _("Case:"), ask)) if has_case else ""
    under_way = [] if arguments.new else _under_way(here, chosen, case)
    if under_way and not (has_case or arguments.resume):
        raise Refusal(
            _(
                "an interview of this questionnaire is under way; add --resume to go on with it, or --new"
            )
        )
    if under_way:
        say(_("This interview goes on where it stopped."))
        return _resumed(here, under_way[0].id)
    if has_case and not here.is_practice:
        _require_case(case, here)
        if not arguments.new:
            _require_not_held(here, chosen, case)
    interviewer = _code(arguments.interviewer, _("Interviewer's code:"), ask)
    return _begun(here, chosen, case, interviewer, arguments)


@contextmanager
def _resumed(here: Laptop, draft_id: str) -> Iterator[Holding]:
    """Hold an interview under way against other terminals; it is read once it is held."""
    with holding.at_work(here, draft_id):
        yield holding.resumed(here, draft_id)


@contextmanager
def _begun(
    here: Laptop,
    chosen: KitInstrument,
    case: str,
    interviewer: str,
    arguments: argparse.Namespace,
) -> Iterator[Holding]:
    """Hold a new interview against other terminals."""
    held = holding.begun(
        here,
        chosen,
        case=case,
        interviewer=interviewer,
        now=_now(),
        language=arguments.language or "",
    )
    with holding.at_work(here, held.around.id):
        yield held


def _under_way(here: Laptop, chosen: KitInstrument, case: str) -> list[OpenDraft]:
    return [
        found
        for found in holding.open_drafts(here)
        if (found.instrument, found.case) == (chosen.id, case) and not found.fault
    ]


def _require_not_held(here: Laptop, chosen: KitInstrument, case: str) -> None:
    """Refuse a second interview of a case that has one, complete or partial, unless it is asked for."""
    try:
        events = cases.opened(here.place, here.secrets.vault_key).events()
    except (cases.CasesError, Damaged):
        return  # the session says that the journal is damaged; it stops no interview
    sealed = cases.sealed_in(here.ledger.lines())
    if any(
        (one.case, one.instrument, one.outcome[:2]) == (case, chosen.id, "1.")
        for one in cases.records(events, sealed)
    ):
        raise Refusal(_("this case has its interview already; to hold another one, add --new"))


def _code(given: str | None, prompt: str, ask: Callable[[str], str]) -> str:
    code = (given if given is not None else ask(prompt)).strip()
    if not code or len(code) > MAX_CODE or not code.isprintable():
        raise Usage(_("{what} one line, 1 to {n} characters").format(what=prompt, n=MAX_CODE))
    return code


def _require_case(code: str, here: Laptop) -> None:
    """Refuse a code that is no case of this laptop: a slip would make an interview nobody's."""
    if not codes.is_case(code):
        raise Refusal(
            _("this is not a case code; copy its eight characters from the contact sheet")
        )
    if here.case(code) is None:
        raise Refusal(_("this case is not one of this laptop's; ask the study lead for a new kit"))


def _plain_asker(prompt: str) -> str:
    sys.stdout.write(f"{prompt} ")
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    return line


def _dialogue(prompt: str) -> str:
    import questionary

    return str(questionary.text(prompt, erase_when_done=True).unsafe_ask())


# --- held and closed ----------------------------------------------------------------------------


def _closed(
    opening: AbstractContextManager[Holding], arguments: argparse.Namespace
) -> tuple[Holding, Sitting, str]:
    """Hold an interview and close it; return it, how it went, and what became of it."""
    with opening as held:
        sitting = _hold(held.interview, _setting(held), plain=arguments.plain)
        return held, sitting, holding.close(held, sitting, _now())


def _hold(interview: Interview, setting: Setting, *, plain: bool) -> Sitting:
    if plain:
        from interviewer import lines

        return lines.hold(interview, setting, sys.stdin, sys.stdout)
    from interviewer import screen

    return screen.hold(interview, setting)


def _setting(held: Holding) -> Setting:
    here, interview = held.laptop, held.interview
    title = here.signed.kit.title
    return Setting(
        title=title.get(interview.language, next(iter(title.values()), "Souspli")),
        scrubber=Scrubber(words=here.private.words, language=interview.instrument.default_language),
        durable=held.durable,
        is_practice=here.is_practice,
        help_numbers=here.private.help_numbers,
        idle_minutes=here.private.rules.idle_minutes,
        unlock=laptop.unlocking(here.device),
        keyboard=_keyboard(),
    )


def _keyboard() -> Keyboard:
    # Harmless on another keyboard: digits are digits there too.
    return "azerty" if language.from_environment() == "fr" else ""


def _told(held: Holding, sitting: Sitting, became: str) -> int:
    """Say what became of the interview, and return the exit status."""
    if sitting.ending == "erased":
        say(_("Erased: no answer of this interview is kept."))
        return INTERRUPTED
    if became == "sealed":
        say(_("Sealed. This laptop cannot read it any more."))
        return 0
    if held.around.case:
        say(_("Interrupted: every answer is kept, encrypted; the same command goes on with it."))
    else:
        say(_("Interrupted: every answer is kept, encrypted; --resume goes on with it."))
    return INTERRUPTED


def _now() -> datetime:
    return datetime.now().astimezone()
