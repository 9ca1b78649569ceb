"""Findings the file accepts with a reason: `accept: {check: reason}` on an item, a group or the form.

A warning, and an error of privacy, may stay where the file says why; the reason goes with the study's
documentation. What is wrong with the structure cannot. An acceptance stands for the item it is
written on and all within; one that finds nothing is said to be idle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from surveys.checks.form import Form
from surveys.language import _
from surveys.problems import Place, Problem
from surveys.reading import near


@dataclass(frozen=True, slots=True)
class Accepted:
    """One reason: for which check, on whose account, and where it stands."""

    check: str
    reason: str
    subject: str
    place: Place


def settled(
    form: Form, problems: Iterable[Problem], acceptable: Mapping[str, bool]
) -> tuple[Problem, ...]:
    """Return the problems with those accepted marked so, and what is wrong with `accept` itself.

    `acceptable` says for each check whether its errors may be accepted; its warnings always may.
    """
    above = _reasons(form)
    if not above:
        return tuple(problems)
    used: set[int] = set()
    kept: list[Problem] = []
    for problem in problems:
        reason = _reason(above, problem, acceptable)
        if reason is None:
            kept.append(problem)
            continue
        used.add(id(reason))
        kept.append(replace(problem, remedy=reason.reason, severity="accepted"))
    every = {id(reason): reason for reasons in above.values() for reason in reasons}
    refused = {problem.check for problem in kept if problem.severity == "error"}
    for key, reason in every.items():
        kept.extend(_wrong(reason, acceptable, key in used, refused))
    return tuple(kept)


def _reasons(form: Form) -> dict[str, list[Accepted]]:
    """Return for each item the acceptances that cover it, nearest first; under '' the form's."""
    places = form.instrument.places
    whole = [
        Accepted(check, reason, "form", places.get("accept", form.instrument.place))
        for check, reason in form.instrument.accept.items()
    ]
    found: dict[str, list[Accepted]] = {"": whole} if whole else {}
    for entry in form.entries:
        item = entry.item
        own = [
            Accepted(check, reason, item.name, item.place_of("accept"))
            for check, reason in item.accept.items()
        ]
        group = entry.around[-1].name if entry.around else ""
        parent = found.get(group, []) if group else []
        if item.name and (own or parent):
            found[item.name] = [*own, *parent]
    return found


def _reason(
    above: Mapping[str, list[Accepted]], problem: Problem, acceptable: Mapping[str, bool]
) -> Accepted | None:
    is_acceptable = problem.severity == "warning" or (
        problem.severity == "error" and acceptable.get(problem.check, False)
    )
    if not is_acceptable:
        return None
    covering = [*above.get(problem.subject, ()), *above.get("", ())]
    return next((one for one in covering if one.check == problem.check and one.reason), None)


def _wrong(
    reason: Accepted, acceptable: Mapping[str, bool], is_used: bool, refused: set[str]
) -> Iterator[Problem]:
    """Yield what is wrong with an acceptance."""
    check = reason.check
    if check not in acceptable:
        fact = _("there is no check “{check}”").format(check=check)
        remedy = near(check, acceptable) or _("write the word in [ ] beside a problem")
        yield Problem(reason.place, reason.subject, fact, remedy, "accept")
    elif not reason.reason:
        yield Problem(
            reason.place,
            reason.subject,
            _("“{check}” is accepted without a reason").format(check=check),
            _("say why: it goes with the study's documentation"),
            "accept",
        )
    elif not is_used and check in refused and not acceptable[check]:
        yield Problem(
            reason.place,
            reason.subject,
            _("errors of “{check}” cannot be accepted").format(check=check),
            _("mend them, and remove this line"),
            "accept",
        )
    elif not is_used:
        yield Problem(
            reason.place,
            reason.subject,
            _("“{check}” finds nothing here to accept").format(check=check),
            _("remove it: the questionnaire has changed"),
            "accept",
            "warning",
        )
