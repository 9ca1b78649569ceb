"""Taking in sealed records: what can be checked without opening one, bundle by bundle, record by record.

`vouching.py` says whose a bundle is and what its ledger is worth; `intake.py` takes each record in, or sets
it aside with the reason. Nothing holds up anything else. What was taken in is told in a signed
receipt beside the bundle, so that the laptop may let go of it. Nothing here can read an answer:
`unseal.py` compares what is inside with what is outside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import custody
from export.bars import Track, quiet
from export.collecting import (
    bundles,
    index,
    intake,
    receipts,
    refused,
    vouching,
    whereabouts,
)
from export.collecting.bundles import Bundle, Source
from export.collecting.index import Hashes, Index
from export.collecting.intake import Arrival, Door, Expected, Quarantined, Reason
from export.collecting.vouching import Fault, Vouched
from export.collecting.whereabouts import Whereabouts
from export.cores import Crew, crew
from export.laptops import accounts
from export.laptops.accounts import Account
from export.study import Study
from interviewer.draft import SUFFIX as DRAFT
from interviewer.files import alone
from interviewer.outbox import LINK, RECORD
from surveys.problems import Refusal


@dataclass(frozen=True, slots=True)
class FromBundle:
    """What came of one bundle: ids taken in, ids that were there already, files set aside.

    `device` is '' where no laptop of the study can be told. `faults` are of the bundle as a whole.
    `drafts` counts interviews under way handed over and not yet recovered, `others` what is no file of ours.
    `refused` are the ids of withdrawn records that were met again, `withdrawn` counts those that another
    desk has withdrawn and this one has not.
    `receipt` is None where none was written, and `refusal` says why where the disk refused it.
    """

    folder: Path
    device: str
    faults: tuple[Fault, ...]
    taken: tuple[str, ...]
    known: tuple[str, ...]
    quarantined: tuple[Quarantined, ...]
    drafts: int
    others: int
    refused: tuple[str, ...] = ()
    withdrawn: int = 0
    receipt: Path | None = None
    refusal: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong with the bundle, any record in it, or its receipt.

        A withdrawn record that lies in it is wrong: it is to be deleted there.
        """
        wrong = self.faults or self.quarantined or self.refused or self.withdrawn
        return not (wrong or self.refusal)


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of a collection, by bundle, and what is now known of the laptops they are of."""

    bundles: tuple[FromBundle, ...]
    laptops: tuple[Whereabouts, ...]

    @property
    def taken(self) -> tuple[str, ...]:
        """The ids taken in."""
        return tuple(one for found in self.bundles for one in found.taken)

    @property
    def known(self) -> tuple[str, ...]:
        """The ids that were there already."""
        return tuple(one for found in self.bundles for one in found.known)

    @property
    def quarantined(self) -> tuple[Quarantined, ...]:
        """The files set aside."""
        return tuple(one for found in self.bundles for one in found.quarantined)

    @property
    def refused(self) -> tuple[str, ...]:
        """The ids of withdrawn records that were met again, none of which was taken in."""
        return tuple(dict.fromkeys(one for found in self.bundles for one in found.refused))

    @property
    def is_clean(self) -> bool:
        """Whether all that the laptops sealed is here, and nothing is wrong with anything found."""
        return all(one.is_clean for one in self.bundles) and not any(
            one.missing for one in self.laptops
        )


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is the same for every bundle: the study, its index, who works, what is known of all records.

    `noted` are the withdrawn records that the study's ledger vouches for.
    """

    study: Study
    key: Ed25519PrivateKey
    index: Index
    crew: Crew
    like: Expected
    begun_by: Mapping[str, str]
    withdrawn: Set[str]
    noted: Set[str]
    track: Track


def collect(
    study: Study, paths: Sequence[Path], key: Ed25519PrivateKey, track: Track = quiet
) -> Collected:
    """Take in the records of some bundles, of those in some folders, or of copies of the study folder.

    Again changes nothing. `key` is the study's signing key, for the receipts. Raises Refusal, before
    anything is taken in, where a path is no folder that can be read, or the key is another's.
    """
    custody.require_signer(key, study.signer)
    sources = bundles.found_in(paths)
    with alone(study.collected / index.LOCK):
        vouched = vouching.all_vouched(study, sources)
        with (
            index.opened(study.collected) as noted,
            crew(sum(source.count for source in sources)) as workers,
        ):
            # What any of these desks has withdrawn is taken in from none of them.
            there = {
                one for source in sources if source.is_copy for one in refused.ids(source.folder)
            }
            desk = _Desk(
                study,
                key,
                noted,
                workers,
                intake.expected(study),
                accounts.begun_by(study),
                refused.of_study(study) | there,
                refused.noted(study),
                track,
            )
            came: dict[int, FromBundle] = {}
            laptops: dict[str, Whereabouts] = {}
            for names, places in _by_laptop(vouched).items():
                known = {name: accounts.of_laptop(study, name) for name in names}
                group = [(at, sources[at], vouched[at]) for at in places]
                at_hand = _collected(desk, accounts.joined(known.values()), group, came)
                laptops |= {
                    name: whereabouts.of_account(study, name, account, at_hand)
                    for name, account in known.items()
                }
    return Collected(
        tuple(came[at] for at in range(len(sources))),
        tuple(laptops[name] for name in sorted(laptops)),
    )


