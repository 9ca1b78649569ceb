"""The front door: `souspli VERB`. A verb's module is imported only when the verb is called.

Each module under `*/verbs/` has `describe(parser)` and `run(arguments) -> exit status`.
Exit status: 0 done, 1 the data or the world said no, 2 wrong command line, 130 interrupted.
"""

from __future__ import annotations

import codecs
import gc
import io
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from surveys import language
from surveys.language import _, marked
from surveys.saying import folded, nearest, say

# In the order of a study: verb, module, what it does. The help page tells this as a story.
_STORY: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        marked("Anyone"),
        (
            (
                "demo",
                "export.verbs.demo",
                marked("a whole study on this machine, simulated, in one go"),
            ),
        ),
    ),
    (
        marked("Study lead: prepare"),
        (
            (
                "check",
                "surveys.verbs.check",
                marked("every problem of a questionnaire, all at once"),
            ),
            ("new", "surveys.verbs.new", marked("a commented questionnaire to start from")),
            (
                "show",
                "surveys.verbs.show",
                marked("a questionnaire as an outline; its variables, routes and length"),
            ),
            (
                "convert",
                "surveys.verbs.convert",
                marked("from and to XLSForm; to a REDCap dictionary or a DDI codebook"),
            ),
            ("print", "surveys.verbs.print", marked("the questionnaire on paper, as PDF")),
            (
                "keys",
                "export.verbs.keys",
                marked("keys: made by their holders, tested, replaced, destroyed"),
            ),
            (
                "study",
                "export.verbs.study",
                marked("make a study folder with its keys; change a questionnaire"),
            ),
            (
                "papers",
                "export.verbs.papers",
                marked("documents for the data-protection officer, to be completed"),
            ),
            ("draw", "export.verbs.draw", marked("plan and draw a sample anyone can verify")),
            (
                "device",
                "export.verbs.device",
                marked("add a laptop; open the test record it made"),
            ),
            (
                "assign",
                "export.verbs.assign",
                marked("custodian: seal to a laptop the cases it will work"),
            ),
            ("kit", "export.verbs.kit", marked("write the kit of one laptop")),
            (
                "contact-sheets",
                "export.verbs.contact_sheets",
                marked("custodian: sheets of who is to be visited where, as PDF"),
            ),
            (
                "cards",
                "export.verbs.cards",
                marked("custodian: participants' cards with withdrawal codes, as PDF"),
            ),
        ),
    ),
    (
        marked("Interviewer"),
        (
            (
                "enrol",
                "interviewer.verbs.enrol",
                marked("make this laptop's keys; install a kit"),
            ),
            (
                "cases",
                "interviewer.verbs.cases",
                marked("the day's work, one unlock: souspli alone does the same"),
            ),
            ("interview", "interviewer.verbs.interview", marked("hold or resume one interview")),
            (
                "handover",
                "interviewer.verbs.handover",
                marked("take in receipts and kits, write the sealed records out"),
            ),
            ("passphrase", "interviewer.verbs.passphrase", marked("change the passphrase")),
            ("doctor", "interviewer.verbs.doctor", marked("what this machine cannot ensure")),
        ),
    ),
    (
        marked("Study lead: collect and read"),
        (
            (
                "collect",
                "export.verbs.collect",
                marked("take in sealed records, naming what is wrong with any"),
            ),
            (
                "recover",
                "export.verbs.recover",
                marked("open interviews left on a laptop whose passphrase is lost"),
            ),
            ("status", "export.verbs.status", marked("what is where, on a laptop or at the desk")),
            (
                "progress",
                "export.verbs.progress",
                marked("outcomes and response rates, so far"),
            ),
            (
                "release",
                "export.verbs.release",
                marked("release a batch of the reserve, with its reason"),
            ),
            (
                "audit",
                "export.verbs.audit",
                marked("the integrity of interviewing; cases to check back"),
            ),
            (
                "link",
                "export.verbs.link",
                marked("custodian: which records are one person"),
            ),
            (
                "withdraw",
                "export.verbs.withdraw",
                marked("a card's code to records (custodian); remove them (lead)"),
            ),
            (
                "weights",
                "export.verbs.weights",
                marked("how many people each respondent stands for, step by step"),
            ),
            (
                "export",
                "export.verbs.export",
                marked("write an encrypted dataset, through the disclosure gate"),
            ),
            (
                "estimate",
                "export.verbs.estimate",
                marked("estimates with their confidence intervals"),
            ),
            (
                "model",
                "export.verbs.model",
                marked("the medico-economic comparison over ten years, fed by the study"),
            ),
            ("report", "export.verbs.report", marked("the study as one page, to be published")),
        ),
    ),
    (marked("Analyst"), (("open", "export.verbs.open", marked("open an encrypted dataset")),)),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _tolerate_encodings()
    collect_rarely()
    try:
        arguments = _speak(arguments)
        if not arguments and _is_enrolled():
            arguments = ["cases"]
        if not arguments or arguments[0] in {"-h", "--help", "help"}:
            print(_story())
            return 0 if arguments else 2
        if arguments[0] == "--version":
            from importlib.metadata import version

            print(f"souspli {version('souspli')}")
            return 0
        if arguments[0] == "--print-completion":
            return _completion(arguments[1:])
        return _run(arguments[0], arguments[1:])
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except SystemExit as stop:  # argparse: 2 for a wrong command line, 0 after --help
        return stop.code if isinstance(stop.code, int) else 2
    except Exception as error:
        return _failed(error)


