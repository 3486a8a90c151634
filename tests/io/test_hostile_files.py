"""Broken and malicious files: one clear line, bounded time and memory, for every format."""

import io
import struct
import zipfile

import fuzz
import numpy as np
import pytest
from fuzz import complaint, file_failures, mutant_failures
from scan_files import XYZ, literal_runs, npy_file, npz_file, pcd_file, ply_file, random_points, samples

from lasso3d.core.errors import ReadError
from lasso3d.io.scenes import read_scene

POINTS = random_points([*XYZ, ("label", "i4")], count=20)
PLY = ply_file(POINTS)
PLY_TEXT = ply_file(POINTS, encoding="text")
PCD = pcd_file(POINTS)
PCD_TEXT = pcd_file(POINTS, encoding="ascii")
PCD_PACKED = pcd_file(POINTS, encoding="binary_compressed")
NPZ = npz_file({"xyz": np.eye(3)})
NPY = npy_file(np.eye(3))
MANY = b" 1000000000000"


def with_nan(form):
    points = POINTS.copy()
    points["y"] = np.nan
    return form(points)


def first_row(row: bytes) -> bytes:
    return PLY_TEXT.replace(b"end_header\n", b"end_header\n" + row)


def with_sizes(sizes: bytes) -> bytes:
    return PCD_PACKED.replace(struct.pack("<II", 330, 320), sizes)


def npy_with_header(text: str) -> bytes:
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(text)) + text.encode("latin-1") + bytes(96)


def npy_claiming(shape: str) -> bytes:
    return npy_with_header("{'descr':'<f8','fortran_order':False,'shape':" + shape + "}")


