import itertools

import numpy as np
import pytest

from lasso3d.geometry.kernel_maps import BLOCK, downsample, submanifold_map
from lasso3d.geometry.voxels import LARGEST_CELL, pack


def scenes(*sizes, seed=0, side=14):
    """Sorted random cells of several scenes, the last column after each other, and their scene_ptr."""
    rng = np.random.default_rng(seed)
    parts = [np.unique(rng.integers(0, side, (size, 3)), axis=0) for size in sizes]
    return np.concatenate(parts).astype(np.int32), np.cumsum([0] + [len(part) for part in parts])


SCENES = {
    "nothing": lambda: scenes(0),
    "one cell": lambda: scenes(1),
    "one scene": lambda: scenes(2500),
    "three scenes, one empty": lambda: scenes(900, 0, 1500),
    "no neighbours": lambda: (
        np.arange(0, 40, 4, dtype=np.int32)[:, None] * np.ones(3, np.int32),
        np.array([0, 10]),
    ),
    "a column": lambda: (np.arange(90, dtype=np.int32)[:, None] * np.int32([0, 0, 1]), np.array([0, 50, 90])),
    "at the limits of the keys": lambda: (
        np.int32(sorted(itertools.product((0, 1, LARGEST_CELL - 1, LARGEST_CELL), repeat=3))),
        np.array([0, 64]),
    ),
}


@pytest.fixture(params=SCENES)
def batch(request):
    return SCENES[request.param]()


def triples(kernel_map):
    """All (input, output, offset), after checking that groups are what the class says."""
    assert kernel_map.start.shape == (-(-kernel_map.outputs // kernel_map.block), kernel_map.offsets + 1)
    found = []
    end = 0
    for block, row in enumerate(kernel_map.start):
        for offset, (first, last) in enumerate(itertools.pairwise(row.tolist())):
            assert first == end
            end = last
            rows_out = kernel_map.output[first:last]
            assert (rows_out // kernel_map.block == block).all()
            assert (np.diff(rows_out) > 0).all()
            found += zip(
                kernel_map.input[first:last].tolist(), rows_out.tolist(), [offset] * (last - first), strict=True
            )
    assert end == len(kernel_map.input) == len(kernel_map.output)
    return sorted(found)


def scene_of_row(scene_ptr):
    return np.repeat(range(len(scene_ptr) - 1), np.diff(scene_ptr)).tolist()


def by_dictionary(cells, scene_ptr, kernel):
    """The submanifold map by looking every neighbour up."""
    scene = scene_of_row(scene_ptr)
    row = {(scene[i], *cell): i for i, cell in enumerate(cells.tolist())}
    reach = range(-(kernel // 2), kernel // 2 + 1)
    found = []
    for i, (x, y, z) in enumerate(cells.tolist()):
        for offset, (dx, dy, dz) in enumerate(itertools.product(reach, repeat=3)):
            j = row.get((scene[i], x + dx, y + dy, z + dz))
            if j is not None:
                found.append((j, i, offset))
    return sorted(found)


@pytest.mark.parametrize("kernel", [3, 5])
def test_submanifold_maps_are_those_of_a_dictionary(batch, kernel):
    cells, scene_ptr = batch
    kernel_map = submanifold_map(cells, scene_ptr, kernel=kernel)
    assert (kernel_map.inputs, kernel_map.outputs, kernel_map.offsets) == (len(cells), len(cells), kernel**3)
    assert triples(kernel_map) == by_dictionary(cells, scene_ptr, kernel)


def test_parents_are_those_of_a_dictionary(batch):
    cells, scene_ptr = batch
    parents, parent_ptr, kernel_map = downsample(cells, scene_ptr)
    scene = scene_of_row(scene_ptr)
    expected = sorted({(scene[i], *(c // 2 for c in cell)) for i, cell in enumerate(cells.tolist())})
    assert [(s, *cell) for s, cell in zip(scene_of_row(parent_ptr), parents.tolist(), strict=True)] == expected
    row = {parent: i for i, parent in enumerate(expected)}
    pairs = [
        (i, row[scene[i], x // 2, y // 2, z // 2], 4 * (x % 2) + 2 * (y % 2) + z % 2)
        for i, (x, y, z) in enumerate(cells.tolist())
    ]
    assert (kernel_map.inputs, kernel_map.outputs, kernel_map.offsets) == (len(cells), len(parents), 8)
    assert triples(kernel_map) == sorted(pairs)


def test_a_transposed_map_swaps_the_rows_and_twice_is_the_same(batch):
    cells, scene_ptr = batch
    for kernel_map in (downsample(cells, scene_ptr)[2], submanifold_map(cells, scene_ptr, kernel=3)):
        swapped = kernel_map.transposed()
        assert (swapped.inputs, swapped.outputs) == (kernel_map.outputs, kernel_map.inputs)
        assert triples(swapped) == sorted((j, i, offset) for i, j, offset in triples(kernel_map))
        assert triples(swapped.transposed()) == triples(kernel_map)


def test_rows_are_grouped_in_more_than_one_block():
    cells, scene_ptr = scenes(2500)
    assert len(submanifold_map(cells, scene_ptr, kernel=3).start) == -(-len(cells) // BLOCK) > 1


def test_a_batch_is_its_scenes_one_after_the_other():
    cells, scene_ptr = scenes(900, 1300)
    both = triples(submanifold_map(cells, scene_ptr, kernel=3))
    alone = []
    for first, last in itertools.pairwise(scene_ptr.tolist()):
        single = submanifold_map(cells[first:last], np.array([0, last - first]), kernel=3)
        alone += [(i + first, j + first, offset) for i, j, offset in triples(single)]
    assert both == sorted(alone)


def test_cells_out_of_order_are_refused():
    cells, scene_ptr = scenes(40)
    assert (np.diff(pack(cells)) > 0).all()
    for wrong in (cells[::-1].copy(), np.repeat(cells, 2, axis=0)[: len(cells)]):
        with pytest.raises(ValueError, match="row 1 does not follow row 0"):
            submanifold_map(wrong, scene_ptr, kernel=3)
        with pytest.raises(ValueError, match="must ascend"):
            downsample(wrong, scene_ptr)
