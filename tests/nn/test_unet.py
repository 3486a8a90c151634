from dataclasses import replace

import numpy as np
import pytest
import torch

from lasso3d.nn.scene_maps import SceneMaps
from lasso3d.nn.sparse_layers import SparseConv, VoxelNorm, folded
from lasso3d.nn.unet import RES16UNET, SPCONVUNET, Res16UNet, Res16UNetConfig, SpConvUNet, SpConvUNetConfig

SMALL_RES16UNET = Res16UNetConfig(
    inputs=4,
    stem=8,
    encoder=(8, 16, 24),
    decoder=(24, 16, 12),
    encoder_blocks=(1, 2, 1),
    decoder_blocks=(1, 1, 2),
)
SMALL_SPCONVUNET = SpConvUNetConfig(inputs=4, channels=(8, 16, 24), blocks=2)


def scattered_cells(seed: int, count: int = 700) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.unique(rng.integers(0, 16, (count, 3)), axis=0).astype(np.int32)


def lived_in(network):
    """A network whose norms have seen something, so that folding them can go wrong."""
    generator = torch.Generator().manual_seed(0)
    for norm in network.modules():
        if isinstance(norm, VoxelNorm):
            for tensor, low, high in (
                (norm.running_mean, -0.5, 0.5),
                (norm.running_var, 0.5, 2.0),
                (norm.weight.data, 0.5, 1.5),
                (norm.bias.data, -0.5, 0.5),
            ):
                tensor.copy_(torch.rand(tensor.shape, generator=generator) * (high - low) + low)
    return network.eval()


@pytest.fixture(params=["res16unet", "spconvunet"])
def network(request):
    torch.manual_seed(0)
    made = Res16UNet(SMALL_RES16UNET) if request.param == "res16unet" else SpConvUNet(SMALL_SPCONVUNET)
    return lived_in(made)


def maps_of(network, *scenes):
    scene_ptr = np.cumsum([0, *map(len, scenes)])
    stem_kernel = getattr(network.config, "stem_kernel", 3)
    cells = np.concatenate(scenes)
    return SceneMaps.build(cells, scene_ptr, levels=network.config.levels, stem_kernel=stem_kernel)


def close(left, right, tolerance):
    return float((left - right).abs().max()) <= tolerance * float(right.abs().max())


def test_two_scenes_in_a_batch_equal_each_alone(network):
    scenes = [scattered_cells(1), scattered_cells(2, 300)]
    features = [torch.randn(len(cells), 4) for cells in scenes]
    with torch.no_grad():
        alone = [network(x, maps_of(network, c)) for x, c in zip(features, scenes, strict=True)]
        batch = network(torch.cat(features), maps_of(network, *scenes))
    assert close(batch, torch.cat(alone), 1e-5)


def test_folding_the_norms_changes_nothing_but_rounding(network):
    cells = scattered_cells(3)
    maps, features = maps_of(network, cells), torch.randn(len(cells), 4)
    with torch.no_grad():
        expected = network(features, maps)
        assert close(folded(network)(features, maps), expected, 1e-4)
        assert close(folded(network, dtype=torch.bfloat16)(features, maps), expected, 3e-2)
    assert not folded(network)(features, maps).requires_grad
    assert any(isinstance(module, SparseConv) for module in network.modules()), "folding changed the original"


def test_folding_leaves_no_norm_behind_a_convolution(network):
    kept = [type(module).__name__ for module in folded(network).modules()]
    assert "SparseConv" not in kept
    assert kept.count("VoxelNorm") == (0 if isinstance(network, Res16UNet) else kept.count("NormRelu"))


def test_a_gradient_reaches_every_weight(network):
    cells = scattered_cells(4)
    network.train()(torch.randn(len(cells), 4), maps_of(network, cells)).square().mean().backward()
    unreached = [n for n, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert unreached == []


@pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
def test_a_single_voxel_passes(network, training):
    out = network.train(training)(torch.randn(1, 4), maps_of(network, np.array([[3, 7, 1]], np.int32)))
    assert out.isfinite().all()


def test_training_in_bf16_by_autocast_returns_the_type_given(network):
    cells = scattered_cells(5)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = network.train()(torch.randn(len(cells), 4), maps_of(network, cells))
    out.square().mean().backward()
    assert out.dtype == torch.float32
    assert all(parameter.grad.isfinite().all() for parameter in network.parameters())


def test_the_same_network_in_f64_computes_by_the_reference(network):
    cells = scattered_cells(6)
    maps, features = maps_of(network, cells), torch.randn(len(cells), 4)
    with torch.no_grad():
        single = network(features, maps)
        double = network.double()(features.double(), maps)
    assert double.dtype == torch.float64
    assert close(single, double.float(), 1e-4)


def weights_in(network) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_the_published_variants_keep_their_size():
    """37.9 million are quoted for 34C (Wu et al. 2024, Point Transformer V3, table on efficiency)."""
    assert round(weights_in(Res16UNet(RES16UNET["34C"])) / 1e6, 1) == 37.9
    assert round(weights_in(Res16UNet(RES16UNET["18A"])) / 1e6, 1) == 15.5
    assert round(weights_in(Res16UNet(RES16UNET["14A"])) / 1e6, 1) == 8.0
    assert round(weights_in(SpConvUNet(SPCONVUNET["paper"])) / 1e6, 1) == 11.0


@pytest.mark.parametrize("made", [Res16UNet(RES16UNET["small"]), SpConvUNet(SPCONVUNET["small"])])
def test_the_small_variants_fit_a_shipped_checkpoint(made):
    assert 4e6 <= weights_in(made) <= 6e6
    widths = [module.weight.shape[2] for module in made.modules() if isinstance(module, SparseConv)]
    assert all(width % 32 == 0 for width in widths)


def test_a_network_with_other_levels_than_its_maps_is_refused(network):
    cells = scattered_cells(7)
    shallow = SceneMaps.build(cells, np.array([0, len(cells)]), levels=network.config.levels - 1, stem_kernel=3)
    with pytest.raises(ValueError, match=f"expected {network.config.levels} levels"):
        network(torch.randn(len(cells), 4), shallow)


def test_a_stem_of_three_shares_the_map_of_the_finest_level():
    cells = scattered_cells(8)
    maps = SceneMaps.build(cells, np.array([0, len(cells)]), levels=2, stem_kernel=3)
    assert maps.stem is maps.levels[0].around
    network = Res16UNet(
        replace(
            SMALL_RES16UNET, stem_kernel=3, encoder=(8,), decoder=(8,), encoder_blocks=(1,), decoder_blocks=(1,)
        )
    )
    assert network(torch.randn(len(cells), 4), maps).shape == (len(cells), 8)
