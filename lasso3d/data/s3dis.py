"""S3DIS (Stanford3dDataset_v1.2, aligned or not): rooms, one text file for each object in them.

    Area_N/ROOM/Annotations/CLASS_I.txt     x y z red green blue: metres, z up, 0 to 255

One known damage is mended: a byte 16 stands for a digit 0 in Area_5/office_19 (ceiling_1.txt, line 323474) and its
like. Source: Pointcept, README and `preprocess_s3dis.py`, d74c646.
"""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8

from lasso3d.core.errors import ReadError
from lasso3d.core.scene import Scene
from lasso3d.data.example import Example, ReadOnAccess, Truth
from lasso3d.data.text_files import AGAIN
from lasso3d.geometry.compiled import compiled
from lasso3d.io.mapped import map_file

CLASSES = (
    "ceiling", "floor", "wall", "beam", "column", "window", "door", "table", "chair", "sofa", "bookcase", "board",
    "clutter",
)  # fmt: skip
"""The 13, in their order; files of any other name, such as stairs, are clutter."""
CLUTTER = CLASSES.index("clutter")
TEST = "Area_5"
"""The area that most tables are over; the others train."""
ROOMS = ("Annotations", "*/Annotations", "Area_*/*/Annotations", "Stanford3dDataset*/Area_*/*/Annotations")
"""Where rooms are below a room, an area, the data set, and the folder it was unpacked into."""
MOST_DIGITS = 18
"""Of a number; they fit into 64 bits."""


def s3dis_rooms(path: Path, *, split: str | None = None) -> ReadOnAccess:
    """The rooms of an area, in order of their names; nothing where no room lies.

    Args:
        split: Area_1 to Area_6 or all; None = Area_5 where there are others too, all otherwise.

    Raises:
        ReadError: no such area.
    """
    rooms = next(filter(None, ([found.parent for found in sorted(path.glob(place))] for place in ROOMS)), [])
    areas = sorted({room.parent.name for room in rooms})
    wanted = split or (TEST if TEST in areas else "all")
    chosen = [room for room in rooms if wanted in ("all", room.parent.name)]
    if rooms and not chosen:
        raise ReadError(f"has no part {wanted!r}", str(path), f"choose {', '.join(areas)} or all")
    return ReadOnAccess(chosen, read_room)


def read_room(path: Path) -> Example:
    """A room, object after object in order of the files' names; every object is an instance, walls too.

    The instance benchmark of S3DIS counts all 13 classes.

    Raises:
        ReadError: a line that is no point, or a room without objects.
    """
    files = [file for file in sorted((path / "Annotations").glob("*.txt")) if not file.name.startswith(".")]
    if not files:
        raise ReadError("holds no objects", str(path / "Annotations"), "complete the room")
    objects = [read_points(file) for file in files]
    counts = [len(points) for points in objects]
    named = [file.name.partition("_")[0] for file in files]
    kinds = [CLASSES.index(name) if name in CLASSES else CLUTTER for name in named]
    points = np.concatenate(objects)
    colours = points[:, 3:].astype(np.uint8)
    scene = Scene(points[:, :3], rgb=colours, name=f"{path.parent.name}_{path.name}")
    repeat = partial(np.repeat, repeats=counts)
    truth = Truth(
        repeat(np.arange(1, len(files) + 1, dtype=np.int32)), repeat(np.array(kinds, np.int32)), class_names=CLASSES
    )
    return Example(scene, truth)


def read_points(path: Path) -> Float32[np.ndarray, "n 6"]:
    """x, y, z in metres, red, green, blue 0 to 255, of each line.

    Raises:
        ReadError: a line is not six plain numbers, or a colour is none.
    """
    data = map_file(path)
    points, line = parsed_rows(data, 6)
    if line:
        raise ReadError(f"line {line} is not x y z red green blue", str(path), "correct it or get the file anew")
    if not len(points):
        raise ReadError("holds no points", str(path), AGAIN)
    wrong = (points[:, 3:] < 0) | (points[:, 3:] > 255)
    if wrong.any():
        row = int(np.argmax(wrong.any(axis=1)))
        raise ReadError(
            f"point {row + 1} has a colour outside 0 to 255", str(path), "correct it or get the file anew"
        )
    return points


def parsed_rows(data: UInt8[np.ndarray, " b"], width: int) -> tuple[Float32[np.ndarray, "n w"], int]:
    """Rows of plain decimal numbers, and 0; or the rows before the first line that is none, and its number."""
    out = np.empty((int(np.count_nonzero(data == ord("\n"))) + 1, width), np.float32)
    rows, line = _parse(data, out, 10.0 ** np.arange(MOST_DIGITS + 1))
    return out[:rows], int(line)


@compiled
def _parse(data: Any, out: Any, powers: Any) -> Any:
    """Fill `out`; the number of rows, and the first line (from 1) that is none, 0 = all are."""
    row, column, line, at, width = 0, 0, 1, 0, out.shape[1]
    while at < len(data):
        byte = data[at]
        if byte == 10:
            if column == width:
                row += 1
            elif column > 0:
                return row, line
            column = 0
            line += 1
            at += 1
            continue
        if byte == 32 or byte == 9 or byte == 13:
            at += 1
            continue
        negative = byte == 45
        if negative:
            at += 1
        whole, digits, decimals, pointed = np.int64(0), 0, 0, False
        while at < len(data):
            byte = data[at]
            if byte == 46 and not pointed:
                pointed = True
            elif 48 <= byte <= 57 or byte == 16:
                whole = whole * 10 + (np.int64(byte) - 48 if byte != 16 else 0)
                digits += 1
                decimals += pointed
            else:
                break
            at += 1
        ended = at == len(data) or byte == 10 or byte == 32 or byte == 9 or byte == 13
        if digits == 0 or digits > 18 or not ended or column == width:
            return row, line
        value = whole / powers[decimals]
        out[row, column] = -value if negative else value
        column += 1
    if column == width:
        return row + 1, 0
    return row, line if column > 0 else 0
