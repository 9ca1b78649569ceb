"""crosswalk.age: who each case of a draw is, sealed to the custodian; written and read side by side."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from export.custody import recipients
from export.drawing.drawn import Draw
from export.drawing.folder import CROSSWALK
from export.drawing.sample import DrawnCase, under_codes
from export.study import Study
from interviewer import age
from interviewer.files import content_of
from surveys.language import _, ngettext
from surveys.problems import Refusal

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


@dataclass(frozen=True, slots=True, repr=False)
class Identified:
    """A person drawn: the case, the id in the frame, the hotel ('' where the frame has none)."""

    case: str
    id: str
    hotel: str


def released(
    study: Study,
    drawn: Mapping[str, DrawnCase],
    identities: Sequence[age.Identity],
    hotels: Sequence[str] = (),
) -> tuple[Identified, ...]:
    """Return who the released cases of a sample are, of all hotels or of those named.

    In the order of the crosswalk. Raises Refusal where the crosswalk is another sample's, a hotel is
    not in it, or none of its cases is released.
    """
    rows = read_crosswalk(study, identities)
    if len(rows) != len(drawn) or {one.case for one in rows} != drawn.keys():
        raise Refusal(
            _("the crosswalk is not that of this study's sample; restore both from one copy")
        )
    wanted = {unicodedata.normalize("NFC", hotel.strip()) for hotel in hotels}
    unknown = len(wanted - {one.hotel for one in rows})
    if unknown:
        raise Refusal(
            ngettext(
                "{n} of the hotels named is not in the crosswalk; check how it is written there",
                "{n} of the hotels named are not in the crosswalk; check how they are written there",
                unknown,
            ).format(n=unknown)
        )
    found = tuple(
        one for one in rows if drawn[one.case].is_released and (not wanted or one.hotel in wanted)
    )
    if not found:
        raise Refusal(_("no case there is released; name other hotels, or leave --hotel out"))
    return found


def read_crosswalk(study: Study, identities: Sequence[age.Identity]) -> list[Identified]:
    """Return everybody drawn, in the order of the crosswalk.

    Raises Refusal where these keys do not open it, or what is inside is none.
    """
    path = study.draw / CROSSWALK
    try:
        text = age.unseal(content_of(path), identities).decode("utf-8")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        if tuple(rows[0]) != COLUMNS:
            raise ValueError
        return [Identified(case, id, hotel) for case, id, hotel, _order in rows[1:]]
    except (ValueError, IndexError, csv.Error) as error:
        raise Refusal(
            _("{path}: is not a crosswalk; restore it from a copy").format(path=path)
        ) from error
