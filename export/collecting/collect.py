"""Taking in sealed records: what can be checked without opening one, bundle by bundle, record by record.

`vouching.py` says whose a bundle is and what its ledger is worth; `intake.py` takes each record in, or sets
it aside with the reason. Nothing holds up anything else. What was taken in is told in a signed
receipt beside the bundle, so that the laptop may let go of it. Nothing here can read an answer:
`unseal.py` compares what is inside with what is outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import custody
from export.bars import Track, quiet
from export.collecting import bundles, intake, receipts, vouching, whereabouts
from export.collecting.bundles import Bundle
from export.collecting.index import Index, opened
from export.collecting.intake import Expected, Quarantined
from export.collecting.vouching import Fault, Vouched
from export.collecting.whereabouts import Whereabouts
from export.study import Study
from interviewer.draft import SUFFIX as DRAFT
from surveys.problems import Refusal


@dataclass(frozen=True, slots=True)
class FromBundle:
    """What came of one bundle: ids taken in, ids that were there already, files set aside.

    `device` is '' where no laptop of the study can be told. `faults` are of the bundle as a whole.
    `drafts` counts interviews under way handed over and not yet recovered, `others` what is no file of ours.
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
    receipt: Path | None = None
    refusal: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong with the bundle, any record in it, or its receipt."""
        return not (self.faults or self.quarantined or self.refusal)


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
    def is_clean(self) -> bool:
        """Whether all that the laptops sealed is here, and nothing is wrong with anything found."""
        return all(one.is_clean for one in self.bundles) and not any(
            one.missing for one in self.laptops
        )


def collect(
    study: Study, paths: Sequence[Path], key: Ed25519PrivateKey, track: Track = quiet
) -> Collected:
    """Take in the records of some bundles, or of the bundles in some folders; again changes nothing.

    `key` is the study's signing key, for the receipts. Raises Refusal, before anything is taken in,
    where a path is no folder that can be read, or the key is another's.
    """
    custody.require_signer(key, study.signer)
    found = bundles.found_in(paths)
    like = intake.expected(study)
    vouched = vouching.all_vouched(study, found)
    with opened(study.collected) as index:
        came = [
            _taken_in(index, bundle, one, like, track)
            for bundle, one in zip(found, vouched, strict=True)
        ]
    at_hand = {record_id for bundle in found for record_id in bundle.records}
    names = sorted({one.device for one in vouched if one.device})
    return Collected(
        tuple(_with_receipt(study, *one, key) for one in zip(came, vouched, strict=True)),
        tuple(whereabouts.of_laptop(study, name, at_hand) for name in names),
    )


def _taken_in(
    index: Index, bundle: Bundle, vouched: Vouched, like: Expected, track: Track
) -> FromBundle:
    taken: list[str] = []
    known: list[str] = []
    wrong = [intake.set_aside(index, path, like) for path in bundle.strangers]
    for record_id in track(sorted(bundle.records)):
        is_new, aside = intake.judge(index, record_id, bundle.records[record_id], like, vouched)
        wrong.extend(aside)
        if is_new is not None:
            (taken if is_new else known).append(record_id)
    return FromBundle(
        folder=bundle.folder,
        device=vouched.device,
        faults=vouched.faults,
        taken=tuple(taken),
        known=tuple(known),
        quarantined=tuple(wrong),
        drafts=sum(index.known(path.name.removesuffix(DRAFT)) is None for path in bundle.drafts),
        others=bundle.others,
    )


def _with_receipt(
    study: Study, came: FromBundle, vouched: Vouched, key: Ed25519PrivateKey
) -> FromBundle:
    """Write the receipt of a bundle that its laptop signed, unless it parted from the one seen before."""
    if not vouched.is_signed or "forked" in vouched.faults:
        return came
    try:
        return replace(came, receipt=receipts.write(study, came.folder, vouched, key))
    except Refusal as error:
        return replace(came, refusal=str(error))
