"""The responses to one questionnaire of a study: records opened, joined with the sample.

What people said is taken out of each record where it is opened, into columns (`answers.py`); a record
keeps what its weight depends on. So there are never the answers of all records at once as texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from export.bars import Track, quiet
from export.drawing.sample import read_sample
from export.respondents.answers import Answers, answers_of, joined, taken
from export.respondents.table import Compact, compact, leaving
from export.respondents.versions import Merged, merged, under_columns
from export.respondents.weight import Respondents, respondents
from export.respondents.weighting import Weighting
from export.respondents.weights_file import read_weights
from export.study import Study, StudyInstrument
from export.unsealing.reading import Shortening
from export.unsealing.unseal import Unsealed, unseal_all
from interviewer import age
from interviewer.record import Record
from surveys.codebook import Variable
from surveys.instrument import Instrument
from surveys.language import _
from surveys.problems import Refusal, Usage

_TOGETHER = 32  # batches of columns that are joined as they come: many small ones take much memory


@dataclass(frozen=True, slots=True, repr=False)
class Responses:
    """Who answered a questionnaire of a study, and what came of opening its records.

    The instrument of `found` has the columns of all `versions` of the questionnaire, the oldest of which
    is first. `variables` are those whose answers are at hand; the records of `people` have few or none.
    """

    study: Study
    found: StudyInstrument
    versions: tuple[Instrument, ...]
    unsealed: Unsealed
    people: Respondents
    variables: tuple[Variable, ...]
    gathered: Gathered

    def compact(self, people: Respondents, only: Set[str] | None = None) -> Compact:
        """Return the tables of some of the respondents, in their order.

        With all their variables, or those that have one of the columns in `only`.
        """
        found = tuple(
            one for one in self.variables if only is None or not only.isdisjoint(one.columns)
        )
        names = {one.name for one in found}
        others = (one for one in self.variables if one.name not in names)
        unread = {name for one in others for name in one.columns}
        answers = self.gathered.of([one.record.id for one in people.people], unread)
        return compact(self.found.instrument, found, answers, people.people, people.ineligible)


@dataclass(slots=True, repr=False, eq=False)
class Gathered:
    """Answers as columns, gathered as records are opened, and whose they are."""

    blocks: list[Answers] = field(default_factory=list)
    parts: list[Answers] = field(default_factory=list)  # since the last block
    ids: list[str] = field(default_factory=list)

    def take(self, made: Answers, places: Sequence[int], ids: Sequence[str]) -> None:
        """Take in the rows of some records, in the order of their ids."""
        self.parts.append(taken(made, places))
        self.ids.extend(ids)
        if len(self.parts) == _TOGETHER:
            self.blocks.append(joined(self.parts))
            self.parts.clear()

    def of(self, ids: Sequence[str], unread: Set[str] = frozenset()) -> Answers:
        """Return the rows of some records, in the order given, without the columns named in `unread`.

        Where nothing is left out it is in this order that they are held from then on: there are not two
        copies of all answers.
        """
        self.blocks, self.parts = [joined([*self.blocks, *self.parts])], []
        if self.ids != [*ids]:
            place = {record_id: at for at, record_id in enumerate(self.ids)}
            found = taken(self.blocks[0].without(unread), [place[one] for one in ids])
            if unread or len(ids) < len(self.ids):
                return found
            self.blocks, self.ids = [found], [*ids]
        return self.blocks[0].without(unread)


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


def of_people(study: Study) -> StudyInstrument:
    """Return the questionnaire of the people drawn, or else the study's first."""
    people = (one for one in study.instruments if one.unit == "person")
    return next(people, None) or chosen(study, None)


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
    *,
    with_texts: bool,
) -> Responses:
    """Open the records of a study and return the responses to one questionnaire.

    `purpose` goes into the study's ledger; `with_texts` says whether people's own words are wanted.
    Raises Refusal where nobody has answered.
    """
    whole = merged(found.versions)
    sample, weighting = read_sample(study), read_weights(study, found)
    wanted = leaving(whole.instrument, with_texts=with_texts)
    gathered = Gathered()
    unsealed = unseal_all(
        study,
        identities,
        purpose,
        now,
        track,
        Shortening(_kept(whole, weighting), _made, _Making(wanted, whole.columns)),
        gathered.take,
    )
    versions, found = found.versions, replace(found, instrument=whole.instrument)
    people = respondents(found, unsealed.records, sample, weighting)
    if not people.people:
        raise Refusal(_("nobody has answered this questionnaire yet; collect records first"))
    return Responses(study, found, versions, unsealed, people, wanted, gathered)


@dataclass(frozen=True, slots=True)
class _Making:
    """What columns are made, and under which of their names an item of a version stands."""

    found: tuple[Variable, ...]
    columns: Mapping[str, Mapping[str, str]]


def _made(making: _Making, records: Sequence[Record]) -> Answers:
    return answers_of(making.found, [under_columns(one, making.columns) for one in records])


def _kept(whole: Merged, weighting: Weighting) -> dict[str, dict[str, str]]:
    """Return the items that weights depend on: by version, the column of each by its name there."""
    wanted = {
        column.item
        for step in weighting.calibrations
        for margin in step.margins
        for column in margin.columns
    }
    return {
        digest: {item: column for item, column in columns.items() if column in wanted}
        for digest, columns in whole.columns.items()
    }
