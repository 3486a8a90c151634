"""LAS and LAZ: what is read equals laspy, what is written back keeps every byte, damage is told in one line."""

import io
import os
import struct
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import laspy
import lazrs
import numpy as np
import pytest
from laspy.vlrs.vlrlist import VLRList

from lasso3d.core.errors import LassoError, ReadError, WriteError
from lasso3d.io.las import label_las, read_las, write_las
from lasso3d.io.records import LABEL_NAMES, LabelColumns, Records

REAL = os.environ.get("LASSO3D_DATA")
needs_real = pytest.mark.skipif(not REAL, reason="LASSO3D_DATA is not set")

FORMATS = [(f, v) for v in ("1.2", "1.3", "1.4") for f in laspy.point.dims.VERSION_TO_POINT_FMT[v]]
WKT = 'GEOGCS["nowhere",DATUM["none"]]'


def labels_for(n, seed=0):
    rng = np.random.default_rng(seed)
    label = rng.integers(-1, 3, n).astype(np.int32)
    certainty = rng.random(n).astype(np.float32)
    return LabelColumns(label, np.maximum(label + 1, 0).astype(np.int32), certainty, ("a", "b", "c"))


def las_bytes(point_format, version, *, n=700, compressed=False, one_channel=True):
    """A file with random bits in every standard field, scaled, paired and plain extra bytes, and odd records."""
    rng = np.random.default_rng(1)
    header = laspy.LasHeader(point_format=point_format, version=version)
    header.scales, header.offsets = (0.01, 0.001, 0.0001), (1234.5, -77.0, 3.0)
    header.add_extra_dims(
        [
            laspy.ExtraBytesParams("treeID", "i4", "number of the tree"),
            laspy.ExtraBytesParams("height", "u2", "scaled", offsets=[2.5], scales=[0.01], no_data=[9]),
            laspy.ExtraBytesParams("pair", "2f4", "two"),
        ]
    )
    header.vlrs.append(laspy.VLR("LASF_Projection", 2112, "crs", WKT.encode() + b"\0"))
    header.vlrs.append(laspy.VLR("someone", 7, "odd payload", bytes(range(256))))
    las = laspy.LasData(header)
    las.points = laspy.ScaleAwarePointRecord.zeros(n, header=header)
    raw = las.points.array.view(np.uint8).reshape(n, -1)
    raw[:] = rng.integers(0, 256, raw.shape)
    if one_channel:
        raw[:, 15] &= 0xCF
    las.points.array["pair"] = rng.random((n, 2))
    if "gps_time" in las.points.array.dtype.names:
        las.points.array["gps_time"] = np.sort(rng.random(n)) * 1e5
    if version == "1.4":
        las.evlrs = VLRList([laspy.VLR("LASF_Spec", 65535, "waveforms", rng.bytes(321))])
        las.evlrs.append(laspy.VLR("other", 3, "more", b"tail"))
    sink = io.BytesIO()
    las.write(sink, do_compress=compressed, laz_backend=laspy.LazBackend.Lazrs if compressed else None)
    return sink.getvalue()


def written(path, data):
    path.write_bytes(data)
    return path


def plain_las(**changes):
    """A small file without extra bytes or records: 227 bytes of header, then points of format 0."""
    values = {"major": 1, "minor": 2, "header": 227, "points": 227, "vlrs": 0, "format": 0, "size": 20, "count": 5}
    values |= changes
    head = bytearray(227)
    struct.pack_into("<4s", head, 0, b"LASF")
    struct.pack_into("<BB", head, 24, values["major"], values["minor"])
    struct.pack_into("<HII", head, 94, values["header"], values["points"], values["vlrs"])
    struct.pack_into("<BHI", head, 104, values["format"], values["size"], values["count"])
    struct.pack_into("<6d", head, 131, *changes.get("scale", (0.01, 0.01, 0.01)), 0, 0, 0)
    return bytes(head) + bytes(range(100))


def patched(data, at, kind, *values):
    changed = bytearray(data)
    struct.pack_into(kind, changed, at, *values)
    return bytes(changed)


