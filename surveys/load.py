"""YAML → an Instrument and its problems: the only place a questionnaire is read.

Every spelling the file allows becomes one form here; nothing later asks which spelling it was.
Rules that need the whole instrument are in `check.py`.
"""

from __future__ import annotations

import hashlib
import re
from collections import abc
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from surveys.codes import CARD_WRITTEN
from surveys.expressions import Expression, compile
from surveys.instrument import (
    ALWAYS,
    FORMATS,
    NEVER,
    NONRESPONSE,
    NOTHING,
    Choice,
    ChoiceList,
    Format,
    Group,
    Identifying,
    Instrument,
    Item,
    Nonresponse,
    Question,
    Row,
    Text,
)
from surveys.keep_rule import read_keep
from surveys.kinds import KINDS
from surveys.language import _
from surveys.problems import Place, Problem, Refusal, in_order
from surveys.reading import Reading, near, unknown_key
from surveys.tables import LOOKUPS, NO_TABLES, named_in
from surveys.tables import rows as rows_of
from surveys.yamltree import Mapping, Node, Scalar, Tree, read

LANGUAGE_VERSION = "1"
KEPT = "xlsform_"  # before a column of XLSForm whose own name means something here
TEXT_LENGTH = 500  # characters of a text whose max_length is not given
COMPUTED_LENGTH = 100  # characters of a calculation or a hidden value
REPEAT_MAX = 10  # times a repeat is asked whose repeat_max is not given
LATER_KINDS = ("rank",)

TOP_KEYS = ("souspli", "form", "nonresponse", "choices", "survey")
FORM_KEYS = (
    "id version title description languages default_language population "
    "refused_when complete_when partial_when accept"
).split()
SHARED_KEYS = "type name label hint relevant appearance accept".split()
QUESTION_KEYS = (
    *SHARED_KEYS,
    *(
        "guidance_hint required required_message constraint constraint_message calculation "
        "choice_filter default read_only parameters choices trigger keep nonresponse identifying "
        "max_length format soft_constraint soft_constraint_message sensitive show_card "
        "minimum_seconds"
    ).split(),
)
GROUP_KEYS = (*SHARED_KEYS, "questions", "self_completed")
REPEAT_KEYS = (*GROUP_KEYS, "repeat_count", "repeat_max")
CHOICE_KEYS = "name label code exclusive nonresponse".split()
# Of each key that is a whole number, the least and the most.
BOUNDS = {
    "population": (1, 10**9),
    "repeat_max": (1, 1000),
    "max_length": (1, 4000),
    "minimum_seconds": (0, 3600),
}
# A default that reads an item or calls a function is computed, as pyxform has it.
_COMPUTED = re.compile(r"\$\{|[a-z0-9-]\(")
_CONDITION = re.compile(r"[^\w\s]")  # a word alone is meant as yes or no
# Possessive, and only from where a word begins: a long word is read once, not from each of its letters.
_PARAMETER = re.compile(r"(?<![A-Za-z_-])([A-Za-z_-]++)\s*+=\s*+([^\s,;]+)")


Texts = abc.Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Loaded:
    """An instrument as far as it could be read (None if not at all), and what was wrong."""

    instrument: Instrument | None
    problems: tuple[Problem, ...]


def load(source: str, file: str, tables: Texts = NO_TABLES) -> Loaded:
    """Return the instrument that `source` describes; `file` is the name its places carry.

    `tables` are the CSV texts it may look into, by name.
    """
    return of_tree(read(source, file), source, file, tables)


def of_tree(tree: Tree, source: str, file: str, tables: Texts = NO_TABLES) -> Loaded:
    """Return the instrument a tree describes, whatever file it was read from."""
    reading = _Loading(tree.is_whole)
    start = Place(file, 1, 1)
    if tree.root is None:
        if tree.is_whole:
            reading.note(start, "", _("the file is empty"), _("begin with “souspli: 1”"), "shape")
        return Loaded(None, in_order((*tree.problems, *reading.problems)))
    instrument = reading.instrument(reading.mapping(tree.root, "", start), source, tables)
    return Loaded(instrument, in_order((*tree.problems, *reading.problems)))


