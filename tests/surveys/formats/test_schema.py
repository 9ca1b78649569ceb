"""The JSON Schema and the loader tell the same shapes from the same others."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import load as loading
from surveys.formats.schema import schema, written

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "surveys" / "instrument.schema.json"
FORMS = sorted(
    path
    for folder in ("surveys", "tests")
    for path in (ROOT / folder).rglob("*.yaml")
    if path.read_text("utf-8").lstrip("#").find("souspli: 1") >= 0
)
VALIDATOR = jsonschema.Draft7Validator(schema())

# What the loader says of a value that is not of its key's shape. What it says of a shape that is
# right (an unknown list, bands that do not ascend) is no matter of the schema.
SHAPES = {"shape", "missing", "type", "nonresponse"}

Value = Any
Path_ = tuple[str | int, ...]


class Core(yaml.CSafeLoader):
    """Reads YAML as an editor does: numbers, true and false, and nothing else, are no texts."""


Core.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)$", "-+0123456789."),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def read(source: str) -> Value:
    return yaml.load(source, Core)


def spelled(value: Value) -> str:
    """Return a value as YAML on one line; None is an empty value."""
    match value:
        case dict():
            pairs = (f"{json.dumps(str(key))}: {spelled(one)}" for key, one in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list():
            return "[" + ", ".join(spelled(one) for one in value) + "]"
        case None:
            return ""
        case _:
            return json.dumps(value, ensure_ascii=False)


def is_refused_by_the_schema(value: Value) -> bool:
    return not VALIDATOR.is_valid(value)


def refusals(value: Value) -> set[str]:
    """Return the names of the checks by which the loader refuses a value."""
    loaded = loading.load(spelled(value), "form.yaml")
    return {problem.check for problem in loaded.problems if problem.severity == "error"}


# --- files --------------------------------------------------------------------------------------


def test_the_file_is_what_the_loader_reads() -> None:
    """Made again by `python -m surveys.formats.schema > surveys/instrument.schema.json`."""
    assert FILE.read_text("utf-8") == written()


def test_the_schema_is_one_of_draft_7() -> None:
    """As editors read it."""
    jsonschema.Draft7Validator.check_schema(json.loads(written()))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_every_questionnaire_the_loader_takes_is_one_to_an_editor(path: Path) -> None:
    """Those that are shipped, and those of the tests."""
    source = path.read_text("utf-8")
    if not {problem.check for problem in loading.load(source, path.name).problems} & SHAPES:
        assert [error.message for error in VALIDATOR.iter_errors(read(source))] == []


@pytest.mark.parametrize(
    ("definition", "keys"),
    [
        ("form", loading.FORM_KEYS),
        ("choice", loading.CHOICE_KEYS),
        ("question", loading.QUESTION_KEYS),
        ("group", loading.GROUP_KEYS),
        ("repeat", loading.REPEAT_KEYS),
    ],
)
def test_every_key_of_the_loader_is_described(definition: str, keys: list[str]) -> None:
    """With a shape, and a sentence an editor shows; and no other key is."""
    found = schema()["definitions"][definition]["properties"]
    assert list(found) == list(keys)
    assert all(shape["description"].endswith(".") and len(shape) > 1 for shape in found.values())


# --- laws ---------------------------------------------------------------------------------------

# A questionnaire with every key of the language.
WHOLE: Value = read("""\
souspli: 1
form:
  id: whole
  version: "1"
  title: {en: Whole}
  description: All of it
  languages: {en: English (en)}
  default_language: en
  population: 12
  refused_when: "1 = 2"
  complete_when: "1 = 1"
  partial_when: "1 = 1"
  accept: {labels: none}
  sponsor: us
nonresponse: [refused]
choices:
  l:
    - {name: a, label: {en: A}, code: 4, exclusive: yes, nonresponse: "", region: north}
    - {name: b, label: B, nonresponse: dont_know}