def one_line(error):
    text = str(error.value)
    assert "\n" not in text
    assert error.value.cure
    return text


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize(("point_format", "version"), FORMATS)
def test_every_dimension_is_read_as_laspy_reads_it(tmp_path, point_format, version, compressed):
    path = written(tmp_path / "scan.laz", las_bytes(point_format, version, compressed=compressed))
    records, expected = read_las(path), laspy.read(path)
    np.testing.assert_array_equal(records.xyz, expected.xyz)
    for name in expected.point_format.dimension_names:
        if name == "pair":
            np.testing.assert_array_equal(records.extra["pair[1]"], np.asarray(expected[name])[:, 1])
        elif name not in ("X", "Y", "Z", "red", "green", "blue"):
            np.testing.assert_array_equal(records.extra[name], np.asarray(expected[name]))
    if "red" in expected.point_format.dimension_names:
        np.testing.assert_array_equal(records.rgb[:, 0], np.rint(np.asarray(expected.red) / 257))


@pytest.mark.parametrize("suffix", [".las", ".laz"])
@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize(("point_format", "version"), FORMATS)
def test_a_labelled_copy_keeps_records_and_structure(tmp_path, point_format, version, compressed, suffix):
    path = written(tmp_path / "in.las", las_bytes(point_format, version, compressed=compressed))
    labels = labels_for(700)
    label_las(path, tmp_path / f"out{suffix}", labels)
    assert_labelled_copy(path, tmp_path / f"out{suffix}", labels)


def assert_labelled_copy(source, target, labels, names=LABEL_NAMES, *, same_records=True):
    """Old record bytes, record payloads and header fields are the same; laspy sees all old dimensions and ours."""
    before, after = laspy.read(source), laspy.read(target)
    old = before.points.array.view(np.uint8).reshape(len(before), -1)
    new = after.points.array.view(np.uint8).reshape(len(after), -1)
    np.testing.assert_array_equal(new[:, : old.shape[1]], old)
    for name in before.point_format.dimension_names:
        np.testing.assert_array_equal(np.asarray(after[name]), np.asarray(before[name]))
    for name, values in zip(names, (labels.label, labels.object, labels.uncertainty), strict=True):
        assert np.asarray(after[name]).dtype == values.dtype
        np.testing.assert_array_equal(after[name], values)
    ours = ("LASF_Spec", 4)
    if same_records:
        assert records_of(before.vlrs, ours) == records_of(after.vlrs, ours)
        assert records_of(before.evlrs or [], ours) == records_of(after.evlrs or [], ours)
    old_payload, new_payload = (b"".join(raw_extra_bytes(p)) for p in (source, target))
    assert new_payload.startswith(old_payload)
    head_before, head_after = source.read_bytes()[:227], target.read_bytes()[:227]
    assert head_before[:96] == head_after[:96]
    assert head_before[107:227] == head_after[107:227]


def records_of(vlrs, without):
    return [
        (v.user_id, v.record_id, v.description, v.record_data_bytes())
        for v in vlrs
        if (v.user_id, v.record_id) not in (without, ("laszip encoded", 22204))
    ]


def raw_extra_bytes(path):
    """Payloads of the extra-bytes records, walked here byte by byte because laspy rewrites what it parses."""
    data = path.read_bytes()
    at, points, number = struct.unpack_from("<HII", data, 94)
    for _ in range(number):
        user, record, length = struct.unpack_from("<2x16sHH", data, at)
        if user.rstrip(b"\0") == b"LASF_Spec" and record == 4:
            yield data[at + 54 : at + 54 + length]
        at += 54 + length
    assert at <= points


def test_a_second_labelling_gets_numbered_fields(tmp_path):
    path = written(tmp_path / "in.laz", las_bytes(6, "1.4", compressed=True))
    first, second = labels_for(700, seed=3), labels_for(700, seed=4)
    label_las(path, tmp_path / "one.laz", first)
    label_las(tmp_path / "one.laz", tmp_path / "two.las", second)
    assert_labelled_copy(tmp_path / "one.laz", tmp_path / "two.las", second, [f"{name}_2" for name in LABEL_NAMES])
    np.testing.assert_array_equal(read_las(tmp_path / "two.las").extra["lasso_label"], first.label)


