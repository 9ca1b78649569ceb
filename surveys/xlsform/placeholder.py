"""What a terminal cannot hold becomes a note that says so, in the languages of the questionnaire.

Its own type word, and what only a question has, wait in columns that begin with `xlsform_` and come
back in a workbook; what the label says about it is taken off again.
"""

from __future__ import annotations

from surveys.xlsform.nodes import mapping, put
from surveys.yamltree import Mapping, Node, Scalar

_SAYS = {"fr": "(non demandé ici : {word})", "en": "(not asked here: {word})"}


def notice(word: str, language: str) -> str:
    """Return what the note says in a language of the questionnaire: French, else English."""
    return _SAYS["fr" if language.lower().startswith("fr") else "en"].format(word=word)


def labelled(label: Node, word: str, default: str) -> Node:
    """Return a label that says it is not asked here; `default` is the language of a single text."""
    if isinstance(label, Mapping):
        found = mapping(label.place)
        for code, text in label.nodes.items():
            put(found, code, labelled(text, word, code))
        return found
    if isinstance(label, Scalar):
        return Scalar(f"{label.text} {notice(word, default)}".strip(), label.place)
    return label


def unlabelled(text: str, word: str) -> str:
    """Return a label without what it says about not being asked here."""
    for language in _SAYS:
        text = text.removesuffix(notice(word, language))
    return text.rstrip()
