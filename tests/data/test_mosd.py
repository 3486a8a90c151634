"""mOSD files: written here in their layout, and the real ones where they are."""

import os
from pathlib import Path

import numpy as np
import pytest

from lasso3d.core.errors import ReadError
from lasso3d.data.mosd import mosd_folder, read_mosd


def write_pcd(path, rows, *, fields="label x y z rgba", types="U F F F U"):
    columns = fields.split()
    head = [
        "VERSION 0.7",
        f"FIELDS {fields}",
        f"SIZE {' '.join('4' * len(columns))}",
        f"TYPE {types}",
        f"COUNT {' '.join('1' * len(columns))}",
        f"WIDTH {len(rows)}",
        "HEIGHT 1",
        "VIEWPOINT 0 0 0 1 0 0 0",
        f"POINTS {len(rows)}",
        "DATA ascii",
    ]
    path.write_text("\n".join([*head, *(" ".join(map(str, row)) for row in rows)]) + "\n")
    return path


ROWS = [
    (0, 0.5, 0.5, 1.0, 0x101010),  # label 0: invalid
    (3, 0.1, 0.2, 1.0, 0x102030),  # a part of the table
    (20, 0.3, 0.4, 1.5, 0xFF0000),  # object 2
    (21, "nan", 0.4, 1.5, 0xFF0000),
    (21, 0.3, -0.4, 1.25, 0x00FF00),  # another piece of object 2
    (30, 0, 0, 0, 0x0000FF),  # no return: at the sensor
    (130, 0.7, 0.1, 2.0, 0x0000FF),  # object 13
]


def test_a_file_becomes_labelled_points_z_up(tmp_path):
    scene, truth = read_mosd(write_pcd(tmp_path / "one.pcd", ROWS))
    expected = [[0.1, 1.0, -0.2], [0.3, 1.5, -0.4], [0.3, 1.25, 0.4], [0.7, 2.0, -0.1]]
    np.testing.assert_array_equal(scene.xyz + scene.origin, np.array(expected, np.float32))
    assert truth.instance.tolist() == [-1, 2, 2, 13]
    assert scene.rgb.tolist() == [[16, 32, 48], [255, 0, 0], [0, 255, 0], [0, 0, 255]]
    assert scene.name == "one.pcd"


def test_the_scene_carries_no_labels(tmp_path):
    scene, _ = read_mosd(write_pcd(tmp_path / "one.pcd", ROWS))
    assert dict(scene.extra) == {}


def test_files_come_in_order_of_their_paths(tmp_path):
    for name in ("test/b.pcd", "learn/c.pcd", "test/a.pcd"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_pcd(tmp_path / name, ROWS)
    assert [scene.name for scene, _ in mosd_folder(tmp_path)] == ["c.pcd", "a.pcd", "b.pcd"]


def test_a_file_without_labels_is_refused(tmp_path):
    bare = write_pcd(tmp_path / "bare.pcd", [(0.1, 0.2, 1.0)], fields="x y z", types="F F F")
    with pytest.raises(ReadError, match="has no field `label`"):
        read_mosd(bare)
    with pytest.raises(ReadError, match="no point is labelled"):
        read_mosd(write_pcd(tmp_path / "blank.pcd", ROWS[:1]))


def test_real_files_hold_objects_on_tables():
    data = os.environ.get("LASSO3D_DATA")
    if not data:
        pytest.skip("LASSO3D_DATA is not set")
    examples = mosd_folder(Path(data) / "indoor_instances" / "mOSD")
    assert len(examples) == 21
    for scene, truth in examples[::7]:
        ids, count = np.unique(truth.instance, return_counts=True)
        assert ids[0] == -1
        assert count[1:].max() > 1000
        assert 0.3 < np.ptp(scene.xyz, axis=0).max() < 5