survey:
  - type: select_one
    name: x
    choices: l
    label: {en: X}
    hint: H
    guidance_hint: {en: G}
    required: yes
    required_message: R
    relevant: "1 = 1"
    constraint: ". = 'a'"
    constraint_message: C
    soft_constraint: ". = 'a'"
    soft_constraint_message: S
    choice_filter: "1 = 1"
    default: a
    read_only: no
    appearance: minimal
    parameters: {randomize: false}
    trigger: none
    keep: {codes: {a: b}}
    nonresponse: [refused, dont_know]
    identifying: quasi
    max_length: 3
    sensitive: true
    show_card: 2
    minimum_seconds: 4
    accept: {label: why}
    media::audio: a.mp3
  - {type: integer, name: n, label: N, keep: {bands: [1, 2.5]}}
  - {type: integer, name: m, label: N, keep: {round: 5}}
  - {type: text, name: p, label: P, keep: {prefix: 2}}
  - {type: date, name: d, label: D, keep: {date: year}}
  - {type: text, name: o, label: O, keep: scrub}
  - {type: text, name: q, label: Q, keep: link, format: card_code}
  - {type: calculate, name: c, calculation: 1 + 1}
  - {type: select_multiple l, name: s, label: S}
  - type: group
    name: g
    label: G
    hint: H
    relevant: "1 = 1"
    appearance: field-list
    self_completed: no
    accept: {}
    questions: [{type: note, name: i, label: I}]
  - type: repeat
    name: r
    label: R
    repeat_count: 2
    repeat_max: 3
    questions: [{type: acknowledge, name: k, label: K}]
""")
OTHERS: list[Value] = ["word", "yes", 5, -1, 2.5, True, None, [], ["word"], {}, {"key": "word"}]


def places(value: Value, path: Path_ = ()) -> Iterator[Path_]:
    yield path
    pairs: Iterator[tuple[str | int, Value]] = iter(())
    if isinstance(value, dict):
        pairs = iter(value.items())
    elif isinstance(value, list):
        pairs = iter(enumerate(value))
    for key, one in pairs:
        yield from places(one, (*path, key))


PLACES = list(places(WHOLE))[1:]


def at(value: Value, path: Path_) -> Value:
    for key in path:
        value = value[key]
    return value


@st.composite
def mutants(draw: st.DrawFn) -> Value:
    """Draw WHOLE with one or two places replaced, taken away, or given a key nobody knows."""
    value = copy.deepcopy(WHOLE)
    for _round in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(PLACES))
        try:
            parent, key = at(value, path[:-1]), path[-1]
            parent[key]
        except (KeyError, IndexError, TypeError):
            continue
        # An empty item or value of a list is passed over by the loader; an editor underlines it.
        is_item = isinstance(parent, list)
        kind = draw(st.sampled_from(["replace", "replace", "remove", "add"]))
        if kind == "replace":
            others = [one for one in OTHERS if not (is_item and one in (None, {}))]
            parent[key] = copy.deepcopy(draw(st.sampled_from(others)))
        elif kind == "remove" and len(parent) > 1:
            del parent[key]
        elif isinstance(parent, dict) and "keep" not in path:
            parent["zzz"] = copy.deepcopy(draw(st.sampled_from(OTHERS)))
    return value


def test_the_questionnaire_with_every_key_is_right() -> None:
    """And it has every key indeed."""
    assert not is_refused_by_the_schema(WHOLE)
    assert refusals(WHOLE) & SHAPES == set()
    keys = {str(path[-1]) for path in PLACES}
    for wanted in (
        loading.TOP_KEYS,
        loading.FORM_KEYS,
        loading.CHOICE_KEYS,
        loading.QUESTION_KEYS,
        loading.REPEAT_KEYS,
    ):
        assert set(wanted) <= keys


@settings(max_examples=80)
@given(value=mutants())
def test_what_an_editor_underlines_the_loader_refuses_and_back(value: Value) -> None:
    """Of shapes; what a shape holds is for the checks."""
    found, is_refused = refusals(value), is_refused_by_the_schema(value)
    assert found or not is_refused
    assert is_refused or not found & SHAPES


@pytest.mark.parametrize("path", PLACES, ids=lambda path: "/".join(map(str, path)))
def test_each_place_takes_the_same_shapes_in_both(path: Path_) -> None:
    """Every place of the questionnaire with a value of every sort."""
    for other in ("word", 5, None, ["word"], {"key": "word"}):
        if isinstance(path[-1], int) and other is None:
            continue
        value = copy.deepcopy(WHOLE)
        at(value, path[:-1])[path[-1]] = other
        found, is_refused = refusals(value), is_refused_by_the_schema(value)
        assert found or not is_refused
        assert is_refused or not found & SHAPES
