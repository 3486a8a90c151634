import numpy as np

from lasso3d.geometry.nearest_of import distance_to_nearest_of


def test_distances_are_those_to_the_nearest_chosen_point_and_cut_off():
    xyz = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
    chosen = np.array([3, 77, 200])
    expected = np.linalg.norm(xyz[:, None] - xyz[chosen], axis=2).min(1).clip(max=1.5)
    np.testing.assert_allclose(distance_to_nearest_of(xyz, chosen, at_most=1.5), expected, rtol=1e-5, atol=1e-6)
    assert (distance_to_nearest_of(xyz, chosen[:0], at_most=2.0) == 2).all()
