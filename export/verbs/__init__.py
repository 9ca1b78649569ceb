"""The commands of this room: one verb, one file, `describe` and `run`; here is what several take."""

from __future__ import annotations

import argparse
from pathlib import Path

from surveys.language import _


def study_option(parser: argparse.ArgumentParser) -> None:
    """Add --study: which study's folder; the current one if none is given."""
    parser.add_argument(
        "--study", type=Path, default=Path(), metavar="DIR", help=_("the study folder")
    )
