"""Several versions of a questionnaire as one: no column lost, no value of another meaning."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from export.respondents.changes import changes
from export.respondents.versions import Merged, merged, under_columns
from interviewer.record import Record
from surveys.check import check
from surveys.codebook import admits, labelled, variables
from surveys.instrument import Group, Instrument
from surveys.load import load
from surveys.plan import plan

NAMES = "abcdefg"
# No two of them are alike: a label that changed is another answer.
LABELS = ("Yes", "Never", "Perhaps so", "107")


def form(version: int, body: str, lists: str = "") -> Instrument:
    """Return a version of a questionnaire."""
    head = f'souspli: 1\nform: {{id: t, version: "{version}", title: T}}\n'
    found = load(f"{head}{lists}survey:\n{body}", "t.yaml").instrument
    assert found is not None
    return found


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, str]:
    """Draw the items of a version and their lists, in YAML; all draw from the same few names."""
    names = draw(st.permutations(list(NAMES)))
    count = draw(st.integers(1, len(NAMES)))
    lists = "choices:\n"
    for number in range(2):
        labels = draw(st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique=True))
        rows = (f'{{name: "{at}", label: "{label}"}}' for at, label in enumerate(labels, start=1))
        lists += f"  l{number}: [{', '.join(rows)}]\n"
    open_groups = 0
    lines: list[str] = []
    asked: list[str] = []
    for name in names[:count]:
        margin = "  " * (2 * open_groups + 1)
        kind = draw(
            st.sampled_from(
                ("integer", "decimal", "text", "one", "several", "range", "calculate", "in", "out")
            )
        )
        relevant = ""
        if draw(st.booleans()) and asked:
            relevant = f", relevant: \"${{{draw(st.sampled_from(asked))}}} = '1'\""
        if kind in {"one", "several"}:
            of = draw(st.sampled_from(("l0", "l1")))
            codes = draw(st.sampled_from(("", ', keep: {codes: {"1": x, "2": x}}')))
            more = f"type: select_{'one' if kind == 'one' else 'multiple'}, choices: {of}{codes}"
        elif kind == "range":
            more = (
                f'type: range, parameters: "start=0 end={draw(st.sampled_from((10, 20)))} step=1"'
            )
        elif kind == "calculate":
            read = f"${{{draw(st.sampled_from(asked))}}}" if asked else "1 + 1"
            lines.append(f'{margin}- {{type: calculate, name: {name}, calculation: "{read}"}}')
            continue
        elif kind in {"in", "out"} and open_groups < 2:
            what = "repeat" if kind == "in" else "group"
            lines.append(f"{margin}- type: {what}\n{margin}  name: {name}\n{margin}  label: G")
            lines.append(f"{margin}  questions:")
            open_groups += 1
            margin = "  " * (2 * open_groups + 1)
            lines.append(f"{margin}- {{type: integer, name: {name}{name}, label: Q}}")
            continue
        else:
            keep = draw(st.sampled_from(("", ", keep: {round: 5}", ", keep: {bands: [18, 25]}")))
            more = (
                f"type: {'text' if kind == 'text' else 'integer'}{keep if kind != 'text' else ''}"
            )
        lines.append(f"{margin}- {{{more}, name: {name}, label: {name.upper()}{relevant}}}")
        asked.append(name)
    return "\n".join(lines) + "\n", lists


VERSIONS = st.lists(bodies(), min_size=1, max_size=4).map(
    lambda drawn: [form(number, *one) for number, one in enumerate(drawn, start=1)]
)
LAWS = settings(max_examples=60, deadline=None)


def column_of(found: Merged, version: Instrument, name: str) -> str:
    """Return the column of an item of a version."""
    return found.columns[version.digest][name]


# --- laws ---------------------------------------------------------------------------------------


@given(bodies())
@LAWS
def test_one_version_is_what_it_is_alone(drawn: tuple[str, str]) -> None:
    """The same questionnaire, every column under its own name."""
    version = form(1, *drawn)
    found = merged([version])
    assert found.instrument is version
    assert found.columns[version.digest] == {one.name: one.name for one in variables(version)}


@given(VERSIONS)
@LAWS
def test_no_column_is_lost_and_no_two_are_one(versions: list[Instrument]) -> None:
    """Each item of each version has a column, and none of its version shares it."""
    found = merged(versions)
    there = {one.name for one in variables(found.instrument)}
    for version in versions:
        own = [column_of(found, version, one.name) for one in variables(version)]
        assert set(own) <= there
        assert len(set(own)) == len(own)
    assert there == set(found.asked_in)


@given(VERSIONS)
@LAWS
def test_every_name_is_one_of_its_own(versions: list[Instrument]) -> None:
    """Items, indicators and statuses, whatever the case of letters."""
    found = merged(versions).instrument
    names = [item.name for item, _around in found.items()]
    for one in variables(found):
        names += [column for _value, column in one.indicators]
        names += [one.status_column] if one.status_column else []
    assert len({name.lower() for name in names}) == len(names)


@given(VERSIONS)
@LAWS
def test_no_value_changes_its_meaning(versions: list[Instrument]) -> None:
    """What a version can have kept, its column can hold, with the same label, form and repeats."""
    found = merged(versions)
    by_column = {one.name: one for one in variables(found.instrument)}
    for version in versions:
        for one in variables(version):
            column = by_column[column_of(found, version, one.name)]
            assert (column.storage, column.question.kind) == (one.storage, one.question.kind)
            assert column.question.parameters == one.question.parameters
            assert len(column.repeats) == len(one.repeats)
            assert {*one.statuses} <= {*column.statuses}
            assert all(admits(column, value) for value in one.values)
            labels = {value.name: value.label for value in labelled(column, found.instrument, "")}
            for value in labelled(one, version, ""):
                assert labels[value.name] == value.label


@given(VERSIONS)
@LAWS
def test_the_questionnaire_of_today_stays_in_its_order_under_its_names(
    versions: list[Instrument],
) -> None:
    """Plans and scripts that were written for it hold."""
    found = merged(versions)
    today = [one.name for one in variables(versions[-1])]
    assert list(found.columns[versions[-1].digest].values()) == today
    assert [one.name for one in variables(found.instrument) if one.name in set(today)] == today


@given(VERSIONS)
@LAWS
def test_what_is_merged_is_a_questionnaire(versions: list[Instrument]) -> None:
    """Every name that a condition reads is there, and none reads itself in the end."""
    ready = plan(merged(versions).instrument)
    assert ready.read_names <= ready.items.keys()
    assert set(ready.order) == set(ready.items)


@given(VERSIONS, st.data())
@LAWS
def test_a_record_says_the_same_under_the_names_of_the_columns(
    versions: list[Instrument], data: st.DataObject
) -> None:
    """As many answers, each at its instances of the repeats, where the merged questionnaire has it."""
    found = merged(versions)
    version = data.draw(st.sampled_from(versions))
    answers = {
        f"{one.name}[{','.join('1' * len(one.repeats))}]" if one.repeats else one.name: one.name
        for one in variables(version)
    }
    told = found.record(record(version, answers))
    depths = {one.name: len(one.repeats) for one in variables(found.instrument)}
    assert sorted(told.answers.values()) == sorted(answers.values())
    for key, value in told.answers.items():
        name, _bracket, at = key.partition("[")
        assert name == column_of(found, version, value)
        assert at.count("1") == depths[name]


@given(st.lists(bodies(), min_size=2, max_size=2))
@LAWS
def test_what_stands_in_another_column_is_told_and_nothing_else(
    drawn: list[tuple[str, str]],
) -> None:
    """Of two versions, the items that both have and that do not share a column, with the one of before."""
    versions = [form(number, *one) for number, one in enumerate(drawn, start=1)]
    then, now = (merged(versions).columns[one.digest] for one in versions)
    told = {one.item: one.column for one in changes(versions, "en") if one.column}
    assert told == {
        name: column for name, column in then.items() if name in now and now[name] != column
    }


# --- examples -----------------------------------------------------------------------------------


def record(version: Instrument, answers: Mapping[str, str], **more: Any) -> Record:
    """Return a record made with a version."""
    plain: dict[str, Any] = dict.fromkeys(
        "id study kit device unit case interviewer outcome status week language mode".split(), ""
    )
    return Record(
        **plain,
        instrument=version.id,
        instrument_version=version.version,
        instrument_hash=version.digest,
        sequence=1,
        kind="interview",
        minutes=5,
        is_practice=False,
        is_simulated=False,
        answers=answers,
        **more,
    )


def names_of(found: Merged) -> list[str]:
    """Return the names of the columns, in order."""
    return [one.name for one in variables(found.instrument)]


def test_what_an_older_version_alone_has_stands_where_it_stood() -> None:
    """After the item before it there, in its group; a group that is gone comes back for it."""
    old = form(
        1,
        "  - {type: integer, name: a, label: A}\n"
        "  - {type: integer, name: gone, label: G}\n"
        "  - {type: group, name: g, label: G, questions: [{type: integer, name: x, label: X}]}\n"
        "  - {type: group, name: h, label: H, questions: [{type: integer, name: y, label: Y}]}\n",
    )
    new = form(
        2,
        "  - {type: integer, name: first, label: F}\n"
        "  - {type: integer, name: a, label: A}\n"
        "  - {type: group, name: h, label: H, questions: [{type: integer, name: z, label: Z}]}\n",
    )
    found = merged([old, new])
    assert names_of(found) == ["first", "a", "gone", "x", "y", "z"]
    groups = {item.name: [one.name for one in around] for item, around in found.instrument.items()}
    assert (groups["x"], groups["y"]) == (["g"], ["h"])


def test_what_a_name_meant_before_is_numbered_and_stays_so() -> None:
    """The first meaning is 2, whatever comes after; the last has the name."""
    kinds = ("integer", "text", "date")
    versions = [
        form(number, f"  - {{type: {kind}, name: a, label: A}}\n")
        for number, kind in enumerate(kinds, start=1)
    ]
    assert [column_of(merged(versions[:2]), one, "a") for one in versions[:2]] == ["a__2", "a"]
    assert [column_of(merged(versions), one, "a") for one in versions] == ["a__2", "a__3", "a"]


def test_a_meaning_that_comes_back_takes_its_answers_with_it() -> None:
    """The first and the third version share the column."""
    versions = [
        form(number, f"  - {{type: {kind}, name: a, label: A}}\n")
        for number, kind in enumerate(("integer", "text", "integer"), start=1)
    ]
    found = merged(versions)
    assert [column_of(found, one, "a") for one in versions] == ["a", "a__2", "a"]
    assert found.asked_in == {"a": ("1", "3"), "a__2": ("2",)}


def test_a_name_that_is_taken_is_not_given_again() -> None:
    """A question may be called as a column we would make, or as a group of another version."""
    old = form(
        1, "  - {type: integer, name: a, label: A}\n  - {type: integer, name: G, label: A}\n"
    )
    new = form(
        2,
        "  - {type: text, name: a, label: A}\n  - {type: text, name: a__2, label: A}\n"
        "  - {type: group, name: g, label: G, questions: [{type: integer, name: x, label: X}]}\n",
    )
    found = merged([old, new])
    assert found.columns[old.digest] == {"a": "a__2_", "G": "G__2"}


def test_a_list_that_grew_or_shrank_has_the_answers_of_all_in_their_order() -> None:
    """An ordered scale stays one."""
    question = "  - {type: select_one, choices: l, name: a, label: A}\n"
    old = form(1, question, "choices:\n  l: [{name: n, label: Never}, {name: r, label: Rarely}]\n")
    new = form(
        2,
        question,
        "choices:\n  l: [{name: n, label: Never}, {name: o, label: Often}, {name: d, label: Daily}]\n",
    )
    found = merged([old, new])
    (variable,) = variables(found.instrument)
    assert variable.values == ("n", "r", "o", "d")
    assert set(found.instrument.lists) == {"l", "l__2"}


def test_what_an_older_question_reads_is_what_it_read_then() -> None:
    """Under the name it has now, in the conditions of groups too."""
    old = form(
        1,
        "  - {type: integer, name: a, label: A}\n"
        '  - {type: group, name: g, label: G, relevant: "${a} > 1", questions: '
        '[{type: integer, name: b, label: B, relevant: "${a} > 2"}]}\n',
    )
    new = form(2, "  - {type: text, name: a, label: A}\n")
    found = {item.name: item for item, _around in merged([old, new]).instrument.items()}
    told = [found[name].relevant for name in ("g", "b")]
    assert [one and one.text for one in told] == ["${a__2} > 1", "${a__2} > 2"]


def test_a_repeat_and_a_question_of_one_name_are_two_tables_columns() -> None:
    """The repeat of the former version takes another name, and so do the names in its table."""
    old = form(
        1,
        "  - {type: repeat, name: r, label: R, questions: [{type: integer, name: x, label: X}]}\n",
    )
    new = form(
        2, "  - {type: integer, name: r, label: R}\n  - {type: integer, name: x, label: X}\n"
    )
    found = merged([old, new])
    repeats = {one.name: one.repeats for one in variables(found.instrument)}
    assert repeats == {"x__2": ("r__2",), "r": (), "x": ()}


def test_what_protects_people_is_the_strictest_of_all() -> None:
    """Identifying in any version, sensitive in any, optional in any."""
    old = form(1, "  - {type: integer, name: a, label: A, identifying: direct}\n")
    new = form(2, "  - {type: integer, name: a, label: A, sensitive: yes, required: yes}\n")
    (question,) = merged([old, new]).instrument.questions()
    assert (question.identifying, question.sensitive) == ("direct", True)
    assert question.required is None


def test_every_shipped_questionnaire_merges_with_a_copy_of_another_version() -> None:
    """All of its columns are one with the copy's."""
    from surveys.shipped import names, usable

    for name in names():
        one = usable(name)
        other = check(one.source.replace(f'version: "{one.version}"', 'version: "9"'), name)
        assert other.instrument is not None
        assert other.instrument.digest != one.digest
        found = merged([one, other.instrument])
        assert names_of(found) == [variable.name for variable in variables(one)]
        assert [item.name for item, _a in found.instrument.items() if isinstance(item, Group)] == [
            item.name for item, _a in one.items() if isinstance(item, Group)
        ]


