"""The study folder of the lead: study.yaml, keys, draw, devices, collected records, releases."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from export import declared
from export.custody import recipient_of
from export.declared import Papers, Party, Retention
from interviewer import record
from interviewer.kit import Rules
from surveys.check import errors
from surveys.instrument import Instrument
from surveys.language import _
from surveys.load import source_of
from surveys.problems import Place, Refusal, in_order
from surveys.reading import Reading
from surveys.shipped import opened
from surveys.yamltree import Node

Unit = Literal["person", "non_respondent", "back_check", "professional", "site"]
UNITS: tuple[Unit, ...] = ("person", "non_respondent", "back_check", "professional", "site")
ROLES = ("study", "escrow", "custodian")
# study.key, then study-2.key: the key of each wave.
_WAVE = re.compile(r"^study(?:-([2-9]|[1-9][0-9]{1,3}))?\.key$")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
# Each rule of fieldwork, and the most it can be; a record holds no more attempts.
_RULES = {
    "attempts": record.MAX_ATTEMPTS,
    "open_drafts": 20,
    "draft_days": 365,
    "idle_minutes": 120,
}
_KEYS = (
    "souspli_study id title languages practice controller retention papers instruments recipients "
    "signing thresholds bucket words help_numbers rules"
).split()


class StudyError(Refusal):
    """The study folder cannot be used. The message holds every problem, one a line."""


def is_study_id(text: str) -> bool:
    """Whether a text can be a study's id: a file name can carry it."""
    return _ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class StudyInstrument:
    """A questionnaire of the study as kits now carry it, and what one of its records is about.

    `former` are the versions before it, the oldest first, with which records were made too.
    """

    instrument: Instrument
    unit: Unit
    former: tuple[Instrument, ...] = ()

    @property
    def versions(self) -> tuple[Instrument, ...]:
        """Every version, the oldest first; the last is the current one."""
        return (*self.former, self.instrument)

    def by_digest(self, digest: str) -> Instrument | None:
        """Return the version whose records name this hash, or None."""
        return next((one for one in self.versions if one.digest == digest), None)


@dataclass(frozen=True, slots=True)
class Study:
    """What study.yaml says. `recipients` has the keys study, escrow and custodian.

    `cell_threshold` is the fewest respondents a figure may be of, `k` the fewest who may look alike in a
    dataset released. `words` are names to scrub from free text; `help_numbers` are (label, number). `controller` is whom
    participants may write to.
    """

    folder: Path
    id: str
    title: Mapping[str, str]
    is_practice: bool
    instruments: tuple[StudyInstrument, ...]
    recipients: Mapping[str, tuple[str, ...]]
    signer: bytes
    cell_threshold: int
    k: int
    bucket: int
    words: tuple[str, ...]
    help_numbers: tuple[tuple[str, str], ...]
    rules: Rules
    controller: Party
    retention: Retention
    papers: Papers

    def title_in(self, language: str) -> str:
        """Return the title in a language, else in the first it has, else the id."""
        return self.title.get(language) or next(iter(self.title.values()), self.id)

    @property
    def has_links(self) -> bool:
        """Whether any questionnaire asks something for the custodian alone."""
        return any(
            question.keep.rule == "link"
            for found in self.instruments
            for version in found.versions
            for question in version.questions()
        )

    @property
    def study_keys(self) -> tuple[Path, ...]:
        """The key files that open the records and still exist: one a wave, the oldest first."""
        found = {
            int(number or 1): path
            for path in (self.folder / "keys").glob("study*.key")
            for number in _WAVE.findall(path.name)
        }
        return tuple(path for _number, path in sorted(found.items()))

    @property
    def study_key(self) -> Path:
        """The newest key file that opens records; where the first was, if there is none any more."""
        return self.study_keys[-1] if self.study_keys else self.folder / "keys" / "study.key"

    @property
    def signing_key(self) -> Path:
        """The key file that signs kits and receipts."""
        return self.folder / "keys" / "signing.key"

    @property
    def collected(self) -> Path:
        """The folder of sealed records taken in."""
        return self.folder / "collected"

    @property
    def devices(self) -> Path:
        """The folder of the laptops: what each is, its cases, its ledger as last seen."""
        return self.folder / "devices"

    @property
    def ledger(self) -> Path:
        """The study's own ledger: when records were opened, and datasets made."""
        return self.folder / "ledger"

    @property
    def draw(self) -> Path:
        """The folder of the draw: sample.csv, certificate, crosswalk.age."""
        return self.folder / "draw"

    def named(self, instrument: str) -> StudyInstrument | None:
        """Return the questionnaire with this id, or None."""
        return next(
            (found for found in self.instruments if found.instrument.id == instrument), None
        )


