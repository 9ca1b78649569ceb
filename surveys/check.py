"""The rules of a whole instrument: one function, one rule; each yields the problems it finds.

What a single item does wrong by itself is found while loading (`load.py`, `kinds/`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from surveys.carried import leaks
from surveys.instrument import PIPED, Group, Instrument, Item, Question
from surveys.kinds import KINDS
from surveys.language import _
from surveys.load import Loaded, Texts, load
from surveys.plan import expressions_of, in_order, names_read, reads_of, repeats_around
from surveys.problems import Place, Problem
from surveys.problems import in_order as sorted_problems
from surveys.reading import near
from surveys.tables import NO_TABLES

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")

Rule = Callable[[Instrument], Iterator[Problem]]


def names(instrument: Instrument) -> Iterator[Problem]:
    """Each item has a name of its own that XML and every statistics program accept."""
    seen: dict[str, Item] = {}
    for item, _around in instrument.items():
        if not item.name:
            continue
        if not _NAME.fullmatch(item.name) or len(item.name) > 64:
            yield Problem(
                item.place,
                item.name[:64],
                _("is not a valid name"),
                _("begin with a letter, go on with letters, digits or _, at most 64"),
                "name",
            )
        first = seen.setdefault(item.name.lower(), item)
        if first is not item:
            same = first.name == item.name
            fact = (
                _("the name is already used on line {line}")
                if same
                else _("differs only by case from the name on line {line}")
            )
            yield Problem(
                item.place,
                item.name,
                fact.format(line=first.place.line),
                _("give each item its own name"),
                "name",
            )


def choices(instrument: Instrument) -> Iterator[Problem]:
    """In each list, names and codes are used once, and names hold no space."""
    for choice_list in instrument.lists.values():
        by_name: dict[str, int] = {}
        by_code: dict[str, int] = {}
        for choice in choice_list.choices:
            if re.search(r"\s", choice.name):
                yield Problem(
                    choice.place,
                    choice_list.name,
                    _("a choice name holds a space"),
                    _("use _ instead"),
                    "choices",
                )
            if choice.name in by_name:
                fact = _("choice “{name}” is already on line {line}")
                yield Problem(
                    choice.place,
                    choice_list.name,
                    fact.format(name=choice.name, line=by_name[choice.name]),
                    _("give each choice its own name"),
                    "choices",
                )
            elif choice.code in by_code:
                fact = _("code {code} is already used on line {line}")
                yield Problem(
                    choice.place,
                    choice_list.name,
                    fact.format(code=choice.code, line=by_code[choice.code]),
                    _("give each choice its own code"),
                    "choices",
                )
            by_name.setdefault(choice.name, choice.place.line)
            by_code.setdefault(choice.code, choice.place.line)


def unused_lists(instrument: Instrument) -> Iterator[Problem]:
    """Each list is used by some question."""
    used = {question.choices.name for question in instrument.questions() if question.choices}
    for choice_list in instrument.lists.values():
        if choice_list.name not in used:
            yield Problem(
                choice_list.place,
                choice_list.name,
                _("no question uses this list"),
                _("remove it"),
                "unused_list",
                "warning",
            )


def labels(instrument: Instrument) -> Iterator[Problem]:
    """Whatever is shown has a label."""
    for item, _around in instrument.items():
        is_shown = isinstance(item, Question) and KINDS[item.kind].is_shown
        if is_shown and not item.label:
            yield Problem(item.place, item.name, _("has no label"), _("add a label"), "label")


def translations(instrument: Instrument) -> Iterator[Problem]:
    """A text that is translated is translated into every language of the form."""
    for subject, text in instrument.texts():
        missing = [code for code in instrument.languages if code not in text.by_language]
        if text and "" not in text.by_language and missing:
            yield Problem(
                text.place,
                subject,
                _("a text is missing in: {languages}").format(languages=", ".join(missing)),
                _("translate it"),
                "translation",
            )


def languages(instrument: Instrument) -> Iterator[Problem]:
    """The default language is one of the form's."""
    if instrument.languages and instrument.default_language not in instrument.languages:
        yield Problem(
            instrument.places.get("default_language", instrument.place),
            "form",
            _("“{code}” is not a language of this form").format(code=instrument.default_language),
            _("use one of: {known}").format(known=", ".join(instrument.languages)),
            "language",
        )


