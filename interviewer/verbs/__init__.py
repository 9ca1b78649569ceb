"""The commands of this room: one verb, one file, `describe` and `run`; here is what several take."""

from __future__ import annotations

import argparse
from pathlib import Path

from surveys.language import _


def home_option(parser: argparse.ArgumentParser) -> None:
    """Add --home: which laptop's folder; None is the usual one."""
    parser.add_argument(
        "--home", type=Path, metavar="DIR", help=_("the device folder, if not the usual one")
    )
