"""Ways to spoil bytes: by bits and pieces, by lines, and by the fields of JSON.

Each takes its randomness, what to spoil, and other seeds to borrow from, so that the same seed of a
campaign spoils alike. Nothing grows beyond LARGEST: what a reader takes of a machine can then be
held against the size of what it was given.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

LARGEST = 256 * 1024  # bytes of an input

Mutator = Callable[[Random, bytes, Sequence[bytes]], bytes]

_BYTES = b"\x00\x01\x07\x08\x0a\x0d\x20\x22\x2d\x2f\x5c\x7f\x80\xc0\xff"
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
TEXTS = (
    "",
    " ",
    "0",
    "-1",
    "1e999",
    "NaN",
    "٣",
    "²",
    "𝟙",
    "İ",
    "ß",
    "\0",
    "\n",
    "\r",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\ud800",
    "e" + "\u0301" * 500,
    "=1+1",
    "%s{0}{name}",
    "{",
    "[",
    '"',
    "'",
    "\\",
    "${x}",
    "../../x",
    "/etc/hostname",
    "CON",
    "-",
    "." * 300,
    "9" * 20,
    "9" * 310,
    "9" * 5_000,
    "1/0",
    "9999-12-31",
    "0000-00-00",
    "2022-W99",
    "a" * 70_000,
    "(a+)+$",
)
# Beginnings, pieces that are said again and again, and ends: what an expression may read many times.
_BEGUN, _ENDED = ("", "a@", "${", '"'), ("", "x", " x", "!", "}")
_AGAIN: tuple[str, ...] = (
    *"a _1.-,;:'\"([{\\/=$@\t",
    "${",
    "a ",
    "a.",
    "1.",
    "--",
    "é",
    "()",
    "a=",
    "\u200b",
)
_RAW = (  # texts of JSON that no value of Python is written as
    "[" * 50_000 + "]" * 50_000,
    '{"a":' * 20_000 + "1" + "}" * 20_000,
    "[" * 1_500 + "]" * 1_500,
    "9" * 400,
    "9" * 4_000,
    "9" * 5_000,
    "1e999",
    "-1e999",
    "NaN",
    "-0",
    "1E400000",
    '"\\ud800"',
    '{"a":1,"a":2}',
    "",
)
_VALUES = (
    *("null", "true", "false", "0", "1", "-1", "2", "255", "65536", "0.5", "1e308", '""', '"x"'),
    *(str(2**31), str(2**32), str(2**63), str(2**64), str(10**30), str(-(10**30))),
    *("[]", "{}", "[[]]", '{"":""}', "[null]", "[0,0]", '["a","b"]', '{"a":"b"}'),
)


def _nasty(random: Random) -> str:
    """Return a text that somebody should have thought of; one time in four a long one."""
    if random.randrange(4):
        return random.choice(TEXTS)
    pumped = random.choice(_AGAIN) * random.choice((300, 20_000, 100_000))
    return random.choice(_BEGUN) + pumped + random.choice(_ENDED)


def pieces(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Return bytes of which some are flipped, cut out, doubled, moved, or another seed's."""
    found = bytearray(content)
    for _turn in range(_few(random)):
        at = random.randrange(len(found) + 1)
        end = min(len(found), at + random.choice((1, 1, 2, 4, 16, 64, 1024)))
        match random.randrange(9):
            case 0 if at < len(found):
                found[at] ^= 1 << random.randrange(8)
            case 1 if at < len(found):
                found[at] = random.choice(_BYTES)
            case 2:
                del found[at:end]
            case 3:
                found[at:at] = found[at:end] * random.choice((1, 1, 2, 100))
            case 4:
                del found[at:]
            case 5:
                found[at:at] = random.randbytes(random.choice((1, 4, 64)))
            case 6:
                number, width = random.choice(_NUMBERS), random.choice((1, 2, 4, 8))
                kept = number % (1 << 8 * width)
                found[at : at + width] = kept.to_bytes(width, random.choice(("big", "little")))
            case 7:
                other = random.choice(others)
                start = random.randrange(len(other) + 1)
                found[at:end] = other[start : start + random.choice((4, 64, 4096))]
            case _:
                found[at:end] = _nasty(random).encode("utf-8", "surrogatepass")
    return bytes(found[:LARGEST])


