"""Reduces ICU's data from 32 MB to the thirtieth of it that Qt reads here.

This program needs ICU for one thing: Qt sorts names as a language does. It needs no
legacy encodings, and no names of regions, currencies and time zones. The small library
has the name of the whole one, so people can replace it by that.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Final

from tooling.steps import StepError, run_quietly

if TYPE_CHECKING:
    from pathlib import Path

SORTING: Final = re.compile(r"\w+/coll/(res_index|root|ucadata|(ca|de|es|fr|it|pt)\W)")
"""The rules for all languages, and the changes for those of the program."""

FORMAT: Final = b"CmnD"
FORMAT_AT: Final = 12
ENTRY: Final = struct.Struct("<II")
COUNT: Final = struct.Struct("<I")
ALIGNMENT: Final = 16

ASSEMBLY: Final = """\
.section .rodata
.balign {alignment}
.globl {symbol}
.type {symbol}, @object
{symbol}: .incbin "{data}"
.size {symbol}, . - {symbol}
.section .note.GNU-stack, "", @progbits
"""


def small_library(library: Path, folder: Path) -> Path:
    """Make a small copy of `libicudata.so.N` in a folder, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    major = library.name.rpartition(".")[2]
    data = folder / "icudata.dat"
    data.write_bytes(without_the_rest(library.read_bytes()))
    source = folder / "icudata.s"
    source.write_text(
        ASSEMBLY.format(alignment=ALIGNMENT, symbol=f"icudt{major}_dat", data=data)
    )
    compiled = source.with_suffix(".o")
    small = folder / library.name
    run_quietly(["as", "-o", compiled, source])
    run_quietly(
        ["ld", "-shared", "--strip-all", "-soname", library.name, "-o", small, compiled]
    )
    return small


def without_the_rest(content: bytes) -> bytes:
    """Return ICU's "common data" file with the items for sorting only.

    The format is a header, the number of items, and two offsets of each: its name's and
    its content's. All names and all contents follow, in the order of the names.
    """
    start = content.find(FORMAT) - FORMAT_AT
    if start < 0:
        message = "There is no ICU data in its library"
        raise StepError(message)
    (header,) = struct.unpack_from("<H", content, start)
    base = start + header
    items = dict(_items(content, base))
    kept = {name: data for name, data in items.items() if SORTING.match(name)}
    return content[start:base] + _packed(kept)


def _items(content: bytes, base: int) -> list[tuple[str, bytes]]:
    (count,) = COUNT.unpack_from(content, base)
    places = [
        ENTRY.unpack_from(content, base + COUNT.size + ENTRY.size * number)
        for number in range(count)
    ]
    # The last item's end is not stored; it is never one of those that are kept.
    ends = [*(data for _, data in places[1:]), len(content) - base]
    names = (
        content[base + name : content.index(b"\0", base + name)].decode("ascii")
        for name, _ in places
    )
    return [
        (name, content[base + data : base + end])
        for name, (_, data), end in zip(names, places, ends, strict=True)
    ]


def _packed(items: dict[str, bytes]) -> bytes:
    names = b"".join(name.encode("ascii") + b"\0" for name in items)
    name_at = COUNT.size + ENTRY.size * len(items)
    data_at = name_at + len(names)
    # ICU reads contents in place, as numbers of up to eight bytes.
    gap = -data_at % ALIGNMENT
    data_at += gap
    table, contents = COUNT.pack(len(items)), b""
    for name, data in items.items():
        padded = data + bytes(-len(data) % ALIGNMENT)
        table += ENTRY.pack(name_at, data_at + len(contents))
        name_at += len(name) + 1
        contents += padded
    return table + names + bytes(gap) + contents
