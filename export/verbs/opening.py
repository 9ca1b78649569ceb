"""The records of a study opened for a verb that reads what people said: the passphrase asked, remarks told."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from export import bars, custody
from export.respondents import remarks, responses
from export.respondents.responses import Responses
from export.study import Study, StudyInstrument
from interviewer.passphrases import Passphrases
from surveys.language import _
from surveys.saying import say


def opened(
    study: Study, found: StudyInstrument, descriptor: int | None, verb: str, *, with_texts: bool
) -> Responses:
    """Return the responses to a questionnaire, which the study's ledger then says the verb has opened.

    `descriptor` is that of --passphrase-fd. What the lead must know of the records goes to standard error.
    """
    identities = custody.unlocked(study.study_keys, Passphrases(descriptor))
    opening, now = bars.shown(_("Opening")), datetime.now(UTC)
    given = responses.responses(study, found, identities, verb, now, opening, with_texts=with_texts)
    for remark in remarks.of_all(given):
        say(remark, file=sys.stderr)
    return given
