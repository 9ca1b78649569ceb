"""`souspli status --ledger`: what a study's ledger says, line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from export import ledger
from export.ledger import Verified
from export.study import Study
from surveys.language import _, ngettext, printable


def tell(study: Study, noted: Verified, *, as_json: bool) -> None:
    """Print the ledger line by line, and whether it holds."""
    if as_json:
        found = {
            "study": study.id,
            "head": noted.head,
            "faults": [asdict(fault) for fault in noted.faults],
            "lines": [
                {"line": number, **asdict(line), "signed_by": noted.signer(number)}
                for number, line in noted.lines.items()
            ],
        }
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    _show_lines(noted)
    print("\n".join(told(noted)))


def _show_lines(noted: Verified) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        _("line"),
        _("time (UTC)"),
        _("event"),
        _("what for"),
        _("count"),
        _("signed by"),
        box=None,
        pad_edge=False,
    )
    for number, line in noted.lines.items():
        table.add_row(
            str(number),
            printable(line.time.removesuffix("+00:00").replace("T", " ")),
            ledger.event_in_words(line.event),
            printable(line.what),
            str(line.count),
            noted.signer(number) or "?",
        )
    Console(markup=False, highlight=False).print(table)


def told(noted: Verified) -> Iterator[str]:
    """Yield in words whether a study's ledger holds."""
    for fault in noted.faults:
        yield _("The study's ledger, line {n}: {why}.").format(
            n=fault.line, why=ledger.why(fault.reason)
        )
    n = len(noted.lines)
    if noted.faults:
        yield _("The study's ledger does not hold: compare it with a copy.")
    else:
        yield ngettext(
            "The study's ledger holds: {n} line; its head, to be noted elsewhere: {head}",
            "The study's ledger holds: {n} lines; its head, to be noted elsewhere: {head}",
            n,
        ).format(n=n, head=noted.short)
