"""AdamW, its learning rate as a function of the step, clipped gradients, and the running mean of the weights."""

import math

import torch
from torch import Tensor, nn

from lasso3d.training.runs import TrainSettings


def make_optimizer(network: nn.Module, settings: TrainSettings) -> torch.optim.AdamW:
    """AdamW that decays matrices only: a bias or a norm's scale has no reason to be near zero."""
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim >= 2], "weight_decay": settings.weight_decay},
        {"params": [p for p in trained if p.ndim < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=settings.learning_rate, betas=settings.betas)


def learning_rate(settings: TrainSettings, step: int) -> float:
    """What the update from `step` to `step + 1` uses; nothing is remembered, so a resumed run cannot differ."""
    if step < settings.warm_up:
        return settings.learning_rate * (step + 1) / settings.warm_up
    share = (step - settings.warm_up) / max(settings.steps - settings.warm_up, 1)
    if settings.schedule == "cosine":
        fallen = 0.5 * (1 + math.cos(math.pi * min(share, 1.0)))
        return settings.learning_rate * (settings.floor + (1 - settings.floor) * fallen)
    if settings.schedule == "multi-step":
        passed = sum(step >= milestone * settings.steps for milestone in settings.milestones)
        return settings.learning_rate * settings.gamma**passed
    return settings.learning_rate


def clip_gradients(network: nn.Module, settings: TrainSettings) -> Tensor:
    """Clip in place by norm, then by value; the norm before that, which may be infinite or nan."""
    trained = [parameter for parameter in network.parameters() if parameter.grad is not None]
    largest = math.inf if settings.clip_norm is None else settings.clip_norm
    norm = torch.nn.utils.clip_grad_norm_(trained, largest)
    if settings.clip_value is not None:
        torch.nn.utils.clip_grad_value_(trained, settings.clip_value)
    return norm


def start_average(network: nn.Module) -> dict[str, Tensor]:
    """Copies of the parameters, by name."""
    return {name: parameter.detach().clone() for name, parameter in network.named_parameters()}


def move_average(average: dict[str, Tensor], network: nn.Module, *, decay: float, step: int) -> None:
    """Let each mean follow its parameter; early on faster, so that the initial weights are soon forgotten."""
    # (1 + step) / (10 + step): the ramp of TensorFlow's ExponentialMovingAverage
    follow = 1 - min(decay, (1 + step) / (10 + step))
    now = dict(network.named_parameters())
    with torch.no_grad():
        for name, mean in average.items():
            mean.lerp_(now[name], follow)
