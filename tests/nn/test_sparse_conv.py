import inspect

import numpy as np
import pytest
import torch

from lasso3d.core.errors import SceneError
from lasso3d.geometry.kernel_maps import downsample, submanifold_map
from lasso3d.nn.sparse import check_finite, choose, from_minkowski, from_spconv, pack, sparse_conv


def scattered_cells(seed: int, count: int, *, extent: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.unique(rng.integers(0, extent, (count, 3)), axis=0).astype(np.int32)


def one_scene(cells: np.ndarray) -> np.ndarray:
    return np.array([0, len(cells)])


def on_grid(cells, features):
    """Features at their cells of a dense grid, zeros elsewhere, as torch's dense convolutions take them."""
    side = (int(cells.max()) + 2) // 2 * 2
    grid = torch.zeros(side, side, side, features.shape[1])
    grid[tuple(torch.from_numpy(cells).long().T)] = features
    return grid.permute(3, 0, 1, 2)[None]


def at_cells(grid, cells):
    x, y, z = torch.from_numpy(cells).long().T
    return grid[0, :, x, y, z].T


def as_filters(weight):
    side = round(len(weight) ** (1 / 3))
    return weight.unflatten(0, (side, side, side)).permute(4, 3, 0, 1, 2)


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize("implementation", ["reference", "fast"])
def test_a_submanifold_convolution_is_the_dense_one_at_the_cells(kernel, implementation):
    cells = scattered_cells(0, 300, extent=9)
    features, weight = torch.randn(len(cells), 6), torch.randn(kernel**3, 6, 10)
    kernel_map = submanifold_map(cells, one_scene(cells), kernel=kernel)
    out = sparse_conv(features, weight, kernel_map, implementation=implementation)
    dense = torch.nn.functional.conv3d(on_grid(cells, features), as_filters(weight), padding=kernel // 2)
    torch.testing.assert_close(out, at_cells(dense, cells), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("implementation", ["reference", "fast"])
def test_strided_and_inverse_convolutions_are_the_dense_ones(implementation):
    cells = scattered_cells(1, 400, extent=12)
    parents, _, down = downsample(cells, one_scene(cells))
    features, weight = torch.randn(len(cells), 4), torch.randn(8, 4, 5)
    dense = torch.nn.functional.conv3d(on_grid(cells, features), as_filters(weight), stride=2)
    coarse = sparse_conv(features, weight, down, implementation=implementation)
    torch.testing.assert_close(coarse, at_cells(dense, parents), rtol=1e-4, atol=1e-4)

    back = torch.nn.functional.conv_transpose3d(on_grid(parents, coarse), as_filters(weight), stride=2)
    fine = sparse_conv(coarse, weight.transpose(1, 2), down.transposed(), implementation=implementation)
    torch.testing.assert_close(fine, at_cells(back, cells), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("implementation", ["reference", "fast"])
def test_a_single_voxel_meets_the_centre_weight_alone(implementation):
    cells = np.array([[5, 5, 5]], np.int32)
    features, weight = torch.randn(1, 3), torch.randn(27, 3, 7)
    kernel_map = submanifold_map(cells, one_scene(cells), kernel=3)
    out = sparse_conv(features, weight, kernel_map, implementation=implementation)
    torch.testing.assert_close(out, features @ weight[13], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("implementation", ["reference", "fast"])
def test_two_scenes_in_a_batch_equal_each_alone(implementation):
    scenes = [scattered_cells(seed, 900, extent=14) for seed in (2, 3)]
    weight = torch.randn(27, 8, 12)
    features = [torch.randn(len(cells), 8) for cells in scenes]
    alone = [
        sparse_conv(x, weight, submanifold_map(c, one_scene(c), kernel=3), implementation=implementation)
        for x, c in zip(features, scenes, strict=True)
    ]
    scene_ptr = np.cumsum([0, *map(len, scenes)])
    batch_map = submanifold_map(np.concatenate(scenes), scene_ptr, kernel=3)
    batch = sparse_conv(torch.cat(features), weight, batch_map, implementation=implementation)
    torch.testing.assert_close(batch, torch.cat(alone), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("implementation", ["reference", "fast"])
def test_strided_tensors_count_as_their_copies(implementation):
    cells = scattered_cells(4, 200, extent=8)
    kernel_map = submanifold_map(cells, one_scene(cells), kernel=3)
    features = torch.randn(6, len(cells)).T
    weight = torch.randn(27, 20, 6).transpose(1, 2)
    out = sparse_conv(features, weight, kernel_map, implementation=implementation)
    same = sparse_conv(features.contiguous(), weight.contiguous(), kernel_map, implementation=implementation)
    assert torch.equal(out, same)


def test_bias_residual_and_relu_come_in_this_order():
    cells = scattered_cells(5, 500, extent=10)
    kernel_map = submanifold_map(cells, one_scene(cells), kernel=3)
    features, weight = torch.randn(len(cells), 5), torch.randn(27, 5, 33)
    bias, residual = torch.randn(33), torch.randn(len(cells), 33)
    expected = (sparse_conv(features, weight, kernel_map) + bias + residual).relu()
    for implementation in ("reference", "fast"):
        with torch.no_grad():
            fused = sparse_conv(
                features, weight, kernel_map, bias=bias, residual=residual, relu=True, implementation=implementation
            )
        torch.testing.assert_close(fused, expected, rtol=1e-5, atol=1e-5)
    learned = sparse_conv(features, weight.requires_grad_(), kernel_map, bias=bias, residual=residual, relu=True)
    torch.testing.assert_close(learned, expected, rtol=1e-5, atol=1e-5)


def test_not_a_number_stays_one_and_spreads_to_the_neighbours_alone():
    cells = np.array([[1, 1, 1], [1, 1, 2], [1, 1, 9]], np.int32)
    kernel_map = submanifold_map(cells, one_scene(cells), kernel=3)
    for dtype in (torch.float32, torch.bfloat16):
        features = torch.ones(3, 2, dtype=dtype)
        features[0] = torch.nan
        out = sparse_conv(features, torch.ones(27, 2, 3, dtype=dtype), kernel_map, relu=True)
        assert out.isnan().all(1).tolist() == [True, True, False]


def test_features_that_are_not_finite_are_reported_by_name():
    features = torch.zeros(5, 2)
    check_finite(features, "office.ply")
    features[3, 1] = torch.inf
    with pytest.raises(SceneError, match=r"office.ply: 1 of 5 feature rows are not finite, the first is row 3"):
        check_finite(features, "office.ply")


def test_what_does_not_fit_together_is_refused_with_both_sides_named():
    cells = scattered_cells(6, 50, extent=8)
    kernel_map = submanifold_map(cells, one_scene(cells), kernel=3)
    features, weight = torch.zeros(len(cells), 4), torch.zeros(27, 4, 8)
    convolve = inspect.unwrap(sparse_conv)  # the shape checks of the tests would speak first
    with pytest.raises(ValueError, match=rf"features must be \[{len(cells)}, 4\].*found \[{len(cells) - 1}, 4\]"):
        convolve(features[1:], weight, kernel_map)
    with pytest.raises(ValueError, match=r"features must be .*found \[\d+, 3\]"):
        convolve(features[:, 1:], weight, kernel_map)
    with pytest.raises(ValueError, match="27 offsets, found 8"):
        convolve(features, weight[:8], kernel_map)
    with pytest.raises(ValueError, match=r"features must be torch.float32 .* found torch.float64"):
        convolve(features.double(), weight, kernel_map)
    with pytest.raises(ValueError, match=r"bias must be \[8\], found \[7\]"):
        convolve(features, weight, kernel_map, bias=torch.zeros(7))
    with pytest.raises(ValueError, match=r"residual must be .* found \[1, 8\]"):
        convolve(features, weight, kernel_map, residual=torch.zeros(1, 8))
    with pytest.raises(ValueError, match="packed weights cannot carry gradients"):
        convolve(features.requires_grad_(), pack(weight), kernel_map)


def test_the_choice_is_made_by_device_and_type():
    assert choose("auto", torch.zeros(1, 1), offsets=27) == "fast"
    assert choose("auto", torch.zeros(1, 1, dtype=torch.bfloat16), offsets=27) == "fast"
    assert choose("auto", torch.zeros(1, 1, dtype=torch.float64), offsets=27) == "reference"
    with pytest.raises(ValueError, match=r"fast cannot convolve torch.float64"):
        choose("fast", torch.zeros(1, 1, dtype=torch.float64), offsets=27)
    with pytest.raises(ValueError, match=r"triton cannot convolve torch.float32 on cpu"):
        choose("triton", torch.zeros(1, 1), offsets=27)


def test_autocast_gives_features_and_weight_its_type():
    cells = scattered_cells(7, 60, extent=8)
    kernel_map = submanifold_map(cells, one_scene(cells), kernel=3)
    features, weight = torch.randn(len(cells), 4), torch.randn(27, 4, 8, requires_grad=True)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = sparse_conv(features, weight, kernel_map)
    out.float().sum().backward()
    assert out.dtype == torch.bfloat16
    assert weight.grad.dtype == torch.float32


def test_every_offset_of_spconv_weights_lands_on_ours():
    weight = torch.arange(2 * 27 * 4.0).reshape(2, 3, 3, 3, 4)
    ours = from_spconv(weight)
    for x, y, z in np.ndindex(3, 3, 3):
        assert torch.equal(ours[9 * x + 3 * y + z], weight[:, x, y, z].T)


@pytest.mark.parametrize("side", [2, 3, 5])
def test_every_offset_of_minkowski_weights_lands_on_ours(side):
    weight = torch.arange(side**3 * 6.0).reshape(side**3, 2, 3)
    ours = from_minkowski(weight)
    for x, y, z in np.ndindex(side, side, side):
        assert torch.equal(ours[(x * side + y) * side + z], weight[x + side * (y + side * z)])


def test_minkowski_weights_without_offsets_get_one_and_odd_ones_are_refused():
    assert from_minkowski(torch.zeros(4, 5)).shape == (1, 4, 5)
    with pytest.raises(ValueError, match="7 offsets"):
        from_minkowski(torch.zeros(7, 4, 5))
