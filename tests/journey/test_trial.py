"""A questionnaire tried by whoever wrote it: no laptop, no keys, nothing kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

FORM = """souspli: 1
form: {id: t, version: "1", title: T}
survey:
  - {type: integer, name: age, label: How old are you?, constraint: . < 120}
  - {type: text, name: why, label: Why?}
"""


def test_a_file_is_tried_and_nothing_is_written(
    souspli: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    """Asked and judged as in the field; neither here nor at home is a file more."""
    (tmp_path / "form.yaml").write_text(FORM, "utf-8")
    before = sorted(tmp_path.rglob("*"))
    tried = ("interview", "form.yaml", "--practice", "--plain", "--home", "home")
    done = souspli(*tried, cwd=tmp_path, typed="130\n42\nCall 06 12 34 56 78\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "not possible here" in done.stdout
    assert "[phone]" in done.stdout
    assert done.stdout.endswith("A trial: nothing was kept.\n")
    assert sorted(tmp_path.rglob("*")) == before
    assert souspli(*tried, cwd=tmp_path, typed="42\n").returncode == 130


def test_a_file_is_no_interview_without_practice(
    souspli: Callable[..., CompletedProcess[str]], home: Path, tmp_path: Path
) -> None:
    """An interview is of a questionnaire of the kit."""
    (tmp_path / "form.yaml").write_text(FORM, "utf-8")
    done = souspli("interview", "form.yaml", "--plain", "--home", str(home), cwd=tmp_path)
    assert done.returncode == 2
    assert "--practice" in done.stderr