def read_study(folder: Path) -> Study:
    """Return the study in a folder; raises StudyError with every problem of study.yaml."""
    path = folder / "study.yaml"
    if not path.exists():
        raise StudyError(
            _(
                "{folder}: no study here; give --study DIR, or make one: souspli study new DIR"
            ).format(folder=folder)
        )
    return study_of(source_of(path), folder)


def study_of(source: str, folder: Path) -> Study:
    """Return the study that a text of study.yaml would make of a folder; as `read_study`."""
    reading = _StudyReading(folder)
    study = reading.study(source, str(folder / "study.yaml"))
    wrong = in_order(reading.problems)
    if wrong or study is None:
        raise StudyError("\n".join(str(problem) for problem in wrong))
    return study


class _StudyReading(Reading):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def study(self, source: str, file: str) -> Study | None:
        root = self.document(source, file, "study", _("restore it from a copy"))
        if root is None:
            return None
        start = Place(file, 1, 1)
        self.refuse_others(root, _KEYS, "study")
        fact = _("this is not a study file of version 1")
        self.is_first_version(root, "souspli_study", "souspli_study", fact)
        recipients = self.mapping(root.nodes.get("recipients"), "recipients", start)
        self.refuse_others(recipients, ROLES, "recipients")
        thresholds = self.mapping(root.nodes.get("thresholds"), "thresholds", start)
        self.refuse_others(thresholds, ("cell", "k"), "thresholds")
        # A number in every study.yaml, though nothing is held back by it.
        instruments = self.instruments(root.nodes.get("instruments"))
        title = self.translated(root.nodes.get("title"), "title", start)
        return Study(
            folder=self.folder,
            id=self.id(root.nodes.get("id"), root.place),
            title=dict(title.by_language),
            is_practice=self.yes_no(root.nodes.get("practice"), "practice"),
            instruments=instruments,
            recipients={role: self.keys(recipients.nodes.get(role), role) for role in ROLES},
            signer=self.signer(root.nodes.get("signing"), start),
            cell_threshold=self.whole(thresholds.nodes.get("cell"), "thresholds", 11, 1, 1000),
            k=self.whole(thresholds.nodes.get("k"), "thresholds", 5, 1, 1000),
            bucket=self.whole(
                root.nodes.get("bucket"), "bucket", record.GRAIN, record.GRAIN, 2**24
            ),
            words=self.words(root.nodes.get("words")),
            help_numbers=self.help_numbers(root.nodes.get("help_numbers")),
            rules=self.rules(root.nodes.get("rules"), start),
            controller=declared.party(self, root.nodes.get("controller"), "controller", root),
            retention=declared.retention(self, root.nodes.get("retention"), root),
            papers=declared.papers(self, root.nodes.get("papers"), root),
        )

    def id(self, node: Node | None, start: Place) -> str:
        text = self.string(node, "id")
        if not _ID.fullmatch(text):
            place = start if node is None else node.place
            fact = _("a study's id is made of a–z, 0–9 and -, at most 40")
            self.note(place, "id", fact, _("give another"), "id")
        return text

    def instruments(self, node: Node | None) -> tuple[StudyInstrument, ...]:
        found: dict[str, StudyInstrument] = {}
        for one in self.sequence(node, "instruments"):
            loaded = self.study_instrument(one)
            if loaded is None:
                continue
            if loaded.instrument.id in found:
                fact = _("two questionnaires have the same id")
                self.note(one.place, "instruments", fact, _("remove one"), "instruments")
            found.setdefault(loaded.instrument.id, loaded)
        return tuple(found.values())

    def study_instrument(self, node: Node) -> StudyInstrument | None:
        found = self.mapping(node, "instruments", node.place)
        self.refuse_others(found, ("file", "unit", "former"), "instruments")
        unit = cast(Unit, self.one_of(found.nodes.get("unit"), "instruments", UNITS, "person"))
        current = self.version(found.nodes.get("file"), node.place)
        former = [
            (self.version(one, node.place), one.place)
            for one in self.sequence(found.nodes.get("former"), "instruments")
        ]
        if current is None:
            return None
        known = [current]
        for version, place in former:
            if version is not None:
                self.require_other_version(version, known, place)
                known.append(version)
        return StudyInstrument(current, unit, tuple(known[1:]))

    def version(self, node: Node | None, start: Place) -> Instrument | None:
        """Return the questionnaire in the file that a node names, or None."""
        name = self.string(node, "instruments")
        path = self.folder / name
        if not name or not path.is_file():
            fact = _("there is no file “{name}” in the study folder").format(name=name)
            place = start if node is None else node.place
            self.note(place, "instruments", fact, _("copy it there"), "instruments")
            return None
        loaded = opened(path, str(path))
        self.problems.extend(errors(loaded))
        return loaded.instrument

    def require_other_version(
        self, found: Instrument, known: Sequence[Instrument], place: Place
    ) -> None:
        """Note where a former version is none of the first one known, or cannot be told from another."""
        if found.id != known[0].id:
            fact = _("a former version has another id than the questionnaire")
            remedy = _("let it stand on its own, beside it")
            self.note(place, "instruments", fact, remedy, "instruments")
        elif any(found.version == other.version for other in known):
            fact = _("two versions of a questionnaire have the same “version”")
            remedy = _("remove one, or give the file that kits do not carry yet another version")
            self.note(place, "instruments", fact, remedy, "instruments")

    def keys(self, node: Node | None, role: str) -> tuple[str, ...]:
        found = []
        for one in self.sequence(node, role):
            path = self.folder / self.string(one, role)
            try:
                found.append(recipient_of(str(path)))
            except Refusal:
                fact = _("there is no recipient in this file")
                self.note(
                    one.place, role, fact, _("give a file holding one text, age1pq1…"), "recipients"
                )
        return tuple(found)

    def words(self, node: Node | None) -> tuple[str, ...]:
        found = [(self.string(one, "words"), one.place) for one in self.sequence(node, "words")]
        for word, place in found:
            if not word:
                self.note(
                    place, "words", _("a word is blank"), _("write it, or remove it"), "words"
                )
        return tuple(word for word, _place in found)

    def help_numbers(self, node: Node | None) -> tuple[tuple[str, str], ...]:
        found: list[tuple[str, str]] = []
        for one in self.sequence(node, "help_numbers"):
            pair = self.mapping(one, "help_numbers", one.place)
            self.refuse_others(pair, ("label", "number"), "help_numbers")
            label, number = (
                self.string(pair.nodes.get(key), "help_numbers") for key in ("label", "number")
            )
            if not label or not number:
                fact = _("a help number lacks its label or its number")
                remedy = _("write {label: …, number: …}")
                self.note(one.place, "help_numbers", fact, remedy, "help_numbers")
            found.append((label, number))
        return tuple(found)

    def rules(self, node: Node | None, start: Place) -> Rules:
        found = self.mapping(node, "rules", start)
        self.refuse_others(found, _RULES, "rules")
        return Rules(
            **{
                name: self.whole(found.nodes.get(name), "rules", getattr(Rules(), name), 1, most)
                for name, most in _RULES.items()
            }
        )

    def signer(self, node: Node | None, start: Place) -> bytes:
        text = self.string(node, "signing")
        try:
            key = base64.b64decode(text, validate=True)
        except ValueError:
            key = b""
        if len(key) != 32:
            place = node.place if node is not None else start
            self.note(
                place, "signing", _("is not a public key"), _("make the study anew"), "signing"
            )
        return key
