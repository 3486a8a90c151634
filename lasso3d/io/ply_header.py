"""The text at the top of a PLY file: which elements follow, how many, in which types."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lasso3d.core.errors import ReadError
from lasso3d.io.columns import MEANING, Column

LONGEST_HEADER = 1 << 20
"""Bytes; a header of 4,096 properties needs about a tenth."""

MOST_PROPERTIES = 4096

TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2",
    "ushort": "u2", "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4",
    "int64": "i8", "uint64": "u8", "float": "f4", "float32": "f4", "double": "f8", "float64": "f8",
}  # fmt: skip
"""Both spellings that are in use; 64-bit integers are not in the standard but are written."""

PREFIX = "scalar_"
"""CloudCompare shows properties of this name at once and drops others; it is taken off on reading."""

ENCODINGS = {"ascii": "text", "binary_little_endian": "<", "binary_big_endian": ">"}


@dataclass(frozen=True)
class Property:
    """One field of an element."""

    name: str
    dtype: np.dtype
    is_list: bool
    line: int
    """Index of its line in the header."""


@dataclass(frozen=True)
class Element:
    """A table of the file."""

    name: str
    count: int
    line: int
    """Index of its line in the header."""
    properties: tuple[Property, ...] = ()

    @property
    def record_size(self) -> int | None:
        """Bytes of one binary record; None where lists make them differ."""
        if any(field.is_list for field in self.properties):
            return None
        return sum(field.dtype.itemsize for field in self.properties)


@dataclass(frozen=True)
class PlyHeader:
    """What the top of a PLY file says."""

    lines: tuple[bytes, ...]
    """Verbatim, with their line ends; data follow the last one."""
    encoding: str
    """"text", or "<" or ">" for binary data of that byte order."""
    elements: tuple[Element, ...]

    @property
    def size(self) -> int:
        """Bytes before the data."""
        return sum(len(line) for line in self.lines)

    @property
    def faces(self) -> int:
        """Number of faces; 0 for a point cloud."""
        return sum(element.count for element in self.elements if element.name.lower() in ("face", "tristrips"))

    @property
    def points(self) -> int | None:
        """Index of the element that holds the points; None where there is none.

        Named as CloudCompare takes it: anything that begins with "vert" or "point" (PlyFilter.cpp).
        """
        named = (i for i, e in enumerate(self.elements) if e.name.lower().startswith(("vert", "point")))
        return next(named, None)


def read_ply_header(path: Path) -> PlyHeader:
    """The header of a PLY file; says nothing about whether the data are there.

    Raises:
        ReadError: no PLY file, or a line of the header makes no sense.
    """
    with path.open("rb") as file:
        top = file.read(LONGEST_HEADER)
    return _parse(_lines(top, str(path)), str(path))


def _lines(top: bytes, where: str) -> tuple[bytes, ...]:
    """Lines up to end_header. A lone carriage return ends lines only where it ends the first one."""
    first = re.match(rb"ply[ \t]*(\r?\n|\r)", top)
    if first is None:
        raise ReadError(f"is not a PLY file, it begins with {top[:16]!r}", where, "check the file or rename it")
    newline = b"\r" if first[1] == b"\r" else b"\n"
    lines = []
    start = 0
    while stop := top.find(newline, start) + 1:
        lines.append(top[start:stop])
        if lines[-1].strip() == b"end_header":
            return tuple(lines)
        start = stop
    raise ReadError("has a PLY header without end_header", where, "copy or export the file again")


def _parse(lines: tuple[bytes, ...], where: str) -> PlyHeader:
    encoding = ""
    elements: list[Element] = []
    for number, line in enumerate(lines[1:-1], 1):
        words = line.decode("utf-8", "replace").split()
        try:
            if not words or words[0] in ("comment", "obj_info"):
                continue
            if words[0] == "format":
                encoding = ENCODINGS[words[1]]
            elif words[0] == "element":
                elements.append(Element(words[1], _count(words[2]), number))
            elif words[0] == "property":
                elements[-1] = _with_property(elements[-1], words, number)
            else:
                raise ValueError("unknown word")
        except (ValueError, KeyError, IndexError) as error:
            text = " ".join(words)[:60]
            what = f"line {number + 1} of the PLY header is not understood: {text!r}"
            raise ReadError(what, where, "correct that line or export the file again") from error
    if not encoding:
        raise ReadError("has a PLY header without a format line", where, "export the file again")
    return PlyHeader(lines, encoding, tuple(elements))


def _count(word: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", word):
        raise ValueError("a count is a whole number")
    return int(word)


def _with_property(element: Element, words: list[str], line: int) -> Element:
    if len(element.properties) >= MOST_PROPERTIES:
        raise ValueError("too many properties")
    is_list = words[1] == "list"
    kind, name = (words[3], words[4]) if is_list else (words[1], words[2])
    if is_list and TYPES[words[2]][0] == "f":
        raise ValueError("a list length is a whole number")
    added = Property(name, np.dtype(TYPES[kind]), is_list, line)
    return replace(element, properties=(*element.properties, added))


def points_of(header: PlyHeader, where: str) -> Element:
    """The element of the points.

    Raises:
        ReadError: there is none, it is empty, or its records differ in size.
    """
    if header.points is None:
        found = ", ".join(element.name for element in header.elements[:10]) or "no elements"
        raise ReadError(f"has no element called vertex, only {found}", where, "rename the element of the points")
    points = header.elements[header.points]
    if points.count == 0:
        raise ReadError("holds no points", where, "check the program that wrote it")
    if points.record_size is None:
        cure = "export it without lists in the points"
        raise ReadError("has points of different sizes (a list among their properties)", where, cure)
    return points


def columns_of(properties: Sequence[Property]) -> list[Column]:
    """Columns under the names they have in memory: no prefix, and no name twice."""
    taken = {field.name for field in properties}
    seen: set[str] = set()
    columns = []
    for place, field in enumerate(properties):
        bare = field.name.removeprefix(PREFIX)
        name = field.name if bare in taken or bare.lower() in MEANING else bare
        if name in seen:
            name = f"{name}_{place}"
        seen.add(name)
        columns.append(Column(name, field.dtype))
    return columns


def records_before(header: PlyHeader) -> int:
    """Records (in text: filled lines) of the elements that come before the points."""
    return sum(element.count for element in header.elements[: header.points])


def bytes_before(header: PlyHeader, where: str) -> int:
    """Bytes of the elements that come before the points."""
    sizes = [(element, element.record_size) for element in header.elements[: header.points]]
    for element, size in sizes:
        if size is None and element.count:
            what = f"has {element.name} lists before its points, so that the points cannot be found"
            raise ReadError(what, where, "export it with the points first")
    return sum(element.count * (size or 0) for element, size in sizes)
