"""What age alone cannot open, opened without Souspli: an interview under way, and a laptop's vault.

python by_hand.py wrap ID.draft > wrap.age    the draft's key, as an age file to the study's key
python by_hand.py draft ID.draft < KEY        its frames, one a line; KEY is what wrap.age holds
python by_hand.py vault VAULT < PASSPHRASE    the laptop's age identity, for `age --identity`

It needs Python 3.11 and the library `cryptography` (49 or newer), and nothing of Souspli.
"""

import base64
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

what, path = sys.argv[1], Path(sys.argv[2])
content = path.read_bytes()
if what == "vault":
    found = json.loads(content)
    kdf = found["kdf"]
    told = json.dumps(kdf, sort_keys=True, separators=(",", ":")).encode()
    passphrase = sys.stdin.buffer.readline().rstrip(b"\n")
    key = Argon2id(
        salt=base64.b64decode(kdf["salt"]),
        length=32,
        iterations=kdf["iterations"],
        lanes=kdf["lanes"],
        memory_cost=kdf["memory"],
    ).derive(passphrase)
    for name, context in (("wrapped", told), ("keys", b"keys")):
        sealed = base64.b64decode(found[name])
        key = ChaCha20Poly1305(key).decrypt(
            sealed[:12], sealed[12:], b"souspli/vault/v1\0" + context
        )
    print(json.loads(key)["identity"])
    sys.exit()

start = 20 + int.from_bytes(content[16:20], "big")
head = json.loads(content[20:start])
if what == "wrap":
    sys.stdout.buffer.write(base64.b64decode(head["study"]))
    sys.exit()

key, size = sys.stdin.buffer.read(), head["capacity"] + 36
for number, at in enumerate(range(start, len(content), size)):
    frame = content[at : at + size]
    each = HKDF(SHA256(), 32, frame[:16], b"souspli/frame/v1\0").derive(key)
    about = b"draft/" + path.stem.encode() + b"\0" + number.to_bytes(8, "big")
    try:
        opened = ChaCha20Poly1305(each).decrypt(bytes(12), frame[16:], about)
    except InvalidTag:
        sys.exit(f"frame {number} does not open: it was torn, or the key is another's")
    print(opened[4 : 4 + int.from_bytes(opened[:4], "big")].decode())
