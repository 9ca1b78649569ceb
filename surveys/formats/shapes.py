"""What may be written under a key of a questionnaire, as JSON Schema.

A value is read as the text that was written, so that a number or true is as good as a text; what an
editor sees as a number is checked as one. An empty value is a key left out, but for whole numbers.
"""

from __future__ import annotations

from typing import Any

from surveys.kinds.number import PLAIN

Schema = dict[str, Any]

TEXT: Schema = {"type": ["string", "number", "boolean", "null"]}
TEXTS: Schema = {"type": ["object", "null"], "additionalProperties": TEXT}

# The one of all languages, or a map by language; the columns of an appearance, or a map of them.
TEXT_OR_TEXTS: Schema = {
    "type": ["string", "number", "boolean", "null", "object"],
    "additionalProperties": TEXT,
}
NUMBER: Schema = {
    "anyOf": [
        {"type": "number"},
        {"type": "string", "pattern": rf"^\s*{PLAIN.pattern}\s*$"},
    ]
}
YES_NO: Schema = {
    "anyOf": [
        {"enum": ["yes", "no"]},
        {"type": ["boolean", "null"]},
        {
            "type": "string",
            "pattern": r"^\s*([Yy][Ee][Ss]|[Nn][Oo]|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])?\s*$",
        },
    ]
}

# Yes, no, or a condition: a text with a sign in it, as ${a} = 1; -1 and 2.5 hold one as well.
YES_NO_OR_WHEN: Schema = {
    "anyOf": [
        YES_NO,
        {"type": "string", "pattern": r"[^\w\s]"},
        {"type": "number", "not": {"type": "integer", "minimum": 0}},
    ]
}


def reference(name: str) -> Schema:
    """Return a reference to a definition of the same document."""
    return {"$ref": f"#/definitions/{name}"}


def one_of(*words: str) -> Schema:
    """Return the shape of one of some words, or of nothing."""
    spelled = "|".join(words)
    return {
        "anyOf": [
            {"enum": [*words]},
            {"type": "null"},
            {"type": "string", "pattern": rf"^\s*({spelled})?\s*$"},
        ]
    }


def list_of(item: Schema, least: int = 0) -> Schema:
    """Return the shape of a list; of nothing too, where it may be empty."""
    if least:
        return {"type": "array", "items": item, "minItems": least}
    return {"type": ["array", "null"], "items": item}


def whole(low: int, high: int) -> Schema:
    """Return the shape of a whole number from low to high."""
    return {
        "anyOf": [
            {"type": "integer", "minimum": low, "maximum": high},
            {"type": "string", "pattern": r"^\s*[0-9]{1,11}\s*$"},
        ]
    }


def rule(name: str, shape: Schema) -> Schema:
    """Return the shape of a map with one key."""
    return {
        "type": "object",
        "properties": {name: shape},
        "required": [name],
        "additionalProperties": False,
    }
