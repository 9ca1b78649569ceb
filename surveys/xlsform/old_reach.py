"""How far the cells of an old .xls reach, read before a grid is made of them.

An .xls is a small file system of sectors (Microsoft, [MS-CFB]) that holds one stream of records
([MS-XLS]); a record is its number, its length and its bytes, and those of cells begin with row and
column, from 0. Nothing else of it is read here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_BEGINS = (0x0009, 0x0209, 0x0409, 0x0809)  # of a sheet, or of the book
_CELL = frozenset((2, 3, 4, 5, 6, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x206, 0x27E, 0x406))
_CELLS = frozenset((0xBD, 0xBE))  # several side by side: the last two bytes are the last column
_LAST = 0xFFFFFFFA  # and above: no sector
_NAMES = ("Workbook", "Book")


class Broken(Exception):
    """The file is not what it says it is."""


def reaches(content: bytes) -> list[tuple[int, int]]:
    """Return (rows, columns) of each sheet; raises Broken where the file cannot be followed."""
    try:
        return list(_reaches(_stream(content)))
    except (struct.error, LookupError, ValueError, OverflowError, StopIteration) as error:
        raise Broken from error


def _reaches(stream: bytes) -> Iterator[tuple[int, int]]:
    rows = columns = at = 0
    while at + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, at)
        if number in _BEGINS:
            yield rows, columns
            rows = columns = 0
        elif (number in _CELL or number in _CELLS) and length >= 4:
            row, column = struct.unpack_from("<HH", stream, at + 4)
            if number in _CELLS:
                column = max(column, *struct.unpack_from("<H", stream, at + 2 + length))
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        at += 4 + length
    yield rows, columns


def _stream(content: bytes) -> bytes:
    """Return the bytes of the stream that holds the workbook."""
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    directory, least, mini_table = struct.unpack_from("<I4xII", content, 48)
    size = 1 << shift
    table = _table(content, size)
    entries = _chained(content, directory, table, size, size)
    streams = dict(_entries(entries))
    start, length = next(streams[name] for name in _NAMES if name in streams)
    if length >= least:
        return _chained(content, start, table, size, size)[:length]
    small = _chained(content, streams["Root Entry"][0], table, size, size)
    links = _numbers(_chained(content, mini_table, table, size, size))
    return _chained(small, start, links, 1 << mini_shift, 0)[:length]


def _table(content: bytes, size: int) -> list[int]:
    """Return, for each sector, the one that follows it."""
    sectors = [one for one in struct.unpack_from("<109I", content, 76) if one < _LAST]
    further = struct.unpack_from("<I", content, 68)[0]
    seen: set[int] = set()
    while further < _LAST and further not in seen:
        seen.add(further)
        numbers = _numbers(_sector(content, further, size, size))
        sectors.extend(one for one in numbers[:-1] if one < _LAST)
        further = numbers[-1]
    if len(sectors) > len(content) // size:
        raise ValueError
    return [one for sector in sectors for one in _numbers(_sector(content, sector, size, size))]


def _entries(directory: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield name → (first sector, length) of each stream."""
    for at in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")
        yield name, struct.unpack_from("<II", directory, at + 116)


def _chained(content: bytes, first: int, table: list[int], size: int, header: int) -> bytes:
    parts: list[bytes] = []
    sector = first
    while sector < _LAST:
        parts.append(_sector(content, sector, size, header))
        if len(parts) > len(table):
            raise ValueError
        sector = table[sector]
    return b"".join(parts)


def _sector(content: bytes, sector: int, size: int, header: int) -> bytes:
    start = header + sector * size
    return content[start : start + size]


def _numbers(content: bytes) -> list[int]:
    whole = len(content) // 4
    return list(struct.unpack_from(f"<{whole}I", content))
