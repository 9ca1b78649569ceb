"""Ways in to what a draw is made from, and to what it leaves: frames, certificates, samples, batches."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Any

from export.drawing import certificate, checks, crosswalk, draw, frame, parquet, reserve, steps
from export.drawing.folder import CROSSWALK
from export.drawing.sample import DrawnCase, base_weights, read_sample, sample_hash
from export.drawing.table import Columns
from export.response.as_json import progress_json
from export.response.progress import progress
from export.study import Study
from export.verbs import release
from interviewer import age
from surveys.problems import Refusal
from tests.fuzz import corpus, desk, draws, form_ways
from tests.fuzz.forge import as_json
from tests.fuzz.mutations import fields, lines, pieces
from tests.fuzz.ways import NoInput, Way, forged, value_of

COLUMNS = Columns("id", "hotel", "hotel", "order", drop=("note",))
_SAMPLED = ("stratified", "clusters", "two_stages")  # samples are written alike by the others
_MOST_ROWS = 2_000  # a small input would become a large file
# Of a certificate: what a draw done again must find altered. The proof is for people to read.
_CERTIFIED = (
    *("format", "frame_hash", "design", "design_hash", "commitment", "beacon_kind", "seed"),
    *("strata", "merges", "selection_hash", "sample_hash"),
)


def frames(folder: Path) -> dict[str, Way]:
    """A sampling frame as a table, in a workbook, in Parquet that is sound, and in canonical form."""
    table = corpus.frame_table()
    spaced, quoted = table.replace(",", ";"), table.replace("x\n", '"x"\n')
    texts = [one.encode() for one in (table, spaced, quoted)]
    workbook, cells = corpus.workbook_of(table), [line.split(",") for line in table.split()]
    typed: list[list[Any]] = [
        ["id", "text", [f"P{at}" for at in range(8)]],
        ["hotel", "category", ["H1", "H2"] * 4],
    ]
    typed += [
        ["size", "number", [1.5] * 8],
        ["order", "whole", [1, 2] * 4],
        ["note", "date", [1] * 8],
    ]
    in_workbook = _planned(folder / "frame.xlsx")
    return {
        "table": Way(lines, texts, _planned(folder / "frame.csv")),
        "workbook": Way(pieces, [workbook], in_workbook),
        "parts": Way(
            lines,
            form_ways.parts(workbook),
            lambda content: in_workbook(form_ways.packed(workbook, content)),
        ),
        "cells": Way(
            fields,
            [as_json({"frame": cells}), as_json({"other": [], "frame": cells})],
            lambda content: in_workbook(forged(_sheets, value_of(content))),
        ),
        "columns": Way(
            fields, [as_json(typed)], lambda content: _tabled(forged(_columns, value_of(content)))
        ),
        "canonical": Way(lines, [draws.people().canonical], frame.from_canonical),
    }


def parquet_frames(folder: Path) -> dict[str, Way]:
    """A sampling frame in Parquet: apart, for each is read in a process of its own."""
    content = corpus.parquet_of(corpus.frame_table())
    return {"parquet": Way(pieces, [content], _planned(folder / "frame.parquet"))}


def _planned(path: Path) -> Callable[[bytes], None]:
    """Return what reads a frame from a file and goes as far as to plan a draw from it."""

    def read(content: bytes) -> None:
        path.write_bytes(content)
        found, wrong = frame.read(path, COLUMNS)
        if found is None:
            raise Refusal("\n".join(map(str, wrong)))
        draw.plan(found, corpus.design(found.similarity))

    return read


def _sheets(value: Any) -> bytes:
    """Return a workbook with sheets of rows, each value as what it is in JSON."""
    import xlsxwriter  # type: ignore[import-untyped]

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        try:
            for name, rows in value.items():
                sheet = book.add_worksheet(name)
                for at, row in enumerate(list(rows)[:_MOST_ROWS]):
                    sheet.write_row(at, 0, row)
        except xlsxwriter.exceptions.XlsxWriterException as error:
            raise ValueError from error
    return out.getvalue()


def _columns(value: Any) -> bytes:
    """Return a sound file of Parquet with these columns: name, type, values."""
    import polars

    types = {
        "text": polars.String(),
        "category": polars.Categorical(),
        "number": polars.Float64(),
        "whole": polars.Int64(),
        "date": polars.Date(),
        "time": polars.Datetime("us", "Europe/Paris"),
        "truth": polars.Boolean(),
        "bytes": polars.Binary(),
        "list": polars.List(polars.String()),
        "exact": polars.Decimal(20, 3),
        "nothing": polars.Null(),
    }
    out = io.BytesIO()
    try:
        columns = [
            polars.Series(name, values, strict=False).cast(types[kind], strict=False)
            for name, kind, values in value
        ]
        polars.DataFrame(columns).write_parquet(out)
    except polars.exceptions.PolarsError as error:
        raise ValueError from error
    return out.getvalue()


def _tabled(content: bytes) -> None:
    """Read Parquet in this process: what polars has written does it no harm."""
    try:
        table = parquet.table_of(content, "frame.parquet", COLUMNS.drop)
    except (ValueError, OverflowError) as error:
        raise Refusal from error
    wrong = checks.problems_of(table, COLUMNS)
    if any(problem.severity == "error" for problem in wrong):
        raise Refusal("\n".join(map(str, wrong)))


# --- certificates ---------------------------------------------------------------------------------


def certificates(folder: Path) -> dict[str, Way]:
    """Certificates of every method as a verifier reads them; a commitment and a salt as the lead does.

    Where the hashes of a certificate agree, the draw is done again by whatever design it holds.
    """
    study = corpus.study(folder)
    path = folder / "certificate.json"
    certified = [draws.sample(name) for name in draws.DESIGNS]
    seeds = [as_json(value) for _table, value in certified]
    hashes = {value["selection_hash"]: sample_hash(table) for table, value in certified}

    def again(content: bytes) -> bool:
        """Return whether the draw of a certificate, done again, is that of the certificate."""
        path.write_bytes(content)
        draws.commit(study, "stratified")
        found = steps.read_certificate(path)
        hashed = hashes.get(str(found.get("selection_hash")), "")
        differences = certificate.verify(found, draws.people(), draws.SALT, hashed)
        steps.against_commitment(study, found)
        return not differences

    def verified(content: bytes) -> None:
        if again(content) and not any(_is_as_drawn(content, value) for _table, value in certified):
            raise AssertionError("an altered certificate passes for that of a draw")

    def committed(content: bytes) -> None:
        (study.draw / "commitment.json").write_bytes(content)
        found = steps.read_commitment(study)
        draw.plan(draws.people(), found.design)

    def salted(content: bytes) -> None:
        path.write_bytes(content)
        steps.read_salt(path)

    return {
        "certificate": Way(fields, seeds, verified),
        "agreeing": Way(
            fields,
            seeds,
            lambda content: again(as_json(forged(draws.agreeing, value_of(content)))),
        ),
        "commitment": Way(fields, [draws.commitment_of(one) for one in draws.DESIGNS], committed),
        "salt": Way(lines, [draws.SALT.hex().encode()], salted),
    }


def _is_as_drawn(content: bytes, value: Any) -> bool:
    found = json.loads(content)
    return all(found.get(key) == value[key] for key in _CERTIFIED)


# --- samples --------------------------------------------------------------------------------------


def samples(folder: Path) -> dict[str, Way]:
    """sample.csv beside a certificate that is of it, the certificate, batches, and the crosswalk."""
    study = desk.opened(folder)
    table, value = draws.sample("stratified")

    def put(table: bytes, certified: bytes) -> None:
        draws.put_files(study, table, certified)
        draws.begin(study)

    def drawn(name: str) -> Way:
        """Return the way in to a sample, by a certificate that is of it."""
        table, value = draws.sample(name)

        def read(content: bytes) -> None:
            put(content, as_json(value | {"sample_hash": sample_hash(content)}))
            _used(study)

        return Way(lines, [table], read)

    def certified(content: bytes) -> None:
        put(table, content)
        _used(study)

    def released(content: bytes) -> None:
        put(*staged)
        draws.note_batch(study, content)
        _used(study)

    def noted(content: bytes) -> None:
        put(*staged)
        draws.note_batch(study, as_json(batches[0]))
        study.ledger.write_bytes(content)
        _used(study)

    def agreeing(content: bytes) -> None:
        value = value_of(content)
        forged(draws.put_sample, study, value)
        _used(study)
        if desk.is_marked(str(value["batches"])):
            raise NoInput  # a case in a reason, which is told
        desk.said(release, study)
        desk.require_json(desk.said(release, study, "--json"))

    def crossed(content: bytes) -> None:
        put(table, as_json(value))
        sealed = age.seal(content, [corpus.CUSTODIAN.recipient])
        (study.draw / CROSSWALK).write_bytes(sealed)
        found = read_sample(study) or {}
        crosswalk.released(study, found, [corpus.CUSTODIAN])

    in_stages = draws.sample("two_stages")
    staged = in_stages[0], as_json(in_stages[1])
    batches = draws.sample_value("two_stages")["batches"]
    identified = "".join(f"{case},17,H01,1\n" for case in draws.cases(len(table.split()) - 1))
    put(*staged)
    draws.note_batch(study, as_json(batches[0]))
    vouching = study.ledger.read_bytes()
    return {
        "stratified": drawn("stratified"),
        "in stages": drawn("two_stages"),
        "agreeing": Way(fields, [as_json(draws.sample_value(name)) for name in _SAMPLED], agreeing),
        "certificate": Way(fields, [as_json(value)], certified),
        "batch": Way(fields, [as_json(one) for one in batches], released),
        "ledger": Way(lines, [vouching], noted),
        "crosswalk": Way(lines, [b"case,id,cluster,order\n" + identified.encode()], crossed),
    }


def _used(study: Study) -> None:
    """Go on with a sample: what each case stands for, how far it has come, what is left in reserve."""
    found = read_sample(study)
    if found is None:
        raise Refusal
    weights = base_weights(found)
    if not all(isfinite(weight) and weight > 0 for weight in weights.values()):
        raise AssertionError("a case stands for nobody, or for more than there are")
    made = progress(study.instruments[0], [corpus.made(1)], found, 3)
    json.dumps(progress_json(made), allow_nan=False)
    _left(found)


def _left(found: dict[str, DrawnCase]) -> None:
    cells = reserve.cells(found)
    left = sum(cell.left for cell in cells)
    if left:
        reserve.shared(cells, left)
