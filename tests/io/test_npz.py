"""NPZ and NPY."""

import zipfile

import numpy as np
import pytest
from scan_files import COLOURS, OTHERS, XYZ, npy_file, npz_file, random_points

from lasso3d.core.errors import ReadError, WriteError
from lasso3d.io.npy import count_npy, label_npy, read_npy
from lasso3d.io.npz import count_npz, label_npz, read_npz, write_npz
from lasso3d.io.records import LABEL_NAMES, Records

RNG = np.random.default_rng(0)
CLOUD = {
    "xyz": RNG.normal(size=(30, 3)).astype(np.float32),
    "rgb": RNG.integers(0, 255, (30, 3)).astype(np.uint8),
    "normals": RNG.normal(size=(30, 3)),
    "label": np.arange(30),
    "feature": RNG.normal(size=(30, 4)).astype(np.float16),
    "word": np.array([f"w{i}" for i in range(30)]),
    "about": np.arange(7),
    "transposed": np.asfortranarray(RNG.normal(size=(30, 2))),
    "big_endian": np.arange(30, dtype=">i4"),
}


@pytest.fixture
def saved(tmp_path):
    def save(name: str, data: bytes):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return save


@pytest.mark.parametrize("compressed", [False, True])
def test_arrays_with_one_row_per_point_come_in(saved, compressed):
    path = saved("scan.npz", npz_file(CLOUD, compressed=compressed))
    records = read_npz(path)
    assert count_npz(path) == 30
    np.testing.assert_array_equal(records.xyz, CLOUD["xyz"])
    np.testing.assert_array_equal(records.rgb, CLOUD["rgb"])
    np.testing.assert_allclose(records.normals, CLOUD["normals"], rtol=1e-6)
    assert set(records.extra) == {"label", "feature", "word", "transposed", "big_endian"}
    for name, values in records.extra.items():
        np.testing.assert_array_equal(values, CLOUD[name])
        assert values.dtype.isnative


@pytest.mark.parametrize("key", ["xyz", "points", "coord", "coords", "XYZ"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, np.int32])
def test_coordinates_have_several_names_and_types(saved, key, dtype):
    xyz = (CLOUD["xyz"] * 10).astype(dtype)
    records = read_npz(saved("scan.npz", npz_file({key: xyz, "colors": CLOUD["xyz"].clip(0, 1)})))
    np.testing.assert_array_equal(records.xyz, xyz)
    assert records.xyz.dtype == (np.float32 if dtype == np.float32 else np.float64)
    np.testing.assert_array_equal(records.rgb, np.rint(CLOUD["xyz"].clip(0, 1) * 255))


def test_pickled_objects_are_never_loaded(saved):
    class Trap:
        def __reduce__(self):
            return pytest.fail, ("unpickled",)

    array = np.array([Trap()] * 30, object)
    for path, read in (
        (saved("a.npz", npz_file({"xyz": CLOUD["xyz"], "names": array})), read_npz),
        (saved("a.npy", npy_file(array)), read_npy),
    ):
        with pytest.raises(ReadError, match=r"Python objects.*plain dtype"):
            read(path)


def test_a_bomb_is_not_unpacked(saved):
    path = saved("bomb.npz", npz_file({"xyz": CLOUD["xyz"], "rest": np.zeros((30, 300_000))}, compressed=True))
    with pytest.raises(ReadError, match="unpacks to 68 MB"):
        read_npz(path)


