"""PLY: every spelling the world has comes in, and what goes out differs by our three properties alone."""

import json
import re

import numpy as np
import pytest
from scan_files import COLOURS, NORMALS, OTHERS, PLY_FORMATS, XYZ, XYZ_F64, ply_file, random_points

from lasso3d.core.errors import ReadError, WriteError
from lasso3d.io.ply import count_ply, label_ply, read_ply, write_ply
from lasso3d.io.ply_header import read_ply_header
from lasso3d.io.records import LABEL_NAMES, Records

FULL = XYZ + NORMALS + COLOURS + OTHERS
encodings = pytest.mark.parametrize("encoding", PLY_FORMATS)
newlines = pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])


@pytest.fixture
def saved(tmp_path):
    def save(data: bytes):
        path = tmp_path / "scan.ply"
        path.write_bytes(data)
        return path

    return save


def triple(points, names):
    return np.stack([points[name] for name in names], 1)


@encodings
@newlines
@pytest.mark.parametrize("fields", [XYZ, XYZ_F64 + COLOURS, FULL, OTHERS + COLOURS + XYZ])
def test_every_field_comes_in_as_it_is_in_the_file(saved, encoding, newline, fields):
    points = random_points(fields, count=30)
    remarks = ("comment one", "obj_info num_cols 30", "comment end_header comes later", "")
    path = saved(ply_file(points, encoding=encoding, newline=newline, remarks=remarks))
    records = read_ply(path)
    assert count_ply(path) == 30
    np.testing.assert_array_equal(records.xyz, triple(points, "xyz"))
    assert records.xyz.dtype == points.dtype["x"]
    if COLOURS[0] in fields:
        np.testing.assert_array_equal(records.rgb, triple(points, ("red", "green", "blue")))
    else:
        assert records.rgb is None
    if NORMALS[0] in fields:
        np.testing.assert_array_equal(records.normals, triple(points, ("nx", "ny", "nz")))
    assert list(records.extra) == [name for name, _ in fields if name in dict(OTHERS)]
    for name, values in records.extra.items():
        np.testing.assert_array_equal(values, points[name])
        assert values.dtype == points.dtype[name]


@pytest.mark.parametrize(
    "names", [("r", "g", "b"), ("diffuse_red", "diffuse_green", "diffuse_blue"), ("RED", "Green", "blue")]
)
def test_colours_have_many_names(saved, names):
    points = random_points([*XYZ, *((name, "u1") for name in names)])
    records = read_ply(saved(ply_file(points)))
    np.testing.assert_array_equal(records.rgb, triple(points, names))
    assert not records.extra


def test_a_lone_colour_channel_is_a_field_like_any_other(saved):
    points = random_points([*XYZ, ("red", "u1")])
    records = read_ply(saved(ply_file(points)))
    assert records.rgb is None
    np.testing.assert_array_equal(records.extra["red"], points["red"])


@pytest.mark.parametrize(
    ("kind", "scale"), [("f4", 1 / 255), ("f8", 1 / 255), ("u2", 257), ("i4", 1), ("f4", 1)], ids=str
)
def test_colours_of_any_depth_become_bytes(saved, kind, scale):
    points = random_points([*XYZ, *((name, kind) for name in "rgb")])
    levels = np.arange(150).reshape(50, 3) + 105
    for channel, name in enumerate("rgb"):
        points[name] = levels[:, channel] * scale
    np.testing.assert_array_equal(read_ply(saved(ply_file(points))).rgb, levels)


def test_coordinates_far_away_keep_their_millimetres(saved):
    points = random_points(XYZ_F64, offset=5_400_000.0)
    assert read_ply(saved(ply_file(points))).xyz.dtype == np.float64
    whole = random_points([(name, "i4") for name in "xyz"])
    np.testing.assert_array_equal(read_ply(saved(ply_file(whole))).xyz, triple(whole, "xyz").astype(np.float64))


@encodings
def test_other_elements_may_stand_around_the_points(saved, encoding):
    points = random_points(FULL, count=9)
    camera = np.zeros(2, [("a", "<f4"), ("b", "u1")])
    before = (
        "element camera 2\nproperty float a\nproperty uchar b",
        b"1 2\n3 4\n" if encoding == "text" else camera.tobytes(),
    )
    after = (
        "element face 1\nproperty list uchar int vertex_indices",
        b"3 0 1 2\n" if encoding == "text" else b"\3" + bytes(12),
    )
    path = saved(ply_file(points, encoding=encoding, before=before, after=after))
    np.testing.assert_array_equal(read_ply(path).xyz, triple(points, "xyz"))
    assert read_ply_header(path).faces == 1


def test_lists_before_the_points_are_skipped_in_text_and_refused_in_binary(saved):
    points = random_points(XYZ)
    lists = "element face 2\nproperty list uchar int vertex_indices"
    text = ply_file(points, encoding="text", before=(lists, b"3 0 1 2\n4 0 1 2 3\n"))
    np.testing.assert_array_equal(read_ply(saved(text)).xyz, triple(points, "xyz"))
    binary = ply_file(points, before=(lists, b"\3" + bytes(12) + b"\4" + bytes(16)))
    with pytest.raises(ReadError, match="points first"):
        read_ply(saved(binary))


