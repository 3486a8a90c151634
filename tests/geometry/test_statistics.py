import numpy as np
import pytest

from lasso3d.geometry.neighbors import nearest
from lasso3d.geometry.normals import normals_and_curvature
from lasso3d.geometry.statistics import AROUND, at_border, scan_statistics


def plane(side: int = 60, spacing: float = 0.01, noise: float = 0.0, seed: int = 0) -> np.ndarray:
    """A square grid, its third axis noisy."""
    x, y = np.indices((side, side)).reshape(2, -1) * spacing
    z = noise * np.random.default_rng(seed).standard_normal(len(x))
    return np.stack([x, y, z], axis=1).astype(np.float32)


def test_a_flat_grid_has_its_spacing_its_density_and_no_roughness():
    found = scan_statistics(plane())
    assert found.points == 3600
    np.testing.assert_allclose(found.spacing, 0.01, rtol=1e-4)
    assert 0.5e4 < found.density < 1.5e4
    assert found.roughness < 1e-5
    assert found.turning < 0.1
    assert found.colour_local is found.colour_object is None
    assert found.objects == 0


def test_roughness_is_the_noise_across_the_surface():
    smooth, rough = (scan_statistics(plane(noise=noise)) for noise in (0.0005, 0.002))
    assert 0.6 * 0.0005 < smooth.roughness < 1.1 * 0.0005
    assert 0.6 * 0.002 < rough.roughness < 1.1 * 0.002
    assert rough.turning > 2 * smooth.turning


def test_the_border_of_a_square_and_of_a_hole_is_found():
    xyz = plane()
    neighbors, _ = nearest(xyz, AROUND)
    normals, _ = normals_and_curvature(xyz, neighbors)
    edge = ((xyz[:, :2] < 0.005) | (xyz[:, :2] > 0.585)).any(1)
    inside = ((xyz[:, :2] > 0.03) & (xyz[:, :2] < 0.56)).all(1)
    border = at_border(xyz, neighbors, normals)
    assert border[edge].all()
    assert not border[inside].any()
    holed = xyz[np.linalg.norm(xyz[:, :2] - 0.3, axis=1) > 0.1]
    assert scan_statistics(holed).border > scan_statistics(xyz).border


def test_colours_are_measured_around_points_and_within_objects():
    xyz = plane()
    rng = np.random.default_rng(0)
    instance = np.where(xyz[:, 0] < 0.3, 1, 7).astype(np.int32)
    # two objects, each of one colour with a noise of 10
    rgb = np.clip(np.where(instance[:, None] == 1, 60, 200) + 10 * rng.standard_normal((3600, 3)), 0, 255)
    found = scan_statistics(xyz, rgb=rgb.astype(np.uint8), instance=instance)
    assert 8 < found.colour_local < 11
    assert 9 < found.colour_object < 11
    assert found.objects == 2
    assert found.object_points == 1800


def test_heights_are_quarters_above_the_ground():
    xyz = plane()
    xyz[:, 2] = np.linspace(5, 9, len(xyz))
    np.testing.assert_allclose(scan_statistics(xyz).heights, (0.96, 1.96, 2.96), atol=0.01)


def test_too_few_points_are_refused_with_their_number():
    with pytest.raises(ValueError, match="found 5"):
        scan_statistics(plane()[:5])
