"""What the session works with: the unlocked laptop, its journal, the terminal, the clock, the child."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

from interviewer import cases, holding, laptop, outcomes
from interviewer.cases import Event, Journal, Opened, Sealed, State
from interviewer.holding import OpenDraft
from interviewer.kit import Case, KitInstrument, instrument_of
from interviewer.laptop import Laptop
from interviewer.process import Handed
from interviewer.record import MAX_CODE
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

    def who_works(self) -> str:
        """Return who works today; it is asked where nobody has said so since midnight."""
        found = cases.interviewer_of(self.journal.events(), self.today.isoformat())
        if found:
            return found
        code = self.dialogue.text(self.page(), _("Interviewer's code:"), _wrong_code)
        self.note(Opened(self.today.isoformat(), code))
        return code

    def current(self) -> Desk:
        """Return the desk under the kit that is installed: one was taken in, if it is another."""
        here = self.laptop
        if here.device.installed().hash == here.signed.hash:
            return self
        again = laptop.opened(here.device, here.secrets, practice=here.is_practice)
        return replace(self, laptop=again)

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

    def as_sealed(self, record: str) -> Sealed:
        """Return a record of a case as it was sealed, whatever was corrected since."""
        return cases.as_sealed(self.journal.events(), self.sealed())[record]

    def drafts(self, *, practice: bool = False) -> tuple[OpenDraft, ...]:
        """Return the interviews under way, the oldest first; those for practice are apart."""
        here = self.laptop
        return holding.open_drafts(replace(here, is_practice=True) if practice else here)

    def under_way(self, case: str, *units: str) -> tuple[OpenDraft, ...]:
        """Return the interviews under way of a case ('' of none) that are about such units.

        A unit of '' stands for a questionnaire that the kit has not any more.
        """
        known = {one.id: one.unit for one in self.laptop.signed.kit.instruments}
        return tuple(
            one
            for one in self.drafts()
            if not one.fault and one.case == case and known.get(one.instrument, "") in units
        )

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


def _wrong_code(typed: str) -> str:
    if 0 < len(typed) <= MAX_CODE and typed.isprintable():
        return ""
    return _("One line, 1 to {n} characters.").format(n=MAX_CODE)


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