def test_a_text_may_have_blank_lines_and_words_to_spare(saved):
    points = random_points(XYZ, count=3)
    header, rows = ply_file(points, encoding="text").split(b"end_header\n")
    data = header + b"end_header\n\n  \n" + rows.replace(b"\n", b" 7 8\n\t\n")
    np.testing.assert_array_equal(read_ply(saved(data)).xyz, triple(points, "xyz"))


def test_the_prefix_for_cloudcompare_is_taken_off(saved):
    points = random_points(
        [*XYZ, ("scalar_height", "f4"), ("scalar_class", "f4"), ("class", "u1"), ("scalar_x", "f4")]
    )
    extra = read_ply(saved(ply_file(points))).extra
    assert set(extra) == {"height", "scalar_class", "class", "scalar_x"}


def test_a_property_may_be_declared_twice(saved):
    points = random_points([*XYZ, ("aa", "f4"), ("bb", "f4"), ("cc", "u1")])
    data = ply_file(points).replace(b"property float bb", b"property float aa").replace(b"uchar cc", b"uchar x")
    records = read_ply(saved(data))
    np.testing.assert_array_equal(records.xyz, triple(points, "xyz"))
    assert [values.tolist() for values in records.extra.values()] == [
        points[name].tolist() for name in ("aa", "bb", "cc")
    ]


# ---------------------------------------------------------------- writing back


def plain_read(data: bytes):
    """Header lines, points (structured, or rows of words), the bytes behind them, and names; no library code."""
    newline = re.match(rb"ply(\r?\n|\r)", data)[1]
    header, _, body = data.partition(b"end_header" + newline)
    lines = header.decode().split(newline.decode())
    order = {"ascii": "text", "binary_little_endian": "<", "binary_big_endian": ">"}[lines[1].split()[1]]
    size = {
        "char": "i1",
        "uchar": "u1",
        "short": "i2",
        "ushort": "u2",
        "int": "i4",
        "uint": "u4",
        "float": "f4",
        "double": "f8",
    }
    element, fields, count = "", [], 0
    for words in map(str.split, lines):
        if words[:1] == ["element"]:
            element = words[1]
            count = int(words[2]) if element == "vertex" else count
        elif words[:1] == ["property"] and element == "vertex":
            fields.append((words[2], order[:1].replace("t", "<") + size[words[1]]))
    if order == "text":
        rows = body.split(newline)
        return (
            lines,
            [row.split() for row in rows[:count]],
            newline.join(rows[count:]),
            [name for name, _ in fields],
        )
    points = np.frombuffer(body, fields, count)
    return lines, points, body[points.nbytes :], [name for name, _ in fields]


@encodings
@newlines
@pytest.mark.parametrize("fields", [XYZ, FULL, [("scalar_a", "f4"), *XYZ, *COLOURS]])
def test_labelling_changes_nothing_else(saved, tmp_path, columns, encoding, newline, fields):
    points = random_points(fields, count=40)
    points["x"][3:6] = np.nan
    after = (
        "element face 1\nproperty list uchar int vertex_indices",
        b"3 0 1 2  \n" if encoding == "text" else b"\3" + bytes(12),
    )
    source = saved(ply_file(points, encoding=encoding, newline=newline, remarks=("comment kept",), after=after))
    labels = columns(40)
    label_ply(source, tmp_path / "out.ply", labels)
    old_lines, old, old_rest, old_names = plain_read(source.read_bytes())
    new_lines, new, new_rest, new_names = plain_read((tmp_path / "out.ply").read_bytes())
    ours = [f"scalar_{name}" for name in LABEL_NAMES]
    assert [name for name in new_names if name not in ours] == old_names
    assert [line for line in new_lines if "lasso" not in line] == old_lines
    assert new_rest == old_rest
    if encoding == "text":
        place = new_names.index(ours[0])
        assert [row[:place] + row[place + 3 :] for row in new] == old
        got = np.array([row[place : place + 3] for row in new], float)
        np.testing.assert_array_equal(got[:, 2].astype(np.float32), labels.uncertainty)
    else:
        for name in old_names:
            assert new[name].tobytes() == old[name].tobytes()
        np.testing.assert_array_equal(new[ours[0]], labels.label)
    records = read_ply(tmp_path / "out.ply")
    for name, values in zip(LABEL_NAMES, (labels.label, labels.object, labels.uncertainty), strict=True):
        np.testing.assert_array_equal(records.extra[name], values)
        assert records.extra[name].dtype == values.dtype


def shown_by_cloudcompare(names):
    """The property that CloudCompare displays: the first that its rules take for a scalar field (PlyFilter.cpp)."""
    for name in map(str.upper, names):
        if any(part in name for part in ("NX", "NY", "NZ", "RED", "GREEN", "BLUE")):
            continue
        if any(part in name for part in ("INTENSITY", "GRAY", "GREY", "SCAL")):
            return name
    return None


