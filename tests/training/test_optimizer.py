"""What decays, how fast it learns, what is clipped."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from lasso3d.training.optimizer import clip_gradients, learning_rate, make_optimizer, move_average, start_average
from lasso3d.training.runs import TrainSettings

SETTINGS = TrainSettings(steps=100, learning_rate=2.0, weight_decay=0.5)


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Linear(4, 2))


def test_only_matrices_decay():
    net = network()
    net[2].weight.requires_grad = False
    decayed, kept = make_optimizer(net, SETTINGS).param_groups
    assert (decayed["weight_decay"], kept["weight_decay"]) == (0.5, 0.0)
    assert [p.shape for p in decayed["params"]] == [(4, 3)]
    assert len(kept["params"]) == 4


def test_cosine_warms_up_and_falls_to_its_floor():
    settings = replace(SETTINGS, warm_up=10, floor=0.1)
    rates = [learning_rate(settings, step) for step in range(101)]
    assert rates[:10] == pytest.approx([0.2 * (step + 1) for step in range(10)])
    assert rates[10] == 2.0
    assert rates[55] == pytest.approx(2.0 * 0.55)
    assert rates[100] == pytest.approx(0.2)
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_multi_step_falls_at_its_milestones_and_constant_does_not():
    settings = replace(SETTINGS, schedule="multi-step", milestones=(0.5, 0.9), gamma=0.1)
    assert [learning_rate(settings, step) for step in (0, 49, 50, 89, 90)] == pytest.approx([2, 2, 0.2, 0.2, 0.02])
    assert learning_rate(replace(SETTINGS, schedule="constant"), 99) == 2.0


def test_gradients_are_clipped_by_norm_then_by_value():
    net = network()
    (1000 * net(torch.ones(2, 3)).square().sum()).backward()
    before = math.sqrt(sum(float(p.grad.square().sum()) for p in net.parameters()))
    norm = clip_gradients(net, replace(SETTINGS, clip_norm=1.0, clip_value=0.2))
    assert float(norm) == pytest.approx(before, rel=1e-5)
    assert max(float(p.grad.abs().max()) for p in net.parameters()) == pytest.approx(0.2)
    assert float(clip_gradients(net, replace(SETTINGS, clip_norm=None))) <= 1.0


def test_the_mean_follows_faster_in_the_beginning():
    net = network()
    average = start_average(net)
    with torch.no_grad():
        net[0].bias += 1
    start = average["0.bias"].clone()
    move_average(average, net, decay=0.999, step=0)
    torch.testing.assert_close(average["0.bias"], start + 0.9)
    move_average(average, net, decay=0.5, step=10_000)
    torch.testing.assert_close(average["0.bias"], start + 0.95)


@pytest.mark.parametrize("wrong", [{"steps": -1}, {"batch": 0}, {"save_every": 0}, {"seed": -1}, {"workers": -1}])
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        TrainSettings(**wrong)
