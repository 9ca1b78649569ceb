"""Redo a draw without Souspli: python verify_draw.py CERTIFICATE FRAME SALT BEACON.

CERTIFICATE is the published JSON, FRAME the frame in canonical form, SALT a file of 64 hexadecimal
digits, BEACON the public randomness as its publisher gives it. It prints the frame ids selected,
with their stratum, order and status; it exits 1 and says so if anything differs. How many are
drawn from each stratum is read in the certificate: `souspli draw --verify` works that out too.
"""

import hashlib
import json
import sys
from pathlib import Path


def sha(*parts: bytes) -> bytes:  # noqa: D103 - the title above says it all
    return hashlib.sha256(b"".join(parts)).digest()


certificate = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
frame = Path(sys.argv[2]).read_bytes()
salt = bytes.fromhex(Path(sys.argv[3]).read_text(encoding="ascii").strip())
beacon = bytes.fromhex(sys.argv[4][4:]) if sys.argv[4][:4] == "hex:" else sys.argv[4].encode()
design = json.dumps(
    certificate["design"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
)
frame_hash, design_hash = sha(salt, frame), sha(design.encode())
seed = sha(b"draw/v1\0", frame_hash, b"\0", beacon)
units = [line.split("\t") for line in frame.decode().removesuffix("\n").split("\n")]
units.sort(key=lambda unit: sha(b"ticket/v1\0", seed, b"\0", unit[0].encode()))
codes = sorted({stratum for _id, stratum, _cluster, _size in units})
selected = ""
for s in certificate["strata"]:
    ids = [unit[0] for unit in units if codes.index(unit[1]) + 1 in s["members"]]
    for order, id_ in enumerate(ids[: s["n_h"] + s["reserve"]], start=1):
        status = "released" if order <= s["n_h"] else "reserve"
        selected += f"{id_}\t{s['stratum']}\t{order}\t{status}\n"
found = {"frame_hash": frame_hash, "commitment": sha(frame_hash, design_hash), "seed": seed}
found["selection_hash"] = sha(b"selection/v1\0", salt, selected.encode())
different = [name for name, value in found.items() if value.hex() != certificate[name]]
report = selected + "".join(f"different: {name}\n" for name in different)
sys.stdout.buffer.write(report.encode())
sys.exit(1 if different else 0)
