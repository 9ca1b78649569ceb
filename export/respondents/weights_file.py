"""weights.yaml of the study folder, read: how the respondents of each questionnaire are weighted.

Without the file each stratum of the draw is a class of non-response, and nothing follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from export.respondents.categories import Category, categories
from export.respondents.margins_file import MarginsReading
from export.respondents.versions import whole
from export.respondents.weighting import (
    BY_STRATUM,
    RESPONSE,
    Calibration,
    Treatment,
    Trimming,
    Weighting,
)
from export.study import Study, StudyInstrument
from surveys.language import _
from surveys.load import source_of
from surveys.problems import Problem, Refusal, in_order
from surveys.yamltree import Mapping, Node, Scalar

NAME = "weights.yaml"
_ONE = ("instrument", "response", "steps")
_STEPS = ("poststratify", "rake", "trim")


def read_weights(study: Study, found: StudyInstrument) -> Weighting:
    """Return how a study weights the respondents of one of its questionnaires.

    Raises Refusal with every problem of weights.yaml, one a line.
    """
    path = study.folder / NAME
    if not path.exists():
        return BY_STRATUM
    given, problems = weights_of(source_of(path), str(path), study.instruments)
    if problems:
        raise Refusal("\n".join(str(problem) for problem in problems))
    return given.get(found.instrument.id, BY_STRATUM)


def weights_of(
    source: str, file: str, instruments: Iterable[StudyInstrument]
) -> tuple[dict[str, Weighting], tuple[Problem, ...]]:
    """Return the weighting of each questionnaire a text names, and every problem of the text."""
    reading = _WeightsReading(instruments)
    found = reading.file(source, file)
    return found, in_order(reading.problems)


class _WeightsReading(MarginsReading):
    def __init__(self, instruments: Iterable[StudyInstrument]) -> None:
        super().__init__()
        self.instruments = {one.instrument.id: one for one in instruments}

    def file(self, source: str, file: str) -> dict[str, Weighting]:
        root = self.document(source, file, NAME, _("write it, or remove it"))
        if root is None:
            return {}
        self.refuse_others(root, ("souspli_weights", "weights", *_ONE), NAME)
        fact = _("this is not a file of weights of version 1")
        self.is_first_version(root, "souspli_weights", NAME, fact)
        if "weights" not in root.nodes:
            return dict(self.one(root))
        for key in _ONE:
            if key in root.keys:
                fact = _("“{key}” stands beside “weights”").format(key=key)
                self.note(root.keys[key].place, NAME, fact, _("move it into the list"), "shape")
        found: dict[str, Weighting] = {}
        for node in self.sequence(root.nodes["weights"], "weights"):
            part = self.mapping(node, "weights", node.place)
            self.refuse_others(part, _ONE, "weights")
            for name, one in self.one(part):
                if name in found:
                    fact = _("two parts are about one questionnaire")
                    self.note(part.place, name, fact, _("make one of them"), "instrument")
                found[name] = one
        return found

    def one(self, node: Mapping) -> Iterator[tuple[str, Weighting]]:
        """Yield the questionnaire a map is about and its weighting; nothing where there is none."""
        first = next(iter(self.instruments), "")
        name = self.string(node.nodes.get("instrument"), "instrument", first)
        place = node.nodes["instrument"].place if "instrument" in node.nodes else node.place
        found = self.instruments.get(name)
        if found is None:
            fact = _("the study has no questionnaire “{name}”").format(name=name)
            self.note(place, "instrument", fact, self.known(name, self.instruments), "instrument")
            return
        if found.unit != "person":
            fact = _("the questionnaire “{name}” is not about a person").format(name=name)
            remedy = _("remove it; only people drawn are weighted")
            self.note(place, "instrument", fact, remedy, "instrument")
        columns = categories(whole(found))
        classes = self.classes(node.nodes.get("response"))
        yield name, Weighting(classes, self.treatments(node.nodes.get("steps"), columns))

    # --- classes of non-response ----------------------------------------------------------------

    def classes(self, node: Node | None) -> tuple[tuple[int, ...], ...] | Literal["strata", "all"]:
        if node is None or isinstance(node, Scalar):
            word = self.one_of(node, "response", ("strata", "all"), "strata")
            return "all" if word == "all" else "strata"
        groups: list[tuple[int, ...]] = []
        taken: set[int] = set()
        for one in self.sequence(node, "response"):
            group = []
            for number in self.sequence(one, "response"):
                stratum = self.whole(number, "response", 0, 1, 10**9)
                if stratum in taken:
                    fact = _("stratum {n} stands in two groups").format(n=stratum)
                    self.note(number.place, "response", fact, _("leave it in one"), "response")
                if stratum:
                    group.append(stratum)
                    taken.add(stratum)
            if group:
                groups.append(tuple(group))
        return tuple(groups)

    # --- the steps after it ---------------------------------------------------------------------

    def treatments(self, node: Node | None, columns: dict[str, Category]) -> tuple[Treatment, ...]:
        found: list[Treatment] = []
        before, made = RESPONSE, dict.fromkeys(_STEPS, 0)
        for one in self.sequence(node, "steps"):
            step = self.mapping(one, "steps", one.place)
            self.refuse_others(step, _STEPS, "steps")
            kinds = [key for key in step.nodes if key in _STEPS]
            if len(kinds) > 1 or not step.nodes:
                fact = _("a step is one of: {known}").format(known=", ".join(_STEPS))
                self.note(step.place, "steps", fact, _("begin each with “- ”"), "shape")
            if len(kinds) != 1:
                continue
            kind = kinds[0]
            made[kind] += 1
            name = kind if made[kind] == 1 else f"{kind}_{made[kind]}"
            if kind == "trim":
                found.append(self.trimming(name, before, step.nodes[kind]))
            else:
                margins = self.margins(kind, step.nodes[kind], columns)
                found.append(Calibration(name, before, margins))
            before = name
        return tuple(found)

    def trimming(self, name: str, before: str, node: Node) -> Trimming:
        found = self.mapping(node, "trim", node.place)
        self.refuse_others(found, ("least", "most"), "trim")
        least, most = (
            self.number(found.nodes[key], "trim") if key in found.nodes else None
            for key in ("least", "most")
        )
        if not found.nodes:
            fact = _("trim has no bound")
            self.note(node.place, "trim", fact, _("write least, most, or both"), "trim")
        if (least is not None and least > 1) or (most is not None and most < 1):
            fact = _("the bounds of trim are multiples of the median weight")
            remedy = _("give a least of at most 1 and a most of at least 1")
            self.note(node.place, "trim", fact, remedy, "trim")
        return Trimming(name, before, least, most)