@pytest.mark.parametrize("size", [3, 300])
def test_bytes_nobody_described_stay_where_they_were(tmp_path, size):
    n = 40
    rng = np.random.default_rng(0)
    head = patched(plain_las(size=20 + size, count=n)[:227], 131, "<3d", 0.1, 0.1, 0.1)
    raw = rng.integers(0, 256, (n, 20 + size), dtype=np.uint8)
    path = written(tmp_path / "in.las", head + raw.tobytes())
    labels = labels_for(n)
    label_las(path, tmp_path / "out.las", labels)
    after = laspy.read(tmp_path / "out.las")
    np.testing.assert_array_equal(after.points.array.view(np.uint8).reshape(n, -1)[:, : 20 + size], raw)
    np.testing.assert_array_equal(after["lasso_object"], labels.object)
    again = read_las(tmp_path / "out.las")
    np.testing.assert_array_equal(again.extra["lasso_uncertainty"], labels.uncertainty)


def test_padding_between_records_and_points_is_kept(tmp_path):
    data = plain_las(points=227 + 9)
    path = written(tmp_path / "in.las", data[:227] + b"\xdd\xcc" * 4 + b"!" + data[227:])
    label_las(path, tmp_path / "out.las", labels_for(5))
    (points,) = struct.unpack_from("<I", (tmp_path / "out.las").read_bytes(), 96)
    assert (tmp_path / "out.las").read_bytes()[points - 9 : points] == b"\xdd\xcc" * 4 + b"!"


def test_bytes_behind_the_points_are_kept(tmp_path):
    path = written(tmp_path / "in.las", plain_las() + b"more than the header knows of")
    label_las(path, tmp_path / "out.las", labels_for(5))
    assert (tmp_path / "out.las").read_bytes().endswith(b"more than the header knows of")


def test_waveform_data_inside_the_file_stay_reachable(tmp_path):
    data = las_bytes(4, "1.3")
    tail = b"packets" * 11
    path = written(tmp_path / "in.las", patched(data, 227, "<Q", len(data)) + tail)
    label_las(path, tmp_path / "out.laz", labels_for(700))
    copy = (tmp_path / "out.laz").read_bytes()
    (start,) = struct.unpack_from("<Q", copy, 227)
    assert copy[start:] == tail


def test_waveforms_of_several_channels_are_kept_or_refused_never_garbled(tmp_path):
    path = written(tmp_path / "in.las", las_bytes(9, "1.4", one_channel=False))
    labels = labels_for(700)
    label_las(path, tmp_path / "out.las", labels)
    assert_labelled_copy(path, tmp_path / "out.las", labels)
    try:
        label_las(path, tmp_path / "out.laz", labels)
    except WriteError as error:
        assert "several scanner channels" in str(error)  # noqa: PT017
    else:
        assert_labelled_copy(path, tmp_path / "out.laz", labels)


