"""The models that come with Souspli, by a short name: `assore`, `sick-sicker`."""

from __future__ import annotations

from pathlib import Path

from surveys.language import _
from surveys.load import source_of
from surveys.problems import Refusal
from surveys.yamltree import MAX_BYTES

FOLDER = Path(__file__).with_name("models")


def names() -> list[str]:
    """Return the names of all shipped models."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def source_and_name(text: str) -> tuple[str, str]:
    """Return a model's YAML and what messages call it: that of a file, else of a shipped model."""
    path = Path(text)
    if path.exists():
        return source_of(path, MAX_BYTES), text
    if text in names():
        return source_of(FOLDER / f"{text}.yaml"), f"{text}.yaml"
    raise Refusal(
        _("{name}: no such file; models that come with Souspli: {known}").format(
            name=text, known=", ".join(names())
        )
    )
