"""The states of a model as its file has them: what they are, where people begin and where they go."""

from __future__ import annotations

from export.modelling.formula import Formula, remainder
from export.modelling.model import Row, State
from export.modelling.written import COMPLEMENT
from export.modelling.written_formulas import FormulaReading
from surveys.language import _
from surveys.problems import Place
from surveys.yamltree import Mapping, Node, Scalar


class StateReading(FormulaReading):
    """Reads states and what goes by them: `states` by name, and `at`, where each stands."""

    def __init__(self) -> None:
        super().__init__()
        self.states: dict[str, State] = {}
        self.at: dict[str, Place] = {}

    def part(self, root: Mapping, key: str) -> Mapping:
        """Return a map within another, empty where there is none; what is no map is noted once."""
        node = root.nodes.get(key)
        if isinstance(node, Mapping):
            return node
        place = node.place if node is not None else root.place
        found = self.mapping(node, key, place)
        root.nodes[key] = found
        return found

    def all_states(self, root: Mapping) -> dict[str, State]:
        """Return the states by name; there is one of the living, and hardly none of the dead."""
        found = self.part(root, "states")
        self.named(found, "states", (COMPLEMENT,))
        self.at = {name: key.place for name, key in found.keys.items()}
        states = {name: self.state(name, node) for name, node in found.nodes.items()}
        if not states:
            remedy = _("write the states that people can be in")
            self.note(found.place, "states", _("there is none"), remedy, "missing")
        elif all(one.is_dead for one in states.values()):
            remedy = _("write the states of the living")
            self.note(found.place, "states", _("nobody is alive"), remedy, "missing")
        elif not any(one.is_dead for one in states.values()):
            remedy = _("write “dead: yes” in the state of the dead, if there is one")
            self.note(found.place, "states", _("nobody dies"), remedy, "dead", "warning")
        return states

    def state(self, name: str, node: Node) -> State:
        """Return a state, alive where nothing else is written."""
        subject = f"states.{name}"
        found = self.mapping(node, subject, node.place)
        self.refuse_others(found, ("label", "dead"), subject)
        label = self.told(found.nodes.get("label"), subject, found.place)
        return State(name, label or name, self.yes_no(found.nodes.get("dead"), subject))

    def by_state(self, found: Mapping, subject: str) -> dict[str, Node]:
        """Return the entries of a map whose keys are states; others are noted."""
        if self.is_cut(found, subject):
            return {}
        for name, key in found.keys.items():
            if name not in self.states:
                fact = _("there is no state “{name}”").format(name=name)
                self.unknown(key.place, subject, fact, name, self.states)
        return {name: one for name, one in found.nodes.items() if name in self.states}

    def formulas(self, around: Mapping, key: str, subject: str) -> dict[str, Formula]:
        """Return the formulas of a map within another, by state."""
        found, subject = self.part(around, key), f"{subject}.{key}"
        return {
            name: self.formula(one, subject, found.place)
            for name, one in self.by_state(found, subject).items()
        }

    # --- where people are ---------------------------------------------------------------------------

    def start(self, root: Mapping) -> dict[str, Formula]:
        """Return where people begin: shares, a complement written out as one less the others."""
        remedy = _("write where people begin: {example}").format(example="start: {unstable: 1}")
        self.require(root, "start", "start", remedy)
        found = self.part(root, "start")
        row = self.row(found, "start")
        shares = dict(row.entries)
        if row.complement:
            place = found.nodes[row.complement].place
            shares[row.complement] = remainder(shares.values(), place)
        return shares

    def rows(self, found: Mapping, subject: str) -> dict[str, Row]:
        """Return where people go, by the state they leave."""
        return {
            name: self.row(self.part(found, name), f"{subject}.{name}")
            for name in self.by_state(found, subject)
        }

    def row(self, found: Mapping, subject: str) -> Row:
        """Return where people go; the place is that of the key's map."""
        entries: dict[str, Formula] = {}
        complement = ""
        for name, one in self.by_state(found, subject).items():
            if not (isinstance(one, Scalar) and one.text.strip() == COMPLEMENT):
                entries[name] = self.formula(one, subject, found.place)
            elif complement:
                fact = _("“{name}” is the complement already").format(name=complement)
                self.note(one.place, subject, fact, _("write a probability"), "complement")
            else:
                complement = name
        return Row(entries, complement, found.place)

    def complete(self, rows: dict[str, Row], place: Place, subject: str) -> dict[str, Row]:
        """Return a row for each state, in order: the dead stay, the others must have one."""
        found = {}
        for name, state in self.states.items():
            if name not in rows and not state.is_dead:
                fact = _("nothing says where those in state “{name}” go").format(name=name)
                remedy = _("write its row under transitions")
                self.note(place, subject, fact, remedy, "row")
            found[name] = rows.get(name) or Row({}, name, self.at[name])
        return found
