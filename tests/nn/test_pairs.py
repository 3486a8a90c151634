import gc
import inspect
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from lasso3d.geometry.kernel_maps import downsample, submanifold_map
from lasso3d.nn import pairs
from lasso3d.nn.pairs import pairs_of


def scattered_map(*, kernel=3):
    rng = np.random.default_rng(0)
    cells = np.unique(rng.integers(0, 20, (3000, 3)), axis=0).astype(np.int32)
    return submanifold_map(cells, np.array([0, len(cells)]), kernel=kernel)


def test_a_map_is_checked_once_and_forgotten_with_it():
    kernel_map = scattered_map()
    assert pairs_of(kernel_map) is pairs_of(kernel_map)
    key = id(kernel_map)
    assert key in pairs._known
    del kernel_map
    gc.collect()
    assert key not in pairs._known


def test_the_table_holds_every_pair_and_nothing_else():
    kernel_map = scattered_map()
    table = pairs_of(kernel_map).table(torch.device("cpu"))
    assert int((table < kernel_map.inputs).sum()) == len(kernel_map.input)
    for offset in range(kernel_map.offsets):
        for begin, end in zip(kernel_map.start[:, offset], kernel_map.start[:, offset + 1], strict=True):
            rows = kernel_map.output[begin:end]
            np.testing.assert_array_equal(table[rows, offset], kernel_map.input[begin:end])


def test_transposing_twice_gives_the_map_back():
    rng = np.random.default_rng(1)
    cells = np.unique(rng.integers(0, 30, (3000, 3)), axis=0).astype(np.int32)
    _, _, down = downsample(cells, np.array([0, len(cells)]))
    twice = pairs_of(down).transposed().transposed()
    np.testing.assert_array_equal(twice.source, down.input)
    np.testing.assert_array_equal(twice.start, down.start)


def changed(array, place, value):
    copy = array.copy()
    copy[place] = value
    return copy


@pytest.mark.parametrize(
    "spoil",
    [
        lambda m: replace(m, input=changed(m.input, 7, m.inputs)),
        lambda m: replace(m, input=changed(m.input, 7, -1)),
        lambda m: replace(m, output=changed(m.output, 7, m.outputs)),
        lambda m: replace(m, output=changed(m.output, 7, m.output[6])),
        lambda m: replace(m, start=changed(m.start, (0, 1), len(m.input) + 1)),
        lambda m: replace(m, start=changed(m.start, (0, 1), -1)),
        lambda m: replace(m, inputs=m.inputs - 1),
        lambda m: replace(m, outputs=m.outputs - 1),
    ],
)
def test_a_map_that_leaves_its_arrays_is_refused(spoil):
    with pytest.raises(ValueError, match=r"kernel map: the pairs of block \d+, offset \d+ leave"):
        pairs_of(spoil(scattered_map()))


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("output", lambda m: m.output[:-1]),
        ("output", lambda m: m.output.astype(np.int64)),
        ("start", lambda m: m.start[:, :-1]),
        ("start", lambda m: m.start[1:]),
        ("input", lambda m: np.repeat(m.input, 2)[::2]),
    ],
)
def test_a_map_of_other_shape_or_layout_is_refused(name, spoil):
    kernel_map = scattered_map()
    fields = SimpleNamespace(**vars(kernel_map) | {name: spoil(kernel_map)})
    # past the shape checks of the tests, which would speak first
    with pytest.raises(ValueError, match=f"kernel map: {name} must be a contiguous"):
        inspect.unwrap(pairs._require_sound)(fields)
