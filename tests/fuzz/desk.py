"""The study lead's desk when fieldwork is over: records sealed and collected, verbs run upon them.

What people said in their own words, and the codes of cases, bear a mark here that nothing printed may
bear.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from export.laptops import accounts
from export.study import Study
from interviewer import age, foreign, outbox
from interviewer.record import Attempt
from surveys.problems import Refusal
from tests.fuzz import corpus, draws, forge
from tests.fuzz.forge import as_json
from tests.fuzz.ways import SECRET

_MOST = 60  # records: a small input would become many files
_VISITS = (
    Attempt("2022-04-11", "morning", "2.25"),
    Attempt("2022-04-12", "evening", "2.24"),
    Attempt("2022-04-14", "afternoon", "2.25"),
)
_NO_ANSWERS: dict[str, Any] = {
    name: {} for name in ("answers", "statuses", "comments", "reasons", "paradata")
}
_ENDS: tuple[dict[str, Any], ...] = (  # how every eighth case ended, where nobody was interviewed
    {"kind": "outcome", "status": "", "outcome": "2.25", "attempts": _VISITS, **_NO_ANSWERS},
    {"kind": "outcome", "status": "", "outcome": "4.70", "attempts": (), **_NO_ANSWERS},
    {"kind": "outcome", "status": "", "outcome": "3.18", "attempts": _VISITS[:1], **_NO_ANSWERS},
    {"status": "broke_off", "outcome": "2.12"},
)


def opened(folder: Path) -> Study:
    """Return the study with a sample, a batch released, what opens its records, and a laptop's file."""
    study = corpus.study(folder, corpus.KINDS)
    keys = age.write_identity_file(corpus.STUDY, corpus.CHEAP)
    (study.folder / "keys" / "study.key").write_bytes(keys)
    (study.folder / "passphrase").write_bytes(corpus.PASSPHRASE + b"\n")
    draws.put_sample(study, draws.sample_value("stratified"))
    return study


def said(verb: ModuleType, study: Study, *options: str) -> str:
    """Return the results that a verb prints about a study; raises its Refusal.

    Raises AssertionError where an answer or a case is told, in the message of a refusal too.
    """
    parser = argparse.ArgumentParser(allow_abbrev=False)
    verb.describe(parser)
    out, talk = io.StringIO(), io.StringIO()
    with (study.folder / "passphrase").open("rb") as given:
        told = ["--study", str(study.folder), "--passphrase-fd", str(given.fileno())]
        try:
            with redirect_stdout(out), redirect_stderr(talk):
                verb.run(parser.parse_args([*options, *told]))
        except Refusal as refusal:
            talk.write(str(refusal))
            raise
        finally:
            require_untold(out.getvalue() + talk.getvalue())
    return out.getvalue()


def require_untold(told: str) -> None:
    """Raise AssertionError where something told bears the mark of an answer, or the code of a case."""
    if is_marked(told):
        raise AssertionError("an answer or a case is told")


def is_marked(told: str) -> bool:
    """Whether a text bears the mark of an answer, or the code of a case."""
    return any(mark in told for mark in (SECRET, "CASE-", "K7Q2-"))


def require_json(told: str) -> None:
    """Raise ValueError where results are no JSON that every program reads: NaN and Infinity are not."""
    foreign.read(told.encode())


# --- records --------------------------------------------------------------------------------------


def records() -> list[dict[str, Any]]:
    """Return what is inside the records of a fieldwork of two interviewers, on one laptop."""
    rows = draws.sample_value("stratified")["rows"]
    released = [row[0] for row in rows if row[5] == "released"]
    reserve = [row[0] for row in rows if row[5] == "reserve"]
    cases = [*released[:20], released[0], *reserve[:1], "CASE-none"]
    found = [_record(number, case) for number, case in enumerate(cases, start=1)]
    amendment: dict[str, Any] = {"kind": "amendment", "status": "", "outcome": "", "attempts": ()}
    corrects = {"amends": _id(2), **amendment, **_NO_ANSWERS}
    return [*found, _inside(len(found) + 1, case=reserve[0], **corrects)]


