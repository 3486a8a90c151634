import numpy as np

from lasso3d.geometry.augment import FEWEST, jittered, relit, survivors


def test_a_thinned_cloud_keeps_a_share_and_never_nothing():
    shares = [survivors(1000, np.random.default_rng(seed)).mean() for seed in range(30)]
    assert min(shares) > FEWEST - 0.1
    assert max(shares) > 0.8
    assert survivors(1, np.random.default_rng(0)).tolist() == [True]


def test_points_move_by_units():
    xyz = np.zeros((2000, 3), np.float32)
    small, large = (jittered(xyz, 0.5, np.random.default_rng(1), unit=unit) for unit in (0.01, 0.1))
    assert 0 < small.std() < 0.005
    np.testing.assert_allclose(large, 10 * small, rtol=1e-5)


def test_light_changes_colours_within_their_range():
    rgb = np.random.default_rng(0).uniform(0, 255, (500, 3)).astype(np.float32)
    np.testing.assert_allclose(relit(rgb, 0.0, np.random.default_rng(0)), rgb, atol=1e-3)
    other = relit(rgb, 0.4, np.random.default_rng(0))
    assert np.abs(other - rgb).max() > 1
    assert other.min() >= 0
    assert other.max() <= 255
