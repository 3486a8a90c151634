import numpy as np
import pytest
from PIL import Image

from lasso3d.core.errors import WriteError
from lasso3d.core.prompts import Click
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.geometry.cameras import Camera, intrinsics, look_at, project
from lasso3d.viz.annotations import INK, Sheet, draw_scale_bar
from lasso3d.viz.palette import BACKGROUND, ROW_COLOURS, cividis, height_colours
from lasso3d.viz.pictures import picture, save_picture
from lasso3d.viz.viewpoint import Subject, best_camera, framed


@pytest.fixture(scope="module")
def scene() -> Scene:
    """A grey floor with a red and a green block on it."""
    rng = np.random.default_rng(0)
    floor = rng.uniform(-1, 1, (6000, 3)) * (1, 1, 0)
    blocks = [rng.uniform(-0.2, 0.2, (3000, 3)) + np.array([x, 0, 0.2]) for x in (-0.5, 0.5)]
    rgb = np.repeat(np.array([[120, 120, 120], [200, 60, 60], [60, 200, 60]], np.uint8), (6000, 3000, 3000), axis=0)
    return Scene(np.concatenate([floor, *blocks]).astype(np.float32), rgb=rgb, name="two blocks")


def answer(of_point: np.ndarray, labels: tuple, uncertainty: tuple) -> Segmentation:
    """Tokens = rows plus one for none."""
    rows = len(labels)
    score = np.ones(rows, np.float32)
    unsure = np.array(uncertainty, np.float32)
    probability = np.eye(rows, rows + 1, dtype=np.float32)
    return Segmentation(probability, of_point.astype(np.int32), labels, score, unsure, exclusive=True)


@pytest.fixture(scope="module")
def blocks(scene) -> Segmentation:
    of_point = np.repeat([2, 0, 1], (6000, 3000, 3000))
    return answer(of_point, ("box", "crate"), (0.1, 0.9, 0.0))


def contains(image: np.ndarray, colour: np.ndarray, tolerance: int = 40) -> bool:
    """Whether a fair number of pixels have about the hue of a colour, whatever their brightness."""
    bright = image.max(-1) > 60
    pixels = image[bright] / image[bright].max(-1, keepdims=True)
    return bool((np.abs(pixels - colour / colour.max()).max(-1) < tolerance / 255).sum() > 50)


def test_a_scan_alone_is_one_panel_and_an_answer_is_three(scene, blocks):
    assert picture(scene).shape[1] == 560
    assert picture(scene, blocks).shape[1] == 3 * 560 + 2 * 4
    assert picture(scene, blocks, panels=("masks",)).shape[1] == 560


def test_the_width_asked_for_is_kept_but_for_a_few_pixels(scene, blocks):
    image = picture(scene, blocks, width=900)
    assert image.dtype == np.uint8
    assert 897 <= image.shape[1] <= 900


def test_the_picture_shows_scan_colours_mask_colours_and_background(scene, blocks):
    scan, masks = (picture(scene, blocks, panels=(panel,)) for panel in ("scan", "masks"))
    assert contains(scan, np.array([200, 60, 60]))
    assert contains(scan, np.array([60, 200, 60]))
    assert all(contains(masks, ROW_COLOURS[i]) for i in (0, 1))
    assert (scan[5, -5] == BACKGROUND).all()


def test_the_same_arguments_give_the_same_picture_and_other_masks_another(scene, blocks):
    moved = answer(np.repeat([1, 0, 2], (6000, 3000, 3000)), ("box", "crate"), (0.1, 0.9, 0.0))
    once = picture(scene, blocks, width=600)
    np.testing.assert_array_equal(once, picture(scene, blocks, width=600))
    assert (once != picture(scene, moved, width=600)).any()


def test_uncertainty_is_written_as_a_share_and_drawn_as_heat(scene, blocks):
    unsure = picture(scene, blocks, panels=("uncertainty",))
    sure = picture(scene, answer(blocks.of_point, ("box", "crate"), (0.0, 0.0, 0.0)), panels=("uncertainty",))
    assert contains(unsure, cividis(np.array([0.9]))[0], tolerance=60)
    assert (unsure[:30, :300] != sure[:30, :300]).any()


def test_clicks_are_marked(scene, blocks):
    clicks = (Click((-0.5, 0, 0.4), 1), Click((0.9, 0.9, 0), 0))
    plain, marked = (
        picture(scene, blocks, panels=("scan",)),
        picture(scene, blocks, panels=("scan",), clicks=clicks),
    )
    changed = (plain != marked).any(-1).sum()
    assert 200 < changed < 3000


def test_a_small_mask_is_shown_again_larger(scene):
    few = np.linalg.norm(scene.xyz - (0.5, 0, 0.4), axis=1) < 0.06
    small = answer(np.where(few, 0, 1), ("knob",), (0.0, 0.0))
    image = picture(scene, small, panels=("masks",))
    hue = ROW_COLOURS[0] / 218
    share = (np.abs(image / np.maximum(image.max(-1, keepdims=True), 60) - hue).max(-1) < 0.15).mean()
    assert share > 0.02


def test_the_scale_bar_is_as_long_as_it_says():
    camera = Camera(
        intrinsics(400, 300, field_of_view=32.0), look_at(np.array([0.0, -2.0, 0.0]), np.zeros(3)), 400, 300
    )
    sheet = Sheet(Image.new("RGB", (400, 300)))
    draw_scale_bar(sheet, camera, 2.0)
    bar = (np.asarray(sheet.image)[300 - 14, :120] == INK).all(-1)
    uv, _ = project(np.array([[0.0, 0, 0], [0.2, 0, 0]], np.float32), camera)
    assert abs(bar.sum() - (uv[1, 0] - uv[0, 0])) <= 2


