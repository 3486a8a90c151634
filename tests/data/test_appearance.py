"""What surfaces look like, from textures to the light on them."""

import numpy as np
import pytest

from lasso3d.data.procedural.appearance import Decal, Material, albedo, blurred, wardrobe
from lasso3d.data.procedural.finishes import any_colour, painter, table_top
from lasso3d.data.procedural.fusion import fused
from lasso3d.data.procedural.prints import MARKS
from lasso3d.data.procedural.sensors import between
from lasso3d.data.procedural.shade import openness, waves
from lasso3d.data.procedural.shapes import Placed, Solid, Thing, at, rectangle
from lasso3d.data.procedural.textures import FINENESS, TEXTURES
from lasso3d.data.procedural.tracing import reaches
from lasso3d.data.procedural.trees import scenery

DARK, BRIGHT = (0.1, 0.2, 0.3), (0.8, 0.7, 0.9)
FINISHES = ("print", "label", "plain", "ceramic", "metal", "cloth", "screen", "keys", "wood", "lacquer", "fabric",
            "leather", "porcelain", "poster", "glass", "leaf", "woven")  # fmt: skip


def seen(material: Material, *, side: float = 0.4, pixels: int = 80, shift: float = 0.0) -> np.ndarray:
    """The front of a face of a box, straight on."""
    v, u = np.indices((pixels, pixels)).reshape(2, -1) / pixels * side - side / 2
    local = np.stack([u + shift, v, np.zeros(len(u))], axis=1)
    n = len(local)
    size = np.full((1, 4), side / 2)
    face = np.full(n, 5, np.int32)
    return albedo(wardrobe([material]), np.zeros(n, np.int32), face, local, size).reshape(pixels, pixels, 3)


@pytest.mark.parametrize("texture", TEXTURES)
def test_textures_stay_between_their_two_colours_and_are_the_same_each_time(texture):
    material = Material(DARK, BRIGHT, texture, pitch=0.07, seed=5)
    colour = seen(material)
    # dirt and wear change brightness by at most a fifth
    assert (colour > 0.75 * np.array(DARK)).all()
    assert (colour < 1.25 * np.array(BRIGHT)).all()
    np.testing.assert_array_equal(colour, seen(material))
    if texture != "plain":
        assert colour.std() > 0.02


@pytest.mark.parametrize("texture", ["stripes", "checks", "dots"])
def test_regular_textures_repeat_after_their_pitch(texture):
    bare = {"texture": texture, "pitch": 0.1, "seed": 5}
    here, there = (seen(Material(DARK, BRIGHT, **bare), shift=0.2 * i)[..., 0] > 0.45 for i in range(2))
    # on the very border between two stripes rounding decides
    assert (here != there).mean() < 0.02


def test_every_texture_has_a_fineness():
    assert len(FINENESS) == len(TEXTURES)


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("seed", [1, 77, 4003])
def test_marks_stay_on_their_field_and_show_something_there(mark, seed):
    decal = Decal(mark, -1, (0.0, 0.0), (0.1, 0.06), DARK, BRIGHT, pitch=0.02, seed=seed)
    colour = seen(Material((0.5, 0.5, 0.5), decals=(decal,)))
    v, u = np.indices((80, 80)) / 80 * 0.4 - 0.2
    outside = (np.abs(u) > 0.101) | (np.abs(v) > 0.061)
    paper = seen(Material((0.5, 0.5, 0.5)))
    np.testing.assert_array_equal(colour[outside], paper[outside])
    changed = (colour != paper).any(-1)[~outside].mean()
    assert changed > 0.02
    assert 0 <= colour.min() <= colour.max() <= 1.2
    if mark in ("text", "headline", "logo", "frame"):
        assert changed < 0.95


def test_different_seeds_print_different_pictures():
    pictures = [
        seen(Material(BRIGHT, decals=(Decal("picture", -1, (0.0, 0.0), (0.2, 0.2), DARK, BRIGHT, seed=s),)))
        for s in np.random.default_rng(0).integers(2**31, size=12).tolist()
    ]
    away = [np.abs(a - b).mean() for i, a in enumerate(pictures) for b in pictures[:i]]
    assert min(away) > 0.01
    assert np.mean(away) > 0.1


