"""What columns and types are called: every spelling means the same thing."""

from __future__ import annotations

import pytest

from surveys.load import CHOICE_KEYS, QUESTION_KEYS
from surveys.reading import near
from surveys.xlsform.columns import (
    Column,
    choices_column,
    kept_as,
    restored,
    settings_column,
    survey_column,
)
from surveys.xlsform.words import Words, read_words


@pytest.mark.parametrize(
    ("header", "key", "language"),
    [
        ("relevance", "relevant", ""),
        ("Relevant", "relevant", ""),
        ("bind::relevant", "relevant", ""),
        ("calculate", "calculation", ""),
        ("bind :: calculate", "calculation", ""),
        ("constraint message", "constraint_message", ""),
        ("constraining_message", "constraint_message", ""),
        ("constraint_message::Wolof (wo)", "constraint_message", "Wolof (wo)"),
        ("bind::jr:constraintMsg::Wolof (wo)", "constraint_message", "Wolof (wo)"),
        ("bind::jr:requiredMsg", "required_message", ""),
        ("requiredMsg", "required_message", ""),
        ("read only", "read_only", ""),
        ("readonly", "read_only", ""),
        ("jr:count", "repeat_count", ""),
        ("body::jr:count", "repeat_count", ""),
        ("count", "repeat_count", ""),
        ("control::appearance", "appearance", ""),
        ("Choice  Filter", "choice_filter", ""),
        ("caption", "label", ""),
        ("label :: Français (fr)", "label", "Français (fr)"),
        ("guidance hint::English", "guidance_hint", "English"),
        ("command", "type", ""),
        ("value", "name", ""),
    ],
)
def test_a_survey_column_in_any_spelling(header: str, key: str, language: str) -> None:
    """Case, spaces, old names and the paths of XForms change nothing."""
    assert survey_column(header) == Column(key, language)


def test_one_colon_separates_only_where_none_is_double() -> None:
    """`label:English` is old XLSForm; beside `label::French` it is a column of its own."""
    assert survey_column("label:English", has_double=False) == Column("label", "English")
    assert survey_column("bind:jr:constraintMsg:English", has_double=False) == Column(
        "constraint_message", "English"
    )
    assert not survey_column("label:English", has_double=True).is_known


@pytest.mark.parametrize("header", ["media::image", "bind::foo", "My Column", "body::accept", "x"])
def test_an_unknown_column_keeps_its_name(header: str) -> None:
    """What nobody here knows is carried under the name it has."""
    assert survey_column(header) == Column(header, is_known=False)


def test_columns_of_ours_are_told_from_those_of_others() -> None:
    """`keep` is ours only with our prefix: a form may have a column of that name."""
    assert survey_column("bind::souspli:keep") == Column("keep", is_own=True)
    assert not survey_column("keep").is_known
    assert choices_column("souspli_code") == Column("code", is_own=True)
    assert not choices_column("code").is_known
    assert settings_column("souspli:population") == Column("population", is_own=True)
    assert settings_column("set form id") == Column("id")


@pytest.mark.parametrize(
    "header",
    [
        "keep",
        "labels",
        "constraint2",
        "constraint_message",
        "xlsform_type",
        "name_1",
        "order",
        "codes",
    ],
)
@pytest.mark.parametrize("known", [tuple(QUESTION_KEYS), tuple(CHOICE_KEYS)])
def test_a_column_is_kept_under_a_key_the_loader_leaves_alone(
    header: str, known: tuple[str, ...]
) -> None:
    """No kept column is taken for a key of ours or for a slip, and its name comes back."""
    key = kept_as(header, known)
    assert key not in known
    assert key.startswith("xlsform_") or "::" in key or not near(key, known)
    assert survey_column(restored(key)).key == survey_column(header).key


@pytest.mark.parametrize(
    ("word", "kind", "choices"),
    [
        ("string", "text", ""),
        ("Int", "integer", ""),
        ("add decimal prompt", "decimal", ""),
        ("date time", "dateTime", ""),
        ("datetime", "dateTime", ""),
        ("get start time", "start", ""),
        ("q note", "note", ""),
        ("select_one yn", "select_one", "yn"),
        ("select one from yn", "select_one", "yn"),
        ("select1 yn", "select_one", "yn"),
        ("Select_One  yn", "select_one", "yn"),
        ("select all that apply from yn", "select_multiple", "yn"),
        ("add select multiple prompt using yn", "select_multiple", "yn"),
    ],
)
def test_a_type_in_any_spelling(word: str, kind: str, choices: str) -> None:
    """Old and new words, with spaces or underscores, in any case."""
    assert read_words(word) == Words("item", kind, choices)


@pytest.mark.parametrize("word", ["begin group", "begin_group", "Begin Group", "begin  group"])
def test_a_section_begins_in_any_spelling(word: str) -> None:
    """Space or underscore, in any case."""
    assert read_words(word) == Words("begin", "group")


@pytest.mark.parametrize("word", ["begin_repeat", "begin lgroup", "begin looped group"])
def test_a_repeat_has_old_names(word: str) -> None:
    """A looped group is a repeat."""
    assert read_words(word) == Words("begin", "repeat")
    assert read_words(word.replace("begin", "end")) == Words("end", "repeat")


def test_or_other_is_told_from_the_list() -> None:
    """All three spellings ask for a text beside the choices."""
    for ending in ("or_other", "or other", "or specify other"):
        assert read_words(f"select_one yn {ending}") == Words(
            "item", "select_one", "yn", has_other=True
        )


@pytest.mark.parametrize(
    "word",
    [
        "rank yn",
        "select_one_from_file fruits.csv",
        "select one from file fruits.csv",
        "select_multiple_from_file fruits.xml",
        "select_one_external towns",
        "select_one ${members}",
        "cascading_select",
        "begin loop over yn",
    ],
)
def test_what_is_refused_says_what_to_do(word: str) -> None:
    """Each type that exists in XLSForm and not here has a remedy of its own."""
    assert read_words(word).remedy


@pytest.mark.parametrize("word", ["geopoint", "photo", "gps", "osm", "osm tags", "barcode", "file"])
def test_what_a_terminal_cannot_hold_keeps_its_word(word: str) -> None:
    """The word comes back on the way out."""
    assert read_words(word).role == "placeholder"
    assert read_words(word).written == word.partition(" ")[0]


@pytest.mark.parametrize("word", ["deviceid", "phone_number_x", "imei", "uri:deviceid", "audit"])
def test_what_identifies_the_device_is_dropped(word: str) -> None:
    """Metadata that names a device or a person is not carried; an unknown word is not taken for it."""
    assert read_words(word).role == ("unknown" if word == "phone_number_x" else "dropped")


@pytest.mark.parametrize("word", ["text audit", "speed_violations_count", "caseid", "comments"])
def test_what_surveycto_records_of_an_interview_is_dropped(word: str) -> None:
    """A record has its case, its interviewer and its comments, and no recording."""
    assert (read_words(word).role, read_words(word).kind) == ("dropped", "paradata")
    assert read_words("calculate_here") == Words("item", "calculate", written="calculate_here")
