"""`souspli status`: what is where, on a laptop or on the study lead's desk; no passphrase is needed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from export import ledger
from export.collecting import whereabouts
from export.collecting.whereabouts import Desk
from export.commands import in_study
from export.holders import destruction, keyring, proof
from export.ledger import Verified
from export.study import Study, read_study
from export.verbs import status_ledger
from interviewer.device import Device, default_home
from interviewer.whereabouts import Held, Whereabouts, is_enrolled, of_laptop
from surveys import language
from surveys.language import _, ngettext
from surveys.problems import Usage
from surveys.saying import quoted, say, show


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--home", type=Path, metavar="DIR", help=_("a laptop, by its device folder"))
    where.add_argument("--study", type=Path, metavar="DIR", help=_("a study folder"))
    parser.add_argument(
        "--ledger", action="store_true", help=_("what the study's ledger says, line by line")
    )
    parser.add_argument("--json", action="store_true", help=_("print it as JSON"))
    parser.epilog = _(
        "Without either: the laptop, if one is enrolled here, else the study in this folder.\n"
        "example: souspli status --study assore"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what is where; 1 where a laptop's own ledger cannot be read, or the study's does not hold."""
    home, folder = _where(arguments.home, arguments.study)
    if folder is not None:
        study = read_study(folder)
        noted = ledger.verified(study.ledger, study.signer)
        tell = status_ledger.tell if arguments.ledger else _tell_desk
        tell(study, noted, as_json=arguments.json)
        return 1 if noted.faults else 0
    if arguments.ledger:
        raise Usage(_("--ledger is of a study; give --study DIR"))
    return _tell_laptop(of_laptop(Device(home)), as_json=arguments.json)


def _where(home: Path | None, study: Path | None) -> tuple[Path, Path | None]:
    """Return the device folder to look at, and the study folder to look at instead."""
    usual = home or default_home()
    if study is not None or home is not None or is_enrolled(Device(usual)):
        return usual, study
    if Path("study.yaml").exists():
        return usual, Path()
    raise Usage(_("no laptop is enrolled here; give --study DIR or --home DIR"))


# --- a laptop -----------------------------------------------------------------------------------


