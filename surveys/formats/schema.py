"""The JSON Schema (draft-07) of a questionnaire, by which an editor completes and checks one.

It is made from the keys `load.py` reads: a key added there and not described here is a KeyError, and
`surveys/instrument.schema.json` is what this makes (`python -m surveys.formats.schema`). It tells
shapes only; names, languages, expressions and all that needs the whole are for `souspli check`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from surveys.formats.shapes import (
    NUMBER,
    TEXT,
    TEXT_OR_TEXTS,
    TEXTS,
    YES_NO,
    YES_NO_OR_WHEN,
    Schema,
    list_of,
    one_of,
    reference,
    rule,
    whole,
)
from surveys.instrument import FORMATS, NONRESPONSE
from surveys.keep_rule import NUMBERED, PLAIN, UNITS
from surveys.kinds import KINDS
from surveys.load import (
    BOUNDS,
    CHOICE_KEYS,
    FORM_KEYS,
    GROUP_KEYS,
    LANGUAGE_VERSION,
    QUESTION_KEYS,
    REPEAT_KEYS,
    TOP_KEYS,
)

_STATUSES = {"anyOf": [{"enum": [*NONRESPONSE]}]}
_KEEP: Schema = {
    "anyOf": [
        one_of(*PLAIN),
        rule("bands", list_of(NUMBER, least=1)),
        *(rule(name, whole(1, 10**11) if name == "prefix" else NUMBER) for name in NUMBERED),
        rule("date", one_of(*UNITS)),
        rule("codes", TEXTS),
    ]
}

# For each key, what may stand there and what it is for, as an editor shows it.
_TOP: dict[str, tuple[Schema, str]] = {
    "souspli": (
        {"enum": [int(LANGUAGE_VERSION), LANGUAGE_VERSION]},
        "The version of the questionnaire language: 1.",
    ),
    "form": (reference("form"), "What the questionnaire is: id, version, title, languages."),
    "nonresponse": (
        list_of(_STATUSES),
        "The non-response every question offers unless it says otherwise.",
    ),
    "choices": (
        {"type": ["object", "null"], "additionalProperties": list_of(reference("choice"), least=1)},
        "Lists of choices, by name.",
    ),
    "survey": (list_of(reference("item"), least=1), "What is asked, in order."),
}
_FORM: dict[str, tuple[Schema, str]] = {
    "id": (TEXT, "A short name of the questionnaire that never changes: letters, digits and _."),
    "version": (TEXT, "The version; every record names the one it was held with."),
    "title": (TEXT_OR_TEXTS, "The title, a text or one for each language."),
    "description": (TEXT_OR_TEXTS, "What the questionnaire is about, for those who read the data."),
    "languages": (
        TEXTS,
        "The languages: code, then the name an XLSForm gives it, as fr: Français (fr).",
    ),
    "default_language": (TEXT, "The code of the language shown first."),
    "population": (
        whole(*BOUNDS["population"]),
        "How many people the survey is about: the privacy checks reckon with it.",
    ),
    "refused_when": (TEXT, "The condition under which a record is a refusal."),
    "complete_when": (TEXT, "The condition under which a record is complete."),
    "partial_when": (TEXT, "The condition under which a record is partial; otherwise broken off."),
    "accept": (TEXTS, "Findings that may stay: the name of the check, then the reason."),
}
_CHOICE: dict[str, tuple[Schema, str]] = {
    "name": (TEXT, "What is stored, and what expressions compare with: no spaces."),
    "label": (TEXT_OR_TEXTS, "What is read, a text or one for each language."),
    "code": (TEXT, "What is typed; the name if that is a whole number, else the position."),
    "exclusive": (YES_NO, "Whether it excludes the other answers, as “none of these” does."),
    "nonresponse": (
        one_of(*NONRESPONSE),
        "It is no answer but stands for non-response, as −99 does in many forms.",
    ),
}
_ITEM: dict[str, tuple[Schema, str]] = {
    "type": (TEXT, "What kind of item this is."),
    "name": (TEXT, "The name of the variable: a letter, then letters, digits or _."),
    "label": (TEXT_OR_TEXTS, "What is read aloud, a text or one for each language."),
    "hint": (TEXT_OR_TEXTS, "An instruction to the interviewer."),
    "guidance_hint": (TEXT_OR_TEXTS, "Further help, shown on F1."),
    "relevant": (TEXT, "Asked only when this is true, as ${age} >= 18."),
    "appearance": (TEXT, "How it is shown, in XLSForm's words, as month-year or multiline."),
    "accept": (TEXTS, "Findings that may stay: the name of the check, then the reason."),
    "required": (YES_NO_OR_WHEN, "yes, or the condition under which it may not be left blank."),
    "required_message": (TEXT_OR_TEXTS, "What is said when a required answer is left blank."),
    "constraint": (TEXT, "What the answer (written .) must satisfy, as . >= 0 and . <= 30."),
    "constraint_message": (TEXT_OR_TEXTS, "What is said when it does not."),
    "soft_constraint": (TEXT, "What the answer should satisfy; a reason lets it stand."),
    "soft_constraint_message": (TEXT_OR_TEXTS, "What is asked when it does not."),
    "calculation": (TEXT, "What a calculate item is worth."),
    "choice_filter": (TEXT, "The condition under which a choice is offered; reads its columns."),
    "default": (TEXT, "The answer it starts with; may be an expression."),
    "read_only": (
        YES_NO_OR_WHEN,
        "yes, or the condition under which it is shown and cannot be changed.",
    ),
    "parameters": (TEXT_OR_TEXTS, "For a range: start=0 end=10 step=1."),
    "choices": (TEXT, "The name of its list of choices."),
    "trigger": (TEXT, "Kept for other tools; here a calculation is always up to date."),
    "keep": (_KEEP, "What may be kept of the answer."),
    "nonresponse": (list_of(_STATUSES), "The non-response offered here."),
    "identifying": (
        one_of("direct", "quasi"),
        "direct: names or reaches a person; quasi: helps to recognise one.",
    ),
    "max_length": (whole(*BOUNDS["max_length"]), "How many characters are kept at most."),
    "format": (
        one_of(*FORMATS),
        "card_code: the code of a participant's card, checked as it is typed.",
    ),
    "sensitive": (YES_NO, "Whether the answer could harm if it were known."),
    "show_card": (TEXT, "The number of the card the respondent is handed."),
    "minimum_seconds": (
        whole(*BOUNDS["minimum_seconds"]),
        "A shorter time on the screen is recorded; nothing is blocked.",
    ),
    "self_completed": (YES_NO, "Whether the respondent types alone; answers are hidden after."),
    "repeat_count": (TEXT, "How many times it is asked; without it, “another one?” is asked."),
    "repeat_max": (whole(*BOUNDS["repeat_max"]), "How many times it can be asked at most."),
    "questions": (list_of(reference("item")), "What it holds, in order."),
}


def schema() -> Schema:
    """Return the schema, as a value JSON can write."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Souspli questionnaire, language version 1",
        "type": "object",
        "properties": _properties(TOP_KEYS, _TOP),
        "required": ["souspli", "form", "survey"],
        "additionalProperties": False,
        "definitions": {
            "form": _open(FORM_KEYS, _FORM, required=["id", "version", "title"]),
            "choice": _open(CHOICE_KEYS, _CHOICE, required=["name"]),
            "item": _item(),
            "question": _open(QUESTION_KEYS, _ITEM),
            "group": _open(GROUP_KEYS, _ITEM, required=["questions"]),
            "repeat": _open(REPEAT_KEYS, _ITEM, required=["questions"]),
        },
    }


