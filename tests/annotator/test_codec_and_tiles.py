"""What goes over the wire and onto the disk comes back as it was."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lasso3d.annotator import codec
from lasso3d.annotator.frames import frame, parsed
from lasso3d.annotator.order import SHOWN_AT_ONCE, TILE, order_of, runs
from lasso3d.annotator.packing import cells_by_row, place
from lasso3d.annotator.tiles import Display, is_prepared, prepare
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation


def silent(share, stage):
    pass


@given(arrays(np.bool_, st.integers(1, 300)))
def test_a_mask_survives_packing_and_deflating(mask):
    bits = codec.packed(mask)
    assert len(bits) == codec.bitset_size(len(mask))
    assert len(bits) % 8 == 0
    again = codec.inflated(codec.deflated(bits), size=len(bits))
    np.testing.assert_array_equal(codec.unpacked(again, len(mask)), mask)
    assert codec.count_bits(bits) == mask.sum()


@given(arrays(np.int32, st.integers(1, 200), elements=st.integers(0, 30)), st.data())
def test_cells_say_for_every_point_which_token_it_has(token, data):
    cell, token_of_cell = codec.by_first_use(token, 31)
    np.testing.assert_array_equal(token_of_cell[cell], token)
    assert cell[0] == 0
    points, start = codec.grouped(cell, len(token_of_cell))
    np.testing.assert_array_equal(np.sort(points), np.arange(len(token)))
    chosen = np.flatnonzero(data.draw(arrays(np.bool_, len(token_of_cell))))
    bits = codec.bits_of_cells(chosen, points, start)
    np.testing.assert_array_equal(codec.unpacked(bits, len(token)), np.isin(cell, chosen))


@given(arrays(np.int32, st.integers(1, 100), elements=st.integers(0, 2**31 - 1)))
def test_differences_add_up_to_the_values(values):
    np.testing.assert_array_equal(np.cumsum(codec.deltas(values), dtype=np.int64), values)


@given(st.lists(st.binary(max_size=40), max_size=4), st.text(max_size=20))
def test_a_frame_comes_apart_into_what_it_was_made_of(buffers, word):
    message = frame({"t": word}, buffers)
    header, found = parsed(message)
    assert header["t"] == word
    assert found == buffers
    assert (len(message) - sum(map(len, buffers))) % 8 == 0


def test_a_deflate_bomb_is_not_unpacked():
    bomb = codec.deflated(np.zeros(1 << 24, np.uint8))
    with pytest.raises(ValueError, match="expected 8 bytes inside, found more"):
        codec.inflated(bomb, size=8)
    with pytest.raises(ValueError, match="no zlib stream"):
        codec.inflated(b"no stream at all", size=8)


@given(st.integers(1, 400), st.integers(0, 2**32 - 1))
def test_the_order_holds_every_point_once_and_does_not_depend_on_ties(n, seed):
    xyz = np.random.default_rng(seed).integers(0, 3, (n, 3)).astype(np.float32)
    perm, coarse = order_of(xyz)
    np.testing.assert_array_equal(np.sort(perm), np.arange(n))
    assert coarse == n
    same_place = (np.diff(xyz[perm], axis=0) == 0).all(1)
    assert (np.diff(perm.astype(np.int64))[same_place] > 0).all()


def test_neighbours_in_the_order_are_neighbours_in_space():
    xyz = np.random.default_rng(0).random((20_000, 3), np.float32)
    perm, _ = order_of(xyz)
    step = np.linalg.norm(np.diff(xyz[perm], axis=0), axis=1)
    assert np.median(step) < 2 / 20_000 ** (1 / 3)


def test_a_large_scan_has_a_coarse_layer_of_a_sixteenth_all_over_it():
    n = SHOWN_AT_ONCE + 1
    xyz = np.random.default_rng(0).random((n, 3), np.float32)
    perm, coarse = order_of(xyz)
    assert abs(coarse / n - 1 / 16) < 0.005
    np.testing.assert_allclose(xyz[perm[:coarse]].mean(0), 0.5, atol=0.02)
    assert [layer for _, _, layer in runs(n, coarse)] == [0] + 5 * [1]
    assert sum(count for _, count, _ in runs(n, coarse)) == n


@pytest.fixture
def display(tmp_path, small_scene):
    prepare(tmp_path / "shown", small_scene, key="k", progress=silent)
    return Display(tmp_path / "shown")


def test_a_prepared_scene_is_the_scene(display, small_scene):
    again = display.scene()
    assert again.digest == small_scene.digest
    assert is_prepared(display.folder)
    assert display.manifest.digest == small_scene.digest
    assert sum(tile.count for tile in display.manifest.tiles) == len(small_scene)


def test_tiles_say_where_points_are_to_a_sixteen_bit_step(display, small_scene):
    (tile,) = display.manifest.tiles
    raw = display.tile(0)
    assert len(raw) == 11 * tile.count
    steps = np.frombuffer(raw, "<u2", 4 * tile.count).reshape(-1, 4)
    xyz = np.array(tile.origin) + tile.scale * steps[:, :3]
    np.testing.assert_allclose(xyz, small_scene.xyz[display.perm], atol=tile.scale)
    rgb = np.frombuffer(raw, np.uint8, offset=8 * tile.count).reshape(-1, 3)
    np.testing.assert_array_equal(rgb, small_scene.rgb[display.perm])
    strength = small_scene.extra["intensity"][display.perm]
    assert np.corrcoef(strength, steps[:, 3])[0, 1] > 0.999
    assert display.manifest.intensity["name"] == "intensity"


def test_a_point_shown_is_found_by_its_place(display, small_scene):
    for point in (0, 17, 3999):
        assert display.position(point) == tuple(small_scene.xyz[display.perm[point]].tolist())
        assert display.point_at(display.position(point)) == point


def test_normals_are_given_even_where_the_file_has_none(display, small_scene):
    normals = np.frombuffer(display.tile_normals(0), np.int8).reshape(-1, 3)
    assert display.manifest.normals == "estimated"
    flat = small_scene.xyz[display.perm][:, 2] < 0.05
    assert np.median(normals[flat, 2]) > 115
    given_normals = np.tile(np.array([[0, 1, 0]], np.float32), (len(small_scene), 1))
    prepare(display.folder, Scene(small_scene.xyz, normals=given_normals), key="k", progress=silent)
    again = Display(display.folder)
    assert np.frombuffer(again.tile_normals(0), np.int8).reshape(-1, 3).tolist()[5] == [0, 127, 0]
    assert again.manifest.normals == "file"
    assert not again.manifest.colours


@given(st.integers(0, 80), st.integers(1, 30), st.booleans(), st.integers(0, 2**32 - 1))
def test_cells_of_a_row_are_those_of_its_mask(m, t, exclusive, seed):
    rng = np.random.default_rng(seed)
    share = rng.integers(0, 4, (m + 1, t)).astype(np.float32) + np.float32(0.01)
    probability = share[:-1] / (share.sum(0) if exclusive else 4.01)
    of_point = rng.permutation(t).astype(np.int32)
    score, doubt = np.linspace(0, 1, m), np.zeros(t)
    answer = Segmentation(probability, of_point, tuple(range(1, m + 1)), score, doubt, exclusive=exclusive)
    cells = cells_by_row(answer, of_point)
    for row in range(m):
        np.testing.assert_array_equal(cells(row), np.flatnonzero(answer.mask(row)))


def test_tokens_without_points_have_no_cell(display, small_scene):
    of_point = np.full(len(small_scene), 3, np.int32)
    nothing = np.zeros((0, 9))
    answer = Segmentation(nothing, of_point, (), np.zeros(0), np.zeros(9), exclusive=True)
    placement = place(answer, display)
    assert placement.token_of_cell.tolist() == [3]
    assert placement.start.tolist() == [0, len(small_scene)]


def test_tiles_never_hold_more_than_a_page_draws_at_once():
    assert max(count for _, count, _ in runs(10 * TILE + 3, TILE + 1)) == TILE