@pytest.mark.parametrize("finish", FINISHES)
def test_finishes_are_colours_and_print_within_what_they_are_given(finish):
    for seed in range(12):
        rng = np.random.default_rng(seed)
        material = painter(rng, (any_colour(rng),))(finish, (0.1, 0.07, 0.25))
        colour = seen(material, side=0.2, pixels=24)
        assert np.isfinite(colour).all()
        assert 0 <= colour.min() <= colour.max() < 1.3
        assert 0 <= material.gloss <= 1
        assert material.pitch > 0


def test_tables_are_paler_than_cartons():
    saturation = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        colour = np.array(any_colour(rng))
        saturation.append((np.ptp(colour), np.ptp(table_top(rng, tuple(colour.tolist())).colour)))
    before, after = np.mean(saturation, axis=0)
    assert after < 0.7 * before


def test_what_is_finer_than_a_pixel_melts_into_one_colour():
    worn = wardrobe([Material(DARK, BRIGHT, "weave", pitch=0.004), Material(DARK, BRIGHT, "tiles", pitch=0.4)])
    far = blurred(worn, 0.02)
    contrast = np.abs(far.look[:, 3:6] - far.look[:, 0:3]).sum(1)
    before = np.abs(worn.look[:, 3:6] - worn.look[:, 0:3]).sum(1)
    assert contrast[0] < 0.2 * before[0]
    np.testing.assert_allclose(contrast[1], before[1])
    plain = blurred(wardrobe([Material(DARK, BRIGHT)]), 0.02)
    np.testing.assert_allclose(plain.look[0, :3], DARK)


# light


def test_corners_see_less_of_the_sky_than_open_floors():
    grey = Material((0.5, 0.5, 0.5))
    floor = Solid("box", (5.0, 5.0, 0.01), grey, at(z=-0.01))
    wall = Solid("box", (0.01, 5.0, 5.0), grey, at(x=-0.01, z=5.0))
    on = scenery([Placed(Thing("floor", (floor, wall), rectangle(5.0, 5.0), 0.1), at())])
    point = np.array([[0.001, 0.0, 0.001]] * 400 + [[2.0, 0.0, 0.001]] * 400)
    up = np.broadcast_to([0.0, 0.0, 1.0], point.shape).copy()
    sky = openness(lambda a, b: reaches(on, a, b), point, up, reach=0.4, rays=4, rng=np.random.default_rng(0))
    assert abs(sky[:400].mean() - 0.5) < 0.05
    np.testing.assert_array_equal(sky[400:], 1.0)


def test_waves_are_smooth_and_of_no_sign():
    xyz = np.random.default_rng(0).uniform(0, 20, (4000, 3))
    value = waves(xyz, 0.3)
    assert abs(value.mean()) < 0.1
    assert 0.3 < value.std() < 1
    assert np.abs(waves(xyz + 1e-3, 0.3) - value).max() < 0.1


# what cameras add


def test_flying_pixels_lie_between_near_and_far_and_only_at_edges():
    depth = np.where(np.arange(40) < 20, 1.0, 2.0) * np.ones((30, 1))
    depth[0] = 0.0
    mixed = between(depth, 0.5, np.random.default_rng(3))
    changed = mixed != depth
    assert changed.any()
    assert np.flatnonzero(changed.any(0)).tolist() == [20]
    assert ((mixed[changed] > 1) & (mixed[changed] < 2)).all()
    np.testing.assert_array_equal(between(depth, 0.0, np.random.default_rng(3)), depth)


def test_fused_cells_average_what_fell_into_them_and_know_their_neighbours():
    xyz = np.array([[0.01, 0.01, 0.01], [0.03, 0.01, 0.01], [0.15, 0.01, 0.01], [0.01, 0.91, 0.01]])
    whole = fused(xyz, 0.1, rounds=0, faint=False)
    values = np.array([[1.0], [3.0], [5.0], [7.0]])
    cells = map(tuple, np.floor(whole.xyz / 0.1).astype(int).tolist())
    by_cell = dict(zip(cells, whole.mean(values)[:, 0].tolist(), strict=True))
    assert by_cell == {(0, 0, 0): 2.0, (1, 0, 0): 5.0, (0, 9, 0): 7.0}
    right = whole.beside(np.broadcast_to(np.array([1, 0, 0], np.int32), whole.cells.shape).copy())
    at_zero, at_one = (
        int(np.flatnonzero((whole.xyz[:, 0] > low) & (whole.xyz[:, 1] < 0.1))[0]) for low in (0, 0.1)
    )
    assert right[at_zero] == at_one
    assert right[at_one] == at_one
