"""The section of a report on its model: what it must say, what it draws, and whatever the model is like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from export import markup
from export.modelling.fed import Given, fed
from export.modelling.model import Model
from export.modelling.reading import model_of
from export.modelling.results import Results, results
from export.reporting.model import heading, section
from export.reporting.style import STYLE
from surveys import language

# A programme that saves in part, a cheaper one that yields less; labels with what would be markup.
MODEL = """
souspli_model: 1
title: "A <b>home</b> & more"
text: "For people without one.\\nNobody was compared."
perspective: "public payers"
currency: "€"
price_year: 2022
cycle: 6 months
horizon: 10 years
discount: {costs: 2.5 %, effects: 4 %}
cohort: 536
draws: 300
seed: 5
willingness_to_pay: [0, 50, 100]
states:
  stable: {label: "Stable <i>housing</i>"}
  unstable: {label: Unstable}
  dead: {label: Dead, dead: yes}
start: {unstable: 1}
parameters:
  p_gain: {label: Gain, unit: probability, from: "prop(stable)"}
  p_lost: {unit: probability, value: 0.08, distribution: beta, standard_error: 0.02,
           assumed: "no <em>figure</em> found"}
  r_dead: {label: Deaths, unit: rate a year, value: 0.02, distribution: gamma,
           standard_error: 0.004, source: "a register, 2019"}
  p_dead: {label: Dying, unit: probability, value: "probability(r_dead)"}
  c_care: {label: Care, unit: € a year, value: 17000, distribution: gamma, standard_error: 3000,
           source: "press, 2017"}
  c_room: {label: Room, unit: € a year, value: 9000, assumed: "a guess"}
  c_back: {label: Paid back, unit: €, value: -500, distribution: normal, standard_error: 100,
           assumed: "another"}
costs:
  programme: {label: Programme, programme: yes, per_year: {}, at_start: 0}
  care: {label: Care, per_year: {unstable: c_care, stable: "c_care * 0.6"}}
  back: {label: Paid back, allow_negative: yes, per_transition: {unstable: {stable: c_back}}}
effects:
  nights: {label: Nights housed, unit: nights, per_year: {stable: 365.25}}
transitions:
  stable: {unstable: p_lost, dead: p_dead, stable: complement}
  unstable: {stable: 0.05, dead: p_dead, unstable: complement}
strategies:
  usual: {label: Usual care}
  homes:
    label: "Homes <first>"
    transitions: {unstable: {stable: p_gain, dead: p_dead, unstable: complement}}
    costs: {programme: {per_year: {stable: c_room, unstable: 1000}}}
  less:
    label: Less
    transitions: {unstable: {stable: 0.01, dead: p_dead, unstable: complement}}
    costs: {care: {per_year: {unstable: "c_care * 0.5"}}}
scenarios:
  plain: {label: Not discounted, discount: {costs: 0, effects: 0}}
  short: {label: Two years, horizon: 2 years}
"""
Judged = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """In English, whatever the machine speaks."""
    monkeypatch.setenv("LANGUAGE", "en")


def read(text: str = MODEL) -> Model:
    model, problems = model_of(text, "model.yaml")
    assert model is not None, problems
    return fed(model, {"prop(stable)": Given(0.3, 0.04)})


def page(found: Results) -> str:
    return "\n".join(section(found, "model"))


@pytest.fixture(scope="module")
def found() -> Results:
    """What comes of the model above."""
    return results(read())


@pytest.fixture(scope="module")
def written(found: Results) -> Iterator[str]:
    """Its section in English."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LANGUAGE", "en")
        yield page(found)


def test_what_is_assumed_is_counted_before_any_result(written: str) -> None:
    """Three of the six values that are not calculated; and nothing is presumed to be saved."""
    told = written.index("3 of 6 values are assumed")
    assert told < written.index("Nothing is presumed to be saved") < written.index("For one person")


def test_each_assumed_value_and_each_of_the_study_is_marked_in_words(written: str) -> None:
    """Three marks of one, one of the other: not by a colour alone."""
    assert len(re.findall(r'<b class="mark">assumed</b>', written)) == 3
    assert len(re.findall(r'<b class="mark">study</b>', written)) == 1
    assert "<code>prop(stable)</code>" in written
    assert "<code>probability(r_dead)</code>" in written
    assert "a register, 2019" in written


def test_a_value_has_its_unit_its_interval_or_a_dash(written: str) -> None:
    """A certain value has a dash; a calculated one nothing."""
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>', written)
    cells = {name: (value, spread) for name, value, spread in rows if "about" in name}
    (room,) = (one for name, one in cells.items() if "Room" in name and "guess" in name)
    (dying,) = (one for name, one in cells.items() if "Dying" in name)
    (care,) = (one for name, one in cells.items() if "press, 2017" in name)
    assert (room, dying) == (("9,000", "–"), ("0.00995", ""))
    assert care[0] == "17,000"
    assert re.fullmatch(r"11,\d{3}–23,\d{3}", care[1])


def test_strategies_are_told_in_sentences_with_how_often(found: Results, written: str) -> None:
    """What costs more and yields more is not called better."""
    cost = found.base.totals.cost[:, 0]
    told = re.findall(r"<li><strong>(.*?)</strong> (.*?)</li>", written)
    more = "costs more" if cost[1] > cost[0] else "saves"
    assert [one.split(" (")[0] for one, _rest in told] == [
        f"Homes &lt;first&gt;, against Usual care: {more} and yields more",
        "Less, against Usual care: saves and yields less",
    ]
    assert all("300 draws it costs more" in rest for _one, rest in told)


