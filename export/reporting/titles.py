"""What a page calls estimates and groups: the words of the plan, else those of the questionnaire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from export.estimating.wanted import BETWEEN, Wanted
from export.estimating.words import Words, words
from export.respondents.design_columns import design_names
from export.respondents.table import leaving
from surveys import language
from surveys.expressions.tree import Child, Name, Tree
from surveys.instrument import PIPED, Instrument
from surveys.language import _, printable

_LONGEST = 160  # characters of a question that a table is called after
_HIGH = re.compile(r" ([?!:;»])")  # in French a line never begins with one of these


@dataclass(frozen=True, slots=True)
class Titles:
    """The wording of the questions, by column, and the labels of their values."""

    questions: Mapping[str, str]
    words: Words

    def question(self, name: str) -> str:
        """Return the wording of a question, its name where it has none."""
        return self.questions.get(name) or name

    def groups(self, wanted: Wanted) -> str:
        """Return what people are grouped by, '' for everyone."""
        return BETWEEN.join(map(self.question, wanted.by))

    def group(self, wanted: Wanted, name: str) -> str:
        """Return the name of a group."""
        return self.words.group(wanted, name)

    def value(self, of: Tree, value: str) -> str:
        """Return the name of a value of a list, or whether a condition holds."""
        return self.words.told(of, value)

    def of(self, wanted: Wanted) -> str:
        """Return what a report calls an estimate: its label, the questions it is of, or its expression."""
        if wanted.label:
            return printable(wanted.label)
        known = [
            self.questions.get(tree.name) if isinstance(tree, Name | Child) else None
            for tree in wanted.estimand.arguments
        ]
        told = [one for one in known if one]
        if len(told) < len(known):
            return printable(wanted.estimand.text)
        kind = wanted.estimand.kind
        if kind == "table":
            return f"{told[0]} × {told[1]}"
        if kind in {"share", "prop"}:
            return told[0]
        return _("{question} ({kind})").format(question=told[-1], kind=kind_told(kind))


def titles(instrument: Instrument) -> Titles:
    """Return the titles of a questionnaire, in the language of the interface where it has it."""
    spoken, known = language.from_environment(), words(instrument)
    questions = {design_names(instrument)["stratum"]: _("stratum")}
    for one in leaving(instrument, with_texts=False):
        told = _plain(instrument.text(one.question.label, spoken))
        questions[one.name] = told
        for value, column in one.indicators:
            questions[column] = f"{told} – {known.label(one.name, value)}"
    return Titles(questions, known)


def kind_told(kind: str) -> str:
    """Return what an estimate is, in a word or two."""
    told = {
        "prop": _("share"),
        "mean": _("mean"),
        "total": _("total"),
        "ratio": _("ratio"),
        "median": _("median"),
        "quantile": _("quantile"),
        "change": _("before and now"),
    }
    return told.get(kind, _("estimate"))


def _plain(told: str) -> str:
    """Return a wording on one line, what it would pipe in left open, cut where it is very long."""
    line = printable(" ".join(PIPED.sub("…", told).split())).removesuffix(":").rstrip()
    line = unbroken(line)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def unbroken(told: str) -> str:
    """Return a text in which no line begins with a mark that French sets apart, nor ends with «."""
    return _HIGH.sub("\u00a0\\1", told).replace("« ", "«\u00a0")