def copc_bytes(path):
    """Two levels of an octree: 300 records in the root cell, 500 in one below it; the index has two pages."""
    rng = np.random.default_rng(3)
    counts = [300, 500]
    vlr = lazrs.LazVlr.new_for_compression(7, 0, True)
    records = np.zeros(800, laspy.PointFormat(7).dtype())
    for name in "XYZ":
        records[name] = rng.integers(0, 100, 800)
    records["red"] = rng.integers(0, 65536, 800)
    info = struct.pack("<5d2Q2d88x", 50, 50, 50, 50, 1, 0, 32, 0, 0)
    kinds = (b"copc", 1, info), (b"laszip encoded", 22204, bytes(vlr.record_data()))
    vlrs = b"".join(struct.pack("<2x16sHH32x", user, number, len(data)) + data for user, number, data in kinds)
    head = bytearray(375)
    struct.pack_into("<4s2xH", head, 0, b"LASF", 16)
    struct.pack_into("<BB68xHIIBH", head, 24, 1, 4, 375, 375 + len(vlrs), 2, 0x87, 36)
    struct.pack_into("<12d", head, 131, 1, 1, 1, 0, 0, 0, 100, 0, 100, 0, 100, 0)
    struct.pack_into("<Q", head, 247, 800)
    with path.open("wb") as file:
        file.write(head + vlrs)
        compressor = lazrs.ParLasZipCompressor(file, vlr)
        compressor.compress_chunks([part.view(np.uint8) for part in np.split(records, [300])])
        compressor.done()
        file.seek(0, 2)
        evlr = file.tell()
    data = path.read_bytes()
    with path.open("rb") as file:
        file.seek(375 + len(vlrs))
        sizes = [size for _, size in lazrs.read_chunk_table(file, vlr)]
    first = 375 + len(vlrs) + 8
    pages = struct.pack("<4iQii", 0, 0, 0, 0, first, sizes[0], counts[0])
    pages += struct.pack("<4iQii", 1, 0, 0, 0, evlr + 60 + 64, 32, -1)
    pages += struct.pack("<4iQii", 1, 0, 0, 0, first + sizes[0], sizes[1], counts[1])
    data += struct.pack("<2x16sHQ32x", b"copc", 1000, len(pages)) + pages
    data = patched(patched(data, 235, "<QI", evlr, 1), 375 + 54 + 40, "<QQ", evlr + 60, 64)
    path.write_bytes(data)
    return path


def test_the_index_of_a_cloud_optimized_file_follows_its_points(tmp_path):
    source, labels = copc_bytes(tmp_path / "in.copc.laz"), labels_for(800)
    label_las(source, tmp_path / "out.copc.laz", labels)
    assert_labelled_copy(source, tmp_path / "out.copc.laz", labels, same_records=False)
    for level, part in ((0, slice(0, 300)), (1, slice(300, 800))):
        with laspy.CopcReader.open(tmp_path / "out.copc.laz") as reader:
            points = reader.query(level=level)
        np.testing.assert_array_equal(points["lasso_label"], labels.label[part])
        np.testing.assert_array_equal(points.X, laspy.read(source).X[part])


def test_an_uncompressed_copy_of_a_cloud_optimized_file_claims_no_index(tmp_path):
    source = copc_bytes(tmp_path / "in.copc.laz")
    label_las(source, tmp_path / "out.las", labels_for(800))
    assert [vlr.user_id for vlr in laspy.read(tmp_path / "out.las").vlrs] == ["LASF_Spec"]


def test_a_wrong_index_is_refused_rather_than_copied(tmp_path):
    data = copc_bytes(tmp_path / "in.copc.laz").read_bytes()
    (evlr,) = struct.unpack_from("<Q", data, 235)
    path = written(tmp_path / "in.copc.laz", patched(data, evlr + 60 + 16, "<Q", 5))
    with pytest.raises(WriteError, match="index does not fit") as error:
        label_las(path, tmp_path / "out.laz", labels_for(800))
    one_line(error)


def test_labels_that_do_not_fit_the_records_are_a_programming_error(tmp_path):
    path = written(tmp_path / "in.las", plain_las())
    with pytest.raises(ValueError, match="4 labels for 5 records"):
        label_las(path, tmp_path / "out.las", labels_for(4))


def test_copying_needs_no_more_memory_than_a_block(tmp_path):
    n = 1_200_000
    code = f"""
import resource, numpy as np
from pathlib import Path
from lasso3d.io.las import label_las, read_las, write_las
from lasso3d.io.records import LabelColumns, Records
label = np.zeros({n}, np.int32)
labels = LabelColumns(label, label, label.astype(np.float32), ())
xyz = np.random.default_rng(0).random(({n}, 3))
write_las(Path("in.laz"), Records(xyz), labels)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
label_las(Path("in.laz"), Path("out.laz"), labels)
assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kB"
"""
    environment = os.environ | {"PYTHONPATH": os.getcwd()}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, env=environment)


