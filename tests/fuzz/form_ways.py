"""Ways in to questionnaires: YAML, the tables beside them, and workbooks."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

from interviewer.interview import begin
from surveys.check import errors
from surveys.codebook import variables
from surveys.load import Loaded
from surveys.plan import plan
from surveys.problems import Refusal
from surveys.shipped import opened
from tests.fuzz import corpus
from tests.fuzz.mutations import lines, pieces
from tests.fuzz.ways import NoInput, Way

_SAMPLER = Path(__file__).parents[1] / "surveys" / "sampler.yaml"
# An .xls with one sheet of two cells, as [MS-XLS] and [MS-CFB] say.
_OLD = (
    "eNrtlU1OwzAQhd84vy0CtYAAsYGTQEHiAt2wbqUIVS0BpQHBAXoQtqzgIAiOUA4C4cVxIWWB2mXRfNHIzos9"
    "/pmx8/banj4877/jF0fw8Fk0ENY0cWZpgd+LoqzOypJCWSk+aGX8PMbOpwW0MuYRLaY1XHyV/0kXV3xyHOIM"
    "KcsM91iGHQQy8yUL9qnfF+ccPcMQfTuPIZZlE0bq61mkj3H3l8LzHXMjwgCPBy9RB9XhP+UOPfkTbKNr24Qy"
    "xg2jdIuE2THBHqZWj6knzJkcA+bOBcZofntszXn0TduN50NyOrlmx0qUSkzRw6UVt1yEAsiIYp/iyLaVHwcJ"
    "7jiqb9YoVn8l6fF1nRVju8sJjv+Yza6bTQQpF5Vx6gOmXwrPbGAujTtNzRFFURRFURRFURRl9fkCVRHbXg=="
)


def questionnaires(folder: Path) -> dict[str, Way]:
    """As text, in YAML; and the table that one looks into."""
    fees = (_SAMPLER.parent / "fees.csv").read_bytes()
    sampler = _SAMPLER.read_bytes()
    path = folder / "form.yaml"

    def in_file(content: bytes) -> None:
        path.write_bytes(content)
        _usable(opened(path, "form.yaml"))

    def table(content: bytes) -> None:
        path.write_bytes(_LOOKING)
        (folder / "fees.csv").write_bytes(content)
        _usable(opened(path, "form.yaml"))

    (folder / "fees.csv").write_bytes(fees)
    forms = [corpus.WHOLE.read_bytes(), sampler, _LOOKING]
    return {"yaml": Way(lines, forms, in_file), "table": Way(lines, [fees], table)}


_LOOKING = b"""\
souspli: 1
form: {id: test, version: "1", title: Test}
survey:
  - {type: text, name: place, label: Place}
  - {type: calculate, name: fee, keep: never, calculation: "pulldata('fees', 'fee', 'place', ${place})"}
"""


def _usable(loaded: Loaded) -> None:
    """Go as far as an interview with a questionnaire that has no errors."""
    wrong = errors(loaded)
    if loaded.instrument is None or wrong:
        raise Refusal("\n".join(map(str, wrong)))
    variables(loaded.instrument)
    begin(plan(loaded.instrument), datetime(2022, 4, 11, 10), "0" * 32, "")


def workbooks(folder: Path) -> dict[str, Way]:
    """An XLSForm as the file, and with parts that were spoiled before they were packed."""

    def read(content: bytes, suffix: str = ".xlsx") -> None:
        path = folder / f"form{suffix}"
        path.write_bytes(content)
        loaded = opened(path, path.name)
        if loaded.instrument is None and not loaded.problems:
            raise AssertionError("nothing was read, and nothing is wrong")
        _usable(loaded)

    new = _workbook()
    return {
        "xlsx": Way(pieces, [new], read),
        "parts": Way(lines, parts(new), lambda content: read(packed(new, content))),
        "xls": Way(pieces, [_old()], lambda content: read(content, ".xls")),
    }


def _workbook() -> bytes:
    import xlsxwriter  # type: ignore[import-untyped]

    rows: dict[str, list[tuple[object, ...]]] = {
        "survey": [
            ("type", "name", "label", "relevant", "constraint"),
            ("begin group", "g", "Group", "", ""),
            ("integer", "age", "Age?", "", ". > 0 and . < 120"),
            ("select_one sexes", "sex", "Sex?", "${age} > 17", ""),
            ("end group", "", "", "", ""),
        ],
        "choices": [("list_name", "name", "label"), ("sexes", "f", "F"), ("sexes", 2, "M")],
        "settings": [("form_title", "form_id", "version"), ("Test", "test", 2.0)],
    }
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, cells in rows.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(cells):
                sheet.write_row(at, 0, row)
    return out.getvalue()


def parts(content: bytes) -> list[bytes]:
    """Return the parts of a workbook that hold cells, each after its name."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = [one for one in packed.namelist() if one.startswith("xl/") and "theme" not in one]
        return [one.encode() + b"\n" + packed.read(one) for one in names]


def packed(content: bytes, part: bytes) -> bytes:
    """Return a workbook with a part replaced; NoInput where the name of the part was spoiled too."""
    name, _newline, text = part.partition(b"\n")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        if name.decode("utf-8", "replace") not in old.namelist():
            raise NoInput
        for one in old.namelist():
            new.writestr(one, text if one == name.decode() else old.read(one))
    return out.getvalue()


def _old() -> bytes:
    return zlib.decompress(base64.b64decode(_OLD))
