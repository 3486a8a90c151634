import pytest
import torch

from lasso3d.nn.tokens import Tokens


def scattered_tokens(seed: int, count: int) -> Tokens:
    generator = torch.Generator().manual_seed(seed)
    return Tokens.single(
        torch.rand(count, 3, generator=generator),
        torch.rand(count, 5, generator=generator),
        torch.randint(0, count, (4 * count,), generator=generator),
    )


def test_a_batch_of_two_equals_each_alone():
    alone = [scattered_tokens(1, 7), scattered_tokens(2, 3)]
    batch = Tokens.batch(alone)
    assert batch.scene_ptr.tolist() == [0, 7, 10]
    points = 0
    for i, tokens in enumerate(alone):
        rows = slice(int(batch.scene_ptr[i]), int(batch.scene_ptr[i + 1]))
        torch.testing.assert_close(batch.xyz[rows], tokens.xyz, rtol=0, atol=0)
        torch.testing.assert_close(batch.features[rows], tokens.features, rtol=0, atol=0)
        of_point = batch.of_point[points : points + len(tokens.of_point)]
        torch.testing.assert_close(batch.features[of_point], tokens.features[tokens.of_point], rtol=0, atol=0)
        points += len(tokens.of_point)


def test_batches_can_be_batched_again():
    first, second, third = (scattered_tokens(seed, seed + 1) for seed in range(3))
    at_once = Tokens.batch([first, second, third])
    in_steps = Tokens.batch([first, Tokens.batch([second, third])])
    assert torch.equal(at_once.scene_ptr, in_steps.scene_ptr)
    assert torch.equal(at_once.of_point, in_steps.of_point)


def test_an_empty_batch_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        Tokens.batch([])


@pytest.mark.parametrize("ends", [[0, 2], [1, 3], [0, 4], [0, 5, 3]])
def test_scene_bounds_that_do_not_cover_the_tokens_are_refused(ends):
    with pytest.raises(ValueError, match="scene_ptr must ascend from 0 to 3"):
        Tokens(torch.zeros(3, 3), torch.zeros(3, 2), torch.zeros(1, dtype=torch.int64), torch.tensor(ends))
