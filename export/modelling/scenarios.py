"""The scenarios of a model as its file has them: each says what is different."""

from __future__ import annotations

from dataclasses import replace

from export.modelling.conventions import ConventionReading
from export.modelling.model import Discount, Scenario
from export.modelling.parameters import ParameterReading
from export.modelling.written import Span
from surveys.language import _
from surveys.yamltree import Mapping

_SCENARIO = ("label", "discount", "horizon", "correction", "parameters")


class ScenarioReading(ConventionReading, ParameterReading):
    """Reads scenarios; the parameters are read already."""

    def scenarios(self, root: Mapping, cycle: Span, discount: Discount) -> tuple[Scenario, ...]:
        """Return every scenario; what one leaves out is as `cycle` and `discount` of the model."""
        found = self.part(root, "scenarios")
        self.named(found, "scenarios")
        return tuple(self.scenario(name, found, cycle, discount) for name in found.nodes)

    def scenario(self, name: str, around: Mapping, cycle: Span, discount: Discount) -> Scenario:
        """Return a scenario; one that changes nothing is a problem."""
        subject, found = f"scenarios.{name}", self.part(around, name)
        self.refuse_others(found, _SCENARIO, subject)
        nodes, written = found.nodes, set(found.keys)
        if not written & set(_SCENARIO[1:]):
            remedy = _("write what is different: {known}").format(known=", ".join(_SCENARIO[1:]))
            self.note(around.keys[name].place, subject, _("changes nothing"), remedy, "scenario")
        usual = Scenario(name, self.told(nodes.get("label"), subject, found.place) or name)
        return replace(
            usual,
            discount=self.rates(self.part(found, "discount"), subject, discount)
            if "discount" in written
            else None,
            cycles=self.whole_cycles(nodes["horizon"], subject, cycle)
            if "horizon" in written
            else None,
            correction=self.correction(found) if "correction" in written else None,
            values=self.changed(self.part(found, "parameters"), f"{subject}.parameters"),
        )

    def changed(self, found: Mapping, subject: str) -> dict[str, float]:
        """Return the values that a scenario gives to parameters."""
        values = {}
        for name, key in found.keys.items():
            if name not in self.names:
                fact = _("there is no parameter “{name}”").format(name=name)
                self.unknown(key.place, subject, fact, name, self.names)
            elif any(name in counts for counts in self.counts.values()):
                fact = _("“{name}” is one share of a whole, and the others would stay").format(
                    name=name
                )
                remedy = _("make a model of other counts")
                self.note(key.place, subject, fact, remedy, "distribution")
            elif (value := self.number(found.nodes[name], subject)) is not None:
                values[name] = value
        return values
