"""Ways in to what verbs make of records: audits, progress, weights, estimates; and the files they follow."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from tests.fuzz import corpus, desk
from tests.fuzz.forge import as_json
from tests.fuzz.mutations import fields, lines
from tests.fuzz.ways import Way, forged, value_of

_MOST_ASKED = 2_000  # bytes of a plan whose estimates are made: a line said 300 times is as many
_BY = ("--by", "week", "--by", "stratum", "--by", "interviewer", "--by", "batch")
_WEIGHTS = b"""\
souspli_weights: 1
weights:
  - instrument: kinds
    response: [[1, 2], [3]]
    steps:
      - poststratify:
          column: works
          totals: {"yes": 40, "no": 20}
          missing: "no"
      - trim: {least: 0.25, most: 4}
      - rake:
          - {column: works, totals: {"yes": 41, "no": 19}, missing: "no"}
          - column: products__tea
            totals: {"0": 20, "1": 40}
            missing: "0"
"""
_CROSSED = b"""\
souspli_weights: 1
response: all
steps:
  - poststratify:
      columns: [works, years]
      missing: {works: "no", years: "-"}
      totals:
        "yes": {"-, 0, 18": 20, "30, 50": 5.5}
        "no": {"-, 0, 18, 30, 50": 30.5}
"""
_TABLES = b"""\
souspli_tables: 1
title: {fr: Rapport, en: Report}
instrument: kinds
level: 90
sections:
  - title: Work
    text: Who works.
    by: works
    estimates:
      - prop(works = 'yes')
      - {estimate: "mean(mood)", label: {en: Mood}, by: ["", "years"]}
      - {estimate: "prop(selected(products, 'tea'))", method: wilson}
  - title: Others
    estimates:
      - {estimate: "quantile(mood, 0.25)", variance: taylor}
      - {estimate: "table(works, years)"}
      - {estimate: "ratio(mood, mood)", level: 99}
      - share(works)
      - mean(money)
      - ratio(money, days)
      - total(mood)
      - {estimate: "change(mood, mood)", variance: jackknife}
      - {estimate: "median(mood)", variance: jackknife, by: "works,products__tea"}
"""


def fieldwork(folder: Path) -> dict[str, Way]:
    """Records sealed and collected, as anybody can, and the files that say what is made of them."""
    from export.estimating.tabulation import How, read_plan
    from export.verbs import audit, estimate, progress, weights

    study = desk.opened(folder)
    begun, given = study.ledger.read_bytes(), as_json(desk.records())
    page, listed = study.folder / "page.html", study.folder / "cases.csv"
    plan = study.folder / "tables.yaml"

    def put(content: bytes, weighting: bytes = _WEIGHTS, *, is_ledger_seen: bool = False) -> None:
        study.ledger.write_bytes(begun)
        corpus.as_it_was(study.folder, page.name, listed.name)
        (study.folder / "weights.yaml").write_bytes(weighting)
        forged(desk.put_records, study, value_of(content), is_ledger_seen)

    def made(verb: ModuleType, *options: str) -> Way:
        def read(content: bytes) -> None:
            put(content, is_ledger_seen=verb is audit)
            told = desk.said(verb, study, *options)
            desk.require_json(told if "--json" in options else "{}")
            if page.exists():
                desk.require_untold(page.read_text("utf-8"))

        return Way(fields, [given], read)

    def follow(verb: ModuleType) -> None:
        desk.said(verb, study)
        desk.require_json(desk.said(verb, study, "--json"))

    def weighted(content: bytes) -> None:
        put(given, content)
        follow(weights)

    def tabled(content: bytes) -> None:
        plan.write_bytes(content)
        read_plan(plan, study, How())
        put(given)
        if len(content) < _MOST_ASKED:
            follow(estimate)

    chosen = ("--back-check", "50%", "--seed", "dice", "--out", str(listed))
    return {
        "audit": made(audit),
        "audit as JSON": made(audit, "--json"),
        "compared": made(audit, "--compare", "kinds", "--json"),
        "checked back": made(audit, *chosen),
        "progress": made(progress, *_BY, "--page", str(page)),
        "progress as JSON": made(progress, "--json", "--e", "0.5"),
        "weights": made(weights),
        "weights as JSON": made(weights, "--json"),
        "weights.yaml": Way(lines, [_WEIGHTS, _CROSSED], weighted),
        "tables.yaml": Way(lines, [_TABLES], tabled),
    }
