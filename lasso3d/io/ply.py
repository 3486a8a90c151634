"""PLY: point clouds in text or binary of either byte order, whatever else is in the file."""

from collections.abc import Iterator
from pathlib import Path

from lasso3d.io.columns import binary_columns, gather, record_dtype, refuse_short
from lasso3d.io.ply_header import PlyHeader, bytes_before, columns_of, points_of, read_ply_header, records_before
from lasso3d.io.ply_write import label_ply, write_ply
from lasso3d.io.records import Records
from lasso3d.io.text_rows import filled_lines, open_text, text_columns

__all__ = ["count_ply", "label_ply", "read_ply", "write_ply"]


def read_ply(path: Path) -> Records:
    """The points of a PLY file; faces and other elements are left alone.

    Raises:
        ReadError: anything that keeps the points from being read, in one line.
    """
    where = str(path)
    header = read_ply_header(path)
    points = points_of(header, where)
    columns = columns_of(points.properties)
    _refuse_impossible(path, header)
    if header.encoding == "text":
        with open_text(path, offset=header.size) as text:
            lines = filled_lines(text, where=where)
            _skip(lines, records_before(header))
            return gather(
                columns, points.count, text_columns(lines, columns, points.count, where=where), where=where
            )
    with path.open("rb", buffering=0) as file:
        file.seek(header.size + bytes_before(header, where))
        record = record_dtype(columns, order=header.encoding)
        blocks = binary_columns(file, record, points.count, where=where)
        return gather(columns, points.count, blocks, where=where)


def count_ply(path: Path) -> int:
    """Number of points, from the header."""
    return points_of(read_ply_header(path), str(path)).count


def _refuse_impossible(path: Path, header: PlyHeader) -> None:
    """Counts that the file cannot hold: a text value takes two bytes at least, a binary one its size."""
    before = header.elements[: header.points]
    points = points_of(header, str(path))
    if header.encoding == "text":
        needed = 2 * len(points.properties) * points.count - 1
    else:
        needed = sum(e.count * (e.record_size or 0) for e in (*before, points))
    refuse_short(path, header.size + needed, promised=f"{points.count} points")


def _skip(lines: Iterator[str], count: int) -> None:
    for _ in range(count):
        if next(lines, None) is None:
            return
