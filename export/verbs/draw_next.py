"""The command to go on with once a draw is planned, as `souspli draw --plan` prints it."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from export.drawing.drawn import OF_CLUSTERS
from export.verbs.draw_options import describe, method, sizes_given

_BLANK = '"…"'  # to be filled in
IS_WINDOWS = os.name == "nt"  # its shells quote otherwise, and continue no line
_KEPT = (
    "id stratum cluster similarity spread drop sheet method allocation least most minimum "
    "take reserve response expect rho level"
).split()


def commit_command(arguments: argparse.Namespace, size: int | None) -> str:
    """Return the command that commits to what was planned, on lines a terminal shows whole."""
    parser = argparse.ArgumentParser()
    describe(parser)
    words = [_quoted(str(arguments.frame)), "--commit", *_study(arguments)]
    words += _options(arguments, parser)
    sizes = sizes_given(arguments)
    if sizes:
        words.append(f"--{sizes[0]} {_quoted(str(getattr(arguments, sizes[0])))}")
    elif size is not None:
        words.append(f"--{'clusters' if method(arguments) in OF_CLUSTERS else 'n'} {size}")
    words.append(f"--announced {_quoted(arguments.announced) if arguments.announced else _BLANK}")
    return _on_lines(["souspli draw", *words])


def _study(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the option for the study: a plan needs none, a commitment does; this folder may be it."""
    if arguments.study != Path():
        yield f"--study {_quoted(str(arguments.study))}"
    elif not (arguments.study / "study.yaml").is_file():
        yield "--study DIR"


def _options(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield the options of frame and design that are not the default."""
    for name in _KEPT:
        value = getattr(arguments, name)
        for one in value if isinstance(value, list) else [value]:
            if one != parser.get_default(name):
                yield f"--{name} {_quoted(str(one))}"


def _quoted(word: str) -> str:
    return subprocess.list2cmdline([word]) if IS_WINDOWS else shlex.quote(word)


def _on_lines(words: Sequence[str]) -> str:
    """Return words on lines of less than 80 characters; on Windows on one."""
    if IS_WINDOWS:
        return "  " + " ".join(words)
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) > 72:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "  " + " \\\n    ".join(lines)
