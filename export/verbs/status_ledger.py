"""`souspli status --ledger`: what a study's ledger says, line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from export import ledger
from export.ledger import Verified
from export.study import Study
from surveys.language import _, ngettext, printable
from surveys.saying import say


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
    say(_("line, time (UTC), what was done (to how many): what for · by whose key"))
    say("\n".join((*lines_told(noted), *told(noted))))


def lines_told(noted: Verified) -> Iterator[str]:
    """Yield the ledger line by line: number, time, what was done, to how many, what for, by whose key.

    A count of 0 is not shown: most lines are of no records. Who signed is “?” where that is not sure.
    """
    width = len(str(max(noted.lines, default=1)))
    for number, line in noted.lines.items():
        time = printable(line.time.removesuffix("+00:00").replace("T", " "))
        event = ledger.event_in_words(line.event)
        counted = f"{event} ({line.count})" if line.count else event
        signer = noted.signer(number) or "?"
        yield f"{number:<{width}}  {time}  {counted}: {printable(line.what)} · {signer}"


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
