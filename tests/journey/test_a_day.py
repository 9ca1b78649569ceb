"""A day on paper: two interviewers, ten cases, a lost passphrase, and what reaches the study lead.

The interviewers work in tmux, on 80 columns by 24 rows; lead and custodian at a desk. Everything that is
typed and shown is compared with transcripts/a_day.txt, which is there to be read. After a change
that is meant: SOUSPLI_UPDATE_TRANSCRIPT=1 pytest tests/journey/test_a_day.py, and read the difference.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from export import custody
from export.study import Study, read_study
from export.unseal import Unsealed, unseal_all
from interviewer import age, enrolment, kit, vault
from interviewer.record import Record
from tests.paper import Paper, Terminal, run_at

LEAD = "three public words for tests"  # of every key at the desk: it is the one that `souspli` gives
MINE = {"L01": "seven quiet herons", "L02": "an old brass kettle", "L02b": "written on no wall"}
TRANSCRIPT = Path(__file__).with_name("transcripts") / "a_day.txt"
SMALL = Path(__file__).with_name("small.yaml")
HOTELS = {"AMARANTE": 25, "BLEUET": 15, "CAPUCINE": 10}  # and how many of the frame live there
SAID, OTHER, CARD = "zinzolin in the morning", "a garance door", "SMARAGDIN-4127"
UNDER_WAY = "a violet canary"
Run = Callable[..., "subprocess.CompletedProcess[str]"]
Require = Callable[[str, bool, str], None]


@dataclass
class Office:
    """A folder with the lead's study/, the custodian's key, the stick; and how to work in it."""

    folder: Path
    souspli: Run
    paper: Paper

    def does(self, who: str, *arguments: str, given: int = 0, status: int = 0) -> str:
        """Run a verb at a desk, with the desk's passphrase so many times; return what it said."""
        done = self.souspli(*arguments, passphrases=given, cwd=self.folder)
        assert done.returncode == status, done.stderr + done.stdout
        self.paper.write(run_at(who, arguments, done))
        return done.stdout + done.stderr


@dataclass
class Day:
    """What a day leaves behind: the transcript, what both terminals hold, and the lead's records."""

    paper: Paper
    held: Mapping[str, str]
    folder: Path
    study: Study
    unsealed: Unsealed
    cases: Mapping[str, Sequence[str]]
    said: Mapping[str, str]

    def of(self, hotel: str, number: int) -> list[Record]:
        """Return the records of a case, from 1 in a hotel, in the order of laptop and number."""
        code = self.cases[hotel][number - 1]
        found = [one for one in self.unsealed.records if one.case == code]
        return sorted(found, key=lambda one: (one.device, one.sequence))