@pytest.mark.parametrize(
    "others", [[], ["intensity"], ["Scalar_old", "time"], ["time", "grey", "scalar_z"], ["escalation"]], ids=str
)
@pytest.mark.parametrize("first", [True, False])
def test_cloudcompare_shows_our_labels_first(saved, tmp_path, columns, others, first):
    other_fields = [(name, "f4") for name in others]
    fields = other_fields + XYZ if first else XYZ + NORMALS + COLOURS + other_fields
    source = saved(ply_file(random_points(fields)))
    label_ply(source, tmp_path / "out.ply", columns(50))
    names = plain_read((tmp_path / "out.ply").read_bytes())[3]
    assert shown_by_cloudcompare(names) == "SCALAR_LASSO_LABEL"
    if not first:
        assert names.index("scalar_lasso_label") > names.index("blue")


def test_labels_rewritten_as_floats_are_whole_numbers_again(saved, tmp_path, columns):
    points = random_points([*XYZ, *((f"scalar_{name}", "f4") for name in LABEL_NAMES)])
    points["scalar_lasso_label"] = np.arange(50) - 1
    points["scalar_lasso_object"] = 1.5
    points["scalar_lasso_uncertainty"] = 1
    extra = read_ply(saved(ply_file(points))).extra
    assert [extra[name].dtype for name in LABEL_NAMES] == [np.int32, np.float32, np.float32]
    np.testing.assert_array_equal(extra["lasso_label"], np.arange(50) - 1)


def test_names_survive_quotes_lines_and_letters(saved, tmp_path, columns):
    names = ('a "chair"', "two\nlines", "Tür", "椅子", "back\\slash")
    label_ply(saved(ply_file(random_points(XYZ))), tmp_path / "out.ply", columns(50, names=names))
    (comment,) = [line for line in plain_read((tmp_path / "out.ply").read_bytes())[0] if "lasso_names" in line]
    assert tuple(json.loads(comment.removeprefix("comment lasso_names "))) == names


def test_many_names_keep_to_the_line_length_that_other_readers_allow(saved, tmp_path, columns):
    names = tuple(f"object of class number {i}" for i in range(200))
    label_ply(saved(ply_file(random_points(XYZ))), tmp_path / "out.ply", columns(50, names=names))
    lines = plain_read((tmp_path / "out.ply").read_bytes())[0]
    assert max(map(len, lines)) < 1024
    lists = [json.loads(line.removeprefix("comment lasso_names ")) for line in lines if "lasso_names" in line]
    assert tuple(name for part in lists for name in part) == names


def test_a_second_labelling_gets_a_number(saved, tmp_path, columns):
    first, second, third = (tmp_path / f"{i}.ply" for i in range(3))
    label_ply(saved(ply_file(random_points(XYZ))), first, columns(50, seed=1))
    label_ply(first, second, columns(50, seed=2))
    label_ply(second, third, columns(50, seed=3))
    extra = read_ply(third).extra
    for suffix, seed in (("", 1), ("_2", 2), ("_3", 3)):
        np.testing.assert_array_equal(extra[f"lasso_label{suffix}"], columns(50, seed=seed).label)
    lines, _, _, names = plain_read(third.read_bytes())
    assert [line.split()[1] for line in lines if "lasso_names" in line] == [
        "lasso_names_3",
        "lasso_names_2",
        "lasso_names",
    ]
    assert shown_by_cloudcompare(names) == "SCALAR_LASSO_LABEL_3"


def test_a_plain_file_reads_back_as_it_was(tmp_path, columns):
    rng = np.random.default_rng(0)
    records = Records(
        rng.normal(size=(20, 3)) + 4e6,
        rng.integers(0, 255, (20, 3)).astype(np.uint8),
        rng.normal(size=(20, 3)).astype(np.float32),
        {
            "flag": rng.random(20) < 0.5,
            "big": np.arange(20) + 2**40,
            "pair": rng.normal(size=(20, 2)),
            "two words": np.arange(20),
        },
    )
    write_ply(tmp_path / "out.ply", records, columns(20))
    back = read_ply(tmp_path / "out.ply")
    np.testing.assert_array_equal(back.xyz, records.xyz)
    np.testing.assert_array_equal(back.rgb, records.rgb)
    np.testing.assert_array_equal(back.normals, records.normals)
    assert set(back.extra) == {*LABEL_NAMES, "flag", "big", "pair_0", "pair_1", "two_words"}
    np.testing.assert_array_equal(back.extra["big"], records.extra["big"])
    assert shown_by_cloudcompare(plain_read((tmp_path / "out.ply").read_bytes())[3]) == "SCALAR_LASSO_LABEL"


def test_text_fields_do_not_fit(tmp_path, columns):
    records = Records(np.zeros((2, 3)), extra={"word": np.array(["a", "b"])})
    with pytest.raises(WriteError, match="word"):
        write_ply(tmp_path / "out.ply", records, columns(2))
