"""Redo a draw without Souspli: python verify_draw.py CERTIFICATE FRAME SALT BEACON.

CERTIFICATE is the published JSON, FRAME the frame in canonical form, SALT a file of 64 hexadecimal
digits, BEACON the public randomness as its publisher gives it. It prints the frame ids selected,
with their stratum, order and status; it exits 1 and says so if anything differs. How many are
drawn from each stratum is read in the certificate: `souspli draw --verify` works that out too.
Exit status: 0 the draw is the one of the certificate, 1 it is not, 2 these are not the four arguments.
"""

import hashlib
import json
import sys
from fractions import Fraction
from pathlib import Path


def sha(*parts: bytes) -> bytes:  # noqa: D103 - the title above says it all
    return hashlib.sha256(b"".join(parts)).digest()


USAGE = "usage: python verify_draw.py CERTIFICATE FRAME SALT BEACON (as its first lines say)"
try:
    paper, list_, salt_file, beacon_text = sys.argv[1:]
    certificate = json.loads(Path(paper).read_text(encoding="utf-8"))
    frame = Path(list_).read_bytes()
    salt = bytes.fromhex(Path(salt_file).read_text(encoding="ascii").strip())
    is_hex = beacon_text[:4] == "hex:"
    beacon = bytes.fromhex(beacon_text[4:]) if is_hex else beacon_text.encode()
    design, strata = certificate["design"], certificate["strata"]
    units = [line.split("\t") for line in frame.decode().removesuffix("\n").split("\n")]
    if len(salt) != 32 or any(len(unit) != 4 for unit in units):
        raise ValueError
except (OSError, ValueError, LookupError, TypeError):
    print(USAGE, file=sys.stderr)
    sys.exit(2)

text = json.dumps(design, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
frame_hash, design_hash = sha(salt, frame), sha(text.encode())
seed = sha(b"draw/v1\0", frame_hash, b"\0", beacon)

# The people of the frame in order of ticket, and the strata of the frame by number.
units.sort(key=lambda unit: sha(b"ticket/v1\0", seed, b"\0", unit[0].encode()))
number = {code: at for at, code in enumerate(sorted({unit[1] for unit in units}), start=1)}
selected = ""
for s in strata:
    people, last = [u for u in units if number[u[1]] in s["members"]], s["n_h"]
    kept, groups = last + s["reserve"], [people]
    if design["method"] == "systematic":  # every N/n-th along the list, then the others by ticket
        along = sorted(people, key=lambda unit: (unit[1], unit[2], unit[0]))
        start = Fraction(
            int.from_bytes(sha(b"ticket/v1\0", seed, b"\0systematic/v1"), "big"), 2**256
        )
        first = [along[int((start + k) * len(along) / last)] for k in range(last)]
        groups = [first + [unit for unit in people if unit not in first]]
    if design["method"] in ("clusters", "two_stages"):  # the people of each cluster, by its ticket
        names = {f"{unit[1]}\t{unit[2]}" for unit in people}
        drawn = sorted(names, key=lambda name: sha(b"cluster/v1\0", seed, b"\0", name.encode()))
        groups = [[u for u in people if f"{u[1]}\t{u[2]}" == name] for name in drawn[:kept]]
    if design["method"] == "two_stages":
        last, kept = design["take"], design["take"] + design["reserve"]
    for at, group in enumerate(groups, start=1):
        for rank, unit in enumerate(group, start=1):
            order = at if design["method"] == "clusters" else rank
            status = "released" if order <= last else "reserve"
            selected += f"{unit[0]}\t{s['stratum']}\t{order}\t{status}\n" * (order <= kept)

found = {"frame_hash": frame_hash, "design_hash": design_hash, "seed": seed}
found["commitment"] = sha(frame_hash, design_hash)
found["selection_hash"] = sha(b"selection/v1\0", salt, selected.encode())
different = [name for name, value in found.items() if value.hex() != certificate[name]]
report = selected + "".join(f"different: {name}\n" for name in different)
sys.stdout.buffer.write(report.encode())
sys.exit(1 if different else 0)
