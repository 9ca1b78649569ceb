"""The text of a PDF that Typst made, read from its bytes."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)\s*endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\n(.*?)\nendstream", re.DOTALL)  # what it holds may end with \r
_FLAT = rb"\((?:[^()\\]|\\.)*\)"
_NESTED = rb"\((?:[^()\\]|\\.|" + _FLAT + rb")*\)"  # pairs need no backslash
_STRING = rb"\((?:[^()\\]|\\.|" + _NESTED + rb")*\)"
_SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|" + _STRING, re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:([0-7]{3})|(.))", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(pdf: bytes) -> list[str]:
    """Return the letters of each page in the order they are set, without spaces or hyphens."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    found = []
    for body in objects.values():
        if b"/Type/Page/" in body:
            resources = _value(objects, body, rb"/Resources")
            fonts = _value(objects, resources, rb"/Font")
            maps = {
                name: _letters(objects, objects[int(number)])
                for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", fonts)
            }
            content = _content(objects[_reference(body, rb"/Contents")])
            found.append(bare(_text(content, maps)))
    return found


def bare(text: str) -> str:
    """Return a text without spaces and hyphens, which line breaks add and take away."""
    return "".join(text.replace("-", "").replace("\u00ad", "").replace("‐", "").split())


def _reference(body: bytes, key: bytes) -> int:
    match = re.search(key + rb" (\d+) 0 R", body)
    assert match is not None
    return int(match[1])


def _value(objects: dict[int, bytes], body: bytes, key: bytes) -> bytes:
    match = re.search(key + rb" (\d+) 0 R", body)
    return objects[int(match[1])] if match else body[body.index(key) :]


def _content(body: bytes) -> bytes:
    match = _STREAM.search(body)
    assert match is not None
    return zlib.decompress(match[1])


def _letters(objects: dict[int, bytes], font: bytes) -> dict[int, str]:
    table = _content(objects[_reference(font, rb"/ToUnicode")])
    return {
        int(glyph, 16): bytes.fromhex(letters.decode()).decode("utf-16-be")
        for glyph, letters in re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", table)
    }


def _text(content: bytes, maps: dict[bytes, dict[int, str]]) -> str:
    letters: dict[int, str] = {}
    shown = []
    for match in _SHOWN.finditer(content):
        if match[1] is not None:
            letters = maps[match[1]]
            continue
        written = _ESCAPE.sub(
            lambda one: bytes([int(one[1], 8)]) if one[1] else _NAMED.get(one[2], one[2]),
            match[0][1:-1],
        )
        shown += [
            letters.get(int.from_bytes(written[place : place + 2], "big"), "")
            for place in range(0, len(written), 2)
        ]
    return "".join(shown)
