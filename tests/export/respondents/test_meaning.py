"""Whether an item means the same in two versions: what may change of it, and what may not."""

from __future__ import annotations

import pytest

from export.respondents.meaning import Version, apart
from surveys.instrument import Instrument
from surveys.load import load


def form(item: str, choices: str = "", before: str = "") -> Version:
    """Return a version with an item `a`, perhaps with something before it, and its list `l`."""
    lists = f"choices:\n  l: [{choices}]\n" if choices else ""
    head = 'souspli: 1\nform: {id: t, version: "1", title: T}\n'
    found = load(f"{head}{lists}survey:\n{before}  - {item}\n", "t.yaml").instrument
    assert isinstance(found, Instrument)
    return Version.of(found)


def row(name: str, label: str) -> str:
    """Return an answer of a list."""
    return f'{{name: "{name}", label: {label}}}'


def of_list(*rows: tuple[str, str], keep: str = "") -> Version:
    """Return a version in which `a` has these answers, each a name and its label."""
    more = f", keep: {keep}" if keep else ""
    item = f"{{type: select_one, choices: l, name: a, label: A{more}}}"
    return form(item, ", ".join(row(name, f'"{label}"') for name, label in rows))


SCALE = (("1", "Very bad"), ("2", "Bad"), ("3", "Good"))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("{type: integer, name: a, label: A}", "{type: integer, name: a, label: B}", None),
        (
            "{type: integer, name: a, label: A}",
            '{type: integer, name: a, label: A, constraint: ". > 1", relevant: "1 = 1"}',
            None,
        ),
        ("{type: integer, name: a, label: A}", "{type: decimal, name: a, label: A}", "kind"),
        (
            "{type: integer, name: a, label: A}",
            '{type: integer, name: a, label: A, read_only: yes, calculation: "1"}',
            "kind",
        ),
        (
            "{type: integer, name: a, label: A}",
            "{type: integer, name: a, label: A, keep: {round: 5}}",
            "kept",
        ),
        (
            "{type: integer, name: a, label: A, keep: {bands: [18, 25]}}",
            "{type: integer, name: a, label: A, keep: {bands: [18, 30]}}",
            "kept",
        ),
        (
            "{type: date, name: a, label: A, keep: {date: month}}",
            "{type: date, name: a, label: A, keep: {date: year}}",
            "kept",
        ),
        (
            "{type: text, name: a, label: A, keep: scrub}",
            "{type: text, name: a, label: A, keep: as_given}",
            None,
        ),
        (
            "{type: text, name: a, label: A, keep: scrub}",
            "{type: text, name: a, label: A, keep: never}",
            "kept",
        ),
        (
            '{type: range, name: a, label: A, parameters: "start=0 end=10 step=1"}',
            '{type: range, name: a, label: A, parameters: "start=0  end=10.0"}',
            None,
        ),
        (
            '{type: range, name: a, label: A, parameters: "start=0 end=10 step=1"}',
            '{type: range, name: a, label: A, parameters: "start=0 end=20 step=1"}',
            "scale",
        ),
        (
            "{type: integer, name: a, label: A}",
            "{type: repeat, name: r, label: R, questions: [{type: integer, name: a, label: A}]}",
            "repeat",
        ),
        (
            "{type: integer, name: a, label: A}",
            "{type: group, name: g, label: G, questions: [{type: integer, name: a, label: A}]}",
            None,
        ),
        (
            '{type: calculate, name: a, calculation: "1+1"}',
            '{type: calculate, name: a, calculation: "1 +  1"}',
            None,
        ),
        (
            '{type: calculate, name: a, calculation: "1 + 1"}',
            '{type: calculate, name: a, calculation: "1 + 2"}',
            "computed",
        ),
        (
            "{type: hidden, name: a, default: x}",
            "{type: hidden, name: a, default: y}",
            "computed",
        ),
    ],
)
def test_an_item_is_one_unless_its_values_mean_something_else(
    old: str, new: str, why: str | None
) -> None:
    """Words, routes and limits may change; what kind of value it is, and in what form kept, may not."""
    assert apart(form(old), form(new), "a") == why
    assert apart(form(new), form(old), "a") == why


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (SCALE, None),
        ((*SCALE, ("4", "Very good")), None),
        (SCALE[:2], None),
        (SCALE[::-1], None),
        ((("1", "Really bad"), ("2", "Bad."), ("3", "GOOD")), None),
        ((("0", "Very bad"), ("1", "Bad"), ("2", "Good")), "answers"),
        ((("1", "Good"), ("2", "Bad"), ("3", "Very bad")), "answers"),
        ((("1", "Very bad"), ("2", "Bad"), ("3", "Elsewhere")), "answers"),
        ((("0", "No idea"), ("1", "Very bad"), ("2", "Neither"), ("3", "Bad")), "answers"),
        ((("x", "Very bad"), ("y", "Bad")), None),
    ],
)
def test_a_name_in_a_list_stands_for_one_answer(
    new: tuple[tuple[str, str], ...], why: str | None
) -> None:
    """A list may grow, shrink, be put in order and reworded; its scale may not shift or turn round."""
    assert apart(of_list(*SCALE), of_list(*new), "a") == why