def test_all_that_a_record_says_by_item_goes_under_the_columns() -> None:
    """Answers, statuses, comments, reasons, times; of a version that has its own names, nothing moves."""
    old, new = (
        form(number, f"  - {{type: {kind}, name: a, label: A}}\n")
        for number, kind in ((1, "integer"), (2, "text"))
    )
    found = merged([old, new])
    said = {"a": "1", "a[2,1]": "2", "b": "3"}
    more = dict.fromkeys(("statuses", "comments", "reasons", "paradata"), said)
    told = found.record(record(old, said, **more))
    moved = {"a__2": "1", "a__2[2,1]": "2", "b": "3"}
    assert told.answers == told.statuses == told.comments == moved
    assert told.reasons == told.paradata == moved
    assert told.instrument_hash == old.digest
    of_today = record(new, said, **more)
    assert found.record(of_today) is of_today
    stranger = replace(of_today, instrument_hash="0" * 64)
    assert found.record(stranger) is stranger


def test_what_records_need_to_move_goes_to_another_process() -> None:
    """They are opened by every core."""
    old, new = (
        form(number, f"  - {{type: {kind}, name: a, label: A}}\n")
        for number, kind in ((1, "integer"), (2, "text"))
    )
    columns = pickle.loads(pickle.dumps(merged([old, new]).columns))
    assert under_columns(record(old, {"a": "1"}), columns).answers == {"a__2": "1"}


def test_a_chain_of_versions_in_which_each_is_like_the_next_mixes_nothing() -> None:
    """An answer that was dropped, and whose name was given to another one later."""
    question = "  - {type: select_one, choices: l, name: a, label: A}\n"
    rows = ("1: Never", "2: Daily"), ("1: Never",), ("1: Never", "2: Elsewhere")
    versions = []
    for number, answers in enumerate(rows, start=1):
        listed = (one.split(": ") for one in answers)
        told = ", ".join(f'{{name: "{name}", label: {label}}}' for name, label in listed)
        versions.append(form(number, question, f"choices:\n  l: [{told}]\n"))
    found = merged(versions)
    assert [column_of(found, one, "a") for one in versions] == ["a__2", "a", "a"]
