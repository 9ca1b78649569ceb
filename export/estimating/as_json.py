"""Answers as JSON: everything that is printed, and what it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from export.estimating.change import Change
from export.estimating.crosstab import Crosstab
from export.estimating.estimate import Estimates
from export.estimating.found import Answer, Parts
from export.estimating.shares import Shares
from export.estimating.tabulation import Tabulation
from export.estimating.words import Words, words
from export.respondents.responses import Responses

_NAMES = {"share": "shares", "table": "tables", "change": "changes"}


def as_json(given: Responses, answers: Sequence[Answer]) -> dict[str, object]:
    """Return the answers as a JSON object: `estimates`, and `shares`, `tables` and `changes` if asked for.

    Each has the expression, the columns of its groups, its level and how errors were found; numbers
    are not rounded, and what is withheld is null. Values are codes, their labels stand beside them.
    """
    called = words(given.found.instrument)
    found: dict[str, object] = {
        "study": given.study.id,
        "instrument": given.found.instrument.id,
        "simulated": given.study.is_practice,
        "drawn": given.people.drawn,
        "respondents": len(given.people.people),
        "outcomes": dict(sorted(given.people.outcomes.items())),
        "not_used": [asdict(left) for left in given.unsealed.left_out],
        "not_counted": [asdict(unused) for unused in given.people.unused],
        "repeated": [asdict(again) for again in given.unsealed.repeated],
        "missing": [asdict(gap) for gap in given.unsealed.missing],
        "mended": list(given.unsealed.mended),
        "threshold": given.study.cell_threshold,
        "left_out": [
            {**_asked(one), "domains": one.found.left_out} for one in answers if one.found.left_out
        ],
        "estimates": [row for one in answers for row in _estimates(one, called)],
    }
    for kind, name in _NAMES.items():
        of_kind = [one for one in answers if one.wanted.estimand.kind == kind]
        if of_kind:
            found[name] = [row for one in of_kind for row in _parts(one, called)]
    return found


def _asked(answer: Answer) -> dict[str, object]:
    """Return what identifies an answer among the others."""
    return {"expression": answer.wanted.estimand.text, "by": answer.wanted.column}


def _about(answer: Answer) -> dict[str, object]:
    wanted = answer.wanted
    return {
        **_asked(answer),
        "kind": wanted.estimand.kind,
        "label": wanted.label,
        "level": wanted.level,
        "variance": wanted.variance,
        "unclassified": answer.found.unclassified,
    }


def _estimates(answer: Answer, called: Words) -> Iterator[Mapping[str, object]]:
    if isinstance(answer.found, Estimates):
        for row in answer.found.rows:
            found = {**_about(answer), **_grouped(answer, row.domain, called), **asdict(row)}
            if not row.domain and "" in answer.bounds:
                found["bounds"] = asdict(answer.bounds[""])
            yield found


def _parts(answer: Answer, called: Words) -> Iterator[Mapping[str, object]]:
    if isinstance(answer.found, Parts):
        for part in answer.found.tables:
            found = {**_about(answer), **_grouped(answer, part.domain, called)}
            found |= asdict(part) | _labels(answer, part, called)
            if answer.bounds:
                found["bounds"] = {name: asdict(one) for name, one in answer.bounds.items()}
            yield found


def _grouped(answer: Answer, domain: str, called: Words) -> dict[str, object]:
    return {"domain_label": called.group_label(answer.wanted, domain)}


def _labels(answer: Answer, part: Shares | Crosstab | Change, called: Words) -> dict[str, object]:
    """Return what of a table has labels: the rows of shares, with each its own; those of a crosstab."""
    trees = answer.wanted.estimand.arguments
    match part:
        case Shares():
            rows = [
                {**asdict(one), "label": called.label(trees[0], one.value)} for one in part.rows
            ]
            return {"rows": rows}
        case Crosstab():
            return {
                "row_labels": [called.label(trees[0], name) for name in part.rows],
                "column_labels": [called.label(trees[1], name) for name in part.columns],
            }
        case Change():
            return {}


def plan_as_json(plan: Tabulation) -> dict[str, object]:
    """Return the outline of a plan as a JSON object: its sections, and what each asks in order."""
    sections = [
        {
            "title": section.title,
            "text": section.text,
            "asked": [
                {"expression": one.estimand.text, "label": one.label, "by": one.column}
                for one in section.wanted
            ],
        }
        for section in plan.sections
    ]
    return {"title": plan.title, "sections": sections}