def references(instrument: Instrument) -> Iterator[Problem]:
    """Each ${name} in an expression or a text is the name of an item."""
    known = {item.name for item, _around in instrument.items()}
    for column, expression in instrument.conditions():
        for name, offset in expression.references:
            if name not in known:
                place = instrument.places.get(column, instrument.place)
                yield _undefined(_moved(place, offset), column, name, known)
    for item, _around in instrument.items():
        for column, expression in expressions_of(item):
            for name, offset in names_read(instrument, item, column, expression):
                if name not in known:
                    yield _undefined(_moved(item.place_of(column), offset), item.name, name, known)
    for subject, text in instrument.texts():
        for written in text.by_language.values():
            for name in PIPED.findall(written):
                if name not in known:
                    yield _undefined(text.place, subject, name, known)


def _moved(place: Place, offset: int) -> Place:
    return place.moved(offset)


def _undefined(place: Place, subject: str, name: str, known: set[str]) -> Problem:
    fact = _("no item is called ${{{name}}}").format(name=name)
    remedy = near(name, sorted(known)) or _("check the name")
    return Problem(place, subject, fact, remedy, "reference")


def self_references(instrument: Instrument) -> Iterator[Problem]:
    """A relevance, a calculation or a count does not read a group it stands in, nor itself."""
    _order, cycle = in_order(reads_of(instrument))
    if cycle:
        items = {item.name: item for item, _around in instrument.items()}
        reads = next(
            (
                (column, expression)
                for column, expression in expressions_of(items[cycle[0]])
                if cycle[1] in expression.names
            ),
            ("name", None),
        )
        yield Problem(
            items[cycle[0]].place_of(reads[0]),
            cycle[0],
            _("depends on itself: {path}").format(path=" → ".join(cycle)),
            _("break the circle at one of these items"),
            "cycle",
        )


def into_repeats(instrument: Instrument) -> Iterator[Problem]:
    """The form's own conditions read items that exist once."""
    scopes = {item.name: repeats_around(item, around) for item, around in instrument.items()}
    for column, expression in instrument.conditions():
        if expression.uses_self:
            yield Problem(
                instrument.places.get(column, instrument.place),
                column,
                _("“.” has no meaning here"),
                _("name the item: ${{name}}").format(),
                "reference",
            )
        for name, offset in expression.references:
            if scopes.get(name) and not _is_aggregated(expression.text, name):
                yield Problem(
                    _moved(instrument.places.get(column, instrument.place), offset),
                    column,
                    _("${{{name}}} is asked several times").format(name=name),
                    _("count, sum or choose: for example count(${{{name}}}) > 0").format(name=name),
                    "reference",
                )


def _is_aggregated(text: str, name: str) -> bool:
    return re.search(r"[a-z-]+\(\s*\$\{" + re.escape(name) + r"\}", text) is not None


def open_repeats(instrument: Instrument) -> Iterator[Problem]:
    """A repeat that asks “another one?” says what another one is."""
    for item, _around in instrument.items():
        if (
            isinstance(item, Group)
            and item.kind == "repeat"
            and item.repeat_count is None
            and not item.label
        ):
            yield Problem(
                item.place,
                item.name,
                _("has no label"),
                _("add a label: it is asked before each"),
                "label",
            )


RULES: tuple[Rule, ...] = (
    names,
    choices,
    unused_lists,
    labels,
    languages,
    translations,
    references,
    self_references,
    into_repeats,
    leaks,
    open_repeats,
)


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
    found = [problem for rule in RULES for problem in rule(loaded.instrument)]
    return Loaded(loaded.instrument, sorted_problems((*loaded.problems, *found)))


# Problems after which part of the file was not read.
_UNREAD = frozenset({"syntax", "depth", "size"})


def errors(loaded: Loaded) -> tuple[Problem, ...]:
    """Return the problems that forbid using the instrument."""
    return tuple(problem for problem in loaded.problems if problem.severity == "error")
