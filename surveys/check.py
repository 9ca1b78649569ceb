"""Every problem of a questionnaire at once: those of reading it, and those of the whole.

What a single item does wrong by itself is found while loading (`load.py`, `kinds/`); what takes the
whole to see, by the rules below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from surveys.checks.acceptance import settled
from surveys.checks.form import Form
from surveys.checks.leaks import leaks
from surveys.checks.lists import choices, none_excludes, unused_lists
from surveys.checks.logic import required, unreachable, unsatisfiable
from surveys.checks.names import duplicates, names
from surveys.checks.order import cycles, forward
from surveys.checks.patterns import patterns
from surveys.checks.privacy import direct, identities, offences, sensitive
from surveys.checks.references import references, rounds, triggers
from surveys.checks.rule import Rule
from surveys.checks.texts import labels, languages, lengths, translations
from surveys.checks.types import mismatches, unknown_choices
from surveys.checks.uniqueness import unique_people
from surveys.load import Loaded, Texts, load
from surveys.problems import Problem
from surveys.problems import in_order as sorted_problems
from surveys.tables import NO_TABLES

RULES: tuple[Rule, ...] = (
    Rule("name", names),
    Rule("duplicate", duplicates),
    Rule("choices", choices),
    Rule("unused_list", unused_lists),
    Rule("none", none_excludes),
    Rule("label", labels),
    Rule("language", languages),
    Rule("translation", translations),
    Rule("long", lengths),
    Rule("reference", references),
    Rule("repeat", rounds),
    Rule("forward", forward),
    Rule("cycle", cycles),
    Rule("trigger", triggers),
    Rule("mismatch", mismatches),
    Rule("unknown_choice", unknown_choices),
    Rule("regex", patterns),
    Rule("unreachable", unreachable),
    Rule("unsatisfiable", unsatisfiable),
    Rule("required", required),
    Rule("leak", leaks),
    Rule("direct", direct, is_acceptable=True),
    Rule("identity", identities, is_acceptable=True),
    Rule("offence", offences),
    Rule("sensitive", sensitive),
    Rule("unique", unique_people),
)

# What reading finds: for each check, the mistakes it is of. `accept` is said of `accept` itself.
READING: Mapping[str, str] = MappingProxyType(
    {
        "syntax": "The text is YAML, in one document.",
        "size": "The file is no larger than 4 MB.",
        "depth": "Nothing nests more than 40 levels deep.",
        "alias": "No anchor and no alias is used.",
        "tag": "No tag is used.",
        "duplicate_key": "Each key stands once.",
        "unknown_key": "No key is a slip for a known one.",
        "missing": "What must be there is there.",
        "shape": "Each value has the form its key asks for.",
        "type": "Each item has a type that exists.",
        "list": "Each list that is named exists.",
        "table": "Each table that is looked into stands beside the file.",
        "parameters": "The parameters of a range are numbers that fit.",
        "calculation": "A calculation calculates something.",
        "keep": "What is kept suits the type of the item.",
        "format": "What a text must be suits its type, and the code of a card stays away from the answers.",
        "nonresponse": "Non-response is refused, dont_know or not_applicable.",
        "expression": "Each expression can be read, and its functions exist.",
        "column": "No column of choices in a workbook has a name that means something else here.",
        "version": "A workbook says which version of the form it is.",
        "loss": "Nothing is lost in a conversion.",
        "accept": "What is accepted is found, and has a reason.",
    }
)
_ACCEPTABLE: Mapping[str, bool] = MappingProxyType(
    {**dict.fromkeys(READING, False), **{rule.name: rule.is_acceptable for rule in RULES}}
)

# Problems after which part of the file was not read.
_UNREAD = frozenset({"syntax", "depth", "size"})


def check(source: str, file: str, tables: Texts = NO_TABLES) -> Loaded:
    """Return the instrument and every problem it has; `tables` are the CSV texts beside it, by name."""
    return checked(load(source, file, tables))


def checked(loaded: Loaded) -> Loaded:
    """Return what was loaded with every problem of the whole, in the order of the file.

    Where the file itself could not be read to its end, rules of the whole are left out: they would
    blame the part that was read for what was not.
    """
    if loaded.instrument is None or any(problem.check in _UNREAD for problem in loaded.problems):
        return loaded
    form = Form(loaded.instrument, loaded.problems)
    found: list[Problem] = list(loaded.problems)
    for rule in RULES:
        found.extend(rule.find(form))
    return replace(loaded, problems=sorted_problems(settled(form, found, _ACCEPTABLE)))


def errors(loaded: Loaded) -> tuple[Problem, ...]:
    """Return the problems that forbid using the instrument."""
    return tuple(problem for problem in loaded.problems if problem.severity == "error")