def _tell_laptop(found: Whereabouts, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    else:
        say("\n".join(told(found)))
    return 1 if found.field.fault or found.practice.fault else 0


def told(found: Whereabouts) -> Iterator[str]:
    """Yield in words what is where on a laptop."""
    yield _("{title}: laptop {device}, kit {version}.").format(
        title=_in_words(found.title), device=found.device, version=found.kit
    )
    if found.is_practice:
        yield _("This study is for practice: nothing here is real.")
    held = found.practice if found.is_practice else found.field
    yield from _held(held)
    if not found.is_practice and (found.practice.drafts or found.practice.waiting):
        yield _("Practice, which never leaves this laptop: {drafts} under way, {n} sealed.").format(
            drafts=found.practice.drafts, n=found.practice.waiting
        )


def _held(held: Held) -> Iterator[str]:
    yield ngettext("{n} interview under way.", "{n} interviews under way.", held.drafts).format(
        n=held.drafts
    )
    yield ngettext(
        "{n} sealed record waits for the next hand-over to the study lead.",
        "{n} sealed records wait for the next hand-over to the study lead.",
        held.waiting,
    ).format(n=held.waiting)
    if held.let_go:
        yield ngettext(
            "{n} was let go of: the study lead has it.",
            "{n} were let go of: the study lead has them.",
            held.let_go,
        ).format(n=held.let_go)
    if held.fault:
        yield _("The ledger cannot be read ({why}); ask the study lead.").format(why=held.fault)
    elif held.head:
        yield _("Head of the ledger, for the daily sheet: {head}").format(head=held.head)


def _in_words(title: Mapping[str, str]) -> str:
    spoken = language.from_environment()
    return title.get(spoken) or next(iter(title.values()), "")


# --- the desk -----------------------------------------------------------------------------------


def _tell_desk(study: Study, noted: Verified, *, as_json: bool) -> None:
    desk = whereabouts.of_study(study)
    if as_json:
        print(json.dumps(_desk_json(study, desk, noted), ensure_ascii=False, indent=1))
    else:
        _show_desk(study, desk)
        _show_holders(study, noted)


def _desk_json(study: Study, desk: Desk, noted: Verified) -> dict[str, object]:
    gone = {one.digest: one.day for one in destruction.destroyed(study)}
    return {
        "study": study.id,
        "title": dict(study.title),
        "practice": study.is_practice,
        "records": desk.records,
        "quarantined": desk.quarantined,
        "ledger": {
            "holds": not noted.faults,
            "lines": len(noted.lines),
            "head": noted.head,
            "faults": [asdict(fault) for fault in noted.faults],
        },
        "keys": [
            {
                "role": held.role,
                "name": held.name,
                "tested": day,
                "destroyed": gone.get(held.public.digest, ""),
            }
            for held, day in proof.tested(study, noted)
        ],
        "devices": [
            {
                **asdict(laptop),
                "missing": list(laptop.missing),
                "tested": enrolled.is_tested,
                "kits": len(enrolled.kits),
            }
            for enrolled, laptop in desk.laptops
        ],
    }


def _show_desk(study: Study, desk: Desk) -> None:
    from rich.table import Table

    from export import layout

    say(_("{title} ({id})").format(title=_in_words(study.title), id=study.id))
    if study.is_practice:
        say(_("This study is for practice: nothing here is real."))
    if desk.laptops:
        columns = (
            _("laptop"),
            _("tested"),
            _("kit"),
            _("ledger lines"),
            _("sheet"),
            _("collected"),
            _("missing"),
            _("under way"),
        )
        table = Table(*columns, box=None, pad_edge=False)
        for enrolled, laptop in desk.laptops:
            numbers = (laptop.collected, len(laptop.missing), laptop.under_way)
            table.add_row(
                enrolled.name,
                _("yes") if enrolled.is_tested else _("no"),
                str(len(enrolled.kits)) if enrolled.kits else "–",
                str(laptop.lines),
                laptop.head or "–",
                *map(str, numbers),
            )
        layout.console().print(table)
    else:
        say(_("No laptop yet; on one: souspli enrol --name NAME"))
    told_records = ngettext("{n} record collected.", "{n} records collected.", desk.records)
    say(told_records.format(n=desk.records))
    if desk.quarantined:
        told_aside = ngettext(
            "{n} file set aside (collected/quarantine).",
            "{n} files set aside (collected/quarantine).",
            desk.quarantined,
        )
        say(told_aside.format(n=desk.quarantined))


def _show_holders(study: Study, noted: Verified) -> None:
    """Show who has shown that they can open, which keys are gone, whether the study's ledger holds."""
    gone = destruction.destroyed(study)
    shown = [
        (held, day)
        for held, day in proof.tested(study, noted)
        if held.public.digest not in {one.digest for one in gone}
    ]
    for held, day in shown:
        told = (
            _("{name}.key ({holder}): opens, as its holder showed on {day}.")
            if day
            else _(
                "{name}.key ({holder}): nobody has shown yet that it opens "
                "(souspli keys test {role}{study})."
            )
        )
        say(
            told.format(
                name=held.name,
                holder=keyring.in_words(held.role),
                day=day,
                role=held.role,
                study=in_study(study),
            )
        )
    for one in gone:
        told = _("{name}.key ({holder}): destroyed on {day}.")
        say(told.format(name=one.name, holder=keyring.in_words(one.role), day=one.day))
        path = study.folder / "keys" / f"{one.name}.key"
        if path.exists():
            say(_("{path}: is still there; run again:").format(path=path))
            show(f"souspli keys destroy --key {quoted(path)}{in_study(study)}")
    say("\n".join(status_ledger.told(noted)))
