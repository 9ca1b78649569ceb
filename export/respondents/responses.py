"""The responses to one questionnaire of a study: records opened, joined with the sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from export.bars import Track, quiet
from export.drawing.sample import read_sample
from export.respondents.weight import Respondents, respondents
from export.respondents.weights_file import read_weights
from export.study import Study, StudyInstrument
from export.unsealing.unseal import Unsealed, unseal_all
from interviewer import age
from surveys.language import _
from surveys.problems import Refusal, Usage


@dataclass(frozen=True, slots=True, repr=False)
class Responses:
    """Who answered a questionnaire of a study, and what came of opening its records."""

    study: Study
    found: StudyInstrument
    unsealed: Unsealed
    people: Respondents


def chosen(study: Study, wanted: str | None) -> StudyInstrument:
    """Return the questionnaire with this id, the study's first where none is wanted."""
    if wanted is None and study.instruments:
        return study.instruments[0]
    found = study.named(wanted or "")
    if found is None:
        known = ", ".join(one.instrument.id for one in study.instruments)
        raise Usage(
            _("the study has no questionnaire “{wanted}”; it has: {known}").format(
                wanted=wanted, known=known
            )
        )
    return found


def require_ready(study: Study, found: StudyInstrument) -> None:
    """Refuse a sample or a weights.yaml that cannot be used, before a passphrase is asked for."""
    read_sample(study)
    read_weights(study, found)


def responses(
    study: Study,
    found: StudyInstrument,
    identities: Sequence[age.Identity],
    purpose: str,
    now: datetime,
    track: Track = quiet,
) -> Responses:
    """Open the records of a study and return the responses to one questionnaire.

    `purpose` goes into the study's ledger. Raises Refusal where nobody has answered.
    """
    sample, weighting = read_sample(study), read_weights(study, found)
    unsealed = unseal_all(study, identities, purpose, now, track)
    people = respondents(found, unsealed.records, sample, weighting)
    if not people.people:
        raise Refusal(_("nobody has answered this questionnaire yet; collect records first"))
    return Responses(study, found, unsealed, people)
