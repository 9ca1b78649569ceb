"""The refuse list: the ids of withdrawn records, none of which is ever taken in again from an old copy.

One empty file an id, in collected/withdrawn/: copies of a folder are merged by putting all their files
together. An id is random and says nothing of anybody.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from export import ledger
from export.collecting.bundles import ID
from export.study import Study
from interviewer.files import write_durably
from surveys.language import _
from surveys.problems import Refusal

NAME = "withdrawn"


def ids(folder: Path) -> frozenset[str]:
    """Return the ids of records withdrawn from a folder of collected records.

    Raises Refusal where the list is there and cannot be read: nothing is taken in on a guess.
    """
    path = folder / NAME
    try:
        return frozenset(name for name in os.listdir(path) if ID.fullmatch(name))
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise Refusal(
            _("{path}: cannot be read ({why}); check the path").format(
                path=path, why=error.strerror
            )
        ) from error


def of_study(study: Study) -> frozenset[str]:
    """Return the ids withdrawn from a study: those on its list, and those that its ledger says were.

    So a list lost with an older copy of the folder lets no withdrawn record back in.
    """
    return ids(study.collected) | noted(study)


def noted(study: Study) -> frozenset[str]:
    """Return the ids that sound lines of the study's ledger say were withdrawn.

    A file on the list may have been put there by anybody; these lines are signed.
    """
    lines = ledger.verified(study.ledger, study.signer).sound
    return frozenset(one for line in lines if line.event == "withdraw" for one in line.what.split())


def add(folder: Path, record_ids: Iterable[str]) -> None:
    """Put records on the refuse list of a folder, each on the disk before the next; again changes nothing.

    Raises Refusal where the disk refuses, ValueError where one is no record id and could name any file.
    """
    wanted = sorted(set(record_ids))
    if not all(ID.fullmatch(one) for one in wanted):
        raise ValueError("one is no record id")
    for one in wanted:
        write_durably(folder / NAME / one, b"")