def zip_of(name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr(name, data)
    return file.getvalue()


HOSTILE = {
    # name: contents, what the line says
    "empty.ply": (b"", "is empty"),
    "binary.ply": (bytes(range(256)), "not a PLY file, it begins with"),
    "short.ply": (b"ply", "not a PLY file"),
    "no_end.ply": (PLY.replace(b"end_header", b"end"), "without end_header"),
    "cut_header.ply": (PLY[:60], "without end_header"),
    "endless_header.ply": (b"ply\nformat ascii 1.0\n" + b"comment x\n" * 200_000, "without end_header"),
    "long_line.ply": (b"ply\n" + b"x" * (8 << 20), "without end_header"),
    "cut_data.ply": (PLY[:-1], "ends before the 20 points that its header promises; copy"),
    "cut_text.ply": (b"\n".join(PLY_TEXT.split(b"\n")[:-3]), "ends before the 20 "),
    "too_many.ply": (PLY.replace(b"vertex 20", b"vertex" + MANY), "ends before the 1000000000000 points"),
    "too_many_text.ply": (PLY_TEXT.replace(b"vertex 20", b"vertex" + MANY), "ends before the 1000000000000 points"),
    "overflow.ply": (PLY.replace(b"vertex 20", b"vertex " + b"9" * 30), "line 3 of the PLY header is not"),
    "negative.ply": (PLY.replace(b"vertex 20", b"vertex -20"), "'element vertex -20'; correct that line"),
    "no_count.ply": (PLY.replace(b"vertex 20", b"vertex"), "line 3 of the PLY header"),
    "none.ply": (PLY.replace(b"vertex 20", b"vertex 0"), "holds no points"),
    "type.ply": (PLY.replace(b"int label", b"quaternion label"), "not understood: 'property quaternion label'"),
    "orphan.ply": (b"ply\nformat ascii 1.0\nproperty float x\nend_header\n", "line 3 of the PLY header"),
    "format.ply": (PLY.replace(b"binary_little_endian", b"middle_endian"), "line 2 of the PLY header"),
    "no_format.ply": (PLY.replace(b"format", b"comment"), "without a format line"),
    "no_vertex.ply": (PLY.replace(b"element vertex", b"element corner"), "no element called vertex, only corner"),
    "no_xyz.ply": (PLY.replace(b" y\n", b" w\n"), "fields x, y, z, only x, w, z, label; rename"),
    "list.ply": (PLY.replace(b"property int label", b"property list uchar int label"), "a list among their"),
    "float_list.ply": (PLY.replace(b"property int label", b"property list float int label"), "line 7"),
    "words.ply": (first_row(b"1 2 three 4\n"), "record 1 holds 'three' where a number"),
    "few.ply": (first_row(b"1 2\n"), "record 1 has 2 numbers where the header promises 4"),
    "fraction.ply": (first_row(b"1 2 3 4.5\n"), "record 1 holds 4.5 for label"),
    "large.ply": (first_row(b"1 2 3 3e9\n"), "holds 3e+09 for label, not int32"),
    "huge_line.ply": (first_row(b"1 " * 4_000_000), "line of more than 65536"),
    "long_number.ply": (first_row(b"1 2 3 1" + b"0" * 60_000 + b"\n"), "for label"),
    "not_utf8.ply": (PLY.replace(b"element", b"\xff\xfe\n"), "line 3 of the PLY header"),
    "nan.ply": (with_nan(ply_file), "no point with finite coordinates"),
    "many_properties.ply": (PLY.replace(b"property int label\n", b"property char a\n" * 30_000), "line 4100"),
    "many_elements.ply": (PLY.replace(b"end_header", b"element e 9\n" * 60_000 + b"end_header") + b"", None),
    "empty.pcd": (b"", "is empty"),
    "binary.pcd": (bytes(1000), "not a PCD file"),
    "cut_header.pcd": (PCD[:80], "no header that ends in DATA"),
    "endless.pcd": (b"# x\n" * 3_000_000, "no header that ends in DATA"),
    "cut_data.pcd": (PCD[:-1], "ends before the 20 points"),
    "cut_text.pcd": (b"\n".join(PCD_TEXT.split(b"\n")[:-3]), "ends before the 20 "),
    "too_many.pcd": (PCD.replace(b" 20\n", MANY + b"\n"), "ends before the 1000000000000 points"),
    "too_many_text.pcd": (PCD_TEXT.replace(b" 20\n", MANY + b"\n"), "ends before the 1000000000000 points"),
    "too_many_packed.pcd": (PCD_PACKED.replace(b" 20\n", MANY + b"\n"), "header promises 1000000000000 points"),
    "negative.pcd": (PCD.replace(b"POINTS 20", b"POINTS -20"), "has '-20' where POINTS needs a whole number"),
    "shape.pcd": (PCD.replace(b"WIDTH 20", b"WIDTH 19"), "POINTS is not WIDTH x HEIGHT; correct its header"),
    "none.pcd": (PCD.replace(b" 20\n", b" 0\n"), "holds no points"),
    "type.pcd": (PCD.replace(b"TYPE F", b"TYPE Q"), "declares x with an unknown type, Q of 4 bytes"),
    "size.pcd": (PCD.replace(b"SIZE 4", b"SIZE 3"), "unknown type, F of 3 bytes"),
    "fields.pcd": (PCD.replace(b"COUNT 1", b"COUNT"), "FIELDS, SIZE, TYPE and COUNT do not match"),
    "width.pcd": (PCD.replace(b"COUNT 1", b"COUNT 99999999999"), "declares 99999999999 values per point for x"),
    "wide.pcd": (PCD.replace(b"COUNT 1 1 1 1", b"COUNT 1 1 1 1000000"), "ends before"),
    "no_xyz.pcd": (PCD.replace(b"FIELDS x", b"FIELDS q"), "fields x, y, z, only q, y, z, label"),
    "data.pcd": (PCD.replace(b"DATA binary", b"DATA zstd"), "data of an unknown kind, 'zstd'"),
    "words.pcd": (PCD_TEXT.replace(b"DATA ascii\n", b"DATA ascii\n1 2 x 4\n"), "record 1 holds 'x'"),
    "packed_size.pcd": (with_sizes(b"\xff\xff\xff\xff@\1\0\0"), "ends before the 20 points"),
    "plain_size.pcd": (with_sizes(b"J\1\0\0\xff\xff\xff\xff"), "unpacks to 4294967295 bytes"),
    "packed_cut.pcd": (PCD_PACKED[:-5], "ends before the 20 points"),
    "packed_damaged.pcd": (PCD_PACKED[:-300] + b"\xff" * 300, "compressed data that are damaged"),
    "nan.pcd": (with_nan(pcd_file), "no point with finite coordinates"),
    "empty.npz": (b"", "is empty"),
    "no_members.npz": (b"PK\x05\x06" + bytes(18), "only no arrays"),
    "binary.npz": (b"hello" * 50, "damaged archive"),
    "cut.npz": (NPZ[:-30], "damaged archive"),
    "flipped.npz": (NPZ.replace(b"\xf0\x3f", b"\xf0\x3e", 1), "damaged archive (Bad CRC-32"),
    "no_xyz.npz": (npz_file({"a": np.eye(2)}), "no array xyz, points or coord of shape [n 3], only a [2, 2]; save"),
    "flat.npz": (npz_file({"xyz": np.zeros(12)}), "only xyz [12]"),
    "none.npz": (npz_file({"xyz": np.zeros((0, 3))}), "holds no points"),
    "text.npz": (npz_file({"xyz": np.full((4, 3), "a")}), "no array xyz"),
    "objects.npz": (npz_file({"xyz": np.full((4, 3), None)}), "holds Python objects"),
    "claims.npz": (zip_of("xyz.npy", npy_claiming("(4000000000,3)")), "ends before its"),
    "bomb.npz": (npz_file({"xyz": np.zeros((4_000_000, 3))}, compressed=True), "which no scan does"),
    "lzma.npz": (zip_of("xyz.npy", NPY, zipfile.ZIP_LZMA), "compressed in an unusual way"),
    "nan.npz": (npz_file({"xyz": np.full((4, 3), np.nan)}), "no point with finite coordinates"),
    "members.npz": (npz_file({f"a{i}": np.zeros(1) for i in range(5000)}), "holds 5000 arrays"),
    "empty.npy": (b"", "is empty"),
    "binary.npy": (b"hello" * 50, "not an array in NPY format"),
    "cut_header.npy": (NPY[:50], "damaged NPY header"),
    "cut.npy": (NPY[:-1], "ends before the 3 points"),
    "objects.npy": (npy_file(np.full((4, 3), None)), "holds Python objects; save numbers"),
    "shape.npy": (npy_file(np.zeros((3, 4))), "holds float64 of shape [3, 4], which is no table of points; save"),
    "scalar.npy": (npy_file(np.zeros(())), "shape []"),
    "none.npy": (npy_file(np.zeros((0, 3))), "holds no points"),
    "huge.npy": (npy_claiming("(1000000000000,3)"), "1000000000000 points"),
    "negative.npy": (npy_claiming("(-4,3)"), "damaged NPY header"),
    "code.npy": (npy_with_header("__import__('os').abort()"), "damaged NPY header"),
    "deep.npy": (npy_with_header("(" * 5000), "damaged NPY header"),
    "type.npy": (npy_with_header("{'descr':'<q9','fortran_order':False,'shape':(4,3)}"), "damaged NPY header"),
    "long.npy": (b"\x93NUMPY\x02\0" + struct.pack("<I", 1 << 31) + bytes(1 << 20), "damaged NPY header"),
    "fields.npy": (npy_file(np.zeros(4, [("a", "f4")])), "fields x, y, z, only a"),
    "text.npy": (npy_file(np.zeros(4, [("a", "U4"), ("z", "O")])), "holds Python objects"),
}  # fmt: skip


def save(folder, name):
    path = folder / name
    path.write_bytes(HOSTILE[name][0])
    return path


@pytest.mark.parametrize("name", [name for name, (_, words) in HOSTILE.items() if words])
def test_the_one_line_says_what_where_and_what_to_do(tmp_path, name):
    path = save(tmp_path, name)
    with pytest.raises(ReadError) as caught:
        read_scene(path)
    error = caught.value
    assert HOSTILE[name][1] in str(error)
    assert error.where.startswith(str(path))
    assert error.cure
    assert len(str(error)) < len(str(path)) + 300


def test_every_hostile_file_is_done_with_in_little_time_and_memory(tmp_path):
    for name in HOSTILE:
        save(tmp_path, name)
    assert file_failures(tmp_path) == ""


@pytest.mark.parametrize(
    "escaped", [KeyError("x"), MemoryError(), ReadError("two\nlines"), SystemExit(1)], ids=repr
)
def test_the_fuzzer_notices_what_escapes(tmp_path, monkeypatch, escaped):
    def broken(path):
        raise escaped

    monkeypatch.setattr(fuzz, "read_scene", broken)
    assert complaint(save(tmp_path, "empty.ply"))


def test_mutants_of_every_format_are_read_or_refused_in_one_clear_line():
    assert mutant_failures(list(samples()), 0, 225) == ""


@pytest.mark.parametrize("suffix", samples())
def test_a_file_cut_anywhere_is_read_or_refused(tmp_path, suffix):
    for number, data in enumerate(samples()[suffix]):
        for stop in np.linspace(1, len(data) - 1, 25).astype(int):
            path = tmp_path / f"{number}{suffix}"
            path.write_bytes(data[:stop])
            assert complaint(path) == ""


def test_nothing_is_allocated_for_a_compressed_lie(tmp_path):
    """1.2 GB that are not there."""
    header = pcd_file(random_points(XYZ, count=7)).split(b"DATA")[0].replace(b" 7\n", b" 100000000\n")
    packed = literal_runs(bytes(64))
    sizes = struct.pack("<II", len(packed), 1_200_000_000)
    (tmp_path / "a.pcd").write_bytes(header + b"DATA binary_compressed\n" + sizes + packed)
    assert file_failures(tmp_path) == ""
