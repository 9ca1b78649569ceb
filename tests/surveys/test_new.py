"""`souspli new`: a questionnaire to start from that is good, shows what there is, and overwrites nothing."""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from surveys import language
from surveys.check import check
from surveys.instrument import PIPED, Group, Instrument
from surveys.kinds import KINDS
from surveys.overview.rehearsal import rehearse
from surveys.plan import plan
from surveys.problems import Refusal, Usage
from surveys.verbs import new
from surveys.yamltree import Mapping, Node, Scalar, Sequence, read


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The interface speaks English, before and after."""
    monkeypatch.setenv("LANGUAGE", "en")
    language.use("en")
    yield
    language.use("en")


def run(path: Path) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser()
    new.describe(parser)
    return new.run(parser.parse_args([str(path)]))


def instrument(spoken: str) -> Instrument:
    """Return the starter in a language of the interface."""
    found = check(new.starter(spoken), "starter.yaml").instrument
    assert found is not None
    return found


@pytest.mark.parametrize("spoken", language.LANGUAGES)
def test_check_finds_nothing_in_what_is_written(tmp_path: Path, spoken: str) -> None:
    """Not even a warning."""
    language.use(spoken)
    path = tmp_path / "survey.yaml"
    assert run(path) == 0
    found = check(path.read_text("utf-8"), path.name)
    assert [str(problem) for problem in found.problems] == []


@pytest.mark.parametrize("spoken", language.LANGUAGES)
def test_the_starter_begins_in_the_language_of_the_interface(spoken: str) -> None:
    """And has its texts in both."""
    found = instrument(spoken)
    assert found.default_language == spoken
    assert set(found.languages) == set(language.LANGUAGES)


def test_the_two_starters_are_one_questionnaire() -> None:
    """The same types with the same texts in the same order; only names and notes differ."""

    def told(found: Instrument) -> list[tuple[str, dict[str, str]]]:
        return [
            (
                item.kind,
                {code: PIPED.sub("…", text) for code, text in item.label.by_language.items()},
            )
            for item, _around in found.items()
        ]

    assert told(instrument("en")) == told(instrument("fr"))
    english, french = new.starter("en"), new.starter("fr")
    assert abs(english.count("#") - french.count("#")) <= 4


def keys_of(node: Node | None) -> Iterator[str]:
    """Yield every key of a YAML tree."""
    if isinstance(node, Mapping):
        yield from node.nodes
        for inner in node.nodes.values():
            yield from keys_of(inner)
    elif isinstance(node, Sequence):
        for inner in node.nodes:
            yield from keys_of(inner)
    else:
        assert node is None or isinstance(node, Scalar)


def test_the_starter_shows_what_there_is() -> None:
    """Most types, and the keys that a first questionnaire needs."""
    found = instrument("en")
    kinds = {item.kind for item, _around in found.items()}
    assert kinds >= {"group", "repeat"}
    assert len(kinds & KINDS.keys()) >= 9
    shown = set(keys_of(read(new.starter("en"), "starter.yaml").root))
    assert shown >= set(
        "population refused_when complete_when partial_when exclusive required nonresponse relevant "
        "constraint constraint_message soft_constraint choice_filter calculation keep identifying "
        "sensitive self_completed show_card hint guidance_hint max_length repeat_count".split()
    )


def test_each_item_of_the_starter_is_asked_on_some_route() -> None:
    """No condition in it is one that nobody meets."""
    ready = plan(instrument("en"))
    chance = random.Random(4)
    met = {
        stop.item.name
        for _route in range(150)
        for stop in rehearse(ready, chance, datetime(2026, 5, 4)).stops
    }
    shown = {
        item.name
        for item, _around in ready.instrument.items()
        if not isinstance(item, Group) and KINDS[item.kind].is_shown
    }
    assert met == shown


def test_a_file_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    """Whatever it holds."""
    path = tmp_path / "survey.yaml"
    path.write_text("mine", "utf-8")
    with pytest.raises(Refusal, match="exists already"):
        run(path)
    assert path.read_text("utf-8") == "mine"


def test_a_questionnaire_is_a_yaml_file(tmp_path: Path) -> None:
    """Another suffix is a wrong command line, a missing folder a refusal."""
    with pytest.raises(Usage, match=r"\.yaml"):
        run(tmp_path / "survey.xlsx")
    with pytest.raises(Refusal, match="cannot be written"):
        run(tmp_path / "nowhere" / "survey.yaml")
