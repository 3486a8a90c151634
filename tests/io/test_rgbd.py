"""Posed RGB-D frames: every layout gives one cloud, it lies on the surfaces, and trouble is one line."""

import json
import logging
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from lasso3d.core.errors import ReadError, WriteError
from lasso3d.core.scene import Scene, View
from lasso3d.data.example import Example, Truth
from lasso3d.data.procedural.appearance import Light, Material, wardrobe
from lasso3d.data.procedural.sensors import Habits, rays
from lasso3d.data.procedural.shapes import Placed, Solid, Thing, at, rectangle
from lasso3d.data.procedural.tracing import cast
from lasso3d.data.procedural.trees import scenery
from lasso3d.data.procedural.viewpoints import Orbit
from lasso3d.data.procedural.views import Daylight, Studio, photographed
from lasso3d.data.procedural.visible import Labels
from lasso3d.geometry.cameras import Camera
from lasso3d.io.export import write_segmentation
from lasso3d.io.rgbd import edges, read_frames
from lasso3d.io.rgbd_fusion import Grid
from lasso3d.io.scenes import read_scene

SIZE = (160, 120)
QUIET = Habits(disparity_noise=0.2, patch_noise=0.0, ragged=0.0, gloss_loss=0.0, holes=0.0, between=0.0)
SURFACE = 0.006
"""Metres: a step of depth at 1.2 m is 4 mm, and half a pixel between a point and the nearest true one."""


def thing(kind: str, size: tuple[float, ...], look: Material, *, x: float, y: float, z: float) -> Placed:
    return Placed(Thing("box", (Solid(kind, size, look, at()),), rectangle(0.1, 0.1), 0.2), at(x, y, z, turn=x))


@pytest.fixture(scope="module")
def studio() -> Studio:
    """A checked table with boxes and a ball on it."""
    placed = (
        thing(
            "box",
            (0.5, 0.4, 0.01),
            Material((0.8, 0.7, 0.5), (0.5, 0.4, 0.3), "checks", 0.1),
            x=0.0,
            y=0.0,
            z=-0.01,
        ),
        thing("box", (0.1, 0.07, 0.12), Material((0.8, 0.2, 0.2)), x=0.15, y=0.1, z=0.12),
        thing("box", (0.06, 0.12, 0.04), Material((0.2, 0.3, 0.8)), x=-0.2, y=-0.1, z=0.04),
        thing("ellipsoid", (0.08, 0.08, 0.08), Material((0.2, 0.7, 0.3)), x=0.1, y=-0.2, z=0.08),
    )
    of_solid = np.arange(4, dtype=np.int32)
    return Studio(
        scenery(placed),
        wardrobe([one.thing.solids[0].material for one in placed]),
        Labels(np.where(of_solid > 0, of_solid, np.int32(-1)), of_solid, np.full(4, -1, np.int32), of_solid >= 0),
        Daylight(Light(0.6, (0.6, 0.0, 0.8), 0.5)),
        QUIET,
        Orbit((0.0, 0.0, 0.05), distance=(0.7, 1.1), elevation=(0.5, 1.0), aside=0.05),
        shift=0.0,
        turn=0.0,
    )


@pytest.fixture(scope="module")
def views(studio) -> tuple[View, ...]:
    """Six views of it, poses exactly right, depths with steps and a little noise."""
    nothing = Example(Scene(np.zeros((1, 3))), Truth(np.ones(1, np.int32)))
    return photographed(nothing, studio, count=6, seed=5, size=SIZE).scene.views[:]


@pytest.fixture(scope="module")
def surface(studio, views) -> cKDTree:
    """Exact points of what the views see."""
    points = []
    for view in views:
        K = view.K.copy()
        K[:2] *= 3
        eye, direction = rays(Camera(K, view.T_camera_scene, 3 * SIZE[0], 3 * SIZE[1]))
        hits = cast(studio.on, np.broadcast_to(eye, direction.shape).copy(), direction)
        met = hits.solid >= 0
        points.append(eye + direction[met] * hits.distance[met, None])
    return cKDTree(np.concatenate(points))


def to_world(view: View) -> np.ndarray:
    return np.linalg.inv(view.T_camera_scene)


