"""The strategies of a model as its file has them: what is of all, with what each has of its own."""

from __future__ import annotations

from export.modelling.model import Amounts, Row, Strategy
from export.modelling.outcomes import OutcomeReading
from surveys.language import _
from surveys.yamltree import Mapping


class StrategyReading(OutcomeReading):
    """Reads strategies, given the rows and amounts of all."""

    def strategies(
        self,
        root: Mapping,
        rows: dict[str, Row],
        costs: dict[str, Amounts],
        effects: dict[str, Amounts],
    ) -> tuple[Strategy, ...]:
        """Return the strategies, of which there are two at least."""
        found = self.part(root, "strategies")
        self.named(found, "strategies")
        if len(found.nodes) < 2:
            fact = _("there are fewer than two to compare")
            remedy = _("write what is done now, then what is compared with it")
            self.note(found.place, "strategies", fact, remedy, "missing")
        return tuple(self.strategy(name, found, rows, costs, effects) for name in found.nodes)

    def strategy(
        self,
        name: str,
        around: Mapping,
        rows: dict[str, Row],
        costs: dict[str, Amounts],
        effects: dict[str, Amounts],
    ) -> Strategy:
        """Return a strategy: its own rows and amounts in place of those of all."""
        subject, found = f"strategies.{name}", self.part(around, name)
        self.refuse_others(found, ("label", "transitions", "costs", "effects"), subject)
        own = self.rows(self.part(found, "transitions"), f"{subject}.transitions")
        place = around.keys[name].place
        amounts = {
            **self.overridden(found, "costs", subject, costs),
            **self.overridden(found, "effects", subject, effects),
        }
        label = self.told(found.nodes.get("label"), subject, found.place)
        return Strategy(name, label or name, self.complete(rows | own, place, subject), amounts)