def collect_rarely() -> None:
    """Look for unreachable cycles rarely: a questionnaire is hundreds of thousands of small values.

    All of them stay as long as it does, and looking through them again and again while it is read
    takes as long as reading it.
    """
    gc.set_threshold(200_000)


def _tolerate_encodings() -> None:
    """Let no character stop a verb: for one the terminal lacks the nearest stands; bytes that are no text pass."""
    codecs.register_error("souspli.nearest", nearest)
    for stream, errors in (
        (sys.stdin, "surrogateescape"),
        (sys.stdout, "souspli.nearest"),
        (sys.stderr, "souspli.nearest"),
    ):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def _speak(arguments: list[str]) -> list[str]:
    """Choose the language of the interface; return the arguments without `--lang xx`."""
    wanted = language.from_environment()
    if "--lang" in arguments:
        position = arguments.index("--lang")
        wanted = "".join(arguments[position + 1 : position + 2])
        if wanted not in language.LANGUAGES:
            known = ", ".join(language.LANGUAGES)
            say(_("souspli: --lang takes one of: {known}").format(known=known), sys.stderr)
            raise SystemExit(2)
        arguments = arguments[:position] + arguments[position + 2 :]
    language.use(wanted)
    return arguments


def _is_enrolled() -> bool:
    """Whether there is a terminal, and a kit on this laptop: then `souspli` alone opens the day."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    from interviewer.device import Device, default_home

    return Device(default_home()).kit_path.exists()


def _modules() -> dict[str, tuple[str, str]]:
    return {verb: (module, told) for _who, verbs in _STORY for verb, module, told in verbs}


def _run(verb: str, arguments: list[str]) -> int:
    known = _modules()
    if verb not in known:
        say(
            _("souspli: there is no verb “{verb}”; see souspli --help").format(verb=verb[:40]),
            sys.stderr,
        )
        return 2
    name, told = known[verb]
    try:
        module = import_module(name)
    except ModuleNotFoundError as error:
        return _not_installed(verb, error)
    import argparse

    class Parser(argparse.ArgumentParser):
        """Takes no shortened option, and breaks a long line of an epilog; so do those of its actions."""

        def __init__(self, **given: Any) -> None:
            usual: dict[str, Any] = {"formatter_class": Lines, "allow_abbrev": False}
            super().__init__(**(usual | given))

    class Lines(argparse.HelpFormatter):
        """Keeps the lines of a description and of an epilog, the long ones broken between words."""

        def _fill_text(self, text: str, width: int, indent: str) -> str:
            return indent + folded(text, width - len(indent)).replace("\n", "\n" + indent)

    parser = Parser(prog=f"souspli {verb}", description=_(told))
    module.describe(parser)
    try:
        return int(module.run(parser.parse_args(arguments)))
    except ModuleNotFoundError as error:
        return _not_installed(verb, error)


def _not_installed(verb: str, error: ModuleNotFoundError) -> int:
    """Say in one line what to install; a module of ours that is missing is our mistake."""
    if (error.name or "").split(".")[0] in {"surveys", "interviewer", "export", "souspli"}:
        raise error
    needs = _("souspli {verb}: needs the study lead's libraries; run: pip install 'souspli[lead]'")
    say(needs.format(verb=verb), sys.stderr)
    return 1


def _failed(error: Exception) -> int:
    """Say why in one sentence. Of what we did not foresee, say where, never what it held."""
    from surveys.problems import Refusal, Usage

    if isinstance(error, Refusal | Usage):
        say(f"souspli: {error}", sys.stderr)
        return 2 if isinstance(error, Usage) else 1
    if isinstance(error, OSError):
        refused = _(
            "souspli: {path}: the system refused ({why}); free some space or check the disk, then try again"
        )
        why = error.strerror or type(error).__name__
        say(refused.format(path=error.filename or "?", why=why), sys.stderr)
        return 1
    import traceback

    where = traceback.extract_tb(error.__traceback__)[-1]
    unforeseen = _("souspli: an error nobody foresaw ({kind}, {file}:{line}); please report it")
    say(
        unforeseen.format(kind=type(error).__name__, file=where.filename, line=where.lineno),
        sys.stderr,
    )
    return 1


def _story() -> str:
    width = max(len(verb) for verb in _modules())
    lines = [_("usage: souspli VERB … (souspli VERB --help tells more)"), ""]
    lines.append(_("Surveys under seal: what this laptop has sealed, it cannot read."))
    for who, verbs in _STORY:
        lines += ["", _(who)]
        for verb, _module, told in verbs:
            first, *rest = folded(_(told), 80 - width - 4).split("\n")
            lines.append(f"  {verb:<{width}}  {first}")
            lines += [f"{'':<{width + 4}}{line.strip()}" for line in rest]
    lines += [
        "",
        _(
            "--lang fr|en: the language of the interface; --version; --print-completion bash|zsh|tcsh"
        ),
    ]
    return "\n".join(lines)


def _completion(arguments: list[str]) -> int:
    import argparse

    import shtab

    parser = argparse.ArgumentParser(prog="souspli")
    verbs = parser.add_subparsers()
    for verb, (_module, told) in _modules().items():
        verbs.add_parser(verb, help=_(told))
    shell = arguments[0] if arguments else "bash"
    if shell not in shtab.SUPPORTED_SHELLS:
        say(_("souspli: --print-completion takes bash, zsh or tcsh"), sys.stderr)
        return 2
    print(shtab.complete(parser, shell=shell))
    return 0


if __name__ == "__main__":
    sys.exit(main())
