"""Models by name: a file, or one of those that come with Souspli."""

from __future__ import annotations

from pathlib import Path

import pytest

from export.modelling.reading import model_of, read_model
from export.modelling.shipped import names, source_and_name
from surveys.problems import Refusal


def test_models_come_with_souspli() -> None:
    """The template and the worked example."""
    assert names() == ["assore", "sick-sicker"]


@pytest.mark.parametrize("name", ["assore", "sick-sicker"])
def test_a_shipped_model_is_read_by_its_name_without_a_problem(name: str) -> None:
    """Nor a warning."""
    source, called = source_and_name(name)
    assert called == f"{name}.yaml"
    assert model_of(source, called)[1] == ()
    assert read_model(name).title


def test_a_file_comes_before_a_shipped_model_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands here is what is meant."""
    monkeypatch.chdir(tmp_path)
    Path("assore").write_text("souspli_model: 2\n", "utf-8")
    assert source_and_name("assore") == ("souspli_model: 2\n", "assore")


def test_a_name_that_means_nothing_is_refused_with_those_that_do() -> None:
    """And no path is made of it."""
    with pytest.raises(Refusal, match=r"no such file; models .*: assore, sick-sicker$"):
        source_and_name("../models/assore.yaml/nowhere")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """As every file of ours."""
    (tmp_path / "m.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refusal, match="is not UTF-8 text"):
        read_model(tmp_path / "m.yaml")
