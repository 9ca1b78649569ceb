"""The command to go on with once a draw is planned, as `souspli draw --plan` prints it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from export.drawing.drawn import OF_CLUSTERS
from export.verbs.draw_options import describe, method, sizes_given
from surveys import saying
from surveys.saying import quoted

_BLANK = '"…"'  # to be filled in
_KEPT = (
    "id stratum cluster similarity spread drop sheet method allocation least most minimum "
    "take reserve response expect rho level"
).split()


def commit_command(arguments: argparse.Namespace, size: int | None) -> str:
    """Return the command that commits to what was planned, on lines a terminal shows whole."""
    parser = argparse.ArgumentParser()
    describe(parser)
    words = [quoted(arguments.frame), "--commit", *_study(arguments)]
    words += _options(arguments, parser)
    sizes = sizes_given(arguments)
    if sizes:
        words.append(f"--{sizes[0]} {quoted(getattr(arguments, sizes[0]))}")
    elif size is not None:
        words.append(f"--{'clusters' if method(arguments) in OF_CLUSTERS else 'n'} {size}")
    words.append(f"--announced {quoted(arguments.announced) if arguments.announced else _BLANK}")
    return _on_lines(["souspli draw", *words])


def _study(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the option for the study: a plan needs none, a commitment does; this folder may be it."""
    if arguments.study != Path():
        yield f"--study {quoted(arguments.study)}"
    elif not (arguments.study / "study.yaml").is_file():
        yield "--study DIR"


def _options(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield the options of frame and design that are not the default."""
    for name in _KEPT:
        value = getattr(arguments, name)
        for one in value if isinstance(value, list) else [value]:
            if one != parser.get_default(name):
                yield f"--{name} {quoted(one)}"


def _on_lines(words: Sequence[str]) -> str:
    """Return words on lines of less than 80 characters; on Windows on one."""
    if saying.IS_WINDOWS:  # its shells continue no line
        return "  " + " ".join(words)
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) > 72:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "  " + " \\\n    ".join(lines)