def lines(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Return a text of which lines or words are cut out, doubled, moved, or others' or nasty ones."""
    found = content.split(b"\n")
    for _turn in range(_few(random)):
        at, to = random.randrange(len(found)), random.randrange(len(found))
        match random.randrange(8):
            case 0 if len(found) > 1:
                del found[at]
            case 1:
                found[to:to] = [found[at]] * _times(random, found[at], (1, 1, 2, 300))
            case 2:
                found[at], found[to] = found[to], found[at]
            case 3:
                found[at] = random.choice(random.choice(others).split(b"\n"))
            case 4:
                found[at] = pieces(random, found[at], others)
            case _:
                found[at] = _reworded(random, found[at])
        if sum(map(len, found)) > LARGEST:
            break
    return b"\n".join(found)[:LARGEST]


def _times(random: Random, piece: bytes, often: Sequence[int]) -> int:
    """Return how often to say a piece again, so that all of it is no longer than an input may be."""
    return max(1, min(random.choice(often), LARGEST // (len(piece) + 1)))


def _reworded(random: Random, line: bytes) -> bytes:
    """Return a line of which one word is another of its own, cut out, or a nasty one."""
    mark = random.choice(b" ,;\t:\"'{}[]()=.-")
    words = line.split(bytes([mark]))
    at = random.randrange(len(words))
    match random.randrange(5):
        case 0 if len(words) > 1:
            del words[at]
        case 1:
            words[at] = random.choice(words)
        case 2:
            words[at:at] = [words[at]] * _times(random, words[at], (1, 2, 300))
        case _:
            words[at] = _nasty(random).encode("utf-8", "surrogatepass")
    return bytes([mark]).join(words)[:LARGEST]


# --- JSON -----------------------------------------------------------------------------------------


def fields(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Return JSON of which some fields are of another type, gone, doubled, moved, or nasty.

    Text that stands for bytes (base64) is spoiled as bytes. One time in ten it is the text of the
    JSON that is spoiled; always, where it is no JSON.
    """
    if random.randrange(10) == 0:
        return pieces(random, content, others)
    try:
        holder = [json.loads(content)]
    except (ValueError, RecursionError):
        return pieces(random, content, others)
    raw: list[str] = []
    for _turn in range(_few(random)):
        _spoil(random, holder, raw)
    text = json.dumps(holder[0], ensure_ascii=random.random() < 0.5, separators=(",", ":"))
    for number, nasty in enumerate(raw):  # once: the mark may have been copied hundreds of times
        text = text.replace(f'"{_mark(number)}"', nasty, 1)
    return text.encode("utf-8", "surrogatepass")[:LARGEST]


def _mark(number: int) -> str:
    return f"@raw{number}@"


def _spoil(random: Random, holder: list[Any], raw: list[str]) -> None:
    """Spoil one field of what a list of one holds."""
    places = list(_places(holder))
    container, key = random.choice(places)
    match random.randrange(9):
        case 0:
            container[key] = json.loads(random.choice(_VALUES))
        case 1:
            container[key] = _nasty(random)
        case 2:
            raw.append(random.choice(_RAW))
            container[key] = _mark(len(raw) - 1)
        case 3 if container is not holder:
            del container[key]
        case 4 if isinstance(container, dict):
            new = random.choice((*TEXTS[:20], "a" * 1000, str(key) + "x"))
            container[new] = _copied(container[key])[0]
        case 5:
            other, there = random.choice(places)
            if other is not container:
                container[key] = _copied(other[there])[0]
        case 6:
            container[key] = _retyped(container[key])
        case 7 if isinstance(container, list):
            container[key:key] = _copied(container[key], random.choice((1, 2, 500)))
        case _:
            container[key] = _near(random, container[key])


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (container, key) of every field inside."""
    stack = [value]
    while stack:
        one = stack.pop()
        items = one.items() if isinstance(one, dict) else enumerate(one)
        for key, inner in list(items):
            yield one, key
            if isinstance(inner, dict | list):
                stack.append(inner)


def _copied(value: Any, times: int = 1) -> list[Any]:
    """Return copies of a value, none of which is another: as many as are not too long together."""
    text = json.dumps(value)
    return [json.loads(text) for _copy in range(max(1, min(times, LARGEST // len(text))))]


def _retyped(value: Any) -> Any:
    match value:
        case bool():
            return int(value)
        case int() | float():
            return str(value)
        case str():
            return [value]
        case list():
            return {str(at): one for at, one in enumerate(value)}
        case dict():
            return [[key, one] for key, one in value.items()]
        case _:
            return "None"


def _near(random: Random, value: Any) -> Any:
    """Return something of the same type, little else than it was."""
    match value:
        case bool():
            return not value
        case int() | float():
            far = random.choice((-value, 2**31, 2**63, 10**30, 10**400, -(10**400), 10**4_000))
            near = value + random.choice((-1, 1, 0.5)) if abs(value) < 2**512 else 0
            return random.choice((near, far))
        case str():
            return _respelled(random, value)
        case list():
            return random.sample(value, len(value)) * random.choice((1, 1, 2))
        case dict():
            return dict(random.sample(list(value.items()), len(value)))
        case _:
            return value


def _respelled(random: Random, text: str) -> str:
    decoded = _decoded(text)
    if decoded and random.random() < 0.7:
        return base64.b64encode(pieces(random, decoded, (decoded,))).decode("ascii")
    at = random.randrange(len(text) + 1)
    match random.randrange(6):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + _nasty(random) + text[at:]
        case 2 if at < len(text):
            return text[:at] + chr(ord(text[at]) ^ 1 << random.randrange(5)) + text[at + 1 :]
        case 3:
            return text * min(random.choice((2, 200)), LARGEST // (len(text) + 1))
        case 4:
            return text.swapcase()
        case _:
            return text[:at] + text[at + 1 :]


def _decoded(text: str) -> bytes:
    """Return what base64 stands for; nothing where a text is none, or too short to be meant so."""
    if len(text) < 24 or len(text) % 4:
        return b""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _few(random: Random) -> int:
    """Return how often to spoil: mostly once, so that what follows is reached."""
    return random.choice((1, 1, 1, 1, 2, 2, 3, 6))