@pytest.mark.parametrize("suffix", [".las", ".laz"])
def test_a_plain_file_holds_what_the_arrays_held(tmp_path, suffix):
    rng = np.random.default_rng(5)
    n = 900
    extra = {
        "intensity": rng.integers(0, 65536, n).astype(np.uint16),
        "classification": rng.integers(0, 256, n).astype(np.uint8),
        "return_number": rng.integers(1, 4, n).astype(np.uint8),
        "gps_time": rng.random(n) * 1e6,
        "treeID": rng.integers(0, 9, n),
        "scan_angle": rng.random(n).astype(np.float32),
    }
    xyz = rng.random((n, 3)) * [40, 30, 3] + [431_000, 5_400_000, 210]
    records = Records(
        xyz,
        rgb=rng.integers(0, 256, (n, 3), dtype=np.uint8),
        normals=rng.random((n, 3)).astype(np.float32),
        extra=extra,
    )
    labels = labels_for(n)
    write_las(tmp_path / f"out{suffix}", records, labels)
    las = laspy.read(tmp_path / f"out{suffix}")
    again = read_las(tmp_path / f"out{suffix}")
    assert (str(las.header.version), las.header.point_format.id) == ("1.4", 7)
    assert np.abs(again.xyz - xyz).max() <= las.header.scales[0] / 2 * 1.001
    assert (las.header.offsets == np.floor(xyz.min(0))).all()
    np.testing.assert_allclose(las.header.mins, las.xyz.min(0))
    np.testing.assert_allclose(las.header.maxs, las.xyz.max(0))
    per_return = np.bincount(extra["return_number"])[1:]
    np.testing.assert_array_equal(per_return, las.header.number_of_points_by_return[:3])
    np.testing.assert_array_equal(again.rgb, records.rgb)
    np.testing.assert_array_equal(again.extra["NormalY"], records.normals[:, 1])
    for name, values in extra.items():
        kept = "scan_angle_extra" if name == "scan_angle" else name
        np.testing.assert_array_equal(again.extra[kept], values)
    np.testing.assert_array_equal(again.extra["lasso_label"], labels.label)


def test_a_plain_file_is_the_same_every_time(tmp_path):
    records = Records(np.random.default_rng(0).random((50, 3), dtype=np.float32))
    for name in ("a.laz", "b.laz"):
        write_las(tmp_path / name, records, labels_for(50))
    assert (tmp_path / "a.laz").read_bytes() == (tmp_path / "b.laz").read_bytes()


@pytest.mark.parametrize(("extent", "scale"), [(0.3, 1e-7), (300, 1e-4), (9e3, 1e-3), (5e6, 1e-2)])
def test_small_scenes_get_a_finer_grid(tmp_path, extent, scale):
    xyz = np.array([[0.0, 0, 0], [extent, extent / 3, 0]])
    write_las(tmp_path / "out.las", Records(xyz), labels_for(2))
    assert laspy.read(tmp_path / "out.las").header.scales[0] == pytest.approx(scale)
    np.testing.assert_allclose(read_las(tmp_path / "out.las").xyz, xyz, atol=scale / 2 * 1.001)


def test_points_without_coordinates_do_not_fit_las(tmp_path):
    with pytest.raises(WriteError, match="without coordinates"):
        write_las(tmp_path / "out.las", Records(np.full((3, 3), np.nan)), labels_for(3))


def test_fields_las_cannot_hold_are_left_out_with_a_warning(tmp_path, caplog):
    long = "a name far too long for the thirty-two bytes"
    extra = {long: np.zeros(2), "größe": np.zeros(2), "ok": np.ones(2, bool)}
    write_las(tmp_path / "out.las", Records(np.zeros((2, 3)), extra=extra), labels_for(2))
    assert read_las(tmp_path / "out.las").extra["ok"].tolist() == [1, 1]
    assert len(caplog.records) == 2


# crooked files that open


def test_fewer_records_than_promised_are_tolerated_and_repaired(tmp_path):
    record = struct.pack("<2x16sHH32x", b"Trimble", 1, 4) + b"data"
    data = plain_las(points=227 + len(record), vlrs=2)
    path = written(tmp_path / "in.las", data[:227] + record + data[227:])
    assert len(read_las(path).xyz) == 5
    label_las(path, tmp_path / "out.las", labels_for(5))
    assert laspy.read(tmp_path / "out.las").vlrs[0].record_data == b"data"