def test_dominance_offset_scenarios_and_budget_are_there(written: str) -> None:
    """Each under its heading, the base case first among scenarios."""
    for told in ("Which are worth their cost", "that other costs make up for", "Not discounted"):
        assert told in written
    assert written.index("the base case<") < written.index("Not discounted<")
    assert "Budget of 536 people who enter together" in written
    assert written.count('<th scope="row"><b>together</b></th>') == 1


def test_the_checklist_is_whole_and_open(written: str) -> None:
    """28 items, what the model cannot say left to be completed; nothing folded away from paper."""
    assert [n for n in range(1, 29) if f'<th scope="row">{n}. ' in written] == list(range(1, 29))
    assert "<i>to be completed</i>" in written
    assert "<details" not in written


def test_nothing_of_a_model_is_read_as_markup(written: str) -> None:
    """Titles, labels and sources are plain text wherever they stand."""
    for told in ("<b>home", "<i>housing", "<em>figure", "Homes <first"):
        assert told not in written
    assert "Homes &lt;first&gt;" in written


def test_each_figure_is_named_and_shares_no_identifier(written: str) -> None:
    """Costs, trace, plane, curves, information, a tornado each, budget."""
    figures = re.findall(r"<svg.*?</svg>", written, flags=re.DOTALL)
    assert len(figures) == 8
    assert all('role="img"' in one and "<title" in one and "<desc" in one for one in figures)
    identifiers = re.findall(r'\bid="([^"]+)"', written)
    assert len(identifiers) == len(set(identifiers))


def test_the_section_is_the_same_each_time(found: Results, written: str) -> None:
    """To the byte, drawn anew."""
    assert page(results(found.model)) == page(found) == written


def test_ten_thousand_draws_make_no_large_page(found: Results) -> None:
    """They are drawn as squares: not a quarter of a megabyte with all figures."""
    assert len(page(results(replace(found.model, draws=10_000)))) < 250_000


@pytest.mark.parametrize(
    ("years", "told"),
    [("10 years", "The ten-year comparison"), ("5 years", "The comparison over 5 years")],
)
def test_the_heading_says_how_long(years: str, told: str) -> None:
    """Ten years in words; else the number."""
    model = read(MODEL.replace("horizon: 10 years", f"horizon: {years}"))
    assert heading(results(replace(model, draws=2))) == told


def test_a_model_without_doubt_has_no_draws(found: Results) -> None:
    """It says so, and shows neither a plane nor a tornado."""
    certain = {
        name: replace(one, distribution=None) for name, one in found.model.parameters.items()
    }
    text = page(results(replace(found.model, parameters=certain)))
    assert "nothing was drawn" in text
    assert "draws it costs more" not in text
    assert text.count("<svg") == 3


def test_without_a_worth_there_are_no_curves(found: Results) -> None:
    """Nobody said what one more is worth; the plane stays."""
    text = page(results(replace(found.model, worth=())))
    assert "Which is best" not in text
    assert "squares" in text.lower()
    assert "Which is best" in page(results(replace(found.model, worth=(0.0,))))


def test_the_longest_and_the_shortest_models_are_shown(found: Results) -> None:
    """A single cycle; sixty years by ten and the rest together; two draws."""
    short = page(results(replace(found.model, cycles=1, scenarios=(), draws=2)))
    assert "Under other choices" not in short
    assert "Budget of" in short
    long = page(results(replace(found.model, cycles=120, draws=2)))
    assert '<th scope="row">11–60</th>' in re.sub(r">\s*11–60", ">11–60", long)


def test_strategies_that_are_alike_differ_by_nothing(found: Results) -> None:
    """No minus zero, no ratio, no chart that fails."""
    first = found.model.strategies[0]
    model = replace(found.model, strategies=(first, replace(first, name="again", label="Again")))
    text = page(results(model))
    assert "Again, against Usual care: costs and yields the same" in text
    assert "costs and yields what Usual care does" in text
    assert "−0" not in text


def test_more_kinds_of_cost_than_shades_are_drawn_together(found: Results) -> None:
    """All costs in one bar; the table has each."""
    kinds = tuple(replace(found.model.costs[1], name=f"c{n}", label=f"Kind {n}") for n in range(9))
    strategies = tuple(
        replace(one, amounts={**one.amounts, **{kind.name: one.amounts["care"] for kind in kinds}})
        for one in found.model.strategies
    )
    text = page(results(replace(found.model, costs=kinds, strategies=strategies, draws=2)))
    assert text.count('<th scope="row">Kind 8') == 1 + 2
    assert "Kind 8</text>" not in text


def test_no_rule_of_axe_is_broken(
    found: Results, tmp_path: Path, axe: Callable[..., Judged], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In both languages, on a telephone and a desk; nor is it wider than the screen."""
    before = language.from_environment()
    for spoken in ("fr", "en"):
        monkeypatch.setenv("LANGUAGE", spoken)
        language.use(spoken)
        body = [
            "<main><h1>A</h1>",
            *markup.section("B", section(found, "model"), "model"),
            "</main>",
        ]
        made = markup.page("A", body, language=spoken, style=STYLE)
        (tmp_path / f"{spoken}.html").write_bytes(made)
    language.use(before)
    judged = axe(tmp_path / "en.html", tmp_path / "fr.html")
    assert [one["violations"] for one in judged] == [[]] * 4
    assert [(one["said"], one["asked"], one["overflow"]) for one in judged] == [([], [], 0)] * 4
