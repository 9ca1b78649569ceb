"""A tabulation plan: every estimate of a report in one YAML file, checked before anything is opened.

The study's own, `tables.yaml` beside study.yaml, is what reports and scripts reproduce.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast, get_args

from export.estimating import askable
from export.estimating.accuracy import Variance
from export.estimating.askable import Askable
from export.estimating.intervals import Method
from export.estimating.wanted import LEVEL, MOST_BY, Wanted, groups, wanted
from export.respondents.versions import whole
from export.study import Study, StudyInstrument
from surveys import yamltree
from surveys.expressions import ExpressionError, parse
from surveys.instrument import Instrument
from surveys.language import _
from surveys.load import source_of
from surveys.problems import Place, Problem, Refusal, in_order
from surveys.reading import Reading, near
from surveys.yamltree import Node, Scalar

NAME = "tables.yaml"
LEAST_LEVEL, GREATEST_LEVEL = 50, 99.99  # per cent; beyond it quantiles say nothing of real samples
MOST = 2000  # estimates of a plan
_HOW = ("by", "level", "method", "variance")
_ROOT = ("souspli_tables", "title", "instrument", "respondents", "sections", *_HOW)
_SECTION = ("title", "text", "estimates", *_HOW)
_ONE = ("estimate", "label", *_HOW)


def level_of(text: str) -> float | None:
    """Return the coverage that a text gives in per cent, with or without the sign, as a share; None if none."""
    digits = text.strip().removesuffix("%").rstrip()
    try:
        percent = float(digits) if set(digits) <= set("0123456789.") else 0.0
    except ValueError:
        return None
    return percent / 100 if LEAST_LEVEL <= percent <= GREATEST_LEVEL else None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a plan: its title, a text to stand above the tables, and what is wanted, in order."""

    title: str
    text: str
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Tabulation:
    """A plan: its title, the questionnaire it is about, and its sections in order.

    `respondents` are the columns by which a report says who answered; None where the plan does not say.
    """

    title: str
    instrument: str
    sections: tuple[Section, ...]
    respondents: tuple[str, ...] | None = None

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """Everything wanted, in order."""
        return tuple(one for section in self.sections for one in section.wanted)


@dataclass(frozen=True, slots=True)
class How:
    """How estimates are wanted, where an estimate does not say otherwise; `by` one after the other."""

    by: tuple[tuple[str, ...], ...] = ((),)
    level: float = LEVEL
    method: Method | None = None
    variance: Variance = "taylor"


def own_plan(study: Study) -> Path | None:
    """Return the path of the study's own plan, None where it has none."""
    path = study.folder / NAME
    return path if path.is_file() else None


def read_plan(path: Path, study: Study, usual: How | None = None) -> Tabulation:
    """Return the plan in a file; Refusal with every problem of it, one a line.

    Texts are those of the interface's language, where the plan has them in it.
    """
    found, problems = plan_of(source_of(path), str(path), study.instruments, usual or How())
    if found is None or problems:
        raise Refusal("\n".join(str(problem) for problem in problems))
    return found


def plan_of(
    source: str, file: str, instruments: Sequence[StudyInstrument], usual: How
) -> tuple[Tabulation | None, tuple[Problem, ...]]:
    """Return the plan a text writes for one of a study's questionnaires, and every problem of the text."""
    reading = _PlanReading({one.instrument.id: whole(one) for one in instruments})
    found = reading.plan(source, file, usual)
    return found, in_order(reading.problems)


