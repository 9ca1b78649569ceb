"""The table of a model's values: each with its unit, how sure it is, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from export import numerals
from export.markup import text
from export.modelling.distributions import interval
from export.modelling.figures import between, number
from export.modelling.model import Parameter
from export.modelling.results import Results
from export.modelling.told import by_origin, origin_told
from export.reporting.model_markup import grouped
from export.reporting.titles import unbroken
from surveys.language import _


def values(results: Results) -> Iterator[str]:
    """Yield every value with its unit, its 95 % interval and where it comes from; what is assumed first."""
    headings = ["", _("value"), numerals.interval_heading(0.95)]
    groups, kinds = [], []
    for origin, mine in by_origin(results.model):
        told = f"{text(origin_told(origin))} ({numerals.whole(len(mine))})"
        groups.append((told, [_value(one, results) for one in mine]))
        kinds.append(origin)
    yield from grouped(_("The values of the model"), headings, groups, kinds=kinds)


def _mark(told: str) -> str:
    return f'<b class="mark">{text(told)}</b> '


def _value(one: Parameter, results: Results) -> list[str]:
    mark = ""
    if one.origin == "assumed":
        mark = _mark(_("assumed"))
    elif one.origin == "study":
        mark = _mark(_("study"))
    told = text(unbroken(one.told))
    if one.origin == "study":
        told = f"<code>{told}</code>"
    elif one.formula is not None:
        told = f"<code>{text(one.formula.text)}</code>" + (f" {told}" if told else "")
    about = [text(one.unit), *([text(_family(one))] if one.distribution else [])]
    name = (
        f'{mark}{text(one.label)} <span class="about">{" · ".join(about)}</span>'
        f'<span class="about">{told}</span>'
    )
    return [name, number(results.values[one.name]), _spread(one)]


def _spread(one: Parameter) -> str:
    """Return the 95 % interval: a dash for what is certain, nothing for what is calculated."""
    if one.distribution is not None:
        return between(interval(one.distribution))
    return "" if one.origin == "calculated" else numerals.NOTHING


def _family(one: Parameter) -> str:
    if one.distribution is None:
        return ""
    return {
        "beta": _("beta distribution"),
        "gamma": _("gamma distribution"),
        "lognormal": _("lognormal distribution"),
        "normal": _("normal distribution"),
        "uniform": _("uniform distribution"),
        "dirichlet": _("Dirichlet distribution"),
    }[one.distribution.family]