def save_depth(path: Path, depth: np.ndarray, steps: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.rint(depth * steps).astype(np.uint16)).save(path)


def save_rgb(path: Path, rgb: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(rgb).save(path, **({"quality": 95} if path.suffix == ".jpg" else {}))


def save_matrix(path: Path, matrix: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(path, matrix, fmt="%.9f")


def tum_line(time: float, pose: np.ndarray) -> str:
    quaternion = Rotation.from_matrix(pose[:3, :3]).as_quat()
    return " ".join([f"{time:.6f}", *(f"{x:.9f}" for x in (*pose[:3, 3], *quaternion))])


def log_text(poses: list[np.ndarray]) -> str:
    blocks = []
    for i, pose in enumerate(poses):
        rows = [" ".join(f"{x:.9f}" for x in row) for row in pose]
        blocks += [f"{i} {i} {i + 1}", *rows]
    return "\n".join(blocks) + "\n"


def scannet(folder: Path, views: tuple[View, ...]) -> None:
    for i, view in enumerate(views):
        save_rgb(folder / f"color/{20 * i}.jpg", view.rgb)
        save_depth(folder / f"depth/{20 * i}.png", view.depth, 1000)
        save_matrix(folder / f"pose/{20 * i}.txt", to_world(view))
    for name in ("color", "depth"):
        K = np.eye(4)
        K[:3, :3] = views[0].K
        save_matrix(folder / f"intrinsic/intrinsic_{name}.txt", K)
        save_matrix(folder / f"intrinsic/extrinsic_{name}.txt", np.eye(4))


def openscene(folder: Path, views: tuple[View, ...]) -> None:
    """As ScanNet's, with larger pictures and one camera, that of the pictures, beside the scene's folder."""
    for i, view in enumerate(views):
        large = np.asarray(Image.fromarray(view.rgb).resize((2 * SIZE[0], 2 * SIZE[1]), Image.Resampling.BILINEAR))
        save_rgb(folder / f"color/{i}.png", large)
        save_depth(folder / f"depth/{i}.png", view.depth, 1000)
        save_matrix(folder / f"pose/{i}.txt", to_world(view))
    K = views[0].K.copy()
    K[0, 0], K[1, 1], K[:2, 2] = 2 * K[0, 0], 2 * K[1, 1], 2 * K[:2, 2] + 0.5
    save_matrix(folder.parent / "intrinsics.txt", K)


def tum(folder: Path, views: tuple[View, ...]) -> None:
    pictures, depths, poses = [], [], []
    for i, view in enumerate(views):
        time = 1305031102.175304 + i / 30
        save_rgb(folder / f"rgb/{time:.6f}.png", view.rgb)
        save_depth(folder / f"depth/{time + 0.01:.6f}.png", view.depth, 5000)
        pictures.append(f"{time:.6f} rgb/{time:.6f}.png")
        depths.append(f"{time + 0.01:.6f} depth/{time + 0.01:.6f}.png")
        poses.append(tum_line(time + 0.005, to_world(view)))
    for name, lines in (("rgb", pictures), ("depth", depths), ("groundtruth", poses)):
        (folder / f"{name}.txt").write_text("\n".join(["# a comment", *lines]) + "\n")
    (folder / "intrinsic.txt").write_text(" ".join(str(views[0].K[i]) for i in ((0, 0), (1, 1), (0, 2), (1, 2))))


def tum_associated(folder: Path, views: tuple[View, ...]) -> None:
    tum(folder, views)
    rgb, depth = ((folder / f"{name}.txt").read_text().splitlines()[1:] for name in ("rgb", "depth"))
    (folder / "associations.txt").write_text("\n".join(f"{d} {c}" for c, d in zip(rgb, depth, strict=True)))
    (folder / "rgb.txt").unlink()


def redwood(folder: Path, views: tuple[View, ...]) -> None:
    """Numbers that skip, a trajectory with a pose for each number, Open3D's camera."""
    poses = [np.eye(4)] * (3 * len(views))
    for i, view in enumerate(views):
        save_rgb(folder / f"image/{3 * i:05d}.jpg", view.rgb)
        save_depth(folder / f"depth/{3 * i:05d}.png", view.depth, 1000)
        poses[3 * i] = to_world(view)
    (folder / "trajectory.log").write_text(log_text(poses))
    camera = {"width": SIZE[0], "height": SIZE[1], "intrinsic_matrix": views[0].K.T.ravel().tolist()}
    (folder / "intrinsic.json").write_text(json.dumps(camera))


def icl_nuim(folder: Path, views: tuple[View, ...]) -> None:
    """Frames numbered by index, and so are the lines of the trajectory."""
    for i, view in enumerate(views):
        save_rgb(folder / f"rgb/{i}.png", view.rgb)
        save_depth(folder / f"depth/{i}.png", view.depth, 5000)
    lines = [tum_line(i, to_world(view)) for i, view in enumerate(views)]
    (folder / "livingRoom1.gt.freiburg").write_text("\n".join(lines))
    K = views[0].K
    camera = {"fx": K[0, 0], "fy": K[1, 1], "cx": K[0, 2], "cy": K[1, 2]}
    (folder / "camera.json").write_text(json.dumps({"camera": camera}))


def replica(folder: Path, views: tuple[View, ...]) -> None:
    """A matrix a line, and steps of depth that only the camera's file knows."""
    for i, view in enumerate(views):
        save_rgb(folder / f"rgb/frame{i:06d}.jpg", view.rgb)
        save_depth(folder / f"depth/depth{i:06d}.png", view.depth, 6553.5)
    np.savetxt(folder / "traj.txt", np.stack([to_world(view).ravel() for view in views]), fmt="%.9f")
    camera = {"camera": {"K": views[0].K.tolist(), "scale": 6553.5}}
    (folder / "camera.json").write_text(json.dumps(camera))


def seven_scenes(folder: Path, views: tuple[View, ...]) -> None:
    for i, view in enumerate(views):
        save_rgb(folder / f"frame-{i:06d}.color.png", view.rgb)
        save_depth(folder / f"frame-{i:06d}.depth.png", np.where(view.depth > 0, view.depth, 65.535), 1000)
        save_matrix(folder / f"frame-{i:06d}.pose.txt", to_world(view))
    save_matrix(folder / "camera-intrinsics.txt", views[0].K)


def shelf(folder: Path, views: tuple[View, ...]) -> None:
    """The Amazon Picking Challenge: tenths of a millimetre, rotated by three bits, all matrices in one file."""
    text = "# Environment: shelf\n\n# Color camera intrinsic matrix\n"
    text += "\n".join("\t".join(f"{x:.8e}" for x in row) for row in views[0].K) + "\n"
    for i, view in enumerate(views):
        save_rgb(folder / f"frame-{i:06d}.color.png", view.rgb)
        raw = np.rint(view.depth * 10_000).astype(np.uint16)
        Image.fromarray((raw << 3) | (raw >> 13)).save(folder / f"frame-{i:06d}.depth.png")
        text += f"\n# Camera-to-world extrinsic matrix (camera pose) for frame-{i:06d}\n"
        text += "\n".join("\t".join(f"{x:.8e}" for x in row) for row in to_world(view)) + "\n"
    (folder / "cam.info.txt").write_text(text)


LAYOUTS = (scannet, openscene, tum, tum_associated, redwood, icl_nuim, replica, seven_scenes, shelf)


def written(tmp_path: Path, layout, views: tuple[View, ...]) -> Path:
    folder = tmp_path / "recording"
    folder.mkdir()
    layout(folder, views)
    return folder


# what comes out


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_frames_of_every_layout_become_a_cloud_on_the_surfaces_they_show(layout, views, surface, tmp_path):
    scene = read_scene(written(tmp_path, layout, views))
    away = surface.query(scene.xyz)[0]
    assert len(scene) > 10_000
    assert np.quantile(away, 0.5) < SURFACE / 2
    assert np.quantile(away, 0.98) < SURFACE
    assert scene.rgb.std() > 10
    assert scene.name == "recording"
    assert len(scene.views) == len(views)
    for mine, given in zip(scene.views, views, strict=True):
        np.testing.assert_allclose(mine.T_camera_scene, given.T_camera_scene, atol=1e-6)
        np.testing.assert_allclose(mine.K, given.K, atol=1e-4)
        np.testing.assert_allclose(mine.depth, given.depth, atol=6e-4)
        assert np.abs(mine.rgb.astype(int) - given.rgb).mean() < 6


def test_colours_of_the_cloud_are_those_of_the_pictures(views, tmp_path):
    scene = read_scene(written(tmp_path, scannet, views))
    tree = cKDTree(scene.xyz)
    view = views[2]
    camera = Camera(view.K, view.T_camera_scene, *SIZE)
    eye, direction = rays(camera)
    points = (eye + direction * view.depth.reshape(-1, 1))[view.depth.ravel() > 0]
    away, nearest = tree.query(points)
    found = scene.rgb[nearest[away < 0.01]].astype(int)
    given = view.rgb.reshape(-1, 3)[view.depth.ravel() > 0][away < 0.01]
    assert np.median(np.abs(found - given)) < 12


@pytest.mark.parametrize("up", ["-y", "x"])
def test_up_and_unit_turn_and_scale_cloud_and_views_alike(up, views, tmp_path):
    folder = written(tmp_path, scannet, views[:2])
    plain, turned = read_scene(folder), read_scene(folder, up=up, unit=0.5)
    assert len(turned) == len(plain)
    assert not np.allclose(turned.xyz, 0.5 * plain.xyz, atol=0.01)
    for a, b in zip(plain.views, turned.views, strict=True):
        in_a = plain.xyz @ a.T_camera_scene[:3, :3].T + a.T_camera_scene[:3, 3]
        in_b = turned.xyz @ b.T_camera_scene[:3, :3].T + b.T_camera_scene[:3, 3]
        np.testing.assert_allclose(0.5 * in_a, in_b, atol=1e-5)
        np.testing.assert_allclose(0.5 * a.depth, b.depth)


def test_views_are_read_when_they_are_looked_at_and_can_be_sent_to_workers(views, tmp_path):
    scene = read_scene(written(tmp_path, seven_scenes, views))
    carried = pickle.loads(pickle.dumps(scene))
    np.testing.assert_array_equal(carried.views[1].rgb, views[1].rgb)
    assert len(scene.views[2:4]) == 2
    for path in (tmp_path / "recording").glob("*.color.png"):
        path.unlink()
    with pytest.raises(ReadError, match=r"frame-000001\.color\.png"):
        scene.views[1]


def test_frames_that_lost_their_pose_are_left_out(views, tmp_path, caplog):
    folder = written(tmp_path, scannet, views)
    save_matrix(folder / "pose/20.txt", np.full((4, 4), -np.inf))
    save_matrix(folder / "pose/40.txt", np.full((4, 4), np.nan))
    (folder / "pose/60.txt").unlink()
    with caplog.at_level(logging.INFO, logger="lasso3d"):
        scene = read_scene(folder)
    assert len(scene.views) == len(views) - 3
    assert "3 of 6 frames" in caplog.text


def test_without_pictures_there_is_a_cloud_without_colours(views, tmp_path):
    folder = written(tmp_path, scannet, views)
    for path in (folder / "color").iterdir():
        path.unlink()
    scene = read_scene(folder)
    assert scene.rgb is None
    assert len(scene.views) == 0
    assert len(scene) > 10_000


def test_a_camera_that_is_not_said_is_a_warning_and_a_primesense(views, tmp_path, caplog):
    folder = written(tmp_path, redwood, views)
    (folder / "intrinsic.json").unlink()
    with caplog.at_level(logging.WARNING, logger="lasso3d"):
        scene = read_scene(folder)
    assert "no intrinsics" in caplog.text
    assert scene.views[0].K[0, 0] == 525 * SIZE[0] / 640


def test_equal_folders_give_equal_scenes(views, tmp_path):
    folder = written(tmp_path, tum, views)
    a, b = read_scene(folder), read_scene(folder)
    assert a.digest == b.digest
    assert a.source.digest == b.source.digest


# trouble


def without(*names):
    def spoil(folder: Path) -> None:
        for name in names:
            for path in folder.glob(name):
                path.unlink()

    return spoil


def text(name: str, content: str):
    return lambda folder: (folder / name).write_text(content)


def image(name: str, mode: str, size=SIZE):
    return lambda folder: Image.new(mode, size).save(folder / name)


TROUBLE = {
    "no poses": (scannet, without("pose/*"), "none of its 6 depth images has a pose"),
    "no pose at all": (tum, without("groundtruth.txt"), "no poses"),
    "no poses beside": (seven_scenes, without("*.pose.txt"), "no poses"),
    "no camera": (scannet, without("intrinsic/*"), "no intrinsics"),
    "words for numbers": (scannet, text("pose/20.txt", "one two three"), "no number"),
    "half a pose": (scannet, text("pose/20.txt", "1 0 0 0 1 0"), "6 numbers"),
    "skewed poses": (
        seven_scenes,
        lambda f: [save_matrix(p, np.ones((4, 4))) for p in f.glob("*.pose.txt")],
        "pose",
    ),
    "cut trajectory": (redwood, text("trajectory.log", "0 0 1\n1 0 0 0\n"), "19"),
    "too few poses": (redwood, text("trajectory.log", log_text([np.eye(4)])), "1 poses for 6"),
    "ragged trajectory": (icl_nuim, text("livingRoom1.gt.freiburg", "1 2 3\n1 2\n"), "one length"),
    "no camera matrix": (shelf, text("cam.info.txt", "# nothing\n"), "intrinsic matrix"),
    "negative focal length": (tum, text("intrinsic.txt", "-481 480 319 239"), "pinhole"),
    "camera of words": (redwood, text("intrinsic.json", '{"fx": "wide"}'), "intrinsics"),
    "steps of nothing": (redwood, text("intrinsic.json", '{"fx":1,"fy":1,"cx":1,"cy":1,"scale":0}'), "depth_scale"),
    "depth of 8 bits": (scannet, image("depth/20.png", "L"), "16 bits"),
    "depth of another size": (scannet, image("depth/20.png", "I;16", (8, 6)), "8 x 6"),
    "picture of another size": (scannet, image("color/20.jpg", "RGB", (8, 6)), "8 x 6"),
    "damaged depth": (scannet, text("depth/20.png", "no picture"), "20.png"),
    "empty depths": (seven_scenes, lambda f: [image(p.name, "I;16")(f) for p in f.glob("*.depth.png")], "nothing"),
    "list of other folders": (tum, text("depth.txt", "1.0 ../../depth/1.png\n"), "outside its folder"),
    "list of nothing": (tum_associated, text("associations.txt", "1 rgb/1.png\n"), "TIME FILE"),
}


@pytest.mark.parametrize("case", TROUBLE)
def test_trouble_is_one_line_that_says_where(case, views, tmp_path):
    layout, spoil, what = TROUBLE[case]
    folder = written(tmp_path, layout, views)
    spoil(folder)
    with pytest.raises(ReadError) as error:
        read_scene(folder)
    line = str(error.value)
    assert what in line
    assert str(folder) in line
    assert "\n" not in line
    assert error.value.cure


def test_a_folder_of_anything_else_is_still_refused(tmp_path):
    (tmp_path / "depth").mkdir()
    assert read_frames(tmp_path) is None
    with pytest.raises(ReadError, match=r"no scene\.json"):
        read_scene(tmp_path)


def test_mutated_texts_never_surprise(views, tmp_path):
    """Whatever stands in a text of poses or cameras: a scene or a ReadError."""
    rng = np.random.default_rng(0)
    folder = written(tmp_path, redwood, views[:1])
    for name in ("trajectory.log", "intrinsic.json"):
        good = (folder / name).read_bytes()
        for _ in range(60):
            mutant = np.frombuffer(good, np.uint8).copy()
            mutant[rng.integers(0, len(mutant), 4)] = rng.integers(0, 256, 4)
            (folder / name).write_bytes(mutant[: rng.integers(1, len(mutant) + 1)].tobytes())
            try:
                read_scene(folder)
            except ReadError as error:
                assert "\n" not in str(error)  # noqa: PT017
        (folder / name).write_bytes(good)


# writing back


def test_labels_of_frames_go_into_a_plain_file_in_the_frame_of_the_poses(views, tmp_path, answer):
    scene = read_scene(written(tmp_path, scannet, views[:2]), up="-y")
    write_segmentation(tmp_path / "labelled.ply", scene, answer(scene))
    again = read_scene(tmp_path / "labelled.ply", up="-y")
    np.testing.assert_allclose(again.xyz, scene.xyz, atol=1e-6)
    np.testing.assert_array_equal(again.rgb, scene.rgb)
    assert "lasso_label" in again.extra
    with pytest.raises(WriteError, match="suffix"):
        write_segmentation(tmp_path / "labelled", scene, answer(scene))
    save_matrix(tmp_path / "recording/pose/20.txt", np.eye(4))
    with pytest.raises(WriteError, match="changed"):
        write_segmentation(tmp_path / "labelled.ply", scene, answer(scene))


def test_a_recording_with_a_lost_picture_can_be_labelled_too(views, tmp_path, answer):
    folder = written(tmp_path, scannet, views)
    sorted((folder / "color").iterdir())[2].unlink()
    scene = read_scene(folder)
    write_segmentation(tmp_path / "labelled.ply", scene, answer(scene))
    assert len(read_scene(tmp_path / "labelled.ply")) == len(scene)


# parts


def test_depth_jumps_are_edges_and_slopes_are_not():
    depth = np.full((5, 9), 1.0, np.float32) + 0.02 * np.arange(9, dtype=np.float32)
    depth[:, 6:] += 0.5
    depth[2, 2] = 0
    found = edges(depth)
    assert found[:, 5:7].all()
    assert not found[:, :5].any()
    assert not found[:, 7:].any()


def test_the_grid_averages_by_weight_and_drops_what_one_pixel_saw():
    grid = Grid(0.1, np.zeros(3))
    xyz = np.array([[0.01, 0.02, 0.03], [0.05, 0.06, 0.07], [5.0, 5.0, 5.0]])
    rgb = np.array([[0, 0, 0], [100, 200, 40], [1, 1, 1]], np.uint8)
    grid.add(xyz, rgb, np.array([1, 3, 1], np.float32))
    points, colours = grid.points()
    np.testing.assert_allclose(points, [[0.04, 0.05, 0.06]], atol=1e-6)
    np.testing.assert_array_equal(colours, [[75, 150, 30]])


def test_the_grid_grows_and_coarsens_without_losing_a_point(monkeypatch):
    monkeypatch.setattr("lasso3d.io.rgbd_fusion.MOST_CELLS", 1 << 17)
    rng = np.random.default_rng(0)
    xyz = rng.uniform(-1, 1, (400_000, 3))
    grid = Grid(0.01, np.zeros(3))
    for _ in range(2):
        grid.add(xyz, np.zeros((len(xyz), 3), np.uint8), np.ones(len(xyz), np.float32))
    assert grid.size == 0.04
    assert len(np.unique(np.floor(xyz / grid.size), axis=0)) == len(grid.points()[0])
    np.testing.assert_allclose(grid.points()[0].mean(0), xyz.mean(0), atol=0.01)


# real recordings


@pytest.mark.skipif("LASSO3D_DATA" not in os.environ, reason="LASSO3D_DATA is not set")
@pytest.mark.parametrize(
    ("name", "up", "extent", "frames"),
    [("icl_livingroom1", "-y", (3.8, 1.9, 1.6), 34), ("apc_shelf", "z", (0.9, 0.9, 0.6), 8)],
)
def test_real_recordings_are_fused(name, up, extent, frames):
    scene = read_scene(Path(os.environ["LASSO3D_DATA"]) / "posed_rgbd" / name, up=up)
    np.testing.assert_allclose(np.ptp(scene.xyz, axis=0), extent, atol=0.15)
    assert len(scene.views) == frames
    assert 100_000 < len(scene) < 500_000
    # what a view measures lies on the cloud
    view = scene.views[frames // 2]
    eye, direction = rays(Camera(view.K, view.T_camera_scene, view.rgb.shape[1], view.rgb.shape[0]))
    returned = (view.depth > 0).ravel()
    points = (eye + direction * view.depth.reshape(-1, 1))[returned][::50]
    away, nearest = cKDTree(scene.xyz).query(points)
    assert np.median(away) < 0.006
    difference = np.abs(scene.rgb[nearest].astype(int) - view.rgb.reshape(-1, 3)[returned][::50])
    assert np.median(difference) < 15