def test_extended_records_promised_at_zero_are_no_extended_records(tmp_path):
    data = las_bytes(6, "1.4")
    (start,) = struct.unpack_from("<Q", data, 235)
    path = written(tmp_path / "in.las", patched(data[:start], 235, "<QI", 0, 2))
    assert len(read_las(path).xyz) == 700
    label_las(path, tmp_path / "out.laz", labels_for(700))
    assert len(laspy.read(tmp_path / "out.laz").evlrs) == 0


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize(("legacy", "extended"), [(700, 0), (0, 700), (700, 99_999_999), (4_000_000_000, 700)])
def test_the_point_count_that_fits_is_taken(tmp_path, legacy, extended, compressed):
    data = patched(las_bytes(3, "1.4", compressed=compressed), 107, "<I", legacy)
    path = written(tmp_path / "in.las", patched(data, 247, "<Q", extended))
    assert len(read_las(path).xyz) == 700
    label_las(path, tmp_path / "out.las", labels_for(700))
    assert len(laspy.read(tmp_path / "out.las")) == 700


def test_descriptors_of_bytes_that_are_not_there_are_ignored(tmp_path):
    record = struct.pack("<2x16sHH32x", b"LASF_Spec", 4, 192) + struct.pack("<2xBx32s156x", 5, b"ghost")
    data = plain_las(points=227 + len(record), vlrs=1)
    path = written(tmp_path / "in.las", data[:227] + record + data[227:])
    assert "ghost" not in read_las(path).extra
    labels = labels_for(5)
    label_las(path, tmp_path / "out.las", labels)
    np.testing.assert_array_equal(laspy.read(tmp_path / "out.las")["lasso_label"], labels.label)


def test_colours_that_are_zero_everywhere_are_none(tmp_path):
    path = written(tmp_path / "in.las", plain_las(minor=2, format=2, size=26, count=3)[:227] + bytes(78))
    assert read_las(path).rgb is None


def test_two_extra_fields_of_one_name_both_arrive(tmp_path):
    descriptor = struct.pack("<2xBx32s156x", 1, b"same")
    record = struct.pack("<2x16sHH32x", b"LASF_Spec", 4, 384) + descriptor * 2
    data = plain_las(points=227 + len(record), vlrs=1, size=22, count=4)
    path = written(tmp_path / "in.las", data[:227] + record + data[227:])
    assert {"same", "same_"} <= set(read_las(path).extra)


# damage


def test_four_billion_promised_records_are_refused_at_once(tmp_path):
    path = written(tmp_path / "in.las", plain_las(vlrs=4_294_967_295, count=0)[:227])
    with pytest.raises(ReadError, match="promises 4294967295 variable length records") as error:
        read_las(path)
    one_line(error)
    started = time.perf_counter()
    with pytest.raises(ReadError):
        read_las(path)
    assert time.perf_counter() - started < 0.01


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"", "empty"),
        (b"LASF", "too short"),
        (b"ply\n" * 100, "not LASF"),
        (plain_las(major=2), "version 2.2"),
        (plain_las(minor=9), "version 1.9"),
        (plain_las(header=10), "does not add up"),
        (plain_las(points=9999), "does not add up"),
        (plain_las(format=11), "point format 11"),
        (plain_las(size=19), "needs 20"),
        (plain_las(count=0), "holds no points"),
        (plain_las(scale=(0.1, 0, 1)), "scale"),
        (plain_las(scale=(0.1, float("nan"), 1)), "scale"),
        (plain_las(format=0x80), "lacks the LASzip record"),
        (plain_las(vlrs=1, points=287)[:227] + b"\0\0user" + bytes(14) + b"\xff" * 138, "runs into"),
    ],
)
def test_a_damaged_header_gives_one_line(tmp_path, data, match):
    with pytest.raises(ReadError, match=match) as error:
        read_las(written(tmp_path / "in.las", data))
    assert "in.las" in one_line(error)


