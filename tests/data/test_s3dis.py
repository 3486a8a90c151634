"""S3DIS in its official layout."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lasso3d.core.errors import ReadError
from lasso3d.data.folder import open_examples
from lasso3d.data.s3dis import CLASSES, parsed_rows, read_points, read_room, s3dis_rooms


def rows_of(count, seed=0):
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.uniform(-30, 30, (count, 3)).round(3), rng.integers(0, 256, (count, 3))], axis=1)


def write_object(room, name, rows):
    folder = room / "Annotations"
    folder.mkdir(parents=True, exist_ok=True)
    np.savetxt(folder / f"{name}.txt", rows, "%.3f %.3f %.3f %d %d %d")
    return folder / f"{name}.txt"


@pytest.fixture
def area(tmp_path):
    """Two rooms of Area_5 and one of Area_1."""
    for room in ("Area_5/office_2", "Area_5/hallway_1", "Area_1/office_1"):
        write_object(tmp_path / room, "wall_1", rows_of(4, seed=1))
        write_object(tmp_path / room, "chair_2", rows_of(3, seed=2))
        write_object(tmp_path / room, "stairs_1", rows_of(2, seed=3))
        (tmp_path / room / "Annotations" / "._chair_2.txt").write_bytes(b"\x00\x05\x16\x07")
    return tmp_path


def test_a_room_is_its_objects_one_after_another(area):
    scene, truth = read_room(area / "Area_1" / "office_1")
    points = np.concatenate([rows_of(3, seed=2), rows_of(2, seed=3), rows_of(4, seed=1)])
    np.testing.assert_array_equal(scene.xyz, points[:, :3].astype(np.float32))
    np.testing.assert_array_equal(scene.rgb, points[:, 3:])
    assert scene.name == "Area_1_office_1"
    assert truth.instance.tolist() == [1, 1, 1, 2, 2, 3, 3, 3, 3]
    named = [truth.class_names[k] for k in truth.semantic]
    assert named == ["chair"] * 3 + ["clutter"] * 2 + ["wall"] * 4
    assert len(CLASSES) == 13


def test_area_5_is_meant_unless_another_is_named(area):
    assert [scene.name for scene, _ in s3dis_rooms(area)] == ["Area_5_hallway_1", "Area_5_office_2"]
    assert [scene.name for scene, _ in open_examples(area, split="Area_1")] == ["Area_1_office_1"]
    assert len(open_examples(area, split="all")) == 3
    assert len(s3dis_rooms(area / "Area_1")) == 1
    assert len(s3dis_rooms(area / "Area_5" / "office_2")) == 1
    (area / "Stanford3dDataset_v1.2").mkdir()
    (area / "Area_5").rename(area / "Stanford3dDataset_v1.2" / "Area_5")
    (area / "Area_1").rename(area / "Stanford3dDataset_v1.2" / "Area_1")
    assert len(open_examples(area)) == 2
    with pytest.raises(ReadError, match="has no part 'Area_7'; choose Area_1, Area_5 or all"):
        s3dis_rooms(area, split="Area_7")


def test_the_known_damage_of_office_19_is_mended(area):
    path = area / "Area_5" / "office_2" / "Annotations" / "ceiling_1.txt"
    path.write_bytes(b"-22.317 6.692 3.048 103.0\x100000 103.000000 9.000000\n")
    np.testing.assert_array_equal(read_points(path), np.array([[-22.317, 6.692, 3.048, 103, 103, 9]], np.float32))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"1 2 3 4 5 6\n1 2 3 4 5\n", "line 2 is not x y z red green blue"),
        (b"1 2 3 4 5 6\n\n1 2 3 4 5 6 7\n", "line 3 is not"),
        (b"1 2 3 4 5 6\n1 2 x 4 5 6", "line 2 is not"),
        (b"1 2 3 4 5 6\n1 2 3", "line 2 is not"),
        (b"1 2 3e5 4 5 6\n", "line 1 is not"),
        (b"1 2 - 4 5 6\n", "line 1 is not"),
        (b"1 2 3.4.5 4 5 6\n", "line 1 is not"),
        (b"1 2 1234567890123456789 4 5 6\n", "line 1 is not"),
        (b"1 2 3 4 5 6\n1 2 3 4 256 6\n", "point 2 has a colour outside 0 to 255"),
        (b"1 2 3 4 -5 6\n", "point 1 has a colour outside"),
        (b" \n\n", "holds no points"),
        (b"", "file is empty"),
    ],
)
def test_a_damaged_object_is_refused_with_its_line(tmp_path, text, said):
    path = tmp_path / "chair_1.txt"
    path.write_bytes(text)
    with pytest.raises(ReadError, match=rf"chair_1\.txt: .*{said}"):
        read_points(path)


def test_a_room_without_objects_is_refused(tmp_path):
    (tmp_path / "Area_1" / "office_1" / "Annotations").mkdir(parents=True)
    with pytest.raises(ReadError, match=r"Annotations: holds no objects; complete the room"):
        read_room(tmp_path / "Area_1" / "office_1")


@given(
    st.lists(st.floats(-1e5, 1e5, allow_nan=False), min_size=6, max_size=60),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
    st.sampled_from(["%.6f", "%d", "%.3f", "%.0f."]),
)
def test_numbers_are_read_as_numpy_reads_them(values, newline, form):
    rows = np.array(values[: len(values) // 6 * 6]).reshape(-1, 6)
    text = newline.join("  ".join(form % value for value in row) for row in rows)
    found, line = parsed_rows(np.frombuffer(text.encode(), np.uint8), 6)
    assert line == 0
    plain = np.array([[float(word) for word in row.split()] for row in text.split(newline)])
    np.testing.assert_array_equal(found, plain.astype(np.float32))
