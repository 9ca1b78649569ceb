"""`python -m tests.fuzz TARGET`: a campaign; with --replay WAY FILE, one input."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.fuzz import campaign
from tests.fuzz.targets import TARGETS


def main() -> int:
    """Run one campaign and print its report; 1 where it found anything."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--keep", type=Path, default=Path.cwd(), help="where failing inputs go")
    parser.add_argument("--replay", nargs=2, metavar=("WAY", "FILE"))
    arguments = parser.parse_args()
    if arguments.replay:
        way, file = arguments.replay
        came = campaign.replay(arguments.target, way, Path(file).read_bytes())
        print(came)
        return int(came not in {"read", "refused"})
    report = campaign.run(arguments.target, arguments.seconds, arguments.seed, arguments.keep)
    print(campaign.as_json(report))
    return int(bool(report.findings))


if __name__ == "__main__":
    sys.exit(main())
