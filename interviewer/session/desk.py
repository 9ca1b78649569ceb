"""What the session works with: the unlocked laptop, its journal, the terminal, the clock, the child."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from interviewer import cases, holding, outcomes
from interviewer.cases import Event, Journal, Sealed, State
from interviewer.holding import OpenDraft
from interviewer.kit import Case, KitInstrument, instrument_of
from interviewer.laptop import Laptop
from interviewer.process import Handed
from interviewer.session.dialogue import Dialogue
from interviewer.session.frame import Page
from surveys import language
from surveys.instrument import Instrument
from surveys.language import _
from surveys.problems import Refusal

Child = Callable[[Sequence[str], Handed], tuple[int, str]]


@dataclass(frozen=True, slots=True, repr=False)
class Desk:
    """One session. `child` runs a command and returns its exit status and what it complained of."""

    laptop: Laptop
    journal: Journal
    dialogue: Dialogue
    now: Callable[[], datetime]
    child: Child

    @property
    def today(self) -> date:
        """The day, by the laptop's clock."""
        return self.now().date()

    @property
    def interviewer(self) -> str:
        """Who works today; '' until it was said."""
        return cases.interviewer_of(self.journal.events(), self.today.isoformat())

    def note(self, event: Event) -> None:
        """Write an event into the journal; it is on the disk when this returns."""
        with self.laptop.alone():
            self.journal.note(event)

    def sealed(self) -> frozenset[str]:
        """Return the ids of the records the ledger vouches for."""
        return cases.sealed_in(self.laptop.ledger.lines())

    def states(self) -> dict[str, State]:
        """Return where each case stands that anything was noted of."""
        return cases.states(self.journal.events(), self.sealed())

    def state(self, code: str) -> State:
        """Return where one case stands."""
        return self.states().get(code, State(code))

    def records(self) -> tuple[Sealed, ...]:
        """Return what was sealed of cases, as corrected."""
        return cases.records(self.journal.events(), self.sealed())

    def drafts(self) -> tuple[OpenDraft, ...]:
        """Return the interviews under way, the oldest first."""
        return holding.open_drafts(self.laptop)

    def case(self, code: str) -> Case:
        """Return a case; one that the kit has not any more has no place."""
        return self.laptop.case(code) or Case(code, "")

    def of_unit(self, *units: str) -> tuple[KitInstrument, ...]:
        """Return the kit's questionnaires about a person, a professional, a site…"""
        return tuple(one for one in self.laptop.signed.kit.instruments if one.unit in units)

    def page(self, *body: str) -> Page:
        """Return a page under the heading of the day; the title is neutral: a corridor may read it."""
        kit = self.laptop.signed.kit
        mark = _("PRACTICE") if self.laptop.is_practice else ""
        told = (mark, self.dialogue.title, kit.device, f"{self.today:%d/%m}")
        return Page(" · ".join(text for text in told if text), tuple(text for text in body if text))

    def tell(self, *body: str) -> None:
        """Show lines until they were read."""
        self.dialogue.tell(self.page(*body))

    def refused(self, error: Refusal) -> None:
        """Show, as a sentence of its own, why something was refused."""
        said = str(error)
        self.tell(said[:1].upper() + said[1:])


@cache
def _loaded(instrument: KitInstrument) -> Instrument:
    return instrument_of(instrument)  # a tenth of a second for a long one


def languages_of(instrument: KitInstrument) -> Collection[str]:
    """Return the languages a questionnaire speaks."""
    return _loaded(instrument).languages


def title_of(instrument: KitInstrument) -> str:
    """Return a questionnaire's title in the language of the interface."""
    loaded = _loaded(instrument)
    return loaded.text(loaded.title, language.from_environment()) or instrument.id


def part_now(desk: Desk) -> outcomes.Part:
    """Return the part of the day it is."""
    return outcomes.part_of(desk.now().hour)
