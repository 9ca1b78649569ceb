"""What an item shows of others: a calculation, or a number of rounds, carries over what it reads.

Four things must not pass unnoticed: what `keep` reduces (times included), what is for the custodian
alone, people's own words, and what identifies directly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from surveys.checks.form import Form
from surveys.expressions import walk
from surveys.expressions.tree import Call
from surveys.instrument import Group, Item, Question
from surveys.language import _
from surveys.plan import names_read
from surveys.problems import Problem

Trait = Literal["reduced", "link", "words", "direct"]
Traits = dict[Trait, str]  # each with the name of the item it comes from

# Functions that say something of the interview which no answer says.
_TELLING: dict[str, Trait] = {"now": "reduced", "today": "reduced", "uuid": "direct"}


def leaks(form: Form) -> Iterator[Problem]:
    """A calculation that shows what others keep back says itself what may be kept of it."""
    shown: dict[str, Traits] = {}
    reads = form.reads
    for name in form.ordered[0]:
        item = form.named[name].item
        inherited = _own(item)
        for other in reads[name]:
            inherited = {**shown.get(other, {}), **inherited}
        shown[name] = _shown(item, inherited)
        if isinstance(item, Group):
            yield from _count_problems(form, item, shown)
        elif item.calculation is not None:
            yield from _calculation_problems(item, inherited)


def _shown(item: Item, inherited: Traits) -> Traits:
    """Return what whoever reads an item sees through it."""
    if isinstance(item, Group):
        return inherited
    own: Traits = {}
    if item.keep.rule == "link":
        own["link"] = item.name
    elif item.keep.is_reduction and item.keep.rule != "scrub":
        own["reduced"] = item.name
    elif item.kind == "text":
        own["words"] = item.name
    if item.identifying == "direct":
        own["direct"] = item.name
    if item.calculation is not None and "keep" not in item.places:
        return {**inherited, **own}
    return own


def _own(item: Item) -> Traits:
    """Return what a calculation takes from nowhere: the clock, kept as coarse as any time; a name.

    What uuid() gives would tell one person's records from release to release.
    """
    expression = None if isinstance(item, Group) else item.calculation
    if expression is None or not any(f"{name}(" in expression.text for name in _TELLING):
        return {}
    for node in walk(expression.tree):
        if isinstance(node, Call) and node.function in _TELLING:
            return {_TELLING[node.function]: f"{node.function}()"}
    return {}


def _calculation_problems(question: Question, inherited: Mapping[Trait, str]) -> Iterator[Problem]:
    link = inherited.get("link")
    if link is not None and question.keep.rule not in {"never", "link"}:
        yield Problem(
            question.place_of("keep" if "keep" in question.places else "calculation"),
            question.name,
            _("would show the study lead “{source}”, which is for the custodian alone").format(
                source=link
            ),
            _("write keep: never or keep: link"),
            "leak",
        )
    elif inherited and "keep" not in question.places:
        yield Problem(
            question.place_of("calculation"),
            question.name,
            _("would keep what “keep” drops from “{source}”").format(
                source=next(iter(inherited.values()))
            ),
            _("give this calculation its own “keep”"),
            "leak",
        )


def _count_problems(form: Form, group: Group, shown: Mapping[str, Traits]) -> Iterator[Problem]:
    """Yield a problem where the number of rounds would show what is kept back."""
    if group.repeat_count is None:
        return
    for name, _offset in names_read(form.instrument, group, "repeat_count", group.repeat_count):
        if name in form.named and shown.get(name, {}).keys() & {"reduced", "link"}:
            yield Problem(
                group.place_of("repeat_count"),
                group.name,
                _("the number of rounds would show “{source}”").format(source=name),
                _("keep “{source}” as given, or ask “another one?” instead").format(source=name),
                "leak",
            )
