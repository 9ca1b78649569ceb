"""What is stored of an answer: the rule's own form, never longer than was announced, never leaked."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer import keep
from interviewer.scrub import Scrubber
from surveys.instrument import Choice, ChoiceList, Keep, Question, Text
from surveys.kinds.number import spelled
from surveys.problems import Place, Refusal

HERE = Place("form.yaml", 7, 3)
NONE = Text({}, HERE)
SCRUB = Scrubber(("Hôtel du Nord",))
AGES = Keep("bands", bands=("15", "18", "25", "35"))


def question(kind: str, rule: Keep, names: tuple[str, ...] = (), max_length: int = 500) -> Question:
    """Return a question that says nothing but its kind, its rule and its choices."""
    choices = tuple(Choice(name, NONE, str(i + 1), HERE) for i, name in enumerate(names))
    return Question(
        kind=kind,
        name="q",
        place=HERE,
        label=NONE,
        hint=NONE,
        guidance_hint=NONE,
        required=None,
        required_message=NONE,
        relevant=None,
        constraint=None,
        constraint_message=NONE,
        soft_constraint=None,
        soft_constraint_message=NONE,
        calculation=None,
        choice_filter=None,
        default="",
        dynamic_default=None,
        read_only=None,
        trigger="",
        appearance="",
        parameters={},
        choices=ChoiceList("l", choices, HERE) if names else None,
        keep=rule,
        nonresponse=(),
        identifying="",
        sensitive=False,
        max_length=max_length,
        format="",
        show_card="",
        minimum_seconds=0,
        accept={},
        extra={},
        places={},
    )


def kept(kind: str, rule: Keep, value: str, names: tuple[str, ...] = ()) -> str | None:
    """Return what is stored of `value` under `rule`."""
    return keep.reduce(question(kind, rule, names), value, SCRUB)


NUMBERS = st.decimals(-(10**14), 10**14, places=3, allow_nan=False).map(spelled)
STEPS = st.sampled_from(["1", "5", "0.5", "0.25", "3", "7", "100", "12.5"])
DAYS = st.dates()
NAMES = st.lists(st.text("abcdef_1", min_size=1, max_size=6), min_size=1, max_size=8, unique=True)


# --- laws -------------------------------------------------------------------------------------


@given(NUMBERS, STEPS)
def test_a_rounded_number_is_the_nearest_multiple_and_the_upper_one_of_two(
    value: str, step: str
) -> None:
    """Rounding agrees with exact fractions: floor(value / step + 1/2) steps."""
    size = Fraction(Decimal(step))
    whole = (Fraction(Decimal(value)) / size + Fraction(1, 2)).__floor__()
    found = kept("decimal", Keep("round", number=step), value)
    assert found is not None
    assert Fraction(Decimal(found)) == whole * size
    assert found == spelled(Decimal(found))


@given(NUMBERS, STEPS)
def test_rounding_twice_changes_nothing_more(value: str, step: str) -> None:
    """A stored multiple is its own nearest multiple."""
    rule = Keep("round", number=step)
    once = kept("decimal", rule, value)
    assert once is not None
    assert kept("decimal", rule, once) == once


@given(NUMBERS)
def test_a_band_is_the_last_bound_not_above_the_number(value: str) -> None:
    """A number lies at or above its stored bound and below the next one."""
    found = kept("decimal", AGES, value)
    at_or_below = [bound for bound in AGES.bands if Fraction(bound) <= Fraction(value)]
    assert found == (at_or_below[-1] if at_or_below else "-")


@given(NUMBERS, NUMBERS)
def test_top_and_bottom_never_let_a_number_pass_the_limit(value: str, limit: str) -> None:
    """Within the limit the number stays as it is; beyond it is the limit as written."""
    top = kept("decimal", Keep("top", number=limit), value)
    bottom = kept("decimal", Keep("bottom", number=limit), value)
    assert top == (limit if Decimal(value) > Decimal(limit) else value)
    assert bottom == (limit if Decimal(value) < Decimal(limit) else value)


@given(DAYS)
def test_a_day_is_kept_as_its_week_month_quarter_or_year(day: datetime.date) -> None:
    """Each stored form is read back as a period that holds the day."""
    value = day.isoformat()
    week = kept("date", Keep("date", unit="week"), value)
    assert week is not None
    monday = datetime.date.fromisocalendar(int(week[:4]), int(week[6:]), 1)
    assert 0 <= (day - monday).days < 7
    assert kept("date", Keep("date", unit="month"), value) == f"{day:%Y-%m}".zfill(7)
    assert (
        kept("date", Keep("date", unit="quarter"), value) == f"{day.year:04d}-Q{-(-day.month // 3)}"
    )
    assert kept("date", Keep("date", unit="year"), value) == f"{day.year:04d}"


@given(st.data(), NAMES)
def test_recoding_keeps_order_and_names_each_new_code_once(
    data: st.DataObject, names: list[str]
) -> None:
    """The kept names are the new names of the chosen ones, in order, without repetition."""
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    codes = data.draw(st.dictionaries(st.sampled_from(names), st.sampled_from(["x", "y"])))
    found = kept("select_multiple", Keep("codes", codes=codes), " ".join(chosen), tuple(names))
    assert found is not None
    assert found.split(" ") == list(dict.fromkeys(codes.get(name, name) for name in chosen))


RULES = st.one_of(
    st.sampled_from([Keep("as_given"), Keep("never"), Keep("link"), Keep("scrub"), AGES]),
    st.builds(Keep, st.just("date"), unit=st.sampled_from(["week", "month", "quarter", "year"])),
    st.builds(Keep, st.sampled_from(["round", "top", "bottom"]), number=STEPS),
    st.builds(Keep, st.just("prefix"), number=st.integers(1, 9).map(str)),
    st.builds(
        Keep, st.just("codes"), codes=st.dictionaries(st.sampled_from("abc"), st.text("xyz"))
    ),
)
KINDS = st.sampled_from(
    ["text", "integer", "decimal", "date", "calculate", "select_one", "select_multiple"]
)
VALUES = st.one_of(
    NUMBERS, DAYS.map(str), st.sampled_from(["a", "b c", "a b c"]), st.text(max_size=30)
)


@settings(max_examples=200)
@given(KINDS, RULES, VALUES, st.integers(1, 40))
def test_what_is_stored_is_never_longer_than_announced(
    kind: str, rule: Keep, value: str, length: int
) -> None:
    """Whatever rule meets whatever answer: within `longest`, or a Refusal without the answer."""
    asked = question(kind, rule, ("a", "b", "c") if kind.startswith("select") else (), length)
    try:
        found = keep.reduce(asked, value, SCRUB)
    except Refusal:
        return
    assert found is None or len(found) <= keep.longest(asked)


@given(RULES)
def test_a_blank_is_stored_as_a_blank_unless_nothing_is_stored(rule: Keep) -> None:
    """An empty answer has nothing to reduce."""
    assert kept("text", rule, "") == (None if rule.rule == "never" else "")


# --- examples ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "rule", "value", "stored"),
    [
        ("integer", AGES, "14", "-"),
        ("integer", AGES, "15", "15"),
        ("integer", AGES, "34", "25"),
        ("integer", AGES, "99", "35"),
        ("decimal", Keep("bands", bands=("1.50", "2")), "1.5", "1.50"),
        ("integer", Keep("round", number="5"), "12", "10"),
        ("integer", Keep("round", number="5"), "13", "15"),
        ("decimal", Keep("round", number="5"), "2.5", "5"),
        ("decimal", Keep("round", number="5"), "-2.5", "0"),
        ("decimal", Keep("round", number="5"), "-7.5", "-5"),
        ("decimal", Keep("round", number="0.5"), "2.25", "2.5"),
        ("integer", Keep("round", number="10"), "999999999999999", "1000000000000000"),
        ("integer", Keep("top", number="30"), "31", "30"),
        ("integer", Keep("top", number="30"), "30", "30"),
        ("integer", Keep("bottom", number="0"), "-3", "0"),
        ("calculate", Keep("top", number="30"), "30.5", "30"),
        ("text", Keep("prefix", number="2"), "75018", "75"),
        ("text", Keep("prefix", number="2"), "7", "7"),
        ("date", Keep("date", unit="week"), "2022-04-12", "2022-W15"),
        ("date", Keep("date", unit="week"), "2021-01-01", "2020-W53"),
        ("date", Keep("date", unit="week"), "2024-12-30", "2025-W01"),
        ("date", Keep("date", unit="month"), "2022-04-12", "2022-04"),
        ("date", Keep("date", unit="quarter"), "2022-04-12", "2022-Q2"),
        ("date", Keep("date", unit="year"), "2022-04-12", "2022"),
        ("text", Keep("link"), "CARTE-0001", "CARTE-0001"),
        ("text", Keep("never"), "Sophie", None),
        ("text", Keep("scrub"), "vers l'hôtel du Nord", "vers l'[nom]"),
        ("date", Keep("as_given"), "2022-04-12", "2022-04-12"),
    ],
)
def test_each_rule_stores_its_own_form(
    kind: str, rule: Keep, value: str, stored: str | None
) -> None:
    """The stored forms of the questionnaire language, at their edges."""
    assert kept(kind, rule, value) == stored


def test_a_name_that_codes_does_not_list_keeps_itself() -> None:
    """Recoding needs to name only what changes."""
    rule = Keep("codes", codes={"crack": "stimulant", "cocaine": "stimulant"})
    names = ("crack", "heroine", "cocaine")
    assert kept("select_one", rule, "heroine", names) == "heroine"
    assert kept("select_multiple", rule, "crack heroine cocaine", names) == "stimulant heroine"


@pytest.mark.parametrize(
    ("kind", "rule", "value"),
    [
        ("calculate", Keep("top", number="30"), "Infinity"),
        ("calculate", AGES, "NaN"),
        ("calculate", AGES, "douze-canari"),
        ("calculate", Keep("round", number="5"), "1e999"),
        ("calculate", Keep("round", number="5"), "١٢"),
        ("calculate", Keep("round", number="5"), "9" * 400),
        ("date", Keep("date", unit="week"), "2022-02-30"),
        ("date", Keep("date", unit="week"), "20220412"),
        ("date", Keep("date", unit="year"), "2022-W15-1"),
        ("text", Keep("link"), "canari" * 100),
        ("select_one", Keep("as_given"), "canari"),
    ],
)
def test_an_answer_a_rule_cannot_read_is_refused_and_not_repeated(
    kind: str, rule: Keep, value: str
) -> None:
    """The Refusal names the question and the rule; nothing of the answer is in it or behind it."""
    names = ("a", "b") if kind == "select_one" else ()
    with pytest.raises(Refusal) as refused:
        kept(kind, rule, value, names)
    assert value not in str(refused.value)
    assert "form.yaml:7:3" in str(refused.value)
    assert "“q”" in str(refused.value)
    assert refused.value.__context__ is None


def test_free_text_is_cut_after_scrubbing_not_before() -> None:
    """A number that straddles the limit is seen whole; half a mark is not kept."""
    asked = question("text", Keep("scrub"), max_length=20)
    assert keep.reduce(asked, "rappeler 06 39 98 12 34 demain", SCRUB) == "rappeler [téléphone]"
    asked = question("text", Keep("scrub"), max_length=19)
    assert keep.reduce(asked, "rappeler 06 39 98 12 34 demain", SCRUB) == "rappeler "


@pytest.mark.parametrize(
    ("kind", "rule", "names", "length"),
    [
        ("text", Keep("scrub"), (), 500),
        ("text", Keep("never"), (), 0),
        ("text", Keep("prefix", number="2"), (), 2),
        ("note", Keep("as_given"), (), 0),
        ("acknowledge", Keep("as_given"), (), 2),
        ("integer", Keep("as_given"), (), 16),
        ("decimal", Keep("as_given"), (), 27),
        ("date", Keep("as_given"), (), 10),
        ("start", Keep("date", unit="week"), (), 8),
        ("integer", AGES, (), 2),
        ("select_one", Keep("as_given"), ("oui", "non", "jamais"), 6),
        ("select_multiple", Keep("as_given"), ("oui", "non", "jamais"), 14),
        (
            "select_multiple",
            Keep("codes", codes={"oui": "o", "non": "o"}),
            ("oui", "non", "jamais"),
            8,
        ),
        ("select_one", Keep("as_given"), (), 500),
    ],
)
def test_the_longest_stored_form_is_known_before_any_answer(
    kind: str, rule: Keep, names: tuple[str, ...], length: int
) -> None:
    """The size of a record is computed from these."""
    assert keep.longest(question(kind, rule, names)) == length