def _by_laptop(vouched: Sequence[Vouched]) -> dict[tuple[str, ...], list[int]]:
    """Return the places of what comes from the same laptops: what is known of these is read once."""
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, one in enumerate(vouched):
        found[one.devices].append(at)
    return found


def _collected(
    desk: _Desk,
    account: Account,
    group: Sequence[tuple[int, Source, Vouched]],
    came: dict[int, FromBundle],
) -> Set[str]:
    """Take in all that comes from some laptops, and write the receipts; return the ids at hand."""
    verified: set[str] = set()
    at_hand: set[str] = set()
    for at, source, vouched in group:
        if not source.is_open:
            came[at] = FromBundle(source.folder, "", vouched.faults, (), (), (), 0, 0)
            continue
        bundle = bundles.copied(source.folder) if source.is_copy else bundles.listed(source.folder)
        came[at] = _taken_in(desk, source, bundle, vouched, account)
        verified |= {*came[at].taken, *came[at].known}
        at_hand |= {one for one in bundle.records if f"{one}{RECORD}" in bundle.names}
    for at, _source, vouched in group:
        came[at] = _with_receipt(desk, came[at], vouched, account, verified)
    return at_hand


def _taken_in(
    desk: _Desk, source: Source, bundle: Bundle, vouched: Vouched, account: Account
) -> FromBundle:
    door = Door(source.folder, desk.study.collected, desk.like)
    there = refused.ids(source.folder) if source.is_copy else frozenset()
    wrong = [intake.set_aside(door, name) for name in bundle.strangers]
    taken: list[str] = []
    known: list[str] = []
    met: list[str] = []
    sums: dict[str, str] = {}
    arrivals = _arrivals(desk, source, bundle, vouched, account)
    verdicts = desk.crew.spread(intake.take_in, door, arrivals)
    for _record_id, verdict in zip(desk.track(bundle.records), verdicts, strict=True):
        wrong.extend(verdict.aside)
        sums.update(verdict.sums)
        met += [verdict.id] if verdict.is_withdrawn else []
        if verdict.hashes is not None:
            desk.index.add(verdict.id, verdict.hashes)
            (taken if verdict.is_new else known).append(verdict.id)
    desk.index.keep()
    return FromBundle(
        folder=bundle.folder,
        device=vouched.devices[0] if vouched.devices and not source.is_copy else "",
        faults=_faults(desk.study, source, bundle, vouched, sums),
        taken=tuple(taken),
        known=tuple(known),
        quarantined=tuple(wrong),
        drafts=sum(_is_to_recover(desk, name) for name in bundle.drafts),
        others=bundle.others,
        refused=tuple(met),
        withdrawn=len(there - refused.of_study(desk.study)),
    )


def _arrivals(
    desk: _Desk,
    source: Source,
    bundle: Bundle,
    vouched: Vouched,
    account: Account,
) -> Iterator[Arrival]:
    """Yield each record of a bundle with what is known of it."""
    for record_id in bundle.records:
        begun_by = desk.begun_by.get(record_id)
        yield Arrival(
            id=record_id,
            has_record=f"{record_id}{RECORD}" in bundle.names,
            has_link=f"{record_id}{LINK}" in bundle.names,
            digest=account.ended.get(record_id, ""),
            unvouched=_unvouched(source, record_id, vouched, account),
            is_contested=begun_by is not None and begun_by not in vouched.devices,
            is_withdrawn=record_id in desk.withdrawn,
        )


def _unvouched(source: Source, record_id: str, vouched: Vouched, account: Account) -> Reason:
    """Return why a record that no ledger says was sealed is not taken in."""
    if "forked" in vouched.faults:
        return "forked"
    return "recovered" if source.is_copy and record_id in account.begun else "unvouched"


def _is_to_recover(desk: _Desk, draft: str) -> bool:
    record_id = draft.removesuffix(DRAFT)
    return (
        record_id not in desk.withdrawn
        and not (desk.index.known(record_id) or Hashes("", "")).record
    )


def _faults(
    study: Study, source: Source, bundle: Bundle, vouched: Vouched, sums: Mapping[str, str]
) -> tuple[Fault, ...]:
    """Return what is wrong with a bundle, once its files were read."""
    if source.is_copy:
        return vouched.faults
    named = vouched.devices[0] if vouched.is_signed else bundles.device_named(bundle.folder)
    is_whole = vouched.is_covered and bundles.is_whole(bundle, study.id, named, sums)
    return vouched.faults if is_whole else ("torn", *vouched.faults)


def _with_receipt(
    desk: _Desk, came: FromBundle, vouched: Vouched, account: Account, verified: Set[str]
) -> FromBundle:
    """Write the receipt of a bundle that its laptop signed, unless it parted from the one seen before."""
    if not vouched.is_signed or "forked" in vouched.faults:
        return came
    # Only what the signed ledger says was withdrawn: a laptop deletes what a receipt covers.
    here = verified | desk.noted
    try:
        path = receipts.write(desk.study, came.folder, came.device, account, here, desk.key)
    except Refusal as error:
        return replace(came, refusal=str(error))
    return replace(came, receipt=path)