def source_of(path: Path, most: int | None = None) -> str:
    """Return the text of a file, refusing what cannot be read as UTF-8 or has more bytes."""
    try:
        with path.open("rb") as file:
            content = file.read() if most is None else file.read(most + 1)
    except OSError as error:
        raise Refusal(
            _("{path}: cannot be read ({why}); check the path").format(
                path=path, why=error.strerror
            )
        ) from error
    if most is not None and len(content) > most:
        raise Refusal(
            _("{place}: the file is larger than {n} bytes; split the questionnaire").format(
                place=Place(str(path), 1, 1), n=most
            )
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(_("{path}: is not UTF-8 text; save it as UTF-8").format(path=path)) from error


def usual_length(kind: str, written: Format) -> int:
    """Return how many characters are kept of an answer whose `max_length` is not given."""
    if written == "card_code":
        return CARD_WRITTEN
    return TEXT_LENGTH if KINDS[kind].is_asked else COMPUTED_LENGTH


def _is_column(key: str) -> bool:
    """Whether a key is a column of XLSForm that has no meaning here, kept as it came."""
    return "::" in key or key.startswith(KEPT)


def _digest(source: str, tables: Texts) -> str:
    """Return the SHA-256 of the text and, where there are any, of its tables."""
    digest = hashlib.sha256(source.encode("utf-8"))
    for name, text in sorted(tables.items()):
        digest.update(b"\0" + name.encode() + b"\0" + hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()


class _Loading(Reading):
    """Reads one questionnaire. `is_whole` is False where the YAML ended in a syntax error."""

    def __init__(self, is_whole: bool) -> None:
        super().__init__()
        self.is_whole = is_whole
        self.lists: dict[str, ChoiceList] = {}
        self.looked_into: list[tuple[Place, str, str]] = []
        self.nonresponse: tuple[Nonresponse, ...] = ()

    def instrument(self, root: Mapping, source: str, texts: Texts) -> Instrument:
        self.refuse_others(root, TOP_KEYS, "")
        version = self.string(root.nodes.get("souspli"), "souspli")
        if version != LANGUAGE_VERSION and (self.is_whole or "souspli" in root.nodes):
            place = root.nodes["souspli"].place if "souspli" in root.nodes else root.place
            self.note(
                place,
                "",
                _("this is not a questionnaire of language version 1"),
                _("begin with “souspli: 1”"),
                "shape",
            )
        form = self.mapping(root.nodes.get("form"), "form", root.place)
        languages = self.strings(form.nodes.get("languages"), "languages")
        self.languages = tuple(languages)
        default_language = self.string(
            form.nodes.get("default_language"), "form", next(iter(languages), "")
        )
        self.nonresponse = self.nonresponse_of(
            root.nodes.get("nonresponse"), "nonresponse", NONRESPONSE[:2]
        )
        lists = self.mapping(root.nodes.get("choices"), "choices", root.place)
        for name, node in lists.nodes.items():
            self.lists[name] = self.choice_list(name, node, lists.keys[name].place)
        survey = self.items(root.nodes.get("survey"), "survey")
        self.require(form, ("id", "version", "title"), "form", form.place)
        if not survey and self.is_whole:
            self.note(
                root.place,
                "survey",
                _("there is nothing to ask"),
                _("add items under “survey:”"),
                "shape",
            )
        population = self.whole(
            form.nodes.get("population"), "population", 0, *BOUNDS["population"]
        )
        refused_when, complete_when, partial_when = (
            self.expression(form.nodes.get(key), key)
            for key in ("refused_when", "complete_when", "partial_when")
        )
        wanted = self.tables_wanted(texts)
        return Instrument(
            id=self.string(form.nodes.get("id"), "id"),
            version=self.string(form.nodes.get("version"), "version"),
            title=self.translated(form.nodes.get("title"), "title", form.place),
            description=self.translated(form.nodes.get("description"), "description", form.place),
            languages=languages,
            default_language=default_language,
            population=population or None,
            refused_when=refused_when,
            complete_when=complete_when,
            partial_when=partial_when,
            lists=self.lists,
            table_texts=wanted,
            tables={name: self.table(name, text, root.place) for name, text in wanted.items()},
            survey=survey,
            accept=self.strings(form.nodes.get("accept"), "accept"),
            extra=self.others(form, FORM_KEYS, "form"),
            places={key: node.place for key, node in form.nodes.items()},
            place=root.place,
            source=source,
            digest=_digest(source, wanted),
        )

    def expression(self, node: Node | None, subject: str) -> Expression | None:
        """Return the compiled expression, and remember which tables it looks into."""
        if node is None:
            return None
        found = super().expression(node, subject)
        if found is not None and isinstance(node, Scalar) and found.functions & LOOKUPS:
            for name, offset in named_in(found.tree):
                self.looked_into.append((node.place_at(offset), subject, name))
        return found

    def tables_wanted(self, texts: Texts) -> dict[str, str]:
        """Return the texts of the tables that some expression looks into."""
        wanted: dict[str, str] = {}
        for place, subject, name in self.looked_into:
            if name in self.lists:
                continue
            if name in texts:
                wanted[name] = texts[name]
            elif self.is_whole:
                self.note(
                    place,
                    subject,
                    _("there is no list and no table “{name}”").format(name=name),
                    near(name, [*self.lists, *texts])
                    or _("put {name}.csv beside the questionnaire").format(name=name),
                    "table",
                )
        return wanted

    def table(self, name: str, text: str, place: Place) -> tuple[Row, ...]:
        try:
            return rows_of(text)
        except ValueError as error:
            remedy = _("save it as CSV, its columns named in the first line")
            self.note(place, f"{name}.csv", str(error), remedy, "table")
            return ()

    def require(self, found: Mapping, keys: Iterable[str], subject: str, place: Place) -> None:
        for key in keys:
            if key not in found.nodes and found.is_whole and self.is_whole:
                self.note(
                    place,
                    subject,
                    _("“{key}” is missing").format(key=key),
                    _("add “{key}: …”").format(key=key),
                    "missing",
                )

    def others(self, found: Mapping, known: Iterable[str], subject: str) -> dict[str, str]:
        """Return the unknown columns, kept as text; a near miss of a known one is named."""
        extra: dict[str, str] = {}
        for key, node in found.nodes.items():
            if key in known:
                continue
            fact = unknown_key(key, known)[0]
            meant = "" if _is_column(key) else near(key, known)
            if meant:
                self.note(found.keys[key].place, subject, fact, meant, "unknown_key")
            elif isinstance(node, Scalar):
                extra[key] = node.text
            else:
                self.note(
                    node.place,
                    subject,
                    fact,
                    _("write the unknown column as one text"),
                    "unknown_key",
                )
        return extra

    def choice_list(self, name: str, node: Node, place: Place) -> ChoiceList:
        choices: list[Choice] = []
        for position, row in enumerate(self.sequence(node, name), start=1):
            found = self.mapping(row, name, row.place)
            self.require(found, ("name",), name, row.place)
            choice_name = self.string(found.nodes.get("name"), name)
            choices.append(
                Choice(
                    name=choice_name,
                    label=self.translated(found.nodes.get("label"), name, row.place),
                    code=self.string(
                        found.nodes.get("code"), name, Choice.usual_code(choice_name, position)
                    ),
                    place=found.nodes["name"].place if "name" in found.nodes else row.place,
                    exclusive=self.yes_no(found.nodes.get("exclusive"), name),
                    nonresponse=cast(
                        Nonresponse | Literal[""],
                        self.one_of(found.nodes.get("nonresponse"), name, NONRESPONSE, ""),
                    ),
                    columns=self.others(found, CHOICE_KEYS, name),
                )
            )
        if not choices and self.is_whole:
            self.note(
                place,
                name,
                _("the list has no choices"),
                _("add “- {name: …, label: …}”"),
                "choices",
            )
        return ChoiceList(name, tuple(choices), place)

    def items(self, node: Node | None, subject: str) -> tuple[Item, ...]:
        loaded = (self.item(row) for row in self.sequence(node, subject))
        return tuple(item for item in loaded if item is not None)

    def item(self, node: Node) -> Item | None:
        found = self.mapping(node, "survey", node.place)
        if not found.nodes:
            if isinstance(node, Scalar) and not node.text:
                self.note(node.place, "survey", _("the item is empty"), _("remove it"), "shape")
            return None
        self.require(found, ("type", "name"), "survey", found.place)
        name = self.string(found.nodes.get("name"), "name")
        kind_node = self.scalar(found.nodes.get("type"), name)
        kind, _space, argument = (kind_node.text.strip() if kind_node else "").partition(" ")
        if kind in {"group", "repeat"}:
            return self.group(found, name, kind)
        if kind not in KINDS:
            if kind_node is not None:
                self.unknown_kind(kind, kind_node.place, name)
            kind = "text"  # read as some kind, so that what refers to it is not blamed as well
        return self.question(found, name, kind, argument.strip())

    def unknown_kind(self, kind: str, place: Place, name: str) -> None:
        if kind in LATER_KINDS:
            fact, remedy = (
                _("items of type “{kind}” are not supported yet").format(kind=kind),
                _("use text"),
            )
        else:
            fact = _("“{kind}” is not a type of item").format(kind=kind)
            remedy = _("use one of: {known}").format(known=", ".join([*KINDS, "group", "repeat"]))
        self.note(place, name, fact, remedy, "type")

    def group(self, found: Mapping, name: str, kind: str) -> Group:
        known = REPEAT_KEYS if kind == "repeat" else GROUP_KEYS
        self.require(found, ("questions",), name, found.place)
        return Group(
            kind="repeat" if kind == "repeat" else "group",
            name=name,
            place=self.name_place(found),
            label=self.translated(found.nodes.get("label"), name, found.place),
            hint=self.translated(found.nodes.get("hint"), name, found.place),
            relevant=self.expression(found.nodes.get("relevant"), name),
            repeat_count=self.expression(found.nodes.get("repeat_count"), name),
            repeat_max=self.whole(
                found.nodes.get("repeat_max"), name, REPEAT_MAX, *BOUNDS["repeat_max"]
            ),
            self_completed=self.yes_no(found.nodes.get("self_completed"), name),
            appearance=self.string(found.nodes.get("appearance"), name),
            accept=self.strings(found.nodes.get("accept"), name),
            extra=self.others(found, known, name),
            places=self.places(found),
            questions=self.items(found.nodes.get("questions"), name),
        )

    def question(self, found: Mapping, name: str, kind: str, argument: str) -> Question:
        nodes = found.nodes
        nothing = Text(NOTHING, found.place)

        def text(key: str) -> Text:
            node = nodes.get(key)
            return nothing if node is None else self.translated(node, name, found.place)

        def expression(key: str) -> Expression | None:
            node = nodes.get(key)
            return None if node is None else self.expression(node, name)

        choices = self.list_of(nodes.get("choices"), argument, found, name)
        written = self.format(nodes.get("format"), name, kind)
        length = usual_length(kind, written)
        question = Question(
            kind=kind,
            name=name,
            place=self.name_place(found),
            label=text("label"),
            hint=text("hint"),
            guidance_hint=text("guidance_hint"),
            required=self.yes_or_when(nodes.get("required"), name),
            required_message=text("required_message"),
            relevant=expression("relevant"),
            constraint=expression("constraint"),
            constraint_message=text("constraint_message"),
            soft_constraint=expression("soft_constraint"),
            soft_constraint_message=text("soft_constraint_message"),
            calculation=expression("calculation"),
            choice_filter=expression("choice_filter"),
            default=self.string(nodes.get("default"), name),
            dynamic_default=self.dynamic_default(nodes.get("default"), name),
            read_only=self.yes_or_when(nodes.get("read_only"), name),
            trigger=self.string(nodes.get("trigger"), name),
            appearance=self.string(nodes.get("appearance"), name),
            parameters=self.parameters(nodes.get("parameters"), name),
            choices=choices,
            keep=read_keep(self, nodes.get("keep"), name, kind),
            nonresponse=self.offered(nodes.get("nonresponse"), name, kind, choices),
            identifying=cast(
                Identifying, self.one_of(nodes.get("identifying"), name, ("direct", "quasi"), "")
            ),
            sensitive=self.yes_no(nodes.get("sensitive"), name),
            max_length=self.whole(nodes.get("max_length"), name, length, *BOUNDS["max_length"]),
            format=written,
            show_card=self.string(nodes.get("show_card"), name),
            minimum_seconds=self.whole(
                nodes.get("minimum_seconds"), name, 0, *BOUNDS["minimum_seconds"]
            ),
            accept=self.strings(nodes.get("accept"), name),
            extra=self.others(found, QUESTION_KEYS, name),
            places=self.places(found) | ({"choices": self.name_place(found)} if argument else {}),
        )
        if KINDS[kind].storage != "none" and found.is_whole:
            self.problems.extend(KINDS[kind].problems(question))
        return question

    def format(self, node: Node | None, subject: str, kind: str) -> Format:
        """Return what a text must be; '' for one's own words."""
        word = cast(Format, self.one_of(node, subject, FORMATS, ""))
        if node is None or not word or kind == "text":
            return word
        fact = _("“format: {word}” does not suit an item of type {kind}")
        self.note(node.place, subject, fact.format(word=word, kind=kind), _("use text"), "format")
        return ""

    def yes_or_when(self, node: Node | None, subject: str) -> Expression | None:
        """Return the condition of what XLSForm lets be yes, no or a condition; None for no."""
        if node is None:
            return None
        word = self.string(node, subject)
        if word in {ALWAYS, NEVER} or not _CONDITION.search(word):
            is_so = word == ALWAYS or (word != NEVER and self.yes_no(node, subject))
            return compile(ALWAYS) if is_so else None
        return self.expression(node, subject)

    def dynamic_default(self, node: Node | None, subject: str) -> Expression | None:
        """Return what a default computes; None for one that is the text itself."""
        if node is None:
            return None
        text = self.string(node, subject)
        return self.expression(node, subject) if _COMPUTED.search(text) else None

    def offered(
        self, node: Node | None, subject: str, kind: str, choices: ChoiceList | None
    ) -> tuple[Nonresponse, ...]:
        """Return the non-response a question offers: its own or the form's, and its list's."""
        if not KINDS[kind].is_asked:
            return ()
        own = self.nonresponse_of(node, subject, self.nonresponse)
        listed = choices.statuses if choices else ()
        if not listed:
            return own
        return tuple(word for word in NONRESPONSE if word in own or word in listed)

    def places(self, found: Mapping) -> dict[str, Place]:
        return {key: node.place for key, node in found.nodes.items()}

    def name_place(self, found: Mapping) -> Place:
        return found.nodes["name"].place if "name" in found.nodes else found.place

    def list_of(
        self, node: Node | None, argument: str, found: Mapping, name: str
    ) -> ChoiceList | None:
        wanted = self.string(node, name, argument)
        if not wanted:
            return None
        if wanted not in self.lists:
            place = node.place if node is not None else found.nodes["type"].place
            if self.is_whole:
                self.note(
                    place,
                    name,
                    _("there is no list “{wanted}”").format(wanted=wanted),
                    near(wanted, self.lists) or _("add it under “choices:”"),
                    "list",
                )
        return self.lists.get(wanted)

    def parameters(self, node: Node | None, name: str) -> dict[str, str]:
        if node is None or isinstance(node, Mapping):
            return self.strings(node, name)
        return dict(_PARAMETER.findall(self.string(node, name)))

    def nonresponse_of(
        self, node: Node | None, subject: str, default: tuple[Nonresponse, ...]
    ) -> tuple[Nonresponse, ...]:
        if node is None:
            return default
        given = [self.string(word, subject) for word in self.sequence(node, subject)]
        for word in given:
            if word not in NONRESPONSE:
                self.note(
                    node.place,
                    subject,
                    _("“{word}” is not possible here").format(word=word),
                    _("use one of: {known}").format(known=", ".join(NONRESPONSE)),
                    "nonresponse",
                )
        return tuple(word for word in NONRESPONSE if word in given)