@pytest.mark.parametrize("compressed", [False, True])
def test_labelling_keeps_the_bytes_of_every_member(saved, tmp_path, columns, compressed):
    source = saved("scan.npz", npz_file(CLOUD, compressed=compressed))
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr("notes.txt", "kept")
    labels = columns(30, names=("a", 'b"\n', "Tür"))
    label_npz(source, tmp_path / "1.npz", labels)
    label_npz(tmp_path / "1.npz", tmp_path / "2.npz", columns(30, seed=1, names=()))
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(tmp_path / "2.npz") as new:
        for info in old.infolist():
            assert new.read(info.filename) == old.read(info)
            assert new.getinfo(info.filename).compress_type == info.compress_type
            assert new.getinfo(info.filename).date_time == info.date_time
    with np.load(tmp_path / "2.npz") as arrays:
        assert tuple(arrays["lasso_names"]) == labels.names
        assert arrays["lasso_names_2"].shape == (0,)
        for name, values in zip(LABEL_NAMES, (labels.label, labels.object, labels.uncertainty), strict=True):
            np.testing.assert_array_equal(arrays[name], values)
            assert arrays[name].dtype == values.dtype
        np.testing.assert_array_equal(arrays["lasso_label_2"], columns(30, seed=1, names=()).label)
    assert not any(name.startswith("lasso_names") for name in read_npz(tmp_path / "2.npz").extra)


def test_a_plain_file_reads_back_as_it_was(tmp_path, columns):
    records = Records(CLOUD["xyz"].astype(np.float64) + 5e6, CLOUD["rgb"], None, {"word": CLOUD["word"]})
    write_npz(tmp_path / "out.npz", records, columns(30))
    with np.load(tmp_path / "out.npz") as arrays:
        assert set(arrays) == {"xyz", "rgb", "word", *LABEL_NAMES, "lasso_names"}
        np.testing.assert_array_equal(arrays["xyz"], records.xyz)
    with pytest.raises(WriteError, match="Python objects"):
        write_npz(tmp_path / "out.npz", Records(CLOUD["xyz"], extra={"o": np.array([{}] * 30)}), columns(30))


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<i2"])
def test_a_table_of_three_columns_is_points(saved, order, dtype):
    table = np.asarray(CLOUD["xyz"] * 100, dtype, order)
    path = saved("scan.npy", npy_file(table))
    np.testing.assert_array_equal(read_npy(path).xyz, table)
    assert count_npy(path) == 30


def test_six_columns_are_colours_or_where_negative_normals(saved):
    coloured = np.hstack([CLOUD["xyz"], CLOUD["rgb"]])
    np.testing.assert_array_equal(read_npy(saved("a.npy", npy_file(coloured))).rgb, CLOUD["rgb"])
    oriented = np.hstack([CLOUD["xyz"], CLOUD["normals"]])
    records = read_npy(saved("b.npy", npy_file(oriented)))
    assert records.rgb is None
    np.testing.assert_allclose(records.normals, CLOUD["normals"], rtol=1e-6)


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize(
    "fields",
    [
        XYZ + COLOURS + OTHERS,
        [("flag", "u1"), ("xyz", "f4", 3), ("rgb", "u1", 3), ("vector", "f8", 2), ("one", "i2", (1,))],
    ],
)
def test_structured_points_come_in_and_are_labelled_in_place(saved, tmp_path, columns, fields, aligned):
    points = random_points(fields, count=30).astype(np.dtype(fields, align=aligned))
    source = saved("scan.npy", npy_file(points))
    records = read_npy(source)
    xyz = points["xyz"] if "xyz" in points.dtype.names else np.stack([points[name] for name in "xyz"], 1)
    np.testing.assert_array_equal(records.xyz, xyz)
    assert records.rgb is not None
    for name, values in records.extra.items():
        np.testing.assert_array_equal(values, points[name].reshape(values.shape))
    labels = columns(30)
    label_npy(source, tmp_path / "out.npy", labels)
    out = np.load(tmp_path / "out.npy")
    stored = np.load(source)
    assert out.dtype.names == (*stored.dtype.names, *LABEL_NAMES)
    for name in stored.dtype.names:
        assert out[name].tobytes() == stored[name].tobytes()
    np.testing.assert_array_equal(out["lasso_label"], labels.label)
    np.testing.assert_array_equal(out["lasso_uncertainty"], labels.uncertainty)


def test_a_plain_table_has_no_room_for_labels(saved, tmp_path, columns):
    with pytest.raises(WriteError, match=r"write \.npz"):
        label_npy(saved("scan.npy", npy_file(CLOUD["xyz"])), tmp_path / "out.npy", columns(30))