def written() -> str:
    """Return the schema as the text of `surveys/instrument.schema.json`."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _item() -> Schema:
    """Return the shape of an item: of a group, a repeat or a question, as its type says."""
    kinds = [*KINDS, "group", "repeat"]
    type_: Schema = {
        "description": "What kind of item this is; a select may name its list after it.",
        "anyOf": [
            {"enum": kinds},
            {"type": "string", "pattern": rf"^\s*({'|'.join(kinds)})( .*)?$"},
        ],
    }
    return {
        "type": "object",
        "properties": {"type": type_},
        "required": ["type", "name"],
        "if": _is("group"),
        "then": reference("group"),
        "else": {"if": _is("repeat"), "then": reference("repeat"), "else": reference("question")},
    }


def _is(kind: str) -> Schema:
    return {"properties": {"type": {"pattern": rf"^\s*{kind}( .*)?$"}}}


def _open(
    keys: Iterable[str], described: dict[str, tuple[Schema, str]], required: Iterable[str] = ()
) -> Schema:
    """Return the shape of a map whose unknown keys are columns, kept as text."""
    return {
        "type": "object",
        "properties": _properties(keys, described),
        "required": [*required],
        "additionalProperties": TEXT,
    }


def _properties(keys: Iterable[str], described: dict[str, tuple[Schema, str]]) -> Schema:
    return {key: {"description": described[key][1], **described[key][0]} for key in keys}


if __name__ == "__main__":
    print(written(), end="")
