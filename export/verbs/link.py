"""`souspli link`: the custodian says which records are one person, and of nobody who it is."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from export import bars, custody
from export.collecting import refused
from export.linking import links, persons
from export.linking.links import Unopened
from export.linking.persons import CARD, Persons
from export.study import read_study
from export.verbs import study_option
from interviewer import passphrases
from interviewer.files import write_durably
from surveys.language import _, ngettext
from surveys.problems import Refusal
from surveys.saying import say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    study_option(parser)
    parser.add_argument(
        "--key",
        nargs="+",
        type=Path,
        required=True,
        metavar="FILE",
        help=_("the custodian's key; with the one before it, if it was replaced"),
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help=_("the table to write: a CSV with the columns person and record"),
    )
    parser.add_argument("--json", action="store_true", help=_("print the numbers as JSON"))
    passphrases.describe(parser, _("the custodian's key's, or each key's in their order"))
    parser.epilog = _(
        "Two records are one person's where they hold the same card code, or the same text under an item\n"
        "that is kept for the custodian. The folder may be a copy that holds only study.yaml,\n"
        "instruments/, keys/*.pub and collected/.\n"
        "example: souspli link --study copy --key custodian.key --out persons.csv"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write which records are one person; 1 if a link file could not be opened."""
    study = read_study(arguments.study)
    if arguments.out.exists():
        raise Refusal(_("{path}: exists already; give another name").format(path=arguments.out))
    links.require_some(study.collected)
    withdrawn = refused.of_study(study)
    identities = custody.unlocked(arguments.key, passphrases.Passphrases(arguments.passphrase_fd))
    found = persons.persons(
        links.opened(study.collected, identities, bars.shown(_("Opening"))),
        persons.joining_items(study),
        withdrawn,
    )
    write_durably(arguments.out, persons.table(found.groups, secrets.SystemRandom()))
    for line in unopened(found.unopened):
        say(line, sys.stderr)
    if arguments.json:
        print(json.dumps(_summary(found, arguments.out), ensure_ascii=False, indent=1))
    else:
        say("\n".join(_told(found, arguments.out)))
    return 1 if found.unopened else 0


def unopened(found: tuple[Unopened, ...]) -> Iterator[str]:
    """Yield in words which link files were not opened, and why."""
    for one in found:
        if one.is_aside:
            told = _("a file set aside under the record {id} holds no link that can be used; {why}")
        else:
            told = _("the link file of the record {id} is not used; {why}")
        yield told.format(id=one.id or "–", why=links.why(one.reason))


def _summary(found: Persons, out: Path) -> dict[str, object]:
    joined = sum(map(len, found.groups))
    return {
        "file": str(out),
        "link_files": found.records,
        "without_link": found.without,
        "alone": found.records - found.without - joined,
        "persons": len(found.groups),
        "records": joined,
        "largest": max(map(len, found.groups), default=0),
        "shared": {item or "card": count for item, count in sorted(found.shared.items())},
        "unopened": [asdict(one) for one in found.unopened],
    }


def _told(found: Persons, out: Path) -> Iterator[str]:
    joined = sum(map(len, found.groups))
    yield ngettext("{n} link file opened.", "{n} link files opened.", found.records).format(
        n=found.records
    )
    told_persons = ngettext(
        "{n} person has several records: {joined}, at most {most}.",
        "{n} people have several records: {joined} in all, at most {most} each.",
        len(found.groups),
    )
    yield told_persons.format(
        n=len(found.groups), joined=joined, most=max(map(len, found.groups), default=0)
    )
    for item, count in sorted(found.shared.items()):
        if item == CARD:
            told = ngettext(
                "{n} card code stands in several.", "{n} card codes stand in several.", count
            )
        else:
            told = ngettext(
                "{n} text under {item} stands in several.",
                "{n} texts under {item} stand in several.",
                count,
            )
        yield told.format(n=count, item=item)
    alone = found.records - found.without - joined
    yield _("The only one of its person: {alone}. Without a link: {without}.").format(
        alone=alone, without=found.without
    )
    yield _(
        "{path}: it joins records, and so tells more of each person than they do apart (it is "
        "pseudonymised, not anonymous). Give it to the study lead only if the study foresees it, and "
        "not by the way the records take."
    ).format(path=out)
