"""What is done to weights after non-response, step by step, with the answers it looks at."""

from __future__ import annotations

from collections.abc import Sequence

from export.respondents.calibrating import calibrated
from export.respondents.trimming import bounds, trimmed
from export.respondents.weighting import Calibration, Margin, Treatment, Trimming
from interviewer.record import Record
from surveys.language import _
from surveys.problems import Refusal


def treated(
    records: Sequence[Record], weights: Sequence[float], treatments: Sequence[Treatment]
) -> list[dict[str, float]]:
    """Return, for each record, its weight after each treatment, by the name of the step."""
    steps: list[dict[str, float]] = [{} for _record in records]
    for one in treatments:
        if isinstance(one, Trimming):
            weights = trimmed(weights, *bounds(weights, one.least, one.most))
        else:
            weights = _calibrated(records, weights, one)
        for step, weight in zip(steps, weights, strict=True):
            step[one.name] = weight
    return steps


def placed(records: Sequence[Record], margin: Margin) -> list[int]:
    """Return the cell of a margin in which each record stands; Refusal where one stands in none."""
    places = margin.places()
    found = [places.get(margin.values_of(one), -1) for one in records]
    if -1 in found:
        raise Refusal(
            _(
                "{columns}: somebody has no value, or one that has no total; say in weights.yaml what "
                "stands for it, as missing: VALUE"
            ).format(columns=margin.name)
        )
    return found


def _calibrated(
    records: Sequence[Record], weights: Sequence[float], step: Calibration
) -> list[float]:
    places = [placed(records, margin) for margin in step.margins]
    for margin, found in zip(step.margins, places, strict=True):
        if empty := sorted(set(range(len(margin.cells))) - set(found)):
            raise Refusal(
                _(
                    "{columns}: nobody who answered is in {cell}, which has a total; join it to another "
                    "in weights.yaml"
                ).format(columns=margin.name, cell=margin.cells[empty[0]].name)
            )
    totals = [[cell.total for cell in margin.cells] for margin in step.margins]
    return calibrated(weights, places, totals)
