"""From a tree of texts to typed values, gathering every problem on the way.

Every YAML file of Souspli is read so: questionnaires here, the study file in `export`. A value that
cannot be read is noted and replaced by a harmless one, so that reading goes on to the next problem.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from surveys import language
from surveys.expressions import Expression, ExpressionError, compile
from surveys.instrument import NOTHING, Text
from surveys.language import _
from surveys.problems import Place, Problem, Severity
from surveys.yamltree import Mapping, Node, Scalar, Sequence, read

_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


class Reading:
    """One pass over one tree; `problems` grows as it goes."""

    def __init__(self, languages: Iterable[str] = ()) -> None:
        self.problems: list[Problem] = []
        self.languages = tuple(languages)

    def note(
        self,
        place: Place,
        subject: str,
        fact: str,
        remedy: str,
        check: str,
        severity: Severity = "error",
    ) -> None:
        """Gather one problem."""
        self.problems.append(Problem(place, subject, fact, remedy, check, severity))

    def document(self, source: str, file: str, subject: str, if_empty: str) -> Mapping | None:
        """Return the map that a whole text is, None where it is empty or its YAML is broken."""
        tree, start = read(source, file), Place(file, 1, 1)
        self.problems.extend(tree.problems)
        if tree.root is None and tree.is_whole:
            self.note(start, "", _("the file is empty"), if_empty, "shape")
        if tree.root is None or not tree.is_whole:
            return None
        return self.mapping(tree.root, subject, start)

    def is_first_version(self, root: Mapping, key: str, subject: str, fact: str) -> bool:
        """Return whether a file says that it is of version 1 of its format, else note the fact."""
        if self.string(root.nodes.get(key), subject) == "1":
            return True
        remedy = _("begin with “{key}: 1”").format(key=key)
        self.note(root.place, "", fact, remedy, "shape")
        return False

    def mapping(self, node: Node | None, subject: str, place: Place) -> Mapping:
        """Return the node if it is a map, else an empty one; None (absent) is an empty one."""
        if isinstance(node, Mapping):
            return node
        if node is not None and not (isinstance(node, Scalar) and node.text == ""):
            self.note(
                node.place,
                subject,
                _("should be a map"),
                _("write it as “key: value” lines"),
                "shape",
            )
        return Mapping(place, is_whole=True)

    def sequence(self, node: Node | None, subject: str) -> list[Node]:
        """Return the nodes of a list, else none."""
        if isinstance(node, Sequence):
            return node.nodes
        if node is not None and not (isinstance(node, Scalar) and node.text == ""):
            self.note(
                node.place, subject, _("should be a list"), _("begin each item with “- ”"), "shape"
            )
        return []

    def scalar(self, node: Node | None, subject: str) -> Scalar | None:
        """Return the node if it is a text; None if it is absent or something else."""
        if node is None or isinstance(node, Scalar):
            return node
        self.note(node.place, subject, _("should be a text"), _("write it on one line"), "shape")
        return None

    def string(self, node: Node | None, subject: str, default: str = "") -> str:
        """Return a text without spaces around it, or the default where there is none."""
        if node is None:  # most keys of most items are absent: say so first
            return default
        scalar = self.scalar(node, subject)
        return default if scalar is None else scalar.text.strip()

    def yes_no(self, node: Node | None, subject: str) -> bool:
        """Return whether the text says yes (or true); absent or empty is no."""
        if node is None:
            return False
        scalar = self.scalar(node, subject)
        if scalar is None or not scalar.text.strip():
            return False
        value = _YES_NO.get(scalar.text.strip().lower())
        if value is None:
            self.note(
                scalar.place, subject, _("is neither yes nor no"), _("write yes or no"), "shape"
            )
        return bool(value)

    def whole(self, node: Node | None, subject: str, default: int, low: int, high: int) -> int:
        """Return a whole number from low to high, or the default where there is none."""
        if node is None:
            return default
        scalar = self.scalar(node, subject)
        if scalar is None:
            return default
        text = scalar.text.strip()
        if text.isascii() and text.isdigit() and len(text) < 12 and low <= int(text) <= high:
            return int(text)
        self.note(
            scalar.place,
            subject,
            _("is not a whole number from {low} to {high}").format(low=low, high=high),
            _("write it in digits"),
            "shape",
        )
        return default

    def one_of(self, node: Node | None, subject: str, allowed: Iterable[str], default: str) -> str:
        """Return one of the allowed words, or the default where there is none."""
        if node is None:
            return default
        scalar = self.scalar(node, subject)
        if scalar is None or not scalar.text.strip():
            return default
        word = scalar.text.strip()
        if word in set(allowed):
            return word
        self.note(
            scalar.place,
            subject,
            _("“{word}” is not possible here").format(word=word),
            _("use one of: {known}").format(known=", ".join(allowed)),
            "shape",
        )
        return default

    def expression(self, node: Node | None, subject: str) -> Expression | None:
        """Return the compiled expression, or None where there is none or it cannot be compiled."""
        if node is None:
            return None
        scalar = self.scalar(node, subject)
        if scalar is None or not scalar.text.strip():
            return None
        try:
            return compile(scalar.text)
        except ExpressionError as error:
            self.note(
                scalar.place_at(error.offset), subject, error.fact, error.remedy, "expression"
            )
            return None

    def translated(self, node: Node | None, subject: str, place: Place) -> Text:
        """Return a text, or a text for each language; empty where there is none."""
        if node is None:
            return Text(NOTHING, place)
        if isinstance(node, Scalar):
            written = node.text.strip()
            return Text({"": written} if written else {}, node.place)
        by_language: dict[str, str] = {}
        found = self.mapping(node, subject, place)
        for code, value in found.nodes.items():
            if self.languages and code not in self.languages:
                self.note(
                    found.keys[code].place,
                    subject,
                    _("“{code}” is not a language of this form").format(code=code),
                    _("use one of: {known}").format(known=", ".join(self.languages)),
                    "language",
                )
            text = self.string(value, subject)
            if text:
                by_language[code] = text
        return Text(by_language, node.place)

    def told(self, node: Node | None, subject: str, place: Place) -> str:
        """Return a text in the language of the interface, else as it is; '' where there is none."""
        texts = self.translated(node, subject, place).by_language
        for code in (language.from_environment(), "", "en"):
            if code in texts:
                return texts[code]
        return next(iter(texts.values()), "")

    def strings(self, node: Node | None, subject: str) -> dict[str, str]:
        """Return a map of texts."""
        if node is None:
            return {}
        found = self.mapping(node, subject, node.place)
        return {key: self.string(value, subject) for key, value in found.nodes.items()}

    def refuse_others(self, found: Mapping, known: Iterable[str], subject: str) -> None:
        """Note every key that is not known; a word near a known one is named."""
        for key in found.keys.values():
            if key.text not in set(known):
                self.note(key.place, subject, *unknown_key(key.text, known), "unknown_key")


def near(word: str, known: Iterable[str]) -> str:
    """Return the question whether a known word was meant; '' where none is near."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.75)
    return _("did you mean “{near}”?").format(near=found[0]) if found else ""


def unknown_key(key: str, known: Iterable[str]) -> tuple[str, str]:
    """Return the fact and the remedy for a key nobody knows."""
    return _("“{key}” is not a known key").format(key=key), near(key, known) or _("remove it")
