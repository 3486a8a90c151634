"""PCD and its compression."""

import struct

import numpy as np
import pytest
from scan_files import XYZ, XYZ_F64, pcd_file, plain_lzf, random_points

from lasso3d.core.errors import ReadError
from lasso3d.io.lzf import compress, decompress
from lasso3d.io.pcd import count_pcd, label_pcd, read_pcd, write_pcd
from lasso3d.io.pcd_header import read_pcd_header
from lasso3d.io.records import LABEL_NAMES, Records

ENCODINGS = ("ascii", "binary", "binary_compressed")
encodings = pytest.mark.parametrize("encoding", ENCODINGS)
PCL = [*XYZ, ("_", "u1", 4), ("rgb", "f4"), ("label", "u4"), ("hist", "f4", 3), ("time", "f8"), ("ring", "u2")]


def blocks_of_data():
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, 70_000).astype(np.uint8)
    yield "empty", np.zeros(0, np.uint8)
    yield "one", np.array([7], np.uint8)
    yield "noise", noise
    yield "zeros", np.zeros(70_000, np.uint8)
    yield "floats", np.sort(rng.normal(size=20_000)).astype(np.float32).view(np.uint8)
    yield "text", np.frombuffer(b"the quick brown fox " * 700, np.uint8)
    yield "far", np.concatenate([noise[:9000], noise[:9000], noise[:100], noise[800:9000]])
    yield "few values", rng.integers(0, 3, 20_000).astype(np.uint8)


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in blocks_of_data()])
def test_what_is_compressed_unpacks_to_itself_also_by_the_plain_reader(data):
    packed = compress(data)
    assert plain_lzf(packed.tobytes()) == data.tobytes()
    np.testing.assert_array_equal(decompress(packed, len(data), where="x"), data)
    assert len(packed) <= len(data) * 33 / 32 + 1


def test_repetition_is_compressed():
    assert len(compress(np.zeros(264_000, np.uint8))) < 3100


@pytest.mark.parametrize(
    ("packed", "size"),
    [
        (b"\x05ab", 6),  # a run that ends early
        (b"\x00a\x20", 4),  # a reference without its distance
        (b"\x00a\xe0", 20),  # a long reference without its length
        (b"\x00a\x20\x05", 4),  # a reference to before the start
        (b"\x00a\x20\x00", 3),  # more than promised
        (b"\x00a", 2),  # less than promised
        (b"\x00a", 1 << 40),  # what no stream of this length can hold
    ],
)
def test_a_damaged_stream_is_refused(packed, size):
    with pytest.raises(ReadError, match="damaged"):
        decompress(np.frombuffer(packed, np.uint8), size, where="x")


@pytest.fixture
def saved(tmp_path):
    def save(data: bytes):
        path = tmp_path / "scan.pcd"
        path.write_bytes(data)
        return path

    return save


def colours(points, name="rgb"):
    bits = np.ascontiguousarray(points[name]).view(np.uint32)
    return np.stack([bits >> 16 & 255, bits >> 8 & 255, bits & 255], 1).astype(np.uint8)


def coloured_points(fields, **wishes):
    points = random_points(fields, **wishes)
    for name in ("rgb", "rgba"):
        if name in points.dtype.names:
            bits = np.random.default_rng(1).integers(0, 1 << 24, len(points)).astype(np.uint32)
            points[name] = bits.view(points.dtype[name])
    return points


@encodings
def test_every_field_comes_in_as_it_is_in_the_file(saved, encoding):
    points = coloured_points(PCL, count=33)
    path = saved(pcd_file(points, encoding=encoding))
    records = read_pcd(path)
    assert count_pcd(path) == 33
    np.testing.assert_array_equal(records.xyz, np.stack([points[name] for name in "xyz"], 1))
    np.testing.assert_array_equal(records.rgb, colours(points))
    assert list(records.extra) == ["label", "hist", "time", "ring"]
    for name, values in records.extra.items():
        np.testing.assert_array_equal(values, points[name])
        assert values.dtype == points.dtype[name].base


@encodings
@pytest.mark.parametrize("kind", ["f4", "u4", "i4"])
@pytest.mark.parametrize("name", ["rgb", "rgba"])
def test_packed_colours_have_several_types(saved, encoding, kind, name):
    points = coloured_points([*XYZ_F64, (name, kind)])
    records = read_pcd(saved(pcd_file(points, encoding=encoding)))
    np.testing.assert_array_equal(records.rgb, colours(points, name))
    assert records.xyz.dtype == np.float64


def test_a_colour_written_as_the_value_of_a_float_is_understood(saved):
    points = random_points([*XYZ, ("rgb", "f4")], count=2)
    points["rgb"] = 4.210752e06, 255
    records = read_pcd(saved(pcd_file(points, encoding="ascii")))
    assert records.rgb.tolist() == [[0x40, 0x40, 0x40], [0, 0, 255]]


