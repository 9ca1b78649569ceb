"""The end of a key: what becomes unreadable without it, its destruction, and which were destroyed.

Destroying a wave's study key is what destroys its records, wherever copies of them lie, as far as nobody
has a copy of the key, and no escrow key opens them. Destroying the custodian's destroys the link between
records and people. A program can overwrite one file; it cannot reach copies, backups, or what flash memory
keeps of what was overwritten.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import custody, ledger
from export.bars import Track, quiet
from export.commands import in_study
from export.custody import Public
from export.holders import keyring
from export.holders.keyring import Held
from export.study import ROLES, Study
from interviewer import age, outbox
from interviewer.files import sync_folder
from surveys.language import _
from surveys.problems import Refusal


@dataclass(frozen=True, slots=True)
class Toll:
    """What a key opens: records and links collected, and other files of the study folder by name."""

    records: int
    links: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Destroyed:
    """A key that the study's ledger says was destroyed: its holder's role, its name, the day (ISO)."""

    role: str
    name: str
    day: str
    digest: str


# --- before -------------------------------------------------------------------------------------


def whose(study: Study, identities: Sequence[age.Identity]) -> Held:
    """Return which key of the study somebody holds; raises Refusal where it is none of it."""
    own = {Public.of(one).digest for one in identities if isinstance(one, age.HybridIdentity)}
    found = next((held for held in keyring.of_study(study) if held.public.digest in own), None)
    if found is None:
        raise Refusal(_("this key is none of this study's; give --study with its own study"))
    return found


def also_open(study: Study, held: Held) -> tuple[Held, ...]:
    """Return the other keys, not destroyed as far as is known, that what is sealed to this one may open with.

    Answers are sealed to the study's key and the escrow's, links to the custodian's alone.
    """
    gone = {one.digest for one in destroyed(study)} | {held.public.digest}
    together = {"custodian"} if held.role == "custodian" else {"study", "escrow"}
    is_shared = len(study.recipients[held.role]) > 1
    return tuple(
        one
        for one in keyring.of_study(study)
        if one.role in together
        and one.public.digest not in gone
        and (one.role != held.role or is_shared)
    )


def toll(study: Study, identities: Sequence[age.Identity], track: Track = quiet) -> Toll:
    """Return what some identities open of a study folder, by headers alone: no answer is decrypted.

    What is damaged so that its header cannot be read does not count.
    """
    names = track(outbox.ids(study.collected))
    records = links = 0
    for name in names:
        records += _is_opened(study.collected / f"{name}{outbox.RECORD}", identities)
        links += _is_opened(study.collected / f"{name}{outbox.LINK}", identities)
    others = (study.draw / "crosswalk.age", study.devices / "assignments.age")
    files = [path for path in others if _is_opened(path, identities)]
    return Toll(records, links, tuple(path.relative_to(study.folder).as_posix() for path in files))


def _is_opened(path: Path, identities: Sequence[age.Identity]) -> bool:
    try:
        with path.open("rb") as source:
            return age.opens(source, identities)
    except (OSError, age.AgeError):
        return False


# --- done ---------------------------------------------------------------------------------------


def note(
    study: Study,
    held: Held,
    count: int,
    key: Ed25519PrivateKey,
    now: datetime,
    *,
    told: bool = False,
) -> None:
    """Note in the study's ledger that a key is destroyed; noted twice, it is noted once.

    `key` signs: the one derived from the key that goes, or the study's signing key where the lead was
    `told` by its holder. `count` are the records or links that become unreadable. Raises Refusal
    where nobody has introduced who signs.
    """
    noted = ledger.verified(study.ledger, study.signer)
    signer = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    if noted.sound and signer not in noted.names:
        raise Refusal(
            _(
                "the study's ledger does not know this key, for its holder was never tested; either the "
                "lead does that now (souspli keys test {role}{study}), or destroy it without --study and "
                "the lead notes it (souspli keys destroy --told {name}{study})"
            ).format(role=held.role, name=held.name, study=in_study(study))
        )
    if held.public.digest in {one.sha256 for one in noted.sound if one.event == "destroy"}:
        return
    name = f"{held.name}.key"
    what = f"{name}, as its holder says" if told else name
    digest = held.public.digest
    ledger.append(study.ledger, "destroy", what, count, key=key, sha256=digest, now=now)


def require_destroyable(path: Path) -> None:
    """Raise Refusal where a path is no file of its own, or cannot be overwritten."""
    if path.is_symlink() or not path.is_file():
        raise Refusal(_("{path}: is not a file; give the key file itself").format(path=path))
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise Refusal(
            _("{path}: cannot be overwritten here; make file and folder writable").format(path=path)
        )


def erase(path: Path, chance: Callable[[int], bytes]) -> None:
    """Overwrite a key file with as many random bytes, make that durable, and remove it.

    `chance` gives random bytes. Raises Refusal where the disk refuses: the key may then still be there.
    """
    try:
        # Under another name first: what a crash leaves is then no key that is asked for any more.
        gone = path.with_name(f".{path.name}.destroyed")
        os.replace(path, gone)
        sync_folder(path.parent)
        with gone.open("r+b", buffering=0) as file:
            file.write(chance(os.fstat(file.fileno()).st_size))
            os.fsync(file.fileno())
        gone.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise Refusal(
            _("{path}: could not be destroyed ({why}); run it again").format(
                path=path, why=error.strerror
            )
        ) from error


# --- since --------------------------------------------------------------------------------------


def destroyed(study: Study) -> tuple[Destroyed, ...]:
    """Return the keys that the study's ledger says were destroyed, in that order."""
    roles = {one.public.digest: one.role for one in keyring.of_study(study)}
    lines = ledger.verified(study.ledger, study.signer).sound
    return tuple(
        Destroyed(roles.get(one.sha256, name.partition("-")[0]), name, one.time[:10], one.sha256)
        for one in lines
        if one.event == "destroy" and (name := one.what.partition(".key")[0])
    )


def require_undestroyed(study: Study, roles: Collection[str] = ROLES) -> None:
    """Raise Refusal where study.yaml names a key of these roles that was destroyed: what is sealed to it is lost."""
    now = {custody.digest(text) for role in roles for text in study.recipients[role]}
    for one in destroyed(study):
        if one.digest in now:
            raise Refusal(
                _(
                    "{name}.key was destroyed on {day}, and study.yaml still names it; make new keys "
                    "first: souspli keys rotate{study}"
                ).format(name=one.name, day=one.day, study=in_study(study))
            )