class _PlanReading(Reading):
    def __init__(self, instruments: Mapping[str, Instrument]) -> None:
        super().__init__()
        self.instruments = instruments
        self.count = 0

    def plan(self, source: str, file: str, usual: How) -> Tabulation | None:
        root = self.document(source, file, NAME, _("write it, or remove it"))
        if root is None:
            return None
        self.refuse_others(root, _ROOT, NAME)
        fact = _("this is not a tabulation plan of version 1")
        self.is_first_version(root, "souspli_tables", NAME, fact)
        instrument = self.instrument(root.nodes.get("instrument"), Place(file, 1, 1))
        if instrument is None:
            return None
        known = Askable.of(instrument)
        how = self.how(root, usual, known)
        nodes = self.sequence(root.nodes.get("sections"), "sections")
        sections = tuple(self.section(node, how, known) for node in nodes)
        if self.count == 0:
            fact = _("nothing is to be estimated")
            self.note(root.place, "sections", fact, _("write estimates in a section"), "shape")
        if self.count > MOST:
            fact = _("there are more than {n} estimates").format(n=MOST)
            self.note(root.place, "sections", fact, _("make several plans of it"), "size")
        told = self.respondents(root.nodes.get("respondents"), known)
        return Tabulation(
            self.told(root.nodes.get("title"), "title", root.place), instrument.id, sections, told
        )

    def respondents(self, node: Node | None, known: Askable) -> tuple[str, ...] | None:
        """Return the columns that say who answered, None where the plan has no word of them."""
        if node is None:
            return None
        found = []
        for one in self.sequence(node, "respondents"):
            name = self.string(one, "respondents")
            if self.can_divide((name,), one.place, known) and name not in found:
                found.append(name)
        return tuple(found)

    def instrument(self, node: Node | None, start: Place) -> Instrument | None:
        first = next(iter(self.instruments), "")
        name = self.string(node, "instrument", first) or first
        if name not in self.instruments:
            fact = _("the study has no questionnaire “{name}”").format(name=name)
            remedy = near(name, self.instruments) or _("use one of: {known}").format(
                known=", ".join(self.instruments)
            )
            self.note(start if node is None else node.place, "instrument", fact, remedy, "id")
        return self.instruments.get(name)

    def section(self, node: Node, how: How, known: Askable) -> Section:
        found = self.mapping(node, "sections", node.place)
        self.refuse_others(found, _SECTION, "sections")
        how = self.how(found, how, known)
        nodes = self.sequence(found.nodes.get("estimates"), "estimates")
        asked = tuple(one for each in nodes for one in self.estimates(each, how, known))
        title, text = (
            self.told(found.nodes.get(key), key, found.place) for key in ("title", "text")
        )
        return Section(title, text, asked)

    def estimates(self, node: Node, how: How, known: Askable) -> Iterator[Wanted]:
        """Yield what one entry asks, once for each of its groupings."""
        written, label = node, ""
        if isinstance(node, yamltree.Mapping):
            if cut := next((key for name, key in node.keys.items() if ")" in name), None):
                fact = _("an expression is cut at its comma")
                self.note(cut.place, "estimates", fact, _("put double quotes around it"), "shape")
                return
            self.refuse_others(node, _ONE, "estimates")
            how, label = (
                self.how(node, how, known),
                self.told(node.nodes.get("label"), "label", node.place),
            )
            written = node.nodes.get("estimate", node)
        scalar = self.scalar(written, "estimates")
        if scalar is None:
            return
        for by in how.by:
            self.count += 1
            if self.count > MOST:  # each takes a moment: a small file could ask for millions
                return
            one = self.wanted(scalar, by, how, label, known)
            if one is not None:
                yield one

    def wanted(
        self, scalar: Scalar, by: tuple[str, ...], how: How, label: str, known: Askable
    ) -> Wanted | None:
        try:
            parse(scalar.text)
            return wanted(
                known,
                scalar.text.strip(),
                by,
                level=how.level,
                method=how.method,
                variance=how.variance,
                label=label,
            )
        except ExpressionError as error:
            place = scalar.place_at(error.offset)
            self.note(place, "estimates", error.fact, error.remedy, "expression")
        except Refusal as refusal:
            self.note(scalar.place, "estimates", str(refusal), "", "askable")
        return None

    # --- how ------------------------------------------------------------------------------------

    def how(self, found: yamltree.Mapping, above: How, known: Askable) -> How:
        """Return how the estimates of a part are wanted: as above, but for what the part says."""
        nodes = found.nodes
        method = self.one_of(nodes.get("method"), "method", get_args(Method), above.method or "")
        variance = self.one_of(
            nodes.get("variance"), "variance", get_args(Variance), above.variance
        )
        return replace(
            above,
            by=self.by(nodes["by"], known) if "by" in nodes else above.by,
            level=self.level(nodes.get("level"), above.level),
            method=cast(Method, method) if method else None,
            variance=cast(Variance, variance),
        )

    def by(self, node: Node, known: Askable) -> tuple[tuple[str, ...], ...]:
        """Return the groupings, one after the other; '' is everyone."""
        nodes = [node] if isinstance(node, Scalar) else self.sequence(node, "by")
        found = []
        for one in nodes:
            columns = groups(self.string(one, "by"))
            if self.can_divide(columns, one.place, known):
                found.append(columns)
        return tuple(found)

    def can_divide(self, columns: tuple[str, ...], place: Place, known: Askable) -> bool:
        count = len(self.problems)
        if len(columns) > MOST_BY or len(set(columns)) < len(columns):
            fact = _("groups are those of at most {n} different columns crossed").format(n=MOST_BY)
            self.note(place, "by", fact, _("leave some out"), "by")
        for name in columns:
            try:
                askable.require_domains(name, known)
            except Refusal as refusal:
                self.note(place, "by", str(refusal), "", "by")
        return len(self.problems) == count

    def level(self, node: Node | None, above: float) -> float:
        text = self.string(node, "level")
        if node is None or not text:
            return above
        found = level_of(text)
        if found is not None:
            return found
        fact = _("is not a percentage from {least} to {greatest}").format(
            least=LEAST_LEVEL, greatest=GREATEST_LEVEL
        )
        self.note(node.place, "level", fact, _("write it in digits, for example 95"), "level")
        return above