def test_a_file_that_is_missing_gives_one_line(tmp_path):
    with pytest.raises(ReadError) as error:
        read_las(tmp_path / "no.las")
    one_line(error)


def test_a_cut_file_says_how_many_records_are_whole_and_the_cure_works(tmp_path):
    path = written(tmp_path / "in.las", las_bytes(7, "1.4", n=100))
    cut = written(tmp_path / "in.las", path.read_bytes()[:-5000])
    with pytest.raises(ReadError, match=r"100 records promised, \d+ whole ones") as error:
        read_las(patch_evlrs_away(cut))
    whole = int(one_line(error).split(" promised, ")[1].split()[0])
    code = error.value.cure.split('python -c "')[1].rstrip('"')
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert len(read_las(tmp_path / "out.las").xyz) == whole


def patch_evlrs_away(path):
    return written(path, patched(path.read_bytes(), 235, "<QI", 0, 0))


@pytest.mark.parametrize(("start", "number"), [(10**12, 1), (600, 3), (400, 65_536), (None, 2**31)])
def test_extended_records_outside_the_file_are_damage(tmp_path, start, number):
    data = las_bytes(6, "1.4")
    start = struct.unpack_from("<Q", data, 235)[0] if start is None else start
    with pytest.raises(ReadError, match="extended record") as error:
        read_las(written(tmp_path / "in.las", patched(data, 235, "<QI", start, number)))
    one_line(error)


def laz_parts(data):
    (points,) = struct.unpack_from("<I", data, 96)
    (table,) = struct.unpack_from("<q", data, points)
    return points, table


def test_hostile_chunk_tables_are_refused_before_memory_is_taken(tmp_path):
    data = las_bytes(7, "1.4", compressed=True)
    points, table = laz_parts(data)
    for bad in (
        patched(data, table + 4, "<I", 2**32 - 1),
        patched(data, points, "<q", 10**15),
        patched(data, points, "<q", 0),
        patched(data, 247, "<Q", 2**62),
        patched(data, points + 8 + struct.unpack_from("<H", data, 105)[0] + 4, "<I", 2**32 - 1),
    ):
        with pytest.raises(ReadError) as error:
            read_las(written(tmp_path / "in.laz", patched(bad, 107, "<I", 0)))
        one_line(error)


def test_a_cut_laz_file_gives_one_line(tmp_path):
    data = las_bytes(3, "1.2", compressed=True)
    for length in (len(data) - 1, len(data) - 30, len(data) // 2, 500, 300):
        with pytest.raises(ReadError) as error:
            read_las(written(tmp_path / "in.laz", data[:length]))
        one_line(error)


@pytest.mark.parametrize(("point_format", "version"), [(1, "1.2"), (8, "1.4")])
@pytest.mark.parametrize("compressed", [False, True])
def test_mutated_files_never_raise_anything_else(tmp_path, point_format, version, compressed):
    rng = np.random.default_rng(11)
    data = np.frombuffer(las_bytes(point_format, version, n=60, compressed=compressed), np.uint8)
    for _ in range(150):
        mutant = data.copy()
        places = rng.integers(0, len(data) if rng.random() < 0.5 else 400, rng.integers(1, 6))
        mutant[places] = rng.choice([0, 1, 127, 128, 255, rng.integers(256)], len(places))
        try:
            read_las(written(tmp_path / "in.laz", mutant.tobytes()))
        except LassoError as error:
            assert "\n" not in str(error)  # noqa: PT017


@needs_real
def test_real_scans_are_read_as_laspy_reads_them_and_copies_keep_everything(tmp_path):
    paths = sorted(p for p in (Path(REAL) / "lidar").rglob("*.la[sz]"))
    assert len(paths) >= 15
    for path in paths:
        records, expected = read_las(path), laspy.read(path)
        np.testing.assert_array_equal(records.xyz, expected.xyz)
        labels = labels_for(len(records.xyz))
        target = tmp_path / f"out{path.suffix}"
        label_las(path, target, labels)
        assert_labelled_copy(path, target, labels)
        assert replace(read_las(target), extra={}).xyz.shape == records.xyz.shape