def _record(number: int, case: str) -> dict[str, Any]:
    """Return the record of a case: most were interviewed."""
    words = f"{SECRET} {number}"
    plain: dict[str, Any] = {
        "case": case,
        "interviewer": f"I0{1 + number % 2}",
        "week": f"2022-W{15 + number % 4}",
        "minutes": 5 * (number % 9),
        "answers": answers(number),
        "statuses": {"mood": "refused"} if number % 5 == 0 else {},
        "comments": {"works": words},
        "reasons": {"nights[2]": words},
        "paradata": dict.fromkeys(("years", "works", "words"), f"{5 * number},{number % 3}"),
        "notes": words,
        "attempts": _VISITS[: number % 3],
    }
    ended = _ENDS[number // 2 % 4] if number % 8 in {4, 5} else {}
    partial = {"status": "partial", "outcome": "1.2"} if number % 7 == 3 else {}
    return _inside(number, **plain | partial | ended)


def answers(number: int) -> dict[str, str]:
    """Return what a person answered to the questionnaire of the desk."""
    mood = {} if number % 5 == 0 else {"mood": str(number % 11)}
    battery = {f"q{at}": str(1 + (number + at) % 3) for at in range(1, 9)}
    return (
        mood
        | battery
        | {
            "years": ("0", "18", "18", "30", "50", "-")[number // 2 % 6],
            "works": ("yes", "no", "yes")[number % 3],
            "products": ("tea coffee", "nothing", "tea", "coffee")[number % 4],
            "part": f"0.{number % 10}",
            "days": str(number),
            "money": f"{number}.5",
            "most": str(1000 - number),
            "near": "0.25",
            "day": "2022-04-11",
            "since": f"2021-{1 + number % 12:02}",
            "season": "2021-Q4",
            "hour": "10:30:00",
            "moment": "2022-04-11T10:30:00",
            "postcode": "75",
            "words": f"{SECRET} {number}",
            "last": f"{SECRET} {number}",
            "begun_at": "2022-W15",
            "adult": ("yes", "no", "yes")[number % 3],
            "double": f"{2 * number + 1}",
            "nights[1]": str(number),
            "nights[2]": str(10 * number),
            "price[1]": "12.5",
        }
    )


def _id(number: int) -> str:
    return f"{number:032x}"


def _inside(number: int, **otherwise: Any) -> dict[str, Any]:
    """Return what is inside the record of this number."""
    made = corpus.made(1, corpus.KINDS, id=_id(number), sequence=number, **otherwise)
    return dict(json.loads(corpus.inside(made)))


def put_records(study: Study, value: Any, is_ledger_seen: bool) -> None:
    """Have a study hold these records, each under the id that is its place.

    Where the laptop's ledger was seen, it says of each that it was sealed so. Raises ValueError where
    an answer became the code of an interviewer, who may be named.
    """
    if len(value) > _MOST or any(is_marked(str(one["interviewer"])) for one in value):
        raise ValueError
    corpus.as_it_was(study.folder, "collected", "devices")
    study.collected.mkdir()
    study.devices.mkdir()
    (study.devices / "L01.json").write_bytes(as_json(corpus.laptop_file()))
    events = []
    for number, one in enumerate(value, start=1):
        sealed = _sealed(as_json(one), study.bucket)
        (study.collected / f"{_id(number)}{outbox.RECORD}").write_bytes(sealed)
        events += [
            ("start", _id(number), "a" * 64),
            ("end", _id(number), hashlib.sha256(sealed).hexdigest()),
        ]
    if is_ledger_seen:
        lines = forge.chained(events)
        accounts.remember(study, "L01", lines, forge.head_file(lines))


@lru_cache(256)
def _sealed(content: bytes, bucket: int) -> bytes:
    return age.seal(content.ljust(bucket, b"\0"), [corpus.STUDY.recipient])