def test_labels_are_compared_in_each_language_that_both_have() -> None:
    """One that stays is enough; none in common cannot be compared."""

    def labelled(text: str) -> Version:
        return form("{type: select_one, choices: l, name: a, label: A}", row("1", text))

    both = labelled("{fr: Jamais, en: Never}")
    assert apart(both, labelled("{fr: Jamais, en: Not once}"), "a") is None
    assert apart(both, labelled("{en: Never}"), "a") is None
    assert apart(both, labelled("Never"), "a") is None
    assert apart(both, labelled("{de: Nie}"), "a") == "answers"
    assert apart(labelled("'?!'"), labelled("'?!'"), "a") is None


def test_answers_kept_together_stay_together() -> None:
    """Under a name that stands for more answers than before, or for others, values would mix."""
    pair = (("1", "Tea leaves"), ("2", "Coffee beans"))
    alone, grouped = of_list(*pair), of_list(*pair, keep='{codes: {"1": hot, "2": hot}}')
    more = (*pair, ("3", "Cold water"))
    assert apart(alone, grouped, "a") == "answers"
    assert apart(grouped, of_list(*more, keep='{codes: {"1": hot, "2": hot}}'), "a") is None
    assert (
        apart(grouped, of_list(*more, keep='{codes: {"1": hot, "2": hot, "3": hot}}'), "a")
        == "answers"
    )


def test_an_answer_that_became_no_answer_is_another() -> None:
    """As -99 may be, in one version and not in the other."""
    item = "{type: select_one, choices: l, name: a, label: A}"
    rows = [row("1", "Seldom"), row("99", "Does not know")]
    status = "{name: '99', label: Does not know, nonresponse: dont_know}"
    old, new = form(item, ", ".join(rows)), form(item, f"{rows[0]}, {status}")
    assert apart(old, new, "a") == apart(new, old, "a") == "answers"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("{type: integer, name: b, label: B}", "{type: integer, name: b, label: Other}", None),
        ("{type: integer, name: b, label: B}", "{type: text, name: b, label: B}", "computed"),
        ("{type: integer, name: b, label: B}", "{type: note, name: b, label: B}", "computed"),
    ],
)
def test_what_is_computed_means_the_same_where_all_it_reads_does(
    old: str, new: str, why: str | None
) -> None:
    """Down to the answers at its bottom."""
    between = '  - {type: calculate, name: c, calculation: "${b}"}\n'
    item = '{type: calculate, name: a, calculation: "${c}"}'
    one, other = (form(item, before=f"  - {first}\n{between}") for first in (old, new))
    assert apart(one, other, "a") == why


def test_a_calculation_that_looks_into_a_list_means_what_the_list_says() -> None:
    """The same words over other rows give other values."""
    item = "{type: calculate, name: a, calculation: \"count(instance('l')/root/item)\"}"
    one, other = (form(item, row("1", "Seldom")), form(item, row("2", "Seldom")))
    assert apart(one, one, "a") is None
    assert apart(one, other, "a") == "computed"


def test_a_long_list_that_was_reworded_throughout_is_compared_in_time() -> None:
    """Of thousands of places, each with a blank more."""
    old = [(str(n), f"Place number {n}") for n in range(2000)]
    new = [(name, f"The {label}") for name, label in old]
    assert apart(of_list(*old), of_list(*new), "a") is None
