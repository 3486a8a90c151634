"""Where everything lies in a LAS or LAZ file, checked against the size of the file before anything is decoded.

Layouts are those of the ASPRS LAS 1.4 R15 specification. Decoders trust these numbers: a header that promises
four billion records has made well-known readers loop or allocate until they were killed.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from lasso3d.core.errors import ReadError

SMALLEST_HEADER = {0: 227, 1: 227, 2: 227, 3: 235, 4: 375, 5: 393}
"""Header bytes by minor version."""

STANDARD_SIZE = (20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67)
"""Record bytes of point formats 0 to 10, without extra bytes."""

WAVEFORM_FORMATS = (4, 5, 9, 10)

MOST_VLRS = 65_535
"""Real files hold a handful; some broken writers promise a few that are not there."""

VLR_HEADER = 54
EVLR_HEADER = 60


@dataclass(frozen=True)
class Vlr:
    """A variable length record: the bytes [start, stop) of the file."""

    user: bytes
    record: int
    start: int
    payload: int
    """Where its content starts."""
    stop: int


@dataclass(frozen=True)
class LasLayout:
    """The parts of one LAS or LAZ file; all positions are bytes from its start and lie inside it."""

    path: Path
    size: int
    minor: int
    header_size: int
    points: int
    """Where the records (LAZ: the chunk table's offset) start."""
    vlrs: tuple[Vlr, ...]
    format: int
    """Point format, 0 to 10."""
    compressed: bool
    record_size: int
    claims: tuple[int, ...]
    """Numbers of records the header gives, the authoritative one first."""
    scale: tuple[float, float, float]
    offset: tuple[float, float, float]
    evlrs: tuple[Vlr, ...]
    """Extended records, behind the points."""
    tail: int
    """Where extended records or waveforms start, which end the room for points; the size of the file if none."""

    @property
    def vlrs_stop(self) -> int:
        """End of the last variable length record."""
        return self.vlrs[-1].stop if self.vlrs else self.header_size

    def vlr(self, user: bytes, record: int) -> Vlr | None:
        """The first record of that kind."""
        return next((v for v in self.vlrs if v.user == user and v.record == record), None)


def read_layout(path: Path, data: UInt8[np.ndarray, " b"]) -> LasLayout:
    """Find the parts of a file and check that they lie inside it.

    Tolerated because real writers do it: fewer variable length records than promised, extended records promised
    at position zero, legacy and extended point counts that disagree.

    Raises:
        ReadError: the parts cannot be where the header says.
    """
    size = len(data)
    head = data[:512].tobytes()
    if head[:4] != b"LASF":
        raise _damaged(path, f"starts with {head[:4]!r}, not LASF", "check that it is a LAS or LAZ file")
    if size < SMALLEST_HEADER[0]:
        raise _damaged(path, f"is {size} bytes long, too short for a LAS header")
    major, minor, header_size, points, vlr_count = struct.unpack_from("<BB68xHII", head, 24)
    if major != 1 or minor not in SMALLEST_HEADER:
        raise _damaged(path, f"has version {major}.{minor}", "versions 1.0 to 1.5 are read; convert it to LAS 1.4")
    if not SMALLEST_HEADER[minor] <= header_size <= points <= size:
        found = f"header of {header_size} bytes, points from byte {points}, file of {size} bytes"
        raise _damaged(path, f"does not add up: {found}")
    code, record_size, legacy_count = struct.unpack_from("<BHI", head, 104)
    point_format = _point_format(path, code, record_size)
    evlrs = _evlrs(path, data, points) if minor >= 4 else ()
    waveform = struct.unpack_from("<Q", data.data, 227)[0] if minor >= 3 and point_format in WAVEFORM_FORMATS else 0
    behind = [start for start in (waveform, *(vlr.start for vlr in evlrs[:1])) if points < start <= size]
    return LasLayout(
        path=path,
        size=size,
        minor=minor,
        header_size=header_size,
        points=points,
        vlrs=_vlrs(path, data, header_size, points, vlr_count),
        format=point_format,
        compressed=bool(code & 0x80),
        record_size=record_size,
        claims=(*(struct.unpack_from("<Q", data.data, 247) if minor >= 4 else ()), legacy_count),
        scale=_three(path, head, 131, "scale"),
        offset=_three(path, head, 155, "offset"),
        evlrs=evlrs,
        tail=min(behind, default=size),
    )


def records_in(layout: LasLayout) -> int:
    """Number of records of an uncompressed file: the claim that fills its room, else the first that fits.

    Raises:
        ReadError: none fits; the message says how many whole records are there and how to keep them.
    """
    room = (layout.tail - layout.points) // layout.record_size
    fitting = [claim for claim in layout.claims if 0 < claim <= room]
    if fitting:
        return room if room in fitting else fitting[0]
    promised = max(layout.claims)
    if promised == 0:
        raise _damaged(layout.path, "holds no points", "check the program that wrote it")
    rescue = (
        "copy it again, or keep the whole records: python -c \"import laspy; r = laspy.open('in.las', "
        f"read_evlrs=False); laspy.LasData(r.header, r.read_points({room})).write('out.las')\""
    )
    raise _damaged(layout.path, f"is cut off: {promised} records promised, {room} whole ones are there", rescue)


def _point_format(path: Path, code: int, record_size: int) -> int:
    number = code & 0x7F
    if number >= len(STANDARD_SIZE):
        raise _damaged(path, f"has point format {number}", "formats 0 to 10 are read; convert it to LAS 1.4")
    if record_size < STANDARD_SIZE[number]:
        needed = STANDARD_SIZE[number]
        raise _damaged(path, f"has records of {record_size} bytes, but point format {number} needs {needed}")
    return number


def _vlrs(path: Path, data: np.ndarray, start: int, stop: int, count: int) -> tuple[Vlr, ...]:
    """The records between header and points; Trimble scanners write fewer than they promise."""
    if count > MOST_VLRS:
        raise _damaged(path, f"promises {count} variable length records")
    found: list[Vlr] = []
    while len(found) < count and start + VLR_HEADER <= stop:
        user, record, length = struct.unpack_from("<2x16sHH", data.data, start)
        payload = start + VLR_HEADER
        if payload + length > stop:
            if not any(user):
                break  # padding, not a record
            which = f"variable length record {len(found) + 1}"
            raise _damaged(path, f"has a {which} of {length} bytes that runs into the points")
        found.append(Vlr(user.split(b"\0")[0], record, start, payload, payload + length))
        start = payload + length
    return tuple(found)


def _evlrs(path: Path, data: np.ndarray, points: int) -> tuple[Vlr, ...]:
    """The extended records; promised at position zero there are none."""
    position, number = struct.unpack_from("<QI", data.data, 235)
    if position == 0 or number == 0:
        return ()
    if position < points or number > MOST_VLRS or position + number * EVLR_HEADER > len(data):
        raise _damaged(path, f"promises {number} extended records at byte {position} of {len(data)}")
    found: list[Vlr] = []
    while len(found) < number:
        payload = position + EVLR_HEADER
        if payload > len(data):
            raise _damaged(path, "has an extended record that runs over the end of the file")
        user, record, length = struct.unpack_from("<2x16sHQ", data.data, position)
        found.append(Vlr(user.split(b"\0")[0], record, position, payload, payload + length))
        position = payload + length
    if position > len(data):
        raise _damaged(path, "has an extended record that runs over the end of the file")
    return tuple(found)


def _three(path: Path, head: bytes, at: int, name: str) -> tuple[float, float, float]:
    values: tuple[float, float, float] = struct.unpack_from("<3d", head, at)
    if not np.isfinite(values).all() or (name == "scale" and 0 in values):
        raise _damaged(path, f"has the coordinate {name} {values}")
    return values


def _damaged(path: Path, what: str, cure: str = "copy it again, or export it again from its program") -> ReadError:
    return ReadError(f"the LAS file {what}", str(path), cure)