def test_normals_of_pcl_are_normals(saved):
    fields = [*XYZ, *((f"normal_{axis}", "f4") for axis in "xyz"), ("curvature", "f4")]
    points = random_points(fields)
    records = read_pcd(saved(pcd_file(points)))
    np.testing.assert_array_equal(records.normals, np.stack([points[f"normal_{axis}"] for axis in "xyz"], 1))
    assert list(records.extra) == ["curvature"]


def test_old_headers_do_without_count_viewpoint_and_points(saved):
    points = random_points(XYZ, count=5)
    old = b"FIELDS x y z\r\nSIZE 4 4 4\r\nTYPE F F F\r\nWIDTH 5\r\nHEIGHT 1\r\nDATA binary\r\n" + points.tobytes()
    np.testing.assert_array_equal(read_pcd(saved(old)).xyz[:, 0], points["x"])


@encodings
@pytest.mark.parametrize("width", [None, 8])
def test_labelling_changes_nothing_else(saved, tmp_path, columns, encoding, width):
    points = coloured_points(PCL, count=40)
    points["z"][5:9] = np.nan
    source = saved(pcd_file(points, encoding=encoding, width=width, remarks="# kept\n") + b"trailing")
    labels = columns(40)
    label_pcd(source, tmp_path / "out.pcd", labels)
    old, new = read_pcd_header(source), read_pcd_header(tmp_path / "out.pcd")
    assert [(c.name, c.dtype) for c in new.columns[len(old.columns) :]] == [
        ("lasso_label", np.int32), ("lasso_object", np.int32), ("lasso_uncertainty", np.float32),
    ]  # fmt: skip
    assert new.columns[: len(old.columns)] == old.columns
    kept = (b"#", b"VERSION", b"WIDTH", b"HEIGHT", b"VIEWPOINT", b"POINTS", b"DATA")
    assert [line for line in new.lines if line.startswith(kept)] == [
        line for line in old.lines if line.startswith(kept)
    ]
    before, after = source.read_bytes()[old.size :], (tmp_path / "out.pcd").read_bytes()[new.size :]
    if encoding == "ascii":
        rows = [row.split() for row in after.splitlines()]
        assert [row[: len(row) - 3] for row in rows[:40]] == [row.split() for row in before.splitlines()[:40]]
        assert rows[40] == [b"trailing"]
    elif encoding == "binary":
        rows = np.frombuffer(after[: 40 * new.record_size], np.uint8).reshape(40, -1)
        assert rows[:, : old.record_size].tobytes() == before[: 40 * old.record_size]
        assert after[40 * new.record_size :] == b"trailing"
    else:
        packed, plain = struct.unpack("<II", after[:8])
        data = plain_lzf(after[8 : 8 + packed])
        assert len(data) == plain == 40 * new.record_size
        assert data[: 40 * old.record_size] == plain_lzf(before[8:-8])
        assert after[8 + packed :] == b"trailing"
    records = read_pcd(tmp_path / "out.pcd")
    for name, values in zip(LABEL_NAMES, (labels.label, labels.object, labels.uncertainty), strict=True):
        np.testing.assert_array_equal(records.extra[name], values)


def test_a_second_labelling_gets_a_number(saved, tmp_path, columns):
    label_pcd(saved(pcd_file(random_points(XYZ))), tmp_path / "1.pcd", columns(50, seed=1))
    label_pcd(tmp_path / "1.pcd", tmp_path / "2.pcd", columns(50, seed=2))
    extra = read_pcd(tmp_path / "2.pcd").extra
    assert list(extra) == [*LABEL_NAMES, *(f"{name}_2" for name in LABEL_NAMES)]
    np.testing.assert_array_equal(extra["lasso_label"], columns(50, seed=1).label)


def test_a_plain_file_has_what_pcl_looks_for(tmp_path, columns):
    rng = np.random.default_rng(0)
    records = Records(
        rng.normal(size=(20, 3)).astype(np.float32),
        rng.integers(0, 255, (20, 3)).astype(np.uint8),
        rng.normal(size=(20, 3)).astype(np.float32),
        {"flag": rng.random(20) < 0.5, "pair": rng.normal(size=(20, 2))},
    )
    labels = columns(20)
    write_pcd(tmp_path / "out.pcd", records, labels)
    header = read_pcd_header(tmp_path / "out.pcd")
    known = {column.name: column.dtype for column in header.columns}
    assert (known["rgb"], known["normal_x"], known["label"]) == (np.float32, np.float32, np.uint32)
    back = read_pcd(tmp_path / "out.pcd")
    np.testing.assert_array_equal(back.xyz, records.xyz)
    np.testing.assert_array_equal(back.rgb, records.rgb)
    np.testing.assert_array_equal(back.normals, records.normals)
    np.testing.assert_array_equal(back.extra["label"], labels.label + 1)
    np.testing.assert_array_equal(back.extra["pair"], records.extra["pair"])
    np.testing.assert_array_equal(back.extra["flag"], records.extra["flag"])
