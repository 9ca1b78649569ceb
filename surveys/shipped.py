"""The questionnaires that come with Souspli, by a short name such as `assore/beneficiaires`."""

from __future__ import annotations

from pathlib import Path

from surveys.check import check, errors
from surveys.instrument import Instrument
from surveys.language import _
from surveys.load import Loaded, source_of
from surveys.problems import Refusal
from surveys.tables import beside
from surveys.yamltree import MAX_BYTES

WORKBOOKS = (".xlsx", ".xls")
FOLDER = Path(__file__).with_name("instruments")


def names() -> list[str]:
    """Return the short names of all shipped questionnaires."""
    return sorted(
        path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.yaml")
    )


def opened(path: Path, called: str) -> Loaded:
    """Return the questionnaire in a file with the tables beside it, checked; `called` in messages.

    A path is what `found_file` gives: YAML, or an XLSForm workbook. Raises Refusal where it cannot be
    read.
    """
    if path.suffix.lower() in WORKBOOKS:
        from surveys.xlsform import opening

        return opening.opened(path, called).loaded
    return check(source_of(path, MAX_BYTES), called, beside(path))


def found_file(name: str) -> Path:
    """Return the file a name means: a file of that path, else the shipped questionnaire."""
    path = Path(name)
    if path.exists():
        return path
    if name in names():
        return FOLDER / f"{name}.yaml"
    raise Refusal(
        _("{name}: no such file; shipped questionnaires: {known}").format(
            name=name, known=", ".join(names())
        )
    )


def usable(name: str) -> Instrument:
    """Return the questionnaire a name means; raises Refusal where it has errors."""
    path = found_file(name)
    loaded = opened(path, path.name)
    if loaded.instrument is None or errors(loaded):
        raise Refusal(_("{file}: has errors; run: souspli check {file}").format(file=name))
    return loaded.instrument
