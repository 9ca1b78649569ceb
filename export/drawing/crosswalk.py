"""crosswalk.age: who each case of a draw is, sealed to the custodian; written and read side by side."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from export.custody import recipients
from export.drawing.draw import Draw
from export.drawing.sample import under_codes
from export.study import Study
from interviewer import age
from interviewer.files import content_of
from surveys.language import _
from surveys.problems import Refusal

NAME = "crosswalk.age"
COLUMNS = ("case", "id", "cluster", "order")


def crosswalk(drawn: Draw, codes: Sequence[str]) -> tuple[tuple[str, str, str, int], ...]:
    """Return (case, frame id, cluster, order) for each person drawn, by the codes of sample.csv."""
    return tuple(
        (code, person.unit.id, person.unit.cluster, person.order)
        for code, person in under_codes(drawn, codes)
    )


def sealed(study: Study, drawn: Draw, codes: Sequence[str]) -> bytes:
    """Return the crosswalk of a draw as CSV, sealed to the study's custodian."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *crosswalk(drawn, codes)])
    return age.seal(text.getvalue().encode("utf-8"), recipients(study.recipients["custodian"]))


def read_crosswalk(study: Study, identities: Sequence[age.Identity]) -> list[tuple[str, str]]:
    """Return (case, hotel) of everybody drawn, in the order of the crosswalk.

    Raises Refusal where these keys do not open it, or what is inside is none.
    """
    path = study.draw / NAME
    try:
        text = age.unseal(content_of(path), identities).decode("utf-8")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        if tuple(rows[0]) != COLUMNS:
            raise ValueError
        return [(case, hotel) for case, _id, hotel, _order in rows[1:]]
    except (ValueError, IndexError, csv.Error) as error:
        raise Refusal(
            _("{path}: is not a crosswalk; restore it from a copy").format(path=path)
        ) from error