def test_an_answer_without_rows_is_a_picture_too(scene):
    nothing = Segmentation(
        np.zeros((0, 1), np.float32),
        np.zeros(len(scene), np.int32),
        (),
        np.zeros(0, np.float32),
        np.zeros(1, np.float32),
        exclusive=False,
    )
    assert picture(scene, nothing, width=602).shape[1] == 602


@pytest.mark.parametrize("n", [1, 2, 3, 50])
def test_tiny_scans_have_a_picture(n):
    xyz = np.random.default_rng(n).uniform(-1, 1, (n, 3)).astype(np.float32)
    whole = answer(np.zeros(n, int), ("dust",), (0.5, 0.0))
    image = picture(Scene(xyz), whole, width=600)
    assert (image[30:, :190] != BACKGROUND).any()


def test_a_hundred_rows_with_long_names_are_a_picture():
    rng = np.random.default_rng(0)
    scene = Scene(rng.uniform(0, 1, (3000, 3)).astype(np.float32))
    probability = np.eye(100, dtype=np.float32)
    labels = tuple(f"a very long name of something number {i}" for i in range(100))
    sure = np.zeros(100, np.float32)
    rows = Segmentation(
        probability,
        (np.arange(3000) % 100).astype(np.int32),
        labels,
        np.ones(100, np.float32),
        sure,
        exclusive=True,
    )
    assert picture(scene, rows, panels=("masks",)).shape[1] == 560


def test_panels_that_need_an_answer_say_so(scene):
    with pytest.raises(ValueError, match="need a segmentation"):
        picture(scene, panels=("masks",))
    with pytest.raises(ValueError, match="64 pixels"):
        picture(scene, width=20)


def test_a_saved_picture_reads_back_and_leaves_no_other_file(tmp_path, scene, blocks):
    save_picture(tmp_path / "out.png", scene, blocks, width=600)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "out.png")), picture(scene, blocks, width=600))
    assert [path.name for path in tmp_path.iterdir()] == ["out.png"]


def test_a_failed_save_leaves_the_old_picture(tmp_path, scene, monkeypatch):
    target = tmp_path / "out.png"
    target.write_bytes(b"old")

    def full_disk(self, path, **_):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full_disk)
    with pytest.raises(WriteError, match="No space left"):
        save_picture(target, scene)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.png"]


def test_a_missing_folder_is_one_clear_line(tmp_path, scene):
    with pytest.raises(WriteError, match="cannot write the picture"):
        save_picture(tmp_path / "nowhere" / "out.png", scene)


def test_framing_keeps_the_points_in_the_picture_and_close():
    xyz = np.random.default_rng(0).normal(0, (3, 0.2, 0.5), (5000, 3)).astype(np.float32) + np.float32(7)
    uv, depth = project(xyz, framed(xyz, np.array([0.3, 0.8, -0.5]), 400, 300))
    inside = (depth > 0) & (uv >= 0).all(1) & (uv <= (399, 299)).all(1)
    assert inside.mean() > 0.995
    assert max(np.ptp(uv[:, 0]) / 400, np.ptp(uv[:, 1]) / 300) > 0.85


def test_a_scan_of_one_depth_image_is_seen_from_the_sensor():
    # a wall with a box before it, as a camera at zero looking along y sees them: the box hides a part of the wall
    u, v = np.meshgrid(np.linspace(-0.4, 0.4, 120), np.linspace(-0.3, 0.3, 90))
    depth = np.where((np.abs(u) < 0.15) & (np.abs(v) < 0.15), 1.0, 1.6)
    xyz = np.stack([u * depth, depth, v * depth], axis=-1).reshape(-1, 3).astype(np.float32)
    camera = best_camera(Subject(xyz, np.full(len(xyz), -1, np.int32)), 400, 300)
    assert np.linalg.norm(camera.eye) < 1e-6


def test_the_view_turns_to_the_side_where_the_mask_is():
    rng = np.random.default_rng(0)
    x, z = rng.uniform(-1, 1, 20_000), rng.uniform(0, 1.5, 20_000)
    wall = np.stack([x, np.zeros_like(x), z], axis=1)
    sign = rng.uniform(-0.2, 0.2, (800, 3)) * (1, 0, 1) + (0, -0.15, 0.7)
    xyz = np.concatenate([wall, sign]).astype(np.float32)
    row = np.repeat([-1, 0], (20_000, 800)).astype(np.int32)
    assert best_camera(Subject(xyz, row), 400, 300).eye[1] < 0


def test_row_colours_stay_apart_and_away_from_grey():
    colours = ROW_COLOURS.astype(int)
    distance = np.abs(colours[:, None] - colours[None]).max(-1)
    assert distance[~np.eye(len(colours), dtype=bool)].min() >= 40
    assert (np.ptp(colours, axis=1) >= 60).all()


def test_heat_and_heights_grow_lighter():
    luma = np.array([0.299, 0.587, 0.114])
    assert (np.diff(cividis(np.linspace(0, 1, 50)) @ luma) > 0).all()
    heights = height_colours(np.linspace(0, 1, 50).astype(np.float32)) @ luma
    assert (np.diff(heights) > -1).all()
