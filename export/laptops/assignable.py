"""Which cases may be given to a laptop: released ones, of the crosswalk or of a table.

The custodian opens the crosswalk. No message names a case or a hotel: how many, or on which line.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from export.drawing import crosswalk
from export.drawing.sample import read_sample
from export.study import Study
from interviewer import age
from interviewer.kit import Case
from surveys import codes
from surveys.language import _
from surveys.problems import Place, Problem, Refusal, in_order

_SEPARATORS = ",;\t"


def from_crosswalk(
    study: Study, identities: Sequence[age.Identity], hotels: Sequence[str] = ()
) -> tuple[Case, ...]:
    """Return the released cases of the crosswalk, of all hotels or of those named.

    Raises Refusal where a hotel is not in the crosswalk, or none of its cases is released.
    """
    drawn = read_sample(study)
    if drawn is None:
        raise Refusal(_("nothing is drawn in this study; draw its sample, or give --cases FILE"))
    return tuple(
        Case(one.case, one.hotel) for one in crosswalk.released(study, drawn, identities, hotels)
    )


def from_table(study: Study, text: str, file: str) -> tuple[Case, ...]:
    """Return the cases of a CSV with the columns case and place ('' where it is not known).

    Raises Refusal with every line that is wrong: no message repeats what stands there.
    """
    heading = text.split("\n", 1)[0]
    rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(_SEPARATORS, key=heading.count), strict=True
    )
    problems: list[Problem] = []
    found: dict[str, Case] = {}
    try:
        columns = _columns([cell.strip() for cell in next(rows, [])], file)
        released = _released(study)
        for row in rows:
            if any(cell.strip() for cell in row):
                line = Place(file, rows.line_num, 1)
                problems += _row(row, columns, line, released, found)
    except csv.Error as error:
        raise Refusal(
            _("{file}: cannot be read as CSV; save it as CSV again").format(file=file)
        ) from error
    if problems:
        raise Refusal("\n".join(str(problem) for problem in in_order(problems)))
    if not found:
        raise Refusal(_("{file}: holds no case; give one a line").format(file=file))
    return tuple(found.values())


def _columns(header: Sequence[str], file: str) -> tuple[int, int]:
    """Return where the case stands in a line, and where the place."""
    names = [name.casefold() for name in header]
    if names.count("case") != 1 or names.count("place") != 1:
        raise Refusal(
            _("{file}: its first line must name the columns case and place; add it").format(
                file=file
            )
        )
    return names.index("case"), names.index("place")


def _row(
    row: Sequence[str],
    columns: tuple[int, int],
    line: Place,
    released: Mapping[str, bool] | None,
    found: dict[str, Case],
) -> Iterator[Problem]:
    """Add the case of a line to those found, or yield what is wrong with it."""
    if len(row) <= max(columns):
        yield _problem(line, _("the line is too short"), _("complete it"))
        return
    code = codes.normal(row[columns[0]])
    if not codes.is_case(code):
        remedy = _("copy its eight characters from sample.csv")
        yield _problem(line, _("this is not a case code"), remedy)
    elif code in found:
        yield _problem(line, _("this case stands here twice"), _("remove one line"))
    elif released is not None and code not in released:
        yield _problem(line, _("this case is not of the study's sample"), _("remove the line"))
    elif released is not None and not released[code]:
        yield _problem(
            line, _("this case is in reserve"), _("release it first, or remove the line")
        )
    else:
        place = unicodedata.normalize("NFC", row[columns[1]].strip())
        found[code] = Case(code, place)


def _problem(line: Place, fact: str, remedy: str) -> Problem:
    return Problem(line, "", fact, remedy, "cases")


def _released(study: Study) -> dict[str, bool] | None:
    """Return whether each case of the sample is released, None where nothing was drawn."""
    drawn = read_sample(study)
    return None if drawn is None else {case: one.is_released for case, one in drawn.items()}
