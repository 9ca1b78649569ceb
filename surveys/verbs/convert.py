"""`souspli convert IN OUT`: a questionnaire from and to what other tools read, and what that loses."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from surveys.check import RULES, errors
from surveys.checks.rendered import LineAt, cells_of, lines_of, print_problems
from surveys.instrument import Instrument
from surveys.language import _, ngettext
from surveys.load import Loaded, source_of
from surveys.outfile import write_out
from surveys.problems import Problem, Refusal, Usage
from surveys.saying import say
from surveys.shipped import found_file, opened
from surveys.xlsform import opening
from surveys.yamltree import MAX_BYTES

YAML = (".yaml", ".yml")

# What only keys of ours settle, `accept` and `keep`: the questionnaire is written, to be mended there.
_SETTLED_LATER = frozenset(rule.name for rule in RULES if rule.is_acceptable) | {"leak"}
# What `check` finds in whatever file: a conversion says the rest, which nothing finds later.
_WHOLE = frozenset(rule.name for rule in RULES)

Made = tuple[bytes, tuple[Problem, ...]]


@dataclass(frozen=True, slots=True)
class _Source:
    """What is converted. `text`: what it is in YAML; `line_at` finds the line of a place in it."""

    loaded: Loaded
    text: str
    line_at: LineAt
    is_workbook: bool


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "source",
        metavar="IN",
        help=_("a questionnaire in YAML, an XLSForm (.xlsx, .xls), or a shipped one"),
    )
    parser.add_argument(
        "target",
        metavar="OUT",
        help=_(
            "the file to write: .yaml; .xlsx for an XLSForm; .csv for a REDCap data dictionary; "
            ".xml for DDI-Codebook 2.5"
        ),
    )
    parser.add_argument(
        "--missing",
        action="store_true",
        help=_("from an XLSForm: choices such as -99, -88, ref or dk become refusals and the like"),
    )
    parser.add_argument("--force", action="store_true", help=_("replace OUT if it exists"))
    parser.epilog = _("example: souspli convert household.xlsx household.yaml --missing")


def run(arguments: argparse.Namespace) -> int:
    """Convert one questionnaire; 1 where nothing could be written."""
    path, target = found_file(arguments.source), Path(arguments.target)
    is_workbook = path.suffix.lower() in opening.SUFFIXES
    make = _maker(target, is_workbook)
    if arguments.missing and not is_workbook:
        raise Usage(_("--missing is for a workbook; in YAML write “nonresponse:” on the choice"))
    if target.exists() and not arguments.force:
        raise Refusal(_("{path}: exists already; add --force to replace it").format(path=target))
    source = _opened(path, arguments.source, arguments.missing)
    instrument = source.loaded.instrument
    is_from_workbook = make is None
    forbidding = _forbidding(source.loaded, is_lenient=is_from_workbook)
    found = _told(source)
    if forbidding or instrument is None:
        print_problems(found, source.line_at)
        return _nothing_written(target, len(forbidding))
    content, losses = make(instrument) if make else (source.text.encode(), ())
    wrong = [problem for problem in losses if problem.severity == "error"]
    if is_from_workbook and len(content) > MAX_BYTES:
        raise Refusal(
            _("{path}: would be larger than {n} bytes; split the questionnaire").format(
                path=target, n=MAX_BYTES
            )
        )
    print_problems((*found, *losses) if source.is_workbook else losses, source.line_at)
    if wrong:
        return _nothing_written(target, len(wrong))
    write_out(target, content, force=True)
    _report(target, (*found, *losses), source.loaded if is_from_workbook else None)
    return 0


def _told(source: _Source) -> tuple[Problem, ...]:
    """Return what stands in the way, and what is lost; what `check` warns of, it says itself."""
    return tuple(
        problem
        for problem in source.loaded.problems
        if problem.severity == "error"
        or (problem.severity == "warning" and problem.check not in _WHOLE)
    )


def _maker(target: Path, is_workbook: bool) -> Callable[[Instrument], Made] | None:
    """Return what makes the file wanted; None for YAML, which a workbook is when it is read."""
    suffix = target.suffix.lower()
    if suffix in YAML and is_workbook:
        return None
    if suffix == ".xlsx" and not is_workbook:
        from surveys.xlsform import workbook

        return workbook
    if suffix == ".csv":
        return _dictionary
    if suffix == ".xml":
        from surveys.formats.ddi import ddi

        return ddi
    raise Usage(
        _("{path}: nothing is converted to this; write .yaml, .xlsx, .csv or .xml").format(
            path=target
        )
    )


def _dictionary(instrument: Instrument) -> Made:
    from surveys.formats.redcap import dictionary

    text, losses = dictionary(instrument)
    return text.encode(), losses


def _opened(path: Path, name: str, has_missing_codes: bool) -> _Source:
    called = name if Path(name) == path else path.name
    if path.suffix.lower() in opening.SUFFIXES:
        found = opening.opened(path, called, has_missing_codes=has_missing_codes)
        return _Source(found.loaded, found.text, cells_of(found.cells), is_workbook=True)
    text = source_of(path, MAX_BYTES)
    return _Source(opened(path, called), text, lines_of(text), is_workbook=False)


def _forbidding(loaded: Loaded, is_lenient: bool) -> list[Problem]:
    """Return the errors that stop the conversion.

    A workbook that becomes YAML may still hold what a form of other tools has no word for: what may be
    kept of an answer, and for what reason. That is mended where it is written.
    """
    return [
        problem
        for problem in errors(loaded)
        if not (is_lenient and problem.check in _SETTLED_LATER)
    ]


def _nothing_written(target: Path, wrong: int) -> int:
    said = ngettext("{path}: not written, {n} error", "{path}: not written, {n} errors", wrong)
    say(said.format(path=target, n=wrong))
    return 1


def _report(target: Path, problems: tuple[Problem, ...], loaded: Loaded | None) -> None:
    """Say what was written and lost; `loaded` is what is now in the file, where that is YAML."""
    n = sum(1 for problem in problems if problem.check == "loss")
    if n:
        said = ngettext("{path}: written, {n} loss", "{path}: written, {n} losses", n)
        say(said.format(path=target, n=n))
    else:
        say(_("{path}: written, nothing is lost").format(path=target))
    if loaded is None:
        return
    if loaded.instrument is not None and loaded.instrument.tables:
        names = ", ".join(f"{name}.csv" for name in loaded.instrument.tables)
        say(_("keep beside it: {names}").format(names=names))
    if left := len(errors(loaded)):
        said = ngettext(
            "{n} error is left to settle in it: souspli check {path}",
            "{n} errors are left to settle in it: souspli check {path}",
            left,
        )
        say(said.format(n=left, path=target))
    elif any(
        problem.severity == "warning" and problem.check in _WHOLE for problem in loaded.problems
    ):
        say(_("see what there is to mend in it: souspli check {path}").format(path=target))
